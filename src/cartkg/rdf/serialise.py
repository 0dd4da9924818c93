"""Writing RDF: formats, prefixes and the JSON-LD context; the same statements give the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from .vocabulary import PREFIXES, expand, lexical, shorten, type_

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
    """Statements in a format, in their order; JSON-LD is compacted by the prefixes."""
    out = io.BytesIO()
    ox.serialize(statements, out, format=FORMATS[name], prefixes=dict(prefixes))
    return _with_context(out.getvalue(), prefixes) if name == "jsonld" else out.getvalue()


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


def context(prefixes: Mapping[str, str] = PREFIXES) -> dict[str, object]:
    """The JSON-LD context: a prefix for every namespace."""
    return {prefix: {"@id": iri, "@prefix": True} for prefix, iri in sorted(prefixes.items())}


def _with_context(content: bytes, prefixes: Mapping[str, str]) -> bytes:
    nodes: list[dict[str, Any]] = json.loads(content)
    for node in nodes:
        for key, values in list(node.items()):
            is_type = key == type_.value
            del node[key]
            node["@type" if is_type else shorten(key, prefixes)] = (
                [shorten(value["@id"], prefixes) for value in values] if is_type else values
            )
    document = {"@context": context(prefixes), "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
