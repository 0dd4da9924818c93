"""Stored queries: golden answers on the invented world, the same rows in two engines, and rules that can fail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

from cartkg.asking import ask
from cartkg.formats import to_csv
from cartkg.resources import data_directory, ontology_files, queries_directory
from cartkg.stored import stored_queries
from cartkg.vocabulary import PREFIXES, Vocabulary

if TYPE_CHECKING:
    from cartkg.store import Graph

QUERIES = stored_queries()
QUESTIONS = [name for name, query in QUERIES.items() if query.topic != "verify"]
RULES = [name for name, query in QUERIES.items() if query.topic == "verify"]
GOLDEN = Path(__file__).parent / "golden"
VIOLATIONS = sorted((Path(__file__).parent / "fixtures" / "violations").glob("*.ttl"))


@pytest.fixture(scope="module")
def world_in_rdflib(world: Graph) -> rdflib.Graph:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    triples = ox.serialize((quad.triple for quad in world.quads()), format=ox.RdfFormat.N_TRIPLES)
    graph = rdflib.Graph().parse(data=triples, format="nt")
    rdflib.NORMALIZE_LITERALS = before
    return graph


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_its_golden_answer_on_the_world(world: Graph, name: str) -> None:
    assert to_csv(ask(world, name)) == (GOLDEN / f"{name}.csv").read_text(encoding="utf-8")


def test_there_is_a_golden_answer_for_each_question_and_no_other() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(QUESTIONS)


def test_every_question_finds_something_in_the_world(world: Graph) -> None:
    assert [name for name in QUESTIONS if not len(ask(world, name))] == []


@pytest.mark.parametrize("name", QUERIES)
def test_rdflib_gives_the_same_rows_in_the_same_order(world: Graph, world_in_rdflib: rdflib.Graph, name: str) -> None:
    ours = [[_text(term) for term in row] for row in ask(world, name).rows]
    theirs = [[_text(term) for term in row] for row in world_in_rdflib.query(QUERIES[name].text)]
    assert ours == theirs


def _text(term: object) -> str:
    if term is None:
        return ""
    text = term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
    return re.sub(r"^(-?\d+)\.0*$", r"\1", re.sub(r"^(-?\d+\.\d*?)0+$", r"\1", text))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_nothing_in_the_review(graph: Graph, name: str) -> None:
    assert to_csv(ask(graph, name)).splitlines()[1:] == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_nothing_in_the_world(world: Graph, name: str) -> None:
    assert to_csv(ask(world, name)).splitlines()[1:] == []


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda path: path.stem)
def test_a_rule_finds_its_violation(world: Graph, violation: Path) -> None:
    store = ox.Store()
    store.bulk_extend(world.store)
    store.load(path=violation, to_graph=ox.NamedNode("https://example.org/violation"))
    rule = QUERIES[violation.stem.rsplit("-", 1)[0]]
    assert len(list(store.query(rule.text, use_default_graph_as_union=True))) > 0


def test_every_rule_has_a_violation_that_it_finds() -> None:
    assert {path.stem.rsplit("-", 1)[0] for path in VIOLATIONS} == set(RULES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_uses_declared_terms_and_every_prefix_it_declares(name: str) -> None:
    text = re.sub(r"^#.*$", "", QUERIES[name].text, flags=re.MULTILINE)
    declared = Vocabulary.load(ontology_files()).declared
    prefixes = dict(re.findall(r"PREFIX (\w+): <([^>]+)>", text))
    body = re.sub(r"PREFIX \w+: <[^>]+>", "", text)
    body = re.sub(r'"[^"]*"', '""', body)
    used = set(re.findall(r"\b(\w+):(\w+)", body))
    assert {prefix for prefix, _ in used} == set(prefixes)
    assert {term for prefix, term in used if prefix == "ck" and PREFIXES["ck"] + term not in declared} == set()


def test_names_are_unique_over_all_topics() -> None:
    assert len(list(queries_directory().glob("*/*.rq"))) == len(QUERIES)


def test_every_table_of_the_world_has_a_row() -> None:
    world = Path(__file__).parent / "fixtures" / "world"
    for table in sorted(data_directory().glob("*.tsv")):
        assert len((world / table.name).read_text(encoding="utf-8").splitlines()) > 1, table.name
