"""Axioms in words: Manchester syntax with labels in place of names; of what there are rules for (see rules.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, lexical, type_
from .axioms import LOGICAL, Axiom, members

_OWL = PREFIXES["owl"]
_KINDS = {
    "TransitiveProperty": "transitive", "SymmetricProperty": "symmetric", "AsymmetricProperty": "asymmetric",
    "IrreflexiveProperty": "irreflexive", "FunctionalProperty": "functional",
}  # fmt: skip
_RESTRICTIONS = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_JOINTS = {"intersectionOf": " and ", "unionOf": " or "}


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
        for kind, value in own.items():
            if kind in _JOINTS:
                text = _JOINTS[kind].join(self.of(member, inner=True) for member in members(value, self.values))
            elif kind in _RESTRICTIONS:
                text = f"{self.of(own['onProperty'])} {_RESTRICTIONS[kind]} {self.of(value, inner=True)}"
        return f"({text})" if inner else text
