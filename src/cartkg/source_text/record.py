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
from .figures import Figure, figures
from .normalisation import cleaned

_MOST_BYTES = 50_000_000
_FIGURE = re.compile(r"[<>≤≥=~]*\s*(-?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+))")
# A figure that a cell can hold: its sign of comparison, and its digits.
NUMBER = re.compile(r"([<>≤≥=~]?)\s*(-?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12}))")
_DATE = re.compile(r"((?:19|20)\d\d)(?:-\d\d){0,2}")
_TIME = re.compile(r"(?:at )?(?:(?P<after>\d+(?:\.\d+)?)[ -](?P<unit>day|week|month|year)s?"
                   r"|(?P<before>day|week|month|year) (?P<number>\d+))", re.IGNORECASE)  # fmt: skip
_PEOPLE = re.compile(r"(participant|patient|subject|people|person)s?", re.IGNORECASE)
_PERCENT = re.compile(rf"(?:percent(?:age)?|%) of (?:\w+ )?{_PEOPLE.pattern}", re.IGNORECASE)
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)% Confidence Interval", re.IGNORECASE)
# What the objects around a figure say of it, from the narrowest outwards.
_SAID_AROUND = ("dispersionType", "unitOfMeasure", "timeFrame", "paramType", "title", "term")
_ENDS = {"lowerlimit": "lower", "upperlimit": "upper"}
_COUNTS = {"numaffected": "numerator", "numatrisk": "denominator", "numsubjects": "size", "count": "size"}


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

    def numbers(self, keys: Iterable[str]) -> list[str]:
        """Its numbers of these names, with the names."""
        own = self.own
        return [f"{key} {own[key]}" for key in keys if _FIGURE.fullmatch(own.get(key, ""))]

    @property
    def group(self) -> str:
        """The title of the group that it is about."""
        wanted = self.value.get("groupId")
        listed = (group for one in self.around for group in (*one.get("groups", ()), *one.get("eventGroups", ())))
        return next((str(group["title"]) for group in listed if group.get("id") == wanted), "") if wanted else ""

    @property
    def denominator(self) -> tuple[str, str]:
        """Over how many its figure is taken, and of what, where the narrowest list of them says so."""
        for one in self.around:
            for denom in one.get("denoms", ()):
                for count in denom["counts"]:
                    if count["groupId"] == self.value.get("groupId"):
                        return str(count["value"]), str(denom["units"])
        return "", ""

    @property
    def measures(self) -> bool:
        """True for the figure of one group."""
        return "value" in self.value and "measurements" in self.around[0]

    @property
    def unit(self) -> str:
        """The unit of its figure: percent, a unit of time, people who are counted, or empty."""
        unit = self.said("unitOfMeasure")
        time = re.fullmatch(r"(day|week|month|year)s?", unit, re.IGNORECASE)
        return time[1].lower() if time else "people" if _PEOPLE.fullmatch(unit) else percent_of_people(unit)

    @property
    def figure(self) -> str:
        """What it says of its group, with what is said around it of the unit, and people counted over."""
        over = " ".join(self.denominator)
        own = "; ".join(f"{key} {shown}" for key, shown in self.own.items() if key not in {"groupId", "comment"})
        around = (worded(self.said(key)) for key in ("paramType", "dispersionType", "unitOfMeasure"))
        return "; ".join(filter(None, (over, own, *around)))

    @property
    def text(self) -> str:
        """Everything that it says, and what is said around it."""
        own = self.own
        if self.measures:
            rest = (f"{key} {own[key]}" for key in ("groupId", "comment") if key in own)
            parts: Iterable[str] = (self.figure, *rest, self.group, self.said("timeFrame"), self.said("title"))
        else:
            around = (worded(_shown(one[key])) for one in self.around for key in _SAID_AROUND if key in one)
            parts = (*(f"{key} {shown}" for key, shown in own.items()), self.group, *around)
        return cleaned("; ".join(filter(None, parts)), {})

    def figures(self) -> Iterator[Figure]:
        """Its numbers in their roles, where they stand in its text; those said around it start nowhere."""
        text = self.text
        for key, shown in self.own.items():
            if self.loose:
                start = text.find(f"{key} {shown}") + len(key) + 1
                yield from (replace(one, kind="any", start=start + one.start) for one in figures(shown)
                            if isinstance(one.value, Decimal))  # fmt: skip
                yield from (replace(one, kind="any", start=-1) for one in figures(key))
                continue
            if number := _FIGURE.fullmatch(shown):
                kind, unit, end = self._role(key)
                at = text.find(f"{key} {shown}") + len(key) + 1
                yield Figure(kind, Decimal(number[1].replace(",", "")), unit, end, at, shown)
            elif date := _DATE.fullmatch(shown):
                yield Figure("year", Decimal(date[1]), start=-1)
        if over := _FIGURE.fullmatch(self.denominator[0]):
            yield Figure("denominator", Decimal(over[1].replace(",", "")), start=-1)
        for key in ("timeFrame", "title"):
            value, unit = time_of(self.said(key))
            if value:
                yield Figure("number", Decimal(value), unit, start=-1)
        if level := _LEVEL.search(self.said("dispersionType")):
            yield Figure("number", Decimal(level[1]), "percent", start=-1)

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
            return ("numerator" if self.measures else "size"), "", ""
        return "number", "" if unit == "people" else unit, end


def percent_of_people(unit: str) -> str:
    """The unit percent for a unit such as “Percentage of participants”; empty for any other."""
    return "percent" if _PERCENT.fullmatch(unit) else ""


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
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: has more than {_MOST_BYTES} bytes; give one record")
        record = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8; save the record as UTF-8") from error
    except json.JSONDecodeError as error:
        where = f"{path}: line {error.lineno}, column {error.colno}"
        raise UsageError(f"{where}: {error.msg}; give the whole record") from error
    except RecursionError as error:
        raise UsageError(f"{path}: is nested too deeply to be a record") from error
    if not isinstance(record, dict):
        raise UsageError(f"{path}: is not one record; give the JSON object of one trial")
    return record


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
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        found = {str(reader.line_num): row for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}; save it as CSV in UTF-8") from error
    for line, row in found.items():
        if None in row or None in row.values():
            raise UsageError(f"{path}: line {line} has more or fewer cells than there are headings")
    if not found:
        raise UsageError(f"{path}: has no line below its headings")
    return {line: {name: " ".join(cell.split()) for name, cell in row.items()} for line, row in found.items()}
