"""Every stored query gives the same rows in the same order in three engines, over the review and the invented world.

The engines are pyoxigraph, which the commands use, rdflib, and Jena as ROBOT runs it. Numbers are compared by value.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

from cartkg.answers import Answer, plain
from cartkg.export import is_module_header
from cartkg.parameters import bind, known_values
from cartkg.reason import find_java
from cartkg.stored import stored_queries

from .servers import REQUIRED

if TYPE_CHECKING:
    from cartkg.store import Graph

QUERIES = stored_queries()
JAR = "6f518b0293d8146d8a5a168c53607a952effb66bcaf3c6539996d7ec5c5f05f8"  # ROBOT 1.9.8
# rdflib joins in the order of the text and needs from 4 to 140 seconds for each of these over the review's graph.
SLOW_IN_RDFLIB = frozenset()
Rows = list[tuple[str, ...]]


def same_by_value(text: str) -> str:
    """A number in one spelling; anything else as it is."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return text
    number = Decimal(text)
    return str(number.quantize(1) if number == number.to_integral() else number.normalize())


def rows_in_pyoxigraph(graph: Graph, text: str) -> Rows:
    return [tuple(same_by_value(plain(term)) for term in row) for row in Answer.read(graph.select(text)).rows]


def rows_in_rdflib(graph: rdflib.Graph, text: str) -> Rows:
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


@pytest.fixture(scope="session")
def review_in_rdflib(graph: Graph) -> rdflib.Graph:
    return in_rdflib(graph)


@pytest.fixture(scope="session")
def world_in_rdflib(world: Graph) -> rdflib.Graph:
    return in_rdflib(world)


@pytest.fixture(scope="session")
def robot() -> tuple[str, ...]:
    """The command that runs ROBOT."""
    package = importlib.util.find_spec("cmem_plugin_reason")
    if package is None or not package.submodule_search_locations:
        reason = "ROBOT is missing: pip install --no-deps --require-hashes -r requirements/robot.txt"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    jar = Path(package.submodule_search_locations[0]) / "robot.jar"
    assert hashlib.sha256(jar.read_bytes()).hexdigest() == JAR
    return find_java(), "-jar", str(jar)


def test_numbers_are_compared_by_value_and_text_as_it_stands() -> None:
    assert [same_by_value(text) for text in ("40", "40.0", "4E1", "0.50", "-.5", "1-10", "NR", "")] == [
        "40", "40", "40", "0.5", "-0.5", "1-10", "NR", "",
    ]  # fmt: skip


def test_the_engines_are_asked_without_their_habit_of_rewriting_literals(world_in_rdflib: rdflib.Graph) -> None:
    assert rdflib.NORMALIZE_LITERALS
    assert rdflib.Literal("1.50", datatype=rdflib.XSD.decimal) != rdflib.Literal("1.5", datatype=rdflib.XSD.decimal)
    assert len(world_in_rdflib) > 0


@pytest.mark.parametrize("name", QUERIES)
def test_rdflib_agrees_on_the_world(world: Graph, world_in_rdflib: rdflib.Graph, name: str) -> None:
    assert rows_in_rdflib(world_in_rdflib, QUERIES[name].text) == rows_in_pyoxigraph(world, QUERIES[name].text)


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in SLOW_IN_RDFLIB])
def test_rdflib_agrees_on_the_review(graph: Graph, review_in_rdflib: rdflib.Graph, name: str) -> None:
    assert rows_in_rdflib(review_in_rdflib, QUERIES[name].text) == rows_in_pyoxigraph(graph, QUERIES[name].text)


def test_only_queries_that_exist_are_left_out_for_being_slow() -> None:
    assert set(QUERIES) >= SLOW_IN_RDFLIB


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.header.get("params")])
def test_rdflib_agrees_with_another_value_for_each_parameter(
    world: Graph, world_in_rdflib: rdflib.Graph, name: str
) -> None:
    query = QUERIES[name]
    for parameter in query.parameters.values():
        if known := known_values(world, query, parameter):
            text = bind(world, query, {parameter.name: known[-1]})
            assert rows_in_rdflib(world_in_rdflib, text) == rows_in_pyoxigraph(world, text), parameter.name


@pytest.mark.parametrize("which", ["graph", "world"])
def test_jena_agrees(request: pytest.FixtureRequest, robot: tuple[str, ...], tmp_path: Path, which: str) -> None:
    asked: Graph = request.getfixturevalue(which)
    source = tmp_path / "union.nt"
    source.write_bytes(union(asked))
    command = [*robot, "query", "--input", str(source)]
    for name, query in QUERIES.items():
        command += ["--query", str(query.path), str(tmp_path / f"{name}.csv")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    different = []
    for name, query in QUERIES.items():
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as answer:
            theirs = [tuple(map(same_by_value, row)) for row in csv.reader(answer)][1:]
        if theirs != rows_in_pyoxigraph(asked, query.text):
            different.append(name)
    assert different == []
