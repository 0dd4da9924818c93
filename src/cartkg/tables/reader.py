"""Read a curated table: rows with their line numbers, and a finding for everything that is not right."""

from __future__ import annotations

import csv
import difflib
import io
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, get_origin

from pydantic import ValidationError

from ..findings import Finding
from .columns import LIST_SEPARATOR, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .base import Row

_REMEDIES = {
    "integer": "write a whole number without unit or separator",
    "decimal": "write a number with a point as decimal mark, without unit",
    "identifier": "write lower-case letters, digits, points and hyphens, starting with a letter or digit",
}


_SHOWN = 40
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufffe\uffff]")


class RawRow(NamedTuple):
    """A line of a table as strings by column name; `line` counts from 1 with the header."""

    line: int
    cells: dict[str, str]


@cache
def columns(model: type[Row]) -> dict[str, Column | None]:
    """Column meanings by name, in the order of the table; the id has none."""
    return {
        name: next((mark for mark in field.metadata if isinstance(mark, Column)), None)
        for name, field in model.model_fields.items()
    }


@cache
def is_list(model: type[Row], name: str) -> bool:
    """True for a column whose cells hold several entries."""
    return get_origin(model.model_fields[name].annotation) is tuple


def read_rows(path: Path, model: type[Row], findings: list[Finding]) -> Iterator[RawRow]:
    """Yield the rows of a table; structural mistakes are appended to `findings`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if model.optional:
            return
        findings.append(
            Finding("table-missing", "there is no such table", "add the file, at least its header line", str(path))
        )
        return
    except OSError as error:
        message = f"can not be read: {error.strerror or error}"
        findings.append(Finding("table-unreadable", message, "put a readable file there", str(path)))
        return
    except UnicodeDecodeError as error:
        findings.append(Finding("encoding", f"byte {error.start} is not UTF-8", "save it as UTF-8", str(path)))
        return
    yield from parse_rows(path, text, model.model_fields, model.model_fields, findings)


def parse_rows(
    path: Path, text: str, known: Iterable[str], required: Iterable[str], findings: list[Finding], above: int = 0
) -> Iterator[RawRow]:
    """Yield the rows of a text that begins with a header, beneath some lines of the file that are none of it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    try:
        header = next(reader, [])
        if not _check_header(path, above + 1, header, known, required, findings):
            return
        for cells in reader:
            line = above + reader.line_num
            if cells and _check_cells(path, line, header, cells, findings):
                yield RawRow(line, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        line, remedy = above + reader.line_num, "close or remove the quotation mark"
        findings.append(Finding("table-syntax", f"{error}", remedy, str(path), line))


def _check_header(
    path: Path, line: int, header: list[str], known: Iterable[str], required: Iterable[str], findings: list[Finding]
) -> bool:
    wrong = []
    for position, name in enumerate(header):
        if header.index(name) != position:
            wrong.append((f"column {name!r} appears twice", "keep one", name))
        elif name not in known:
            wrong.append((f"unknown column {name!r}", choices(known, name), name))
    remedy = "add it, even if all its cells are empty"
    wrong += [(f"column {name!r} is missing", remedy, name) for name in required if name not in header]
    findings += [Finding("header", message, remedy, str(path), line, name) for message, remedy, name in wrong]
    return not wrong


def _check_cells(path: Path, line: int, header: list[str], cells: list[str], findings: list[Finding]) -> bool:
    if len(cells) != len(header):
        findings.append(
            Finding(
                "cell-count",
                f"{len(cells)} cells under {len(header)} columns",
                "give every column exactly one cell; empty cells keep their tab",
                str(path),
                line,
            )
        )
        return False
    if not _CONTROL.search("".join(cells)):
        return True
    wrong = [
        Finding("characters", "holds a control character", "delete it", str(path), line, name)
        for name, cell in zip(header, cells, strict=True)
        if _CONTROL.search(cell)
    ]
    findings.extend(wrong)
    return False


def parse_row(path: Path, raw: RawRow, model: type[Row], findings: list[Finding]) -> Row | None:
    """The typed row, or None with a finding for each cell that has the wrong type."""
    values: dict[str, object] = {}
    for name, cell in raw.cells.items():
        stripped = cell.strip()
        if stripped:
            values[name] = tuple(stripped.split(LIST_SEPARATOR)) if is_list(model, name) else stripped
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0])
            findings.append(
                Finding("cell-type", _message(problem["type"], raw.cells.get(name, "")), _remedy(model, name),
                        str(path), raw.line, name)
            )  # fmt: skip
        return None


def _message(kind: str, cell: str) -> str:
    return "the cell is empty but must be filled" if kind == "missing" else f"{cell!r} is not allowed here"


def _remedy(model: type[Row], name: str) -> str:
    column = columns(model)[name]
    if column is None or column.kind in {"row", "scoped"}:
        return _REMEDIES["identifier"]
    if column.kind in _REMEDIES:
        return _REMEDIES[column.kind]
    return f"write: {column.description}"


def choices(codes: Iterable[str], given: str) -> str:
    """A remedy that lists what may be written, nearest first."""
    ordered = sorted(codes)
    near = difflib.get_close_matches(given, ordered, 1)
    if near:
        return f"write {near[0]}" + (f" (one of {', '.join(ordered)})" if len(ordered) <= _SHOWN else "")
    return "write one of " + ", ".join(ordered[:_SHOWN]) + (" …" if len(ordered) > _SHOWN else "")
