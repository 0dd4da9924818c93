"""Follow-up: how long groups were watched and responses lasted, in months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from ..errors import UsageError
from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import DAYS_PER_MONTH, grouped
from .looks import NOT_STATED, PLAIN, Line, Style, asked, number, only, origin, short, status, styles
from .sheet import Axis, Column, Mark, Picture, Row

_FOLLOW_UPS = "follow-up-with-responses"
_FOLLOW_UP = "follow-up"
_SPACE, _ONWARD = 1.5, 12
_MEDIAN, _STILL = Style("#ffffff", "D", ""), Style("#000000", ">", "")
_UNITS = f"1 year is 12 months, 1 month is {DAYS_PER_MONTH} days."


def followup(graph: Graph, values: Mapping[str, object]) -> Picture:
    """Median follow-up with its range per cohort, and durations of response, in months, by target."""
    found: list[Line] = list(ask(graph, _FOLLOW_UPS, values))
    if not found:
        raise UsageError(f"no follow-up to draw; `cartkg query {_FOLLOW_UPS}` shows what there is")
    targets = grouped((str(row["target"] or NOT_STATED), row) for row in found)
    looks = styles(sorted(targets, key=lambda name: (name == NOT_STATED, name.casefold())))
    latest = max((value for row in found for value in _times(row).values() if value is not None), default=12)
    rows: list[Row] = []
    for target, look in looks.items():
        rows.append(Row(heading=target, marks=(Mark("bar", 0, 0, look),)))
        studies = grouped((f"{row['study']}\n{row['product']}", row) for row in targets[target])
        for name, results in sorted(studies.items(), key=lambda item: (-_longest(item[1]), item[0])):
            rows += [_cohort(row, look, "" if index else name) for index, row in enumerate(results)]
    groups = [row for row in found if row["measure"] == _FOLLOW_UP]
    missing = sum(row["status"] != "reported" for row in groups)
    return Picture(
        "Follow-up and duration of response",
        f"{len(groups)} groups of patients by target, longest median follow-up first; {missing} of them without a "
        f"median.{only(values)}",
        (
            "Follow-up is a median unless its row says otherwise; responses are those of the patients in their row.",
            "What is not reported, not estimable or not reached is a word and not a time.",
            _UNITS,
            origin(graph, asked(_FOLLOW_UPS, values)),
        ),
        (Column("Study and product", 190), Column("Patients", 230), Column("As printed", 170)),
        2,
        _axis(latest / 12 + 0.25, 290),
        tuple(rows),
        _legend(
            rows,
            (Mark("bar", 0, 0, next(iter(looks.values()), PLAIN)),
             "median follow-up; colour and hatch are those of the target"),
            (Mark("interval", 0, 0), "range"),
            (Mark("box", 0, 0), "interquartile range"),
            (Mark("least", 0, 0), "least follow-up of all, no median"),
            (Mark("point", 0, 0, _MEDIAN, 0.5), "median duration of response (DOR)"),
            (Mark("point", 0, 0, _STILL, 0.5), "share still in response at this time"),
            (Mark("onward", 0, 0), "from the lower end on, upper end not estimable or not reached"),
        ),
    )  # fmt: skip


def _axis(years: float, width: float) -> Axis:
    """Months up to the next whole year, with no more ticks than fit."""
    high = 12 * ceil(years)
    step = 12 if high <= 96 else 24  # noqa: PLR2004
    return Axis("Months", 0, high, tuple((float(tick), str(tick)) for tick in range(0, high + 1, step)), width)


def _legend(rows: Iterable[Row], *entries: tuple[Mark, str]) -> tuple[tuple[Mark, str], ...]:
    """The entries of which a row has a mark: one of this kind, and a point of this look."""
    drawn = {_look(mark) for row in rows for mark in row.marks}
    return tuple(entry for entry in entries if _look(entry[0]) in drawn)


def _look(mark: Mark) -> tuple[str, Style | None]:
    return mark.kind, mark.style if mark.kind == "point" else None


def _times(row: Line) -> dict[str, float | None]:
    """All times of a row in months."""
    factor = (number(row["unit_days"]) or 0) / float(DAYS_PER_MONTH)
    ends = {name: number(row.get(name)) for name in ("lower", "upper", "minimum")}
    scaled = {name: value * factor if factor and value is not None else None for name, value in ends.items()}
    return scaled | {name: number(row[name]) for name in ("months", "timepoint_months")}


def _span(row: Line) -> list[Mark]:
    """The range of a row, where both ends are times."""
    low, high = _times(row)["lower"], _times(row)["upper"]
    return [] if low is None or high is None else [Mark("box" if row["interval"] == "iqr" else "interval", low, high)]


def _word(place: float, text: str) -> Mark:
    return Mark("word", place + _SPACE, place + _SPACE, text=text)


def _printed(row: Line) -> str:
    printed, timepoint = str(row["as_printed"]), str(row["timepoint"] or "")
    return printed if timepoint in printed else f"{printed}, {timepoint}"


def _longest(results: list[Line]) -> float:
    return max((number(row["months"]) or 0 for row in results if row["measure"] == _FOLLOW_UP), default=0)


def _cohort(row: Line, look: Style, name: str) -> Row:
    if row["measure"] == _FOLLOW_UP:
        return Row((name, str(row["population"]), _printed(row)), tuple(_watched(row, look)), node=str(row["node"]))
    return Row((name, f"DOR: {row['population']}", _printed(row)), tuple(_response(row)), node=str(row["node"]))


def _watched(row: Line, look: Style) -> list[Mark]:
    times = _times(row)
    median, least = times["months"], times["minimum"]
    marks: list[Mark] = []
    if row["statistic"] == "median" and median is not None:
        marks.append(Mark("bar", 0, median, look))
    elif least is not None:
        marks.append(Mark("least", 0, least))
    if row["status"] != "reported":
        marks.append(_word(least or 0, f"median {status(row)}"))
    elif row["statistic"] != "median":
        marks.append(_word(least or 0, f"{row['statistic']} only"))
    return marks + _span(row)


def _response(row: Line) -> list[Mark]:
    """A duration of response: its median, its range, the share that lasts, or the word for what is missing."""
    times, marks = _times(row), _span(row)
    low, median, place = times["lower"], times["months"], times["timepoint_months"]
    free = 0.0
    if low is not None and times["upper"] is None and row["upper_status"]:
        free = max(low, median or 0) + _ONWARD
        marks.append(Mark("onward", low, free))
    if row["status"] != "reported":
        marks.append(_word(free, f"{row['statistic']} {status(row)}"))
    elif median is not None:
        marks.append(Mark("point", median, median, _MEDIAN, 0.5))
    elif row["percent"] is not None:
        if place is not None:
            free = place + _SPACE
            marks.append(Mark("point", place, place, _STILL, 0.5))
        counts = f"{row['numerator']}/{row['denominator']}, " if row["denominator"] is not None else ""
        marks.append(_word(free, f"{counts}{short(number(row['percent']) or 0)}% still in response"))
    return marks
