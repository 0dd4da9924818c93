"""Say what a graph holds: version, inputs, named graphs and how many of each kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

from .rdf.store import Graph

_COUNTS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?label (COUNT(DISTINCT ?node) AS ?number) WHERE {
  GRAPH ?home { ?node a owl:NamedIndividual , ?class } FILTER(?home != <https://w3id.org/cartkg/graph/ontology>)
  GRAPH <https://w3id.org/cartkg/graph/ontology> { ?class a owl:Class ; rdfs:label ?label }
} GROUP BY ?label ORDER BY DESC(?number) ?label
"""


@dataclass(frozen=True)
class Info:
    """What a graph holds."""

    version: str
    path: str
    sha256: str
    graphs: dict[str, int]
    classes: dict[str, int]

    def __str__(self) -> str:
        lines = [
            f"cartkg {self.version}",
            f"graph    {self.path}",
            f"sha256   {self.sha256}",
            "",
            "named graphs (triples)",
        ]
        lines += [f"  {name:<24}{count:>7}" for name, count in self.graphs.items()]
        lines += ["", "individuals by asserted class"]
        lines += [f"  {name:<40}{count:>7}" for name, count in self.classes.items()]
        return "\n".join(lines) + "\n"


def describe(graph: Graph) -> Info:
    """Count what the graph holds."""
    classes = {row["label"]: int(row["number"]) for row in graph.rows(_COUNTS)}
    manifest = graph.manifest
    return Info(manifest.version, str(graph.path), manifest.sha256, manifest.graphs, classes)
