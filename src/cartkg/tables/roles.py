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


COUNT = Printed(("numerator", "number", "size", "word"))
OVER = Printed(("denominator", "number"))
PEOPLE = Printed(("size", "denominator", "number"), shared=True, derivable=True)
PERCENT = Printed(("number", "word"), unit="percent")
VALUE = Printed(("number", "word"), unit_column="unit")
LOWER = Printed(("number",), unit_column="unit", end="lower")
UPPER = Printed(("number",), unit_column="unit", end="upper")
YOUNGEST = Printed(("number",), unit="year", end="lower", loose=True)
OLDEST = Printed(("number",), unit="year", end="upper", loose=True)
MEDIAN_AGE = Printed(("number",), unit="year", loose=True)
TIMEPOINT = Printed(("number",), unit_column="timepoint_unit", shared=True, loose=True)
YEAR = Printed(("year",), shared=True, loose=True)
COPIES = Printed(("word", "number"), shared=True, loose=True)
ORDINAL = Printed(("ordinal",), shared=True, loose=True)
REASON = Printed(("reason",), shared=True, every=True)
MARK = Printed(("mark",), at="marked", loose=True)
CITED = Printed(("reference",), shared=True, covers=False, loose=True)
CITES = Printed(("reference",), loose=True)
