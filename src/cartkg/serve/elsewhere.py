"""Visitors' SPARQL answered by another store that holds the same graph, in place of processes of this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ..confined import Limits
from ..errors import CartkgError, ExternalError, LimitError, UsageError
from ..findings import Say
from ..queries.policy import check
from ..rdf.serialise import serialise
from ..rdf.store import Graph
from ..rdf.tokens import tokens
from ..rdf.vocabulary import graph_name
from ..remote.copies import count_there
from ..remote.endpoint import connect
from ..remote.results import rewritten, triples
from ..remote.transport import Limits as Remote
from ..remote.transport import ReplyError, Transport
from .formats import GRAPHS, RESULTS, media_type, writer
from .workers import Reply, Turns

_MEGABYTE = 1 << 20
_REFUSED = 400
_CUT = ("X-SPARQL-MaxRows", "X-SQL-State")  # by which Virtuoso says that an answer is a part


def check_same(graph: Graph, url: str) -> None:
    """ExternalError unless each named graph has as many triples at an endpoint as here."""
    there = connect(url)
    counted = {name: count_there(there, graph_name(name).value) for name in graph.manifest.graphs}
    if different := sorted(name for name, here in graph.manifest.graphs.items() if counted[name] != here):
        raise ExternalError(f"{url}: holds another graph (in {', '.join(different)}); run: cartkg push {url}")


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """An endpoint that is asked so many queries at a time, of the named graphs that are served and no others."""

    graph: Graph
    url: str
    limits: Limits
    size: int
    log: Say

    @cached_property
    def _turns(self) -> Turns:
        return Turns(self.size)

    @cached_property
    def _transport(self) -> Transport:
        return Transport(self.url, Remote(seconds=self.limits.seconds, size=self.limits.answer * _MEGABYTE, tries=1))

    @cached_property
    def _graphs(self) -> list[str]:
        return [graph_name(name).value for name in self.graph.manifest.graphs]

    async def start(self) -> None:
        """Nothing has to be started."""

    async def close(self) -> None:
        """Nothing has to be ended."""

    async def alive(self) -> int:
        """How many queries it answers at a time; 0 where it does not answer."""
        try:
            await run_in_threadpool(self._answered, {"query": "ASK {}", "default": [], "named": [], "results": "json"})
        except CartkgError:
            return 0
        return self.size

    async def ask(self, request: Mapping[str, object]) -> Reply:
        """Have a query answered; UsageError for what is not valid or allowed, LimitError for what needs too much.

        502 where the store does not answer.
        """
        async with self._turns.one():
            try:
                return await run_in_threadpool(self._answered, request)
            except ExternalError as error:
                self.log(json.dumps({"problem": str(error)}))
                raise HTTPException(502, "the store behind this server gives no answer; why is in the log") from None

    def _answered(self, request: Mapping[str, object]) -> Reply:
        text = str(request["query"])
        rows = check(text, "query", self._graphs) in {"SELECT", "ASK"}
        accept = media_type("json", RESULTS) if rows else media_type("nt", GRAPHS)
        default, named = (cast("list[str]", request[kind]) for kind in ("default", "named"))
        if not default and not named and not any(token.is_word("FROM") for token in tokens(text)):
            default = named = self._graphs
        body = [("query", text), *(("default-graph-uri", one) for one in default),
                *(("named-graph-uri", one) for one in named)]  # fmt: skip
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            reply = self._transport.send("POST", headers, urlencode(body).encode())
        except LimitError as error:
            raise LimitError(f"{self._said(error)}; {self.limits.remedy}") from error
        except ReplyError as error:
            if error.status != _REFUSED:
                raise
            raise UsageError(self._said(error)) from error
        if reply.kind != accept:
            raise ExternalError(f"{self.url}: answers with {reply.kind or 'no content type'} instead of {accept}")
        name = str(request["results" if rows else "graphs"])
        if rows:
            content = rewritten(reply.body, self.url, self.limits.seconds, name)
        else:
            content = serialise(triples(reply.body, self.url, self.limits.seconds), writer(name))
        return Reply(content, name, any(one in reply.response.headers for one in _CUT))

    def _said(self, error: CartkgError) -> str:
        """What went wrong, without the address of the store, which is nobody's business."""
        return str(error).replace(self.url, "the store behind this server")
