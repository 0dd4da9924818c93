"""Read a record of a registry, which is JSON: a place for every object in its modules, its numbers in their roles."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..files import read_given
from .figures import Figure, figures

_MOST_BYTES = 50 << 20
_FIGURE = re.compile(r"[<>≤≥=~]*\s*(-?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+))")
# A figure that a cell can hold: its sign of comparison, and its digits.
NUMBER = re.compile(r"([<>≤≥=~]?)\s*(-?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12}))")
# The names of values that are figures; digits in any other are a part of its words.
_MEASURED = re.compile(r"value|spread|\w*Limit|pValue|paramValue|ciPctValue|dispersionValue|num[A-Z]\w*|\w+Num[A-Z]\w*"
                       r"|count|frequencyThreshold")  # fmt: skip
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
_DATE = re.compile(r"((?:19|20)\d\d)(?:-\d\d){0,2}")
_TIME = re.compile(r"(?:at )?(?:(?P<after>\d+(?:\.\d+)?)[ -](?P<unit>day|week|month|year)s?"
                   r"|(?P<before>day|week|month|year) (?P<number>\d+))", re.IGNORECASE)  # fmt: skip
_PEOPLE = re.compile(r"(participant|patient|subject|people|person)s?", re.IGNORECASE)
_PERCENT = re.compile(rf"(?:percent(?:age)?|%) of (?:\w+ )?{_PEOPLE.pattern}", re.IGNORECASE)
_LEVEL = re.compile(r"(\d+(?:\.\d+)?) ?% ?(?:confidence interval|ci\b)", re.IGNORECASE)
# What the objects around a figure say of it, from the narrowest outwards.
_SAID_AROUND = ("dispersionType", "unitOfMeasure", "timeFrame", "paramType", "title", "term")
_ENDS = {"lowerlimit": "lower", "upperlimit": "upper"}
_COUNTS = {"numaffected": "numerator", "numatrisk": "denominator", "count": "size"}


@dataclass(frozen=True, slots=True)
class Spot:
    """An object of a record: its pointer from the module, its values, and the objects around it, narrowest first."""

    pointer: str
    value: Mapping[str, Any]
    around: tuple[Mapping[str, Any], ...]
    loose: bool = False  # its numbers may stand in any role, as in a table of one's own

    @property
    def own(self) -> dict[str, str]:
        """Its values that are no objects, as text."""
        return {key: shown for key, value in self.value.items() if (shown := _shown(value))}

    def said(self, key: str) -> str:
        """The nearest value of this name, of it or of what is around it."""
        return next((_shown(one[key]) for one in (self.value, *self.around) if key in one), "")

    @property
    def measured(self) -> list[str]:
        """The names of its values that are figures."""
        return [key for key in self.own if _MEASURED.fullmatch(key)]

    def values(self, keys: Iterable[str]) -> list[str]:
        """Its values of these names, in words or digits, with the names."""
        own = self.own
        return [f"{key} {own[key]}" for key in keys if own.get(key)]

    @property
    def group(self) -> str:
        """The title of the group that it is about."""
        wanted = self.value.get("groupId")
        listed = (group for one in self.around for group in (*one.get("groups", ()), *one.get("eventGroups", ())))
        return next((str(group["title"]) for group in listed if group.get("id") == wanted), "") if wanted else ""

    @property
    def denominator(self) -> tuple[str, str]:
        """Over how many its figure is taken, and of what: people, where the narrowest list has them."""
        value, units, _ = self.counted(str(self.value.get("groupId", "")))
        return value, units

    def counted(self, group: str) -> tuple[str, str, str]:
        """How many of a group are counted, and of what, in the narrowest list that says so; and where, from it on."""
        for depth, one in enumerate(self.around):
            found = [
                (str(count["value"]), str(denom["units"]), f"{depth}/denoms/{first}/counts/{second}")
                for first, denom in enumerate(one.get("denoms", ()))
                for second, count in enumerate(denom["counts"]) if count["groupId"] == group
            ]  # fmt: skip
            if found:
                return min(found, key=lambda count: not _PEOPLE.fullmatch(count[1]))
        return "", "", ""

    @property
    def titles(self) -> list[str]:
        """The titles around it, from the outermost inwards."""
        return [_shown(one["title"]) for one in reversed(self.around) if "title" in one]

    @property
    def measures(self) -> bool:
        """True for the figure of one group."""
        return "value" in self.value and "measurements" in self.around[0]

    @property
    def unit(self) -> str:
        """The unit of its figure: percent, a unit of time (but of a change below 0), people counted, or empty."""
        unit = self.said("unitOfMeasure")
        if not (time := re.fullmatch(r"(day|week|month|year)s?", unit, re.IGNORECASE)):
            return "people" if _PEOPLE.fullmatch(unit) else percent_of_people(unit)
        return "" if any(shown.startswith("-") for shown in self.own.values()) else time[1].lower()

    @property
    def figure(self) -> str:
        """What it says of its group, with what is said around it of the unit, and people counted over."""
        over = " ".join(self.denominator)
        own = "; ".join(f"{key} {shown}" for key, shown in self.own.items()
                        if _MEASURED.fullmatch(key) and NUMBER.fullmatch(shown))  # fmt: skip
        around = (worded(self.said(key)) for key in ("paramType", "dispersionType", "unitOfMeasure"))
        return "; ".join(filter(None, (over, own, *around)))

    @property
    def text(self) -> str:
        """Everything that it says, and what is said around it."""
        own = self.own
        if self.measures:
            rest = (f"{key} {shown}" for key, shown in own.items() if f"{key} {shown}" not in self.figure)
            parts: Iterable[str] = (self.figure, *rest, self.group, self.said("timeFrame"), *self.titles)
        else:
            around = (worded(_shown(one[key])) for one in self.around for key in _SAID_AROUND if key in one)
            parts = (*(f"{key} {shown}" for key, shown in own.items()), self.group, *around)
        return "; ".join(filter(None, parts))

    def figures(self) -> Iterator[Figure]:
        """Its numbers in their roles, where they stand in its text; those said around it start nowhere."""
        text = self.text
        for key, shown in self.own.items():
            at = text.find(f"{key} {shown}") + len(key) + 1
            if self.loose:
                yield from (replace(one, kind="any", start=at + one.start) for one in figures(shown)
                            if isinstance(one.value, Decimal))  # fmt: skip
                yield from (replace(one, kind="any", start=-1) for one in figures(key))
                continue
            if not _MEASURED.fullmatch(key):
                if date := _DATE.fullmatch(shown):
                    yield Figure("year", Decimal(date[1]), start=-1)
            elif number := _FIGURE.fullmatch(shown):
                kind, unit, end = self._role(key)
                yield Figure(kind, Decimal(number[1].replace(",", "")), unit, end, at, shown)
            elif re.search(r"\d", shown):
                yield Figure("number", shown, start=at, printed=shown)
        yield from self._around()

    def _around(self) -> Iterator[Figure]:
        """The numbers that are said around it and hold for it."""
        if over := _FIGURE.fullmatch(self.denominator[0]):
            yield Figure("denominator", Decimal(over[1].replace(",", "")), start=-1)
        for said in (self.said("timeFrame"), self.said("term"), *self.titles):
            value, unit = time_of(said)
            if value:
                yield Figure("number", Decimal(value), unit, start=-1)
            yield from (replace(one, start=-1) for one in figures(said) if one.kind == "grade")
        if level := level_of(self.said("dispersionType")):
            yield Figure("number", Decimal(level), "percent", start=-1)

    def _role(self, key: str) -> tuple[str, str, str]:
        name = key.lower()
        end = next((end for suffix, end in _ENDS.items() if name.endswith(suffix)), "")
        count = next((kind for suffix, kind in _COUNTS.items() if name.endswith(suffix)), "")
        if count:
            return count, "", ""
        if name == "cipctvalue":
            return "number", "percent", ""
        unit = self.unit if self.measures and (end or key == "value") else ""
        if key == "value" and (unit == "people" or not self.measures):
            return ("any" if self.measures else "size"), "", ""
        return "number", "" if unit == "people" else unit, end


def percent_of_people(unit: str) -> str:
    """The unit percent for a unit such as “Percentage of participants”; empty for any other."""
    return "percent" if _PERCENT.fullmatch(unit) else ""


def level_of(kind: str) -> str:
    """The level of a kind of dispersion such as “95% Confidence Interval”; empty for any other."""
    found = _LEVEL.search(kind)
    return found[1] if found else ""


def worded(text: str) -> str:
    """A code of the registry such as LEAST_SQUARES_MEAN with spaces, so that its words can be told."""
    return text.replace("_", " ") if text.isupper() else text


def time_of(text: str) -> tuple[str, str]:
    """The number and unit of a time such as “Week 16” or “12 months”; empty for any other."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return "", ""
    return found["after"] or found["number"], (found["unit"] or found["before"]).lower()


def _shown(value: object) -> str:
    """A value that is no object as one line of text; a list of such, with commas."""
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) if not any(isinstance(one, dict | list) for one in value) else ""
    return "" if isinstance(value, dict) or value is None else " ".join(str(value).split())


def read_json(path: Path) -> dict[str, Any]:
    """The record of a file; UsageError when it is none."""
    try:
        record = _visible(json.loads(read_given(path, _MOST_BYTES), parse_float=str, parse_int=str))
    except json.JSONDecodeError as error:
        where = f"{path}: line {error.lineno}, column {error.colno}"
        raise UsageError(f"{where}: {error.msg}; give the whole record") from error
    except RecursionError as error:
        raise UsageError(f"{path}: is nested too deeply to be a record") from error
    if not isinstance(record, dict):
        raise UsageError(f"{path}: is not one record; give the JSON object of one trial")
    return record


def _visible(value: Any) -> Any:
    """A value with its texts on one line each, without characters that nobody sees."""
    match value:
        case dict():
            return {name: _visible(one) for name, one in value.items()}
        case list():
            return [_visible(one) for one in value]
        case str():
            return " ".join(_UNSEEN.sub("", value.encode("utf-8", "replace").decode()).split())
        case _:
            return value


def resolved(record: object, pointer: str) -> object:
    """The value that a JSON pointer names; KeyError where there is none."""
    for name in pointer.split("/")[1:]:
        try:
            record = record[int(name)] if isinstance(record, list) else record[name]  # type: ignore[index]
        except (IndexError, ValueError, TypeError) as error:
            raise KeyError(pointer) from error
    return record


def spots(
    value: object, pointer: str = "", around: tuple[Mapping[str, Any], ...] = (), *, loose: bool = False
) -> Iterator[Spot]:
    """Every object in a value, outermost first."""
    if isinstance(value, dict):
        yield Spot(pointer, value, around, loose)
        around = (value, *around)
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from spots(one, f"{pointer}/{name}", around, loose=loose)


def read_lines(path: Path) -> dict[str, dict[str, str]]:
    """The lines of a table in CSV by their numbers, each by its headings; UsageError when it is none."""
    try:
        reader = csv.DictReader(io.StringIO(read_given(path), newline=""), strict=True)
        found = {str(reader.line_num): row for row in reader}
    except csv.Error as error:
        raise UsageError(f"{path}: {error}; save it as CSV") from error
    for line, row in found.items():
        if None in row or None in row.values():
            raise UsageError(f"{path}: line {line} has more or fewer cells than there are headings")
    if not found:
        raise UsageError(f"{path}: has no line below its headings")
    return {line: {name: " ".join(cell.split()) for name, cell in row.items()} for line, row in found.items()}
