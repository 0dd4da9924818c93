"""Five loaders find the same number of triples in the merged file."""

from __future__ import annotations

import owlready2
import pytest
import rdflib

from .conftest import Result
from .graphs import may_be_gained, read, read_owl


def counts(merged: Result, jena: Result) -> dict[str, int]:
    turtle, rdfxml = merged.folder / "export.ttl", merged.folder / "export.rdf"
    before = set(read(turtle))
    after = read_owl(merged.folder / "merged.owl")
    with rdfxml.open("rb") as file:
        owlready = owlready2.World().get_ontology("https://w3id.org/cartkg/ontology").load(fileobj=file)
    return {
        "pyoxigraph": len(before),
        "rdflib": len(rdflib.Graph().parse(turtle, format="turtle")),
        "Jena": int(jena.text("count.csv").split()[1]),
        "OWLAPI": sum(triple in before or not may_be_gained(str(triple)) for triple in after),
        "owlready2, from RDF/XML": len(owlready.graph),
    }


@pytest.mark.nightly
def test_five_loaders_count_the_same_triples(merged: Result, jena: Result) -> None:
    found = counts(merged, jena)
    assert len(set(found.values())) == 1, found
    assert found["pyoxigraph"] > 10_000
