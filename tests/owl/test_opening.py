"""Whoever opens the files in Protégé finds everything at hand: no network, labels, and classes to browse by."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from cartkg.rdf.vocabulary import PREFIXES, expand, lexical, type_
from cartkg.resources import ONTOLOGY_DIRECTORY, ontology_files

from .conftest import Result
from .graphs import read
from .running import robot_ran

CATALOG = ONTOLOGY_DIRECTORY / "catalog-v001.xml"
KINDS = {expand(f"owl:{kind}Property").value for kind in ("Object", "Datatype", "Annotation")}
BUILT_IN = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl"))
INDIVIDUAL = expand("owl:NamedIndividual")


def catalog() -> dict[str, str]:
    """File names by ontology IRI."""
    entries = ET.parse(CATALOG).getroot().iter("{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri")  # noqa: S314 our own file
    return {entry.attrib["name"]: entry.attrib["uri"] for entry in entries}


def test_the_catalog_lists_each_module_by_its_iri_and_the_name_of_a_file_beside_it() -> None:
    listed = catalog()
    assert sorted(listed.values()) == sorted(file.name for file in ontology_files())
    header = expand("owl:Ontology")
    for name, file in listed.items():
        quads = ox.parse(path=ONTOLOGY_DIRECTORY / file)
        assert [lexical(quad.subject) for quad in quads if quad.object == header] == [name], file


def test_owlapi_loads_every_module_of_the_catalog_and_nothing_else(opened: Result) -> None:
    assert {row[0] for row in opened.rows("modules.csv")} == set(catalog())


def test_nothing_was_looked_for_on_the_network(opened: Result, merged: Result) -> None:
    assert (opened.ran.connections, merged.ran.connections) == (0, 0)


def test_an_import_that_the_catalog_lacks_is_looked_for_on_the_network_and_not_found(
    robot: tuple[str, ...], tmp_path: Path
) -> None:
    folder = shutil.copytree(ONTOLOGY_DIRECTORY, tmp_path / "ontology")
    lines = (folder / CATALOG.name).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if 'uri="core.ttl"' not in line]
    assert len(kept) == len(lines) - 1
    (folder / CATALOG.name).write_text("".join(kept), encoding="utf-8")
    ran = robot_ran(robot, "convert", "--input", folder / "cartkg.ttl", "--output", tmp_path / "out.owl")
    assert ran.code == 1
    assert "module/core" in ran.printed
    assert ran.connections > 0


@pytest.mark.nightly
@pytest.mark.parametrize(("term", "most"), [("CAR", 5), ("MurineBinder", 60)])
def test_a_module_of_one_class_with_the_individuals_it_needs_is_small(
    robot: tuple[str, ...], tmp_path: Path, term: str, most: int
) -> None:
    ran = robot_ran(
        robot, "extract", "--method", "BOT", "--input", ONTOLOGY_DIRECTORY / "cartkg.ttl", "--catalog", CATALOG,
        "--term", PREFIXES["ck"] + term, "--individuals", "minimal", "--output", tmp_path / "part.ttl",
    )  # fmt: skip
    assert ran.code == 0, ran.printed
    found = {one.subject for one in read(tmp_path / "part.ttl") if one.object == expand("owl:Class")}
    assert expand(f"ck:{term}") in found
    assert len([one for one in found if isinstance(one, ox.NamedNode)]) <= most


@pytest.fixture(scope="module")
def triples(merged: Result) -> list[ox.Triple]:
    return read(merged.folder / "export.ttl")


def test_every_individual_is_declared_has_one_label_and_stands_under_a_class_of_ours(triples: list[ox.Triple]) -> None:
    types: dict[str, set[str]] = defaultdict(set)
    labels: Counter[str] = Counter()
    retired: set[str] = set()
    for triple in triples:
        if triple.predicate == expand("owl:deprecated"):
            retired.add(lexical(triple.subject))
        elif triple.predicate == type_:
            types[lexical(triple.subject)].add(lexical(triple.object))
        elif triple.predicate == expand("rdfs:label"):
            labels[lexical(triple.subject)] += 1
    classes = {iri for iri, kinds in types.items() if expand("owl:Class").value in kinds}
    ours = {iri for iri in classes if iri.startswith(PREFIXES["ck"])}
    members = {iri for iri, kinds in types.items() if kinds & classes}
    assert {iri for iri in members if INDIVIDUAL.value not in types[iri]} == set()
    individuals = {iri for iri, kinds in types.items() if INDIVIDUAL.value in kinds}
    assert {iri for iri in individuals if labels[iri] != 1} == set()
    assert {iri for iri in individuals if not types[iri] & ours} == individuals & retired
    assert len(individuals) > 1_000


def test_every_property_that_is_used_is_declared_as_one_kind_of_property(triples: list[ox.Triple]) -> None:
    kinds: Counter[str] = Counter()
    for triple in triples:
        if triple.predicate == type_ and lexical(triple.object) in KINDS:
            kinds[lexical(triple.subject)] += 1
    used = {triple.predicate.value for triple in triples if not triple.predicate.value.startswith(BUILT_IN)}
    assert {name: kinds[name] for name in used if kinds[name] != 1} == {}


def test_nothing_stands_in_two_places_of_the_model(triples: list[ox.Triple]) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    apart = {*KINDS, expand("owl:Class").value, INDIVIDUAL.value}
    for triple in triples:
        if triple.predicate == type_ and lexical(triple.object) in apart:
            kinds[lexical(triple.subject)].add(lexical(triple.object))
    assert {iri: found for iri, found in kinds.items() if len(found) > 1} == {}
