"""What a record of ClinicalTrials.gov says of itself: the document, the conditions, the study, and who was enrolled."""

from __future__ import annotations

import re

from ..source_text.record import worded
from .clinicaltrials import MODULES, PROTOCOL, RESULTS, Trial, registry_codes
from .codes import slug
from .conditions import diseases_of


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
