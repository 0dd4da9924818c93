"""How a source prints the figure of a cell, by which the audit finds it again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Printed:
    """The kinds of figure a cell may be printed as, its unit, and which end of a range it is.

    `unit` is fixed, or stands in the column `unit_column`. `shared`: several rows may mean the same characters.
    `derivable`: it may follow from figures printed at the row's premises. `covers`: finding it carries it,
    `every` time that the place prints it.
    `at` names the column of the places; at any other than `locator`, each of them must print it.
    """

    kinds: tuple[str, ...]
    unit: str = ""
    unit_column: str = ""
    end: str = ""
    shared: bool = False
    derivable: bool = False
    covers: bool = True
    at: str = "locator"
    every: bool = False


COUNT = Printed(("numerator", "number", "size", "word"))
OVER = Printed(("denominator", "number"))
PEOPLE = Printed(("size", "denominator", "number", "numerator"), shared=True, derivable=True)
PERCENT = Printed(("number", "word"), unit="percent")
VALUE = Printed(("number", "word"), unit_column="unit")
LOWER = Printed(("number",), unit_column="unit", end="lower")
UPPER = Printed(("number",), unit_column="unit", end="upper")
YOUNGEST = Printed(("number",), unit="year", end="lower")
OLDEST = Printed(("number",), unit="year", end="upper")
MEDIAN_AGE = Printed(("number",), unit="year")
TIMEPOINT = Printed(("number",), unit_column="timepoint_unit", shared=True)
YEAR = Printed(("year",), shared=True)
COPIES = Printed(("word", "number"), shared=True)
ORDINAL = Printed(("ordinal",), shared=True)
REASON = Printed(("reason",), shared=True, every=True)
MARK = Printed(("mark",), at="marked")
CITED = Printed(("reference",), shared=True, covers=False)
CITES = Printed(("reference",))
