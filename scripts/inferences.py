"""The table of inferred kinds: what the reasoner finds in a graph that no cell of a table says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from cartkg.queries.formats import markdown
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary, expand, graph_name, lexical, shorten, type_
from cartkg.reasoning.axioms import Words
from cartkg.resources import ontology_files

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

_LABEL, _ABOVE, _SAME = expand("rdfs:label"), expand("rdfs:subClassOf"), expand("owl:equivalentClass")
_PREFIXES = {**PREFIXES, "biro": "http://purl.org/spar/biro/", "obo": "http://purl.obolibrary.org/obo/"}
_INTRODUCTION = """\
# Inferred kinds

What HermiT finds about the individuals of the graph, and what no cell of a table says: the build infers the same types
without Java, and the tests hold the two equal. A class is listed when something falls under it. What the source does
not state puts a thing under no class, so a missing kind is not a denial.

`cartkg query class-tree -p defined=yes` asks for the first table; `cartkg reason` runs HermiT.
""".splitlines()


def inferred_kinds(graph: Graph) -> str:
    """Two tables in Markdown: classes with a logical definition, then classes above those that rows name."""
    vocabulary = Vocabulary.load(ontology_files())
    labels = {lexical(quad.subject): lexical(quad.object) for quad in graph.store.quads_for_pattern(None, _LABEL, None)}
    quoted = {iri: f"'{label}'" if " " in label else label for iri, label in labels.items()}
    said, above, logic = Words(vocabulary.triples, quoted), dict[str, str](), dict[str, str]()
    for triple in vocabulary.triples:
        if triple.predicate == _ABOVE and (label := labels.get(lexical(triple.object))):
            above.setdefault(lexical(triple.subject), label)
        elif triple.predicate == _SAME and not isinstance(triple.object, ox.Literal):
            logic[lexical(triple.subject)] = said.of(triple.object)
    examples: dict[str, list[str]] = {}
    for quad in graph.named.quads_for_pattern(None, type_, None, graph_name("inferred")):
        examples.setdefault(lexical(quad.object), []).append(labels.get(lexical(quad.subject), ""))
    defined, others = [], []
    for kind, things in examples.items():
        row = (labels[kind], f"`{shorten(kind, _PREFIXES)}`", len(things), min(things))
        if kind in logic:
            defined.append((above.get(kind, "thing"), *row, logic[kind]))
        else:
            others.append(row)
    lines = [*_INTRODUCTION, "", "## Kinds with a logical definition", ""]
    lines += [markdown(("under", "kind", "class", "things", "one of them", "definition"), sorted(defined))]
    lines += ["## Kinds above those that rows name", ""]
    lines += ["By its place in the class tree, or by the domain or range of a property.", ""]
    lines += [markdown(("kind", "class", "things", "one of them"), sorted(others))]
    return "\n".join(lines)
