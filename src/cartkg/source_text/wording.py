"""The words of rows found again: what a cell stands for must be printed, by one of its names, where it was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from ..rdf.vocabulary import Vocabulary, grouped, node_iri, row_iri
from ..tables.schema import Column, Row
from .document import Document
from .expected import occurrences
from .figures import figures
from .names import Names
from .places import Place

_TIGHT = re.compile(r"/row-|/item-\d+/item-")
_PRINTED = {"word", "mentioned", "said"}
_NOTHING: frozenset[str] = frozenset()
_NAMES = {"rdfs:label", "skos:altLabel"}


def gist(text: str) -> frozenset[str]:
    """The numbers in a text, its abbreviations, and the beginnings of its longer words."""
    return frozenset(part[:4].casefold() for part in re.findall(r"\d+|[A-Z]{2,}|[A-Za-z]{3,}", text))


class Wording:
    """Knows how a source may print what cells stand for: by labels, synonyms, and the words in wordings.tsv."""

    def __init__(self, document: Document, vocabulary: Vocabulary, rows: Mapping[tuple[str, str], Row]) -> None:
        self._document = document
        self._vocabulary = vocabulary
        self._rows = rows

    def misses(self, row: Row, own: list[Place], premises: list[Place]) -> Iterator[tuple[str, str, str]]:
        """For every word of a row its column and entry, and, where it is not printed, what is printed in its place.

        A `word` must be printed in every table cell and item of a box that prints one of its sort, in a sentence or
        title only where none does; one that is `mentioned`, anywhere at the places, and be it as a part of a longer
        name. Where no place prints any, it may stand around them. A code that an inferred row concludes has no words,
        nor has anything that is known from elsewhere.
        """
        if row["basis"] == "external":
            return
        columns = [column for name, column in row.table.columns.items() if column.printed in _PRINTED and row[name]]
        wants = {column: {row.id} if column.name == "label" else {*row.entries(column.name)} for column in columns}
        for column, wanted in wants.items():
            name, texts = column.name, [place.text for place in (*own, *premises)]
            if column.printed == "said" and any(place.figures is not None for place in own):
                continue  # titles of a record name things as they please
            if column.printed == "said":
                # A code of another sort, such as single-arm, says nothing in its letters.
                told = (other for other, beside in row.table.mapped.items() if other != name and beside.kind != "term")
                rest = (entry for other in told for entry in row.entries(other))
                yield from self._said(column, row[name], [*rest, *(texts if column.kind == "text" else ())])
                continue
            if column.kind == "prose" and name != "label":
                yield from self._said(column, row[name], texts)
                continue
            found, others = self._printed(column, wanted, own) or self._printed(column, wanted, premises) or (
                self._all(column, self._around([*own, *premises]), within=column.printed != "word"), _NOTHING
            )  # fmt: skip
            for entry in sorted(wanted):
                concluded = column.kind == "term" and not found and row["basis"] == "inferred"
                missed = others or (_NOTHING if entry in found or concluded else found or {"none of its names"})
                yield name, entry, ", ".join(sorted(missed))
        if "told" in row.table.traits:
            yield from self._untold(row, wants)
        if "statistic" not in row.table.columns:  # a figure has its own words, its cell those of others too
            yield from self._left_out(row)

    def _untold(self, row: Row, wants: Mapping[Column, set[str]]) -> Iterator[tuple[str, str, str]]:
        """For every place of a row what it does not tell of it: any name, or the references right after the names."""
        for text in row.entries("locator"):
            places = self._document.under(text)
            named = any(self._all(column, self._texts(places), within=True) & wants[column] for column in wants)
            if not named and not _quoted(row, places):
                yield "locator", row.id, f"nothing of this row in {text}"
            if lost := self._cited_after_name(row, row, places) - {*row.entries("references")}:
                yield "references", row.id, f"{', '.join(sorted(lost))} right after the name"
            for column in wants:
                target = self._rows.get((column.target, row[column.name])) if column.kind == "row" else None
                cited = self._cited_after_name(row, target, places) if target else set()
                if cited and not cited & {*row.entries("references")}:
                    yield column.name, row[column.name], f"cited there with {', '.join(sorted(cited))}, not as here"
                proven = target and column.printed == "word" and row["basis"] == "stated"
                others = self._all(column, self._texts(places), within=True) if proven else _NOTHING
                if others and not others & wants[column]:
                    yield column.name, row[column.name], f"{', '.join(sorted(others))} in {text}"

    def _left_out(self, row: Row) -> Iterator[tuple[str, str, str]]:
        """The terms that a table cell prints, of which the one row of its kind that was read there has none."""
        terms = (column for column in row.table.columns.values() if (column.kind, column.printed) == ("term", "word"))
        empty = [column for column in terms if not row[column.name]]
        for text in row.entries("locator") if empty else ():
            alone = "/row-" in text and self._readers[row.table.name, row.source, text] == 1
            for column in empty if alone else ():
                found = self._all(column, self._texts(self._document.under(text)), within=False)
                if found:
                    yield column.name, "nothing", ", ".join(sorted(found))

    @cached_property
    def _readers(self) -> Counter[tuple[str, str, str]]:
        """How many rows of each table were read in each place of a source."""
        return Counter(
            (row.table.name, row.source, text) for row in self._rows.values() for text in row.entries("locator")
        )

    def names(self, column: Column, entry: str) -> tuple[str, ...]:
        """The words by which a term or row that a column may hold is printed, as the text says them."""
        if column.kind not in {"term", "class"}:
            return ()
        term = column.codes(self._vocabulary)[entry].value
        return (*self._vocabulary.all_names(term), *self._more(term))

    def named(self, column: Column, text: str) -> list[tuple[frozenset[str], int, str]]:
        """Each name in a text of what a column may hold: the entries it may stand for, where it is, its characters."""
        return self._names(column).spoken(text)

    def _said(self, column: Column, entry: str, texts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Whether texts say a term, if they name any of its sort; or a word of the entry, and of prose all figures."""
        if column.kind in {"term", "class"}:
            found = self._all(column, texts, within=True)
            yield column.name, entry, "" if entry in found or not found else ", ".join(sorted(found))
            return
        own, printed = gist(entry), {part for text in texts for part in gist(text)}
        figures_lost = {part for part in own - printed if part.isdigit() and column.kind == "prose"}
        yield column.name, entry, "" if own & printed and not figures_lost else "not its figures or none of its words"

    def _cited_after_name(self, row: Row, named: Row, places: list[Place]) -> set[str]:
        """The references printed right after the name of a row, for one that rests on any."""
        names = "|".join(re.escape(name) for name in self._of_row(named)) if row["references"] else "(?!)"
        marks = re.findall(rf"(?<![\w-])(?:{names})s?\^\{{[^}}]*\}}", " ".join(self._texts(places)), re.IGNORECASE)
        return {str(figure.value) for mark in marks for figure in figures(mark) if figure.kind == "reference"}

    def _printed(
        self, column: Column, wanted: set[str], places: list[Place]
    ) -> tuple[frozenset[str], frozenset[str]] | None:
        """What these places name of all that a column may hold, and what those do that name nothing wanted."""
        within = column.printed != "word"
        named = {place.locator: self._all(column, self._texts([place]), within=within) for place in places}
        if not any(named.values()):
            return None
        tight = [codes for locator, codes in named.items() if codes and _TIGHT.search(locator)]
        if within or not tight:
            return _NOTHING.union(*named.values()), _NOTHING
        return _NOTHING.union(*tight), _NOTHING.union(*(codes for codes in tight if not codes & wanted))

    def _all(self, column: Column, texts: Iterable[str], *, within: bool) -> frozenset[str]:
        """All that these texts name of what a column may hold."""
        return _NOTHING.union(*(self._names(column).codes(text, within=within) for text in texts))

    def _texts(self, places: list[Place]) -> list[str]:
        """The texts of places, and of the items of a box that they belong to."""
        above = (self._document.places.get(place.locator.rpartition("/")[0]) for place in places)
        return [place.text for place in (*places, *above) if place]

    def _around(self, places: list[Place]) -> Iterator[str]:
        """The texts around places: their table rows or paragraphs, the headers over them, the titles of their parts."""
        for place in places:
            within, _, last = place.locator.rpartition("/")
            part = place.locator.partition("/")[0]
            for around in (within if within != part else "", f"{part}/header/{last}", f"{part}/title"):
                yield from (other.text for other in self._document.under(around) if around)
            yield self._headings.get(part, "")

    @cached_property
    def _headings(self) -> dict[str, str]:
        """The headings of the parts of documents."""
        parts = (row for (table, _), row in self._rows.items() if table == "parts")
        return {row.id.removeprefix(f"{row.source}."): row["heading"] for row in parts}

    @lru_cache  # noqa: B019 it lives as long as the command
    def _names(self, column: Column) -> Names:
        """The names of everything that a column may hold, or of the rows of its table for that of the label."""
        if column.kind in {"term", "class"}:
            return Names({code: self.names(column, code) for code in column.codes(self._vocabulary)})
        if column.kind == "text":
            cells = {entry for row in self._rows.values() for entry in row.entries(column.name)}
            return Names({entry: (entry,) for entry in cells})
        target = column.table if column.name == "label" else column.target
        return Names({row.id: self._of_row(row) for (table, _), row in self._rows.items() if table == target})

    def _of_row(self, row: Row) -> tuple[str, ...]:
        own = (row.entries(name) for name, column in row.table.columns.items() if column.predicate in _NAMES)
        return (*(entry for entries in own for entry in entries), *self._more(row_iri(row.table.name, row.id).value))

    def _more(self, iri: str) -> tuple[str, ...]:
        """The words that wordings.tsv gives for a row or a term."""
        return tuple(self._worded.get(iri, ()))

    @cached_property
    def _worded(self) -> dict[str, list[str]]:
        wordings = (row for (table, _), row in self._rows.items() if table == "wordings")
        return grouped((node_iri(row["means"]).value, row["printed"]) for row in wordings)


def _quoted(row: Row, places: list[Place]) -> bool:
    """Whether places print the characters of a cell, such as a registry number."""
    entries = [row[name] for name, one in row.table.columns.items() if one.printed in {"verbatim", "exact"}]
    return any(entry and occurrences(entry, place.text) for entry in entries for place in places)
