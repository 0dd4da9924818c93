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
from ..source_text.record import Spot, read_json, resolved, spots, worded
from ..tables.fingerprint import KEPT, fingerprint
from ..tables.reader import RawRow, parse_row
from ..tables.schema import LIST_SEPARATOR, curated_tables
from .codes import Codes, slug
from .conditions import EVERY, NEW, diseases_in, diseases_of
from .known import Known
from .overlay import Rows

_REGISTRATION = re.compile(r"NCT\d{8}")
_PROTOCOL, _RESULTS = "/protocolSection", "/resultsSection"
FLOW, BASELINE = "participant-flow-module", "baseline-characteristics-module"
_MODULES = {
    "identification": f"{_PROTOCOL}/identificationModule",
    "status": f"{_PROTOCOL}/statusModule",
    "sponsor": f"{_PROTOCOL}/sponsorCollaboratorsModule",
    "conditions": f"{_PROTOCOL}/conditionsModule",
    "design": f"{_PROTOCOL}/designModule",
    "arms": f"{_PROTOCOL}/armsInterventionsModule",
    FLOW: f"{_RESULTS}/participantFlowModule",
    BASELINE: f"{_RESULTS}/baselineCharacteristicsModule",
    "outcomes": f"{_RESULTS}/outcomeMeasuresModule",
    "events": f"{_RESULTS}/adverseEventsModule",
}
_GROUPS = {"outcomes": "groups", "events": "eventGroups", FLOW: "groups", BASELINE: "groups"}
_AGES = {"value": "age_median", "lowerLimit": "age_minimum", "upperLimit": "age_maximum"}
_GRADES = [f"{low}-{high}" for low in range(1, 6) for high in ("", *range(low, 6))]
_REGIMEN = "regimen"  # what a group without cells is given
_TOTAL = "Total"  # what the registry calls all groups of a baseline together
_DETAIL = 300
_NOTE = 1900


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
        record, pointer = read_json(path), f"{_MODULES['identification']}/nctId"
        try:
            number = str(resolved(record, pointer))
        except KeyError as error:
            remedy = "give the JSON that version 2 of the registry's API has for one study"
            raise UsageError(f"{path}: has no {pointer}; {remedy}") from error
        if not _REGISTRATION.fullmatch(number):
            raise UsageError(f"{path}: {number!r} is no registry number; it is NCT and eight digits")
        return cls(record, known, codes, number)

    def describe(self) -> None:
        """Add what it says of the trial and of those who were enrolled."""
        self._document()
        self._conditions()
        self._study()
        self._enrolment()

    def keep(self) -> None:
        """Keep with its rows the fingerprints of what they were read in, so that no group or title changes unseen."""
        texts = {f"{part}#{spot.pointer}" if spot.pointer else part: spot.text
                 for part in _MODULES for spot in self.spots(part)}  # fmt: skip
        for table, rows in self.rows.tables.items():
            for cells in rows.values():
                row = parse_row(RawRow(Path(), 0, cells), curated_tables()[table], [])
                places = cells.get("locator", "").split(LIST_SEPARATOR)
                if row and (kept := fingerprint(row, " ".join(texts.get(place, "") for place in places))):
                    cells[KEPT] = kept

    def get(self, pointer: str, default: Any = "") -> Any:
        """A value of the record, or the default where there is none."""
        try:
            return resolved(self.record, pointer)
        except KeyError:
            return default

    @cache  # noqa: B019 it lives as long as the command
    def spots(self, part: str) -> tuple[Spot, ...]:
        """The objects of a module."""
        return tuple(spots(self.get(_MODULES[part], {})))

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
            said = f"is printed as “{printed[:_NOTE]}” in the record {self.number}"
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
        group, nth, place = self._group(part, spot, identifier)
        n, counted = self.size(part, spot, identifier)
        title, described = str(group["title"]), spot.said("populationDescription")
        given = str(group.get("description", ""))
        alone = identifier if part == "events" else part == BASELINE
        name = self.id_of((title, given, described, n, nth, alone), "g-", f"{title} {n}")
        note = " ".join(filter(None, (given, described)))[:_NOTE]
        label = f"{title} ({name.rpartition('g-')[2]})"
        cells = self._treatment(group, place)
        return self._people_of(name, group, (place, counted), n, label=label, population=title, note=note, **cells)

    def baseline(self, spot: Spot) -> None:
        """Add the ages of a group before treatment, where they are whole years; every other number is listed."""
        ages: dict[str, str] = {}
        if spot.measures and spot.unit == "year" and registry_codes().get(("baseline", " / ".join(spot.titles))):
            median, whole = (registry_codes().get((key, worded(spot.said(key)).upper().replace(" ", "_")), ("", ""))[1]
                             for key in ("paramType", "dispersionType"))  # fmt: skip
            kept = [key for key in _AGES if (median == "median" if key == "value" else whole == "range")]
            ages = {key: spot.own[key] for key in kept if re.fullmatch(r"\d{1,2}|1[01]\d", spot.own.get(key, ""))}
        if ages and self.size(BASELINE, spot, spot.own["groupId"])[0]:
            cells = self.rows.tables["cohorts"][self.cohort(BASELINE, spot, spot.own["groupId"])]
            if not cells.keys() & set(_AGES.values()):
                cells |= {_AGES[key]: str(int(age)) for key, age in ages.items()}
                cells["locator"] += f"{LIST_SEPARATOR}{BASELINE}#{spot.pointer}"
            else:
                ages = {}
        else:
            ages = {}
        left = [key for key in spot.measured if key not in ages]
        note = "Who the people were before they were treated."
        self.omit(BASELINE, spot, left, "no-cohort-figure", note)

    def flow(self, spot: Spot) -> None:
        """Add the people of a group that began, completed or left a period, each as a part of those who began it."""
        n, identifier = spot.own.get("numSubjects", ""), spot.own.get("groupId", "")
        if not identifier or not n.isdigit() or not int(n):
            self.omit(FLOW, spot, spot.measured, "no-cohort-figure", "Nobody, or no number of people of a group.")
            return
        step, period = spot.around[:2]
        group, nth, place = self._group(FLOW, spot, identifier)
        title, what = str(group["title"]), f"{step['type']}, {period['title']}"
        whole = self.begun.get((id(period), identifier))
        # Who began is neither everybody who was treated nor an arm that was.
        within = {"parent": whole[0]} if whole and int(n) <= whole[1] else self._treatment(group, place)
        cells = within | {"kind": "other"}
        name = self.id_of((title, what, spot.pointer, nth), "f-", f"{title} {what}")
        label, places = f"{title}: {what} ({name.rpartition('f-')[2]})", (f"{FLOW}#{spot.pointer}", place)
        note = spot.own.get("comment", "")[:_NOTE]
        self._people_of(
            name, group, places, str(int(n)), label=label, population=f"{title}: {what}", note=note, **cells
        )
        self.begun.setdefault((id(period), identifier), (name, int(n)))
        self.omit(FLOW, spot, [key for key in spot.measured if key != "numSubjects"], "no-cohort-figure", "No people.")

    def _people_of(
        self, name: str, group: Mapping[str, Any], places: Iterable[str], n: str, *, label: str, **cells: str
    ) -> str:
        """Add people of a group, with their number, if it is known, and their diseases."""
        title, detail = str(group["title"]), " ".join(str(group.get("description", "")).split())[:_DETAIL]
        people = self._people(diseases_in(title, detail, self.conditions, self.rows.source, self.known, self.codes))
        design = "design#/designInfo" if self.get(f"{_MODULES['design']}/designInfo") else ""
        cells |= {"n": n, "n_basis": "stated"} if n else {}
        locator = [*filter(None, (*places, design, "conditions" if self.conditions else ""))]
        return self.rows.add("cohorts", name, label=f"{self.number}: {label}", locator=locator, **people, **cells)

    def _treatment(self, group: Mapping[str, Any], place: str) -> dict[str, str]:
        """What a group was given, where that is confirmed."""
        title, description = str(group["title"]), str(group.get("description", ""))
        arms = self.get(f"{_MODULES['arms']}/armGroups", [])
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

    def _group(self, part: str, spot: Spot, identifier: str) -> tuple[Mapping[str, Any], int, str]:
        """A group that a figure is of, which of those of its title it is, and the place that describes it."""
        listed = _GROUPS[part]
        for above in (spot, *self._above(part, spot)):
            groups = above.value.get(listed, ())
            for position, group in enumerate(groups):
                if group.get("id") == identifier:
                    alike = [one["id"] for one in groups if one["title"] == group["title"]]
                    return group, alike.index(identifier), f"{part}#{above.pointer}/{listed}/{position}"
        raise UsageError(f"{_MODULES[part]}{spot.pointer} is of a group {identifier!r} that is not described there")

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

    def _document(self) -> None:
        sponsors = self.get(_MODULES["sponsor"])
        issued = [sponsors["leadSponsor"]["name"], *(one["name"] for one in sponsors.get("collaborators", ()))]
        named = self.get(_MODULES["identification"])
        updated = self.get(_MODULES["status"])["lastUpdatePostDateStruct"]["date"]
        self.rows.add(
            "sources", self.rows.source, label=f"ClinicalTrials.gov {self.number}", kind="registry-record",
            title=named.get("officialTitle") or named["briefTitle"], authors="; ".join(issued), year=updated[:4],
            url=f"https://clinicaltrials.gov/study/{self.number}", version=f"last update posted {updated}",
            language="en", licence="terms and conditions of ClinicalTrials.gov",
        )  # fmt: skip
        names = {pointer: name for name, pointer in _MODULES.items()}
        modules = [f"{section}/{name}" for section in (_PROTOCOL, _RESULTS) for name in self.get(section, {})]
        for position, pointer in enumerate(modules, 1):
            name = names.get(pointer) or slug(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", pointer.rpartition("/")[2]))
            self.rows.add(
                "parts", self.id(name), label=f"{self.number}: {name.replace('-', ' ')}", position=str(position),
                kind="module" if pointer in names else "outside", heading=pointer,
            )  # fmt: skip

    def _conditions(self) -> None:
        conditions = self.get(f"{_MODULES['conditions']}/conditions", [])
        if not isinstance(conditions, list):
            raise TypeError("conditions")
        self.conditions = diseases_of(conditions, self.rows, self.known, self.codes)
        for printed, disease in self.conditions.items():
            if disease and disease not in self.rows.tables.get("diseases", {}):
                self.worded(f"diseases:{disease}", printed, "conditions")

    def _people(self, found: Mapping[str, list[str]]) -> dict[str, str | list[str]]:
        """What a cohort of the record is of: its study, and its diseases, once all that have a known name are settled.

        As printed they stand beside it as soon as none that is known is left to confirm.
        """
        cells: dict[str, str | list[str]] = {"study": self.id("study"), "basis": "stated"}
        cells["diseases"] = found["diseases"]
        open_ = [one for one, disease in self.conditions.items() if not disease and self.known.called("diseases", one)]
        return cells if open_ else cells | {"diseases_printed": ", ".join(found["printed"])}

    def _study(self) -> None:
        named, status = self.get(_MODULES["identification"]), self.get(_MODULES["status"])
        trial = self.known.trials.get(self.number, "")
        if trial:
            self.worded(f"trials:{trial}", self.number, "identification")
        else:
            label = named.get("acronym") or self.number
            trial = self.rows.add("trials", self.number.lower(), label=label, locator="identification", basis="stated",
                                  registration=self.number)  # fmt: skip
        posted = "resultsFirstPostDateStruct" if "resultsFirstPostDateStruct" in status else "lastUpdatePostDateStruct"
        sponsor = self.get(_MODULES["sponsor"])["leadSponsor"]["name"]
        self.rows.add(
            "studies", self.id("study"), label=f"{sponsor} ({self.number})", basis="stated", author=sponsor,
            trial=trial, trial_basis="stated",
            locator=("identification", "sponsor#/leadSponsor", f"status#/{posted}", *self._design_places()),
            year=status[posted]["date"][:4], **self._design(),
        )  # fmt: skip

    def _design_places(self) -> list[str]:
        pointers = {"design": "", "design#/designInfo": "/designInfo"}
        return [place for place, pointer in pointers.items() if self.get(_MODULES["design"] + pointer)]

    def _design(self) -> dict[str, str]:
        """Phase and design, by the registry's words for them."""
        design, cells = self.get(_MODULES["design"], {}), {}
        words = {"phases": ", ".join(design.get("phases", ())),
                 "allocation": design.get("designInfo", {}).get("allocation", "")}  # fmt: skip
        for name, printed in words.items():
            column, code = registry_codes().get((name, printed), ("", ""))
            if column:
                cells[column] = code
            if column == "phase":
                self.worded_code("ck:TrialPhase", code, worded(printed), "design")
        return cells

    def _enrolment(self) -> None:
        every = {"printed": [*self.conditions], "diseases": [*dict.fromkeys(filter(None, self.conditions.values()))]}
        people = self._people(every)
        for spot in self.spots("design"):
            if spot.pointer != "/enrollmentInfo":
                continue
            if spot.own.get("type") == "ACTUAL" and spot.own.get("count", "0") != "0":
                places = ("design#/enrollmentInfo", "conditions" if self.conditions else "design")
                self.rows.add(
                    "cohorts", self.id("enrolled"), label=f"{self.number}: enrolled", kind="other",
                    population="enrolled", analysis_set="enrolled", locator=places, n=spot.own["count"],
                    n_basis="stated", **people,
                )  # fmt: skip
                self.worded("ck:EnrolledSet", "type ACTUAL", "design#/enrollmentInfo")
            else:
                note = "How many people it is planned to enrol, or that nobody was."
                self.omit("design", spot, ("count",), "no-cohort-figure", note)
