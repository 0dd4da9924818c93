"""One's own SPARQL is told what is surely a mistake in it, and nothing of what is right."""

from __future__ import annotations

import pytest

from cartkg.queries.policy import doubts, unknown_terms


def asked(body: str) -> str:
    """A query with our prefixes."""
    return (
        "PREFIX ck: <https://w3id.org/cartkg/ontology/>\n"
        f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nSELECT * {{ {body} }}"
    )


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("SELECT (AVG(?v) AS ?a) { ?o ck:value ?v }", "AVG(?v) mixes days, months and years"),
        ("SELECT (MAX(DISTINCT ?v) AS ?a) { ?o a ck:Observation ; ck:value ?v }", "MAX(?v) mixes"),
        ("SELECT (AVG(?p) AS ?a) { ?o ck:percent ?p }", "AVG(?p) takes rates of different groups together"),
        ("SELECT (AVG(?n) AS ?a) { ?o ck:denominator ?n }", "AVG(?n) takes denominators"),
        (asked('?s rdfs:label "CD19"'), 'rdfs:label "CD19" finds nothing'),
        (asked('?s rdfs:label ?l FILTER(?l = "CD19")'), 'rdfs:label "CD19" finds nothing'),
    ],
)
def test_a_mistake_is_told_with_what_to_write(text: str, begin: str) -> None:
    (told,) = doubts(text)
    assert told.startswith(begin)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (AVG(?v) AS ?a) { ?o ck:valueInMonths ?v }",
        "SELECT ?u (AVG(?v) AS ?a) { ?o ck:value ?v ; ck:unit ?u } GROUP BY ?u",
        "SELECT (SUM(?n) AS ?a) { ?o ck:denominator ?n }",
        "SELECT ?b (AVG(?p) AS ?a) { ?o ck:percent ?p ; ck:ofCohort/ck:denominatorBasis ?b } GROUP BY ?b",
        asked('?s rdfs:label "CD19"@en'),
        asked('?s rdfs:label ?l FILTER(STR(?l) = "CD19")'),
        asked('?s rdfs:label ?l FILTER(?l != "CD19")'),
        asked('?s ck:doiCode "10.1/x"'),
    ],
)
def test_what_is_right_is_not_doubted(text: str) -> None:
    assert doubts(text) == []


def test_a_term_that_the_ontology_does_not_have_is_named_with_the_nearest() -> None:
    (told,) = unknown_terms("SELECT ?o { ?o ck:numeratr 5 . ?o <https://w3id.org/cartkg/ontology/percent> 1 }")
    assert told == "ck:numeratr is no term of the ontology; did you mean ck:numerator?"
