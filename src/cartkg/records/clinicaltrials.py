"""Records of ClinicalTrials.gov (API version 2) as rows: what the trial is, and who was in it.

Its modules are those of https://clinicaltrials.gov/data-api/about-api/study-data-structure. Nothing is guessed: what is
not confirmed stays as printed, and each number that no row carries is listed with a reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..resources import ONTOLOGY_DIRECTORY, read_table
from ..source_text.record import Spot, read_json, resolved, spots, worded
from .codes import Codes
from .known import Known
from .overlay import Rows

_REGISTRATION = re.compile(r"NCT\d{8}")
_PROTOCOL, _RESULTS = "/protocolSection", "/resultsSection"
_MODULES = {
    "identification": f"{_PROTOCOL}/identificationModule",
    "status": f"{_PROTOCOL}/statusModule",
    "sponsor": f"{_PROTOCOL}/sponsorCollaboratorsModule",
    "conditions": f"{_PROTOCOL}/conditionsModule",
    "design": f"{_PROTOCOL}/designModule",
    "arms": f"{_PROTOCOL}/armsInterventionsModule",
    "outcomes": f"{_RESULTS}/outcomeMeasuresModule",
    "events": f"{_RESULTS}/adverseEventsModule",
}
_GROUPS = {"outcomes": "groups", "events": "eventGroups"}
_NEW, _REGIMEN, _ALL = "new", "regimen", "all"  # a condition of its own; a group without cells; everybody
_LONGEST = 50
_DETAIL = 300


@cache
def registry_codes() -> dict[tuple[str, str], tuple[str, str]]:
    """By the field and word of the registry, the column and code that stand for it."""
    rows = read_table(ONTOLOGY_DIRECTORY / "clinicaltrials.tsv")
    return {(row["field"], row["registry"]): (row["column"], row["code"]) for row in rows}


def slug(text: str) -> str:
    """A text as a part of an id; what is cut off a long one is told apart by a digest."""
    words = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if len(words) <= _LONGEST:
        return words
    return f"{words[:_LONGEST].strip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@dataclass(eq=False)
class Trial:
    """One record on its way to rows."""

    record: Mapping[str, Any]
    known: Known
    codes: Codes
    number: str
    rows: Rows = field(init=False)
    people: dict[str, Any] = field(default_factory=dict)
    described: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = Rows(self.number.lower())

    @classmethod
    def read(cls, path: Path, known: Known, codes: Codes) -> Trial:
        """The record of a file, with what it says of the trial; UsageError when it is none of this registry."""
        record, pointer = read_json(path), f"{_MODULES['identification']}/nctId"
        try:
            number = str(resolved(record, pointer))
        except KeyError as error:
            remedy = "give the JSON that version 2 of the registry's API has for one study"
            raise UsageError(f"{path}: has no {pointer}; {remedy}") from error
        if not _REGISTRATION.fullmatch(number):
            raise UsageError(f"{path}: {number!r} is no registry number; it is NCT and eight digits")
        trial = cls(record, known, codes, number)
        try:
            trial._document()
            trial._conditions()
            trial._study()
            trial._enrolment()
        except (KeyError, TypeError) as error:
            raise UsageError(
                f"{path}: {error} is not where the registry's API has it; give the whole record"
            ) from error
        return trial

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

    def ask(self, kind: str, printed: str, allowed: Iterable[str], proposed: str = "", detail: str = "") -> str:
        """The code that is confirmed for what the record prints, or nothing yet."""
        return self.codes.ask(self.rows.source, kind, printed, allowed, proposed, " ".join(detail.split())[:_DETAIL])

    def worded(self, means: str, printed: str, place: str) -> None:
        """Note that the record calls a row or term by these words."""
        label = f"{printed}, for {means} ({self.number})"
        name = self.id(f"w-{slug(f'{means} {printed}')}")
        self.rows.add("wordings", name, label=label, locator=place, means=means, printed=printed)

    def outcome(self, kind: str, printed: str, vocabulary: str, place: str) -> str:
        """The code that is confirmed for an outcome, or a term of its own that keeps it as printed."""
        proposed, _ = self.known.term(vocabulary, printed)
        code = self.ask(kind, printed, self.known.codes(vocabulary), proposed)
        if not code:
            code = self.id(slug(printed))
            said = f"is printed as “{printed}” in the record {self.number}"
            label = f"{printed} ({self.number})"
            self.rows.add("terms", code, label=label, locator=place, basis="stated", vocabulary=vocabulary, code=code,
                          definition=said)  # fmt: skip
        return code

    def observe(self, name: str, place: str, cohort: str, **cells: str) -> None:
        """Add a figure."""
        label = f"{self.number}: {name}"
        self.rows.add("observations", self.id(name), label=label, locator=place, basis="stated", cohort=cohort, **cells)

    def omit(self, part: str, spot: Spot, keys: Iterable[str], reason: str, note: str) -> None:
        """List the numbers of these names that an object has, with the reason why no row carries them."""
        if numbers := spot.numbers(keys):
            place = f"{part}#{spot.pointer}" if spot.pointer else part
            name = self.id(f"x-{slug(f'{place} {numbers[0]}')}")
            self.rows.add("omissions", name, label=f"{self.number}: {place}: {numbers[0]}", locator=place,
                          printed=numbers, reason=reason, note=note)  # fmt: skip

    def cohort(self, part: str, spot: Spot, identifier: str) -> str:
        """The people of a figure: those of one group and number, described in one way."""
        group, place = self._group(part, spot, identifier)
        n, counted = self._size(spot, identifier)
        title, described = str(group["title"]), spot.said("populationDescription")
        versions = self.described.setdefault(f"g-{slug(f'{title} {n}')}", [])
        if described not in versions:
            versions.append(described)
        nth = versions.index(described)
        name = f"g-{slug(f'{title} {n}')}" + (f".{nth + 1}" if nth else "")
        cells = self._treatment(group, place) | ({"n": n, "n_basis": "stated"} if n else {})
        places = filter(None, (place, counted, "conditions", "design#/designInfo"))
        label = f"{self.number}: {title}" + (f", {n}" if n else "") + (f", {nth + 1}" if nth else "")
        return self.rows.add(
            "cohorts", self.id(name), label=label, population=title, locator=[*places], **self.people, **cells
        )

    def _treatment(self, group: Mapping[str, Any], place: str) -> dict[str, str]:
        """What a group was given, where that is confirmed."""
        title, description = str(group["title"]), str(group.get("description", ""))
        arms = self.get(f"{_MODULES['arms']}/armGroups", [])
        arm: Mapping[str, Any] = next((one for one in arms if one["label"].casefold() == title.casefold()), {})
        given = "; ".join(arm.get("interventionNames", ()))
        proposed = self.known.named("products", f"{title}; {given}; {description}")
        detail = "; ".join(filter(None, (arm.get("type", ""), given, description)))
        code = self.ask("group", title, (*self.known.ids("products"), _REGIMEN, _ALL), proposed, detail)
        if code in {"", _ALL}:
            return {"kind": "all" if code else "other"}
        if code == _REGIMEN:
            name = self.id(slug(title))
            cells = {"regimen": self.rows.add("regimens", name, label=title, locator=place, basis="stated")}
        else:
            cells = {"product": code}
            self.worded(f"products:{code}", title, place)
            self.rows.add("studies", self.id("study"), product=code, locator=place)
        randomised = self.get(f"{_MODULES['design']}/designInfo/allocation") == "RANDOMIZED"
        return cells | {"kind": "arm"} | ({"allocation": "randomised"} if randomised else {})

    def _group(self, part: str, spot: Spot, identifier: str) -> tuple[Mapping[str, Any], str]:
        """A group that a figure is of, and the place that describes it."""
        listed = _GROUPS[part]
        for above in self._above(part, spot):
            for position, group in enumerate(above.value.get(listed, ())):
                if group.get("id") == identifier:
                    return group, f"{part}#{above.pointer}/{listed}/{position}"
        raise UsageError(f"{self.number}: {spot.pointer} is of a group {identifier} that the record does not describe")

    def _size(self, spot: Spot, identifier: str) -> tuple[str, str]:
        """How many people of a group a figure is taken over, if any, and the place that says so."""
        for above in self._above("outcomes", spot):
            for first, denom in enumerate(above.value.get("denoms", ())):
                for second, count in enumerate(denom["counts"]):
                    people = denom["units"].casefold() == "participants" and str(count["value"]) != "0"
                    if count["groupId"] == identifier and people:
                        return str(count["value"]), f"outcomes#{above.pointer}/denoms/{first}/counts/{second}"
        return "", ""

    def _above(self, part: str, spot: Spot) -> list[Spot]:
        """The objects around one, narrowest first."""
        found = {id(other.value): other for other in self.spots(part)}
        return [found[id(one)] for one in spot.around if id(one) in found]

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
        """What all groups have: their diseases, as printed too unless one that has a known name is not confirmed."""
        conditions = self.get(f"{_MODULES['conditions']}/conditions", [])
        diseases, settled = [], True
        for condition in conditions:
            proposed = self.known.named("diseases", condition)
            disease = self.ask("condition", condition, (*self.known.ids("diseases"), _NEW), proposed)
            if disease == _NEW:
                disease = self.id(slug(condition))
                self.rows.add("diseases", disease, label=condition, locator="conditions", basis="stated")
            elif disease:
                self.worded(f"diseases:{disease}", condition, "conditions")
            diseases.append(disease)
            settled = settled and bool(disease or not proposed)
        self.people = {"study": self.id("study"), "basis": "stated", "diseases": diseases}
        if settled:
            self.people["diseases_printed"] = ", ".join(conditions)

    def _study(self) -> None:
        named, status = self.get(_MODULES["identification"]), self.get(_MODULES["status"])
        trial = self.known.trial(self.number)
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
            locator=("identification", "sponsor#/leadSponsor", f"status#/{posted}", "design", "design#/designInfo"),
            year=status[posted]["date"][:4], **self._design(),
        )  # fmt: skip

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
                term = self.known.vocabulary.term_codes("ck:TrialPhase")[code].value
                self.worded(f"ck:{term.rpartition('/')[2]}", worded(printed), "design")
        return cells

    def _enrolment(self) -> None:
        for spot in self.spots("design"):
            if spot.pointer == "/enrollmentInfo" and spot.value.get("type") == "ACTUAL":
                self.rows.add(
                    "cohorts", self.id("enrolled"), label=f"{self.number}: enrolled", kind="other",
                    population="enrolled", analysis_set="enrolled", locator=("design#/enrollmentInfo", "conditions"),
                    n=spot.own["count"], n_basis="stated", **self.people,
                )  # fmt: skip
                self.worded("ck:EnrolledSet", "type ACTUAL", "design#/enrollmentInfo")
            elif spot.pointer == "/enrollmentInfo":
                self.omit("design", spot, ("count",), "no-cohort-figure", "How many people it is planned to enrol.")
        for spot in self.spots("identification"):
            self.omit("identification", spot, spot.own, "name", "Part of a name of the trial.")
