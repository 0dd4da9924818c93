"""Follow-up: how long each group was watched, and how long responses lasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import DAYS_PER_MONTH
from .picture import (
    NOT_STATED,
    PLAIN,
    STATUS,
    Axis,
    Column,
    Mark,
    Picture,
    Row,
    Style,
    asked,
    number,
    only,
    origin,
    short,
    styles,
)

_QUERY = "follow-up-with-responses"
_FOLLOW_UP = "follow-up"
_SPACE = 1.5
_ONWARD = 12
_COLUMNS = (Column("Study and product", 190), Column("Patients", 230), Column("As printed", 170))
_MEDIAN = Style("#ffffff", "D", "")
_STILL = Style("#000000", ">", "")


def followup(graph: Graph, values: Mapping[str, object]) -> Picture:
    """Median follow-up with its range per cohort, and durations of response, in months, by target."""
    found = list(ask(graph, _QUERY, values))
    if not found:
        raise UsageError(f"no follow-up to draw; `cartkg query {_QUERY}` shows what there is")
    studies: dict[str, dict[str, list[Mapping[str, Value]]]] = {}
    for row in found:
        study = studies.setdefault(str(row["target"] or NOT_STATED), {})
        study.setdefault(f"{row['study']}\n{row['product']}", []).append(row)
    looks = styles(sorted(studies, key=lambda name: (name == NOT_STATED, name.casefold())))
    latest = max((value for row in found for value in _times(row).values() if value is not None), default=12)
    high = 12 * ceil(latest / 12 + 0.25)
    rows: list[Row] = []
    for target, look in looks.items():
        rows.append(Row(heading=target, marks=(Mark("bar", 0, 0, look),)))
        by_length = sorted(studies[target].items(), key=lambda item: (-_longest(item[1]), item[0]))
        for name, results in by_length:
            rows += [_row(row, look, name if not index else "") for index, row in enumerate(results)]
    missing = sum(row["measure"] == _FOLLOW_UP and row["status"] != "reported" for row in found)
    groups = sum(row["measure"] == _FOLLOW_UP for row in found)
    step = 12 if high <= 96 else 24  # noqa: PLR2004 no more ticks than fit
    return Picture(
        "Follow-up and duration of response",
        f"{groups} groups of patients by target, longest median follow-up first; {missing} of them without a median."
        f"{only(values)}",
        _COLUMNS,
        2,
        Axis("Months", 0, high, tuple((float(tick), str(tick)) for tick in range(0, high + 1, step)), width=290),
        tuple(rows),
        tuple(entry for entry in _legend(next(iter(looks.values()), PLAIN)) if _used(entry[0], rows)),
        (
            "Follow-up is a median unless its row says otherwise; responses are those of the patients in their row.",
            "What is not reported, not estimable or not reached is a word and not a time.",
            f"1 year is 12 months, 1 month is {DAYS_PER_MONTH} days.",
            origin(graph, asked(_QUERY, values)),
        ),
    )


def _times(row: Mapping[str, Value]) -> dict[str, float | None]:
    """All times of a row in months."""
    factor = (number(row["unit_days"]) or float(DAYS_PER_MONTH)) / float(DAYS_PER_MONTH)
    ends = {name: number(row[name]) for name in ("lower", "upper", "minimum")}
    scaled = {name: None if value is None else value * factor for name, value in ends.items()}
    return scaled | {"months": number(row["months"]), "timepoint_months": number(row["timepoint_months"])}


def _longest(results: list[Mapping[str, Value]]) -> float:
    return max((number(row["months"]) or 0 for row in results if row["measure"] == _FOLLOW_UP), default=0)


def _row(row: Mapping[str, Value], look: Style, name: str) -> Row:
    responses = row["measure"] != _FOLLOW_UP
    what = f"DOR: {row['population']}" if responses else str(row["population"])
    printed = str(row["as_printed"])
    if row["timepoint"] and str(row["timepoint"]) not in printed:
        printed += f", {row['timepoint']}"
    marks = _response(row) if responses else _watched(row, look)
    return Row((name, what, printed), tuple(marks))


def _watched(row: Mapping[str, Value], look: Style) -> list[Mark]:
    times = _times(row)
    median, least = times["months"], times["minimum"]
    marks: list[Mark] = []
    if row["statistic"] == "median" and median is not None:
        marks.append(Mark("bar", 0, median, look))
    elif least is not None:
        marks.append(Mark("least", 0, least))
    if row["status"] != "reported" or row["statistic"] != "median":
        status = STATUS.get(str(row["status"]), f"{row['statistic']}")
        word = f"median {status}" if row["status"] != "reported" else f"{status} only"
        marks.append(Mark("word", (least or 0) + _SPACE, (least or 0) + _SPACE, text=word))
    return marks + _range(row, times)


def _range(row: Mapping[str, Value], times: Mapping[str, float | None]) -> list[Mark]:
    low, high = times["lower"], times["upper"]
    if low is None or high is None:
        return []
    return [Mark("box" if row["interval"] == "iqr" else "interval", low, high)]


def _response(row: Mapping[str, Value]) -> list[Mark]:
    """A duration of response: its median, its range, the share that lasts, or the word for what is missing."""
    times = _times(row)
    marks = _range(row, times)
    low, median, place = times["lower"], times["months"], times["timepoint_months"]
    free = 0.0
    if low is not None and times["upper"] is None and row["upper_status"]:
        free = max(low, median or 0) + _ONWARD
        marks.append(Mark("onward", low, free))
    if row["status"] != "reported":
        word = f"{row['statistic']} {STATUS.get(str(row['status']), str(row['status']))}"
        return [*marks, Mark("word", free + _SPACE, free + _SPACE, text=word)]
    if median is not None:
        marks.append(Mark("point", median, median, _MEDIAN, 0.5))
    elif row["percent"] is not None:
        if place is not None:
            free = place + _SPACE
            marks.append(Mark("point", place, place, _STILL, 0.5))
        word = f"{_share(row)} still in response"
        marks.append(Mark("word", free + _SPACE, free + _SPACE, text=word))
    return marks


def _share(row: Mapping[str, Value]) -> str:
    counts = f"{row['numerator']}/{row['denominator']}, " if row["denominator"] is not None else ""
    return f"{counts}{short(number(row['percent']) or 0)}%"


def _used(mark: Mark, rows: Iterable[Row]) -> bool:
    """True where a row has a mark of this kind, and for a point of this look."""
    drawn = [shown for row in rows for shown in row.marks if shown.kind == mark.kind]
    return any(mark.kind != "point" or shown.style == mark.style for shown in drawn)


def _legend(look: Style) -> tuple[tuple[Mark, str], ...]:
    return (
        (Mark("bar", 0, 0, look), "median follow-up; colour and hatch are those of the target"),
        (Mark("interval", 0, 0), "range"),
        (Mark("box", 0, 0), "interquartile range"),
        (Mark("least", 0, 0), "least follow-up of all, no median"),
        (Mark("point", 0, 0, _MEDIAN, 0.5), "median duration of response (DOR)"),
        (Mark("point", 0, 0, _STILL, 0.5), "share still in response at this time"),
        (Mark("onward", 0, 0), "from the lower end on, upper end not estimable or not reached"),
    )
