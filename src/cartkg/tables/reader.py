"""Read a curated table: rows with their line numbers, and a finding for everything that is not right."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..findings import Finding
from .schema import LIST_SEPARATOR, Column, Row, Table

_REMEDIES = {
    "integer": "write a whole number without unit or separator",
    "decimal": "write a number with a point as decimal mark, without unit",
    **dict.fromkeys(
        ("identifier", "row", "scoped", "across"),
        "write lower-case letters, digits, points and hyphens, starting with a letter or digit",
    ),
}
_SHOWN = 40
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufffe\uffff]")


class RawRow(NamedTuple):
    """A line of a table as strings by column name; `line` counts from 1 with the header."""

    path: Path
    line: int
    cells: dict[str, str]


def read_rows(path: Path, table: Table, findings: list[Finding]) -> Iterator[RawRow]:
    """Yield the rows of a table; structural mistakes are appended to `findings`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        wrong = "table-missing", "there is no such table", "add the file, at least its header line"
        if "optional" in table.traits:
            return
    except OSError as error:
        wrong = "table-unreadable", f"can not be read: {error.strerror or error}", "put a readable file there"
    except UnicodeDecodeError as error:
        wrong = "encoding", f"byte {error.start} is not UTF-8", "save it as UTF-8"
    else:
        required = [name for name, column in table.columns.items() if column.required]
        yield from parse_rows(path, text, table.columns, required, findings)
        return
    findings.append(Finding(*wrong, str(path)))


def parse_rows(
    path: Path, text: str, known: Iterable[str], required: Iterable[str], findings: list[Finding], above: int = 0
) -> Iterator[RawRow]:
    """Yield the rows of a text that begins with a header, beneath some lines of the file that are none of it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    try:
        header = next(reader, [])
        wrong = [
            Finding("header", *what, str(path), above + 1, name)
            for name, what in _wrong_header(header, known, required)
        ]
        findings += wrong
        for cells in () if wrong else reader:
            line = above + reader.line_num
            found = [Finding(*what, str(path), line, name) for name, what in _wrong_cells(header, cells)]
            findings += found
            if cells and not found:
                yield RawRow(path, line, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        line, remedy = above + reader.line_num, "close or remove the quotation mark"
        findings.append(Finding("table-syntax", f"{error}", remedy, str(path), line))


def tabbed(rows: Iterable[Iterable[str]]) -> str:
    """The text of a table, from its header and rows."""
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _wrong_header(
    header: list[str], known: Iterable[str], required: Iterable[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for position, name in enumerate(header):
        if header.index(name) != position:
            yield name, (f"column {name!r} appears twice", "keep one")
        elif name not in known:
            yield name, (f"unknown column {name!r}", choices(known, name))
    for name in required:
        if name not in header:
            yield name, (f"column {name!r} is missing", "add it; none of its cells may be empty")


def _wrong_cells(header: list[str], cells: list[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    if cells and len(cells) != len(header):
        remedy = "give every column exactly one cell; empty cells keep their tab"
        yield "", ("cell-count", f"{len(cells)} cells under {len(header)} columns", remedy)
    elif _CONTROL.search("".join(cells)):
        for name, cell in zip(header, cells, strict=True):
            if _CONTROL.search(cell):
                yield name, ("characters", "holds a line break or another control character", "delete it")


def parse_row(raw: RawRow, table: Table, findings: list[Finding]) -> Row | None:
    """The typed row, or None with a finding for each cell that has the wrong type."""
    cells = {name: tuple(_entries(column, raw.cells.get(name, "").strip())) for name, column in table.columns.items()}
    wrong = []
    for name, column in table.columns.items():
        if column.required and not cells[name]:
            wrong.append((column, "the cell is empty but must be filled"))
        elif not column.is_list and not all(map(column.allows, cells[name])):
            wrong.append((column, f"{raw.cells[name]!r} is not allowed here"))
    findings += [
        Finding(
            "cell-type",
            message,
            _REMEDIES.get(column.kind, f"write: {column.meaning}"),
            str(raw.path),
            raw.line,
            column.name,
        )
        for column, message in wrong
    ]
    return None if wrong else Row(table, cells, raw.path, raw.line)


def _entries(column: Column, cell: str) -> list[str]:
    """The entries of a cell; an empty one stands for the first of its choices, if it has any."""
    if not cell:
        return column.targets[:1] if column.kind == "choice" else []
    return [entry.strip() for entry in cell.split(LIST_SEPARATOR)] if column.is_list else [cell]


def choices(codes: Iterable[str], given: str) -> str:
    """A remedy that lists what may be written, nearest first."""
    ordered = sorted(codes)
    near = difflib.get_close_matches(given, ordered, 1)
    if near:
        return f"write {near[0]}" + (f" (one of {', '.join(ordered)})" if len(ordered) <= _SHOWN else "")
    return "write one of " + ", ".join(ordered[:_SHOWN]) + (" …" if len(ordered) > _SHOWN else "")
