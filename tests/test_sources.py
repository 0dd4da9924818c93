"""A second source changes no answer about the first, and what is new in it is seen in every answer, by rows alone."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from cartkg.claims import check_claims
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.queries.stored import stored_queries

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

FIRST, SECOND = "omega-review-2024", "sigma-report-2025"
QUERIES = stored_queries()
BY_SOURCE = [name for name, query in QUERIES.items() if "source" in query.parameters]
ASKED = [name for name, query in QUERIES.items() if query.topic != "verify"]
# What every answer that names a receptor, or a product that expresses it, must show of it.
DESIGNS = {
    "Tri CAR": {"target": "CD19/CD20/CD22", "costimulation": "ICOS/OX40", "vector": "lentiviral"},
    "Ox CAR": {"target": "CD19", "costimulation": "CD28/OX40", "vector": "transposon"},
    "Sol CAR": {"target": "GPX", "costimulation": "ICOS", "vector": "transposon"},
}
PRODUCTS = {"Tricel": "Tri CAR", "Oxcel": "Ox CAR", "Solcel": "Sol CAR"}


def rows(graph: Graph, query: str, **values: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(ask(graph, query, values)))))


@pytest.mark.parametrize("query", BY_SOURCE)
def test_a_second_source_changes_no_answer_about_the_first(world: Graph, two_sources: Graph, query: str) -> None:
    alone = to_csv(ask(world, query, {"source": FIRST}))
    assert to_csv(ask(two_sources, query, {"source": FIRST})) == alone


def test_a_second_source_changes_no_verdict_on_the_first(world: Graph, two_sources: Graph) -> None:
    alone = {claim.claim: claim.to_dict() for claim in check_claims(world)}
    together = {claim.claim: claim.to_dict() for claim in check_claims(two_sources)}
    assert {name: together[name] for name in alone} == alone
    assert len(together) > len(alone) > 10


def test_claims_of_the_second_source_are_recomputed_from_its_own_tables(two_sources: Graph) -> None:
    found = {claim.claim.removeprefix(f"{SECOND}."): claim.judgement for claim in check_claims(two_sources)
             if claim.claim.startswith(SECOND)}  # fmt: skip
    assert found.pop("marker").verdict == "not-computable"
    assert {judgement.verdict for judgement in found.values()} == {"reproduced"}
    assert found["criterion-of-table-1"].recomputed == "3 of 3 (20–60)"
    assert found["products-for-lymphoma"].recomputed == "2"
    assert found["longest"].recomputed == "1 of 1 (5.83)"


def test_no_printed_cell_is_named_by_two_documents(two_sources: Graph) -> None:
    places: dict[tuple[str, ...], set[str]] = {}
    for row in rows(two_sources, "evidence"):
        cell = row["source"], row["source_table"], row["source_row"], row["source_column"]
        places.setdefault(cell, set()).add(FIRST if not row["observation"].startswith(SECOND) else SECOND)
    assert {cell for cell, documents in places.items() if len(documents) > 1} == set()
    cells = [cell[1:] for cell in places if cell[1]]
    assert len(cells) > len(set(cells)), "the two number their tables alike"


@pytest.mark.parametrize("query", ASKED)
def test_an_answer_that_names_a_cell_names_its_document(query: str) -> None:
    text = QUERIES[query].body.partition("WHERE")[0]
    assert "?source_table" not in text or "?source " in re.sub(r"[\n)]", " ", text)


@pytest.mark.parametrize("query", ASKED)
def test_a_new_design_is_shown_whole_wherever_it_is_shown(two_sources: Graph, query: str) -> None:
    for row in rows(two_sources, query):
        construct = row.get("construct") or PRODUCTS.get(row.get("product", ""), "")
        shown = {column: row[column] for column in DESIGNS.get(construct, ()) if column in row}
        assert shown == {column: DESIGNS[construct][column] for column in shown}


# query, values, column, what stands in it in some row
SEEN: list[tuple[str, dict[str, object], str, str]] = [
    ("evidence", {"target": "CD19/CD20/CD22"}, "product", "Tricel"),
    ("evidence", {"target": "GPX"}, "construct", "Sol CAR"),
    ("evidence", {"costimulation": "ICOS/OX40"}, "product", "Tricel"),
    ("evidence", {"costimulation": "CD28/OX40"}, "product", "Oxcel"),
    ("evidence", {"vector": "transposon"}, "product", "Solcel"),
    ("evidence", {"outcome": "MARKER"}, "percent", "50"),
    ("evidence", {"outcome": "marker"}, "product", "Oxcel"),
    ("evidence", {"outcome": "MARKER_DEEP"}, "study", "Sol et al. (2025)"),
    ("evidence", {"disease": "omicron-sarcoma"}, "population", "children with small omicron sarcoma"),
    ("evidence", {"disease": "dlbcl"}, "product", "Tricel"),
    ("evidence", {"disease": "mcl"}, "product", "Tricel"),
    ("evidence", {"disease": "mm"}, "study", "Alpha et al. (2024)"),
    ("evidence", {"source": SECOND}, "outcome", "B_CELL_DEPLETION"),
    ("indications", {"product": "solcel"}, "authority", "ema"),
    ("factors-by-malignancy", {"source": SECOND}, "malignancy", "Omicron sarcoma"),
    ("strategies-with-evidence", {"source": SECOND}, "strategy", "Three targets"),
    ("find-studies", {"target": "CD19/CD20/CD22"}, "tables", "1 2 3"),
    ("find-studies", {"disease": "omicron-sarcoma"}, "vector", "transposon"),
    ("construct-parts", {"antigen": "cd22"}, "targets", "3"),
    ("studies-of-constructs", {"minimum_targets": 3}, "costimulation", "ICOS/OX40"),
    ("constructs-by-design", {}, "vector", "transposon"),
    ("studies-counted", {"stratum": "costimulation"}, "group", "CD28/OX40"),
    ("studies-counted", {"stratum": "disease"}, "group", "Omicron sarcoma"),
    ("approved-products", {}, "authority", "ema"),
]


@pytest.mark.parametrize(("query", "values", "column", "cell"), SEEN)
def test_what_is_new_in_a_source_is_found_and_shown(
    two_sources: Graph, query: str, values: dict[str, object], column: str, cell: str
) -> None:
    assert cell in {row[column] for row in rows(two_sources, query, **values)}


def test_a_study_in_three_tables_has_its_figures_from_all_of_them(two_sources: Graph) -> None:
    found = rows(two_sources, "evidence", study=f"{SECOND}.tri-2")
    assert {row["source_table"] for row in found} == {"1", "2", "3"}
    assert {row["construct"] for row in found} == {"Tri CAR"}


@pytest.mark.parametrize(
    ("observation", "months"),
    [("t1-r02-crr", "26"), ("t1-r02-dor", "26"), ("t1-r01-mm-crr", "40"), ("t1-r03-crr", ""), ("t2-r01-orr", "")],
)
def test_follow_up_is_a_groups_own_or_that_of_the_group_around_it(
    two_sources: Graph, observation: str, months: str
) -> None:
    found = {row["observation"]: row["follow_up_months"] for row in rows(two_sources, "evidence")}
    assert found[f"{SECOND}.{observation}"] == months


def test_malignancy_groups_are_all_of_them_or_the_disease_itself(two_sources: Graph) -> None:
    text = """PREFIX ck: <https://w3id.org/cartkg/ontology/>
        SELECT ?cohort ?group WHERE { ?cohort ck:byMalignancy ?group }"""
    found = {row["cohort"].rpartition("/")[2]: row["group"] for row in two_sources.rows(text)}
    assert found[f"{SECOND}.t1-r01-all"] == "b-all/b-cell-lymphoma/multiple-myeloma"
    assert found[f"{SECOND}.t2-r01-all"] == "Omicron sarcoma"
    assert found[f"{SECOND}.t1-r02-all"] == "b-cell-lymphoma"


def test_a_link_reaches_a_report_of_another_source(two_sources: Graph) -> None:
    text = """PREFIX ck: <https://w3id.org/cartkg/ontology/>
        SELECT ?link WHERE { ?later ck:updates ?earlier . ?later ck:listedIn ?one . ?earlier ck:listedIn ?other .
          ?link ck:linkSubject ?later ; ck:linkObject ?earlier FILTER(?one != ?other) }"""
    assert {row["link"].rpartition("/")[2] for row in two_sources.rows(text)} == {
        f"{SECOND}.alpha-2024-alpha-2020",
        f"{SECOND}.alpha-2024-alpha-2020-trial",
    }
