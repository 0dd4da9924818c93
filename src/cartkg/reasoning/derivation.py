"""Derive facts from printed ones by the rules in `ontology/derive`, once in a build."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from ..resources import derivation_rules


def derive(store: ox.Store) -> Iterator[bytes]:
    """Sorted N-Triples of every rule, in the order of its number; to be added to the store before the next is run."""
    for rule in derivation_rules():
        found = store.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        if not isinstance(found, ox.QueryTriples):
            raise TypeError(f"{rule.name}: a rule is a CONSTRUCT")
        lines = (found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
        yield b"".join(sorted(set(lines)))
