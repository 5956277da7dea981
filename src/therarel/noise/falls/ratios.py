"""Means of likelihood ratios over falls of all lengths and depths, for many onsets at once.

The ratio of a fall of depth ``d`` is ``exp(d x - d^2 I / 2)``, and ``x`` of a fall from session ``a`` to session ``e``
is ``X_a - X_e``, with the ``X`` of falls to the end. Depths that are whole multiples ``m`` of one step ``h`` then have
the ratios ``b_a^m b_e^-m g^(m^2)`` with ``b = exp(h X)`` and ``g = exp(-h^2 I / 2)``: one exponential for each session
serves all falls, and those turned upside down have ``1 / b`` in the place of ``b``. Where powers would leave the range
of numbers, and where depths have no step, sums run in logarithms.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.lib.stride_tricks import sliding_window_view

from therarel.noise.falls.pulses import Pulses, shares_by_onset
from therarel.noise.falls.sums import log_sum, total, unbuffered
from therarel.tables.arrays import Floats, Truths, Whole

FAR = 600.0
"""Exponents up to here, either way, are numbers that can be multiplied and added up."""


@frozen(eq=False)
class Falls:
    """All falls of dyads of equal length: what their log likelihood ratios are made of, by onset.

    A fall that would last beyond the end of the series is one to the end.

    Args:
        lasting: The score ``x`` of the falls to the end, for onsets from the second scored session on; ``(n - 1, m)``.
        information: ``I`` of the falls of 1, 2, ... scored sessions and, last, to the end; shape ``(l, n - 1, m)``, or
            ``(l, n - 1, 1)`` where it is the same for all dyads.
    """

    lasting: Floats
    information: Floats

    @property
    def x(self) -> Floats:
        """The score ``x`` by length, ``X_a - X_e``; shape ``(l, n - 1, m)``."""
        ended = [self.x_of(length) for length in range(1, len(self.information))]
        return np.stack([*ended, self.lasting])

    def x_of(self, length: int) -> Floats:
        """The score ``x`` of the falls of one length; shape ``(n - 1, m)``."""
        found = self.lasting.copy()
        found[:-length] -= self.lasting[length:]
        return found

    def of(self, dyads: Truths | Whole) -> Falls:
        """The falls of some of the dyads."""
        same = self.information.shape[-1] == 1
        return Falls(self.lasting[:, dyads], self.information if same else self.information[:, :, dyads])


Ways = list[tuple[float, Falls]]
"""The falls of some dyads, once for each way in which raters may show them, with its weight."""


@frozen(eq=False)
class Ratios:
    """Means of likelihood ratios over the falls that begin at each session, and over all falls of each dyad.

    Args:
        session: ``log_ratio`` of each onset from the second scored session on; shape ``(n - 1, m)``.
        dyad: ``log_ratio`` of each dyad; shape ``(m,)``.
        mirrored: The same as ``dyad`` upside down; shape ``(m,)``.
    """

    session: Floats
    dyad: Floats
    mirrored: Floats


@unbuffered()
def mean_ratios(ways: Ways, pulses: Pulses, within_sd: float) -> Ratios:
    """The ``log_ratio`` of each onset and of each dyad.

    Args:
        ways: The falls.
        pulses: Their weights.
        within_sd: Standard deviation in which depths are counted.
    """
    n, m = ways[0][1].lasting.shape
    found, far, step = np.zeros((2, n, m)), np.full(m, pulses.step is None), pulses.step
    with np.errstate(all="ignore"):  # what leaves the range of numbers is far, and done again
        for share, falls in ways:
            if step is not None:
                far |= _add_powers(found, falls, step * within_sd, share, pulses)
        session = np.log(found[0])
        dyad, mirrored = (np.log(total(each) / n) for each in found)
    if far.any():
        some = [(share, falls.of(far)) for share, falls in ways]
        parts = [(share, falls.x, falls.information) for share, falls in some]
        session[:, far] = ratios_in_logarithms(parts, pulses, within_sd)
        dyad[far] = log_sum(session[:, far]) - np.log(n)
        rises = ratios_in_logarithms([(share, -x, information) for share, x, information in parts], pulses, within_sd)
        mirrored[far] = log_sum(rises) - np.log(n)
    return Ratios(session, dyad, mirrored)


def _add_powers(into: Floats, falls: Falls, h: float, share: float, pulses: Pulses) -> Truths:
    """Add the weighted ratios of falls, and of rises, ``(2, n - 1, m)``, and return the dyads too far for that."""
    multiples = frozenset(pulses.multiples)
    most, (n, m) = max(multiples), falls.lasting.shape
    exponent, damping = h * falls.lasting, h * h / 2 * falls.information
    far = (np.abs(exponent).max(axis=0) > FAR / (4 * most)) | (damping.max(axis=(0, 1)) > FAR / (2 * most**2))
    b = np.zeros((2, n + len(damping) - 1, m))  # no fall begins beyond the end
    np.exp(exponent, out=b[0, :n])
    np.divide(1.0, b[0, :n], out=b[1, :n])
    power, means = b.copy(), np.empty((2, n, m))
    ends = sliding_window_view(power[::-1], n, axis=1)[:, 1:]  # the sessions at which falls of each length have ended
    factor = np.exp(-damping)  # g^(m^2) is g times g^3 times g^5 ...
    square, weight = factor * factor, factor * (share / len(pulses.depths) * shares_by_onset(pulses, n))
    for multiple in range(1, most + 1):
        if multiple > 1:
            factor *= square
            weight *= factor
            power *= b
        if multiple in multiples:
            # b_a^m times the sum over lengths of w g^(m^2) b_e^-m, where b_e is 1 at the end of the series
            np.einsum("dlmn,lnm->dnm", ends, weight[:-1], out=means)
            means += weight[-1]
            means *= power[:, :n]
            into += means
    return np.asarray(far)


def ratios_in_logarithms(parts: list[tuple[float, Floats, Floats]], pulses: Pulses, within_sd: float) -> Floats:
    """The ``log_ratio`` of falls of all lengths and depths, one by one.

    Args:
        parts: For each way its weight, ``x`` and ``I``; each with lengths along the first axis.
        pulses: Weights of lengths and depths.
        within_sd: Standard deviation in which depths are counted.
    """
    terms = []
    for share, xs, informations in parts:
        for weight, x, information in zip(pulses.share, xs, informations, strict=True):
            for depth in pulses.depths if weight > 0 else ():
                d = depth * within_sd
                terms.append(np.log(share * weight / len(pulses.depths)) + d * x - d * d / 2 * information)
    return log_sum(np.stack(terms))
