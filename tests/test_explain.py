"""Every inferred statement can be explained: by facts with their places and axioms, none of which can be spared."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.build import build
from cartkg.errors import UsageError
from cartkg.rdf.vocabulary import BASE, INDIVIDUALS, Vocabulary, expand, graph_name, lexical, type_
from cartkg.reason import _hermit, find_java
from cartkg.reasoning.axioms import axioms, facts, words
from cartkg.reasoning.entailment import bare, closure, individuals
from cartkg.reasoning.explanation import explain
from cartkg.reasoning.justification import clash, justify
from cartkg.resources import ontology_files

from .conftest import WORLD, Run, line_of, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph
    from cartkg.reasoning.axioms import Axiom
    from cartkg.reasoning.entailment import Fact

PREFIXES = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(graph: Graph, name: str) -> list[ox.Triple]:
    return sorted((q.triple for q in graph.named.quads_for_pattern(None, None, None, graph_name(name))), key=str)


def kinds(graph: Graph) -> list[Fact]:
    """The first inferred statement of each class and each property."""
    found: dict[tuple[str, str], Fact] = {}
    for statement in map(bare, triples(graph, "inferred")):
        found.setdefault((statement[1], statement[2] if statement[1] == type_.value else ""), statement)
    return list(found.values())


def assert_justified(statement: Fact, needed: tuple[Axiom, ...]) -> None:
    assert needed, statement
    assert statement in closure(t for axiom in needed for t in axiom.triples)
    for one in needed:
        rest = [t for axiom in needed if axiom is not one for t in axiom.triples]
        assert statement not in closure(rest), (statement, one)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(ontology_files())


def justified(graph: Graph, vocabulary: Vocabulary) -> list[Axiom]:
    """The axioms that justify one statement of every inferred kind, after a look at each justification."""
    ontology, given = axioms(vocabulary.triples), facts(individuals(graph.named), vocabulary.triples)
    found = []
    for statement in kinds(graph):
        needed = justify(statement, ontology, given)
        assert_justified(statement, needed)
        found += [axiom for axiom in needed if axiom in ontology]
    return found


PATTERNS = {
    "value": r"≡ .*\bvalue \w", "some": r"≡ .*\bsome \w", "nested": r"≡ .*\bsome \(\w+ some \w",
    "conjunction": r"≡ \w+ and \w",
    "subclass": r"^[A-Z]\w+ ⊑", "subproperty": r"^[a-z]\w+ ⊑", "inverse": r"is the inverse of",
    "symmetric": r"is symmetric", "transitive": r"is transitive", "range": r"has range",
}  # fmt: skip


@pytest.mark.nightly
@pytest.mark.no_cover
def test_a_statement_of_every_inferred_kind_has_a_justification_without_anything_to_spare(
    world: Graph, vocabulary: Vocabulary
) -> None:
    said = {words(axiom, {}) for axiom in justified(world, vocabulary)}
    assert {name for name, pattern in PATTERNS.items() if not any(re.search(pattern, text) for text in said)} == set()


@pytest.mark.nightly
@pytest.mark.no_cover
def test_so_has_a_statement_of_every_kind_inferred_from_the_review(graph: Graph, vocabulary: Vocabulary) -> None:
    assert justified(graph, vocabulary)


def test_what_does_not_follow_has_no_justification(world: Graph, vocabulary: Vocabulary) -> None:
    ontology, given = axioms(vocabulary.triples), facts(individuals(world.named), vocabulary.triples)
    absent = (f"{INDIVIDUALS}constructs/alphacel", type_.value, expand("ck:ThirdGenerationCAR").value)
    assert justify(absent, ontology, given) == ()


NAMED = (
    ("constructs/alphacel", "SecondGenerationCAR"),
    ("constructs/alphacel", "SingleChainBinderCAR"),
    ("references/omega-review-2024.1", "overlapsWith", "references/omega-review-2024.2"),
)


@pytest.mark.no_cover
def test_hermit_finds_what_is_explained_from_the_justification_and_from_no_part_of_it(
    world: Graph, vocabulary: Vocabulary
) -> None:
    inferred = set(map(bare, triples(world, "inferred")))
    copies: list[ox.Triple] = []
    expected: dict[Fact, bool] = {}
    for number, names in enumerate(NAMED):
        found = explain(world, names)
        of_rows = [t for t in found.triples if lexical(t.subject).startswith(INDIVIDUALS)]
        of_ontology = [t for t in found.triples if t not in of_rows]
        groups = [*axioms(of_ontology), *facts(of_rows, vocabulary.triples)]
        (statement,) = (s for s in inferred if said(s, world) == found.statement.partition(": ")[0])
        for left_out in (None, *groups):
            mark = f"-{number}-{groups.index(left_out) if left_out else 'all'}"
            kept = [t for axiom in groups if axiom is not left_out for t in axiom.triples]
            copies += renamed([*declarations(kept, vocabulary), *kept], mark)
            expected[(f"{statement[0]}{mark}", *(marked(iri, mark) for iri in statement[1:]))] = left_out is None  # type: ignore[index]
    individuals = [t for t in copies if lexical(t.subject).startswith(INDIVIDUALS)]
    rest = [t for t in copies if not lexical(t.subject).startswith(INDIVIDUALS)]
    found_by_hermit = set(map(bare, _hermit(find_java(), rest, individuals, Vocabulary(tuple(rest))).triples))
    assert {statement: statement in found_by_hermit for statement in expected} == expected
    assert len(expected) > 15


def said(statement: Fact, graph: Graph) -> str:
    def label(iri: str) -> str:
        quads = graph.store.quads_for_pattern(ox.NamedNode(iri), expand("rdfs:label"), None, None)
        return min(lexical(q.object) for q in quads)

    subject, predicate, value = statement
    return f"{label(subject)} · {'is a' if predicate == type_.value else label(predicate)} · {label(value)}"


def marked(iri: str, mark: str) -> str:
    return f"{iri}{mark}" if iri.startswith(BASE) else iri


def renamed(copied: list[ox.Triple], mark: str) -> list[ox.Triple]:
    """The same triples about other things, so that many cases fit into one run of HermiT."""

    def term(node: object) -> object:
        if isinstance(node, ox.BlankNode):
            return ox.BlankNode(f"{node.value}{mark.replace('-', 'x')}")
        return ox.NamedNode(marked(node.value, mark)) if isinstance(node, ox.NamedNode) else node

    return [ox.Triple(*map(term, (t.subject, t.predicate, t.object))) for t in copied]  # type: ignore[arg-type]


def declarations(used: list[ox.Triple], vocabulary: Vocabulary) -> list[ox.Triple]:
    terms = {node for t in used for node in (t.subject, t.predicate, t.object) if isinstance(node, ox.NamedNode)}
    rows = [node for node in sorted(terms, key=str) if node.value.startswith(INDIVIDUALS)]
    kinds = {expand(f"owl:{name}") for name in ("Class", "ObjectProperty", "DatatypeProperty", "NamedIndividual")}
    return [
        *(t for t in vocabulary.triples if t.predicate == type_ and t.object in kinds and t.subject in terms),
        *(ox.Triple(node, type_, expand("owl:NamedIndividual")) for node in rows),
    ]


def test_an_explanation_names_facts_with_their_rows_and_places_and_axioms_by_label(world: Graph) -> None:
    text = str(explain(world, ("constructs/alphacel", "second-generation car")))
    assert text.startswith("Alphacel · is a · second-generation CAR: this follows.\n")
    assert "- Alphacel · co-stimulatory domain count · 1\n  - row constructs/alphacel" in text
    assert "- second-generation CAR ≡ chimeric antigen receptor and (co-stimulatory domain count value 1)\n" in text


def test_a_stated_fact_says_where_it_is_printed(world: Graph) -> None:
    found = explain(world, ("constructs/alphacel", "ck:CAR"))
    assert (found.verdict, len(found.facts), found.axioms) == ("asserted", 1, ())
    assert found.facts[0].origin is not None
    assert found.facts[0].origin.places


def test_a_relation_between_reports_comes_from_the_row_that_links_them(world: Graph) -> None:
    text = str(explain(world, ("references/omega-review-2024.1", "overlapsWith", "references/omega-review-2024.2")))
    assert "row links/beta-2-alpha-1, inferred from References, item 1; References, item 2" in text
    assert "- updates ⊑ overlaps with\n- overlaps with is symmetric\n" in text


def test_the_inverse_of_a_cell_comes_from_the_row_of_that_cell(world: Graph) -> None:
    text = str(explain(world, ("constructs/alphacel", "SingleChainBinderCAR")))
    assert "· has placement ·" in text
    assert "row placements/alphacel.antigen-binding" in text


def test_that_a_receptor_has_a_vector_follows_from_its_gene_transfer_and_both_come_from_one_row(world: Graph) -> None:
    found = explain(world, ("constructs/alphacel", "hasVector", "vectors/gammaretrovirus"))
    origins = {reason.origin.row for reason in found.facts if reason.origin}
    assert (found.verdict, origins) == ("inferred", {"constructs/alphacel"})
    assert [reason.text for reason in found.axioms] == ["delivered in o uses vector ⊑ has vector"]


def test_what_does_not_hold_says_what_does(world: Graph) -> None:
    found = explain(world, ("constructs/alphacel", "ThirdGenerationCAR"))
    assert (found.verdict, found.sound) == ("absent", False)
    assert "second-generation CAR" in found.statement
    assert "it does not follow" in found.statement


@pytest.mark.no_cover
def test_a_name_that_rows_share_is_the_one_of_which_the_statement_holds(world: Graph) -> None:
    assert "row constructs/alphacel" in str(explain(world, ("alphacel", "SecondGenerationCAR")))
    assert "row products/alphacel" in str(explain(world, ("alphacel", "ApprovedCARTCellProduct")))
    absent = explain(world, ("alphacel", "ThirdGenerationCAR")).statement
    assert absent.count("it does not follow") == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("alphacell", "CAR"), "no row is called 'alphacell'; did you mean Alphacel"),
        (("alphacel", "SecondGenCAR"), "no class is called 'SecondGenCAR'; did you mean SecondGenerationCAR"),
        (("dlbcl", "broderDisease", "fl"), "no property of rows is called 'broderDisease'; did you mean broader"),
        (("dlbcl", "broaderDisease", "B cell lymfoma"), "nothing is called 'B cell lymfoma'; did you mean B cell lym"),
        (("alphacel",), "write SUBJECT CLASS, or SUBJECT PROPERTY VALUE"),
    ],
)  # fmt: skip
def test_unknown_names_are_refused_with_the_nearest_ones(world: Graph, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(world, names)
    assert message in str(caught.value)


def test_a_contradiction_is_shown_with_its_rows_whatever_was_asked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(WORLD, data)
    links = data / "links.tsv"
    replace_cell(links, line_of(links, "gamma-3-beta-2"), "relation", "updates")
    replace_cell(links, line_of(links, "gamma-3-beta-2"), "subject", "1")
    replace_cell(links, line_of(links, "gamma-3-beta-2"), "object", "2")
    graph = build(data, tmp_path / "out")
    found = explain(graph, ("constructs/alphacel", "SecondGenerationCAR"))
    assert (found.verdict, found.sound) == ("contradiction", False)
    assert "is related by updates in both directions" in found.statement
    assert [reason.origin.row for reason in found.facts if reason.origin] == [
        "links/gamma-3-beta-2", "links/beta-2-alpha-1",
    ]  # fmt: skip
    assert [reason.text for reason in found.axioms] == ["updates is asymmetric"]
    assert explain(graph, ()) == found


def test_a_graph_without_contradiction_says_so(world: Graph) -> None:
    assert (explain(world, ()).verdict, explain(world, ()).sound) == ("consistent", True)


@pytest.mark.parametrize(
    ("turtle", "how"),
    [
        (":a owl:disjointWith :b . :x a :a, :b .", "disjoint"),
        ("[] a owl:AllDisjointClasses ; owl:members ( :c :b :a ) . :x a :a, :b .", "disjoint"),
        (":p a owl:IrreflexiveProperty . :x :p :x .", "irreflexive"),
        (":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .", "asymmetric"),
        (":p a owl:FunctionalProperty . :y owl:differentFrom :z . :x :p :y, :z .", "functional"),
        (":p a owl:FunctionalProperty . [] a owl:AllDifferent ; owl:distinctMembers ( :z :y ) . :x :p :y, :z .",
         "functional"),
        (":a owl:disjointWith :b . :x a :a . :y a :b .", None),
        (":p a owl:AsymmetricProperty . :x :p :y . :y :p :z .", None),
        (":p a owl:FunctionalProperty . :x :p :y, :z .", None),
    ],
)  # fmt: skip
def test_rules_see_contradictions_of_four_kinds_and_no_other(turtle: str, how: str | None) -> None:
    found = clash(bare(q.triple) for q in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))
    assert (found.how if found else None) == how


@pytest.mark.parametrize(
    ("turtle", "text"),
    [
        (":a rdfs:subClassOf :b .", "a ⊑ b"),
        (":a owl:equivalentClass [ owl:intersectionOf ( :b [ owl:unionOf ( :c :d ) ] ) ] .", "a ≡ b and (c or d)"),
        (":a rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :b ] .", "a ⊑ p only b"),
        (":p rdfs:domain :a .", "p has domain a"),
        (":p a owl:FunctionalProperty .", "p is functional"),
        (":a owl:disjointWith :b .", "a and b are disjoint"),
        ("[] a owl:AllDisjointClasses ; owl:members ( :a :b :c ) .", "a, b, c are disjoint, each with each"),
        ("[] a owl:AllDifferent ; owl:distinctMembers ( :x :y ) .", "x, y are different individuals"),
    ],
)  # fmt: skip
def test_an_axiom_is_one_line_of_manchester_syntax(turtle: str, text: str) -> None:
    (axiom,) = axioms(q.triple for q in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))
    assert words(axiom, {}) == text


def test_every_axiom_of_the_ontology_has_words(vocabulary: Vocabulary) -> None:
    found = [words(axiom, {}) for axiom in axioms(vocabulary.triples)]
    assert len(found) > 500
    assert not [text for text in found if "something" in text or "  " in text]


@pytest.mark.no_cover
def test_the_command_prints_the_same_explanation_each_time_and_exits_1_where_there_is_none(
    run: Callable[..., Run], process: Callable[..., Run], world: Graph, tmp_path: Path
) -> None:
    call = ("reason", "--graph", world.path.parent, "--explain", "alphacel")
    one, other = (process(*call, "ApprovedCARTCellProduct", env={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
    assert (one.code, one.err) == (0, "")
    assert one.out == other.out
    absent = run(*call, "ThirdGenerationCAR", "--out", tmp_path / "why.md")
    assert (absent.code, absent.out) == (1, "")
    assert "it does not follow" in (tmp_path / "why.md").read_text(encoding="utf-8")


def test_names_without_explain_are_refused(run: Callable[..., Run]) -> None:
    done = run("reason", "tisagenlecleucel", "CAR")
    assert (done.code, "names go with --explain" in done.err) == (2, True)
