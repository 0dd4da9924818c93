"""Answers as values: the rows of a query, the places that can be asked for them, and asking a stored question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import PREFIXES
from .names import suggestion

Term = ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple
Value = str | int | float | bool | None
# Columns that name a figure by its local id, and the tables these are rows of.
FIGURES = {"observation": "observations", "follow_up": "follow-ups"}
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class Source(Protocol):
    """Something that answers SPARQL: the built graph, or an endpoint."""

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; those of a text that is asked again and again may be kept."""
        ...


Given = ParamSpec("Given")
Found = TypeVar("Found")
Reading = Callable[Concatenate[Source, Given], Found]


def read_once(read: Reading[Given, Found]) -> Reading[Given, Found]:
    """Let a function read a source once for the same arguments, and keep what it found as long as the source."""
    kept: WeakKeyDictionary[Source, dict[tuple[object, ...], Found]] = WeakKeyDictionary()

    @wraps(read)
    def known(source: Source, /, *given: Given.args, **named: Given.kwargs) -> Found:
        found, key = kept.setdefault(source, {}), (given, *sorted(named.items()))
        if key not in found:
            found[key] = read(source, *given, **named)
        return found[key]

    return known


@dataclass(frozen=True)
class Answer:
    """The rows a query returned; an unbound variable is None."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    @classmethod
    def read(cls, found: ox.QuerySolutions) -> Answer:
        """All rows of a result."""
        variables = tuple(variable.value for variable in found.variables)
        return cls(variables, tuple(tuple(row) for row in found))

    def only(self, names: Sequence[str]) -> Answer:
        """These columns of it, in this order; UsageError for one that it does not have."""
        if unknown := [name for name in names if name not in self.variables]:
            near = suggestion(unknown[0], self.variables) or f"; it is one of: {', '.join(self.variables)}"
            raise UsageError(f"there is no column {unknown[0]!r}{near}")
        places = [self.variables.index(name) for name in dict.fromkeys(names)]
        return Answer(tuple(dict.fromkeys(names)), tuple(tuple(row[place] for place in places) for row in self.rows))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.rows:
            yield dict(zip(self.variables, map(to_python, row), strict=True))


def to_python(term: Term | None) -> Value:
    """A term as a plain value: number, truth value, or string; one that is no value of its type stays text."""
    if not isinstance(term, ox.Literal):
        return None if term is None else plain(term)
    kind = term.datatype.value.removeprefix(PREFIXES["xsd"])
    if kind == "integer" and _INTEGER.fullmatch(term.value):
        return int(term.value)
    if kind in {"decimal", "double", "float"} and _NUMBER.fullmatch(term.value):
        return float(term.value)
    return _TRUTH.get(term.value, term.value) if kind == "boolean" else term.value


def is_number(text: str) -> bool:
    """Whether a text is a number and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def plain(term: Term | None) -> str:
    """A term as SPARQL's CSV format writes it: its bare value."""
    if term is None:
        return ""
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)
