"""The data set and its SPARQL service, described by two CONSTRUCT queries in `ontology/release`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, expand, graph_name, lexical
from ..resources import release_directory
from .citation import Citation
from .crate import nodes, release_iri
from .files import File

ALL_PREFIXES = PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
}
_SIZE, _SIZE_TYPE = ox.NamedNode(ALL_PREFIXES["dcat"] + "byteSize"), expand("xsd:nonNegativeInteger")
_ABOUT = ox.NamedNode("about:")


def describe(
    citation: Citation,
    triples: Sequence[ox.Triple],
    graphs: Mapping[str, int],
    files: Sequence[File],
    contents: Mapping[str, bytes],
) -> dict[str, list[ox.Triple]]:
    """Statements about the data set and about the service, sorted, by the names of the queries that make them."""
    known = [
        *nodes(citation, files, contents),
        {"@id": "./", "objects": len({triple.object for triple in triples})},
        *({"@id": graph_name(name).value, "@type": "Dataset", "name": name, "size": n} for name, n in graphs.items()),
        *({"@id": iri, "alternateName": prefix} for prefix, iri in PREFIXES.items()),
    ]
    document = json.dumps({"@context": {"@vocab": PREFIXES["schema"]}, "@graph": known})
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    store.load(document, ox.RdfFormat.JSON_LD, base_iri=release_iri(citation.version, ""), to_graph=_ABOUT)
    found = {}
    for name in ("dataset", "service"):
        text = (release_directory() / f"{name}.rq").read_text(encoding="utf-8")
        found[name] = sorted(map(_sized, cast("ox.QueryTriples", store.query(text))), key=str)
    return found


def _sized(triple: ox.Triple) -> ox.Triple:
    """A size with the datatype that DCAT wants: the store, to which numbers are values, knows integers only."""
    if triple.predicate != _SIZE:
        return triple
    return ox.Triple(triple.subject, _SIZE, ox.Literal(lexical(triple.object), datatype=_SIZE_TYPE))
