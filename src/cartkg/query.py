"""Ask: run a stored query, with typed values for its parameters, on an open graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .errors import UsageError
from .formats import Answer
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


def ask(graph: Graph, name: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run the stored query of this name; UsageError for an unknown query, parameter or value."""
    query = stored_query(name)
    if values:
        return run(graph, bind(graph, query, values), query.path.name)
    return _read(ox.parse_query_results(graph.answer(query.text), format=ox.QueryResultsFormat.JSON))


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
        case "integer":
            try:
                return ox.Literal(str(int(value)), datatype=ox.NamedNode(_XSD + "integer"))
            except ValueError:
                raise UsageError(f"{parameter.name}: {value!r} is not a whole number") from None
        case "decimal":
            from decimal import Decimal, InvalidOperation

            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if not number.is_finite():
                raise UsageError(f"{parameter.name}: {value!r} is not a decimal number")
            return ox.Literal(format(number, "f"), datatype=ox.NamedNode(_XSD + "decimal"))
        case "iri":
            return _resolve(graph, parameter, value)
        case _:
            return ox.Literal(value)


def _resolve(graph: Graph, parameter: Parameter, value: str) -> ox.NamedNode:
    if value.startswith(("http://", "https://")):
        try:
            return ox.NamedNode(value)
        except ValueError:
            raise UsageError(f"{parameter.name}: {value!r} is not an IRI") from None
    scope = f"/id/{parameter.vocabulary}/" if parameter.vocabulary and ":" not in parameter.vocabulary else "/"
    names: dict[str, ox.NamedNode] = {}
    for row in run(graph, _LABELS, "labels").rows:
        node, name = row
        if isinstance(node, ox.NamedNode) and isinstance(name, ox.Literal) and scope in node.value:
            names.setdefault(name.value.casefold(), node)
            names.setdefault(node.value.rsplit("/", 1)[1].casefold(), node)
    found = names.get(value.casefold())
    if found is None:
        import difflib

        near = difflib.get_close_matches(value.casefold(), names, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"{parameter.name}: nothing is called {value!r}{hint}")
    return found
