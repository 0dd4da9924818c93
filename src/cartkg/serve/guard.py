"""What every request passes: names, origins, sizes, time, headers, the log, and the answers that are kept."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import time
import traceback
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..findings import Say

LONGEST_ADDRESS = 8_192
LONGEST_HEAD = 16_384
LONGEST_BODY = 262_144
MOST_AT_ONCE = 64
_BODY_SECONDS = 10
_SECONDS = 90
_KEPT = 64 << 20
_PART = 64 << 10
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


class Visit:
    """One request and what became of it."""

    def __init__(self, scope: Scope, send: Send, seal: str, allowed: dict[str, str]) -> None:
        self.scope, self.seal, self.allowed, self._send = scope, seal, allowed, send
        self.headers = Headers(scope=scope)
        self.changing = scope["method"] not in _SAFE
        self.status, self.size, self.error = 0, 0, ""
        self.whole: Response | None = None
        self._lasting, self._unsent, self._head = False, False, list[tuple[bytes, bytes]]()
        self._began = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Send a part of the answer, its head with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._head = list(message["headers"])
            headers = MutableHeaders(scope=message)
            for name, value in (_HEADERS | self.allowed).items():
                headers.setdefault(name, value)
            headers.add_vary_header("Accept")
            if self.allowed:
                headers.add_vary_header("Origin")
            if self.status in {200, 304} and not self.changing and "cache-control" not in headers:
                headers["ETag"], headers["Cache-Control"] = self.seal, "no-cache"
            self._lasting = self.status == HTTPStatus.OK and headers.get("etag") == self.seal
            # Only now is it known that there is something, which is all that * asks.
            if self._lasting and self.headers.get("if-none-match", "").strip() == "*":
                self.status = message["status"] = HTTPStatus.NOT_MODIFIED
                self._lasting, self._unsent = False, True
                del headers["content-length"]
        elif self._lasting and not message.get("more_body") and not self.size:
            self.whole = Response(message["body"])
            self.whole.raw_headers = self._head
        body = b"" if self._unsent else message.get("body", b"")
        self.size += len(body)
        # In parts, since one is not sent before the last has left: who reads slowly does not fill the memory.
        starts = range(0, len(body) - _PART, _PART)
        for start in starts:
            await self._send({**message, "body": body[start : start + _PART], "more_body": True})
        await self._send({**message, "body": body[len(starts) * _PART :]} if starts or self._unsent else message)

    async def refuse(self, status: int, why: str) -> None:
        """Say no, unless an answer has begun, which then just ends."""
        if not self.status:
            await plain(status, why, {"Connection": "close"})(self.scope, _nothing, self.send)

    def line(self) -> str:
        """The line of the log: what was asked for, without what stands behind the question mark."""
        client = (self.scope.get("client") or ("",))[0]
        said = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "client": client,
            "method": self.scope["method"], "path": self.scope["path"][:200], "status": self.status,
            "bytes": self.size, "ms": round((time.perf_counter() - self._began) * 1000, 1),
        }  # fmt: skip
        return json.dumps(said | ({"error": self.error} if self.error else {}))


class Kept:
    """The answers given last, which the graph would give again: by their seals, in so much memory."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Response] = OrderedDict()
        self._size = 0

    def get(self, seal: str) -> Response | None:
        """The answer with this seal, if it is still there."""
        if seal in self._answers:
            self._answers.move_to_end(seal)
        return self._answers.get(seal)

    def put(self, visit: Visit) -> None:
        """Keep what was answered, and drop what was not asked for longest."""
        if visit.whole is None or visit.seal in self._answers:
            return
        self._answers[visit.seal] = visit.whole
        self._size += len(visit.whole.body)
        while self._size > _KEPT:
            self._size -= len(self._answers.popitem(last=False)[1].body)


@dataclass
class Guard:
    """Lets through to `app` what comes by one of the `names`, from its own pages or one of the `origins`, in size."""

    app: ASGIApp
    names: Collection[str]
    origins: Collection[str]
    version: str
    log: Say
    kept: Kept = field(default_factory=Kept, init=False)
    _now: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        visit = Visit(scope, send, self._seal(scope), self._allowed(scope))
        self._now += 1
        try:
            async with asyncio.timeout(_SECONDS):
                found = self._refused(scope, visit) or (None if visit.changing else self.kept.get(visit.seal))
                await (found or self.app)(scope, _bounded(receive), visit.send)
                self.kept.put(visit)
        except TimeoutError:
            await visit.refuse(503, "this takes too long")
        except Exception:  # noqa: BLE001 what went wrong is for the log, not for the visitor
            visit.error = traceback.format_exc()
            await visit.refuse(500, "something went wrong here; it is in the log")
        finally:
            self._now -= 1
            self.log(visit.line())
        return None

    def _refused(self, scope: Scope, visit: Visit) -> Response | None:
        """What is answered at once: a refusal, leave for another origin, or that nothing has changed."""
        headers = visit.headers
        origin, length = _origin(headers), headers.get("content-length", "0")
        own = origin is None or origin.partition("://")[2] == headers.get("host") or visit.allowed
        forged = origin is None and visit.changing and headers.get("sec-fetch-site") == "cross-site"
        hosts = headers.getlist("host")
        size = len(scope["raw_path"]) + len(scope["query_string"])
        large = not length.isdecimal() or len(length) > len(str(LONGEST_BODY)) or int(length) > LONGEST_BODY
        reasons = (
            (scope["http_version"] not in {"1.0", "1.1"}, 505, "HTTP 1.1 is spoken here"),
            (len(hosts) != 1 or _name(hosts[0]) not in self.names, 421,
             "this is not served under that name; `cartkg serve --name NAME` adds one"),
            (not own or forged, 403, "pages of other origins may not ask here; `cartkg serve --cors ORIGIN` lets them"),
            (size > LONGEST_ADDRESS, 414, f"the address is longer than {LONGEST_ADDRESS} bytes; send it by POST"),
            (sum(map(len, itertools.chain(*scope["headers"]))) > LONGEST_HEAD, 431, "the headers are too large"),
            (large, 413, f"the body is larger than {LONGEST_BODY} bytes"),
            (self._now > MOST_AT_ONCE, 503, "all are busy; ask again in a moment"),
        )  # fmt: skip
        for applies, status, why in reasons:
            if applies:
                return plain(status, why, {"Retry-After": "2"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None)
        if scope["method"] == "OPTIONS" and origin is not None:
            return Response(status_code=204)
        known = {seal.strip().removeprefix("W/") for seal in headers.get("if-none-match", "").split(",")}
        return Response(status_code=304) if not visit.changing and visit.seal in known else None

    def _allowed(self, scope: Scope) -> dict[str, str]:
        """The headers by which a browser lets a page of another origin read the answer; none by default."""
        origin = _origin(Headers(scope=scope)) or ""
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
        asked = (scope["raw_path"], scope["query_string"])
        told = " ".join([self.version, headers.get("host", ""), *headers.getlist("accept")]).encode()
        return f'"{hashlib.sha256(b" ".join((*asked, told))).hexdigest()[:32]}"'


def _origin(headers: Headers) -> str | None:
    """The origin of the page that asks; two of them are none that is let in."""
    return ", ".join(headers.getlist("origin")) if "origin" in headers else None


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).casefold()


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
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "the request was broken off", {"Connection": "close"})
        read += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if read > LONGEST_BODY:
            raise HTTPException(413, f"the body is larger than {LONGEST_BODY} bytes", {"Connection": "close"})
        return message

    return part


def plain(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    """An answer of one sentence."""
    return PlainTextResponse(f"{why}\n", status, headers)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
