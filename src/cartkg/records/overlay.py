"""Rows of an overlay as they are made: written beside those of others, checked as a whole, compared with the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..files import put_files
from ..rdf.folders import DESCRIPTION, Folder, description
from ..rdf.vocabulary import Vocabulary
from ..tables.checker import Checker
from ..tables.fingerprint import KEPT
from ..tables.reader import RawRow, rows_of, tabbed
from ..tables.schema import LIST_SEPARATOR, curated_tables

Cells = dict[str, str]


@dataclass
class Rows:
    """The rows of one source by table and id, in the order in which they were made."""

    source: str
    tables: dict[str, dict[str, Cells]] = field(default_factory=dict)
    read_in: tuple[Path, int] | None = None  # the file and line that rows are being made of, where they have one
    lines: dict[tuple[str, str], tuple[Path, int]] = field(default_factory=dict)

    def add(self, table: str, identifier: str, **cells: str | Sequence[str]) -> str:
        """Add a row, or the entries of its lists to one that is there; its id."""
        columns = curated_tables()[table].columns
        row = self.tables.setdefault(table, {}).setdefault(identifier, {"id": identifier})
        if self.read_in:
            self.lines.setdefault((table, identifier), self.read_in)
        cells = {"source": self.source} | cells if "source" in columns else cells
        for name, value in cells.items():
            entries = [value] if isinstance(value, str) else list(value)
            if columns[name].is_list:
                listed = LIST_SEPARATOR.join((row.get(name, ""), *entries))
                entries = list(dict.fromkeys(filter(None, listed.split(LIST_SEPARATOR))))
            row[name] = LIST_SEPARATOR.join(filter(None, entries))
        return identifier


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a row since it was written last: new, gone, or other cells, as `column: old -> new`."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


def write(target: Folder, folders: Sequence[Folder], made: Sequence[Rows], files: Mapping[str, str]) -> list[Change]:
    """Put rows and files into an overlay, and say what changed; rows of other sources in its tables stay.

    Everything is checked over the other folders first: DataError with all findings, and nothing is written.
    """
    sources = {rows.source for rows in made}
    texts, changes = {DESCRIPTION: description(target), **files}, list[Change]()
    planned: dict[str, list[tuple[Folder, RawRow]]] = {}
    for table in dict.fromkeys(name for rows in made for name in rows.tables):
        declared = curated_tables()[table]
        before = {raw.cells["id"]: raw.cells for _, raw in rows_of(declared, [target], [])}
        new = {identifier: row for rows in made for identifier, row in rows.tables.get(table, {}).items()}
        old = {identifier: row for identifier, row in before.items() if row.get("source", identifier) in sources}
        after = {**{identifier: row for identifier, row in before.items() if identifier not in old}, **new}
        changes += _compared(table, old, new)
        texts[f"{table}.tsv"] = _text(table, after)
        lines = {key: place for rows in made for key, place in rows.lines.items()}
        own = [RawRow(*lines.get((table, identifier), (target.table(table), line)), row)
               for line, (identifier, row) in enumerate(after.items(), 2)]  # fmt: skip
        planned[table] = [*rows_of(declared, folders, []), *((target, raw) for raw in own)]
    Checker([*folders, target], Vocabulary.load(), planned=planned).checked()
    put_files(target.path, texts)
    return changes


def _text(table: str, rows: Mapping[str, Cells]) -> str:
    """The rows under the columns that any of them fills, or that all must."""
    filled = {name for row in rows.values() for name, cell in row.items() if cell}
    columns = [name for name, column in curated_tables()[table].columns.items() if column.required or name in filled]
    return tabbed([columns, *([row.get(name, "") for name in columns] for row in rows.values())])


def _compared(table: str, old: Mapping[str, Cells], new: Mapping[str, Cells]) -> Iterator[Change]:
    for identifier in dict.fromkeys((*old, *new)):
        if identifier not in new:
            yield Change(table, identifier, "gone")
        elif identifier not in old:
            yield Change(table, identifier, "new")
        else:
            before, after = old[identifier], new[identifier]
            for name in dict.fromkeys((*before, *after)):
                if name != KEPT and (was := before.get(name, "")) != (now := after.get(name, "")):
                    yield Change(table, identifier, f"{name}: {was or 'nothing'} -> {now or 'nothing'}")
