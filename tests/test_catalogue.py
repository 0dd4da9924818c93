"""The stored queries are themselves in the graph, in the terms by which other tools find and run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.export import export
from cartkg.queries import catalogue
from cartkg.queries.asking import ask
from cartkg.queries.stored import stored_queries
from cartkg.rdf.vocabulary import PREFIXES, graph_name

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

# What the SPARQL editor of sib-swiss/sparql-examples asks an endpoint, in our words.
EXAMPLES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?sq ?comment ?query
WHERE { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query }
"""
DECLARED = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix }
"""


def test_every_stored_query_is_found_as_an_example(graph: Graph) -> None:
    found = {row["comment"].value: row["query"].value for row in graph.select(EXAMPLES)}
    assert found == {query.summary: query.body for query in stored_queries().values()}


def test_every_prefix_is_declared_for_tools(graph: Graph) -> None:
    assert {row["prefix"].value: row["namespace"].value for row in graph.select(DECLARED)} == PREFIXES


def test_a_query_of_the_catalogue_runs_and_gives_the_same_rows(world: Graph) -> None:
    for row in world.select(EXAMPLES):
        name = row["sq"].value.rsplit("/", 1)[1]
        if name in {"evidence", "approved-products", "coded-columns"}:
            rows = list(map(tuple, world.select(row["query"].value)))
            assert rows == list(ask(world, name).rows)


def test_it_holds_no_blank_node_and_no_triple_twice() -> None:
    triples = list(catalogue.triples())
    assert not any(isinstance(term, ox.BlankNode) for triple in triples for term in triple)
    assert len(set(triples)) == len(triples)
    assert triples == list(catalogue.triples())


def test_every_parameter_is_described(world: Graph) -> None:
    rows = [row for row in ask(world, "stored-queries") if row["parameter"]]
    found: dict[str, list[str]] = {name: [] for name in stored_queries()}
    for row in rows:
        found[str(row["query"])].append(str(row["parameter"]))
    assert found == {name: list(query.parameters) for name, query in stored_queries().items()}
    assert all(row["meaning"] for row in rows)


def test_it_is_exported_by_itself_and_not_mixed_with_what_the_graph_says(graph: Graph, release: Path) -> None:
    assert b"sh:select" in export(graph, "turtle", "queries")
    assert b"SPARQLExecutable" not in export(graph, "turtle")
    assert b"SPARQLExecutable" not in export(graph, "jsonld")
    assert graph_name("queries").value.encode() in export(graph, "nquads")
    assert (release / "queries.ttl").exists()


def test_grlcs_reader_accepts_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # grlc looks for its settings in the current folder
    from grlc import gquery

    for name, query in stored_queries().items():
        read = gquery.get_yaml_decorators(query.text)
        assert read["summary"] == query.summary, name
        assert read["tags"] == query.header["tags"], name
