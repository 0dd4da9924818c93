"""What a record of ClinicalTrials.gov says of itself, and who was in it: enrolled, began, completed, of which age."""

from __future__ import annotations

import re

from ..source_text.record import Spot, worded
from ..tables.schema import LIST_SEPARATOR
from .clinicaltrials import BASELINE, FLOW, MODULES, NOTE, PROTOCOL, RESULTS, Trial, registry_codes
from .codes import slug
from .conditions import diseases_of

_AGES = {"value": "age_median", "lowerLimit": "age_minimum", "upperLimit": "age_maximum"}


def describe(trial: Trial) -> None:
    """Add what a record says of its trial and of those who were enrolled to its rows."""
    _document(trial)
    _conditions(trial)
    _study(trial)
    _enrolment(trial)


def _document(trial: Trial) -> None:
    sponsors = trial.get(MODULES["sponsor"])
    issued = [sponsors["leadSponsor"]["name"], *(one["name"] for one in sponsors.get("collaborators", ()))]
    named = trial.get(MODULES["identification"])
    updated = trial.get(MODULES["status"])["lastUpdatePostDateStruct"]["date"]
    trial.rows.add(
        "sources", trial.rows.source, label=f"ClinicalTrials.gov {trial.number}", kind="registry-record",
        title=named.get("officialTitle") or named["briefTitle"], authors="; ".join(issued), year=updated[:4],
        url=f"https://clinicaltrials.gov/study/{trial.number}", version=f"last update posted {updated}",
        language="en", licence="terms and conditions of ClinicalTrials.gov",
    )  # fmt: skip
    names = {pointer: name for name, pointer in MODULES.items()}
    modules = [f"{section}/{name}" for section in (PROTOCOL, RESULTS) for name in trial.get(section, {})]
    for position, pointer in enumerate(modules, 1):
        name = names.get(pointer) or slug(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", pointer.rpartition("/")[2]))
        trial.rows.add(
            "parts", trial.id(name), label=f"{trial.number}: {name.replace('-', ' ')}", position=str(position),
            kind="module" if pointer in names else "outside", heading=pointer,
        )  # fmt: skip


def _conditions(trial: Trial) -> None:
    conditions = trial.get(f"{MODULES['conditions']}/conditions", [])
    if not isinstance(conditions, list):
        raise TypeError("conditions")
    trial.conditions = diseases_of(conditions, trial.rows, trial.known, trial.codes)
    for printed, disease in trial.conditions.items():
        if disease and disease not in trial.rows.tables.get("diseases", {}):
            trial.worded(f"diseases:{disease}", printed, "conditions")


def _study(trial: Trial) -> None:
    named, status = trial.get(MODULES["identification"]), trial.get(MODULES["status"])
    name = trial.known.trials.get(trial.number, "")
    if name:
        trial.worded(f"trials:{name}", trial.number, "identification")
    else:
        label = named.get("acronym") or trial.number
        name = trial.rows.add("trials", trial.number.lower(), label=label, locator="identification", basis="stated",
                              registration=trial.number)  # fmt: skip
    posted = "resultsFirstPostDateStruct" if "resultsFirstPostDateStruct" in status else "lastUpdatePostDateStruct"
    sponsor = trial.get(MODULES["sponsor"])["leadSponsor"]["name"]
    trial.rows.add(
        "studies", trial.id("study"), label=f"{sponsor} ({trial.number})", basis="stated", author=sponsor,
        trial=name, trial_basis="stated",
        locator=("identification", "sponsor#/leadSponsor", f"status#/{posted}", *_design_places(trial)),
        year=status[posted]["date"][:4], **_design(trial),
    )  # fmt: skip


def _design_places(trial: Trial) -> list[str]:
    pointers = {"design": "", "design#/designInfo": "/designInfo"}
    return [place for place, pointer in pointers.items() if trial.get(MODULES["design"] + pointer)]


def _design(trial: Trial) -> dict[str, str]:
    """Phase and design, by the registry's words for them."""
    design, cells = trial.get(MODULES["design"], {}), {}
    words = {"phases": ", ".join(design.get("phases", ())),
             "allocation": design.get("designInfo", {}).get("allocation", "")}  # fmt: skip
    for name, printed in words.items():
        column, code = registry_codes().get((name, printed), ("", ""))
        if column:
            cells[column] = code
        if column == "phase":
            trial.worded_code("ck:TrialPhase", code, worded(printed), "design")
    return cells


def _enrolment(trial: Trial) -> None:
    every = {"printed": [*trial.conditions], "diseases": [*dict.fromkeys(filter(None, trial.conditions.values()))]}
    people = trial.people(every)
    for spot in trial.spots("design"):
        if spot.pointer != "/enrollmentInfo":
            continue
        if spot.own.get("type") == "ACTUAL" and spot.own.get("count", "0") != "0":
            places = ("design#/enrollmentInfo", "conditions" if trial.conditions else "design")
            trial.rows.add(
                "cohorts", trial.id("enrolled"), label=f"{trial.number}: enrolled", kind="other",
                population="enrolled", analysis_set="enrolled", locator=places, n=spot.own["count"],
                n_basis="stated", **people,
            )  # fmt: skip
            trial.worded("ck:EnrolledSet", "type ACTUAL", "design#/enrollmentInfo")
        else:
            note = "How many people it is planned to enrol, or that nobody was."
            trial.omit("design", spot, ("count",), "no-cohort-figure", note)


def add_groups(trial: Trial) -> None:
    """Add the people of its participant flow and of its baseline to the rows of a trial."""
    for spot in trial.spots(FLOW):
        _flow(trial, spot)
    for spot in trial.spots(BASELINE):
        if spot.around and "counts" in spot.around[0]:
            trial.counted(BASELINE, spot)
        else:
            _baseline(trial, spot)


def _baseline(trial: Trial, spot: Spot) -> None:
    """Add the ages of a group before treatment, where they are whole years; every other number is listed."""
    ages: dict[str, str] = {}
    if spot.measures and spot.unit == "year" and registry_codes().get(("baseline", " / ".join(spot.titles))):
        median, whole = (registry_codes().get((key, worded(spot.said(key)).upper().replace(" ", "_")), ("", ""))[1]
                         for key in ("paramType", "dispersionType"))  # fmt: skip
        kept = [key for key in _AGES if (median == "median" if key == "value" else whole == "range")]
        ages = {key: spot.own[key] for key in kept if re.fullmatch(r"\d{1,2}|1[01]\d", spot.own.get(key, ""))}
    if ages and trial.size(BASELINE, spot, spot.own["groupId"])[0]:
        cells = trial.rows.tables["cohorts"][trial.cohort(BASELINE, spot, spot.own["groupId"])]
        if not cells.keys() & set(_AGES.values()):
            cells |= {_AGES[key]: str(int(age)) for key, age in ages.items()}
            cells["locator"] += f"{LIST_SEPARATOR}{BASELINE}#{spot.pointer}"
        else:
            ages = {}
    else:
        ages = {}
    left = [key for key in spot.measured if key not in ages]
    note = "Who the people were before they were treated."
    trial.omit(BASELINE, spot, left, "no-cohort-figure", note)


def _flow(trial: Trial, spot: Spot) -> None:
    """Add the people of a group that began, completed or left a period, each as a part of those who began it."""
    n, identifier = spot.own.get("numSubjects", ""), spot.own.get("groupId", "")
    if not identifier or not n.isdigit() or not int(n):
        trial.omit(FLOW, spot, spot.measured, "no-cohort-figure", "Nobody, or no number of people of a group.")
        return
    step, period = spot.around[:2]
    group, nth, place = trial.group(FLOW, spot, identifier)
    title, what = str(group["title"]), f"{step['type']}, {period['title']}"
    whole = trial.begun.get((id(period), identifier))
    # Who began is neither everybody who was treated nor an arm that was.
    within = {"parent": whole[0]} if whole and int(n) <= whole[1] else trial.treatment(group, place)
    cells = within | {"kind": "other"}
    name = trial.id_of((title, what, spot.pointer, nth), "f-", f"{title} {what}")
    label, places = f"{title}: {what} ({name.rpartition('f-')[2]})", (f"{FLOW}#{spot.pointer}", place)
    note = spot.own.get("comment", "")[:NOTE]
    trial.people_of(name, group, places, str(int(n)), label=label, population=f"{title}: {what}", note=note, **cells)
    trial.begun.setdefault((id(period), identifier), (name, int(n)))
    trial.omit(FLOW, spot, [key for key in spot.measured if key != "numSubjects"], "no-cohort-figure", "No people.")
