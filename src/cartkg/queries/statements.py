"""What a claim states, and the figures of the tables beside it: each as a value that can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

HALF = Decimal("0.5")
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "about": "about "}


@dataclass(frozen=True, slots=True)
class Stated:
    """The figures of a claim, as printed; `missing` says what the tables lack for recomputing it, or a part of it."""

    comparator: str = ""
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    references: frozenset[int] = frozenset()
    missing: str = ""

    def __str__(self) -> str:
        if self.lower is not None or self.upper is not None:
            return f"{digits(self.lower)}–{with_unit(self.upper, self.unit)}"
        counts = "" if self.numerator is None else f"{self.numerator}/{self.denominator} "
        value = "" if self.value is None else f"{_SIGNS.get(self.comparator, '')}{with_unit(self.value, self.unit)}"
        return f"{counts}({value})" if counts and value else (counts or value).strip()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure of the tables, in the unit of the claim; `printed` as in the table, where that has another unit.

    `differs` says why it is not what the claim speaks of. `holds` says whether a part of the statement, `counted`, is
    so: yes, no or unknown; then `differs` says by what. `side` is which side of a comparison the figure is on;
    `instead` what it is of, if it is not a figure of the outcome but the time of one.
    """

    figure: Decimal | None = None
    unit: str = ""
    printed: str = ""
    counted: str = ""
    numerator: int | None = None
    denominator: int | None = None
    status: str = "reported"
    differs: str = ""
    population: str = ""
    outcome: str = ""
    reference: int | None = None
    misprint: int | None = None
    cell: str = ""
    node: str = ""
    holds: str = ""
    side: str = ""
    instead: str = ""

    @property
    def exact(self) -> Decimal:
        """The figure as its counts give it, where it has counts."""
        if self.unit == "percent" and self.numerator is not None and self.denominator:
            return Decimal(100 * self.numerator) / self.denominator
        return self.figure if self.figure is not None else Decimal(0)

    def __str__(self) -> str:
        if self.figure is None:
            value = self.counted or self.status.replace("-", " ")
        else:
            value = with_unit(self.figure, self.unit)
            value = f"{self.printed} = {value}" if self.printed else value
            if self.unit == "percent" and self.numerator is not None and self.denominator is not None:
                value += f" = {self.numerator}/{self.denominator}"
            if abs(self.exact - self.figure) > HALF:
                value += f" = {digits(self.exact)}%"
        place = "; ".join(filter(None, (self.cell, self.differs)))
        return f"{value} ({place})" if place else value


def with_unit(value: Decimal | None, unit: str) -> str:
    """A figure as people write it: 54%, 1 month, 2 months, 12 studies."""
    if unit in {"percent", ""}:
        return digits(value) + ("%" if unit else "")
    return f"{digits(value)} {unit.rstrip('s')}" + ("" if value == 1 else "s")


def digits(value: Decimal | None) -> str:
    """A number without more than two decimals and without trailing zeros."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".")
