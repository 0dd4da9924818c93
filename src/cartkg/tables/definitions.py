"""Definitions of rows in genus-differentia form: the label of a row's class, then what its columns say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..rdf.vocabulary import Vocabulary
from .locators import parse_locator
from .schema import Column, Row, curated_tables

_PLACEHOLDER = re.compile(r"{(\w+)}")


def placeholders(phrase: str) -> list[str]:
    """The columns that a phrase names."""
    return _PLACEHOLDER.findall(phrase)


@cache
def pointed_tables() -> frozenset[str]:
    """The tables whose labels the definitions of rows name."""
    named = [
        table.columns[name] for table in curated_tables().values() for name in placeholders("".join(table.differentia))
    ]
    return frozenset({"parts", *(column.target for column in named if column.points)})


@dataclass(frozen=True)
class Definer:
    """Composes definitions; `labels` holds those of the rows of `pointed_tables`, by table and id."""

    vocabulary: Vocabulary
    labels: Mapping[str, Mapping[str, str]]

    def definition(self, row: Row) -> str:
        """One sentence: the genus, then each phrase of the table whose columns have a value."""
        said = []
        for phrase in row.table.differentia:
            values = {name: self._words(row, row.table.columns[name]) for name in placeholders(phrase)}
            if all(values.values()):
                said.append(phrase.format_map(values))
        return _sentence(self._genus(row), "".join(said))

    def definition_of_place(self, kind: str, words: str, source: str) -> str:
        """The definition of a locator: its class, the place in words, and the document."""
        genus = self.vocabulary.label(kind)
        return _sentence(genus, f" of {words} of {self.labels['sources'].get(source, source)}")

    def definition_between(self, genus: str, row: Row, column: Column) -> str:
        """The definition of what stands between a row and what a cell of it says."""
        return _sentence(genus, f" of {row['label']} by {self._words(row, column)}")

    def _genus(self, row: Row) -> str:
        """The most specific class that the row names, or that of its table."""
        for name, column in row.table.columns.items():
            if column.kind in {"class", "vocabulary"} and row[name]:
                return self._word(row, column, row[name])
        return self.vocabulary.label(row.table.rdf_class)

    def _words(self, row: Row, column: Column) -> str:
        words = [self._word(row, column, entry) for entry in row.entries(column.name)]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

    def _word(self, row: Row, column: Column, entry: str) -> str:
        match column.kind:
            case "row" | "scoped" | "across":
                return self.labels[column.target].get(column.row_id(row.source, entry), entry)
            case "term" | "class" | "vocabulary":
                codes = column.codes(self.vocabulary, column.vocabulary_of(row))
                return self.vocabulary.label(codes[entry].value)
            case "locator":
                place = parse_locator(entry)
                return place.words(self.labels["parts"].get(f"{row.source}.{place.part}", place.part))
            case _:
                return entry


def _sentence(genus: str, said: str) -> str:
    return f"{genus[:1].upper()}{genus[1:]}{said}."
