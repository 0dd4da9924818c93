"""Verdicts on claims: what is stated, compared with what the tables give, by one set of rules."""

from __future__ import annotations

from collections.abc import Sequence
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
    if any(found.counted for found in evidence):
        judgement = _count(stated, evidence)
    elif stated.lower is not None and stated.upper is not None:
        judgement = _range(stated.lower, stated.upper, evidence)
    elif stated.value is not None and stated.comparator in _MEETS:
        judgement = _threshold(stated.comparator, stated.value, evidence)
    else:
        judgement = _single(stated, evidence)
    return Judgement(judgement.verdict, judgement.recomputed, _with_notes(judgement.reason, stated, evidence))


def _exact(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [found for found in evidence if found.figure is not None and not found.differs]


def _near(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [found for found in evidence if found.figure is not None and found.differs]


def _close(figure: Decimal | None, value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    digit = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    return figure is not None and abs(figure - value) <= _HALF * digit


def _count(stated: Stated, evidence: Sequence[Evidence]) -> Judgement:
    exact = sorted({found.counted for found in evidence if not found.differs})
    everything = sorted({found.counted for found in evidence})
    listed = "; ".join(everything)
    wanted = stated.numerator if stated.value is None else stated.value
    if wanted == len(exact):
        return Judgement("reproduced", str(len(exact)), listed)
    if wanted == len(everything):
        others = "; ".join(str(found) for found in evidence if found.differs)
        return Judgement("partly", str(len(exact)), f"{len(everything)} only when these are counted too: {others}")
    return Judgement("contradicted", str(len(exact)), listed)


def _range(lower: Decimal, upper: Decimal, evidence: Sequence[Evidence]) -> Judgement:
    exact, near = _exact(evidence), _near(evidence)
    if not exact and not near:
        return Judgement("not-computable", "", "no such figure stands in the tables")
    ends = [_end(name, stated, exact, near) for name, stated in (("lower", lower), ("upper", upper))]
    recomputed = _extent(exact) if exact else ""
    reason = "; ".join(text for _, text in ends)
    met = {end for end, _ in ends}
    if met == {"met"}:
        return Judgement("reproduced", recomputed, reason)
    if met & {"met", "near"}:
        return Judgement("partly", recomputed, reason)
    return Judgement("contradicted" if exact else "not-computable", recomputed, reason)


def _end(name: str, stated: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence]) -> tuple[str, str]:
    pick = min if name == "lower" else max
    extreme = pick(exact, key=_figure, default=None)
    if extreme is not None and _close(extreme.figure, stated):
        return "met", f"{name} end {extreme}"
    instead = f"{name} end is {extreme}, not {_shown(stated)}" if extreme else f"no {name} end"
    others = [found for found in near if _close(found.figure, stated)]
    if others:
        return "near", f"{instead}; {others[0]} is not the same"
    inside = [found for found in exact if _close(found.figure, stated)]
    if inside:
        return "near", f"{instead}; the figure stated is that of {inside[0].cell}"
    return "missed", instead


def _threshold(comparator: str, value: Decimal, evidence: Sequence[Evidence]) -> Judgement:
    exact = _exact(evidence)
    silent = [found for found in evidence if found.figure is None]
    if not exact:
        others = [found for found in _near(evidence) if _close(found.figure, value)]
        if others:
            return Judgement("partly", "", "the same figure, but: " + "; ".join(map(str, others)))
        return Judgement("not-computable", "", _none(evidence))
    failing = [found for found in exact if not _MEETS[comparator](_figure(found), value)]
    reports, against = _reports(exact) | _reports(silent), _reports([*failing, *silent])
    recomputed = f"{len(reports - against)} of {len(reports)} ({_extent(exact)})"
    if not against:
        return Judgement("reproduced", recomputed, "all of them")
    verdict: Verdict = "contradicted" if _reports(failing) == reports else "partly"
    return Judgement(verdict, recomputed, "not so: " + "; ".join(map(str, [*failing, *silent])))


def _reports(evidence: Sequence[Evidence]) -> set[str]:
    """The reports that figures are from; a report that stands in two tables counts once."""
    return {found.cell if found.reference is None else str(found.reference) for found in evidence}


def _single(stated: Stated, evidence: Sequence[Evidence]) -> Judgement:
    exact, near = _exact(evidence), _near(evidence)
    value = stated.value
    if value is None or not exact + near:
        return Judgement("not-computable", "", _none(evidence))
    listed = "; ".join(map(str, exact or near))
    recomputed = ", ".join(dict.fromkeys(_shown(_figure(found)) for found in exact))
    matching = [found for found in exact if _close(found.figure, value)]
    counted = [found for found in matching if found.numerator == stated.numerator or stated.numerator is None]
    if counted and len(matching) == len(exact):
        return Judgement("reproduced", recomputed, listed)
    if matching:
        return Judgement("partly", recomputed, listed)
    others = [found for found in near if _close(found.figure, value)]
    if others:
        return Judgement("partly", recomputed, "the same figure, but: " + "; ".join(map(str, others)))
    if stated.comparator == "about" and any(abs(_figure(found) - value) <= _HEDGE * value for found in exact):
        return Judgement("partly", recomputed, f"near the figure that is stated as approximate: {listed}")
    return Judgement("contradicted" if exact else "not-computable", recomputed, f"the tables have: {listed}")


def _none(evidence: Sequence[Evidence]) -> str:
    others = "; ".join(map(str, evidence))
    return f"no such figure stands in the tables{f', only: {others}' if others else ''}"


def _with_notes(reason: str, stated: Stated, evidence: Sequence[Evidence]) -> str:
    """The reason, with what must be known to read it: reports without a row, misprints, groups of patients."""
    absent = sorted(stated.references - {found.reference for found in evidence if found.reference is not None})
    notes = [reason]
    if absent:
        several = "references" if len(absent) > 1 else "reference"
        notes.append(f"{several} {', '.join(map(str, absent))} without such a row in the tables")
    notes += sorted(
        {
            f"{found.cell} prints reference {found.misprint}, probably {found.reference}"
            for found in evidence
            if found.misprint
        }
    )
    return "; ".join(note for note in notes if note)


def _figure(found: Evidence) -> Decimal:
    return found.figure if found.figure is not None else Decimal(0)


def _extent(found: Sequence[Evidence]) -> str:
    lowest, highest = min(map(_figure, found)), max(map(_figure, found))
    return _shown(lowest) if lowest == highest else f"{_shown(lowest)}–{_shown(highest)}"


def with_unit(value: Decimal | None, unit: str) -> str:
    """A figure as people write it: 54%, 1 month, 2 months, 12 studies."""
    if unit in {"percent", ""}:
        return _shown(value) + ("%" if unit else "")
    return f"{_shown(value)} {unit.rstrip('s')}" + ("" if value == 1 else "s")


def _shown(value: Decimal | None) -> str:
    """A number without more than two decimals and without trailing zeros."""
    if value is None:
        return ""
    text = (
        f"{value.quantize(Decimal('0.01')):f}"
        if value != value.to_integral_value()
        else f"{value.to_integral_value():f}"
    )
    return text.rstrip("0").rstrip(".") if "." in text else text


_MEETS = {
    "gt": Decimal.__gt__,
    "ge": Decimal.__ge__,
    "lt": Decimal.__lt__,
    "le": Decimal.__le__,
}
