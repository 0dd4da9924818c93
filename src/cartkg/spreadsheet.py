"""Tables in a spreadsheet: the rows that concern one thing are written out, and edited rows are taken in."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from .errors import DataError, UsageError
from .files import put_files, read_regular, read_text
from .findings import Finding
from .queries.frames import library
from .queries.names import folded, suggestion
from .rdf.folders import Folder, read_folders
from .rdf.vocabulary import Vocabulary, grouped, reachable
from .resources import ONTOLOGY_DIRECTORY, mapping_files
from .tables.checker import Checker
from .tables.reader import RawRow, choices, parse_row, parse_rows, rows_of, tabbed
from .tables.schema import Row, curated_tables
from .tables.sssom import MappingReader

_EXTRA = "spreadsheet"
_LONGEST = 255  # characters of the codes that Excel offers for a cell
_LARGEST = 256 << 20
_MOST_CELLS = 5_000_000
_BEGINNING = 4096
_REFUSED = {"d": "a date or time", "b": "a truth value", "e": "an error", "f": "a formula", "%": "a percentage"}
_BROKEN = (zipfile.BadZipFile, zlib.error, csv.Error, SyntaxError, NotImplementedError)  # in an archive, CSV or XML
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, *_BROKEN)
_Placed = tuple[Folder, RawRow]


@dataclass(frozen=True)
class Opened:
    """The rows that concern one thing, by the file of their table."""

    rows: Mapping[Path, list[dict[str, str]]]
    vocabulary: Vocabulary

    def text(self, shown: Callable[[Path], str]) -> str:
        """A block for each file, with the columns that are not empty, to be pasted into a spreadsheet."""
        blocks = []
        for path, rows in self.rows.items():
            used = [name for name in curated_tables()[path.stem].columns if any(row.get(name) for row in rows)]
            cells = ([row.get(name, "") for name in used] for row in rows)
            blocks.append(f"# {path.stem}: {shown(path)}\n{tabbed([used, *cells])}")
        return "\n".join(blocks)

    def workbook(self) -> bytes:
        """An Excel workbook with a sheet for each table, all cells text, codes offered where they are few."""
        openpyxl = library("openpyxl", _EXTRA)
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in grouped((path.stem, row) for path, found in self.rows.items() for row in found).items():
            sheet = book.create_sheet(name)
            sheet.freeze_panes = "A2"
            for number, column in enumerate(curated_tables()[name].columns.values(), 1):
                for line, text in enumerate([column.name, *(row.get(column.name, "") for row in rows)], 1):
                    cell = sheet.cell(line, number, text or None)
                    cell.data_type, cell.number_format = "s" if text else "n", "@"  # whatever it looks like
                letter = cell.column_letter
                sheet.column_dimensions[letter].number_format = "@"
                coded = column.kind in {"term", "class"} and ":" in column.target and not column.is_list
                codes = ",".join(sorted(column.codes(self.vocabulary))) if coded else ""
                if 0 < len(codes) <= _LONGEST:
                    offered = openpyxl.worksheet.datavalidation.DataValidation("list", f'"{codes}"', allow_blank=True)
                    offered.errorStyle, offered.showErrorMessage = "warning", True
                    offered.add(f"{letter}2:{letter}1048576")
                    sheet.add_data_validation(offered)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def open_rows(name: str, folders: Sequence[Folder]) -> Opened:
    """The row with this id, `table:id` or label, those that point to it, and so on; of a source, what it says.

    From a source it does not lead on to what others say of its rows.
    """
    checker = Checker(folders, Vocabulary.load())
    rows: list[tuple[str, Row, dict[str, str]]] = []
    for table in curated_tables().values():
        for _, raw in checker.raw(table.name, checker.findings):
            if row := parse_row(raw, table, checker.findings):
                rows.append((f"{table.name}:{row.id}", row, raw.cells))
    if checker.findings:
        raise DataError(checker.report())
    pointers = [(target, node, column) for node, row, _ in rows for column, target in row.pointers()]
    read_in = grouped((target, node) for target, node, column in pointers if column == "source")
    steps = grouped((target, node) for target, node, column in pointers if column != "source")
    meant = [node for node, row, _ in rows if name in {node, row.id}]
    meant = meant or [node for node, row, _ in rows if folded(row["label"]) == folded(name)]
    if not meant:
        known = chain(*((row.id, row["label"]) for node, row, _ in rows if node in steps or node in read_in))
        raise UsageError(f"no row has the id or label {name!r}{suggestion(name, known)}")
    chosen = {found for node in meant for found in (*reachable(node, steps), *read_in.get(node, ()))}
    return Opened(grouped((row.path, cells) for node, row, cells in rows if node in chosen), checker.vocabulary)


def import_tables(
    files: Iterable[Path], out: Path, data: Path, overlays: Sequence[Path], *, whole: bool = False
) -> dict[str, dict[str, list[str]]]:
    """Take the rows of sheets and files that are named as tables into a folder; by table the ids that this changes.

    A row with an id of the table changes that row, in the columns given; any other is added, unless it stands
    unchanged in another folder. Rows that a sheet lacks are removed only if it is `whole`. DataError with every finding
    when the tables would be wrong; then nothing is written.
    """
    known = any(path.resolve() == out.resolve() for path in (data, *overlays))
    folders = read_folders(data, overlays if known else (*overlays, out))
    target = next(folder for folder in folders if folder.path.resolve() == out.resolve())
    findings: list[Finding] = []
    given: dict[str, list[RawRow]] = {}
    for name, place, lines in (sheet for file in files for sheet in _sheets(file, findings)):
        if name in curated_tables():
            rows = parse_rows(place, tabbed(lines), curated_tables()[name].columns, ["id"], findings)
            given.setdefault(name, []).extend(rows)
        elif any(lines):
            remedy = f"{choices(curated_tables(), name)}; or delete it"
            findings.append(Finding("table-unknown", f"no table is named {name!r}", remedy, str(place)))
    planned: dict[str, list[_Placed]] = {}
    changes = {}
    for name, raws in given.items():
        having = [folder for folder in folders if folder.table(name).exists()]
        held = list(rows_of(curated_tables()[name], having, findings))
        planned[name], changes[name] = _merged(name, held, raws, target, whole=whole)
    checker = Checker(folders, Vocabulary.load(), findings, planned)
    mappings = MappingReader(checker.vocabulary, checker.lines, findings, called=checker.names)
    mapped = (*(folder.path for folder in folders), ONTOLOGY_DIRECTORY)
    for _ in chain(checker.rows(), mappings.triples(chain.from_iterable(map(mapping_files, mapped)))):
        pass  # what is wrong is among the findings
    if findings:
        raise DataError(checker.report())
    written = {name: rows for name, rows in planned.items() if any(changes[name].values())}
    own = {name: [raw.cells for folder, raw in rows if folder is target] for name, rows in written.items()}
    put_files(target.path, {f"{name}.tsv": _text(name, rows, target) for name, rows in own.items()})
    return changes


def _merged(
    name: str, held: list[_Placed], given: Iterable[RawRow], target: Folder, *, whole: bool
) -> tuple[list[_Placed], dict[str, list[str]]]:
    """The rows of a table with those given in the target; and the ids of rows that this changes."""
    changes: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
    at = {raw.cells["id"].strip(): number for number, (folder, raw) in enumerate(held) if folder is target}
    elsewhere = {raw.cells["id"].strip(): raw.cells for folder, raw in held if folder is not target}
    for raw in given:
        identifier = raw.cells["id"]
        number = at.pop(identifier, None)  # an id given twice is added, so that the checker finds it
        old = elsewhere.get(identifier, {}) if number is None else held[number][1].cells
        if all(old.get(column, "").strip() == cell for column, cell in raw.cells.items()):
            continue
        changes["added" if number is None else "changed"].append(identifier)
        cells = dict.fromkeys(curated_tables()[name].columns, "") if number is None else old
        placed = target, raw._replace(cells=cells | raw.cells)
        if number is None:
            held.append(placed)
        else:
            held[number] = placed
    if not whole:
        return held, changes
    changes["removed"] += at
    return [placed for number, placed in enumerate(held) if number not in at.values()], changes


def _text(name: str, rows: list[dict[str, str]], target: Folder) -> str:
    """A table in the columns that it has, or needs."""
    old = target.table(name)
    header = read_text(old).partition("\n")[0].split("\t") if old.exists() else []
    for column in curated_tables()[name].columns.values():
        if column.name not in header and (column.required or any(row.get(column.name) for row in rows)):
            header.append(column.name)
    return tabbed([header, *([row.get(column, "") for column in header] for row in rows)])


def _sheets(file: Path, findings: list[Finding]) -> Iterator[tuple[str, Path, list[list[str]]]]:
    """Name and place of each sheet, and its lines, as long as its header."""
    try:
        if file.suffix.lower() == ".xlsx":
            with warnings.catch_warnings(action="ignore"):  # of what Excel saves beside the cells
                book = library("openpyxl", _EXTRA).load_workbook(_archive(read_regular(file)))
            for sheet in book.worksheets:
                if sheet.max_row * sheet.max_column > _MOST_CELLS:
                    raise ValueError(
                        f"the sheet {sheet.title} reaches to {sheet.dimensions}; delete what stands far off"
                    )
                place = Path(f"{file}[{sheet.title}]")
                cells = [[_typed(cell, place, findings) for cell in row] for row in sheet.iter_rows()]
                yield sheet.title, place, _lines(cells)
        else:
            text = read_text(file)
            mark = max("\t,;", key=text.partition("\n")[0].count)
            yield file.stem, file, _lines(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except _UNREADABLE as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{file}: can not be read: {why}; save it as .xlsx, or as .csv in UTF-8") from error


def _archive(content: bytes) -> io.BytesIO:
    """A workbook to be opened; ValueError where it grows without measure, or its parts declare what they stand for."""
    given = io.BytesIO(content)
    with zipfile.ZipFile(given) as parts:
        if sum(part.file_size for part in parts.infolist()) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST >> 20} MB when unpacked")
        for part in parts.infolist():
            with parts.open(part) as opened:
                if b"<!DOCTYPE" in opened.read(_BEGINNING):
                    raise ValueError(f"{part.filename} has a DOCTYPE, which no spreadsheet writes")
    return given


def _lines(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """The cells trimmed; a line break becomes another control character, which the reader of tables refuses."""
    lines: list[list[str]] = []
    for row in rows:
        line = ["\v".join(cell.strip().splitlines()) for cell in row]
        while line and not line[-1]:
            line.pop()
        lines.append(line + [""] * (len(lines[0]) - len(line)) if lines and line else line)
    return lines


def _typed(cell: Any, place: Path, findings: list[Finding]) -> str:
    """What was typed into a cell of Excel; a finding for what Excel has made something else of."""
    if cell.value is None:
        return ""
    number = cell.data_type == "n"
    if what := _REFUSED.get("%" if number and "%" in cell.number_format else cell.data_type):
        message, remedy = f"{str(cell.value)!r} is {what}", "format the cell as text, and write it as printed"
        column = cell.parent.cell(1, cell.column).value or ""
        findings.append(Finding("cell-type", message, remedy, str(place), cell.row, str(column)))
    return format(Decimal(format(cell.value, ".15g")), "f") if number else str(cell.value)
