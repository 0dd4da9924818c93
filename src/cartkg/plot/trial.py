"""Trial: the reports of one trial, each with its product, and their results over follow-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import DAYS_PER_MONTH
from .picture import STATUS, Axis, Column, Mark, Picture, Row, Style, asked, number, origin

_QUERY = "results"
_FOLLOW_UP = "follow-up"
_COLUMNS = (Column("Measure", 190), Column("As printed", 190), Column("People", 230), Column("Printed in", 170))
_TIME = Style("#0072B2", "D", "")
_SHARE = Style("#E69F00", "o", "")
_BAR = Style("#56B4E9", "s", "")
_SPACE = 1.5
_LEGEND = (
    (Mark("bar", 0, 0, _BAR), "median follow-up"),
    (Mark("interval", 0, 0), "range"),
    (Mark("box", 0, 0), "interquartile range"),
    (Mark("point", 0, 0, _TIME, 0.5), "median time"),
    (Mark("point", 0, 0, _SHARE, 0.5), "share at this time"),
)


def trial(graph: Graph, name: str) -> Picture:
    """The reports of a trial, by label, id or IRI, each with its results; UsageError where there is none."""
    values = {"trial": name}
    found = list(ask(graph, _QUERY, values))
    if not found:
        raise UsageError(f"no result of {name!r} to draw; `cartkg query profile -p trial=…` shows what there is")
    reports: dict[str, list[Mapping[str, Value]]] = {}
    for row in found:
        phase = f"phase {row['phase']}" if row["phase"] else "phase not stated"
        reports.setdefault(f"{row['study']}: {row['product']}, {phase}", []).append(row)
    rows: list[Row] = []
    for heading, results in reports.items():
        rows.append(Row(heading=heading))
        rows += [Row(_cells(row), tuple(_marks(row))) for row in results]
    latest = max((mark.end for row in rows for mark in row.marks), default=12)
    high = 12 * ceil(latest / 12 + 0.5)
    step = 12 if high <= 96 else 24  # noqa: PLR2004 no more ticks than fit
    drawn = [mark for row in rows for mark in row.marks]
    count = f"{len(reports)} reports" if len(reports) > 1 else "1 report"
    return Picture(
        f"The trial {found[0]['trial']}: reports, products, and results over follow-up",
        f"{count} in the graph, with {len(found)} results and follow-ups.",
        _COLUMNS,
        3,
        Axis("Months", 0, high, tuple((float(tick), str(tick)) for tick in range(0, high + 1, step)), width=250),
        tuple(rows),
        tuple((mark, text) for mark, text in _LEGEND if any(_alike(mark, shown) for shown in drawn)),
        (
            "A result without a time in print is a word at the left; so is what is not reported, estimable or reached.",
            f"1 year is 12 months, 1 month is {DAYS_PER_MONTH} days.",
            origin(graph, asked(_QUERY, values)),
        ),
    )


def _alike(one: Mark, other: Mark) -> bool:
    return one.kind == other.kind and (one.kind != "point" or one.style == other.style)


def _cells(row: Mapping[str, Value]) -> tuple[str, ...]:
    printed = str(row["as_printed"])
    if row["timepoint"] and str(row["timepoint"]) not in printed:
        printed += f", {row['timepoint']}"
    people = str(row["population"]) + (f", n = {row['cohort_size']}" if row["cohort_size"] is not None else "")
    measure = _FOLLOW_UP if row["outcome"] == _FOLLOW_UP else f"{row['outcome']}, {row['statistic']}"
    return measure, printed, people, str(row["place"] or "")


def _marks(row: Mapping[str, Value]) -> Iterator[Mark]:
    months, time, percent = (number(row[name]) for name in ("months", "timepoint_months", "percent"))
    if row["status"] != "reported":
        yield _word(STATUS.get(str(row["status"]), str(row["status"])))
    elif months is not None and row["statistic"] == "median":
        watched = row["outcome"] == _FOLLOW_UP
        yield Mark("bar", 0, months, _BAR) if watched else Mark("point", months, months, _TIME, 0.5)
    elif percent is not None and time is not None:
        yield Mark("point", time, time, _SHARE, 0.5)
    else:
        yield _word("no time printed")
    factor = (number(row["unit_days"]) or 0) / float(DAYS_PER_MONTH)
    low, high = number(row["lower"]), number(row["upper"])
    if factor and low is not None and high is not None:
        yield Mark("box" if row["interval"] == "iqr" else "interval", low * factor, high * factor)


def _word(text: str) -> Mark:
    return Mark("word", _SPACE, _SPACE, text=text)
