"""What words lead to in a graph: what is called so, which texts hold them, and which questions show a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

import pyoxigraph as ox

from ..rdf.store import texts
from ..rdf.vocabulary import PREFIXES, expand, gathered, row_name
from ..resources import SOURCES_DIRECTORY, read_table
from ..tables.schema import curated_tables
from .answers import Source, read_once
from .names import folded, singulars, spellings
from .stored import stored_queries, stored_query

PREFIXES_OF_ROWS = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ck", "rdfs", "skos"))
_NAMES = """
SELECT DISTINCT ?node ?name WHERE {
  %s
  { ?node rdfs:label|skos:altLabel|skos:notation|skos:exactMatch|ck:registrationNumber ?name }
  UNION { ?wording ck:wordingOf ?node ; ck:wordingHolds "anywhere" ; ck:wordingAsPrinted ?name }
} ORDER BY ?node ?name
"""
_ELSEWHERE = """
SELECT ?node ?name ?kind ?vocabulary ?reason WHERE {
  %s
  ?record ck:externalNameOf ?node ; ck:nameElsewhere ?name ; ck:kindOfName ?kind ; ck:vocabularyElsewhere ?vocabulary
  OPTIONAL { ?record ck:notUsedBecause ?reason }
} ORDER BY ?node ?name
"""
_SHORT = re.compile(r"([a-z]{3,})[- ]([a-z]{3,})")
_END = 3  # letters of the end that names are shortened to
_TEXTS, _TABLE = "findable", "evidence"
_REFERENCES = "references"
_SOURCES = "sources"
_SHOWN = 2
WORDS = "the words stand in"


class Names(dict[str, set[str]]):
    """The nodes that each name, in small letters, stands for."""

    @cached_property
    def spelled(self) -> dict[str, set[str]]:
        """The same by what is left of a name when its spelling does not count, nor the order of its words."""
        return gathered((key, node) for name, nodes in self.items() for key in spellings(name) if key for node in nodes)


def named_so(names: Names, value: str) -> list[str]:
    """The nodes with this name; names that differ in case, blanks, hyphens, spelling or order only are the same."""
    small = value.casefold()
    found = [names.get(small), *map(names.spelled.get, spellings(value))]
    return sorted(next(filter(None, found), ()) or _shortened(names, small))


def _shortened(names: Mapping[str, set[str]], value: str) -> list[str]:
    """What has the one name with this beginning and this end, as nonproprietary names are shortened in print.

    Longer names that begin with that name are of what it is a part of.
    """
    short = _SHORT.fullmatch(value) or _SHORT.fullmatch(f"{value[:-_END]}-{value[-_END:]}")
    if not short:
        return []
    found = [name for name in names if name.startswith(short[1]) and name.endswith(short[2]) and "://" not in name]
    first = min(found, key=len, default="")
    return sorted(names[first]) if first and all(folded(name).startswith(folded(first)) for name in found) else []


def scope(table: str | tuple[str, ...]) -> str:
    """The pattern that a node is a row of a table; nothing for any."""
    return f"?node a {expand(curated_tables()[str(table)].rdf_class)} ." if table else ""


@read_once
def named(source: Source, table: str | tuple[str, ...], kind: type[ox.NamedNode | ox.Literal]) -> list[tuple[str, str]]:
    """Names of the rows of a table, each with its node: literals as they are spelled, or IRIs elsewhere."""
    return [
        (name.value, node.value)
        for found in source.select(PREFIXES_OF_ROWS + _NAMES % scope(table), keep=True)
        if isinstance(node := found["node"], ox.NamedNode) and isinstance(name := found["name"], kind)
    ]


@read_once
def labels_of_rows(source: Source, table: str | tuple[str, ...]) -> list[str]:
    """The labels of the rows of a table, sorted."""
    found = source.select(
        f"{PREFIXES_OF_ROWS} SELECT DISTINCT ?label WHERE {{ {scope(table)} ?node rdfs:label ?label }}", keep=True
    )
    return sorted((row["label"].value for row in found), key=str.casefold)


@read_once
def names_of_nodes(source: Source, table: str | tuple[str, ...] = "") -> Names:
    """The nodes a name may stand for: labels, synonyms, codes, local ids and IRIs, in small letters."""
    ids = ((name, node, row_name(node) or node) for name, node in named(source, table, ox.Literal))
    return Names(gathered(
        (known.casefold(), node) for name, node, row_id in ids
        for known in (name, node, row_id, row_id.partition("/")[2] or row_id)
    ))  # fmt: skip


@read_once
def records_elsewhere(source: Source, table: str | tuple[str, ...] = "") -> list[dict[str, str]]:
    """What names elsewhere say of the rows of a table."""
    return texts(source.select(PREFIXES_OF_ROWS + _ELSEWHERE % scope(table), keep=True))


@read_once
def names_elsewhere(source: Source, table: str | tuple[str, ...]) -> Names:
    """The rows that each name elsewhere stands for, in small letters, but for names that are not used."""
    used = (record for record in records_elsewhere(source, table) if not record["reason"])
    return Names(gathered((record["name"].casefold(), record["node"]) for record in used))


def mentioned(source: Source, value: str) -> str:
    """Which rows have these words in a text, such as the authors and the title of a reference; or that none has.

    What blanks divide may stand apart; of the rest, the words stand side by side: ZUMA-7 is not in ZUMA-1, n = 7.
    """
    parts = [part for part in map(singulars, value.split()) if part.strip()]

    def has(text: str) -> bool:
        return bool(parts) and all(map(singulars(text).__contains__, parts))

    having = [(kind, label) for kind, label, text in _said(source) if has(text)]
    found = {(kind != _REFERENCES, label, kind) for kind, label in having if kind == _REFERENCES or taking(kind)}
    if not found:
        return "; ".join(["; no text of the graph has these words", *shipped(source, has)])
    named = [f"{label} ({kind})" for _, label, kind in sorted(found)]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"; {WORDS} {', '.join(named[:_SHOWN])}{more}: cartkg find {value}"


def is_said(source: Source, value: str) -> bool:
    """Whether any text has these words side by side."""
    return any(singulars(value) in singulars(text) for _, _, text in _said(source))


@read_once
def _said(source: Source) -> list[tuple[str, str, str]]:
    rows = source.select(stored_query(_TEXTS).text, keep=True)
    return [(row["kind"].value, row["label"].value, row["text"].value) for row in rows]


def shipped(source: Source, has: Callable[[str], bool], files: str = "*.tsv") -> list[str]:
    """How to lay each shipped source over the graph that is not in it, and of which some cell, or the name, fits."""
    known = names_of_nodes(source, _SOURCES)
    return [
        f"--with {name} lays a source over it that has some"
        for name, cells in _cells_of(files).items()
        if name not in known and (has(name) or any(map(has, cells)))
    ]


@lru_cache
def _cells_of(files: str) -> dict[str, frozenset[str]]:
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
