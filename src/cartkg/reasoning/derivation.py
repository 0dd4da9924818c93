"""Derive facts from printed ones by the rules in `ontology/derive`, once in a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..rdf.vocabulary import graph_name
from ..resources import derivation_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_DERIVED = graph_name("derived")


def derive(store: ox.Store) -> Iterator[ox.Quad]:
    """Run every rule in the order of its number; each reads what those before it have added to the store."""
    for rule in derivation_rules():
        found = store.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        if not isinstance(found, ox.QueryTriples):
            raise TypeError(f"{rule.name}: a rule is a CONSTRUCT")
        facts = sorted(found, key=str)
        quads = [ox.Quad(fact.subject, fact.predicate, fact.object, _DERIVED) for fact in dict.fromkeys(facts)]
        store.bulk_extend(quads)
        yield from quads
