"""Values for parameters: from what a caller types to typed terms, checked against the graph that is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import expand
from .answers import Source
from .called import labels_of_rows, names_of_nodes
from .meanings import Meanings
from .mentions import mentioned
from .names import MEANT, bare, did_you_mean, folded, holds, suggestion, the_only
from .stored import Parameter, StoredQuery, stored_queries

_Term = ox.NamedNode | ox.Literal
_CODES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?code ?name WHERE {
  { ?class rdfs:subClassOf* %s . ?term a ?class } UNION { ?term rdfs:subClassOf+ %s }
  ?term skos:notation ?code
  { ?term rdfs:label ?name } UNION { ?term skos:altLabel ?name } UNION { ?term skos:notation ?name }
} ORDER BY ?code ?name
"""
_KINDS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?kind ?code WHERE {
  ?class rdfs:subClassOf+ %s ; rdfs:label ?kind . ?term a/rdfs:subClassOf* ?class ; skos:notation ?code
} ORDER BY ?kind ?code
"""
_JOINING = re.compile(r"\s*(?:[/,;+&]|\bor\b|\band\b)\s*", re.IGNORECASE)
_VALUES = "SELECT DISTINCT ?value WHERE { ?thing %s ?value } ORDER BY ?value"
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})"),
}
_SEARCHABLE = re.compile("[a-z0-9]")
_SHOWN = 40
_FEW = 4  # questions that are named
_LEAST = 4  # letters of a word that may be taken as a part of a code's name
_REFERENCES = "references"
_STUDY = "?study_iri"
_TAKEN = "taken for"
_ANY = "any"


@dataclass(frozen=True)
class Bound:
    """The text of a stored query with values in it; `notes` say how words were taken that may mean more or less."""

    text: str
    notes: tuple[str, ...] = ()


def bind(source: Source, query: StoredQuery, values: Mapping[str, object], *, source_only: bool = False) -> Bound:
    """A stored query with values in place of its defaults; UsageError names every wrong one."""
    terms: dict[str, list[_Term]] = {}
    wrong: list[str] = []
    meanings = Meanings(source, source_only)
    for written, value in values.items():
        try:
            name = parameter_named(query, written)
            if name != written:
                meanings.tell(f"{written} is taken for the parameter {name}")
            if found := _terms(meanings, query, name, value):
                terms[name] = found
        except UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageError("\n".join(wrong))
    for name in terms.keys() & query.notes.keys():
        meanings.tell(query.notes[name])
    return Bound(query.with_values(terms), tuple(meanings.notes))


def taken(source: Source, query: StoredQuery, name: str, value: object) -> tuple[list[_Term], tuple[str, ...]]:
    """The terms that a value of a parameter is taken for, and what a reader must know of that."""
    meanings = Meanings(source)
    return _terms(meanings, query, name, value), tuple(meanings.notes)


def known_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """What may be written for a parameter, in order; empty where anything of its type may."""
    if parameter.type == "iri":
        return sorted({name for name, nodes in names_of_nodes(source, parameter.values).items() if len(nodes) == 1})
    return _codes(source, query, parameter)


def shown_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """The same for people: rows by their labels only."""
    return labels_of_rows(source, parameter.values) if parameter.type == "iri" else _codes(source, query, parameter)


def _terms(meanings: Meanings, query: StoredQuery, name: str, value: object) -> list[_Term]:
    parameter = query.parameters[parameter_named(query, name)]
    given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    if not given or (parameter.type in {"iri", "enum"} and not all(str(one).strip() for one in given)):
        raise UsageError(f"{name}: no value given; leave the parameter out to keep its default")
    if len(given) > 1 and not parameter.list:
        raise UsageError(f"{name} is given twice; it takes one value")
    if parameter.default is None and any(str(one).strip().casefold() == _ANY for one in given):
        return []
    return list(dict.fromkeys(term for one in given for term in _either(meanings, query, parameter, str(one).strip())))


def parameter_named(query: StoredQuery, name: str) -> str:
    """The parameter of this name, or the only one whose name holds its words; UsageError for none."""
    near = [name] if name in query.parameters else [one for one in query.parameters if holds(one, name)]
    if len(near) == 1:
        return near[0]
    known = ", ".join(query.parameters) or "none"
    hint = suggestion(name, query.parameters)
    others = [one.name for one in stored_queries().values() if one.for_readers and name in one.parameters]
    more = f"; it is one of {', '.join(others[:_FEW])}" if others else ""
    raise UsageError(
        f"{query.name} has no parameter {name!r}; it has: {known}{hint if hint.startswith(MEANT) else ''}{more}"
    )


def _either(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> Sequence[_Term]:
    """The terms of a value, or those of each of several that it joins."""
    parts = [part for part in _JOINING.split(value) if part]
    joined = "/".join(parts)
    try:
        return _meant(meanings, query, parameter, value)
    except UsageError as error:
        if len(parts) > 1 and joined != value:
            with suppress(UsageError):
                terms = list(_meant(meanings, query, parameter, joined))
                meanings.tell(f"{parameter.name}: {value} is taken for {joined}")
                return terms
        near = MEANT in str(error)
        if len(parts) > 1 and parameter.list and (terms := _each(meanings, query, parameter, parts, near=near)):
            meanings.tell(f"{parameter.name}: {value} is taken for each of {', '.join(parts)}")
            return terms
        raise UsageError(f"{error}{_instead(meanings, query, parameter, value, near=near)}") from None


def _each(
    meanings: Meanings, query: StoredQuery, parameter: Parameter, parts: Sequence[str], *, near: bool
) -> list[_Term]:
    """The terms of all parts; none unless each has some, or UsageError for one that has none where others do.

    Where the whole comes `near` to a name, none.
    """
    terms: list[_Term] = []
    wrong: list[str] = []
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
        if other.name != parameter.name and other.type in {"iri", "enum"}:
            apart = meanings.apart()
            with suppress(UsageError):
                first, *more = _meant(apart, query, other, value)
                if not near or not any(_TAKEN in note for note in apart.notes):
                    plain = first.value if isinstance(first, ox.Literal) and not more else value
                    return f"{' Or' if near else ';'} write {other.name}={plain}"
    return "" if near or isinstance(parameter.values, tuple) else mentioned(meanings.source, value)


def _meant(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> Sequence[_Term]:
    match parameter.type:
        case "integer" | "decimal":
            if not _NUMBERS[parameter.type].fullmatch(value):
                kind = "a whole number" if parameter.type == "integer" else "a decimal number"
                raise UsageError(f"{parameter.name}: {value!r} is not {kind}")
            if parameter.values == _REFERENCES:
                meanings.reference(parameter.name, value)
            return [ox.Literal(value, datatype=expand(f"xsd:{parameter.type}"))]
        case "iri":
            return meanings.row(parameter.values, value, parameter.name, wider=parameter.wider)
        case "enum":
            return [ox.Literal(code) for code in _codes_meant(meanings, query, parameter, value)]
        case _:
            try:
                text = ox.Literal(value)
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not text") from None
            if not _SEARCHABLE.search(value.lower()):  # to what compares words, that is no value, which finds all
                raise UsageError(f"{parameter.name}: {value!r} holds no letter from a to z and no digit to look for")
            return [text]


def _codes_meant(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> list[str]:
    source = meanings.source
    if parameter.default is not None and value.casefold() == str(parameter.default).casefold():
        return [str(parameter.default)]
    of_studies = _STUDY in query.text
    codes, names = _codes(source, query, parameter), _names_of_codes(source, parameter)
    for same in (str.casefold, folded):
        if len(found := [code for code in codes if same(code) == same(value)]) == 1 and folded(value):
            own = tuple(f"{name}{mark}" for name, code in names if code == found[0] for mark in (" ", ","))
            named = {code for name, code in names if name.startswith(own)}
            meanings.beside(parameter, found[0], codes, named, of_studies=of_studies)
            return found
    # A name that other codes hold too, such as complete response, might leave out what the caller means.
    code, others = the_only(value, names)
    if code and not others:
        meanings.tell(f"{parameter.name}: {value} is taken for {code}")
        return [code]
    if not code and parameter.list and (kind := _codes_of_kind(source, parameter, value)):
        meanings.tell(f"{parameter.name}: {value} is taken for each of {', '.join(kind)}")
        return kind
    written = (value, f"{parameter.name} {value}")
    if not code and (meant := _code_of_thing(meanings, codes, written) or _only_part(codes, value)):
        meanings.tell(f"{parameter.name}: {value} is taken for {meant}")
        meanings.beside(parameter, meant, codes, (), of_studies=of_studies)
        return [meant]
    if code:
        near = did_you_mean([code, *others])
    elif others and not suggestion(value, codes).startswith(MEANT):
        near = did_you_mean(others)
    else:
        more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
        near = suggestion(value, codes) or f"; it is one of: {', '.join(codes[:_SHOWN])}{more}"
    raise UsageError(f"{parameter.name}: there is no {value!r}{near}")


def _codes_of_kind(source: Source, parameter: Parameter, value: str) -> list[str]:
    """The codes of a kind that is called so, such as response for the outcomes that are response outcomes."""
    if _without_names(parameter):
        return []
    rows = source.select(_KINDS % expand(str(parameter.values)), keep=True)
    called = folded(f"{value} {parameter.name}")
    return [row["code"].value for row in rows if folded(row["kind"].value) == called]


def _code_of_thing(meanings: Meanings, codes: Sequence[str], written: Sequence[str]) -> str:
    """The one code that is, or stands in, a name of what is called so: a gene has the code of its antigen or domain."""
    plain = [one for one in map(bare, written) if one not in written]
    names = [*plain, *(name for one in (*written, *plain) for name in meanings.named(one))]
    for same in (lambda name, code: folded(name) == folded(code), holds):
        found = {code for code in codes for name in names if same(name, code)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _only_part(codes: Sequence[str], value: str) -> str:
    """The only code that holds these words."""
    found = [code for code in codes if holds(code, value)]
    return found[0] if len(found) == 1 and len(folded(value)) >= _LEAST else ""


def is_property(values: str | tuple[str, ...]) -> bool:
    """Whether the known values are those of a property, such as `ck:byTarget`, and not a class or a table."""
    return isinstance(values, str) and values.partition(":")[2][:1].islower()


def _codes(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    if isinstance(parameter.values, tuple):
        return list(parameter.values)
    if parameter.values.startswith("?"):
        found = source.select(query.text, keep=True)
        column = parameter.values[1:]
        return sorted({getattr(row[column], "value", "") for row in found} - {""})
    if is_property(parameter.values):
        found = source.select(_VALUES % expand(parameter.values), keep=True)
        return [row["value"].value for row in found if isinstance(row["value"], ox.Literal)]
    return list(dict.fromkeys(code for _, code in _names_of_codes(source, parameter)))


def _without_names(parameter: Parameter) -> bool:
    values = parameter.values
    return isinstance(values, tuple) or ":" not in values or is_property(values)


def _names_of_codes(source: Source, parameter: Parameter) -> list[tuple[str, str]]:
    """Each name of a term of the parameter's class, with the code of the term."""
    if _without_names(parameter):
        return []
    wanted = str(expand(str(parameter.values)))
    text = _CODES % (wanted, wanted)
    return [(row["name"].value, row["code"].value) for row in source.select(text, keep=True)]
