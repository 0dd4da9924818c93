"""Nodes and edges in the KGX format, for graphs that are built on the Biolink model.

Which class is which category, and which property which predicate, stands in two tables beside the ontology.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..rdf.vocabulary import INDIVIDUALS, PREFIXES, graph_name
from ..resources import release_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..rdf.store import Graph

_NODE = ("id", "category", "name", "synonym", "xref", "iri", "provided_by")
_EDGE = (
    "id", "subject", "predicate", "object", "knowledge_level", "agent_type", "primary_knowledge_source",
    "publications", "basis",
)  # fmt: skip
_SOURCE = "infores:cartkg"
_STATED: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
    graph_name("asserted"),
    graph_name("provenance"),
    graph_name("mappings"),
    graph_name("ontology"),
]
_HEADER = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
_NODES = """
SELECT ?node (SAMPLE(?text) AS ?label)
  (GROUP_CONCAT(DISTINCT ?other; separator="|") AS ?names) (GROUP_CONCAT(DISTINCT ?identifier; separator="|") AS ?ids)
WHERE {
  ?node a/rdfs:subClassOf* CLASS ; rdfs:label ?text .
  OPTIONAL { ?node skos:altLabel ?other }
  OPTIONAL { ?node skos:exactMatch ?match . ?match dcterms:identifier ?identifier }
} GROUP BY ?node ORDER BY ?node
"""
_EDGES = """
SELECT DISTINCT ?subject ?object ?paper ?basis WHERE {
  ENDS
  OPTIONAL { ?row ck:basis/skos:notation ?basis }
  OPTIONAL {
    ?row prov:hadPrimarySource ?reference .
    OPTIONAL { ?reference skos:exactMatch ?match . ?match dcterms:identifier ?identifier }
    BIND(COALESCE(?identifier, STR(?reference)) AS ?paper)
  }
} ORDER BY ?subject ?object ?paper ?basis
"""


def nodes_and_edges(graph: Graph) -> tuple[bytes, bytes]:
    """The two tables; an edge is written only between nodes that are."""
    prefixes = {row["ours"]: row["biolink"] for row in _table("biolink-prefixes.tsv")}
    nodes: dict[str, list[str]] = {}
    for row in _table("biolink-categories.tsv"):
        for found in _rows(graph, _NODES.replace("CLASS", row["class"])):
            name = _curie(found["node"])
            cells = [
                row["category"],
                found["label"],
                _sorted(found["names"]),
                _sorted(_biolink(found["ids"], prefixes)),
            ]
            nodes[name] = [name, *cells, found["node"], _SOURCE]
    edges: dict[tuple[str, str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in _table("biolink-edges.tsv"):
        for found in _rows(graph, _EDGES.replace("ENDS", _ends(row["subject"], row["object"]))):
            key = _curie(found["subject"]), row["predicate"], _curie(found["object"])
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


def _ends(subject: str, target: str) -> str:
    """Patterns from the row that states an edge to its two ends; `.` is the row itself, which must be bound before."""
    ends = {"?subject": subject, "?object": target}
    walked = [f"?row {path} {variable} ." for variable, path in ends.items() if path != "."]
    return " ".join(walked + [f"BIND(?row AS {variable})" for variable, path in ends.items() if path == "."])


def _rows(graph: Graph, text: str) -> list[dict[str, str]]:
    found = graph.store.query(_HEADER + text, default_graph=_STATED)
    if not isinstance(found, ox.QuerySolutions):
        raise TypeError("a SELECT query gave no rows")
    names = [variable.value for variable in found.variables]
    return [{name: getattr(row[name], "value", "") for name in names} for row in found]


def _table(name: str) -> list[dict[str, str]]:
    with (release_directory() / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


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
