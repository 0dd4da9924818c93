"""Mappings to identifiers elsewhere: SSSOM tables, every row checked, every mapping a triple."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ..errors import StorageError
from ..files import read_regular, read_yaml
from ..findings import Finding
from ..rdf.vocabulary import INDIVIDUALS, Vocabulary, expand
from ..resources import ONTOLOGY_DIRECTORY, read_table
from .fingerprint import KEPT, altered
from .reader import choices, parse_rows

SUFFIX = ".sssom.tsv"
PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_METADATA = ("mapping_set_id", "license", "curie_map")
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_COLUMNS = (
    *_REQUIRED, "subject_label", "subject_source", "predicate_label", "object_label", "object_source",
    "object_source_version", "author_id", "author_label", "reviewer_id", "mapping_date", "mapping_source",
    "mapping_tool", "confidence", "see_also", "comment", KEPT,
)  # fmt: skip
_BUILT_IN = ("semapv", "skos")  # what SSSOM files may use without declaring it
_NOT_FOUND = "sssom:NoTermFound"
_REGISTRY = "bioregistry:"
_NOWHERE = _REGISTRY + _NOT_FOUND.partition(":")[0]  # what was looked for in a vocabulary, and not found
_IDENTIFIER = expand("dcterms:identifier")
_NAME = expand("skos:prefLabel")
_REASON = expand("ck:noIdentifierFound")
_REMARK = expand("ck:mappingRemark")
_Problem = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a prefix stands for, and what its identifiers look like."""

    iri: str
    pattern: re.Pattern[str]
    name: str


def known_prefixes(path: Path | None = None) -> dict[str, Prefix]:
    """The rows of the prefix table by prefix; StorageError with the line if it can not be read."""
    path = path or ONTOLOGY_DIRECTORY / "prefixes.tsv"
    found: dict[str, Prefix] = {}
    try:
        for row in read_table(path):
            found[row["prefix"]] = Prefix(row["iri"], re.compile(row["pattern"]), row["name"])
    except (OSError, UnicodeDecodeError, KeyError, TypeError, re.error) as error:
        message = f"{path.name}:{len(found) + 2}: not a row of prefix, iri, pattern and name: {error}"
        raise StorageError(message) from error
    if not found:
        raise StorageError(f"{path}: holds no prefix; put back what was there")
    return found


@dataclass
class MappingReader:
    """Reads mapping files; what is wrong is added to `findings`, located by file, line and column.

    `ids` are those of the rows of each table; of tables that are `torn` not all are known. `called` gives the names of
    the rows of a table, their labels first.
    """

    vocabulary: Vocabulary
    ids: Mapping[str, Iterable[str]]
    findings: list[Finding]
    torn: Collection[str] = ()
    called: Callable[[str], Mapping[str, Sequence[str]]] = lambda _: {}
    _known: dict[str, Prefix] = field(default_factory=known_prefixes)
    _seen: dict[tuple[str, ...], str] = field(default_factory=dict)
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def triples(self, files: Iterable[Path]) -> Iterator[ox.Triple]:
        """For each sound row its mapping with identifier, name and remark, or why no identifier was found."""
        for file in files:
            yield from self._file(file)

    def _told(self, problems: Iterable[_Problem], path: Path, line: int | None = None) -> bool:
        """Keep problems, each a rule, message, remedy and column, as findings; True where there are any."""
        found = [Finding(rule, message, remedy, str(path), line, name) for rule, message, remedy, name in problems]
        self.findings += found
        return bool(found)

    def _file(self, path: Path) -> Iterator[ox.Triple]:
        if not path.name.endswith(SUFFIX):
            remedy = f"end its name in {SUFFIX}, or move it away"
            self._told([("mapping-file", "is not a mapping table", remedy, "")], path)
            return
        try:
            lines = read_regular(path).decode("utf-8-sig").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError) as error:
            self._told([("mapping-file", f"can not be read: {error}", "put a readable UTF-8 file there", "")], path)
            return
        top = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        prefixes = self._prefixes(path, "".join(line[1:] for line in lines[:top]))
        if prefixes is not None:
            for raw in parse_rows(path, "".join(lines[top:]), _COLUMNS, _REQUIRED, self.findings, top):
                row = defaultdict(str, {name: cell.strip() for name, cell in raw.cells.items()})
                if not self._told(_wrong_cells(row), path, raw.line):
                    yield from self._row(row, path, raw.line, prefixes)

    def _prefixes(self, path: Path, text: str) -> dict[str, str] | None:
        try:
            metadata = read_yaml(text)
        except ValueError as error:
            message = f"its # lines are not YAML: {error}"
            self._told([("mapping-metadata", message, "write key: value", "")], path, 1)
            return None
        known = metadata if isinstance(metadata, dict) else {}
        missing = [key for key in _METADATA if not known.get(key)]
        self._told([("mapping-metadata", f"{key} is missing", f"add a line #{key}: …", "") for key in missing], path, 1)
        declared = known.get("curie_map")
        prefixes = {str(key): str(iri) for key, iri in declared.items()} if isinstance(declared, dict) else {}
        expected = {prefix: self._known[prefix].iri for prefix in sorted(prefixes.keys() & self._known.keys())}
        wrong = [
            ("mapping-prefix", f"prefix {prefix} stands for {prefixes[prefix]}", f"write {prefix}: {iri}", "")
            for prefix, iri in expected.items()
            if prefixes[prefix] != iri
        ]
        self._told(wrong, path, 1)
        return prefixes | {prefix: self._known[prefix].iri for prefix in _BUILT_IN}

    def _row(self, row: Mapping[str, str], path: Path, line: int, prefixes: Mapping[str, str]) -> Iterator[ox.Triple]:
        nodes = [self._node(row[name], name, prefixes) for name in _REQUIRED]
        wrong = [node for node in nodes if isinstance(node, tuple)]
        subject, predicate, target, justification = (None if isinstance(node, tuple) else node for node in nodes)
        if self._told([*wrong, *self._contents(row, subject, justification)], path, line):
            return
        if subject is None or predicate is None or target is None:
            return
        place = f"{path.name}:{line}"
        if (first := self._seen.setdefault((subject.value, predicate.value, target.value), place)) != place:
            self._told([("mapping-twice", f"stands already in {first}", "keep one", "")], path, line)
            return
        if row["object_id"] == _NOT_FOUND:
            yield ox.Triple(subject, _REASON, ox.Literal(row["comment"], language="en"))
            return
        yield ox.Triple(subject, predicate, target)
        yield ox.Triple(target, _IDENTIFIER, ox.Literal(row["object_id"]))
        if name := row["object_label"]:
            known, where = self._names.setdefault(target.value, (name, place))
            if known != name:
                message = f"{row['object_id']} is called {known!r} in {where}"
                self._told([("mapping-label", message, "write one label in both", "object_label")], path, line)
            yield ox.Triple(target, _NAME, ox.Literal(name))
        if row["comment"]:
            yield ox.Triple(target, _REMARK, ox.Literal(row["comment"], language="en"))

    def _contents(
        self, row: Mapping[str, str], subject: ox.NamedNode | None, justification: ox.NamedNode | None
    ) -> Iterator[_Problem]:
        """What is wrong with what a row says."""
        predicate, reason = row["predicate_id"], row["mapping_justification"]
        if predicate not in PREDICATES:
            message = f"{predicate!r} is not a mapping property"
            yield "mapping-predicate", message, choices(PREDICATES, predicate), "predicate_id"
        if subject is not None and (instead := self._unknown(subject.value)) is not None:
            yield "mapping-subject", f"{row['subject_id']!r} is neither a row nor a term", instead, "subject_id"
        elif subject and (label := self._label(subject.value)) and row["subject_label"] not in {"", label}:
            yield "mapping-label", f"{row['subject_id']} is called {label!r}", f"write {label}", "subject_label"
        if justification is not None and not reason.startswith("semapv:"):
            remedy = "write for example semapv:ManualMappingCuration"
            yield "mapping-justification", f"{reason!r} is not a justification", remedy, "mapping_justification"
        wanted = _REGISTRY + row["object_id"].partition(":")[0]
        if row["object_source"].startswith(_REGISTRY) and row["object_source"] != wanted and wanted != _NOWHERE:
            message = f"{row['object_id']} is no identifier of {row['object_source']}"
            yield "mapping-source", message, f"write {wanted}, or correct object_id", "object_source"
        if row["object_id"] == _NOT_FOUND and not row["comment"]:
            remedy = "say in comment why no identifier was found"
            yield "mapping-reason", "gives neither identifier nor reason", remedy, "comment"
        if KEPT in row and (changed := altered(row)):
            yield KEPT, *changed, KEPT

    def _node(self, curie: str, name: str, prefixes: Mapping[str, str]) -> ox.NamedNode | _Problem:
        """What a CURIE stands for, or what is wrong with it."""
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in prefixes:
            remedy = f"add {prefix} to curie_map, or {choices(prefixes, prefix.casefold())}"
            return "mapping-prefix", f"{curie!r} starts with no prefix of the file", remedy, name
        if prefix in self._known and not self._known[prefix].pattern.fullmatch(local):
            message = f"{local!r} is not an identifier of {prefix}"
            return "mapping-identifier", message, "compare it with the registry's page", name
        try:
            return ox.NamedNode(prefixes[prefix] + local)
        except ValueError:
            message = f"{curie!r} does not expand to an IRI"
            return "mapping-identifier", message, "correct the CURIE or its prefix", name

    def _label(self, iri: str) -> str:
        """The label of a row or term, or nothing where it is not known."""
        if not iri.startswith(INDIVIDUALS):
            return self.vocabulary.label(iri)
        table, _, identifier = iri.removeprefix(INDIVIDUALS).partition("/")
        return next(iter(self.called(table).get(identifier, ())), "")

    def _unknown(self, iri: str) -> str | None:
        """What to write instead of a subject that is neither a row of the tables nor a term; None if it is one."""
        if not iri.startswith(INDIVIDUALS):
            known = iri in self.vocabulary.declared
            return None if known else "write cartkg:table/id of a row, or ck:name of a term of the ontology"
        table, _, identifier = iri.removeprefix(INDIVIDUALS).partition("/")
        if table in self.torn:  # its own mistakes are told once, there
            return None
        if table not in self.ids:
            return choices((f"cartkg:{name}/…" for name in self.ids), f"cartkg:{table}/…")
        ids = self.ids[table]
        near = (f"cartkg:{table}/{one}" for one in ids)
        return None if identifier in ids else choices(near, f"cartkg:{table}/{identifier}")


def _wrong_cells(row: Mapping[str, str]) -> Iterator[_Problem]:
    for name in _REQUIRED:
        if not row[name]:
            yield "cell-type", "the cell is empty but must be filled", "fill it", name
    if row["confidence"] and not re.fullmatch(r"0(\.[0-9]+)?|1(\.0+)?", row["confidence"]):
        yield "cell-type", f"{row['confidence']!r} is not a confidence", "write a number from 0 to 1", "confidence"
