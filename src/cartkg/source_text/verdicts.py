"""Verdicts on claims: what is stated, compared with what the tables give, by one set of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Verdict = Literal["reproduced", "partly", "contradicted", "not-computable"]

_HALF = Decimal("0.5")
# How far a figure may lie from a value stated as approximate and still support it in part.
_HEDGE = Decimal("0.2")
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "about": "about "}


@dataclass(frozen=True, slots=True)
class Stated:
    """The figures of a claim, as printed; `missing` says why the tables can not recompute it."""

    comparator: str = ""
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    references: frozenset[int] = frozenset()
    missing: str = ""

    def __str__(self) -> str:
        if self.lower is not None or self.upper is not None:
            return f"{_shown(self.lower)}–{with_unit(self.upper, self.unit)}"
        counts = "" if self.numerator is None else f"{self.numerator}/{self.denominator} "
        value = "" if self.value is None else f"{_SIGNS.get(self.comparator, '')}{with_unit(self.value, self.unit)}"
        return f"{counts}({value})" if counts and value else (counts or value).strip()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure of the tables, in the unit of the claim; `printed` as in the table, where that has another unit.

    `differs` says why it is not what the claim speaks of.
    """

    figure: Decimal | None = None
    unit: str = ""
    printed: str = ""
    counted: str = ""
    numerator: int | None = None
    denominator: int | None = None
    status: str = "reported"
    differs: str = ""
    population: str = ""
    outcome: str = ""
    reference: int | None = None
    misprint: int | None = None
    cell: str = ""
    node: str = ""

    def __str__(self) -> str:
        if self.counted or self.figure is None:
            value = self.counted or self.status.replace("-", " ")
        else:
            value = with_unit(self.figure, self.unit)
            value = f"{self.printed} = {value}" if self.printed else value
            if self.unit == "percent" and self.numerator is not None and self.denominator is not None:
                value += f" = {self.numerator}/{self.denominator}"
        note = f"; {self.differs}" if self.differs else ""
        return f"{value} ({self.cell}{note})"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what the tables give instead, and the reason."""

    verdict: Verdict
    recomputed: str
    reason: str


def judge(stated: Stated, evidence: Sequence[Evidence]) -> Judgement:
    """Compare a claim with the figures that a stored query found for it.

    A figure supports a value when it differs by no more than half a unit of the last printed digit.
    """
    if stated.missing:
        return Judgement("not-computable", "", stated.missing)
    exact = [found for found in evidence if found.figure is not None and not found.differs]
    near = [found for found in evidence if found.figure is not None and found.differs]
    if any(found.counted for found in evidence):
        judgement = _count(stated, evidence)
    elif stated.lower is not None and stated.upper is not None:
        judgement = _range(stated.lower, stated.upper, exact, near)
    elif stated.value is None or not exact + near:
        judgement = Judgement("not-computable", "", _none(evidence))
    elif stated.comparator in _MEETS:
        judgement = _threshold(stated.comparator, stated.value, exact, near, evidence)
    else:
        judgement = _single(stated, stated.value, exact, near)
    return Judgement(judgement.verdict, judgement.recomputed, _with_notes(judgement.reason, stated, evidence))


def _close(found: Sequence[Evidence], value: Decimal) -> list[Evidence]:
    """The figures that support a value."""
    exponent = value.as_tuple().exponent
    digit = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    return [one for one in found if abs(_figure(one) - value) <= _HALF * digit]


def _count(stated: Stated, evidence: Sequence[Evidence]) -> Judgement:
    exact = sorted({found.counted for found in evidence if not found.differs})
    everything = sorted({found.counted for found in evidence})
    wanted = stated.numerator if stated.value is None else stated.value
    if wanted != len(exact) and wanted == len(everything):
        others = _listed(found for found in evidence if found.differs)
        return Judgement("partly", str(len(exact)), f"{len(everything)} only when these are counted too: {others}")
    return Judgement("reproduced" if wanted == len(exact) else "contradicted", str(len(exact)), "; ".join(everything))


def _range(lower: Decimal, upper: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence]) -> Judgement:
    if not exact and not near:
        return Judgement("not-computable", "", "no such figure stands in the tables")
    ends = [_end(name, stated, exact, near) for name, stated in (("lower", lower), ("upper", upper))]
    met = {end for end, _ in ends}
    verdict: Verdict = "contradicted" if exact else "not-computable"
    if met != {"missed"}:
        verdict = "reproduced" if met == {"met"} else "partly"
    return Judgement(verdict, _extent(exact), "; ".join(text for _, text in ends))


def _end(name: str, stated: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence]) -> tuple[str, str]:
    extreme = (min if name == "lower" else max)(exact, key=_figure, default=None)
    if extreme is not None and _close([extreme], stated):
        return "met", f"{name} end {extreme}"
    instead = f"{name} end is {extreme}, not {_shown(stated)}" if extreme else f"no {name} end"
    if others := _close(near, stated):
        return "near", f"{instead}; {others[0]} is not the same"
    if inside := _close(exact, stated):
        return "near", f"{instead}; the figure stated is that of {inside[0].cell}"
    return "missed", instead


def _threshold(
    comparator: str, value: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence], evidence: Sequence[Evidence]
) -> Judgement:
    if not exact:
        return _same_figure("", near, value) or Judgement("not-computable", "", _none(evidence))
    silent = [found for found in evidence if found.figure is None]
    failing = [found for found in exact if not _MEETS[comparator](_figure(found), value)]
    reports, against = _reports([*exact, *silent]), _reports([*failing, *silent])
    recomputed = f"{len(reports - against)} of {len(reports)} ({_extent(exact)})"
    if not against:
        return Judgement("reproduced", recomputed, "all of them")
    verdict: Verdict = "contradicted" if _reports(failing) == reports else "partly"
    return Judgement(verdict, recomputed, f"not so: {_listed([*failing, *silent])}")


def _reports(evidence: Sequence[Evidence]) -> set[str]:
    """The reports that figures are from; a report that stands in two tables counts once."""
    return {found.cell if found.reference is None else str(found.reference) for found in evidence}


def _single(stated: Stated, value: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence]) -> Judgement:
    listed = _listed(exact or near)
    recomputed = ", ".join(dict.fromkeys(_shown(_figure(found)) for found in exact))
    if matching := _close(exact, value):
        counted = stated.numerator is None or any(found.numerator == stated.numerator for found in matching)
        whole = counted and len(matching) == len(exact)
        return Judgement("reproduced" if whole else "partly", recomputed, listed)
    if same := _same_figure(recomputed, near, value):
        return same
    if stated.comparator == "about" and any(abs(_figure(found) - value) <= _HEDGE * value for found in exact):
        return Judgement("partly", recomputed, f"near the figure that is stated as approximate: {listed}")
    return Judgement("contradicted" if exact else "not-computable", recomputed, f"the tables have: {listed}")


def _same_figure(recomputed: str, near: Sequence[Evidence], value: Decimal) -> Judgement | None:
    others = _close(near, value)
    return Judgement("partly", recomputed, f"the same figure, but: {_listed(others)}") if others else None


def _none(evidence: Sequence[Evidence]) -> str:
    return f"no such figure stands in the tables{f', only: {_listed(evidence)}' if evidence else ''}"


def _with_notes(reason: str, stated: Stated, evidence: Sequence[Evidence]) -> str:
    """The reason, with what must be known to read it: reports without a row, misprints, groups of patients."""
    absent = sorted(stated.references - {found.reference for found in evidence if found.reference is not None})
    misprints = sorted({
        f"{found.cell} prints reference {found.misprint}, probably {found.reference}"
        for found in evidence
        if found.misprint
    })  # fmt: skip
    several = "references" if len(absent) > 1 else "reference"
    without = f"{several} {', '.join(map(str, absent))} without such a row in the tables" if absent else ""
    return "; ".join(note for note in (reason, without, *misprints) if note)


def _listed(evidence: Iterable[Evidence]) -> str:
    return "; ".join(map(str, evidence))


def _figure(found: Evidence) -> Decimal:
    return found.figure if found.figure is not None else Decimal(0)


def _extent(found: Sequence[Evidence]) -> str:
    ends = dict.fromkeys(pick(map(_figure, found)) for pick in (min, max) if found)
    return "–".join(map(_shown, ends))


def with_unit(value: Decimal | None, unit: str) -> str:
    """A figure as people write it: 54%, 1 month, 2 months, 12 studies."""
    if unit in {"percent", ""}:
        return _shown(value) + ("%" if unit else "")
    return f"{_shown(value)} {unit.rstrip('s')}" + ("" if value == 1 else "s")


def _shown(value: Decimal | None) -> str:
    """A number without more than two decimals and without trailing zeros."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".")


_MEETS = {"gt": Decimal.__gt__, "ge": Decimal.__ge__, "lt": Decimal.__lt__, "le": Decimal.__le__}
