"""Definitions of rows in genus-differentia form: the label of a row's class, then what its columns say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..rdf.vocabulary import Vocabulary
from . import TABLES
from .base import Row
from .columns import Column
from .locators import parse_locator
from .reader import columns

_PLACEHOLDER = re.compile(r"{(\w+)}")


def placeholders(phrase: str) -> list[str]:
    """The columns that a phrase names."""
    return _PLACEHOLDER.findall(phrase)


@cache
def pointed_tables() -> frozenset[str]:
    """The tables whose labels the definitions of rows name."""
    found = {"parts"}
    for model in TABLES.values():
        for phrase in model.differentia:
            for name in placeholders(phrase):
                column = columns(model)[name]
                if column is not None and column.kind in {"row", "scoped"}:
                    found.add(str(column.target))
    return frozenset(found)


@dataclass(frozen=True)
class Definer:
    """Composes definitions; `labels` holds those of the rows of `pointed_tables`, by table and id."""

    vocabulary: Vocabulary
    labels: Mapping[str, Mapping[str, str]]

    def definition(self, row: Row) -> str:
        """One sentence: the genus, then each phrase of the table whose columns have a value."""
        model = type(row)
        said = []
        for phrase in model.differentia:
            values = {name: self._words(row, name) for name in placeholders(phrase)}
            if all(values.values()):
                said.append(phrase.format_map(values))
        return _sentence(self._genus(row), "".join(said))

    def definition_of_place(self, kind: str, words: str, source: str) -> str:
        """The definition of a locator: its class, the place in words, and the document."""
        return _sentence(self._label(kind), f" of {words} of {self.labels['sources'].get(source, source)}")

    def _genus(self, row: Row) -> str:
        """The most specific class that the row names, or that of its table."""
        for name, column in columns(type(row)).items():
            code = getattr(row, name)
            if column is None or code is None:
                continue
            if column.kind == "class":
                return self._label(self.vocabulary.class_codes(str(column.target))[code].value)
            if column.kind == "vocabulary":
                return self._label(code)
        return self._label(type(row).rdf_class)

    def _label(self, term: str) -> str:
        return self.vocabulary.label(term)

    def _words(self, row: Row, name: str) -> str:
        column, value = columns(type(row))[name], getattr(row, name)
        if value is None:
            return ""
        entries = value if isinstance(value, tuple) else (value,)
        return _listed([self._word(row, column, str(entry)) for entry in entries])

    def _word(self, row: Row, column: Column | None, entry: str) -> str:
        kind, source = column.kind if column else "text", str(getattr(row, "source", ""))
        match kind:
            case "row" | "scoped":
                return self.labels[str(column.target)].get(column.row_id(source, entry), entry) if column else entry
            case "term" | "class":
                vocabulary = column.vocabulary_of(row) if column else ""
                lookup = self.vocabulary.term_codes if kind == "term" else self.vocabulary.class_codes
                return self._label(lookup(vocabulary)[entry].value)
            case "locator":
                place = parse_locator(entry)
                return place.words(self.labels["parts"].get(f"{source}.{place.part}", place.part))
            case _:
                return entry


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _sentence(genus: str, said: str) -> str:
    return f"{genus[:1].upper()}{genus[1:]}{said}."
