"""Check a data folder: every row typed, every reference, code and locator resolved; all findings in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ..errors import DataError
from ..findings import Finding, Report
from ..rdf.folders import DESCRIPTION, Folder
from ..rdf.vocabulary import Vocabulary, node_iri, row_iri
from ..version import __version__
from .definitions import pointed_tables
from .fingerprint import KEPT, ROWS, altered, lost
from .locators import GRAMMAR, parse_locator
from .reader import RawRow, choices, rows_of, typed_row
from .schema import LIST_SEPARATOR, Column, Row, curated_tables

_Problem = tuple[str, str, str]
_CAUSES = frozenset({"table-missing", "table-unreadable", "table-unknown", "table-syntax", "encoding", "header"})
_NAMES = ("label", "name", "synonyms")
_ASIDE = frozenset({"id", "note", KEPT})
_MANY = 1000  # findings, beyond which no nearest id or code is looked for


@dataclass
class Checker:
    """Streams the checked rows of data folders; findings collect in `findings`.

    Tables that are `planned` are checked as given there. A first pass over the tables learns the line of every id, what
    the IRIs of rows of an overlay begin with, and the labels that definitions name; and which tables are `torn`, of
    which not every row can be read.
    """

    folders: Sequence[Folder]
    vocabulary: Vocabulary
    findings: list[Finding] = field(default_factory=list)
    planned: Mapping[str, Sequence[tuple[Folder, RawRow]]] = field(default_factory=dict)
    rows_read: int = 0
    lines: dict[str, dict[str, tuple[Path, int]]] = field(default_factory=dict)
    bases: dict[tuple[str, str], str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=lambda: {table: {} for table in pointed_tables()})
    torn: set[str] = field(default_factory=set)
    _part_kinds: dict[str, str] = field(default_factory=dict)
    _called: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    _bare_sources: set[str] = field(default_factory=set)
    _told: dict[int, str] = field(default_factory=dict)  # by the hash of what a row says
    _of_source: Counter[tuple[Path, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._add_terms()

    def rows(self) -> Iterator[Row]:
        """Every row of every table that has nothing wrong, in table order."""
        self._index()
        for name, table in curated_tables().items():
            for _, raw in self.raw(name, self.findings):
                self.rows_read += 1
                row, wrong = typed_row(raw, table)
                self.findings += wrong
                if self.accepts(row, whole=not wrong) and not wrong:
                    yield row

    def checked(self) -> list[Row]:
        """All of them; DataError with every finding when anything is wrong."""
        rows = list(self.rows())
        if self.findings:
            raise DataError(self.report())
        return rows

    def accepts(self, row: Row, *, whole: bool = True) -> bool:
        """Check one typed row; False when anything in it is wrong, which is then among the findings.

        Of a row that is not whole, each cell for itself.
        """
        problems = [*self._cell_problems(row)]
        if whole:
            problems += self._row_problems(row, sound=not problems)
        wrong = [Finding(*problem, str(row.path), row.line, name) for name, problem in problems]
        self.findings += wrong
        return not wrong

    def report(self) -> Report:
        """The findings as a report, sorted by place."""
        for folder in self.folders if self.findings else ():
            if folder.begun_with not in {"", __version__}:
                message = f"it was begun with cartkg {folder.begun_with}, and this is {__version__}"
                remedy = "CHANGELOG.md says what has changed since"
                self.findings.append(Finding("version", message, remedy, str(folder.path / DESCRIPTION)))

        def place(found: Finding) -> tuple[bool, str, int, str]:
            """What keeps a table from being read comes first, since it may be the cause of the rest."""
            return found.rule not in _CAUSES, found.path, found.line or 0, found.column

        ordered = sorted(set(self.findings), key=place)
        subject = ", ".join(str(folder.path) for folder in self.folders)
        return Report(subject, f"{self.rows_read} rows in {len(curated_tables())} tables", tuple(ordered))

    def raw(self, table: str, findings: list[Finding]) -> Iterator[tuple[Folder, RawRow]]:
        """The rows of a table in every folder, or those that are planned."""
        if table in self.planned:
            yield from self.planned[table]
        else:
            yield from rows_of(curated_tables()[table], self.folders, findings)

    def _add_terms(self) -> None:
        """Add the terms that rows define to the vocabulary; a code that stands for another already is a finding."""
        known = self.vocabulary
        taken: dict[tuple[str, str], str] = {}
        terms: list[tuple[ox.NamedNode, str, str, list[str]]] = []
        for folder, raw in self.raw("terms", []):
            cells = {column: cell.strip() for column, cell in raw.cells.items()}
            name, code, identifier = cells["vocabulary"], cells["code"], cells["id"]
            if name not in known.open_lists():
                continue
            for one in known.lists_of(name):
                other = known.term_codes(one).get(code)
                clash = other.value if other else taken.get((one, code))
                if clash is not None:
                    message = f"{code!r} stands for {clash} already"
                    self.findings.append(
                        Finding("code-unique", message, "write another code", str(raw.path), raw.line, "code")
                    )
                    break
            else:
                taken |= {(one, code): identifier for one in known.lists_of(name)}
                names = [cells["label"], *filter(None, cells.get("synonyms", "").split(LIST_SEPARATOR))]
                terms.append((row_iri("terms", identifier, folder.base), name, code, names))
        self.vocabulary = known.with_terms(terms) if terms else known

    def _index(self) -> None:
        self._find_strangers()
        for name, table in curated_tables().items():
            self.lines.setdefault(name, {})
            wrong: list[Finding] = []
            unprinted: list[RawRow] = []
            for folder, raw in self.raw(name, wrong):
                self._index_row(name, folder, raw)
                if "locator" not in table.columns:
                    unprinted.append(raw)
            if wrong:
                self.torn.add(name)
            self._check_kept(unprinted)
        if not self.torn:
            self._check_counts()

    def _find_strangers(self) -> None:
        for extra in (file for folder in self.folders for file in sorted(folder.path.glob("[!.]*.tsv"))):
            if extra.stem not in curated_tables():
                remedy = choices(curated_tables(), extra.stem)
                self.findings.append(Finding("table-unknown", "no table has this name", remedy, str(extra)))

    def _index_row(self, name: str, folder: Folder, raw: RawRow) -> None:
        lines, place = self.lines[name], (raw.path, raw.line)
        self._of_source[folder.path, raw.cells.get("source", "").strip()] += 1
        identifier = raw.cells["id"].strip()
        if (first := lines.setdefault(identifier, place)) != place:
            where = "" if first[0] == place[0] else f" of {first[0]}"
            message = f"id {identifier!r} stands already in line {first[1]}{where}"
            remedy = "give each row an id of its own"
            self.findings.append(Finding("id-unique", message, remedy, str(place[0]), raw.line, "id"))
        else:
            self._index_words(name, raw)
            if folder.overlay:
                self.bases[name, identifier] = folder.base
        if name in self.labels:
            self.labels[name][identifier] = raw.cells["label"].strip()
        if name == "sources" and raw.cells.get("row_ids", "").strip() not in {"", "scoped"}:
            self._bare_sources.add(identifier)
        if name == "parts":
            self._part_kinds[identifier] = raw.cells["kind"].strip()

    def _index_words(self, name: str, raw: RawRow) -> None:
        """Learn what a row says; that another says the same is a finding."""
        said = hash((name, frozenset((column, cell) for column, cell in raw.cells.items() if column not in _ASIDE)))
        if (twin := self._told.setdefault(said, raw.cells["id"])) != raw.cells["id"]:
            problem = ("row-unique", f"it says what {twin!r} says", "keep one of the two, or write how they differ")
            self.findings.append(Finding(*problem, str(raw.path), raw.line, "id"))

    def _check_kept(self, rows: Sequence[RawRow]) -> None:
        """What no source prints is as it was checked, in every file that keeps that of any row."""
        keeping = {raw.path for raw in rows if raw.cells.get(KEPT)}
        for raw in rows:
            cells = {column: cell.strip() for column, cell in raw.cells.items()}
            if raw.path in keeping and (changed := altered(cells)):
                self.findings.append(Finding(KEPT, *changed, str(raw.path), raw.line, KEPT))

    def _check_counts(self) -> None:
        """Of a source as many rows are there as there were, or one may be missing without which nothing is wrong."""
        for folder, raw in self.raw("sources", []):
            identifier, before = raw.cells["id"].strip(), raw.cells.get(ROWS, "").strip()
            if before not in {"", now := str(self._of_source[folder.path, identifier])}:
                remedy = f"look for what is missing or too many; if it is right, write {now}"
                problem = ("rows-kept", f"{now} rows name this source, and there were {before}", remedy)
                self.findings.append(Finding(*problem, str(raw.path), raw.line, ROWS))

    def _row_problems(self, row: Row, *, sound: bool) -> Iterator[tuple[str, _Problem]]:
        """What is wrong with a row as a whole, by column: rule, message and remedy."""
        scoped = row.source in self.lines["sources"] and row.source not in self._bare_sources
        if scoped and "of-one-source" in row.table.traits and not row.id.startswith(f"{row.source}."):
            message = f"{row.id!r} does not begin with the id of its source"
            yield "id", ("id-scoped", message, f"write {row.source}.{row.id}")
        if sound and "locator" in row.table.columns and (problem := lost(row)):  # a code that is none is told once
            yield KEPT, (KEPT, *problem)

    def _cell_problems(self, row: Row) -> Iterator[tuple[str, _Problem]]:
        """What is wrong with its cells, each by itself."""
        for name, column in row.table.columns.items():
            if column.kind in {"term", "class"} and not column.vocabulary_of(row):
                continue  # it depends on a cell that is wrong
            entries = row.entries(name)
            if len(set(entries)) < len(entries):
                yield name, ("list-unique", "an entry stands twice", "keep one")
            for entry in entries:
                if wrong := self._problem(row, column, entry):
                    yield name, wrong

    def _problem(self, row: Row, column: Column, entry: str) -> _Problem | None:
        match column.kind:
            case "row" | "scoped" | "across" | "node":
                return self._dangling(row, column, entry)
            case "term" | "class" | "vocabulary":
                wanted = column.vocabulary_of(row)
                codes = column.codes(self.vocabulary, wanted)
                if entry not in codes and "terms" not in self.torn:
                    what = f"a code of {wanted}" if wanted else "a class that rows can add terms to"
                    if len(self.findings) > _MANY:
                        return "code-known", f"{entry!r} is not {what}", f"write {what}"
                    names = self.vocabulary.names(wanted) if column.kind == "term" else {}
                    return "code-known", f"{entry!r} is not {what}", choices(codes, entry, names)
            case "locator":
                return self._unplaced(row, entry)
            case "text" | "prose" if not entry:
                return "cell-type", "a list has an empty entry", "delete the extra separator"
        return None

    def _dangling(self, row: Row, column: Column, entry: str) -> _Problem | None:
        table, identifier = column.target, column.row_id(row.source, entry)
        if column.kind == "node":
            table, _, identifier = entry.partition(":")
            if table == "ck":
                known = node_iri(entry).value in self.vocabulary.declared
                return None if known else ("reference", f"{entry!r} is not a term of the ontology", "write ck:Name")
            if table not in curated_tables():
                return "reference", f"{entry!r} does not start with a table", "write table:id"
        ids = self.lines[table]
        if identifier in ids or table in self.torn:  # what is wrong with that table is told once, there
            return None
        if len(self.findings) > _MANY:
            return "reference", f"{entry!r} is not an id in {table}.tsv", "write an id of that table"
        prefix = identifier.removesuffix(entry) if column.points else ""
        names = {known.removeprefix(prefix): called for known, called in self.names(table).items()}
        near = choices((known.removeprefix(prefix) for known in ids), entry, names)
        return "reference", f"{entry!r} is not an id in {table}.tsv", near

    def names(self, table: str) -> dict[str, tuple[str, ...]]:
        """What the rows of a table are called, by their ids: by their labels first."""
        if table not in self._called:
            self._called[table] = {
                raw.cells["id"].strip(): tuple(
                    name for column in _NAMES for name in raw.cells.get(column, "").split(LIST_SEPARATOR)
                )
                for _, raw in self.raw(table, [])
            }
        return self._called[table]

    def _unplaced(self, row: Row, entry: str) -> _Problem | None:
        try:
            place = parse_locator(entry)
        except ValueError as error:
            return "locator", str(error), GRAMMAR
        parts, scope = self.lines["parts"], f"{row.source}."
        if "parts" in self.torn:
            return None
        if scope + place.part not in parts:
            known = (part.removeprefix(scope) for part in parts)
            return "locator", f"{place.part!r} is not a part in parts.tsv", choices(known, place.part)
        if place.in_table and self._part_kinds[scope + place.part] != "table":
            return "locator", f"{place.part!r} is not a table", "name a table, or leave out row, column and header"
        return None
