"""Validate with SHACL: the built graph against its tables, or somebody's own Turtle against the graph."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .errors import UsageError
from .findings import Finding, Report
from .resources import ontology_files, shapes_directory
from .tables import TABLES
from .tables.reader import columns, read_rows
from .vocabulary import INDIVIDUALS, PREFIXES, Vocabulary, lexical, type_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .store import Graph

_FORMATS = {".ttl", ".nt", ".nq", ".trig"}
_LIMIT = 64 * 1024 * 1024
_SH = "http://www.w3.org/ns/shacl#"


def validate_graph(graph: Graph, data: Path) -> Report:
    """Check a built graph; findings name file, line and column of the table the node came from."""
    triples = [quad.triple for quad in graph.quads()]
    places = _Places(data)
    results, shapes = _run(triples, None)
    findings = tuple(sorted((places.finding(result) for result in results), key=str))
    return Report(str(data), f"{shapes} shapes, {graph.manifest.quads} triples", findings)


def validate_file(graph: Graph, path: Path) -> Report:
    """Check somebody's own RDF file, read together with the graph it may refer to."""
    own = read_foreign(path)
    subjects = {lexical(t.subject) for t in own if isinstance(t.subject, ox.NamedNode)}
    findings = _undeclared(own, path, Vocabulary.load(ontology_files()))
    classes = Vocabulary.load(ontology_files()).classes
    if not any(
        t.predicate == type_ and lexical(t.object) in classes for t in own if isinstance(t.object, ox.NamedNode)
    ):
        findings.append(
            Finding("nothing-to-check", "no node has a class of the cartkg ontology",
                    "give nodes an rdf:type from https://w3id.org/cartkg/ontology/", str(path))
        )  # fmt: skip
    results, shapes = _run([*(quad.triple for quad in graph.quads()), *own], sorted(subjects))
    findings += [_result_finding(result, path=str(path)) for result in results]
    return Report(str(path), f"{shapes} shapes, {len(own)} triples", tuple(sorted(findings, key=str)))


def read_foreign(path: Path) -> list[ox.Triple]:
    """Parse a file of Turtle, N-Triples, N-Quads or TriG; UsageError with line and column if it is not valid."""
    if path.suffix not in _FORMATS:
        raise UsageError(f"{path}: give a file ending in {', '.join(sorted(_FORMATS))}")
    try:
        if path.stat().st_size > _LIMIT:
            raise UsageError(f"{path}: larger than {_LIMIT // 2**20} MiB")
        return [quad.triple for quad in ox.parse(path=path)]
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error


def _run(triples: Iterable[ox.Triple], focus: list[str] | None) -> tuple[list[dict[str, str]], int]:
    """Run pySHACL; the results as plain dictionaries, and how many shapes took part."""
    import pyshacl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    data = rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph()
    for file in sorted(shapes_directory().glob("*.ttl")):
        with file.open("rb") as stream:
            shapes.parse(stream, format="turtle", publicID=PREFIXES["cks"])
    sh = rdflib.Namespace(_SH)
    count = len({*shapes.subjects(rdflib.RDF.type, sh.NodeShape), *shapes.subjects(rdflib.RDF.type, sh.PropertyShape)})
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", advanced=False, js=False, do_owl_imports=False,
        focus_nodes=[rdflib.URIRef(iri) for iri in focus] if focus else None,
    )  # fmt: skip
    results = []
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        read = {
            name: str(report.value(result, sh[name]) or "")
            for name in ("focusNode", "resultPath", "value", "sourceShape", "sourceConstraint", "resultMessage")
        }
        results.append(read)
    return results, count


def _result_finding(result: dict[str, str], **place: Any) -> Finding:
    message, _, remedy = result["resultMessage"].partition("; ")
    rule = (result["sourceConstraint"] or result["sourceShape"]).removeprefix(PREFIXES["cks"])
    value = result["value"].removeprefix(INDIVIDUALS)
    shown = f" (found: {value})" if value and value != result["focusNode"].removeprefix(INDIVIDUALS) else ""
    node = result["focusNode"].removeprefix(INDIVIDUALS)
    return Finding(rule, f"{node}: {message}{shown}", remedy, node=result["focusNode"], **place)


class _Places:
    """Finds the file, line and column a node and property came from."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lines: dict[str, dict[str, int]] = {}

    def finding(self, result: dict[str, str]) -> Finding:
        table, _, identifier = result["focusNode"].removeprefix(INDIVIDUALS).partition("/")
        model = TABLES.get(table)
        if model is None:
            return _result_finding(result)
        path = self._data / f"{table}.tsv"
        if table not in self._lines:
            self._lines[table] = {raw.cells["id"].strip(): raw.line for raw in read_rows(path, model, [])}
        line = self._lines[table].get(identifier)
        return _result_finding(result, path=str(path), line=line, column=_column(table, result["resultPath"]))


def _column(table: str, iri: str) -> str:
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            curie = f"{prefix}:{iri.removeprefix(base)}"
            marks = columns(TABLES[table])
            derived = {rule.predicate: getattr(rule, "value", "") for rule in TABLES[table].derived}
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
