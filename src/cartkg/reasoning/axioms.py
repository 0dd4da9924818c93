"""The ontology as axioms: each the few triples that stand or fall together, and the names it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, expand, grouped, lexical, type_

_BUILT_IN = (PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"])
_DECLARATIONS = frozenset(
    expand(f"owl:{name}").value
    for name in (
        "AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty", "Ontology",
        "Restriction",
    )
) | {expand("rdfs:Datatype").value}  # fmt: skip
LOGICAL = {
    expand(name): form
    for name, form in {
        "rdfs:subClassOf": "{} ⊑ {}", "owl:equivalentClass": "{} ≡ {}", "owl:disjointWith": "{} and {} are disjoint",
        "rdfs:subPropertyOf": "{} ⊑ {}", "owl:inverseOf": "{} is the inverse of {}",
        "rdfs:domain": "{} has domain {}", "rdfs:range": "{} has range {}",
    }.items()
}  # fmt: skip
_ONE_WAY = frozenset(expand(name) for name in ("rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf"))
_FIRST, _REST = expand("rdf:first").value, expand("rdf:rest").value
_T = TypeVar("_T")
_VALUES = frozenset(expand(f"owl:{name}") for name in ("ObjectProperty", "DatatypeProperty"))


@dataclass(frozen=True, eq=False)
class Axiom:
    """One axiom or fact: its triples, the first of which says what it is."""

    triples: tuple[ox.Triple, ...]

    @property
    def head(self) -> ox.Triple:
        """The triple that says what it is."""
        return self.triples[0]

    @cached_property
    def names(self) -> frozenset[str]:
        """The classes, properties and individuals it speaks of."""
        return _names(self.triples)

    @cached_property
    def concludes(self) -> frozenset[str]:
        """The names about which something may follow from it."""
        if self.head.predicate in _ONE_WAY:
            return _names(self.triples[1:]) | _names([ox.Triple(self.head.object, type_, type_)])  # type: ignore[arg-type]
        return self.names


def _names(triples: Iterable[ox.Triple]) -> frozenset[str]:
    terms = (term for triple in triples for term in (triple.subject, triple.predicate, triple.object))
    return frozenset(
        term.value for term in terms if isinstance(term, ox.NamedNode) and not term.value.startswith(_BUILT_IN)
    )


def members(node: object, values: Mapping[str, Mapping[str, _T]]) -> Iterator[_T]:
    """The members of a list, of which is known what each node says by which property."""
    while cell := values.get(lexical(node), {}).get(_FIRST):
        yield cell
        node = values[lexical(node)][_REST]


def axioms(triples: Iterable[ox.Triple]) -> tuple[Axiom, ...]:
    """The axioms among the triples of an ontology, in their order; declarations and annotations are none."""
    found = list(triples)
    properties, pointed = _properties(found), {triple.object for triple in found}
    below = grouped((t.subject, t) for t in found if isinstance(t.subject, ox.BlankNode))

    def is_root(triple: ox.Triple) -> bool:
        if isinstance(triple.subject, ox.NamedNode):
            return _says_something(triple, properties)
        return triple.predicate == type_ and triple.subject not in pointed

    return tuple(Axiom(tuple(dict.fromkeys(_with_parts(root, below)))) for root in filter(is_root, found))


def facts(triples: Iterable[ox.Triple], ontology: Iterable[ox.Triple]) -> tuple[Axiom, ...]:
    """The facts about individuals that a reasoner can use, sorted."""
    properties = _properties(ontology)
    return tuple(Axiom((triple,)) for triple in sorted(triples, key=str) if _says_something(triple, properties))


def _properties(ontology: Iterable[ox.Triple]) -> frozenset[str]:
    """The properties that relate individuals, or give them values."""
    return frozenset(lexical(t.subject) for t in ontology if t.predicate == type_ and t.object in _VALUES)


def _says_something(triple: ox.Triple, properties: frozenset[str]) -> bool:
    if triple.predicate == type_:
        return lexical(triple.object) not in _DECLARATIONS
    return triple.predicate in LOGICAL or triple.predicate.value in properties


def _with_parts(root: ox.Triple, below: Mapping[Any, list[ox.Triple]]) -> list[ox.Triple]:
    """A triple with all that hangs on its blank nodes."""
    whole, seen = [root], set[object]()
    todo: list[object] = [root.object, root.subject]
    while todo:
        node = todo.pop()
        if node in below and node not in seen:
            seen.add(node)
            whole += below[node]
            todo += [triple.object for triple in below[node]]
    return whole
