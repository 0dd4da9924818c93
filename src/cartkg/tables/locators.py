"""Places in a source: the compact notation of the tables, such as `table-1/row-3/column-5`, parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_PART = re.compile(r"[a-z][a-z0-9-]*")
_POINTER = re.compile(r"(?:/[\w.-]+)+", re.ASCII)
_SELECTOR = re.compile(
    r"(?P<region>header|legend|title)|footnote-(?P<footnote>[a-z])"
    r"|(?P<numbered>row|column|paragraph|sentence|item|subitem)-(?P<number>[1-9][0-9]*)"
)
_ORDER = ("region", "row", "column", "footnote", "item", "subitem", "paragraph", "sentence")
_WORDS = {"region": "", "subitem": "sub-item ", "pointer": ""}
GRAMMAR = (
    "write part/selector/…, with selectors row-N, column-N, header, legend, title, footnote-x, "
    "paragraph-N, sentence-N, item-N; for example table-1/row-3/column-5; or, in a record, part#/JSON/pointer"
)


@dataclass(frozen=True, slots=True)
class Locator:
    """One place: a part of a source and the selectors that narrow it, in their order; numbers count from 1.

    That of a record is a JSON pointer (RFC 6901) from the value that is the part.
    """

    part: str
    selectors: Mapping[str, int | str]

    @property
    def row(self) -> int:
        """Number of the row of a table, or 0."""
        return int(self.selectors.get("row", 0))

    @property
    def column(self) -> int:
        """Number of the column of a table, or 0."""
        return int(self.selectors.get("column", 0))

    @property
    def in_table(self) -> bool:
        """True for what only a table has: rows, columns, a header."""
        return bool(self.row or self.column) or self.selectors.get("region") == "header"

    @property
    def fragment(self) -> str:
        """RFC 7111 fragment of a data cell of the table saved as CSV, whose first line is the header."""
        return f"cell={self.row + 1},{self.column}" if self.row and self.column else ""

    def words(self, part_label: str) -> str:
        """The place in words, for a label."""
        return ", ".join(
            [part_label, *(f"{_WORDS.get(name, f'{name} ')}{one}" for name, one in self.selectors.items())]
        )


@cache
def parse_locator(text: str) -> Locator:
    """Parse the compact notation; ValueError says what is wrong."""
    words, in_record, pointer = text.partition("#")
    part, *selectors = words.split("/")
    if in_record and _PART.fullmatch(words) and _POINTER.fullmatch(pointer):
        return Locator(part, {"pointer": pointer})
    if in_record:
        raise ValueError(f"{text!r} is not a part and a JSON pointer")
    if not _PART.fullmatch(part):
        raise ValueError(f"{text!r} does not start with the name of a part")
    fields: dict[str, int | str] = {}
    for selector in selectors:
        found = _SELECTOR.fullmatch(selector)
        if not found:
            raise ValueError(f"{selector!r} in {text!r} is not a selector")
        name = found["numbered"] or str(found.lastgroup)
        if name == "item" and name in fields:
            name = "subitem"
        if name in fields:
            raise ValueError(f"{text!r} names its {name} twice")
        if fields and _ORDER.index(name) < _ORDER.index(next(reversed(fields))):
            raise ValueError(f"{text!r} names its {name} too late")
        fields[name] = int(found["number"]) if found["numbered"] else found[name]
    return Locator(part, fields)
