"""The shapes for anybody's RDF stop what is wrong and nothing else, whatever the IRIs, alike in three engines."""

from __future__ import annotations

import csv
import itertools
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.rdf.in_rdflib import reference_violations
from cartkg.rdf.serialise import serialise
from cartkg.rdf.shapes import load_shapes, shape_files, shapes_in_one, violations
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary
from cartkg.validate import validate_file

from .conftest import ROOT
from .test_second_engine import DATATYPES, LEXICAL, asked, written

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover
FOLDER = ROOT / "tests" / "shapes" / "open"
RIGHT = (FOLDER / "right.ttl").read_text(encoding="utf-8")
NAMESPACE = "https://example.org/kg/"
BATCHES = 8  # of cases, so that each graph is small and two processes share them
with (FOLDER / "wrong.tsv").open(encoding="utf-8", newline="") as stream:
    WRONG = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def parsed(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def changed(number: int) -> str:
    """The right graph with one thing wrong, and IRIs of its own."""
    row = WRONG[number]
    assert row["written"] in RIGHT, row
    text = RIGHT.replace(row["written"], row["instead"], 1)
    return text.replace(NAMESPACE, f"https://example.org/case-{number}/")


@pytest.fixture(scope="module")
def everything() -> list[ox.Triple]:
    """The ontology, the right graph, and every wrong one."""
    triples = [*Vocabulary.load().triples, *parsed(RIGHT)]
    for number in range(len(WRONG)):
        triples += parsed(changed(number))
    return list(dict.fromkeys(triples))


@pytest.fixture(scope="module")
def found(everything: list[ox.Triple]) -> set[tuple[str, str]]:
    """The nodes that our own engine stops, each by which shape."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in everything)
    results = violations(load_shapes(shape_files(open_=True)), everything, store)
    return {(one.node, one.shape.removeprefix(PREFIXES["cks"])) for one in results if "example.org" in one.node}


def test_nothing_is_said_of_what_is_right(found: set[tuple[str, str]]) -> None:
    assert {pair for pair in found if pair[0].startswith(NAMESPACE)} == set()


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_is_wrong_is_stopped_by_the_shapes_that_are_named(number: int, found: set[tuple[str, str]]) -> None:
    of_the_case = {shape for node, shape in found if node.startswith(f"https://example.org/case-{number}/")}
    assert of_the_case == set(WRONG[number]["shapes"].split())


def test_each_shape_has_something_wrong() -> None:
    named = {name for row in WRONG for name in row["shapes"].split()}
    shapes = {shape.iri.removeprefix(PREFIXES["cks"]) for shape in load_shapes(shape_files(open_=True)) if shape.path}
    assert shapes == named


def test_each_message_names_a_property_and_what_to_write_and_no_table() -> None:
    for shape in load_shapes(shape_files(open_=True)):
        if shape.path:
            assert re.match(r"((ck|rdfs?):\w+|\{\?property\}): [^;]+; [^;.]+", shape.message), shape.iri
            assert not re.search(r"\b(cell|row|column|table|data/)\b", shape.message), shape.iri


def some(batch: int) -> tuple[list[ox.Triple], set[str]]:
    """A part of the cases, with the right graph in the first, and the nodes that these describe."""
    texts = [RIGHT if batch == 0 else "", *map(changed, range(batch, len(WRONG), BATCHES))]
    own = [triple for text in texts for triple in parsed(text)]
    return [*Vocabulary.load().triples, *own], {one.subject.value for one in own if "example.org" in str(one.subject)}  # type: ignore[union-attr]


def touched(number: int) -> set[str]:
    """The nodes of a case that are said to be something else than in the right graph, and those beside them."""
    own = f"https://example.org/case-{number}/"
    here, right = (
        {str(triple) for triple in parsed(text)} for text in (changed(number), RIGHT.replace(NAMESPACE, own))
    )
    names = re.compile(rf"<({re.escape(own)}[^>]*)>")
    other = {node for triple in here ^ right for node in names.findall(triple)}
    return other.union(*(found for found in map(names.findall, here) if not other.isdisjoint(found)))


@pytest.mark.nightly
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_second_engine_finds_the_same(batch: int, found: set[tuple[str, str]], tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_bytes(serialise(shapes_in_one(shape_files(open_=True)), "turtle"))
    triples, nodes = some(batch)
    (theirs,) = asked(shapes, written(tmp_path / "some.nt", triples))
    assert {(node, shape.removeprefix(PREFIXES["cks"])) for node, *_, shape in theirs if node in nodes} == {
        pair for pair in found if pair[0] in nodes
    }


@pytest.mark.nightly
def test_a_second_engine_says_the_same_of_a_number_however_it_is_spelled(tmp_path: Path) -> None:
    """Of a share and a count in 220 spellings and more each."""
    prefix = f"@prefix ck: <{PREFIXES['ck']}> . @prefix xsd: <{PREFIXES['xsd']}> . @prefix ex: <{NAMESPACE}> ."
    spelled = [
        f'ex:{name}-{number} a ck:Observation ; ck:{name} "{text}"^^xsd:{kind} .'
        for name in ("percent", "numerator")
        for number, (text, kind) in enumerate(itertools.product(LEXICAL, DATATYPES))
    ]
    triples = list(dict.fromkeys([*Vocabulary.load().triples, *parsed("\n".join([prefix, *spelled]))]))
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    ours = {(one.node, one.shape) for one in violations(load_shapes(shape_files(open_=True)), triples, store)}
    shapes = tmp_path / "shapes.ttl"
    shapes.write_bytes(serialise(shapes_in_one(shape_files(open_=True)), "turtle"))
    (theirs,) = asked(shapes, written(tmp_path / "spelled.nt", triples))
    assert {(node, shape) for node, *_, shape in theirs if node.startswith(NAMESPACE)} == {
        pair for pair in ours if pair[0].startswith(NAMESPACE)
    }


@pytest.mark.nightly
@pytest.mark.parametrize("batch", range(BATCHES))
def test_pyshacl_finds_the_same(batch: int, found: set[tuple[str, str]]) -> None:
    triples, nodes = some(batch)
    # All others are as in the right graph, which the first batch has; and a node takes a third of a second.
    other = {node for node, _ in found}.union(*map(touched, range(batch, len(WRONG), BATCHES)))
    nodes = {node for node in nodes if node in other or node.startswith(NAMESPACE)}
    theirs = reference_violations(shape_files(open_=True), triples, nodes)
    assert {(one.node, one.shape.removeprefix(PREFIXES["cks"])) for one in theirs} == {
        pair for pair in found if pair[0] in nodes
    }


def test_the_command_asks_them_of_a_file_with_iris_of_its_own(world: Graph, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(RIGHT, encoding="utf-8")
    assert validate_file(world, own).findings == ()
    own.write_text(RIGHT.replace("ck:percent 40", "ck:percent 70"), encoding="utf-8")
    report = validate_file(world, own)
    assert [found.rule for found in report.findings] == ["Open-eventFreeFalls"]
    assert not report.conforms


def test_a_warning_is_shown_and_refuses_nothing(world: Graph, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(RIGHT.replace("ck:percent 40", "ck:percent 0.4"), encoding="utf-8")
    report = validate_file(world, own)
    assert (report.conforms, [found.severity for found in report.findings]) == (True, ["warning"])
    assert "conforms, 1 warning" in str(report)


@pytest.mark.nightly
def test_the_release_and_its_core_conform_to_them_too(small_release: Path, tmp_path: Path) -> None:
    core = [q.triple for name in ("core", "ontology") for q in ox.parse(path=small_release / f"{name}.ttl")]
    files = small_release / "cartkg.ttl", written(tmp_path / "core.nt", core)
    severe = {shape.iri for shape in load_shapes(shape_files(open_=True)) if shape.severity.endswith("Violation")}
    for theirs in asked(small_release / "open-shapes.ttl", *files):
        assert {one for one in theirs if one[4] in severe} == set()
