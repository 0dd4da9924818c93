"""Proportions with their intervals, alone and pooled: here and nowhere else, as statsmodels computes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from ..rdf.vocabulary import expand
from .answers import Answer, Term, plain
from .frames import library

METHOD = "random effects on the logit scale (Paule and Mandel; Hartung and Knapp)"
_EXTRA = "statistics"
PERCENTS = ("percent", "lower_percent", "upper_percent")
_ADDED = (
    *PERCENTS, "rates", "studies", "left_out", "summed_numerator", "summed_denominator", "tau_squared",
    "i_squared_percent", "cochran_q", "degrees_of_freedom", "p_value", "method",
)  # fmt: skip


def proportion(numerator: int, denominator: int) -> dict[str, float]:
    """A proportion and its Wilson 95 % interval, in percent; nothing of counts that are none of people."""
    if not 0 <= numerator <= denominator or not denominator:
        return {}
    confint = library("statsmodels.stats.proportion", _EXTRA).proportion_confint
    ends = confint(numerator, denominator, alpha=0.05, method="wilson")
    return {name: 100 * float(of) for name, of in zip(PERCENTS, (numerator / denominator, *ends), strict=True)}


def pool(rates: Sequence[tuple[str, int, int]]) -> dict[str, float]:
    """What rates, each a study, a numerator and a denominator, give together, by the names of the columns.

    Random effects on the logit scale: variance between studies by Paule and Mandel, t-interval by Hartung and Knapp,
    never narrower than the one without their scale, which vanishes where all rates are alike. A rate in which nobody
    or everybody counts gets half a person on either side. Rates of one study say nothing of how studies differ: they
    are counted and not pooled.
    """
    studies = len({study for study, _, _ in rates})
    said: dict[str, float] = {"rates": len(rates), "studies": studies}
    if rates:
        said |= {"summed_numerator": sum(some for _, some, _ in rates)}
        said |= {"summed_denominator": sum(all_ for _, _, all_ in rates)}
    if studies < 2:  # noqa: PLR2004
        return said
    np, expit = library("numpy", _EXTRA), library("scipy.special", _EXTRA).expit
    pairs = np.asarray([rate[1:] for rate in rates], dtype=float)
    some, rest = pairs[:, 0], pairs[:, 1] - pairs[:, 0]
    half = np.where((some == 0) | (rest == 0), 0.5, 0.0)
    some, rest = some + half, rest + half
    combine = library("statsmodels.stats.meta_analysis", _EXTRA).combine_effects
    with np.errstate(divide="ignore"):
        found = combine(np.log(some / rest), 1 / some + 1 / rest, method_re="iterated")
    bare, scaled = found.conf_int(use_t=False)[1], found.conf_int(use_t=True)[3]
    ends = (found.mean_effect_re, min(bare[0], scaled[0]), max(bare[1], scaled[1]))
    said |= {name: 100 * float(expit(end)) for name, end in zip(PERCENTS, ends, strict=True)}
    said |= {"tau_squared": float(found.tau2), "i_squared_percent": max(0.0, 100 * float(found.i2))}
    said |= {"cochran_q": float(found.q), "degrees_of_freedom": int(found.df_resid)}
    return said | {"p_value": float(found.test_homogeneity().pvalue)}


def with_pools(answer: Answer, columns: Mapping[str, Any]) -> Answer:
    """The answer with the interval of each rate, and above the rates of a pool a row of what they give together.

    The header of the question says under `pooled` which columns hold what: `by` names the pool, whose rates follow one
    another; `taken` says whether a rate counts in it; `common` is what a pooled row shows of its rates.
    """
    lines = (dict(zip(answer.variables, row, strict=True)) for row in answer.rows)
    rows: list[dict[str, Term | None]] = []
    for _, group in groupby(lines, lambda line: line[columns["by"]]):
        members = list(group)
        taken = [line for line in members if plain(line[columns["taken"]]) == "yes"]
        found = pool([(plain(line[columns["study"]]), *_counts(line, columns)) for line in taken])
        head = {name: dict.fromkeys(plain(line[name]) for line in taken or members) for name in columns["common"]}
        head[columns["level"]] = {"pooled": None}
        head["method"] = {METHOD if "percent" in found else "not pooled: fewer than two studies with counts": None}
        rows.append({name: ox.Literal(", ".join(texts)) for name, texts in head.items()})
        rows[-1] |= _terms(found | {"left_out": len(members) - len(taken)})
        for line in members:
            alone = _terms(proportion(*_counts(line, columns))) if line[columns["denominator"]] else {}
            rows.append({**line, **alone, "method": ox.Literal("Wilson") if alone else None})
    place = answer.variables.index(columns["denominator"]) + 1
    variables = (*answer.variables[:place], *_ADDED, *answer.variables[place:])
    return Answer(variables, tuple(tuple(map(row.get, variables)) for row in rows))


def _counts(line: Mapping[str, Term | None], columns: Mapping[str, Any]) -> tuple[int, int]:
    return int(plain(line[columns["numerator"]])), int(plain(line[columns["denominator"]]))


def _terms(numbers: Mapping[str, float]) -> dict[str, Term]:
    """Counts as they are, statistics with three digits."""
    double = expand("xsd:double")
    return {
        name: ox.Literal(number) if isinstance(number, int) else ox.Literal(f"{number:.3g}", datatype=double)
        for name, number in numbers.items()
    }
