"""The description by which catalogues find the data set: VoID, DCAT and schema.org, with counts from the graph."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..rdf.vocabulary import BASE, INDIVIDUALS, LICENCE, PREFIXES, expand, graph_name, lexical, shorten, type_
from .statements import DATASET, ENDPOINT, Statements, date, named, number, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .citation import Citation
    from .files import File

_ROLES = ("dcterms:creator", "dcterms:publisher", "schema:creator", "schema:publisher")
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_IDENTIFIER = expand("dcterms:identifier").value


def describe(
    citation: Citation, triples: Sequence[ox.Triple], graphs: Mapping[str, int], files: Sequence[tuple[File, bytes]]
) -> list[ox.Triple]:
    """Statements about the data set, its named graphs, classes, properties, links and files."""
    out = Statements()
    _head(out, citation, triples)
    for name, count in graphs.items():
        _subset(out, graph_name(name).value, ("void:triples", number(count)), ("rdfs:label", words(name)))
    classes = Counter(
        lexical(t.object) for t in triples if t.predicate == type_ and lexical(t.object).startswith(PREFIXES["ck"])
    )
    for iri, count in sorted(classes.items()):
        part = _part("class", iri)
        out.add(DATASET, ("void:classPartition", named(part)))
        out.add(part, ("void:class", ox.NamedNode(iri)), ("void:entities", number(count)))
    for iri, count in sorted(Counter(t.predicate.value for t in triples).items()):
        part = _part("property", iri)
        out.add(DATASET, ("void:propertyPartition", named(part)))
        out.add(part, ("void:property", ox.NamedNode(iri)), ("void:triples", number(count)))
    _links(out, triples)
    for file, content in files:
        _file(out, citation, file, content)
    return out.triples


def release_iri(version: str, name: str) -> str:
    """IRI of a file of a release."""
    return f"{BASE}release/{version}/{name}"


def _head(out: Statements, citation: Citation, triples: Sequence[ox.Triple]) -> None:
    nodes = {lexical(t.subject) for t in triples if isinstance(t.subject, ox.NamedNode)}
    out.add(DATASET, *(("rdf:type", named(kind)) for kind in ("void:Dataset", "dcat:Dataset", "schema:Dataset")))
    for title in ("dcterms:title", "rdfs:label", "schema:name"):
        out.add(DATASET, (title, words(citation.title)))
    for text in ("dcterms:description", "schema:description"):
        out.add(DATASET, (text, words(citation.abstract)))
    for licence in ("dcterms:license", "schema:license"):
        out.add(DATASET, (licence, ox.NamedNode(LICENCE)))
    for author in citation.authors:
        out.add(DATASET, *((role, ox.Literal(author)) for role in _ROLES))
    for keyword in citation.keywords:
        out.add(DATASET, ("dcat:keyword", words(keyword)), ("schema:keywords", words(keyword)))
    out.add(
        DATASET,
        ("dcterms:identifier", ox.Literal(DATASET)),
        ("schema:identifier", ox.Literal(DATASET)),
        ("dcterms:issued", date(citation.released)),
        ("schema:datePublished", date(citation.released)),
        ("dcat:version", ox.Literal(citation.version)),
        ("schema:version", ox.Literal(citation.version)),
        ("dcterms:conformsTo", named(PREFIXES["ck"].rstrip("/"))),
        ("dcterms:accessRights", ox.NamedNode(_PUBLIC)),
        ("dcterms:language", ox.Literal("en")),
        ("schema:isAccessibleForFree", ox.Literal("true", datatype=named("xsd:boolean"))),
        ("void:uriSpace", ox.Literal(BASE)),
        ("void:sparqlEndpoint", named(ENDPOINT)),
        ("void:triples", number(len(triples))),
        ("void:entities", number(sum(1 for node in nodes if node.startswith(INDIVIDUALS)))),
        ("void:distinctSubjects", number(len({t.subject for t in triples}))),
        ("void:distinctObjects", number(len({t.object for t in triples}))),
        ("void:properties", number(len({t.predicate for t in triples}))),
        ("void:classes", number(len({t.object for t in triples if t.predicate == type_}))),
    )
    used = {prefix for t in triples for prefix in (shorten(t.predicate.value).partition(":")[0],) if prefix in PREFIXES}
    out.add(DATASET, *(("void:vocabulary", named(PREFIXES[prefix])) for prefix in sorted(used)))


def _links(out: Statements, triples: Sequence[ox.Triple]) -> None:
    """One set of links for each registry whose identifiers our nodes are mapped to."""
    registries = {
        lexical(t.subject): lexical(t.object).partition(":")[0] for t in triples if t.predicate.value == _IDENTIFIER
    }
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for triple in triples:
        predicate = triple.predicate.value
        if predicate.startswith(PREFIXES["skos"]) and predicate.endswith("Match"):
            counts[registries.get(lexical(triple.object), "other")][predicate] += 1
    for registry, predicates in sorted(counts.items()):
        _subset(
            out,
            f"{DATASET}/links/{registry}",
            ("rdf:type", named("void:Linkset")),
            ("rdfs:label", words(f"links to {registry}")),
            ("void:subjectsTarget", named(DATASET)),
            ("void:objectsTarget", ox.NamedNode(f"https://bioregistry.io/{registry}")),
            ("void:triples", number(sum(predicates.values()))),
            *(("void:linkPredicate", ox.NamedNode(predicate)) for predicate in sorted(predicates)),
        )


def _subset(out: Statements, iri: str, *pairs: tuple[str, ox.NamedNode | ox.Literal]) -> None:
    out.add(DATASET, ("void:subset", ox.NamedNode(iri)))
    out.add(iri, ("rdf:type", named("void:Dataset")), *pairs)


def _part(kind: str, iri: str) -> str:
    """IRI of the part of the data set that has a class or property."""
    short = shorten(iri)
    tail = hashlib.sha256(iri.encode()).hexdigest()[:12] if short == iri else short.replace(":", ".")
    return f"{DATASET}/{kind}/{tail}"


def _file(out: Statements, citation: Citation, file: File, content: bytes) -> None:
    node = release_iri(citation.version, file.name)
    iri = ox.NamedNode(node)
    out.add(DATASET, ("void:dataDump", iri), ("dcat:distribution", iri), ("schema:distribution", iri))
    out.add(
        node,
        ("rdf:type", named("dcat:Distribution")),
        ("rdf:type", named("schema:DataDownload")),
        ("dcterms:title", words(file.what)),
        ("schema:name", ox.Literal(file.name)),
        ("dcterms:license", ox.NamedNode(LICENCE)),
        ("dcat:mediaType", ox.NamedNode(_MEDIA_TYPES + file.media_type)),
        ("schema:encodingFormat", ox.Literal(file.media_type)),
        ("dcat:downloadURL", iri),
        ("schema:contentUrl", iri),
        ("dcat:byteSize", ox.Literal(str(len(content)), datatype=named("xsd:nonNegativeInteger"))),
        ("schema:sha256", ox.Literal(hashlib.sha256(content).hexdigest())),
    )
