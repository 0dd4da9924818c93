"""Read a curated table: rows with their line numbers, and a finding for everything that is not right."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..files import read_regular
from ..findings import Finding, nearest
from ..rdf.folders import Folder
from .damage import damage, plain
from .schema import LIST_SEPARATOR, Column, Row, Table

_ITEM = re.compile(r"/item-(\d+)$")
_REMEDIES = {
    "integer": "write a whole number without unit or separator",
    "decimal": "write a number with a point as decimal mark, without unit",
    **dict.fromkeys(
        ("identifier", "row", "scoped", "across"),
        "write lower-case letters, digits, points and hyphens, starting with a letter or digit",
    ),
}
_MOST_STRANGE = 50  # unknown columns that are told one by one
_SHOWN = 40


class RawRow(NamedTuple):
    """A line of a table as strings by column name; `line` counts from 1 with the header."""

    path: Path
    line: int
    cells: dict[str, str]


def read_rows(path: Path, table: Table, findings: list[Finding]) -> Iterator[RawRow]:
    """Yield the rows of a table; structural mistakes are appended to `findings`."""
    try:
        text = read_regular(path).decode("utf-8-sig")
    except FileNotFoundError:
        wrong = "table-missing", "there is no such table", "add the file, at least its header line"
        if "optional" in table.traits:
            return
    except OSError as error:
        wrong = "table-unreadable", f"can not be read: {error.strerror or error}", "put a readable file there"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        findings.append(Finding("encoding", f"byte {error.start} is not UTF-8", "save it as UTF-8", str(path), line))
        return
    else:
        required = [name for name, column in table.columns.items() if column.required]
        yield from parse_rows(path, text, table.columns, required, findings)
        return
    findings.append(Finding(*wrong, str(path)))


def rows_of(table: Table, folders: Iterable[Folder], findings: list[Finding]) -> Iterator[tuple[Folder, RawRow]]:
    """The rows of a table in each of these folders, of which those that are laid over others may do without it."""
    for folder in folders:
        if not folder.overlay or folder.table(table.name).exists():
            for raw in read_rows(folder.table(table.name), table, findings):
                yield folder, raw


def parse_rows(
    path: Path, text: str, known: Iterable[str], required: Iterable[str], findings: list[Finding], above: int = 0
) -> Iterator[RawRow]:
    """Yield the rows of a text that begins with a header, beneath some lines of the file that are none of it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    line = above + 1
    try:
        header = next(reader, [])
        wrong = [
            Finding("header", *what, str(path), line, name) for name, what in _wrong_header(header, known, required)
        ]
        findings += wrong
        line = above + reader.line_num + 1
        for cells in () if wrong else reader:
            if any(map(str.strip, cells)):  # spreadsheets leave empty rows behind
                found = [Finding(*what, str(path), line, name) for name, what in _wrong_cells(header, cells, known)]
                findings += found
                if not found:
                    yield RawRow(path, line, dict(zip(header, cells, strict=True)))
            line = above + reader.line_num + 1
    except csv.Error as error:
        # Of a quotation mark that is not closed, the line in which the row begins.
        remedy = "close or remove the quotation mark"
        findings.append(Finding("table-syntax", f"{error}", remedy, str(path), line))


def tabbed(rows: Iterable[Iterable[str]]) -> str:
    """The text of a table, from its header and rows."""
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _wrong_header(
    header: list[str], known: Iterable[str], required: Iterable[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    if len(header) == 1 and (mark := next((sign for sign in ";," if sign in header[0]), "")):
        yield "", (f"its cells are separated by {mark!r}", "save it as tab-separated text")
        return
    known, seen = set(known), set[str]()
    strange = [name for name in header if name not in known]
    if len(strange) > _MOST_STRANGE:
        yield strange[0], (f"{len(strange)} unknown columns, the first {strange[0]!r}", choices(known, strange[0]))
        return
    for name in header:
        if name in seen:
            yield name, (f"column {name!r} appears twice", "keep one")
        elif name not in known:
            yield name, (f"unknown column {name!r}", choices(known, name))
        seen.add(name)
    for name in required:
        if name not in header and not strange:  # it may be the one that is misspelt
            yield name, (f"column {name!r} is missing", "add it; none of its cells may be empty")


def _wrong_cells(
    header: list[str], cells: list[str], known: Iterable[str]
) -> Iterator[tuple[str, tuple[str, str, str]]]:
    if len(cells) != len(header):
        remedy = "give every column exactly one cell; empty cells keep their tab"
        yield "", ("cell-count", f"{len(cells)} cells under {len(header)} columns", remedy)
        return
    columns = known if isinstance(known, Mapping) else {}
    for name, cell in zip(header, cells, strict=True):
        if cell and (wrong := damage(columns.get(name), cell)):
            yield name, wrong


def parse_row(raw: RawRow, table: Table, findings: list[Finding]) -> Row | None:
    """The typed row, or None with a finding for each cell that has the wrong type."""
    row, wrong = typed_row(raw, table)
    findings += wrong
    return None if wrong else row


def typed_row(raw: RawRow, table: Table) -> tuple[Row, list[Finding]]:
    """The typed row without the cells that have the wrong type, with a finding for each of these."""
    cells: dict[str, tuple[str, ...]] = {}
    wrong = []
    for name, column in table.columns.items():
        entries = tuple(_entries(column, raw.cells.get(name, "").strip()))
        if column.is_list or all(map(column.allows, entries)):
            if entries:
                cells[name] = entries
            elif column.required:
                wrong.append((column, "the cell is empty but must be filled", ""))
        else:
            wrong.append((column, f"{raw.cells[name]!r} is not allowed here", plain(column, entries[0])))
    for name, (beside, code) in table.ordinals.items():
        # Nothing is printed, so its place in the list stands for a number.
        if not raw.cells[name].strip() and (item := _ITEM.search(raw.cells["locator"])):
            cells |= {name: (item[1],), beside: (code,)}
    return Row(table, cells, raw.path, raw.line), [
        Finding("cell-type", message, _remedy(column, better), str(raw.path), raw.line, column.name)
        for column, message, better in wrong
    ]


def _remedy(column: Column, better: str) -> str:
    remedy = _REMEDIES.get(column.kind, f"write: {column.meaning}")
    return f"{remedy}: {better}" if better else remedy


def _entries(column: Column, cell: str) -> list[str]:
    """The entries of a cell; an empty one stands for the first of its choices, if it has any."""
    if not cell:
        return column.targets[:1] if column.kind == "choice" else []
    return [entry.strip() for entry in cell.split(LIST_SEPARATOR)] if column.is_list else [cell]


def choices(codes: Iterable[str], given: str, names: Mapping[str, Iterable[str]] | None = None) -> str:
    """A remedy that lists what may be written, nearest first; or that of which the given text is a name."""
    named = [code for code, called in (names or {}).items() if _plain(given) in map(_plain, (code, *called))]
    if len(named) == 1:
        return f"write {named[0]}, which is called so"
    ordered = sorted(codes)
    if not ordered:
        return "there is none yet; add it first"
    near = nearest(given, ordered)
    if near:
        return f"write {near[0]}" + (f" (one of {', '.join(ordered)})" if len(ordered) <= _SHOWN else "")
    return "write one of " + ", ".join(ordered[:_SHOWN]) + (" …" if len(ordered) > _SHOWN else "")


def _plain(name: str) -> str:
    """A name without its case, blanks and hyphens."""
    return re.sub(r"[\s-]+", "", name.casefold())
