"""Controlled terms that a source needs and the ontology lacks: rows that add to its vocabularies."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from ..findings import Finding
from ..rdf.vocabulary import Vocabulary, row_iri
from .reader import read_rows
from .schema import LIST_SEPARATOR, curated_tables


def with_terms(known: Vocabulary, path: Path, findings: list[Finding]) -> Vocabulary:
    """A vocabulary with the terms of a table; a code that stands for another term already is a finding."""
    taken: dict[tuple[str, str], str] = {}
    terms: list[tuple[ox.NamedNode, str, str, list[str]]] = []
    for raw in read_rows(path, curated_tables()["terms"], []):
        name, code, label, identifier = (raw.cells[column].strip() for column in ("vocabulary", "code", "label", "id"))
        if name not in known.open_lists():
            continue
        for one in known.lists_of(name):
            other = known.term_codes(one).get(code)
            clash = other.value if other else taken.get((one, code))
            if clash is not None:
                message = f"{code!r} stands for {clash} already"
                findings.append(Finding("code-unique", message, "write another code", str(path), raw.line, "code"))
                break
        else:
            taken |= {(one, code): identifier for one in known.lists_of(name)}
            names = [label, *filter(None, raw.cells["synonyms"].strip().split(LIST_SEPARATOR))]
            terms.append((row_iri("terms", identifier), name, code, names))
    return known.with_terms(terms) if terms else known
