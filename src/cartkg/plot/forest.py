"""Forest: proportions with their intervals, by group, and what can not be drawn beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..queries.asking import ask
from ..queries.names import suggestion
from .picture import ABSENT, NOT_STATED, PLAIN, Axis, Column, Mark, Picture, Row, asked, only, origin, short, styles
from .proportions import pool, wilson
from .rates import KINDS, REPEATED, counted_twice, malignancies_and_studies, off_their_counts, rate_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..rdf.store import Graph
    from .picture import Style
    from .rates import Rate

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
_BESIDE = ("figures-by-malignancy", "percent-off-its-counts", "find-studies", "repeated-patients")
_OFF = "‡"


def forest(
    graph: Graph, values: Mapping[str, object], by: str = "disease", outcomes: Sequence[str] = ("CRR",), *,
    pooled: bool = False,
) -> Picture:  # fmt: skip
    """The rates of these outcomes in groups; UsageError where nothing matches."""
    names = {str(row["outcome"]): str(row["name"]) for row in ask(graph, "outcome-codes")}
    wanted = [_code(names, outcome) for outcome in dict.fromkeys(outcomes)]
    if by not in BY:
        raise UsageError(f"--by is one of {', '.join(BY)}, not {by!r}")
    found = [row for row in ask(graph, "evidence", values) if row["outcome"] in wanted]
    if not found:
        raise UsageError(f"no figure of {', '.join(wanted)} matches; `cartkg query evidence` shows what there is")
    malignancies, studies = malignancies_and_studies(graph)
    off = off_their_counts(graph)
    groups: dict[tuple[str, str], list[Rate]] = {}
    for row in found:
        if row["statistic"] in KINDS:
            diseases = " or ".join(malignancies[str(row["observation"])])
            group = {"none": "", "disease": diseases[:1].upper() + diseases[1:]}.get(by, str(row.get(by) or ""))
            place = group or ("" if by == "none" else NOT_STATED.capitalize()), str(row["outcome"])
            groups.setdefault(place, []).append(rate_of(row, studies, diseases, off))
    order = sorted(groups, key=lambda place: (place[0] == NOT_STATED.capitalize(), place[0].casefold(), place[1]))
    ordered = {_heading(place[0], names[place[1]] if len(wanted) > 1 else ""): groups[place] for place in order}
    rates = [rate for group in ordered.values() for rate in group]
    marks, why = counted_twice(graph, rates)
    looks = styles(ordered)
    largest = max((rate.counts[1] for rate in rates if rate.counts), default=1)
    rows: list[Row] = []
    for name, members in ordered.items():
        rows += _group(name, members, marks, looks[name], largest)
        if pooled:
            rows.append(_pooled(members, marks))
    drawn = sum(rate.counts is not None for rate in rates)
    title = " and ".join(names[code] for code in wanted) + ("" if by == "none" else f" by {by}")
    questions = [asked("evidence", {**values, "outcome": wanted}), *_BESIDE]
    left_out = len(found) - len(rates)
    return Picture(
        title[:1].upper() + title[1:],
        f"{drawn} of {len(rates)} results have printed counts and are drawn, each over its own denominator."
        f"{only(values)}",
        _COLUMNS,
        4,
        Axis("Patients, %", 0, 100, tuple((tick, f"{tick}%") for tick in range(0, 101, 20))),
        tuple(rows),
        _legend(pooled=pooled),
        (*_notes(why, rates, left_out, pooled=pooled), origin(graph, ", ".join(questions))),
    )


def _heading(group: str, outcome: str) -> str:
    return f"{group}: {outcome}" if group and outcome else group or outcome[:1].upper() + outcome[1:]


def _code(names: Mapping[str, str], outcome: str) -> str:
    known = {code.casefold(): code for code in names}
    if outcome.casefold() in known:
        return known[outcome.casefold()]
    hint = suggestion(outcome, names) or "; see outcome-codes"
    raise UsageError(f"there is no outcome {outcome!r}{hint}")


def _group(name: str, rates: Sequence[Rate], marks: Mapping[str, str], look: Style, largest: int) -> list[Row]:
    """A heading, the rates that are drawn, and beneath them those that are not."""
    rows = [Row(heading=name, style=look)] if name else []
    for rate in sorted(rates, key=lambda rate: rate.counts is None):
        counts = rate.counts
        percent = f"{rate.compared}{short(rate.percent)}" if rate.percent is not None else ABSENT
        interval = ABSENT
        drawn: tuple[Mark, ...] = (Mark("word", 1, 1, text=rate.undrawn),)
        if counts:
            low, high = wilson(*counts)
            middle = 100 * counts[0] / counts[1]
            interval = _interval(low, high)
            drawn = (Mark("interval", low, high), Mark("point", middle, middle, look, counts[1] / largest))
        cells = (
            rate.study + marks.get(rate.study_iri, ""),
            rate.population,
            short(rate.months) if rate.months is not None else ABSENT,
            _fraction(rate),
            percent + (_OFF if rate.off else ""),
            interval,
            str(rate.flags or ABSENT),
        )
        rows.append(Row(cells, drawn))
    return rows


def _interval(low: float, high: float) -> str:
    """Both ends in whole percent, with a decimal where that would read as none or all."""
    return " to ".join(f"{end:.1f}" if 0 < end < 1 or 99 < end < 100 else f"{end:.0f}" for end in (low, high))  # noqa: PLR2004


def _fraction(rate: Rate) -> str:
    if rate.numerator is None and rate.denominator is None:
        return ABSENT
    return "/".join(ABSENT if value is None else str(value) for value in (rate.numerator, rate.denominator))


def _pooled(rates: Sequence[Rate], marks: Mapping[str, str]) -> Row:
    """The pooled rate of a group: of each study its largest denominator, of repeated patients none."""
    largest: dict[str, tuple[int, int]] = {}
    for rate in rates:
        if rate.counts and REPEATED not in marks.get(rate.study_iri, ""):
            largest[rate.study_iri] = max(largest.get(rate.study_iri, (0, 0)), rate.counts, key=lambda pair: pair[1])
    counts = list(largest.values())
    if len(counts) < 2:  # noqa: PLR2004 one study is not pooled
        return Row(("Not pooled", "fewer than two studies with counts", "", "", "", "", ""), strong=True)
    found = pool(counts)
    p = f"p = {found.p:.2f}" if found.p >= 0.01 else "p < 0.01"  # noqa: PLR2004 as papers print it
    diseases = len({rate.diseases for rate in rates if rate.counts and rate.study_iri in largest})
    mixed = f"; over {diseases} malignancies" if diseases > 1 else ""
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
        (Mark("diamond", found.low, found.high, size=_share(found.percent, found.low, found.high)),),
        strong=True,
    )


def _share(value: float, low: float, high: float) -> float:
    """Where between two ends a value lies, for the widest place of the diamond."""
    return (value - low) / (high - low) if high > low else 0.5


def _legend(*, pooled: bool) -> tuple[tuple[Mark, str], ...]:
    entries = [
        (
            Mark("point", 0, 0, replace(PLAIN, shape="s"), 1.0),
            "n/N; the mark is that of the group, larger for a larger N",
        ),
        (Mark("interval", 0, 0), "Wilson 95% interval"),
    ]
    if pooled:
        entries.append((Mark("diamond", 0, 0, size=0.5), "pooled rate with its 95% interval"))
    return tuple(entries)


def _notes(why: Iterable[str], rates: Sequence[Rate], left_out: int, *, pooled: bool) -> Iterable[str]:
    yield from why
    if any(rate.off for rate in rates):
        yield f"{_OFF} The printed percent is not what n/N gives; the point is at n/N, the figure stays as printed."
    if left_out:
        yield f"Medians, ranges and other statistics of the outcome that are not rates are not here: {left_out}."
    yield f"{ABSENT}: not printed. Follow-up: median of the group, else the shortest of the groups that contain it."
    if any(rate.flags for rate in rates):
        yield "Flags: discrepancies recorded about the figure; `cartkg trace` shows them."
    if pooled:
        yield (
            "Pooled: random effects on the logit scale (Paule and Mandel; Hartung and Knapp), of each study the "
            f"largest denominator, without studies marked {REPEATED}; results without counts can not enter. Studies "
            "differ in disease, line of therapy, product, dose, follow-up, definition of response and in who is "
            "counted (all treated or evaluable); such rates are confounded, and the pooled rate compares no products."
        )
    yield "Rates of different studies are not a comparison: populations, follow-up and denominators differ as shown."
