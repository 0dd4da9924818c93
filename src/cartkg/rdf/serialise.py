"""Writing RDF, in JSON-LD with one object per node and plain names: the same statements give the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pyoxigraph as ox

from ..resources import ONTOLOGY_DIRECTORY, read_table
from .vocabulary import INDIVIDUALS, PREFIXES, Vocabulary, expand, grouped, lexical, shorten, type_

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_IMPORTS = expand("owl:imports")
_MODULES = expand("ck:module/").value
_NATIVE = {PREFIXES["xsd"] + "integer", PREFIXES["xsd"] + "boolean"}  # what JSON writes as RDF does
_PLAIN = {PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"}
_LANGUAGE = "en"
_OWN = PREFIXES["ck"]


def suffix(name: str) -> str:
    """File name extension of a format."""
    return str(FORMATS[name].file_extension)


def serialise(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple], name: str, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """Statements in a format, in their order; JSON-LD with one object for each subject."""
    if name == "jsonld":
        return as_jsonld(statements, prefixes)
    return ox.serialize(statements, format=FORMATS[name], prefixes={**id_prefixes(), **prefixes}) or b""


def is_module_header(quad: ox.Quad) -> bool:
    """True for what only says how the ontology is divided into modules."""
    return quad.predicate == _IMPORTS or lexical(quad.subject).startswith(_MODULES)


def merged(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Triples grouped by subject in order of first appearance, each once, without headers of modules."""
    subjects: dict[str, dict[str, ox.Triple]] = {}
    for quad in quads:
        if not is_module_header(quad):
            triple = quad.triple
            subjects.setdefault(str(triple.subject), {}).setdefault(str(triple), triple)
    for triples in subjects.values():
        yield from triples.values()


@cache
def id_prefixes() -> dict[str, str]:
    """A prefix for the rows of each table, written `table:id` as in a cell, and for what stands between two rows."""
    tables = (row["name"] for row in read_table(ONTOLOGY_DIRECTORY / "tables.tsv") if row["rdf_class"])
    between = (way.folder for way in Vocabulary.load().ways.values())
    return {name: f"{INDIVIDUALS}{name}/" for name in (*tables, "locators", *between)}


@dataclass(frozen=True, slots=True)
class Term:
    """How the values of a property are written: as names, in a language, or of a datatype; one of them, or a list."""

    iri: str
    kind: str
    single: bool

    def definition(self, prefixes: Mapping[str, str]) -> dict[str, str]:
        """What the context says of it."""
        said = {"@id": shorten(self.iri, prefixes)}
        if self.kind == _LANGUAGE:
            said["@language"] = self.kind
        elif self.kind:
            said["@type"] = shorten(self.kind, prefixes)
        return said if self.single else said | {"@container": "@set"}


@cache
def terms() -> dict[str, Term]:
    """The properties that the ontology declares or uses, by their plain names; two of one name keep their prefixes."""
    triples = Vocabulary.load().triples
    used = grouped((triple.predicate.value, triple) for triple in triples)
    declared = grouped((triple.object, lexical(triple.subject)) for triple in triples if triple.predicate == type_)
    ranges = {lexical(t.subject): lexical(t.object) for t in triples if t.predicate == expand("rdfs:range")}
    links, data, notes, functional = (
        set(declared.get(expand(f"owl:{kind}Property"), ()))
        for kind in ("Object", "Datatype", "Annotation", "Functional")
    )
    found: dict[str, list[Term]] = {}
    for iri in sorted(links | data | notes | used.keys()):
        own = used.get(iri, [])
        kinds = {_kind(triple.object) for triple in own} or {ranges.get(iri, "")}
        kind = "@vocab" if iri in links else _range(ranges[iri]) if iri in ranges and iri in data else ""
        if not kind and iri not in data and len(kinds) == 1:
            kind = kinds.pop()
        once = bool(own) and max(Counter(triple.subject for triple in own).values()) == 1
        name = iri.rpartition("#")[2].rpartition("/")[2]
        found.setdefault(name, []).append(Term(iri, kind, iri in functional or (once and iri not in links)))
    taken = {*PREFIXES, *id_prefixes(), "type", "id"}
    return {name: alike[0] for name, alike in found.items() if len(alike) == 1 and name not in taken}


def _kind(value: object) -> str:
    if not isinstance(value, ox.Literal):
        return "@vocab"
    return _LANGUAGE if value.language == _LANGUAGE else _range(value.datatype.value)


def _range(iri: str) -> str:
    if iri == PREFIXES["rdf"] + "langString":
        return _LANGUAGE
    return "" if iri in _NATIVE | _PLAIN or not iri.startswith(PREFIXES["xsd"]) else iri


def context(prefixes: Mapping[str, str] = PREFIXES) -> dict[str, object]:
    """The context: names of our own as they are, a prefix for every namespace, and how each property is written."""
    said: dict[str, object] = {"@version": 1.1, "@vocab": _OWN, "id": "@id"}
    said["type"] = {"@id": "@type", "@container": "@set"}
    said |= {name: {"@id": iri, "@prefix": True} for name, iri in sorted({**prefixes, **id_prefixes()}.items())}
    return said | {name: term.definition(prefixes) for name, term in sorted(terms().items())}


def as_jsonld(triples: Iterable[ox.Triple | ox.Quad], prefixes: Mapping[str, str], elsewhere: str = "") -> bytes:
    """Triples as JSON-LD in the order in which their subjects come first; the context may stand elsewhere."""
    names = cache(partial(shorten, prefixes={**id_prefixes(), **prefixes}))
    known = {term.iri: (name, term) for name, term in terms().items()}
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        subject = _name(triple.subject, names)
        node = nodes.setdefault(subject, {"id": subject})
        predicate = triple.predicate
        if predicate == type_:
            node.setdefault("type", []).append(_word(triple.object, names))
            continue
        name, term = known.get(predicate.value) or (
            names(predicate.value), Term(predicate.value, "", single=True)
        )  # fmt: skip
        node.setdefault(name, []).append(_value(triple.object, term, names))
    for node in nodes.values():
        for name, values in node.items():
            if name not in {"id", "type"} and len(values) == 1 and (name not in terms() or terms()[name].single):
                node[name] = values[0]
    document = {"@context": elsewhere or context(prefixes), "@graph": list(nodes.values())}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _name(term: object, names: Callable[[str], str]) -> str:
    return f"_:{lexical(term)}" if isinstance(term, ox.BlankNode) else names(lexical(term))


def _word(term: object, names: Callable[[str], str]) -> str:
    """A name where names of our own vocabulary need no prefix."""
    local = lexical(term).removeprefix(_OWN)
    return local if lexical(term).startswith(_OWN) and local.isalnum() and local not in terms() else _name(term, names)


def _value(value: object, term: Term, names: Callable[[str], str]) -> object:
    if not isinstance(value, ox.Literal):
        return _word(value, names) if term.kind == "@vocab" else {"id": _name(value, names)}
    if value.language:
        return value.value if value.language == term.kind else {"@value": value.value, "@language": value.language}
    kind = value.datatype.value
    if kind == PREFIXES["xsd"] + "string":
        return {"@value": value.value} if term.kind else value.value
    if kind == term.kind:
        return value.value
    if kind in _NATIVE and term.kind in {"", _LANGUAGE}:
        native = json.loads(value.value) if value.value in {"true", "false"} else int(value.value)
        if json.dumps(native) == value.value:
            return native
    return {"@value": value.value, "@type": names(kind)}
