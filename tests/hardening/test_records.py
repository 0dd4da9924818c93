"""Whatever the form of a registry lets people write in a record, its import ends, and accounts for every number."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from cartkg.audit import audit
from cartkg.importing import clinicaltrials

from ..conftest import REGISTRY, WORLD
from ..test_importing import imported
from . import MANY, SEED, lots_of, tell

_NUMBERS = ("12", "0", "NA", "3.5", "1,234", "0.001", "-4.2", "1.5E+6", "100", ">100", "<0.1", "2147483647", "0.0")
_LEVELS = ("80% Confidence Interval", "95% Confidence Interval", "97.5% Confidence Interval", "Full Range")
_TITLES = ("Grade 3", "Grade ≥3", "Grade 3-4", "Month 12", "Day 28", "CR", "Any", "<18 years", "Overall Survival (OS)",
           "MRD negativity at Day 28", "=SUM(A1)", "Title | with; signs", "γδ T – “x”")  # fmt: skip
# What the values of these names may be in a record with results, version 2 of the registry's interface.
ALLOWED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("value", "spread", "lowerLimit", "upperLimit", "paramValue", "ciLowerLimit", "ciUpperLimit",
                     "dispersionValue"), _NUMBERS),
    "paramType": ("MEAN", "MEDIAN", "LEAST_SQUARES_MEAN", "GEOMETRIC_MEAN", "LOG_MEAN", "NUMBER", "COUNT_OF_UNITS",
                  "COUNT_OF_PARTICIPANTS", "Hazard Ratio (HR)", "Odds Ratio (OR)", "Mean Difference (Final Values)"),
    "dispersionType": ("Standard Deviation", "Standard Error", "Inter-Quartile Range", "STANDARD_DEVIATION",
                       "Geometric Coefficient of Variation", *_LEVELS),
    "unitOfMeasure": ("Participants", "percentage of participants", "months", "Days", "weeks", "cells/kg", "% change",
                      "score on a scale", "copies/μg DNA", "proportion", "mm^3"),
    "timeFrame": ("1 year", "Up to 24 months", "Baseline to Day 28", "12 weeks, 24 weeks", "Day 28 ± 7 days"),
    "title": _TITLES, "term": ("Cytokine release syndrome", "Death NOS", "Sepsis; NOS", "*Total*"),
    "comment": ("Not reached due to few events", "95% CI not estimable", "Median and upper limit not reached"),
    "pValue": ("0.04", "<0.001", "< .0001", ">0.05", "=0.03", "p<0.05", "NS", "1"),
    "ciPctValue": ("95", "90", "97.5", "95.0", "99.9"), "ciNumSides": ("TWO_SIDED", "ONE_SIDED"),
    "numAffected": (0, 3, 400), "numAtRisk": (0, 5, 36), "numEvents": (0, 9), "deathsNumAffected": (0, 2, 400),
    "seriousNumAtRisk": (0, 36), "phases": (["NA"], ["EARLY_PHASE1"], ["PHASE1", "PHASE2"], []),
    "overallStatus": ("WITHDRAWN", "UNKNOWN", "NO_LONGER_AVAILABLE"), "date": ("2015", "2015-07", "2015-07-31"),
}  # fmt: skip
_OPTIONAL = {*ALLOWED} - {"title", "term", "date", "value"} | {
    "enrollmentInfo",
    "analyses",
    "denoms",
    "startDateStruct",
}


def vary(value: Any, lots: random.Random) -> None:
    """Put other values that are allowed into a record, and leave some out."""
    if isinstance(value, dict):
        for name in list(value):
            if name in ALLOWED and lots.random() < 1 / 3:
                value[name] = lots.choice(ALLOWED[name])
            if name in _OPTIONAL and lots.random() < 1 / 30:
                del value[name]
    named = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    for name, one in named.items():
        if name != "counts":  # of people, which are whole numbers
            vary(one, lots)


@pytest.mark.no_cover
def test_every_number_of_a_record_is_carried_or_listed_whatever_its_form_lets_people_write(tmp_path: Path) -> None:
    lots, sources = lots_of(SEED), sorted(REGISTRY.glob("NCT*.json"))
    for number in range(3 * MANY):
        source = sources[number % len(sources)]
        record = json.loads(source.read_text(encoding="utf-8"))
        vary(record, lots)
        path, out = tmp_path / f"{number}-{source.name}", tmp_path / f"out-{number}"
        path.write_text(json.dumps(record), encoding="utf-8")
        imported(path, out) if number % 2 else clinicaltrials([path], out, WORLD)
        found = audit(path, WORLD, source.stem.casefold(), [out])
        assert (number, found.report.findings) == (number, ())
    tell(f"{3 * MANY} records of a registry: every number is carried or listed")
