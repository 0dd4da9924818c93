"""What a record of ClinicalTrials.gov reports: figures of groups, comparisons of two, and adverse events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ..source_text.record import NUMBER, Spot, level_of, time_of
from .clinicaltrials import Trial, registry_codes

_SIGNS = {"<": "lt", ">": "gt", "≤": "le", "≥": "ge", "~": "about"}
_COMPARED = re.compile(r"([\w-]+) (\w+)/(\w+)")
_COUNTING = frozenset({"NUMBER", "COUNT_OF_PARTICIPANTS"})
_UPPER = re.compile(r"\b(upper|CI|confidence interval)\b", re.IGNORECASE)
_LONGEST = 1900
_ESTIMATE = ("paramValue", "ciPctValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue")


def add_results(trial: Trial) -> None:
    """Add the rows of its results to those of a trial."""
    for part, add in ("outcomes", _outcome), ("events", _listed):
        for spot in trial.spots(part):
            add(trial, spot)


def _outcome(trial: Trial, spot: Spot) -> None:
    if spot.measures:
        _measurement(trial, spot)
    elif {"pValue", "paramValue"} & spot.own.keys():
        _analysis(trial, spot)
    elif spot.around and "counts" in spot.around[0]:
        trial.counted("outcomes", spot)
    else:
        trial.omit("outcomes", spot, spot.measured, "no-cohort-figure", "It stands beside no figure of a group.")


def _listed(trial: Trial, spot: Spot) -> None:
    if spot.around and "stats" in spot.around[0]:
        _event(trial, spot)
    elif spot.pointer.startswith("/eventGroups/"):
        _group_of_events(trial, spot)
    else:
        note = "How frequent the events are that are listed."
        trial.omit("events", spot, ("frequencyThreshold",), "definition", note)


def _measurement(trial: Trial, spot: Spot) -> None:
    titles = spot.titles
    times = [title for title in titles[1:] if time_of(title)[0]]
    printed = " / ".join(title for title in titles if title not in times)
    said = ("paramType", "dispersionType", "unitOfMeasure", "timeFrame")
    detail = "; ".join(filter(None, (*map(spot.said, said), spot.own.get("value", ""))))
    name = next((title for title in reversed(titles) if title not in times), printed)
    cells = trial.outcome("outcome", printed, "ck:Outcome", _outermost("outcomes", spot), name, detail)
    cells |= _time(times[0] if times else spot.said("timeFrame"))
    figure = _figure(trial, spot, cells)
    if figure:
        cohort = trial.cohort("outcomes", spot, spot.own["groupId"])
        name, place, (over, counted) = f"o-{_name(spot)}", f"outcomes#{spot.pointer}", spot.denominator
        trial.observe(name, place, cohort, **cells, **figure)
        if (
            "numerator" in figure
            and "denominator" not in figure
            and trial.size("outcomes", spot, spot.own["groupId"])[0]
        ):
            trial.doubt(name, place, f"value {figure['numerator']}", f"{over} {counted}")
    columns = {"value": "status", "lowerLimit": "lower", "upperLimit": "upper", "spread": "dispersion"}
    left = [key for key, column in columns.items() if not figure.get(column)]
    note = "The record does not say in known words what this number is."
    trial.omit("outcomes", spot, left, "not-confirmed", note)


def _figure(trial: Trial, spot: Spot, known: Mapping[str, str]) -> dict[str, str]:
    """The cells of a figure of one group, or none where what it is, or why it is missing, is said in no known words.

    `known` says what is measured. A percentage of people is a rate at a time where that is a time to an event at one
    time, a proportion where it is another outcome that is confirmed, and else a number as given.
    """
    own, unit, (over, counted) = spot.own, spot.unit, spot.denominator
    kind = _code(spot.said("paramType"))
    statistic = registry_codes().get(("paramType", kind), ("", ""))[1]
    number = NUMBER.fullmatch(own.get("value", ""))
    if not statistic:
        return {}
    if not number:  # of one that no cell can hold nothing is missing
        return {} if re.search(r"\d", own.get("value", "")) else _missing(trial, spot, statistic)
    value = plain(number[2])
    cells = {"status": "reported", "printed": spot.figure, **_sign(number[1])}
    if unit == "people" and kind in _COUNTING and value.isdigit():
        over = plain(over) if counted.casefold() == "participants" and over not in {"", "0"} else ""
        over = "" if over and int(value) > int(over) else over
        counts = {"numerator": value, "denominator": over} if over else {"numerator": value}
        return cells | {"statistic": "proportion" if over else "count"} | counts
    timed = known["outcome"] in trial.known.codes("ck:TimeToEventOutcome")
    confirmed = known["outcome"] in {*trial.known.codes("ck:Outcome"), *trial.confirmed}
    rate = unit == "percent" and kind == "NUMBER" and confirmed and (not timed or "timepoint_value" in known)
    if not rate and known["outcome"] in trial.known.codes("ck:ResponseOutcome"):
        return {}  # no number as given is one
    if rate:
        cells |= {"statistic": "rate-at-time" if timed else "proportion", "percent": value}
    else:
        cells |= {"statistic": statistic, "value": value, **_unit(spot)}
    spread = _spread(own, spot.said("dispersionType"), "lowerLimit", "upperLimit", "spread", value)
    if "lower" in spread and "upper" not in spread:
        _, (upper, words) = _reasons(trial, own.get("comment", ""))
        if upper:
            spread |= {"upper_status": upper, "printed": f"{spot.figure} … {words}"}
    return cells | spread


def _missing(trial: Trial, spot: Spot, statistic: str) -> dict[str, str]:
    """The cells of a figure in whose place a reason stands, with the ends of its interval that there are."""
    own = spot.own
    (status, words), (upper, why) = _reasons(trial, own.get("comment", ""))
    if not status:
        return {}
    cells = {"statistic": statistic, "status": status, "printed": words}
    spread = _spread(own, spot.said("dispersionType"), "lowerLimit", "upperLimit", "", own.get("lowerLimit", ""))
    if spread:
        cells |= {**spread, **_unit(spot), "printed": f"{words} … {spot.figure}"}
        if upper and "upper" not in spread:
            cells |= {"upper_status": upper, "printed": f"{cells['printed']} … {why}"}
    return cells


def _reasons(trial: Trial, comment: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Why there is no value, and why no upper limit, by a comment: each code with the words for it, if there is one.

    Of “median and upper limit were not reached” the words hold for both.
    """
    value, upper = dict[str, str](), dict[str, str]()
    for sentence in re.split(r"[;.]", comment):
        waiting: list[str] = []  # what is named before the words
        for part in re.split(r",|\band\b", sentence):
            code, words = trial.known.term("ck:MissingStatus", part)
            if not code:
                waiting += [part] if _UPPER.search(part) or re.search(r"\b(median|mean)\b", part, re.IGNORECASE) else []
                continue
            for named in (*waiting, part):
                if not re.search(r"\blower\b", named, re.IGNORECASE):
                    (upper if _UPPER.search(named) else value)[code] = words
            waiting = []
    first, second = (next(iter(found.items())) if len(found) == 1 else ("", "") for found in (value, upper))
    return first, second


def _unit(spot: Spot) -> dict[str, str]:
    """The unit of a value: of time by its code, any other as printed."""
    unit = spot.unit
    return {"unit": unit} if unit not in {"", "percent", "people"} else {"unit_printed": spot.said("unitOfMeasure")}


def _analysis(trial: Trial, spot: Spot) -> None:
    own, groups = spot.own, [str(one) for one in spot.value.get("groupIds", ())]
    place = f"outcomes#{spot.pointer}"
    compared = _COMPARED.fullmatch(_comparison(trial, spot, groups)) if len(groups) > 1 else None
    if not compared:
        note = "What compares which group with which is not confirmed." if len(groups) > 1 else "It is of one group."
        trial.omit("outcomes", spot, ("pValue", *_ESTIMATE), "not-confirmed", note)
        return
    said = ("groupDescription", "nonInferiorityType", "pValueComment", "estimateComment", "ciNumSides")
    title = spot.titles[-1]
    cells = trial.outcome("outcome", title, "ck:Outcome", _outermost("outcomes", spot), title)
    cells |= {"status": "reported", **_time(spot.said("timeFrame"))}
    cells["definition"] = "; ".join(filter(None, (own.get(key, "") for key in said)))[:_LONGEST]
    first, second = (trial.cohort("outcomes", spot, one) for one in compared.groups()[1:])
    carried: set[str] = set()
    probability = NUMBER.fullmatch(own.get("pValue", ""))
    if probability and 0 <= float(probability[2]) <= 1:
        carried.add("pValue")
        trial.observe(f"p-{_name(spot)}", place, first, against=second, statistic="p-value",
                      value=plain(probability[2]), printed=f"pValue {own['pValue']}", **cells,
                      **_sign(probability[1]))  # fmt: skip
    estimate = NUMBER.fullmatch(own.get("paramValue", ""))
    if estimate and compared[1] != "p-value":
        value = plain(estimate[2])
        spread = _spread(own, own.get("dispersionType", ""), "ciLowerLimit", "ciUpperLimit", "dispersionValue", value)
        columns = {"paramValue": "status", "ciPctValue": "confidence", "ciLowerLimit": "lower",
                   "ciUpperLimit": "upper", "dispersionValue": "dispersion"}  # fmt: skip
        used = {key for key, column in columns.items() if column in spread or key == "paramValue"}
        carried |= used
        printed = " … ".join(f"{name} {shown}" for name, shown in own.items() if name in used)
        if "confidence" in spread:
            trial.worded("ck:ConfidenceInterval", f"ciPctValue {own['ciPctValue']}", place)
        if "dispersion" in spread:
            trial.worded_code("ck:DispersionKind", spread["dispersion_kind"], own["dispersionType"], place)
        trial.observe(f"e-{_name(spot)}", place, first, against=second, statistic=compared[1], value=value,
                      printed=printed, **cells, **spread, **_sign(estimate[1]))  # fmt: skip
    left = [key for key in ("pValue", *_ESTIMATE) if key not in carried]
    trial.omit("outcomes", spot, left, "not-confirmed", "It is not known what this is, or it is no number.")


def _comparison(trial: Trial, spot: Spot, groups: list[str]) -> str:
    """The statistic and the two groups that are confirmed for an analysis, as `hazard-ratio OG000/OG001`."""
    own, vocabulary = spot.own, "ck:ComparativeStatistic"
    pairs = [f"{one}/{other}" for one in groups for other in groups if one != other]
    allowed = [f"{statistic} {pair}" for statistic in trial.known.codes(vocabulary) for pair in pairs]
    titles = {str(group["id"]): group["title"] for one in spot.around for group in one.get("groups", ())}
    said = [f"{one} is {titles[one]}" for one in groups if one in titles]
    detail = "; ".join(filter(None, (*said, own.get("estimateComment", ""), own.get("groupDescription", ""))))
    name = own.get("paramType") or own.get("statisticalMethod", "")
    proposed = trial.known.called(vocabulary, name) if "paramValue" in own else "p-value"
    return trial.ask("comparison", f"{name} at {spot.pointer}", allowed, proposed and f"{proposed} …/…", detail)


def _event(trial: Trial, spot: Spot) -> None:
    among = "serious" if "seriousEvents" in spot.pointer else "other"
    place = _outermost("events", spot)
    term = spot.said("term")
    cells = trial.outcome("adverse event", f"{term}, {among}", "ck:SafetyOutcome", place, term)
    system = f", {spot.said('organSystem')}" if spot.said("organSystem") else ""
    cells["definition"] = f"counted among the {among} adverse events of the record{system}"
    cohort = trial.cohort("events", spot, spot.own["groupId"])
    counted = _affected(trial, spot, cohort, f"a-{_name(spot)}", "numAffected", "numAtRisk", **cells)
    events = spot.own.get("numEvents", "")
    if counted and events.isdigit():
        trial.observe(f"n-{_name(spot)}", f"events#{spot.pointer}", cohort, statistic="count", status="reported",
                      numerator=plain(events), printed=f"numEvents {events}", counted="numEvents", **cells)  # fmt: skip
    else:
        trial.omit("events", spot, ("numEvents",), "no-cohort-figure", "Nobody was at risk, or it is half a figure.")


def _group_of_events(trial: Trial, spot: Spot) -> None:
    cohort = trial.cohort("events", spot, spot.own["id"])
    for kind in ("deaths", "serious", "other"):
        key, at_risk = f"{kind}NumAffected", f"{kind}NumAtRisk"
        if {key, at_risk} & spot.own.keys():
            cells = trial.outcome("adverse event", key, "ck:SafetyOutcome", f"events#{spot.pointer}", key)
            _affected(trial, spot, cohort, f"a-{_name(spot)}-{kind}", key, at_risk, **cells)


def _affected(trial: Trial, spot: Spot, cohort: str, name: str, key: str, at_risk: str, **cells: str) -> bool:
    """Add the people with an event, of those at risk; False where that is no figure."""
    affected, over, place = spot.own.get(key, ""), spot.own.get(at_risk, ""), f"events#{spot.pointer}"
    if affected.isdigit() and over.isdigit() and int(over) > 0:
        counts = {"numerator": plain(affected)}
        if possible := int(affected) <= int(over):
            counts |= {"denominator": plain(over)}
        else:
            trial.omit("events", spot, (at_risk,), "no-cohort-figure", "Fewer are at risk than are affected.")
            trial.doubt(name, place, f"{key} {affected}", f"{at_risk} {over}")
        trial.observe(
            name, place, cohort, statistic="proportion" if possible else "count", status="reported",
            printed=f"{key} {affected}; {at_risk} {over}", **counts, **cells,
        )  # fmt: skip
        return True
    trial.omit("events", spot, (key, at_risk), "no-cohort-figure", "Nobody was at risk, or it is half a figure.")
    return False


def _spread(own: Mapping[str, str], kind: str, low: str, high: str, spread: str, value: str) -> dict[str, str]:
    """The cells of an interval and of a dispersion in one number, as far as it is known what they are."""
    confidence = level_of(kind) or own.get("ciPctValue", "")
    column, code = registry_codes().get(("dispersionType", _code(kind)), ("", ""))
    exact = {key: plain(found[2]) for key in (low, high, spread)
             if (found := NUMBER.fullmatch(own.get(key, ""))) and not found[1]}  # fmt: skip
    ends = {name: exact[key] for name, key in (("lower", low), ("upper", high)) if key in exact}
    if not (number := NUMBER.fullmatch(value)):
        return {}
    order = [Decimal(one) for one in (ends.get("lower", number[2]), number[2], ends.get("upper", number[2]))]
    cells: dict[str, str] = {}
    if order == sorted(order) and ends:
        if NUMBER.fullmatch(confidence) and 50 <= float(confidence) <= 100:  # noqa: PLR2004 as the shape of levels
            cells = {**ends, "interval": "ci", "confidence": plain(confidence)}
        elif column == "interval":
            cells = {**ends, "interval": code}
    if column == "dispersion_kind" and not exact.get(spread, "-").startswith("-"):
        cells |= {"dispersion": exact[spread], "dispersion_kind": code}
    return cells


def plain(number: str) -> str:
    """A number as a cell holds it: .5 is 0.5, and 007 is 7."""
    return re.sub(r"^(-?)0*(?=\d)", r"\1", re.sub(r"^(-?)\.", r"\g<1>0.", number))


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
