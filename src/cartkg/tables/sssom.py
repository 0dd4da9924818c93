"""Mappings to identifiers elsewhere: SSSOM tables, every row checked, every mapping a triple."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ..findings import Finding
from ..rdf.prefixes import Prefix, known_prefixes
from ..rdf.vocabulary import INDIVIDUALS, Vocabulary, expand
from .reader import choices, parse_rows

SUFFIX = ".sssom.tsv"
PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_METADATA = ("mapping_set_id", "license", "curie_map")
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_COLUMNS = (
    *_REQUIRED, "subject_label", "subject_source", "predicate_label", "object_label", "object_source",
    "object_source_version", "author_id", "author_label", "reviewer_id", "mapping_date", "mapping_source",
    "mapping_tool", "confidence", "see_also", "comment",
)  # fmt: skip
_BUILT_IN = ("semapv", "skos")  # what SSSOM files may use without declaring it
_NOT_FOUND = "sssom:NoTermFound"
_IDENTIFIER = expand("dcterms:identifier")
_NAME = expand("skos:prefLabel")
_REASON = expand("ck:noIdentifierFound")


@dataclass
class MappingReader:
    """Reads mapping files; what is wrong is added to `findings`, located by file, line and column."""

    vocabulary: Vocabulary
    ids: Mapping[str, Iterable[str]]
    findings: list[Finding]
    _known: dict[str, Prefix] = field(default_factory=known_prefixes)
    _seen: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def triples(self, files: Iterable[Path]) -> Iterator[ox.Triple]:
        """For each sound row its mapping with identifier and name of its object, or why no identifier was found."""
        for file in files:
            yield from self._file(file)

    def _file(self, path: Path) -> Iterator[ox.Triple]:
        if not path.name.endswith(SUFFIX):
            self._wrong(path, "mapping-file", "is not a mapping table", f"end its name in {SUFFIX}, or move it away")
            return
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError) as error:
            self._wrong(path, "mapping-file", f"can not be read: {error}", "put a readable UTF-8 file there")
            return
        top = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        prefixes = self._prefixes(path, "".join(line[1:] for line in lines[:top]))
        if prefixes is not None:
            for raw in parse_rows(path, "".join(lines[top:]), _COLUMNS, _REQUIRED, self.findings, top):
                row = _Row(path, raw.line, raw.cells)
                if self._sound_cells(row):
                    yield from self._row(row, prefixes)

    def _prefixes(self, path: Path, text: str) -> dict[str, str] | None:
        import yaml

        try:
            metadata = yaml.safe_load(text)
        except yaml.YAMLError as error:
            message = " ".join(str(error).split())
            self._wrong(path, "mapping-metadata", f"its # lines are not YAML: {message}", "write key: value", 1)
            return None
        known = metadata if isinstance(metadata, dict) else {}
        for key in _METADATA:
            if not known.get(key):
                self._wrong(path, "mapping-metadata", f"{key} is missing", f"add a line #{key}: …", 1)
        declared = known.get("curie_map")
        prefixes = {str(key): str(iri) for key, iri in declared.items()} if isinstance(declared, dict) else {}
        for prefix in sorted(prefixes.keys() & self._known.keys()):
            expected = self._known[prefix].iri
            if prefixes[prefix] != expected:
                message = f"prefix {prefix} stands for {prefixes[prefix]}"
                self._wrong(path, "mapping-prefix", message, f"write {prefix}: {expected}", 1)
        return prefixes | {prefix: self._known[prefix].iri for prefix in _BUILT_IN}

    def _sound_cells(self, row: _Row) -> bool:
        empty = [name for name in _REQUIRED if not row[name]]
        for name in empty:
            self._wrong(row.path, "cell-type", "the cell is empty but must be filled", "fill it", row.line, name)
        confidence = row["confidence"]
        sound = not confidence or re.fullmatch(r"0(\.[0-9]+)?|1(\.0+)?", confidence)
        if not sound:
            message = f"{confidence!r} is not a confidence"
            self._wrong(row.path, "cell-type", message, "write a number from 0 to 1", row.line, "confidence")
        return bool(sound) and not empty

    def _row(self, row: _Row, prefixes: Mapping[str, str]) -> Iterator[ox.Triple]:
        before = len(self.findings)
        nodes = {name: self._node(row, name, prefixes) for name in _REQUIRED}
        if row["predicate_id"] not in PREDICATES:
            message = f"{row['predicate_id']!r} is not a mapping property"
            remedy = choices(PREDICATES, row["predicate_id"])
            self._wrong(row.path, "mapping-predicate", message, remedy, row.line, "predicate_id")
        subject, predicate, target, justification = nodes.values()
        if subject is not None and (instead := self._unknown(subject.value)) is not None:
            message = f"{row['subject_id']!r} is neither a row nor a term"
            self._wrong(row.path, "mapping-subject", message, instead, row.line, "subject_id")
        if justification is not None and not row["mapping_justification"].startswith("semapv:"):
            message = f"{row['mapping_justification']!r} is not a justification"
            remedy = "write for example semapv:ManualMappingCuration"
            self._wrong(row.path, "mapping-justification", message, remedy, row.line, "mapping_justification")
        if row["object_id"] == _NOT_FOUND and not row["comment"]:
            remedy = "say in comment why no identifier was found"
            self._wrong(row.path, "mapping-reason", "gives neither identifier nor reason", remedy, row.line, "comment")
        if subject is None or predicate is None or target is None or len(self.findings) > before:
            return
        key = subject.value, predicate.value, target.value
        place = f"{row.path.name}:{row.line}"
        if (first := self._seen.setdefault(key, place)) != place:
            self._wrong(row.path, "mapping-twice", f"stands already in {first}", "keep one", row.line)
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
                self._wrong(row.path, "mapping-label", message, "write one label in both", row.line, "object_label")
            yield ox.Triple(target, _NAME, ox.Literal(name))

    def _node(self, row: _Row, name: str, prefixes: Mapping[str, str]) -> ox.NamedNode | None:
        curie = row[name]
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in prefixes:
            message = f"{curie!r} starts with no prefix of the file"
            self._wrong(row.path, "mapping-prefix", message, f"add {prefix} to curie_map, or "
                        f"{choices(prefixes, prefix.casefold())}", row.line, name)  # fmt: skip
            return None
        if prefix in self._known and not self._known[prefix].pattern.fullmatch(local):
            message, remedy = f"{local!r} is not an identifier of {prefix}", "compare it with the registry's page"
            self._wrong(row.path, "mapping-identifier", message, remedy, row.line, name)
            return None
        try:
            return ox.NamedNode(prefixes[prefix] + local)
        except ValueError:
            message = f"{curie!r} does not expand to an IRI"
            self._wrong(row.path, "mapping-identifier", message, "correct the CURIE or its prefix", row.line, name)
            return None

    def _unknown(self, iri: str) -> str | None:
        """What to write instead of a subject that is neither a row of the tables nor a term; None if it is one."""
        if iri.startswith(INDIVIDUALS):
            table, _, identifier = iri.removeprefix(INDIVIDUALS).partition("/")
            known = self.ids.get(table)
            if known is None:
                return choices((f"cartkg:{name}/…" for name in self.ids), f"cartkg:{table}/…")
            return (
                None
                if identifier in known
                else choices((f"cartkg:{table}/{one}" for one in known), f"cartkg:{table}/{identifier}")
            )
        if iri in self.vocabulary.declared:
            return None
        return "write cartkg:table/id of a row, or ck:name of a term of the ontology"

    def _wrong(
        self, path: Path, rule: str, message: str, remedy: str, line: int | None = None, column: str = ""
    ) -> None:
        self.findings.append(Finding(rule, message, remedy, str(path), line, column))


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()
