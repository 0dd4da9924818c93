"""Say what a graph holds: version, inputs, named graphs and how many of each kind of thing."""

from __future__ import annotations

from .rdf.store import Graph


def describe(graph: Graph, path: str, *, verify: bool = False) -> str:
    """What was counted when the graph was built, which is shown as being at this path; first verified, if asked to.

    StorageError where a file of it is not what was built.
    """
    verified = [f"verified {graph.verify()} files: every byte is as it was built"] if verify else []
    manifest = graph.manifest
    lines = [f"cartkg {manifest.version}", f"graph    {path}", f"sha256   {manifest.sha256}", *verified, ""]
    lines += ["named graphs (triples)", *(f"  {name:<24}{count:>7}" for name, count in manifest.graphs.items()), ""]
    lines += ["individuals by asserted class", *(f"  {name:<40}{count:>7}" for name, count in manifest.classes.items())]
    return "\n".join(lines) + "\n"
