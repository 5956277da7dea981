"""Means of likelihood ratios over falls of all lengths and depths, for many onsets at once.

The ratio of a fall of depth ``d`` is ``exp(d x - d^2 I / 2)``. Depths that are whole multiples ``m`` of one step ``h``
have the ratios ``b^m e^(m^2)`` with ``b = exp(h x)`` and ``e = exp(-h^2 I / 2)``, so that two exponentials serve all
depths. Where they would leave the range of numbers, and where depths have no step, sums run in logarithms.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.scan.pulses import Pulses
from therarel.detection.scan.sums import log_sum

__all__ = ["FAR", "Kinds", "Pulse", "mean_ratios", "session_ratios"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.intp]

FAR = 600.0
"""Exponents up to here, either way, are numbers that can be multiplied and added up."""


@frozen(eq=False)
class Pulse:
    """All falls of one length: what their log likelihood ratios are made of, by onset.

    Args:
        length: Scored sessions that it lasts, if the series is as long; that of the series: to the end.
        x: The score ``x``; shape ``(n - 1, m)``, for onsets from the second scored session on.
        information: ``I``; shape ``(n - 1, m)`` or ``(n - 1, 1)``.
        steep: By how much ``x`` rises where the score of the onset is lower by 1; shape of ``I``.
        steep_beside: The same for the score of a second rater; ``None`` where there is one rater.
    """

    length: int
    x: Floats
    information: Floats
    steep: Floats
    steep_beside: Floats | None = None

    def at_least(self, weight: float, depths: tuple[float, ...], within_sd: float) -> Floats:
        """What a weighted mean of ratios is at least, as a logarithm, by the shallowest and the deepest fall alone."""
        ends = (within_sd * min(depths), within_sd * max(depths))
        low, high = (d * (self.x - d / 2 * self.information) for d in ends)
        return np.asarray(np.maximum(low, high) + np.log(weight / len(depths)))

    def of(self, dyads: Truths | Whole) -> Pulse:
        """What ratios of some dyads are made of."""
        at = np.flatnonzero(dyads) if dyads.dtype == np.bool_ else dyads
        information = self.information
        if information.shape[-1] > 1:
            information = np.take(information, at, axis=-1)
        return Pulse(self.length, np.take(self.x, at, axis=-1), information, self.steep)


Kinds = list[tuple[float, list[Pulse]]]
"""Falls of all lengths, once for each way in which raters may show them, with its weight."""


def mean_ratios(kinds: Kinds, pulses: Pulses, within_sd: float) -> tuple[Floats, Floats]:
    """The ``log_ratio`` of each onset, and of each dyad; shapes ``(n - 1, m)`` and ``(m,)``."""
    session = session_ratios(kinds, pulses, within_sd)
    return session, log_sum(session) - np.log(session.shape[0])


def session_ratios(kinds: Kinds, pulses: Pulses, within_sd: float) -> Floats:
    """The ``log_ratio`` of each onset from the falls of all kinds and lengths; shape of their ``x``."""
    if pulses.step is None:
        return _in_logarithms(kinds, pulses, within_sd)
    h, most = pulses.step * within_sd, max(pulses.multiples)
    found = np.zeros(kinds[0][1][0].x.shape)
    far = np.zeros(found.shape[-1:], dtype=np.bool_)
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        for share, falls in kinds:
            for weight, fall in zip(pulses.share, falls, strict=True):
                if weight > 0:
                    exponent = h * fall.x
                    far |= _beyond(exponent, FAR / most) | _beyond(h * h / 2 * fall.information, FAR / most**2)
                    _add_powers(found, exponent, fall.information, h, share * weight / len(pulses.depths), pulses)
        found = np.log(found, out=found)
    if far.any():
        some = [(share, [fall.of(far) for fall in falls]) for share, falls in kinds]
        found[..., far] = _in_logarithms(some, pulses, within_sd)
    return found


def _beyond(values: Floats, most: float) -> Truths:
    """Dyads one of whose values is not within a bound; shape ``(m,)``, or ``(1,)`` where they share the values."""
    there = np.abs(values) > most
    return np.asarray(there if there.ndim == 1 else there.any(axis=0))


def _add_powers(into: Floats, exponent: Floats, information: Floats, h: float, weight: float, pulses: Pulses) -> None:
    """Add the ratios of all depths, with their weight, by Horner's scheme in ``b``; the exponents are used up."""
    b = np.exp(exponent, out=exponent)
    e = np.exp(-h * h / 2 * information)
    multiples = frozenset(pulses.multiples)
    most = max(multiples)
    powers, factor, square = {}, e.copy(), e * e  # e^(m^2) is e times e^3 times e^5 ...
    power = weight * e
    for m in range(1, most + 1):
        if m > 1:
            factor = factor * square
            power = power * factor
        if m in multiples:
            powers[m] = power
    ratios = b * powers[most]
    for m in range(most - 1, 0, -1):
        if m in multiples:
            ratios += powers[m]
        ratios *= b
    into += ratios


def _in_logarithms(kinds: Kinds, pulses: Pulses, within_sd: float) -> Floats:
    terms = []
    for share, falls in kinds:
        for weight, fall in zip(pulses.share, falls, strict=True):
            for depth in pulses.depths if weight > 0 else ():
                d = depth * within_sd
                log_weight = np.log(share * weight / len(pulses.depths))
                terms.append(log_weight + d * fall.x - d * d / 2 * fall.information)
    return log_sum(np.stack(terms))
