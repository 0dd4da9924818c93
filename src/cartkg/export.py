"""Export the graph for other graphs and tools; the same inputs give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from . import resources
from .errors import ExternalError, UsageError
from .files import SUMS
from .findings import Say, silent
from .rdf.serialise import FORMATS, context, merged, serialise, suffix
from .rdf.shapes import shape_files, shapes_in_one
from .rdf.store import Graph
from .rdf.vocabulary import graph_name
from .reasoning.java import functional_syntax
from .release.about import ALL_PREFIXES, CRATE, Citation, crate, dataset, described, publish, readme
from .release.changes import State, compare, read_state, to_dict, to_markdown
from .release.kgx import nodes_and_edges, prefixes
from .release.tables import excel, frames, package
from .version import __version__

_QUERIES = graph_name("queries")
_MAPPINGS = graph_name("mappings")


def export(graph: Graph, name: str, only: str | None = None, *, mappings: bool = False) -> bytes:
    """The graph in a format; `only` names one of its named graphs.

    Formats without named graphs get the union without repeated triples, under the one ontology header:
    no `owl:imports` and no headers of modules, because the modules are part of it; without the catalogue of
    queries, which is about the graph, not part of what it says; and without identifiers elsewhere, unless
    `mappings` asks for them.
    """
    if only is not None and only not in graph.manifest.graphs:
        raise UsageError(f"no named graph is called {only!r}; there are: {', '.join(graph.manifest.graphs)}")
    quads = graph.quads() if only is None else _of(graph.quads(), only)
    if _keeps_graphs(name):
        return serialise(quads, name)
    return serialise(merged(_union(quads, mappings=mappings) if only is None else quads), name)


def _keeps_graphs(name: str) -> bool:
    return FORMATS[name].supports_datasets and name != "jsonld"


def _of(quads: Iterable[ox.Quad], only: str) -> Iterator[ox.Quad]:
    wanted = graph_name(only)
    return (quad for quad in quads if quad.graph_name == wanted)


def _union(quads: Iterable[ox.Quad], *, mappings: bool) -> Iterator[ox.Quad]:
    left_out = {_QUERIES} if mappings else {_QUERIES, _MAPPINGS}
    return (quad for quad in quads if quad.graph_name not in left_out)


def export_all(
    graph: Graph, directory: Path, since: Path | None = None, tell: Say = silent, *, mappings: bool = False
) -> list[Path]:
    """Write a release into a folder: the graph in every format, alone and merged, and all that describes it.

    `since` is what an earlier release said; without it, the last one that came with cartkg, if the graph is that of
    the review. The OWL functional syntax and the Excel workbook need something from outside; where that
    is missing, `tell` says so.
    """
    changes = _changes(graph, since)  # before all else, since it may be refused
    citation = Citation.read()
    beside = list(_constructed(graph, "definitions.rq"))
    quads = [*graph.quads(), *beside]
    statements = list(merged(_union(quads, mappings=True)))
    union = statements if mappings else list(merged(_union(quads, mappings=False)))
    files = {f"cartkg.{suffix(name)}": serialise(quads if _keeps_graphs(name) else union, name) for name in FORMATS}
    ontology = list(merged(_of(quads, "ontology")))
    for name in ("turtle", "rdfxml", "jsonld", "ntriples"):
        files[f"ontology.{suffix(name)}"] = serialise(ontology, name)
    for part in graph.manifest.graphs:
        if part != "ontology":
            files[f"{part}.ttl"] = serialise(merged(_of(quads, part)), "turtle")
    files["core.ttl"] = serialise(merged(_constructed(graph, "core.rq")), "turtle")
    files |= _where_possible(
        tell, "OWL functional syntax",
        lambda: {f"{name}.ofn": functional_syntax(files[f"{name}.rdf"]) for name in ("ontology", "cartkg")},
    )  # fmt: skip
    dumps = described(files)
    files["shapes.ttl"] = serialise(shapes_in_one(shape_files()), "turtle")
    files["open-shapes.ttl"] = serialise(shapes_in_one(shape_files(open_=True)), "turtle")
    files["context.jsonld"] = (json.dumps({"@context": context()}, indent=1) + "\n").encode()
    files |= _copies(Path(graph.manifest.data))
    files["kgx/nodes.tsv"], files["kgx/edges.tsv"] = nodes_and_edges(graph)
    files["kgx/prefixes.json"] = prefixes()
    files |= package(graph, citation)
    files |= _where_possible(tell, "Excel workbook", lambda: excel(files))
    files |= frames()
    files |= changes
    graphs = {**graph.manifest.graphs, "ontology": graph.manifest.graphs["ontology"] + len(beside)}
    about = dataset(citation, statements, graphs, dumps, files)
    files["dataset.jsonld"] = serialise(about["dataset"], "jsonld", ALL_PREFIXES)
    files |= {f"{name}.ttl": serialise(said, "turtle", ALL_PREFIXES) for name, said in about.items()}
    listed = described([*files, CRATE, "README.md", SUMS])
    files["README.md"] = readme(citation, listed, graphs)
    files[CRATE] = crate(citation, [file for file in listed if file.name in files], files)
    return publish(directory, files)


def _constructed(graph: Graph, name: str) -> Iterator[ox.Quad]:
    """What one CONSTRUCT makes of the graph, sorted, as part of the ontology."""
    text = (resources.RELEASE_DIRECTORY / name).read_text(encoding="utf-8")
    home = graph_name("ontology")
    found = cast("ox.QueryTriples", graph.query(text))
    return (ox.Quad(t.subject, t.predicate, t.object, home) for t in sorted(found, key=str))


def _where_possible(tell: Say, what: str, make: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
    """Files that need something from outside; where that is missing, `tell` says so."""
    try:
        return make()
    except ExternalError as error:
        tell(f"no {what}: {error}")
        return {}


def _copies(data: Path) -> dict[str, bytes]:
    """Files that go along as they are: queries, mappings, redirects, licences."""
    sources = {f"queries/{file.parent.name}/{file.name}": file for file in resources.QUERIES_DIRECTORY.glob("*/*.rq")}
    for kind, folder in (("data", data), ("ontology", resources.ONTOLOGY_DIRECTORY)):
        sources |= {f"mappings/{kind}/{file.name}": file for file in resources.mapping_files(folder)}
    redirects = resources.RELEASE_DIRECTORY / "w3id"
    sources |= {"w3id/cartkg/.htaccess": redirects / "htaccess", "w3id/cartkg/README.md": redirects / "README.md"}
    sources |= {name: resources.document(name) for name in ("CITATION.cff", "LICENSE", "LICENSE-DATA")}
    return {name: source.read_bytes() for name, source in sorted(sources.items())}


def _changes(graph: Graph, since: Path | None) -> dict[str, bytes]:
    """What differs from an earlier release, where there is one to compare with."""
    if since is None and Path(graph.manifest.data) == resources.DATA_DIRECTORY.resolve():
        since = next(
            (file for name, file in reversed(resources.earlier_releases().items()) if name != __version__), None
        )
    if since is None:
        return {}
    found = compare(read_state(since), State.of(graph.quads()))
    names = since.name.removesuffix(".nq.gz"), __version__
    plain = json.dumps(to_dict(found, *names), ensure_ascii=False, indent=1) + "\n"
    return {"CHANGES.md": to_markdown(found, *names).encode(), "changes.json": plain.encode()}
