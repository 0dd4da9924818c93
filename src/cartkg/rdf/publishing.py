"""Make a built graph the current one, whole or not at all, and sweep what nobody reads any more."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path

import pyoxigraph as ox

from ..files import digest, holding, write_atomically
from .folders import Folder, Snapshot
from .store import MANIFEST, QUADS, SEAL, VERSION, Graph, Manifest, hashes_of, load, solutions

_KEPT_SECONDS = 3600
_GRAPHS = """
SELECT ?name (COUNT(*) AS ?number) WHERE {
  GRAPH ?graph { ?s ?p ?o } BIND(REPLACE(STR(?graph), "^.*/", "") AS ?name)
} GROUP BY ?name ORDER BY ?name
"""
_CLASSES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name (COUNT(DISTINCT ?node) AS ?number) WHERE {
  GRAPH ?home { ?node a owl:NamedIndividual , ?class } FILTER(?home != <https://w3id.org/cartkg/graph/ontology>)
  GRAPH <https://w3id.org/cartkg/graph/ontology> { ?class a owl:Class ; rdfs:label ?name }
} GROUP BY ?name ORDER BY DESC(?number) ?name
"""


def counts(store: ox.Store) -> tuple[dict[str, int], dict[str, int]]:
    """How many quads each named graph of a store has, and how many individuals each class that the tables name."""
    graphs, classes = (
        {row["name"].value: int(row["number"].value) for row in solutions(store.query(text))}
        for text in (_GRAPHS, _CLASSES)
    )
    return graphs, classes


def publish(
    staging: Path,
    directory: Path,
    folders: Sequence[Folder],
    snapshot: Snapshot,
    counted: tuple[dict[str, int], dict[str, int]],
) -> Graph:
    """Turn a staging folder holding `graph.nq`, of which the counts are given, into the current graph.

    The manifest, replaced in one step, decides which graph is current. What it named before is left for
    those who may still read it, and swept when it is an hour old and nobody has it open.
    """
    quads = staging / QUADS
    with quads.open("rb") as stream:
        sha256 = file_digest(stream, "sha256").hexdigest()
    triples = staging / "graph.nt"
    with quads.open("rb") as stream, triples.open("wb") as out:
        out.writelines(line[: line.rindex(b" <")] + b" .\n" for line in stream)
    load(staging / "store", triples, ox.RdfFormat.N_TRIPLES)
    triples.unlink()
    snapshot.check()
    size, hashes, quad_count = quads.stat().st_size, hashes_of(staging / "store"), sum(counted[0].values())
    # A name that another build, of the same inputs at the same time, does not take.
    target = directory / f"graph-{sha256[:16]}-{os.urandom(4).hex()}"
    data, *overlays = (str(folder.path.resolve()) for folder in folders)
    manifest = Manifest(
        VERSION, data, overlays, snapshot.inputs, target.name, quad_count, *counted, sha256, size, hashes
    )
    plain = asdict(manifest)
    text = json.dumps(plain | {SEAL: digest(json.dumps(plain).encode())}, indent=1) + "\n"
    write_atomically(staging / MANIFEST, text.encode())
    staging.rename(target)
    graph = Graph(manifest, target)
    write_atomically(directory / MANIFEST, text.encode())
    for old in (*directory.glob("graph-*"), *directory.glob(".build-*")):
        with contextlib.suppress(OSError):  # another build has ended meanwhile
            if old.name != target.name and time.time() - old.stat().st_mtime > _KEPT_SECONDS:
                with holding(old, alone=True) as unused:
                    if unused:
                        shutil.rmtree(old, ignore_errors=True)
    return graph
