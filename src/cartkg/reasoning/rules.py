"""Infer types and properties of individuals by OWL 2 RL rules, without Java."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..rdf.vocabulary import expand, graph_name, lexical, type_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rdf.store import Graph
    from ..rdf.vocabulary import Vocabulary

_ASSERTED = graph_name("asserted")
_PROVENANCE = graph_name("provenance")
_OBJECT_PROPERTY = expand("owl:ObjectProperty")

Fact = tuple[str, str, str]


def is_of_individuals(quad: ox.Quad) -> bool:
    """True for what a reasoner reads: the asserted graph, and the types of what stands in the provenance graph."""
    return quad.graph_name == _ASSERTED or (quad.graph_name == _PROVENANCE and quad.predicate == type_)


def individuals(graph: Graph) -> list[ox.Triple]:
    """What a reasoner reads of a built graph."""
    asserted = graph.store.quads_for_pattern(None, None, None, _ASSERTED)
    types = graph.store.quads_for_pattern(None, type_, None, _PROVENANCE)
    return [quad.triple for quad in (*asserted, *types)]


def infer(vocabulary: Vocabulary, asserted: Path) -> list[ox.Triple]:
    """New entailments between named things, sorted; `asserted` is a Turtle file of individuals.

    Only types by named classes and values of declared object properties are kept, and only new ones.
    """
    known = {_bare(t) for t in ox.parse(path=asserted, format=ox.RdfFormat.TURTLE)}
    return select_entailments(closure(vocabulary.triples, asserted), known, vocabulary)


def closure(triples: Iterable[ox.Triple], *files: Path) -> set[Fact]:
    """All that follows by rules from triples and Turtle files, with what is given, as bare text."""
    from reasonable import PyReasoner

    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.ttl"
        ox.serialize(triples, output=given, format=ox.RdfFormat.N_TRIPLES)
        reasoner = PyReasoner()
        for file in (given, *files):
            reasoner.load_file(str(file))
        return {(str(s), str(p), str(o)) for s, p, o in reasoner.reason()}


def _bare(triple: ox.Triple | ox.Quad) -> Fact:
    return lexical(triple.subject), lexical(triple.predicate), lexical(triple.object)


def select_entailments(derived: Iterable[Fact], known: set[Fact], vocabulary: Vocabulary) -> list[ox.Triple]:
    """The part of a reasoner's output that is new, about our individuals, and between named things."""
    properties = {
        lexical(t.subject) for t in vocabulary.triples if t.predicate == type_ and t.object == _OBJECT_PROPERTY
    }
    subjects = {subject for subject, _, _ in known}
    kept = {
        (s, p, o)
        for s, p, o in derived
        if s in subjects
        and (s, p, o) not in known
        and ((p == type_.value and o in vocabulary.classes) or (p in properties and o.startswith("http")))
    }
    return [ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o)) for s, p, o in sorted(kept)]
