"""Write the pictures of pages in the documents: run it where the graph is built and chromium is installed."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium, looking  # noqa: E402
from tests.serving import serving  # noqa: E402

# By file: the address of a page, and the part of it that is shown.
SCREENS = {
    "construct": ("/id/constructs/tisagenlecleucel", ".receptor"),
    "observation": ("/id/observations/t2-r01-allohsct", ".receipt"),
}


def write(folder: Path) -> None:
    """Ask the pages of the built graph, and write what is seen."""
    with serving() as served, chromium() as browser, looking(browser, viewport={"width": 900, "height": 700}) as page:
        for name, (path, part) in SCREENS.items():
            page.goto(served.url + path)
            page.locator(part).first.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    write(ROOT / "docs" / "pictures")
