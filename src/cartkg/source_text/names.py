"""Names of coded terms in a text: which stand there, and which one a figure is printed under."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

_AT_ONCE = re.compile(r"[\d\s,.%/()-]+")
_OF_PEOPLE = re.compile(r"(?:\bwith(?: an?)?|\bin|\bachieving|\bof)\s+$", re.IGNORECASE)


def _bounded(name: str) -> str:
    """A pattern for a name that is no part of a longer word; a sign such as ≥ may touch its figure."""
    before = r"(?<![\w-])" if name[0].isalnum() else ""
    return f"{before}{re.escape(name)}" + (r"(?![\w-])" if name[-1].isalnum() else "")


class Names:
    """The printed forms of the terms of one vocabulary, such as the outcomes; longer forms win."""

    def __init__(self, forms: Mapping[str, tuple[str, ...]]) -> None:
        self._codes: dict[str, set[str]] = {}
        for code, names in forms.items():
            for name in names:
                self._codes.setdefault(name.casefold(), set()).add(code)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self._codes, key=len, reverse=True)
        return re.compile("|".join(map(_bounded, longest)), re.IGNORECASE)

    def found(self, text: str) -> list[tuple[frozenset[str], int, str]]:
        """Each name in the text: the codes it may stand for, where it starts, and its characters."""
        if not self._codes:
            return []
        return [
            (frozenset(self._codes[name[0].casefold()]), name.start(), name[0]) for name in self._pattern.finditer(text)
        ]

    def heading(self, text: str, position: int) -> frozenset[str]:
        """The codes under which a cell prints the figure at this position; empty when it names none.

        It is the last name before the figure in its clause, or else one that follows it at once. A name that
        tells people apart (“in patients with a CR”) is no heading.
        """
        start = text.rfind(";", 0, position) + 1
        end = text.find(";", position)
        clause = text[start : end if end >= 0 else len(text)]
        names = [(codes, offset) for codes, offset, _ in self.found(clause) if not _OF_PEOPLE.search(clause[:offset])]
        before = [codes for codes, offset in names if offset < position - start]
        after = [codes for codes, offset in names if _AT_ONCE.fullmatch(clause[position - start : offset])]
        return before[-1] if before else after[0] if after else frozenset()
