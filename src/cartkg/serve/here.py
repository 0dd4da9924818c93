"""What all answers are made of: the graph, its workers, turns, templates, and how a problem is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

import jinja2
import mimeparse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from ..rdf.folders import read_folders
from ..rdf.store import Graph
from ..rdf.vocabulary import BASE, PREFIXES, grouped, row_name, shorten
from . import Checks
from .cells import Cells, plain, used
from .elsewhere import Elsewhere
from .formats import media_type
from .workers import Pool, Turns

_P = ParamSpec("_P")
_T = TypeVar("_T")
_MOST_FIELDS = 100
_EXAMPLE = (
    "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ck", "rdfs"))
    + """SELECT ?trial ?label WHERE {
  ?trial a ck:Trial ; rdfs:label ?label
} ORDER BY ?label LIMIT 20
"""
)


@dataclass(frozen=True, eq=False)
class Here:
    """One server, or one folder of its pages: what is served and with what."""

    graph: Graph
    checks: Checks
    pool: Pool | Elsewhere
    turns: Turns = field(default_factory=lambda: Turns(4))
    offline: bool = False

    async def turn(self, work: Callable[_P, _T], *values: _P.args, **named: _P.kwargs) -> _T:
        """Do in a thread what asks the graph itself, when it is its turn; at once where nobody else waits."""
        if self.offline:
            return work(*values, **named)
        async with self.turns.one():
            return await run_in_threadpool(work, *values, **named)

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """What the IRIs of rows begin with: those of the data, then those of what is laid over them."""
        manifest = self.graph.manifest
        return tuple(folder.base for folder in read_folders(Path(manifest.data), map(Path, manifest.overlays)))

    @cached_property
    def templates(self) -> jinja2.Environment:
        """The templates; whatever is put into one is text, never markup."""
        loader = jinja2.PackageLoader("cartkg.serve")
        made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                                  lstrip_blocks=True)  # fmt: skip
        made.filters |= {
            "address": self.address, "short": shorten, "used": used, "plain": plain,
            "cells": self.cells.rows,
            "fields": partial(urlencode, doseq=True), "in_groups": _in_groups, "row_name": row_name,
        }  # fmt: skip
        made.globals |= {
            "graph": self.graph.manifest, "example": _EXAMPLE, "offline": self.offline, "shown": self.cells.shown,
        }  # fmt: skip
        return made

    def address(self, iri: str) -> str:
        """Where an IRI is found: on this server, if it is ours; elsewhere, if it can be a web page; else nowhere."""
        for base in self.bases:
            if iri.startswith(base):
                return f"/id/{quote(iri.removeprefix(base))}"
        if iri.startswith(BASE):
            return "/" + quote(iri.removeprefix(BASE))
        return iri if iri.startswith(("https://", "http://")) else ""

    @cached_property
    def cells(self) -> Cells:
        """How cells of answers are shown."""
        return Cells(self.graph, self.address)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page from its template."""
        text = self.templates.get_template(template).render(request=request, **values)
        return HTMLResponse(text, status)


def _in_groups(found: Iterable[Any], name: str) -> Iterable[tuple[Any, list[Any]]]:
    """Rows or other things by one of their values, in the order in which they come."""
    pairs = ((one[name] if isinstance(one, dict) else getattr(one, name), one) for one in found)
    return grouped(pairs).items()


def here(request: Request) -> Here:
    """The server that a request came to."""
    found: Here = request.app.state.here
    return found


def fields(raw: bytes) -> list[tuple[str, str]]:
    """The fields of an address or a form, decoded once; 400 for what is not UTF-8."""
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "the fields are not UTF-8, percent-encoded, or too many") from None


def chosen(request: Request, offered: Mapping[str, str], named: str = "") -> str:
    """The format to answer in, of those offered by media type: the named one, else by Accept; 406 for none."""
    if named in offered.values():
        return named
    if named:
        raise HTTPException(
            406, f"there is no format {named!r}; there are: {', '.join(dict.fromkeys(offered.values()))}"
        )
    accept = ",".join(request.headers.getlist("accept")).casefold() or "*/*"
    if accept.strip() == "*/*":
        return next(iter(offered.values()))
    try:
        found = mimeparse.best_match(list(offered)[::-1], accept)
    except ValueError:
        found = ""
    if not found:
        raise HTTPException(406, f"offered are: {', '.join(offered)}")
    return offered[found]


def written(content: bytes | str, name: str, offered: Mapping[str, str], *, truncated: bool = False) -> Response:
    """An answer in a format, marked where it is not all there is."""
    return Response(content, 200, {"X-Truncated": "true"} if truncated else {}, media_type(name, offered))


def problem(request: Request, status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    """What is wrong, as a page for people and as RFC 9457 says for programs."""
    from http import HTTPStatus

    title = HTTPStatus(status).phrase
    if "text/html" in request.headers.get("accept", "") and request.method in {"GET", "HEAD"}:
        response = here(request).page(request, "problem.html", status, title=title, why=why)
        response.headers.update(headers or {})
        return response
    said = {"title": title, "status": status, "detail": why}
    return JSONResponse(said, status, dict(headers or {}), "application/problem+json")
