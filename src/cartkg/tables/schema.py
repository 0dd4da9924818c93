"""What a row of each curated table is and what its columns mean, as `ontology/*.tsv` declare it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pyoxigraph as ox

from ..findings import Finding
from ..rdf.vocabulary import Vocabulary
from ..resources import ONTOLOGY_DIRECTORY, read_table

LIST_SEPARATOR = "|"
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_TEXT = re.compile(r"(?s).{1,2000}")
_FORMS = {
    "identifier": _IDENTIFIER,
    "row": _IDENTIFIER,
    "integer": re.compile(r"0|[1-9][0-9]{0,8}"),
    "decimal": re.compile(r"-?(0|[1-9][0-9]{0,8})([.][0-9]{1,12})?"),
    "text": _TEXT,
    "prose": _TEXT,
}


@dataclass(frozen=True, slots=True)
class Role:
    """How a source prints the figure of a cell, by which the audit finds it again.

    `kinds`: what figure it may be. `unit`: a fixed one, or the `{column}` that it stands in. `end`: that of a range.
    `at`: the column of the places; at any other than `locator`, each of them must print it. `traits`: `shared`: several
    rows may mean the same characters; `derivable`: it may follow from figures printed at the row's premises; `beside`:
    finding it does not carry it; `every`: finding it carries it every time that the place prints it; `loose`: it
    stands for the place as a whole, whatever the heading and the group; `quoted`: it stands in what the row quotes as
    `printed`; `apart`: what is a `value` of another row is not it.
    """

    name: str
    kinds: tuple[str, ...]
    unit: str
    end: str
    at: str
    traits: frozenset[str]


@dataclass(frozen=True)
class Column:
    """One column: what its cells hold, the predicate (a CURIE) that they become, and its meaning in words.

    `kind`: an `identifier`; `text` as printed, or `prose` of our own; `integer`, `decimal` or `choice`; a `row` of the
    target table, or one that is `scoped`: written without the source it belongs to, or whole if it may be of any
    (`across`); any `node`, as `table:id` or `ck:Term`; a `term` or `class` by its code, or a `vocabulary` of terms; a
    `locator`.
    `entries`: how many a cell holds: 1, ? for one or none, * for any number, + for some.
    `printed`: how the source prints it: in a role (`roles.tsv`), `verbatim`, so or `nearby` in its table row or title,
    `exact` where it carries the figures in it, too, `whole` where its place prints nothing else, or by a name of what
    it stands for: as the `heading` of a figure, as the `reason` why there is none, as a `word` at each place that
    prints one of its sort, or `mentioned` at any; or `said` in the other words of the row. No words prove what is
    `linked` to other rows, which rules check, and what is `curated`. An `ordinal` that is not printed is that of the
    item in the locator; its target is the column that then says so, and the code there.
    One without a name is derived when the graph is built, from the columns that are its target: a duration in `months`
    of a value and its unit, the `count` of entries, or a `statement`: subject, term for the property, and object.
    """

    table: str
    name: str
    kind: str
    entries: str
    predicate: str
    target: str
    inverse: str
    printed: str
    meaning: str

    @property
    def required(self) -> bool:
        """True where no cell is empty."""
        return self.entries in {"1", "+"}

    @property
    def is_list(self) -> bool:
        """True where a cell holds several entries."""
        return self.entries in {"*", "+"}

    @property
    def targets(self) -> list[str]:
        """What it may hold, or the columns that it is derived from."""
        return self.target.split(LIST_SEPARATOR)

    @property
    def role(self) -> Role | None:
        """How its figure is printed, if it is one."""
        return roles().get(self.printed)

    @property
    def points(self) -> bool:
        """True where its cells name rows of its target."""
        return self.kind in {"row", "scoped", "across"}

    def allows(self, entry: str) -> bool:
        """True for what the only entry of a cell may look like."""
        if self.kind == "choice":
            return entry in self.targets
        return self.kind not in _FORMS or bool(_FORMS[self.kind].fullmatch(entry))

    def row_id(self, source: str, entry: str) -> str:
        """The id of the row that an entry of a row of this source names."""
        whole = self.kind == "row" or (self.kind == "across" and "." in entry)
        return entry if whole else f"{source}.{entry}"

    def vocabulary_of(self, row: Row) -> str:
        """The class whose codes it holds: its target, or what the column that the target names says."""
        return self.target if ":" in self.target else row[self.target]

    def codes(self, vocabulary: Vocabulary, of: str = "") -> Mapping[str, ox.NamedNode]:
        """What stands for which terms, classes or lists of terms of the ontology."""
        if self.kind == "vocabulary":
            return vocabulary.open_lists()
        return (vocabulary.class_codes if self.kind == "class" else vocabulary.term_codes)(of or self.target)


@dataclass(frozen=True)
class Table:
    """A curated table.

    `differentia`: phrases that follow the label of the row's class in its definition. `{column}` stands for the words
    of that column; a phrase with an empty column is left out. `traits`: a data folder may do without an `optional`
    table; rows `of-one-source` hold for their document only, so that their ids begin with its id; together the rows of
    an `exhaustive` table carry every reference that a place of theirs cites; each place of a row that is `told` prints
    one of its words. `sourced`: it was read somewhere.
    """

    name: str
    rdf_class: str
    meaning: str
    differentia: tuple[str, ...]
    traits: frozenset[str]
    sourced: bool
    columns: Mapping[str, Column]
    derived: tuple[Column, ...]

    @cached_property
    def mapped(self) -> dict[str, Column]:
        """The columns that become triples: all but the id."""
        return {name: column for name, column in self.columns.items() if column.predicate}

    @cached_property
    def ordinals(self) -> dict[str, tuple[str, ...]]:
        """The numbers that may not be printed: each with the column that then says so, and its code there."""
        return {name: (*column.targets,) for name, column in self.columns.items() if column.printed == "ordinal"}


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """A row whose cells are what its columns say: by their names the entries of those that are not empty."""

    table: Table
    cells: Mapping[str, tuple[str, ...]]
    path: Path
    line: int

    def __getitem__(self, name: str) -> str:
        """The entry of a cell that holds one, or nothing."""
        entries = self.cells.get(name)
        return entries[0] if entries else ""

    def entries(self, name: str) -> tuple[str, ...]:
        """The entries of a cell."""
        return self.cells.get(name, ())

    @property
    def id(self) -> str:
        """What it is named by."""
        return self["id"]

    @property
    def source(self) -> str:
        """The document that it is about."""
        return self["source"]

    def pointers(self) -> Iterator[tuple[str, str]]:
        """The columns that name a row or a term, each with that as `table:id` or `ck:Name`."""
        for name, column in self.table.columns.items():
            for entry in self.entries(name) if column.points or column.kind == "node" else ():
                yield name, f"{column.target}:{column.row_id(self.source, entry)}" if column.points else entry

    def finding(self, rule: str, column: str, message: str, remedy: str) -> Finding:
        """What is wrong with one of its cells."""
        return Finding(rule, f"{self.id}: {message}", remedy, str(self.path), self.line, column)


@cache
def _declared() -> dict[str, Table]:
    """Every table with the columns of the one it builds on before its own."""
    columns = [Column(**row) for row in read_table(ONTOLOGY_DIRECTORY / "columns.tsv")]
    found: dict[str, Table] = {}
    for row in read_table(ONTOLOGY_DIRECTORY / "tables.tsv"):
        base, own = found.get(row["base"]), [column for column in columns if column.table == row["name"]]
        found[row["name"]] = Table(
            row["name"], row["rdf_class"], row["meaning"], tuple(row["differentia"].split(LIST_SEPARATOR)),
            frozenset(row["traits"].split()), row["base"] != "row",
            {**(base.columns if base else {}), **{column.name: column for column in own if column.name}},
            (*(base.derived if base else ()), *(column for column in own if not column.name)),
        )  # fmt: skip
    return found


@cache
def curated_tables() -> dict[str, Table]:
    """The tables of a data folder, in the order in which they are read."""
    return {name: table for name, table in _declared().items() if table.rdf_class}


@cache
def sourcing_columns() -> frozenset[str]:
    """The columns that say where a row was read, on whose authority, and how."""
    return frozenset(_declared()["sourced"].columns.keys() - {"label"})


@cache
def roles() -> dict[str, Role]:
    """The ways in which a source prints figures."""
    return {
        row["name"]: Role(
            row["name"], tuple(row["kinds"].split(LIST_SEPARATOR)), row["unit"], row["end"], row["at"],
            frozenset(row["traits"].split()),
        )
        for row in read_table(ONTOLOGY_DIRECTORY / "roles.tsv")
    }  # fmt: skip
