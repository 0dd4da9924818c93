"""What the data name already, by which codes are proposed for the words of a record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..rdf.vocabulary import Vocabulary
from ..source_text.names import Names
from ..tables.schema import Row


@dataclass(frozen=True, eq=False)
class Known:
    """The vocabulary and the checked rows of the data and what is laid over them."""

    vocabulary: Vocabulary
    rows: list[Row]

    @cache  # noqa: B019 it lives as long as the command
    def ids(self, table: str) -> tuple[str, ...]:
        """The ids of a table."""
        return tuple(row.id for row in self.rows if row.table.name == table)

    def codes(self, vocabulary: str) -> tuple[str, ...]:
        """The codes of a vocabulary."""
        return tuple(self.vocabulary.term_codes(vocabulary))

    def trial(self, registration: str) -> str:
        """The trial that has this registry number, or nothing."""
        trials = (row for row in self.rows if row.table.name == "trials")
        return next((row.id for row in trials if row["registration"] == registration), "")

    def named(self, table: str, text: str) -> str:
        """The row of a table that a text names, if it names one."""
        return _only(self._names(table).codes(text, within=False))

    def term(self, vocabulary: str, text: str) -> tuple[str, str]:
        """The code of a vocabulary that a text names, if it names one, and by which words."""
        found = {(codes, words) for codes, _, words in self._terms(vocabulary).found(text)}
        code = _only(frozenset().union(*(codes for codes, _ in found)))
        return code, next((words for _, words in found), "") if code else ""

    @cache  # noqa: B019 as above
    def _names(self, table: str) -> Names:
        rows = [row for row in self.rows if row.table.name == table]
        columns = ("label", "name", "synonyms")
        names = {row.id: [entry for name in columns for entry in row.entries(name)] for row in rows}
        for row in self.rows:
            target, _, identifier = row["means"].partition(":")
            if target == table and row["holds"] == "anywhere":
                names[identifier].append(row["printed"])
        return Names({identifier: tuple(found) for identifier, found in names.items()})

    @cache  # noqa: B019 as above
    def _terms(self, vocabulary: str) -> Names:
        return Names(self.vocabulary.names(vocabulary))


def _only(codes: frozenset[str]) -> str:
    return next(iter(codes)) if len(codes) == 1 else ""
