"""What the words of a row say, beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ..tables.schema import Row
from .figures import IN_WORDS, figures


def names_in_words(row: Row, rows: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    """Names, grades and the like in the words of a row and of the rows it points at."""
    yield from _own(row)
    for name, column in row.table.columns.items():
        for entry in row.entries(name) if column.kind == "row" else ():
            if target := rows.get((column.target, entry)):
                yield from _own(target)


def _own(row: Row) -> Iterator[str]:
    for name, column in row.table.columns.items():
        for entry in row.entries(name) if column.kind in {"text", "prose"} else ():
            yield from _in_words(entry)


def has_figure(row: Row) -> bool:
    """True for a row with a figure of its own, which needs no reason in its place."""
    roles = (column.role for name, column in row.table.columns.items() if row[name])
    return any(role and "shared" not in role.traits for role in roles)


@cache
def _in_words(text: str) -> frozenset[str]:
    return frozenset(str(figure.value) for figure in figures(text) if figure.kind in IN_WORDS)
