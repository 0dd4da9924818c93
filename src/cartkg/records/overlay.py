"""Rows of an overlay as they are made: written beside those of others, checked as a whole, compared with the last."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import DataError, StorageError, UsageError
from ..findings import Finding
from ..rdf.folders import DESCRIPTION, read_folders
from ..rdf.vocabulary import Vocabulary
from ..tables.checker import Checker
from ..tables.reader import read_rows
from ..tables.schema import LIST_SEPARATOR, curated_tables

Cells = dict[str, str]


@dataclass
class Rows:
    """The rows of one source by table and id, in the order in which they were made."""

    source: str
    tables: dict[str, dict[str, Cells]] = field(default_factory=dict)

    def add(self, table: str, identifier: str, **cells: str | Sequence[str]) -> str:
        """Add a row, or the entries of its lists to one that is there; its id."""
        columns = curated_tables()[table].columns
        row = self.tables.setdefault(table, {}).setdefault(identifier, {"id": identifier})
        cells = {"source": self.source} | cells if "source" in columns else cells
        for name, value in cells.items():
            entries = [value] if isinstance(value, str) else list(value)
            if columns[name].is_list:
                entries = list(dict.fromkeys((*filter(None, row.get(name, "").split(LIST_SEPARATOR)), *entries)))
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


def begun(folder: Path, base: str) -> dict[str, str]:
    """What an overlay has beside its tables; UsageError where the folder is something else."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / DESCRIPTION).is_file())):
        raise UsageError(f"{folder}: is no overlay: it has no {DESCRIPTION}; name a new folder")
    if (folder / DESCRIPTION).is_file():
        return {}
    return {DESCRIPTION: f'base = "{base or f"https://example.org/{folder.resolve().name}/id/"}"\n'}


def write(
    folder: Path, data: Path, others: Sequence[Path], made: Sequence[Rows], files: Mapping[str, str]
) -> list[Change]:
    """Put rows and files into an overlay, and say what changed; rows of other sources in its tables stay.

    Everything is checked over the data and the other overlays first: DataError with all findings, and nothing written.
    """
    sources = {rows.source for rows in made}
    texts, changes = dict(files), list[Change]()
    for table in dict.fromkeys(name for rows in made for name in rows.tables):
        before = _stored(folder, table)
        new = {identifier: row for rows in made for identifier, row in rows.tables.get(table, {}).items()}
        old = {identifier: row for identifier, row in before.items() if row.get("source", identifier) in sources}
        kept = {identifier: row for identifier, row in before.items() if identifier not in old}
        changes += _compared(table, old, new)
        texts[f"{table}.tsv"] = _text(table, {**kept, **new})
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as staging:
            trial = Path(staging) / folder.resolve().name
            if folder.is_dir():
                shutil.copytree(folder, trial)
            trial.mkdir(exist_ok=True)
            for name, text in texts.items():
                (trial / name).write_text(text, encoding="utf-8")
            _check(trial, folder, data, others)
            folder.mkdir(exist_ok=True)
            for name in texts:
                (trial / name).replace(folder / name)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    return changes


def _check(trial: Path, folder: Path, data: Path, others: Sequence[Path]) -> None:
    checker = Checker(read_folders(data, [*others, trial]), Vocabulary.load())
    for _ in checker.rows():
        pass
    if checker.findings:
        checker.findings = [
            replace(found, path=found.path.replace(str(trial), str(folder))) for found in checker.findings
        ]
        raise DataError(checker.report())


def _stored(folder: Path, table: str) -> dict[str, Cells]:
    path, findings = folder / f"{table}.tsv", list[Finding]()
    if not path.exists():
        return {}
    return {raw.cells["id"]: raw.cells for raw in read_rows(path, curated_tables()[table], findings)}


def _text(table: str, rows: Mapping[str, Cells]) -> str:
    """The rows under the columns that any of them fills, or that all must."""
    filled = {name for row in rows.values() for name, cell in row.items() if cell}
    columns = [
        column.name for column in curated_tables()[table].columns.values() if column.required or column.name in filled
    ]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({name: cell for name, cell in row.items() if name in columns} for row in rows.values())
    return written.getvalue()


def _compared(table: str, old: Mapping[str, Cells], new: Mapping[str, Cells]) -> Iterator[Change]:
    for identifier in dict.fromkeys((*old, *new)):
        if identifier not in new:
            yield Change(table, identifier, "gone")
        elif identifier not in old:
            yield Change(table, identifier, "new")
        else:
            before, after = old[identifier], new[identifier]
            for name in dict.fromkeys((*before, *after)):
                if (was := before.get(name, "")) != (now := after.get(name, "")):
                    yield Change(table, identifier, f"{name}: {was or 'nothing'} -> {now or 'nothing'}")
