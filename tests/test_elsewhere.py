"""A server with another store behind it: visitors' SPARQL is answered there, of what is served here and no more."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

import httpx
import pyoxigraph as ox
import pytest

from cartkg.push import Target, push
from cartkg.rdf.vocabulary import graph_name

from . import behaving, servers
from .serving import Served, serving
from .test_serve import COHORTS, ENDLESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run
    from .servers import Server

XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
EVERYTHING = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store with the invented world and a graph of somebody else, whose default graph is empty."""
    with servers.oxigraph(tmp_path_factory.mktemp("behind")) as server:
        push(world, Target(server.url))
        plant = (
            "INSERT DATA { GRAPH <https://example.org/theirs> { <https://example.org/a> a <https://example.org/b> } }"
        )
        httpx.post(server.url.replace("/query", "/update"), data={"update": plant}).raise_for_status()
        yield server


@pytest.fixture(scope="module")
def served(world: Graph, store: Server) -> Iterator[Served]:
    with serving("--graph", world.path.parent, "--timeout", "4", "--endpoint", store.url) as running:
        yield running


@pytest.fixture
def ask(served: Served) -> Callable[..., httpx.Response]:
    def asked(text: str, accept: str = "application/sparql-results+json", **more: str) -> httpx.Response:
        headers = {"Accept": accept}
        return httpx.get(f"{served.url}/sparql", params={"query": text, **more}, headers=headers, timeout=60)

    return asked


def test_a_query_is_answered_of_all_graphs_that_are_served_and_of_no_other(
    ask: Callable[..., httpx.Response], world: Graph
) -> None:
    rows = [[row["cohort"].value, row["size"].value] for row in world.select(COHORTS)]
    assert [line.split(",") for line in ask(COHORTS, "text/csv").text.split()] == [["cohort", "size"], *rows]
    union = len(world.store)
    assert ask(EVERYTHING).json()["results"]["bindings"][0]["n"]["value"] == str(union)
    names = ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").json()["results"]["bindings"]
    assert {row["g"]["value"] for row in names} == {graph_name(name).value for name in world.manifest.graphs}


def test_the_graphs_of_a_query_and_of_the_protocol_are_those_that_are_asked(
    ask: Callable[..., httpx.Response], world: Graph
) -> None:
    asserted = graph_name("asserted").value
    expected = str(world.manifest.graphs["asserted"])
    for answer in (
        ask(EVERYTHING.replace("{", f"FROM <{asserted}> {{")),
        ask(EVERYTHING, **{"default-graph-uri": asserted}),
    ):
        assert answer.json()["results"]["bindings"][0]["n"]["value"] == expected


def test_triples_and_truth_values_come_in_the_format_asked_for(ask: Callable[..., httpx.Response]) -> None:
    triples = ask("CONSTRUCT WHERE { ?s a <https://w3id.org/cartkg/ontology/Cohort> }", "application/n-triples")
    assert triples.headers["content-type"] == "application/n-triples"
    assert len([*ox.parse(triples.content, format=ox.RdfFormat.N_TRIPLES)]) > 0
    assert ask("ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("SELECT * FROM <https://example.org/theirs> { ?s ?p ?o }", "theirs"),
        ("SELECT * { ?s ?p }", "the store behind this server: answers 400"),
    ],
)
def test_what_is_not_allowed_or_not_valid_is_refused(ask: Callable[..., httpx.Response], text: str, said: str) -> None:
    answer = ask(text)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert "127.0.0.1" not in answer.json()["detail"].replace("<http://127.0.0.1:9/>", "")


@pytest.mark.nightly
def test_a_query_without_end_is_given_up_in_time(ask: Callable[..., httpx.Response]) -> None:
    answer = ask(ENDLESS)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("the store behind this server: no complete answer within 4 seconds")


BEGUN = b'{"head": {"vars": ["s"]}, "results": {"bindings": ['


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("form", "body", "kind", "status"),
    [
        ("SELECT *", BEGUN + b'{"s": {"type": "uri", "value": "http://a/b"}}]}}', behaving.JSON, 200),
        ("SELECT *", BEGUN + b'{"s": {"type": "uri", "value": "http://a/b"}}', behaving.JSON, 502),
        ("SELECT *", BEGUN + b"5, null]}}", behaving.JSON, 502),
        ("SELECT *", b"[]", behaving.JSON, 502),
        ("SELECT *", b"[" * 100_000, behaving.JSON, 502),
        ("SELECT *", b"<html>", "text/html", 502),
        ("CONSTRUCT WHERE", b"<http://a/b> <http://a/c> 'd' .\n".replace(b"'", b'"'), "application/n-triples", 200),
        ("CONSTRUCT WHERE", b"<http://a/b> <http://a/c>", "application/n-triples", 502),
        ("CONSTRUCT WHERE", b"<http://a/b> <http://a/c> " + b"<<( " * 50_000, "application/n-triples", 502),
    ],
)
def test_what_the_store_sends_is_whole_or_it_is_not_handed_on(
    misled: tuple[Served, list[bytes | str]], form: str, body: bytes, kind: str, status: int
) -> None:
    served, said = misled
    said[:] = [body, kind]
    for accept in ("text/html", "application/sparql-results+xml, text/turtle"):
        text = {"query": f"{form} {{ ?s ?p ?o }} # {len(body)}"}  # another one each time: answers are kept
        got = httpx.get(f"{served.url}/sparql", params=text, headers={"Accept": accept}).status_code
        assert got == status, served.file.read_text()
    assert "Traceback" not in served.file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def misled(world: Graph) -> Iterator[tuple[Served, list[bytes | str]]]:
    """A store that counts right and answers whatever a test writes into the list, and a server before it."""
    said: list[bytes | str] = []
    with behaving.serving() as store:

        def answer(handler: Any) -> None:
            text = store.seen[-1].form["query"][0]
            if counted := re.search(r"COUNT.* AS \?(\w+)(?s:.*)/graph/([\w-]+)>", text):
                cell = {"type": "literal", "value": str(world.manifest.graphs[counted[2]]), "datatype": XSD_INTEGER}
                rows = {"head": {"vars": [counted[1]]}, "results": {"bindings": [{counted[1]: cell}]}}
                behaving.reply(body=json.dumps(rows).encode())(handler)
            else:
                behaving.reply(body=cast("bytes", said[0]), kind=str(said[1]))(handler)

        store.answers.append(answer)
        with serving("--graph", world.path.parent, "--endpoint", store.url) as running:
            yield running, said


def test_pages_and_questions_are_those_of_the_graph_here(served: Served) -> None:
    assert httpx.get(f"{served.url}/queries/evidence?outcome=CRR", headers={"Accept": "text/csv"}).is_success
    assert httpx.get(f"{served.url}/health").json()["workers"] == 2


@pytest.mark.nightly
def test_a_store_that_ends_is_a_bad_gateway_and_the_log_says_why(world: Graph, tmp_path: Path) -> None:
    with ExitStack() as both, ExitStack() as brief:
        store = brief.enter_context(servers.oxigraph(tmp_path))
        push(world, Target(store.url))
        server = both.enter_context(serving("--graph", world.path.parent, "--endpoint", store.url))
        brief.close()
        answer = httpx.get(f"{server.url}/sparql", params={"query": "ASK {}"}, timeout=30)
        assert (answer.status_code, answer.json()["detail"][-25:]) == (502, "answer; why is in the log")
        health = httpx.get(f"{server.url}/health", timeout=30)
        assert (health.status_code, health.json()["status"]) == (503, "SPARQL is not answered")
        assert [line["problem"] for line in server.log() if "problem" in line] == [f"{store.url}: refuses connections"]


@pytest.mark.nightly
def test_a_store_that_holds_another_graph_is_refused_before_anything_is_served(
    run: Callable[..., Run], two_sources: Graph, store: Server
) -> None:
    result = run("serve", "--graph", str(two_sources.path.parent), "--port", "0", "--endpoint", store.url)
    assert result.code == 4
    assert f"{store.url}: holds another graph" in result.err
    assert f"run: cartkg push {store.url}" in result.err
