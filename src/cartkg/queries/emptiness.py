"""Say why a question with these values finds nothing: which value, which two of them, and where rows are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from ..errors import CartkgError
from .answers import Source
from .asking import ask
from .called import shipped, taking
from .codes import codes_of
from .columns import column_named, parameter_named
from .meanings import Meanings
from .names import folded, holds
from .parameters import taken
from .stored import Parameter, StoredQuery, preset, stored_queries, stored_query, typed

_TABLE = "evidence"
_MOST = 4
_NUMBERS = {"integer", "decimal"}
_NAMED = {"iri", "enum"}
_LEAST, _GREATEST = "minimum_", "maximum_"
_UNHELD = "no row of this question has "
_NOTHING = "the graph holds nothing that this question asks for"


def reasons(source: Source, name: str, values: Mapping[str, object]) -> list[str]:
    """Why an answer has no rows; never nothing."""
    query = stored_query(name)
    asked = {**preset(name), **values}
    kept = {one: value for one, value in asked.items() if column_named(source, query, one)}
    given = {parameter_named(query, one): value for one, value in asked.items() if one not in kept}
    alone = {one: value for one, value in given.items() if not len(ask(source, query.name, {one: value}))}
    found = [_UNHELD + _written({one: value}) for one, value in alone.items()]
    together = {**given, **kept}
    found += [*_same(source, query, given)]
    found += [*_without(source, query, together)] or [*_together(source, query, together, alone)]
    found += [*_limits(source, query, given)]
    others = [*_elsewhere(source, query, given)] or [
        said for one, value in alone.items() for said in _elsewhere(source, query, {one: value})
    ]
    codes = {one: [term.value for term in taken(source, query, one, value)[0]] for one, value in alone.items()
             if query.parameters[one].type in _NAMED}  # fmt: skip
    others += [
        *_as_other(source, query, alone),
        *_by_name(source, query, alone),
        *_longer(source, query, codes),
        *shipped(source, {code for found in codes.values() for code in found}.__contains__, "observations.tsv"),
    ]
    if given and not len(ask(source, query.name)):
        return [query.if_empty or _NOTHING, *others]
    found += others or ["no other question finds it"] * bool(alone)
    if not together or not found:
        found.append(query.if_empty or _NOTHING)
    return found


def _same(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """Which two parameters for things of one kind were given the same."""
    for first, second in combinations(values, 2):
        one, other = query.parameters[first], query.parameters[second]
        if one.type == other.type == "iri" and one.values == other.values:
            same = taken(source, query, first, values[first])[0] == taken(source, query, second, values[second])[0]
            yield from [f"{first} and {second} are the same: {_written({first: values[first]})}"] * same


def _without(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """How much there is without each value."""
    for name, value in values.items():
        if count := _count(source, query, {other: one for other, one in values.items() if other != name}):
            yield f"without {_written({name: value})} {_rows(count)}"


def _together(
    source: Source, query: StoredQuery, values: Mapping[str, object], alone: Mapping[str, object]
) -> Iterator[str]:
    """Which two values exclude each other, where leaving out one value is not enough."""
    for first, second in combinations([name for name in values if name not in alone], 2):
        both = {first: values[first], second: values[second]}
        if not _count(source, query, both):
            yield f"{_UNHELD}both {_written({first: values[first]})} and {_written({second: values[second]})}"
    kept = {name: value for name, value in values.items() if name not in alone}
    if alone and kept and (count := _count(source, query, kept)):
        yield f"without {_written(alone)} {_rows(count)}"


def _limits(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """How far a bound that is given may go until nothing is left, with the other values as they are."""
    for name, value in values.items():
        parameter = query.parameters.get(name)
        if parameter is None or parameter.type not in _NUMBERS or not name.startswith((_LEAST, _GREATEST)):
            continue
        holding, empty = int(float(str(parameter.default))), int(float(str(value)))
        if not _count(source, query, {**values, name: holding}):
            continue
        while abs(holding - empty) > 1:
            middle = (holding + empty) // 2
            holding, empty = (middle, empty) if _count(source, query, {**values, name: middle}) else (holding, middle)
        yield f"there are rows {'up to' if name.startswith(_LEAST) else 'from'} {name}={holding}"


def _elsewhere(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """Other questions that find something with the same values, the tidy table first."""
    told = 0
    for other in sorted(stored_queries().values(), key=lambda one: one.name != _TABLE):
        asked = {_as_there(query.parameters[name], other): value for name, value in values.items()}
        if not other.for_readers or other.name == query.name or told == _MOST or not asked or "" in asked:
            continue
        if count := _count(source, other, asked):
            told += 1
            yield f"cartkg query {other.name} -p {_written(asked)} has {count}"


def _as_there(parameter: Parameter, other: StoredQuery) -> str:
    """The parameter of another question with this name, or with the same known values; nothing if it has none."""
    if parameter.name in other.parameters:
        return parameter.name
    alike = [one.name for one in other.parameters.values() if one.values == parameter.values]
    return alike[0] if alike and isinstance(parameter.values, str) and parameter.values else ""


def _as_other(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """Other parameters of the question for words, with which such a value finds something."""
    for name, value in values.items():
        for other in query.parameters.values():
            if other.name != name and other.type == "text" and (count := _count(source, query, {other.name: value})):
                yield f"with {_written({other.name: value})} {_rows(count)}"


def _by_name(source: Source, query: StoredQuery, values: Mapping[str, object]) -> Iterator[str]:
    """Questions on a row of another table that is called like a value, or like another name of the same thing."""
    meanings = Meanings(source)
    for name, value in values.items():
        if query.parameters[name].type not in _NAMED or not isinstance(value, str):
            continue
        names = {folded(one): one for one in (value, *meanings.named(value))}
        for table, row_id in sorted({row for one in names.values() for row in meanings.rows(one)}):
            for question, parameter in taking(table)[:1]:
                count = _count(source, stored_query(question), {parameter: row_id})
                if count and table != query.parameters[name].values:
                    yield f"cartkg query {question} -p {parameter}={row_id} has {count}"


def _longer(source: Source, query: StoredQuery, codes: Mapping[str, list[str]]) -> Iterator[str]:
    """Codes that hold those that are given and more, and have rows: of MRD_NEG none, but some of MRD_NEG_CR."""
    for name in (name for name in codes if query.parameters[name].type == "enum"):
        for other in codes_of(source, query, query.parameters[name]):
            more = any(other != code and holds(other, code) for code in codes[name])
            if more and (count := _count(source, query, {name: other})):
                yield f"with {name}={other} {_rows(count)}"


def _count(source: Source, query: StoredQuery, values: Mapping[str, object]) -> int:
    """The rows of a question; none where it takes other values, or needs what is not installed."""
    try:
        return len(ask(source, query.name, values))
    except CartkgError:
        return 0


def _rows(count: int) -> str:
    return "there is 1 row" if count == 1 else f"there are {count} rows"


def _written(values: Mapping[str, object]) -> str:
    """Values as they are typed."""
    return " -p ".join(f"'{pair}'" if " " in pair else pair for pair in typed(values))
