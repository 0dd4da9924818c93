"""The server: routes, errors as answers, and the process that listens until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from functools import partial

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import CartkgError, ExternalError, LimitError, UsageError
from ..findings import Say
from ..rdf.store import Graph
from ..version import __version__
from . import Checks, Settings, evidence, feed, offline, pages, plots, protocol, questions, things
from .elsewhere import Elsewhere, check_same
from .guard import LONGEST_ADDRESS, LONGEST_BODY, Guard
from .here import Here, problem
from .workers import Pool

_HEADER_SECONDS = 10
_IDLE_SECONDS = 15
_LAST_SECONDS = 10
_MOST_CONNECTIONS = 256
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


def application(graph: Graph, settings: Settings, checks: Checks, log: Say, started: Callable[[], None]) -> Guard:
    """The ASGI application: its routes behind its guard; `started` is called when it is ready."""
    door = checks.door(graph, settings.limits, LONGEST_BODY) if checks.door else None

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        limits, size = settings.limits, settings.workers
        pool = (
            Elsewhere(graph, settings.endpoint, limits, size, log) if settings.endpoint else Pool(graph, limits, size)
        )
        app.state.here = Here(graph, checks, pool)
        await pool.start()
        try:
            threading.Thread(target=pages.warm, args=(app.state.here,), daemon=True).start()
            started()
            async with door.session_manager.run() if door else contextlib.nullcontext():
                yield
        finally:
            await pool.close()

    names = {*_LOCAL, settings.host.casefold(), *(name.casefold() for name in settings.names)}
    first = [Route("/mcp", door, methods=["POST"]), Route("/mcp", _posted_only)] if door else []
    return Guard(routed(life, first), names, settings.origins, f"{__version__} {graph.manifest.sha256}", log)


def routed(
    life: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None, first: Iterable[Route] = ()
) -> Starlette:
    """All routes, with errors as answers; those that come first take precedence."""
    routes = [
        *first, Route("/health", _health), *protocol.ROUTES, *questions.ROUTES, *plots.ROUTES, *feed.ROUTES,
        *offline.EDITOR, *pages.ROUTES, *evidence.ROUTES, *things.ROUTES,
    ]  # fmt: skip
    return Starlette(routes=routes, lifespan=life, exception_handlers={HTTPException: _refused, CartkgError: _failed})


async def _health(request: Request) -> Response:
    here: Here = request.app.state.here
    alive = await here.pool.alive()
    said = {
        "status": "ok" if alive else "SPARQL is not answered",
        "version": __version__,
        "graph": here.graph.manifest.sha256,
    }
    return JSONResponse(said | {"workers": alive}, 200 if alive else 503, {"Cache-Control": "no-store"})


async def _posted_only(request: Request) -> Response:
    del request
    raise HTTPException(405, "an assistant's program asks here, by POST", {"Allow": "POST"})


async def _refused(request: Request, error: Exception) -> Response:
    status, why, headers = getattr(error, "status_code", 500), getattr(error, "detail", ""), error.__dict__
    return problem(request, status, why, headers.get("headers"))


async def _failed(request: Request, error: Exception) -> Response:
    """What a visitor can mend is said; what only who runs the server can mend is in the log."""
    if isinstance(error, UsageError):
        return problem(request, 400, str(error))
    if isinstance(error, LimitError):
        return problem(request, 503, str(error))
    raise error


class _Patient(H11Protocol):
    """HTTP that waits for the head of a request for a while, not for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._given_up = self.loop.call_later(_HEADER_SECONDS, self.timeout_keep_alive_handler)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None:
            self._given_up.cancel()

    def send_400_response(self, msg: str) -> None:
        """Answer what turns out to be no HTTP, so that nothing else answers it: its head may have been."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:  # an answer had begun, or has no body, as to HEAD
            self.transport.close()


def run(graph: Graph, settings: Settings, checks: Checks, log: Say, ready: Say) -> None:
    """Listen, say where, and answer until SIGINT or SIGTERM, which let what is being answered be ended."""
    if settings.endpoint:
        check_same(graph, settings.endpoint)
    else:
        graph.stored(named=True)  # what the workers open is loaded where a failure can be told
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.create_server((settings.host.strip("[]"), settings.port), family=family)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        why = os.strerror(error.errno) if isinstance(error.errno, int) and error.errno > 0 else str(error)
        raise ExternalError(f"can not listen on {where}: {why}; name another --host or --port") from error
    # Without it head and body of an answer wait for each other, since asyncio sets it for sockets of its own only.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    host, port = listening.getsockname()[:2]
    started = partial(ready, f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    config = uvicorn.Config(
        application(graph, settings, checks, log, started), http=_Patient, ws="none", lifespan="on", log_config=None,
        access_log=False, log_level="error", server_header=False, proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS, timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_SECONDS, h11_max_incomplete_event_size=4 * LONGEST_ADDRESS,
    )  # fmt: skip
    # uvicorn repeats the signal that ended it: that of a service manager has then done its work.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with listening:
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
    if not server.started:
        raise ExternalError("the server did not start; why stands above")
