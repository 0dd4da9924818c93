"""Turn typed rows into quads: a row is a node, a cell is a triple."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import pyoxigraph as ox

from ..rdf.vocabulary import DAYS_PER_MONTH, INDIVIDUALS, Vocabulary, expand, graph_name, row_iri, type_
from .base import Row, Sourced
from .columns import Column, Count, Months, Statement
from .definitions import Definer
from .locators import parse_locator
from .reader import columns
from .sources import Citation, Footnote, Header, Omission, Part, Reference, Source

_INTEGER = expand("xsd:integer")
_DECIMAL = expand("xsd:decimal")
_INDIVIDUAL = expand("owl:NamedIndividual")
_LABEL = expand("rdfs:label")
_DEFINITION = expand("skos:definition")
_ASSERTED = graph_name("asserted")
_PROVENANCE = graph_name("provenance")
_DOCUMENTARY: tuple[type[Row], ...] = (Source, Part, Header, Footnote, Reference, Citation, Omission)
_SOURCING = Sourced.model_fields.keys() - {"label"}

Term = ox.NamedNode | ox.Literal


def in_months(value: Decimal, days: str) -> Decimal:
    """A duration in months to two decimals, given the length of its unit in days."""
    return (value * Decimal(days) / DAYS_PER_MONTH).quantize(Decimal("0.01"))


class Mapper:
    """Maps rows to quads; remembers which nodes it has described beside those of its rows."""

    def __init__(self, vocabulary: Vocabulary, labels: dict[str, dict[str, str]]) -> None:
        self._vocabulary = vocabulary
        self._labels = labels
        self._definer = Definer(vocabulary, labels)
        self._described: set[str] = set()

    def quads(self, row: Row) -> Iterator[ox.Quad]:
        """The quads of one row, then those of locator nodes it is the first to name."""
        model = type(row)
        subject = row_iri(model.table, row.id)
        home = _PROVENANCE if issubclass(model, _DOCUMENTARY) else _ASSERTED
        yield ox.Quad(subject, type_, _INDIVIDUAL, home)
        yield ox.Quad(subject, type_, expand(model.rdf_class), home)
        yield ox.Quad(subject, _DEFINITION, ox.Literal(self._definer.definition(row), language="en"), home)
        places: list[str] = []
        for name, column in columns(model).items():
            value = getattr(row, name)
            if column is None or value is None:
                continue
            graph = _PROVENANCE if name in _SOURCING else home
            for entry in value if isinstance(value, tuple) else (value,):
                term = self._term(row, column, entry)
                yield ox.Quad(subject, expand(column.predicate), term, graph)
                if column.inverse:
                    yield ox.Quad(cast("ox.NamedNode", term), expand(column.inverse), subject, graph)
                if column.kind == "locator":
                    places.append(entry)
        for predicate, derived in self._derived(row):
            yield ox.Quad(subject, expand(predicate), derived, home)
        for rule in model.derived:
            if isinstance(rule, Statement):
                yield from self._statement(row, rule, home)
        for place in places:
            yield from self._describe(str(getattr(row, "source", "")), place)

    def _term(self, row: Row, column: Column, entry: object) -> Term:
        source, target, cell = str(getattr(row, "source", "")), str(column.target), str(entry)
        match column.kind:
            case "row" | "scoped" | "node" | "locator":
                return _pointed(column, source, cell)
            case "term":
                return self._vocabulary.term_codes(column.vocabulary_of(row))[cell]
            case "vocabulary":
                return expand(cell)
            case "class":
                return self._vocabulary.class_codes(target)[cell]
            case _:
                return _literal(column.kind, cell)

    def _derived(self, row: Row) -> Iterator[tuple[str, ox.Literal]]:
        for rule in type(row).derived:
            if isinstance(rule, Months):
                value, unit = getattr(row, rule.value), getattr(row, rule.unit)
                if value is not None and unit is not None:
                    months = in_months(value, self._vocabulary.unit_days[unit])
                    yield rule.predicate, ox.Literal(str(months), datatype=_DECIMAL)
            elif isinstance(rule, Count) and (count := len(getattr(row, rule.column))):
                yield rule.predicate, ox.Literal(str(count), datatype=_INTEGER)

    def _statement(self, row: Row, rule: Statement, home: ox.NamedNode) -> Iterator[ox.Quad]:
        """The triple that a row states."""
        marks = columns(type(row))
        relation = marks[rule.relation]
        subject, value = (
            cast("ox.NamedNode", self._term(row, cast("Column", marks[name]), getattr(row, name)))
            for name in (rule.subject, rule.object)
        )
        code = self._vocabulary.term_codes(str(cast("Column", relation).target))[getattr(row, rule.relation)]
        yield ox.Quad(subject, self._vocabulary.asserted_by[code.value], value, home)

    def _describe(self, source: str, text: str) -> Iterator[ox.Quad]:
        subject = _locator_iri(source, text)
        if subject.value in self._described:
            return
        self._described.add(subject.value)
        place = parse_locator(text)
        part = f"{source}.{place.part}"
        kind = "ck:CellLocator" if place.is_cell else "ck:TextLocator"
        words = place.words(self._labels["parts"].get(part, place.part))
        definition = self._definer.definition_of_place(kind, words, source)
        facts: list[tuple[ox.NamedNode, Term]] = [
            (type_, _INDIVIDUAL),
            (type_, expand(kind)),
            (_LABEL, ox.Literal(words, language="en")),
            (_DEFINITION, ox.Literal(definition, language="en")),
            (expand("skos:notation"), ox.Literal(text)),
            (expand("oa:hasSource"), row_iri("parts", part)),
        ]
        for name, predicate in _LOCATOR_FIELDS.items():
            value = getattr(place, name)
            if isinstance(value, int):
                facts.append((expand(predicate), ox.Literal(str(value), datatype=_INTEGER)))
            elif value is not None:
                facts.append((expand(predicate), ox.Literal(value)))
        if place.fragment:
            facts.append((expand("dcterms:conformsTo"), _RFC_7111))
        for predicate_node, term in facts:
            yield ox.Quad(subject, predicate_node, term, _PROVENANCE)


def _pointed(column: Column, source: str, cell: str) -> ox.NamedNode:
    match column.kind:
        case "row" | "scoped":
            return row_iri(str(column.target), column.row_id(source, cell))
        case "node":
            return row_iri(*cell.split(":", 1))
        case _:
            return _locator_iri(source, cell)


def _literal(kind: str, cell: str) -> ox.Literal:
    match kind:
        case "prose":
            return ox.Literal(cell, language="en")
        case "integer":
            return ox.Literal(cell, datatype=_INTEGER)
        case "decimal":
            return ox.Literal(cell, datatype=_DECIMAL)
        case _:
            return ox.Literal(cell)


def _locator_iri(source: str, text: str) -> ox.NamedNode:
    return ox.NamedNode(f"{INDIVIDUALS}locators/{source}/{text}")


_RFC_7111 = ox.NamedNode("http://tools.ietf.org/rfc/rfc7111")
_LOCATOR_FIELDS = {
    "row": "ck:rowNumber",
    "column": "ck:columnNumber",
    "paragraph": "ck:paragraphNumber",
    "sentence": "ck:sentenceNumber",
    "item": "ck:itemNumber",
    "subitem": "ck:subitemNumber",
    "footnote": "ck:footnoteMark",
    "region": "ck:region",
    "fragment": "ck:fragment",
}
