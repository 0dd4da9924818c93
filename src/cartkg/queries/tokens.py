"""SPARQL text as tokens: where its strings, IRIs, comments, keywords and `VALUES` rows are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<name>[\w.%-]*:(?:[\w.:%-]|\\.)*)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>[{}()\[\]])
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


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
        if found.lastgroup not in {"space", "comment", None}:
            yield Token(str(found.lastgroup), found.group(), found.start())


def values_rows(text: str) -> Iterator[tuple[str, int, int]]:
    """Each `VALUES ?name { … }`: the name, and where the inside of its braces starts and ends."""
    stream = tokens(text)
    for token in stream:
        if not token.is_word("VALUES"):
            continue
        variable = next(stream, None)
        brace = next(stream, None)
        if variable is None or brace is None or variable.kind != "variable" or brace.text != "{":
            continue
        for inside in stream:
            if inside.text == "}" and inside.kind == "mark":
                yield variable.text[1:], brace.end, inside.start
                break
