"""Values for parameters: from what a caller types to typed terms, checked against the graph that is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import PREFIXES, expand, row_name
from ..resources import SOURCES_DIRECTORY, read_table
from ..tables.schema import curated_tables
from .answers import Source
from .names import folded, suggestion, the_only
from .stored import Parameter, StoredQuery

Bound = ox.NamedNode | ox.Literal
_NAMES = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?node ?name WHERE {
  %s
  { ?node rdfs:label|skos:altLabel|skos:notation|skos:exactMatch ?name }
  UNION { ?wording ck:wordingOf ?node ; ck:wordingHolds "anywhere" ; ck:wordingAsPrinted ?name }
} ORDER BY ?node ?name
"""
_CODES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?code ?name WHERE {
  { ?class rdfs:subClassOf* %s . ?term a ?class } UNION { ?term rdfs:subClassOf+ %s }
  ?term skos:notation ?code
  { ?term rdfs:label ?name } UNION { ?term skos:altLabel ?name } UNION { ?term skos:notation ?name }
} ORDER BY ?code ?name
"""
_VALUES = "SELECT DISTINCT ?value WHERE { ?thing %s ?value } ORDER BY ?value"
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})"),
}
_SHORT = re.compile(r"([a-z]{3,})[- ]([a-z]{3,})")
_SHOWN = 40
_ANY = "any"


def bind(source: Source, query: StoredQuery, values: Mapping[str, object]) -> str:
    """The text of a stored query with values in place of its defaults; UsageError names every wrong one."""
    terms: dict[str, list[Bound]] = {}
    wrong: list[str] = []
    for name, value in values.items():
        try:
            if found := _terms(source, query, name, value):
                terms[name] = found
        except UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageError("\n".join(wrong))
    return query.with_values(terms)


def known_values(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """What may be written for a parameter, in order; empty where anything of its type may."""
    if parameter.type == "iri":
        return sorted({name for name, nodes in names_of_nodes(source, parameter.values).items() if len(nodes) == 1})
    return _codes(source, query, parameter)


def _terms(source: Source, query: StoredQuery, name: str, value: object) -> list[Bound]:
    parameter = query.parameters.get(name)
    if parameter is None:
        known = ", ".join(query.parameters) or "none"
        near = suggestion(name, query.parameters)
        hint = near if near.startswith("; did") else ""
        raise UsageError(f"{query.name} has no parameter {name!r}; it has: {known}{hint}")
    given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    if not given:
        raise UsageError(f"{name}: no value given; leave the parameter out to keep its default")
    if len(given) > 1 and not parameter.list:
        raise UsageError(f"{name} is given twice; it takes one value")
    if parameter.default is None and any(str(one).strip().casefold() == _ANY for one in given):
        return []
    return list(dict.fromkeys(_term(source, query, parameter, str(one).strip()) for one in given))


def _term(source: Source, query: StoredQuery, parameter: Parameter, value: str) -> Bound:
    match parameter.type:
        case "integer" | "decimal":
            if not _NUMBERS[parameter.type].fullmatch(value):
                kind = "a whole number" if parameter.type == "integer" else "a decimal number"
                raise UsageError(f"{parameter.name}: {value!r} is not {kind}")
            return ox.Literal(value, datatype=expand(f"xsd:{parameter.type}"))
        case "iri":
            return _node(source, parameter, value)
        case "enum":
            return ox.Literal(_code(source, query, parameter, value))
        case _:
            try:
                return ox.Literal(value)
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not text") from None


def _code(source: Source, query: StoredQuery, parameter: Parameter, value: str) -> str:
    if parameter.default is not None and value.casefold() == str(parameter.default).casefold():
        return str(parameter.default)
    codes = _codes(source, query, parameter)
    for same in (str.casefold, folded):
        if len(found := [code for code in codes if same(code) == same(value)]) == 1 and folded(value):
            return found[0]
    # A name that other codes hold too, such as complete response, might leave out what the caller means.
    code, others = the_only(value, _names_of_codes(source, parameter))
    if code and not others:
        return code
    if code:
        near = f"; did you mean {' or '.join([code, *others])}?"
    elif others and not suggestion(value, codes).startswith("; did"):
        near = f"; did you mean {' or '.join(others[:_SHOWN])}?"
    else:
        more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
        near = suggestion(value, codes) or f"; it is one of: {', '.join(codes[:_SHOWN])}{more}"
    raise UsageError(f"{parameter.name}: there is no {value!r}{near}")


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


def _names_of_codes(source: Source, parameter: Parameter) -> list[tuple[str, str]]:
    """Each name of a term of the parameter's class, with the code of the term."""
    if isinstance(parameter.values, tuple) or ":" not in parameter.values or is_property(parameter.values):
        return []
    wanted = str(expand(parameter.values))
    text = _CODES % (wanted, wanted)
    return [(row["name"].value, row["code"].value) for row in source.select(text, keep=True)]


def _node(source: Source, parameter: Parameter, value: str) -> ox.NamedNode:
    names = names_of_nodes(source, parameter.values)
    prefix, colon, local = value.partition(":")
    written = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value
    key = folded(written)  # names that differ in case, blanks, hyphens or British spelling only are the same
    found = (
        sorted(names.get(written.casefold(), ()))
        or sorted({node for name, nodes in names.items() if key and folded(name) == key for node in nodes})
        or _shortened(names, written.casefold())
        or _external(source, parameter, written)
    )
    if len(found) > 1:
        raise UsageError(f"{parameter.name}: {value!r} may be any of {', '.join(found)}; write the IRI")
    if not found:
        labels = [name for name, _ in _named(source, parameter.values, ox.Literal)]
        near = suggestion(value, labels)
        hint = near if near.startswith("; did") else _elsewhere(source, parameter, value) or _laid_over(value) or near
        raise UsageError(f"{parameter.name}: nothing is called {value!r}{hint}")
    return ox.NamedNode(found[0])


def _elsewhere(source: Source, parameter: Parameter, value: str) -> str:
    """Of which other tables something has this very name."""
    nodes = {node for node in names_of_nodes(source).get(value.casefold(), ()) if row_name(node)}
    tables = sorted({row_name(node).partition("/")[0] for node in nodes})
    return f"; that is one of {', '.join(tables)}, not of {parameter.values}" if tables and parameter.values else ""


def _laid_over(value: str) -> str:
    """Which source that is shipped adds this name."""
    for path in sorted(SOURCES_DIRECTORY.glob("*/wordings.tsv")):
        if any(row.get("holds") == "anywhere" and folded(row["printed"]) == folded(value) for row in read_table(path)):
            return f"; --with {path.parent.name} knows it"
    return ""


def _shortened(names: Mapping[str, set[str]], value: str) -> list[str]:
    """The one node whose name has this beginning and this end, as nonproprietary names are shortened in print."""
    if not (short := _SHORT.fullmatch(value)):
        return []
    found = {node for name, nodes in names.items() for node in nodes if name.startswith(short[1])
             and name.endswith(short[2]) and "://" not in name}  # fmt: skip
    return sorted(found) if len(found) == 1 else []


def _external(source: Source, parameter: Parameter, value: str) -> list[str]:
    """The nodes that are the same as what has this identifier elsewhere: an IRI, or what stands at its end."""
    wanted = value.casefold()
    ends = f"/{wanted}", f"/{wanted.replace(':', '_', 1)}"
    named = _named(source, parameter.values, ox.NamedNode)
    return sorted({node for iri, node in named if f"/{iri}".casefold().endswith(ends)})


def _named(source: Source, table: str | tuple[str, ...], kind: type[Bound]) -> list[tuple[str, str]]:
    """Names of the rows of a table, each with its node: literals as they are spelled, or IRIs elsewhere."""
    scope = f"?node a {expand(curated_tables()[str(table)].rdf_class)} ." if table else ""
    return [
        (name.value, node.value)
        for found in source.select(_NAMES % scope, keep=True)
        if isinstance(node := found["node"], ox.NamedNode) and isinstance(name := found["name"], kind)
    ]


def names_of_nodes(source: Source, table: str | tuple[str, ...] = "") -> dict[str, set[str]]:
    """The nodes a name may stand for: labels, synonyms, codes, local ids and IRIs, in small letters."""
    names: dict[str, set[str]] = {}
    for name, node in _named(source, table, ox.Literal):
        row_id = row_name(node) or node
        for known in (name, node, row_id, row_id.partition("/")[2] or row_id):
            names.setdefault(known.casefold(), set()).add(node)
    return names
