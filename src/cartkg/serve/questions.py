"""The stored questions over HTTP: a list, an address for each with its parameters, and their OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import UsageError
from ..queries.answers import Answer, Term, plain
from ..queries.asking import answered, ask
from ..queries.binding import Bound, bound, in_words
from ..queries.columns import columns_of
from ..queries.formats import WRITERS
from ..queries.frames import to_xlsx
from ..queries.parameters import shown_values
from ..queries.receipts import nodes_of, with_receipts
from ..queries.stored import Parameter, StoredQuery, stored_queries, stored_query
from ..rdf.serialise import serialise
from ..rdf.tokens import column_alone
from ..version import __version__
from .formats import DOWNLOADS, GRAPHS, HTML, writer
from .here import Here, chosen, fields, here, written

_MOST_ROWS = 100_000
_SHOWN = 100
_LONGEST = 9  # digits of the number of a row
_SUGGESTED = 200
_OWN = ("columns", "receipt", "format", "source_only", "from")
_YES = {"yes", "1", "true"}


def open_queries() -> list[StoredQuery]:
    """The questions that people ask, by topic."""
    return [query for query in stored_queries().values() if not query.internal]


async def _list(request: Request) -> Response:
    if chosen(request, {"application/json": "json"} | HTML) == "html":
        topics = [(topic, list(found)) for topic, found in groupby(open_queries(), lambda query: query.topic)]
        return here(request).page(request, "queries.html", topics=topics)
    return JSONResponse([
        {"name": query.name, "question": query.summary, "topic": query.topic, "parameters": [*query.parameters]}
        for query in open_queries()
    ])  # fmt: skip


async def _question(request: Request) -> Response:
    """The answer to a stored question, in the format of its ending, of `format`, or of Accept."""
    name, _, ending = request.path_params["name"].rpartition(".")
    if ending not in {*DOWNLOADS.values(), "html", "rq"}:
        name, ending = request.path_params["name"], ""
    try:
        query = stored_query(name)
    except UsageError as error:
        raise HTTPException(404, str(error)) from None
    if ending == "rq":
        return Response(query.text, media_type="application/sparql-query")
    if query.name != name:
        raise HTTPException(404, f"{name} is now asked as {query.name}")
    given = fields(request.url.query.encode("latin-1"))
    values, own = values_of(given)
    if not (begin := own.get("from", "1")).isdecimal() or len(begin) > _LONGEST or not int(begin):
        raise HTTPException(400, f"from: {begin!r} is not the number of a row")
    style = chosen(request, DOWNLOADS | HTML, ending or own.get("format", ""))
    answer, notes = await here(request).turn(_answer, here(request), query, values, own)
    truncated = len(answer) > _MOST_ROWS
    if truncated:
        answer = Answer(answer.variables, answer.rows[:_MOST_ROWS])
    if style != "html":
        content = await here(request).turn(_in_format, here(request), answer, style)
        return written(content, style, DOWNLOADS, truncated=truncated)
    known = await here(request).turn(suggestions, here(request), query)
    columns = await here(request).turn(_columns, here(request), query.name)
    return here(request).page(request, "query.html", query=query, values=values, known=known, columns=columns,
                              answer=answer, shown=_SHOWN, begin=int(begin) - 1,
                              kept=[one for one in given if one[0] != "from"], truncated=truncated, notes=notes,
                              computed=query.computed)  # fmt: skip


def _in_format(here: Here, answer: Answer, style: str) -> bytes | str:
    """The answer as rows, or what is said of the things that its rows are about: of figures, where they name some."""
    if style == "xlsx":
        return to_xlsx(answer)
    if style not in GRAPHS.values():
        return WRITERS[style](answer)
    names = dict.fromkeys(name for row in answer.rows for name in nodes_of(answer.variables, row))
    iris = (ox.NamedNode(base + name) for name in names for base in ([""] if ":" in name else here.bases))
    found = (quad.triple for iri in iris for quad in here.graph.store.quads_for_pattern(iri, None, None))
    return serialise(sorted(found, key=str), writer(style))


def values_of(given: Iterable[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The values of parameters by name, those left empty in a form apart, and the fields that all questions have."""
    values: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    for name, value in given:
        if name in _OWN:
            own[name] = value
        elif value.strip():
            values.setdefault(name, []).append(value)
    return values, own


def _answer(
    here: Here, query: StoredQuery, values: dict[str, list[str]], own: dict[str, str]
) -> tuple[Answer, tuple[str, ...]]:
    """The answer, and what is said of how the values were taken."""
    given = {name: one[0] if len(one) == 1 else one for name, one in values.items()}
    only = own.get("source_only") in _YES
    asked = bound(here.graph, query.name, given, source_only=only)
    answer = rows_of(here, query, asked)
    if own.get("receipt") in _YES:
        answer = with_receipts(here.graph, answer, in_words(query.name, given, source_only=only), asked.text)
    columns = [name.strip() for name in own.get("columns", "").split(",") if name.strip()]
    return (answer.only(columns) if columns else answer), asked.notes


def rows_of(here: Here, query: StoredQuery, asked: Bound) -> Answer:
    """The answer of a question; of one with a key, those of all its rows whose keys are left by the values."""
    if not asked.kept and asked.text == query.with_values({}):
        return _everything(here, query.name)
    if not query.key:
        return answered(here.graph, query.name, asked, keep=False)
    keys = {plain(row[0]) for row in here.graph.select(column_alone(asked.text, query.key))}
    names, rows = _by_key(here, query.name)
    return asked.left(Answer(names, tuple(row for key, row in rows.items() if key in keys)))


@lru_cache(maxsize=2)
def _by_key(here: Here, name: str) -> tuple[tuple[str, ...], dict[str, tuple[Term | None, ...]]]:
    """The columns of a question with a key, and all its rows by that, in order."""
    answer = ask(here.graph, name)
    place = answer.variables.index(stored_query(name).key)
    return answer.variables, {plain(row[place]): row for row in answer.rows}


@lru_cache(maxsize=2)
def _everything(here: Here, name: str) -> Answer:
    """The answer without values, which is asked for in one format after the other."""
    return ask(here.graph, name)


def suggestions(here: Here, query: StoredQuery) -> dict[str, list[str]]:
    """What may be written for each parameter, where that is a list."""
    return {name: _known(here, query.name, name) for name in query.parameters}


@lru_cache(maxsize=1024)
def _known(here: Here, query_name: str, name: str) -> list[str]:
    """What may be written for a parameter: its codes, or the names of rows, but not their addresses."""
    query = stored_query(query_name)
    parameter = query.parameters[name]
    if parameter.type not in {"iri", "enum"}:
        return []
    return shown_values(here.graph, query, parameter)[:_SUGGESTED]


@lru_cache(maxsize=256)
def _columns(here: Here, name: str) -> list[Parameter]:
    """The columns of an answer by which its rows may be chosen, besides its parameters."""
    return columns_of(here.graph, stored_query(name))


async def _moved(request: Request) -> Response:
    return RedirectResponse(f"/queries/{request.path_params['name']}", 303)


async def _openapi(request: Request) -> Response:
    """The questions and the endpoint as OpenAPI 3.1 describes them."""
    del request
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    others = {status: {"description": why, **problem} for status, why in _PROBLEMS.items()}
    paths = {f"/queries/{query.name}": {"get": _described(query, others)} for query in open_queries()}
    return JSONResponse({
        "openapi": "3.1.0",
        "info": {"title": "cartkg", "version": __version__,
                 "description": "Stored questions to a knowledge graph of CAR T-cell therapy evidence."},
        "paths": paths,
        "components": {"schemas": {"Problem": {"type": "object", "properties": {
            "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}}}},
    })  # fmt: skip


_PROBLEMS = {
    "400": "A parameter or value is not known; the detail says which are.",
    "406": "None of the formats asked for is offered.",
    "503": "All are busy, or the answer needs too much.",
}


def _described(query: StoredQuery, others: dict[str, Any]) -> dict[str, Any]:
    answer = {media: {"schema": {"type": "array" if name == "json" else "string"}} for media, name in DOWNLOADS.items()}
    return {
        "operationId": query.name, "summary": query.summary, "description": query.description, "tags": [query.topic],
        "parameters": [*map(_parameter, query.parameters.values()), *_COMMON],
        "responses": {"200": {"description": "The answer.", "content": answer}, **others},
    }  # fmt: skip


_COMMON = [
    {"name": "columns", "in": "query", "schema": {"type": "string"}, "description": "These columns only, by comma."},
    {"name": "cells", "in": "query", "style": "form", "explode": True,
     "schema": {"type": "object", "additionalProperties": {"type": "string"}},
     "description": "Any column of the answer, by its name: only rows with such a cell are kept."},
    {"name": "receipt", "in": "query", "schema": {"enum": ["yes", "no"]},
     "description": "Add to each row its places, primary papers, flags, question and graph version."},
    {"name": "source_only", "in": "query", "schema": {"enum": ["yes", "no"]},
     "description": "Take values by what sources state: no names or hierarchies from elsewhere."},
]  # fmt: skip


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "description": parameter.label, "schema": parameter.schema}


ROUTES = [
    Route("/queries", _list),
    Route("/queries/{name}", _question),
    Route("/query/{name}", _moved),
    Route("/openapi.json", _openapi),
]
