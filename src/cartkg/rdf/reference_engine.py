"""The shapes asked by pySHACL: much slower than our own way, and what that must agree with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.plugins.sparql import prepareQuery

from ..resources import shapes_directory
from .in_rdflib import literals_as_written
from .shapes import Result
from .vocabulary import PREFIXES

_SH = rdflib.Namespace(PREFIXES["sh"])
_PARTS = ("focusNode", "resultPath", "sourceConstraintComponent", "value", "sourceShape", "resultMessage")


class ParseOnceGraph(rdflib.Graph):
    """A graph that parses each query text once; pySHACL asks the same one for every focus node."""

    _prepare = staticmethod(lru_cache(maxsize=None)(prepareQuery))

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a query, prepared the first time its text is seen."""
        if isinstance(query_object, str):
            query_object = self._prepare(query_object)
        return super().query(query_object, *args, **kwargs)


def reference_violations(triples: Iterable[ox.Triple], focus: set[str] | None = None) -> list[Result]:
    """What breaks a shape in triples, of some nodes or of all."""
    shapes = rdflib.Graph()
    for file in sorted(shapes_directory().glob("*.ttl")):
        shapes.parse(file, format="turtle", publicID=PREFIXES["cks"])
    with literals_as_written():
        text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        data = ParseOnceGraph().parse(data=text, format="nt")
        nodes = [rdflib.URIRef(iri) for iri in sorted(focus)] if focus is not None else None
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", inplace=True, focus_nodes=nodes)

    return [
        Result(*(str(report.value(result, _SH[name], default="")) for name in _PARTS))
        for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    ]
