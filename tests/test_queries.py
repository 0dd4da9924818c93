"""Stored queries: golden answers on the invented world, rules for their text, and rules that can fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.queries.asking import ask
from cartkg.queries.binding import bound
from cartkg.queries.formats import to_csv
from cartkg.queries.parameters import shown_values
from cartkg.queries.stored import StoredQuery, stored_queries
from cartkg.rdf.tokens import column_alone, with_lateral
from cartkg.rdf.vocabulary import expand, graph_name, row_iri
from cartkg.resources import DATA_DIRECTORY, QUERIES_DIRECTORY
from cartkg.validate import broken_rules, rules

from .linting import LINTS

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

QUERIES = stored_queries()
RULES = rules()
QUESTIONS = [name for name in QUERIES if name not in RULES]
GOLDEN = Path(__file__).parent / "golden"
VIOLATIONS: dict[str, list[ox.Triple]] = {}
for quad in ox.parse(path=Path(__file__).parent / "fixtures" / "violations.trig"):
    VIOLATIONS.setdefault(quad.graph_name.value.rpartition("/")[2], []).append(quad.triple)


SOUND = """\
#+ summary: Which observation has a rate?
#+ description: Reported rates.
#+ tags:
#+   - efficacy
#+ params:
#+   - name: least
#+     type: integer
#+     default: 0
#+     label: Least percentage
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?rate ?name ?iri
WHERE {
  VALUES ?least { 0 }
  ?iri a ck:Observation ; ck:percent ?rate ; rdfs:label ?name ; ck:status/skos:notation ?code .
  FILTER(?code = "reported" && ?rate >= ?least)
}
ORDER BY ?name ?iri
"""


def sound(old: str = "", new: str = "") -> StoredQuery:
    """A query that keeps to every rule, or what it becomes when a piece is replaced."""
    return StoredQuery(Path("efficacy/rates.rq"), SOUND.replace(old, new, 1) if old else SOUND)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_its_golden_answer_on_the_world(world: Graph, name: str) -> None:
    assert to_csv(ask(world, name)) == (GOLDEN / f"{name}.csv").read_text(encoding="utf-8")


def test_there_is_a_golden_answer_for_each_question_and_no_other() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(QUESTIONS)


def test_every_question_finds_something_in_the_world_or_where_two_sources_meet(
    world: Graph, two_sources: Graph
) -> None:
    empty = [name for name in QUESTIONS if not len(ask(world, name)) and not len(ask(two_sources, name))]
    # What these find stands in tests of their own, since nothing in these worlds is wrong in that way.
    assert empty == ["comparisons-against-groups", "figures-across-sources"]


def test_figures_of_one_paper_that_two_sources_give_otherwise_are_found(two_sources: Graph) -> None:
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple) for quad in two_sources.quads())
    older, later = (row_iri("observations", name) for name in ("t1-r01-crr", "sigma-report-2025.t1-r01-crr"))
    store.add(ox.Quad(older, expand("ck:givenOtherwiseBy"), later))
    found = store.query(QUERIES["figures-across-sources"].text)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["finding"].value for row in found] == ["CRR “54%”, but “30/60 (50%)” in sigma-report-2025"]


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_rule_finds_its_violation_and_says_what_to_do(world: Graph, violation: str) -> None:
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple) for quad in world.quads() if quad.graph_name != graph_name("inferred"))
    store.bulk_extend(ox.Quad(*triple) for triple in VIOLATIONS[violation])
    found = broken_rules(store)[violation.rsplit("-", 1)[0]]
    assert found
    assert all("; " in result.message and "{" not in result.message for result in found)


def test_every_rule_has_a_violation_that_it_finds() -> None:
    assert {name.rsplit("-", 1)[0] for name in VIOLATIONS} == set(RULES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_keeps_to_the_rules(name: str) -> None:
    assert [message for lint in LINTS.values() for message in lint(QUERIES[name])] == []


def test_a_sound_query_breaks_no_rule() -> None:
    assert [message for lint in LINTS.values() for message in lint(sound())] == []


@pytest.mark.parametrize(
    ("lint", "old", "new", "message"),
    [
        ("header", "has a rate?", "has a rate", "its summary is not a question"),
        ("header", "#+ description: Reported rates.\n", "", "it has no description"),
        ("header", "#+   - efficacy", "#+   - rates", "its first tag is not its topic efficacy"),
        ("header", "#+ tags:\n#+   - efficacy\n", "", "its first tag is not its topic efficacy"),
        ("prefixes", "rdfs:label", "owl:label", "prefix owl is not declared"),
        ("prefixes", " ; rdfs:label ?name", "", "prefix rdfs is not used"),
        ("prefixes", "rdf-schema#", "rdf-schema/", "prefix rdfs is not ours"),
        ("prefixes", "PREFIX ck:", "PREFIX xsd: <x>\nPREFIX ck:", "prefixes are not in alphabetical order"),
        ("terms", "ck:percent", "ck:percents", "https://w3id.org/cartkg/ontology/percents is not declared"),
        ("terms", "ck:percent", "<https://w3id.org/cartkg/ontology/x>",
         "https://w3id.org/cartkg/ontology/x is not declared"),
        ("deterministic", "ORDER BY ?name ?iri", "LIMIT 1", "it does not order its rows"),
        ("deterministic", "?iri a", "SERVICE <https://example.org> { ?x ?y ?z } ?iri a", "it uses SERVICE"),
        ("deterministic", "WHERE", "FROM <https://example.org> WHERE", "it uses FROM"),
        ("deterministic", "FILTER(", "FILTER(NOW() = NOW() && ", "it uses NOW"),
        ("deterministic", "FILTER(", "FILTER(RAND() < 1 && ", "it uses RAND"),
        ("named_columns", "?rate ?name ?iri\n", "*\n", "it does not name its columns"),
        ("named_columns", "?rate ?name ?iri\n", "?rate ?name (?iri AS ?theIri)\n",
         "column theIri is not in snake_case"),
        ("statuses", "Reported rates.", "Rates.", "it shows ?rate without a status"),
        ("statuses", '"reported"', '"other"', "it shows ?rate without a status"),
        ("parameters", "VALUES ?least", "VALUES ?at_least", "parameter least is not one variable of VALUES rows"),
        ("parameters", "#+     label: Least percentage", '#+     label: ""', "parameter least has no label"),
    ],
)  # fmt: skip
def test_a_query_that_breaks_a_rule_is_found(lint: str, old: str, new: str, message: str) -> None:
    assert old in SOUND
    assert message in list(LINTS[lint](sound(old, new)))


def test_a_figure_beside_its_status_needs_no_filter() -> None:
    beside = sound("?rate ?name ?iri\n", "?rate (?code AS ?status) ?iri\n").text.replace("Reported rates.", "Rates.")
    assert list(LINTS["statuses"](StoredQuery(Path("efficacy/rates.rq"), beside))) == []


@pytest.fixture(scope="module", params=["world", pytest.param("graph", marks=pytest.mark.nightly)])
def both_ways(request: pytest.FixtureRequest) -> tuple[ox.Store, ox.Store]:
    """A graph's store, and one that was filled from its last quad to the first."""
    graph: Graph = request.getfixturevalue(request.param)
    store = ox.Store()
    store.bulk_extend(reversed(list(graph.quads())))
    return graph.store, store


@pytest.mark.parametrize("name", QUERIES)
def test_the_order_of_the_rows_does_not_depend_on_that_of_the_triples(
    both_ways: tuple[ox.Store, ox.Store], name: str
) -> None:
    ours, theirs = (list(map(str, _rows(store, QUERIES[name].text))) for store in both_ways)
    assert ours == theirs


def test_an_order_with_ties_is_found_by_filling_the_store_backwards(both_ways: tuple[ox.Store, ox.Store]) -> None:
    text = sound("ORDER BY ?name ?iri", "ORDER BY ?code").text
    ours, theirs = (_rows(store, text) for store in both_ways)
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
    assert list(map(str, ours)) != list(map(str, theirs))


def _rows(store: ox.Store, text: str) -> list[ox.QuerySolution]:
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_as_pasted_finds_what_is_found_without_its_undefined_clauses_and_with_lateral(
    two_sources: Graph, name: str
) -> None:
    query = QUERIES[name]
    pasted = list(map(str, _rows(two_sources.store, query.text)))
    assert pasted == list(map(str, _rows(two_sources.store, query.with_values({}))))
    for everything in (True, False):
        asked = with_lateral(query.with_values({}), everything=everything)
        assert pasted == list(map(str, _rows(two_sources.store, asked)))


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.key])
def test_no_two_rows_share_a_key_and_asked_for_alone_it_tells_which_rows_a_value_leaves(
    two_sources: Graph, name: str
) -> None:
    query = QUERIES[name]
    keys = [row[query.key] for row in ask(two_sources, name)]
    assert len(keys) == len(set(keys))
    asked: list[dict[str, str]] = [{}, {"minimum_follow_up_months": "12"}]
    for parameter in query.parameters.values():
        if parameter.type in {"iri", "enum"}:
            asked += [{parameter.name: value} for value in shown_values(two_sources, query, parameter)]
    for values in asked:
        alone = two_sources.select(column_alone(bound(two_sources, name, values).text, query.key))
        whole = {row[query.key] for row in ask(two_sources, name, values)}
        assert {getattr(row[0], "value", None) for row in alone} == whole, values
    assert len(asked) > len(query.parameters)


def test_names_are_unique_over_all_topics() -> None:
    assert len(list(QUERIES_DIRECTORY.glob("*/*.rq"))) == len(QUERIES)


def test_every_table_of_the_world_has_a_row() -> None:
    fixtures = Path(__file__).parent / "fixtures"
    for table in sorted(DATA_DIRECTORY.glob("*.tsv")):
        path = fixtures / ("trial" if table.stem == "regimens" else "world") / table.name
        assert len(path.read_text(encoding="utf-8").splitlines()) > 1, table.name
