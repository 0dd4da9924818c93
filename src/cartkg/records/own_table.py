"""A table of one's own as rows: a second table says which cell of a line becomes which cell of which row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..findings import Finding
from ..source_text.record import read_lines
from ..tables.reader import choices
from ..tables.schema import Column, curated_tables
from .codes import Codes, columns_of, slug
from .known import Known
from .overlay import Rows

COLUMNS = ("row", "table", "column", "from", "value")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PART = "rows"
_AMBIGUOUS = "NR"  # not reported, or not reached
# Where a reason stands that is written in place of a number; and what needs one of which numbers.
_REASONS = {"upper": "upper_status"}
_NEEDS = {
    "unit": ("value", "lower", "upper"),
    "interval": ("lower", "upper"),
    "confidence": ("lower", "upper"),
    "n_basis": ("n",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell to be made: of the row of this id and table, from a column of the lines or from a text for all of them."""

    line: int
    row: str
    table: str
    column: Column
    heading: str
    value: str


def own_rows(path: Path, columns: Path, about: Mapping[str, str], known: Known, codes: Codes) -> Rows:
    """The rows of a table of one's own; `about` are the cells of its row of sources.

    What is wrong in `columns`, or in a code, is among the findings of `codes`; UsageError for what can not be read.
    """
    lines = read_lines(path)
    headings = list(next(iter(lines.values()), {}))
    entries = list(_entries(columns, headings, codes.findings))
    rows = Rows(about["id"])
    rows.add("sources", **{"identifier": rows.source, **about})
    rows.add("parts", f"{rows.source}.{_PART}", label=f"{about['label']}: {_PART}", kind="module", position="1",
             heading=f"/{_PART}")  # fmt: skip
    used = {entry.heading for entry in entries if entry.heading}
    for number, cells in lines.items():
        place, made = f"{_PART}#/{number}", dict[str, dict[str, list[Entry]]]()
        rows.read_in = path, int(number)
        for entry in entries:
            name = f"{rows.source}.{_filled(entry.row, {key: slug(cell) for key, cell in cells.items()})}"
            made.setdefault(entry.table, {}).setdefault(name, []).append(entry)
        for table, found in made.items():
            for name, wanted in found.items():
                _make(rows, table, name, wanted, cells, place, known, codes)
        left = [f"{key} {cell}" for key, cell in cells.items() if key not in used and re.search(r"\d", cell)]
        if left:
            label, note = f"line {number}: {', '.join(left)}"[:200], "No row is made of these columns."
            rows.add("omissions", f"{rows.source}.x-{number}", label=label, locator=place, printed=left,
                     reason="not-confirmed", note=note)  # fmt: skip
    return rows


def _make(
    rows: Rows,
    table: str,
    name: str,
    entries: list[Entry],
    cells: Mapping[str, str],
    place: str,
    known: Known,
    codes: Codes,
) -> None:
    """Add a row, unless each figure that it could have is an empty cell."""
    read = [entry for entry in entries if entry.heading]
    if read and not any(cells[entry.heading] for entry in read):
        return
    columns, made = curated_tables()[table].columns, {"label": name.replace(".", ": "), "basis": "stated"}
    slugs = {key: slug(cell) for key, cell in cells.items()}
    for entry in entries:
        column, filling = entry.column, {**(slugs if entry.column.points else cells), "source": rows.source}
        text = cells[entry.heading] if entry.heading else _filled(entry.value, filling)
        if column.kind in {"decimal", "integer"}:
            text = text.removesuffix("%").strip()
            if reason := _reason(rows, entry, text, known, codes):
                made[_REASONS.get(column.name, "status")] = reason
                continue
        made[column.name] = _coded(rows, entry, text, place, known, codes) if text else ""
    for dependent, of in _NEEDS.items():
        if not any(made.get(one) for one in of):
            made.pop(dependent, None)
    if _AMBIGUOUS in made.values():
        printed = [f"{entry.heading} {cells[entry.heading]}" for entry in read if cells[entry.heading]]
        note = f"What {_AMBIGUOUS} stands for is not confirmed."
        rows.add("omissions", f"{name}-x", label=f"{name}: {_AMBIGUOUS}", locator=place, printed=printed,
                 reason="not-confirmed", note=note)  # fmt: skip
        return
    if "printed" in columns and "printed" not in made:
        made["printed"] = " … ".join(
            f"{entry.heading} {cells[entry.heading]}" for entry in read if cells[entry.heading]
        )
    if "status" in columns:
        made.setdefault("status", "reported")
    made = {key: cell for key, cell in made.items() if key in columns}
    codes.findings.extend(_conflicts(rows, table, name, {key: made[key] for key in made if not columns[key].is_list}))
    rows.add(table, name, locator=place, **made)


def _conflicts(rows: Rows, table: str, name: str, made: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each cell that an earlier line made otherwise for the same id."""
    before = rows.tables.get(table, {}).get(name)
    if before is None:
        return
    path, line = rows.read_in or (Path(), 0)
    remedy = "give each line ids of its own, by headings in the column row"
    for key, cell in made.items():
        if (earlier := before.get(key, "")) != cell:
            message = f"{name} was {earlier!r} in line {rows.lines[table, name][1]} and is {cell!r} here"
            yield Finding("id-unique", message, remedy, str(path), line, key)


def _reason(rows: Rows, entry: Entry, text: str, known: Known, codes: Codes) -> str:
    """The reason that stands in place of a number; NR may be two, so that it must be confirmed."""
    reason, _ = known.term("ck:MissingStatus", text)
    if not reason or text != _AMBIGUOUS:
        return reason
    allowed = known.codes("ck:MissingStatus")
    return codes.ask(rows.source, "reason", f"{text} in {entry.heading}", allowed, reason) or text


def _coded(rows: Rows, entry: Entry, text: str, place: str, known: Known, codes: Codes) -> str:
    """A text as the code or id that it is, or that is confirmed for it; as it is, where the column holds no code."""
    column = entry.column
    if not entry.heading or column.kind not in {"term", "class", "row"}:
        return text
    points = column.kind == "row"
    allowed = known.ids(column.target) if points else tuple(column.codes(known.vocabulary))
    if text in allowed or (points and text in rows.tables.get(column.target, {})):
        return text
    proposed = known.named(column.target, text) if points else ""
    code = codes.ask(rows.source, f"{column.table}.{column.name}", text, allowed, proposed)
    if code:
        means = f"{column.target}:{code}" if points else _curie(column.codes(known.vocabulary)[code].value)
        name = f"{rows.source}.w-{slug(f'{means} {text}')}"
        rows.add("wordings", name, label=f"{text}, for {means}", locator=place, means=means, printed=text)
    return code


def _curie(iri: str) -> str:
    return f"ck:{iri.rpartition('/')[2]}"


def _filled(template: str, cells: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: cells.get(found[1], found[0]), template)


def _entries(path: Path, headings: list[str], findings: list[Finding]) -> Iterator[Entry]:
    """What the table of columns says; what is wrong in it is appended to `findings`."""
    tables = curated_tables()
    for line, row in columns_of(path, COLUMNS):
        table, named = tables.get(row["table"]), [*_PLACEHOLDER.findall(row["row"]), *filter(None, [row["from"]])]
        named += [name for name in _PLACEHOLDER.findall(row["value"]) if name != "source"]
        wrong = [
            (column, name, headings) for column, name in (("from", name) for name in named) if name not in headings
        ]
        if table is None:
            wrong.append(("table", row["table"], list(tables)))
        elif row["column"] not in table.columns:
            wrong.append(("column", row["column"], list(table.columns)))
        if bool(row["from"]) == bool(row["value"]):
            remedy = "write a heading in from, or a text in value"
            findings.append(
                Finding("cell-type", "it has both from and value, or neither", remedy, str(path), line, "from")
            )
        for column, name, known in wrong:
            message = f"there is no {'heading' if column == 'from' else column} {name!r}"
            findings.append(Finding("column-known", message, choices(known, name), str(path), line, column))
        if table is not None and not wrong:
            yield Entry(line, row["row"], row["table"], table.columns[row["column"]], row["from"], row["value"])
