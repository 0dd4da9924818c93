"""The prefixes of identifiers elsewhere, one row each in `ontology/prefixes.tsv`: a new vocabulary needs no code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import StorageError
from ..resources import ONTOLOGY_DIRECTORY, read_table


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a prefix stands for, and what its identifiers look like."""

    iri: str
    pattern: re.Pattern[str]
    name: str


def known_prefixes(path: Path | None = None) -> dict[str, Prefix]:
    """The rows of the prefix table by prefix; StorageError with the line if it can not be read."""
    path = path or ONTOLOGY_DIRECTORY / "prefixes.tsv"
    found: dict[str, Prefix] = {}
    try:
        for row in read_table(path):
            found[row["prefix"]] = Prefix(row["iri"], re.compile(row["pattern"]), row["name"])
    except (OSError, UnicodeDecodeError, KeyError, TypeError, re.error) as error:
        message = f"{path.name}:{len(found) + 2}: not a row of prefix, iri, pattern and name: {error}"
        raise StorageError(message) from error
    if not found:
        raise StorageError(f"{path}: holds no prefix; put back what was there")
    return found
