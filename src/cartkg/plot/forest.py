"""Forest: proportions with their intervals, by group, and what can not be drawn beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..errors import UsageError
from ..queries.asking import ask
from ..queries.names import suggestion
from ..rdf.store import Graph
from .looks import PLAIN, Style, styles
from .proportions import pool, wilson
from .rates import QUERIES, REPEATED, Rate, counted_twice, rates_of
from .sheet import Axis, Column, Mark, Picture, Row
from .words import ABSENT, NOT_STATED, asked, grouped, number, only, origin, short

BY = ("disease", "costimulation", "vector", "target", "product", "none")
_COLUMNS = (
    Column("Study", 185),
    Column("Patients counted", 190),
    Column("Follow-up,\nmonths", 60, right=True),
    Column("n/N", 60, right=True),
    Column("% as\nprinted", 50, right=True),
    Column("95% interval", 90, right=True),
    Column("Flags", 40, right=True),
)
_COMPARED = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "about": "~"}
_OFF = "‡"
_ANY = replace(PLAIN, shape="s")


def forest(
    graph: Graph, values: Mapping[str, object], by: str = "disease", outcomes: Sequence[str] = ("CRR",), *,
    pooled: bool = False,
) -> Picture:  # fmt: skip
    """The rates of these outcomes in groups; UsageError where nothing matches."""
    if "outcome" in values:
        raise UsageError("give outcomes by --outcome, not by -p")
    names = {str(row["outcome"]): str(row["name"]) for row in ask(graph, "outcome-codes")}
    wanted = [_code(names, outcome) for outcome in dict.fromkeys(outcomes)]
    if by not in BY:
        raise UsageError(f"--by is one of {', '.join(BY)}, not {by!r}")
    found = [row for row in ask(graph, "evidence", values) if row["outcome"] in wanted]
    if not found:
        raise UsageError(f"no figure of {', '.join(wanted)} matches; `cartkg query evidence` shows what there is")
    rates = rates_of(graph, found)
    groups = grouped(((_group_of(rate, by), str(rate.row["outcome"])), rate) for rate in rates)
    order = sorted(groups, key=lambda place: (place[0] == NOT_STATED.capitalize(), place[0].casefold(), place[1]))
    ordered = {_heading(place[0], names[place[1]] if len(wanted) > 1 else ""): groups[place] for place in order}
    marks, why = counted_twice(graph, rates)
    looks = styles(ordered)
    largest = max((rate.counts[1] for rate in rates if rate.counts), default=1)
    rows: list[Row] = []
    for name, members in ordered.items():
        rows += [Row(heading=name, style=looks[name])] if name else []
        drawn_first = sorted(members, key=lambda rate: rate.counts is None)
        rows += [_row(rate, marks.get(rate.study_iri, ""), looks[name], largest) for rate in drawn_first]
        rows += [_pooled(members, marks)] if pooled else []
    drawn = sum(rate.counts is not None for rate in rates)
    title = " and ".join(names[code] for code in wanted) + ("" if by == "none" else f" by {by}")
    return Picture(
        title[:1].upper() + title[1:],
        f"{drawn} of {len(rates)} results have printed counts and are drawn, each over its own denominator."
        f"{only(values)}",
        (
            *_notes(why, rates, len(found) - len(rates), pooled=pooled),
            origin(graph, asked("evidence", {**values, "outcome": wanted}), *QUERIES),
        ),
        _COLUMNS,
        4,
        Axis("Patients, %", 0, 100, tuple((tick, f"{tick}%") for tick in range(0, 101, 20))),
        tuple(rows),
        (
            (Mark("point", 0, 0, _ANY), "n/N; the mark is that of the group, larger for a larger N"),
            (Mark("interval", 0, 0), "Wilson 95% interval"),
            *([(Mark("diamond", 0, 0, size=0.5), "pooled rate with its 95% interval")] if pooled else []),
        ),
    )


def _code(names: Mapping[str, str], outcome: str) -> str:
    known = {code.casefold(): code for code in names}
    if outcome.casefold() in known:
        return known[outcome.casefold()]
    hint = suggestion(outcome, names) or "; see outcome-codes"
    raise UsageError(f"there is no outcome {outcome!r}{hint}")


def _group_of(rate: Rate, by: str) -> str:
    if by == "none":
        return ""
    group = rate.diseases[:1].upper() + rate.diseases[1:] if by == "disease" else str(rate.row.get(by) or "")
    return group or NOT_STATED.capitalize()


def _heading(group: str, outcome: str) -> str:
    return f"{group}: {outcome}" if group and outcome else group or outcome[:1].upper() + outcome[1:]


def _row(rate: Rate, mark: str, look: Style, largest: int) -> Row:
    row, counts = rate.row, rate.counts
    named = [row["study"], row["trial"]]
    if row["reference"] and f"(ref. {row['reference']})" not in str(row["study"]):
        named.insert(1, f"figure from ref. {row['reference']}")
    months, percent = number(row["follow_up_months"]), number(row["percent"])
    interval, drawn = ABSENT, [Mark("word", 1, 1, text=rate.undrawn)]
    if counts:
        low, high = wilson(*counts)
        middle = 100 * counts[0] / counts[1]
        interval = _interval(low, high)
        drawn = [Mark("interval", low, high), Mark("point", middle, middle, look, counts[1] / largest)]
    printed = ABSENT if percent is None else f"{_COMPARED.get(str(row['comparator']), '')}{short(percent)}"
    fraction = "/".join(ABSENT if row[name] is None else str(row[name]) for name in ("numerator", "denominator"))
    cells = (
        ", ".join(str(name) for name in named if name) + mark,
        ", ".join(str(row[name]) for name in ("population", "counted", "timepoint") if row[name]),
        ABSENT if months is None else short(months),
        ABSENT if fraction == f"{ABSENT}/{ABSENT}" else fraction,
        printed + (_OFF if rate.off else ""),
        interval,
        str(row["discrepancies"] or ABSENT),
    )
    return Row(cells, tuple(drawn))


def _interval(low: float, high: float) -> str:
    """Both ends in whole percent, with a decimal where that would read as none or all."""
    return " to ".join(f"{end:.1f}" if 0 < end < 1 or 99 < end < 100 else f"{end:.0f}" for end in (low, high))  # noqa: PLR2004


def _pooled(rates: Sequence[Rate], marks: Mapping[str, str]) -> Row:
    """The pooled rate of a group: of each study its largest denominator, of repeated patients none."""
    once = [rate for rate in rates if rate.counts and REPEATED not in marks.get(rate.study_iri, "")]
    largest: dict[str, tuple[int, int]] = {}
    for rate in once:
        largest[rate.study_iri] = max(
            largest.get(rate.study_iri, (0, 0)), rate.counts or (0, 0), key=lambda pair: pair[1]
        )
    counts = list(largest.values())
    if len(counts) < 2:  # noqa: PLR2004 one study is not pooled
        return Row(("Not pooled", "fewer than two studies with counts", *[""] * 5), strong=True)
    found = pool(counts)
    p = f"p = {found.p:.2f}" if found.p >= 0.01 else "p < 0.01"  # noqa: PLR2004 as papers print it
    diseases = len({rate.diseases for rate in once})
    mixed = f"; over {diseases} malignancies" if diseases > 1 else ""
    # Where between its ends the rate lies, for the widest place of the diamond.
    share = (found.percent - found.low) / (found.high - found.low) if found.high > found.low else 0.5
    return Row(
        (
            f"Pooled, {len(counts)} of {len({rate.study_iri for rate in rates})} studies",
            f"Q = {found.q:.1f}, df = {found.freedom}, {p}; I² = {100 * found.i2:.0f}%{mixed}",
            "",
            f"{sum(some for some, _ in counts)}/{sum(all_ for _, all_ in counts)}",
            "",
            f"{found.percent:.0f} ({_interval(found.low, found.high)})",
            "",
        ),
        (Mark("diamond", found.low, found.high, size=share),),
        strong=True,
    )


def _notes(why: Iterable[str], rates: Sequence[Rate], left_out: int, *, pooled: bool) -> Iterable[str]:
    yield from why
    if any(rate.off for rate in rates):
        yield f"{_OFF} The printed percent is not what n/N gives; the point is at n/N, the figure stays as printed."
    if left_out:
        yield f"Medians, ranges and other statistics of the outcome that are not rates are not here: {left_out}."
    yield f"{ABSENT}: not printed. Follow-up: median of the group, else the shortest of the groups that contain it."
    if any(rate.row["discrepancies"] for rate in rates):
        yield "Flags: discrepancies recorded about the figure; `cartkg trace` shows them."
    if pooled:
        yield (
            "Pooled: random effects on the logit scale (Paule and Mandel; Hartung and Knapp), of each study the "
            f"largest denominator, without studies marked {REPEATED}; results without counts can not enter. Studies "
            "differ in disease, line of therapy, product, dose, follow-up, definition of response and in who is "
            "counted (all treated or evaluable); such rates are confounded, and the pooled rate compares no products."
        )
    yield "Rates of different studies are not a comparison: populations, follow-up and denominators differ as shown."
