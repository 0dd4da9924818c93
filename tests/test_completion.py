"""Pressing Tab offers the names of stored questions, of their parameters and of known values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from cartkg.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run


def offered(arguments: list[str], incomplete: str) -> list[str]:
    """What completion offers behind the arguments already written."""
    return [item.value for item in ShellComplete(main, {}, "cartkg", "_X").get_completions(arguments, incomplete)]


@pytest.fixture(autouse=True)
def here(graph_directory: Path, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Completion looks at the graph of the tests."""
    del graph
    monkeypatch.setenv("CARTKG_GRAPH", str(graph_directory))


def test_names_of_questions() -> None:
    assert offered(["query"], "approved") == ["approved-products"]


def test_names_of_parameters() -> None:
    assert "target=" in offered(["query", "evidence", "-p"], "t")
    assert "outcome=" in offered(["query", "evidence", "-p", "target=BCMA", "-p"], "out")


def test_codes_and_names_of_rows_as_values() -> None:
    assert offered(["query", "evidence", "-p"], "outcome=CR") == ["outcome=CRR", "outcome=CRS", "outcome=CR_CRi"]
    assert "product=axi-cel" in offered(["query", "indications", "-p"], "product=axi")


@pytest.mark.parametrize(
    ("arguments", "incomplete"),
    [(["query", "nothing", "-p"], "t"), (["query", "-p"], "t"), (["query", "evidence", "-p"], "nothing=x")],
)
def test_nothing_is_offered_for_what_is_not_known(arguments: list[str], incomplete: str) -> None:
    assert offered(arguments, incomplete) == []


def test_nothing_is_built_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARTKG_GRAPH", str(tmp_path))
    assert offered(["query", "evidence", "-p"], "outcome=CR") == []
    assert list(tmp_path.iterdir()) == []


def test_the_shell_gets_a_script(run: Callable[..., Run]) -> None:
    done = run("--version", env={"_CARTKG_COMPLETE": "bash_source"})
    assert "_cartkg_completion" in done.out
