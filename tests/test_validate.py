"""Validation finds what types and references can not: arithmetic, order, and rows that contradict each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.build import build
from cartkg.errors import UsageError
from cartkg.resources import data_directory
from cartkg.validate import validate_file, validate_graph

from .conftest import Broken, break_cells, line_of

if TYPE_CHECKING:
    from cartkg.findings import Finding
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
    tables = break_cells(tmp_path_factory.mktemp("broken"), cells)
    return tables, found_in(tables.data, tables.data.parent / "out")


def found_in(tables: Path, out: Path) -> tuple[Finding, ...]:
    return validate_graph(build(tables, out), tables).findings


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


def test_both_engines_find_the_same(broken: tuple[Broken, tuple[Finding, ...]]) -> None:
    tables, findings = broken
    graph = build(tables.data, tables.data.parent / "out")
    referee = validate_graph(graph, tables.data, referee=True)
    assert {str(found) for found in referee.findings} == {str(found) for found in findings}


def test_the_reviews_graph_conforms(graph: Graph) -> None:
    report = validate_graph(graph, data_directory())
    assert report.conforms, str(report)
    assert report.to_dict()["findings"] == []


def test_a_percentage_that_can_not_be_right_passes_only_with_its_discrepancy(tables: Path, tmp_path: Path) -> None:
    path = tables / "discrepancies.tsv"
    line = line_of(path, "martin-crr-percent")
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(lines[: line - 1] + lines[line:]), encoding="utf-8")
    findings = found_in(tables, tmp_path / "out")
    assert [(found.line, found.column) for found in findings] == [
        (line_of(tables / "observations.tsv", "t3-r02-crr"), "percent")
    ]


OWN = """
@prefix ck: <https://w3id.org/cartkg/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
<https://w3id.org/cartkg/id/antigens/gprc5d> a owl:NamedIndividual , ck:Antigen ; rdfs:label "GPRC5D"@en ;
  prov:wasQuotedFrom <https://w3id.org/cartkg/id/sources/cappell-kochenderfer-2023> ;
  ck:locator <https://w3id.org/cartkg/id/locators/cappell-kochenderfer-2023/table-3/title> ; ck:basis ck:StatedBasis .
"""


def test_somebodys_own_turtle_conforms_when_it_follows_the_shapes(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(OWN, encoding="utf-8")
    report = validate_file(graph, tmp_path / "own.ttl")
    assert report.conforms, str(report)


def test_somebodys_own_turtle_is_told_what_is_missing(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(OWN.replace("ck:basis ", "ck:bases "), encoding="utf-8")
    findings = validate_file(graph, tmp_path / "own.ttl").findings
    assert {"term-declared", "Sourced-basis"} <= {found.rule for found in findings}
    assert any("write https://w3id.org/cartkg/ontology/basis" in found.remedy for found in findings)


def test_an_anonymous_node_is_refused(graph: Graph, tmp_path: Path) -> None:
    prefix = "@prefix ck: <https://w3id.org/cartkg/ontology/> .\n"
    (tmp_path / "own.ttl").write_text(prefix + "[] a ck:Observation ; ck:numerator 5 .", encoding="utf-8")
    assert "node-named" in {found.rule for found in validate_file(graph, tmp_path / "own.ttl").findings}


def test_something_that_is_not_a_file_is_refused(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").mkdir()
    with pytest.raises(UsageError, match="not a file"):
        validate_file(graph, tmp_path / "own.ttl")


def test_a_file_with_nothing_to_check_does_not_pass(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text("<http://a/b> <http://a/c> <http://a/d> .", encoding="utf-8")
    assert [found.rule for found in validate_file(graph, tmp_path / "own.ttl").findings] == ["nothing-to-check"]


@pytest.mark.parametrize("text", ["@prefix", "<a> <b> <c> .", "\x00", '<http://a/b> <http://a/c> "' + "x" * 99])
def test_a_file_that_is_not_turtle_is_a_usage_error(graph: Graph, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.ttl"):
        validate_file(graph, tmp_path / "own.ttl")


def test_a_huge_file_is_refused(graph: Graph, tmp_path: Path) -> None:
    with (tmp_path / "own.nt").open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    with pytest.raises(UsageError, match="larger than 64 MiB"):
        validate_file(graph, tmp_path / "own.nt")
