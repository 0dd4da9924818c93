"""What a sheet is made of, as values: marks, columns, rows and the axis, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .looks import PLAIN, Style


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn in a row between two places on the axis; `size` is a share of the largest mark."""

    kind: Literal["point", "interval", "box", "bar", "least", "onward", "diamond", "word"]
    start: float
    end: float
    style: Style = PLAIN
    size: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text beside the marks; `room` is its greatest width in points."""

    title: str
    room: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells for all columns and the marks between them; a heading has a name instead, after its look or its mark."""

    cells: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    heading: str = ""
    style: Style | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis, its ticks, and its width in points."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    width: float = 250
