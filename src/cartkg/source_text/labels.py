"""The names and numbers in labels: each is the row's own, of what it points at, or printed where it was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ..findings import Finding
from ..rdf.vocabulary import Vocabulary, node_iri
from ..tables.fingerprint import KEPT
from ..tables.schema import Row
from .places import Place

_WORD = re.compile(r"\d+|[^\W\d_]+")
_FAR = 2  # a figure points at its group, and that at its study


class Labels:
    """Knows what labels may name."""

    def __init__(self, vocabulary: Vocabulary, rows: Mapping[tuple[str, str], Row]) -> None:
        self._vocabulary = vocabulary
        self._rows = rows

    def strange(self, row: Row, places: Iterable[Place]) -> Iterator[Finding]:
        """The names and numbers in a label that are of something else; none of one that the source prints itself."""
        if row.table.columns["label"].printed:
            return
        strange = {word for word in _named(row["label"]) if _plain(word) not in self._own(row)}
        if strange:
            known = frozenset(self._around(row, _FAR)).union(*(_words(place.text) for place in places))
            strange = {word for word in strange if _plain(word) not in known}
        if strange:
            message = f"{', '.join(sorted(strange))} is neither of the row nor printed where it was read"
            yield row.finding("labelled", "label", message, "correct the label, or the cell that says otherwise")

    @lru_cache  # noqa: B019 it lives as long as the command
    def _own(self, row: Row) -> frozenset[str]:
        """The words of all its cells but the label, and how many entries they have."""
        cells = [row.entries(name) for name in row.table.columns if name not in {"label", KEPT}]
        words = (_words(entry) for cell in cells for entry in cell)
        return frozenset(str(len(cell)) for cell in cells).union(*words)

    def _around(self, row: Row, far: int) -> Iterator[str]:
        """The words of what it points at, and of what that does; of its source where it cites no other report."""
        for name, node in row.pointers():
            table, _, identifier = node.partition(":")
            if table == "ck":
                yield from _words(" ".join(self._vocabulary.all_names(node_iri(node).value)))
            elif (other := self._rows.get((table, identifier))) and not (name == "source" and row["references"]):
                yield from (*self._own(other), *_words(other["label"]))
                yield from self._around(other, far - 1) if far > 1 else ()


def _named(text: str) -> Iterator[str]:
    """Its numbers, its abbreviations, and the words with a capital that begin no sentence."""
    for number, found in enumerate(_WORD.finditer(text)):
        word = found[0]
        if word.isdigit() or (len(word) > 1 and not word.islower() and (number or not word.istitle())):
            yield word


def _words(text: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in _WORD.findall(text))


def _plain(word: str) -> str:
    """A word without its case and plural, a number without leading zeros."""
    return word.lstrip("0") or "0" if word.isdigit() else word.casefold().removesuffix("s")
