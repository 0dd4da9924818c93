"""The graph in rdflib, for those who work with its API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import rdflib

from .store import QUADS, Graph
from .vocabulary import PREFIXES


def to_rdflib(graph: Graph) -> rdflib.Dataset:
    """A copy in rdflib with the named graphs, whose union is the default graph; literals stay as they are written."""
    with literals_as_written():
        dataset = rdflib.Dataset(default_union=True)
        for prefix, iri in PREFIXES.items():
            dataset.bind(prefix, iri)
        return dataset.parse(graph.path / QUADS, format="nquads")


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals, such as 66.0 as 66."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
