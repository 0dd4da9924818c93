"""Values for parameters: from what a caller types to typed terms, checked against the graph that is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import expand
from ..resources import QUERIES_DIRECTORY
from .answers import Source
from .called import WORDS, labels_of_rows, mentioned, names_of_nodes
from .coded import codes_called, codes_meant
from .codes import codes_of
from .columns import column_named, parameter_named
from .meanings import Meanings
from .names import JOINING, MEANT, ONE_OF, UNTOLD, bare, did_you_mean, holds, repeated, runs
from .stored import Parameter, StoredQuery, shared_parameters, stored_queries

TypedValue = ox.NamedNode | ox.Literal
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})"),
}
_SEARCHABLE = re.compile("[a-z0-9]")
_SHOWN = 40
_LONGEST = 1000  # characters of a value
_REFERENCES = "references"
_TAKEN = "taken for"
_BRACKETS = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_DEEP = 2  # how often words of another parameter are taken off a value
_ANY = "any"


def taken(source: Source, query: StoredQuery, name: str, value: object) -> tuple[list[TypedValue], tuple[str, ...]]:
    """The terms that a value of a parameter is taken for, and what a reader must know of that."""
    meanings = Meanings(source)
    found = terms_of(meanings, query, name, value)
    meanings.unstated(query.parameters[parameter_named(query, name)], found, {}, of_studies=query.of_studies)
    return found, tuple(meanings.notes)


def known_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """What may be written for a parameter, in order; empty where anything of its type may."""
    if parameter.type == "iri":
        return sorted({name for name, nodes in names_of_nodes(source, parameter.values).items() if len(nodes) == 1})
    return codes_of(source, query, parameter)


def shown_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """The same for people: rows by their labels only."""
    return labels_of_rows(source, parameter.values) if parameter.type == "iri" else codes_of(source, query, parameter)


def terms_of(meanings: Meanings, query: StoredQuery, name: str, value: object) -> list[TypedValue]:
    """The typed terms that a value of a parameter stands for; UsageError says what to write instead of a wrong one.

    None where another parameter of the question is called so, which is implied: BCMA CAR T cells are those of a target.
    """
    parameter = query.parameters[parameter_named(query, name)]
    try:
        return _values_meant(meanings, query, parameter, value)
    except UsageError:
        for other, words in _of_other(meanings, query, parameter, value):
            meanings.tell(f"{name}: {words} is no {name}, and taken for {other}={words}")
            meanings.implied.setdefault(other, []).append(words)
            return []
        raise


def _of_other(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: object) -> Iterator[tuple[str, str]]:
    """The other parameters of a question of which something has this one value for its name, with that name."""
    plain = parameter.plain(str(given[0]).strip()) if len(given := _given(value)) == 1 else ""
    for other, asked in _others(query, parameter) if plain and parameter.type in {"iri", "enum"} else ():
        for words in (plain, bare(plain)):
            if asked is query and words and _is_called(meanings, query, other, words):
                yield other.name, words


def _given(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _values_meant(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: object) -> list[TypedValue]:
    name, given = parameter.name, _given(value)
    if not given or (parameter.type in {"iri", "enum"} and not all(str(one).strip() for one in given)):
        raise UsageError(f"{name}: no value given; leave the parameter out to keep its default")
    if any(len(str(one)) > _LONGEST for one in given):
        raise UsageError(f"{name}: a value has more than {_LONGEST} characters; give one value with each -p")
    if len(given) > 1 and not parameter.list:
        raise UsageError(f"{name} is given twice; it takes one value")
    if parameter.default is None and any(str(one).strip().casefold() == _ANY for one in given):
        return []
    return list(dict.fromkeys(term for one in given for term in _either(meanings, query, parameter, str(one).strip())))


def cells_meant(meanings: Meanings, query: StoredQuery, column: Parameter, value: object) -> list[str]:
    """The cells of a column that a value stands for; that there are wider or empty ones is told."""
    filled = tuple(filter(None, column.values))
    try:
        found = [term.value for term in _values_meant(meanings, query, replace(column, values=filled), value)]
    except UsageError as error:
        raise UsageError(f"{error}; {column.name} is a column of {query.name}, and filters its rows") from None
    wider = [cell for cell in filled if cell not in found and any(holds(cell, one) for one in found)]
    if wider:
        meanings.tell(
            f"{column.name}: apart from this stand {' and '.join(wider[:_SHOWN])}; give these too, to take them in"
        )
    if len(filled) < len(column.values):
        meanings.tell(f"rows without {column.name} are left out")
    return found


def _either(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> Sequence[TypedValue]:
    """The terms of a value, or those of each of several that it joins; UsageError, with what to write, for none."""
    terms, wrong = _told(meanings, query, parameter, value, _DEEP)
    if not terms:
        hint = _instead(meanings, query, parameter, value, near=MEANT in wrong)
        raise UsageError(f"{wrong.partition(ONE_OF)[0] if MEANT in hint else wrong}{hint}")
    return terms


def _told(
    meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str, deep: int
) -> tuple[Sequence[TypedValue], str]:
    """The terms of a value, or what is wrong with it; words of other parameters are taken off it so often."""
    plain = parameter.plain(value)
    parts = [part for part in JOINING.split(repeated(plain)) if part]
    untold = "" if plain == value else f": {UNTOLD}"
    tried = dict.fromkeys((value, "/".join(parts) or value))
    taken: dict[str, tuple[Sequence[TypedValue], list[str]]] = {}
    wrong = ""
    for one in tried:
        apart = meanings.apart()
        try:
            taken[one] = _meant(apart, query, parameter, one), apart.notes
        except UsageError as error:
            wrong = wrong or str(error)
    # A row whose name holds all the parts may be one of them alone: B-ALL holds B-ALL/ALL.
    loose = {one for one in taken if parameter.type == "iri" and any(_TAKEN in note for note in taken[one][1])}
    near = MEANT in wrong
    several = len(parts) > 1 and parameter.list and taken.keys() == loose
    if several and (each := _each(meanings, query, parameter, parts, near=near or bool(loose))):
        meanings.tell(f"{parameter.name}: {value} is taken for each of {', '.join(parts)}{untold}")
        return each, ""
    for one in sorted(taken, key=loose.__contains__):
        for note in (*[f"{parameter.name}: {value} is taken for {one}{untold}"] * (one != value), *taken[one][1]):
            meanings.tell(note)
        return taken[one][0], ""
    if _BRACKETS.fullmatch(value):
        return _in_brackets(meanings, query, parameter, value), wrong
    return _qualified(meanings, query, parameter, value, deep) if deep else [], wrong


def _in_brackets(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> Sequence[TypedValue]:
    """The terms of a value with another name of the same in brackets behind it; none where they mean two things."""
    parts = _BRACKETS.findall(value)[0]
    with suppress(UsageError):
        first, second = (_either(meanings.apart(), query, parameter, part) for part in parts)
        return _either(meanings, query, parameter, parts[0]) if first == second else []
    return []


def _qualified(
    meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str, deep: int
) -> Sequence[TypedValue]:
    """The terms of a value without the words that are one of another parameter: adult B-ALL is B-ALL, in adults.

    Where the question takes that parameter, or has it as a column, it is implied.
    """
    splits = _split(meanings, query, parameter, value)
    for words, rest, other, asked in sorted(splits, key=lambda one: not _is_called(meanings, query, parameter, one[1])):
        if not meanings.tried.get(key := (parameter.name, rest, deep), True):
            continue
        with suppress(UsageError):
            terms, _ = _told(meanings, query, parameter, rest, deep - 1)
            meanings.tried[key] = bool(terms)
            if not terms:
                continue
            said = f"{parameter.name}: {value} is taken for {rest}"
            if asked is query or column_named(meanings.source, query, other.name):
                meanings.implied.setdefault(other.name, []).append(words)
                meanings.tell(f"{said}, with {other.name}={words}")
            else:
                meanings.tell(
                    f"{said}: {query.name} does not take {other.name}={words}, and shows all; {asked.name} does"
                )
            return terms
    return []


def _split(
    meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str
) -> Iterator[tuple[str, str, Parameter, StoredQuery]]:
    """Words of a value that are one of another parameter, what else it says, and that parameter with a question."""
    others = _others(query, parameter)
    for words, rest in runs(value) if parameter.type in {"iri", "enum"} else ():
        for other, asked in others:
            if _is_called(meanings, asked, other, words):
                yield words, rest, other, asked


def _is_called(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> bool:
    """Whether something that a parameter takes is called so, and not only in part."""
    if (key := (query.name, parameter.name, value)) not in meanings.tried:
        meanings.tried[key] = (
            meanings.is_called(parameter.values, value, part=False)
            if parameter.type == "iri"
            else bool(codes_called(meanings.apart(), query, parameter, value.removeprefix(f"{parameter.name} ")))
        )
    return meanings.tried[key]


@lru_cache(maxsize=256)
def _others(query: StoredQuery, parameter: Parameter) -> list[tuple[Parameter, StoredQuery]]:
    """The shared parameters that name other things, each once, with a question that takes it: at best, this one."""
    shared = shared_parameters(QUERIES_DIRECTORY / "parameters.yaml")
    found: dict[str, tuple[Parameter, StoredQuery]] = {}
    for one in (query, *(one for one in stored_queries().values() if one.for_readers)):
        for other in one.parameters.values():
            own = shared.get(other.name, {}).get("values") == other.values and not other.alone
            if own and isinstance(other.values, str):
                found.setdefault(other.values, (other, one))
    return [pair for values, pair in found.items() if values not in {parameter.values, _REFERENCES}]


def _each(
    meanings: Meanings, query: StoredQuery, parameter: Parameter, parts: Sequence[str], *, near: bool
) -> list[TypedValue]:
    """The terms of all parts; none unless each has some, or UsageError for one that has none where others do.

    Where the whole comes `near` to a name, none.
    """
    terms, wrong = list[TypedValue](), list[str]()
    for part in parts:
        try:
            terms += _meant(meanings, query, parameter, part)
        except UsageError as error:
            wrong.append(str(error))
    if terms and wrong and not near:
        raise UsageError("\n".join(wrong))
    return [] if wrong else terms


def _instead(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str, *, near: bool) -> str:
    """Which other parameter takes a value, by its very name if others are `near`; or else, which texts have it."""
    if parameter.type not in {"iri", "enum"}:
        return ""
    for other in query.parameters.values():
        if other.name != parameter.name and other.type in {"iri", "enum"} and isinstance(other.values, str):
            apart = meanings.apart()
            with suppress(UsageError):
                first, *more = _meant(apart, query, other, value)
                if not near or not any(_TAKEN in note for note in apart.notes):
                    plain = first.value if isinstance(first, ox.Literal) and not more else value
                    return f"{' Or' if near else ';'} write {other.name}={plain}"
    if held := next(
        (words for words, _ in runs(value) if not near and _is_called(meanings, query, parameter, words)), ""
    ):
        return did_you_mean([held])
    for words, rest, other, asked in () if near else _split(meanings, query, parameter, value):
        try:
            terms, wrong = _told(meanings.apart(), query, parameter, rest, 0)
        except UsageError as error:
            terms, wrong = [], str(error)
        if not terms and MEANT in wrong:
            return f"\n{wrong}"
        if asked is query:
            return f"; write {other.name}={words}"
    near = near and not (parameter.type == "iri" and " " in value and WORDS in mentioned(meanings.source, value))
    return "" if near or isinstance(parameter.values, tuple) else mentioned(meanings.source, value)


def _meant(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> Sequence[TypedValue]:
    match parameter.type:
        case "integer" | "decimal":
            if not _NUMBERS[parameter.type].fullmatch(value):
                kind = "a whole number" if parameter.type == "integer" else "a decimal number"
                raise UsageError(f"{parameter.name}: {value!r} is not {kind}")
            if parameter.values == _REFERENCES:
                meanings.reference(parameter.name, value)
            return [ox.Literal(value, datatype=expand(f"xsd:{parameter.type}"))]
        case "iri":
            return meanings.row(parameter, value)
        case "enum":
            return [ox.Literal(code) for code in codes_meant(meanings, query, parameter, value)]
        case _:
            try:
                text = ox.Literal(value)
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not text") from None
            if not _SEARCHABLE.search(value.lower()):  # to what compares words, that is no value, which finds all
                raise UsageError(f"{parameter.name}: {value!r} holds no letter from a to z and no digit to look for")
            return [text]
