"""Which row of a table a fact comes from, how that row is known, and where it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import Vocabulary, expand, grouped, lexical, row_name
from ..tables.schema import curated_tables
from .entailment import Fact

_BASIS, _PREMISE, _LABEL = expand("ck:basis"), expand("ck:premise"), expand("rdfs:label")


@dataclass(frozen=True, slots=True)
class Origin:
    """A row as `table/id`, its basis in a word, and the places it was read or concluded from."""

    row: str
    basis: str
    places: tuple[str, ...]
    premises: tuple[str, ...]

    def __str__(self) -> str:
        if self.premises:
            return f"row {self.row}, {self.basis} from {'; '.join(self.premises)}"
        return f"row {self.row}, {self.basis} in {'; '.join(self.places)}" if self.places else f"row {self.row}"


class Origins:
    """Looks up where facts of a graph come from."""

    def __init__(self, graph: Graph, vocabulary: Vocabulary) -> None:
        self._graph = graph
        self._ways = tuple(way.first for way in vocabulary.ways.values())

    def of(self, fact: Fact) -> Origin:
        """The origin of a fact."""
        row = self._related(fact) or self._inverted(fact) or self._before(fact[0]) or fact[0]
        premises = sorted(self._label(place) for place in self._values(row, _PREMISE))
        basis = next((self._label(node) for node in self._values(row, _BASIS)), "")
        return Origin(row_name(row), basis, tuple(self._places.get(row, ())), tuple(premises))

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        facts = ask(self._graph, "receipts")
        return grouped((str(fact["node"]), str(fact["text"])) for fact in facts if fact["aspect"] == "place")

    def _related(self, fact: Fact) -> str | None:
        """The row that states a relation between two others, with both in its columns."""
        subject, predicate, value = fact
        rules = (
            (table, rule) for table in curated_tables().values() for rule in table.derived if rule.kind == "statement"
        )
        for table, rule in rules if row_name(value) else ():
            columns = [table.columns[name] for name in rule.targets]
            first, relation, second = (expand(column.predicate) for column in columns)
            if columns[0].target == _table(subject):
                text = f"""SELECT ?row {{
                    ?row {first} <{subject}> ; {relation}/{expand(rule.predicate)} <{predicate}> ; {second} <{value}>
                }} ORDER BY ?row LIMIT 1"""
                for row in self._graph.select(text):
                    return lexical(row["row"])
        return None

    def _inverted(self, fact: Fact) -> str | None:
        """The row at the other end, where the fact is the inverse of a cell of it."""
        subject, predicate, value = fact
        table = curated_tables().get(_table(value)) if row_name(value) else None
        own = table and any(
            column.inverse and expand(column.inverse).value == predicate and column.target == _table(subject)
            for column in table.mapped.values()
        )
        return value if own else None

    def _before(self, node: str) -> str | None:
        """The row of which a node stands between it and what a cell of it says."""
        quads = self._graph.store.quads_for_pattern
        found = (quad for way in self._ways for quad in quads(None, way, ox.NamedNode(node), None))
        return next((lexical(quad.subject) for quad in found), None)

    def _values(self, subject: str, predicate: ox.NamedNode) -> set[str]:
        quads = self._graph.store.quads_for_pattern(ox.NamedNode(subject), predicate, None, None)
        return {lexical(quad.object) for quad in quads}

    def _label(self, node: str) -> str:
        return min(self._values(node, _LABEL), default=node.rsplit("/", 1)[-1])


def _table(iri: str) -> str:
    return row_name(iri).partition("/")[0]
