"""Axioms in words: Manchester syntax with labels in place of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, expand, lexical, type_
from .axioms import Axiom

_OWL = PREFIXES["owl"]
_FIRST, _REST = expand("rdf:first").value, expand("rdf:rest").value
_PATTERNS = {
    "rdfs:subClassOf": "{} ⊑ {}", "owl:equivalentClass": "{} ≡ {}", "owl:disjointWith": "{} and {} are disjoint",
    "rdfs:subPropertyOf": "{} ⊑ {}", "owl:equivalentProperty": "{} ≡ {}",
    "owl:inverseOf": "{} is the inverse of {}", "rdfs:domain": "{} has domain {}",
    "rdfs:range": "{} has range {}", "owl:propertyChainAxiom": "{} follows from {}",
    "owl:disjointUnionOf": "{} is the disjoint union of {}", "owl:propertyDisjointWith": "{} and {} exclude each other",
    "owl:hasKey": "{} has the key {}",
}  # fmt: skip
_FORMS = {expand(name): form for name, form in _PATTERNS.items()}
_KINDS = {
    "TransitiveProperty": "transitive", "SymmetricProperty": "symmetric", "AsymmetricProperty": "asymmetric",
    "ReflexiveProperty": "reflexive", "IrreflexiveProperty": "irreflexive", "FunctionalProperty": "functional",
    "InverseFunctionalProperty": "inverse functional",
}  # fmt: skip
_RESTRICTIONS = {
    "someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value", "minCardinality": "min",
    "maxCardinality": "max", "cardinality": "exactly", "minQualifiedCardinality": "min",
    "maxQualifiedCardinality": "max", "qualifiedCardinality": "exactly",
}  # fmt: skip


def words(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """An axiom or a fact as one line."""
    return _Words(axiom.triples, labels).line(axiom.head)


def expression(node: ox.NamedNode | ox.BlankNode, triples: Iterable[ox.Triple], labels: Mapping[str, str]) -> str:
    """A class expression, whose triples are among the given ones."""
    return _Words(triples, labels).of(node)


class _Words:
    def __init__(self, triples: Iterable[ox.Triple], labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.values: dict[object, dict[str, object]] = {}
        for triple in triples:
            self.values.setdefault(triple.subject, {})[triple.predicate.value] = triple.object

    def line(self, head: ox.Triple) -> str:
        subject, value = self.of(head.subject), head.object
        if isinstance(head.subject, ox.BlankNode):
            members = self._own(head.subject, "members") or self._own(head.subject, "distinctMembers")
            how = "different individuals" if lexical(value).endswith("AllDifferent") else "disjoint, each with each"
            return f"{', '.join(map(self.of, self._list(members)))} are {how}"
        if head.predicate == type_:
            kind = lexical(value).removeprefix(_OWL)
            return f"{subject} is {_KINDS[kind]}" if kind in _KINDS else f"{subject} · is a · {self.of(value)}"
        if form := _FORMS.get(head.predicate):
            return form.format(subject, self._tail(value))
        return f"{subject} · {self.of(head.predicate)} · {self.of(value)}"

    def _tail(self, value: object) -> str:
        """The right side of an axiom; of a list its members."""
        members = self._list(value)
        return ", then ".join(map(self.of, members)) if members else self.of(value)

    def of(self, node: object, *, inner: bool = False) -> str:
        """A name, a literal, or a class expression; in brackets where it stands inside of another."""
        if not isinstance(node, ox.BlankNode):
            return self.labels.get(lexical(node)) or lexical(node).rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        text = self._expression(node)
        return f"({text})" if inner else text

    def _expression(self, node: ox.BlankNode) -> str:
        for name, joint in (("intersectionOf", " and "), ("unionOf", " or ")):
            if members := self._list(self._own(node, name)):
                return joint.join(self.of(member, inner=True) for member in members)
        if members := self._list(self._own(node, "oneOf")):
            return "{" + ", ".join(map(self.of, members)) + "}"
        if (other := self._own(node, "complementOf")) is not None:
            return f"not {self.of(other, inner=True)}"
        if (inverse := self._own(node, "inverseOf")) is not None:
            return f"inverse {self.of(inverse)}"
        for name, word in _RESTRICTIONS.items():
            if (value := self._own(node, name)) is not None:
                counted = self._own(node, "onClass") or self._own(node, "onDataRange")
                terms = (self._own(node, "onProperty"), value, counted)
                first, *others = (self.of(term, inner=True) for term in terms if term is not None)
                return " ".join([first, word, *others])
        return "something"

    def _own(self, node: object, name: str) -> object | None:
        return self.values.get(node, {}).get(_OWL + name)

    def _list(self, node: object | None) -> list[object]:
        found: list[object] = []
        while _FIRST in (cell := self.values.get(node, {})):
            found.append(cell[_FIRST])
            node = cell.get(_REST)
        return found
