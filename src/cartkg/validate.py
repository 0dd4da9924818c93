"""Validate: the built graph against its tables, or somebody's own RDF against the graph, by shapes and by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .errors import UsageError
from .findings import Finding, Report, nearest
from .queries.stored import StoredQuery, stored_queries
from .rdf.blank_nodes import renumbered
from .rdf.folders import Folder, read_folders
from .rdf.foreign import read_quads
from .rdf.shapes import Result, load_shapes, shape_files, violations
from .rdf.store import Graph, texts
from .rdf.vocabulary import BASE, PREFIXES, Vocabulary, expand, graph_name, lexical, row_name, shorten, type_
from .reasoning.axioms import LOGICAL
from .tables.reader import rows_of
from .tables.schema import curated_tables

_MANY = 1000  # rows in a file that are no more asked what holds for anybody, which would take minutes
_UNCHECKED = graph_name("queries")  # what can be asked, which is about the graph
_ANONYMOUS = BASE + ".well-known/genid/"
_MEANING = {*LOGICAL, *map(expand, ("rdfs:label", "skos:definition", "skos:notation"))}
_PLACES = {expand(curie): role for role, curies in {
    "class": ("rdf:type", "rdfs:subClassOf", "rdfs:domain", "rdfs:range", "owl:equivalentClass", "owl:disjointWith"),
    "property": ("rdfs:subPropertyOf", "owl:equivalentProperty", "owl:inverseOf"),
}.items() for curie in curies}  # what stands behind a property, where it is no value  # fmt: skip
_OURS = re.compile(r"https?://(?:www[.])?w3id[.]org/cartkg(?:/?ontology)?[/#]?(?:id/)?(?=.)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TERM = re.compile(_OURS.pattern.replace("(?:/?ontology)?", "/?ontology") + "[^0-9/]")  # a digit begins a version's IRI


def validate_graph(graph: Graph, data: Path, *, reference_engine: bool = False) -> Report:
    """Check a built graph; findings name file, line and column of the table the node came from.

    `reference_engine` leaves the shapes to pySHACL, which is much slower and finds the same.
    """
    triples = _checked(graph)
    vocabulary = Vocabulary.load()
    results, checked = _run(triples, None, reference_engine=reference_engine)
    folders = read_folders(data, map(Path, graph.manifest.overlays))
    findings = {*_placed(results, folders), *_undeclared(triples, str(data), vocabulary)}
    return Report(str(data), f"{checked}, {len(triples)} triples", tuple(sorted(findings, key=_by_place)))


def validate_file(graph: Graph, path: Path, *, reference_engine: bool = False) -> Report:
    """Check somebody's own RDF file, read together with the graph it may refer to.

    Anonymous nodes are named by their order in the file, so that a finding says each time which one it means.
    """
    own = list(renumbered(read_quads(path), lambda number: ox.NamedNode(f"{_ANONYMOUS}{number}")))
    vocabulary = Vocabulary.load()
    subjects = {lexical(triple.subject) for triple in own}
    typed = {lexical(t.subject) for t in own if t.predicate == type_ and lexical(t.object) in vocabulary.classes}
    findings = set(_undeclared(own, str(path), vocabulary))
    if not typed:
        remedy = f"give nodes an rdf:type from {PREFIXES['ck']}"
        findings.add(Finding("nothing-to-check", "no node has a class of the ontology", remedy, str(path)))
    if anonymous := sorted(node for node in typed if node.startswith(_ANONYMOUS)):
        message = f"{_readable(anonymous[0])}: a node with a class of the ontology is anonymous"
        remedy = "give every node an IRI, so that others can speak of it"
        findings.add(Finding("node-named", message, remedy, str(path), severity="warning"))
    foreign = {node for node in subjects if row_name(node).partition("/")[0] not in curated_tables()}
    present = _checked(graph)
    findings |= {_said_otherwise(triple, str(path)) for triple in set(own).difference(present)
                 if triple.predicate in _MEANING and lexical(triple.subject).startswith(PREFIXES["ck"])}  # fmt: skip
    triples = [*present, *own]
    results, checked = _run(triples, subjects - foreign, foreign, reference_engine=reference_engine)
    findings |= {_finding(result, path=str(path)) for result in results}
    return Report(str(path), f"{checked}, {len(own)} triples", tuple(sorted(findings, key=_by_place)))


def _by_place(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.line or 0, str(finding)


def _checked(graph: Graph) -> list[ox.Triple]:
    return [quad.triple for quad in graph.quads() if quad.graph_name != _UNCHECKED]


def _run(
    triples: list[ox.Triple], rows: set[str] | None, others: set[str] | None = None, *, reference_engine: bool
) -> tuple[list[Result], str]:
    """Ask shapes and rules of rows, or of all; and of rows and others what holds for anybody's RDF.

    What a shape of rows says of a property of a row is not said again.
    """
    store = ox.Store()
    # As text it is quicker than one by one.
    store.load(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    results, shapes = _broken(shape_files(), triples, store, rows, reference_engine=reference_engine)
    rules = broken_rules(store)
    for found in rules.values():
        results += [result for result in found if rows is None or result.node in rows]
    checked = f"{shapes} shapes, {len(rules)} rules"
    if rows is not None and others is not None:
        files = shape_files(open_=True)
        said = {(result.node, result.path) for result in results}
        few = rows if len(rows) <= _MANY else set[str]()
        more, shapes = _broken(files, triples, store, few | others, reference_engine=reference_engine)
        results += [result for result in more if (result.node, result.path) not in said]
        checked += f", {shapes} shapes of any RDF"
    return results, checked


def _broken(
    files: Sequence[Path], triples: list[ox.Triple], store: ox.Store, focus: set[str] | None, *, reference_engine: bool
) -> tuple[list[Result], int]:
    """What breaks the shapes of some files, and how many there are."""
    shapes = load_shapes(files)
    if reference_engine:
        from .rdf.in_rdflib import reference_violations

        return reference_violations(files, triples, focus), len(shapes)
    return list(violations(shapes, triples, store, focus)), len(shapes)


def rules() -> dict[str, StoredQuery]:
    """The rules by name."""
    return {name: query for name, query in stored_queries().items() if query.topic == "verify"}


def broken_rules(data: ox.Store) -> dict[str, list[Result]]:
    """What breaks each rule in the default graph of a store.

    A row names the node as `iri`, what it says wrongly as `value`, and of which property as `property`.
    """
    return {name: list(_breaking(rule, data)) for name, rule in rules().items()}


def _breaking(rule: StoredQuery, data: ox.Store) -> Iterator[Result]:
    found = data.query(rule.text)
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError(f"{rule.path.name}: a rule is a SELECT query")
    for row in texts(found):
        message = _PLACEHOLDER.sub(lambda key: row.get(key[1], key[0]), str(rule.header["finding"]))  # noqa: B023
        yield Result(row["iri"], row.get("property", ""), "", row.get("value", ""), rule.name, message)


def _finding(result: Result, **place: Any) -> Finding:
    message, _, remedy = _readable(result.message).partition("; ")
    node, value = (row_name(text) or _readable(text) for text in (result.node, result.value))
    shown = f" (found: {value})" if value and value not in {node, message} and value not in message else ""
    rule = result.shape.removeprefix(PREFIXES["cks"])
    severity = result.severity.rpartition("#")[2].lower()
    return Finding(rule, f"{node}: {message}{shown}", remedy, node=result.node, severity=severity, **place)


def _readable(text: str) -> str:
    return text.replace(_ANONYMOUS, "_:")


def _placed(results: Iterable[Result], folders: Sequence[Folder]) -> Iterator[Finding]:
    """Findings at the file, line and column that a node and property came from."""
    lines: dict[str, dict[str, tuple[Path, int]]] = {}
    for result in results:
        table, _, identifier = row_name(result.node).partition("/")
        if table not in curated_tables():
            yield _finding(result)
            continue
        if table not in lines:
            rows = rows_of(curated_tables()[table], folders, [])
            lines[table] = {raw.cells["id"].strip(): (raw.path, raw.line) for _, raw in rows}
        file, line = lines[table].get(identifier, (folders[0].table(table), None))
        yield _finding(result, path=str(file), line=line, column=_column(table, result.path) or "id")


def _column(table: str, iri: str) -> str:
    curie = shorten(iri)
    declared = curated_tables()[table]
    names = {rule.predicate: rule.targets[0] for rule in declared.derived if rule.kind == "months"}
    return (names | {column.predicate: name for name, column in reversed(declared.mapped.items())}).get(curie, "")


def _said_otherwise(triple: ox.Triple, path: str) -> Finding:
    term, said = shorten(lexical(triple.subject)), shorten(triple.predicate.value)
    message = f"{term}: the file gives {said} '{lexical(triple.object)}' to a term, but the ontology does not"
    return Finding("term-renamed", message, "take it away, or say it of a node with an IRI of your own", path)


def _undeclared(triples: list[ox.Triple], path: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    """The terms that are meant to be ours, as property, class or value, but are not in the ontology."""
    used: dict[tuple[str, str], str] = {}
    fit = {"property": vocabulary.properties, "class": vocabulary.classes, "value": vocabulary.declared}
    for triple in triples:
        place = _PLACES.get(triple.predicate, "value")
        for term, role in ((triple.subject, "value"), (triple.predicate, "property"), (triple.object, place)):
            if isinstance(term, ox.NamedNode) and term.value not in fit[role]:
                used.setdefault((term.value, role), lexical(triple.subject))
    for (iri, role), node in sorted(used.items()):
        if (_TERM if role == "value" else _OURS).match(iri):
            known = {_letters(name): term for name, term in vocabulary.called(role).items()}
            other = next((sort for sort in fit if iri in fit[sort]), "")
            name, own = _letters(_OURS.sub("", iri, 1)), {_letters(_OURS.sub("", term, 1)) for term in known.values()}
            near = [] if other else nearest(name, {name} & known.keys() or own, 1, 0.8) or nearest(name, known, 3)
            terms = list(dict.fromkeys(known[one] for one in near))
            such = f", such as {' or '.join(terms)}" if terms else ""
            remedy = f"write {terms[0]}" if len(near) == 1 else f"write a {role} that it declares{such}"
            if node == iri:
                remedy = "give what is your own an IRI of your own"
            is_no = f"{iri} is no {role} of the ontology{other and f', but a {other}'}"
            yield Finding("term-declared", f"{row_name(node) or _readable(node)}: {is_no}", remedy, path)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
