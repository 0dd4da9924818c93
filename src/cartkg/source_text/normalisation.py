"""The noise of a scan: characters that mean the same are made the same, and every change is counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹OolI", "01234567890011")
_RULES: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ("spaces of another kind", re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]"), " "),
    ("invisible characters", re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]"), ""),
    ("superscript digits", re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+"), lambda found: f"^{{{found[0].translate(_DIGITS)}}}"),
    ("superscript in mark-up", re.compile(r"<sup>(.*?)</sup>"), r"^{\1}"),
    ("superscript of one character", re.compile(r"\^([0-9a-z])(?![}])"), r"^{\1}"),
    ("superscript signs", re.compile(r"\s*⁺(?:\s+(?=-))?"), "+"),
    ("spaces around the characters of a superscript", re.compile(r"(?<=\^\{)\s+|\s+(?=\})"), ""),
    ("marks of a heading", re.compile(r"^#+ "), ""),
    ("levels of evidence", re.compile(r"\[\[?Level of evidence:? [^\]]{0,500}\](?:\([^)]{0,2000}\)\])?"), ""),
    (
        "links to references",
        re.compile(r"\[((?:\[\d+\]\(#[^)]{0,2000}\)[-,]?)+)\]"),
        lambda found: _superscript(found[1]),
    ),
    (
        "references in brackets",
        re.compile(r"(?<=\S)\[(\d+(?:[,–-] ?\d+)*)\](?!\()"),
        lambda found: _superscript(found[1]),
    ),
    ("links to abstracts", re.compile(r"\s*\[\[PUBMED Abstract\]\]\([^)]{0,2000}\)"), ""),
    ("marks of a link", re.compile(r"\[([^\]]{0,500})\]\([^)]{0,2000}\)"), r"\1"),
    ("marks of bold and italic type", re.compile(r"\*+(?=\S)|(?<=\S)\*+"), ""),
    ("dashes of another kind", re.compile("[\u2012\u2014\u2015\u2212]"), "–"),
    ("hyphens of another kind", re.compile("[\u2010\u2011]"), "-"),
    ("quotation marks of another kind", re.compile("[\u2018\u2019]"), "'"),
    ("signs in two characters", re.compile(">="), "≥"),
    ("signs in two characters", re.compile("<="), "≤"),
    ("spaces between a sign and its figure", re.compile(r"(?<=[≥≤<>~])\s+(?=\d)"), ""),
    ("spaces inside a range", re.compile(r"(?<=\d)\s+–\s*(?=\d)|(?<=\d)–\s+(?=\d)"), "–"),
    ("spaces inside a fraction", re.compile(r"(?<=\d)\s+/\s*(?=\d)|(?<=\d)/\s+(?=\d)"), "/"),
    ("spaces before a percent sign", re.compile(r"(?<=\d)\s+(?=%)"), ""),
    (
        "letters read as digits",
        re.compile(r"(?<![\w.-])(?=[OolI]*\d)(?=[\dOolI.]*[OolI])[\dOolI]+(?:\.[\dOolI]+)?(?![\w-])"),
        lambda found: found[0].translate(_DIGITS),
    ),
    ("spaces before a Greek letter of a name", re.compile(r"(?<=[A-Z]\d)\s+(?=[α-ω])"), ""),
    ("more than one space", re.compile(r" {2,}"), " "),
)


def _superscript(cited: str) -> str:
    return "^{" + re.sub(r"\([^)]*\)|[^0-9,–-]", "", cited).replace("-", "–") + "}"


def cleaned(text: str, changes: dict[str, int]) -> str:
    """The text with one form for what a scan prints in many; counts each kind of change in `changes`."""
    text = unicodedata.normalize("NFC", text)
    for name, pattern, replacement in _RULES if text else ():
        text, count = pattern.subn(replacement, text)
        if count:
            changes[name] = changes.get(name, 0) + count
    return text.strip(" ")
