"""Names as people type them: which are the same but for spelling, and which come near."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, wraps
from itertools import pairwise, zip_longest
from typing import TypeVar

from ..findings import nearest

MEANT = "; did you mean"
ONE_OF = "; it is one of"
JOINING = re.compile(
    r"\s*(?:[/,;&]|\s[+]|[+](?=\S)|\bor\b|\band\b|(?<=\d)\s?[x\u00d7](?=\s?[^\W\d]))\s*", re.IGNORECASE
)
_REPEATED = re.compile(r"(?<!\w)([^\W\d_]+[- ]?)(\d+)\s?/\s?(?=\d+(?!\w))")
UNTOLD = "the rest of what is written is not told apart"
_WORD = re.compile(r"[^\W_]+")
SPELLINGS = (
    ("zeta", "z"),
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("lling", "ling"),
    ("ological", "ologic"),
    ("ise", "ize"),
    ("isa", "iza"),
    ("isi", "izi"),
)
_CELLS = r"CARs?([- ]?T)?([- ]cells?)?"
_AIMED = re.compile(
    rf"^(the )?(anti[- ]|{_CELLS}[- ](against|targeting|directed (at|against))[- ])|"
    rf"([- ](targeted|targeting|directed|specific))?([- ]{_CELLS})?([- ](therap(y|ies)|treatments?|products?))?$",
    re.IGNORECASE,
)
_JOINED = frozenset({"and", "in", "of", "or", "patients", "with"})
_MANY = 8  # words of a name with another beside it
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_ROMAN = re.compile(r"[ivx]+")
_ROMAN_RANGE = re.compile(r"\b([ivx]+[ab]?)[-\u2013](?=[ivx]+[ab]?\b)")
SMALL = frozenset(  # words that say nothing of what is looked for
    word
    for line in (
        "a an and are at by do does for from has have how in is it of on or the to was what when where which who why",
        "with after before between among their there about many much",
    )
    for word in line.split()
)
_LONGEST = 1000
_LIKE = 0.7  # how alike, of 1, a name must be to be offered in place of another
_SPELLED = 4  # letters of a word that may be misspelt; one letter makes another of a shorter one: HL, NHL
_LONG = 6  # letters of a word of which one may be misspelt without a question
_TYPO = 0.9  # and to be offered before the names that stand in what was typed
_SHORT_PLURAL = re.compile(r"(?<=[A-Z]{2})s\b")  # of a word in capitals: NHLs
_PLURAL = 4  # a word of more letters may be a plural
_SHOWN = 8
_FEW = 12
_NEGATING = frozenset({"no", "non", "not", "without"})
_GREEK = re.compile(r"(?<=\d)[\s-]+(?=(?:alpha|beta|gamma|delta|epsilon|zeta)\b)")
_BEGINNING = 4
_LETTERS = 200

Read = TypeVar("Read")


def _latin(letter: str) -> str:
    """The name of a Greek letter, as people type it; any other letter as it is."""
    return unicodedata.name(letter, "").rpartition(" ")[2].lower() if "\u0370" <= letter <= "\u03ff" else letter


def _remembered(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Read each name once, but for a text so long that it is none, and many of which would fill the memory."""
    known = lru_cache(maxsize=1 << 16)(read)
    return wraps(read)(lambda name: known(name) if len(name) <= _LETTERS else read(name))


@_remembered
def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters, in one of two spellings, without marks or leading zeros; CD3ζ is CD3z."""
    text = unplural(name).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("\u2122", ""))
        plain = (one for one in text if not unicodedata.combining(one))
        text = "".join(map(_latin, plain)).casefold()
    text = _GREEK.sub("", text)
    for spelled, as_here in SPELLINGS:
        text = text.replace(spelled, as_here)
    return tuple(_WORD.findall(_ZEROS.sub("", text)))


def searched(text: str) -> list[str]:
    """The words by which a text is found: its own, and those that a hyphen joins without it, 41BB of 4-1BB."""
    return [*words(text), *(folded(one) for one in text.split() if "-" in one)]


@_remembered
def folded(name: str) -> str:
    """What is left of a name when case, blanks, hyphens, other marks and plurals do not count; a slash does: I/II.

    So does a hyphen between Roman numbers, or I-II would be III.
    """
    parts = _ROMAN_RANGE.sub(r"\1/", unplural(name).casefold()).split("/")
    return "/".join("".join(_singulars(part)) for part in parts)


def spellings(name: str) -> tuple[str, str]:
    """What is left of a name when its spelling does not count, and its words by the alphabet: lymphoma, follicular."""
    return folded(name), " ".join(sorted(_singulars(name)))


def spelled_alike(name: str, other: str) -> bool:
    """Whether two names are the same but for spelling, or for the order of their words."""
    return not {*spellings(name)}.isdisjoint(spellings(other))


def _singular(word: str) -> str:
    if len(word) <= _PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def bare(name: str) -> str:
    """A molecule without the words for what is aimed at it: anti-CD19 and CD19-targeted CAR T cells are CD19."""
    return _AIMED.sub("", name)


def holds(name: str, part: str) -> bool:
    """Whether every word typed, in the singular, begins a word of the name; a number or letter must be all of it.

    A word that the name negates is no part of it: Hodgkin is none of non-Hodgkin lymphoma.
    """
    wanted = _singulars(part)
    have = [form for form, negation in _forms(name) if not negation or negation in wanted]
    return bool(wanted) and all(
        any(form == one or (len(one) > 1 and form.startswith(one) and not _is_number(one)) for form in have)
        for one in wanted
    )


@_remembered
def _singulars(text: str) -> tuple[str, ...]:
    return tuple(map(_singular, words(text)))


@_remembered
def _forms(name: str) -> tuple[tuple[str, str], ...]:
    """Each word of a name as it stands and in the singular, with the word before that negates it, if one does."""
    return tuple(
        (form, before if before in _NEGATING else "")
        for before, word in pairwise(("", *words(name)))
        for form in {word, _singular(word)}
    )


def repeated(value: str) -> str:
    """A value with the letters before each of two numbers that a slash divides: CD19/22 is CD19/CD22."""
    return _REPEATED.sub(r"\1\2/\1", value)


def unplural(name: str) -> str:
    """A name without the plural of an abbreviation: CRs are no CRS."""
    return _SHORT_PLURAL.sub("", name)


def may_be_name(text: str) -> bool:
    """Whether it is more than a short word in small letters: all is no ALL."""
    return len(text) >= _SPELLED or text[1:] != text[1:].lower()


def runs(value: str) -> Iterator[tuple[str, str]]:
    """The words that stand side by side in a value and may be a name, the most first, with the words that are left.

    Of more words than a name has with another, none: each would be looked for among all names.
    """
    parts = [word.strip(",;") for word in value.split()]
    for size in range(len(parts) - 1, 0, -1) if len(parts) <= _MANY else ():
        for start in range(len(parts) - size + 1):
            run, rest = " ".join(parts[start : start + size]), [*parts[:start], *parts[start + size :]]
            if may_be_name(run):
                yield run, " ".join(word for word in rest if word not in _JOINED)


@lru_cache(maxsize=1 << 14)
def singulars(text: str) -> str:
    """The words of a text in the singular, with a blank before and behind each."""
    return f" {' '.join(_singulars(text))} "


def _is_number(word: str) -> bool:
    return word.isdigit() or bool(_ROMAN.fullmatch(word))


def _same_number(name: str, value: str) -> bool:
    """Whether one has all digits of the other: ZUMA-7 is not ZUMA-5, but t3-r2 may be t3-r02."""
    have, wanted = (Counter(filter(str.isdigit, text)) for text in (name, value))
    return have <= wanted or wanted <= have


def suggestion(value: str, known: Iterable[str], most: int = 3) -> str:
    """`; did you mean … or …?`, or all names where they are few, or nothing; nothing for what is too long to be one."""
    if len(value) > _LONGEST:
        return ""
    names = list({folded(name): name for name in reversed(list(known))}.values())[::-1]
    near = [name for name in names if holds(name, value)]
    alike = [name for name in names if _same_number(name, value)]
    if not near and " " in value:
        near = _spelled_like(value, alike, most, _TYPO)
    if not near:
        held = (name for name in names if len(name) > 1 and holds(value, name))
        part = max((name for name in held if JOINING.search(name) or not JOINING.search(value)), key=len, default="")
        near = [part] if part else []
    near = near or _spelled_like(value, alike, most, _LIKE)
    if not near and len(typed := value.casefold().split()) <= _MANY:
        near = [one for one in alike if all(_alike_in(word, one.casefold().split()) for word in typed)]
    if not near and len(beginning := folded(value)[:_BEGINNING]) == _BEGINNING:
        near = [name for name in alike if folded(name).startswith(beginning)]
    return did_you_mean(near) or (f"{ONE_OF}: {', '.join(names)}" if 0 < len(names) <= _FEW else "")


def _spelled_like(value: str, names: Iterable[str], most: int, alike: float) -> list[str]:
    """The names whose letters are so much alike, of 1: each word typed is like one of the name, and none is negated."""
    if len(value) < _SPELLED:
        return []
    by_folded, small = {name.casefold(): name for name in names}, value.casefold()
    return [
        by_folded[name]
        for name in nearest(small, by_folded, most, alike)
        if not _NEGATING & {*words(name)} - {*words(value)}
        and (" " not in small or all(nearest(word, name.split()) for word in small.split()))
    ]


def misspelt(value: str, names: Iterable[str]) -> str:
    """The only name of which one letter of a long word is missing, other, too many or exchanged with the next.

    Not where that word has a capital: a proper name that is spelled a little otherwise may be another's.
    """
    typed = value.split()
    found = {
        name for name in names
        if len(parts := name.split()) == len(typed) <= _MANY
        and all(a.casefold() == b.casefold() or _one_off(a.casefold(), b) for a, b in zip(typed, parts, strict=True))
    }  # fmt: skip
    return found.pop() if len(found) == 1 else ""


def _alike_in(word: str, others: Sequence[str]) -> bool:
    return word in others or any(_one_off(word, one) for one in others)


def _one_off(typed: str, word: str) -> bool:
    """Whether one letter of a long word in small letters is otherwise."""
    if min(len(typed), len(word)) < _LONG or abs(len(typed) - len(word)) > 1 or not (word.islower() and word.isalpha()):
        return False
    start = next(place for place, letters in enumerate(zip_longest(typed, word)) if len({*letters}) > 1)
    a, b = typed[start:], word[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def did_you_mean(near: Sequence[str]) -> str:
    """The question whether one of these is meant; nothing for none."""
    more = f", or one of {len(near) - _SHOWN} more" if len(near) > _SHOWN else ""
    quoted = (f"“{name}”" if " or " in name else name for name in near[:_SHOWN])
    return f"{MEANT} {' or '.join(quoted)}{more}?" if near else ""


def the_only(value: str, names: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """The one thing that has this name but for spelling, and the other things whose names hold it."""
    same = {thing for name, thing in names if folded(name) == folded(value)}
    others = sorted({thing for name, thing in names if holds(name, value)} - same)
    return (same.pop() if len(same) == 1 else ""), others
