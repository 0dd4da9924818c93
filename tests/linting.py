"""Rules for stored queries that a reader of the text can break; each gives the sentences that say what is wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from cartkg.queries.stored import ENDINGS
from cartkg.rdf.tokens import Token, tokens, values_rows
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary
from cartkg.resources import ontology_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cartkg.queries.stored import StoredQuery

_DECLARED = Vocabulary.load(ontology_files()).declared
_FORBIDDEN = ("SERVICE", "FROM", "LOAD", "NOW", "RAND", "UUID", "STRUUID", "BNODE")
_FIGURES = {"ck:percent", "ck:numerator", "ck:value"}
_STATUSES = {'"reported"', '"not-reported"', '"not-estimable"', '"not-reached"'}
# Their rows are mistakes or statements of the prose, not results that a reader might compare.
_NOT_RESULTS = {"audit", "claims", "verify"}
_STATUS_WORDS = re.compile(r"report|estimable|reached", re.IGNORECASE)


def _prologue(query: StoredQuery) -> tuple[dict[str, str], list[Token]]:
    """The prefixes a query declares, in its order, and the tokens behind them."""
    stream = list(tokens(query.body))
    declared: dict[str, str] = {}
    position = 0
    while position < len(stream) and stream[position].is_word("PREFIX"):
        declared[stream[position + 1].text.rstrip(":")] = stream[position + 2].text.strip("<>")
        position += 3
    return declared, stream[position:]


def _names(stream: list[Token]) -> list[str]:
    return [token.text.rstrip(".") for token in stream if token.kind == "name"]


def _head(stream: list[Token]) -> list[Token]:
    """The tokens of the outer SELECT clause."""
    words = [number for number, token in enumerate(stream) if token.is_word("WHERE") or token.text == "{"]
    return stream[: words[0]] if words else stream


def _tail(stream: list[Token]) -> list[Token]:
    """The tokens behind the outer group."""
    closing = [number for number, token in enumerate(stream) if token.text == "}" and token.kind == "mark"]
    return stream[closing[-1] + 1 :] if closing else []


def columns(query: StoredQuery) -> list[str]:
    """The names of the columns of the answer, as the outer SELECT clause gives them."""
    names: list[str] = []
    depth = 0
    previous: Token | None = None
    for token in _head(_prologue(query)[1]):
        depth += (token.text == "(") - (token.text == ")")
        renamed = previous is not None and previous.is_word("AS")
        if token.kind == "variable" and (depth == 0 or (depth == 1 and renamed)):
            names.append(token.text[1:])
        previous = token
    return names


def header(query: StoredQuery) -> Iterator[str]:
    """The header has the question, what the answer holds, and the topic as first tag."""
    if not query.summary.endswith("?"):
        yield "its summary is not a question"
    if not query.description:
        yield "it has no description"
    tags = [tag for tag in query.header.get("tags") or [] if tag != "internal"]
    if not tags or tags[0] != query.topic:
        yield f"its first tag is not its topic {query.topic}"


def prefixes(query: StoredQuery) -> Iterator[str]:
    """Prefixes are those of the repository, in alphabetical order, each declared and used."""
    declared, stream = _prologue(query)
    used = {name.partition(":")[0] for name in _names(stream)}
    yield from (f"prefix {one} is not declared" for one in sorted(used - declared.keys()))
    yield from (f"prefix {one} is not used" for one in sorted(declared.keys() - used))
    yield from (f"prefix {one} is not ours" for one, iri in declared.items() if PREFIXES.get(one) != iri)
    if list(declared) != sorted(declared):
        yield "prefixes are not in alphabetical order"


def terms(query: StoredQuery) -> Iterator[str]:
    """Terms of our own namespace are declared in the ontology: a misspelt one is valid and finds nothing."""
    declared, stream = _prologue(query)
    expanded = (name.partition(":") for name in _names(stream))
    used = {declared.get(prefix, "") + local for prefix, _, local in expanded}
    used |= {token.text.strip("<>") for token in stream if token.kind == "iri"}
    own = {iri for iri in used if iri.startswith(PREFIXES["ck"])}
    yield from (f"{iri} is not declared" for iri in sorted(own - _DECLARED))


def deterministic(query: StoredQuery) -> Iterator[str]:
    """Nothing of the outside, of chance or of the hour; an order for the rows."""
    _, stream = _prologue(query)
    yield from (f"it uses {word}" for word in _FORBIDDEN if any(token.is_word(word) for token in stream))
    if not any(token.is_word("ORDER") for token in _tail(stream)):
        yield "it does not order its rows"


def named_columns(query: StoredQuery) -> Iterator[str]:
    """Columns are named one by one, in small letters with underscores."""
    found = columns(query)
    if not found:
        yield "it does not name its columns"
    yield from (f"column {name} is not in snake_case" for name in found if not re.fullmatch(r"[a-z][a-z0-9_]*", name))


def statuses(query: StoredQuery) -> Iterator[str]:
    """A figure stands beside its status, or the query keeps one status and says so."""
    if query.topic in _NOT_RESULTS:
        return
    _, stream = _prologue(query)
    pairs = pairwise(stream)
    figures = {after.text for token, after in pairs if token.text in _FIGURES and after.kind == "variable"}
    shown = figures & {token.text for token in _head(stream)}
    keeps = _STATUSES & {token.text for token in stream} and _STATUS_WORDS.search(query.summary + query.description)
    if shown and "status" not in columns(query) and not keeps:
        yield f"it shows {', '.join(sorted(shown))} without a status"


def parameters(query: StoredQuery) -> Iterator[str]:
    """Each parameter has a label and is one variable, in one VALUES row or in several."""
    rows = {row.name for row in values_rows(query.body)}
    for parameter in query.parameters.values():
        if sum(parameter.name + ending in rows for ending in ENDINGS) != 1:
            yield f"parameter {parameter.name} is not one variable of VALUES rows"
        if not parameter.label:
            yield f"parameter {parameter.name} has no label"


LINTS: dict[str, Callable[[StoredQuery], Iterator[str]]] = {
    lint.__name__: lint for lint in (header, prefixes, terms, deterministic, named_columns, statuses, parameters)
}
