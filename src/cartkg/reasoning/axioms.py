"""The ontology as axioms: each the few triples that stand or fall together, and the names it speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, expand, lexical, type_

_BUILT_IN = (PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"])
_DECLARATIONS = frozenset(
    expand(f"owl:{name}").value
    for name in (
        "AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty", "Ontology",
        "Restriction",
    )
) | {expand("rdfs:Datatype").value}  # fmt: skip
_LOGICAL = frozenset(
    expand(name)
    for name in (
        "rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf", "owl:disjointUnionOf", "owl:disjointWith",
        "owl:equivalentClass", "owl:equivalentProperty", "owl:hasKey", "owl:inverseOf", "owl:propertyChainAxiom",
        "owl:propertyDisjointWith",
    )
)  # fmt: skip
_ONE_WAY = frozenset(expand(name) for name in ("rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf"))
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


def axioms(triples: Iterable[ox.Triple]) -> tuple[Axiom, ...]:
    """The axioms among the triples of an ontology, in their order; declarations and annotations are none."""
    found = list(triples)
    properties = frozenset(lexical(t.subject) for t in found if t.predicate == type_ and t.object in _VALUES)
    below: dict[str, list[ox.Triple]] = defaultdict(list)
    pointed: set[str] = set()
    for triple in found:
        if isinstance(triple.subject, ox.BlankNode):
            below[triple.subject.value].append(triple)
        if isinstance(triple.object, ox.BlankNode):
            pointed.add(triple.object.value)
    roots = (
        triple
        for triple in found
        if (isinstance(triple.subject, ox.NamedNode) and _says_something(triple, properties))
        or (
            isinstance(triple.subject, ox.BlankNode)
            and triple.subject.value not in pointed
            and triple.predicate == type_
        )
    )
    return tuple(Axiom(tuple(dict.fromkeys(_with_parts(root, below)))) for root in roots)


def facts(triples: Iterable[ox.Triple], ontology: Iterable[ox.Triple]) -> tuple[Axiom, ...]:
    """The facts about individuals that a reasoner can use, sorted."""
    properties = frozenset(lexical(t.subject) for t in ontology if t.predicate == type_ and t.object in _VALUES)
    return tuple(Axiom((triple,)) for triple in sorted(triples, key=str) if _says_something(triple, properties))


def _says_something(triple: ox.Triple, properties: frozenset[str]) -> bool:
    if triple.predicate == type_:
        return lexical(triple.object) not in _DECLARATIONS
    return triple.predicate in _LOGICAL or triple.predicate.value in properties


def _with_parts(root: ox.Triple, below: dict[str, list[ox.Triple]]) -> list[ox.Triple]:
    """A triple with all that hangs on its blank nodes."""
    whole, todo = [root], [root.object, root.subject]
    seen: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, ox.BlankNode) and node.value not in seen:
            seen.add(node.value)
            whole += below[node.value]
            todo += [triple.object for triple in below[node.value]]
    return whole
