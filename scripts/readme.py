"""Run the commands that the README and the guides show, and write what they print below them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = (ROOT / "README.md", ROOT / "docs" / "asking.md", ROOT / "docs" / "model.md")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def refreshed(text: str) -> str:
    """A document with every console block as its commands print it now."""
    return _BLOCK.sub(lambda block: f"```console\n{_run(block[1])}```", text)


def _run(block: str) -> str:
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        environment.pop("CARTKG_GRAPH", None)
        done = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        lines += [f"$ {command}\n", done.stdout]
    return "".join(lines)


if __name__ == "__main__":
    for document in SHOWN:
        document.write_text(refreshed(document.read_text(encoding="utf-8")), encoding="utf-8")
