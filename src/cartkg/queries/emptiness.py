"""Say why a question with these values finds nothing: which value, which two of them, and where rows are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import CartkgError
from ..resources import SOURCES_DIRECTORY, read_table
from .answers import Source
from .asking import ask
from .names import folded
from .stored import StoredQuery, preset, stored_queries, stored_query

_MOST = 3


def reasons(source: Source, name: str, values: Mapping[str, object]) -> list[str]:
    """Why an answer has no rows; never nothing."""
    query, given = stored_query(name), {**preset(name), **values}
    found = [*_one_by_one(source, query, given), *_without(source, query, given)]
    found += [*_elsewhere(source, query, given), *_shipped(given)]
    if not given or not found:
        found.append(query.if_empty or "the graph holds nothing that this question asks for")
    return found


def _one_by_one(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """The values with which alone nothing is found."""
    for name, value in values.items():
        if not len(ask(source, query.name, {name: value})):
            yield f"no row of this question has {_written({name: value})}"


def _without(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """How much there is without each value."""
    for name, value in values.items():
        rest = {other: one for other, one in values.items() if other != name}
        if count := len(ask(source, query.name, rest)):
            rows = "there is 1 row" if count == 1 else f"there are {count} rows"
            yield f"without {_written({name: value})} {rows}"


def _elsewhere(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """Other questions that find something with the same values."""
    told = 0
    for other in stored_queries().values():
        apart = other.internal or other.check or other.name == query.name or told == _MOST
        if apart or not values or not set(values) <= set(other.parameters):
            continue
        try:
            count = len(ask(source, other.name, values))
        except CartkgError:  # it takes other values for a parameter of the same name, or needs what is not installed
            continue
        if count:
            told += 1
            parameters = " ".join(f"-p {_written({name: value})}" for name, value in values.items())
            yield f"cartkg query {other.name} {parameters} has {count}"


def _shipped(values: Mapping[str, object]) -> Iterator[str]:
    """Sources that are shipped, and whose figures have one of these codes."""
    wanted = {folded(str(value)) for value in values.values() if isinstance(value, str)}
    for path in sorted(SOURCES_DIRECTORY.glob("*/observations.tsv")):
        if any(folded(row.get("outcome") or "") in wanted for row in read_table(path)):
            yield f"--with {path.parent.name} lays a source over it that has some"


def _written(values: Mapping[str, object]) -> str:
    """Values as they are typed."""
    pairs = (
        f"{name}={one}"
        for name, value in values.items()
        for one in (value if isinstance(value, list | tuple | set | frozenset) else [value])
    )
    return " -p ".join(f"'{pair}'" if " " in pair else pair for pair in pairs)
