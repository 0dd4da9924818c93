"""Graphs compared whatever their blank nodes are called, and their blank nodes' order of appearance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cartkg.rdf.serialise import is_module_header
from cartkg.rdf.vocabulary import INDIVIDUALS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TYPE = "> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/"
_MAY_BE_GAINED = {
    "<http://www.w3.org/2001/XMLSchema#": _TYPE + "2000/01/rdf-schema#Datatype>",
    f"<{INDIVIDUALS}": _TYPE + "2002/07/owl#NamedIndividual>",
}


def may_be_gained(triple: str) -> bool:
    """True for what OWLAPI may add: the type of a built-in datatype, and of a row that a definition names."""
    return any(triple.startswith(start) and triple.endswith(end) for start, end in _MAY_BE_GAINED.items())


@dataclass(frozen=True)
class Difference:
    """What a graph lost and what it gained on its way through a tool, in canonical N-Triples."""

    lost: frozenset[str]
    gained: frozenset[str]


def read(*files: Path) -> list[ox.Triple]:
    """The triples of files, without what only says how the ontology is divided into modules."""
    quads = (quad for file in files for quad in ox.parse(path=file, rename_blank_nodes=True))
    return list(dict.fromkeys(quad.triple for quad in quads if not is_module_header(quad)))


def read_owl(file: Path) -> list[ox.Triple]:
    """The triples of an RDF/XML file that OWLAPI wrote."""
    quads = ox.parse(path=file, format=ox.RdfFormat.RDF_XML, rename_blank_nodes=True)
    return list(dict.fromkeys(quad.triple for quad in quads))


def difference(before: Iterable[ox.Triple], after: Iterable[ox.Triple]) -> Difference:
    """Compare two graphs by RDF dataset canonicalization."""
    old, new = _canonical(before), _canonical(after)
    return Difference(old - new, new - old)


def _canonical(triples: Iterable[ox.Triple]) -> frozenset[str]:
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad.triple) for quad in dataset)
