"""A caller's own SPARQL is refused, with the place and the reason, when it reaches elsewhere, writes or overloads."""

from __future__ import annotations

import pytest

from cartkg.errors import UsageError
from cartkg.queries.policy import check

GRAPH = "https://w3id.org/cartkg/graph/asserted"
TWICE = """PREFIX g: <https://w3id.org/cartkg/graph/>
SELECT * FROM NAMED g:asserted FROM g:asserted
FROM <https://w3id.org/cartkg/graph/asserted>"""
ESCAPED = "SERV" + chr(92) + "u0049CE"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> {?s ?p ?o} }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> {?s ?p ?o} }",
        "SELECT * { service <http://127.0.0.1:9/> {} }",
        "SELECT * { SERVICE<http://127.0.0.1:9/> {} }",
        "SELECT * { SERVICE # comment\n <http://127.0.0.1:9/> {} }",
        "SELECT * { SERVICE ?anywhere {?s ?p ?o} }",
        "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x:y {} }",
        "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> {} } }",
        "ASK { OPTIONAL { SERVICE <http://127.0.0.1:9/> {} } }",
        "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:9/> {} } } }",
        'SELECT * { BIND("}" AS ?x) SERVICE <http://127.0.0.1:9/> {} }',
        f"SELECT * {{ {ESCAPED} <http://127.0.0.1:9/> {{}} }}",
        'SELECT * { BIND("\\u0022) SERVICE <http://127.0.0.1:9/> {} #" AS ?x) }',
        "SELECT * { MINUS { SERVICE <file:///etc/passwd> {} } }",
    ],
)
def test_every_spelling_of_service_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="SERVICE asks another endpoint"):
        check(text, "mine.rq", {GRAPH})


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p "SERVICE <http://a/>" }',
        "SELECT * { ?s <http://a/SERVICE> ?o }",
        "SELECT ?SERVICE { ?SERVICE ?p ?o } # SERVICE <http://a/>",
        "PREFIX a: <http://a/> SELECT * { ?s a:SERVICE ?o . ?s a:LOAD _:b }",
        "select * from <https://w3id.org/cartkg/graph/asserted> { ?s ?p 'FROM <http://a/>' }",
        "SELECT * FROM NAMED <https://w3id.org/cartkg/graph/asserted> { GRAPH ?g { ?s ?p ?o } }",
        'SELECT * { BIND("\\u0041" AS ?x) }',
    ],
)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert check(text, "mine.rq", {GRAPH}) == "SELECT"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("SELECT *\nFROM <http://a/> {}", r"mine.rq:2:6: FROM <http://a/> is not in the graph; there are: <https"),
        ("SELECT * FROM NAMED <file:///etc/passwd> {}", "mine.rq:1:21: FROM <file"),
        ("PREFIX a: <http://a/> SELECT * FROM a:b {}", "FROM a:b is not in the graph"),
        (f"{TWICE} {{}}", "mine.rq:3:6: FROM <https.*> stands twice, and its triples would count twice; write it once"),
        (
            "INSERT DATA { <http://a/> <http://b/> 1 }",
            "mine.rq: only ASK, CONSTRUCT, .* and this is INSERT",
        ),
        ("LOAD <http://a/>", "this is LOAD"),
        ("PREFIX a: <http://a/> DELETE WHERE { ?s ?p ?o }", "this is DELETE"),
        ("", "this is none of them"),
        ("\u200bASK {}", r"this begins with '\\u200b'"),
        ("SELECT * { ?s ck:size ?o }", "mine.rq:1:15: prefix ck: is not declared; write PREFIX ck: <https://w3id"),
        ("SELECT * " + "{" * 60 + "}" * 60, "nested 60 deep; at most 50"),
        ("SELECT * { " + "?a ?b ?c . " * 401 + "}", "more than 400 triple patterns"),
        ("SELECT * { }" + " " * 70_000, "characters long; at most 65536"),
    ],
)
def test_a_refusal_says_where_and_why(text: str, refusal: str) -> None:
    with pytest.raises(UsageError, match=refusal):
        check(text, "mine.rq", {GRAPH})


def test_all_refusals_come_in_one_run() -> None:
    with pytest.raises(UsageError) as caught:
        check("SELECT * FROM <http://a/> { ?s ck:x ?o . SERVICE <http://b/> {} }", "mine.rq", {GRAPH})
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "mine.rq:1:15", "mine.rq:1:32", "mine.rq:1:42",
    ]  # fmt: skip


def test_the_graphs_of_an_endpoint_are_its_own_business() -> None:
    assert check("ASK FROM <http://a/> {}", "mine.rq") == "ASK"


@pytest.mark.parametrize("form", ["SELECT *", "ASK", "CONSTRUCT { ?s ?p ?o } WHERE", "DESCRIBE * WHERE"])
def test_the_form_of_a_query_is_known(form: str) -> None:
    assert check(f"{form} {{ ?s ?p ?o }}", "mine.rq") == form.split(maxsplit=1)[0]
