"""RDF that describes the data set, collected statement by statement, without blank nodes."""

from __future__ import annotations

import pyoxigraph as ox

from ..rdf.vocabulary import BASE, PREFIXES

DATASET = BASE + "dataset"
ENDPOINT = BASE + "sparql"
ALL_PREFIXES = PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
}


class Statements:
    """Triples in the order they were added, written with CURIEs."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []

    def add(self, subject: str, *pairs: tuple[str, ox.NamedNode | ox.Literal]) -> None:
        """Add statements about a subject, each a property as a CURIE and a value."""
        node = ox.NamedNode(subject)
        self.triples += [ox.Triple(node, named(curie), value) for curie, value in pairs]


def named(text: str) -> ox.NamedNode:
    """The node of a CURIE, or of an IRI."""
    prefix, colon, local = text.partition(":")
    return ox.NamedNode(ALL_PREFIXES[prefix] + local if colon and prefix in ALL_PREFIXES else text)


def words(text: str) -> ox.Literal:
    """A text in English."""
    return ox.Literal(text, language="en")


def number(value: int) -> ox.Literal:
    """A count."""
    return ox.Literal(str(value), datatype=named("xsd:integer"))


def date(value: str) -> ox.Literal:
    """A day."""
    return ox.Literal(value, datatype=named("xsd:date"))
