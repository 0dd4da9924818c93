"""Names of coded terms in a text: which stand there, and which one a figure is printed under."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property

from ..rdf.vocabulary import gathered, grouped

_AT_ONCE = re.compile(r"[\d\s,.%/()-]+")
_SHORT = 4
_OF_PEOPLE = re.compile(r"(?:\bwith(?: an?)?|\bin|\bachieving|\bof)\s+$", re.IGNORECASE)


def _bounded(name: str) -> str:
    """A pattern for a name that is no part of a longer word; a sign such as ≥ may touch its figure."""
    before = r"(?<![\w-])" if name[0].isalnum() else ""
    return f"{before}{re.escape(name)}" + (r"(?![\w-])" if name[-1].isalnum() else "")


def _unhyphened(text: str) -> str:
    return text.replace("-", " ").replace("’", "'")


class Names:
    """The printed forms of the terms of one vocabulary, such as the outcomes; longer forms win."""

    def __init__(self, forms: Mapping[str, tuple[str, ...]]) -> None:
        self._forms = {name for names in forms.values() for name in names}
        self._codes = gathered((name.casefold(), code) for code, names in forms.items() for name in names)

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

    @cache  # noqa: B019 names live as long as the command
    def codes(self, text: str, *, within: bool) -> frozenset[str]:
        """Everything that the text names, if asked within longer names too; hyphens may be spaces; ALL is not all."""
        spaced, text = self._spaced, _unhyphened(text)
        lower = text.casefold()
        found = spaced.found(text)
        for name, codes in spaced._codes.items() if within else ():  # noqa: SLF001
            if name in lower and (place := re.search(_bounded(name), text, re.IGNORECASE)):
                found.append((frozenset(codes), place.start(), place[0]))
        return frozenset().union(*(codes for codes, _, name in found if name not in self._short))

    def spoken(self, text: str) -> list[tuple[frozenset[str], int, str]]:
        """Each name in a sentence, as `found` gives it; hyphens may be spaces, and a name may be in the plural."""
        return self._spaced.found(_unhyphened(text))

    @cached_property
    def _short(self) -> frozenset[str]:
        return frozenset(form.casefold() for form in self._forms if form.isupper() and len(form) <= _SHORT)

    @cached_property
    def _spaced(self) -> Names:
        named = ((code, _unhyphened(name)) for name, codes in self._codes.items() for code in codes)
        return Names({code: (*names, *(f"{name}s" for name in names)) for code, names in grouped(named).items()})

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
