"""Each rule in ontology/derive makes what its property's definition says, on the invented world."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.rdf.vocabulary import BASE, INDIVIDUALS, Vocabulary, expand, graph_name, lexical, shorten
from cartkg.reasoning.entailment import derive
from cartkg.resources import derivation_rules, ontology_files

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

DERIVED = graph_name("derived")
DERIVED_BY = expand("ck:derivedBy")
REPEATS = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix : <https://w3id.org/cartkg/id/> .
:old ck:updatedByStudy :new . ck:updatedByStudy ck:repeatsAs ck:repeatedBy .
:new <http://www.w3.org/2000/01/rdf-schema#label> "The new report" .
:all ck:cohortOf :old ; ck:denominatorBasis "all" ; ck:comparableBasis "all" .
:again ck:cohortOf :old ; ck:denominatorBasis "all" ; ck:comparableBasis "all" .
:apart ck:cohortOf :old ; ck:denominatorBasis "cr" ; ck:comparableBasis "cr" .
:later-all ck:cohortOf :new ; ck:denominatorBasis "all" ; ck:comparableBasis "all" .
:first ck:ofCohort :all ; ck:outcome :o ; ck:statistic ck:Proportion ; ck:numerator 5 ; ck:denominator 10 .
:part ck:ofCohort :again ; ck:outcome :o ; ck:statistic ck:Proportion ; ck:numerator 4 ; ck:denominator 9 .
:other ck:ofCohort :apart ; ck:outcome :o ; ck:statistic ck:Proportion ; ck:numerator 4 ; ck:denominator 9 .
:bare ck:ofCohort :all ; ck:outcome :o ; ck:statistic ck:Proportion ; ck:percent 50 .
:later ck:ofCohort :later-all ; ck:outcome :o ; ck:statistic ck:Proportion ; ck:numerator 6 ; ck:denominator 12 .
"""
LATER = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix : <https://w3id.org/cartkg/id/> .
:old ck:reportOf :trial ; ck:year 2019 ; prov:wasQuotedFrom :one . :new ck:reportOf :trial ; ck:year 2023 ; prov:wasQuotedFrom :two .
:older ck:reportOf :trial ; ck:year 2018 ; prov:wasQuotedFrom :two . :other ck:reportOf :elsewhere ; prov:wasQuotedFrom :one .
:paper ck:reportedIn [ ck:doiCode "10.1/AB" ] ; ck:year 2020 ; prov:wasQuotedFrom :one .
:copied ck:reportedIn [ ck:doiCode "10.1/ab" ] ; ck:year 2021 ; prov:wasQuotedFrom :two .
:old-all ck:cohortOf :old ; ck:treatedWith :cells ; ck:denominatorBasis "all" ; ck:comparableBasis "all" . :new-arm ck:cohortOf :new ; ck:treatedWith :cells ; ck:denominatorBasis "arm" ; ck:comparableBasis "all" .
:new-care ck:cohortOf :new ; ck:treatedWith :care ; ck:denominatorBasis "arm" ; ck:comparableBasis "all" .
:paper-all ck:cohortOf :paper ; ck:treatedWith :cells ; ck:denominatorBasis "all" ; ck:comparableBasis "all" . :copied-all ck:cohortOf :copied ; ck:treatedWith :cells ; ck:denominatorBasis "all" ; ck:comparableBasis "all" .
:old-cr ck:ofCohort :old-all ; ck:outcome :cr ; ck:statistic ck:Proportion ; ck:status ck:Reported ; ck:rateInPercent 58 .
:new-cr ck:ofCohort :new-arm ; ck:outcome :cr ; ck:statistic ck:Proportion ; ck:status ck:Reported ; ck:rateInPercent 58.4 .
:care-cr ck:ofCohort :new-care ; ck:outcome :cr ; ck:statistic ck:Proportion ; ck:status ck:Reported ; ck:rateInPercent 58 .
:old-pfs ck:ofCohort :old-all ; ck:outcome :pfs ; ck:statistic ck:RateAtTime ; ck:status ck:Reported ; ck:rateInPercent 40 ; ck:timepointInMonths 12 .
:new-pfs ck:ofCohort :new-arm ; ck:outcome :pfs ; ck:statistic ck:RateAtTime ; ck:status ck:Reported ; ck:rateInPercent 45 ; ck:timepointInMonths 12 .
:new-late ck:ofCohort :new-arm ; ck:outcome :pfs ; ck:statistic ck:RateAtTime ; ck:status ck:Reported ; ck:rateInPercent 40 ; ck:timepointInMonths 24 .
:paper-cr ck:ofCohort :paper-all ; ck:outcome :cr ; ck:statistic ck:Proportion ; ck:status ck:Reported ; ck:rateInPercent 50 .
:copied-cr ck:ofCohort :copied-all ; ck:outcome :cr ; ck:statistic ck:Proportion ; ck:status ck:Reported ; ck:rateInPercent 60 .
"""  # noqa: E501
FOOTNOTES = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix : <https://w3id.org/cartkg/id/> .
:heading oa:hasSource :table ; ck:columnNumber 4 ; ck:region "header" . :cell oa:hasSource :table ; ck:columnNumber 4 .
:b a ck:Footnote ; ck:footnoteLetter "b" ; ck:statement "At 3 months."@en ; ck:markedAt :cell .
:a a ck:Footnote ; ck:footnoteLetter "a" ; ck:statement "Of all."@en ; ck:markedAt :heading .
:figure ck:printedCell :cell . :other ck:printedCell :elsewhere .
"""
SOURCES = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix : <https://w3id.org/cartkg/id/> .
:r57 ck:listedIn :review ; ck:referenceNumber 57 . :r67 ck:listedIn :review ; ck:referenceNumber 67 .
:other67 ck:listedIn :another ; ck:referenceNumber 67 .
:name oa:hasSource :table-4 ; ck:rowNumber 5 . :cell oa:hasSource :table-4 ; ck:rowNumber 5 .
:above oa:hasSource :table-4 ; ck:rowNumber 4 .
:flag ck:discrepancyKind ck:ReferenceDiscrepancy ; ck:confidence ck:Provable ; ck:likelyReading "references:67" ;
  ck:concerns :r57 , :r67 ; ck:locator :name ; prov:wasQuotedFrom :review .
:doubt ck:discrepancyKind ck:ReferenceDiscrepancy ; ck:confidence ck:Suspicious ; ck:likelyReading "references:67" ;
  ck:concerns :r57 ; ck:locator :above ; prov:wasQuotedFrom :review .
:study ck:locator :name ; ck:referenceAsPrinted :r57 . :figure ck:locator :cell ; ck:referenceAsPrinted :r57 .
:elsewhere ck:locator :above ; ck:referenceAsPrinted :r57 . :beside ck:locator :cell ; ck:referenceAsPrinted :r67 .
"""
MARKS = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix : <https://w3id.org/cartkg/id/> .
:a ck:markedAt :heading , :name , :cell . :heading oa:hasSource :table ; ck:columnNumber 4 .
:name oa:hasSource :table ; ck:rowNumber 1 ; ck:columnNumber 2 .
:cell oa:hasSource :table ; ck:rowNumber 1 ; ck:columnNumber 5 .
:beside oa:hasSource :table ; ck:rowNumber 1 ; ck:columnNumber 4 .
:below oa:hasSource :table ; ck:rowNumber 2 ; ck:columnNumber 4 .
:five ck:locator :cell ; ck:asPrinted "5" . :four ck:locator :beside ; ck:asPrinted "4" .
:two ck:locator :below ; ck:asPrinted "2" .
"""
COUNTS = """@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix : <https://w3id.org/cartkg/id/> .
:counts a ck:Observation ; ck:ofCohort :all ; ck:numerator 5 ; ck:denominator 12 . :all ck:size 40 .
:printed a ck:Observation ; ck:ofCohort :all ; ck:numerator 5 ; ck:percent 45.0 .
"""
FACTS = [
    line.split("\t") for line in (Path(__file__).parent / "derived.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def _curie(name: str) -> str:
    return name if ":" in name else f"ck:{name}"


def declared() -> set[tuple[str, str]]:
    """Each derived property with each rule that makes it."""
    triples = Vocabulary.load(ontology_files()).triples
    return {
        (shorten(t.subject.value), str(t.object.value))
        for t in triples
        if t.predicate == DERIVED_BY and isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.Literal)
    }


def test_every_derived_property_names_a_rule_that_makes_it_and_every_rule_is_named() -> None:
    rules = {rule.stem: rule.read_text(encoding="utf-8") for rule in derivation_rules()}
    triples = Vocabulary.load(ontology_files()).triples
    shown = {t.object for t in triples if t.predicate in {expand("ck:shownBy"), expand("ck:repeatsAs")}}
    assert {rule for _, rule in declared()} == set(rules)
    assert [n for n, rule in declared() if n not in rules[rule] and expand(n) not in shown] == []


@pytest.mark.parametrize(("name", "subject", "values"), FACTS, ids=[fact[0] for fact in FACTS])
def test_a_rule_makes_what_was_worked_out_by_hand(two_sources: Graph, name: str, subject: str, values: str) -> None:
    thing = ox.NamedNode(f"{INDIVIDUALS}{subject}")
    found = two_sources.named.quads_for_pattern(thing, expand(_curie(name)), None, DERIVED)
    assert sorted(lexical(quad.object).removeprefix(BASE) for quad in found) == values.split(" & ")


def made(facts: str, *names: str) -> list[tuple[str, ...]]:
    """What the last of these rules makes of some facts, after the others have run."""
    store = ox.Store()
    store.load(facts.encode(), format=ox.RdfFormat.TURTLE)
    rules = {rule.stem: rule.read_text(encoding="utf-8") for rule in derivation_rules()}
    found: list[ox.Triple] = []
    for name in names:
        constructed = store.query(rules[name])
        assert isinstance(constructed, ox.QueryTriples)
        found = list(constructed)
        store.extend(ox.Quad(*triple) for triple in found)
    return sorted(tuple(lexical(part).rpartition("/")[2] for part in (t.subject, t.predicate, t.object)) for t in found)


def test_a_figure_is_repeated_by_one_of_a_later_report_or_over_more_people_of_its_own() -> None:
    pairs = made(REPEATS, "52-figures-once")
    assert pairs == [("first", "repeatedBy", "later"), ("part", "repeatedBy", "first"), ("part", "repeatedBy", "later")]


def test_grades_are_one_word_and_a_figure_of_other_grades_repeats_none() -> None:
    facts = (
        f"{REPEATS} :later ck:lowestGrade 3 . :first ck:lowestGrade 1 ; ck:highestGrade 2 . :part ck:highestGrade 4 ."
    )
    assert [(name, words) for name, _, words in made(facts, "26-grades")] == [
        ("first", "1–2"), ("later", "≥3"), ("part", "≤4"),
    ]  # fmt: skip
    assert made(facts, "26-grades", "52-figures-once") == []


def test_everybody_treated_is_repeated_by_an_arm_of_cells_of_a_later_report_and_by_no_comparator() -> None:
    everybody = ":later-all ck:cohortOf :new ; ck:denominatorBasis"
    facts = REPEATS.replace(f'{everybody} "all"', f'{everybody} "arm"')
    assert ("first", "repeatedBy", "later") in made(facts, "52-figures-once")
    comparator = f"{facts} :later-all ck:treatedWith :care . :care a ck:Regimen ."
    assert made(comparator, "52-figures-once") == [("part", "repeatedBy", "first")]


def test_a_figure_of_complete_responders_stands_beside_the_median_of_all_for_the_same_outcome() -> None:
    facts = (
        REPEATS
        + """:cr a ck:CompleteResponseCohort ; ck:cohortOf :old . :all a ck:TreatedCohort .
    :duration ck:ofCohort :cr ; ck:outcome :pfs . :median ck:ofCohort :all ; ck:outcome :pfs ; ck:statistic ck:Median .
    :other-median ck:ofCohort :all ; ck:outcome :dor ; ck:statistic ck:Median ."""
    )
    assert made(facts, "81-wider-medians") == [("duration", "widerMedian", "median")]


def test_a_row_rests_on_what_is_printed_or_on_what_a_provable_discrepancy_at_its_place_puts_there() -> None:
    found = made(SOURCES, "05-primary-sources")
    assert [triple for triple in found if triple[1] == "prov#hadPrimarySource"] == [
        ("beside", "prov#hadPrimarySource", "r67"),
        ("elsewhere", "prov#hadPrimarySource", "r57"),
        ("figure", "prov#hadPrimarySource", "r67"),
        ("study", "prov#hadPrimarySource", "r67"),
    ]
    resolved = [("figure", "flag"), ("study", "flag")]
    assert [(s, o) for s, p, o in found if p == "sourceResolvedBy"] == resolved
    assert [(s, o) for s, p, o in found if p == "sourceBasis"] == [(s, "InferredBasis") for s, _ in resolved]
    assert ("figure", "numbersAsPrinted", "57") in made(SOURCES, "05-primary-sources", "40-papers")


def test_the_latest_report_of_a_trial_or_paper_in_another_source_gives_a_figure_again_anew_or_otherwise() -> None:
    rules = "50-report-dois", "51-later-reports", "53-figures-again"
    assert made(LATER, *rules[:2]) == [("old", "reportedLaterBy", "new"), ("paper", "reportedLaterBy", "copied")]
    assert made(LATER, *rules) == [
        ("old-cr", "givenAgainBy", "new-cr"),
        ("old-pfs", "givenAnewBy", "new-pfs"),
        ("paper-cr", "givenOtherwiseBy", "copied-cr"),
    ]


def test_a_figure_has_the_footnotes_of_its_cell_and_of_the_heading_of_its_column() -> None:
    assert made(FOOTNOTES, "86-footnotes") == [
        ("figure", "footnoteLetters", "a b"),
        ("figure", "footnoteTexts", "Of all. | At 3 months."),
    ]


def test_a_mark_in_a_heading_bears_on_its_column_one_beside_a_name_on_its_row_any_other_on_its_cell() -> None:
    assert made(MARKS, "86-marks") == [
        ("cell", "bearsOnFigure", "five"),
        ("cell", "markExtent", "cell"),
        ("heading", "bearsOnFigure", "four"),
        ("heading", "bearsOnFigure", "two"),
        ("heading", "markExtent", "column"),
        ("name", "bearsOnFigure", "five"),
        ("name", "bearsOnFigure", "four"),
        ("name", "markExtent", "row"),
    ]


def test_a_percentage_is_by_counts_before_as_printed_and_a_denominator_the_printed_one_before_any_other() -> None:
    assert made(COUNTS, "27-counted-over") == [
        ("counts", "countedOver", "12"),
        ("counts", "rateInPercent", "41.67"),
        ("printed", "countedOver", "40"),
        ("printed", "rateInPercent", "45"),
    ]


def test_a_study_is_probably_a_report_of_the_trial_that_names_its_likely_reference() -> None:
    facts = (
        "@prefix ck: <https://w3id.org/cartkg/ontology/> . @prefix prov: <http://www.w3.org/ns/prov#> . "
        "@prefix : <https://w3id.org/cartkg/id/> . :trial a ck:Trial ; prov:hadPrimarySource :likely . "
        ":known ck:likelyReport :likely ; ck:reportedIn :likely . "
        ":study ck:likelyReport :likely ; ck:reportedIn :printed . "
        ":named ck:likelyReport :likely ; ck:reportOf :trial ."
    )
    assert made(facts, "51-probable-reports") == [("study", "probableReportOf", "trial")]


def test_every_derived_property_was_worked_out_for_something() -> None:
    tried_below = {"ck:repeatedBy", "ck:reportDoi", "ck:reportedLaterBy", "ck:footnoteLetters", "ck:footnoteTexts"}
    tried_below |= {"ck:widerMedian", "ck:givenAgainBy", "ck:givenAnewBy", "ck:givenOtherwiseBy"}
    tried_below |= {
        "ck:probableReportOf",
        "ck:sourceResolvedBy",
        "ck:sourceBasis",
        "ck:numbersAsPrinted",
        "ck:gradesCounted",
    }
    assert {_curie(name) for name, _, _ in FACTS} | tried_below == {name for name, _ in declared()}


def test_the_derived_graph_holds_derived_properties_only_and_no_other_graph_does(world: Graph) -> None:
    properties = {expand(name).value for name, _ in declared()}
    for quad in world.quads():
        if quad.predicate.value in properties:
            assert quad.graph_name == DERIVED, quad
        else:
            assert quad.graph_name != DERIVED, quad


def test_rules_run_again_on_their_own_results_add_nothing(world: Graph) -> None:
    store = ox.Store()
    store.extend(world.quads())
    before = len(store)
    for statements in derive(store):
        store.bulk_load(statements, format=ox.RdfFormat.N_TRIPLES, to_graph=DERIVED)
    assert len(store) == before
