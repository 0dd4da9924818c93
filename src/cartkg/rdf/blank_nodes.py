"""Blank nodes: what hangs together through them, and names for them that do not depend on who wrote them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyoxigraph as ox


def has_blank(triple: ox.Triple) -> bool:
    """True where the subject or the object is a blank node."""
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def components(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """Triples with blank nodes, grouped so that no blank node occurs in two groups."""
    groups: dict[str, tuple[list[ox.Triple], set[str]]] = {}
    for triple in triples:
        labels = {term.value for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)}
        joined = {id(group): group for label in labels if (group := groups.get(label))}
        largest, *others = sorted(joined.values(), key=lambda group: -len(group[0])) or [([], set())]
        for found, names in ([triple], labels), *others:
            largest[0].extend(found)
            largest[1].update(names)
            groups |= dict.fromkeys(names, largest)
    return [found for found, _ in {id(group): group for group in groups.values()}.values()]


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


def renumbered(quads: Iterable[ox.Quad], name: Callable[[int], Any]) -> Iterator[ox.Triple]:
    """The triples of quads with blank nodes named by the order in which they come, so that it is repeatable."""
    names: dict[ox.BlankNode, Any] = {}

    def stable(term: Any) -> Any:
        return names.setdefault(term, name(len(names) + 1)) if isinstance(term, ox.BlankNode) else term

    return (ox.Triple(stable(quad.subject), quad.predicate, stable(quad.object)) for quad in quads)


def _renamed(term: Any, prefix: str) -> Any:
    return ox.BlankNode(prefix + term.value) if isinstance(term, ox.BlankNode) else term
