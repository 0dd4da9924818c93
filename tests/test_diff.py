"""Comparing: by value, blind to how blank nodes are called, and honest about what is only written differently."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartkg.diff import diff
from cartkg.push import Target, places, push
from cartkg.rdf.blank_nodes import components, named
from cartkg.rdf.vocabulary import graph_name
from cartkg.remote.copies import Shelf, by_value
from cartkg.remote.endpoint import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run
    from .servers import Server

XSD = "http://www.w3.org/2001/XMLSchema#"
S, P = ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p")


def literal(kind: str, value: str) -> ox.Triple:
    return ox.Triple(S, P, ox.Literal(value, datatype=ox.NamedNode(XSD + kind)))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("decimal", "1.50", "1.5"),
        ("decimal", "+2.0", "2"),
        ("decimal", "-0.0", "0"),
        ("decimal", ".5", "0.50"),
        ("integer", "007", "7"),
        ("nonNegativeInteger", "+7", "7"),
        ("boolean", "1", "true"),
        ("double", "1.0e3", "1000.0"),
        ("dateTime", "2023-01-01T00:00:00.00+00:00", "2023-01-01T00:00:00Z"),
    ],
)
def test_two_ways_to_write_a_value_are_the_same(kind: str, one: str, other: str) -> None:
    assert by_value(literal(kind, one)) == by_value(literal(kind, other))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("decimal", "1.5", "15"),
        ("decimal", "-1", "1"),
        ("decimal", "", "0"),
        ("decimal", "100", "1"),
        ("integer", "10", "1"),
        ("string", "1.50", "1.5"),
        ("boolean", "1", "false"),
        ("double", "x", "0"),
        ("date", "2023-01-01", "2023-01-02"),
    ],
)
def test_two_values_are_not_the_same(kind: str, one: str, other: str) -> None:
    assert by_value(literal(kind, one)) != by_value(literal(kind, other))


def test_a_number_of_another_type_is_another_value() -> None:
    assert by_value(literal("decimal", "1")) != by_value(literal("integer", "1"))


def test_a_language_has_no_case() -> None:
    one, other = (ox.Triple(S, P, ox.Literal("a", language=tag)) for tag in ("en-GB", "en-gb"))
    assert by_value(one) == by_value(other)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_by_value_is_the_same_number(number: object) -> None:
    from decimal import Decimal

    written = f"{number:f}"
    assert Decimal(by_value(literal("decimal", written)).object.value) == Decimal(written)


@given(st.permutations(range(6)))
def test_names_of_blank_nodes_do_not_depend_on_labels(labels: list[int]) -> None:
    def chain(order: list[int]) -> list[ox.Triple]:
        nodes = [ox.BlankNode(f"n{label}") for label in order]
        links = [ox.Triple(a, P, b) for a, b in pairwise(nodes[:4])]
        return [*links, ox.Triple(S, P, nodes[4]), ox.Triple(nodes[5], P, S)]

    assert len(components(chain(labels))) == 3
    assert sorted(map(str, named(chain(labels)))) == sorted(map(str, named(chain(list(range(6))))))


def test_equal_blank_nodes_are_counted_one_by_one() -> None:
    twice = [ox.Triple(S, P, ox.BlankNode("a")), ox.Triple(S, P, ox.BlankNode("b"))]
    assert len({str(triple) for triple in named(twice)}) == 2


def test_a_change_in_one_blank_node_leaves_the_names_of_others() -> None:
    one, other = ox.Triple(S, P, ox.BlankNode("a")), ox.Triple(ox.BlankNode("b"), P, S)
    changed = ox.Triple(ox.BlankNode("b"), P, P)
    assert set(map(str, named([one, other]))) & set(map(str, named([one, changed])))


def test_the_same_value_written_differently_is_counted_apart() -> None:
    with Shelf() as shelf:
        shelf.put("here", "g", [literal("decimal", "1.50"), literal("decimal", "2"), literal("decimal", "3")])
        shelf.put("there", "g", [literal("decimal", "1.5"), literal("decimal", "2"), literal("decimal", "4")])
        found = shelf.difference("g", 10)
    assert (found.missing, found.extra, found.lexical) == (1, 1, 1)
    assert '"3"' in found.missing_examples[0]
    assert '"4"' in found.extra_examples[0]


@pytest.mark.no_cover
def test_the_command_ends_with_0_when_nothing_differs(run: Callable[..., Run], oxigraph: Server, world: Graph) -> None:
    push(world, Target(oxigraph.url))
    done = run("diff", oxigraph.url, "--graph", world.path.parent)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == "no difference"


def test_the_command_ends_with_1_and_shows_what_differs(
    run: Callable[..., Run], oxigraph: Server, world: Graph
) -> None:
    push(world, Target(oxigraph.url))
    place = places(Target(oxigraph.url, "update"))[0]
    extra = [ox.Triple(S, P, ox.Literal(str(number))) for number in range(5)]
    place.write(graph_name("asserted"), extra, again=False)
    place.write(graph_name("more"), extra, fresh=True, again=True)
    done = run("diff", oxigraph.url, "--graph", world.path.parent, "--show", "2")
    assert done.code == 1
    assert f"+ {extra[0]}\n+ {extra[1]}\n+ … and 3 more\n" in done.out
    found = json.loads(run("diff", oxigraph.url, "--graph", world.path.parent, "--format", "json").out)
    assert not found["same"]
    assert {entry["graph"].rsplit("/", 1)[1]: entry["extra"] for entry in found["graphs"]} == {
        **dict.fromkeys(world.manifest.graphs, 0),
        "asserted": 5,
        "more": 5,
    }
    place.write(graph_name("more"), [], fresh=True, again=True)


@pytest.mark.no_cover
def test_a_graph_that_is_not_there_is_missing_whole(oxigraph: Server, world: Graph) -> None:
    push(world, Target(oxigraph.url))
    place = places(Target(oxigraph.url, "update"))[0]
    place.write(graph_name("inferred"), [], fresh=True, again=True)
    found = diff(world, connect(oxigraph.url), shown=1)
    (lost,) = [entry for entry in found.graphs if entry.missing]
    assert (lost.missing, lost.there, len(lost.missing_examples)) == (world.manifest.graphs["inferred"], 0, 1)
