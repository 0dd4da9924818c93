"""What a column of a curated table means: the predicate it becomes and the kind of value it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from .roles import Printed

LIST_SEPARATOR = "|"

Kind = Literal["text", "prose", "integer", "decimal", "row", "scoped", "node", "term", "class", "vocabulary", "locator"]

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]


def _plain(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"(0|[1-9][0-9]{0,8})([.][0-9]{1,6})?", value):
        raise ValueError("not a plain number")
    return value


Whole = Annotated[int, BeforeValidator(_plain)]
Number = Annotated[Decimal, BeforeValidator(_plain)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its predicate (a CURIE), kind of value, what it may point at, and its meaning in words.

    `printed` says how its figure is printed; `verbatim` that the source has these very
    characters there, or `nearby` in its table row or title; `worded` that
    it prints the name of the term: as the heading of a figure, as the reason why there is none, or beside it.
    `across`: an entry with a point is a whole id, which may belong to another source.
    """

    predicate: str
    kind: Kind
    description: str
    target: str | None = None
    inverse: str | None = None
    printed: Printed | None = None
    verbatim: bool = False
    nearby: bool = False
    worded: Literal["", "heading", "reason", "named"] = ""
    across: bool = False

    def row_id(self, source: str, entry: str) -> str:
        """The id of the row that an entry of a row of this source names."""
        whole = self.kind != "scoped" or (self.across and "." in entry)
        return entry if whole else f"{source}.{entry}"

    def vocabulary_of(self, row: object) -> str:
        """The class whose codes it holds: its target, or what the column that the target names says."""
        target = str(self.target)
        return target if ":" in target else str(getattr(row, target))


@dataclass(frozen=True, slots=True)
class Months:
    """A duration in months derived at build time from a value column and its unit column."""

    predicate: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple between the rows in two columns; the term in a third says which property (`ck:asserts`)."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Count:
    """The number of entries in a list column, derived at build time."""

    predicate: str
    column: str


def text(
    predicate: str, description: str, printed: Printed | None = None, *, verbatim: bool = False, nearby: bool = False
) -> Column:
    """A string as printed or a short name; becomes a plain literal."""
    return Column(predicate, "text", description, printed=printed, verbatim=verbatim, nearby=nearby)


def prose(predicate: str, description: str) -> Column:
    """Words of our own in English; becomes a literal tagged `en`."""
    return Column(predicate, "prose", description)


def integer(predicate: str, description: str, printed: Printed | None = None) -> Column:
    """A whole number."""
    return Column(predicate, "integer", description, printed=printed)


def decimal(predicate: str, description: str, printed: Printed | None = None) -> Column:
    """A decimal number, digits as printed."""
    return Column(predicate, "decimal", description, printed=printed)


def row(
    predicate: str, table: str, description: str, inverse: str | None = None, *, worded: Literal["", "named"] = ""
) -> Column:
    """The id of a row in another table."""
    return Column(predicate, "row", description, table, inverse, worded=worded)


def scoped(
    predicate: str, table: str, description: str, printed: Printed | None = None, *, across: bool = False
) -> Column:
    """The id of a row in another table, written without the source it belongs to."""
    return Column(predicate, "scoped", description, table, printed=printed, across=across)


def node(predicate: str, description: str) -> Column:
    """Any row of any table, written `table:id`."""
    return Column(predicate, "node", description)


def term(
    predicate: str, vocabulary: str, description: str, *, worded: Literal["", "heading", "reason", "named"] = ""
) -> Column:
    """A code (`skos:notation`) of an individual of one ontology class, or of the one that another column names."""
    return Column(predicate, "term", description, vocabulary, worded=worded)


def subclass(vocabulary: str, description: str) -> Column:
    """A code (`skos:notation`) of a subclass; becomes an `rdf:type`."""
    return Column("rdf:type", "class", description, vocabulary)


def vocabulary(description: str) -> Column:
    """The CURIE of a class of controlled terms; becomes an `rdf:type`."""
    return Column("rdf:type", "vocabulary", description)


def locator(predicate: str, description: str) -> Column:
    """A place in the row's source, such as `table-1/row-3/column-5`."""
    return Column(predicate, "locator", description)
