"""What a record of ClinicalTrials.gov reports: figures of groups, comparisons of two, and adverse events."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..source_text.record import NUMBER, Spot, time_of
from .clinicaltrials import Trial, registry_codes

_SIGNS = {"<": "lt", ">": "gt", "≤": "le", "≥": "ge", "~": "about"}
_COMPARED = re.compile(r"([\w-]+) (\w+)/(\w+)")
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)% confidence interval", re.IGNORECASE)
_ESTIMATE = ("paramValue", "ciPctValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue")
_TWO = 2


def add_results(trial: Trial) -> None:
    """Add the rows of its results to those of a trial."""
    for spot in trial.spots("outcomes"):
        if spot.measures:
            _measurement(trial, spot)
        elif "groupIds" in spot.value:
            _analysis(trial, spot)
        elif spot.around and "counts" in spot.around[0]:
            _denominator(trial, spot)
    for spot in trial.spots("events"):
        if spot.around and "stats" in spot.around[0]:
            _event(trial, spot)
        elif "seriousNumAtRisk" in spot.value:
            _group_of_events(trial, spot)
        else:
            note = "How frequent the events are that are listed."
            trial.omit("events", spot, ("frequencyThreshold",), "definition", note)


def _denominator(trial: Trial, spot: Spot) -> None:
    """People counted over are a group; nobody, and things that are no people, are none."""
    units = spot.said("units").casefold()
    if units != "participants" or spot.own["value"] == "0":
        trial.omit("outcomes", spot, ("value",), "no-cohort-figure", f"Number of {units} analysed.")
    else:
        trial.cohort("outcomes", spot, spot.own["groupId"])


def _measurement(trial: Trial, spot: Spot) -> None:
    titles = [str(one["title"]) for one in reversed(spot.around) if "title" in one]
    times = [title for title in titles[1:] if time_of(title)[0]]
    printed = " / ".join(title for title in titles if title not in times)
    cells = {"outcome": trial.outcome("outcome", printed, "ck:Outcome", _outermost("outcomes", spot))}
    cells |= _time(times[0] if times else spot.said("timeFrame"))
    timed = cells["outcome"] in trial.known.codes("ck:TimeToEventOutcome") and "timepoint_value" in cells
    figure = _figure(trial, spot, timed=timed)
    if figure:
        cohort = trial.cohort("outcomes", spot, spot.own["groupId"])
        trial.observe(f"o-{_name(spot)}", f"outcomes#{spot.pointer}", cohort, **cells, **figure)
    columns = {"value": "status", "lowerLimit": "lower", "upperLimit": "upper", "spread": "dispersion"}
    left = [key for key, column in columns.items() if not figure.get(column)]
    trial.omit("outcomes", spot, left, "not-confirmed", "The record does not say in known words what this number is.")


def _figure(trial: Trial, spot: Spot, *, timed: bool) -> dict[str, str]:
    """The cells of a figure of one group, or none where what it is, or why it is missing, is said in no known words.

    `timed`: its outcome is a time to an event and it holds for one time, so that a percentage is a rate at that time.
    """
    own, unit, (over, counted) = spot.own, spot.unit, spot.denominator
    statistic = registry_codes().get(("paramType", _code(spot.said("paramType"))), ("", ""))[1]
    number = NUMBER.fullmatch(own["value"])
    if not number or not statistic:
        status, words = trial.known.term("ck:ReportingStatus", own.get("comment", ""))
        return {"statistic": statistic, "status": status, "printed": words} if status and statistic else {}
    cells = {"status": "reported", "printed": spot.figure, **_sign(number[1])}
    if unit == "people":
        over = over if counted.casefold() == "participants" and over != "0" else ""
        counts = {"numerator": number[2], "denominator": over} if over else {"numerator": number[2]}
        return cells | {"statistic": "proportion" if over else "count"} | counts
    if unit == "percent" and (timed or _attainable(number[2], over)):
        cells |= {"statistic": "rate-at-time" if timed else "proportion", "percent": number[2]}
    else:
        named = {"unit": unit} if unit not in {"", "percent"} else {"unit_printed": spot.said("unitOfMeasure")}
        cells |= {"statistic": statistic, "value": number[2], **named}
    return cells | _spread(own, spot.said("dispersionType"), "lowerLimit", "upperLimit", "spread")


def _analysis(trial: Trial, spot: Spot) -> None:
    own, groups = spot.own, [str(one) for one in spot.value["groupIds"]]
    place, measure = f"outcomes#{spot.pointer}", _outermost("outcomes", spot)
    outcome = trial.outcome("outcome", str(spot.around[0]["title"]), "ck:Outcome", measure)
    cells = {"outcome": outcome, "status": "reported", **_time(spot.said("timeFrame"))}
    probability = NUMBER.fullmatch(own.get("pValue", ""))
    if probability and len(groups) == _TWO:
        first, second = (trial.cohort("outcomes", spot, one) for one in groups)
        trial.observe(f"p-{_name(spot)}", place, first, against=second, statistic="p-value", value=probability[2],
                      printed=f"pValue {own['pValue']}", **cells, **_sign(probability[1]))  # fmt: skip
    elif probability:
        trial.omit("outcomes", spot, ("pValue",), "no-cohort-figure", f"It is of {len(groups)} groups.")
    code = _comparison(trial, spot, groups) if "paramValue" in own else ""
    compared = _COMPARED.fullmatch(code)
    if not compared:
        note = "What compares which group with which is not confirmed."
        trial.omit("outcomes", spot, _ESTIMATE, "not-confirmed", note)
        return
    names = (*_ESTIMATE, "paramType", "ciNumSides", "dispersionType")
    printed = " … ".join(f"{name} {shown}" for name, shown in own.items() if name in names)
    first, second = (trial.cohort("outcomes", spot, one) for one in compared.groups()[1:])
    spread = _spread(own, own.get("dispersionType", ""), "ciLowerLimit", "ciUpperLimit", "dispersionValue")
    if "confidence" in spread:
        trial.worded("ck:ConfidenceInterval", f"ciPctValue {spread['confidence']}", place)
    trial.observe(f"e-{_name(spot)}", place, first, against=second, statistic=compared[1], value=own["paramValue"],
                  printed=printed, **cells, **spread)  # fmt: skip


def _comparison(trial: Trial, spot: Spot, groups: list[str]) -> str:
    """The statistic and the two groups that are confirmed for an estimate, as `hazard-ratio OG000/OG001`."""
    own, vocabulary = spot.own, "ck:ComparativeStatistic"
    pairs = [f"{one}/{other}" for one in groups for other in groups if one != other]
    allowed = [f"{statistic} {pair}" for statistic in trial.known.codes(vocabulary) for pair in pairs]
    titles = {str(group["id"]): group["title"] for one in spot.around for group in one.get("groups", ())}
    said = [f"{one} is {titles[one]}" for one in groups if one in titles]
    detail = "; ".join(filter(None, (*said, own.get("estimateComment", ""), own.get("groupDescription", ""))))
    proposed, _ = trial.known.term(vocabulary, own.get("paramType", ""))
    printed = f"{own.get('paramType', '')} at {spot.pointer}"
    return trial.ask("comparison", printed, allowed, proposed and f"{proposed} …/…", detail)


def _event(trial: Trial, spot: Spot) -> None:
    among = "serious" if "seriousEvents" in spot.pointer else "other"
    place = _outermost("events", spot)
    outcome = trial.outcome("adverse event", f"{spot.said('term')}, {among}", "ck:SafetyOutcome", place)
    definition = f"counted among the {among} adverse events of the record"
    cohort = trial.cohort("events", spot, spot.own["groupId"])
    _affected(trial, spot, cohort, f"a-{_name(spot)}", outcome, "numAffected", "numAtRisk", definition=definition)
    if "numEvents" in spot.own:
        events = spot.own["numEvents"]
        trial.observe(
            f"n-{_name(spot)}", f"events#{spot.pointer}", cohort, outcome=outcome, statistic="count", status="reported",
            numerator=events, printed=f"numEvents {events}", counted="numEvents", definition=definition,
        )  # fmt: skip


def _group_of_events(trial: Trial, spot: Spot) -> None:
    cohort = trial.cohort("events", spot, spot.own["id"])
    for kind in ("deaths", "serious", "other"):
        key = f"{kind}NumAffected"
        if key in spot.own:
            outcome = trial.outcome("adverse event", key, "ck:SafetyOutcome", f"events#{spot.pointer}")
            _affected(trial, spot, cohort, f"a-{_name(spot)}-{kind}", outcome, key, f"{kind}NumAtRisk")


def _affected(
    trial: Trial, spot: Spot, cohort: str, name: str, outcome: str, key: str, at_risk: str, **cells: str
) -> None:
    """Add the people with an event, of those at risk."""
    affected, over = spot.own.get(key, ""), spot.own.get(at_risk, "")
    if affected and over not in {"", "0"}:
        trial.observe(
            name, f"events#{spot.pointer}", cohort, outcome=outcome, statistic="proportion", status="reported",
            numerator=affected, denominator=over, printed=f"{key} {affected}; {at_risk} {over}", **cells,
        )  # fmt: skip
    else:
        trial.omit("events", spot, (key, at_risk), "no-cohort-figure", "Nobody was at risk, or it is half a figure.")


def _spread(own: Mapping[str, str], kind: str, low: str, high: str, spread: str) -> dict[str, str]:
    """The cells of an interval and of a dispersion in one number, as far as it is known what they are."""
    level = _LEVEL.fullmatch(kind)
    confidence = level[1] if level else own.get("ciPctValue", "")
    column, code = registry_codes().get(("dispersionType", _code(kind)), ("", ""))
    ends = {name: own[key] for name, key in (("lower", low), ("upper", high)) if NUMBER.fullmatch(own.get(key, ""))}
    cells = {}
    if ends and confidence:
        cells = {**ends, "interval": "ci", "confidence": confidence}
    elif ends and column == "interval":
        cells = {**ends, "interval": code}
    if column == "dispersion_kind" and NUMBER.fullmatch(own.get(spread, "")):
        cells |= {"dispersion": own[spread], "dispersion_kind": code}
    return cells


def _attainable(percent: str, over: str) -> bool:
    """True where some number of these people is the percentage, rounded as it is printed."""
    places, people = len(percent.partition(".")[2]), int(over) if over.isdigit() else 0
    return any(f"{100 * count / people:.{places}f}" == percent for count in range(people + 1) if people)


def _time(printed: str) -> dict[str, str]:
    value, unit = time_of(printed)
    cells = {"timepoint": printed} if printed else {}
    return cells | ({"timepoint_value": value, "timepoint_unit": unit} if value else {})


def _sign(sign: str) -> dict[str, str]:
    return {"comparator": _SIGNS[sign]} if sign in _SIGNS else {}


def _code(text: str) -> str:
    """A word of the registry as the newer form of its records writes it."""
    return re.sub(r"[ -]", "_", text.strip().upper())


def _outermost(part: str, spot: Spot) -> str:
    """The place of the outcome measure or event that an object belongs to."""
    return f"{part}#/{'/'.join(spot.pointer.split('/')[1:3])}"


def _name(spot: Spot) -> str:
    """A short name of a place: the numbers in its pointer, after an s for a serious event."""
    return ("s" if "seriousEvents" in spot.pointer else "") + ".".join(re.findall(r"\d+", spot.pointer))
