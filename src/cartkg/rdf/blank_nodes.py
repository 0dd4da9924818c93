"""Blank nodes: what hangs together through them, and names for them that do not depend on who wrote them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox


def has_blank(triple: ox.Triple) -> bool:
    """True where the subject or the object is a blank node."""
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def components(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """Triples with blank nodes, grouped so that no blank node occurs in two groups."""
    above: dict[str, str] = {}

    def top(label: str) -> str:
        above.setdefault(label, label)
        while above[label] != label:
            above[label] = above[above[label]]
            label = above[label]
        return label

    found = list(triples)
    for triple in found:
        first, *others = map(top, _labels(triple))
        for other in others:
            above[other] = first
    groups: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in found:
        groups[top(_labels(triple)[0])].append(triple)
    return list(groups.values())


def named(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The same triples with blank nodes named after the whole component they belong to.

    A change in one component leaves the names in all others as they are, which canonical labels of a whole graph
    do not.
    """
    seen: Counter[str] = Counter()
    for component in components(triples):
        dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in component)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        quads = sorted(dataset, key=str)
        digest = hashlib.sha256("\n".join(map(str, quads)).encode()).hexdigest()[:24]
        seen[digest] += 1
        prefix = f"b{digest}x{seen[digest]}"
        for quad in quads:
            yield ox.Triple(_renamed(quad.subject, prefix), quad.predicate, _renamed(quad.object, prefix))


def _labels(triple: ox.Triple) -> list[str]:
    return [term.value for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)]


def _renamed(term: Any, prefix: str) -> Any:
    return ox.BlankNode(prefix + term.value) if isinstance(term, ox.BlankNode) else term
