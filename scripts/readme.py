"""Run the commands that the README and the guides show, and write what they print below them, notes included.

Commands that need a server are not run: the counts of the graph are written into what they print.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from cartkg.build import build

ROOT = Path(__file__).resolve().parents[1]
SHOWN = (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("asking", "checking", "model", "sparql")))
ENDPOINTS = ROOT / "docs" / "endpoints.md"
_PROGRESS = re.compile(r"^cartkg: .* …\n", re.MULTILINE)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def refreshed(text: str) -> str:
    """A document with every console block as its commands print it now."""
    return _BLOCK.sub(lambda block: f"```console\n{_run(block[1])}```", text)


def recounted(text: str) -> str:
    """A document whose named graphs have the numbers of triples that they have now."""
    counts = build().manifest.graphs
    for name, count in counts.items():
        text = re.sub(rf"^{name}: \d+ triples$", f"{name}: {count} triples", text, flags=re.MULTILINE)
        text = re.sub(rf"(/graph/{name}: )\d+ here, \d+ there", rf"\g<1>{count} here, {count} there", text)
    return re.sub(r"^\d+( triples (in|of) )", rf"{sum(counts.values())}\g<1>", text, flags=re.MULTILINE)


def _run(block: str) -> str:
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "100"}
        environment.pop("CARTKG_GRAPH", None)
        done = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        lines += [f"$ {command}\n", _PROGRESS.sub("", done.stdout)]
    return "".join(lines)


if __name__ == "__main__":
    for document in SHOWN:
        document.write_text(refreshed(document.read_text(encoding="utf-8")), encoding="utf-8")
    ENDPOINTS.write_text(recounted(ENDPOINTS.read_text(encoding="utf-8")), encoding="utf-8")
