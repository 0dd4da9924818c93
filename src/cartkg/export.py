"""Export the graph for other graphs and tools; the same inputs give the same bytes."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .errors import UsageError
from .store import QUADS, write_atomically
from .vocabulary import PREFIXES, expand, graph_name, lexical, type_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import rdflib

    from .store import Graph

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_QUERIES = graph_name("queries")
_MAPPINGS = graph_name("mappings")
_IMPORTS = expand("owl:imports")
_MODULES = expand("ck:module/").value


def suffix(name: str) -> str:
    """File name extension of a format."""
    return str(FORMATS[name].file_extension)


def export(graph: Graph, name: str, only: str | None = None, *, mappings: bool = False) -> bytes:
    """The graph in a format; `only` names one of its named graphs.

    Formats without named graphs get the union without repeated triples, under the one ontology header:
    no `owl:imports` and no headers of modules, because the modules are part of it; without the catalogue of
    queries, which is about the graph, not part of what it says; and without identifiers elsewhere, unless
    `mappings` asks for them.
    """
    if name not in FORMATS:
        raise UsageError(f"no format is called {name!r}; there are: {', '.join(FORMATS)}")
    chosen = FORMATS[name]
    if only is not None and only not in graph.manifest.graphs:
        raise UsageError(f"no named graph is called {only!r}; there are: {', '.join(graph.manifest.graphs)}")
    quads = (quad for quad in graph.quads() if only is None or quad.graph_name == graph_name(only))
    named = chosen.supports_datasets and name != "jsonld"
    if only is None and not named:
        left_out = {_QUERIES} if mappings else {_QUERIES, _MAPPINGS}
        quads = (quad for quad in quads if quad.graph_name not in left_out)
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "cks"}
    statements = quads if named else _merged(quads)
    out = io.BytesIO()
    ox.serialize(statements, out, format=chosen, prefixes=prefixes)
    content = out.getvalue()
    return _with_context(content) if name == "jsonld" else content


def is_module_header(quad: ox.Quad) -> bool:
    """True for what only says how the ontology is divided into modules."""
    return quad.predicate == _IMPORTS or lexical(quad.subject).startswith(_MODULES)


def _merged(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Triples grouped by subject in order of first appearance, each once."""
    subjects: dict[str, dict[str, ox.Triple]] = {}
    for quad in quads:
        if not is_module_header(quad):
            triple = quad.triple
            subjects.setdefault(str(triple.subject), {}).setdefault(str(triple), triple)
    for triples in subjects.values():
        yield from triples.values()


def context() -> dict[str, object]:
    """The JSON-LD context: a prefix for every namespace the graph uses."""
    return {prefix: {"@id": iri, "@prefix": True} for prefix, iri in sorted(PREFIXES.items())}


def _with_context(content: bytes) -> bytes:
    nodes = [_compact(node) for node in json.loads(content)]
    document = {"@context": context(), "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _compact(node: dict[str, list[Any]]) -> dict[str, object]:
    compact: dict[str, object] = {}
    for key, values in node.items():
        if key == type_.value:
            compact["@type"] = [_curie(value["@id"]) for value in values]
        else:
            compact[key if key.startswith("@") else _curie(key)] = values
    return compact


def _curie(iri: str) -> str:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def export_all(graph: Graph, directory: Path, *, mappings: bool = False) -> list[Path]:
    """Write every format, each named graph as Turtle, and the JSON-LD context."""
    written = []
    for name in FORMATS:
        written.append(directory / f"cartkg.{suffix(name)}")
        write_atomically(written[-1], export(graph, name, mappings=mappings))
    for part in graph.manifest.graphs:
        written.append(directory / f"{part}.ttl")
        write_atomically(written[-1], export(graph, "turtle", part))
    written.append(directory / "context.jsonld")
    write_atomically(written[-1], (json.dumps({"@context": context()}, indent=1) + "\n").encode())
    return written


def to_rdflib(graph: Graph) -> rdflib.Dataset:
    """A copy in rdflib with the named graphs, whose union is the default graph; literals stay as they are written."""
    import rdflib

    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        dataset = rdflib.Dataset(default_union=True)
        for prefix, iri in PREFIXES.items():
            dataset.bind(prefix, iri)
        return dataset.parse(graph.path / QUADS, format="nquads")
    finally:
        rdflib.NORMALIZE_LITERALS = before
