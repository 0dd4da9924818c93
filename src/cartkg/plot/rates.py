"""Rates as stored queries answer them, with the reason why one can not be drawn, and whose patients stand twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..queries.asking import ask
from ..rdf.store import Graph
from .words import STATUS, Line, grouped

QUERIES = ("figures-by-malignancy", "percentages-off-counts", "find-studies", "repeated-patients")
POOLING = "pooled-proportions"
REPEATED, SHARED = "†", "§"
_KINDS = ("proportion", "rate-at-time", "share", "count")


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of the evidence table that is a rate, and why it can not be drawn, if so."""

    row: Line
    study_iri: str
    diseases: str
    undrawn: str
    off: bool  # drawn, and the printed percent is not what the counts give

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator of a rate that can be drawn."""
        return None if self.undrawn else (int(str(self.row["numerator"])), int(str(self.row["denominator"])))


def rates_of(graph: Graph, rows: Iterable[Line]) -> list[Rate]:
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
            rates.append(Rate(row, str(found[-1]["study_iri"]), diseases, why, not why and row["observation"] in off))
    return rates


def _undrawn(row: Line) -> str:
    """Why a result is not a proportion of people that a binomial interval fits; empty where it is one."""
    some, all_ = row["numerator"], row["denominator"]
    counted = isinstance(some, int) and isinstance(all_, int) and bool(all_)
    reasons = (
        (row["status"] != "reported", STATUS.get(str(row["status"]), str(row["status"]))),
        (bool(row["counted"]), "counted in events, not in people"),
        (row["statistic"] == "share", "share of a part, not of the patients"),
        (row["statistic"] == "count", "no denominator printed"),
        (row["statistic"] == "rate-at-time", "estimate at a time, no counts printed"),
        (not counted, "no counts printed"),
        (counted and int(str(some)) > int(str(all_)), "more counted than there are"),
    )
    return next((word for applies, word in reasons if applies), "")


def counted_twice(graph: Graph, rates: Iterable[Rate]) -> tuple[dict[str, str], list[str]]:
    """The marks of studies whose patients another report counts or may count, and the reasons."""
    shown = {rate.study_iri for rate in rates}
    marks: dict[str, str] = {}
    why: list[str] = []
    for row in ask(graph, QUERIES[2]):
        if row["decision"] != "kept" and str(row["study_iri"]) in shown - marks.keys():
            marks[str(row["study_iri"])] = REPEATED
            why.append(f"{REPEATED} {row['study']}: {row['reason']}; left out where patients are counted once.")
    for row in ask(graph, QUERIES[3]):
        pair = {str(row["study_iri"]), str(row["other_study_iri"])}
        if row["relation"] == "may overlap" and pair <= shown:
            marks |= {iri: marks.get(iri, "").replace(SHARED, "") + SHARED for iri in pair}
            why.append(f"{SHARED} {row['study']} may share patients with {row['other_study']}.")
    return marks, why
