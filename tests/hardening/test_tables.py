"""What copying, spreadsheets and accidents do to tables is found at its place, once, with what to write instead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cartkg.build import build
from cartkg.errors import CartkgError, DataError

from ..conftest import replace_cell
from . import MANY, SEED, lots_of, tell

PIECES = (b"\t", b"\n", b'"', b"\xff", b"\0", b"|", b"-", b"9", b"\xe2\x80\xae", b"=1+1", b"", b"\r", b"/")


def findings(invented: Path) -> list[str]:
    """What the build says of them, without the folder."""
    with pytest.raises(DataError) as caught:
        build(invented, invented.parent / "out")
    return [str(finding).removeprefix(f"{invented}/") for finding in caught.value.report.findings]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        (
            "label",
            "\u0421D19",
            "mixes alphabets: U+0421 (CYRILLIC CAPITAL LETTER ES); write the Latin letter",
        ),
        ("label", "CD\u039119", "mixes alphabets: U+0391 (GREEK CAPITAL LETTER ALPHA)"),
        ("label", "2-Mar", "'2-Mar': a spreadsheet made a date of a name"),
        ("label", "07-Aug", "a spreadsheet made a date of a name"),
        ("label", "SEPT2", "a spreadsheet makes a date of 'SEPT2'; write SEPTIN2, the symbol that it has now"),
        ("label", "1E5", "a spreadsheet made a power of ten of it"),
        ("label", "#REF!", "'#REF!' is an error"),
        ("label", "CD\xa019", "holds another space: U+00A0 (NO-BREAK SPACE)"),
        ("label", "CD\xad19", "not seen: U+00AD (SOFT HYPHEN); delete it"),
        ("label", "CD\u206619", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("label", "CD19\U000e0041", "U+E0041 (TAG LATIN CAPITAL LETTER A)"),
        ("label", "CD19\ufe0f", "U+FE0F (VARIATION SELECTOR-16)"),
        ("label", "\ufb01bre", "holds U+FB01 (LATIN SMALL LIGATURE FI); write fi"),
        ("label", "\u2102D19", "holds U+2102 (DOUBLE-STRUCK CAPITAL C); write C"),
        ("label", "type \u2162", "holds U+2162 (ROMAN NUMERAL THREE); write III"),
        ("note", "5 \u338e", "holds U+338E (SQUARE MG); write mg"),
        ("label", "\u1d04D19", "mixes alphabets: U+1D04 (LATIN LETTER SMALL CAPITAL C)"),
        ("label", "CD19\u0301", "a mark stands on a letter or digit: U+0301 (COMBINING ACUTE ACCENT); delete it"),
        ("label", "1/2/2024", "a spreadsheet made a date of a name"),
        ("label", "44927", "a spreadsheet made a date of a name"),
        ("label", "TRUE", "a spreadsheet made a truth value of a name"),
        ("label", "'CD19", "a spreadsheet's mark of text is no part of a name"),
        ("label", "NaN", "programs write it for nothing"),
        ("label", "\uff23D19", "holds U+FF23 (FULLWIDTH LATIN CAPITAL LETTER C); write C"),
        ("note", "Mu\u0308ller", "a letter is written in two signs; write M\xfcller"),
        ("note", "2024-02-30", "there is no day 2024-02-30"),
        ("note", "2099-01-01", "there is no day 2099-01-01"),
    ],
)
def test_a_damaged_cell_is_a_finding_with_a_remedy(invented: Path, column: str, cell: str, message: str) -> None:
    replace_cell(invented / "antigens.tsv", 2, column, cell)
    (found,) = [finding for finding in findings(invented) if "antigens.tsv:2: " in finding]
    assert f" {column}: " in found
    assert message in found


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "cell",
    [
        "CD3\u03b6",
        "10\u2076 \xb5g x\u0304",
        "FR\u03b1 \u2265 5%",
        "\u041c\u0438\u0440",
        "Jos\xe9 \u201cx\u201d",
        "OCT4",
        "2024-02-29",
    ],
)
def test_letters_that_the_field_uses_are_accepted(invented: Path, cell: str) -> None:
    replace_cell(invented / "antigens.tsv", 2, "note", cell)
    assert build(invented, invented.parent / "out").manifest.quads


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("cell", "better"), [("12,5", "12.5"), ("\u201c12\u201d", "12"), ("50%", "50"), ("\u22125", "-5"), ("1E3", "1000")]
)
def test_a_figure_as_people_type_it_is_refused_with_the_figure_to_write(invented: Path, cell: str, better: str) -> None:
    replace_cell(invented / "observations.tsv", 2, "value", cell)
    assert any(f": {better} [cell-type]" in found for found in findings(invented))


def latin(content: bytes) -> bytes:
    return content.replace(b"\n", b" caf\xe9\n", 2)


def semicolons(content: bytes) -> bytes:
    return content.replace(b"\t", b";")


def unclosed(content: bytes) -> bytes:
    lines = content.split(b"\n")
    lines[2] = lines[2].replace(b"\t", b'\t"', 1)
    return b"\n".join(lines)


def wide(content: bytes) -> bytes:
    return content.replace(b"\n", b"".join(b"\tc%d" % number for number in range(100_000)) + b"\n", 1)


def misspelt(content: bytes) -> bytes:
    return content.replace(b"label", b"lable", 1)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("table", "harm", "place", "message"),
    [
        ("sources", latin, "sources.tsv:1: ", "is not UTF-8; save it as UTF-8"),
        (
            "references",
            semicolons,
            "references.tsv:1: ",
            "its cells are separated by ';'; save it as tab-separ",
        ),
        ("observations", unclosed, "observations.tsv:3: ", "close or remove the quotation mark"),
        ("studies", misspelt, "studies.tsv:1: ", "unknown column 'lable'; write label"),
        ("terms", latin, "terms.tsv:1: ", "is not UTF-8"),
        ("antigens", wide, "antigens.tsv:1: ", "100000 unknown columns, the first 'c0'"),
    ],
)
def test_a_table_that_can_not_be_read_is_told_once_and_first(
    invented: Path, table: str, harm: object, place: str, message: str
) -> None:
    file = invented / f"{table}.tsv"
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    found = findings(invented)
    assert found[0].startswith(place)
    assert message in found[0]
    assert [one for one in found if not one.startswith(f"{table}.tsv")] == []


def test_a_table_without_rows_has_no_ids_to_choose_from(invented: Path) -> None:
    file = invented / "antigens.tsv"
    file.write_bytes(file.read_bytes().partition(b"\n")[0])
    assert "'cd19' is not an id in antigens.tsv; there is none yet; add it first [reference]" in findings(invented)[0]


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_a_finding(invented: Path, kind: str) -> None:
    file = invented / "antigens.tsv"
    file.unlink()
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()
    assert "antigens.tsv: can not be read: " in findings(invented)[0]


@pytest.mark.no_cover
def test_empty_rows_of_a_spreadsheet_are_passed_over(invented: Path) -> None:
    before = build(invented, invented.parent / "out").manifest.sha256
    file = invented / "trials.tsv"
    tabs = b"\t" * file.read_bytes().split(b"\n")[0].count(b"\t")
    file.write_bytes(file.read_bytes() + (tabs + b"\r\n") * 33 + b"\t\t\n")
    assert build(invented, invented.parent / "again").manifest.sha256 == before


def test_aliases_of_yaml_are_refused_before_they_grow(invented: Path) -> None:
    levels = "".join(f"#l{n + 1}: &l{n + 1} [{', '.join([f'*l{n}'] * 9)}]\n" for n in range(9))
    (invented / "mappings").mkdir(exist_ok=True)
    (invented / "mappings" / "bomb.sssom.tsv").write_text(f"#l0: &l0 x\n{levels}subject_id\n", encoding="utf-8")
    assert any("it has aliases (*name), or is nested deeply" in found for found in findings(invented))


def test_many_alike_findings_are_counted_and_long_cells_cut(invented: Path) -> None:
    file = invented / "antigens.tsv"
    header, first, *_ = file.read_text(encoding="utf-8").splitlines()
    cells = first.split("\t")
    rows = ["\t".join([f"x{number}", *cells[1:], "too much"]) for number in range(20_000)]
    file.write_text("\n".join([header, *rows, "\t".join(["x" * 120_000, *cells[1:]])]) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        build(invented, invented.parent / "out")
    text = str(caught.value.report)
    assert "and 19950 more like this [cell-count]" in text
    assert len(text) < 20_000


@pytest.mark.no_cover
def test_mutated_tables_are_built_or_refused(invented: Path, tmp_path: Path) -> None:
    lots, outcomes = lots_of(SEED), {"built": 0, "refused": 0}
    files = sorted(invented.glob("*.tsv"))
    for _ in range(10 * MANY):
        file = lots.choice(files)
        whole = file.read_bytes()
        content = bytearray(whole)
        for _ in range(lots.randrange(1, 4)):
            place = lots.randrange(len(content))
            content[place : place + lots.randrange(3)] = lots.choice(PIECES)
        file.write_bytes(content)
        try:
            build(invented, tmp_path / "out")
            outcomes["built"] += 1
        except CartkgError:
            outcomes["refused"] += 1
        file.write_bytes(whole)
    tell(f"{10 * MANY} mutated tables: {outcomes}")
