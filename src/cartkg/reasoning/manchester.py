"""Axioms in words: Manchester syntax with labels in place of names; of what there are rules for (see rules.py)."""

from __future__ import annotations

from collections.abc import Mapping

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
    values: dict[str, dict[str, object]] = {}
    for triple in axiom.triples:
        values.setdefault(lexical(triple.subject), {})[triple.predicate.value.removeprefix(_OWL)] = triple.object

    def name(node: object, *, inner: bool = False) -> str:
        """A name, a literal, or a class expression; in brackets where it stands inside of another."""
        if not isinstance(node, ox.BlankNode):
            return labels.get(lexical(node)) or lexical(node).rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        text = "something"
        for kind, value in values[node.value].items():
            if kind in _JOINTS:
                text = _JOINTS[kind].join(name(member, inner=True) for member in members(value, values))
            elif kind in _RESTRICTIONS:
                text = f"{name(values[node.value]['onProperty'])} {_RESTRICTIONS[kind]} {name(value, inner=True)}"
        return f"({text})" if inner else text

    head, value = axiom.head, axiom.head.object
    if isinstance(head.subject, ox.BlankNode):
        own = values[head.subject.value]
        listed = ", ".join(map(name, members(own.get("members") or own.get("distinctMembers"), values)))
        how = "different individuals" if lexical(value).endswith("AllDifferent") else "disjoint, each with each"
        return f"{listed} are {how}"
    if head.predicate in LOGICAL:
        return LOGICAL[head.predicate].format(name(head.subject), name(value))
    kind = lexical(value).removeprefix(_OWL)
    if head.predicate == type_:
        return f"{name(head.subject)} " + (f"is {_KINDS[kind]}" if kind in _KINDS else f"· is a · {name(value)}")
    return f"{name(head.subject)} · {name(head.predicate)} · {name(value)}"
