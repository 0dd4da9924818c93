"""The stored queries as RDF, in the terms by which other tools find and run them.

A query is a `sh:SPARQLSelectExecutable` (SHACL Advanced Features, section 9, as sib-swiss/sparql-examples uses it), its
parameters are `sh:Parameter`, and the endpoint that it is for is described as a VoID dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ..rdf.vocabulary import BASE, INDIVIDUALS, LICENCE, PREFIXES, expand
from .stored import Parameter, StoredQuery, stored_queries

_DATASET = ox.NamedNode(BASE + "dataset")
_ENDPOINT = ox.NamedNode(BASE + "sparql")
_PREFIX = re.compile(r"^PREFIX (\w+): <([^>]+)>$", re.MULTILINE)
_DATATYPES = {"integer": "integer", "decimal": "decimal", "text": "string", "enum": "string"}
_Statement = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]


def triples() -> Iterator[ox.Triple]:
    """The catalogue of all stored queries, without blank nodes, always in the same order."""
    queries = (statement for query in stored_queries().values() for statement in _query(query))
    for subject, predicate, value in dict.fromkeys((*_dataset(), *_prefixes(), *queries)):
        yield ox.Triple(subject, expand(predicate), value)


def _dataset() -> Iterator[_Statement]:
    yield _DATASET, "rdf:type", expand("void:Dataset")
    yield _DATASET, "rdfs:label", ox.Literal("cartkg", language="en")
    yield _DATASET, "dcterms:license", ox.NamedNode(LICENCE)
    yield _DATASET, "void:sparqlEndpoint", _ENDPOINT
    yield _DATASET, "void:uriSpace", ox.Literal(BASE)


def _prefixes() -> Iterator[_Statement]:
    for prefix, namespace in PREFIXES.items():
        node = _prefix_node(prefix)
        yield node, "rdf:type", expand("sh:PrefixDeclaration")
        yield node, "rdfs:label", ox.Literal(f"prefix {prefix}", language="en")
        yield node, "sh:prefix", ox.Literal(prefix)
        yield node, "sh:namespace", ox.Literal(namespace, datatype=expand("xsd:anyURI"))


def _query(query: StoredQuery) -> Iterator[_Statement]:
    node = ox.NamedNode(f"{BASE}query/{query.name}")
    topic = ox.NamedNode(f"{BASE}query-topic/{query.topic}")
    yield topic, "rdfs:label", ox.Literal(query.topic, language="en")
    yield node, "rdf:type", expand("sh:SPARQLExecutable")
    yield node, "rdf:type", expand("sh:SPARQLSelectExecutable")
    yield node, "rdfs:label", ox.Literal(query.name, language="en")
    yield node, "rdfs:comment", ox.Literal(query.summary, language="en")
    yield node, "dcterms:description", ox.Literal(query.description, language="en")
    yield node, "dcterms:isPartOf", topic
    yield node, "sh:select", ox.Literal(query.body)
    yield node, "schema:target", _ENDPOINT
    for tag in query.header.get("tags") or ():
        yield node, "schema:keywords", ox.Literal(str(tag), language="en")
    # The set of declarations that this query needs is the query itself, so that no blank node stands between.
    yield node, "sh:prefixes", node
    for prefix, _ in _PREFIX.findall(query.text):
        yield node, "sh:declare", _prefix_node(prefix)
    for order, parameter in enumerate(query.parameters.values(), 1):
        yield from _parameter(node, order, parameter)


def _parameter(query: ox.NamedNode, order: int, parameter: Parameter) -> Iterator[_Statement]:
    node = ox.NamedNode(f"{query.value}/parameter/{parameter.name}")
    yield query, "sh:parameter", node
    yield node, "rdf:type", expand("sh:Parameter")
    yield node, "rdfs:label", ox.Literal(f"parameter {parameter.name}", language="en")
    yield node, "sh:path", ox.NamedNode(f"{BASE}query-parameter/{parameter.name}")
    yield node, "sh:name", ox.Literal(parameter.name)
    yield node, "sh:description", ox.Literal(parameter.label, language="en")
    yield node, "sh:order", ox.Literal(order)
    if parameter.type == "iri":
        yield node, "sh:nodeKind", expand("sh:IRI")
    else:
        yield node, "sh:datatype", expand(f"xsd:{_DATATYPES[parameter.type]}")
    if parameter.default is not None:
        yield node, "sh:defaultValue", _default(parameter)


def _default(parameter: Parameter) -> ox.NamedNode | ox.Literal:
    if parameter.type == "iri":
        default = str(parameter.default)
        return ox.NamedNode(default if "://" in default else f"{INDIVIDUALS}{parameter.values}/{default}")
    return ox.Literal(str(parameter.default), datatype=expand(f"xsd:{_DATATYPES[parameter.type]}"))


def _prefix_node(prefix: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}query-prefix/{prefix}")
