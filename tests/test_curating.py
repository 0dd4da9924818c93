"""What the page for curators shows happens: its files are taken as they stand, its commands print what it shows."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from cartkg.audit import audit
from cartkg.build import build
from cartkg.importing import own_table, pubmed
from cartkg.new_source import new_source
from cartkg.resources import DATA_DIRECTORY
from cartkg.validate import validate_graph

from .conftest import ROOT, WORLD, Run

PAGE = (ROOT / "docs" / "curating.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ABOUT = {"kind": "data-set", "title": "Ward 7, all years", "authors": "Ward 7", "year": "2026"}
CITATION = """PMID- 99999901
DP  - 2022 Feb 17
TI  - An invented trial of alphacel in a
      lymphoma.
LID - 10.9999/invented.1 [doi]
AU  - Alpha A
AU  - Beta B
LA  - eng
TA  - J Inv
"""


def files_of(language: str) -> dict[str, str]:
    return {name: text for found, name, text in BLOCKS if found == language}


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """The table of one's own that the page shows, and what its columns become."""
    for name, text in files_of("csv").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def rows(folder: Path, table: str) -> dict[str, dict[str, str]]:
    with (folder / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return {row["id"].partition(".")[2]: row for row in csv.DictReader(file, delimiter="\t")}


def test_the_page_goes_from_an_abstract_to_an_answer(run: Callable[..., Run], tmp_path: Path) -> None:
    ran = 0
    for _, name, text in BLOCKS:
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        for command, shown in re.findall(r"^\$ cartkg (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            done = run(*shlex.split(command))
            printed = "".join(f"{line.rstrip()}\n" for line in done.out.splitlines())
            printed = re.sub(rf"{re.escape(str(DATA_DIRECTORY))}: conforms \(.*\)", "DATA: conforms (SHAPES)", printed)
            assert (done.code, printed) == (0, shown), f"{command}\n{done.err}"
            ran += 1
    assert ran == len(re.findall(r"^\$ cartkg", PAGE, re.MULTILINE)) > 0


def test_the_follow_up_is_not_the_time_of_a_rate_where_a_time_is_printed(tmp_path: Path) -> None:
    new_source(tmp_path / "upsilon-2", "Upsilon-cel", "Ypsilon A", 2026, "conference-abstract", "")
    for _, name, text in BLOCKS:
        if name.startswith(("upsilon-2/", "abstract")):
            row, cells = "upsilon-2.care-pfs\t", ("at 12 months\t12", "18.2 months\t18.2")
            lines = (line.replace(*cells) if line.startswith(row) else line for line in text.splitlines(keepends=True))
            (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    found = audit(tmp_path / "abstract.md", None, "upsilon-2", [tmp_path / "upsilon-2"]).report.findings
    assert [(finding.column, finding.rule) for finding in found] == [("timepoint_value", "worded")]


@pytest.mark.nightly
def test_a_table_of_ones_own_is_found_again_in_its_rows(ward: Path) -> None:
    out = ward / "ward-7"
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, out)
    codes = (out / "codes.csv").read_text(encoding="utf-8")
    assert "ward-7,cohorts.product,axi-cel,,axicabtagene-ciloleucel,\n" in codes
    (out / "codes.csv").write_text(codes.replace("ciloleucel,\n", "ciloleucel,axicabtagene-ciloleucel\n"), "utf-8")
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, out)
    found = audit(ward / "series.csv", None, "ward-7", [out])
    assert found.report.findings == ()
    assert found.total["missed"] == 0
    assert validate_graph(build(None, ward / "graph", overlays=[out]), DATA_DIRECTORY).findings == ()
    figures = rows(out, "observations")
    assert figures["adults-pfs"]["upper_status"] == "not-estimable"
    assert figures["young-adults-pfs"]["status"] == "not-reached"
    assert figures["young-adults-cr"]["locator"] == "rows#/3"


@pytest.mark.no_cover
def test_nr_is_a_figure_of_neither_kind_until_it_is_confirmed(ward: Path) -> None:
    text = (ward / "series.csv").read_text(encoding="utf-8").replace("not reached", "NR")
    (ward / "series.csv").write_text(text, encoding="utf-8")
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, ward / "ward-7")
    assert "young-adults-pfs" not in rows(ward / "ward-7", "observations")
    assert rows(ward / "ward-7", "omissions")["young-adults-pfs-x"]["printed"] == "Median PFS (months) NR"
    codes = (ward / "ward-7" / "codes.csv").read_text(encoding="utf-8")
    assert "reason,NR in Median PFS (months),,not-reported,\n" in codes
    (ward / "ward-7" / "codes.csv").write_text(
        codes.replace(",not-reported,\n", ",not-reported,not-reached\n"), "utf-8"
    )
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, ward / "ward-7")
    assert rows(ward / "ward-7", "observations")["young-adults-pfs"]["status"] == "not-reached"


@pytest.mark.no_cover
def test_a_changed_cell_of_a_table_of_ones_own_is_found(ward: Path) -> None:
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, ward / "ward-7")
    text = (ward / "series.csv").read_text(encoding="utf-8")
    (ward / "series.csv").write_text(text.replace("9.1", "9.4"), encoding="utf-8")
    found = audit(ward / "series.csv", None, "ward-7", [ward / "ward-7"]).report.findings
    assert {finding.rule for finding in found} == {"faithful", "complete"}


def test_numbers_of_columns_that_nothing_is_made_of_are_listed(ward: Path) -> None:
    text = (ward / "columns.csv").read_text(encoding="utf-8")
    (ward / "columns.csv").write_text(text.replace("{Group}-cr,observations,percent,CR %,\n", ""), encoding="utf-8")
    own_table(ward / "series.csv", ward / "columns.csv", ABOUT, ward / "ward-7")
    listed = [(row["printed"], row["reason"]) for row in rows(ward / "ward-7", "omissions").values()]
    assert listed == [("CR % 58%", "not-confirmed"), ("CR % 75%", "not-confirmed")]


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    ("columns.csv", "row,table", "rows,table", "line 1 has no column row"),
    ("columns.csv", "cohorts,n,N,", "cohorts,n,M,", "columns.csv:10: from: there is no heading 'M'"),
    ("columns.csv", "cohorts,n,N,", "cohorts,size,N,", "columns.csv:10: column: there is no column 'size'"),
    ("columns.csv", "cohorts,n,N,", "cohort,n,N,", "columns.csv:10: table: there is no table 'cohort'; write cohorts"),
    ("columns.csv", "cohorts,n,N,", "cohorts,n,N,24", "columns.csv:10: from: it has both from and value, or neither"),
    ("series.csv", "Young adults", "Adults",
     "series.csv:3: numerator: ward-7.adults-cr was '14' in line 2 and is '9' here"),
    ("series.csv", "14,58%", "about 14,58%", "series.csv:2: numerator: 'about 14' is not allowed here"),
    ("series.csv", ",5.2,NE", ",5.2", "series.csv: line 2 has more or fewer cells"),
    ("series.csv", "Adults,axi-cel,24,14,58%,9.1,5.2,NE\nYoung adults,tisagenlecleucel,12,9,75%,not reached,,\n", "",
     "series.csv: has no line below its headings"),
])  # fmt: skip
def test_a_mistake_in_a_table_of_ones_own_is_located_and_nothing_is_written(
    run: Callable[..., Run], ward: Path, name: str, old: str, new: str, said: str
) -> None:
    text = (ward / name).read_text(encoding="utf-8")
    assert old in text
    (ward / name).write_text(text.replace(old, new), encoding="utf-8")
    about = ("--title", "Ward 7", "--authors", "Ward 7", "--year", "2026")
    done = run("import", "csv", "series.csv", "--columns", "columns.csv", "--out", "ward-7", "--data", WORLD, *about)
    assert done.code in {1, 2}
    assert said in done.err
    assert not (ward / "ward-7").exists()


def test_a_citation_is_a_source_that_rows_can_be_added_to(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "one.nbib").write_text(CITATION, encoding="utf-8")
    done = run("import", "pubmed", "--data", WORLD, "one.nbib", "--out", "papers")
    assert (done.code, done.out) == (0, "pmid-99999901: 1 sources, 2 parts\n")
    with (tmp_path / "papers" / "sources.tsv").open(encoding="utf-8", newline="") as file:
        (source,) = csv.DictReader(file, delimiter="\t")
    assert source["title"] == "An invented trial of alphacel in a lymphoma"
    assert [source[name] for name in ("authors", "year", "doi", "journal", "language")] == [
        "Alpha A, Beta B", "2022", "10.9999/invented.1", "J Inv", "en",
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [
    ("Once upon a time\n", "holds no citation"),
    (CITATION.replace("DP  - 2022 Feb 17\n", ""), "the citation 99999901 has no DP"),
])  # fmt: skip
def test_what_is_no_citation_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "one.nbib").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=said):
        pubmed([tmp_path / "one.nbib"], tmp_path / "papers", WORLD)
    assert not (tmp_path / "papers").exists()
