"""Proportions with their intervals, alone and pooled, as statsmodels computes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .words import missing


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooled proportion in percent, with the heterogeneity of what was pooled."""

    percent: float
    low: float
    high: float
    q: float
    freedom: int
    p: float
    i2: float


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """The Wilson 95 % interval of a proportion, in percent."""
    try:
        from statsmodels.stats.proportion import proportion_confint
    except ImportError as error:
        raise missing(error) from error
    low, high = proportion_confint(numerator, denominator, alpha=0.05, method="wilson")
    return 100 * float(low), 100 * float(high)


def pool(counts: Sequence[tuple[int, int]]) -> Pool:
    """Random effects on the logit scale: variance between studies by Paule and Mandel, t-interval by Hartung and Knapp.

    A study in which nobody or everybody counts gets half a person on either side. The interval is never narrower
    than the one without Hartung and Knapp's scale, which vanishes where all rates are alike.
    """
    try:
        import numpy as np
        from scipy.special import expit
        from statsmodels.stats.meta_analysis import combine_effects
    except ImportError as error:
        raise missing(error) from error
    pairs = np.asarray(counts, dtype=float)
    some, rest = pairs[:, 0], pairs[:, 1] - pairs[:, 0]
    half = np.where((some == 0) | (rest == 0), 0.5, 0.0)
    some, rest = some + half, rest + half
    with np.errstate(divide="ignore"):
        found = combine_effects(np.log(some / rest), 1 / some + 1 / rest, method_re="iterated")
    plain, scaled = found.conf_int(use_t=False)[1], found.conf_int(use_t=True)[3]
    ends = (found.mean_effect_re, min(plain[0], scaled[0]), max(plain[1], scaled[1]))
    percent, low, high = (100 * float(expit(value)) for value in ends)
    test = found.test_homogeneity()
    return Pool(percent, low, high, float(found.q), int(found.df_resid), float(test.pvalue), max(0.0, float(found.i2)))
