"""Ask: run a stored query, with typed values for its parameters, on an open graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .errors import UsageError
from .formats import Answer, plain
from .stored import Parameter, StoredQuery, stored_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .store import Graph

_XSD = "http://www.w3.org/2001/XMLSchema#"
_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?node ?name WHERE { ?node rdfs:label|skos:altLabel|skos:notation ?name } ORDER BY ?node ?name
"""
_CODES = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?code WHERE {
  { ?term a ?class . ?class rdfs:subClassOf* %s } UNION { ?term rdfs:subClassOf+ %s }
  ?term skos:notation ?code
}
"""
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})"),
}


def ask(graph: Graph, name: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run the stored query of this name; UsageError for an unknown query, parameter or value."""
    query = stored_query(name)
    if values:
        return run(graph, bind(graph, query, values), query.path.name)
    return _read(graph.answer(query.text))


def run(graph: Graph, text: str, name: str) -> Answer:
    """Run SPARQL text that selects rows; UsageError with the place when it does not parse."""
    try:
        return _read(graph.query(text))
    except SyntaxError as error:
        raise UsageError(f"{name}: not valid SPARQL: {error}") from error


def _read(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError("only SELECT queries give rows")
    variables = tuple(variable.value for variable in found.variables)
    return Answer(variables, tuple(tuple(row[variable] for variable in variables) for row in found))


def bind(graph: Graph, query: StoredQuery, values: Mapping[str, object]) -> str:
    """The text of a stored query with values in place of its defaults."""
    terms: dict[str, ox.NamedNode | ox.Literal] = {}
    for name, value in values.items():
        parameter = query.parameters.get(name)
        if parameter is None:
            known = ", ".join(query.parameters) or "none"
            raise UsageError(f"{query.name} has no parameter {name!r}; it has: {known}")
        terms[name] = _term(graph, parameter, str(value).strip())
    return query.with_values(terms)


def _term(graph: Graph, parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
    match parameter.type:
        case "integer" | "decimal":
            if not _NUMBERS[parameter.type].fullmatch(value):
                kind = "a whole number" if parameter.type == "integer" else "a decimal number"
                raise UsageError(f"{parameter.name}: {value!r} is not {kind}")
            return ox.Literal(value, datatype=ox.NamedNode(_XSD + parameter.type))
        case "iri":
            return _resolve(graph, parameter, value)
        case _:
            if parameter.vocabulary.startswith("ck:") and value != str(parameter.default):
                _check_code(graph, parameter, value)
            try:
                return ox.Literal(value)
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not text") from None


def _check_code(graph: Graph, parameter: Parameter, value: str) -> None:
    codes = run(graph, _CODES.replace("%s", parameter.vocabulary), "codes")
    known = {plain(row[0]) for row in codes.rows}
    if value.casefold() not in {code.casefold() for code in known}:
        import difflib

        near = difflib.get_close_matches(value, known, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"it is one of: {', '.join(sorted(known))}"
        raise UsageError(f"{parameter.name}: there is no {value!r}; {hint}")


def _resolve(graph: Graph, parameter: Parameter, value: str) -> ox.NamedNode:
    scope = f"/id/{parameter.vocabulary}/" if parameter.vocabulary and ":" not in parameter.vocabulary else "/"
    names: dict[str, set[str]] = {}
    for node, name in run(graph, _LABELS, "labels").rows:
        if isinstance(node, ox.NamedNode) and isinstance(name, ox.Literal) and scope in node.value:
            for known in (name.value, node.value, node.value.rsplit("/", 1)[1]):
                names.setdefault(known.casefold(), set()).add(node.value)
    found = sorted(names.get(value.casefold(), ()))
    if len(found) > 1:
        raise UsageError(f"{parameter.name}: {value!r} may be any of {', '.join(found)}; write the IRI")
    if not found:
        import difflib

        near = difflib.get_close_matches(value.casefold(), names, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"{parameter.name}: nothing is called {value!r}{hint}")
    return ox.NamedNode(found[0])
