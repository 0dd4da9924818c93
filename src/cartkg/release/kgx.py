"""Nodes and edges in the KGX format, for graphs that are built on the Biolink model.

Which class is which category, and what makes an edge of which predicate, stands in two queries beside the ontology.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import pyoxigraph as ox

from ..rdf.serialise import id_prefixes
from ..rdf.store import Graph, texts
from ..rdf.vocabulary import PREFIXES, graph_name
from ..resources import RELEASE_DIRECTORY, read_table

_NODE = ("id", "category", "name", "synonym", "xref", "iri", "provided_by")
_EDGE = (
    "id", "subject", "predicate", "object", "knowledge_level", "agent_type", "primary_knowledge_source",
    "publications", "basis", "has_count", "has_total", "has_percentage", "description", "iri",
)  # fmt: skip
_SOURCE = "infores:cartkg"
_STATED: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
    graph_name(name) for name in ("asserted", "provenance", "mappings", "ontology", "derived")
]
_BIOLINK = "https://w3id.org/biolink/vocab/"
_FIGURE = ("count", "total", "percentage", "description", "figure")


def nodes_and_edges(graph: Graph) -> tuple[bytes, bytes]:
    """The two tables; an edge is written only between nodes that are, a node only where an edge is.

    A node has the identifier that graphs built on Biolink prefer for its category, where no other node has it too;
    others are named by table, as `cartkg.cohorts:ID`.
    """
    theirs = {row["ours"]: row["biolink"] for row in read_table(RELEASE_DIRECTORY / "biolink-prefixes.tsv")}
    found = _rows(graph, "kgx-nodes.rq")
    names = _canonical(found, theirs)
    nodes = {
        names[row["node"]]: [
            names[row["node"]], row["category"].replace(_BIOLINK, "biolink:"), row["label"], _sorted(row["names"]),
            _sorted(_biolink(row["ids"], theirs)), row["node"], _SOURCE,
        ] for row in found
    }  # fmt: skip
    edges: dict[tuple[str, ...], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in _rows(graph, "kgx-edges.rq"):
        predicate = row["predicate"].replace(_BIOLINK, "biolink:")
        if row["subject"] in names and row["object"] in names:
            ends = names[row["subject"]], predicate, names[row["object"]]
            papers, bases = edges[*ends, *(row[name] for name in _FIGURE)]
            papers.update({_biolink(names.get(row["paper"], _curie(row["paper"])), theirs)} - {""})
            bases.update({row["basis"]} - {""})
    lines = [
        [
            hashlib.sha256("\t".join(key).encode()).hexdigest()[:16], *key[:3], "knowledge_assertion", "manual_agent",
            _SOURCE, "|".join(sorted(papers)), "|".join(sorted(bases)), *key[3:],
        ]
        for key, (papers, bases) in sorted(edges.items())
    ]  # fmt: skip
    used = {name for key in edges for name in (key[0], key[2])}
    return _tsv(_NODE, (nodes[name] for name in sorted(used))), _tsv(_EDGE, lines)


def _canonical(found: Iterable[Mapping[str, str]], theirs: Mapping[str, str]) -> dict[str, str]:
    """The name of each node, by its IRI."""
    wanted = {row["category"]: row["prefixes"].split() for row in read_table(RELEASE_DIRECTORY / "kgx-ids.tsv")}
    best = {}
    for row in found:
        ids = _biolink(row["ids"], theirs).split("|")
        category = row["category"].replace(_BIOLINK, "biolink:")
        ranked = (sorted(one for one in ids if one.startswith(f"{prefix}:")) for prefix in wanted.get(category, ()))
        best[row["node"]] = next((some[0] for some in ranked if some), "")
    taken = Counter(best.values())
    return {iri: name if name and taken[name] == 1 else _curie(iri) for iri, name in best.items()}


def prefixes() -> bytes:
    """The prefixes of ours that the tables use, as JSON, for tools that are told about them."""
    own = {"ontology": PREFIXES["ck"], **id_prefixes()}
    return (json.dumps({f"cartkg.{name}": iri for name, iri in sorted(own.items())}, indent=1) + "\n").encode()


def _rows(graph: Graph, file: str) -> list[dict[str, str]]:
    text = (RELEASE_DIRECTORY / file).read_text(encoding="utf-8")
    return texts(cast("ox.QuerySolutions", graph.named.query(text, default_graph=_STATED)))


def _curie(iri: str) -> str:
    """A CURIE whose prefix is that of a table, or of the ontology."""
    row = iri.partition("/id/")[2] or iri.replace(PREFIXES["ck"], "ontology/")
    return f"cartkg.{row.replace('/', ':', 1)}" if row != iri else iri


def _biolink(joined: str, prefixes: Mapping[str, str]) -> str:
    """Identifiers with the prefixes that Biolink writes, where they are others than ours."""
    parts = (identifier.partition(":") for identifier in joined.split("|"))
    return "|".join(f"{prefixes.get(prefix.casefold(), prefix)}{colon}{local}" for prefix, colon, local in parts)


def _sorted(joined: str) -> str:
    return "|".join(sorted(filter(None, joined.split("|"))))


def _tsv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Cells as they are: the format knows no quoting, and no cell holds a tab or a line break."""
    return "".join("\t".join(cells) + "\n" for cells in (header, *rows)).encode()
