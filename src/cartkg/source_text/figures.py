"""The figures printed in a sentence or cell: counts, percentages, durations, references, each in its role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_NUMBER = r"(?:\d+(?:,\d{3})*(?:\.\d+)?|(?<![\w.])\.\d+)"
IN_WORDS = frozenset({"name", "grade", "pointer", "word"})
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TOKEN = re.compile(
    rf"""
      \^\{{(?P<superscript>[^}}]*)\}}
    | \(?\brefs?\.\s*(?P<refs>\d[\d,\s–-]*)
    | \b(?:Tables?|Figs?\.|Figures?|Box(?:es)?)\s*(?P<pointer>\d+)
    | \bgrades?\s*[≥>≤<]?\s*(?P<grade>\d(?:(?:[–-]|\s(?:or|to)\s)\d)?)
    | (?P<name>(?<![\w.])(?<!\+-)(?!\d+-(?:day|week|month|year)s?\b)(?=[\w.-]*[A-Za-zα-ω])(?=[\w.-]*\d)
        [A-Za-z\dα-ω](?:[\w-]|\.(?=\w))*)
    | (?P<numerator>\d+)/(?P<denominator>\d+)
    | (?P<open>{_NUMBER})(?P<open_unit>\s(?:day|week|month|year)s?)?
      (?=(?:\sto\s|–)(?-i:N[ER]\b|not\s(?:estimable|evaluable|reached)))
    | (?P<lower>{_NUMBER})(?P<lower_unit>%|\s(?:day|week|month|year)s?\b)?
      (?:–|\s(?:to|and)\s(?=[\d.]+(?:%|\s(?:day|week|month|year)s?\b)))
      (?P<upper>{_NUMBER})(?P<upper_unit>%|[\s-](?:day|week|month|year)s?\b)?
    | \((?P<size>\d+)\)
    | (?P<number>{_NUMBER})(?P<unit>%|[\s-](?:day|week|month|year)s?\b)?
    | \ba\s(?P<decade>decade)\b
    | \b(?P<word>{"|".join(_WORDS)})\b
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
_INTERVAL = re.compile(
    rf"{_NUMBER}(?P<unit>%|\s(?:day|week|month|year)s?)?[;,]?\s*\(?(?:\d+%\s)?(?:confidence interval \[)?CI\]?,?\s*$"
)
_AGAINST = re.compile(rf"\s+vs\.?\s+{_NUMBER}(?P<unit>%|\s(?:day|week|month|year)s?\b)")
_SUFFIX = re.compile(r"-[a-z]{3,}$")
_MARK = re.compile(r"\d*([a-z])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_AS_THEY_STAND: dict[str, Callable[[str], Decimal | str]] = {
    "pointer": Decimal,
    "grade": lambda text: re.sub(r"-|\s(?:or|to)\s", "–", text),
    "name": lambda text: _SUFFIX.sub("", text),
    "numerator": Decimal,
    "denominator": Decimal,
}
_UNITS = {"%": "percent", "day": "day", "week": "week", "month": "month", "year": "year"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its role.

    `kind`: number, numerator, denominator, size, year, word, reference, grade, pointer, name, reason, mark, or any of
    them; `unit`: percent, day, week, month, year, or empty; `end` of a range: lower, upper, or empty.
    """

    kind: str
    value: Decimal | str
    unit: str = ""
    end: str = ""
    start: int = 0
    printed: str = ""


@cache
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a cleaned text in order; a name with digits is one of kind `name`."""
    return tuple(
        Figure(kind, value, unit, end, found.start(), found[0].strip())
        for found in _TOKEN.finditer(text)
        for kind, value, unit, end in _roles(found)
    )


def quantified(text: str) -> Iterator[Figure]:
    """What words such as all, no and the other say in place of a figure."""
    for found in re.finditer(r"[a-z]+", text, re.IGNORECASE):
        if found[0].casefold() in _QUANTIFIERS:
            value, unit = _QUANTIFIERS[found[0].casefold()]
            yield Figure("word", value, unit, start=found.start(), printed=found[0])


def _roles(found: re.Match[str]) -> Iterator[tuple[str, Decimal | str, str, str]]:
    """Kind, value, unit and end of each figure in what matched, which its groups tell apart."""
    groups = {name: value for name, value in found.groupdict().items() if value is not None}
    text, position = found.string, found.end()
    for name, read in _AS_THEY_STAND.items():
        if name in groups:
            yield name, read(groups[name]), "", ""
    match groups:
        case {"superscript": cited} | {"refs": cited}:
            yield from _cited(cited)
        case {"open": lower}:
            yield "number", _decimal(lower), _unit(groups.get("open_unit", "")) or _implied(text, found), "lower"
        case {"lower": lower, "upper": upper}:
            unit = _unit(groups.get("upper_unit") or groups.get("lower_unit", "")) or _implied(text, found)
            several = " and " in found[0] and _decimal(lower) > _decimal(upper)  # two figures, not the ends of a range
            yield "number", _decimal(lower), unit, "" if several else "lower"
            yield "number", _decimal(upper), unit, "" if several else "upper"
        case {"size": number}:
            yield "year" if _YEAR.fullmatch(number) else "size", Decimal(number), "", ""
        case {"number": number}:
            other = _AGAINST.match(text, position)  # "3 vs. 6 months": the first has the unit of the second
            unit = _unit(groups.get("unit", "") or (other["unit"] if other else ""))
            yield "year" if not unit and _YEAR.fullmatch(number) else "number", _decimal(number), unit, ""
        case {"decade": _}:
            yield "word", Decimal(10), "year", ""
        case {"word": word}:
            yield "word", Decimal(_WORDS.index(word.casefold())), _unit(text[position:]), ""


def _cited(text: str) -> Iterator[tuple[str, Decimal | str, str, str]]:
    """The references and marks of a superscript or a list."""
    for entry in re.split(r"[,\s]+", text):
        if found := re.fullmatch(r"(\d+)(?:[–-](\d+))?([a-z]?)", entry):
            first, last = int(found[1]), int(found[2] or found[1])
            whole = range(first, last + 1) if 0 <= last - first <= _LONGEST else (first, last)
            for number in whole:
                yield "reference", Decimal(number), "", ""
        if mark := _MARK.fullmatch(entry):
            yield "mark", mark[1], "", ""


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _unit(text: str) -> str:
    found = re.match(r"[\s-]?(%|day|week|month|year)s?\b|%", text)
    return _UNITS.get(found[0].strip(" -").rstrip("s"), "") if found else ""


def _implied(text: str, found: re.Match[str]) -> str:
    """The unit of a range printed without one: that of what it is the interval of, else of the duration before it."""
    before = text[: found.start()]
    if interval := _INTERVAL.search(before):
        return _unit(interval["unit"] or "")
    measures = re.findall(r"(%|\b(?:day|week|month|year)s?\b)", before)
    return _unit(measures[-1]) if measures else ""
