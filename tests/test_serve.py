"""The graph is served over HTTP: by the rules of its protocols, read-only, within limits, and to nobody else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox
import pytest
from SPARQLWrapper import CSV, JSON, POST, RDFXML, TURTLE, XML, SPARQLWrapper
from starlette.exceptions import HTTPException

from cartkg.queries.sandbox import run
from cartkg.queries.stored import stored_queries
from cartkg.query import query
from cartkg.rdf.vocabulary import graph_name
from cartkg.serve import worker as evaluating
from cartkg.serve.workers import Turns
from cartkg.trace import trace

from .conftest import ROOT, TRIAL
from .serving import Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cartkg.rdf.store import Graph

CK = "PREFIX ck: <https://w3id.org/cartkg/ontology/>\n"
COHORTS = CK + "SELECT ?cohort ?size { ?cohort a ck:Cohort ; ck:size ?size } ORDER BY ?cohort"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_TICKS = os.sysconf("SC_CLK_TCK") // 4  # of the clock: what shows that a query is computed
ASSERTED = graph_name("asserted").value
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def served(world: Graph) -> Iterator[Served]:
    """The invented world, with a short time limit."""
    with serving("--graph", world.path.parent, "--timeout", "4", "--memory", "700") as running:
        first = {"query": "ASK {}"}
        assert _becomes(lambda: httpx.get(f"{running.url}/sparql", params=first, timeout=60).is_success, seconds=60)
        yield running


@pytest.fixture(scope="module")
def work(world: Graph) -> Callable[..., tuple[dict[str, object], bytes]]:
    """What a worker answers, in this process, where memory and time have no end."""
    union, named = (ox.Store.read_only(str(world.stored(named=names))) for names in (False, True))
    asking = {"default": [], "named": [], "results": "json", "graphs": "ttl"}

    def answer(text: str, most: int = 1 << 20, **asked: object) -> tuple[dict[str, object], bytes]:
        return evaluating._answer({"query": text, **asking, **asked}, (union, named), set(), most)

    return answer


def test_a_worker_answers_in_the_format_asked_for_or_says_why_not(work: Callable[..., Any], world: Graph) -> None:
    assert json.loads(work("ASK {}")[1])["boolean"] is True
    found = json.loads(work(COHORTS)[1])["results"]["bindings"]
    assert len(found) == len(run(world, COHORTS))
    assert work("CONSTRUCT WHERE { ?s a <http://a/none> }", graphs="nt") == ({"format": "nt", "truncated": False}, b"")
    assert str(work("SELECT")[0]["problem"]).startswith("not valid SPARQL: ")
    asserted = graph_name("asserted").value
    assert work("ASK { ?s a ?c }", default=[asserted])[1] != work("ASK { ?s a ?c }", default=["http://a/none"])[1]


def test_a_worker_cuts_what_does_not_fit_and_says_so(work: Callable[..., Any]) -> None:
    for text in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        head, content = work(text, 50_000)
        assert head["truncated"] is True
        assert 0 < len(content) <= 100_000


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=60) as one:
        yield one


# SPARQL 1.1 Protocol


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.get("/sparql", params={"query": COHORTS}),
        lambda client: client.post("/sparql", data={"query": COHORTS}),
        lambda client: client.post(
            "/sparql", content=COHORTS, headers={"Content-Type": "Application/SPARQL-query; charset=UTF-8"}
        ),
    ],
    ids=["GET", "POST of a form", "POST of the query"],
)
def test_a_query_comes_in_three_ways_and_gets_the_rows_of_the_graph(
    client: httpx.Client, world: Graph, send: object
) -> None:
    answer = send(client)  # type: ignore[operator]
    assert answer.headers["content-type"] == "application/sparql-results+json"
    found = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
    assert tuple(map(tuple, found)) == run(world, COHORTS).rows


@pytest.mark.parametrize(
    ("accept", "media", "form"),
    [
        ("application/sparql-results+xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", ox.QueryResultsFormat.TSV),
        (
            "application/json;q=0.5, application/xml;q=0.2",
            "application/sparql-results+json",
            ox.QueryResultsFormat.JSON,
        ),
        ("*/*", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("Application/SPARQL-Results+XML", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
    ],
)
def test_results_come_in_the_format_that_is_accepted(
    client: httpx.Client, world: Graph, accept: str, media: str, form: ox.QueryResultsFormat
) -> None:
    answer = client.get("/sparql", params={"query": COHORTS}, headers={"Accept": accept})
    assert answer.headers["content-type"] == media
    assert tuple(map(tuple, ox.parse_query_results(answer.content, format=form))) == run(world, COHORTS).rows


def test_csv_has_the_bare_values(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "SELECT (1 AS ?x) {}"}, headers={"Accept": "text/csv"})
    assert answer.text.split() == ["x", "1"]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
@pytest.mark.parametrize("text", ["CONSTRUCT { ?x a ck:Group } WHERE { ?x a ck:Cohort }", "DESCRIBE ck:Cohort"])
def test_triples_come_in_the_format_that_is_accepted(
    client: httpx.Client, world: Graph, accept: str, form: ox.RdfFormat, text: str
) -> None:
    answer = client.get("/sparql", params={"query": CK + text}, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == accept
    assert len({*ox.parse(answer.content, format=form)}) == len({*run(world, CK + text).rows})


def test_sparqlwrapper_asks_in_every_way_it_knows(served: Served, world: Graph) -> None:
    for method in ("GET", POST):
        wrapper = SPARQLWrapper(f"{served.url}/sparql")
        wrapper.setMethod(method)
        wrapper.setQuery(COHORTS)
        for kind in (JSON, XML, CSV):
            wrapper.setReturnFormat(kind)
            found = wrapper.queryAndConvert()
            count = len(run(world, COHORTS))
            assert {
                JSON: lambda found: len(found["results"]["bindings"]),
                XML: lambda found: len(found.getElementsByTagName("result")),
                CSV: lambda found: len(found.splitlines()) - 1,
            }[kind](found) == count
        wrapper.setQuery(CK + "CONSTRUCT { ?x a ck:Group } WHERE { ?x a ck:Cohort }")
        for kind in (TURTLE, RDFXML):
            wrapper.setReturnFormat(kind)
            assert b"Group" in wrapper.query().response.read()


@pytest.mark.parametrize(
    ("dataset", "pattern", "same"),
    [
        ({"default-graph-uri": [ASSERTED]}, "?s ?p ?o", f"FROM <{ASSERTED}>"),
        ({"default-graph-uri": [ASSERTED, ASSERTED]}, "?s ?p ?o", f"FROM <{ASSERTED}>"),
        ({"named-graph-uri": [ASSERTED]}, "GRAPH ?g { ?s ?p ?o }", f"FROM NAMED <{ASSERTED}>"),
        ({"named-graph-uri": [ASSERTED]}, "?s ?p ?o", f"FROM NAMED <{ASSERTED}>"),
        ({}, "GRAPH ?g { ?s ?p ?o }", ""),
    ],
)
def test_the_protocol_says_of_which_graphs_as_from_does(
    client: httpx.Client, world: Graph, dataset: dict[str, list[str]], pattern: str, same: str
) -> None:
    text = "SELECT (COUNT(*) AS ?n) %s { %s }"
    answer = client.get("/sparql", params={"query": text % ("", pattern), **dataset})
    found = answer.json()["results"]["bindings"][0]["n"]["value"]
    assert found == run(world, text % (same, pattern)).rows[0][0].value  # type: ignore[union-attr]


def test_the_graphs_of_the_protocol_take_the_place_of_those_of_the_query(client: httpx.Client) -> None:
    text = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/cartkg/graph/ontology> { ?s ?p ?o }"
    both = [
        client.get("/sparql", params={"query": text, **more}).json()["results"]["bindings"][0]["n"]["value"]
        for more in ({}, {"default-graph-uri": ASSERTED})
    ]
    assert both[0] != both[1]


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "status", "says"),
    [
        ("GET", "/sparql?query=SELECT%20%7B", b"", {}, 400, "not valid SPARQL"),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", b"", {}, 400, "one query is answered at a time"),
        ("GET", "/sparql?qeury=ASK%7B%7D", b"", {}, 400, "there is no field 'qeury'"),
        ("GET", "/sparql?query=%FF", b"", {}, 400, "not UTF-8"),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=http%3A%2F%2Fa%2F", b"", {}, 400, "is not served"),
        ("GET", "/sparql?query=ASK%7Bx%3Ay%20%3Fp%20%3Fo%7D", b"", {}, 400, "prefix x: is not declared"),
        ("GET", "/sparql?update=CLEAR%20ALL", b"", {}, 403, "nothing is updated"),
        ("POST", "/sparql", b"update=CLEAR+ALL", FORM, 403, "nothing is updated"),
        ("POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 403, "nothing is updated"),
        ("POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-query"}, 400, "only ASK, CONSTRUCT"),
        ("POST", "/sparql", b"LOAD <http://a/>", {"Content-Type": "application/sparql-query"}, 400, "only ASK"),
        ("POST", "/sparql", b"ASK {}", {"Content-Type": "text/plain"}, 415, "a query comes as"),
        ("POST", "/sparql", b"query=ASK+%7B%7D", FORM | {"Content-Encoding": "gzip"}, 415, "not compressed"),
        ("POST", "/sparql", b"\xff", {"Content-Type": "application/sparql-query"}, 400, "not UTF-8"),
        ("POST", "/sparql", b"", FORM, 400, "there are 0"),
        ("GET", "/sparql?query=ASK%7BSERVICE%20%3Chttp%3A%2F%2F127.0.0.1%2F%3E%7B%7D%7D", b"", {}, 400, "SERVICE asks"),
        ("GET", "/sparql?query=ASK%20FROM%20%3Cfile%3A%2F%2F%2Fetc%2Fpasswd%3E%7B%7D", b"", {}, 400, "is not in the"),
        ("GET", "/sparql?query=ASK%7B%7D", b"", {"Accept": "garbage"}, 406, "offered are"),
        ("PUT", "/sparql", b"", {}, 405, ""),
        ("DELETE", "/graphs?default", b"", {}, 405, ""),
        ("POST", "/graphs?default", b"<a:b> <a:b> <a:b> .", {}, 405, ""),
        ("GET", "/graphs", b"", {}, 400, "ask for ?default or ?graph=IRI"),
        ("GET", "/graphs?graph=http%3A%2F%2Fa%2F", b"", {}, 404, "no such graph"),
        ("GET", "/queries/nothing-of-that-name", b"", {}, 404, "no stored query is called"),
        ("GET", "/queries/evidence?target=moon", b"", {}, 400, "target: there is no 'moon'"),
        ("GET", "/queries/evidence?moon=1", b"", {}, 400, "no parameter 'moon'"),
        ("GET", "/queries/evidence?format=docx", b"", {}, 406, "no format 'docx'"),
        ("GET", "/queries/evidence", b"", {"Accept": "image/png"}, 406, "offered are"),
        ("GET", "/id/products/nothing", b"", {}, 404, "nothing here is called"),
        ("GET", "/id/%3E%20%3Cx", b"", {}, 404, "nothing here is called"),
        ("GET", "/../../etc/passwd", b"", {}, 404, ""),
        ("GET", "/static/..%2fstyle.css", b"", {}, 404, ""),
    ],
)
def test_what_is_wrong_is_refused_with_the_reason(
    client: httpx.Client, method: str, path: str, content: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    answer = client.request(method, path, content=content, headers={"Accept": "application/json"} | headers)
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert "Traceback" not in answer.text
    assert str(ROOT) not in answer.text


def test_a_problem_is_a_page_for_people(client: httpx.Client) -> None:
    answer = client.get("/queries/%3Cscript%3E", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Not Found</h1>" in answer.text
    assert "<script>" not in answer.text


def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client) -> None:
    get, head = (client.request(method, "/sparql", params={"query": "ASK {}"}) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


# Descriptions


def test_the_service_and_the_data_set_are_described_at_the_address_that_is_asked(
    client: httpx.Client, served: Served, world: Graph
) -> None:
    service, data = (
        {*ox.parse(client.get(path, headers={"Accept": "text/turtle"}).content, format=ox.RdfFormat.TURTLE)}
        for path in ("/sparql", "/void")
    )
    endpoint = ox.NamedNode(f"{served.url}/sparql")
    assert "http://www.w3.org/ns/sparql-service-description#endpoint" in {
        one.predicate.value for one in service if one.object == endpoint
    }
    counts = [one.object.value for one in data if one.predicate.value == "http://rdfs.org/ns/void#triples"]
    assert str(world.manifest.graphs["asserted"]) in counts


def test_the_graph_store_gives_a_named_graph_and_the_union(client: httpx.Client, world: Graph) -> None:
    for address in (f"/graphs?graph={ASSERTED}", "/graph/asserted"):
        answer = client.get(address, headers={"Accept": "application/n-triples"})
        assert answer.text.count("\n") == world.manifest.graphs["asserted"]
    everything = client.get("/graphs?default", headers={"Accept": "application/n-triples"})
    assert everything.text.count("\n") > world.manifest.graphs["asserted"]


def test_the_health_says_which_graph_is_served_and_by_how_many(client: httpx.Client, world: Graph) -> None:
    answer = client.get("/health")
    assert answer.json()["graph"] == world.manifest.sha256
    assert answer.json()["workers"] == 4
    assert "etag" not in answer.headers


# Stored questions


@pytest.mark.parametrize("ending", ["csv", "json", "tsv", "jsonl", "markdown"])
def test_a_stored_question_is_answered_as_on_the_command_line(client: httpx.Client, world: Graph, ending: str) -> None:
    from cartkg.queries.formats import WRITERS

    expected = WRITERS[ending](query(world, "evidence", {"outcome": "CRR"}).answer)
    assert client.get(f"/queries/evidence.{ending}?outcome=CRR").text == expected


def test_a_value_may_be_given_twice_and_columns_and_receipts_chosen(client: httpx.Client, world: Graph) -> None:
    answer = client.get("/queries/evidence.json?outcome=CRR&outcome=ORR&columns=outcome,receipt_places&receipt=yes")
    assert len(answer.json()) == len(query(world, "evidence", {"outcome": ["CRR", "ORR"]}))
    assert all(set(row) == {"outcome", "receipt_places"} and row["receipt_places"] for row in answer.json())


def test_every_question_has_an_address_that_openapi_tells_with_its_parameters(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    asked = {name: found for name, found in stored_queries().items() if not found.internal}
    assert {f"/queries/{name}" for name in asked} == set(described["paths"])
    assert [one["name"] for one in client.get("/queries").json()] == list(asked)
    for name, found in asked.items():
        told = described["paths"][f"/queries/{name}"]["get"]["parameters"]
        assert {*found.parameters} <= {one["name"] for one in told}
        answer = client.get(f"/queries/{name}", headers={"Accept": "application/json"})
        assert answer.status_code == 200, name
        assert client.get(f"/queries/{name}", headers={"Accept": "text/html"}).status_code == 200, name


def test_the_file_of_a_question_is_served_as_it_stands(client: httpx.Client) -> None:
    assert client.get("/queries/evidence.rq").text == stored_queries()["evidence"].text


def test_a_query_of_the_catalogue_is_found_by_its_iri(client: httpx.Client) -> None:
    assert client.get("/query/evidence").headers["location"] == "/queries/evidence"


# Things


def test_a_row_is_found_at_its_address_in_every_format(client: httpx.Client, world: Graph) -> None:
    node = next(
        quad.subject for quad in world.quads() if str(quad.subject).startswith("<https://w3id.org/cartkg/id/st")
    )
    path = node.value.removeprefix("https://w3id.org/cartkg")
    for ending, form in (("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES), ("jsonld", ox.RdfFormat.JSON_LD),
                         ("rdf", ox.RdfFormat.RDF_XML)):  # fmt: skip
        answer = client.get(f"{path}.{ending}")
        said = {*ox.parse(answer.content, format=form)}
        assert {one.subject for one in said} == {node}
        same = client.get(path, headers={"Accept": answer.headers["content-type"].partition(";")[0]})
        assert {*ox.parse(same.content, format=form)} == said
        assert same.headers["vary"] == "Accept"
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_a_row_is_a_record_in_json_and_markdown_with_its_receipt(client: httpx.Client, world: Graph) -> None:
    record = client.get("/id/observations/t4-r01-b-cell.json").json()
    assert record["receipt_places"] == "Table 4, row 1, column 4"
    assert "see discrepancies/b-cell-percent" in record["receipt_flags"]
    assert record["receipt_graph"] == str(world)
    assert record["trace"] == trace(world, "t4-r01-b-cell").to_dict()["steps"]
    product = client.get("/id/products/alphacel.json").json()
    sections = {one["question"]: one["rows"] for one in product["sections"]}
    assert sections["profile"] == list(query(world, "profile", {"product": "Alphacel"}))
    answer = client.get("/id/observations/t4-r01-b-cell.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "| receipt_places | Table 4, row 1, column 4 |" in answer.text
    page = client.get("/id/observations/t4-r01-b-cell.html").text
    assert all(f'href="/id/observations/t4-r01-b-cell.{ending}"' in page for ending in ("json", "md", "ttl"))
    assert client.get("/ontology/Cohort.json").json()["label"] == "cohort"


def test_a_term_is_found_at_its_address(client: httpx.Client) -> None:
    answer = client.get("/ontology/Cohort.ttl")
    assert "ck:Cohort a owl:Class" in answer.text
    assert "Population of people" in client.get("/ontology/Cohort.html").text
    assert client.get("/ontology", headers={"Accept": "text/turtle"}).headers["location"] == "/graph/ontology"


def test_rows_of_an_overlay_are_found_beside_those_of_the_data(trial: Graph) -> None:
    base = tomllib.loads((TRIAL / "overlay.toml").read_text(encoding="utf-8"))["base"]
    with serving("--graph", trial.path.parent) as own:
        for table in ("studies", "products"):
            node = next(
                quad.subject for quad in trial.quads()
                if str(quad.subject).startswith(f"<{base if table == 'studies' else 'https://w3id.org/cartkg/id/'}{table}/")
            )  # fmt: skip
            found = httpx.get(f"{own.url}/id/{node.value.partition('/id/')[2]}.nt").content
            assert {one.subject for one in ox.parse(found, format=ox.RdfFormat.N_TRIPLES)} == {node}


# Guard


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:80:80@evil.example"])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/sparql?query=ASK{}", headers={"Host": host}).status_code == 421


def test_another_origin_is_refused_and_no_answer_allows_one(client: httpx.Client) -> None:
    asked = client.get("/sparql?query=ASK{}", headers={"Origin": "https://evil.example"})
    assert asked.status_code == 403
    assert client.options("/sparql", headers={"Origin": "https://evil.example"}).status_code == 403
    two = [("Origin", str(client.base_url)), ("Origin", "https://evil.example")]
    assert client.get("/sparql?query=ASK{}", headers=two).status_code == 403
    crossed = client.post("/sparql", data={"query": "ASK {}"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert crossed.status_code == 403
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_an_origin_that_is_let_in_may_read_and_only_that(world: Graph) -> None:
    origin = "https://notebook.example"
    with serving("--graph", world.path.parent, "--cors", origin, "--name", "graph.example") as own:
        asked = httpx.get(f"{own.url}/sparql?query=ASK{{}}", headers={"Origin": origin, "Host": "graph.example"})
        assert asked.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in asked.headers
        assert "Origin" in asked.headers["vary"]
        flight = httpx.options(f"{own.url}/sparql", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert flight.status_code == 204
        other = httpx.get(f"{own.url}/sparql?query=ASK{{}}", headers={"Origin": "https://evil.example"})
        assert other.status_code == 403


def test_every_answer_has_the_headers_that_keep_a_page_harmless(client: httpx.Client) -> None:
    for path, headers in (("/", {}), ("/nothing", {}), ("/sparql?query=ASK{}", {}), ("/", {"Host": "evil.example"})):
        found = client.get(path, headers=headers).headers
        policy = found["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "no-referrer"
        assert "server" not in found


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [("/sparql?query=" + "%20" * 3_000 + "ASK%7B%7D", b"", 414), ("/sparql", b"query=" + b"+" * 300_000, 413)],
    ids=["address", "body"],
)
def test_what_is_too_large_is_refused(client: httpx.Client, path: str, content: bytes, status: int) -> None:
    method = "POST" if content else "GET"
    assert client.request(method, path, content=content, headers=FORM).status_code == status


def test_a_body_without_a_length_is_cut_where_it_gets_too_large(client: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(400):
            yield b"+" * 1_000

    with client.stream("POST", "/sparql", content=parts(), headers=FORM) as answer:
        assert answer.status_code == 413


def test_headers_without_end_are_refused(served: Served) -> None:
    answer = _raw(
        served, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"Connection: close\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 431 ")
    endless = _raw(served, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 100_000)
    assert endless.startswith(b"HTTP/1.1 400 ")


def test_another_version_of_http_is_not_spoken(served: Served) -> None:
    assert _raw(served, b"GET / HTTP/3.0\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 505 ")


def test_who_sends_no_whole_request_is_left_after_a_while(served: Served) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    parts = b"", b"GET / HT", head, head + b"Content-Length: 100\r\n\r\nASK"
    with ThreadPoolExecutor(len(parts)) as threads:
        *left, told = threads.map(lambda part: _raw(served, part, wait=20), parts)
    assert left == [b"", b"", b""]
    assert told.startswith(b"HTTP/1.1 408 ")


def _raw(served: Served, sent: bytes, wait: float = 5) -> bytes:
    """What a server answers to these bytes before it closes."""
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), wait) as connection:
        connection.sendall(sent)
        found = b""
        while part := connection.recv(65_536):
            found += part
    return found


def test_who_breaks_off_a_request_is_no_fault_of_the_server(served: Served) -> None:
    lines = len(served.log())
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    assert b"400 Bad Request" in _raw(served, head + b"Transfer-Encoding: chunked\r\n\r\n-6\r\nASK {}\r\n0\r\n\r\n")
    assert _becomes(lambda: len(served.log()) > lines)
    assert (served.log()[lines]["status"], "error" in served.log()[lines]) == (400, False)


def test_an_answer_is_known_again_by_its_tag(client: httpx.Client, world: Graph, two_sources: Graph) -> None:
    first = client.get("/queries/evidence.csv")
    again = client.get("/queries/evidence.csv", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/queries/evidence.json", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    anything = client.get("/queries/evidence.csv", headers={"If-None-Match": "*"})
    assert (anything.status_code, anything.content, anything.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get("/queries/no-such-question.csv", headers={"If-None-Match": "*"}).status_code == 404
    with serving("--graph", two_sources.path.parent) as changed:
        assert httpx.get(f"{changed.url}/queries/evidence.csv").headers["etag"] != first.headers["etag"]
    assert world.manifest.sha256 != two_sources.manifest.sha256


def test_the_log_has_a_line_a_request_and_no_query(served: Served, client: httpx.Client) -> None:
    before = len(served.log())
    client.get("/sparql", params={"query": "ASK { ?secret a ?secret }"})
    client.post("/sparql", data={"query": "ASK { ?secret a ?secret }"})
    client.get("/id/studies/%0A%7B%22forged%22:1%7D")
    assert _becomes(lambda: len(served.log()) >= before + 3)
    lines = served.log()[before:]
    assert [(line["method"], line["path"], line["status"]) for line in lines[:2]] == [
        ("GET", "/sparql", 200), ("POST", "/sparql", 200)
    ]  # fmt: skip
    assert len(lines) == 3
    assert "secret" not in json.dumps(lines)


# Limits


def test_a_query_without_end_is_stopped_while_others_are_answered(served: Served, client: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as threads:
        endless = threads.submit(client.get, "/sparql", params={"query": ENDLESS})
        time.sleep(0.3)
        assert client.get("/sparql", params={"query": "ASK { ?any ?other ?thing }"}).json()["boolean"] is True
        assert _becomes(lambda: max(os.getpriority(os.PRIO_PROCESS, one) for one in served.workers()) > 0)
        # Between sessions Linux shares evenly, whatever the priorities within them are.
        assert {os.getsid(one) for one in served.workers()} == {os.getsid(served.process.pid)}
        assert not endless.done()
        assert endless.result().status_code == 503
    assert "no answer within 4 seconds" in endless.result().json()["detail"]
    assert _becomes(lambda: client.get("/health").json()["workers"] == len(served.workers()) == 4)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f",
        'SELECT * { BIND("0123456789abcdef" AS ?x0) '
        + " ".join(f"BIND(CONCAT(?x{step}, ?x{step}) AS ?x{step + 1})" for step in range(32))
        + " }",
    ],
    ids=["rows", "text"],
)
def test_what_needs_too_much_memory_ends_one_worker_and_no_more(client: httpx.Client, text: str) -> None:
    answer = client.get("/sparql", params={"query": text})
    assert answer.status_code == 503
    assert "700 MB" in answer.text or "no answer within" in answer.text
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_workers_that_have_died_are_replaced(served: Served, client: httpx.Client) -> None:
    assert _becomes(lambda: len(served.workers()) == 4)  # those of an earlier test may still be ending
    for worker in served.workers():
        os.kill(worker, signal.SIGKILL)
    unasked = {"query": "ASK { ?never ?asked ?before }"}
    assert _becomes(lambda: client.get("/sparql", params=unasked).status_code == 200)
    assert _becomes(lambda: client.get("/health").json()["workers"] == 4)


def test_who_finds_all_busy_and_others_waiting_is_sent_away() -> None:
    async def visits() -> None:
        turns, busy = Turns(1, waiting=1), asyncio.Event()

        async def visit() -> str:
            async with turns.one():
                await busy.wait()
                return "answered"

        first, second = asyncio.create_task(visit()), asyncio.create_task(visit())
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as caught:
            await visit()
        assert (caught.value.status_code, caught.value.headers) == (503, {"Retry-After": "2"})
        busy.set()
        assert await asyncio.gather(first, second) == ["answered", "answered"]

    asyncio.run(visits())


@pytest.mark.nightly
def test_nobody_waits_in_vain_when_all_are_busy(client: httpx.Client) -> None:
    with ThreadPoolExecutor(40) as threads:
        found = list(threads.map(lambda _: client.get("/sparql", params={"query": ENDLESS}), range(40)))
    busy = [answer for answer in found if "retry-after" in answer.headers]
    assert {answer.status_code for answer in found} == {503}
    assert len(busy) >= 20
    assert _becomes(lambda: client.get("/sparql", params={"query": "ASK {}"}).status_code == 200)


def test_queries_that_take_long_keep_nobody_waiting_and_those_beyond_some_give_way(
    client: httpx.Client,
) -> None:
    with ThreadPoolExecutor(4) as threads:
        endless = [threads.submit(client.get, "/sparql", params={"query": f"{ENDLESS} # {n}"}) for n in range(4)]
        time.sleep(1)
        assert not any(one.done() for one in endless)
        assert client.get("/sparql", params={"query": "ASK { ?quick ?among ?long }"}).json()["boolean"] is True
        told = {one.result().json()["detail"].partition(";")[0] for one in endless}
    assert told == {"no answer within 4 seconds", "this takes long, and others wait"}


def test_a_visitor_who_goes_away_leaves_no_query_running(served: Served, client: httpx.Client) -> None:
    before, lines = {*served.workers()}, len(served.log())
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": ENDLESS}, timeout=0.5)
    assert _becomes(lambda: {*served.workers()} != before and len(served.workers()) == 4, seconds=3)
    assert _becomes(lambda: len(served.log()) > lines)
    assert "error" not in served.log()[lines]


@pytest.mark.nightly
def test_an_answer_that_is_cut_says_so(graph: Graph) -> None:
    everything = "SELECT ?s ?p ?o ?q { ?s ?p ?o . ?s ?q ?o2 } LIMIT 300000"
    with serving("--graph", graph.path.parent, "--timeout", "60") as own:
        for accept, form in (("application/sparql-results+json", ox.QueryResultsFormat.JSON),
                             ("application/sparql-results+xml", ox.QueryResultsFormat.XML)):  # fmt: skip
            cut = httpx.get(f"{own.url}/sparql", params={"query": everything}, headers={"Accept": accept}, timeout=90)
            assert cut.headers["x-truncated"] == "true"
            assert 1_000 < len(list(ox.parse_query_results(cut.content, format=form))) < 300_000
        triples = "CONSTRUCT { ?s ?q ?o . ?o2 ?p ?s } WHERE { ?s ?p ?o . ?s ?q ?o2 FILTER(ISIRI(?o2)) }"
        cut = httpx.get(f"{own.url}/sparql", params={"query": triples}, headers={"Accept": "application/n-triples"},
                        timeout=90)  # fmt: skip
        assert cut.headers["x-truncated"] == "true"
        assert len(list(ox.parse(cut.content, format=ox.RdfFormat.N_TRIPLES))) > 1_000
        again = httpx.get(f"{own.url}/sparql", params={"query": triples}, headers={"Accept": "application/n-triples"})
        assert (again.content, again.headers["x-truncated"]) == (cut.content, "true")
        whole = httpx.get(f"{own.url}/sparql", params={"query": "SELECT * { ?s ?p ?o } LIMIT 10"})
        assert "x-truncated" not in whole.headers


def _becomes(true: object, seconds: float = 10) -> bool:
    """Whether something comes true within a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_who_does_not_read_an_answer_keeps_none_of_it_from_others(served: Served, client: httpx.Client) -> None:
    text = "SELECT ?s ?p ?o ?q { ?s ?p ?o . ?s ?q ?o2 } LIMIT 40000"
    address = f"/sparql?query={text.replace('?', '%3F').replace(' ', '+')}"
    port = int(served.url.rpartition(":")[2])
    assert _becomes(lambda: client.get(address).is_success)  # once what others asked for has ended
    with socket.create_connection(("127.0.0.1", port), 20) as lazy:
        lazy.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert lazy.recv(12) == b"HTTP/1.1 200"
        time.sleep(0.5)  # until the lines of what was asked before are written
        lines = len(served.log())
        assert client.get("/sparql?query=ASK{}").json()["boolean"] is True
        assert _becomes(lambda: len(served.log()) > lines)
        assert len(served.log()) == lines + 1  # the other answer has not left yet


# Start and end


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_when_told_to_and_leaves_no_process(world: Graph, number: int, code: int) -> None:
    with serving("--graph", world.path.parent) as own:
        workers = own.workers()
        assert own.stop(number) == code
        assert "Traceback" not in own.file.read_text(encoding="utf-8")
    assert not any(_runs(worker) for worker in workers)


def test_what_is_being_answered_is_answered_before_it_ends(world: Graph) -> None:
    with serving("--graph", world.path.parent, "--timeout", "2") as own, ThreadPoolExecutor(1) as threads:
        assert httpx.get(f"{own.url}/sparql", params={"query": "ASK {}"}, timeout=60).is_success
        idle = own.work()
        endless = threads.submit(httpx.get, f"{own.url}/sparql", params={"query": ENDLESS}, timeout=30)
        assert _becomes(lambda: own.work() > idle + _TICKS)
        assert own.stop() == 0
        assert endless.result().status_code == 503


def test_workers_end_with_a_server_that_is_killed(world: Graph) -> None:
    with serving("--graph", world.path.parent, "--timeout", "600") as own, ThreadPoolExecutor(1) as threads:
        assert httpx.get(f"{own.url}/sparql", params={"query": "ASK {}"}, timeout=60).is_success
        idle = own.work()
        asked = threads.submit(httpx.get, f"{own.url}/sparql", params={"query": ENDLESS}, timeout=30)
        assert _becomes(lambda: own.work() > idle + _TICKS)
        workers = own.workers()
        own.stop(signal.SIGKILL)
        assert _becomes(lambda: not any(_runs(worker) for worker in workers))
        assert asked.exception() is not None


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_that_is_taken_is_said(served: Served, world: Graph) -> None:
    from click.testing import CliRunner

    from cartkg.cli import main

    port = served.url.rpartition(":")[2]
    done = CliRunner().invoke(main, ["serve", "--graph", str(world.path.parent), "--port", port])
    assert done.exit_code == 4
    assert f"can not listen on 127.0.0.1:{port}: Address already in use; name another --host" in done.output
