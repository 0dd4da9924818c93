"""Servers whose answers a test writes, on this machine."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from cartkg.queries.policy import projected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

JSON = "application/sparql-results+json"


def rows(count: int, text: str = "SELECT ?n {}") -> bytes:
    """An answer to a query with so many rows, of which only ?n has values."""
    columns = sorted(projected(text) or {"n"})
    bindings = [{"n": {"type": "literal", "value": str(number)}} for number in range(count)]
    return json.dumps({"head": {"vars": columns}, "results": {"bindings": bindings}}).encode()


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class Behaviour:
    """A server whose answers a test writes: one function per request, the last one for all that follow."""

    answers: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""


@contextlib.contextmanager
def serving(key: Path | None = None, certificate: Path | None = None) -> Iterator[Behaviour]:
    behaviour = Behaviour()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            answer = behaviour.answers[min(len(behaviour.seen), len(behaviour.answers) - 1)]
            behaviour.seen.append(Seen(self.command, self.path, dict(self.headers), parse_qs(body)))
            with contextlib.suppress(OSError):
                answer(self)

        do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    behaviour.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}/sparql"
    try:
        yield behaviour
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int = 200, body: bytes = b"", kind: str = JSON, **headers: str) -> Callable[[Any], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            if not value:
                continue
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer
