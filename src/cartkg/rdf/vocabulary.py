"""The ontology as a closed vocabulary: its triples, its codes and what it declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from ..errors import StorageError
from ..resources import ontology_files
from .blank_nodes import renumbered

BASE = "https://w3id.org/cartkg/"
INDIVIDUALS = BASE + "id/"
DAYS_PER_MONTH = Decimal("30.4375")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PREFIXES = {
    "ck": BASE + "ontology/",
    "cks": BASE + "shape/",
    "dcterms": "http://purl.org/dc/terms/",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_K = TypeVar("_K")
_V = TypeVar("_V")
type_ = ox.NamedNode(PREFIXES["rdf"] + "type")


@cache
def expand(curie: str) -> ox.NamedNode:
    """The IRI that a CURIE of our own prefixes stands for; KeyError for an unknown prefix."""
    prefix, _, name = curie.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + name)


def shorten(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The CURIE of an IRI, or the IRI where no prefix fits."""
    for prefix, base in prefixes.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def lexical(term: object) -> str:
    """The bare text of a term: an IRI, a blank node's label or a literal's lexical form."""
    return str(getattr(term, "value", term))


def row_iri(table: str, identifier: str, base: str = INDIVIDUALS) -> ox.NamedNode:
    """IRI of the row with this id in this table."""
    return ox.NamedNode(f"{base}{table}/{identifier}")


def row_name(iri: str) -> str:
    """The table and id of a row, `table/id`, whatever its IRI begins with; nothing for what is no row."""
    return iri.partition("/id/")[2]


def node_iri(text: str) -> ox.NamedNode:
    """IRI of a row, written table:id, or of a term of the ontology, written ck:Name."""
    table, _, identifier = text.partition(":")
    return expand(text) if table in PREFIXES else row_iri(table, identifier)


def graph_name(name: str) -> ox.NamedNode:
    """IRI of one of the named graphs: ontology, asserted, provenance, mappings, inferred, queries."""
    return ox.NamedNode(f"{BASE}graph/{name}")


def grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    """The second of each pair by the first, in the order in which they come."""
    found: dict[_K, list[_V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def gathered(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, set[_V]]:
    """The same without order, each once."""
    return {key: set(values) for key, values in grouped(pairs).items()}


def provenance_graph(asserted: ox.NamedNode) -> ox.NamedNode:
    """IRI of the graph that tells where, and on whose authority, what stands in the graph of a source was found."""
    return ox.NamedNode(f"{asserted.value}-provenance")


def reachable(start: str, steps: Mapping[str, Iterable[str]]) -> set[str]:
    """A name, and all to which steps lead from it."""
    found, todo = {start}, [start]
    while todo:
        more = set(steps.get(todo.pop(), ())) - found
        found |= more
        todo += more
    return found


@dataclass(frozen=True, slots=True)
class Way:
    """Two properties that lead to what a third one relates at once; the class of what stands between, and its label."""

    first: ox.NamedNode
    second: ox.NamedNode
    kind: ox.NamedNode
    label: str

    @property
    def folder(self) -> str:
        """What the IRIs of those that stand between begin with."""
        return f"{'-'.join(self.label.split())}s"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The ontology's triples with look-ups for the codes that tables use; `curated` describes terms that are rows."""

    triples: tuple[ox.Triple, ...]
    curated: tuple[ox.Triple, ...] = ()

    @classmethod
    def load(cls, files: Iterable[Path] | None = None) -> Vocabulary:
        """Parse the ontology or some modules; blank nodes are renamed in document order, so that it is repeatable."""
        return cls(tuple(dict.fromkeys(triple for file in files or ontology_files() for triple in read_module(file))))

    def with_terms(self, terms: Iterable[tuple[ox.NamedNode, str, str, list[str]]]) -> Vocabulary:
        """The same with more controlled terms, each with its class as a CURIE, its code, its label and other names."""
        curated: list[ox.Triple] = []
        for iri, vocabulary, code, (label, *synonyms) in terms:
            curated.append(ox.Triple(iri, type_, expand(vocabulary)))
            curated.append(ox.Triple(iri, expand("skos:notation"), ox.Literal(code)))
            curated.append(ox.Triple(iri, expand("rdfs:label"), ox.Literal(label, language="en")))
            curated += [ox.Triple(iri, expand("skos:altLabel"), ox.Literal(name)) for name in synonyms]
        return Vocabulary(self.triples, tuple(curated))

    @cached_property
    def _by_predicate(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in (*self.triples, *self.curated):
            found[triple.predicate.value][lexical(triple.subject)].append(lexical(triple.object))
        return found

    def _values(self, predicate: str) -> Mapping[str, list[str]]:
        """What has a property, given as a CURIE, and which values, as bare text."""
        return self._by_predicate.get(expand(predicate).value, {})

    @cached_property
    def declared(self) -> frozenset[str]:
        """IRIs that the ontology gives a type."""
        return frozenset(lexical(t.subject) for t in self.triples if t.predicate == type_)

    @cached_property
    def classes(self) -> frozenset[str]:
        """IRIs of the named classes."""
        kind = expand("owl:Class").value
        return frozenset(iri for iri, kinds in self._values("rdf:type").items() if kind in kinds and "://" in iri)

    @cached_property
    def properties(self) -> frozenset[str]:
        """IRIs of the properties."""
        kinds = self._values("rdf:type")
        return frozenset(iri for iri, types in kinds.items() if any(one.endswith("Property") for one in types))

    def called(self, role: str) -> dict[str, str]:
        """Our own terms that can stand as a property, a class or a value, by each of their names."""
        others = self.declared - self.properties - self.classes
        fit = {"property": self.properties, "class": self.classes}.get(role, others)
        ours = sorted(iri for iri in fit if iri.rpartition("/")[0] + "/" == PREFIXES["ck"])  # and no module
        codes = self._values("skos:notation")
        return {
            name: iri for iri in ours for name in (*self.all_names(iri), *codes.get(iri, ()), iri.rpartition("/")[2])
        }

    @cached_property
    def _subclasses(self) -> dict[str, list[str]]:
        return grouped((one, iri) for iri, above in self._values("rdfs:subClassOf").items() for one in above)

    def _below(self, curie: str) -> set[str]:
        """The classes below one."""
        iri = expand(curie).value
        return reachable(iri, self._subclasses) - {iri}

    @lru_cache  # noqa: B019 a vocabulary lives as long as the command
    def term_codes(self, vocabulary: str) -> dict[str, ox.NamedNode]:
        """Codes of the individuals of a class, given as a CURIE, and of its subclasses."""
        iri, codes = expand(vocabulary).value, self._values("skos:notation")
        members = reachable(iri, self._subclasses)
        terms = (term for term, kinds in self._values("rdf:type").items() if term in codes and members & {*kinds})
        return dict(sorted({codes[term][-1]: ox.NamedNode(term) for term in terms}.items()))

    def names(self, vocabulary: str) -> dict[str, tuple[str, ...]]:
        """Labels and other names of the individuals of a class, given as a CURIE, by their codes."""
        return {code: self.all_names(term.value) for code, term in self.term_codes(vocabulary).items()}

    def all_names(self, iri: str) -> tuple[str, ...]:
        """Labels, then other names."""
        return tuple(name for curie in ("rdfs:label", "skos:altLabel") for name in self._values(curie).get(iri, ()))

    def label(self, term: str) -> str:
        """The label of a term, given as a CURIE or an IRI; StorageError where the ontology has none."""
        names = self.all_names(term if "://" in term else expand(term).value)
        if not names:
            raise StorageError(f"{term}: has no rdfs:label in the ontology; write one")
        return names[0]

    @lru_cache  # noqa: B019 as above
    def class_codes(self, vocabulary: str) -> dict[str, ox.NamedNode]:
        """Codes of the subclasses of a class, given as a CURIE."""
        below, codes = self._below(vocabulary), self._values("skos:notation")
        return {codes[iri][-1]: ox.NamedNode(iri) for iri in sorted(below) if iri in codes}

    @lru_cache  # noqa: B019 as above
    def open_lists(self) -> dict[str, ox.NamedNode]:
        """The classes of controlled terms, by CURIE, whose terms are no more than a code: no unit, no relation."""
        more = {*self._values("ck:lengthInDays"), *self._values("ck:asserts")}
        lists = {shorten(iri): ox.NamedNode(iri) for iri in sorted(self._below("ck:ControlledTerm"))}
        terms = {name: {term.value for term in self.term_codes(name).values()} for name in lists}
        return {name: iri for name, iri in lists.items() if terms[name] and not terms[name] & more}

    def lists_of(self, vocabulary: str) -> list[str]:
        """The open list of this CURIE, and those that it is a part of."""
        iri = expand(vocabulary).value
        return [name for name, one in self.open_lists().items() if iri in reachable(one.value, self._subclasses)]

    @cached_property
    def unit_days(self) -> dict[str, str]:
        """Length in days of each time unit, by its code."""
        codes = self._values("skos:notation")
        return {codes[unit][-1]: days for unit, (days,) in self._values("ck:lengthInDays").items()}

    @cached_property
    def ways(self) -> dict[str, Way]:
        """The properties that follow from two others, by CURIE."""
        heads, rests, ranges = map(self._values, ("rdf:first", "rdf:rest", "rdfs:range"))
        found = {}
        for iri, (start,) in self._values("owl:propertyChainAxiom").items():
            (first,), (second,) = heads[start], heads[rests[start][0]]
            kind = ranges[first][0]
            found[shorten(iri)] = Way(ox.NamedNode(first), ox.NamedNode(second), ox.NamedNode(kind), self.label(kind))
        return found

    @cached_property
    def asserted_by(self) -> dict[str, ox.NamedNode]:
        """The property that a term stands for, by the term's IRI."""
        return {term: ox.NamedNode(iri) for term, (iri,) in self._values("ck:asserts").items()}


def read_module(file: Path, base: str | None = None) -> list[ox.Triple]:
    """What a file of ours says, blank nodes named alike each time; StorageError where it is not valid or is empty."""
    stem = file.stem.replace("-", "")
    try:
        quads = ox.parse(path=file, format=ox.RdfFormat.TURTLE, base_iri=base)
        found = list(renumbered(quads, lambda number: ox.BlankNode(f"{stem}{number}")))
    except SyntaxError as error:
        raise StorageError(f"{file.name}:{error.lineno}: not valid Turtle: {error.msg}") from error
    except OSError as error:
        raise StorageError(f"{file}: {error}") from error
    if not found:
        raise StorageError(f"{file}: says nothing; put back what was there")
    return found
