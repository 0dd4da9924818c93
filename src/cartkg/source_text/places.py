"""Places of a copy: which row they belong to, where words stand in them, and how they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ..tables.schema import Row
from .expected import occurrences
from .figures import Figure
from .normalisation import cleaned

_QUOTED = 60
_MOST = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, cell, item or footnote of a copy: its locator, the line it starts in, its cleaned text.

    `ordinal` is the number of an entry in a list such as that of the references: printed, or else counted.
    `breaks` gives the offsets at which the copy starts a new line, with its number. `figures` are those of a record,
    which says what they are; those of a text are read from its words.
    """

    locator: str
    line: int
    text: str
    ordinal: int | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    figures: tuple[Figure, ...] | None = None

    def line_at(self, offset: int) -> int:
        """The line of the copy in which the character at this offset stands."""
        return max((found for found in self.breaks if found[0] <= offset), default=(0, self.line))[1]


@dataclass(frozen=True, slots=True)
class Printing:
    """One figure of a copy: where it stands, whether rows carry it, and the omission that lists it, if any."""

    place: Place
    figure: Figure
    carried: bool
    omission: Row | None
    entry: str

    @property
    def fate(self) -> str:
        """What became of it."""
        return "carried" if self.carried else "left out" if self.omission else "missed"


Quoted = tuple[Place, tuple[int, int]]


def spans(entry: str, places: list[Place]) -> list[Quoted]:
    """Where these words stand; of several pieces, all in one place."""
    text = entry if any(place.figures is not None for place in places) else cleaned(entry, {})  # a record is not
    pieces = [piece.strip() for piece in text.split("…") if piece.strip()]
    return [
        (place, span)
        for place in places
        if all(occurrences(piece, place.text) for piece in pieces)
        for piece in pieces
        for span in occurrences(piece, place.text)
    ]


def inside(place: Place, figure: Figure, quoted: list[Quoted]) -> bool:
    """Whether a figure stands in one of these parts."""
    return any(
        where is place and figure.start < span[1] and span[0] < figure.start + len(figure.printed)
        for where, span in quoted
    )


def is_prose(place: Place) -> bool:
    """True for a sentence, false for the cell of a table and the object of a record."""
    return place.figures is None and "/row-" not in place.locator


@cache
def row_of(locator: str) -> str:
    """The table row a place belongs to, or the place itself."""
    found = re.match(r"[^/]+/row-\d+", locator)
    return found[0] if found else locator


def shown(places: list[Place]) -> str:
    """What the first few places print."""
    return "; ".join(f"{place.locator} prints “{short(place.text)}”" for place in places[:_MOST])


def short(text: str) -> str:
    """A text, cut where it is long."""
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
