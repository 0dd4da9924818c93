"""SPARQL text is read as tokens, so that what stands in strings, IRIs and comments is never taken for syntax."""

from __future__ import annotations

import pytest

from cartkg.rdf.tokens import tokens, values_rows


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
    assert [part for name, start, end in values_rows(text) for part in (name, text[start:end])] == inside
