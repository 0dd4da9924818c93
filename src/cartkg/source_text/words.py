"""What the words of a row say, beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ..tables.base import Row
from ..tables.reader import columns
from .figures import IN_WORDS, figures


def names_in_words(row: Row, rows: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    """Names, grades and the like in the words of a row and of the rows it points at."""
    for name, column in columns(type(row)).items():
        value = getattr(row, name)
        if column is None or value is None:
            continue
        for entry in value if isinstance(value, tuple) else (value,):
            if column.kind in {"text", "prose"}:
                yield from _in_words(str(entry))
            elif column.kind == "row" and (target := rows.get((str(column.target), str(entry)))):
                for other, mark in columns(type(target)).items():
                    if mark is not None and mark.kind in {"text", "prose"}:
                        cell = getattr(target, other)
                        for part in cell if isinstance(cell, tuple) else (cell or "",):
                            yield from _in_words(str(part))


def has_figure(row: Row) -> bool:
    """True for a row with a figure of its own, which needs no reason in its place."""
    marks = columns(type(row)).items()
    return any(
        mark and mark.printed and not mark.printed.shared and getattr(row, name) is not None for name, mark in marks
    )


@cache
def _in_words(text: str) -> frozenset[str]:
    return frozenset(str(figure.value) for figure in figures(text) if figure.kind in IN_WORDS)
