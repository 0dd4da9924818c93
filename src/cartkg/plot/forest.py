"""Forest: proportions with their intervals, by group, and what can not be drawn beside them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..asking import ask
from ..errors import UsageError
from .picture import NOT_STATED, PLAIN, STATUS, Axis, Column, Mark, Picture, Row, number, origin, short, styles
from .proportions import pool, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..answers import Value
    from ..store import Graph
    from .picture import Style

BY = ("disease", "costimulation", "vector", "target", "product", "none")
_RATES = ("proportion", "rate-at-time", "share", "count")
_COMPARED = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "approximately": "~"}
_COLUMNS = (
    Column("Study", 185),
    Column("Patients counted", 190),
    Column("Follow-up,\nmonths", 60, right=True),
    Column("n/N", 60, right=True),
    Column("% as\nprinted", 50, right=True),
    Column("95% interval", 90, right=True),
    Column("Flags", 40, right=True),
)
_TOLERANCE = 0.5
_REPEATED, _SHARED, _OFF = "†", "§", "‡"


@dataclass(frozen=True, slots=True)
class Rate:
    """One reported rate, and why it can not be drawn, if so."""

    observation: str
    study: str
    study_iri: str
    diseases: str
    population: str
    months: float | None
    numerator: int | None
    denominator: int | None
    percent: float | None
    compared: str
    flags: int
    undrawn: str

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator of a rate that can be drawn."""
        if self.undrawn or self.numerator is None or self.denominator is None:
            return None
        return self.numerator, self.denominator

    @property
    def off(self) -> bool:
        """True where the printed percent is not what the printed counts give."""
        if self.counts is None or self.percent is None:
            return False
        return abs(100 * self.counts[0] / self.counts[1] - self.percent) > _TOLERANCE


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
    malignancies, studies = _malignancies(graph)
    groups: dict[tuple[str, str], list[Rate]] = {}
    for row in found:
        if row["statistic"] in _RATES:
            diseases = " or ".join(malignancies[str(row["observation"])])
            group = {"none": "", "disease": diseases[:1].upper() + diseases[1:]}.get(by, str(row.get(by) or ""))
            place = group or ("" if by == "none" else NOT_STATED.capitalize()), str(row["outcome"])
            groups.setdefault(place, []).append(_rate(row, studies, diseases))
    order = sorted(groups, key=lambda place: (place[0] == NOT_STATED.capitalize(), place[0].casefold(), place[1]))
    ordered = {_heading(place[0], names[place[1]] if len(wanted) > 1 else ""): groups[place] for place in order}
    rates = [rate for group in ordered.values() for rate in group]
    marks, why = _double(graph, rates)
    looks = styles(ordered)
    largest = max((rate.counts[1] for rate in rates if rate.counts), default=1)
    rows: list[Row] = []
    for name, group in ordered.items():
        rows += _group(name, group, marks, looks[name], largest)
        if pooled:
            rows.append(_pooled(group, marks))
    drawn = sum(rate.counts is not None for rate in rates)
    title = " and ".join(names[code] for code in wanted) + ("" if by == "none" else f" by {by}")
    only = "".join(f" Only {name} = {value}." for name, value in values.items())
    asked = ", ".join([f"evidence ({_given(values)}outcome={'|'.join(wanted)})", "figures-by-malignancy",
                       "reports-counted-once", "repeated-patients"])  # fmt: skip
    left_out = len(found) - len(rates)
    return Picture(
        title[:1].upper() + title[1:],
        f"{drawn} of {len(rates)} results have printed counts and are drawn, each over its own denominator.{only}",
        _COLUMNS,
        4,
        Axis("Patients, %", 0, 100, tuple((tick, f"{tick}%") for tick in range(0, 101, 20))),
        tuple(rows),
        _legend(pooled=pooled),
        tuple(_notes(why, rates, left_out, pooled=pooled)) + (origin(graph, asked),),
    )


def _heading(group: str, outcome: str) -> str:
    return ": ".join(filter(None, (group, outcome)))


def _code(names: Mapping[str, str], outcome: str) -> str:
    known = {code.casefold(): code for code in names}
    if outcome.casefold() in known:
        return known[outcome.casefold()]
    near = difflib.get_close_matches(outcome.casefold(), known, 3)
    hint = " or ".join(known[name] for name in near)
    raise UsageError(f"there is no outcome {outcome!r}; " + (f"did you mean {hint}?" if hint else "see outcome-codes"))


def _given(values: Mapping[str, object]) -> str:
    return "".join(f"{name}={value}, " for name, value in values.items())


def _malignancies(graph: Graph) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The malignancies and the study of each observation."""
    malignancies: dict[str, list[str]] = {}
    studies: dict[str, str] = {}
    for row in ask(graph, "figures-by-malignancy"):
        observation = str(row["observation"])
        studies[observation] = str(row["study_iri"])
        malignancies.setdefault(observation, []).extend([str(row["malignancy"])] if row["malignancy"] else [])
    return malignancies, studies


def _rate(row: Mapping[str, Value], studies: Mapping[str, str], diseases: str) -> Rate:
    counts = [int(value) if (value := number(row[name])) is not None else None for name in ("numerator", "denominator")]
    reference = "" if f"(ref. {row['reference']})" in str(row["study"]) else f", figure from ref. {row['reference']}"
    rate = Rate(
        observation=str(row["observation"]),
        study=f"{row['study']}{reference if row['reference'] else ''}" + (f", {row['trial']}" if row["trial"] else ""),
        study_iri=studies[str(row["observation"])],
        diseases=diseases,
        population=", ".join(str(row[name]) for name in ("population", "counted", "timepoint") if row[name]),
        months=number(row["follow_up_months"]),
        numerator=counts[0],
        denominator=counts[1],
        percent=number(row["percent"]),
        compared=_COMPARED.get(str(row["comparator"]), ""),
        flags=int(number(row["discrepancies"]) or 0),
        undrawn="",
    )
    return replace(rate, undrawn=_undrawn(rate, str(row["status"]), str(row["statistic"]), str(row["counted"] or "")))


def _undrawn(rate: Rate, status: str, statistic: str, counted: str) -> str:
    """Why a result is not a proportion of people that a binomial interval fits; empty where it is one."""
    if status != "reported":
        return STATUS.get(status, status)
    if counted:
        return "counted in events, not in people"
    if statistic == "share":
        return "share of a part, not of the patients"
    if statistic == "count":
        return "no denominator printed"
    if statistic == "rate-at-time":
        return "estimate at a time, no counts printed"
    return "" if rate.numerator is not None and rate.denominator else "no counts printed"


def _double(graph: Graph, rates: Iterable[Rate]) -> tuple[dict[str, str], list[str]]:
    """The marks of studies whose patients another report counts or may count, and the reasons."""
    shown = {rate.study_iri for rate in rates}
    marks: dict[str, str] = {}
    why: list[str] = []
    for row in ask(graph, "reports-counted-once"):
        if row["decision"] != "kept" and str(row["study_iri"]) in shown:
            marks[str(row["study_iri"])] = _REPEATED
            why.append(f"{_REPEATED} {row['study']}: {row['reason']}; left out where patients are counted once.")
    for row in ask(graph, "repeated-patients"):
        pair = {str(row["study_iri"]), str(row["other_study_iri"])}
        if row["relation"] == "may overlap" and pair <= shown:
            marks |= {iri: marks.get(iri, "").replace(_SHARED, "") + _SHARED for iri in pair}
            why.append(f"{_SHARED} {row['study']} may share patients with {row['other_study']}.")
    return marks, why


def _group(name: str, rates: Sequence[Rate], marks: Mapping[str, str], look: Style, largest: int) -> list[Row]:
    """A heading, the rates that are drawn, and beneath them those that are not."""
    rows = [Row(heading=name, style=look)] if name else []
    for rate in sorted(rates, key=lambda rate: rate.counts is None):
        counts = rate.counts
        percent = f"{rate.compared}{short(rate.percent)}" if rate.percent is not None else "–"
        interval, drawn = "–", (Mark("word", 1, 1, text=rate.undrawn),)
        if counts:
            low, high = wilson(*counts)
            middle = 100 * counts[0] / counts[1]
            interval = f"{low:.0f} to {high:.0f}"
            drawn = (Mark("interval", low, high), Mark("point", middle, middle, look, counts[1] / largest))
        cells = (
            rate.study + marks.get(rate.study_iri, ""),
            rate.population,
            short(rate.months) if rate.months is not None else "–",
            _fraction(rate),
            percent + (_OFF if rate.off else ""),
            interval,
            str(rate.flags or "–"),
        )
        rows.append(Row(cells, drawn))
    return rows


def _fraction(rate: Rate) -> str:
    if rate.numerator is None and rate.denominator is None:
        return "–"
    return "/".join("–" if value is None else str(value) for value in (rate.numerator, rate.denominator))


def _pooled(rates: Sequence[Rate], marks: Mapping[str, str]) -> Row:
    """The pooled rate of a group: of each study its largest denominator, of repeated patients none."""
    largest: dict[str, tuple[int, int]] = {}
    for rate in rates:
        if rate.counts and _REPEATED not in marks.get(rate.study_iri, ""):
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
            f"{found.percent:.0f} ({found.low:.0f} to {found.high:.0f})",
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
            "n/N; the mark is that of the group, its area grows with N",
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
    yield "–: not printed. Follow-up: median of the group, else the shortest of the groups that contain it."
    if any(rate.flags for rate in rates):
        yield "Flags: discrepancies recorded about the figure; `cartkg trace` shows them."
    if pooled:
        yield (
            "Pooled: random effects on the logit scale (Paule and Mandel; Hartung and Knapp), of each study the largest "
            "denominator, without studies marked †; results without counts can not enter it. Studies differ in disease, line of therapy, product, dose, follow-up, "
            "definition of response and in who is counted (all treated or evaluable); such rates are "
            "confounded, and the pooled rate compares no products."
        )
    yield "Rates of different studies are not a comparison: populations, follow-up and denominators differ as shown."
