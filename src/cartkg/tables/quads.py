"""Turn typed rows into quads: a row is a node, a cell is a triple."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from ..rdf.vocabulary import (
    DAYS_PER_MONTH,
    INDIVIDUALS,
    PREFIXES,
    Vocabulary,
    Way,
    expand,
    graph_name,
    node_iri,
    provenance_graph,
    row_iri,
    type_,
)
from .definitions import Definer
from .locators import parse_locator
from .schema import Column, Row, sourcing_columns

_INTEGER = expand("xsd:integer")
_DECIMAL = expand("xsd:decimal")
_LITERALS: dict[str, Any] = {
    "prose": {"language": "en"},
    "integer": {"datatype": _INTEGER},
    "decimal": {"datatype": _DECIMAL},
}
_INDIVIDUAL = expand("owl:NamedIndividual")
_DEFINITION = expand("skos:definition")
_ASSERTED = graph_name("asserted")
_PROVENANCE = graph_name("provenance")
_EXTERNAL = graph_name("external")  # what no source says, so that it can be told apart and left out

Term = ox.NamedNode | ox.Literal


class Mapper:
    """Maps rows to quads; remembers which nodes it has described beside those of its rows."""

    def __init__(
        self, vocabulary: Vocabulary, labels: dict[str, dict[str, str]], bases: Mapping[tuple[str, str], str]
    ) -> None:
        self._vocabulary = vocabulary
        self._bases = bases
        self._labels = labels
        self._definer = Definer(vocabulary, labels)
        self._described: set[str] = set()

    def quads(self, row: Row) -> Iterator[ox.Quad]:
        """The quads of one row, then those of locator nodes it is the first to name."""
        table = row.table
        subject = self._row(table.name, row.id)
        asserted, provenance = _ASSERTED, _PROVENANCE
        if (table.name, row.id) in self._bases:
            asserted = graph_name(row.source or row.id)
            provenance = provenance_graph(asserted)
        home = asserted if table.sourced else _EXTERNAL if "external" in table.traits else provenance
        yield ox.Quad(subject, type_, _INDIVIDUAL, home)
        yield ox.Quad(subject, type_, expand(table.rdf_class), home)
        yield ox.Quad(subject, _DEFINITION, ox.Literal(self._definer.definition(row), language="en"), home)
        filled = [(name, table.mapped[name], entries) for name, entries in row.cells.items() if name in table.mapped]
        for name, column, entries in filled:
            graph = provenance if name in sourcing_columns() else home
            if way := self._vocabulary.ways.get(column.predicate):
                yield from self._by_way(row, subject, column, way, home)
                continue
            for entry in entries:
                term = self._term(row, column, entry)
                yield ox.Quad(subject, expand(column.predicate), term, graph)
                if column.inverse and isinstance(term, ox.NamedNode):
                    yield ox.Quad(term, expand(column.inverse), subject, graph)
        for rule in table.derived:
            yield from self._derived(row, subject, rule, home)
        for _, column, entries in filled:
            for place in entries if column.kind == "locator" else ():
                yield from self._describe(row.source, place, provenance)

    def _term(self, row: Row, column: Column, entry: str) -> Term:
        match column.kind:
            case "row" | "scoped" | "across":
                return self._row(column.target, column.row_id(row.source, entry))
            case "node":
                table, _, identifier = entry.partition(":")
                return node_iri(entry) if table in PREFIXES else self._row(table, identifier)
            case "locator":
                return self._place(row.source, entry)
            case "term" | "class" | "vocabulary":
                return column.codes(self._vocabulary, column.vocabulary_of(row))[entry]
            case _:
                return ox.Literal(entry, **_LITERALS.get(column.kind, {}))

    def _by_way(
        self, row: Row, subject: ox.NamedNode, column: Column, way: Way, home: ox.NamedNode
    ) -> Iterator[ox.Quad]:
        """What a property follows from: a node of its own between a row and what its cell says."""
        base = subject.value.removesuffix(f"{row.table.name}/{row.id}")
        node = row_iri(way.folder, f"{row.id}.{column.name}", base)
        definition = self._definer.definition_between(way.label, row, column)
        yield ox.Quad(subject, way.first, node, home)
        for term in (_INDIVIDUAL, way.kind):
            yield ox.Quad(node, type_, term, home)
        yield ox.Quad(node, expand("rdfs:label"), ox.Literal(f"{row['label']}: {way.label}", language="en"), home)
        yield ox.Quad(node, _DEFINITION, ox.Literal(definition, language="en"), home)
        for entry in row.entries(column.name):
            yield ox.Quad(node, way.second, self._term(row, column, entry), home)

    def _derived(self, row: Row, subject: ox.NamedNode, rule: Column, home: ox.NamedNode) -> Iterator[ox.Quad]:
        """What follows from some cells of a row, unless they are empty; of a statement, the triple that it states."""
        cells = [row[name] for name in rule.targets]
        if not all(cells):
            return
        match rule.kind:
            case "months":
                days = Decimal(cells[0]) * Decimal(self._vocabulary.unit_days[cells[1]])
                # As the store writes a number, so that what is asked of it has the same spelling.
                months = f"{(days / DAYS_PER_MONTH).quantize(Decimal('0.01')).normalize():f}"
                yield ox.Quad(subject, expand(rule.predicate), ox.Literal(months, datatype=_DECIMAL), home)
            case "count":
                count = str(len(row.entries(rule.target)))
                yield ox.Quad(subject, expand(rule.predicate), ox.Literal(count, datatype=_INTEGER), home)
            case "statement":
                first, relation, second = (
                    self._term(row, row.table.columns[name], cell)
                    for name, cell in zip(rule.targets, cells, strict=True)
                )
                yield ox.Quad(first, self._vocabulary.asserted_by[relation.value], second, home)  # type: ignore[arg-type]

    def _row(self, table: str, identifier: str) -> ox.NamedNode:
        return row_iri(table, identifier, self._bases.get((table, identifier), INDIVIDUALS))

    def _place(self, source: str, text: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self._bases.get(('sources', source), INDIVIDUALS)}locators/{source}/{text}")

    def _describe(self, source: str, text: str, home: ox.NamedNode) -> Iterator[ox.Quad]:
        subject = self._place(source, text)
        if subject.value in self._described:
            return
        self._described.add(subject.value)
        place = parse_locator(text)
        part = f"{source}.{place.part}"
        kind = "ck:CellLocator" if place.fragment else "ck:TextLocator"
        words = place.words(self._labels["parts"].get(part, place.part))
        definition = self._definer.definition_of_place(kind, words, source)
        facts: dict[str, Term] = {
            "rdfs:label": ox.Literal(words, language="en"),
            "skos:definition": ox.Literal(definition, language="en"),
            "skos:notation": ox.Literal(text),
            "oa:hasSource": self._row("parts", part),
            **{_SELECTORS[name]: ox.Literal(place.selectors[name]) for name in _SELECTORS if name in place.selectors},
        }
        if place.fragment:
            facts |= {"ck:fragment": ox.Literal(place.fragment), "dcterms:conformsTo": _RFC_7111}
        for term in (_INDIVIDUAL, expand(kind)):
            yield ox.Quad(subject, type_, term, home)
        for predicate, value in facts.items():
            yield ox.Quad(subject, expand(predicate), value, home)


_RFC_7111 = ox.NamedNode("http://tools.ietf.org/rfc/rfc7111")
_SELECTORS = {name: f"ck:{name}Number" for name in ("row", "column", "paragraph", "sentence", "item", "subitem")}
_SELECTORS |= {"footnote": "ck:footnoteMark", "region": "ck:region", "pointer": "ck:jsonPointer"}
