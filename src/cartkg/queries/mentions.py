"""Where words stand in the texts of the graph, and which questions show a row of a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..resources import SOURCES_DIRECTORY, read_table
from .answers import Source, read_once
from .called import names_of_nodes
from .names import singulars
from .stored import stored_queries, stored_query

_TEXTS, _TABLE = "findable", "evidence"
_REFERENCES = "references"
_SOURCES = "sources"
_SHOWN = 2
WORDS = "the words stand in"


def mentioned(source: Source, value: str) -> str:
    """Which rows have these words in a text, such as the authors and the title of a reference; or that none has.

    What blanks divide may stand apart; of the rest, the words stand side by side: ZUMA-7 is not in ZUMA-1, n = 7.
    """
    parts = [part for part in map(singulars, value.split()) if part.strip()]

    def has(text: str) -> bool:
        return bool(parts) and all(map(singulars(text).__contains__, parts))

    having = [(kind, label) for kind, label, text in _texts(source) if has(text)]
    found = {(kind != _REFERENCES, label, kind) for kind, label in having if kind == _REFERENCES or taking(kind)}
    if not found:
        return "; ".join(["; no text of the graph has these words", *shipped(source, has)])
    named = [f"{label} ({kind})" for _, label, kind in sorted(found)]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"; {WORDS} {', '.join(named[:_SHOWN])}{more}: cartkg find {value}"


@read_once
def _texts(source: Source) -> list[tuple[str, str, str]]:
    rows = source.select(stored_query(_TEXTS).text, keep=True)
    return [(row["kind"].value, row["label"].value, row["text"].value) for row in rows]


def shipped(source: Source, has: Callable[[str], bool], files: str = "*.tsv") -> list[str]:
    """How to lay each shipped source over the graph that is not in it, and of which some cell, or the name, fits."""
    known = names_of_nodes(source, _SOURCES)
    return [
        f"--with {name} lays a source over it that has some"
        for name, cells in _cells(files).items()
        if name not in known and (has(name) or any(map(has, cells)))
    ]


@lru_cache
def _cells(files: str) -> dict[str, frozenset[str]]:
    """The cells of these tables of each shipped source, read once: they go along with the code."""
    return {
        folder.name: frozenset(
            cell or "" for file in folder.glob(files) for row in read_table(file) for cell in row.values()
        )
        for folder in sorted(path.parent for path in SOURCES_DIRECTORY.glob("*/sources.tsv"))
    }


@lru_cache
def taking(table: str) -> list[tuple[str, str]]:
    """The questions of readers that take a row of a table, with the parameter; the tidy table first."""
    found = [
        (query.name, parameter.name)
        for query in stored_queries().values()
        for parameter in query.parameters.values()
        if parameter.values == table and query.for_readers
    ]
    return sorted(found, key=lambda pair: pair[0] != _TABLE)
