"""How a source prints the figure of a cell, by which the audit finds it again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Printed:
    """The kinds of figure a cell may be printed as, its unit, and which end of a range it is.

    `unit` is fixed, or stands in the column `unit_column`. `shared`: several rows may mean the same characters.
    `derivable`: it may follow from figures printed at the row's premises. `covers`: finding it carries it,
    `every` time that the place prints it. `loose`: it stands for the place as a whole, whatever the heading and
    the group. `at` names the column of the places; at any other than `locator`, each of them must print it.
    """

    kinds: tuple[str, ...]
    unit: str = ""
    unit_column: str = ""
    end: str = ""
    shared: bool = False
    derivable: bool = False
    covers: bool = True
    at: str = "locator"
    loose: bool = False
    every: bool = False


REASON = Printed(("reason",), shared=True, every=True)
ROLES = {
    "count": Printed(("numerator", "number", "size", "word")),
    "over": Printed(("denominator", "number")),
    "people": Printed(("size", "denominator", "number"), shared=True, derivable=True),
    "percent": Printed(("number", "word"), unit="percent"),
    "value": Printed(("number", "word"), unit_column="unit"),
    "lower": Printed(("number",), unit_column="unit", end="lower"),
    "upper": Printed(("number",), unit_column="unit", end="upper"),
    "youngest": Printed(("number",), unit="year", end="lower", loose=True),
    "oldest": Printed(("number",), unit="year", end="upper", loose=True),
    "median_age": Printed(("number",), unit="year", loose=True),
    "timepoint": Printed(("number",), unit_column="timepoint_unit", shared=True, loose=True),
    "year": Printed(("year",), shared=True, loose=True),
    "copies": Printed(("word", "number"), shared=True, loose=True),
    "ordinal": Printed(("ordinal",), shared=True, loose=True),
    "mark": Printed(("mark",), at="marked", loose=True),
    "cited": Printed(("reference",), shared=True, covers=False, loose=True),
    "cites": Printed(("reference",), loose=True),
}
