"""Mistakes in the tables are found where they are, all in one run, and each comes with a remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.build import build
from cartkg.errors import DataError, UsageError
from cartkg.findings import Finding, Report
from cartkg.rdf.folders import read_folders
from cartkg.rdf.vocabulary import Vocabulary
from cartkg.resources import DATA_DIRECTORY
from cartkg.tables.checker import Checker
from cartkg.tables.reader import read_rows
from cartkg.tables.schema import curated_tables

from .conftest import Broken, break_cells, replace_cell

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

# table, row, column, broken cell, rule, what the remedy must say
# Every row is broken once, so that all can be broken together.
BROKEN_CELLS = [
    ("observations", "t2-r01-cr-cri", "references", "999", "reference", "write"),
    ("observations", "t2-r02-cr-cri", "references", "forty-two", "reference", "write"),
    ("observations", "t2-r03-cr-cri", "cohort", "t2-r03-al", "reference", "write t2-r03-all"),
    ("observations", "t2-r04-cr-cri", "outcome", "CR/CRi", "code-known", "CR_CRi"),
    ("observations", "t2-r05-cr-cri", "statistic", "propotion", "code-known", "write proportion"),
    ("observations", "t2-r06-cr-cri", "status", "NR", "code-known", "not-reported"),
    ("observations", "t2-r07-cr-cri", "basis", "", "cell-type", "write"),
    ("observations", "t2-r09-cr-cri", "basis", "guessed", "code-known", "stated"),
    ("observations", "t2-r10-cr-cri", "numerator", "31.5", "cell-type", "whole number"),
    ("observations", "t2-r11-cr-cri", "denominator", "fifty", "cell-type", "whole number"),
    ("observations", "t2-r12-cr-cri", "percent", "62%", "cell-type", "number"),
    ("observations", "t3-r01-orr", "locator", "table-2/row-1/colum-5", "locator", "row-N"),
    ("observations", "t3-r02-orr", "locator", "table-9/row-1/column-5", "locator", "table-"),
    ("observations", "t3-r03-orr", "locator", "table-2/row-0/column-5", "locator", "row-N"),
    ("observations", "t3-r04-orr", "locator", "", "cell-type", "write"),
    ("observations", "t3-r05-orr", "source", "cappell-2023", "reference", "cappell-kochenderfer-2023"),
    ("observations", "t3-r06-orr", "id", "T3 r6", "cell-type", "lower-case"),
    ("observations", "t3-r06-crr", "id", "t3-r05-crr", "id-unique", "own"),
    ("observations", "t1-r02-efs", "unit", "months", "code-known", "write month"),
    ("observations", "t1-r03-efs", "value", "5,7", "cell-type", "number"),
    ("observations", "t1-r04-efs", "value", "NaN", "cell-type", "number"),
    ("observations", "t1-r05-pfs-tfl", "value", "1e30", "cell-type", "number"),
    ("observations", "t1-r06-pfs", "value", "2,6", "cell-type", "number"),
    ("observations", "t1-r07-relapse", "numerator", "٤", "cell-type", "whole number"),
    ("observations", "t1-r08-pfs", "locator", "table-1/column-6/row-8", "locator", "row-N"),
    ("observations", "t1-r09-pfs", "locator", "introduction/row-1/column-1", "locator", "name a table"),
    ("constructs", "fmc63-28z", "antigens", "cd19|cd19", "list-unique", "keep one"),
    ("studies", "shah-42", "report", "1420", "reference", "write"),
    ("studies", "hay-43", "phase", "1", "code-known", "write one of I, I/II"),
    ("studies", "park-44", "product", "19.28z", "reference", "write 19-28z"),
    ("cohorts", "t2-r01-all", "kind", "everybody", "code-known", "all"),
    ("cohorts", "t2-r02-all", "age_group", "children and adults", "code-known", "children-and-adults"),
    ("cohorts", "t2-r03-all", "diseases", "b-all|b-al", "reference", "write b-all"),
    ("cohorts", "t2-r04-all", "diseases", "b-all||dlbcl", "reference", "write"),
    ("follow-ups", "t1-r04", "interval", "IQR", "code-known", "iqr"),
    ("references", "cappell-kochenderfer-2023.31", "year", "2O21", "cell-type", "whole number"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Broken, tuple[Finding, ...]]:
    """Every cell of BROKEN_CELLS broken, and what the build said."""
    tables = break_cells(tmp_path_factory.mktemp("broken"), [case[:4] for case in BROKEN_CELLS], DATA_DIRECTORY)
    return tables, findings_of(tables.data, tables.data.parent / "out")


def findings_of(tables: Path, out: Path) -> tuple[Finding, ...]:
    with pytest.raises(DataError) as caught:
        build(tables, out)
    return caught.value.report.findings


@pytest.mark.parametrize(("table", "row", "column", "cell", "rule", "remedy"), BROKEN_CELLS)
def test_a_broken_cell_is_named_with_file_line_column_rule_and_remedy(
    broken: tuple[Broken, tuple[Finding, ...]], table: str, row: str, column: str, cell: str, rule: str, remedy: str
) -> None:
    del cell
    tables, findings = broken
    path = tables.data / f"{table}.tsv"
    place = (str(path), tables.lines[table, row], column)
    hit = [found for found in findings if (found.path, found.line, found.column) == place]
    assert [finding.rule for finding in hit] == [rule]
    assert remedy in hit[0].remedy
    assert re.match(rf"{re.escape(str(path))}:\d+: {column}: .+; .+ \[{rule}\]$", str(hit[0]))


def test_all_mistakes_are_reported_in_one_run(invented: Path, tmp_path: Path) -> None:
    observations, studies = invented / "observations.tsv", invented / "studies.tsv"
    replace_cell(observations, 2, "outcome", "ORRR")
    replace_cell(observations, 3, "percent", "many")
    replace_cell(studies, 4, "phase", "IV")
    places = {(found.path, found.line, found.column) for found in findings_of(invented, tmp_path / "out")}
    assert places == {
        (str(observations), 2, "outcome"),
        (str(observations), 3, "percent"),
        (str(studies), 4, "phase"),
    }


def test_a_build_that_fails_writes_nothing(invented: Path, tmp_path: Path) -> None:
    replace_cell(invented / "observations.tsv", 2, "outcome", "ORRR")
    out = tmp_path / "out"
    findings_of(invented, out)
    assert list(out.iterdir()) == []


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("change", "rule", "remedy"),
    [
        (lambda text: text.replace("percent", "percnt", 1), "header", "write percent"),
        (lambda text: text.replace("\toutcome", "", 1), "header", "add it"),
        (lambda text: text.replace("\tpercent", "\tvalue", 1), "header", "keep one"),
        (lambda text: text.replace("\t", ",", 3), "header", "write"),
        (lambda text: text.replace("Alpha 2020: ORR", "Alpha\t2020: ORR", 1), "cell-count", "exactly one cell"),
        (lambda text: text.replace("Alpha 2020: ORR", "Alpha\x072020: ORR", 1), "characters", "delete"),
        (lambda text: text.replace("Alpha 2020: ORR", '"Alpha 2020: ORR', 1), "table-syntax", "quotation"),
    ],
)
def test_a_broken_table_is_named_with_a_remedy(invented: Path, tmp_path: Path, change, rule: str, remedy: str) -> None:
    path = invented / "observations.tsv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = [finding for finding in findings_of(invented, tmp_path / "out") if finding.path == str(path)]
    assert rule in {finding.rule for finding in found}
    assert any(remedy in finding.remedy for finding in found if finding.rule == rule)


def test_a_table_that_is_not_utf_8_is_refused(invented: Path, tmp_path: Path) -> None:
    (invented / "trials.tsv").write_bytes(b"id\tlabel\n\xff\n")
    assert "encoding" in {finding.rule for finding in findings_of(invented, tmp_path / "out")}


def test_a_missing_table_is_refused(invented: Path, tmp_path: Path) -> None:
    (invented / "strategies.tsv").unlink()
    assert "table-missing" in {finding.rule for finding in findings_of(invented, tmp_path / "out")}


def test_a_table_that_can_not_be_read_is_refused(invented: Path, tmp_path: Path) -> None:
    (invented / "strategies.tsv").unlink()
    (invented / "strategies.tsv").mkdir()
    assert "table-unreadable" in {finding.rule for finding in findings_of(invented, tmp_path / "out")}


def test_an_editors_lock_file_is_left_alone(invented: Path, tmp_path: Path) -> None:
    (invented / ".#studies.tsv").symlink_to("nobody@nowhere")
    assert build(invented, tmp_path / "out").manifest.quads


def test_a_table_nobody_knows_is_refused_with_the_nearest_name(invented: Path, tmp_path: Path) -> None:
    (invented / "observation.tsv").write_text("id\tlabel\n", encoding="utf-8")
    unknown = [found for found in findings_of(invented, tmp_path / "out") if found.rule == "table-unknown"]
    assert [found.remedy.split(" (")[0] for found in unknown] == ["write observations"]


def test_a_folder_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such data folder"):
        build(tmp_path / "nowhere", tmp_path / "out")


def test_a_table_saved_by_a_spreadsheet_is_read_the_same(world: Graph, invented: Path, tmp_path: Path) -> None:
    path = invented / "trials.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert build(invented, tmp_path / "saved").manifest.sha256 == world.manifest.sha256


def test_every_table_and_column_says_what_it_means() -> None:
    for table in curated_tables().values():
        assert table.meaning.endswith(".")
        assert [column.name for column in table.columns.values() if not column.meaning.endswith(".")] == []


@pytest.mark.parametrize("name", [name for name, table in curated_tables().items() if "locator" in table.columns])
def test_every_row_of_the_review_that_was_read_somewhere_has_a_fingerprint(name: str) -> None:
    rows = read_rows(DATA_DIRECTORY / f"{name}.tsv", curated_tables()[name], [])
    assert [raw.line for raw in rows if not re.match(r"[0-9a-f]{8}( |$)", raw.cells["kept"])] == []


def test_a_row_that_no_source_prints_and_that_is_not_the_one_that_was_checked_is_refused(tables: Path) -> None:
    changes = {"sources": ("year", "2024"), "parts": ("label", "Heading"), "external-names": ("kept", ""),
               "external-hierarchy": ("broader", "mm")}  # fmt: skip
    for table, change in changes.items():
        replace_cell(tables / f"{table}.tsv", 2, *change)
    with pytest.raises(DataError) as refused:
        Checker(read_folders(tables, ()), Vocabulary.load()).checked()
    found = refused.value.report.findings
    assert {(Path(one.path).stem, one.line, one.column) for one in found} == {(table, 2, "kept") for table in changes}
    for one in found:
        replace_cell(Path(one.path), 2, "kept", one.remedy.rpartition(" ")[2])
    Checker(read_folders(tables, ()), Vocabulary.load()).checked()


def test_a_row_that_says_what_another_says_is_refused_and_told_which(invented: Path, tmp_path: Path) -> None:
    path = invented / "observations.tsv"
    first = path.read_text(encoding="utf-8").splitlines()[1].split("\t")
    with path.open("a", encoding="utf-8") as file:
        file.write("\t".join([f"{first[0]}-again", *first[1:]]) + "\n")
    (found,) = findings_of(invented, tmp_path / "out")
    assert (found.rule, found.line) == ("row-unique", len(path.read_text(encoding="utf-8").splitlines()))
    assert repr(first[0]) in found.message


TERM_COLUMNS = tuple(curated_tables()["terms"].columns)
REMISSION = {
    "id": "marker-response", "label": "marker response", "source": "omega-review-2024", "basis": "stated",
    "locator": "references/item-1", "vocabulary": "ck:Outcome", "code": "MARKER",
    "definition": "counts people whose marker fell",
}  # fmt: skip


def write_terms(tables: Path, *rows: dict[str, str]) -> Path:
    path = tables / "terms.tsv"
    lines = ["\t".join(row.get(column, "") for column in TERM_COLUMNS) for row in rows]
    path.write_text("\n".join(["\t".join(TERM_COLUMNS), *lines]) + "\n", encoding="utf-8")
    return path


def test_a_new_outcome_is_a_row_and_is_used_and_defined_like_any_other(invented: Path, tmp_path: Path) -> None:
    write_terms(
        invented, REMISSION, REMISSION | {"id": "deep", "label": "deep one", "code": "DEEP", "broader": "MARKER"}
    )
    replace_cell(invented / "observations.tsv", 2, "outcome", "DEEP")
    graph = build(invented, tmp_path / "out")
    text = """
        PREFIX ck: <https://w3id.org/cartkg/ontology/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?kind ?above ?definition WHERE {
          ?observation ck:outcome ?term .
          ?term skos:notation "DEEP" ; skos:broader/skos:notation ?above ; skos:definition ?definition ; a ?kind .
          ?kind rdfs:subClassOf ck:ControlledTerm
        } ORDER BY ?kind"""
    assert [(row["kind"].rsplit("/", 1)[1], row["above"], row["definition"]) for row in graph.rows(text)] == [
        (kind, "MARKER", "Outcome that counts people whose marker fell.") for kind in ("CuratedTerm", "Outcome")
    ]


def test_a_folder_may_do_without_terms(invented: Path, tmp_path: Path) -> None:
    (invented / "terms.tsv").unlink()
    assert build(invented, tmp_path / "out").manifest.quads


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("column", "cell", "rule", "remedy"),
    [
        ("code", "CRR", "code-unique", "write another code"),
        ("vocabulary", "ck:TimeUnit", "code-known", "write one of ck:"),
        ("vocabulary", "ck:LinkKind", "code-known", "write"),
        ("vocabulary", "ck:Outcomes", "code-known", "write ck:Outcome"),
        ("vocabulary", "ck:CuratedTerm", "code-known", "write"),
        ("broader", "CRRR", "code-known", "write CRR"),
    ],
)
def test_a_wrong_term_is_named_with_a_remedy(
    invented: Path, tmp_path: Path, column: str, cell: str, rule: str, remedy: str
) -> None:
    path = write_terms(invented, REMISSION | {column: cell})
    (found,) = findings_of(invented, tmp_path / "out")
    assert (found.path, found.line, found.column, found.rule) == (str(path), 2, column, rule)
    assert remedy in found.remedy


def test_two_terms_with_one_code_are_refused(invented: Path, tmp_path: Path) -> None:
    write_terms(invented, REMISSION, REMISSION | {"id": "again", "vocabulary": "ck:ResponseOutcome"})
    assert [(one.line, one.rule) for one in findings_of(invented, tmp_path / "out")] == [(3, "code-unique")]


@pytest.mark.no_cover
def test_ids_of_rows_of_one_source_begin_with_it_unless_it_says_that_they_are_bare(
    tables: Path, tmp_path: Path
) -> None:
    replace_cell(tables / "sources.tsv", 2, "row_ids", "")
    findings = findings_of(tables, tmp_path / "out")
    assert {found.rule for found in findings} == {"id-scoped", "kept"}
    tables_found = {Path(found.path).stem for found in findings}
    assert {"observations", "claims", "citations", "links", "strategies"} <= tables_found
    assert not tables_found & {"antigens", "products", "constructs", "trials", "factors", "references", "parts"}
    first = next(found for found in findings if Path(found.path).stem == "claims")
    assert (first.line, first.column, first.remedy) == (2, "id", "write cappell-kochenderfer-2023.claim-001")
    replace_cell(tables / "sources.tsv", 2, "row_ids", "both")
    assert {found.rule for found in findings_of(tables, tmp_path / "out")} == {"cell-type", "kept"}


@pytest.mark.no_cover
def test_a_row_that_is_missing_is_noticed_where_nothing_else_is_without_it(tables: Path, tmp_path: Path) -> None:
    path = tables / "strategies.tsv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    (found,) = findings_of(tables, tmp_path / "out")
    assert (found.rule, Path(found.path).name, found.line, found.column) == ("rows-kept", "sources.tsv", 2, "rows")
    replace_cell(tables / "sources.tsv", 2, "rows", found.remedy.rpartition(" ")[2])
    build(tables, tmp_path / "out")


def test_an_empty_report_conforms_and_says_so() -> None:
    report = Report("data", "3 rows")
    assert report.conforms
    assert str(report) == "data: conforms (3 rows)"
