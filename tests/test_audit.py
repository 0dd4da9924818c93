"""`cartkg audit` finds every figure of the rows again in a copy, misses none printed, and locates what is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.audit import Audit, audit, consistency
from cartkg.errors import DataError, UsageError
from cartkg.tables.schema import curated_tables

from .conftest import ROOT, line_of, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run

MUTATIONS = ROOT / "benchmarks" / "mutations.py"
REVIEW = os.environ.get("CARTKG_REVIEW", "")


def checked(folder: Path) -> Audit:
    return audit(folder / "review.txt", folder)


def in_copy(folder: Path, old: str, new: str) -> int:
    """Replace what the copy prints once, and say in which line."""
    copy = folder / "review.txt"
    text = copy.read_text(encoding="utf-8")
    assert text.count(old) == 1
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def in_row(folder: Path, table: str, row: str, column: str, cell: str) -> int:
    """Write a cell, and say in which line."""
    path = folder / f"{table}.tsv"
    line = line_of(path, row)
    replace_cell(path, line, column, cell)
    return line


def places(found: Audit) -> set[tuple[str, int | None, str, str]]:
    return {(Path(f.path).name, f.line, f.column, f.rule) for f in found.report.findings}


@pytest.mark.parametrize(
    ("table", "row", "column", "cell"),
    [
        ("studies", "alpha-2", "product", "betacel"),
        ("studies", "alpha-2", "phase", "II"),
        ("studies", "alpha-2", "phase", ""),
        ("studies", "alpha-2", "design", "randomised"),
        ("factors", "depth", "group", "malignancy-type"),
        ("factors", "depth", "direction", "disfavours"),
        ("factor-evidence", "deep", "verdict", "contradicts"),
        ("claims", "cr-leukaemia", "outcome", "PFS"),
        ("trials", "trial-1", "locator", "references/item-3"),
    ],
)
def test_a_word_that_is_not_printed_there_is_located(
    audited: Path, table: str, row: str, column: str, cell: str
) -> None:
    line = in_row(audited, table, row, column, cell)
    assert (f"{table}.tsv", line, column, "worded") in places(checked(audited))


@pytest.mark.parametrize(("label", "wrong"), [("Alpha 2020", False), ("Alpha 2021", True), ("Alpha in CR", True)])
def test_a_label_names_what_the_row_is_of_and_nothing_else(audited: Path, label: str, wrong: bool) -> None:
    line = in_row(audited, "studies", "alpha-2", "label", label)
    assert (("studies.tsv", line, "label", "labelled") in places(checked(audited))) == wrong


def test_a_row_gives_a_reference_where_each_of_its_places_cites_one(audited: Path) -> None:
    line = in_row(audited, "claims", "early", "references", "")
    found = [finding for finding in checked(audited).report.findings if "each of its places cites" in finding.message]
    assert [(finding.line, finding.column) for finding in found] == [(line, "references")]


def test_every_column_of_a_table_whose_headers_are_kept_has_its_row(audited: Path) -> None:
    headers = audited / "headers.tsv"
    headers.write_text("".join(headers.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    found = [finding for finding in checked(audited).report.findings if "heads a column" in finding.message]
    assert [finding.column for finding in found] == ["table-1/header/column-6"]


@pytest.mark.parametrize(("references", "wrong"), [("4", False), ("2", True)])
def test_an_approval_has_a_reference_that_is_printed_after_its_disease(
    audited: Path, references: str, wrong: bool
) -> None:
    place = "introduction/paragraph-1/sentence-2"
    with (audited / "diseases.tsv").open("a", encoding="utf-8") as file:
        named = {
            "id": "leukaemia",
            "label": "leukaemia",
            "source": "invented-2024",
            "locator": place,
            "basis": "stated",
        }
        columns = (audited / "diseases.tsv").read_text(encoding="utf-8").partition("\n")[0].split("\t")
        file.write("\t".join(named.get(column, "") for column in columns) + "\n")
    (audited / "indications.tsv").write_text(
        "id\tlabel\tsource\tlocator\treferences\tbasis\tproduct\tdisease\tauthority\n"
        f"i\talphacel for leukaemia\tinvented-2024\t{place}\t{references}\tstated\talphacel\tleukaemia\tfda\n",
        encoding="utf-8",
    )
    assert (("indications.tsv", 2, "disease", "worded") in places(checked(audited))) == wrong


def test_a_word_that_the_copy_does_not_print_is_located(audited: Path) -> None:
    in_copy(audited, "Alphacel, phase I/II", "Gammacel, phase I/II")
    found = checked(audited)
    assert ("products.tsv", 2, "locator", "worded") in places(found)
    looked_for, printed, _ = found.proofs["worded"]
    assert 0 < printed < looked_for


def test_rows_and_copy_that_agree_have_nothing_wrong(audited: Path) -> None:
    found = checked(audited)
    assert found.report.findings == ()
    assert (found.references, found.cited) == (4, 4)
    assert sum(section.missed for section in found.sections) == 0


@pytest.mark.parametrize(("printed", "wrong"), [("Zero 2001", False), ("Nil 2001", True)])
def test_a_reference_without_a_number_is_cited_by_its_words(audited: Path, printed: str, wrong: bool) -> None:
    in_copy(audited, "small¹.", f"small ({printed}).")
    listed = audited / "references.tsv"
    head, *rows = listed.read_text(encoding="utf-8").replace(".1\t1.\t", ".zero\tZero\t").splitlines()
    rows[0] = rows[0].replace("\t1\tordinal\t", "\t\t\t")
    wide = [f"{head}\tcited_as", f"{rows[0]}\tZero 2001", *(f"{row}\t" for row in rows[1:])]
    listed.write_text("\n".join([*wide, ""]), encoding="utf-8")
    in_row(audited, "claims", "early", "references", "zero")
    line = in_row(audited, "citations", "c-1", "references", "zero")
    found = checked(audited)
    assert (("citations.tsv", line, "references", "faithful") in places(found)) == wrong
    assert wrong or (found.report.findings, found.cited) == ((), 4)


def test_a_source_may_bring_terms_of_its_own(audited: Path) -> None:
    cells = {"id": "deep", "label": "deep response", "source": "invented-2024", "locator": "key-points/item-1",
             "basis": "stated", "vocabulary": "ck:Outcome", "code": "DEEP", "definition": "counts people"}  # fmt: skip
    with (audited / "terms.tsv").open("a", encoding="utf-8") as file:
        file.write("\t".join(cells.get(name, "") for name in curated_tables()["terms"].columns) + "\n")
    assert "code-unique" not in {finding.rule for finding in checked(audited).report.findings}


def test_what_was_cleaned_is_said(audited: Path) -> None:
    assert checked(audited).changes["superscript digits"] == 4


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("table", "row", "column", "cell"),
    [
        ("observations", "r2-orr", "numerator", "18"),
        ("observations", "r2-orr", "denominator", "26"),
        ("observations", "r2-orr", "percent", "75"),
        ("observations", "r1-orr", "percent", "55"),
        ("observations", "r2-pfs", "value", "5.8"),
        ("observations", "r2-pfs", "lower", "9"),
        ("observations", "r2-pfs", "upper", "4.1"),
        ("observations", "r2-pfs", "unit", "week"),
        ("observations", "r1-pfs-fl", "timepoint_value", "6"),
        ("observations", "r1-pfs-fl", "printed", "13%"),
        ("observations", "r1-orr", "printed", "55%"),
        ("observations", "r1-orr", "outcome", "CRR"),
        ("observations", "r2-dor", "status", "not-reached"),
        ("observations", "r3-orr", "status", "not-estimable"),
        ("observations", "r3-dor", "percent", "99"),
        ("observations", "r3-lost", "numerator", "2"),
        ("observations", "r1-orr", "references", "3"),
        ("follow-ups", "f3", "minimum", "13"),
        ("cohorts", "r1-all", "n", "39"),
        ("cohorts", "r2-all", "n", "24"),
        ("cohorts", "r3-all", "age_minimum", "19"),
        ("cohorts", "r3-all", "age_maximum", "71"),
        ("cohorts", "r1-all", "diseases_printed", "FL (15); MCL (24)"),
        ("studies", "alpha-2", "year", "2021"),
        ("studies", "alpha-2", "author", "Alfa"),
        ("studies", "alpha-2", "report", "3"),
        ("claims", "cr-lymphoma", "upper", "56"),
        ("claims", "decade", "value", "20"),
        ("claims", "grade", "timepoint", "91 days"),
        ("references", "invented-2024.3", "year", "2020"),
        ("references", "invented-2024.3", "volume", "14"),
        ("references", "invented-2024.3", "title", "Betacel with CD8⁺ cells"),
        ("headers", "invented-2024.table-1.column-5", "printed", "ORR and PFS"),
        ("footnotes", "invented-2024.table-1.b", "marked", "table-1/row-2/column-2"),
        ("omissions", "o-1", "printed", "Table 2"),
        ("citations", "c-1", "references", "2"),
        ("observations", "r1-pfs-fl", "percent", "43"),
        ("observations", "r1-pfs-fl", "cohort", "r1-mcl"),
        ("observations", "r2-pfs", "interval", "range"),
        ("observations", "r2-orr", "outcome", "EFS"),
        ("observations", "r1-orr", "locator", "table-1"),
        ("cohorts", "r1-fl", "n", "24"),
        ("cohorts", "r1-all", "premises", "table-1/row-9/column-3"),
        ("studies", "alpha-2", "phase", "II"),
        ("studies", "alpha-2", "phase", ""),
        ("studies", "alpha-2", "product", "betacel"),
        ("claims", "follow-up", "comparator", "gt"),
        ("footnotes", "invented-2024.table-1.b", "marked", "table-1/row-1/column-2|table-1/row-9/column-2"),
    ],
)
def test_a_wrong_cell_is_located(audited: Path, table: str, row: str, column: str, cell: str) -> None:
    line = in_row(audited, table, row, column, cell)
    assert (f"{table}.tsv", line) in {(name, at) for name, at, _, _ in places(checked(audited))}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ORR: 66%", "ORR: 56%"),
        ("43% PFS at 5", "43% PFS at 6"),
        ("19/25", "19/24"),
        ("(IQR 4.1", "(IQR 4.2"),
        ("aged 18–72", "aged 18–73"),
        ("leukaemia⁴", "leukaemia³"),
        ("lasts^{2,4}", "lasts^{2,3}"),
        ("I/II ^b", "I/II ^c"),
        ("median DOR: NE", "median DOR: NR"),
        ("(Suppl. 2)", "(Suppl. 3)"),
        ("**12**", "**13**"),
        ("3. Beta", "8. Beta"),
        ("of Table 1 (", "of Table 2 ("),
        ("after 90 days", "after 60 days"),
        ("Grade ≥3", "Grade ≥4"),
        ("Two products", "Six products"),
        ("5 years for FL", "5 years for MCL"),
        ("FL (14)", "MCL (14)"),
        ("(IQR 4.1", "(range 4.1"),
        ("phase I/II", "phase III"),
        ("at least 12 months", "over 12 months"),
    ],
)
def test_a_changed_digit_of_the_copy_is_located(audited: Path, old: str, new: str) -> None:
    line = in_copy(audited, old, new)
    named = {finding.line for finding in checked(audited).report.findings if finding.path.endswith("review.txt")}
    quoted = " ".join(finding.message for finding in checked(audited).report.findings)
    assert line in named or "prints “" in quoted


def test_a_figure_that_no_row_carries_is_missed_at_its_line_and_place(audited: Path) -> None:
    line = in_copy(audited, "A deep response lasts", "In 7 of them a deep response lasts")
    assert places(checked(audited)) == {("review.txt", line, "box-1/item-1/item-1", "complete")}


def kept(folder: Path, cell: str) -> int:
    """Give the table of claims its column of fingerprints, with one cell filled, and say in which line."""
    path = folder / "claims.tsv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    rows = [f"{head}\tkept", f"{first}\t{cell}", *(f"{row}\t" for row in rest)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 2


def fingerprints(folder: Path) -> dict[int, str]:
    """What the audit says must be written into the cells of that column."""
    found = [finding for finding in checked(folder).report.findings if finding.column == "kept"]
    return {finding.line or 0: finding.remedy.partition("then write ")[2] for finding in found}


def test_a_table_that_keeps_a_fingerprint_keeps_one_for_every_row_and_is_told_what_to_write(audited: Path) -> None:
    assert fingerprints(audited) == {}
    kept(audited, "?")
    for line, cell in fingerprints(audited).items():
        replace_cell(audited / "claims.tsv", line, "kept", cell)
    assert len((audited / "claims.tsv").read_text(encoding="utf-8").splitlines()) > 2
    assert fingerprints(audited) == {}


def test_a_sentence_that_has_changed_since_it_was_paraphrased_is_located(audited: Path) -> None:
    kept(audited, "?")
    for line, cell in fingerprints(audited).items():
        replace_cell(audited / "claims.tsv", line, "kept", cell)
    in_copy(audited, "Early trials were small", "Early trials were never small")
    assert ("claims.tsv", line_of(audited / "claims.tsv", "early"), "kept", "kept") in places(checked(audited))


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("statement", "Ten years are reached by now.", "no longer says not"),
        ("statement", "Ten years are not reached yet, as in Alphacel.", "says anew alphacel"),
        ("comparator", "lt", "no longer says comparator=gt; says anew comparator=lt"),
        ("value", "", "no longer says value="),
        ("population", "people not in remission", "says anew not"),
    ],
)
def test_a_paraphrase_or_code_that_no_longer_says_what_was_kept_is_refused_with_what_to_write(
    audited: Path, column: str, cell: str, told: str
) -> None:
    kept(audited, "?")
    line = line_of(audited / "claims.tsv", "decade")
    replace_cell(audited / "claims.tsv", line, "kept", fingerprints(audited)[line])
    in_row(audited, "claims", "decade", column, cell)
    with pytest.raises(DataError) as refused:
        checked(audited)
    (finding,) = refused.value.report.findings
    assert (finding.line, finding.column, told in finding.message) == (line, "kept", True)
    assert "write " in finding.remedy


def test_a_figure_printed_once_is_not_carried_twice(audited: Path) -> None:
    in_row(audited, "observations", "r1-orr", "percent", "55")
    found = {(name, column, rule) for name, _, column, rule in places(checked(audited))}
    assert ("observations.tsv", "percent", "faithful") in found
    assert ("review.txt", "table-1/row-1/column-5", "complete") in found


def test_a_place_that_the_copy_does_not_have_is_named(audited: Path) -> None:
    line = in_row(audited, "follow-ups", "f1", "locator", "table-1/row-9/column-4")
    assert ("follow-ups.tsv", line, "locator", "place") in places(checked(audited))


def test_a_reference_that_nothing_cites_is_found(audited: Path) -> None:
    path = audited / "citations.tsv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("c-1	")), encoding="utf-8")
    assert ("references.tsv", 2, "number", "reference-used") in places(checked(audited))


def test_an_omission_leaves_a_figure_or_citation_out_once_at_each_of_its_places(audited: Path) -> None:
    in_copy(
        audited, "treated twice.", "treated twice. A drug^{6–8} was given to 9. It helped 9, 9 did not say^{7}, 9% did."
    )
    path, at = audited / "omissions.tsv", "introduction/paragraph-1/sentence-"
    where, row = f"{at}5|{at}6", "o-2\tA drug\tinvented-2024\t{}\t^{{6–8}}|9|^{{7}}\tother-treatment\t\n"
    path.write_text(path.read_text(encoding="utf-8") + row.format(where), encoding="utf-8")
    left = [(found.column, found.message) for found in checked(audited).report.findings]
    assert left == [(f"{at}6", "“9” is carried by no row"), (f"{at}6", "“9%” is carried by no row")]


@pytest.mark.parametrize("decided", ["2017", "May 30, 2017"])
def test_the_day_of_a_decision_carries_the_figures_in_it(audited: Path, decided: str) -> None:
    in_copy(audited, "treated twice.", f"treated twice. The FDA approved alphacel for FL on {decided}.")
    cells = {"id": "alphacel-fl", "label": "alphacel for FL", "source": "invented-2024", "basis": "stated",
             "locator": "introduction/paragraph-1/sentence-5", "product": "alphacel", "disease": "fl",
             "authority": "fda", "decided": decided}  # fmt: skip
    (audited / "indications.tsv").write_text(
        "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n", encoding="utf-8"
    )
    assert checked(audited).report.findings == ()


def test_an_omission_of_what_rows_carry_is_found(audited: Path) -> None:
    path = audited / "omissions.tsv"
    path.write_text(
        path.read_text(encoding="utf-8")
        + "o-2\tNot needed\tinvented-2024\ttable-1/row-1/column-4\t61 months\tname\t\n",
        encoding="utf-8",
    )
    assert places(checked(audited)) == {("omissions.tsv", 3, "printed", "omission-needed")}


def test_a_reference_of_a_sentence_that_no_claim_about_it_carries_is_found(audited: Path) -> None:
    in_row(audited, "claims", "cr-lymphoma", "references", "2")
    assert {f.message for f in checked(audited).report.findings} == {
        "cr-lymphoma: introduction/paragraph-1/sentence-2 cites 3, which no row about it carries"
    }


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("small¹", "small^1"),
        ("lymphoma^{2,3}", "lymphoma<sup>2,3</sup>"),
        ("40–55%", "40 – 55 %"),
        ("61 months", "6l  months"),
        ("19/25 (76%)", "19 / 25 (76%)"),
        ("≥ 12 months", ">=12 months"),
        ("Table 1 | Outcomes", "TABLE 1. Outcomes"),
    ],
)
def test_the_noise_of_a_scan_changes_nothing(audited: Path, old: str, new: str) -> None:
    in_copy(audited, old, new)
    assert checked(audited).report.findings == ()


CAPTION = (
    "Fig. 1 | Time to recovery. Recovery took 15–22 days. Grade ≥3 events occurred in 2 patients\n\nafter 90 days."
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t42 months (1–123 months)", "", "has 5 cells under 6 headings of Table 1"),
        ("\t", "  ", "Table 1 has no rows; keep the tabs between its cells"),
        (CAPTION, "Fig. 1", "Fig. 1 has no caption"),
        ("\nReferences\n", "\nToxicity\n\nMore.\n\nToxicity\n\nReferences\n", "announces Toxicity a second time"),
    ],
)
def test_a_copy_that_lost_its_structure_is_refused(audited: Path, old: str, new: str, message: str) -> None:
    copy = audited / "review.txt"
    copy.write_text(copy.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        checked(audited)


def test_a_lost_table_row_is_told_first(audited: Path) -> None:
    copy = audited / "review.txt"
    lines = copy.read_text(encoding="utf-8").splitlines(keepends=True)
    copy.write_text("".join(line for line in lines if not line.startswith("Beta et al. (2021)")), encoding="utf-8")
    assert checked(audited).report.findings[0].message == "table-1 has 2 rows, but data speak of 3"


def test_a_cut_copy_is_refused(audited: Path) -> None:
    copy = audited / "review.txt"
    copy.write_text(copy.read_text(encoding="utf-8").split("Toxicity")[0], encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"no line announces “Toxicity”, “Fig\. 1”, “Box 1”, “References”; the text is cut"
    ):
        checked(audited)


def test_a_copy_cut_inside_its_last_part_is_not_passed(audited: Path) -> None:
    copy = audited / "review.txt"
    copy.write_text(copy.read_text(encoding="utf-8").split("4. Gamma")[0], encoding="utf-8")
    assert ("references.tsv", 5, "locator", "place") in places(checked(audited))


def test_another_document_is_refused(audited: Path) -> None:
    (audited / "review.txt").write_text("Quite another text.\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is not the edition that the tables quote"):
        checked(audited)


def test_tables_that_are_wrong_are_reported_before_anything_is_compared(audited: Path) -> None:
    in_row(audited, "observations", "r1-orr", "percent", "many")
    with pytest.raises(DataError):
        checked(audited)


def test_a_source_must_exist(audited: Path) -> None:
    with pytest.raises(UsageError, match="there is no source 'x'; the tables hold: invented-2024"):
        audit(audited / "review.txt", audited, "x")


@pytest.mark.no_cover
def test_the_command_prints_counts_and_exits_with_1_when_something_is_missed(
    audited: Path, run: Callable[..., Run]
) -> None:
    arguments = ("audit", audited / "review.txt", "--data", audited, "--graph", audited.parent / "graph")
    good = run(*arguments)
    assert good.code == 0
    assert "(100.00%)" in good.out
    assert "consistent: " in good.out
    line = in_copy(audited, "ORR: 66%", "ORR: 67%")
    bad = run(*arguments)
    assert bad.code == 1
    assert f"audited/review.txt:{line}: table-1/row-1/column-5: “67%” is carried by no row" in bad.out
    assert "observations.tsv:2: percent: r1-orr: 66% is not printed there" in bad.out


def test_the_formats_hold_the_same_findings(audited: Path, run: Callable[..., Run]) -> None:
    in_copy(audited, "ORR: 66%", "ORR: 67%")
    arguments = ("audit", audited / "review.txt", "--data", audited, "--graph", audited.parent / "graph", "--format")
    plain = json.loads(run(*arguments, "json").out)
    assert len(plain["findings"]) == 3
    assert plain["faithful"]["checked"] - plain["faithful"]["found"] == 2
    assert plain["complete"]["missed"] == 1
    assert len(run(*arguments, "csv").out.splitlines()) == 4
    markdown = run(*arguments, "markdown").out
    assert markdown.count("[faithful]") == 2
    assert "| table-1 | " in markdown


def test_the_completeness_view_says_what_is_left_out_and_why(audited: Path, run: Callable[..., Run]) -> None:
    arguments = ("audit", audited / "review.txt", "--data", audited, "--graph", audited.parent / "graph")
    out = run(*arguments, "--completeness").out
    assert "introduction/paragraph-1/sentence-3: Table 1 (cross-reference)" in out
    assert out.startswith("part")


def test_every_inconsistency_of_the_review_is_flagged(graph: Graph) -> None:
    report = consistency(graph)
    assert report.findings == ()
    assert int(report.checked.split()[0]) > 10


def test_an_inconsistency_that_nothing_flags_is_found(tables: Path, tmp_path: Path, run: Callable[..., Run]) -> None:
    path = tables / "discrepancies.tsv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if row.split("\t")[0] not in {"martin-crr-percent", "park-27-26"}]
    path.write_text("".join(kept), encoding="utf-8")
    replace_cell(tables / "sources.tsv", 2, "rows", "")
    done = run("audit", "--data", tables, "--graph", tmp_path / "graph")
    assert done.code == 1
    assert "table-3/row-2/column-4: 80 of 97 do not give the percentage" in done.out
    assert "[responders-in-a-row]" in done.out
    assert ", 2 not flagged" in done.out


def test_whatever_disagrees_within_the_review_is_flagged(run: Callable[..., Run]) -> None:
    assert run("audit").code == 0


def test_a_missing_copy_is_a_usage_error(run: Callable[..., Run], tmp_path: Path) -> None:
    failed = run("audit", tmp_path / "none.txt")
    assert failed.code == 2
    assert "no such file" in failed.err


@pytest.mark.no_cover
@pytest.mark.parametrize("count", ["30", pytest.param("220", marks=pytest.mark.nightly)])
def test_every_single_digit_change_is_caught_and_located(audited: Path, count: str) -> None:
    done = subprocess.run(
        [sys.executable, MUTATIONS, audited / "review.txt", "--data", audited, "--count", count, "--seed", "3",
         "--only", "tables", "--only", "copy"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"copy: {count} of {count} changes caught and located" in done.stdout


@pytest.mark.no_cover
def test_a_change_that_nothing_notices_would_be_printed(audited: Path) -> None:
    in_copy(audited, "ORR: 66%", "ORR: 67%")
    done = subprocess.run(
        [sys.executable, MUTATIONS, audited / "review.txt", "--data", audited, "--count", "1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "finds 3 things before any change" in done.stdout


@pytest.mark.skipif(not REVIEW, reason="set CARTKG_REVIEW to a text copy of the review, which is not in the repository")
def test_the_review_itself_is_faithful_and_complete() -> None:
    found = audit(Path(REVIEW))
    assert [str(finding) for finding in found.report.findings] == []
