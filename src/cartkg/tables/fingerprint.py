"""What is kept with a row of the text it was read in: its fingerprint, and words and codes that it must not lose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from .schema import Row

KEPT = "kept"
ROWS = "rows"  # of a source: how many there were
Said = set[tuple[str, str]]
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_](?:[\w'-]*\w)?")
_DIGEST = re.compile(r"[0-9a-f]{8}")
_LEAST = 5
_UNKEPT = {"id", "source", "locator", "note", KEPT}  # the fingerprint has the words at the locator
_AS_PRINTED = {"verbatim", "exact", "nearby", "whole", "mark"}
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
_NAME = re.compile(r"(?=..).*[A-Z\d].*|\d|.*cel")


def fingerprint(row: Row, text: str) -> str:
    """What is to be kept with a row that was read in this text: codes, then words of each of its texts."""
    needed, words = _said(row)
    printed = {word for word in _words(text) if len(word) >= _LEAST}
    said = needed | {(name, word) for name, word in words if word in printed}
    bare = {name for name, _ in words} - {name for name, _ in said}  # a text none of whose words is printed there
    return _written(_start(" ".join(_words(text))), said | {(name, word) for name, word in words if name in bare})


def altered(cells: Mapping[str, str]) -> tuple[str, str] | None:
    """How a row that no source prints is another than the one that was checked, and what to write if that is meant."""
    said = "\n".join(f"{name}: {cells[name]}" for name in sorted(cells) if cells[name] and name not in {KEPT, ROWS})
    now = f"sha256:{_start(said)}"  # its digits alone are what a spreadsheet takes for a number
    remedy = f"look it up again; if it is right, write {now}"
    return ("it is not the row that was checked", remedy) if cells[KEPT] != now else None


def lost(row: Row) -> tuple[str, str] | None:
    """How a row says something else than what is kept with it, and what to write if that is meant."""
    codes, *texts = row[KEPT].split(" | ")
    digest, *codes_kept = codes.split() or [""]
    if not _DIGEST.fullmatch(digest):
        return None
    own = (text.partition(": ") for text in texts)
    kept = {*(("", code) for code in codes_kept), *((name, word) for name, _, words in own for word in words.split())}
    needed, words = _said(row)
    gone, new = kept - needed - words, needed - kept
    ways = (("no longer says", gone), ("says anew", new))
    told = "; ".join(f"{way} {', '.join(sorted({word for _, word in said}))}" for way, said in ways if said)
    remedy = f"read its places again; if it is right, write {_written(digest, kept - gone | new)}"
    return (f"it {told}", remedy) if told else None


def _written(digest: str, said: Said) -> str:
    own = {name: " ".join(word for _, word in words) for name, words in groupby(sorted(said), lambda own: own[0])}
    codes = f"{digest} {own.pop('', '')}".rstrip()
    return " | ".join((codes, *(f"{name}: {words}" for name, words in own.items())))


def _said(row: Row) -> tuple[Said, Said]:
    """The words that no edit may drop or add unread and all its words, by text; of none its codes, links and numbers.

    Of what the audit finds in the very characters or in a role of its own, only that it is there.
    """
    needed, words = Said(), Said()
    for name, column in row.table.columns.items():
        entry = "|".join(row.entries(name))
        found = column.printed in _AS_PRINTED or (column.role and not {"shared", "loose"} & column.role.traits)
        if not entry or name in _UNKEPT or (name, entry) == ("basis", "stated") or (found and column.required):
            continue
        if column.kind in {"text", "prose"} and column.printed != "linked":
            needed |= {(name, word) for word in _turning(entry)}
            words |= {(name, word) for word in _words(entry)}
        else:
            needed.add(("", f"{name}={'' if found else entry.replace(' ', '_')}"))
    return needed, words


def _turning(text: str) -> Iterator[str]:
    """What turns its meaning, names and numbers."""
    for number, found in enumerate(_WORD.finditer(text)):
        word = found[0]
        if _TURN.fullmatch(word.casefold()) or (_NAME.fullmatch(word) and (number or not word.istitle())):
            yield word.casefold()


def _words(text: str) -> list[str]:
    return [found.casefold() for found in _WORD.findall(text)]


def _start(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
