"""Definitions have a genus and a difference, borrowed terms their published labels, retired terms a successor."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.queries.stored import stored_queries
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary, expand, lexical
from cartkg.resources import ONTOLOGY_DIRECTORY, ontology_files
from cartkg.tables.definitions import placeholders
from cartkg.tables.schema import curated_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartkg.rdf.store import Graph

BORROWED = Path(__file__).parent / "borrowed.tsv"
OPEN_LICENCES = ("CC0-1.0", "CC-BY-1.0", "CC-BY-4.0", "W3C", "W3C-2023", "W3C-20150513")
LINK = r"(that|which|whose|with|without|of|in|for|from|at|by|about|between|on|under|beyond|named)"
RELATION = re.compile(r"Relates (an? |the )?\S.* to \S.*\.")
NOUN_PHRASE = re.compile(r"(?!What|Who|How|Where|Is |Has |Says |Gives )[A-Z].*\.")
KINDS = {expand(f"owl:{kind}").value for kind in ("Class", "ObjectProperty", "NamedIndividual")}
PROPERTIES = {expand(f"owl:{kind}").value for kind in ("DatatypeProperty", "AnnotationProperty")}


class Terms:
    """Triples by subject and predicate, and what is wrong with the definitions in them."""

    def __init__(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        self.by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for one in triples:
            self.by[lexical(one.subject)][lexical(one.predicate)].append(lexical(one.object))

    def values(self, subject: str, predicate: str) -> list[str]:
        return self.by[subject][expand(predicate).value] if subject in self.by else []

    @cached_property
    def defined(self) -> list[str]:
        wanted = KINDS | PROPERTIES
        current = [s for s in self.by if "://" in s and not self.values(s, "owl:deprecated")]
        return sorted(s for s in current if wanted & set(self.values(s, "rdf:type")))

    def genera(self, subject: str) -> list[str]:
        """What may stand at the beginning: names of the classes above, of those in the logical definition, of types."""
        if expand("owl:Class").value not in self.values(subject, "rdf:type"):
            above = self.values(subject, "rdf:type")
        else:
            above = [*self.values(subject, "rdfs:subClassOf"), *self._parts(subject)]
        named = [one for one in above if "://" in one and not one.startswith(PREFIXES["owl"])]
        return [name for one in named for p in ("rdfs:label", "skos:altLabel") for name in self.values(one, p)] or [
            "entity"
        ]

    def _parts(self, subject: str) -> list[str]:
        found: list[str] = []
        for expression in self.values(subject, "owl:equivalentClass"):
            for node in self.values(expression, "owl:intersectionOf"):
                while node in self.by:
                    found += self.values(node, "rdf:first")
                    node = next(iter(self.values(node, "rdf:rest")), "")  # noqa: PLW2901
        return found

    def wrong(self, subjects: Iterable[str]) -> dict[str, list[str]]:
        return {s: self.values(s, "skos:definition") for s in subjects if not self._sound(s)}

    def _sound(self, subject: str) -> bool:
        definitions, kinds = self.values(subject, "skos:definition"), set(self.values(subject, "rdf:type"))
        if len(definitions) != 1:
            return False
        if expand("owl:ObjectProperty").value in kinds:
            return bool(RELATION.fullmatch(definitions[0]))
        if kinds & PROPERTIES:
            return bool(RELATION.fullmatch(definitions[0]) or NOUN_PHRASE.fullmatch(definitions[0]))
        return any(
            re.fullmatch(f"{re.escape(genus)} {LINK} \\S.*\\.", definitions[0], re.IGNORECASE)
            for genus in self.genera(subject)
        )


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(ontology_files())


@pytest.fixture(scope="module")
def terms(vocabulary: Vocabulary) -> Terms:
    return Terms(vocabulary.triples)


def test_the_definition_of_a_term_of_ours_is_a_genus_and_a_difference(terms: Terms) -> None:
    assert terms.wrong(t for t in terms.defined if t.startswith(PREFIXES["ck"])) == {}


@pytest.mark.parametrize(
    "definition",
    [
        "Document that is long.",
        "Observation",
        "Observation that is long",
        "An observation that is long.",
        "What is long.",
    ],
)
def test_a_definition_without_genus_or_difference_is_found(definition: str) -> None:
    text = f"""
    @prefix owl: <{PREFIXES["owl"]}> . @prefix rdfs: <{PREFIXES["rdfs"]}> . @prefix skos: <{PREFIXES["skos"]}> .
    <x:o> a owl:Class ; rdfs:label "observation"@en . <x:long> a owl:Class ; rdfs:subClassOf <x:o> ;
      skos:definition "{definition}"@en ."""
    found = Terms(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    assert found.wrong(["x:long"]) == {"x:long": [definition]}


def test_no_two_terms_have_the_same_label_or_definition(terms: Terms) -> None:
    for predicate in ("rdfs:label", "skos:definition"):
        found: dict[str, list[str]] = defaultdict(list)
        for term in terms.defined:
            for value in terms.values(term, predicate):
                found[value.casefold()].append(term)
        assert {value: owners for value, owners in found.items() if len(owners) > 1} == {}


def test_every_class_stands_under_one_of_a_few_roots(terms: Terms) -> None:
    classes = [t for t in terms.defined if expand("owl:Class").value in terms.values(t, "rdf:type")]
    roots = {t for t in classes if not [s for s in terms.values(t, "rdfs:subClassOf") if "://" in s]}
    assert {terms.values(root, "rdfs:label")[0] for root in roots} == {
        "material entity", "process", "information content entity", "clinical circumstance", "evidenced entity",
    }  # fmt: skip


def test_every_property_of_ours_says_what_it_relates(terms: Terms) -> None:
    own = [t for t in terms.defined if t.startswith(PREFIXES["ck"])]
    kinds = {expand("owl:ObjectProperty").value, expand("owl:DatatypeProperty").value}
    properties = [t for t in own if kinds & set(terms.values(t, "rdf:type"))]
    assert [t for t in properties for p in ("rdfs:domain", "rdfs:range") if len(terms.values(t, p)) != 1] == []


@pytest.fixture(scope="module")
def pinned() -> list[dict[str, str]]:
    with BORROWED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_borrowed_term_has_the_definition_that_was_read_in_its_vocabulary_or_a_note_and_none(
    terms: Terms, pinned: list[dict[str, str]]
) -> None:
    for row in pinned:
        assert terms.values(row["term"], "skos:definition") == [row["definition"]][: bool(row["definition"])]
        assert bool(row["definition"]) == bool(row["read_in"]) == bool(row["licence"])
        assert row["definition"] or terms.values(row["term"], "skos:scopeNote")
    assert {row["licence"] for row in pinned} - {""} <= set(OPEN_LICENCES)


def test_a_borrowed_term_has_the_label_that_was_read_in_its_vocabulary_where_that_is_words_and_no_other_terms(
    terms: Terms, pinned: list[dict[str, str]]
) -> None:
    here = {t: terms.values(t, "rdfs:label") for t in terms.defined if not t.startswith(PREFIXES["ck"])}
    assert {row["term"]: [row["label"]] for row in pinned} == here
    assert [row["term"] for row in pinned if not (row["published"] and row["checked_in"])] == []
    own = {label.casefold() for t in terms.defined for label in terms.values(t, "rdfs:label")}
    for row in pinned:
        in_words = re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1]}", row["published"])
        expected = row["published"] if in_words == row["published"] else in_words.lower()
        told_apart = re.fullmatch(rf"{re.escape(expected)} \([A-Za-z]+\)", row["label"])  # of a row, or a term of ours
        assert row["label"] == expected or told_apart or expected.casefold() in own, row["term"]


def test_every_borrowed_term_says_where_it_is_defined(terms: Terms) -> None:
    borrowed = [t for t in terms.defined if not t.startswith(PREFIXES["ck"])]
    assert [t for t in borrowed if len(terms.values(t, "rdfs:isDefinedBy")) != 1] == []


def test_every_row_and_place_of_the_review_is_defined_by_its_class(graph: Graph) -> None:
    found = Terms(graph.quads())
    own = [one for one in found.defined if one.startswith("https://w3id.org/cartkg/id/")]
    assert len(own) > 1000
    assert found.wrong(own) == {}


def test_no_two_rows_or_places_of_the_review_have_the_same_definition(graph: Graph) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for quad in graph.store.quads_for_pattern(None, expand("skos:definition"), None, None):
        seen[lexical(quad.object)].add(lexical(quad.subject))
    assert {definition: owners for definition, owners in seen.items() if len(owners) > 1} == {}


@pytest.mark.parametrize("table", curated_tables())
def test_a_definition_speaks_only_of_columns_that_the_table_has(table: str) -> None:
    named = {name for phrase in curated_tables()[table].differentia for name in placeholders(phrase)}
    assert named
    assert named <= set(curated_tables()[table].columns)


def test_a_retired_term_that_names_its_successor_and_is_not_used_breaks_no_rule(world: Graph) -> None:
    store = ox.Store()
    store.bulk_extend(world.store)
    retired = f"""
    @prefix ck: <{PREFIXES["ck"]}> . @prefix owl: <{PREFIXES["owl"]}> . @prefix obo: <http://purl.obolibrary.org/obo/> .
    ck:percentage a owl:DatatypeProperty ; owl:deprecated true ; obo:IAO_0100001 ck:percent ."""
    store.load(retired, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("https://example.org/retired"))
    texts = [stored_queries()["superseded-terms"].text]
    texts += [(ONTOLOGY_DIRECTORY / "report" / "deprecated_without_replacement.rq").read_text(encoding="utf-8")]
    for text in texts:
        assert list(store.query(text, use_default_graph_as_union=True)) == []
