"""Contradictions that rules can see: what must not hold together and does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ..rdf.vocabulary import PREFIXES, type_
from .axioms import members
from .entailment import Fact

_OWL = PREFIXES["owl"]


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """An individual, the names that exclude each other in it, and how they do so."""

    subject: str
    names: tuple[str, ...]
    how: str


def clash(found: Iterable[Fact]) -> Clash | None:
    """The first contradiction among all that holds; None where there is none that rules can see.

    Seen are disjoint classes, irreflexive and asymmetric properties, and two different values of a functional property.
    """
    return min(_clashes(set(found)), default=None)


def _clashes(found: set[Fact]) -> Iterator[Clash]:
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in found:
        values[predicate][subject].add(value)
        lists[subject][predicate] = value
    kinds = values[type_.value]
    disjoint = _pairs(values, lists, "AllDisjointClasses", "members", "disjointWith")
    for subject, classes in kinds.items():
        yield from (Clash(subject, pair, "disjoint") for pair in disjoint & set(combinations(sorted(classes), 2)))
    different = _pairs(values, lists, "AllDifferent", "distinctMembers", "differentFrom")
    for name, classes in list(kinds.items()):
        traits = {kind.removeprefix(_OWL) for kind in classes}
        for subject, objects in values[name].items() if traits else ():
            if "IrreflexiveProperty" in traits and subject in objects:
                yield Clash(subject, (name,), "irreflexive")
            if "AsymmetricProperty" in traits:
                yield from (
                    Clash(min(subject, value), (name,), "asymmetric")
                    for value in objects
                    if subject in values[name].get(value, ())
                )
            if "FunctionalProperty" in traits and different & set(combinations(sorted(objects), 2)):
                yield Clash(subject, (name,), "functional")


def _pairs(
    values: dict[str, dict[str, set[str]]], lists: dict[str, dict[str, str]], kind: str, listed: str, between: str
) -> set[tuple[str, str]]:
    """Pairs of names that an ontology keeps apart, in order."""
    pairs = {(min(one, other), max(one, other)) for one, others in values[_OWL + between].items() for other in others}
    for node, classes in values[type_.value].items():
        if _OWL + kind in classes:
            for start in values[_OWL + listed].get(node, ()):
                pairs |= set(combinations(sorted(members(start, lists)), 2))
    return pairs
