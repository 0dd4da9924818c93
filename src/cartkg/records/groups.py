"""Groups of a record of ClinicalTrials.gov: who began, completed or left, and the ages before treatment."""

from __future__ import annotations

import re

from ..source_text.record import Spot, worded
from ..tables.schema import LIST_SEPARATOR
from .clinicaltrials import BASELINE, FLOW, NOTE, Trial, registry_codes

_AGES = {"value": "age_median", "lowerLimit": "age_minimum", "upperLimit": "age_maximum"}


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
