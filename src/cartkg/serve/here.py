"""What all answers are made of: the graph, its workers, turns, templates, and how a problem is told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

import jinja2
import mimeparse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from ..queries.answers import Answer, Value
from ..queries.parameters import known_values
from ..queries.stored import stored_query
from ..rdf.folders import read_folders
from ..rdf.store import Graph
from ..rdf.vocabulary import BASE, PREFIXES, expand, grouped, row_name, shorten
from . import Checks
from .elsewhere import Elsewhere
from .formats import media_type
from .workers import Pool, Turns

_P = ParamSpec("_P")
_T = TypeVar("_T")
_MOST_FIELDS = 100
_LABELS = f'SELECT ?node ?label {{ ?node {expand("rdfs:label")} ?label FILTER(CONTAINS(STR(?node), "/id/")) }}'
_CELL = re.compile(r"[Tt]able[- ](\w+)(?:/|, )row[- ](\d+)(?:/|, )column[- ](\d+)")
_FILTERS = ("source", "target", "product", "disease", "study", "outcome")
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
            "address": self.address, "short": shorten, "used": used, "rows_from": _rows, "plain": _plain,
            "fields": partial(urlencode, doseq=True), "in_groups": _in_groups, "row_name": row_name,
        }  # fmt: skip
        made.globals |= {
            "graph": self.graph.manifest, "example": _EXAMPLE, "offline": self.offline, "called": self.called,
            "printed_cell": _printed_cell, "figures_of": self.figures_of,
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
    def _labels(self) -> dict[str, dict[str, set[str]]]:
        """The rows of each table by their labels."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.graph.rows(_LABELS):
            found[row_name(row["node"]).partition("/")[0]][row["label"]].add(row["node"])
        return found

    def called(self, column: str, value: Value) -> str:
        """Where the one row is found that a cell names, by the noun that heads its column; nothing if there are two."""
        noun = column.rpartition("_")[2]
        table = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
        nodes = self._labels[table][str(value)] if table in self._labels and str(value) in self._labels[table] else ()
        return self.address(*nodes) if len(nodes) == 1 else ""

    @cached_property
    def _choices(self) -> dict[str, set[str]]:
        """What the evidence is chosen by, of what rows of other answers may hold."""
        evidence = stored_query("evidence")
        return {name: {*known_values(self.graph, evidence, evidence.parameters[name])} for name in _FILTERS}

    def figures_of(self, row: Mapping[str, Value]) -> str:
        """Where the figures of an outcome stand that a row of an answer is about, by what else the row holds."""
        asked = {name: row[name] for name, known in self._choices.items() if str(row.get(name)) in known}
        return f"/evidence?{urlencode(asked)}" if "outcome" in asked else ""

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page from its template."""
        text = self.templates.get_template(template).render(request=request, **values)
        return HTMLResponse(text, status)


def _printed_cell(source: Value, text: Value) -> tuple[str, str]:
    """Where a cell of a printed table is found, and how its place is said; nothing for what is no such place."""
    found = _CELL.fullmatch(str(text)) if source else None
    if found is None:
        return "", ""
    number, row, column = found.groups()
    return (
        f"/tables/{quote(str(source))}/{number}#row-{row}-column-{column}",
        f"Table {number}, row {row}, column {column}",
    )


def used(names: Sequence[str], answer: Answer) -> list[str]:
    """The columns that people read: those that hold something, without the addresses of what others name."""
    named = {f"{name}_iri" for name in names} | {f"{name.replace('_name', '')}_iri" for name in names}
    places = {name: answer.variables.index(name) for name in names if name not in named}
    return [name for name, place in places.items() if any(row[place] is not None for row in answer.rows)]


def _plain(value: Value) -> str:
    """A number without a zero behind its point."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _in_groups(found: Iterable[Any], name: str) -> Iterable[tuple[Any, list[Any]]]:
    """Rows or other things by one of their values, in the order in which they come."""
    pairs = ((one[name] if isinstance(one, dict) else getattr(one, name), one) for one in found)
    return grouped(pairs).items()


def _rows(answer: Answer, begin: int, most: int) -> Iterator[dict[str, Value]]:
    return islice(iter(answer), begin, begin + most)


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
