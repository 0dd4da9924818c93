"""The graph in rdflib, for those who work with its API; and the shapes asked by pySHACL, which works on that."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery

from ..errors import ExternalError
from .shapes import Result, shapes_in_one
from .store import Graph
from .vocabulary import PREFIXES

_SH = rdflib.Namespace(PREFIXES["sh"])
logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # it prints a traceback for each literal that is ill-typed
_PARTS = (
    "focusNode", "resultPath", "sourceConstraintComponent", "value", "sourceShape", "resultMessage", "resultSeverity",
)  # fmt: skip


def to_rdflib(graph: Graph) -> rdflib.Dataset:
    """A copy in rdflib with the named graphs, whose union is the default graph; literals stay as they are written."""
    with literals_as_written():
        dataset = rdflib.Dataset(default_union=True)
        for prefix, iri in PREFIXES.items():
            dataset.bind(prefix, iri)
        return dataset.parse(graph.check_quads(), format="nquads")


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals, such as 66.0 as 66."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


class ParseOnceGraph(rdflib.Graph):
    """A graph that parses each query text once; pySHACL asks the same one for every focus node."""

    _prepare = staticmethod(lru_cache(maxsize=None)(prepareQuery))

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a query, prepared the first time its text is seen."""
        if isinstance(query_object, str):
            query_object = self._prepare(query_object)
        return super().query(query_object, *args, **kwargs)


def reference_violations(
    files: Iterable[Path], triples: Iterable[ox.Triple], focus: set[str] | None = None
) -> list[Result]:
    """What breaks a shape in triples, of some nodes or of all, by pySHACL: what our own, faster way must agree with."""
    import pyshacl

    if focus is not None and not focus:  # of which pySHACL would think that all are meant
        return []
    shapes = rdflib.Graph().parse(data=_ntriples(shapes_in_one(files)), format="nt")
    with literals_as_written():
        data = ParseOnceGraph().parse(data=_ntriples(triples), format="nt")
        nodes = [rdflib.URIRef(iri) for iri in sorted(focus)] if focus is not None else None
        try:
            _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", inplace=True, focus_nodes=nodes)
        except (ArithmeticError, TypeError) as error:  # what it may meet in comparing a NaN, or things of two kinds
            raise ExternalError(f"pySHACL can not judge this: {error!r}; leave out --reference-engine") from error
    return [
        Result(*(str(report.value(result, _SH[name], default="")) for name in _PARTS))
        for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    ]


def _ntriples(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
