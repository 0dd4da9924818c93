"""An endpoint gives whole answers in bounded time and size, or an error that says why; and never what was not asked."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from cartkg.errors import ExternalError, LimitError, UsageError
from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.policy import form
from cartkg.queries.stored import stored_queries
from cartkg.remote.credentials import PASSWORD, TOKEN, USER, from_environment, from_netrc
from cartkg.remote.endpoint import Endpoint, PartialError, connect
from cartkg.remote.transport import Limits

from .behaving import JSON, Behaviour, reply, rows, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

QUICK = Limits(seconds=5, patience=3)


@pytest.fixture
def server() -> Iterator[Behaviour]:
    with serving() as behaviour:
        yield behaviour


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (USER, PASSWORD, TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


SELECT = "SELECT ?n WHERE { ?s ?p ?n }"


def test_rows_come_back_as_terms(server: Behaviour) -> None:
    server.answers = [reply(body=rows(3))]
    assert [row["n"].value for row in connect(server.url).select(SELECT)] == ["0", "1", "2"]


def test_a_request_is_a_form_with_the_query_and_nothing_else(server: Behaviour) -> None:
    server.answers = [reply(body=rows(0))]
    list(connect(server.url).select(SELECT))
    (seen,) = server.seen
    assert seen.method == "POST"
    assert seen.form == {"query": [SELECT]}
    assert seen.headers["Accept"] == JSON
    assert seen.headers["User-Agent"].startswith("cartkg/")
    assert "Authorization" not in seen.headers


def test_the_graphs_to_ask_are_named_in_the_request(server: Behaviour) -> None:
    server.answers = [reply(body=rows(0))]
    list(connect(server.url, graphs=("https://a.example/1", "https://a.example/2")).select(SELECT))
    assert server.seen[0].form["default-graph-uri"] == ["https://a.example/1", "https://a.example/2"]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", stored_queries())
def test_no_stored_query_is_taken_for_an_update(server: Behaviour, name: str) -> None:
    text = stored_queries()[name].text
    server.answers = [reply(body=rows(0, text))]
    list(connect(server.url).select(text))
    assert list(server.seen[0].form) == ["query"]


def test_a_comment_that_reads_like_an_update_stays_a_comment(server: Behaviour) -> None:
    server.answers = [reply(body=rows(0))]
    list(connect(server.url).select(f"# one\n# add, drop, delete\n# three\nBASE <http://a/>\n{SELECT}"))
    assert list(server.seen[0].form) == ["query"]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:b> <a:c> 1 }",
        "# SELECT\nDROP ALL",
        "PREFIX select: <http://a/> DELETE WHERE { ?s ?p ?o }",
        "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "",
        "# nothing",
        "<SELECT>",
        "'SELECT'",
        "prefix : <a:> load <http://a/>",
    ],
)
def test_what_does_not_read_never_leaves(server: Behaviour, text: str) -> None:
    server.answers = [reply(body=rows(0))]
    with pytest.raises(UsageError, match="SELECT"):
        connect(server.url).select(text)
    assert server.seen == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * {}", "SELECT"),
        ("PREFIX a: <http://a/>\nprefix : <http://b/> BASE <x:y> ASK {}", "ASK"),
        ("#+ summary: insert?\n\nCONSTRUCT WHERE {}", "CONSTRUCT"),
        ("DESCRIBE <a:b>", "DESCRIBE"),
    ],
)
def test_the_form_of_a_query_is_its_first_word_behind_the_prologue(text: str, expected: str) -> None:
    assert form(text) == expected


def test_only_a_select_gives_rows(server: Behaviour) -> None:
    with pytest.raises(UsageError, match="only SELECT"):
        connect(server.url).select("ASK {}")


def test_what_is_kept_is_asked_for_once(server: Behaviour) -> None:
    server.answers = [reply(body=rows(2))]
    endpoint = connect(server.url)
    assert len(list(endpoint.select(SELECT, keep=True))) == len(list(endpoint.select(SELECT, keep=True))) == 2
    assert len(server.seen) == 1
    assert len(list(endpoint.select(SELECT))) == 2
    assert len(server.seen) == 2


def test_a_stored_question_can_be_asked(server: Behaviour) -> None:
    server.answers = [reply(body=rows(0, stored_queries()["evidence"].text))]
    assert "observation" in ask(connect(server.url), "evidence").variables


def test_blank_nodes_as_virtuoso_writes_them_are_read_and_literals_like_them_stay() -> None:
    filler = [{"n": {"type": "literal", "value": "x" * 1000}} for _ in range(3000)]
    odd = [
        {"n": {"type": "bnode", "value": "nodeID://b10"}},
        {"n": {"type": "literal", "value": "nodeID://b10"}},
        {"n": {"type": "literal", "value": '"type": "bnode", "value": "nodeID://'}},
    ]
    body = json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": odd + filler + odd}}).encode()
    with serving() as server:
        server.answers = [reply(body=body), reply(body=rows(0))]
        found = [row["n"] for row in connect(server.url).select(SELECT)]
    assert (
        found[:3]
        == found[-3:]
        == [
            ox.BlankNode("b10"),
            ox.Literal("nodeID://b10"),
            ox.Literal('"type": "bnode", "value": "nodeID://'),
        ]
    )
    assert len(found) == 3006


def test_a_server_that_drips_ends_at_the_deadline(server: Behaviour) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    server.answers = [drip]
    start = time.monotonic()
    with pytest.raises(LimitError, match="within 1 seconds") as caught:
        connect(server.url, timeout=1).select(SELECT)
    assert time.monotonic() - start < 5
    assert caught.value.exit_code == 3


def test_headers_that_drip_end_at_the_deadline(server: Behaviour) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(200):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    server.answers = [drip]
    start = time.monotonic()
    with pytest.raises(LimitError, match="within 1 seconds"):
        connect(server.url, timeout=1).select(SELECT)
    assert time.monotonic() - start < 5


def test_a_silent_server_is_left_before_the_deadline(server: Behaviour) -> None:
    server.answers = [lambda _: time.sleep(5)]
    with pytest.raises(ExternalError, match=r"silent for too long.* 0\.5 to say"):
        Endpoint(server.url, limits=Limits(seconds=20, patience=0.5)).select(SELECT)


def test_an_answer_beyond_the_byte_cap_is_refused(server: Behaviour) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        while True:
            handler.wfile.write(b" " * 65536)

    server.answers = [endless]
    with pytest.raises(LimitError, match="larger than 1000000 bytes"):
        Endpoint(server.url, limits=Limits(size=1_000_000)).select(SELECT)


MEASURED = """
import resource, sys
from cartkg.remote.endpoint import connect
connect(sys.argv[1]).select("SELECT * {}")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in connect(sys.argv[1]).select("SELECT * {} #"))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.no_cover
def test_a_large_answer_does_not_fill_memory(server: Behaviour) -> None:
    row = b'{"n":{"type":"literal","value":"' + b"x" * 970 + b'"}}'

    def large(handler: BaseHTTPRequestHandler) -> None:
        reply(body=b'{"head":{"vars":["n"]},"results":{"bindings":[', Content_Length="")(handler)
        for _ in range(60):
            handler.wfile.write((row + b",") * 1000)
        handler.wfile.write(row + b"]}}")

    server.answers = [reply(body=rows(1)), large, reply(body=rows(0))]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, server.url], capture_output=True, text=True, check=True, timeout=60
    )
    count, kilobytes = map(int, done.stdout.split())
    assert count == 60_001
    assert kilobytes < 20_000, "60 MB came in"


def test_a_busy_server_is_asked_again_after_the_time_it_names(server: Behaviour) -> None:
    server.answers = [reply(429, Retry_After="1"), reply(body=rows(1))]
    start = time.monotonic()
    assert len(list(connect(server.url).select(SELECT))) == 1
    assert time.monotonic() - start >= 1
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_recovers_gives_its_answer(server: Behaviour, status: int) -> None:
    server.answers = [reply(status), reply(body=rows(1))]
    assert len(list(connect(server.url).select(SELECT))) == 1


def test_a_server_that_stays_busy_is_given_up(server: Behaviour) -> None:
    server.answers = [reply(503, b"come back later", "text/plain", Retry_After="0")]
    with pytest.raises(ExternalError, match="answers 503, tried 4 times: come back later"):
        connect(server.url).select(SELECT)
    assert len(server.seen) == 4


def test_a_wait_beyond_the_deadline_is_not_begun(server: Behaviour) -> None:
    server.answers = [reply(429, Retry_After="50")]
    start = time.monotonic()
    with pytest.raises(ExternalError, match=r"answers 429 .* past the deadline"):
        Endpoint(server.url, limits=QUICK).select(SELECT)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("status", [400, 404, 500])
def test_other_statuses_are_not_tried_again_and_say_what_the_server_said(server: Behaviour, status: int) -> None:
    server.answers = [reply(status, b"<h1>line 3:</h1>\n no such thing", "text/html")]
    with pytest.raises(ExternalError, match=f"answers {status}: line 3: no such thing"):
        connect(server.url).select(SELECT)
    assert len(server.seen) == 1


def test_a_refused_connection_is_tried_again_and_then_an_error(server: Behaviour) -> None:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/sparql"
    with pytest.raises(ExternalError, match="refuses connections, tried 2 times") as caught:
        Endpoint(url, limits=Limits(tries=2)).select(SELECT)
    assert caught.value.exit_code == 4
    del server


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (reply(body=b"<html><p>Welcome to our endpoint", kind="text/html"), "text/html instead of .*Welcome to our"),
        (reply(body=b"<sparql/>", kind="application/sparql-results+xml"), "results.xml instead of"),
        (reply(body=rows(9)[:-20]), "cut off or damaged"),
        (reply(body=b'{"results":'), "cut off or damaged|is not application"),
        (reply(body=b"Welcome"), "is not application/sparql-results"),
        (reply(body=b'{"head":{},"boolean":true}'), "truth value"),
        (reply(body=rows(9)[:50], Content_Length="500"), "breaks off after 50 of 500 bytes"),
        (reply(body=rows(1), Content_Encoding="gzip"), "compressed"),
        (reply(status=206, body=rows(1)), "answers 206: gives a part of the answer only"),
        (lambda handler: handler.connection.close(), "Server disconnected without sending a response"),
        (reply(body=b"1000\r\nabc", Content_Length="", Transfer_Encoding="chunked"), "breaks off|127"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "Server disconnected|illegal status line"),
    ],
    ids=["html", "xml", "cut", "open", "text", "boolean", "short", "gzip", "part", "closed", "chunk", "ssh"],
)
def test_what_is_not_a_whole_answer_is_an_error(server: Behaviour, answer: Any, message: str) -> None:
    server.answers = [answer]
    with pytest.raises(ExternalError, match=message):
        Answer.read(Endpoint(server.url, limits=QUICK).select(SELECT))


def test_a_part_of_an_answer_is_an_error(server: Behaviour) -> None:
    server.answers = [reply(body=rows(5), X_SPARQL_MaxRows="5")]
    with pytest.raises(PartialError, match="5 rows at most") as caught:
        connect(server.url).select(SELECT)
    assert caught.value.rows == 5
    server.answers.append(reply(body=rows(5), X_SQL_State="S1TAT", X_SQL_Message="Anytime query stopped"))
    with pytest.raises(PartialError, match="Anytime query stopped"):
        connect(server.url).select(SELECT)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_reported_and_not_followed(
    server: Behaviour, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "secret")
    with serving() as other:
        other.answers = [reply(body=rows(1))]
        server.answers = [reply(401, WWW_Authenticate='Basic realm="a"'), reply(status, Location=other.url)]
        with pytest.raises(ExternalError, match=f"answers {status} and points to {re.escape(other.url)}"):
            connect(server.url).select(SELECT)
        assert other.seen == []


def test_a_password_is_shown_only_to_a_server_that_asks(server: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "sécret")
    server.answers = [reply(body=rows(1)), reply(401, WWW_Authenticate='Basic realm="a"'), reply(body=rows(1))]
    endpoint = connect(server.url)
    list(endpoint.select(SELECT))
    assert "Authorization" not in server.seen[0].headers
    list(endpoint.select(SELECT))
    assert "Authorization" not in server.seen[1].headers
    assert server.seen[2].headers["Authorization"] == "Basic " + base64.b64encode("me:sécret".encode()).decode()
    list(endpoint.select(SELECT))
    assert "Authorization" in server.seen[3].headers


def test_a_server_that_asks_for_a_digest_never_sees_the_password(
    server: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "secret")
    challenge = 'Digest realm="a", nonce="b", qop="auth", algorithm="MD5"'
    server.answers = [reply(401, WWW_Authenticate=challenge), reply(body=rows(1))]
    list(connect(server.url).select(SELECT))
    shown = server.seen[1].headers["Authorization"]
    assert shown.startswith('Digest username="me", realm="a", nonce="b"')
    assert "secret" not in shown


def test_a_token_is_a_bearer(server: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "abc")
    server.answers = [reply(403), reply(body=rows(1))]
    list(connect(server.url).select(SELECT))
    assert server.seen[1].headers["Authorization"] == "Bearer abc"


def test_wrong_credentials_are_shown_once(server: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "me")
    server.answers = [reply(401, WWW_Authenticate='Basic realm="a"')]
    with pytest.raises(ExternalError, match=r"answers 401.*CARTKG_ENDPOINT_USER"):
        connect(server.url).select(SELECT)
    assert len(server.seen) == 2


def test_a_way_of_asking_nobody_knows_is_named(server: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "me")
    server.answers = [reply(401, WWW_Authenticate="Negotiate")]
    with pytest.raises(ExternalError, match="asks for negotiate"):
        connect(server.url).select(SELECT)
    server.answers = [reply(401, WWW_Authenticate='Digest realm="a"')]
    with pytest.raises(ExternalError, match="digest"):
        connect(server.url).select(SELECT)


def test_credentials_over_plain_http_to_another_machine_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "secret")
    with pytest.raises(UsageError, match="over https or to this machine only") as caught:
        connect("http://store.invalid/sparql").select(SELECT)
    assert "secret" not in str(caught.value)
    assert from_environment("https://store.invalid/sparql") is not None
    assert from_environment("http://localhost:1/sparql") is not None
    assert "secret" not in repr(from_environment("http://[::1]:1/sparql"))


@pytest.mark.parametrize(("name", "value"), [(USER, "a:b"), (USER, "a\nb"), (TOKEN, "a\r\nX: y")])
def test_credentials_that_would_break_a_header_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match="one line"):
        from_environment("https://store.invalid/sparql")


def test_a_netrc_serves_the_host_it_names_and_no_other(
    server: Behaviour, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login me password secret\ndefault login you password all\n", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    server.answers = [reply(401, WWW_Authenticate='Basic realm="a"'), reply(body=rows(1))]
    list(connect(server.url).select(SELECT))
    assert server.seen[1].headers["Authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()
    assert from_netrc("https://other.invalid/") is None
    file.write_text("machine other.invalid login me password secret\n", encoding="utf-8")
    with pytest.raises(UsageError, match="plain http"):
        from_netrc("http://other.invalid/")


@pytest.mark.parametrize(
    "url",
    ["", "store", "file:///etc/passwd", "ftp://a/b", "http://", "https://a b/", "http://a:b@c/", "http://a/#b", "http://a:x/",
     "http://xn--/", "http://[::1/"],
)  # fmt: skip
def test_what_is_not_the_address_of_an_endpoint_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        connect(url)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_time_out_is_above_zero(timeout: float) -> None:
    with pytest.raises(UsageError, match="above 0"):
        connect("http://localhost/", timeout)


def test_a_host_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ExternalError, match=r"store\.invalid"):
        Endpoint("https://store.invalid/sparql", limits=QUICK).select(SELECT)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    with serving(key, certificate) as secure:
        secure.answers = [reply(body=rows(2))]
        url = secure.url.replace("127.0.0.1", "localhost")
        with pytest.raises(ExternalError, match="certificate verify failed"):
            Endpoint(url, limits=QUICK).select(SELECT)
        assert secure.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert len(list(Endpoint(url, limits=QUICK).select(SELECT))) == 2
        with pytest.raises(ExternalError, match="certificate verify failed"):
            Endpoint(secure.url, limits=QUICK).select(SELECT)


def test_a_query_that_is_not_text_is_refused(server: Behaviour) -> None:
    with pytest.raises(UsageError, match="not text"):
        connect(server.url).select('SELECT * { ?s ?p "\ud800" }')
    assert server.seen == []
