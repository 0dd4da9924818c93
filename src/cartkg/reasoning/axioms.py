"""The ontology as axioms: each the few triples that stand or fall together, the names it speaks of, and its words.

The words are Manchester syntax with labels in place of names; of what there are rules for (see rules.py).
"""

from __future__ import annotations

from collections import defaultdict
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
        "owl:propertyChainAxiom": "{1} ⊑ {0}", "rdfs:domain": "{} has domain {}", "rdfs:range": "{} has range {}",
    }.items()
}  # fmt: skip
_ONE_WAY = frozenset(expand(name) for name in ("rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf"))
_FIRST, _REST = expand("rdf:first").value, expand("rdf:rest").value
_OWL = PREFIXES["owl"]
_VALUES = frozenset(expand(f"owl:{name}") for name in ("ObjectProperty", "DatatypeProperty"))
_KINDS = {
    "TransitiveProperty": "transitive", "SymmetricProperty": "symmetric", "AsymmetricProperty": "asymmetric",
    "IrreflexiveProperty": "irreflexive", "FunctionalProperty": "functional",
}  # fmt: skip
_RESTRICTIONS = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_JOINTS = {"intersectionOf": " and ", "unionOf": " or "}
_T = TypeVar("_T")


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


def words(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """An axiom or a fact as one line."""
    said = Words(axiom.triples, labels)
    head, value = axiom.head, axiom.head.object
    if isinstance(head.subject, ox.BlankNode):
        own = said.values[lexical(head.subject)]
        listed = ", ".join(map(said.of, members(own.get("members") or own.get("distinctMembers"), said.values)))
        how = "different individuals" if lexical(value).endswith("AllDifferent") else "disjoint, each with each"
        return f"{listed} are {how}"
    if head.predicate in LOGICAL:
        return LOGICAL[head.predicate].format(said.of(head.subject), said.of(value))
    kind = lexical(value).removeprefix(_OWL)
    if head.predicate == type_ and kind in _KINDS:
        return f"{said.of(head.subject)} is {_KINDS[kind]}"
    return said.fact(head.subject, head.predicate, value)


class Words:
    """Names, literals and class expressions in words, by triples of an ontology and labels."""

    def __init__(self, triples: Iterable[ox.Triple], labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.values: dict[str, dict[str, object]] = defaultdict(dict)
        for triple in triples:
            self.values[lexical(triple.subject)][triple.predicate.value.removeprefix(_OWL)] = triple.object

    def fact(self, subject: object, predicate: object, *values: object) -> str:
        """What relates to what."""
        relation = "is a" if lexical(predicate) == type_.value else self.of(predicate)
        return " · ".join((self.of(subject), relation, ", ".join(map(self.of, values)) or "nothing"))

    def of(self, node: object, *, inner: bool = False) -> str:
        """A name, a literal, or a class expression; in brackets where it stands inside of another."""
        if not isinstance(node, ox.BlankNode):
            return self.labels.get(lexical(node)) or lexical(node).rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        text, own = "something", self.values[node.value]
        if _FIRST in own:
            text = " o ".join(map(self.of, members(node, self.values)))
        for kind, value in own.items():
            if kind in _JOINTS:
                text = _JOINTS[kind].join(self.of(member, inner=True) for member in members(value, self.values))
            elif kind in _RESTRICTIONS:
                text = f"{self.of(own['onProperty'])} {_RESTRICTIONS[kind]} {self.of(value, inner=True)}"
        return f"({text})" if inner else text
