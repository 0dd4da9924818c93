"""Every stored query gives the same rows in the same order in three engines, over the review and two invented sources.

The engines are pyoxigraph, which the commands use, rdflib, and Jena as ROBOT runs it. Numbers are compared by value.
"""

from __future__ import annotations

import csv
import inspect
import re
import subprocess
import sys
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from cartkg.queries.answers import Answer, plain
from cartkg.queries.binding import bind
from cartkg.queries.parameters import known_values
from cartkg.queries.stored import stored_queries
from cartkg.rdf.serialise import is_module_header

from .tools import SHORT

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.plugins.sparql.sparql import Query

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # tracing doubles the time of the engines, of which nothing is counted
QUERIES = stored_queries()
Rows = list[tuple[str, ...]]


def same_by_value(text: str) -> str:
    """A number in one spelling; anything else as it is."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return text
    number = Decimal(text)
    return str(number.quantize(1) if number == number.to_integral() else number.normalize())


def rows_in_pyoxigraph(graph: Graph, text: str) -> Rows:
    return [tuple(same_by_value(plain(term)) for term in row) for row in Answer.read(graph.select(text)).rows]


@cache
def prepared(name: str) -> Query:
    """A stored query as rdflib reads it, with a third of Python's stack to spare; RecursionError without that."""
    parseQuery("ASK {}")  # the grammar is put together on first use
    here = len(inspect.stack(0))
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(here + 650)
        parsed = parseQuery(QUERIES[name].text)
    finally:
        sys.setrecursionlimit(limit)
    return translateQuery(parsed)


def rows_in_rdflib(graph: rdflib.Graph, text: str | Query) -> Rows:
    return [tuple("" if term is None else same_by_value(str(term)) for term in row) for row in graph.query(text)]


def union(graph: Graph) -> bytes:
    """The union of the named graphs under one ontology header, as N-Triples: what one pastes into another engine."""
    triples = dict.fromkeys(quad.triple for quad in graph.quads() if not is_module_header(quad))
    return bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")


def in_rdflib(graph: Graph) -> rdflib.Graph:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        return rdflib.Graph().parse(data=union(graph), format="nt")
    finally:
        rdflib.NORMALIZE_LITERALS = before


# The invented world is a part of the two sources, so that the gate asks those.
GRAPHS = ["two_sources", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("world", "graph"))]


@pytest.fixture(scope="session", params=GRAPHS)
def both(request: pytest.FixtureRequest) -> tuple[Graph, rdflib.Graph]:
    """A graph, and what rdflib makes of it."""
    graph: Graph = request.getfixturevalue(request.param)
    return graph, in_rdflib(graph)


def test_numbers_are_compared_by_value_and_text_as_it_stands() -> None:
    assert [same_by_value(text) for text in ("40", "40.0", "4E1", "0.50", "-.5", "1-10", "NR", "")] == [
        "40", "40", "40", "0.5", "-0.5", "1-10", "NR", "",
    ]  # fmt: skip


def test_the_engines_are_asked_without_their_habit_of_rewriting_literals(both: tuple[Graph, rdflib.Graph]) -> None:
    assert rdflib.NORMALIZE_LITERALS
    assert rdflib.Literal("1.50", datatype=rdflib.XSD.decimal) != rdflib.Literal("1.5", datatype=rdflib.XSD.decimal)
    assert len(both[1]) > 0


# Those of the longest text at once, the rest at night.
LONGEST = sorted(QUERIES, key=lambda name: len(QUERIES[name].text))[-8:]
PARSED = [name if name in LONGEST else pytest.param(name, marks=pytest.mark.nightly) for name in QUERIES]


@pytest.mark.parametrize("name", PARSED)
def test_rdflib_parses_with_a_third_of_pythons_stack_to_spare(name: str) -> None:
    assert prepared(name)


@pytest.mark.nightly
@pytest.mark.parametrize("name", QUERIES)
def test_rdflib_agrees(both: tuple[Graph, rdflib.Graph], name: str) -> None:
    graph, theirs = both
    assert rows_in_rdflib(theirs, prepared(name)) == rows_in_pyoxigraph(graph, QUERIES[name].text)


def with_other_values(graph: Graph, name: str) -> dict[str, str]:
    """A query's text with the last known value for one parameter at a time, by the parameter's name."""
    query = QUERIES[name]
    known = {name: known_values(graph, query, parameter) for name, parameter in query.parameters.items()}
    return {name: bind(graph, query, {name: values[-1]}).text for name, values in known.items() if values}


@pytest.mark.nightly
@pytest.mark.parametrize("both", ["two_sources"], indirect=True)
@pytest.mark.parametrize("name", [name for name in QUERIES if QUERIES[name].parameters])
def test_rdflib_agrees_with_another_value_for_each_parameter(both: tuple[Graph, rdflib.Graph], name: str) -> None:
    graph, theirs = both
    for parameter, text in with_other_values(graph, name).items():
        assert rows_in_rdflib(theirs, text) == rows_in_pyoxigraph(graph, text), parameter


def rows_in_jena(robot: tuple[str, ...], folder: Path, graph: Graph, texts: dict[str, str]) -> dict[str, Rows]:
    """The rows of each text, asked in one process."""
    source = folder / "union.nt"
    source.write_bytes(union(graph))
    java, *program = robot
    command = [java, *SHORT, *program, "query", "--input", str(source)]
    for name, text in texts.items():
        (folder / f"{name}.rq").write_text(text, encoding="utf-8")
        command += ["--query", str(folder / f"{name}.rq"), str(folder / f"{name}.csv")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for name in texts:
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as answer:
            found[name] = [tuple(map(same_by_value, row)) for row in csv.reader(answer)][1:]
    return found


@pytest.mark.parametrize("which", GRAPHS)
def test_jena_agrees(request: pytest.FixtureRequest, robot: tuple[str, ...], tmp_path: Path, which: str) -> None:
    asked: Graph = request.getfixturevalue(which)
    texts = {name: query.text for name, query in QUERIES.items()}
    theirs = rows_in_jena(robot, tmp_path, asked, texts)
    assert [name for name, text in texts.items() if theirs[name] != rows_in_pyoxigraph(asked, text)] == []


@pytest.mark.nightly
@pytest.mark.parametrize("which", ["two_sources", "world"])
def test_jena_agrees_with_another_value_for_each_parameter(
    request: pytest.FixtureRequest, robot: tuple[str, ...], tmp_path: Path, which: str
) -> None:
    asked: Graph = request.getfixturevalue(which)
    texts = {f"{name}.{one}": text for name in QUERIES for one, text in with_other_values(asked, name).items()}
    theirs = rows_in_jena(robot, tmp_path, asked, texts)
    assert [name for name, text in texts.items() if theirs[name] != rows_in_pyoxigraph(asked, text)] == []
