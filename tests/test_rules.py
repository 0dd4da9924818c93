"""The build's rules: each kind of axiom has its consequences and no others, and an axiom without a rule is refused."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from cartkg.errors import UsageError
from cartkg.rdf.vocabulary import Vocabulary, graph_name, lexical, type_
from cartkg.reasoning.entailment import bare, closure, infer
from cartkg.resources import ontology_files
from cartkg.tables.schema import curated_tables

EXAMPLE = "https://example.org/"
PREFIXES = f"""
@prefix : <{EXAMPLE}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SOME, VALUE, ONLY = (
    f"[ a owl:Restriction ; owl:onProperty :p ; owl:{name} %s ]"
    for name in ("someValuesFrom", "hasValue", "allValuesFrom")
)


def parsed(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)]


def follows(turtle: str) -> set[str]:
    """What follows and is not given, in short."""
    triples = parsed(turtle)
    found = closure(triples) - set(map(bare, triples))
    return {" ".join("a" if t == type_.value else t.removeprefix(EXAMPLE) for t in fact) for fact in found}


@pytest.mark.parametrize(
    ("axioms", "facts", "expected"),
    [
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":x a :A . :y a :C .", {"x a B", "x a C"}),
        (":A owl:equivalentClass :B .", ":x a :A . :y a :B .", {"x a B", "y a A"}),
        (":p rdfs:domain :A ; rdfs:range :B .", ":x :p :y .", {"x a A", "y a B"}),
        (":p rdfs:domain :A ; rdfs:range :B .", ":x :p 2 .", {"x a A"}),
        (":p rdfs:domain [ owl:unionOf ( :A :B ) ] .", ":x :p :y .", set()),
        (":p rdfs:subPropertyOf :q .", ":x :p :y . :z :q :x .", {"x q y"}),
        (":p owl:inverseOf :q .", ":x :p :y . :z :q :x .", {"y q x", "x p z"}),
        (":p a owl:SymmetricProperty .", ":x :p :y .", {"y p x"}),
        (":p a owl:TransitiveProperty .", ":x :p :y . :z :p :x . :y :p :w .", {"z p y", "x p w", "z p w"}),
        (":p owl:propertyChainAxiom ( :q :r ) .", ":x :q :y . :y :r :z . :z :q :x . :x :r :y .", {"x p z", "z p y"}),
        (f":A owl:equivalentClass {SOME % ':B'} .", ":x :p :y . :y a :B . :z :p :w .", {"x a A"}),
        (f":A owl:equivalentClass {SOME % 'owl:Thing'} .", ":x :p :y . :z :q :y .", {"x a A"}),
        (f":A owl:equivalentClass {VALUE % ':v'} .", ":x :p :v . :y :p :w . :z a :A .", {"x a A", "z p v"}),
        (f":A owl:equivalentClass {VALUE % '2'} .", ":x :p 2 . :y :p 3 . :z :p '2' .", {"x a A"}),
        (f":A rdfs:subClassOf {ONLY % ':B'} .", ":x a :A ; :p :y . :z :p :w .", {"y a B"}),
        (f":A owl:equivalentClass [ owl:intersectionOf ( :B {VALUE % ':v'} ) ] .",
         ":x a :B ; :p :v . :y a :B . :z :p :v . :w a :A .", {"x a A", "w a B", "w p v"}),
        (":A owl:equivalentClass [ owl:unionOf ( :B :C ) ] .", ":x a :B . :y a :C . :z a :A .", {"x a A", "y a A"}),
        (":A owl:disjointWith :B . :p a owl:FunctionalProperty .", ":x a :A ; :p :y , :z .", set()),
    ],
)  # fmt: skip
def test_each_kind_of_axiom_has_its_consequences_and_no_others(axioms: str, facts: str, expected: set[str]) -> None:
    assert follows(axioms + facts) == expected


def test_what_is_given_is_not_inferred_even_where_it_follows() -> None:
    ontology = Vocabulary(
        tuple(parsed(":p a owl:ObjectProperty . :q a owl:ObjectProperty . :p rdfs:subPropertyOf :q ."))
    )
    store = ox.Store()
    given = parsed(":x a owl:NamedIndividual ; :p :y , :z ; :q :y .")
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph_name("asserted")) for t in given)
    assert list(infer(ontology, store)) == parsed(":x :q :z .")


@pytest.mark.parametrize(
    "axiom",
    [
        ":p owl:propertyChainAxiom ( :q :r :s ) .",
        ":p a owl:InverseFunctionalProperty .",
        ":A owl:equivalentClass [ owl:complementOf :B ] .",
        ":A owl:equivalentClass [ owl:oneOf ( :x :y ) ] .",
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:onClass :B ; owl:minQualifiedCardinality 2 ] .",
        ":A rdfs:subClassOf [ owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom :B ] .",
        f":A owl:equivalentClass {ONLY % ':B'} .",
        "owl:Thing rdfs:subClassOf :A .",
        ":A rdfs:subClassOf 2 .",
    ],
)
def test_an_axiom_without_a_rule_is_refused(axiom: str) -> None:
    with pytest.raises(UsageError, match="for which there is no rule"):
        closure(parsed(axiom))


def test_no_row_has_two_values_of_a_functional_property() -> None:
    """That the two are one thing would follow, for which there is no rule."""
    functional = {
        lexical(t.subject)
        for t in Vocabulary.load(ontology_files()).triples
        if t.predicate == type_ and lexical(t.object).endswith("#FunctionalProperty")
    }
    names = {f"ck:{iri.rsplit('/', 1)[-1]}" for iri in functional}
    columns = [(table.name, column) for table in curated_tables().values() for column in table.columns.values()]
    assert not [
        (table, column.name)
        for table, column in columns
        if column.inverse in names or (column.predicate in names and column.is_list)
    ]
    assert {column.predicate for _, column in columns} & names
