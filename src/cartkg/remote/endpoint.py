"""An endpoint as a source of answers: what comes back is whole, or an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

import pyoxigraph as ox

from ..errors import ExternalError, UsageError
from ..queries.policy import form
from .transport import Limits, Reply, Spool, Transport, checked_url

_JSON = "application/sparql-results+json"
_KEPT = 8 * 1024 * 1024
_BLOCK = 1 << 20
# Virtuoso writes blank nodes as IRIs of a scheme of its own. Quotes inside of a JSON string are escaped, so that this
# can not be part of a literal.
_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')
_LONGEST_NODE = 256


class PartialError(ExternalError):
    """A store gave a part of the answer only; `rows` is the number at which it cuts, where it says so."""

    def __init__(self, message: str, rows: int | None) -> None:
        super().__init__(message)
        self.rows = rows


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL endpoint, open for reading.

    `graphs` are the named graphs whose union is asked; without any, the store's own default graph is, which has to be
    the union of its named graphs.
    """

    url: str
    graphs: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    _kept: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_url(self.url)

    @cached_property
    def _transport(self) -> Transport:
        return Transport(self.url, self.limits)

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; if asked to, kept in memory with this object."""
        if form(text) != "SELECT":
            raise UsageError("only SELECT queries give rows")
        if keep and (known := self._kept.get(text)) is not None:
            return _solutions(known)
        body = self._results(text)
        if keep and body.seek(0, 2) <= _KEPT:
            body.seek(0)
            return _solutions(self._kept.setdefault(text, body.read()))
        body.seek(0)
        return _solutions(body)

    def _results(self, text: str) -> Spool:
        """The body of an answer that was parsed once from end to end: it is whole, or it is not given."""
        body = _readable(self._send(text).body)
        try:
            found = _solutions(body)
        except (SyntaxError, ValueError) as error:
            raise ExternalError(f"{self.url}: the answer is not {_JSON}: {error}") from error
        try:
            for _ in found:
                pass
        except (SyntaxError, ValueError) as error:
            raise ExternalError(f"{self.url}: the answer is cut off or damaged: {error}") from error
        body.seek(0)
        return body

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


def _solutions(results: bytes | Spool) -> ox.QuerySolutions:
    found = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):
        raise ExternalError("the endpoint answers a SELECT query with a truth value")
    return found
