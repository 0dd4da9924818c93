"""Each row and each term at its own address: as a page for people, as RDF for programs."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..rdf.serialise import as_jsonld, serialise
from ..rdf.vocabulary import BASE, PREFIXES, graph_name
from . import pages, records
from .formats import GRAPHS, HTML, RECORDS, writer
from .here import Here, chosen, here, written

_WRITERS = {"json": records.to_json, "md": records.to_md}


async def _row(request: Request) -> Response:
    """A row of a table, of the data or of what is laid over them."""
    name, ending = _parts(request.path_params["name"])
    return await _thing(request, [base + name for base in here(request).bases], ending)


async def _other(request: Request) -> Response:
    """A term of the ontology, or whatever else has an IRI of ours."""
    name, ending = _parts(request.path_params["name"])
    return await _thing(request, [BASE + name], ending)


async def _ontology(request: Request) -> Response:
    """The ontology as a whole; people are shown its classes."""
    style = chosen(request, GRAPHS | HTML)
    if style == "html":
        return RedirectResponse("/terms", 303)
    return RedirectResponse(f"/graph/{graph_name('ontology').value.rpartition('/')[2]}", 303)


def _parts(path: str) -> tuple[str, str]:
    """The name in a path, and the format that its ending asks for."""
    name, _, ending = path.rpartition(".")
    return (name, ending) if ending in {*GRAPHS.values(), *RECORDS.values(), "html"} else (path, "")


async def _thing(request: Request, iris: list[str], ending: str) -> Response:
    said = await here(request).turn(_statements, here(request), tuple(iris))
    if said is None:
        raise HTTPException(404, f"nothing here is called {request.path_params['name']}")
    iri, triples = said
    style = ending if ending in _WRITERS else chosen(request, GRAPHS | HTML, ending)
    if style == "html":
        return await pages.thing(request, iri)
    if style in _WRITERS:
        found = await here(request).turn(pages.about, here(request), iri)
        return written(await here(request).turn(_WRITERS[style], here(request), found), style, RECORDS)
    path = request.url.path.removesuffix(f".{ending}")
    if style == "jsonld" and here(request).offline:  # one context for all files, since it is larger than most
        content = as_jsonld(triples, PREFIXES, f"{'../' * (path.count('/') - 1)}context.jsonld")
    else:
        content = serialise(triples, writer(style))
    response = written(content, style, GRAPHS)
    response.headers["Link"] = f'<{path}.html>; rel="alternate"; type="text/html"'
    return response


@lru_cache(maxsize=4)
def _statements(here: Here, iris: tuple[str, ...]) -> tuple[str, list[ox.Triple]] | None:
    """What is said of the first of these that anything is said of, and its IRI."""
    for iri in iris:
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            continue
        found = list(cast("ox.QueryTriples", here.graph.query(f"DESCRIBE {node}")))
        # Of what is only pointed to, that is all there is.
        found = found or [quad.triple for quad in here.graph.store.quads_for_pattern(None, None, node, None)]
        if found:
            return iri, sorted(found, key=lambda one: (one.subject != node, str(one)))
    return None


ROUTES = [
    Route("/id/{name:path}", _row),
    Route("/ontology", _ontology),
    Route("/{name:path}", _other),  # the last, since it takes any path
]
