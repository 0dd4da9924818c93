"""What is handed out passes its own shapes in another engine, too, and both find the same wrong things."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

from cartkg.rdf.in_rdflib import literals_as_written, reference_violations
from cartkg.rdf.serialise import serialise
from cartkg.rdf.shapes import load_shapes, shape_files, shapes_in_one, violations
from cartkg.rdf.vocabulary import INDIVIDUALS, PREFIXES, expand, lexical, type_

from . import tools
from .conftest import ROOT
from .shape_cases import FIXTURES, groups, read_turtle, read_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Found = set[tuple[str, ...]]

pytestmark = pytest.mark.no_cover
LEXICAL = (
    "31", "31.0", "31.00", "031", "+31", "31.", "31e0", "3.1E1", "-31", "-0", " 31", "31 ", "31%", "31,0", "0x1F", "",
    "NaN", "INF", "-INF", "1e2",
)  # fmt: skip
DATATYPES = (
    "integer", "decimal", "double", "float", "string", "nonNegativeInteger", "int", "long", "boolean", "date", "anyURI",
)  # fmt: skip


def asked(shapes: Path, *files: Path) -> list[Found]:
    """What rudof finds in each file."""
    done = tools.check("python", ROOT / "tests" / "second_engine.py", shapes, *files)
    assert done.returncode == 0, done.stderr
    return [{tuple(one) for one in json.loads(line)} for line in done.stdout.splitlines()]


def ours(triples: Sequence[ox.Triple]) -> Found:
    """What our own engine finds."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    found = violations(load_shapes(), triples, store)
    return {(one.node, one.path, one.component, one.value, one.shape) for one in found}


def parsed(graph: rdflib.Graph) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)]


def written(path: Path, triples: Iterable[ox.Triple]) -> Path:
    path.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    return path


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shapes as they are handed out."""
    file = tmp_path_factory.mktemp("shapes") / "shapes.ttl"
    file.write_bytes(serialise(shapes_in_one(shape_files()), "turtle"))
    return file


@pytest.fixture(scope="module")
def around() -> rdflib.Graph:
    """The ontology and the world of the shapes' cases."""
    with literals_as_written():
        return read_turtle(*sorted((ROOT / "ontology").glob("*.ttl")), FIXTURES / "world.ttl")


def test_a_small_release_conforms_in_two_engines(small_release: Path) -> None:
    triples = [quad.triple for quad in ox.parse(path=small_release / "cartkg.ttl")]
    assert ours(triples) == set()
    files = [small_release / f"{name}.ttl" for name in ("cartkg", "ontology", "dataset", "service")]
    assert asked(small_release / "shapes.ttl", *files) == [set()] * len(files)


def test_the_shapes_handed_out_look_at_each_node_of_a_class(small_release: Path, tmp_path: Path) -> None:
    triples = [quad.triple for quad in ox.parse(path=small_release / "cartkg.ttl")]
    broken = written(tmp_path / "broken.nt", (t for t in triples if t.predicate != expand("ck:outcome")))
    (found,) = asked(small_release / "shapes.ttl", broken)
    observations = {lexical(t.subject) for t in triples if (t.predicate, t.object) == (type_, expand("ck:Observation"))}
    assert {node for node, *_, shape in found if shape.endswith("Observation-outcome")} == observations


@pytest.mark.nightly
def test_the_release_conforms_in_three_engines(release: Path) -> None:
    triples = [quad.triple for quad in ox.parse(path=release / "cartkg.ttl")]
    assert ours(triples) == set()
    assert asked(release / "shapes.ttl", release / "cartkg.ttl", release / "cartkg.rdf") == [set(), set()]
    assert reference_violations(shape_files(), triples) == []


@pytest.mark.nightly  # test_shapes compares the same variants with pySHACL in the gate
def test_both_engines_find_the_same_in_every_wrong_variant_of_a_row(
    shapes: Path, around: rdflib.Graph, tmp_path: Path
) -> None:
    cases, files = [], []
    with literals_as_written():
        for number, group in enumerate(groups(read_variants())):
            own = rdflib.Graph()
            for triple in (triple for variant in group for triple in variant.triples):
                own.add(triple)
            cases.append(list(dict.fromkeys([*parsed(around), *parsed(own)])))
            files.append(written(tmp_path / f"{number}.nt", cases[-1]))
    both = [(ours(case), theirs) for case, theirs in zip(cases, asked(shapes, *files), strict=True)]
    assert sum(len(found) for found, _ in both) > 900
    # A number is compared as written by us, and as it was understood by rudof: the rest must be the same.
    assert [{one[:3] + one[4:] for one in found} for found, _ in both] == [
        {one[:3] + one[4:] for one in theirs} for _, theirs in both
    ]


@pytest.fixture(scope="module")
def spelled(around: rdflib.Graph) -> tuple[list[ox.Triple], dict[str, ox.Literal]]:
    """A rate of 31 % written in 220 ways and more, among what it needs; and how each node has it."""
    with literals_as_written():
        base = parsed(read_turtle(FIXTURES / "bases.ttl"))
    own = [t for t in base if lexical(t.subject) == f"{INDIVIDUALS}observations/rate"]
    percent = expand("ck:percent")
    ways = [
        ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + kind))
        for text, kind in itertools.product(LEXICAL, DATATYPES)
    ]
    ways += [ox.Literal(text, language="en") for text in LEXICAL]
    meant = {f"{INDIVIDUALS}observations/spelled-{number}": way for number, way in enumerate(ways)}
    triples = parsed(around)
    for node, way in meant.items():
        named = ox.NamedNode(node)
        triples += [ox.Triple(named, t.predicate, way if t.predicate == percent else t.object) for t in own]
    return triples, meant


def of_the_number(found: Iterable[tuple[str, ...]], meant: dict[str, ox.Literal]) -> set[str]:
    """The nodes of which something is said that concerns their number."""
    about = {expand("ck:percent").value, expand("ck:asPrinted").value}
    return {node for node, path, *_ in found if node in meant and path in about}


def test_of_many_spellings_of_a_number_six_are_accepted(spelled: tuple[list[ox.Triple], dict[str, ox.Literal]]) -> None:
    triples, meant = spelled
    assert len(meant) >= 220
    accepted = {meant[node].value for node in meant.keys() - of_the_number(ours(triples), meant)}
    assert accepted == {"31", "31.0", "31.00", "031", "+31", "31."}


@pytest.mark.nightly
def test_both_engines_accept_and_refuse_the_same_spellings_of_a_number(
    shapes: Path, spelled: tuple[list[ox.Triple], dict[str, ox.Literal]], tmp_path: Path
) -> None:
    triples, meant = spelled
    (theirs,) = asked(shapes, written(tmp_path / "spelled.nt", triples))
    refused = [of_the_number(found, meant) for found in (ours(triples), theirs)]
    assert {str(meant[node]) for node in refused[0] ^ refused[1]} == set()
