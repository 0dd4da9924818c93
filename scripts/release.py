"""Write the snapshot that later releases are compared with: what the graph says now, as sorted N-Quads."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

from cartkg import __version__
from cartkg.build import build
from cartkg.rdf.vocabulary import graph_name

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

RELEASES = Path(__file__).resolve().parents[1] / "releases"
PUBLISHED = frozenset(map(graph_name, ("ontology", "asserted", "provenance", "mappings")))


def snapshot(graph: Graph) -> bytes:
    """What is published and not derived, as sorted lines, compressed without a date."""
    lines = sorted(f"{quad} .\n" for quad in graph.quads() if quad.graph_name in PUBLISHED)
    return gzip.compress("".join(lines).encode(), mtime=0)


if __name__ == "__main__":
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{__version__}.nq.gz").write_bytes(snapshot(build()))
