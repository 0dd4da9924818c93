"""Check a data folder: every row typed, every reference, code and locator resolved; all findings in one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..findings import Finding, Report
from ..rdf.vocabulary import Vocabulary
from . import TABLES
from .base import Row
from .columns import Column
from .definitions import pointed_tables
from .locators import GRAMMAR, parse_locator
from .reader import choices, columns, parse_row, read_rows
from .terms import Term, with_terms


@dataclass
class Index:
    """What a first pass over the tables learns: the line of every id, the labels that definitions name, and kinds."""

    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    part_kinds: dict[str, str] = field(default_factory=dict)
    bare_sources: set[str] = field(default_factory=set)


@dataclass
class Checker:
    """Streams the checked rows of a data folder; findings collect in `findings`."""

    data: Path
    vocabulary: Vocabulary
    findings: list[Finding] = field(default_factory=list)
    rows_read: int = 0
    index: Index = field(default_factory=Index)

    def __post_init__(self) -> None:
        self.vocabulary = with_terms(self.vocabulary, self.path(Term.table), self.findings)

    def rows(self) -> Iterator[Row]:
        """Every row of every table that has nothing wrong, in table order."""
        self._index()
        for table, model in TABLES.items():
            path = self.path(table)
            for raw in read_rows(path, model, self.findings):
                self.rows_read += 1
                row = parse_row(path, raw, model, self.findings)
                if row is None:
                    continue
                if self.accepts(path, raw.line, row):
                    yield row

    def accepts(self, path: Path, line: int, row: Row) -> bool:
        """Check one typed row; False when anything in it is wrong, which is then among the findings."""
        before = len(self.findings)
        self._check_scope(path, line, row)
        for name, column in columns(type(row)).items():
            if column is not None:
                self._check(path, line, row, name, column)
        return len(self.findings) == before

    def report(self) -> Report:
        """The findings as a report, sorted by place."""
        ordered = sorted(set(self.findings), key=lambda found: (found.path, found.line or 0, found.column))
        return Report(str(self.data), f"{self.rows_read} rows in {len(TABLES)} tables", tuple(ordered))

    def path(self, table: str) -> Path:
        """File of a table."""
        return self.data / f"{table}.tsv"

    def _index(self) -> None:
        for extra in sorted(self.data.glob("[!.]*.tsv")):
            if extra.stem not in TABLES:
                self.findings.append(
                    Finding("table-unknown", "no table has this name", choices(TABLES, extra.stem), str(extra))
                )
        named = self.index.labels
        named.update((table, {}) for table in pointed_tables())
        for table, model in TABLES.items():
            lines = self.index.lines.setdefault(table, {})
            for raw in read_rows(self.path(table), model, []):
                identifier = raw.cells["id"].strip()
                if identifier in lines:
                    self.findings.append(
                        Finding("id-unique", f"id {identifier!r} stands already in line {lines[identifier]}",
                                "give each row an id of its own", str(self.path(table)), raw.line, "id")
                    )  # fmt: skip
                lines.setdefault(identifier, raw.line)
                if table in named:
                    named[table][identifier] = raw.cells["label"].strip()
                if table == "sources" and raw.cells["row_ids"].strip() not in {"", "scoped"}:
                    self.index.bare_sources.add(identifier)
                if table == "parts":
                    self.index.part_kinds[identifier] = raw.cells["kind"].strip()

    def _check_scope(self, path: Path, line: int, row: Row) -> None:
        source = str(getattr(row, "source", ""))
        scoped = row.of_one_source and source in self.index.lines["sources"] and source not in self.index.bare_sources
        if scoped and not row.id.startswith(f"{source}."):
            message = f"{row.id!r} does not begin with the id of its source"
            remedy = f"write {source}.{row.id}"
            self.findings.append(Finding("id-scoped", message, remedy, str(path), line, "id"))

    def _check(self, path: Path, line: int, row: Row, name: str, column: Column) -> None:
        value = getattr(row, name)
        if value is None:
            return
        if isinstance(value, tuple) and len(set(value)) < len(value):
            finding = Finding("list-unique", "an entry stands twice", "keep one", str(path), line, name)
            self.findings.append(finding)
        for entry in value if isinstance(value, tuple) else (value,):
            problem = self._problem(row, column, str(entry))
            if problem is not None:
                rule, message, remedy = problem
                self.findings.append(Finding(rule, message, remedy, str(path), line, name))

    def _problem(self, row: Row, column: Column, entry: str) -> tuple[str, str, str] | None:
        match column.kind:
            case "row" | "scoped" | "node":
                return self._dangling(row, column, entry)
            case "term" | "class":
                wanted = column.vocabulary_of(row)
                codes = (
                    self.vocabulary.term_codes(wanted) if column.kind == "term" else self.vocabulary.class_codes(wanted)
                )
                if entry not in codes:
                    return "code-known", f"{entry!r} is not a code of {wanted}", choices(codes, entry)
            case "vocabulary":
                lists = self.vocabulary.open_lists()
                if entry not in lists:
                    return "code-known", f"{entry!r} is not a class that rows can add terms to", choices(lists, entry)
            case "locator":
                return self._unplaced(row, entry)
            case "text" | "prose":
                if not entry.strip():
                    return "cell-type", "a list has an empty entry", "delete the extra separator"
        return None

    def _dangling(self, row: Row, column: Column, entry: str) -> tuple[str, str, str] | None:
        table, identifier = str(column.target), entry
        if column.kind == "node":
            table, _, identifier = entry.partition(":")
            if table not in TABLES:
                return "reference", f"{entry!r} does not start with a table", "write table:id"
        else:
            identifier = column.row_id(str(getattr(row, "source", "")), entry)
        ids = self.index.lines[table]
        if identifier in ids:
            return None
        prefix = identifier.removesuffix(entry) if column.kind != "node" else ""
        near = choices((known.removeprefix(prefix) for known in ids), entry)
        return "reference", f"{entry!r} is not an id in {table}.tsv", near

    def _unplaced(self, row: Row, entry: str) -> tuple[str, str, str] | None:
        try:
            place = parse_locator(entry)
        except ValueError as error:
            return "locator", str(error), GRAMMAR
        parts = self.index.lines["parts"]
        scope = f"{getattr(row, 'source', '')}."
        if scope + place.part in parts:
            if place.in_table and self.index.part_kinds[scope + place.part] != "table":
                return "locator", f"{place.part!r} is not a table", "name a table, or leave out row, column and header"
            return None
        known = (part.removeprefix(scope) for part in parts)
        return "locator", f"{place.part!r} is not a part in parts.tsv", choices(known, place.part)
