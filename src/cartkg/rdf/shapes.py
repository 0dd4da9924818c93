"""SHACL shapes: read from Turtle, and asked of all nodes at once; what is not known here is refused, not skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ..errors import StorageError
from ..resources import SHAPES_DIRECTORY
from .constraints import CHECKS, DATATYPES, Indexed, Parameter, Term, number
from .vocabulary import PREFIXES, lexical, read_module, type_

_SH = PREFIXES["sh"]
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")
_NOT_CONSTRAINTS = {"message", "path", "property", "severity", "targetClass", "targetSubjectsOf"}
_MANY = 1000  # nodes that a query is told about at once


@dataclass(frozen=True, slots=True)
class Result:
    """One SHACL validation result, its terms as text."""

    node: str
    path: str
    component: str
    value: str
    shape: str
    message: str
    severity: str = _SH + "Violation"


@dataclass(frozen=True, slots=True)
class Shape:
    """A node or property shape with its own targets and those of the shapes that hold it.

    `selects` are SPARQL constraints: SELECT queries of the nodes that break them, each with its message.
    """

    iri: str
    path: str
    message: str
    severity: str
    classes: tuple[str, ...]
    subjects_of: tuple[str, ...]
    constraints: tuple[tuple[str, Parameter], ...]
    selects: tuple[tuple[str, str], ...]


class _Source:
    """Triples of shapes files, by subject and name of the predicate."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.nodes: dict[Term, dict[str, list[Term]]] = {}
        for triple in shapes_in_one(files):
            name = triple.predicate.value.removeprefix(_SH)
            self.nodes.setdefault(triple.subject, {}).setdefault(name, []).append(triple.object)  # type: ignore[arg-type]

    def texts(self, node: Term, name: str) -> tuple[str, ...]:
        return tuple(sorted(map(lexical, self.nodes.get(node, {}).get(name, ()))))

    def text(self, node: Term, name: str) -> str:
        found = self.texts(node, name)
        if len(found) > 1:
            raise StorageError(f"{lexical(node)}: more than one sh:{name}; write one")
        return found[0] if found else ""

    def items(self, node: Term) -> tuple[Term, ...]:
        """The members of the list that a term begins, or the term by itself."""
        rdf = PREFIXES["rdf"]
        if rdf + "first" not in self.nodes.get(node, {}):
            return (node,)
        found: list[Term] = []
        while node in self.nodes:
            found += self.nodes[node][rdf + "first"]
            (node,) = self.nodes[node][rdf + "rest"]
        return tuple(found)

    def select(self, constraint: Term, path: str) -> str:
        """The query of a SPARQL constraint with the prefixes that it declares."""
        holders = self.nodes[constraint].get("prefixes", ())
        declared = [one for holder in holders for one in self.nodes[holder]["declare"]]
        prologue = (f"PREFIX {self.text(one, 'prefix')}: <{self.text(one, 'namespace')}>\n" for one in declared)
        query = self.text(constraint, "select").replace("$this", "?this").replace("$PATH", f"<{path}>")
        return "".join(prologue) + query


def shape_files(*, open_: bool = False) -> list[Path]:
    """The shapes of rows of tables, or those of anybody's RDF."""
    return sorted([SHAPES_DIRECTORY / "prefixes.ttl", *(SHAPES_DIRECTORY / "open").glob("*.ttl")]
                  if open_ else SHAPES_DIRECTORY.glob("*.ttl"))  # fmt: skip


def shapes_in_one(files: Iterable[Path]) -> Iterator[ox.Triple]:
    """The triples of shapes, in the order of their files, with stable names of blank nodes."""
    for file in files:
        yield from read_module(file, PREFIXES["cks"])


def load_shapes(files: Iterable[Path] | None = None) -> tuple[Shape, ...]:
    """All shapes, or those of some files; StorageError where one uses a part of SHACL that is not known here."""
    source = _Source(shape_files() if files is None else files)
    kinds = {_SH + "NodeShape", _SH + "PropertyShape"}
    shapes = [node for node in source.nodes if kinds & set(source.texts(node, type_.value))]
    holders = {held: [node for node in shapes if held in source.nodes[node].get("property", ())] for held in shapes}
    return tuple(_shape(source, node, holders[node]) for node in shapes)


def _shape(source: _Source, node: Term, holders: list[Term]) -> Shape:
    stated = source.nodes[node]
    unknown = {f"sh:{name}" for name in stated.keys() - CHECKS.keys() - _NOT_CONSTRAINTS - {"sparql", type_.value}}
    unknown |= set(source.texts(node, "datatype")) - DATATYPES.keys()
    unknown |= {
        f"sh:{name}"
        for name in ("path", "property")
        for value in stated.get(name, ())
        if isinstance(value, ox.BlankNode) or "property" in source.nodes.get(value, ())
    }
    if unknown:
        raise StorageError(f"{lexical(node)}: {', '.join(sorted(unknown))} is not known to cartkg")
    try:
        tuple(map(re.compile, source.texts(node, "pattern")))
    except re.error as error:
        raise StorageError(f"{lexical(node)}: its sh:pattern is none: {error}") from error
    path, message = source.text(node, "path"), source.text(node, "message")
    targets = [node, *holders]
    return Shape(
        iri=lexical(node),
        path=path,
        message=message,
        severity=source.text(node, "severity") or _SH + "Violation",
        classes=tuple(sorted({text for held in targets for text in source.texts(held, "targetClass")})),
        subjects_of=tuple(sorted({text for held in targets for text in source.texts(held, "targetSubjectsOf")})),
        constraints=tuple((name, source.items(value)) for name in CHECKS if name in stated for value in stated[name]),
        selects=tuple(
            (source.select(constraint, path), source.text(constraint, "message") or message)
            for constraint in stated.get("sparql", ())
        ),
    )


def violations(
    shapes: Iterable[Shape], triples: Iterable[ox.Triple], data: ox.Store, focus: set[str] | None = None
) -> Iterator[Result]:
    """What breaks a shape in triples, of which `data` holds the same in its default graph; of some nodes, or of all.

    A SPARQL constraint is one query over all nodes, of which those that the shape is not about are left out.
    """
    indexed = Indexed(triples)
    for shape in shapes:
        nodes = indexed.targets(shape.classes, shape.subjects_of)
        if focus is not None:
            nodes = {node: term for node, term in nodes.items() if node in focus}
        yield from _core(shape, indexed, nodes)
        told = focus is not None and not any(isinstance(one, ox.BlankNode) for one in nodes.values())
        asked = [*map(str, nodes.values())]
        for query, message in shape.selects if nodes else ():
            for start in range(0, len(asked) if told else 1, _MANY):
                values = f"WHERE {{ VALUES ?this {{ {' '.join(asked[start : start + _MANY])} }}"
                text = query.replace("WHERE {", values, 1) if told else query
                yield from _selected(shape, text, message, indexed, nodes, data)


def _core(shape: Shape, indexed: Indexed, nodes: dict[str, Term]) -> Iterator[Result]:
    by_node = indexed.values.get(shape.path, {})
    for name, parameter in shape.constraints:
        component = f"{_SH}{name[0].upper()}{name[1:]}ConstraintComponent"
        for node, term in nodes.items():
            values = by_node.get(node, {}) if shape.path else {term: None}
            for value in CHECKS[name](values, parameter, node, indexed):
                yield Result(node, shape.path, component, lexical(value), shape.iri, shape.message, shape.severity)


def _selected(
    shape: Shape, text: str, message: str, indexed: Indexed, nodes: dict[str, Term], data: ox.Store
) -> Iterator[Result]:
    try:
        found = data.query(text)
    except SyntaxError as error:
        raise StorageError(f"{shape.iri}: its sh:select is not valid SPARQL: {error}") from error
    if not isinstance(found, ox.QuerySolutions):
        raise StorageError(f"{shape.iri}: its SPARQL constraint is not a SELECT query")
    names = [variable.value for variable in found.variables]
    for row in found:
        node = lexical(row["this"])
        if node in nodes:
            bound = {name: _as_written(row[name], node, indexed) for name in names if row[name] is not None}
            said = _PLACEHOLDER.sub(lambda name: bound.get(name[1], name[0]), message)  # noqa: B023
            value = bound.get("value", "" if shape.path else node)
            component = _SH + "SPARQLConstraintComponent"
            yield Result(node, bound.get("path", shape.path), component, value, shape.iri, said, shape.severity)


def _as_written(term: Term, node: str, indexed: Indexed) -> str:
    """The text of a term; a number as the node has it, since a store keeps 66.0 as 66."""
    value = number(term)
    if value is None:
        return lexical(term)
    own = [other for by_node in indexed.values.values() for other in by_node.get(node, ()) if number(other) == value]
    return lexical(term if term in own else next(iter(own), term))
