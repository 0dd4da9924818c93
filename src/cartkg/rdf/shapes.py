"""SHACL shapes: read them, and answer their SPARQL constraints by one query each over all nodes at once.

pySHACL runs such a constraint once per focus node; here its SELECT is joined with the targets of its shape, which finds
the same results. Everything else about SHACL is left to pySHACL, and a test compares the two on every constraint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery

from ..resources import shapes_directory
from .vocabulary import PREFIXES, lexical

if TYPE_CHECKING:
    from collections.abc import Iterator

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class Result:
    """One SHACL validation result, its terms as text."""

    node: str
    path: str
    value: str
    shape: str
    message: str


class ParseOnceGraph(rdflib.Graph):
    """A graph that parses each query text once; pySHACL asks the same one for every focus node."""

    _prepare = staticmethod(lru_cache(maxsize=None)(prepareQuery))

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a query, prepared the first time its text is seen."""
        if isinstance(query_object, str):
            query_object = self._prepare(query_object)
        return super().query(query_object, *args, **kwargs)


def load_shapes() -> rdflib.Graph:
    """All shapes as one graph."""
    shapes = rdflib.Graph()
    for file in sorted(shapes_directory().glob("*.ttl")):
        with file.open("rb") as stream:
            shapes.parse(stream, format="turtle", publicID=PREFIXES["cks"])
    return shapes


def count_shapes(shapes: rdflib.Graph) -> int:
    """How many node and property shapes there are."""
    kinds = (SH.NodeShape, SH.PropertyShape)
    return len({shape for kind in kinds for shape in shapes.subjects(rdflib.RDF.type, kind)})


def take_constraints(shapes: rdflib.Graph) -> list[tuple[rdflib.term.Node, rdflib.term.Node]]:
    """Remove the SPARQL constraints from a graph of shapes; they come back as (shape, constraint)."""
    found = sorted((shape, constraint) for shape, _, constraint in shapes.triples((None, SH.sparql, None)))
    shapes.remove((None, SH.sparql, None))
    return found


def answer_constraint(
    shapes: rdflib.Graph, shape: rdflib.term.Node, constraint: rdflib.term.Node, data: ox.Store
) -> Iterator[Result]:
    """The violations of one SPARQL constraint of one shape."""
    path = shapes.value(shape, SH.path)
    declared = _prefixes(shapes, constraint)
    select = str(shapes.value(constraint, SH.select)).replace("$this", "?this")
    if path is not None:
        select = select.replace("$PATH", f"<{path}>")
    message = str(shapes.value(constraint, SH.message) or shapes.value(shape, SH.message))
    targets = sorted(_targets(shapes, shape))
    if not targets:
        raise ValueError(f"{shape}: a SPARQL constraint needs a shape with sh:targetClass")
    for target in targets:
        found = data.query(
            f"SELECT * WHERE {{ {{ {select} }} ?this a/<{rdflib.RDFS.subClassOf}>* <{target}> }}", prefixes=declared
        )
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"{constraint} is not a SELECT query")
        names = [variable.value for variable in found.variables]
        for row in found:
            bound = {name: row[name] for name in names if row[name] is not None}
            yield Result(
                node=lexical(bound["this"]),
                path=lexical(bound.get("path", path or "")),
                value=lexical(bound.get("value", "" if path is not None else bound["this"])),
                shape=str(shape),
                message=_fill(message, bound),
            )


def _fill(message: str, bound: dict[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda found: lexical(bound.get(found[1], found[0])), message)


def _targets(shapes: rdflib.Graph, shape: rdflib.term.Node) -> set[str]:
    holders = {shape, *shapes.subjects(SH.property, shape)}
    return {str(target) for holder in holders for target in shapes.objects(holder, SH.targetClass)}


def _prefixes(shapes: rdflib.Graph, constraint: rdflib.term.Node) -> dict[str, str]:
    return {
        str(shapes.value(declaration, SH.prefix)): str(shapes.value(declaration, SH.namespace))
        for holder in shapes.objects(constraint, SH.prefixes)
        for declaration in shapes.objects(holder, SH.declare)
    }
