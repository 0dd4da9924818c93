"""The ontology says what it is, who made it, when, under which terms, and how to cite it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from cartkg.rdf.vocabulary import BASE, PREFIXES, expand, lexical, type_
from cartkg.resources import ontology_files

REPOSITORY = Path(__file__).parents[2]
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ONTOLOGY = BASE + "ontology"
_ONCE = """
owl:versionIRI owl:versionInfo owl:priorVersion rdfs:label rdfs:comment dcterms:title dcterms:description
dcterms:license dcterms:creator dcterms:publisher dcterms:created dcterms:issued dcterms:modified
dcterms:bibliographicCitation dcterms:source
"""
VANN = "http://purl.org/vocab/vann/"
Headers = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


@pytest.fixture(scope="module")
def headers() -> Headers:
    """What each module says of itself: values by property, by the module's IRI."""
    triples = [quad.triple for file in ontology_files() for quad in ox.parse(path=file)]
    found: Headers = {lexical(t.subject): defaultdict(list) for t in triples if t.object == expand("owl:Ontology")}
    for t in triples:
        if lexical(t.subject) in found and t.predicate != type_:
            found[lexical(t.subject)][t.predicate.value].append(t.object)  # type: ignore[arg-type]
    return found


def said(headers: Headers, curie: str) -> str:
    """The one value of a property of the ontology's own header."""
    (value,) = headers[ONTOLOGY][expand(curie).value]
    return lexical(value)


@pytest.mark.parametrize("curie", _ONCE.split())
def test_the_header_says_each_thing_once(headers: Headers, curie: str) -> None:
    assert said(headers, curie)


def test_every_module_has_label_title_description_and_licence(headers: Headers) -> None:
    for module, values in headers.items():
        for curie in ("rdfs:label", "dcterms:title", "dcterms:description", "dcterms:license"):
            assert len(values[expand(curie).value]) == 1, (module, curie)
        assert lexical(values[expand("dcterms:license").value][0]) == LICENCE, module


def test_the_preferred_prefix_stands_for_the_namespace_of_the_terms(headers: Headers) -> None:
    values = headers[ONTOLOGY]
    assert [lexical(value) for value in values[VANN + "preferredNamespacePrefix"]] == ["ck"]
    assert [lexical(value) for value in values[VANN + "preferredNamespaceUri"]] == [PREFIXES["ck"]]


def test_the_version_iri_ends_in_the_version_and_follows_the_prior_one(headers: Headers) -> None:
    version = said(headers, "owl:versionInfo")
    assert said(headers, "owl:versionIRI") == PREFIXES["ck"] + version
    prior = said(headers, "owl:priorVersion").removeprefix(PREFIXES["ck"])
    released = re.findall(r"^## (\d+\.\d+\.\d+)", CHANGELOG, re.MULTILINE)
    assert released[0] == version
    assert prior == (released[1] if len(released) > 1 else released[0])


def test_dates_are_days_in_order_and_the_release_is_that_of_the_changelog(headers: Headers) -> None:
    created, modified, issued = (
        date.fromisoformat(said(headers, f"dcterms:{name}")) for name in ("created", "modified", "issued")
    )
    assert created <= modified <= issued
    released = re.search(r"^## \S+ \((.+)\)$", CHANGELOG, re.MULTILINE)
    assert released is not None
    assert released[1] in {issued.isoformat(), "unreleased"}


def test_authors_title_and_citation_are_those_of_the_citation_file(headers: Headers) -> None:
    (author,) = (each["name"] for each in CITATION["authors"])
    assert said(headers, "dcterms:creator") == said(headers, "dcterms:publisher") == author
    assert CITATION["title"] in said(headers, "dcterms:bibliographicCitation")
    assert author in said(headers, "dcterms:bibliographicCitation")
