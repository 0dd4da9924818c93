"""Validation finds what types and references can not: arithmetic, order, and rows that contradict each other."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.build import build
from cartkg.errors import StorageError, UsageError
from cartkg.rdf.in_rdflib import reference_violations
from cartkg.rdf.shapes import load_shapes, shape_files, violations
from cartkg.rdf.vocabulary import BASE, PREFIXES, graph_name
from cartkg.resources import DATA_DIRECTORY
from cartkg.validate import validate_file, validate_graph

from .conftest import WORLD, Broken, break_cells, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartkg.findings import Finding
    from cartkg.rdf.shapes import Result
    from cartkg.rdf.store import Graph


# table, row, {column: broken cell}, column the finding must name
# Every row is broken once, so that all can be broken together.
BROKEN_ROWS = [
    ("observations", "t2-r02-cr-cri", {"numerator": "80"}, "numerator"),
    ("observations", "t2-r03-cr-cri", {"percent": "88"}, "percent"),
    ("observations", "t2-r04-cr-cri", {"percent": "167"}, "percent"),
    ("observations", "t2-r05-cr-cri", {"numerator": "54"}, "numerator"),
    ("observations", "t2-r06-cr-cri", {"numerator": "24"}, "percent"),
    ("observations", "t2-r07-cr-cri", {"denominator": "46"}, "denominator"),
    ("observations", "t2-r09-cr-cri", {"cohort": "t2-r10-all"}, "denominator"),
    ("observations", "t2-r10-cr-cri", {"status": "not-reported"}, "percent"),
    ("observations", "t2-r11-cr-cri", {"locator": "table-2/row-11/column-5|table-2/row-11/column-6"}, "locator"),
    ("observations", "t2-r12-cr-cri", {"numerator": "", "denominator": "", "percent": ""}, "percent"),
    ("observations", "t3-r01-orr", {"basis": "inferred"}, "premises"),
    ("observations", "t3-r04-orr", {"references": "23"}, "references"),
    ("observations", "t2-r01-efs", {"unit": ""}, "unit"),
    ("observations", "t2-r02-efs", {"value": ""}, "value"),
    ("observations", "t1-r03-dor-range", {"lower": "113", "upper": "43"}, "lower"),
    ("observations", "t3-r06-dor", {"value": "700"}, "value"),
    ("observations", "t3-r02-dor", {"interval": ""}, "interval"),
    ("observations", "t1-r04-dor", {"value": "12"}, "value"),
    ("observations", "t1-r10-dor", {"percent": "12"}, "percent"),
    ("observations", "t1-r01-pfs-fl", {"timepoint_unit": ""}, "timepoint_unit"),
    ("observations", "t1-r01-pfs-dlbcl", {"percent": ""}, "percent"),
    ("observations", "t1-r06-crr", {"percent": "93", "printed": "93%"}, "percent"),
    ("observations", "t1-r08-crr", {"label": "Abramson 2021: ORR (Table 1)"}, "label"),
    ("observations", "t1-r04-pfs", {"unit": "year"}, "unit"),
    ("observations", "t1-r05-orr-fl", {"status": "not-reached"}, "status"),
    ("observations", "t1-r07-relapse", {"percent": ""}, "percent"),
    ("observations", "t1-r02-efs-24-month", {"timepoint_unit": "year"}, "timepoint_unit"),
    ("follow-ups", "t1-r03", {"upper": ""}, "lower"),
    ("follow-ups", "t1-r07", {"lower": "75", "upper": "2"}, "lower"),
    ("follow-ups", "t1-r06", {"value": "99", "printed": "99 months"}, "value"),
    ("cohorts", "t2-r01-mrd-negative-cr", {"n": "60"}, "n"),
    ("cohorts", "t2-r06-all", {"age_minimum": "75"}, "age_minimum"),
    ("cohorts", "t2-r12-cr", {"parent": "t2-r11-all"}, "parent"),
    ("studies", "hay-43", {"year": "2020"}, "year"),
    ("studies", "park-44", {"author": "Parks"}, "author"),
    ("placements", "tisagenlecleucel.costimulatory", {"position": "hinge"}, "position"),
    ("constructs", "19-28z", {"costimulatory_domains": "2"}, "costimulatory_domains"),
    ("equivalences", "axicabtagene-ciloleucel.brexucabtagene-autoleucel", {"object": "tisagenlecleucel"}, "object"),
    ("references", "cappell-kochenderfer-2023.77", {"number": "78"}, "number"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Broken, tuple[Finding, ...]]:
    """Every row of BROKEN_ROWS broken, and what validation said."""
    cells = [(table, row, *cell) for table, row, changed, _ in BROKEN_ROWS for cell in changed.items()]
    # What a build compares with the sentence read would stop it before the graph is judged.
    headers = {path.stem: path.read_text(encoding="utf-8").partition("\n")[0] for path in DATA_DIRECTORY.glob("*.tsv")}
    cells += [(table, row, "kept", "") for table, row, *_ in BROKEN_ROWS if "kept" in headers[table].split("\t")]
    tables = break_cells(tmp_path_factory.mktemp("broken"), cells, DATA_DIRECTORY)
    return tables, found_in(tables.data, tables.data.parent / "out")


def found_in(tables: Path, out: Path) -> tuple[Finding, ...]:
    return validate_graph(build(tables, out), tables).findings


@pytest.mark.no_cover
@pytest.mark.parametrize(("table", "row", "cells", "column"), BROKEN_ROWS)
def test_a_row_that_contradicts_itself_is_named_with_file_line_column_rule_and_remedy(
    broken: tuple[Broken, tuple[Finding, ...]], table: str, row: str, cells: dict[str, str], column: str
) -> None:
    del cells
    tables, findings = broken
    place = (str(tables.data / f"{table}.tsv"), tables.lines[table, row])
    hit = [found for found in findings if (found.path, found.line) == place]
    assert column in {found.column for found in hit}, [str(found) for found in hit]
    assert all(found.rule and found.remedy for found in hit), [str(found) for found in hit]


# Rows of the invented world, and what is written into a column of each.
BROKEN_WORLD = (
    ("t1-r01-crr", "label", "Alpha 2020: ORR"), ("t1-r01-dor-range", "lower", "120"), ("t1-r01-efs", "unit", ""),
    ("t1-r02-crr", "numerator", "30"), ("t1-r02-dor", "interval", ""), ("t1-r02-relapse", "percent", "88"),
    ("t2-r01-allohsct", "denominator", "46"), ("t2-r01-cr", "percent", "167"), ("t2-r02-allohsct", "percent", ""),
    ("t2-r01-relapse", "status", "not-reported"), ("t3-r01-crr", "basis", "inferred"), ("t3-r01-dor", "value", "700"),
    ("gamma-antigen-loss", "references", "2"),
)  # fmt: skip


@pytest.mark.no_cover
@pytest.mark.nightly
def test_both_engines_find_the_same_in_the_invented_world(tmp_path: Path) -> None:
    tables = break_cells(tmp_path, [("observations", *cell) for cell in BROKEN_WORLD], WORLD)
    graph = build(tables.data, tmp_path / "out")
    findings = validate_graph(graph, tables.data).findings
    assert {tables.lines["observations", row] for row, _, _ in BROKEN_WORLD} <= {found.line for found in findings}
    reference = validate_graph(graph, tables.data, reference_engine=True)
    assert {str(found) for found in reference.findings} == {str(found) for found in findings}


@pytest.mark.nightly
def test_both_engines_find_the_same_in_the_review(broken: tuple[Broken, tuple[Finding, ...]]) -> None:
    tables, findings = broken
    graph = build(tables.data, tables.data.parent / "out")
    reference = validate_graph(graph, tables.data, reference_engine=True)
    assert {str(found) for found in reference.findings} == {str(found) for found in findings}


def asked_both_ways(triples: Iterable[ox.Triple]) -> tuple[set[Result], set[Result]]:
    """What our own way and the reference engine find in the same triples."""
    data = list(dict.fromkeys(triples))
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in data)
    return set(violations(load_shapes(), data, store)), set(reference_violations(shape_files(), data))


NUMBERS = ("66", "66.0", "66.00", "066", "+66", "66.", "0", "0.0", "0.50", ".5", "-1", "100.0", "101")
NO_NUMBERS = ("66,0", "sixty", "", "66%")
# What one observation can state without hiding what is found of a figure by itself: no rule is about two of a row.
FIGURES = (("percent", "timepointValue", "value"), ("numerator", "lowerBound"), ("denominator", "upperBound"))


def spelt(spellings: Iterable[str]) -> list[ox.Triple]:
    """Each figure in each spelling and datatype; fewer observations, since pySHACL asks one at a time."""
    rows = [
        f"""<{BASE}id/observations/spelt-{n}> a ck:Observation ; ck:asPrinted "66% (8.0/12) at 0.5" ;
        ck:timepoint "66" ; ck:statistic ck:Proportion ; ck:status ck:Reported ;
        {" ; ".join(f'ck:{figure} "{spelling}"^^xsd:{datatype}' for figure in figures)} ."""
        for n, (figures, spelling, datatype) in enumerate(
            itertools.product(FIGURES, spellings, ("decimal", "integer", "double", "string"))
        )
    ]
    prefixes = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> . " for prefix in ("ck", "xsd"))
    return [quad.triple for quad in ox.parse(prefixes + "\n".join(rows), format=ox.RdfFormat.TURTLE)]


def terms(graph: Graph) -> list[ox.Triple]:
    """The classes and codes that a graph is written in."""
    found = graph.named.quads_for_pattern(None, None, None, graph_name("ontology"))
    return [quad.triple for quad in found]


@pytest.mark.no_cover
@pytest.mark.nightly
def test_both_engines_say_the_same_of_a_number_however_it_is_spelt(world: Graph) -> None:
    own, reference = asked_both_ways([*terms(world), *spelt(NUMBERS)])
    assert own == reference
    assert len(own) > 100 * sum(map(len, FIGURES))


@pytest.mark.nightly
@pytest.mark.no_cover
def test_what_is_no_number_is_found_by_both_and_is_within_no_bounds(world: Graph) -> None:
    own, reference = asked_both_ways([*terms(world), *spelt(NO_NUMBERS)])
    assert reference <= own  # pySHACL orders an ill-typed number by its datatype
    assert {result.component.rpartition("#")[2] for result in own - reference} == {"MaxInclusiveConstraintComponent"}


def test_a_part_of_shacl_that_is_not_known_is_refused_not_skipped(tmp_path: Path) -> None:
    for constraint in ("sh:nodeKind sh:IRI", "sh:datatype xsd:gYear", "sh:path [ sh:inversePath rdfs:label ]"):
        (tmp_path / "shape.ttl").write_text(
            f"""@prefix sh: <{PREFIXES["sh"]}> . @prefix xsd: <{PREFIXES["xsd"]}> . @prefix rdfs: <{PREFIXES["rdfs"]}> .
            <http://a/shape> a sh:PropertyShape ; sh:message "no" ; {constraint} .""",
            encoding="utf-8",
        )
        with pytest.raises(StorageError, match="is not known to cartkg"):
            load_shapes([tmp_path / "shape.ttl"])


@pytest.mark.no_cover
def test_the_reviews_graph_conforms(graph: Graph) -> None:
    report = validate_graph(graph, DATA_DIRECTORY)
    assert report.conforms, str(report)
    assert report.to_dict()["findings"] == []


def test_the_invented_world_conforms(world: Graph) -> None:
    assert str(validate_graph(world, WORLD)).startswith(f"{WORLD}: conforms")


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> tuple[Broken, tuple[Finding, ...]]:
    """A reference, a discrepancy and an identifier of its own taken from a row each, and what validation said."""
    folder = tmp_path_factory.mktemp("across")
    cells = [("observations", "t1-r01-orr", column, "") for column in ("references", "kept")]
    cells.append(("sources", "cappell-kochenderfer-2023", "rows", ""))
    tables = break_cells(folder, cells, DATA_DIRECTORY)
    discrepancies, trials = tables.data / "discrepancies.tsv", tables.data / "mappings" / "trials.sssom.tsv"
    line = line_of(discrepancies, "martin-crr-percent")
    rows = discrepancies.read_text(encoding="utf-8").split("\n")
    discrepancies.write_text("\n".join(rows[: line - 1] + rows[line:]), encoding="utf-8")
    lines = [line.split("\t") for line in trials.read_text(encoding="utf-8").splitlines()]
    first, second = [cells for cells in lines if cells[0].startswith("cartkg:trials/")][:2]
    first[3:5] = second[3:5]  # number and name
    written = ("\t".join(cells[: max(1, len(cells) - 1)]) for cells in lines)  # without what was kept
    trials.write_text("\n".join(written), encoding="utf-8")
    return tables, found_in(tables.data, folder / "out")


def test_a_rule_that_looks_across_rows_names_file_line_and_remedy(
    across: tuple[Broken, tuple[Finding, ...]],
) -> None:
    tables, findings = across
    (found,) = [found for found in findings if found.rule == "row-without-reference"]
    place = (str(tables.data / "observations.tsv"), tables.lines["observations", "t1-r01-orr"], "references")
    assert (found.path, found.line, found.column) == place
    assert "write the number of the reference" in found.remedy


def test_an_identifier_that_two_rows_claim_is_found(across: tuple[Broken, tuple[Finding, ...]]) -> None:
    tables, findings = across
    found = [found for found in findings if found.rule == "identifier-of-two-things"]
    assert {found.path for found in found} == {str(tables.data / "trials.tsv")}
    assert len({found.line for found in found}) == 2


def test_a_percentage_that_can_not_be_right_passes_only_with_its_discrepancy(
    across: tuple[Broken, tuple[Finding, ...]],
) -> None:
    tables, findings = across
    others = {"row-without-reference", "identifier-of-two-things", "identifier-of-another-name"}
    assert [(found.line, found.column) for found in findings if found.rule not in others] == [
        (line_of(tables.data / "observations.tsv", "t3-r02-crr"), "percent")
    ]


@pytest.mark.no_cover
def test_somebodys_own_turtle_is_asked_the_rules_too(graph: Graph, tmp_path: Path) -> None:
    nowhere = "<https://w3id.org/cartkg/id/references/nowhere.1>"
    (tmp_path / "own.ttl").write_text(f"{OWN} {GPRC5D} ck:cites {nowhere} .", encoding="utf-8")
    rules = {found.rule for found in validate_file(graph, tmp_path / "own.ttl").findings}
    assert "dangling-links" in rules


GPRC5D = "<https://w3id.org/cartkg/id/antigens/gprc5d>"
OWN = """
@prefix ck: <https://w3id.org/cartkg/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
<https://w3id.org/cartkg/id/antigens/gprc5d> a owl:NamedIndividual , ck:Antigen ; rdfs:label "GPRC5D"@en ;
  prov:wasQuotedFrom <https://w3id.org/cartkg/id/sources/cappell-kochenderfer-2023> ;
  ck:locator <https://w3id.org/cartkg/id/locators/cappell-kochenderfer-2023/table-3/title> ; ck:basis ck:StatedBasis .
"""


@pytest.mark.no_cover
def test_somebodys_own_turtle_conforms_when_it_follows_the_shapes(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(OWN, encoding="utf-8")
    report = validate_file(graph, tmp_path / "own.ttl")
    assert report.conforms, str(report)


def test_somebodys_own_turtle_is_told_what_is_missing(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(OWN.replace("ck:basis ", "ck:bases "), encoding="utf-8")
    findings = validate_file(graph, tmp_path / "own.ttl").findings
    assert {"term-declared", "Sourced-basis"} <= {found.rule for found in findings}
    assert any("write https://w3id.org/cartkg/ontology/basis" in found.remedy for found in findings)


NAMESPACE = "https://w3id.org/cartkg/ontology/"


@pytest.mark.parametrize(
    ("written", "instead", "meant"),
    [
        ("ck:basis ", "<http://w3id.org/cartkg/ontology/basis> ", "basis"),
        ("ck:basis ", "<https://w3id.org/cartkg/ontology#basis> ", "basis"),
        ("ck:Antigen ", "<https://w3id.org/cartkg/id/Antigen> ", "Antigen"),
        ("ck:Antigen ", "ck:antigen ", "Antigen"),
        ("ck:basis ", "ck:stated_basis ck:ORR ; ck:basis ", "OverallResponse"),
    ],
)
def test_what_is_meant_to_be_a_term_is_named_with_the_term_whatever_it_is_written_like(
    world: Graph, tmp_path: Path, written: str, instead: str, meant: str
) -> None:
    (tmp_path / "own.ttl").write_text(OWN.replace(written, instead), encoding="utf-8")
    findings = [one for one in validate_file(world, tmp_path / "own.ttl").findings if one.rule == "term-declared"]
    assert f"write {NAMESPACE}{meant}" in {one.remedy for one in findings}
    assert all(one.message.startswith("antigens/gprc5d: ") for one in findings)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("ck:Antigen ", "ck:bindsAntigen ", "bindsAntigen is no class of the ontology, but a property"),
        ("ck:basis ", "ck:StatedBasis ", "StatedBasis is no property of the ontology, but a value"),
    ],
)
def test_a_term_that_stands_where_another_sort_is_needed_is_named(
    world: Graph, tmp_path: Path, written: str, instead: str, said: str
) -> None:
    (tmp_path / "own.ttl").write_text(OWN.replace(written, instead), encoding="utf-8")
    findings = {one.message for one in validate_file(world, tmp_path / "own.ttl").findings}
    assert f"antigens/gprc5d: {NAMESPACE}{said}" in findings


def test_a_term_of_the_ontology_is_not_given_another_name_or_meaning(world: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(
        OWN + 'ck:CAR rdfs:label "receptor"@en ; rdfs:comment "Seen."@en ; rdfs:subClassOf ck:Disease .\n',
        encoding="utf-8",
    )
    found = {one.message for one in validate_file(world, tmp_path / "own.ttl").findings if one.rule == "term-renamed"}
    assert found == {
        f"ck:CAR: the file gives {said} to a term, but the ontology does not"
        for said in ("rdfs:label 'receptor'", f"rdfs:subClassOf '{NAMESPACE}Disease'")
    }


def test_an_anonymous_node_is_told_of_and_checked_under_a_name_that_stays(world: Graph, tmp_path: Path) -> None:
    prefix = "@prefix ck: <https://w3id.org/cartkg/ontology/> .\n"
    figures = "[] a ck:Observation ; ck:numerator 12 ; ck:denominator 20 ; ck:percent 75.0 ."
    (tmp_path / "own.ttl").write_text(prefix + figures, encoding="utf-8")
    own, again = (validate_file(world, tmp_path / "own.ttl") for _ in range(2))
    assert own == again == validate_file(world, tmp_path / "own.ttl", reference_engine=True)
    assert {"node-named", "Open-percentOfCount"} <= {found.rule for found in own.findings}
    assert "_:1: ck:percent: 75.0 is not 12 of 20" in str(own)


def test_something_that_is_not_a_file_is_refused(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").mkdir()
    with pytest.raises(UsageError, match="can not be read: Is a directory"):
        validate_file(graph, tmp_path / "own.ttl")


def test_a_file_with_nothing_to_check_does_not_pass(world: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text("<http://a/b> <http://a/c> <http://a/d> .", encoding="utf-8")
    assert [found.rule for found in validate_file(world, tmp_path / "own.ttl").findings] == ["nothing-to-check"]


@pytest.mark.parametrize("text", ["@prefix", "<a> <b> <c> .", "\x00", '<http://a/b> <http://a/c> "' + "x" * 99])
def test_a_file_that_is_not_turtle_is_a_usage_error(graph: Graph, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.ttl"):
        validate_file(graph, tmp_path / "own.ttl")


def test_a_huge_file_is_refused(graph: Graph, tmp_path: Path) -> None:
    with (tmp_path / "own.nt").open("wb") as stream:
        stream.truncate(257 * 1024 * 1024)
    with pytest.raises(UsageError, match="it is larger than 256 MB"):
        validate_file(graph, tmp_path / "own.nt")
