"""What copying, typing and spreadsheets do to a cell without anybody seeing it, and what to write instead."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from .schema import Column

_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# By how Unicode takes them apart: letters of formulas and of full width, and ligatures, Roman numerals and units in one
# sign: other signs for plain letters, which a search does not find.
_STYLED, _JOINED = {"<font>", "<wide>", "<narrow>"}, {"<compat>", "<square>"}
_MARKED = re.compile("[A-Za-z0-9][\u0300-\u036f\u20d0-\u20ff]")
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z0-9]")
# Letters of Cyrillic, Armenian, Cherokee and Lisu, small capitals, and those Greek ones that look like Latin ones.
_LOOKALIKE = re.compile(
    "[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03f2\u03f9"
    "\u0400-\u052f\u0531-\u0587\u13a0-\u13fd\u1d00-\u1d2b\ua4d0-\ua4ff]"
)
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_TURNED = {
    re.compile(rf"\d{{1,2}}-(?:{_MONTH})|(?:{_MONTH})-\d{{2}}"): "a spreadsheet made a date of a name",
    re.compile(r"\d(?:[.,]\d+)?[Ee][+-]?\d+"): "a spreadsheet made a power of ten of it",
}
_NO_NAME = {
    re.compile(r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})|[3-5]\d{4}"): "a spreadsheet made a date of a name",
    re.compile(r"TRUE|FALSE"): "a spreadsheet made a truth value of a name",
    re.compile(r"'[^']+"): "a spreadsheet's mark of text is no part of a name",
    re.compile(r"N/A|NaN|nan|NULL|null|None|none"): "programs write it for nothing",
}
_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)")
_RISKY = re.compile(r"(SEPT|MARCH)(\d{1,2})")
_SYMBOLS = {"SEPT": "SEPTIN", "MARCH": "MARCHF"}
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_YEARS = range(1900, 2050)
_LONGEST = 14  # characters of what is looked at whole


def damage(column: Column | None, cell: str) -> tuple[str, str, str] | None:
    """What is wrong with the letters of a cell: a rule, what it is, and a remedy."""
    cell = cell.strip(" ")
    wrong = None
    if cell.isascii():
        if not cell.isprintable() and (found := _INVISIBLE.search(cell)):
            wrong = _unseen(found[0])
    else:
        wrong = _letters(cell)
    named = column is not None and column.name == "label"
    if named and (found := _MARKED.search(unicodedata.normalize("NFC", cell))) and not wrong:
        wrong = "characters", f"a mark stands on a letter or digit: {_named(found[0][1])}", "delete it"
    return wrong or (None if len(cell) > _LONGEST or (cell.isalpha() and not named) else _turned(column, cell))


def _letters(cell: str) -> tuple[str, str, str] | None:
    what = remedy = ""
    if found := _INVISIBLE.search(cell):
        return _unseen(found[0])
    if found := _SPACES.search(cell):
        what, remedy = f"holds another space: {_named(found[0])}", "write a plain one"
    elif sign := next(filter(_plain_letters, cell), ""):
        what, remedy = f"holds {_named(sign)}", f"write {_plain_letters(sign)}"
    elif not unicodedata.is_normalized("NFC", cell):
        what, remedy = "a letter is written in two signs", f"write {unicodedata.normalize('NFC', cell)}"
    else:
        for word in _WORD.findall(cell):
            if (found := _LOOKALIKE.search(word)) and _LATIN.search(word):
                what, remedy = f"{word!r} mixes alphabets: {_named(found[0])}", "write the Latin letter"
    return ("characters", what, remedy) if what else None


@cache
def _plain_letters(sign: str) -> str:
    """What a sign is only another look of; empty for any other."""
    kind, letters = unicodedata.decomposition(sign).partition(" ")[0], unicodedata.normalize("NFKC", sign)
    return letters if kind in _STYLED or (kind in _JOINED and letters.isascii() and letters.isalnum()) else ""


def _unseen(letter: str) -> tuple[str, str, str]:
    control = unicodedata.category(letter) == "Cc"
    what = "a line break or another control character" if control else f"what is not seen: {_named(letter)}"
    return "characters", f"holds {what}", "delete it"


def _turned(column: Column | None, cell: str) -> tuple[str, str, str] | None:
    """What a spreadsheet has made of a short cell, or would make of it."""
    if _ERROR.fullmatch(cell):
        return "cell-type", f"{cell!r} is an error", "format the cell as text, and write it as printed"
    figure = column is not None and column.kind in {"integer", "decimal"}
    named = column is not None and column.name == "label"
    for turned, what in {**({} if figure else _TURNED), **(_NO_NAME if named else {})}.items():
        if turned.fullmatch(cell):
            return "spreadsheet", f"{cell!r}: {what}", "write what the source prints, in a column that is text"
    if named and (risky := _RISKY.fullmatch(cell)):
        remedy = f"write {_SYMBOLS[risky[1]]}{risky[2]}, the symbol that it has now"
        return "spreadsheet", f"a spreadsheet makes a date of {cell!r}", remedy
    if day := _DAY.fullmatch(cell):
        try:
            known = date(int(day[1]), int(day[2]), int(day[3] or 1)).year in _YEARS
        except ValueError:
            known = False
        if not known:
            return "date", f"there is no day {cell} in the literature", "write it as year-month-day, such as 2026-01-31"
    return None


def plain(column: Column, cell: str) -> str:
    """What to write for a figure that has a unit, quotation marks, another space or a comma; empty where none fits."""
    text = unicodedata.normalize("NFKC", cell).strip(" \"'%\u2018\u2019\u201c\u201d")
    text = re.sub("^[\u2012-\u2015\u2212]", "-", text)
    if re.fullmatch(r"-?\d+,(\d{1,2}|\d{4,})", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"\d(?:\.\d+)?E\+?\d", text, re.IGNORECASE):
        text = f"{float(text):g}" if float(text) % 1 else str(int(float(text)))
    return text if text != cell and column.kind in {"integer", "decimal"} and column.allows(text) else ""


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} ({unicodedata.name(letter, 'control character')})"
