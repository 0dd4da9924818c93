"""What the words of a sentence say that its figures are of: the outcome, the grade, and the groups in their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from ..findings import Finding
from ..rdf.vocabulary import grouped
from ..tables.schema import Column, Row
from .expected import in_own_words, occurrences
from .figures import Figure
from .places import Place, shown
from .wording import Wording, gist

_CLAUSE = re.compile(r";|,\s+(?:and|but|while|with)\b")
_IN_ORDER = re.compile(r"\brespectively\b", re.IGNORECASE)
_TREATMENTS = ("product", "regimen")
_PAIR = 2  # fewer can not be exchanged

Said = tuple[frozenset[str], int]


class Prose:
    """Knows what the rows of each sentence are of, and how the sentence names that."""

    def __init__(self, wording: Wording, rows: Mapping[tuple[str, str], Row]) -> None:
        self._wording = wording
        self._rows = rows
        self._found: dict[tuple[str, ...], dict[str, tuple[int, Row]]] = defaultdict(dict)

    def agrees(self, row: Row, place: Place, figure: Figure, here: tuple[Figure, ...]) -> bool:
        """False where the sentence says the figure of another outcome that it has, or of a grade the row lacks."""
        headed = (column for column in row.table.columns.values() if column.printed == "heading" and row[column.name])
        return all(self._headed(row, column, place, figure, here) for column in headed) and _graded(row, figure, here)

    def unnamed(self, row: Row, own: list[Place], premises: list[Place]) -> Iterator[tuple[str, str, str]]:
        """The column and entry of an outcome that no sentence of the row names, and the outcomes that are named.

        Where its own sentences name none, its premises may.
        """
        for name, column in row.table.columns.items():
            if column.printed == "heading" and row[name]:
                named = self._codes(row, column, own) or self._codes(row, column, premises)
                yield name, row[name], "" if row[name] in named else ", ".join(sorted(named)) or "nothing of that sort"

    def _codes(self, row: Row, column: Column, places: list[Place]) -> set[str]:
        return {code for place in places for codes, _ in self._named(row, column, place) for code in codes}

    def carry(self, row: Row, place: Place, figure: Figure) -> None:
        """Note where the figure of a row stands in its sentence."""
        cohort = self._rows.get(("cohorts", row["cohort"])) if "cohort" in row.table.columns else None
        if cohort and not row["against"]:
            same = {row[name] for name, column in row.table.columns.items() if column.printed == "heading"}
            of = (place.locator, cohort["study"], *sorted(same), row["statistic"], row["timepoint"], row["grade_from"])
            self._found[of].setdefault(cohort.id, (figure.start, row))

    def findings(self, places: Mapping[str, Place]) -> Iterator[Finding]:
        """Rows that a sentence says of another group, or names in another order than it prints their figures."""
        for row, first, place in self.crossed(places):
            message = f"the sentence names {first} first, but its figure is not the first: {shown([place])}"
            remedy = "exchange the groups, or list the words for each of them in wordings.tsv"
            yield row.finding("worded", "cohort", message, remedy)
        for row, other, place in (*self.other_groups(places), *self.of_one_alone(places), *self.of_the_whole(places)):
            message = f"the sentence says this figure of {other}, not of the group of the row: {shown([place])}"
            remedy = "write the group that it says, or list the words for the other in wordings.tsv"
            yield row.finding("worded", "cohort", message, remedy)

    def crossed(self, places: Mapping[str, Place]) -> Iterator[tuple[Row, str, Place]]:
        """The rows whose figures stand in another order than the sentence names their groups, with who is first.

        Of two groups, one that is named before both figures comes first, whether the other is named or not.
        """
        for (locator, *_), groups in self._found.items():
            place, by_figure = places[locator], sorted(groups, key=lambda cohort: groups[cohort][0])
            spots = {
                cohort: self._named_at(row, self._rows["cohorts", cohort], place.text)
                for cohort, (_, row) in groups.items()
            }
            named = {cohort: spot for cohort, spot in spots.items() if spot is not None}
            if len(groups) == _PAIR and [spot < groups[by_figure[0]][0] for spot in named.values()] == [True]:
                named = {cohort: named.get(cohort, len(place.text)) for cohort in groups}
            by_name = sorted(named, key=lambda cohort: named[cohort])
            if len(groups) == len({*named.values()}) > 1 and by_name != by_figure:
                for cohort in by_figure:
                    yield groups[cohort][1], by_name[0], place

    def other_groups(self, places: Mapping[str, Place]) -> Iterator[tuple[Row, str, Place]]:
        """The outcomes whose sentence names neither their group nor one around it, but another of the study; and which.

        That is a part of theirs; or any, where the sentence has that figure of one group alone.
        """
        for (locator, study, *_), groups in self._found.items():
            place = places[locator]
            for cohort, (_, row) in groups.items():
                around = [cohort, *self._containing(cohort)]
                named = [one for one in self._of_study[study] if self._named_at(row, one, place.text) is not None]
                if "outcome" not in row.table.columns or any(one.id in around for one in named):
                    continue  # how long a group was followed may stand before others are named
                for one in named:
                    if len(groups) == 1 or cohort in self._containing(one.id):
                        yield row, one.id, place
                        break

    def of_one_alone(self, places: Mapping[str, Place]) -> Iterator[tuple[Row, str, Place]]:
        """The rows without an outcome of one of several groups, of which no name stands before the figure."""
        for (locator, study, *_), groups in self._found.items():
            place = places[locator]
            for cohort, (start, row) in groups.items():
                named = {one.id: self._named_at(row, one, place.text) for one in self._of_study[study]}
                spots = [spot for spot in named.values() if spot is not None]
                before = any(spot < start for spot in spots)
                if "outcome" not in row.table.columns and not before and len(spots) >= _PAIR and named[cohort]:
                    yield row, "them all", place

    def of_the_whole(self, places: Mapping[str, Place]) -> Iterator[tuple[Row, str, Place]]:
        """The rows of a part of a group, given nothing else, of which no sentence of theirs tells; and the whole."""
        for (locator, *_), groups in self._found.items():
            for cohort, (_, row) in groups.items():
                part, told = self._rows["cohorts", cohort], [locator, *row.entries("premises")]
                within = part["parent"] and not any(part[name] for name in _TREATMENTS)
                if within and not any(self._tells_of(row, part, places[one].text) for one in told if one in places):
                    yield row, part["parent"], places[locator]

    def _tells_of(self, row: Row, part: Row, text: str) -> bool:
        """Whether a text names a part of a group, its disease, or what its description has beyond that of the group."""
        whole = self._rows["cohorts", part["parent"]]
        own, diseases = gist(part["population"]) - gist(whole["population"]), {*part.entries("diseases")}
        told = (
            self._wording.named(part.table.columns["diseases"], text)
            if diseases != {*whole.entries("diseases")}
            else ()
        )
        named = self._named_at(row, part, text) is not None or any(ids & diseases for ids, _, _ in told)
        return named or bool(own & gist(text))

    def _containing(self, cohort: str) -> list[str]:
        """The groups that a group is a part of, the narrowest first."""
        found: list[str] = []
        while (cohort := self._rows["cohorts", cohort]["parent"]) and cohort not in found:
            found.append(cohort)
        return found

    def _headed(self, row: Row, column: Column, place: Place, figure: Figure, here: tuple[Figure, ...]) -> bool:
        """Of the outcomes that rows of a sentence have and its words name, the nearest is that of the figure.

        That is the last in its clause before it, else the first after it there, else the last before. Where all are
        named before, and figures follow respectively, it is the one of the same number.
        """
        of_rows = self._of_rows[column.name][place.locator]
        said = [(codes & of_rows, start) for codes, start in self._named(row, column, place) if codes & of_rows]
        if len(frozenset().union(*(codes for codes, _ in said))) < _PAIR:
            return True
        alike = [one for one in here if (one.kind, one.unit, one.end) == (figure.kind, figure.unit, "")]
        if _IN_ORDER.search(place.text):
            return row[column.name] in _in_order(said, alike, figure)
        start = max((cut.start() for cut in _CLAUSE.finditer(place.text, 0, figure.start)), default=0)
        end = cut.start() if (cut := _CLAUSE.search(place.text, figure.start)) else len(place.text)
        before = [codes for codes, spot in said if spot < figure.start]
        inside = [codes for codes, spot in said if start <= spot < figure.start]
        after = [codes for codes, spot in said if figure.start < spot < end]
        nearest = inside[-1] if inside else after[0] if after else before[-1] if before else None
        return nearest is None or row[column.name] in nearest

    def _named(self, row: Row, column: Column, place: Place) -> list[Said]:
        """The outcomes that a text names, but for names that are a part of what other words of the row may be."""
        others = [
            (start, start + len(name))
            for other in row.table.columns.values()
            if other.printed == "word" and other.kind == "term" and row[other.name]
            for _, start, name in self._wording.named(other, place.text)
        ]
        return [
            (codes, start)
            for codes, start, _ in self._wording.named(column, place.text)
            if not any(first <= start < last for first, last in others)
        ]

    def _named_at(self, row: Row, cohort: Row, text: str) -> int | None:
        """Where a text first names a group: by words of its own, else by its treatment, if it had no other before."""
        own = [start for ids, start, _ in self._wording.named(row.table.columns["cohort"], text) if cohort.id in ids]
        own += [start for start, _ in occurrences(cohort["population"], text)]
        around = (self._rows["cohorts", one] for one in self._containing(cohort.id))
        changed = any(one[name] for one in around for name in _TREATMENTS)
        treated = (
            start
            for name in (() if changed else _TREATMENTS)
            for ids, start, _ in self._wording.named(cohort.table.columns[name], text)
            if cohort[name] in ids
        )
        return min(own or treated, default=None)

    @cached_property
    def _of_study(self) -> dict[str, list[Row]]:
        """The groups of each study."""
        return grouped((row["study"], row) for row in self._rows.values() if row.table.name == "cohorts")

    @cached_property
    def _of_rows(self) -> dict[str, dict[str, frozenset[str]]]:
        """What the rows of each place are of, by the column that says so."""
        found: dict[str, dict[str, frozenset[str]]] = defaultdict(lambda: defaultdict(frozenset))
        for row in self._rows.values():
            for name, column in row.table.columns.items():
                if column.printed == "heading" and row[name]:
                    for place in row.entries("locator"):
                        found[name][place] |= {row[name]}
        return found


def _in_order(said: list[Said], alike: list[Figure], figure: Figure) -> frozenset[str]:
    """What the figure is of, where all names stand before the figures, which have the same order; else any of them."""
    names = list(dict.fromkeys(codes for codes, _ in said))
    if figure in alike and said[-1][1] < alike[0].start and not len(alike) % len(names):
        return names[alike.index(figure) % len(names)]
    return frozenset().union(*names)


def _graded(row: Row, figure: Figure, here: tuple[Figure, ...]) -> bool:
    """Whether the row has the grade that is printed between the figure of the same sort before it and this one."""
    before = [one for one in here if one.start < figure.start]
    last = max((one.start for one in before if (one.kind, one.unit) == (figure.kind, figure.unit)), default=-1)
    grades = {str(one.value) for one in before if one.kind == "grade" and one.start > last}
    own = {row[name] for name, column in row.table.columns.items() if column.printed == "grade" and row[name]}
    told = any(own == {*grade.split("–")} for grade in grades)
    return not grades or told or bool(grades & in_own_words(row, ("prose",)))
