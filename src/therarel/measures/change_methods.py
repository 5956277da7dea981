"""The methods by which a change is judged: what is expected without change, and the standard error of that.

With M and S the mean and standard deviation of the first scores, r the reliability, r' that of the later scores, SEM =
S sqrt(1 - r) the standard error of measurement, V the variance of the differences between later and first scores, and
T = M + r (before - M) the estimated true score:

====================== ================================= =======================================
method                 expected afterwards               standard error
====================== ================================= =======================================
jacobson_truax         before                            S sqrt(2 (1 - r))
edwards_nunnally       T                                 S sqrt(1 - r)
gulliksen_lord_novick  T                                 S sqrt(1 - r^2)
hsu_linn_lord          M_after + r (before - M)          S sqrt(1 - r^2)
nunnally_kotsch        T                                 S sqrt(r^2 (1 - r) + 1 - r')
hageman_arrindell      before - (M_after - M) (1 - d)/d  SEM sqrt(2 / d)
====================== ================================= =======================================

Here d = 1 - 2 SEM^2 / V is the reliability of the differences. Nunnally and Kotsch's standard error has the spread of
the first scores in both of its terms, as the program `clinicalsignificance_r` has it. Hageman and Arrindell's index,
((after - before) d + (M_after - M) (1 - d)) / (SEM sqrt(2 d)), is the same number written otherwise; what is "expected"
by it is the later score at which the estimated true change is zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from therarel.errors import InvalidValueError
from therarel.vocabulary import Vocabulary


class ChangeMethod(Vocabulary, links={}):
    """Which expectation and which standard error a reliable change is judged by, or a published smallest change."""

    JACOBSON_TRUAX = "jacobson_truax"
    EDWARDS_NUNNALLY = "edwards_nunnally"
    GULLIKSEN_LORD_NOVICK = "gulliksen_lord_novick"
    HSU_LINN_LORD = "hsu_linn_lord"
    NUNNALLY_KOTSCH = "nunnally_kotsch"
    HAGEMAN_ARRINDELL = "hageman_arrindell"
    PUBLISHED = "published"
    """The smallest reliable change that was published for the instrument, in points."""

    @property
    def citations(self) -> tuple[str, ...]:
        """Where the method is from, as keys of the bibliography."""
        return _CITATIONS[self.value]

    @property
    def critical(self) -> float:
        """Size of the index that has to be exceeded if nothing else is said.

        1.96 leaves 5% of unchanged clients outside. Hageman and Arrindell bound the risk of calling an unchanged
        client improved at 5%, and likewise deteriorated, which is 1.65.
        """
        return 1.65 if self is ChangeMethod.HAGEMAN_ARRINDELL else 1.96


_CITATIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "jacobson_truax": ("jacobson_truax1991",),
        "edwards_nunnally": ("speer1992",),
        "gulliksen_lord_novick": ("hsu1989",),
        "hsu_linn_lord": ("hsu1989", "speer_greenbaum1995"),
        "nunnally_kotsch": ("nunnally_kotsch1983", "clinicalsignificance_r"),
        "hageman_arrindell": ("hageman_arrindell1999", "clinicalsignificance_r"),
        "published": (),
    }
)


@frozen(kw_only=True, eq=False)
class Sample:
    """What is known of the scores that a change is judged by.

    Args:
        before: First scores, shape (clients,).
        sd: Standard deviation of the first scores.
        reliability: Reliability of the first scores.
        reliability_after: Reliability of the later scores.
        mean_before: Mean of the first scores; NaN where the method does not use it.
        mean_after: Mean of the later scores; likewise.
        variance_of_differences: Variance of later minus first score; likewise.
    """

    before: NDArray[np.float64]
    sd: float
    reliability: float
    reliability_after: float
    mean_before: float
    mean_after: float
    variance_of_differences: float


def expectation(method: ChangeMethod, sample: Sample) -> tuple[NDArray[np.float64], float]:
    """What each later score would be without change, shape (clients,), and the standard error of the comparison.

    Raises:
        InvalidValueError: if by Hageman and Arrindell the reliability of the differences is not above 0, or the method
            has no standard error.

    Examples:
        >>> at = np.array([12.0])
        >>> known = Sample(before=at, sd=8.0, reliability=0.9, reliability_after=0.9, mean_before=20.0, mean_after=24.0,
        ...                variance_of_differences=40.0)
        >>> round(expectation(ChangeMethod.JACOBSON_TRUAX, known)[1], 2)
        3.58
    """
    m, s, r = sample.mean_before, sample.sd, sample.reliability
    true_score = m + r * (sample.before - m)
    if method is ChangeMethod.JACOBSON_TRUAX:
        return sample.before, s * math.sqrt(2 * (1 - r))
    if method is ChangeMethod.EDWARDS_NUNNALLY:
        return true_score, s * math.sqrt(1 - r)
    if method is ChangeMethod.GULLIKSEN_LORD_NOVICK:
        return true_score, s * math.sqrt(1 - r**2)
    if method is ChangeMethod.HSU_LINN_LORD:
        return true_score - m + sample.mean_after, s * math.sqrt(1 - r**2)
    if method is ChangeMethod.NUNNALLY_KOTSCH:
        return true_score, s * math.sqrt(r**2 * (1 - r) + 1 - sample.reliability_after)
    if method is ChangeMethod.HAGEMAN_ARRINDELL:
        return _hageman_arrindell(sample)
    raise InvalidValueError("a published change has no standard error", where="method", value=method.value)


def _hageman_arrindell(sample: Sample) -> tuple[NDArray[np.float64], float]:
    squared = sample.sd**2 * (1 - sample.reliability)
    d = 1 - 2 * squared / sample.variance_of_differences if sample.variance_of_differences > 0 else -math.inf
    if d <= 0:
        raise InvalidValueError(
            "the differences between the scores vary no more than errors of measurement do",
            where="method",
            value=f"variance {sample.variance_of_differences:.3g}",
            bound=f"above twice the error variance, {2 * squared:.3g}",
            hint="judge by another method, or look at the reliability and the standard deviation that were given",
        )
    shift = (sample.mean_after - sample.mean_before) * (1 - d) / d
    return sample.before - shift, math.sqrt(2 * squared / d)
