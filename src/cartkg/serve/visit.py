"""One request and what became of it, and the answers that are kept."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Scope, Send

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


def plain(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    """An answer of one sentence."""
    return PlainTextResponse(f"{why}\n", status, headers)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
