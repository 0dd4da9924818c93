"""Places in a source: the compact notation of the tables, such as `table-1/row-3/column-5`, parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_PART = re.compile(r"[a-z][a-z0-9-]*")
_NUMBERED = re.compile(r"(row|column|paragraph|sentence|item|subitem)-([1-9][0-9]*)")
_FOOTNOTE = re.compile(r"footnote-([a-z])")
_ORDER = ("region", "row", "column", "footnote", "item", "subitem", "paragraph", "sentence")
_REGIONS = frozenset({"header", "legend", "title"})
GRAMMAR = (
    "write part/selector/…, with selectors row-N, column-N, header, legend, title, footnote-x, "
    "paragraph-N, sentence-N, item-N; for example table-1/row-3/column-5"
)


@dataclass(frozen=True, slots=True)
class Locator:
    """One place: a part of a source and the selectors that narrow it; numbers count from 1."""

    part: str
    row: int | None = None
    column: int | None = None
    paragraph: int | None = None
    sentence: int | None = None
    item: int | None = None
    subitem: int | None = None
    footnote: str | None = None
    region: str | None = None

    @property
    def is_cell(self) -> bool:
        """True for one data cell of a table."""
        return self.row is not None and self.column is not None

    @property
    def in_table(self) -> bool:
        """True for what only a table has: rows, columns, a header."""
        return self.row is not None or self.column is not None or self.region == "header"

    @property
    def fragment(self) -> str | None:
        """RFC 7111 fragment of a cell in the table saved as CSV, whose first line is the header."""
        if self.row is None or self.column is None:
            return None
        return f"cell={self.row + 1},{self.column}"

    def words(self, part_label: str) -> str:
        """The place in words, for a label."""
        named = (
            (self.region, None),
            ("row", self.row),
            ("column", self.column),
            ("footnote", self.footnote),
            ("item", self.item),
            ("sub-item", self.subitem),
            ("paragraph", self.paragraph),
            ("sentence", self.sentence),
        )
        details = [
            name if number is None else f"{name} {number}"
            for name, number in named
            if name and (number is not None or name == self.region)
        ]
        return ", ".join([part_label, *details])


@cache
def parse_locator(text: str) -> Locator:
    """Parse the compact notation; ValueError says what is wrong."""
    part, *selectors = text.split("/")
    if not _PART.fullmatch(part):
        raise ValueError(f"{text!r} does not start with the name of a part")
    fields: dict[str, int | str] = {}
    for selector in selectors:
        if selector in _REGIONS:
            name, value = "region", selector
        elif numbered := _NUMBERED.fullmatch(selector):
            name, value = numbered[1], int(numbered[2])  # type: ignore[assignment]
            if name == "item" and name in fields:
                name = "subitem"
        elif footnote := _FOOTNOTE.fullmatch(selector):
            name, value = "footnote", footnote[1]
        else:
            raise ValueError(f"{selector!r} in {text!r} is not a selector")
        if name in fields:
            raise ValueError(f"{text!r} names its {name} twice")
        if fields and _ORDER.index(name) < _ORDER.index(next(reversed(fields))):
            raise ValueError(f"{text!r} names its {name} too late")
        fields[name] = value
    return Locator(part, **fields)  # type: ignore[arg-type]
