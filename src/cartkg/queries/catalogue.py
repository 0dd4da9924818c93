"""The stored queries as RDF, in the terms by which other tools find and run them.

A query is a `sh:SPARQLSelectExecutable` (SHACL Advanced Features, section 9, as sib-swiss/sparql-examples uses it), its
parameters are `sh:Parameter`, and the endpoint that it is for is described as a VoID dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ..rdf.vocabulary import BASE, INDIVIDUALS, LICENCE, PREFIXES, type_
from .stored import Parameter, StoredQuery, stored_queries

_SH, _SCHEMA, _VOID = PREFIXES["sh"], PREFIXES["schema"], PREFIXES["void"]
_RDFS, _DCTERMS, _XSD = PREFIXES["rdfs"], PREFIXES["dcterms"], PREFIXES["xsd"]
_DATASET = ox.NamedNode(BASE + "dataset")
_ENDPOINT = ox.NamedNode(BASE + "sparql")
_PREFIX = re.compile(r"^PREFIX (\w+): <([^>]+)>$", re.MULTILINE)
_DATATYPES = {"integer": "integer", "decimal": "decimal", "text": "string", "enum": "string"}
_Statement = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]


def triples() -> Iterator[ox.Triple]:
    """The catalogue of all stored queries, without blank nodes, always in the same order."""
    queries = (statement for query in stored_queries().values() for statement in _query(query))
    for subject, predicate, value in dict.fromkeys((*_dataset(), *_prefixes(), *queries)):
        yield ox.Triple(subject, ox.NamedNode(predicate), value)


def _dataset() -> Iterator[_Statement]:
    yield _DATASET, type_.value, ox.NamedNode(_VOID + "Dataset")
    yield _DATASET, _RDFS + "label", ox.Literal("cartkg", language="en")
    yield _DATASET, _DCTERMS + "license", ox.NamedNode(LICENCE)
    yield _DATASET, _VOID + "sparqlEndpoint", _ENDPOINT
    yield _DATASET, _VOID + "uriSpace", ox.Literal(BASE)


def _prefixes() -> Iterator[_Statement]:
    for prefix, namespace in PREFIXES.items():
        node = _prefix_node(prefix)
        yield node, type_.value, ox.NamedNode(_SH + "PrefixDeclaration")
        yield node, _RDFS + "label", ox.Literal(f"prefix {prefix}", language="en")
        yield node, _SH + "prefix", ox.Literal(prefix)
        yield node, _SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(_XSD + "anyURI"))


def _query(query: StoredQuery) -> Iterator[_Statement]:
    node = ox.NamedNode(f"{BASE}query/{query.name}")
    topic = ox.NamedNode(f"{BASE}query-topic/{query.topic}")
    yield topic, _RDFS + "label", ox.Literal(query.topic, language="en")
    yield node, type_.value, ox.NamedNode(_SH + "SPARQLExecutable")
    yield node, type_.value, ox.NamedNode(_SH + "SPARQLSelectExecutable")
    yield node, _RDFS + "label", ox.Literal(query.name, language="en")
    yield node, _RDFS + "comment", ox.Literal(query.summary, language="en")
    yield node, _DCTERMS + "description", ox.Literal(query.description, language="en")
    yield node, _DCTERMS + "isPartOf", topic
    yield node, _SH + "select", ox.Literal(query.body)
    yield node, _SCHEMA + "target", _ENDPOINT
    for tag in query.header.get("tags") or ():
        yield node, _SCHEMA + "keywords", ox.Literal(str(tag), language="en")
    # The set of declarations that this query needs is the query itself, so that no blank node stands between.
    yield node, _SH + "prefixes", node
    for prefix, _ in _PREFIX.findall(query.text):
        yield node, _SH + "declare", _prefix_node(prefix)
    for order, parameter in enumerate(query.parameters.values(), 1):
        yield from _parameter(node, order, parameter)


def _parameter(query: ox.NamedNode, order: int, parameter: Parameter) -> Iterator[_Statement]:
    node = ox.NamedNode(f"{query.value}/parameter/{parameter.name}")
    yield query, _SH + "parameter", node
    yield node, type_.value, ox.NamedNode(_SH + "Parameter")
    yield node, _RDFS + "label", ox.Literal(f"parameter {parameter.name}", language="en")
    yield node, _SH + "path", ox.NamedNode(f"{BASE}query-parameter/{parameter.name}")
    yield node, _SH + "name", ox.Literal(parameter.name)
    yield node, _SH + "description", ox.Literal(parameter.label, language="en")
    yield node, _SH + "order", ox.Literal(order)
    if parameter.type == "iri":
        yield node, _SH + "nodeKind", ox.NamedNode(_SH + "IRI")
    else:
        yield node, _SH + "datatype", ox.NamedNode(_XSD + _DATATYPES[parameter.type])
    if parameter.default is not None:
        yield node, _SH + "defaultValue", _default(parameter)


def _default(parameter: Parameter) -> ox.NamedNode | ox.Literal:
    if parameter.type == "iri":
        default = str(parameter.default)
        return ox.NamedNode(default if "://" in default else f"{INDIVIDUALS}{parameter.values}/{default}")
    return ox.Literal(str(parameter.default), datatype=ox.NamedNode(_XSD + _DATATYPES[parameter.type]))


def _prefix_node(prefix: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}query-prefix/{prefix}")
