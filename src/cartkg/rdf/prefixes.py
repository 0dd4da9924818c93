"""The prefixes of identifiers elsewhere, one row each in `ontology/prefixes.tsv`: a new vocabulary needs no code."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import StorageError
from ..resources import prefix_table


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a prefix stands for, and what its identifiers look like."""

    iri: str
    pattern: re.Pattern[str]
    name: str


def known_prefixes(path: Path | None = None) -> dict[str, Prefix]:
    """The rows of the prefix table by prefix; StorageError with the line if it can not be read."""
    path = path or prefix_table()
    line = 1
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            found = {}
            for row in reader:
                line = reader.line_num
                found[row["prefix"]] = Prefix(row["iri"], re.compile(row["pattern"]), row["name"])
            return found
    except (OSError, UnicodeDecodeError, KeyError, TypeError, re.error) as error:
        raise StorageError(f"{path.name}:{line}: not a row of prefix, iri, pattern and name: {error}") from error
