"""What the data name already, by which codes are proposed for the words of a record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from ..queries.names import folded
from ..rdf.vocabulary import Vocabulary, gathered
from ..source_text.names import Names
from ..tables.schema import Row


@dataclass(frozen=True, eq=False)
class Known:
    """The vocabulary and the checked rows of the data and what is laid over them."""

    vocabulary: Vocabulary
    rows: list[Row]
    trials: Mapping[str, str]  # by registry number

    @cache  # noqa: B019 it lives as long as the command
    def ids(self, table: str) -> tuple[str, ...]:
        """The ids of a table."""
        return tuple(row.id for row in self.rows if row.table.name == table)

    def codes(self, vocabulary: str) -> tuple[str, ...]:
        """The codes of a vocabulary."""
        return tuple(self.vocabulary.term_codes(vocabulary))

    def called(self, of: str, text: str) -> str:
        """The row of a table, or the code of a vocabulary, of which a whole text is the name."""
        names = self._called(of)
        whole = re.sub(r"\s*\([^()]*\)$", "", text)
        return _only(names.get(folded(text)) or names.get(folded(whole), set()))

    def named(self, table: str, text: str) -> str:
        """The row of a table that a text names, if it names one."""
        return _only(self._names(table).codes(text, within=False))

    def term(self, vocabulary: str, text: str) -> tuple[str, str]:
        """The code of a vocabulary that a text names, if it names one, and by which words."""
        found = self._names(vocabulary).found(text)
        code = _only(frozenset().union(*(codes for codes, _, _ in found)))
        return code, found[0][2] if code else ""

    @cache  # noqa: B019 as above
    def _called(self, of: str) -> dict[str, set[str]]:
        return gathered((folded(name), code) for code, names in self._forms(of).items() for name in names)

    @cache  # noqa: B019 as above
    def _names(self, of: str) -> Names:
        return Names(self._forms(of))

    def _forms(self, table: str) -> dict[str, tuple[str, ...]]:
        """The names of the rows of a table, or of the terms of a vocabulary."""
        if ":" in table:
            return self.vocabulary.names(table)
        rows = [row for row in self.rows if row.table.name == table]
        columns = ("label", "name", "synonyms")
        names = {row.id: [entry for name in columns for entry in row.entries(name)] for row in rows}
        for row in self.rows:
            target, _, identifier = row["means"].partition(":")
            if target == table and row["holds"] == "anywhere":
                names[identifier].append(row["printed"])
        return {identifier: tuple(found) for identifier, found in names.items()}


def _only(codes: AbstractSet[str]) -> str:
    return next(iter(codes)) if len(codes) == 1 else ""
