"""Forest: proportions with their intervals, by group; what can not be drawn, and whose patients stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..queries.pooling import METHOD, PERCENTS, pool, proportion
from ..rdf.store import Graph
from ..rdf.vocabulary import grouped
from .looks import ABSENT, NOT_STATED, PLAIN, Line, Style, asked, number, only, origin, short, status, styles
from .sheet import Axis, Column, Mark, Picture, Row

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
_QUERIES = ("figures-by-malignancy", "percentages-off-counts", "find-studies", "repeated-patients")
_POOLING = "pooled-proportions"
_REPEATED, _SHARED = "†", "§"
_KINDS = ("proportion", "rate-at-time", "share", "count")


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of the evidence table that is a rate, and why it can not be drawn, if so."""

    row: Line
    iri: str
    study_iri: str
    diseases: str
    undrawn: str
    off: bool  # drawn, and the printed percent is not what the counts give

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator of a rate that can be drawn."""
        return None if self.undrawn else (int(str(self.row["numerator"])), int(str(self.row["denominator"])))


def _rates_of(graph: Graph, rows: Iterable[Line]) -> list[Rate]:
    """The rates among rows of the evidence table."""
    figures = grouped((row["observation"], row) for row in ask(graph, "figures-by-malignancy"))
    off_their_counts = ask(graph, "percentages-off-counts", {"against": "printed"})
    off = {str(row["observation_iri"]).rpartition("/")[2] for row in off_their_counts}
    rates = []
    for row in rows:
        if row["statistic"] in _KINDS:
            found = figures[row["observation"]]
            diseases = " or ".join(str(figure["malignancy"]) for figure in found if figure["malignancy"])
            why = _undrawn(row)
            rates.append(
                Rate(
                    row,
                    str(found[-1]["observation_iri"]),
                    str(found[-1]["study_iri"]),
                    diseases,
                    why,
                    not why and row["observation"] in off,
                )
            )
    return rates


def _undrawn(row: Line) -> str:
    """Why a result is not a proportion of people that a binomial interval fits; empty where it is one."""
    some, all_ = row["numerator"], row["denominator"]
    counted = isinstance(some, int) and isinstance(all_, int) and bool(all_)
    reasons = (
        (row["status"] != "reported", status(row)),
        (bool(row["counted"]), "counted in events, not in people"),
        (row["statistic"] == "share", "share of a part, not of the patients"),
        (row["statistic"] == "count", "no denominator printed"),
        (row["statistic"] == "rate-at-time", "estimate at a time, no counts printed"),
        (not counted, "no counts printed"),
        (counted and int(str(some)) > int(str(all_)), "more counted than there are"),
    )
    return next((word for applies, word in reasons if applies), "")


def _counted_twice(graph: Graph, rates: Iterable[Rate]) -> tuple[dict[str, str], list[str]]:
    """The marks of studies whose patients another report counts or may count, and the reasons."""
    shown = {rate.study_iri for rate in rates}
    marks: dict[str, str] = {}
    why: list[str] = []
    for row in ask(graph, _QUERIES[2]):
        if row["decision"] != "kept" and str(row["study_iri"]) in shown - marks.keys():
            marks[str(row["study_iri"])] = _REPEATED
            why.append(f"{_REPEATED} {row['study']}: {row['reason']}; left out where patients are counted once.")
    for row in ask(graph, _QUERIES[3]):
        pair = {str(row["study_iri"]), str(row["other_study_iri"])}
        if row["relation"] == "may overlap" and pair <= shown:
            marks |= {iri: marks.get(iri, "").replace(_SHARED, "") + _SHARED for iri in pair}
            why.append(f"{_SHARED} {row['study']} may share patients with {row['other_study']}.")
    return marks, why


def forest(
    graph: Graph, values: Mapping[str, object], by: str = "disease", outcomes: Sequence[str] = ("CRR",), *,
    pooled: bool = False,
) -> Picture:  # fmt: skip
    """The rates of these outcomes in groups; UsageError where nothing matches."""
    if "outcome" in values:
        raise UsageError("give outcomes by --outcome, not by -p")
    if not (found := list(ask(graph, "evidence", {**values, "outcome": list(outcomes)}))):
        raise UsageError(f"no figure of {', '.join(outcomes)} matches; `cartkg query evidence` shows what there is")
    names = {str(row["outcome"]): str(row["name"]) for row in ask(graph, "outcome-codes")}
    wanted = [code for code in names if any(row["outcome"] == code for row in found)]
    rates = _rates_of(graph, found)
    groups = grouped(((_group_of(rate, by), str(rate.row["outcome"])), rate) for rate in rates)
    order = sorted(groups, key=lambda place: (place[0] == NOT_STATED.capitalize(), place[0].casefold(), place[1]))
    ordered = {_heading(place[0], names[place[1]] if len(wanted) > 1 else ""): groups[place] for place in order}
    marks, why = _counted_twice(graph, rates)
    looks = styles(ordered)
    every = ask(graph, _POOLING, {"stratum": "none", "outcome": wanted}) if pooled else ()
    bases = {row["observation"]: str(row["denominator_basis"]) for row in every if row["counted"] == "yes"}
    largest = max((rate.counts[1] for rate in rates if rate.counts), default=1)
    rows: list[Row] = []
    for name, members in ordered.items():
        rows += [Row(heading=name, style=looks[name])] if name else []
        drawn_first = sorted(members, key=lambda rate: rate.counts is None)
        rows += [_row(rate, marks.get(rate.study_iri, ""), looks[name], largest) for rate in drawn_first]
        rows += _pooled(members, bases) if pooled else []
    drawn = sum(rate.counts is not None for rate in rates)
    title = " and ".join(names[code] for code in wanted) + ("" if by == "none" else f" by {by}")
    return Picture(
        title[:1].upper() + title[1:],
        f"{drawn} of {len(rates)} results have printed counts and are drawn, each over its own denominator."
        f"{only(values)}",
        (
            *_notes(why, rates, len(found) - len(rates), pooled=pooled),
            origin(graph, asked("evidence", {**values, "outcome": wanted}), *_QUERIES, *[_POOLING] * pooled),
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
        middle, low, high = map(proportion(*counts).__getitem__, PERCENTS)
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
    return Row(cells, tuple(drawn), node=rate.iri)


def _interval(low: float, high: float) -> str:
    """Both ends in whole percent, with a decimal where that would read as none or all."""
    return " to ".join(f"{end:.1f}" if 0 < end < 1 or 99 < end < 100 else f"{end:.0f}" for end in (low, high))  # noqa: PLR2004


def _pooled(rates: Sequence[Rate], bases: Mapping[Value, str]) -> list[Row]:
    """The pooled rates of a group, one for each kind of denominator, of those that the stored question counts."""
    taken = grouped((bases[node], rate) for rate in rates if (node := rate.row["observation"]) in bases)
    studies = len({rate.study_iri for rate in rates})
    rows = [row for basis, members in sorted(taken.items()) if (row := _pooled_row(basis, members, studies))]
    return rows or [Row(("Not pooled", "fewer than two studies with counts", *[""] * 5), strong=True)]


def _pooled_row(basis: str, taken: Sequence[Rate], studies: int) -> Row | None:
    found = pool([(rate.study_iri, *(rate.counts or (0, 0))) for rate in taken])
    if "percent" not in found:
        return None
    p = f"p = {found['p_value']:.2f}" if found["p_value"] >= 0.01 else "p < 0.01"  # noqa: PLR2004 as papers print it
    diseases = len({rate.diseases for rate in taken})
    differing = (
        f"counted over {basis}; Q = {found['cochran_q']:.1f}, df = {found['degrees_of_freedom']}, {p}; "
        f"τ² = {found['tau_squared']:.2f}, I² = {found['i_squared_percent']:.0f}%"
    ) + (f"; over {diseases} malignancies" if diseases > 1 else "")
    percent, low, high = (found[name] for name in PERCENTS)
    cells = (
        f"Pooled, {found['studies']} of {studies} studies", differing, "",
        f"{found['summed_numerator']}/{found['summed_denominator']}", "", f"{percent:.0f} ({_interval(low, high)})", "",
    )  # fmt: skip
    # Where between its ends the rate lies, for the widest place of the diamond.
    return Row(cells, (Mark("diamond", low, high, size=(percent - low) / (high - low)),), strong=True)


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
            f"Pooled: {METHOD}, over each kind of denominator for itself; results without counts and reports of "
            f"patients whom another pooled report counts do not enter (`cartkg query {_POOLING}` names them). Studies "
            "differ in disease, line of therapy, product, dose, follow-up and definition of response; such rates are "
            "confounded, and the pooled rate compares no products."
        )
    yield "Rates of different studies are not a comparison: populations, follow-up and denominators differ as shown."
