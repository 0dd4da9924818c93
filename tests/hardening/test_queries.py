"""No text of a query brings anything down, reaches anywhere or passes the policy as something else than it is."""

from __future__ import annotations

import contextlib
import os
import socketserver
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql.parser import parseQuery

from cartkg.confined import Limits, confined
from cartkg.errors import CartkgError, LimitError, UsageError
from cartkg.queries.asking import ask
from cartkg.queries.parameters import shown_values
from cartkg.queries.policy import check
from cartkg.queries.sandbox import run
from cartkg.queries.stored import stored_queries
from cartkg.rdf.vocabulary import PREFIXES

from . import MANY, SEED, lots_of, tell

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

SUITE = Path(os.environ.get("CARTKG_W3C", "none")) / "sparql" / "sparql11"
QUICK = Limits(seconds=3, memory=600)
PREFIXED = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("ck", "rdfs"))
WORDS = (
    'SELECT * ASK { } ( ) ?s ?p ?o . ; , <http://a/b> ck:size "text" 1e5 FILTER OPTIONAL UNION MINUS SERVICE GRAPH '
    "FROM VALUES UNDEF BIND AS REGEX LIMIT ORDER BY GROUP COUNT(*) EXISTS <<( )>> LATERAL _:b [] INSERT LOAD WHERE"
)
MARKS = ("'", '"' * 3, "(a+)+$", "*", "+", "/", "^", "|", "\\", "\\u0022", "#", "\n", "\0", "\u202e", "\ud800")
PIECES = [f"{word} " for word in WORDS.split(" ")] + list(MARKS)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=200)
# Pieces of a pattern that are valid by themselves, so that what they make together is mostly asked and not refused.
PATTERNS = (
    "?s ?p ?o .",
    "?s ck:size ?n .",
    "?o ?q ?r .",
    "OPTIONAL { ?s rdfs:label ?l }",
    "FILTER(?n > 5)",
    "FILTER(BOUND(?l))",
    "FILTER NOT EXISTS { ?s ck:size ?o }",
    "FILTER(REGEX(STR(?o), '(a+)+$'))",
    "MINUS { ?s a ck:Study }",
    "VALUES ?s { UNDEF <http://a/b> }",
    "VALUES (?n ?l) { (1 'x') (UNDEF UNDEF) }",
    "{ ?s a ck:Study } UNION { ?s ?p 1 }",
    "{ SELECT ?s (COUNT(*) AS ?m) { ?s ?p ?o } GROUP BY ?s }",
    "?s (ck:size|!ck:size)* ?z .",
    "?s ^ck:size ?o .",
    "GRAPH ?g { ?s ?p ?o }",
    "BIND(CONCAT(STR(?o), STR(?o)) AS ?c)",
    "BIND(1 / 0 AS ?e)",
    "{ SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 9 }",
    "[] ?p (1 [ ?q 'x' ]) .",
    "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }",
    "{",
    "}",
    '"',
    "<",
    "\\u0022",
)
BODIES = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=5).map(" ".join)
COUNTED: dict[str, int] = {}


@settings(max_examples=100 * MANY, deadline=None, derandomize="CARTKG_SEED" not in os.environ)
@given(text=TEXTS)
def test_the_policy_says_yes_or_says_why(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert check(text, "mine.rq", set()) in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


@settings(max_examples=5 * MANY, deadline=None, derandomize="CARTKG_SEED" not in os.environ)
@given(body=BODIES)
def test_what_passes_is_answered_or_refused_within_its_limits(world: Graph, body: str) -> None:
    try:
        run(world, f"{PREFIXED} SELECT * WHERE {{ {body} }} LIMIT 1000", limits=QUICK)
        outcome = "answered"
    except LimitError:
        outcome = "stopped"
    except CartkgError:
        outcome = "refused"
    COUNTED[outcome] = COUNTED.get(outcome, 0) + 1


def test_what_passes_is_counted() -> None:
    tell(f"{100 * MANY} texts put before the policy; {sum(COUNTED.values())} queries by lot run: {COUNTED}")


def test_mutated_values_of_parameters_are_taken_or_refused(world: Graph) -> None:
    lots, outcomes = lots_of(SEED), {"answered": 0, "refused": 0}
    asked = [query for query in stored_queries().values() if query.parameters and not query.internal]
    odd = [*MARKS, *PIECES, "", "\ufeff", "\u0130", "9" * 400, "-0", "1e999", "nan", "2024-02-30", "x" * 70_000]
    for _ in range(20 * MANY):
        query = lots.choice(asked)
        values = {}
        for name in lots.sample(sorted(query.parameters), lots.randrange(1, min(4, len(query.parameters) + 1))):
            known = [*shown_values(world, query, query.parameters[name]), "BCMA", "12"]
            text = lots.choice(known)
            place = lots.randrange(len(text) + 1)
            values[name] = text[:place] + lots.choice(odd) + text[place + lots.randrange(3) :]
        try:
            ask(world, query.name, values)
            outcomes["answered"] += 1
        except CartkgError:
            outcomes["refused"] += 1
    tell(f"{20 * MANY} mutated values of parameters: {outcomes}")


def ways_out(url: str) -> list[str]:
    """Queries that would ask another place, if anything let them."""
    calls = [
        "SERVICE <URL> {}", "SERVICE SILENT <URL> {}", "service<URL>{}", "SERVICE # c\n <URL> {}", "SERVICE x: {}",
        "BIND(<URL> AS ?e) SERVICE ?e {}", "SERV\\u0049CE <URL> {}", "?s ?p 1e0SERVICE<URL>{}",
        "GRAPH <URL> { ?s ?p ?o }", "?s ?p trueSERVICE<URL>{}", "?s ?p falseSERVICE SILENT<URL>{}",
        "VALUES ?e { <URL> } SERVICE ?e { ?s ?p ?o }", "SERVICE <file:///etc/passwd> {}",
    ]  # fmt: skip
    wrapped = ("CALL", "FILTER EXISTS { CALL }", "OPTIONAL { CALL }", "{ SELECT * { CALL } }", "MINUS { CALL }")
    found = ["PREFIX x: <URL> SELECT * { CALL }".replace("CALL", wrap).replace("CALL", call)
             for call in calls for wrap in wrapped]  # fmt: skip
    found += [
        "SELECT * FROM <URL> { ?s ?p ?o }", "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }", "DESCRIBE <URL>",
        "LOAD <URL>", "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    ]  # fmt: skip
    return [text.replace("URL", url) for text in found]


def test_no_way_out_of_the_process_that_asks_is_open_even_without_the_policy(world: Graph) -> None:
    called: list[object] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            called.append(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        ways = ways_out(f"http://127.0.0.1:{server.server_address[1]}/")
        for text in ways[:: 12 if MANY == 1 else 1]:
            with contextlib.suppress(CartkgError):
                confined("cartkg.queries.sandbox:evaluating", text.encode(), "mine", QUICK, str(world.path / "store"))
        server.shutdown()
        thread.join()
    assert called == []
    tell(f"{len(ways[:: 12 if MANY == 1 else 1])} ways to reach another place: {len(called)} calls")


@pytest.mark.skipif(not SUITE.is_dir(), reason="CARTKG_W3C names no folder with the W3C tests of SPARQL 1.1")
def test_the_policy_finds_service_where_another_parser_does() -> None:
    asked = 0
    for file in sorted(SUITE.rglob("*.rq")):
        text = file.read_text(encoding="utf-8")
        parsed = None
        with contextlib.suppress(Exception):  # what that parser does not read says nothing
            parsed = "ServiceGraphPattern" in str(parseQuery(text))
        if parsed is None:
            continue
        try:
            check(text, file.name)
            refused = False
        except UsageError as error:
            refused = "SERVICE asks another endpoint" in str(error)
        assert refused is parsed, file
        asked += 1
    tell(f"{asked} W3C queries: the policy and another parser agree on SERVICE")
