"""A caller's own SPARQL runs in a process of its own: within limits, without reaching out, and without harm."""

from __future__ import annotations

import http.server
import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib

from cartkg.confined import Limits
from cartkg.errors import LimitError, StorageError, UsageError
from cartkg.queries import policy, sandbox
from cartkg.queries.answers import plain
from cartkg.queries.sandbox import run
from cartkg.rdf.in_rdflib import to_rdflib
from cartkg.rdf.vocabulary import graph_name

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

ASSERTED = "https://w3id.org/cartkg/graph/asserted"

CK = "PREFIX ck: <https://w3id.org/cartkg/ontology/>\n"
DOUBLED = " ".join(f"BIND(CONCAT(?x{step}, ?x{step}) AS ?x{step + 1})" for step in range(32))


def test_a_select_gives_its_rows(world: Graph) -> None:
    answer = run(world, CK + "SELECT ?size { ?cohort ck:size ?size } ORDER BY ?size LIMIT 2")
    assert answer.variables == ("size",)
    assert len(answer) == 2


def test_an_ask_gives_one_truth_value(world: Graph) -> None:
    assert [plain(row[0]) for row in run(world, CK + "ASK { ?x a ck:Cohort }").rows] == ["true"]


@pytest.mark.parametrize("text", ["DESCRIBE ck:Cohort", "CONSTRUCT { ?x a ck:Group } WHERE { ?x a ck:Cohort }"])
def test_a_graph_comes_as_triples(world: Graph, text: str) -> None:
    answer = run(world, CK + text)
    assert answer.variables == ("subject", "predicate", "object")
    assert len(answer) > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {", "not valid SPARQL: error at 1:11"),
        ("SELECT (<http://a/>(1) AS ?x) {}", "can not be answered: .*not supported"),
    ],
)
def test_what_the_engine_refuses_is_said(world: Graph, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(world, text)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("text", "limits", "message"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", Limits(seconds=1), "no answer within 1 second"),
        ("SELECT * { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(300)) + " }", Limits(seconds=1), "no answer"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } ", Limits(seconds=120, memory=300), "needs more than 300 MB"),
        pytest.param(
            f'SELECT * {{ BIND("0123456789abcdef" AS ?x0) {DOUBLED} }}',
            Limits(seconds=120),
            "needs more than 2048 MB",
            marks=pytest.mark.nightly,
        ),
        ("SELECT * { ?a ?b ?c }", Limits(seconds=120, answer=0), "gives more than 0 MB"),
    ],
    ids=["time", "planning", "memory of rows", "memory of text", "answer"],
)
def test_what_needs_too_much_is_stopped(world: Graph, text: str, limits: Limits, message: str) -> None:
    with pytest.raises(LimitError, match=message):
        run(world, text, limits=limits)
    assert len(run(world, "ASK {}")) == 1


def children() -> set[str]:
    """The processes that this one has started and that still are."""
    lists = Path("/proc/self/task").glob("*/children")
    return {one for found in lists for one in found.read_text(encoding="utf-8").split()}


@pytest.mark.no_cover
def test_an_interrupted_caller_leaves_nothing_running(world: Graph) -> None:
    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    others = children()
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(world, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", limits=Limits(seconds=60))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert children() <= others


def test_what_is_no_text_is_refused_before_anything_runs(world: Graph) -> None:
    others = children()
    with pytest.raises(UsageError, match="half of a character, which is not text"):
        run(world, "SELECT ('\ud800' AS ?x) {}")
    assert children() <= others


def test_the_child_reaches_nothing_even_without_the_gate(world: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(sandbox, "check", lambda *_: "SELECT")
    try:
        with pytest.raises(UsageError, match="can not be answered"):
            run(world, f"SELECT * {{ SERVICE <http://127.0.0.1:{server.server_port}/> {{ ?s ?p ?o }} }}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []
    assert policy.check is not sandbox.check


@pytest.mark.no_cover
def test_the_engine_can_crash_without_taking_the_caller_along(world: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "check", lambda *_: "SELECT")
    with pytest.raises(LimitError):
        run(world, "SELECT * " + "{" * 50_000 + "}" * 50_000)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("clauses", "pattern", "graphs"),
    [
        ("", "?s ?p ?o", None),
        ("FROM <https://w3id.org/cartkg/graph/asserted>", "?s ?p ?o", ["asserted"]),
        ("FROM <https://w3id.org/cartkg/graph/asserted> FROM <https://w3id.org/cartkg/graph/mappings>", "?s ?p ?o",
         ["asserted", "mappings"]),
        ("FROM NAMED <https://w3id.org/cartkg/graph/asserted>", "?s ?p ?o", []),
        ("FROM NAMED <https://w3id.org/cartkg/graph/asserted>", "GRAPH ?g { ?s ?p ?o }", ["asserted"]),
        ("FROM <https://w3id.org/cartkg/graph/asserted>", "GRAPH ?g { ?s ?p ?o }", []),
    ],
)  # fmt: skip
def test_from_and_from_named_say_of_which_graphs(
    world: Graph, clauses: str, pattern: str, graphs: list[str] | None
) -> None:
    quads = [(str(quad.triple), quad.graph_name) for quad in world.quads()]
    wanted = {triple for triple, home in quads if graphs is None or home in {graph_name(name) for name in graphs}}
    text = f"SELECT (COUNT(*) AS ?n) {clauses} WHERE {{ {pattern} }}"
    assert run(world, text).rows[0][0].value == str(len(wanted))
    assert world.rows(text) == [{"n": str(len(wanted))}]


@pytest.fixture(scope="module")
def asserted(world: Graph) -> rdflib.Graph:
    """The asserted graph of the invented world, in another engine."""
    return to_rdflib(world).graph(ASSERTED)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "clauses", [f"FROM <{ASSERTED}>", f"FROM NAMED <{ASSERTED}>", f"FROM <{ASSERTED}> FROM NAMED <{ASSERTED}>"]
)
@pytest.mark.parametrize(
    "pattern", ["?s ck:size ?o", "GRAPH ?g { ?s ck:size ?o }", "?s ck:size ?o . GRAPH ?g { ?s a ?c }"]
)
def test_another_engine_understands_from_alike(
    world: Graph, asserted: rdflib.Graph, clauses: str, pattern: str
) -> None:
    text = f"{CK}SELECT * {clauses} WHERE {{ {pattern} }}"
    wanted = rdflib.Dataset()
    if clauses.startswith("FROM <"):
        for triple in asserted:
            wanted.add(triple)
    if "NAMED" in clauses:
        for triple in asserted:
            wanted.graph(ASSERTED).add(triple)
    found = wanted.query(f"{CK}SELECT * WHERE {{ {pattern} }}")
    rows = sorted(sorted(f"{name}={value}" for name, value in row.asdict().items()) for row in found)
    answer = run(world, text)
    names = answer.variables
    assert sorted(sorted(f"{n}={plain(v)}" for n, v in zip(names, row, strict=True)) for row in answer.rows) == rows


def test_the_work_of_the_process_that_is_asked_is_an_answer_or_a_reason(world: Graph, tmp_path: Path) -> None:
    work = sandbox.evaluating(str(world.stored(named=False)))
    assert json.loads(work(b"ASK {}"))["boolean"] is True
    assert work(b"CONSTRUCT WHERE { ?s a <http://a/none> }") == b""
    with pytest.raises(UsageError, match="not valid SPARQL"):
        work(b"SELECT")
    with pytest.raises(StorageError, match="run the command again"):
        sandbox.evaluating(str(tmp_path / "none"))


def test_from_may_name_a_graph_by_a_prefix(world: Graph) -> None:
    text = "PREFIX g: <https://w3id.org/cartkg/graph/> SELECT (COUNT(*) AS ?n) FROM g:asserted { ?s ?p ?o }"
    assert run(world, text) == run(world, text.replace("g:asserted", f"<{ASSERTED}>"))
