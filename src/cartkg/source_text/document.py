"""Read a copy of a source: its parts by their headings, its paragraphs made whole, its sentences and cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from ..errors import UsageError
from ..files import read_given
from .normalisation import cleaned
from .places import Place
from .record import read_json, read_lines, resolved, spots

_END_OF_PARAGRAPH = re.compile(r"[.?!:](?:\^\{[^}]*\})?[)\]”’\"]*$")
_SENTENCE = re.compile(r"(?<=[.?!])(?:\^\{[^}]*\})?[)\]”\"]*\s+(?=[“\"(\[]?(?:[A-Z0-9≥]|[a-z]+[A-Z]))")
_NOT_AN_END = re.compile(r"\b(?:[Rr]efs?|[Ff]igs?|vs|e\.g|i\.e|cf|al|[A-Z])\.\s*$")
_FOOTNOTE = re.compile(r"(?:^|\s)\^\{([a-z])\}(?=\S)")
_ITEM = re.compile(r"^( *)(?:[-•] |(\d+)\. )\s*(.*)$")
_MOST_BYTES = 20 << 20


@dataclass(frozen=True, slots=True)
class Heading:
    """A part of a source as its copy announces it.

    `style`: text, table, box, figure, list, entries, cited (entries of which some count) or outside. `nth` counts among
    the headings of the same words, where the copy has several; 0 where it has one.
    """

    part: str
    printed: str
    style: str
    nth: int = 0

    @property
    def is_inset(self) -> bool:
        """True for what interrupts the section it stands in."""
        return self.style in {"table", "box", "figure"}


@dataclass(frozen=True)
class Document:
    """A copy of a source, taken apart; `changes` counts what was cleaned."""

    path: Path
    places: dict[str, Place]
    changes: dict[str, int]

    def under(self, locator: str) -> list[Place]:
        """The places a locator names or contains, in the order of the source."""
        found = self.places.get(locator)
        if found is not None:
            return [found]
        return [place for name, place in self.places.items() if name.startswith((f"{locator}/", f"{locator}#"))]


def read_document(path: Path, headings: Iterable[Heading]) -> Document:
    """Take a copy apart; UsageError when it can not be read or any part is missing."""
    headings = list(headings)
    if any(heading.style == "module" for heading in headings):
        return _read_record(path, headings)
    reader = _Reader(headings)
    lines = read_given(path, _MOST_BYTES).splitlines()
    try:
        for number, line in enumerate(lines, 1):
            reader.take(number, line)
        reader.check()
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    return Document(path, {place.locator: place for place in reader.places()}, reader.changes)


def _read_record(path: Path, headings: list[Heading]) -> Document:
    """A copy that is a record: its modules are found by their pointers, and their objects are its places."""
    table = path.suffix.lower() == ".csv"
    record, places = {"rows": read_lines(path)} if table else read_json(path), {}
    for heading in headings:
        try:
            module = resolved(record, heading.printed)
        except KeyError as error:
            raise UsageError(f"{path}: has no {heading.printed}; it is not the record that the tables quote") from error
        try:
            for spot in spots(module, loose=table) if heading.style == "module" else ():
                locator = f"{heading.part}#{spot.pointer}" if spot.pointer else heading.part
                places[locator] = Place(locator, 1, spot.text, figures=tuple(spot.figures()))
        except (TypeError, KeyError, AttributeError) as error:
            remedy = "give the record as its registry has it"
            raise UsageError(f"{path}: {heading.printed} holds a value of another kind ({error}); {remedy}") from error
    return Document(path, places, {})


@dataclass
class _Paragraph:
    """A run of text in pieces, each with the line it was read from."""

    pieces: list[tuple[int, str]]

    @property
    def text(self) -> str:
        return " ".join(piece for _, piece in self.pieces)

    def sentences(self) -> Iterator[Place]:
        """Its sentences, each with the line it starts in and the breaks inside it."""
        whole, start = self.text, 0
        lengths = (len(piece) + 1 for _, piece in self.pieces)
        offsets = accumulate(lengths, initial=0)
        starts = [(offset, line) for offset, (line, _) in zip(offsets, self.pieces, strict=False)]
        ends = [found.end() for found in _SENTENCE.finditer(whole) if not _NOT_AN_END.search(whole[: found.end()])]
        for end in (*ends, len(whole)):
            if sentence := whole[start:end].strip():
                line = max(found for found in starts if found[0] <= start)[1]
                inside = tuple((offset - start, line) for offset, line in starts if start < offset < end)
                yield Place("", line, sentence, None, inside)
            start = end


@dataclass
class _Content:
    """What was read of one part."""

    title: _Paragraph | None = None
    paragraphs: list[_Paragraph] = field(default_factory=list)
    items: list[tuple[int, int, int, str]] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


class _Reader:
    """Follows the lines of a copy."""

    def __init__(self, headings: list[Heading]) -> None:
        self.headings = headings
        self.seen: set[str] = set()
        self.changes: dict[str, int] = {}
        self._times: Counter[str] = Counter()
        self._content = {heading.part: _Content() for heading in headings}
        self._section: Heading | None = None
        self._inset: Heading | None = None
        self._unfinished: list[_Paragraph] = []

    def take(self, number: int, raw: str) -> None:
        cells = [cleaned(cell, self.changes) for cell in raw.split("\t")]
        line = cells[0] if len(cells) == 1 else "\t".join(cells)
        if not line.strip():
            return
        if self._announced(number, line):
            return
        current = self._inset or self._section
        if current is None or current.style == "outside":
            return
        content = self._content[current.part]
        if current.style == "table" and len(cells) > 1:
            content.rows.append((number, cells))
        elif current.style == "box" and content.title is None:
            content.title = _Paragraph([(number, line)])
        elif (item := _ITEM.match(raw.replace("\u00a0", " "))) and current.style in {"box", "list", "entries", "cited"}:
            level = 1 if item[1] else 0
            content.items.append((number, level, int(item[2] or 0), cleaned(item[3], self.changes)))
        else:
            self._prose(number, cleaned(item[3], self.changes) if item else line, current, content)

    def _announced(self, number: int, line: str) -> bool:
        for heading in self.headings:
            rest = r"(?:\s*[|.:]\s*(.*))?" if heading.is_inset else "()"
            if found := re.fullmatch(re.escape(heading.printed) + rest, line, re.IGNORECASE):
                if heading.nth:
                    self._times[heading.part] += 1
                if heading.nth == self._times[heading.part]:
                    self._open(heading, number, found[1] or "")
                    return True
        return False

    def _open(self, heading: Heading, number: int, rest: str) -> None:
        content = self._content[heading.part]
        if content.title or content.paragraphs or content.items:
            raise ValueError(f"line {number} announces {heading.printed} a second time")
        self.seen.add(heading.part)
        if not heading.is_inset:
            self._section, self._inset = heading, None
            self._unfinished.clear()
            return
        self._inset, paragraph = heading, _Paragraph([(number, rest)])
        if heading.style == "figure":
            content.paragraphs.append(paragraph)
            self._keep_open(paragraph)
        elif rest:
            content.title = paragraph

    def _prose(self, number: int, line: str, current: Heading, content: _Content) -> None:
        if current.style == "table" and not content.paragraphs:
            content.paragraphs.append(_Paragraph([(number, line)]))
            return
        if self._unfinished:
            paragraph = self._unfinished.pop()
            paragraph.pieces.append((number, line))
            self._keep_open(paragraph)
            return
        if current is self._inset:
            self._inset = None
            current = self._section or current
        paragraph = _Paragraph([(number, line)])
        self._content[current.part].paragraphs.append(paragraph)
        self._keep_open(paragraph)

    def _keep_open(self, paragraph: _Paragraph) -> None:
        if not _END_OF_PARAGRAPH.search(paragraph.pieces[-1][1]):
            self._unfinished.append(paragraph)

    def check(self) -> None:
        """Raise ValueError when a part is missing, or a table or figure has lost its rows or its caption."""
        for heading in (heading for heading in self.headings if heading.part in self.seen):
            content = self._content[heading.part]
            if heading.style == "table" and not content.rows:
                raise ValueError(f"{heading.printed} has no rows; keep the tabs between its cells")
            for line, cells in content.rows:
                if (width := len(cells)) != (first := len(content.rows[0][1])):
                    raise ValueError(f"line {line} has {width} cells under {first} headings of {heading.printed}")
            if heading.style == "figure" and not any(list(found.sentences()) for found in content.paragraphs):
                raise ValueError(f"{heading.printed} has no caption")
        if missing := [f"“{heading.printed}”" for heading in self.headings if heading.part not in self.seen]:
            shown = ", ".join(missing)
            raise ValueError(f"no line announces {shown}; the text is cut, or is not the edition that the tables quote")

    def places(self) -> Iterator[Place]:
        """Every place of every part."""
        for heading in self.headings:
            for place in _places(heading.style, self._content[heading.part]):
                yield replace(place, locator=f"{heading.part}/{place.locator}")


def _places(style: str, content: _Content) -> Iterator[Place]:
    """The places of a part, by their locators within it."""
    if content.title:
        yield Place("title", *content.title.pieces[0])
    match style:
        case "table":
            yield from _table(content)
        case "box" | "list":
            yield from _items(content)
        case "figure":
            first, *rest = [found for paragraph in content.paragraphs for found in paragraph.sentences()]
            yield replace(first, locator="title")
            yield from _numbered("sentence", rest)
    if style not in {"table", "figure"}:
        for position, paragraph in enumerate(content.paragraphs, 1):
            yield from _numbered(f"paragraph-{position}/sentence", paragraph.sentences())
    if style in {"entries", "cited"}:
        for position, (line, _, number, text) in enumerate(content.items, 1):
            yield Place(f"item-{position}", line, text, number or position)


def _numbered(name: str, found: Iterable[Place]) -> Iterator[Place]:
    return (replace(place, locator=f"{name}-{position}") for position, place in enumerate(found, 1))


def _table(content: _Content) -> Iterator[Place]:
    for position, (line, cells) in enumerate(content.rows):
        row = f"row-{position}" if position else "header"
        yield from _numbered(f"{row}/column", (Place("", line, cell) for cell in cells))
    for paragraph in content.paragraphs:
        line = paragraph.pieces[0][0]
        legend, *footnotes = _FOOTNOTE.split(paragraph.text)
        yield from _numbered("legend/sentence", _Paragraph([(line, legend)]).sentences())
        for mark, text in zip(footnotes[::2], footnotes[1::2], strict=True):
            yield Place(f"footnote-{mark}", line, text.strip())


def _items(content: _Content) -> Iterator[Place]:
    item = subitem = 0
    for line, level, _, text in content.items:
        if level and item:
            subitem += 1
            yield Place(f"item-{item}/item-{subitem}", line, text)
            continue
        item, subitem = item + 1, 0
        sentences = list(_Paragraph([(line, text)]).sentences())
        several = _numbered(f"item-{item}/sentence", sentences)
        yield from several if len(sentences) > 1 else (replace(one, locator=f"item-{item}") for one in sentences)
