"""What is kept with a row of the text it was read in: its fingerprint, and words and codes that it must not lose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from .schema import LIST_SEPARATOR, Row, sourcing_columns

KEPT = "kept"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_](?:[\w'-]*\w)?")
_DIGEST = re.compile(r"[0-9a-f]{8}")
_LEAST = 6
# Words that turn a statement round, compare, bound or hedge.
_TURN = re.compile(
    r"""no|not|\w+n't|nor|none|never|neither|without|cannot|except|un(?:less|like|likely|common|favourable)|lack\w*|absen\w+|fail\w*
    |(?:high|low|long|short|great|small|large|earl|late|few)(?:i?er|i?est|y)?|more|most|less|least|better|best|worse\w*|worst
    |superior|inferior|equal|same|similar|different|(?:in|de)creas\w+|reduc\w+|improv\w+|rais\w+|exceed\w*|above|below
    |over|under|up|after|before|against|rare\w*|often|seldom|common|frequent|some|any|all|every|each|both|many|several
    |always|only|can|could|may|might|must|should|likely|probably|favourable|positive|negative""",
    re.VERBOSE,
)
# Capitals, digits, or the stem by which the names of cell therapies end.
_NAME = re.compile(r"(?=..)[^\W\d_]*[A-Z\d].*|\d|.*cel")


def fingerprint(row: Row, text: str) -> str:
    """What is to be kept with a row that was read in this text; nothing for rows of tables that keep none."""
    if not {"kept", "keepable"} & row.table.traits:
        return ""
    said = {word for word in _said(row) & {*_words(text)} if len(word) >= _LEAST}
    return " ".join((_digest(text), *sorted({*_needed(row), *said})))


def changed(row: Row, text: str) -> bool:
    """True when a text is no longer what it was when the row was written."""
    return row[KEPT].partition(" ")[0] != _digest(text)


def lost(row: Row) -> tuple[str, str] | None:
    """How a row says something else than what is kept with it, and what to write if that is meant."""
    digest, _, rest = row[KEPT].partition(" ")
    if not _DIGEST.fullmatch(digest):
        return None
    kept, needed = set(rest.split()), set(_needed(row))
    gone, new = kept - _said(row) - needed, needed - kept
    if not (gone or new):
        return None
    ways = (("no longer says", gone), ("says anew", new))
    told = "; ".join(f"{way} {', '.join(sorted(words))}" for way, words in ways if words)
    return f"it {told}", f"read its places again; if it is right, write {digest} {' '.join(sorted(kept - gone | new))}"


def _said(row: Row) -> set[str]:
    return {word for text in _statements(row) for word in _words(text)}


def _needed(row: Row) -> Iterator[str]:
    """The words of a paraphrase that no edit may drop or add unread, and the codes that no word at a place proves.

    These are codes that other rows or a curator's judgement decide; of a figure, all its codes and grades, since its
    sentence may hold others of each.
    """
    measured = "keepable" in row.table.traits
    for text in _statements(row):
        for number, found in enumerate(_WORD.finditer(text)):
            word = found[0]
            if _TURN.fullmatch(word.casefold()) or (_NAME.fullmatch(word) and (number or not word.istitle())):
                yield word.casefold()
    for name, column in row.table.columns.items():
        listed = column.kind in {"term", "class", "row"} and column.printed != "word" and name not in sourcing_columns()
        coded = listed or (column.kind == "text" and column.printed == "linked")
        coded |= name == "basis" and row[name] != "stated"  # which most are
        if row[name] and (coded or (measured and column.printed in {"word", "grade"})):
            yield f"{name}={LIST_SEPARATOR.join(row.entries(name)).replace(' ', '_')}"


def _statements(row: Row) -> Iterator[str]:
    for name, column in row.table.columns.items():
        own = column.kind in {"text", "prose"} and column.printed in {"said", "mentioned"}
        if column.predicate == "ck:statement" or own:
            yield row[name]


def _words(text: str) -> list[str]:
    return [found.casefold() for found in _WORD.findall(text)]


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(_words(text)).encode()).hexdigest()[:8]
