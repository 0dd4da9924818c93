"""Infer types and properties of individuals by OWL 2 RL rules, without Java."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .vocabulary import expand, lexical, type_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .vocabulary import Vocabulary

_OBJECT_PROPERTY = expand("owl:ObjectProperty")


def infer(vocabulary: Vocabulary, asserted: Path) -> list[ox.Triple]:
    """New entailments between named things, sorted; `asserted` is a Turtle file of individuals.

    Only types by named classes and values of declared object properties are kept, and only new ones.
    """
    from reasonable import PyReasoner

    with tempfile.TemporaryDirectory() as folder:
        ontology = Path(folder) / "ontology.ttl"
        ox.serialize(vocabulary.triples, output=ontology, format=ox.RdfFormat.N_TRIPLES)
        reasoner = PyReasoner()
        reasoner.load_file(str(ontology))
        reasoner.load_file(str(asserted))
        derived = reasoner.reason()
    known = {
        (lexical(t.subject), lexical(t.predicate), lexical(t.object))
        for t in ox.parse(path=asserted, format=ox.RdfFormat.TURTLE)
    }
    return select_entailments(((str(s), str(p), str(o)) for s, p, o in derived), known, vocabulary)


def select_entailments(
    derived: Iterable[tuple[str, str, str]], known: set[tuple[str, str, str]], vocabulary: Vocabulary
) -> list[ox.Triple]:
    """The part of a reasoner's output that is new, about our individuals, and between named things."""
    properties = {
        lexical(t.subject) for t in vocabulary.triples if t.predicate == type_ and t.object == _OBJECT_PROPERTY
    }
    individuals = {subject for subject, _, _ in known}
    kept = {
        (s, p, o)
        for s, p, o in derived
        if s in individuals
        and (s, p, o) not in known
        and ((p == type_.value and o in vocabulary.classes) or (p in properties and o.startswith("http")))
    }
    return [ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o)) for s, p, o in sorted(kept)]
