"""Rows about words: controlled terms that a source needs and the ontology lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from ..findings import Finding
from ..rdf.vocabulary import row_iri
from .base import Sourced
from .columns import LIST_SEPARATOR, Text, prose, term, text, vocabulary
from .reader import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox

    from ..rdf.vocabulary import Vocabulary


class Term(Sourced):
    """A controlled term beside those of the ontology, for the cells of the same data folder."""

    table: ClassVar[str] = "terms"
    rdf_class: ClassVar[str] = "ck:CuratedTerm"
    differentia: ClassVar[tuple[str, ...]] = (" that {definition}",)
    optional: ClassVar[bool] = True

    vocabulary: Annotated[str, vocabulary("Class of the ontology whose codes it adds to.")]
    code: Annotated[Text, text("skos:notation", "Code that cells write for it.")]
    synonyms: Annotated[tuple[str, ...], text("skos:altLabel", "Other names as printed.")] = ()
    definition: Annotated[Text, prose("ck:statement", "What sets it apart, in own words, continuing “that”.")]
    broader: Annotated[str | None, term("skos:broader", "vocabulary", "Code of a wider term of that class.")] = None


def with_terms(known: Vocabulary, path: Path, findings: list[Finding]) -> Vocabulary:
    """A vocabulary with the terms of a table; a code that stands for another term already is a finding."""
    taken: dict[tuple[str, str], str] = {}
    terms: list[tuple[ox.NamedNode, str, str, list[str]]] = []
    for raw in read_rows(path, Term, []):
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
            terms.append((row_iri(Term.table, identifier), name, code, names))
    return known.with_terms(terms) if terms else known
