"""Verdicts on claims: what is stated, compared with what the tables give, by one set of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .statements import HALF, Evidence, Stated, digits

Verdict = Literal["reproduced", "partly", "contradicted", "not-computable"]

# How far a figure may lie from a value stated as approximate and still support it in part.
_HEDGE = Decimal("0.2")
# What a query says of a part of a statement; the first that a part has decides.
_HELD: dict[str, Verdict] = {"yes": "reproduced", "no": "contradicted", "unknown": "not-computable"}
_SIDES = ("more", "less")
_ORDER: dict[int, Verdict] = {1: "reproduced", 0: "not-computable", -1: "contradicted"}


@dataclass(frozen=True, slots=True)
class Part:
    """What is so, or not so, or can not be decided, of one part of a statement, and the figures that tell it."""

    verdict: Verdict
    text: str
    figures: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what the tables give instead, the reason, and the parts that it follows from."""

    verdict: Verdict
    recomputed: str
    reason: str
    parts: tuple[Part, ...] = ()


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """False where a part is false; partly where some parts hold and others can not be decided."""
    found = set(verdicts) or {"not-computable"}
    if "contradicted" in found:
        return "contradicted"
    return found.pop() if len(found) == 1 else "partly"


def judge(stated: Stated, evidence: Sequence[Evidence]) -> Judgement:
    """Compare a claim with the figures that a stored query found for it.

    A figure supports a value when it differs by no more than half a unit of the last printed digit.
    """
    exact = [found for found in evidence if found.figure is not None and not found.differs]
    near = [found for found in evidence if found.figure is not None and found.differs]
    recomputed = _extent(exact)
    if any(found.holds for found in evidence):
        recomputed, parts = _held(evidence)
    elif any(found.side for found in evidence):
        recomputed, parts = _compared(exact)
        given = stated.references & {found.reference for found in exact}
        if given and given != stated.references:
            parts.append(Part("not-computable", "not decided for every report cited"))
    elif any(found.counted for found in evidence):
        recomputed, parts = _count(stated, evidence)
    elif stated.lower is not None and stated.upper is not None:
        silent = bool(stated.references - {found.reference for found in [*exact, *near]})
        ends = (("lower", stated.lower), ("upper", stated.upper))
        parts = [_end(name, end, exact, near, silent) for name, end in ends]
    elif stated.value is None or not exact + near:
        parts = [Part("not-computable", _none(evidence))] if evidence or not stated.missing else []
    elif stated.comparator in _MEETS:
        recomputed, parts = _threshold(stated.comparator, stated.value, exact, near, evidence)
    else:
        recomputed, parts = _single(stated, stated.value, exact, near)
    if (arithmetic := _arithmetic(stated)) and (not exact or arithmetic.verdict == "contradicted"):
        # That the counts are those of a table can not be asked where no table has them.
        parts = [arithmetic, *(part for part in parts if part.verdict != "not-computable")]
    if stated.missing:
        parts = [*parts, Part("not-computable", stated.missing)]
    verdict = combined(part.verdict for part in parts)
    telling = [part.text for part in parts if part.verdict == verdict] if verdict == "contradicted" else []
    reason = "; ".join(dict.fromkeys(telling or (part.text for part in parts)))
    return Judgement(verdict, recomputed, _with_notes(reason, stated, evidence), tuple(parts))


def _close(found: Sequence[Evidence], value: Decimal) -> list[Evidence]:
    """The figures that support a value."""
    exponent = value.as_tuple().exponent
    digit = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    return [one for one in found if abs(one.exact - value) <= HALF * digit]


def _held(evidence: Sequence[Evidence]) -> tuple[str, list[Part]]:
    """The parts of which a query says itself whether they hold; the rows of one part are taken together."""
    rows = sorted((found for found in evidence if found.holds), key=lambda found: list(_HELD).index(found.holds))
    held = {found.counted: found.holds for found in reversed(rows)}
    parts = []
    for answer, words in (("no", "not so"), ("unknown", "not decided"), ("yes", "so")):
        names = [name for name in held if held[name] == answer]
        told = tuple(found for found in rows if found.holds == answer and held[found.counted] == answer)
        if names:
            why = {one.counted: f" ({one.differs})" if one.differs else "" for one in reversed(told)}
            text = ", ".join(f"{name}{why[name]}" for name in names) if answer == "yes" else _listed(told)
            parts.append(Part(_HELD[answer], f"{words}: {text}", told))
    return f"{list(held.values()).count('yes')} of {len(held)}", parts


def _compared(exact: Sequence[Evidence]) -> tuple[str, list[Part]]:
    """Each figure of one side against each of the other, outcome by outcome; patients and reports are counted.

    Where one outcome is for the statement and another against it, neither decides: it is so in part.
    """
    signed: list[tuple[int | None, str, tuple[Evidence, ...]]] = []
    for outcome in sorted({one.outcome for one in exact}):
        one, other = ([found for found in exact if (found.side, found.outcome) == (side, outcome)] for side in _SIDES)
        more, less = ([found.exact for found in side] for side in (one, other))
        if exact[0].unit == "patients":
            signs = {_sign(sum(more), sum(less)), _sign(len(more), len(less))}
            text = f"{sum(more)} patients in {len(more)} reports against {sum(less)} in {len(less)}"
        else:
            signs = {_sign(sum(_sign(a, b) for a in more for b in less), 0)}
            pairs = f"{sum(a > b for a in more for b in less)} of {len(more) * len(less)} pairs of figures"
            text = f"{outcome}: {_extent(one)} against {_extent(other)}; higher in {pairs}"
        signed.append((signs.pop() if len(signs) == 1 else None, text, (*one, *other)))
    mixed = {1, -1} <= {sign for sign, *_ in signed}
    parts = [
        Part("partly" if sign is None or (mixed and sign) else _ORDER[sign], text, told) for sign, text, told in signed
    ]
    return "; ".join(part.text.partition(";")[0] for part in parts), parts


def _sign(one: Decimal | int, other: Decimal | int) -> int:
    return (one > other) - (one < other)


def _count(stated: Stated, evidence: Sequence[Evidence]) -> tuple[str, list[Part]]:
    exact = sorted({found.counted for found in evidence if not found.differs})
    everything = sorted({found.counted for found in evidence})
    wanted = stated.numerator if stated.value is None else stated.value
    if wanted == len(exact):
        return str(len(exact)), [Part("reproduced", "; ".join(exact))]
    others = _listed(found for found in evidence if found.differs)
    if wanted is not None and len(exact) < wanted <= len(everything):
        return str(len(exact)), [Part("partly", f"{len(everything)} only when these are counted too: {others}")]
    text = f"{len(exact)}, not {wanted}: {'; '.join(everything)}"
    return str(len(exact)), [Part("contradicted", text, tuple(evidence))]


def _end(name: str, stated: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence], silent: bool) -> Part:
    pick = min if name == "lower" else max
    extreme = pick(exact, key=lambda found: found.exact, default=None)
    if extreme is not None and _close([extreme], stated):
        return Part("reproduced", f"{name} end {extreme}")
    instead = f"{name} end is {extreme}, not {digits(stated)}" if extreme else f"no {name} end"
    told = (extreme,) if extreme is not None else ()
    if extreme is not None and pick(extreme.exact, stated) != stated:
        return Part("contradicted", instead, told)
    others = _close(near, stated)
    if misread := [found for found in others if found.instead]:
        return Part("contradicted", f"{instead}; {misread[0]} is {misread[0].instead}", (*told, misread[0]))
    if others:
        return Part("partly", f"{instead}; {others[0]} is not the same")
    return Part("not-computable" if silent or extreme is None else "contradicted", instead, told)


def _threshold(
    comparator: str, value: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence], evidence: Sequence[Evidence]
) -> tuple[str, list[Part]]:
    if not exact:
        return "", _same_figure(near, value) or [Part("not-computable", _none(evidence))]
    unknown = [found for found in evidence if found.figure is None and not _reports([found]) <= _reports(exact)]
    failing = [found for found in exact if not _MEETS[comparator](found.exact, value)]
    reports, against = _reports([*exact, *unknown]), _reports([*failing, *unknown])
    parts = [Part("contradicted", f"not so: {_listed(failing)}", tuple(failing))] if failing else []
    if unknown:
        parts.append(Part("not-computable", f"not decided: {_listed(unknown)}"))
    if reports - against:
        parts.append(Part("reproduced", "so in the others" if parts else "all of them"))
    return f"{len(reports - against)} of {len(reports)} ({_extent(exact)})", parts


def _reports(evidence: Sequence[Evidence]) -> set[str]:
    """The reports that figures are from; a report that stands in two tables counts once."""
    return {found.cell if found.reference is None else str(found.reference) for found in evidence}


def _single(
    stated: Stated, value: Decimal, exact: Sequence[Evidence], near: Sequence[Evidence]
) -> tuple[str, list[Part]]:
    listed = _listed(exact or near)
    recomputed = ", ".join(dict.fromkeys(_extent([found]) for found in exact))
    if matching := _close(exact, value):
        counted = stated.numerator is None or any(found.numerator == stated.numerator for found in matching)
        return recomputed, [Part("reproduced" if counted and len(matching) == len(exact) else "partly", listed)]
    if same := _same_figure(near, value):
        return recomputed, same
    if stated.comparator == "about" and any(abs(found.exact - value) <= _HEDGE * value for found in exact):
        return recomputed, [Part("partly", f"near the figure that is stated as approximate: {listed}")]
    verdict: Verdict = "contradicted" if exact else "not-computable"
    return recomputed, [Part(verdict, f"the tables have: {listed}", tuple(exact))]


def _arithmetic(stated: Stated) -> Part | None:
    """Whether the percentage is that of the counts beside it."""
    if stated.unit != "percent" or stated.value is None or stated.numerator is None or not stated.denominator:
        return None
    share = Decimal(100 * stated.numerator) / stated.denominator
    text = f"the sentence itself: {stated.numerator}/{stated.denominator} = {digits(share)}%; no table has the counts"
    return Part("reproduced" if abs(share - stated.value) <= HALF else "contradicted", text)


def _same_figure(near: Sequence[Evidence], value: Decimal) -> list[Part]:
    others = _close(near, value)
    return [Part("partly", f"the same figure, but: {_listed(others)}")] if others else []


def _none(evidence: Sequence[Evidence]) -> str:
    return f"no such figure stands in the tables{f', only: {_listed(evidence)}' if evidence else ''}"


def _with_notes(reason: str, stated: Stated, evidence: Sequence[Evidence]) -> str:
    """The reason, with what must be known to read it: reports without a row, misprints, groups of patients."""
    given = {found.reference for found in evidence if found.reference is not None}
    absent = sorted(stated.references - given) if given or (not evidence and not stated.missing) else []
    misprints = sorted({
        f"{found.cell} prints reference {found.misprint}, probably {found.reference}"
        for found in evidence
        if found.misprint
    })  # fmt: skip
    several = "references" if len(absent) > 1 else "reference"
    without = f"{several} {', '.join(map(str, absent))} without such a row in the tables" if absent else ""
    return "; ".join(note for note in (reason, without, *misprints) if note).replace(".; ", "; ")


def _listed(evidence: Iterable[Evidence]) -> str:
    return "; ".join(dict.fromkeys(map(str, evidence)))


def _extent(found: Sequence[Evidence]) -> str:
    shown = [one.exact if one.figure is None or abs(one.exact - one.figure) > HALF else one.figure for one in found]
    return "–".join(map(digits, dict.fromkeys(pick(shown) for pick in (min, max) if shown)))


_MEETS = {"gt": Decimal.__gt__, "ge": Decimal.__ge__, "lt": Decimal.__lt__, "le": Decimal.__le__}
