"""Say what a graph holds: version, inputs, named graphs and how many of each kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

from .rdf.store import Graph


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
    """What was counted when the graph was built."""
    manifest = graph.manifest
    return Info(manifest.version, str(graph.path), manifest.sha256, manifest.graphs, manifest.classes)
