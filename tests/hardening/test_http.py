"""No bytes that come in over HTTP bring the server down, or are answered as a fault of its own."""

from __future__ import annotations

import re
import select
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from ..conftest import ROOT
from ..serving import Served, serving
from . import MANY, SEED, lots_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartkg.rdf.store import Graph

PATHS = (
    "/", "/sparql", "/sparql?query=ASK%7B%7D", "/queries/evidence.csv?outcome=ORR", "/queries", "/graphs?default",
    "/graph/asserted", "/ontology/Cohort", "/id/products/alphacel", "/find?q=remission", "/void", "/openapi.json",
    "/plot/forest.svg?outcome=ORR", "/evidence?target=BCMA", "/feed", "/static/style.css", "/health", "/claims",
)  # fmt: skip
HEADS = (
    "Accept: text/html", "Accept: text/csv;q=0.5, */*", "If-None-Match: *", "Origin: null", "Range: bytes=0-1",
    "Content-Type: application/sparql-query", "Content-Type: application/x-www-form-urlencoded", "Expect: 100-continue",
    "Transfer-Encoding: chunked", "Content-Length: 6", "Host: evil.example", "Upgrade: websocket", "Accept: \xe9",
)  # fmt: skip
PIECES = (
    "%00",
    "%ff",
    "%",
    "..",
    "//",
    "\\",
    "\0",
    "\r\n",
    "\n",
    ":",
    ";",
    "&",
    "=",
    "?",
    "<",
    '"',
    "\xe9",
    "9" * 30,
    "",
)


@pytest.fixture(scope="module")
def served(world: Graph) -> Iterator[Served]:
    with serving("--graph", world.path.parent, "--timeout", "4", "--memory", "700") as running:
        yield running


def told(served: Served, sent: bytes) -> list[int]:
    """The states of what a server answers to these bytes, after which nothing comes."""
    with socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), 20) as connection:
        found = b""
        try:
            connection.sendall(sent)
            # The end of what is sent is taken for the end of the visit: it is told once nothing comes any more.
            wait, part = 2.0, b"?"
            while part and select.select([connection], [], [], wait)[0]:
                part = connection.recv(65_536)
                found, wait = found + part, 0.1
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                found += part
        except ConnectionError:  # it may hang up before it has heard all
            pass
    assert b"Traceback" not in found
    assert str(ROOT).encode() not in found
    return [int(state) for state in re.findall(rb"^HTTP/1\.1 (\d{3}) ", found, re.MULTILINE)]


@pytest.mark.nightly
def test_mutated_requests_are_answered_or_refused(served: Served) -> None:
    lots, outcomes = lots_of(SEED), {"answered": 0, "refused": 0, "left": 0}
    for _ in range(100 * MANY):
        head = [f"{lots.choice(['GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'])} {lots.choice(PATHS)} HTTP/1.1"]
        head += ["Host: localhost", "Connection: close", *lots.sample(HEADS, lots.randrange(4))]
        text = "\r\n".join([*head, "", lots.choice(["", "ASK {}", "query=ASK+%7B%7D", "6\r\nASK {}\r\n0\r\n\r\n"])])
        for _ in range(lots.randrange(4)):
            place = lots.randrange(len(text))
            text = text[:place] + lots.choice(PIECES) + text[place + lots.randrange(4) :]
        states = told(served, text.encode("latin-1"))
        assert 500 not in states, text
        outcomes["left" if not states else "answered" if max(states) < 400 else "refused"] += 1
    assert httpx.get(f"{served.url}/health").json()["workers"] == 4
    served.stop()
    faults = [line["error"] for line in served.log() if "error" in line]
    said = served.file.read_text(encoding="utf-8").splitlines()
    assert faults + [line for line in said if not line.startswith(("{", "cartkg: "))] == []
    tell(f"{100 * MANY} mutated requests: {outcomes}")
