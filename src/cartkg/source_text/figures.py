"""The figures printed in a sentence or cell: counts, percentages, durations, references, each in its role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

Kind = Literal[
    "number",
    "numerator",
    "denominator",
    "size",
    "year",
    "word",
    "reference",
    "grade",
    "pointer",
    "name",
    "reason",
    "mark",
]
End = Literal["", "lower", "upper"]

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
IN_WORDS = frozenset({"name", "grade", "pointer", "word"})
WORDS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    )
}
_TOKEN = re.compile(
    rf"""
      \^\{{(?P<superscript>[^}}]*)\}}
    | \(?\brefs?\.\s*(?P<refs>\d[\d,\s–-]*)
    | \b(?P<pointer>Tables?|Figs?\.|Figures?|Box(?:es)?)\s*(?P<pointed>\d+)
    | \bgrades?\s*[≥>≤<]?\s*(?P<grade>\d(?:[–-]\d)?)
    | (?P<name>(?<![\w.])(?<!\+-)(?!\d+-(?:day|week|month|year)s?\b)(?=[\w.-]*[A-Za-zα-ω])(?=[\w.-]*\d)
        [A-Za-z\dα-ω](?:[\w-]|\.(?=\w))*)
    | (?P<numerator>\d+)/(?P<denominator>\d+)
    | (?<=range\s)(?P<open>{_NUMBER})(?P<open_unit>\s(?:day|week|month|year)s?)(?=\sto\s[A-Z])
    | (?P<lower>{_NUMBER})(?P<lower_unit>%|\s(?:day|week|month|year)s?\b)?
      (?:–|\s(?:to|and)\s(?=[\d.]+(?:%|\s(?:day|week|month|year)s?\b)))
      (?P<upper>{_NUMBER})(?P<upper_unit>%|[\s-](?:day|week|month|year)s?\b)?
    | \((?P<size>\d+)\)
    | (?P<number>{_NUMBER})(?P<unit>%|[\s-](?:day|week|month|year)s?\b)?
    | \ba\s(?P<decade>decade)\b
    | \b(?P<word>{"|".join(WORDS)})\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUANTIFIERS = {
    "all": (Decimal(100), "percent"),
    "no": (Decimal(0), ""),
    "none": (Decimal(0), ""),
    "other": (Decimal(1), ""),
    "remaining": (Decimal(1), ""),
}
# More references in one range than this are a misreading; then only its ends are read.
_LONGEST = 200
_SUFFIX = re.compile(r"-[a-z]{3,}$")
_MARK = re.compile(r"\d*([a-z])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNITS = {"%": "percent", "day": "day", "week": "week", "month": "month", "year": "year"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its role: `unit` is percent, day, week, month, year or empty; `end` is that of a range."""

    kind: Kind
    value: Decimal | str
    unit: str = ""
    end: End = ""
    start: int = 0
    printed: str = ""

    @property
    def key(self) -> tuple[str, Decimal | str, str, str]:
        """What makes two printings the same figure."""
        return self.kind, self.value, self.unit, self.end


@cache
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a cleaned text in order; a name with digits is one of kind `name`."""
    return tuple(figure for found in _TOKEN.finditer(text) for figure in _read(found, text))


def quantified(text: str) -> Iterator[Figure]:
    """What words such as all, no and the other say in place of a figure."""
    for found in re.finditer(r"[a-z]+", text, re.IGNORECASE):
        if found[0].casefold() in _QUANTIFIERS:
            value, unit = _QUANTIFIERS[found[0].casefold()]
            yield Figure("word", value, unit, start=found.start(), printed=found[0])


def _read(found: re.Match[str], text: str) -> Iterator[Figure]:
    groups = {name: value for name, value in found.groupdict().items() if value is not None}
    for kind, value, unit, end in _ROLES[next(iter(groups))](groups, text, found.end()):
        yield Figure(kind, value, unit, end, found.start(), found[0].strip())


_Reading = Iterable[tuple[Kind, Decimal | str, str, End]]


def _one(kind: Kind, group: str) -> Callable[[dict[str, str], str, int], _Reading]:
    return lambda groups, _text, _end: [(kind, Decimal(groups[group]), "", "")]


def _fraction(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "numerator", Decimal(groups["numerator"]), "", ""
    yield "denominator", Decimal(groups["denominator"]), "", ""


def _range(groups: dict[str, str], text: str, end: int) -> _Reading:
    unit = _unit(groups.get("upper_unit") or groups.get("lower_unit", "")) or _implied(text, end)
    yield "number", _decimal(groups["lower"]), unit, "lower"
    yield "number", _decimal(groups["upper"]), unit, "upper"


def _open(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "number", _decimal(groups["open"]), _unit(groups["open_unit"]), "lower"


def _size(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "year" if _YEAR.fullmatch(groups["size"]) else "size", Decimal(groups["size"]), "", ""


def _number(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    unit = _unit(groups.get("unit", ""))
    year = not unit and _YEAR.fullmatch(groups["number"])
    yield "year" if year else "number", _decimal(groups["number"]), unit, ""


def _word(groups: dict[str, str], text: str, end: int) -> _Reading:
    yield "word", Decimal(WORDS[groups["word"].casefold()]), _unit(text[end:]), ""


def _decade(_groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "word", Decimal(10), "year", ""


def _name(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "name", _SUFFIX.sub("", groups["name"]), "", ""


def _grade(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    yield "grade", groups["grade"].replace("-", "–"), "", ""


def _cited(groups: dict[str, str], _text: str, _end: int) -> _Reading:
    for entry in re.split(r"[,\s]+", groups.get("superscript") or groups.get("refs", "")):
        if found := re.fullmatch(r"(\d+)(?:[–-](\d+))?([a-z]?)", entry):
            first, last = int(found[1]), int(found[2] or found[1])
            whole = range(first, last + 1) if 0 <= last - first <= _LONGEST else (first, last)
            for number in whole:
                yield "reference", Decimal(number), "", ""
        if mark := _MARK.fullmatch(entry):
            yield "mark", mark[1], "", ""


_ROLES: dict[str, Callable[[dict[str, str], str, int], _Reading]] = {
    "superscript": _cited,
    "refs": _cited,
    "pointer": _one("pointer", "pointed"),
    "grade": _grade,
    "name": _name,
    "numerator": _fraction,
    "open": _open,
    "lower": _range,
    "size": _size,
    "number": _number,
    "decade": _decade,
    "word": _word,
}


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _unit(text: str) -> str:
    found = re.match(r"[\s-]?(%|day|week|month|year)s?\b|%", text)
    return _UNITS.get(found[0].strip(" -").rstrip("s"), "") if found else ""


def _implied(text: str, position: int) -> str:
    """The unit of a range printed without one: that of the nearest duration before it."""
    before = re.findall(r"(%|\b(?:day|week|month|year)s?\b)", text[:position])
    return _unit(before[-1]) if before else ""
