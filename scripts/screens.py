"""Write the pictures of pages in the documents: run it where the graph is built and chromium is installed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium, looking  # noqa: E402

# By file: the address of a page, and the part of it that is shown.
SCREENS = {
    "construct": ("/id/constructs/tisagenlecleucel", ".receptor"),
    "observation": ("/id/observations/t2-r01-allohsct", ".receipt"),
}


def write(folder: Path) -> None:
    """Ask the pages of the built graph, and write what is seen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "cartkg", "serve", "--port", str(port)])
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/health").close()  # noqa: S310 our own
                break
            except OSError:
                time.sleep(0.2)
        with chromium() as browser, looking(browser, viewport={"width": 900, "height": 700}) as page:
            for name, (path, part) in SCREENS.items():
                page.goto(address + path)
                page.locator(part).first.screenshot(path=folder / f"{name}.png")
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    write(ROOT / "docs" / "pictures")
