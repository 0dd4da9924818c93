"""The table of inferred kinds: what the reasoner finds in a graph that no cell of a table says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cartkg.rdf.vocabulary import PREFIXES, Vocabulary, expand, graph_name, lexical, type_
from cartkg.resources import ontology_files

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

_INTRODUCTION = """\
# Inferred kinds

What HermiT finds about the individuals of the graph, and what no cell of a table says: the build infers the same types
without Java, and the tests hold the two equal. A class is listed when something falls under it. What the source does
not state puts a thing under no class, so a missing kind is not a denial.

`cartkg query inferred-kinds` asks for the first table; `cartkg reason` runs HermiT.
""".splitlines()


class _Ontology:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        vocabulary = Vocabulary.load(ontology_files())
        self._objects: dict[tuple[str, str], list[object]] = {}
        for triple in vocabulary.triples:
            self._objects.setdefault((lexical(triple.subject), lexical(triple.predicate)), []).append(triple.object)

    def objects(self, subject: str, predicate: str) -> list[object]:
        return self._objects.get((subject, expand(predicate).value), [])

    def label(self, term: str) -> str:
        return next((lexical(label) for label in self.objects(term, "rdfs:label")), "")

    def above(self, term: str) -> str:
        labels = (self.label(lexical(above)) for above in self.objects(term, "rdfs:subClassOf"))
        return next(filter(None, labels), "thing")

    def logic(self, term: str) -> str:
        """The logical definition in Manchester-like words, or nothing."""
        return next((self._expression(node) for node in self.objects(term, "owl:equivalentClass")), "")

    def _expression(self, node: object) -> str:
        if isinstance(node, ox.Literal):
            return node.value
        name = lexical(node)
        if "://" in name:
            label = self.label(name) or _label(self._graph, node)
            return f"'{label}'" if " " in label else label
        if members := self.objects(name, "owl:intersectionOf"):
            return " and ".join(self._list(lexical(members[0])))
        relation = self._expression(self.objects(name, "owl:onProperty")[0])
        if fillers := self.objects(name, "owl:someValuesFrom"):
            return f"({relation} some {self._expression(fillers[0])})"
        return f"({relation} value {self._expression(self.objects(name, 'owl:hasValue')[0])})"

    def _list(self, node: str) -> list[str]:
        found = []
        while firsts := self.objects(node, "rdf:first"):
            found.append(self._expression(firsts[0]))
            node = lexical(self.objects(node, "rdf:rest")[0])
        return found


def inferred_kinds(graph: Graph) -> str:
    """Two tables in Markdown: classes with a logical definition, then classes above those that rows name."""
    ontology = _Ontology(graph)
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for quad in graph.store.quads_for_pattern(None, type_, None, graph_name("inferred")):
        kind, label = lexical(quad.object), _label(graph, quad.subject)
        counts[kind] += 1
        examples[kind] = min(examples.get(kind, label), label)
    rows = [(ontology.above(kind) if ontology.logic(kind) else "", ontology.label(kind), kind) for kind in counts]
    lines = [*_INTRODUCTION, "", "## Kinds with a logical definition", ""]
    lines += ["| under | kind | class | things | one of them | definition |", "|---|---|---|--:|---|---|"]
    for above, label, kind in sorted(row for row in rows if row[0]):
        what = f"{counts[kind]} | {examples[kind]} | {ontology.logic(kind)}"
        lines.append(f"| {above} | {label} | `{_short(kind)}` | {what} |")
    lines += ["", "## Kinds above those that rows name", ""]
    lines += ["By its place in the class tree, or by the domain or range of a property.", ""]
    lines += ["| kind | class | things | one of them |", "|---|---|--:|---|"]
    for _, label, kind in sorted(row for row in rows if not row[0]):
        lines.append(f"| {label} | `{_short(kind)}` | {counts[kind]} | {examples[kind]} |")
    return "\n".join(lines) + "\n"


def _label(graph: Graph, subject: object) -> str:
    if not isinstance(subject, ox.NamedNode):
        return ""
    found = graph.store.quads_for_pattern(subject, expand("rdfs:label"), None, None)
    return next((lexical(quad.object) for quad in found), "")


def _short(iri: str) -> str:
    return (
        iri.replace(PREFIXES["ck"], "ck:")
        .replace("http://purl.obolibrary.org/obo/", "obo:")
        .replace("http://purl.org/spar/biro/", "biro:")
    )
