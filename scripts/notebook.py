"""Run the worked notebook and write what its cells give beneath them."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"


def executed(path: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """The notebook after all its cells ran in a fresh kernel, without times of running."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": path.parent}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            if "data" in output:
                output.data = {kind: _steady(str(text)) for kind, text in output.data.items()}
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return notebook


def _steady(text: str) -> str:
    """Without what changes from run to run: addresses of objects, and ids of style sheets."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x0", text)


if __name__ == "__main__":
    nbformat.write(executed(), NOTEBOOK)
