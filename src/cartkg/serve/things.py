"""Each row and each term at its own address: as a page, as RDF, and as one record, JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..queries.formats import json_rows, markdown, to_markdown
from ..queries.receipts import receipts_of
from ..rdf.serialise import as_jsonld, serialise
from ..rdf.vocabulary import BASE, PREFIXES, graph_name, shorten
from . import pages
from .cells import used
from .formats import GRAPHS, HTML, RECORDS, writer
from .here import Here, chosen, here, written

_WAYS = {"of": "What is said of it", "to": "What points to it"}


async def _ontology(request: Request) -> Response:
    """The ontology as a whole; people are shown its classes."""
    style = chosen(request, GRAPHS | HTML)
    if style == "html":
        return RedirectResponse("/terms", 303)
    return RedirectResponse(f"/graph/{graph_name('ontology').value.rpartition('/')[2]}", 303)


async def _thing(request: Request) -> Response:
    """A row of a table, of the data or of what is laid over them; a term; or whatever else has an IRI of ours."""
    name, _, ending = request.path_params["name"].rpartition(".")
    if ending not in {*GRAPHS.values(), *RECORDS.values(), "html"}:
        name, ending = request.path_params["name"], ""
    bases = here(request).bases if request.url.path.startswith("/id/") else (BASE,)
    said = await here(request).turn(_statements, here(request), tuple(base + name for base in bases))
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


def record(here: Here, found: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of a thing, as plain data."""
    (receipt,) = receipts_of(here.graph, [found["iri"]])
    steps = found["trace"].to_dict()["steps"] if found["trace"] else []
    sections = [
        {"heading": one["heading"], "question": one["question"], "values": one["values"],
         "rows": json_rows(one["answer"])}
        for one in found["sections"]
    ]  # fmt: skip
    return {
        "iri": found["iri"], "label": found["label"],
        **{name: text for name, text in receipt.items() if name not in {"thing", "receipt_query"}},
        "trace": steps, "claim": found["claim"].to_dict() if found["claim"] else {}, "sections": sections,
        **{way: [row for rows in found["said"][way].values() for row in rows] for way in _WAYS},
    }  # fmt: skip


def to_json(here: Here, found: dict[str, Any]) -> str:
    """The record as JSON."""
    return json.dumps(record(here, found), ensure_ascii=False) + "\n"


def to_md(here: Here, found: dict[str, Any]) -> str:
    """The record as Markdown."""
    return "\n".join(_sections(record(here, found), found["sections"]))


def _sections(said: dict[str, Any], sections: list[dict[str, Any]]) -> Iterator[str]:
    facts = {name: text for name, text in said.items() if isinstance(text, str) and text}
    claim = {name: text for name, text in said["claim"].items() if isinstance(text, str) and text}
    yield markdown(("record", ""), facts.items())
    if claim:
        yield f"## Recomputed\n\n{markdown(('claim', ''), claim.items())}"
    if said["trace"]:
        yield f"## Receipt\n\n{markdown(said['trace'][0], (step.values() for step in said['trace']))}"
    for one in sections:
        answer = one["answer"]
        yield f"## {one['heading']}\n\n{to_markdown(answer.only(used(one.get('columns') or answer.variables, answer)))}"
    for way, heading in _WAYS.items():
        rows = [
            (row["property_label"] or shorten(row["property"]), row["value_label"] or row["value"], row["value_iri"])
            for row in said[way]
        ]
        if rows:
            yield f"## {heading}\n\n{markdown(('property', 'value', 'iri'), rows)}"


_WRITERS = {"json": to_json, "md": to_md}
ROUTES = [
    Route("/id/{name:path}", _thing),
    Route("/ontology", _ontology),
    Route("/{name:path}", _thing),  # the last, since it takes any path
]
