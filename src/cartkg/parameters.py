"""Values for parameters: from what a caller types to typed terms, checked against the graph that is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .errors import UsageError
from .stored import ANY
from .vocabulary import INDIVIDUALS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .answers import Source
    from .stored import Parameter, StoredQuery

Bound = ox.NamedNode | ox.Literal
_XSD = "http://www.w3.org/2001/XMLSchema#"
_ANYTHING = ox.NamedNode("http://www.w3.org/2002/07/owl#Thing")
_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?node ?name WHERE {
  { ?node rdfs:label ?name } UNION { ?node skos:altLabel ?name } UNION { ?node skos:notation ?name }
} ORDER BY ?node ?name
"""
_CODES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?code WHERE {
  { ?class rdfs:subClassOf* %s . ?term a ?class } UNION { ?term rdfs:subClassOf+ %s }
  ?term skos:notation ?code
} ORDER BY ?code
"""
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})"),
}
_SHORT = re.compile(r"([a-z]{3,})-([a-z]{3,})")
_SHOWN = 40


def bind(source: Source, query: StoredQuery, values: Mapping[str, object]) -> str:
    """The text of a stored query with values in place of its defaults; UsageError names every wrong one."""
    terms: dict[str, list[Bound]] = {}
    wrong: list[str] = []
    for name, value in values.items():
        try:
            terms[name] = _terms(source, query, name, value)
        except UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageError("\n".join(wrong))
    return query.with_values(terms)


def known_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """What may be written for a parameter, in order; empty where anything of its type may."""
    if parameter.type == "iri":
        return sorted({name for name, nodes in _names(source, parameter).items() if len(nodes) == 1})
    return _codes(source, query, parameter)


def _terms(source: Source, query: StoredQuery, name: str, value: object) -> list[Bound]:
    parameter = query.parameters.get(name)
    if parameter is None:
        known = ", ".join(query.parameters) or "none"
        raise UsageError(f"{query.name} has no parameter {name!r}; it has: {known}{_nearest(name, query.parameters)}")
    given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    if not given:
        raise UsageError(f"{name}: no value given; leave the parameter out to keep its default")
    if len(given) > 1 and not parameter.list:
        raise UsageError(f"{name} is given twice; it takes one value")
    return [_term(source, query, parameter, str(one).strip()) for one in given]


def _term(source: Source, query: StoredQuery, parameter: Parameter, value: str) -> Bound:
    match parameter.type:
        case "integer" | "decimal":
            if not _NUMBERS[parameter.type].fullmatch(value):
                kind = "a whole number" if parameter.type == "integer" else "a decimal number"
                raise UsageError(f"{parameter.name}: {value!r} is not {kind}")
            return ox.Literal(value, datatype=ox.NamedNode(_XSD + parameter.type))
        case "iri":
            return _ANYTHING if value.casefold() == ANY == parameter.default else _node(source, parameter, value)
        case "enum":
            return ox.Literal(_code(source, query, parameter, value))
        case _:
            try:
                return ox.Literal(value)
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not text") from None


def _code(source: Source, query: StoredQuery, parameter: Parameter, value: str) -> str:
    if value.casefold() == str(parameter.default).casefold():
        return str(parameter.default)
    codes = _codes(source, query, parameter)
    for code in codes:
        if code.casefold() == value.casefold():
            return code
    hint = _nearest(value, codes) or f"; it is one of: {_list(codes)}"
    raise UsageError(f"{parameter.name}: there is no {value!r}{hint}")


def _codes(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    if isinstance(parameter.values, tuple):
        return list(parameter.values)
    if parameter.values.startswith("?"):
        found = source.select(query.text, keep=True)
        column = parameter.values[1:]
        return sorted({getattr(row[column], "value", "") for row in found} - {""})
    if not parameter.values:
        return []
    prefix, _, local = parameter.values.partition(":")
    text = _CODES.replace("%s", f"<{PREFIXES[prefix]}{local}>")
    return [row["code"].value for row in source.select(text, keep=True)]


def _node(source: Source, parameter: Parameter, value: str) -> ox.NamedNode:
    names = _names(source, parameter)
    prefix, colon, local = value.partition(":")
    written = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value
    found = sorted(names.get(written.casefold(), ())) or _shortened(names, written.casefold())
    if len(found) > 1:
        raise UsageError(f"{parameter.name}: {value!r} may be any of {', '.join(found)}; write the IRI")
    if not found:
        shown = {name: nodes for name, nodes in names.items() if "://" not in name}
        raise UsageError(f"{parameter.name}: nothing is called {value!r}{_nearest(value.casefold(), shown)}")
    return ox.NamedNode(found[0])


def _shortened(names: Mapping[str, set[str]], value: str) -> list[str]:
    """The one node whose name has this beginning and this end, as nonproprietary names are shortened in print."""
    if not (short := _SHORT.fullmatch(value)):
        return []
    found = {node for name, nodes in names.items() for node in nodes if name.startswith(short[1])
             and name.endswith(short[2]) and "://" not in name}  # fmt: skip
    return sorted(found) if len(found) == 1 else []


def _names(source: Source, parameter: Parameter) -> dict[str, set[str]]:
    """The nodes a name may stand for: labels, synonyms, codes, local ids and IRIs, in small letters."""
    scope = f"{INDIVIDUALS}{parameter.values}/" if parameter.values else ""
    names: dict[str, set[str]] = {}
    for found in source.select(_LABELS, keep=True):
        node, name = found["node"], found["name"]
        if isinstance(node, ox.NamedNode) and isinstance(name, ox.Literal) and node.value.startswith(scope):
            row_id = node.value.removeprefix(INDIVIDUALS)
            for known in (name.value, node.value, row_id, row_id.partition("/")[2] or row_id):
                names.setdefault(known.casefold(), set()).add(node.value)
    return names


def _nearest(value: str, known: Iterable[str]) -> str:
    import difflib

    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(value.casefold(), by_folded, 3)
    return f"; did you mean {' or '.join(by_folded[name] for name in near)}?" if near else ""


def _list(codes: list[str]) -> str:
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return ", ".join(codes[:_SHOWN]) + more
