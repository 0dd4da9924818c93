"""Rates as stored queries answer them, with the reason why one can not be drawn, and whose patients stand twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..queries.asking import ask
from .picture import STATUS, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..queries.answers import Value
    from ..rdf.store import Graph

KINDS = ("proportion", "rate-at-time", "share", "count")
REPEATED, SHARED = "†", "§"
_COMPARED = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "about": "~"}


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
    off: bool  # the printed percent is not what the counts give
    undrawn: str

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator of a rate that can be drawn."""
        if self.undrawn or self.numerator is None or self.denominator is None:
            return None
        return self.numerator, self.denominator


def malignancies_and_studies(graph: Graph) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The malignancies and the study of each observation."""
    malignancies: dict[str, list[str]] = {}
    studies: dict[str, str] = {}
    for row in ask(graph, "figures-by-malignancy"):
        observation = str(row["observation"])
        studies[observation] = str(row["study_iri"])
        malignancies.setdefault(observation, []).extend([str(row["malignancy"])] if row["malignancy"] else [])
    return malignancies, studies


def off_their_counts(graph: Graph) -> set[str]:
    """The ids of the observations whose printed percent is not what the printed counts give."""
    return {str(row["observation_iri"]).rpartition("/")[2] for row in ask(graph, "percent-off-its-counts")}


def rate_of(row: Mapping[str, Value], studies: Mapping[str, str], diseases: str, off: set[str]) -> Rate:
    """A row of the evidence table as a rate."""
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
        off=str(row["observation"]) in off,
        undrawn="",
    )
    undrawn = _undrawn(rate, str(row["status"]), str(row["statistic"]), str(row["counted"] or ""))
    return replace(rate, undrawn=undrawn, off=rate.off and not undrawn)


def _undrawn(rate: Rate, status: str, statistic: str, counted: str) -> str:
    """Why a result is not a proportion of people that a binomial interval fits; empty where it is one."""
    some, all_ = rate.numerator, rate.denominator
    reasons = (
        (status != "reported", STATUS.get(status, status)),
        (bool(counted), "counted in events, not in people"),
        (statistic == "share", "share of a part, not of the patients"),
        (statistic == "count", "no denominator printed"),
        (statistic == "rate-at-time", "estimate at a time, no counts printed"),
        (some is None or not all_, "no counts printed"),
        ((some or 0) > (all_ or 0), "more counted than there are"),
    )
    return next((word for applies, word in reasons if applies), "")


def counted_twice(graph: Graph, rates: Iterable[Rate]) -> tuple[dict[str, str], list[str]]:
    """The marks of studies whose patients another report counts or may count, and the reasons."""
    shown = {rate.study_iri for rate in rates}
    marks: dict[str, str] = {}
    why: list[str] = []
    for row in ask(graph, "find-studies"):
        if row["decision"] != "kept" and str(row["study_iri"]) in shown - marks.keys():
            marks[str(row["study_iri"])] = REPEATED
            why.append(f"{REPEATED} {row['study']}: {row['reason']}; left out where patients are counted once.")
    for row in ask(graph, "repeated-patients"):
        pair = {str(row["study_iri"]), str(row["other_study_iri"])}
        if row["relation"] == "may overlap" and pair <= shown:
            marks |= {iri: marks.get(iri, "").replace(SHARED, "") + SHARED for iri in pair}
            why.append(f"{SHARED} {row['study']} may share patients with {row['other_study']}.")
    return marks, why
