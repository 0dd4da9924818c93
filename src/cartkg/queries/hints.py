"""What is surely a mistake in one's own SPARQL, though it is valid: read from its text alone."""

from __future__ import annotations

from collections.abc import Iterator

from ..rdf.tokens import Token, tokens
from ..rdf.vocabulary import PREFIXES, Vocabulary, shorten
from ..tables.schema import curated_tables
from .names import suggestion

_AGGREGATES = ("AVG", "SUM", "MIN", "MAX")
_OF_UNITS = "ck:value"
_SHOWN = 10  # of the terms that are none
_UNITS = {"ck:unit", "ck:unitAsPrinted"}
_RATES = {"ck:percent": "rates", "ck:denominator": "denominators"}
_BASES = {"ck:denominatorBasis", "ck:ofCohort"}


def unknown_terms(text: str) -> list[str]:
    """What is written in our own namespace but is no term of the ontology: a misspelling, which finds nothing."""
    written = {name for name in _names(list(tokens(text))) if name.startswith("ck:") and name != "ck:"}
    if not written:
        return []
    known = {shorten(iri) for iri in Vocabulary.load().declared}
    return [
        f"{name} is no term of the ontology{suggestion(name, known, 1)}" for name in sorted(written - known)[:_SHOWN]
    ]


def doubts(text: str) -> list[str]:
    """What gives another answer than it seems to: mixed units, rates over different people, texts without language."""
    read = list(tokens(text))
    names = set(_names(read))
    return list(dict.fromkeys((*_mixed(read, names), *_untagged(read, text))))


def _mixed(read: list[Token], names: set[str]) -> Iterator[str]:
    """Aggregates of numbers that are not alike."""
    for place, token in enumerate(read):
        if not any(token.is_word(word) for word in _AGGREGATES):
            continue
        variable = next((one.text for one in read[place + 1 : place + 5] if one.kind == "variable"), "")
        bound = _binding(read, variable)
        if bound == _OF_UNITS and not names & _UNITS:
            yield (f"{token.text.upper()}({variable}) mixes days, months and years: ck:value is in the unit as "
                   "printed; take ck:valueInMonths, or one ck:unit")  # fmt: skip
        if bound in _RATES and token.is_word("AVG") and not names & _BASES:
            yield (f"AVG({variable}) takes {_RATES[bound]} of different groups together: responders, all treated and "
                   "others; keep one ck:denominatorBasis of ck:ofCohort, or ask pooled-proportions")  # fmt: skip


def _untagged(read: list[Token], text: str) -> Iterator[str]:
    """Texts that are compared with a property whose texts have a language."""
    tagged = {column.predicate for table in curated_tables().values() for column in table.columns.values()
              if column.kind == "prose"}  # fmt: skip
    for place, token in enumerate(read):
        before = read[place - 1] if place else token
        if token.kind != "text" or text.startswith("@", token.end):
            continue
        compared = before.text == "=" and read[place - 2].text != "!"
        names = {before.text, _binding(read, read[place - 2].text) if compared else ""}
        for name in sorted(names & tagged):
            yield f"{name} {token.text} finds nothing, since its texts are English: write {token.text}@en, or STR(…)"


def _binding(read: list[Token], variable: str) -> str:
    """The property that binds a variable first."""
    for place, token in enumerate(read):
        if place and token.text == variable and read[place - 1].kind in {"name", "iri"}:
            return _name(read[place - 1])
    return ""


def _names(read: list[Token]) -> list[str]:
    return [_name(token) for token in read if token.kind in {"name", "iri"}]


def _name(token: Token) -> str:
    """A name or IRI as a CURIE of our own prefixes."""
    return shorten(token.text[1:-1]) if token.kind == "iri" and PREFIXES["ck"] in token.text else token.text
