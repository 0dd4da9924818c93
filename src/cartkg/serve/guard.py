"""What every request passes, whatever it asks for: names, origins, sizes, time, headers, and the log."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 8_192
LONGEST_HEAD = 16_384
LONGEST_BODY = 262_144
MOST_AT_ONCE = 64
BUSY = 503
_BODY_SECONDS = 10
_SECONDS = 90
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_SAFE = {"GET", "HEAD"}


@dataclass
class Guard:
    """Lets through to `app` what comes by one of the `names`, from its own pages or one of the `origins`, in size."""

    app: ASGIApp
    names: Collection[str]
    origins: Collection[str]
    version: str
    log: Callable[[str], None]
    _now: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        visit = _Visit(scope, send, self._seal(scope), self._allowed(scope))
        self._now += 1
        try:
            async with asyncio.timeout(_SECONDS):
                refused = self._refused(scope, visit)
                await (refused or self.app)(scope, _bounded(receive), visit.send)
        except TimeoutError:
            await visit.refuse(BUSY, "this takes too long")
        except Exception:  # noqa: BLE001 what went wrong is for the log, not for the visitor
            visit.error = traceback.format_exc()
            await visit.refuse(500, "something went wrong here; it is in the log")
        finally:
            self._now -= 1
            self.log(visit.line())
        return None

    def _refused(self, scope: Scope, visit: _Visit) -> Response | None:
        """What is answered at once: a refusal, leave for another origin, or that nothing has changed."""
        headers = visit.headers
        origin, length = headers.get("origin"), headers.get("content-length", "0")
        own = origin is None or origin.partition("://")[2] == headers.get("host") or visit.allowed
        forged = origin is None and visit.changing and headers.get("sec-fetch-site") == "cross-site"
        hosts = headers.getlist("host")
        size = len(scope["raw_path"]) + len(scope["query_string"])
        large = not length.isdecimal() or len(length) > len(str(LONGEST_BODY)) or int(length) > LONGEST_BODY
        reasons = (
            (len(hosts) != 1 or _name(hosts[0]) not in self.names, 421,
             "this is not served under that name; `cartkg serve --name NAME` adds one"),
            (not own or forged, 403, "pages of other origins may not ask here; `cartkg serve --cors ORIGIN` lets them"),
            (size > LONGEST_ADDRESS, 414, f"the address is longer than {LONGEST_ADDRESS} bytes; send it by POST"),
            (sum(map(len, itertools.chain(*scope["headers"]))) > LONGEST_HEAD, 431, "the headers are too large"),
            (large, 413, f"the body is larger than {LONGEST_BODY} bytes"),
            (self._now > MOST_AT_ONCE, BUSY, "all are busy; ask again in a moment"),
        )  # fmt: skip
        for applies, status, why in reasons:
            if applies:
                return _plain(status, why, {"Retry-After": "2"} if status == BUSY else None)
        if scope["method"] == "OPTIONS" and origin is not None:
            return Response(status_code=204)
        known = {seal.strip().removeprefix("W/") for seal in headers.get("if-none-match", "").split(",")}
        return Response(status_code=304) if not visit.changing and visit.seal in known else None

    def _allowed(self, scope: Scope) -> dict[str, str]:
        """The headers by which a browser lets a page of another origin read the answer; none by default."""
        origin = Headers(scope=scope).get("origin", "")
        if "*" not in self.origins and origin not in self.origins:
            return {}
        return {
            "Access-Control-Allow-Origin": "*" if "*" in self.origins else origin,
            "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
            "Access-Control-Allow-Headers": "Accept, Content-Type",
            "Access-Control-Expose-Headers": "ETag, X-Truncated",
        }

    def _seal(self, scope: Scope) -> str:
        """What an answer is known by: the graph and the code, which decide it, and what was asked for."""
        headers = Headers(scope=scope)
        asked = (scope["raw_path"], scope["query_string"], ",".join(headers.getlist("accept")).encode())
        return f'"{hashlib.sha256(b" ".join((self.version.encode(), *asked))).hexdigest()[:32]}"'


class _Visit:
    """One request and what became of it."""

    def __init__(self, scope: Scope, send: Send, seal: str, allowed: dict[str, str]) -> None:
        self.scope, self.seal, self.allowed, self._send = scope, seal, allowed, send
        self.headers = Headers(scope=scope)
        self.changing = scope["method"] not in _SAFE
        self.status, self.size, self.error = 0, 0, ""
        self._began = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Send a part of the answer, its head with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in (_HEADERS | self.allowed).items():
                headers.setdefault(name, value)
            headers.add_vary_header("Accept")
            if self.allowed:
                headers.add_vary_header("Origin")
            if self.status in {200, 304} and not self.changing and "cache-control" not in headers:
                headers["ETag"], headers["Cache-Control"] = self.seal, "no-cache"
        self.size += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, status: int, why: str) -> None:
        """Say no, unless an answer has begun, which then just ends."""
        if not self.status:
            await _plain(status, why, {"Connection": "close"})(self.scope, _nothing, self.send)

    def line(self) -> str:
        """The line of the log: what was asked for, without what stands behind the question mark."""
        client = (self.scope.get("client") or ("",))[0]
        said = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "client": client,
            "method": self.scope["method"], "path": self.scope["path"][:200], "status": self.status,
            "bytes": self.size, "ms": round((time.perf_counter() - self._began) * 1000, 1),
        }  # fmt: skip
        return json.dumps(said | ({"error": self.error} if self.error else {}))


def _plain(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{why}\n", status, headers)


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).casefold()


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _bounded(receive: Receive) -> Receive:
    """The body in parts, until it is too large or takes too long."""
    read = 0
    end = time.monotonic() + _BODY_SECONDS
    whole = False

    async def part() -> Message:
        nonlocal read, whole
        if whole:  # only the end of the visit is waited for
            return await receive()
        try:
            async with asyncio.timeout(max(end - time.monotonic(), 0)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "the request did not come in time", {"Connection": "close"}) from None
        read += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if read > LONGEST_BODY:
            raise HTTPException(413, f"the body is larger than {LONGEST_BODY} bytes", {"Connection": "close"})
        return message

    return part
