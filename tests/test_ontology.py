"""The ontology is complete, closed, within OWL 2 DL's datatypes, and opens without a network."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

import cartkg
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary, expand, lexical, type_
from cartkg.resources import ONTOLOGY_DIRECTORY, ontology_files
from cartkg.tables.schema import curated_tables

ROOT = Path(__file__).resolve().parents[1]
TERM_KINDS = {
    expand(f"owl:{kind}")
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
}
PROPERTY_KINDS = {expand(f"owl:{kind}Property") for kind in ("Object", "Datatype", "Annotation")}
OUTSIDE_DL = {"date", "gYear", "gYearMonth", "time", "duration", "yearMonthDuration", "dayTimeDuration"}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(ontology_files())


@pytest.fixture(scope="module")
def terms(vocabulary: Vocabulary) -> set[str]:
    return {
        lexical(t.subject)
        for t in vocabulary.triples
        if t.predicate == type_ and t.object in TERM_KINDS and isinstance(t.subject, ox.NamedNode)
    }


@pytest.mark.parametrize("predicate", ["rdfs:label", "skos:definition"])
def test_every_term_has_exactly_one(vocabulary: Vocabulary, terms: set[str], predicate: str) -> None:
    own = {term for term in terms if term.startswith(PREFIXES["ck"])}
    found = Counter(lexical(t.subject) for t in vocabulary.triples if t.predicate == expand(predicate))
    assert {term: found[term] for term in own if found[term] != 1} == {}


def test_every_own_term_names_its_source(vocabulary: Vocabulary, terms: set[str]) -> None:
    named = {
        lexical(t.subject)
        for t in vocabulary.triples
        if t.predicate in {expand("dcterms:source"), expand("rdfs:isDefinedBy")}
    }
    assert {term for term in terms if term.startswith(PREFIXES["ck"])} - named == set()


def test_nothing_of_our_own_namespace_is_used_undeclared(vocabulary: Vocabulary) -> None:
    used = {lexical(node) for t in vocabulary.triples for node in (t.subject, t.predicate, t.object)}
    own = {iri for iri in used if iri.startswith(PREFIXES["ck"]) and not iri.startswith(PREFIXES["ck"] + "module/")}
    prior = {lexical(t.object) for t in vocabulary.triples if t.predicate == expand("owl:priorVersion")}
    beside = {PREFIXES["ck"], PREFIXES["ck"] + cartkg.__version__, *prior}
    assert own - vocabulary.declared - beside == set()


def test_every_predicate_of_the_tables_is_declared(vocabulary: Vocabulary) -> None:
    used = {
        curie
        for table in curated_tables().values()
        for column in (*table.columns.values(), *table.derived)
        for curie in (column.predicate, column.inverse)
        if curie
    }
    assert {curie for curie in used if expand(curie).value not in vocabulary.declared} - {
        "rdf:type",
        "rdfs:label",
    } == set()


def test_no_datatype_is_outside_owl_2_dl_except_on_annotations(vocabulary: Vocabulary) -> None:
    annotations = {t.subject for t in vocabulary.triples if t.object == expand("owl:AnnotationProperty")}
    data = [t for t in vocabulary.triples if t.predicate not in annotations]
    used = {lexical(t.object).removeprefix(PREFIXES["xsd"]) for t in data}
    used |= {t.object.datatype.value.removeprefix(PREFIXES["xsd"]) for t in data if isinstance(t.object, ox.Literal)}
    assert used & OUTSIDE_DL == set()


def test_the_catalog_resolves_every_import_to_the_module_of_that_name(vocabulary: Vocabulary) -> None:
    folder = ONTOLOGY_DIRECTORY
    catalog = ET.parse(folder / "catalog-v001.xml").getroot()  # noqa: S314 our own file
    entries = {entry.attrib["name"]: entry.attrib["uri"] for entry in catalog.iter() if entry.tag.endswith("}uri")}
    imports = {lexical(t.object) for t in vocabulary.triples if t.predicate == expand("owl:imports")}
    assert imports <= set(entries)
    for name, uri in entries.items():
        assert f"<{name}> a owl:Ontology" in (folder / uri).read_text(encoding="utf-8"), uri


def test_modules_and_shapes_are_short_enough_to_read() -> None:
    for file in sorted(ONTOLOGY_DIRECTORY.rglob("*.ttl")):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 250, file.name


def test_one_version_everywhere(vocabulary: Vocabulary) -> None:
    stated = {lexical(t.object) for t in vocabulary.triples if t.predicate == expand("owl:versionInfo")}
    assert stated == {cartkg.__version__}
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == cartkg.__version__  # type: ignore[index]
    assert f"## {cartkg.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_an_unknown_prefix_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        expand("nope:x")


def unused(quads: list[ox.Quad]) -> set[str]:
    """Own properties that nothing uses, nor their inverse or one below; retired and derived ones are exempt."""
    used = {quad.predicate for quad in quads}
    declared = {quad.subject for quad in quads if quad.predicate == type_ and quad.object in PROPERTY_KINDS}
    exempt = {expand("owl:deprecated"), expand("ck:derivedBy")}
    retired = {quad.subject for quad in quads if quad.predicate in exempt}
    for quad in quads:
        if quad.predicate == expand("owl:inverseOf") and {quad.subject, quad.object} & used:
            used |= {quad.subject, quad.object}
    used |= {quad.object for quad in quads if quad.predicate == expand("rdfs:subPropertyOf") and quad.subject in used}
    return {term.value for term in declared - retired - used if term.value.startswith(PREFIXES["ck"])}


@pytest.mark.parametrize("source", ["graph", "world"])
def test_every_property_its_inverse_or_one_below_it_is_used(source: str, request: pytest.FixtureRequest) -> None:
    graphs = (source, "two_sources", "trial", "registry")  # the review has no arms, amounts or dates of approvals
    quads = [quad for name in graphs for quad in request.getfixturevalue(name).quads()]
    assert unused(quads) == set()
    extra = ox.Quad(expand("ck:unused"), type_, expand("owl:DatatypeProperty"))
    assert unused([*quads, extra]) == {PREFIXES["ck"] + "unused"}
