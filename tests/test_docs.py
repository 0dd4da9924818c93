"""Documents say what is true now: generated parts are current, and the README's commands print what it shows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.no_cover  # what the documents show has tests of its own
ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(str(file.relative_to(ROOT)) for file in script("generate").DOCUMENTS))
def test_a_generated_document_is_current(path: str) -> None:
    documents = {str(file.relative_to(ROOT)): write for file, write in script("generate").DOCUMENTS.items()}
    assert (ROOT / path).read_text(encoding="utf-8") == documents[path](), "run: make generate"


# What a stranger reads first is compared at once, the rest at night.
SHOWN = [
    pytest.param(path, id=path.name, marks=[] if path.name == "README.md" else pytest.mark.nightly)
    for path in script("readme").SHOWN
]


@pytest.mark.parametrize("path", SHOWN)
def test_the_commands_of_a_document_print_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert script("readme").refreshed(text) == text, "run: make generate"


def test_the_guide_to_endpoints_shows_the_counts_of_the_graph() -> None:
    readme = script("readme")
    text = readme.ENDPOINTS.read_text(encoding="utf-8")
    assert readme.recounted(text) == text, "run: make generate"
    assert readme.recounted("inferred: 1 triples\n2 triples of 6 named graphs in a.nq\n").count(" 1 ") == 0


@pytest.mark.nightly
def test_the_notebook_gives_what_it_shows() -> None:
    notebook = script("notebook")
    shown = notebook.nbformat.read(notebook.NOTEBOOK, as_version=4)
    outputs = [[cell.get("outputs") for cell in one.cells] for one in (notebook.executed(), shown)]
    assert outputs[0] == outputs[1], "run: make generate"


def test_the_python_of_its_guide_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    exec(code[1], {})  # noqa: S102 the guide's own example
    assert len(capsys.readouterr().out.splitlines()) > 1


def test_the_readme_is_short_enough_to_read() -> None:
    assert len(README.splitlines()) <= 100


@pytest.mark.parametrize("file", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda f: f.name)
def test_links_point_at_files_that_exist(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_names_only_make_targets_that_exist(target: str) -> None:
    assert f"\n{target}: " in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"make {target}" in README
