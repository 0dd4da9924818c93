"""Rows that know where they stand, so that whatever is found about them can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError
from ..findings import Finding
from ..rdf.vocabulary import Vocabulary
from .base import Row
from .checker import Checker


@dataclass(frozen=True, slots=True)
class Located:
    """A row with the file and line it stands in."""

    row: Row
    path: Path
    line: int

    def finding(self, rule: str, column: str, message: str, remedy: str) -> Finding:
        """A finding at one of its cells."""
        return Finding(rule, f"{self.row.id}: {message}", remedy, str(self.path), self.line, column)


def located_rows(data: Path, vocabulary: Vocabulary) -> list[Located]:
    """Every row of a data folder; DataError with every finding when any is wrong."""
    checker = Checker(data, vocabulary)
    rows = list(checker.rows())
    report = checker.report()
    if not report.conforms:
        raise DataError(report)
    lines = checker.index.lines
    return [Located(row, checker.path(row.table), lines[row.table][row.id]) for row in rows]
