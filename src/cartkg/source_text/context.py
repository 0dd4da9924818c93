"""What a figure is printed under and beside: the heading, the group of people and the terms that its row must have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

from ..rdf.vocabulary import Vocabulary
from ..tables.schema import Row, curated_tables
from .document import Document
from .figures import Figure
from .names import Names
from .places import Place

_SEGMENT = re.compile(r";| and ")
_PEOPLE = re.compile(r"\bpatients\b", re.IGNORECASE)


class Context:
    """Knows the words around the figures of a copy, and what the rows say about them."""

    def __init__(self, document: Document, vocabulary: Vocabulary, rows: Mapping[tuple[str, str], Row]) -> None:
        self._document = document
        self._vocabulary = vocabulary
        self._rows = rows

    def reasons(self, text: str) -> tuple[Figure, ...]:
        """What is printed in place of a figure, such as “not reported”, read like a figure."""
        return tuple(
            Figure("reason", code, start=start, printed=printed)
            for vocabulary in self._reasons
            for codes, start, printed in self._named(vocabulary).found(text)
            for code in sorted(codes)
        )

    def agrees(self, row: Row, place: Place, figure: Figure) -> bool:
        """False when a cell prints the figure under another heading, or for another group, than the row has."""
        if "/row-" not in place.locator:
            return True
        return self._headed(row, place, figure) and self._of_its_group(row, place, figure)

    @cached_property
    def _reasons(self) -> dict[str, None]:
        """The vocabularies of reasons why there is no figure."""
        columns = (column for table in curated_tables().values() for column in table.columns.values())
        return {column.target: None for column in columns if column.printed == "reason"}

    @lru_cache  # noqa: B019 a context lives as long as the command
    def _named(self, vocabulary: str) -> Names:
        return Names(self._vocabulary.names(vocabulary))

    def _headed(self, row: Row, place: Place, figure: Figure) -> bool:
        """A name before the figure in its clause counts first, then any name in the cell, then the column header."""
        for name, column in row.table.columns.items():
            if column.printed != "heading":
                continue
            names, code = self._named(column.target), row[name]
            if codes := names.heading(place.text, figure.start):
                return code in codes
            if any(code in codes for codes, _, _ in names.found(place.text)):
                return True
            header = self._document.places.get(re.sub(r"/row-\d+/", "/header/", place.locator))
            admitted = {
                found for codes, _, _ in names.found(_PEOPLE.split(header.text)[0] if header else "") for found in codes
            }
            return not admitted or code in admitted
        return True

    def _of_its_group(self, row: Row, place: Place, figure: Figure) -> bool:
        """The words for people beside the figure must fit the group of the row, or the row as a group itself."""
        own = row.table.name == "cohorts"
        cohort = row if own else self._rows.get(("cohorts", row["cohort"]))
        if cohort is None:
            return True
        start = max((found.end() for found in _SEGMENT.finditer(place.text, 0, figure.start)), default=0)
        end = _SEGMENT.search(place.text, figure.start)
        segment = place.text[start : end.start() if end else len(place.text)]
        part = place.locator.partition("/")[0]
        groups = {group for codes, _, _ in self._groups(cohort["study"], part).found(segment) for group in codes}
        if groups and cohort.id not in groups:
            return False
        kinds = {kind for codes, _, _ in self._kinds.found(segment) for kind in codes}
        return own or not kinds or cohort["kind"] in kinds

    @cached_property
    def _kinds(self) -> Names:
        """The words by which sources tell groups of people apart, by kind of cohort."""
        kinds = self._vocabulary.class_codes(curated_tables()["cohorts"].columns["kind"].target)
        return Names({code: self._vocabulary.all_names(kind.value)[1:] for code, kind in kinds.items()})

    @lru_cache  # noqa: B019 as above
    def _groups(self, study: str, part: str) -> Names:
        """The printed names of the groups of a study in one table, such as those by disease; a name without a count."""
        cohorts = (row for (table, _), row in self._rows.items() if table == "cohorts" and row["study"] == study)
        return Names({
            row.id: row.entries("diseases_printed")
            for row in cohorts
            if row["locator"].startswith(f"{part}/") and not re.search(r"\d", row["diseases_printed"])
        })  # fmt: skip
