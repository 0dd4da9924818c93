"""SPARQL text is read as tokens, so that what stands in strings, IRIs and comments is never taken for syntax."""

from __future__ import annotations

import pytest

from cartkg.rdf.tokens import column_alone, tokens, values_rows, with_lateral


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('"a # b"', ["text"]),
        ('"""a "b" c"""', ["text"]),
        (r"'it\'s'", ["text"]),
        ("<http://a/#b>", ["iri"]),
        ("?a < ?b", ["variable", "other", "variable"]),
        ("SELECT # SERVICE\n?x", ["word", "variable"]),
        ("ck:ofCohort/ck:size", ["name", "other", "name"]),
        ("$x{", ["variable", "mark"]),
    ],
)
def test_a_text_is_read_as_its_tokens(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


def test_a_token_knows_where_it_stands() -> None:
    text = "ASK  { ?x }"
    assert [text[token.start : token.end] for token in tokens(text)] == ["ASK", "{", "?x", "}"]


def test_a_keyword_is_known_in_any_letter_case() -> None:
    assert next(tokens("select")).is_word("SELECT")
    assert not next(tokens('"select"')).is_word("SELECT")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('VALUES ?x { "a}" } }', ["x", ' "a}" ']),
        ("values $x{<http://a/#b>}", ["x", "<http://a/#b>"]),
        ("# VALUES ?x { 1 }\nVALUES ?y { 2 }", ["y", " 2 "]),
        ('"VALUES ?x { 2 }" VALUES (?a ?b) { (1 2) }', []),
        ("VALUES", []),
    ],
)
def test_only_a_row_of_one_variable_is_a_values_row(text: str, inside: list[str]) -> None:
    assert [part for row in values_rows(text) for part in (row.name, text[row.start : row.end])] == inside


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("SELECT * WHERE { VALUES ?x { UNDEF } ?s ?p ?x }", "VALUES ?x { UNDEF }"),
        ("SELECT * WHERE { ?s ?p ?o . { VALUES ?x { UNDEF } ?s ?q ?x } }", "{ VALUES ?x { UNDEF } ?s ?q ?x }"),
        ("SELECT * WHERE { { VALUES ?x { UNDEF } ?s ?q ?x } ?s ?p ?o }", "{ VALUES ?x { UNDEF } ?s ?q ?x }"),
        (
            "SELECT * WHERE { ?s ?p ?o . { SELECT DISTINCT ?s WHERE { VALUES ?x { UNDEF } ?s ?q ?x } } }",
            "{ SELECT DISTINCT ?s WHERE { VALUES ?x { UNDEF } ?s ?q ?x } }",
        ),
        ("SELECT * WHERE { ?s ?p ?o . { SELECT ?s ?o WHERE { VALUES ?x { UNDEF } } } }", "VALUES ?x { UNDEF }"),
        ("SELECT * WHERE { OPTIONAL { VALUES ?x { UNDEF } ?s ?q ?x } }", "VALUES ?x { UNDEF }"),
        ("SELECT * WHERE { ?s ?p ?o . { ?s ?r ?o VALUES ?x { UNDEF } ?s ?q ?x } }", "VALUES ?x { UNDEF }"),
        ("SELECT * WHERE { { VALUES ?x { UNDEF } ?s ?q ?x } UNION { ?s ?p ?o } }", "VALUES ?x { UNDEF }"),
        ("SELECT * WHERE { { ?s ?p ?o } UNION { VALUES ?x { UNDEF } ?s ?q ?x } }", "VALUES ?x { UNDEF }"),
    ],
)
def test_the_clause_of_a_row_is_what_does_nothing_while_it_is_undefined(text: str, clause: str) -> None:
    (row,) = values_rows(text)
    assert row.undefined
    assert text[slice(*row.clause)] == clause


def test_a_row_with_a_term_is_not_undefined() -> None:
    assert [row.undefined for row in values_rows('SELECT * WHERE { VALUES ?x { "UNDEF" } VALUES ?y { 0 } }')] == [
        False,
        False,
    ]


def test_a_flat_optional_becomes_lateral_and_a_nested_one_stays() -> None:
    text = "SELECT * WHERE { ?s ?p ?o OPTIONAL { ?o ?q ?r } OPTIONAL { { ?o ?q ?u } UNION { ?u ?q ?o } } }"
    assert with_lateral(text) == text.replace("OPTIONAL { ?o ?q ?r }", "LATERAL { SELECT * { OPTIONAL { ?o ?q ?r } } }")


def test_an_optional_that_computes_with_what_stands_outside_it_sees_that_when_lateral() -> None:
    text = "SELECT * WHERE { ?s ?p ?o OPTIONAL { ?o ?q ?r FILTER(?r != ?s) } }"
    assert with_lateral(text) == text.replace("OPTIONAL {", "LATERAL { OPTIONAL {").replace("} }", "} } }")


def test_where_everything_is_asked_for_only_an_optional_of_several_patterns_becomes_lateral() -> None:
    one, several = "OPTIONAL { ?o ?q ?r }", "OPTIONAL { ?o ?q ?u . ?u ?q ?v }"
    found = with_lateral(f"SELECT * WHERE {{ ?s ?p ?o {one} {several} }}", everything=True)
    assert found == f"SELECT * WHERE {{ ?s ?p ?o {one} LATERAL {{ SELECT * {{ {several} }} }} }}"


def test_a_column_alone_keeps_the_conditions_and_what_is_computed_from_an_optional_value() -> None:
    text = """SELECT ?a (STR(?b) AS ?label) WHERE {
  ?a ?p ?o FILTER(?o > 1)
  OPTIONAL { ?a ?q ?b }
  OPTIONAL { ?a ?r ?d OPTIONAL { ?d ?r ?e } }
  BIND(BOUND(?d) AS ?has) VALUES ?has { true }
} ORDER BY ?b"""
    kept = """SELECT DISTINCT ?a WHERE {
  ?a ?p ?o FILTER(?o > 1) OPTIONAL { ?a ?r ?d OPTIONAL { ?d ?r ?e } }
  BIND(BOUND(?d) AS ?has) VALUES ?has { true } }"""
    assert column_alone(text, "a").split() == kept.split()
