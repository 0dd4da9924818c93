"""A receipt beside each row says where its figures are printed, in which papers, and what was asked of which graph."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING

import cartkg
from cartkg.queries.answers import plain
from cartkg.queries.receipts import COLUMNS
from cartkg.query import query

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run


def receipts(graph: Graph, name: str, **values: object) -> list[dict[str, str]]:
    answer = query(graph, name, values).receipts().answer
    return [dict(zip(answer.variables, map(plain, row), strict=True)) for row in answer.rows]


def test_a_row_of_one_figure_names_its_cell_and_its_paper(graph: Graph) -> None:
    (row,) = (row for row in receipts(graph, "evidence") if row["observation"] == "t3-r01-crr")
    assert row["receipt_places"] == "Table 3, row 1, column 4"
    assert row["receipt_papers"].startswith("59. Zhao et al. (2022)")


def test_every_row_of_the_evidence_has_a_place_and_the_papers_it_is_cited_from(graph: Graph) -> None:
    for row in receipts(graph, "evidence"):
        assert row["receipt_places"], row["observation"]
        assert bool(row["receipt_papers"]) == bool(row["reference"]), row["observation"]
        assert not row["reference"] or f"{row['reference']}. " in row["receipt_papers"]


def test_a_row_names_what_flags_its_figure_or_its_group(graph: Graph) -> None:
    flags = {row["observation"]: row["receipt_flags"] for row in receipts(graph, "evidence")}
    assert "(ambiguous; see discrepancies/locke-2019-cr-32)" in flags["t4-r05-b-cell"]
    for row in query(graph, "evidence"):
        assert len(list(filter(None, flags[str(row["observation"])].split(" | ")))) >= row["discrepancies"]


def test_a_row_of_an_overlay_has_its_places_too(trial: Graph) -> None:
    rows = receipts(trial, "evidence", source="kappa-trial-2026")
    assert rows
    assert all(row["receipt_places"] for row in rows)


def test_the_question_is_named_with_its_values_and_the_hash_of_what_was_run(graph: Graph) -> None:
    asked = query(graph, "evidence", {"outcome": "CRR"})
    digest = hashlib.sha256(asked.sparql.encode()).hexdigest()[:12]
    assert {row["receipt_query"] for row in receipts(graph, "evidence", outcome="CRR")} == {
        f"evidence outcome=CRR (sha256 {digest})"
    }


def test_the_graph_is_named_by_version_and_hash(graph: Graph) -> None:
    versions = {row["receipt_graph"] for row in receipts(graph, "evidence")}
    assert versions == {f"cartkg {cartkg.__version__}, graph {graph.manifest.sha256[:12]}"}


def test_a_row_that_names_no_figure_has_the_places_of_what_it_names(graph: Graph) -> None:
    rows = receipts(graph, "approved-products")
    assert any("Introduction" in row["receipt_places"] for row in rows)


def test_a_row_that_sums_has_no_place(graph: Graph) -> None:
    assert {row["receipt_places"] for row in receipts(graph, "outcome-codes")} == {""}


def test_the_command_adds_them_to_any_format(run: Callable[..., Run]) -> None:
    table = run("query", "evidence", "-p", "outcome=CRR", "--receipt", "--format", "csv").out
    assert next(csv.reader(io.StringIO(table)))[-len(COLUMNS) :] == list(COLUMNS)
    lines = run("query", "evidence", "-p", "outcome=CRR", "--receipt", "--format", "jsonl").out.splitlines()
    assert json.loads(lines[0])["receipt_places"].startswith("Table ")
