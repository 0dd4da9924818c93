"""The formats that answers come in: their names in addresses, media types, and what `cartkg export` calls them."""

from __future__ import annotations

from collections.abc import Mapping

HTML = {"text/html": "html"}
# Media types by which each is asked for; the first of a format is what an answer is labelled with.
RESULTS = {
    "application/sparql-results+json": "json", "application/sparql-results+xml": "xml", "text/csv": "csv",
    "text/tab-separated-values": "tsv", "application/json": "json", "application/xml": "xml", "text/xml": "xml",
}  # fmt: skip
GRAPHS = {
    "text/turtle": "ttl", "application/n-triples": "nt", "application/ld+json": "jsonld", "application/rdf+xml": "rdf",
    "application/x-turtle": "ttl", "application/json": "jsonld", "application/xml": "rdf", "text/plain": "nt",
}  # fmt: skip
ROWS = {
    "text/csv": "csv", "application/json": "json", "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl", "text/markdown": "markdown",
}  # fmt: skip
# An answer as a workbook, and as what is said of the things that its rows are about.
DOWNLOADS = ROWS | {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/turtle": "ttl", "application/ld+json": "jsonld",
}  # fmt: skip
RECORDS = {"application/json": "json", "text/markdown": "md"}
_GRAPH_NAMES = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "rdf": "rdfxml"}


def media_type(name: str, offered: Mapping[str, str]) -> str:
    """The media type of a format, with its character set where it is text."""
    found = next(media for media, one in offered.items() if one == name)
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def writer(name: str) -> str:
    """What `cartkg export` calls a format of graphs."""
    return _GRAPH_NAMES[name]
