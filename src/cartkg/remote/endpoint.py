"""An endpoint as a source of answers: what comes back is whole, or an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

import pyoxigraph as ox

from ..errors import CartkgError, ExternalError, UsageError
from ..queries.policy import continued, form, projected
from .results import count
from .transport import Limits, Reply, Spool, Transport, checked_url

_JSON = "application/sparql-results+json"
_KEPT = 8 * 1024 * 1024
_BLOCK = 1 << 20
# Virtuoso writes blank nodes as IRIs of a scheme of its own. Quotes inside of a JSON string are escaped, so that this
# can not be part of a literal.
_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')
_LONGEST_NODE = 256
_DOUBTFUL = 50  # rows, from which on a store may have cut an answer
_SHOWN = 10


class PartialError(ExternalError):
    """A store gave a part of the answer only; `rows` is the number at which it cuts, where it says so."""

    def __init__(self, message: str, rows: int | None) -> None:
        super().__init__(message)
        self.rows = rows


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A SPARQL endpoint, open for reading.

    `graphs` are the named graphs whose union is asked; without any, the store's own default graph is, which has to be
    the union of its named graphs. `doubts` say of which answers it is not known whether they are whole.
    """

    url: str
    graphs: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    doubts: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    _kept: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_url(self.url)

    def __str__(self) -> str:
        return self.url

    @cached_property
    def _transport(self) -> Transport:
        return Transport(self.url, self.limits)

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; if asked to, kept in memory with this object."""
        if form(text) != "SELECT":
            raise UsageError("only SELECT queries give rows")
        if keep and (known := self._kept.get(text)) is not None:
            return _solutions(known)
        body = self._whole(text)
        if keep and body.seek(0, 2) <= _KEPT:
            body.seek(0)
            return _solutions(self._kept.setdefault(text, body.read()))
        body.seek(0)
        return _solutions(body)

    def _whole(self, text: str) -> Spool:
        """The body of an answer that has the columns asked for, and all rows as far as can be told."""
        rows, body = self._results(text)
        names, wanted = {variable.value for variable in _solutions(body).variables}, projected(text)
        if wanted is not None and names != wanted:
            raise ExternalError(f"{self.url}: answers with the columns {_listed(names)} instead of {_listed(wanted)}")
        if rows >= _DOUBTFUL and (more := continued(text, rows)):
            try:
                further, _ = self._results(more)
            except CartkgError as error:
                self.doubts.append(f"whether these {rows} rows are all is not known: {error}")
            else:
                if further:
                    raise PartialError(
                        f"{self.url}: gives {rows} rows and has more, so that it cuts answers without saying so; "
                        "ask for less, or raise the limit of the store", rows
                    )  # fmt: skip
        return body

    def _results(self, text: str) -> tuple[int, Spool]:
        """The number of rows and the body of an answer: it is well-formed to its end, or it is not given."""
        body = _readable(self._send(text).body)
        rows = count(body, self.url, self.limits.seconds)
        body.seek(0)
        return rows, body

    def _send(self, text: str) -> Reply:
        """Always a POST: a query has no longest length then, and stays out of the logs of proxies."""
        try:
            body = urlencode([("query", text), *(("default-graph-uri", graph) for graph in self.graphs)]).encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"the query is not text: {error}") from error
        headers = {"Accept": _JSON, "Content-Type": "application/x-www-form-urlencoded"}
        reply = self._transport.send("POST", headers, body)
        if reply.kind not in {_JSON, "application/json"}:
            said = reply.excerpt()
            raise ExternalError(
                f"{self.url}: answers with {reply.kind or 'no content type'} instead of {_JSON}; "
                f"is it the address of the endpoint, or of a page about it?{f' It says: {said}' if said else ''}"
            )
        limits = reply.response.headers
        rows, state = limits.get("X-SPARQL-MaxRows"), limits.get("X-SQL-State")
        if rows is not None or state is not None:
            why = f"it gives {rows} rows at most" if state is None else limits.get("X-SQL-Message", state)
            raise PartialError(
                f"{self.url}: gives a part of the answer only: {why}; ask for less, or raise the limit of the store",
                int(rows) if rows and rows.isdigit() else None,
            )
        return reply


def connect(url: str, timeout: float = 60, graphs: tuple[str, ...] = ()) -> Endpoint:
    """The endpoint at an address; `timeout` is the most seconds that an answer may take, tries and all."""
    if not timeout > 0:
        raise UsageError(f"a time-out is a number of seconds above 0, not {timeout:g}")
    return Endpoint(url, graphs, Limits(seconds=timeout))


def _readable(body: Spool) -> Spool:
    """The body with its blank nodes written as the standard says."""
    written, rest = Spool(), b""
    while block := body.read(_BLOCK):
        rest = _NODE.sub(rb"\1", rest + block)
        written.write(rest[:-_LONGEST_NODE])
        rest = rest[-_LONGEST_NODE:]
    written.write(rest)
    written.seek(0)
    return written


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"?{name}" for name in sorted(names)[:_SHOWN]) or "none"


def _solutions(results: bytes | Spool) -> ox.QuerySolutions:
    found = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):
        raise ExternalError("the endpoint answers a SELECT query with a truth value")
    return found
