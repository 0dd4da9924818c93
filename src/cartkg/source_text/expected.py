"""What a row says is printed: a figure, and whether one of a copy is it; and what its words hold beside figures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ..findings import Finding
from ..tables.schema import Role, Row
from .figures import IN_WORDS, Figure, figures

_COUNTS = frozenset({"size", "numerator", "denominator"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value with the role in which it must be printed; `unit` is that of a figure, or empty."""

    role: Role
    value: Decimal | str
    unit: str = ""

    def accepts(self, figure: Figure) -> bool:
        """True for a figure of the same value, unit and end of a range that is printed in this role."""
        if figure.kind == "any":
            return figure.value == self.value
        if figure.kind == "grade":
            return "grade" in self.role.kinds and str(self.value) in str(figure.value).split("–")
        return (
            figure.kind in self.role.kinds
            and figure.value == self.value
            and figure.unit == self.unit
            and figure.end == self.role.end
        )

    def among(self, found: Iterable[Figure]) -> bool:
        """True when any of these figures is it."""
        return any(self.accepts(figure) for figure in found)

    def __str__(self) -> str:
        unit = {"": "", "percent": "%"}.get(self.unit, f" {self.unit}" + ("" if self.value == 1 else "s"))
        return f"{self.value}{unit}"


def derivable(printed: Iterable[Figure]) -> set[Decimal]:
    """What can be had of printed counts: any of them, the sum of group sizes, and what a fraction leaves."""
    counts = [(figure.kind, figure.value) for figure in printed if figure.kind in _COUNTS]
    known = [(kind, value) for kind, value in counts if isinstance(value, Decimal)]
    values = {value for _, value in known}
    values.add(sum((value for kind, value in known if kind == "size"), Decimal(0)))
    for (above, part), (below, whole) in itertools.pairwise(known):
        if (above, below) == ("numerator", "denominator"):
            values.add(whole - part)
    return values


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    alone = "" if entry.startswith("^{") else r"(?<![\w.])"  # a superscript stands behind a word or a point
    return re.compile(rf"{alone}{re.escape(entry)}(?!\w)", re.IGNORECASE)


def occurrences(entry: str, text: str) -> list[tuple[int, int]]:
    """Where these characters stand as whole words, as spans; the case of letters is ignored."""
    return [found.span() for found in _pattern(entry).finditer(text)]


def names_in_words(row: Row, rows: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    """Names, grades and the like in the words of a row and of the rows it points at."""
    yield from in_own_words(row)
    for name, column in row.table.columns.items():
        for entry in row.entries(name) if column.kind == "row" else ():
            if target := rows.get((column.target, entry)):
                yield from in_own_words(target)


def in_own_words(row: Row, kinds: Container[str] = ("text", "prose")) -> set[str]:
    """Names, grades and the like in the words of a row, as printed or of our own."""
    texts = (name for name, column in row.table.columns.items() if column.kind in kinds)
    return {found for name in texts for entry in row.entries(name) for found in _in_words(entry)}


def has_figure(row: Row) -> bool:
    """True for a row with a figure of its own, which needs no reason in its place."""
    roles = (column.role for name, column in row.table.columns.items() if row[name])
    return any(role and "shared" not in role.traits for role in roles)


def unreferenced(row: Row, printed: list[Iterable[Figure]]) -> Iterator[Finding]:
    """A row about its source that gives no reference, although each of its places prints one."""
    gives = bool(row["references"]) or "references" not in row.table.columns or "of-one-source" not in row.table.traits
    if printed and not gives and all(any(figure.kind == "reference" for figure in figures) for figures in printed):
        message, remedy = "gives none, though each of its places cites one", "write the numbers that are cited for it"
        yield row.finding("complete", "references", message, remedy)


def forgotten(cited: Mapping[tuple[str, str], list[Row]], printed: Mapping[str, Iterable[Figure]]) -> Iterator[Finding]:
    """References that a place cites and that none of the rows that should carry them all has."""
    for (_, name), rows in cited.items():
        known = {Decimal(number) for row in rows for number in row.entries("references") if number.isdigit()}
        for number in sorted({one.value for one in printed[name] if one.kind == "reference"} - known, key=str):
            message = f"{name} cites {number}, which no row about it carries"
            yield rows[0].finding("complete", "references", message, "add it to the row that it belongs to")


@cache
def _in_words(text: str) -> frozenset[str]:
    return frozenset(str(figure.value) for figure in figures(text) if figure.kind in IN_WORDS)
