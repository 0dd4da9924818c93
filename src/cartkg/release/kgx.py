"""Nodes and edges in the KGX format, for graphs that are built on the Biolink model.

Which class is which category, and what makes an edge of which predicate, stands in two queries beside the ontology.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import pyoxigraph as ox

from ..rdf.store import Graph
from ..rdf.vocabulary import INDIVIDUALS, graph_name
from ..resources import RELEASE_DIRECTORY, read_table

_NODE = ("id", "category", "name", "synonym", "xref", "iri", "provided_by")
_EDGE = (
    "id", "subject", "predicate", "object", "knowledge_level", "agent_type", "primary_knowledge_source",
    "publications", "basis",
)  # fmt: skip
_SOURCE = "infores:cartkg"
_STATED: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
    graph_name(name) for name in ("asserted", "provenance", "mappings", "ontology", "derived")
]
_BIOLINK = "https://w3id.org/biolink/vocab/"


def nodes_and_edges(graph: Graph) -> tuple[bytes, bytes]:
    """The two tables; an edge is written only between nodes that are."""
    prefixes = {row["ours"]: row["biolink"] for row in read_table(RELEASE_DIRECTORY / "biolink-prefixes.tsv")}
    nodes: dict[str, list[str]] = {}
    for found in _rows(graph, "kgx-nodes.rq"):
        name, category = _curie(found["node"]), found["category"].replace(_BIOLINK, "biolink:")
        others, ids = _sorted(found["names"]), _sorted(_biolink(found["ids"], prefixes))
        nodes[name] = [name, category, found["label"], others, ids, found["node"], _SOURCE]
    edges: dict[tuple[str, str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for found in _rows(graph, "kgx-edges.rq"):
        predicate = found["predicate"].replace(_BIOLINK, "biolink:")
        key = _curie(found["subject"]), predicate, _curie(found["object"])
        if key[0] in nodes and key[2] in nodes:
            papers, bases = edges[key]
            papers.update({_biolink(_curie(found["paper"]), prefixes)} - {""})
            bases.update({found["basis"]} - {""})
    lines = [
        [
            hashlib.sha256("\t".join(key).encode()).hexdigest()[:16], *key, "knowledge_assertion", "manual_agent",
            _SOURCE, "|".join(sorted(papers)), "|".join(sorted(bases)),
        ]
        for key, (papers, bases) in sorted(edges.items())
    ]  # fmt: skip
    return _tsv(_NODE, (nodes[name] for name in sorted(nodes))), _tsv(_EDGE, lines)


def _rows(graph: Graph, file: str) -> list[dict[str, str]]:
    text = (RELEASE_DIRECTORY / file).read_text(encoding="utf-8")
    found = cast("ox.QuerySolutions", graph.named.query(text, default_graph=_STATED))
    names = [variable.value for variable in found.variables]
    return [{name: getattr(row[name], "value", "") for name in names} for row in found]


def _curie(iri: str) -> str:
    return f"cartkg:{iri.removeprefix(INDIVIDUALS)}" if iri.startswith(INDIVIDUALS) else iri


def _biolink(joined: str, prefixes: Mapping[str, str]) -> str:
    """Identifiers with the prefixes that Biolink writes, where they are others than ours."""
    parts = (identifier.partition(":") for identifier in joined.split("|"))
    return "|".join(f"{prefixes.get(prefix.casefold(), prefix)}{colon}{local}" for prefix, colon, local in parts)


def _sorted(joined: str) -> str:
    return "|".join(sorted(filter(None, joined.split("|"))))


def _tsv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Cells as they are: the format knows no quoting, and no cell holds a tab or a line break."""
    return "".join("\t".join(cells) + "\n" for cells in (header, *rows)).encode()
