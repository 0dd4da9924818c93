"""Writing RDF: formats and prefixes; the same statements give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from . import jsonld
from .vocabulary import PREFIXES, expand, lexical

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_IMPORTS = expand("owl:imports")
_MODULES = expand("ck:module/").value


def suffix(name: str) -> str:
    """File name extension of a format."""
    return str(FORMATS[name].file_extension)


def serialise(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple], name: str, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """Statements in a format, in their order; JSON-LD with one object for each subject."""
    if name == "jsonld":
        return jsonld.write(statements, prefixes)
    return ox.serialize(statements, format=FORMATS[name], prefixes={**jsonld.id_prefixes(), **prefixes}) or b""


def is_module_header(quad: ox.Quad) -> bool:
    """True for what only says how the ontology is divided into modules."""
    return quad.predicate == _IMPORTS or lexical(quad.subject).startswith(_MODULES)


def merged(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Triples grouped by subject in order of first appearance, each once, without headers of modules."""
    subjects: dict[str, dict[str, ox.Triple]] = {}
    for quad in quads:
        if not is_module_header(quad):
            triple = quad.triple
            subjects.setdefault(str(triple.subject), {}).setdefault(str(triple), triple)
    for triples in subjects.values():
        yield from triples.values()
