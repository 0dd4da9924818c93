"""The codes that a parameter takes, in a graph: each with its names, and those of one kind."""

from __future__ import annotations

import pyoxigraph as ox

from ..rdf.vocabulary import expand, grouped
from .answers import Source, read_once
from .called import PREFIXES_OF_ROWS
from .names import folded
from .stored import Parameter, StoredQuery

_CODES = """
SELECT DISTINCT ?code ?name WHERE {
  { ?class rdfs:subClassOf* %s . ?term a ?class } UNION { ?term rdfs:subClassOf+ %s }
  ?term skos:notation ?code
  { ?term rdfs:label ?name } UNION { ?term skos:altLabel ?name } UNION { ?term skos:notation ?name }
} ORDER BY ?code ?name
"""
_KINDS = """
SELECT DISTINCT ?kind ?code WHERE {
  ?class rdfs:label|skos:altLabel ?kind . ?term a/rdfs:subClassOf* ?class ; skos:notation ?code
} ORDER BY ?kind ?code
"""
_VALUES = "SELECT DISTINCT ?value WHERE { ?thing %s ?value } ORDER BY ?value"


def codes_of_kind(source: Source, parameter: Parameter, value: str) -> list[str]:
    """The codes of a kind that is called so, such as response for the outcomes that are response outcomes."""
    return _kinds(source).get(folded(f"{value} {parameter.name}"), [])


@read_once
def _kinds(source: Source) -> dict[str, list[str]]:
    """The codes of each class of terms, by its names."""
    return grouped((folded(row["kind"].value), row["code"].value) for row in source.select(PREFIXES_OF_ROWS + _KINDS))


def is_property(values: str | tuple[str, ...]) -> bool:
    """Whether the known values are those of a property, such as `ck:byTarget`, and not a class or a table."""
    return isinstance(values, str) and values.partition(":")[2][:1].islower()


def codes_of(source: Source, query: StoredQuery, parameter: Parameter) -> list[str]:
    """Every code that may be written for a parameter."""
    if isinstance(parameter.values, tuple):
        return list(parameter.values)
    own, _, column = parameter.values.rpartition("?")
    if column != parameter.values:
        found = source.select(query.with_values({}), keep=True)  # without UNDEF, which Virtuoso misreads
        shown = sorted({getattr(row[column], "value", "") for row in found} - {""})
        return list(dict.fromkeys((*shown, *(code for _, code in names_of_codes(source, parameter))))) if own else shown
    if is_property(parameter.values):
        return _values(source, parameter.values)
    return list(dict.fromkeys(code for _, code in names_of_codes(source, parameter)))


def names_of_codes(source: Source, parameter: Parameter) -> list[tuple[str, str]]:
    """Each name of a term of the parameter's class, with the code of the term; none where it has no such class."""
    values = parameter.values
    if isinstance(values, tuple) or ":" not in values or is_property(values):
        return []
    return _names(source, values.partition(" ")[0])


@read_once
def _names(source: Source, name: str) -> list[tuple[str, str]]:
    """Each name of a term of a class, with the code of the term."""
    wanted = str(expand(name))
    text = PREFIXES_OF_ROWS + _CODES % (wanted, wanted)
    return [(row["name"].value, row["code"].value) for row in source.select(text, keep=True)]


@read_once
def _values(source: Source, name: str) -> list[str]:
    """The texts and numbers that are values of a property."""
    found = source.select(_VALUES % expand(name), keep=True)
    return [row["value"].value for row in found if isinstance(row["value"], ox.Literal)]
