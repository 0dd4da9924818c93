"""Receipts: for each row of an answer, where it is printed, whose it is, what flags it and what exactly was asked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from ..rdf.vocabulary import row_name
from .answers import FIGURES, Answer, Source, Term, Value, read_once
from .asking import ask

COLUMNS = ("receipt_places", "receipt_papers", "receipt_flags", "receipt_query", "receipt_graph")
_QUERY = "receipts"
_GAP = " | "
_Known = dict[str, dict[str, dict[str, list[str]]]]  # by thing, aspect, and number of the paper


@read_once
def _known_receipts(source: Source) -> _Known:
    """What there is to say of each thing that is printed somewhere."""
    known: _Known = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for fact in ask(source, _QUERY):
        known[_name(str(fact["node"]))][str(fact["aspect"])][str(fact["number"])].append(str(fact["text"]))
    return known


def with_receipts(source: Source, answer: Answer, question: str, text: str) -> Answer:
    """The answer with five more columns: places, papers with their identifiers, flags, the question, and the graph.

    The first three are those of the figures that a row names; of everything it names, where it names no
    figure; and empty in rows that name nothing, as sums do.
    """
    known = _known_receipts(source)
    asked = ox.Literal(as_asked(question, text)), ox.Literal(str(source))
    rows: list[tuple[Term | None, ...]] = []
    for row in answer.rows:
        nodes = [node for node in nodes_of(answer.variables, row) if node in known]
        places, flags = (
            _GAP.join(dict.fromkeys(one for node in nodes for texts in known[node][aspect].values() for one in texts))
            for aspect in ("place", "flag")
        )
        papers = {
            (int(number), " ".join(sorted(texts, key=lambda text: "://" in text)))
            for node in nodes
            for number, texts in known[node]["paper"].items()
        }
        shown = _GAP.join(text for _, text in sorted(papers))
        rows.append((*row, *map(ox.Literal, (places, shown, flags)), *asked))
    return Answer((*answer.variables, *COLUMNS), tuple(rows))


def receipts_of(source: Source, iris: Iterable[str]) -> list[dict[str, Value]]:
    """The receipts of things, each with the thing."""
    return list(with_receipts(source, Answer(("thing",), tuple((ox.NamedNode(iri),) for iri in iris)), "", ""))


def as_asked(question: str, text: str) -> str:
    """A question with the hash of the SPARQL that was run for it."""
    return f"{question} (sha256 {hashlib.sha256(text.encode()).hexdigest()[:12]})"


def nodes_of(variables: tuple[str, ...], row: tuple[Term | None, ...]) -> list[str]:
    """The figures that a row names, or else all that it names: rows by table and id, anything else by its IRI."""
    figures = []
    for name, cell in zip(variables, row, strict=True):
        table = FIGURES.get(name.removesuffix("_iri"))
        if table and isinstance(cell, ox.NamedNode | ox.Literal):
            figures.append(_name(cell.value) if isinstance(cell, ox.NamedNode) else f"{table}/{cell.value}")
    return figures or [_name(cell.value) for cell in row if isinstance(cell, ox.NamedNode)]


def _name(iri: str) -> str:
    """A row by its table and id, whatever its IRI begins with; anything else by its IRI."""
    return row_name(iri) or iri
