"""Validate with SHACL: the built graph against its tables, or somebody's own Turtle against the graph."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib

from .errors import UsageError
from .findings import Finding, Report
from .rdf.shapes import SH, ParseOnceGraph, Result, answer_constraint, count_shapes, load_shapes, take_constraints
from .rdf.vocabulary import INDIVIDUALS, PREFIXES, Vocabulary, graph_name, lexical, type_
from .resources import ontology_files
from .tables import TABLES
from .tables.columns import Statement
from .tables.reader import columns, read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from .rdf.store import Graph

_FORMATS = {".ttl", ".nt", ".nq", ".trig"}
_LIMIT = 64 * 1024 * 1024
_UNCHECKED = {graph_name("inferred"), graph_name("queries")}  # what follows, and what can be asked


def validate_graph(graph: Graph, data: Path, *, referee: bool = False) -> Report:
    """Check a built graph; findings name file, line and column of the table the node came from.

    `referee` leaves the SPARQL constraints to pySHACL as well, which is much slower and finds the same.
    """
    triples = [quad.triple for quad in graph.quads() if quad.graph_name not in _UNCHECKED]
    places = _Places(data)
    results, shapes = _run(triples, None, referee=referee)
    findings = tuple(sorted({places.finding(result) for result in results}, key=_by_place))
    return Report(str(data), f"{shapes} shapes, {len(triples)} triples", findings)


def validate_file(graph: Graph, path: Path, *, referee: bool = False) -> Report:
    """Check somebody's own RDF file, read together with the graph it may refer to."""
    own = read_foreign(path)
    vocabulary = Vocabulary.load(ontology_files())
    subjects = {lexical(t.subject) for t in own if isinstance(t.subject, ox.NamedNode)}
    findings = _undeclared(own, path, vocabulary)
    if not any(t.predicate == type_ and lexical(t.object) in vocabulary.classes for t in own):
        remedy = f"give nodes an rdf:type from {PREFIXES['ck']}"
        findings.append(Finding("nothing-to-check", "no node has a class of the ontology", remedy, str(path)))
    if any(
        t.predicate == type_ and isinstance(t.subject, ox.BlankNode) and lexical(t.object) in vocabulary.classes
        for t in own
    ):
        remedy = "give every node an IRI"
        findings.append(Finding("node-named", "a node with a class of the ontology is anonymous", remedy, str(path)))
    triples = [quad.triple for quad in graph.quads() if quad.graph_name not in _UNCHECKED]
    results, shapes = _run([*triples, *own], subjects, referee=referee)
    findings += [_finding(result, path=str(path)) for result in results]
    return Report(str(path), f"{shapes} shapes, {len(own)} triples", tuple(sorted(set(findings), key=_by_place)))


def _by_place(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.line or 0, str(finding)


def read_foreign(path: Path) -> list[ox.Triple]:
    """Parse a file of Turtle, N-Triples, N-Quads or TriG; UsageError with line and column if it is not valid."""
    if path.suffix not in _FORMATS:
        raise UsageError(f"{path}: give a file ending in {', '.join(sorted(_FORMATS))}")
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: not a file")
        if path.stat().st_size > _LIMIT:
            raise UsageError(f"{path}: larger than {_LIMIT // 2**20} MiB")
        return [quad.triple for quad in ox.parse(path=path)]
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error


def _run(triples: list[ox.Triple], focus: set[str] | None, *, referee: bool) -> tuple[list[Result], int]:
    """Run all shapes, on some focus nodes or on all; the results, and how many shapes took part."""
    shapes = load_shapes()
    count = count_shapes(shapes)
    constraints = [] if referee else take_constraints(shapes)
    results = _pyshacl(triples, shapes, focus)
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    for shape, constraint in constraints:
        found = answer_constraint(shapes, shape, constraint, store)
        results += [result for result in found if focus is None or result.node in focus]
    return results, count


def _pyshacl(triples: list[ox.Triple], shapes: rdflib.Graph, focus: set[str] | None) -> list[Result]:
    import pyshacl

    rdflib.NORMALIZE_LITERALS = False
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    data = ParseOnceGraph().parse(data=text, format="nt")
    _, report, _ = pyshacl.validate(
        data,
        shacl_graph=shapes,
        inference="none",
        inplace=True,
        focus_nodes=[rdflib.URIRef(iri) for iri in sorted(focus)] if focus is not None else None,
    )

    def read(result: rdflib.term.Node, name: str) -> str:
        return str(report.value(result, SH[name]) or "")

    return [
        Result(
            node=read(result, "focusNode"),
            path=read(result, "resultPath"),
            value=read(result, "value"),
            shape=read(result, "sourceShape"),
            message=read(result, "resultMessage"),
        )
        for result in report.subjects(rdflib.RDF.type, SH.ValidationResult)
    ]


def _finding(result: Result, **place: Any) -> Finding:
    message, _, remedy = result.message.partition("; ")
    node, value = (text.removeprefix(INDIVIDUALS) for text in (result.node, result.value))
    shown = f" (found: {value})" if value and value not in {node, message} and value not in message else ""
    rule = result.shape.removeprefix(PREFIXES["cks"])
    return Finding(rule, f"{node}: {message}{shown}", remedy, node=result.node, **place)


class _Places:
    """Finds the file, line and column a node and property came from."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lines: dict[str, dict[str, int]] = {}

    def finding(self, result: Result) -> Finding:
        table, _, identifier = result.node.removeprefix(INDIVIDUALS).partition("/")
        model = TABLES.get(table)
        if model is None:
            return _finding(result)
        path = self._data / f"{table}.tsv"
        if table not in self._lines:
            self._lines[table] = {raw.cells["id"].strip(): raw.line for raw in read_rows(path, model, [])}
        line = self._lines[table].get(identifier)
        return _finding(result, path=str(path), line=line, column=_column(table, result.path) or "id")


def _column(table: str, iri: str) -> str:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            curie = f"{prefix}:{iri.removeprefix(base)}"
            marks = columns(TABLES[table])
            derived = {
                rule.predicate: getattr(rule, "value", "")
                for rule in TABLES[table].derived
                if not isinstance(rule, Statement)
            }
            return next(
                (name for name, mark in marks.items() if mark and mark.predicate == curie), derived.get(curie, "")
            )
    return ""


def _undeclared(own: list[ox.Triple], path: Path, vocabulary: Vocabulary) -> list[Finding]:
    used = {lexical(t.predicate) for t in own}
    used |= {lexical(t.object) for t in own if t.predicate == type_ and isinstance(t.object, ox.NamedNode)}
    wrong = sorted(iri for iri in used if iri.startswith(PREFIXES["ck"]) and iri not in vocabulary.declared)
    return [
        Finding("term-declared", f"{iri} is not a term of the ontology", _nearest(iri, vocabulary), str(path))
        for iri in wrong
    ]


def _nearest(iri: str, vocabulary: Vocabulary) -> str:
    near = difflib.get_close_matches(iri, [term for term in vocabulary.declared if term.startswith(PREFIXES["ck"])], 1)
    return f"write {near[0]}" if near else "use a declared term"
