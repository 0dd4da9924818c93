"""Figures of the review, each checked by hand against its printed cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cartkg.queries.asking import ask

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

# (table, row, column, outcome), then what the cell prints
FACTS = [
    ((1, 1, 6, "PFS"), {"percent": 31, "timepoint_months": 60, "population": "patients with DLBCL", "reference": 31}),
    ((1, 2, 5, "CRR"), {"percent": 54, "reference": 67, "study": "Jacobson et al. 2021 (ref. 32)"}),
    ((1, 3, 7, "DOR"), {"lower": 43, "upper": 113, "statistic": "range", "unit": "months"}),
    ((1, 4, 7, "DOR"), {"status": "not-estimable"}),
    ((1, 5, 5, "CRR"), {"percent": 88, "population": "patients with FL"}),
    ((1, 5, 6, "PFS"), {"status": "not-reported", "population": "patients with FL"}),
    ((1, 7, 6, "PFS"), {"population": "patients with a CR", "disease": "CLL", "inferred": "disease"}),
    ((1, 7, 7, "RELAPSE"), {"numerator": 4, "denominator": 9, "percent": 44}),
    ((1, 10, 7, "DOR"), {"status": "not-reached"}),
    ((2, 1, 7, "ALLOHSCT"), {"numerator": 21, "denominator": 28, "population": "patients with MRD-negative CR"}),
    ((2, 2, 7, "ALLOHSCT"), {"numerator": 11, "denominator": 66, "percent": 17}),
    ((2, 7, 8, "NO_ALLOHSCT"), {"numerator": 5, "denominator": 8, "percent": 63, "reference": 45}),
    ((2, 8, 5, "MRD_NEG_CR"), {"numerator": 17, "denominator": 20, "percent": 85}),
    ((2, 8, 6, "EFS"), {"percent": 44, "timepoint_months": 24, "statistic": "rate-at-time"}),
    ((3, 2, 4, "CRR"), {"numerator": 80, "denominator": 97, "percent": 83}),
    ((3, 2, 6, "DOR"), {"status": "not-estimable", "lower": 23, "upper_status": "not-estimable"}),
    ((3, 3, 3, "PFS"), {"value": 78, "unit": "weeks", "value_months": 17.94}),
    ((3, 5, 6, "DOR"), {"value": 412, "unit": "days", "population": "patients with CR or better"}),
    ((4, 4, 6, "INFECTION"), {"percent": 80, "statistic": "share"}),
    ((4, 5, 4, "B_CELL_DEPLETION"), {"numerator": 8, "denominator": 32, "reference": 67, "reference_printed": "57"}),
    ((4, 6, 4, "B_CELL_DEPLETION"), {"numerator": 55, "denominator": 160, "cohort_size": 160}),
]


@pytest.mark.parametrize(("cell", "printed"), FACTS)
def test_a_printed_figure_is_in_the_evidence_table(
    graph: Graph, cell: tuple[int, int, int, str], printed: dict[str, object]
) -> None:
    key = ("source_table", "source_row", "source_column", "outcome")
    rows = [row for row in ask(graph, "evidence") if tuple(row[name] for name in key) == cell]
    assert any(all(row[name] == value for name, value in printed.items()) for row in rows), rows


def test_three_reports_by_shah_in_2021_stay_three(graph: Graph) -> None:
    rows = [row for row in ask(graph, "evidence") if str(row["study"]).startswith("Shah et al. 2021")]
    assert {row["reference"] for row in rows} == {18, 42, 45}


def test_the_same_footnote_letter_means_opposite_vectors_in_two_tables(graph: Graph) -> None:
    vectors = {row["construct"]: row["vector"] for row in ask(graph, "evidence")}
    assert vectors["19-28z"] == "gammaretroviral"
    assert vectors["CT103A"] == "lentiviral"


def test_two_rows_of_table_4_have_a_figure_in_one_of_its_four_columns_of_results(graph: Graph) -> None:
    text = 'PREFIX ck: <https://w3id.org/cartkg/ontology/> SELECT ?place { ?place ck:fillsRow "no" }'
    places = {row["place"].value.partition("-2023/")[2] for row in graph.select(text)}
    assert places == {"table-4/row-2/column-2", "table-4/row-6/column-2"}
