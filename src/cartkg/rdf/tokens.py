"""SPARQL text as tokens: where its strings, IRIs, comments, keywords and `VALUES` rows are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# Every alternative takes all it can and never gives back, so that no text is read twice: neither a string nor a run
# of letters that is no name.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\")?|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?
             |"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?)
    |(?P<iri><[^<>"{}|^`\\\s]*+>)
    |(?P<variable>[?$]\w++)
    |(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    |(?P<name>[\w.-]*+:(?:[\w.:%-]|\\.)*+)
    |(?P<run>[\w.-]++)
    |(?P<mark>[{}()\[\]])
    |(?P<space>\s++)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = r"(?:[0-9]++(?:[.][0-9]++)?+|[.][0-9]++)(?:[eE][+-]?+[0-9]++)?+"
_INNER = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>[^\W\d]\w*+)|(?P<other>.)")
_BEFORE_NAME = re.compile(rf"(?:{_NUMBER}|[\d.-])*+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SPARQL text and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Position behind it."""
        return self.start + len(self.text)

    def is_word(self, word: str) -> bool:
        """True for this keyword in any letter case."""
        return self.kind == "word" and self.text.upper() == word


def tokens(text: str) -> Iterator[Token]:
    """The tokens that mean something: neither white space nor comments; in one pass, linear in the text."""
    for found in _TOKEN.finditer(text):
        kind, start, end = str(found.lastgroup), found.start(), found.end()
        if kind == "name":
            # A number or an operator may stand before it, and the point that ends a triple behind it.
            before = _BEFORE_NAME.match(text, start, end)
            first = before.end() if before else start
            last = end if text[end - 2 : end - 1] == "\\" else start + len(found[0].rstrip("."))
            yield from _inner(text, start, first)
            yield Token(kind, text[first:last], first)
            yield from _inner(text, last, end)
        elif kind == "run":
            yield from _inner(text, start, end)
        elif kind not in {"space", "comment"}:
            yield Token(kind, found[0], start)


def _inner(text: str, start: int, end: int) -> Iterator[Token]:
    """The words, numbers and signs of a part that holds nothing else."""
    for found in _INNER.finditer(text, start, end):
        yield Token(str(found.lastgroup), found[0], found.start())


@dataclass(frozen=True, slots=True)
class ValuesRow:
    """A `VALUES ?name { … }`: where the inside of its braces is, and the clause that does nothing when it is UNDEF."""

    name: str
    start: int
    end: int
    clause: tuple[int, int]
    undefined: bool


def values_rows(text: str) -> Iterator[ValuesRow]:
    """Each `VALUES ?name { … }` of a text.

    Its clause is the group that opens with it, `{ VALUES ?a { UNDEF } … }`, or the sub-select of one variable
    that does, `{ SELECT DISTINCT ?b WHERE { VALUES ?a { UNDEF } … } }`; elsewhere the row alone.
    """
    found = list(tokens(text))
    closed = _closing(found)
    for position, token in enumerate(found):
        brace = position + 2
        if token.is_word("VALUES") and brace in closed and found[position + 1].kind == "variable":
            first, last = _group(found, position - 1, closed) or (position, closed[brace])
            end, clause = closed[brace], (found[first].start, found[last].end)
            undefined = [one.text.upper() for one in found[brace + 1 : end]] == ["UNDEF"]
            yield ValuesRow(found[position + 1].text[1:], found[brace].end, found[end].start, clause, undefined)


def _closing(found: list[Token]) -> dict[int, int]:
    """The position of the brace that closes each one."""
    opened: list[int] = []
    closed: dict[int, int] = {}
    for position, token in enumerate(found):
        if token.kind == "mark" and token.text == "{":
            opened.append(position)
        elif token.kind == "mark" and token.text == "}" and opened:
            closed[opened.pop()] = position
    return closed


def _group(found: list[Token], brace: int, closed: dict[int, int]) -> tuple[int, int] | None:
    """The first and last token of the group inside another, if to leave it out removes a condition and no more."""
    outer = max((start for start, end in closed.items() if start < brace < end), default=None)
    if brace not in closed or outer is None:
        return None
    between = [one.text.upper() for one in found[outer + 1 : brace]]
    if between[:1] == ["SELECT"]:
        if between[1:2] != ["DISTINCT"] or between[3:] != ["WHERE"]:
            return None
        brace = outer
    end, before = closed[brace], found[brace - 1].text.upper()
    united = end + 1 < len(found) and found[end + 1].is_word("UNION")
    return None if united or before in {"OPTIONAL", "UNION", "MINUS", "EXISTS", "WHERE"} else (brace, end)


@lru_cache(maxsize=256)
def with_lateral(text: str, *, everything: bool = False, apart: bool = True) -> str:
    """The text with every flat `OPTIONAL { … }` inside `LATERAL { … }`, which finds the same rows.

    pyoxigraph 0.5.13 reads all triples of a predicate for an OPTIONAL, but only those of each row where it is lateral.
    It plans all that stands before anew for each, unless a SELECT is around it, which hides what only a filter names.
    Compiled for the browser it loses variables of others behind such a SELECT: there they do not stand `apart`.
    Where a query asks for everything, all triples at once are quicker to read for an OPTIONAL of a single pattern.
    """
    found = list(tokens(text))
    closed = _closing(found)
    edits = []
    for index, token in enumerate(found):
        if token.is_word("OPTIONAL") and index + 1 in closed:
            inside = found[index + 2 : closed[index + 1]]
            single = everything and not any(one.kind == "word" or one.text in {".", ";"} for one in inside)
            if not single and not any(one.kind == "mark" and one.text == "{" for one in inside):
                end = found[closed[index + 1]].end
                calls = any(one.kind == "mark" and one.text == "(" for one in inside)
                before, after = ("LATERAL { SELECT * {", "} }") if apart and not calls else ("LATERAL {", "}")
                edits.append((token.start, end, f"{before} {text[token.start : end]} {after}"))
    return edited(text, edits)


@lru_cache(maxsize=256)
def column_alone(text: str, name: str) -> str:
    """The text asked for one column of its rows and for nothing else, in no order, each value once.

    What it says only of other columns, in an `OPTIONAL { … }`, is left out.
    """
    found = list(tokens(text))
    closed = _closing(found)
    select = next(index for index, token in enumerate(found) if token.is_word("SELECT"))
    where = next(index for index in range(select, len(found)) if found[index].text == "{" and index in closed)
    optional = [
        (index, closed[index + 1])
        for index, token in enumerate(found)
        if where < index < closed[where] and token.is_word("OPTIONAL") and index + 1 in closed
    ]
    outer = [pair for pair in optional if not any(first < pair[0] < last for first, last in optional)]
    inside = {index for first, last in outer for index in range(first, last + 1)}
    named = {index: found[index].text[1:] for index in range(where, closed[where]) if found[index].kind == "variable"}
    wanted = {variable for index, variable in named.items() if index not in inside} | {name}
    edits = [
        (found[select].end, found[where].start, f" DISTINCT ?{name} WHERE "),
        (found[closed[where]].end, len(text), ""),
    ]
    for first, last in reversed(outer):
        before = {variable for index, variable in named.items() if index < first}
        own = {variable for index, variable in named.items() if first <= index <= last}
        if own - before & wanted:
            wanted |= own
        else:
            edits.append((found[first].start, found[last].end, ""))
    return edited(text, edits)


def edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with other characters from one position to another; what lies within another edit is not made."""
    parts, done = list[str](), 0
    for start, end, new in sorted(set(edits), key=lambda edit: (edit[0], -edit[1])):
        if start >= done:
            parts += [text[done:start], new]
            done = end
    return "".join((*parts, text[done:]))
