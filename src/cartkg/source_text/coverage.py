"""Compare what rows say is printed with what is printed: every figure found again, every figure accounted for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from ..findings import Finding
from ..rdf.vocabulary import grouped
from ..tables.fingerprint import KEPT, fingerprint
from ..tables.schema import Column, Role, Row, roles
from .context import Context
from .document import Document
from .expected import Wanted, derivable, has_figure, names_in_words, occurrences, unreferenced
from .figures import IN_WORDS, Figure, figures, quantified
from .labels import Labels
from .normalisation import cleaned
from .places import Place, Printing, inside, is_prose, row_of, short, shown, spans
from .prose import Prose
from .record import percent_of_people
from .wording import Wording

_MEASURES = frozenset({"percent", "day", "week", "month", "year"})
_MAIN = frozenset({"value", "percent", "numerator", "status"})
_SUPERSCRIPT = re.compile(r"\s*\^\{[^}]*\}")


@dataclass
class Comparison:
    """Rows of one source against a copy of it; fill it row by row, then ask for `printings`."""

    document: Document
    context: Context
    wording: Wording
    prose: Prose
    labels: Labels
    rows: Mapping[tuple[str, str], Row]
    findings: list[Finding] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    _carried: set[tuple[str, int]] = field(default_factory=set)
    _omitted: dict[tuple[str, int], tuple[Row, str]] = field(default_factory=dict)
    _taken: Counter[tuple[str, str, str, int]] = field(default_factory=Counter)
    cited: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _apart: list[tuple[Row, str, Place, list[int]]] = field(default_factory=list)

    @cached_property
    def figures(self) -> dict[str, tuple[Figure, ...]]:
        """The figures of every place."""
        return {
            name: (figures(place.text) if place.figures is None else place.figures) + self.context.reasons(place.text)
            for name, place in self.document.places.items()
        }

    @cached_property
    def _rows(self) -> dict[str, list[Place]]:
        """The places of every table row; every other place on its own."""
        return grouped((row_of(name), place) for name, place in self.document.places.items())

    def add(self, row: Row) -> None:
        """Find everything a row says is printed; what is not there becomes a finding."""
        places = self._places(row)
        self._keep(row, places)
        if row.table.name == "omissions":
            self._leave_out(row, places)
            return
        for name, column in row.table.columns.items():
            for entry in row.entries(name):
                self._check(row, name, column, entry, places)
        beside = self._under((*row.entries("premises"), *row.entries("counterpart")))
        premises = list(filter(is_prose, beside))
        for name, entry, printed in (
            *self.wording.misses(row, places, beside),
            *(self.prose.unnamed(row, places, premises) if all(map(is_prose, places)) else ()),
        ):
            self.words[row.table.name] += 1
            if printed:
                message = f"{entry} is not what is printed there as {name}, but {printed}: {shown(places)}"
                remedy = "write what is printed, name the place that prints it, or list its words in wordings.tsv"
                self.findings.append(row.finding("worded", name, message, remedy))
        self.findings += self.labels.strange(row, self._around([*places, *beside]))
        if "exhaustive" in row.table.traits:
            for place in places:
                self.cited[row.table.name, place.locator].append(row)
        if row.table.name == "discrepancies":  # a remark on what is printed carries nothing
            return
        self.findings += unreferenced(row, [self.figures[place.locator] for place in places])
        words = set(names_in_words(row, self.rows))
        for place in (*places, *beside):
            self._words[row_of(place.locator)] |= words

    def _keep(self, row: Row, places: list[Place]) -> None:
        """What a row was read in is as it was; where a table keeps fingerprints, each of its rows has one."""
        text = " ".join(place.text for place in (*places, *self._under(row.entries("counterpart"))))
        if row.path in self._keeping and (now := fingerprint(row, text)).split()[:1] != row[KEPT].split()[:1]:
            message = f"the fingerprint is not that of what it was read in: {shown(places)}"
            self.findings.append(row.finding("kept", KEPT, message, f"compare the two, then write {now}"))

    @cached_property
    def _keeping(self) -> set[Path]:
        return {row.path for row in self.rows.values() if row[KEPT] and "locator" in row.table.columns}

    def _check(self, row: Row, name: str, column: Column, entry: str, places: list[Place]) -> None:
        if column.role is not None:
            self._find(row, name, column.role, entry, places)
        elif row["basis"] == "external":
            return  # its words are those of another document
        elif column.printed in {"verbatim", "exact", "nearby"}:
            self._quote(row, column, entry, places, self._around(places) if column.printed == "nearby" else [])
        elif column.printed == "whole":
            self._whole(row, name, entry, places)
        elif column.printed == "reason":
            self._reason(row, name, entry, places)
        elif column.printed == "word":
            for printed in self.wording.names(column, entry):
                for place in places if any(map(str.isdigit, printed)) else ():
                    for span in occurrences(printed, place.text):
                        self._carried.update(key for key, _ in self._within(place, span))

    def _cite(self, row: Row, column: Column, entry: str, places: list[Place]) -> None:
        """Find the words by which a reference without a number is cited, but for a row that was read in its entry."""
        cited = self.rows[column.target, column.row_id(row.source, entry)]
        if not {*cited.entries("locator")} & {*row.entries("locator"), *row.entries("premises")}:
            self._quote(row, column, cited["cited_as"] or entry, places, self._around(places))

    def _reason(self, row: Row, name: str, entry: str, places: list[Place]) -> None:
        """Find the status of a row; one that is not printed matters only where there is no figure either."""
        printed = self._take(row, name, Wanted(roles()["status"], entry), places)
        if printed or not has_figure(row):
            self.found[row.table.name] += 1
            if not printed:
                message = f"“{entry.replace('-', ' ')}” is not printed there in any form: {shown(places)}"
                remedy = "write the status that is printed, or the figure"
                self.findings.append(row.finding("faithful", name, message, remedy))

    def printings(self) -> Iterator[Printing]:
        """Every figure of the copy with what accounts for it."""
        for name, found in self.figures.items():
            place = self.document.places[name]
            words = self._words.get(row_of(name), set())
            for index, figure in enumerate(found):
                if figure.start < 0 or (figure.kind == "reason" and "/row-" not in name):
                    continue  # said of a place as a whole, by what is around it
                in_words = figure.kind in IN_WORDS and str(figure.value) in words
                carried = in_words or (name, index) in self._carried
                row, entry = self._omitted.get((name, index), (None, ""))
                yield Printing(place, figure, carried, row, entry)

    def misread_times(self) -> Iterator[Finding]:
        """Rows whose time point is the value of another row, such as a follow-up, where the place has another."""
        values = {(locator, index) for _, name, locator, index in self._taken if name == "value"}
        times = {(place.locator, index) for _, _, place, found in self._apart for index in found} - values
        for row, name, place, found in self._apart:
            beside = any(locator == place.locator for locator, _ in times)
            if beside and all((place.locator, index) in values for index in found):
                message = f"{row[name]} is printed there as a value of another row: {shown([place])}"
                yield row.finding("worded", name, message, "write the time that this figure is printed for")

    def _places(self, row: Row) -> list[Place]:
        """The places of a row; every place that any column names must be in the copy."""
        for name, column in row.table.columns.items():
            for text in row.entries(name) if column.kind == "locator" else ():
                under = self.document.under(text)
                if not under or (name == "locator" and len(under) > 1 and has_figure(row)):
                    message, remedy = f"the copy has no {text}", "name a place that the source has"
                    if under:
                        message = f"{text} holds {len(under)} places"
                        remedy = "name the sentence or cell that prints the figure"
                    self.findings.append(row.finding("place", name, message, remedy))
        return self._under(row.entries("locator"))

    def _under(self, locators: Iterable[str]) -> list[Place]:
        return [place for text in locators for place in self.document.under(text)]

    def _around(self, places: list[Place]) -> list[Place]:
        """Their table rows whole, and the titles of their tables."""
        rows = dict.fromkeys(row_of(place.locator) for place in places)
        rows |= dict.fromkeys(f"{place.locator.partition('/')[0]}/title" for place in places)
        return [place for row in rows for place in self._rows.get(row, ())]

    def _find(self, row: Row, name: str, role: Role, entry: str, places: list[Place]) -> None:
        if "reference" in role.kinds and not entry.isdigit():
            self._cite(row, row.table.columns[name], entry, places)
            return
        if role.at != "locator":
            self._mark(row, name, Wanted(role, entry), self._under(row.entries(role.at)))
            return
        unit = role.unit.format_map(row) or ("percent" if role.end and row["percent"] else "")
        unit = unit or (percent_of_people(row["unit_printed"]) if role.unit.startswith("{") else "")
        wanted = Wanted(role, Decimal(entry), unit if unit in _MEASURES else "")
        self.found[row.table.name] += 1
        if not places or self._take(row, name, wanted, places) or self._elsewhere(row, wanted, places):
            return
        message = f"{wanted} is not printed there in that role"
        if wanted.among(self._figures(places)):
            message = f"{wanted} is printed there for another heading or group, or less often than rows carry it"
        remedy = "write what is printed, or name the place that prints it"
        self.findings.append(row.finding("faithful", name, f"{message}: {shown(places)}", remedy))

    def _elsewhere(self, row: Row, wanted: Wanted, places: list[Place]) -> bool:
        """True for what may stand beside its places: an entry's number, a row's reference, a derived size, a word."""
        role = wanted.role
        under = self._under(row.entries("premises"))
        numbers = {place.ordinal for place in (*places, *under)}
        if {"ordinal", "reference"} & set(role.kinds) and wanted.value in numbers:
            return True
        if "reference" in role.kinds and "beside" in role.traits and wanted.among(self._figures(self._around(places))):
            return True
        if "derivable" in role.traits and wanted.value in derivable(self._figures(under)):
            return True
        return wanted.among(quantified(row["printed"]))

    def _mark(self, row: Row, name: str, wanted: Wanted, places: list[Place]) -> None:
        """Find a mark at each of the places that are said to carry it."""
        for place in places:
            self.found[row.table.name] += 1
            if not self._take(row, name, wanted, [place]):
                message = f"the mark {wanted} is not printed there: {shown([place])}"
                self.findings.append(row.finding("faithful", name, message, "name the cells that carry the mark"))

    def _take(self, row: Row, name: str, wanted: Wanted, places: list[Place]) -> bool:
        """Match the figure to one printing per place, each printing once per column unless shared."""
        hit, traits = False, wanted.role.traits
        for place in places:
            here, locator = self.figures[place.locator], place.locator
            spoken = is_prose(place) and not wanted.role.end and not {"loose", "shared"} & traits
            matching = [
                index
                for index, figure in enumerate(here)
                if wanted.accepts(figure)
                and ("loose" in traits or self.context.agrees(row, place, figure))
                and (not spoken or self.prose.agrees(row, place, figure, here))
            ]
            order = [(*wanted.role.kinds, figure.kind).index(figure.kind) for figure in here]
            matching.sort(key=lambda index: (order[index], (locator, index) in self._carried))
            taken = (row.table.name, name, locator)
            free = [index for index in matching if not self._taken[*taken, index]]
            free = free or (matching if "shared" in traits else [])
            quoted = spans(row["printed"], places) if "quoted" in traits else []
            if quoted:
                free.sort(key=lambda index: not inside(place, here[index], quoted))
            if free:
                if "apart" in traits:
                    self._apart.append((row, name, place, matching))
                hit |= not quoted or here[free[0]].start < 0 or inside(place, here[free[0]], quoted)
                self._taken[*taken, free[0]] += 1
                if is_prose(place) and name in _MAIN:
                    self.prose.carry(row, place, here[free[0]])
                for index in () if "beside" in traits else matching if "every" in traits else free[:1]:
                    self._carried.add((locator, index))
        return hit

    def _figures(self, places: list[Place]) -> list[Figure]:
        return [figure for place in places for figure in self.figures[place.locator]]

    def _quote(self, row: Row, column: Column, entry: str, places: list[Place], nearby: list[Place]) -> None:
        self.found[row.table.name] += 1
        quoted = spans(entry, places)
        for place, span in quoted:
            for key, figure in self._within(place, span):
                if figure.kind == "reason" or column.printed == "exact" or column.points:
                    self._carried.add(key)
        if places and not quoted and not any(occurrences(cleaned(entry, {}), place.text) for place in nearby):
            message = f"“{short(entry)}” is not printed there: {shown(places)}"
            remedy = "write the characters that are printed"
            self.findings.append(row.finding("faithful", column.name, message, remedy))

    def _whole(self, row: Row, name: str, entry: str, places: list[Place]) -> None:
        """Each place prints this and nothing else, but for its superscripts."""
        self.found[row.table.name] += 1
        if any(_SUPERSCRIPT.sub("", place.text) != cleaned(entry, {}) for place in places):
            message = f"“{short(entry)}” is not all that is printed there: {shown(places)}"
            self.findings.append(row.finding("faithful", name, message, "write the whole text that is printed"))

    def _leave_out(self, row: Row, places: list[Place]) -> None:
        for entry in row.entries("printed"):
            found = [(place, spans[0]) for place in places if (spans := occurrences(entry, place.text))]
            self.found[row.table.name] += 1
            if not found:
                message = f"“{entry}” is not printed there: {shown(places)}"
                self.findings.append(row.finding("faithful", "printed", message, "write what is printed"))
            for place, span in found:
                for key, _ in self._within(place, span):
                    self._omitted.setdefault(key, (row, entry))

    def _within(self, place: Place, span: tuple[int, int]) -> Iterator[tuple[tuple[str, int], Figure]]:
        """The figures that stand whole in a part of the text of a place, with their brackets or without."""
        quoted = place.text[slice(*span)]
        for index, figure in enumerate(self.figures[place.locator]):
            overlaps = figure.start < span[1] and span[0] < figure.start + len(figure.printed)
            if overlaps and figure.printed.strip("^{()}") in quoted:
                yield (place.locator, index), figure
