"""Records of ClinicalTrials.gov (API version 2) as rows: what the trial is, and who was in it.

Its modules are those of https://clinicaltrials.gov/data-api/about-api/study-data-structure. Nothing is guessed: what is
not confirmed stays as printed, and each number that no row carries is listed with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..resources import ONTOLOGY_DIRECTORY, read_table
from ..source_text.record import Spot, read_json, resolved, spots
from ..tables.fingerprint import KEPT, fingerprint
from ..tables.reader import RawRow, parse_row
from ..tables.schema import curated_tables
from .codes import Codes, slug
from .conditions import EVERY, NEW, diseases_in
from .known import Known
from .overlay import Rows

_REGISTRATION = re.compile(r"NCT\d{8}")
PROTOCOL, RESULTS = "/protocolSection", "/resultsSection"
FLOW, BASELINE = "participant-flow-module", "baseline-characteristics-module"
MODULES = {
    "identification": f"{PROTOCOL}/identificationModule",
    "status": f"{PROTOCOL}/statusModule",
    "sponsor": f"{PROTOCOL}/sponsorCollaboratorsModule",
    "conditions": f"{PROTOCOL}/conditionsModule",
    "design": f"{PROTOCOL}/designModule",
    "arms": f"{PROTOCOL}/armsInterventionsModule",
    FLOW: f"{RESULTS}/participantFlowModule",
    BASELINE: f"{RESULTS}/baselineCharacteristicsModule",
    "outcomes": f"{RESULTS}/outcomeMeasuresModule",
    "events": f"{RESULTS}/adverseEventsModule",
}
_GROUPS = {"outcomes": "groups", "events": "eventGroups", FLOW: "groups", BASELINE: "groups"}
_GRADES = [f"{low}-{high}" for low in range(1, 6) for high in ("", *range(low, 6))]
_REGIMEN = "regimen"  # what a group without cells is given
_TOTAL = "Total"  # what the registry calls all groups of a baseline together
_DETAIL = 300
NOTE = 1900


@cache
def registry_codes() -> dict[tuple[str, str], tuple[str, str]]:
    """By the field and word of the registry, the column and code that stand for it."""
    rows = read_table(ONTOLOGY_DIRECTORY / "clinicaltrials.tsv")
    return {(row["field"], row["registry"]): (row["column"], row["code"]) for row in rows}


@dataclass(eq=False)
class Trial:
    """One record on its way to rows."""

    record: Mapping[str, Any]
    known: Known
    codes: Codes
    number: str
    rows: Rows = field(init=False)
    conditions: dict[str, str] = field(default_factory=dict)  # the disease that is confirmed for each, or none
    named: dict[str, list[object]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)  # outcomes of its own
    begun: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)  # of a period and group: who, how many

    def __post_init__(self) -> None:
        self.rows = Rows(self.number.lower())

    @classmethod
    def read(cls, path: Path, known: Known, codes: Codes) -> Trial:
        """The record of a file, not described yet; UsageError when it is none of this registry."""
        record, pointer = read_json(path), f"{MODULES['identification']}/nctId"
        try:
            number = str(resolved(record, pointer))
        except KeyError as error:
            remedy = "give the JSON that version 2 of the registry's API has for one study"
            raise UsageError(f"{path}: has no {pointer}; {remedy}") from error
        if not _REGISTRATION.fullmatch(number):
            raise UsageError(f"{path}: {number!r} is no registry number; it is NCT and eight digits")
        return cls(record, known, codes, number)

    def keep(self) -> None:
        """Keep with its rows the fingerprints of what they were read in, so that no group or title changes unseen."""
        texts = {f"{part}#{spot.pointer}" if spot.pointer else part: spot.text
                 for part in MODULES for spot in self.spots(part)}  # fmt: skip
        for table, rows in self.rows.tables.items():
            for cells in rows.values():
                row = parse_row(RawRow(Path(), 0, cells), curated_tables()[table], [])
                if row and (places := row.entries("locator")):
                    cells[KEPT] = fingerprint(row, " ".join(texts.get(place, "") for place in places))

    def get(self, pointer: str, default: Any = "") -> Any:
        """A value of the record, or the default where there is none."""
        try:
            return resolved(self.record, pointer)
        except KeyError:
            return default

    @cache  # noqa: B019 it lives as long as the command
    def spots(self, part: str) -> tuple[Spot, ...]:
        """The objects of a module."""
        return tuple(spots(self.get(MODULES[part], {})))

    def id(self, name: str) -> str:
        """The id of a row of this source."""
        return f"{self.rows.source}.{name}"

    def id_of(self, what: object, prefix: str, text: str) -> str:
        """The id of what a text calls something, other than that of anything else which it calls so."""
        name = f"{prefix}{slug(text)}"
        known = self.named.setdefault(name, [])
        if what not in known:
            known.append(what)
        nth = known.index(what)
        return self.id(f"{name}.{nth + 1}" if nth else name)

    def ask(self, kind: str, printed: str, allowed: Iterable[str], proposed: str = "", detail: str = "") -> str:
        """The code that is confirmed for what the record prints, or nothing yet."""
        return self.codes.ask(self.rows.source, kind, printed, allowed, proposed, " ".join(detail.split())[:_DETAIL])

    def worded(self, means: str, printed: str, place: str) -> None:
        """Note that the record calls a row or term by these words."""
        label = f"{printed}, for {means} ({self.number})"
        name = self.id_of((means, printed), "w-", f"{means} {printed}")
        self.rows.add("wordings", name, label=label, locator=place, means=means, printed=printed)

    def worded_code(self, vocabulary: str, code: str, printed: str, place: str) -> None:
        """Note that the record calls a code by these words."""
        term = self.known.vocabulary.term_codes(vocabulary)[code].value
        self.worded(f"ck:{term.rpartition('/')[2]}", printed, place)

    @cached_property
    def _graded(self) -> list[str]:
        """The codes of harms with each range of grades."""
        return [f"{code}:{grades}" for code in self.known.codes("ck:SafetyOutcome") for grades in _GRADES]

    def outcome(
        self, kind: str, printed: str, vocabulary: str, place: str, name: str, detail: str = ""
    ) -> dict[str, str]:
        """The code, with grades, that is confirmed for an outcome; or that of a term which keeps it as printed.

        `name`: the narrowest of its titles, by which a code is proposed.
        """
        allowed = (*self.known.codes(vocabulary), *self._graded, NEW)
        code, _, grades = self.ask(kind, printed, allowed, self.known.called(vocabulary, name), detail).partition(":")
        if code in {"", NEW}:
            own = self.id_of((kind, printed), "", printed)
            self.confirmed |= {own} if code else set()
            code, known = own, self.named[slug(printed)].index((kind, printed))
            said = f"is printed as “{printed[:NOTE]}” in the record {self.number}"
            label = f"{printed} ({self.number}" + (f", {known + 1})" if known else ")")
            self.rows.add("terms", code, label=label, locator=place, basis="stated", vocabulary=vocabulary, code=code,
                          definition=said)  # fmt: skip
        lowest, _, highest = grades.partition("-")
        return {"outcome": code, "grade_from": lowest, "grade_to": highest}

    def observe(self, name: str, place: str, cohort: str, **cells: str) -> None:
        """Add a figure."""
        label = f"{self.number}: {name}"
        self.rows.add("observations", self.id(name), label=label, locator=place, basis="stated", cohort=cohort, **cells)

    def doubt(self, name: str, place: str, more: str, over: str) -> None:
        """Flag a figure of more people than it can be of."""
        row = self.id(name)
        self.rows.add(
            "discrepancies", row, label=f"{self.number}: {name}: {more}", locator=place, basis="stated",
            kind="denominator-in-row", confidence="provable", consequence="denominator", left=more, right=over,
            about=f"observations:{row}", statement="More people are counted than they can be of.",
            representation="The people who are counted, without those whom they are of.",
        )  # fmt: skip

    def omit(self, part: str, spot: Spot, keys: Iterable[str], reason: str, note: str) -> None:
        """List the values of these names that an object has, with the reason why no row carries them."""
        numbers = spot.values(keys)
        if numbers:
            place = f"{part}#{spot.pointer}" if spot.pointer else part
            name = self.id_of((place, numbers[0]), "x-", f"{place.rpartition('#')[2]} {numbers[0]}")
            self.rows.add("omissions", name, label=f"{self.number}: {place}: {numbers[0]}", locator=place,
                          printed=numbers, reason=reason, note=note)  # fmt: skip

    def cohort(self, part: str, spot: Spot, identifier: str) -> str:
        """The people of a figure: those of one group and number, described in one way."""
        group, nth, place = self.group(part, spot, identifier)
        n, counted = self.size(part, spot, identifier)
        title, described = str(group["title"]), spot.said("populationDescription")
        given = str(group.get("description", ""))
        alone = identifier if part == "events" else part == BASELINE
        name = self.id_of((title, given, described, n, nth, alone), "g-", f"{title} {n}")
        note = " ".join(filter(None, (given, described)))[:NOTE]
        label = f"{title} ({name.rpartition('g-')[2]})"
        cells = self.treatment(group, place)
        return self.people_of(name, group, (place, counted), n, label=label, population=title, note=note, **cells)

    def counted(self, part: str, spot: Spot) -> None:
        """People counted over are a group; nobody, and things that are no people, are none."""
        group = spot.own["groupId"]
        if self.size(part, spot, group)[1] == f"{part}#{spot.pointer}":
            self.cohort(part, spot, group)
        else:
            note = f"Number of {spot.said('units').casefold()} analysed: nobody, or no people."
            self.omit(part, spot, ("value",), "no-cohort-figure", note)

    def people_of(
        self, name: str, group: Mapping[str, Any], places: Iterable[str], n: str, *, label: str, **cells: str
    ) -> str:
        """Add people of a group, with their number, if it is known, and their diseases."""
        title, detail = str(group["title"]), " ".join(str(group.get("description", "")).split())[:_DETAIL]
        people = self.people(diseases_in(title, detail, self.conditions, self.rows.source, self.known, self.codes))
        design = "design#/designInfo" if self.get(f"{MODULES['design']}/designInfo") else ""
        cells |= {"n": n, "n_basis": "stated"} if n else {}
        locator = [*filter(None, (*places, design, "conditions" if self.conditions else ""))]
        return self.rows.add("cohorts", name, label=f"{self.number}: {label}", locator=locator, **people, **cells)

    def treatment(self, group: Mapping[str, Any], place: str) -> dict[str, str]:
        """What a group was given, where that is confirmed."""
        title, description = str(group["title"]), str(group.get("description", ""))
        arms = self.get(f"{MODULES['arms']}/armGroups", [])
        arm: Mapping[str, Any] = next((one for one in arms if one["label"].casefold() == title.casefold()), {})
        given = "; ".join(arm.get("interventionNames", ()))
        # What else a description names, such as what may be given later, is no treatment of the arm.
        proposed = self.known.named("products", f"{title}; {given if arm else description}")
        proposed = EVERY if title == _TOTAL else proposed
        detail = "; ".join(filter(None, (arm.get("type", ""), given, description)))
        code = self.ask("group", title, (*self.known.ids("products"), _REGIMEN, EVERY), proposed, detail)
        if code in {"", EVERY}:
            return {"kind": "all" if code else "other"}
        if code == _REGIMEN:
            name = self.id_of(("regimen", title), "", title)
            return {
                "kind": "arm",
                "regimen": self.rows.add("regimens", name, label=title, locator=place, basis="stated"),
            }
        self.worded(f"products:{code}", title, place)
        self.rows.add("studies", self.id("study"), product=code, locator=place)
        return {"kind": "arm", "product": code}

    def group(self, part: str, spot: Spot, identifier: str) -> tuple[Mapping[str, Any], int, str]:
        """A group that a figure is of, which of those of its title it is, and the place that describes it."""
        listed = _GROUPS[part]
        for above in (spot, *self._above(part, spot)):
            groups = above.value.get(listed, ())
            for position, group in enumerate(groups):
                if group.get("id") == identifier:
                    alike = [one["id"] for one in groups if one["title"] == group["title"]]
                    return group, alike.index(identifier), f"{part}#{above.pointer}/{listed}/{position}"
        raise UsageError(f"{MODULES[part]}{spot.pointer} is of a group {identifier!r} that is not described there")

    def size(self, part: str, spot: Spot, identifier: str) -> tuple[str, str]:
        """How many people of a group a figure is taken over, if any, and the place that says so."""
        value, units, where = spot.counted(identifier)
        depth, _, path = where.partition("/")
        if units.casefold() != "participants" or not value.isdigit() or not int(value):
            return "", ""
        above = self._by_value(part)[id(spot.around[int(depth)])]
        return str(int(value)), f"{part}#{above.pointer}/{path}"

    def _above(self, part: str, spot: Spot) -> list[Spot]:
        """The objects around one, narrowest first."""
        found = self._by_value(part)
        return [found[id(one)] for one in spot.around if id(one) in found]

    @cache  # noqa: B019 as above
    def _by_value(self, part: str) -> dict[int, Spot]:
        """The objects of a module by the identity of what they hold, which the record keeps alive."""
        return {id(spot.value): spot for spot in self.spots(part)}

    def people(self, found: Mapping[str, list[str]]) -> dict[str, str | list[str]]:
        """What a cohort of the record is of: its study, and its diseases, once all that have a known name are settled.

        As printed they stand beside it as soon as none that is known is left to confirm.
        """
        cells: dict[str, str | list[str]] = {"study": self.id("study"), "basis": "stated"}
        cells["diseases"] = found["diseases"]
        open_ = [one for one, disease in self.conditions.items() if not disease and self.known.called("diseases", one)]
        return cells if open_ else cells | {"diseases_printed": ", ".join(found["printed"])}
