"""Rows are opened in a spreadsheet by the thing they concern, and edited rows are taken in, all or none."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from cartkg.rdf.folders import read_folders
from cartkg.spreadsheet import open_rows
from cartkg.tables.schema import curated_tables

from .conftest import ROOT, TRIAL, WORLD, Run, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "kappa-trial-2026"
Cells = dict[str, dict[str, dict[str, str]]]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A copy of the trial's folder that a test may change."""
    return shutil.copytree(TRIAL, tmp_path / "mine")


@pytest.fixture
def book(run: Callable[..., Run], overlay: Path, tmp_path: Path) -> Path:
    """The study of the trial, opened in Excel."""
    assert table(run, f"{SOURCE}.kappa", overlay, "--out", "kappa.xlsx").code == 0
    return tmp_path / "kappa.xlsx"


def table(run: Callable[..., Run], name: str, overlay: Path, *more: str) -> Run:
    return run("table", name, "--data", WORLD, "--with", overlay, *more)


def take(run: Callable[..., Run], out: Path, *arguments: str | Path) -> Run:
    return run("import", "tables", *arguments, "--out", out, "--data", WORLD)


def shown(name: str, overlay: Path = TRIAL) -> Cells:
    """What concerns a thing: by table and id the cells that are not empty."""
    found: Cells = {}
    for path, rows in open_rows(name, read_folders(WORLD, [overlay])).rows.items():
        cells = {row["id"]: {name: cell for name, cell in row.items() if cell} for row in rows}
        found.setdefault(path.stem, {}).update(cells)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def write_cell(file: Path, sheet: str, row: int, column: str, value: Any, style: str = "") -> None:
    """Write into a cell as a person in Excel does."""
    book = openpyxl.load_workbook(file)
    names = [cell.value for cell in book[sheet][1]]
    cell = book[sheet].cell(row, names.index(column) + 1)
    cell.value = value
    cell.number_format = style or cell.number_format
    book.save(file)


def test_of_a_study_its_cohorts_and_what_was_found_in_them_are_shown() -> None:
    found = shown("alpha-1")
    assert list(found) == ["studies", "cohorts", "follow-ups", "observations", "adverse-events", "discrepancies"]
    assert list(found["studies"]) == ["alpha-1"]
    assert {row["study"] for row in found["cohorts"].values()} == {"alpha-1"}
    for name in ("follow-ups", "observations"):
        assert {row["cohort"] for row in found[name].values()} <= found["cohorts"].keys()
    nodes = {f"{name}:{identifier}" for name, rows in found.items() for identifier in rows}
    assert all(nodes & set(row["about"].split("|")) for row in found["discrepancies"].values())


def test_of_a_trial_or_product_the_studies_and_all_of_theirs_are_shown() -> None:
    study = shown(f"{SOURCE}.kappa")
    for name in ("kappa", "alphacel"):
        found = shown(name)
        assert all(rows.keys() <= found[table].keys() for table, rows in study.items())
    assert shown("alphacel")["studies"].keys() > study["studies"].keys()


def test_of_a_source_what_it_says_is_shown_and_nothing_that_others_say_of_its_rows() -> None:
    found = shown(SOURCE)
    assert list(found) == [name for name in curated_tables() if (TRIAL / f"{name}.tsv").exists()]
    assert SOURCE not in str(shown("omega-review-2024"))


def test_of_a_cohort_its_subgroups_and_what_is_compared_with_it_are_shown() -> None:
    found = shown(f"{SOURCE}.care")
    assert list(found["cohorts"]) == [f"{SOURCE}.care", f"{SOURCE}.care-cr", f"{SOURCE}.crossed"]
    assert f"{SOURCE}.pfs-hr" in found["observations"]


def test_a_row_has_its_label_and_its_table_as_names() -> None:
    assert shown("kappa et al. (2026)") == shown(f"studies:{SOURCE}.kappa") == shown(f"{SOURCE}.kappa")


def test_an_unknown_name_exits_2_and_says_which_are_near(run: Callable[..., Run]) -> None:
    done = table(run, "alpha-11", TRIAL)
    assert (done.code, done.out) == (2, "")
    assert "no row has the id or label 'alpha-11'; did you mean ALPHA-1 or alpha-one?" in done.err


def test_tables_that_are_wrong_are_not_opened(run: Callable[..., Run], overlay: Path) -> None:
    replace_cell(overlay / "cohorts.tsv", 2, "n", "many")
    done = table(run, "kappa", overlay)
    assert (done.code, done.out) == (1, "")
    assert "mine/cohorts.tsv:2: n: 'many' is not allowed here" in done.err


def test_the_terminal_shows_a_block_for_each_file_without_empty_columns(
    run: Callable[..., Run], overlay: Path, tmp_path: Path
) -> None:
    done = table(run, f"{SOURCE}.kappa", overlay)
    blocks = done.out.split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == [
        f"# {name}: mine/{name}.tsv" for name in ("studies", "cohorts", "follow-ups", "observations", "discrepancies")
    ]
    lines = [line.split("\t") for line in blocks[1].splitlines()[1:]]
    assert lines[0][:2] == ["id", "label"]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert all(any(column) for column in zip(*lines[1:], strict=True))
    assert table(run, f"{SOURCE}.kappa", overlay, "--out", "kappa.tsv").code == 0
    assert (tmp_path / "kappa.tsv").read_text(encoding="utf-8") == done.out


def test_a_workbook_has_a_sheet_for_each_table_with_all_columns_as_text(book: Path) -> None:
    made = openpyxl.load_workbook(book)
    assert made.sheetnames == ["studies", "cohorts", "follow-ups", "observations", "discrepancies"]
    for sheet in made:
        rows = list(sheet.iter_rows())
        assert [cell.value for cell in rows[0]] == list(curated_tables()[sheet.title].columns)
        assert sheet.freeze_panes == "A2"
        assert {cell.number_format for row in rows for cell in row} == {"@"}
        assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
        assert sheet.column_dimensions["A"].number_format == "@"


def test_a_cell_of_codes_offers_them_where_they_are_few(book: Path) -> None:
    sheet = openpyxl.load_workbook(book)["observations"]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    offered = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    status = f"{letters['status']}2:{letters['status']}1048576"
    assert offered[status] == '"not-estimable,not-reached,not-reported,reported"'
    assert f"{letters['outcome']}2:{letters['outcome']}1048576" not in offered


def test_text_that_looks_like_a_formula_stays_text(run: Callable[..., Run], overlay: Path, tmp_path: Path) -> None:
    trials = overlay / "trials.tsv"
    trials.write_text(trials.read_text("utf-8").replace("KAPPA", "=1/2"), "utf-8")
    assert table(run, "kappa", overlay, "--out", "kappa.xlsx").code == 0
    assert openpyxl.load_workbook(tmp_path / "kappa.xlsx")["trials"]["B2"].data_type == "s"
    assert take(run, overlay, "kappa.xlsx").out.startswith("trials: 0 added, 0 changed, 0 removed\n")


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [f"{SOURCE}.kappa", SOURCE, "alphacel"])
def test_what_was_opened_and_not_edited_changes_no_byte(run: Callable[..., Run], overlay: Path, name: str) -> None:
    before = contents(overlay)
    assert table(run, name, overlay, "--out", "opened.xlsx").code == 0
    done = take(run, overlay, "opened.xlsx")
    assert done.code == 0, done.err
    assert {line.partition(": ")[2] for line in done.out.splitlines()} == {"0 added, 0 changed, 0 removed"}
    assert contents(overlay) == before


@pytest.mark.no_cover
def test_a_source_goes_whole_through_a_spreadsheet_into_an_empty_folder(
    run: Callable[..., Run], overlay: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy(overlay / "overlay.toml", tmp_path / "other")
    assert table(run, SOURCE, overlay, "--out", "opened.xlsx").code == 0
    done = take(run, tmp_path / "other", "opened.xlsx")
    assert done.code == 0, done.err
    assert shown(SOURCE, tmp_path / "other") == shown(SOURCE)


def test_a_block_of_the_terminal_is_taken_in_as_it_was_shown(
    run: Callable[..., Run], overlay: Path, tmp_path: Path
) -> None:
    before = contents(overlay)
    block = table(run, f"{SOURCE}.kappa", overlay).out.split("\n\n")[1].partition("\n")[2]
    (tmp_path / "cohorts.tsv").write_text(block, encoding="utf-8")
    assert take(run, overlay, "cohorts.tsv").out == "cohorts: 0 added, 0 changed, 0 removed\n"
    assert contents(overlay) == before


def test_rows_are_added_and_changed_by_id_and_the_others_stay(
    run: Callable[..., Run], overlay: Path, book: Path
) -> None:
    opened = openpyxl.load_workbook(book)
    new = {"id": f"{SOURCE}.f-cells", "label": "follow-up of cells", "source": SOURCE, "locator": "results/paragraph-1",
           "basis": "stated", "statistic": "median", "status": "reported", "value": 12.0, "unit": "month",
           "printed": "12", "cohort": f"{SOURCE}.cells"}  # fmt: skip
    sheet = opened["follow-ups"]
    sheet.delete_rows(2)
    sheet.append([])
    sheet.append([new.get(cell.value) for cell in sheet[1]])
    opened.save(book)
    write_cell(book, "follow-ups", 2, "note", " seen twice ")
    done = take(run, overlay, book)
    assert (done.code, "cartkg validate --with" in done.err) == (0, True)
    assert f"follow-ups: 1 added ({SOURCE}.f-cells), 1 changed ({SOURCE}.f-care), 0 removed\n" in done.out
    found = shown(SOURCE, overlay)["follow-ups"]
    assert list(found) == [f"{SOURCE}.{name}" for name in ("f-all", "f-care", "f-cells")]
    assert found[f"{SOURCE}.f-care"]["note"] == "seen twice"
    assert found[f"{SOURCE}.f-cells"]["value"] == "12"


def test_rows_that_a_sheet_lacks_are_removed_on_request_only(
    run: Callable[..., Run], overlay: Path, book: Path
) -> None:
    opened = openpyxl.load_workbook(book)
    opened["follow-ups"].delete_rows(2)
    opened.save(book)
    assert "follow-ups: 0 added, 0 changed, 0 removed" in take(run, overlay, book).out
    assert f"follow-ups: 0 added, 0 changed, 1 removed ({SOURCE}.f-all)" in take(run, overlay, book, "--replace").out
    assert list(shown(SOURCE, overlay)["follow-ups"]) == [f"{SOURCE}.f-care"]


def test_a_row_that_others_point_to_is_not_removed(run: Callable[..., Run], overlay: Path, book: Path) -> None:
    before = contents(overlay)
    opened = openpyxl.load_workbook(book)
    opened["cohorts"].delete_rows(3)
    opened.save(book)
    done = take(run, overlay, book, "--replace")
    assert (done.code, done.out) == (1, "")
    assert f"'{SOURCE}.cells' is not an id in cohorts.tsv" in done.err
    assert contents(overlay) == before


def test_a_row_of_the_data_can_not_be_changed_in_a_folder_laid_over_it(run: Callable[..., Run], overlay: Path) -> None:
    assert table(run, "alphacel", overlay, "--out", "opened.xlsx").code == 0
    write_cell(Path("opened.xlsx"), "products", 2, "note", "Mine.")
    done = take(run, overlay, "opened.xlsx")
    assert done.code == 1
    assert "opened.xlsx[products]:2: id: id 'alphacel' stands already in line 2 of" in done.err


def test_the_data_itself_takes_rows_in(run: Callable[..., Run], tmp_path: Path) -> None:
    data = shutil.copytree(WORLD, tmp_path / "data")
    assert run("table", "alpha-1", "--data", data, "--out", "alpha.xlsx").code == 0
    write_cell(Path("alpha.xlsx"), "cohorts", 2, "note", "Mine.")
    done = run("import", "tables", "alpha.xlsx", "--data", data, "--out", data)
    assert done.code == 0, done.err
    assert "cohorts: 0 added, 1 changed" in done.out


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("value", "style", "written"),
    [
        (5.0, "", "5"),
        (5, "", "5"),
        (0.1, "", "0.1"),
        (0.00001, "", "0.00001"),
        (" 12 ", "", "12"),
        ("1.50", "", "1.50"),
    ],
)
def test_a_number_is_written_as_it_was_typed(
    run: Callable[..., Run], overlay: Path, book: Path, value: object, style: str, written: str
) -> None:
    write_cell(book, "observations", 2, "value", value, style)
    assert take(run, overlay, book).code == 0
    assert shown(SOURCE, overlay)["observations"][f"{SOURCE}.cells-orr"]["value"] == written


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("value", "style", "message"),
    [
        (dt.datetime(2014, 12, 1), "", "'2014-12-01 00:00:00' is a date or time"),  # noqa: DTZ001 as Excel
        (True, "General", "'True' is a truth value"),
        ("=1/2", "General", "'=1/2' is a formula"),
        ("#REF!", "General", "'#REF!' is an error"),
        (0.82, "0%", "'0.82' is a percentage"),
    ],
)
def test_what_excel_made_of_a_cell_is_refused_at_its_place(
    run: Callable[..., Run], overlay: Path, book: Path, value: object, style: str, message: str
) -> None:
    write_cell(book, "observations", 3, "note", value, style)
    done = take(run, overlay, book)
    assert (done.code, done.out) == (1, "")
    remedy = "format the cell as text, and write it as printed"
    assert done.err.splitlines()[0] == f"kappa.xlsx[observations]:3: note: {message}; {remedy} [cell-type]"


def test_every_mistake_is_named_in_one_run_and_nothing_is_written(
    run: Callable[..., Run], overlay: Path, book: Path
) -> None:
    before = contents(overlay)
    write_cell(book, "studies", 2, "design", "randomized")
    write_cell(book, "cohorts", 3, "n", "41 people")
    write_cell(book, "follow-ups", 1, "premises", "premise")
    write_cell(book, "observations", 4, "note", "two\nlines")
    write_cell(book, "discrepancies", 2, "about", "cohorts:nobody")
    opened = openpyxl.load_workbook(book)
    opened["observations"].append([cell.value for cell in opened["observations"][2]])
    opened.create_sheet("cohort").append(["id"])
    opened.create_sheet("Sheet1")
    opened.save(book)
    done = take(run, overlay, book)
    assert (done.code, done.out) == (1, "")
    for place in (
        "[studies]:2: design: 'randomized' is not a code of ck:StudyDesign; write randomised",
        "[cohorts]:3: n: '41 people' is not allowed here; write a whole number",
        "[follow-ups]:1: premise: unknown column 'premise'; write premises",
        "[observations]:4: note: holds a line break or another control character; delete it",
        "[discrepancies]:2: about: 'cohorts:nobody' is not an id in cohorts.tsv",
        f"[observations]:31: id: id '{SOURCE}.cells-orr' stands already in line 2",
        "[cohort]: no table is named 'cohort'; write cohorts",
    ):
        assert f"kappa.xlsx{place}" in done.err
    assert "Sheet1" not in done.err
    assert contents(overlay) == before


def test_a_new_row_without_the_columns_it_needs_is_located(
    run: Callable[..., Run], overlay: Path, tmp_path: Path
) -> None:
    for name in ("terms", "parts"):
        (tmp_path / f"{name}.csv").write_text(f"id,label\n{SOURCE}.new,New\n", encoding="utf-8")
    done = take(run, overlay, "terms.csv", "parts.csv")
    assert done.code == 1
    for place in ("terms.csv:2: vocabulary:", "parts.csv:2: kind:"):
        assert f"{place} the cell is empty but must be filled" in done.err


@pytest.mark.no_cover
@pytest.mark.parametrize(("mark", "suffix"), [(",", "csv"), (";", "csv"), ("\t", "tsv"), ("\t", "csv")])
def test_files_of_text_are_named_as_tables_and_may_have_any_usual_separator(
    run: Callable[..., Run], overlay: Path, tmp_path: Path, mark: str, suffix: str
) -> None:
    text = f'\ufeffid{mark}note\r\n{SOURCE}.care{mark}"seen; ""twice"", at last"\r\n\r\n'
    (tmp_path / f"cohorts.{suffix}").write_text(text, encoding="utf-8")
    done = take(run, overlay, f"cohorts.{suffix}")
    assert done.out == f"cohorts: 0 added, 1 changed ({SOURCE}.care), 0 removed\n"
    assert shown(SOURCE, overlay)["cohorts"][f"{SOURCE}.care"]["note"] == 'seen; "twice", at last'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cohorts.xlsx", b"id\tlabel\n", "is not a zip file; save it as .xlsx, or as .csv in UTF-8"),
        ("cohorts.csv", "id,label\nx,\xe9\n".encode("latin-1"), "can not be read: 'utf-8' codec"),
        ("cohorts.csv", b'id,label\nx,"open\n', "unexpected end of data"),
        ("cohorts.ods", b"PK\x03\x04\xff", "save it as .xlsx"),
    ],
)
def test_a_file_that_can_not_be_read_exits_2(
    run: Callable[..., Run], overlay: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = take(run, overlay, name)
    assert (done.code, done.out) == (2, "")
    assert f"cartkg: {name}: can not be read: " in done.err
    assert message in done.err


def far(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(content: bytes, before: bytes, after: bytes) -> bytes:
    """The same archive with a part that begins otherwise, and ends with more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, before + old.read(name) + after if name.endswith("sheet1.xml") else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (far, "the sheet cohorts reaches to A1:XFD1048576; delete what stands far off"),
        (lambda content: packed(content, b"", b" " * 2_000_000), "it is larger than 1 MB when unpacked"),
        (lambda content: packed(content, b'<!DOCTYPE x [<!ENTITY a "b">]>', b""), "sheet1.xml has a DOCTYPE"),
    ],
)
def test_a_workbook_without_measure_is_refused(
    run: Callable[..., Run], overlay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[bytes], bytes], message: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("cartkg.spreadsheet._LARGEST", 1 << 20)
    book = openpyxl.Workbook()
    book.active.title = "cohorts"
    book.active.append(["id", "label"])
    book.save(tmp_path / "cohorts.xlsx")
    (tmp_path / "cohorts.xlsx").write_bytes(harm((tmp_path / "cohorts.xlsx").read_bytes()))
    done = take(run, overlay, "cohorts.xlsx")
    assert (done.code, message in done.err) == (2, True), done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import", "tables", "none.xlsx", "--out", "mine"), "none.xlsx: can not be read: No such file or directory"),
        (("import", "tables", "mine/cohorts.tsv", "--out", "none"), "none: no such folder to lay over the data"),
        (("table", "tisagenlecleucel", "--out", "t.ods"), "t.ods: its name ends in neither .xlsx nor .tsv"),
    ],
)
def test_a_command_that_can_not_be_used_so_exits_2(
    run: Callable[..., Run], overlay: Path, arguments: tuple[str, ...], message: str
) -> None:
    assert overlay.is_dir()
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize(
    "arguments",
    [("table", "kappa", "--out", "kappa.xlsx"), ("import", "tables", "given.xlsx", "--out", str(TRIAL))],
)
def test_without_openpyxl_it_is_said_what_to_install(
    process: Callable[..., Run], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "openpyxl.py").write_text("raise ImportError('absent', name=__name__)", encoding="utf-8")
    openpyxl.Workbook().save(tmp_path / "given.xlsx")
    path = f"{tmp_path / 'without'}:{ROOT / 'src'}"
    done = process(*arguments, "--data", WORLD, "--with", TRIAL, env={"PYTHONPATH": path})
    assert (done.code, done.out) == (4, "")
    assert "openpyxl is not installed; write: pip install 'cartkg[spreadsheet]'" in done.err
