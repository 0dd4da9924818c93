"""The SPARQL service description of an endpoint that serves the graph, as `cartkg push` leaves it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..rdf.vocabulary import graph_name
from .statements import DATASET, ENDPOINT, Statements, named, number, words

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")


def describe(graphs: Mapping[str, int]) -> list[ox.Triple]:
    """Statements about the service, its default data set and its named graphs."""
    out = Statements()
    service, default = f"{ENDPOINT}/service", f"{ENDPOINT}/default"
    out.add(
        service,
        ("rdf:type", named("sd:Service")),
        ("rdfs:label", words("cartkg over SPARQL")),
        ("sd:endpoint", named(ENDPOINT)),
        ("sd:supportedLanguage", named("sd:SPARQL11Query")),
        ("sd:feature", named("sd:UnionDefaultGraph")),
        *(("sd:resultFormat", named(f"formats:{name}")) for name in (*_RESULTS, *_GRAPHS)),
        ("sd:defaultDataset", named(default)),
        ("sd:availableGraphs", named(default)),
    )
    out.add(
        default,
        ("rdf:type", named("sd:Dataset")),
        ("rdf:type", named("sd:GraphCollection")),
        ("sd:defaultGraph", named(f"{default}/union")),
        *(("sd:namedGraph", named(f"{default}/{name}")) for name in graphs),
    )
    out.add(f"{default}/union", ("rdf:type", named("sd:Graph")), ("dcterms:isPartOf", named(DATASET)))
    for name, count in graphs.items():
        graph = graph_name(name)
        out.add(
            f"{default}/{name}",
            ("rdf:type", named("sd:NamedGraph")),
            ("sd:name", graph),
            ("sd:graph", ox.NamedNode(f"{default}/{name}/graph")),
        )
        out.add(f"{default}/{name}/graph", ("rdf:type", named("sd:Graph")), ("void:triples", number(count)))
    return out.triples
