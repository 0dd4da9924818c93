"""SPARQL 1.1 over HTTP: the protocol, the service description, and the graphs of the Graph Store protocol, to read."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache, partial
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..rdf.serialise import merged, serialise
from ..rdf.store import Graph
from ..rdf.vocabulary import BASE, graph_name
from ..release.about import ALL_PREFIXES, Citation, dataset
from .formats import GRAPHS, HTML, RESULTS, writer
from .here import Here, chosen, fields, here, written
from .workers import Reply

_FORM, _QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
_DATASET = ("default-graph-uri", "named-graph-uri")
# By these names other software asks for a format; what they hold is a name of a format, or nothing we know.
_FORMATS = ("format", "output", "results")
_UPDATE = {"update", "using-graph-uri", "using-named-graph-uri"}
_SHOWN = 1_000


async def _sparql(request: Request) -> Response:
    """Answer a query; without one, describe the service, or show the form."""
    given = fields(request.url.query.encode("latin-1"))
    if request.method == "POST":
        given += await _posted(request)
    names = [name for name, _ in given]
    if _UPDATE & {*names}:
        raise HTTPException(403, "this endpoint answers questions only; nothing is updated")
    if unknown := sorted({*names} - {"query", *_DATASET, *_FORMATS}):
        raise HTTPException(400, f"there is no field {unknown[0]!r}; there are: query, {', '.join(_DATASET)}")
    if not given and request.method != "POST":
        if chosen(request, GRAPHS | HTML) == "html":
            return here(request).page(request, "sparql.html", text="", reply=None)
        return await _described(request, "service")
    if names.count("query") != 1:
        raise HTTPException(400, f"one query is answered at a time; there are {names.count('query')}")
    text = next(value for name, value in given if name == "query")
    named = next((value for name, value in given if name in _FORMATS and value in {*RESULTS.values()}), "")
    named = named or next((value for name, value in given if name in _FORMATS and value in {*GRAPHS.values()}), "")
    page = not named and chosen(request, RESULTS | GRAPHS | HTML) == "html"
    default, others = ([value for name, value in given if name == kind] for kind in _DATASET)
    reply = await _asked(request, {
        "query": text, "default": _known(request, default), "named": _known(request, others),
        "results": "json" if page else _offered(request, RESULTS, named),
        "graphs": "ttl" if page else _offered(request, GRAPHS, named),
    })  # fmt: skip
    if page:
        return here(request).page(request, "sparql.html", text=text, reply=_shown(reply))
    offered = RESULTS if reply.format in RESULTS.values() else GRAPHS
    return written(reply.content, reply.format, offered, truncated=reply.truncated)


def _offered(request: Request, offered: dict[str, str], named: str) -> str:
    """The format for one form of query; the other form may be the one that was meant, so none is as good as any."""
    try:
        return chosen(request, offered, named if named in offered.values() else "")
    except HTTPException:
        return next(iter(offered.values()))


async def _posted(request: Request) -> list[tuple[str, str]]:
    """The fields of a form, or the query that is the whole body."""
    kind, _, more = request.headers.get("content-type", "").casefold().replace(" ", "").partition(";")
    charset = more.partition("charset=")[2].strip('"')
    body = await request.body()
    if kind == "application/sparql-update":
        raise HTTPException(403, "this endpoint answers questions only; nothing is updated")
    if kind not in {_FORM, _QUERY} or charset not in {"", "utf-8"} or "content-encoding" in request.headers:
        raise HTTPException(415, f"a query comes as {_QUERY} or {_FORM}, in UTF-8 and not compressed")
    if kind == _FORM:
        return fields(body)
    try:
        return [("query", body.decode())]
    except UnicodeDecodeError:
        raise HTTPException(400, "the query is not UTF-8") from None


def _known(request: Request, graphs: list[str]) -> list[str]:
    """The graphs of a dataset, each once, all of which are ours; none is fetched."""
    ours = {graph_name(name).value for name in here(request).graph.manifest.graphs}
    if unknown := [graph for graph in graphs if graph not in ours]:
        raise HTTPException(400, f"the graph {unknown[0]!r} is not served; there are: {', '.join(sorted(ours))}")
    return list(dict.fromkeys(graphs))


async def _asked(request: Request, asked: dict[str, Any]) -> Reply:
    """What the workers reply, unless the visitor goes away before."""
    answering = asyncio.ensure_future(here(request).pool.ask(asked))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise HTTPException(400, "nobody waits for the answer")
        return answering.result()
    finally:
        gone.cancel()
        answering.cancel()


async def _gone(request: Request) -> None:
    await request.body()
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _shown(reply: Reply) -> dict[str, Any]:
    """A reply as a page shows it: its rows, or its text."""
    if reply.format not in RESULTS.values():
        return {"text": reply.content.decode(), "truncated": reply.truncated}
    found = json.loads(reply.content)
    if "boolean" in found:
        return {"text": "yes" if found["boolean"] else "no", "truncated": False}
    names, rows = found["head"]["vars"], found["results"]["bindings"]
    cells = [[row.get(name) for name in names] for row in rows[:_SHOWN]]
    return {"names": names, "rows": cells, "count": len(rows), "truncated": reply.truncated, "shown": _SHOWN}


@lru_cache(maxsize=4)
def _descriptions(here: Here) -> dict[str, list[ox.Triple]]:
    """What is said of the data set and of the service, as a release says it."""
    graph = here.graph
    statements = list(merged(quad for quad in graph.quads() if quad.graph_name != graph_name("queries")))
    return dataset(Citation.read(), statements, graph.manifest.graphs, (), {})


async def _described(request: Request, which: str) -> Response:
    name = _for_triples(request)
    said = (await here(request).turn(_descriptions, here(request)))[which]
    at = ox.NamedNode(f"{request.base_url}sparql")
    placed = (
        ox.Triple(one.subject, one.predicate, at) if one.object == ox.NamedNode(f"{BASE}sparql") else one
        for one in said
    )
    return written(serialise(placed, writer(name), ALL_PREFIXES), name, GRAPHS)


def _for_triples(request: Request) -> str:
    """The format of triples to answer in; a browser, which asks for a page, is shown Turtle."""
    name = chosen(request, GRAPHS | HTML)
    return "ttl" if name == "html" else name


async def _graph(request: Request) -> Response:
    """A named graph, or the union of all: by its own address, or as the Graph Store protocol asks for it."""
    name = request.path_params.get("name")
    given = fields(request.url.query.encode("latin-1"))
    if name is None:
        if [field for field, _ in given] not in (["default"], ["graph"]):
            raise HTTPException(400, "ask for ?default or ?graph=IRI")
        name = "" if given[0][0] == "default" else _known_graph(given[0][1])
    if name and name not in here(request).graph.manifest.graphs:
        raise HTTPException(404, f"there is no such graph; there are: {', '.join(here(request).graph.manifest.graphs)}")
    style = _for_triples(request)
    content = await here(request).turn(_statements, here(request).graph, name, writer(style))
    return written(content, style, GRAPHS)


def _known_graph(iri: str) -> str:
    name = iri.removeprefix(f"{BASE}graph/")
    return name if name != iri and name else "?"


def _statements(graph: Graph, name: str, style: str) -> bytes:
    """The triples of one named graph, or of all, grouped by subject."""
    chosen_ones = (quad for quad in graph.quads() if not name or quad.graph_name == graph_name(name))
    return serialise(merged(chosen_ones), style)


ROUTES = [
    Route("/sparql", _sparql, methods=["GET", "POST"]),
    Route("/graphs", _graph),
    Route("/graph/{name}", _graph),
    Route("/void", partial(_described, which="dataset")),
    Route("/.well-known/void", partial(_described, which="dataset")),
]
