"""`cartkg trace` shows everything that bears on one figure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cartkg.errors import UsageError
from cartkg.queries.asking import ask
from cartkg.trace import Trace, trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run


def texts(found: Trace, aspect: str) -> list[str]:
    return [step.text for step in found.steps if step.aspect == aspect]


@pytest.fixture(scope="module")
def depletion(graph: Graph) -> Trace:
    return trace(graph, "t4-r05-b-cell")


def test_the_figure_its_group_and_its_header_come_first(depletion: Trace) -> None:
    assert [step.aspect for step in depletion.steps][:2] == ["figure as printed", "what it is"]
    assert texts(depletion, "figure as printed") == ["8/32 (25%)"]
    assert texts(depletion, "column header") == ["Prevalence of persistent B cell/IgG depletion in patients with a CR"]


def test_the_footnotes_in_force_are_those_of_cell_header_and_row(graph: Graph, depletion: Trace) -> None:
    assert [text[0] for text in texts(depletion, "footnote in force")] == ["a"]
    assert [text[0] for text in texts(trace(graph, "t4-r06-b-cell"), "footnote in force")] == ["a", "e"]
    assert [text[0] for text in texts(trace(graph, "t3-r01-orr"), "footnote in force")] == ["a", "b"]


def test_the_paper_as_printed_and_what_is_wrong_with_it_stand_together(depletion: Trace) -> None:
    assert texts(depletion, "reference as printed") == ["57, read as 67 (inferred)"]
    assert texts(depletion, "primary paper")[0].startswith("67. Locke")
    assert any("another author, year" in text for text in texts(depletion, "discrepancy"))


def test_claims_that_are_recomputed_from_it_are_listed(depletion: Trace) -> None:
    claims = [step.node for step in depletion.steps if step.aspect == "claim recomputed from it"]
    assert "claims/claim-150" in claims


def test_other_reports_of_the_same_patients_are_listed(graph: Graph) -> None:
    assert texts(trace(graph, "t1-r06-orr"), "same patients or trial") == ["Wang 2023 [35] updates Wang 2020 [12]"]


def test_a_misprinted_number_does_not_lend_its_links(depletion: Trace) -> None:
    assert not [text for text in texts(depletion, "same patients or trial") if "[57]" in text]


@pytest.mark.nightly
def test_every_figure_can_be_traced(graph: Graph) -> None:
    for row in ask(graph, "evidence"):
        assert trace(graph, str(row["observation"])).steps[0].aspect == "figure as printed"


def test_an_unknown_observation_is_refused_with_the_nearest(graph: Graph) -> None:
    with pytest.raises(UsageError, match="no observation is called 't3-r2-crr'; did you mean t3-r02-crr"):
        trace(graph, "t3-r2-crr")
    with pytest.raises(UsageError, match="no observation is called 't3 r2'"):
        trace(graph, "t3 r2")


def test_the_command_prints_text_and_json(run: Callable[..., Run]) -> None:
    assert run("trace", "t1-r01-orr").out.startswith("figure as printed")
    plain = json.loads(run("trace", "t1-r01-orr", "--format", "json").out)
    assert plain["steps"][0]["text"] == "66%"
    assert run("trace", "nothing-like-it-at-all").code == 2
