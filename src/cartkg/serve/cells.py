"""How the cells of an answer are shown: as what text, and where what they name is found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, urlencode

from ..queries.answers import Answer, Value
from ..queries.parameters import known_values
from ..queries.stored import stored_query
from ..rdf.store import Graph
from ..rdf.vocabulary import expand, row_name, shorten

_LABELS = f'SELECT ?node ?label {{ ?node {expand("rdfs:label")} ?label FILTER(CONTAINS(STR(?node), "/id/")) }}'
_CELL = re.compile(r"[Tt]able[- ](\w+)(?:/|, )row[- ](\d+)(?:/|, )column[- ](\d+)")
_FILTERS = ("source", "target", "product", "disease", "study", "outcome")
# Columns that hold the id of a row, and the tables these are rows of.
_TABLES = {"observation": "observations", "follow_up": "follow-ups", "source": "sources", "claim": "claims"}

Row = Mapping[str, Value]


class Shown(NamedTuple):
    """The text of a cell, where it leads to, if anywhere, and whether it is a number."""

    text: str
    at: str = ""
    number: bool = False


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of any answer of one graph; `address` says where an IRI is found."""

    graph: Graph
    address: Callable[[str], str]

    def rows(self, answer: Answer, names: Sequence[str], begin: int, most: int) -> Iterator[list[Shown]]:
        """These columns of the rows from one on, and not more than so many."""
        for row in islice(iter(answer), begin, begin + most):
            yield [self.shown(row, name) for name in names]

    def shown(self, row: Row, name: str) -> Shown:
        """One cell: what a row names is linked, and a number stands without a zero behind its point."""
        value = row[name]
        if value is None or value == "":
            return Shown("")
        text = str(value)
        if name.endswith("_iri"):
            return Shown(row_name(text) or shorten(text), self.address(text))
        if text.startswith(("https://", "http://")):
            return self._linked(text, text)
        if name == "node" and "/" in text:
            return Shown(text, f"/id/{quote(text)}")
        if iri := row.get(f"{name}_iri") or row.get(f"{name.replace('_name', '')}_iri"):
            return self._linked(str(iri), text)
        at = f"/id/{_TABLES[name]}/{quote(text)}" if name in _TABLES else ""
        if not at and row.get("source") and (cell := _CELL.fullmatch(text)):
            number, line, column = cell.groups()
            at = f"/tables/{quote(str(row['source']))}/{number}#row-{line}-column-{column}"
            text = f"Table {number}, row {line}, column {column}"
        at = at or self.called(name, value)
        if not at and name == "outcome" and "observation" not in row:
            at = self.figures_of(row)
        number = not at and isinstance(value, (int, float)) and not isinstance(value, bool)
        return Shown(plain(value) if number else text, at, number)

    def _linked(self, iri: str, text: str) -> Shown:
        at = self.address(iri)
        row = row_name(text) if at.startswith("/id/") else ""
        return Shown(row or (shorten(text) if at else text), at)

    @cached_property
    def _labels(self) -> dict[str, dict[str, set[str]]]:
        """The rows of each table by their labels."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.graph.rows(_LABELS):
            found[row_name(row["node"]).partition("/")[0]][row["label"]].add(row["node"])
        return found

    def called(self, column: str, value: Value) -> str:
        """Where the one row is found that a cell names, by the noun that heads its column; nothing if there are two."""
        noun = column.rpartition("_")[2]
        labels = self._labels.get(f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
        nodes = labels.get(str(value), ()) if labels else ()
        return self.address(*nodes) if len(nodes) == 1 else ""

    @cached_property
    def _choices(self) -> dict[str, set[str]]:
        """What the evidence is chosen by, of what rows of other answers may hold."""
        evidence = stored_query("evidence")
        return {name: {*known_values(self.graph, evidence, evidence.parameters[name])} for name in _FILTERS}

    def figures_of(self, row: Row) -> str:
        """Where the figures of an outcome stand that a row of an answer is about, by what else the row holds."""
        asked = {name: row[name] for name, known in self._choices.items() if str(row.get(name)) in known}
        return f"/evidence?{urlencode(asked)}" if "outcome" in asked else ""


def plain(value: Value) -> str:
    """A number without a zero behind its point."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def used(names: Sequence[str], answer: Answer) -> list[str]:
    """The columns that people read: those that hold something, without the addresses of what others name."""
    named = {f"{name}_iri" for name in names} | {f"{name.replace('_name', '')}_iri" for name in names}
    places = {name: answer.variables.index(name) for name in names if name not in named}
    return [name for name, place in places.items() if any(row[place] is not None for row in answer.rows)]
