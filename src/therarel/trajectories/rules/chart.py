"""The individuals chart: a score outside the limits that a dyad's own moving ranges set."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
from attrs import Attribute, field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.domain.vocabulary import Vocabulary
from therarel.errors import InvalidValueError, shown
from therarel.trajectories.context import PanelContext
from therarel.trajectories.limits import Reach, near_the_end, range_reach, residual_reach, spread_reach
from therarel.trajectories.line_limits import line_reach, search_could_fire
from therarel.trajectories.rules.base import NO_DROP, Rule, positive
from therarel.trajectories.rules.levels import Reference, own_weight
from therarel.trajectories.rules.nelson import LENGTHS, LOW_SIDED, nelson_signals
from therarel.trajectories.series import Series
from therarel.trajectories.verdicts import Reason, Verdicts, code_of

__all__ = ["ChartSigma", "IndividualsChart"]

Floats = npt.NDArray[np.float64]

_D2: Final = 1.128
"""Expected range of two draws from a normal distribution, in standard deviations."""
_D4: Final = 3.267
"""Upper limit of a moving range of two, in mean moving ranges; used by screening."""


class ChartSigma(Vocabulary, links={}):
    """Where the chart takes its sigma from."""

    MOVING_RANGE = "moving_range"
    """Mean absolute change from session to session, divided by 1.128."""
    SD = "sd"
    """The dyad's own standard deviation, divided by its bias factor c4."""


def _rules(given: object) -> frozenset[int]:
    if isinstance(given, int):
        return frozenset({given})
    if isinstance(given, set | frozenset | tuple | list | range):
        return frozenset(given)
    raise InvalidValueError("the rules of a chart are a set of numbers", value=shown(given), bound="1 to 8")


@frozen(kw_only=True)
class IndividualsChart(Rule):
    """A score more than ``k`` sigma below the dyad's own centre line (I-MR chart).

    The centre is the dyad's own mean over all its sessions, later ones included, so that the chart looks back and
    is no monitor. Autocorrelation shrinks the moving ranges, and with them the limits; the correction divides sigma
    by ``sqrt(1 - phi)``, with ``phi`` pooled over dyads and never taken from one client.

    Args:
        k: Number of sigma, above 0.
        sigma: Moving ranges or the standard deviation.
        rules: Nelson's rules to apply, 1 to 8. 1 is the limit itself. 2, 3, 5 and 6 fire on their low side. 4, 7
            and 8 know no direction: they stand among the values and never flag a drop.
        screened: Whether moving ranges above 3.267 times their mean are left out of sigma, once.
        detrended: Whether the centre is the dyad's own least-squares line instead of its mean.
        autocorrelation: Whether sigma is divided by ``sqrt(1 - phi)``.
        minimal_drop: Score points below the centre within which nothing fires.
        recovery: When a drop counts as recovered: the level to regain is the centre.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: eubanks_carter2012.

    Examples:
        >>> from therarel.trajectories import judge
        >>> scores = [5.6, 5.7, 5.5, 5.8, 5.6, 5.7, 3.1, 5.2, 5.6, 5.7, 5.8, 5.6]
        >>> judge(IndividualsChart(), scores, scale=(1, 7)).flagged.nonzero()[0]
        array([6])
        >>> judge(IndividualsChart(), [5, 5, 5, 1], scale=(1, 7)).undetectable.all()
        np.True_
    """

    name: ClassVar[str] = "individuals_chart"

    k: float = field(default=3.0, validator=positive, converter=as_float)
    sigma: ChartSigma = field(default=ChartSigma.MOVING_RANGE, converter=ChartSigma)
    rules: frozenset[int] = field(default=frozenset({1}), converter=_rules)
    screened: bool = field(default=False, validator=checks.truth)
    detrended: bool = field(default=False, validator=checks.truth)
    autocorrelation: bool = field(default=False, validator=checks.truth)

    @rules.validator
    def _known_rules(self, attribute: Attribute[frozenset[int]], value: frozenset[int]) -> None:
        if not value or not value <= set(LENGTHS) or not value & LOW_SIDED:
            raise InvalidValueError(
                "a chart needs Nelson rules, at least one of them with a low side",
                where="IndividualsChart.rules",
                value=" ".join(str(each) for each in sorted(value)) or "none",
                bound="some of 1 to 8, with one of 1, 2, 3, 5, 6",
            )

    @property
    def needs(self) -> frozenset[str]:
        """The pooled autocorrelation, where the chart corrects for it."""
        return frozenset({"phi"} if self.autocorrelation else ())

    def limits(self, series: Series, context: PanelContext) -> tuple[Floats, Floats]:
        """Centre of each session ``(n,)`` and sigma of each dyad ``(g,)``, in oriented score points."""
        if not self.detrended:
            centre = series.mean[series.owner]
            return centre, self._sigma(series, context, series.change, None)
        height, slope = series.line
        centre = height[series.owner] + slope[series.owner] * series.session_deviation
        moves = np.empty_like(centre)
        moves[1:] = np.diff(series.score - centre)
        return centre, self._sigma(series, context, moves, centre)

    def _sigma(self, series: Series, context: PanelContext, moves: Floats, centre: Floats | None) -> Floats:
        """Sigma of each dyad from the changes round its centre; ``centre`` is ``None`` where that is the mean."""
        if self.sigma is ChartSigma.SD:
            return self._sd(series, centre) * self._widening(context)
        ranges = np.abs(moves)
        far = series.breaks(context.max_gap)
        ranges[series.first if far is None else far] = 0.0
        number = series.sizes - (1.0 if far is None else series.total(far.astype(np.float64)))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = series.total(ranges) / np.where(number > 0, number, np.nan)
            if self.screened:
                kept = ranges <= (_D4 * mean)[series.owner]
                kept[series.first if far is None else far] = False
                number = series.total(kept.astype(np.float64))
                mean = series.total(np.where(kept, ranges, 0.0)) / np.where(number > 0, number, np.nan)
        return np.asarray(mean * (self._widening(context) / _D2))

    def _widening(self, context: PanelContext) -> float:
        return 1 / math.sqrt(1 - context.phi) if self.autocorrelation else 1.0

    def _sd(self, series: Series, centre: Floats | None) -> Floats:
        freedom = series.sizes - (2 if self.detrended else 1)
        squares = series.squares if centre is None else series.total((series.score - centre) ** 2)
        with np.errstate(invalid="ignore"):
            return np.sqrt(squares / np.where(freedom > 0, freedom, np.nan)) / _c4(freedom + 1)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the dyad's own limits."""
        if self.rules == {1} and not self.detrended and not values:
            sigma = self._sigma(series, context, series.change, None)
            code = self._beyond(series, context, None, sigma).view(np.uint8)
            self._mark_limits(series, context, sigma, code)
            return Verdicts(code)
        centre, sigma = self.limits(series, context)
        tolerance = context.tolerance
        signals = nelson_signals(series, centre, sigma, k=self.k, tolerance=tolerance, max_gap=context.max_gap)
        fired = (signals.low & _bits(self.rules & LOW_SIDED - {1})) != 0
        if self.minimal_drop > 0:
            fired &= centre - series.score >= self.minimal_drop - tolerance
        if 1 in self.rules:
            fired |= self._beyond(series, context, centre, sigma)
        code = fired.view(np.uint8)
        self._mark_limits(series, context, sigma, code)
        if not values:
            return Verdicts(code)
        wanted = _bits(self.rules)
        # A steady fall may end above the centre: what it fell from is where it began, five sessions before.
        began = np.roll(series.score, LENGTHS[3] - 1)
        compared = {
            "reference": np.where((signals.low & wanted & 4 != 0) & (centre <= series.score), began, centre),
            "limit": centre - np.maximum(self.k * sigma, self._least(context))[series.owner],
            "drop": centre - series.score,
            "sigma": sigma[series.owner],
            "nelson_low": (signals.low & wanted).astype(np.float64),
            "nelson_high": (signals.high & wanted).astype(np.float64),
        }
        return Verdicts(code, compared)

    def _beyond(
        self, series: Series, context: PanelContext, centre: Floats | None, sigma: Floats
    ) -> npt.NDArray[np.bool_]:
        """Where the limit itself, Nelson's rule 1, is passed."""
        least = np.maximum(self.k * sigma + context.tolerance, self._least(context))
        if centre is None or not self.detrended:
            return np.asarray(series.score < (series.mean - least)[series.owner])
        return np.asarray(series.score < centre - least[series.owner])

    def _least(self, context: PanelContext) -> float:
        return max(self.minimal_drop - context.tolerance, NO_DROP * context.tolerance)

    def _mark_limits(self, series: Series, context: PanelContext, sigma: Floats, code: npt.NDArray[np.uint8]) -> None:
        """Mark the sessions at which no score could pass the limits that it would itself widen."""
        width = self.k * self._widening(context)
        if np.isnan(width):
            code[:] = code_of(Reason.NO_VARIATION_KNOWN)
            return
        unknown = np.isnan(sigma)
        asked = unknown | self._short(series, context, width) | self._near(series, context, sigma)
        if not asked.any():
            return
        few, rows = (series, slice(None)) if asked.all() else series.select(asked)
        reach = self._reach(few, context, width)
        others = self.rules & LOW_SIDED - {1}
        known = ~unknown[asked][few.owner]
        if 1 not in self.rules:
            known = np.zeros_like(known)
        ever, on_scale = reach.ever & known, reach.on_scale & known
        if others:
            need = min(LENGTHS[rule] for rule in others)
            long = (few.stretch(context.max_gap) >= need - 1) & ~unknown[asked][few.owner]
            ever, on_scale = ever | long, on_scale | long
        told = code[rows]
        Reach(ever, on_scale).mark(told)
        code[rows] = told

    def _short(self, series: Series, context: PanelContext, width: float) -> npt.NDArray[np.bool_]:
        """Dyads of which some session might be out of reach: all others need no closer look."""
        if self.detrended and not self.screened:
            return np.ones(series.sizes.size, dtype=np.bool_)
        sizes = series.sizes
        if self.sigma is ChartSigma.SD:
            with np.errstate(invalid="ignore"):
                return np.asarray((sizes - 1) / np.sqrt(sizes) <= width / _c4(sizes))
        far = series.breaks(context.max_gap)
        number = sizes - (1.0 if far is None else series.total(far.astype(np.float64)))
        if self.screened:
            return np.asarray(number <= max(2 * _D4, 2 * width / _D2 + 2))
        return np.asarray(2 * width / _D2 >= number * (1 - 1 / sizes))

    def _near(self, series: Series, context: PanelContext, sigma: Floats) -> npt.NDArray[np.bool_]:
        """Dyads so near the end of the scale that some session might have no room for a drop."""
        if not context.stated:
            return np.zeros(series.sizes.size, dtype=np.bool_)
        if self.detrended:
            return np.ones(series.sizes.size, dtype=np.bool_)
        n, width = series.sizes, self.k * self._widening(context)
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.sigma is ChartSigma.SD:
                others = (n * series.mean - series.lowest) / (n - 1)
                needed = width / _c4(n) * np.sqrt(series.sd**2 + (others - context.minimum) ** 2 / n)
            else:
                far = series.breaks(context.max_gap)
                number = n - (1.0 if far is None else series.total(far.astype(np.float64)))
                if self.screened:  # without screening sigma is no smaller
                    ranges = np.abs(series.change)
                    ranges[series.first if far is None else far] = 0.0
                    sigma = series.total(ranges) / number * (self._widening(context) / _D2)
                needed = self.k * sigma + width / _D2 * 2 * (series.highest - context.minimum) / number
        return near_the_end(series, context, np.maximum(needed, self._least(context)), own_mean=True)

    def _reach(self, few: Series, context: PanelContext, width: float) -> Reach:
        """Where the limit itself could be passed, of all sessions of some dyads."""
        weight = own_weight(few, Reference.REGRESSION if self.detrended else Reference.PERSON_MEAN)
        if self.detrended:
            height, slope = few.line
            centre = height[few.owner] + slope[few.owner] * few.session_deviation
        else:
            centre = few.mean[few.owner]
        alpha, beta = centre - weight * few.score, 1 - weight
        least = self._least(context)
        if self.sigma is ChartSigma.SD and self.detrended:
            return residual_reach(few, context, alpha, beta, (width / _c4(few.sizes - 1))[few.owner], least)
        if self.sigma is ChartSigma.SD:
            factor = (width / _c4(few.sizes))[few.owner]
            return spread_reach(few, context, alpha, beta, factor, least, context.tolerance)
        ranges = line_reach if self.detrended else range_reach
        reach = ranges(
            few, context, alpha, beta, width / _D2, least, context.tolerance, breaks=few.breaks(context.max_gap)
        )
        return self._searched(few, context, width, reach) if self.screened else reach

    def _searched(self, few: Series, context: PanelContext, width: float, reach: Reach) -> Reach:
        """Where screening lets the limit be passed as well: it leaves out ranges and never widens the limits."""

        def fires(tried: Series) -> npt.NDArray[np.bool_]:
            return self._beyond(tried, context, *self.limits(tried, context))

        def also(known: npt.NDArray[np.bool_], dyads: npt.NDArray[np.bool_], ends: tuple[float, float] | None) -> None:
            open_ = dyads & np.logical_or.reduceat(~known, few.first)
            if open_.any():
                part, rows = few.select(open_)
                known[rows] |= search_could_fire(part, fires, ends=ends)

        short = self._short(few, context, width)
        ever = reach.ever | ~short[few.owner]
        also(ever, short, None)
        if not context.stated:
            return Reach(ever, ever)
        on_scale = reach.on_scale.copy()
        also(on_scale, np.ones_like(short), (context.minimum, context.maximum))
        return Reach(ever, on_scale)


def _c4(sizes: npt.NDArray[np.intp]) -> Floats:
    """Expected standard deviation of ``n`` draws from a normal distribution, in true ones; NaN below 2."""
    every, where = np.unique(sizes, return_inverse=True)
    factor = [
        math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2)) if n > 1 else math.nan
        for n in every.tolist()
    ]
    return np.array(factor)[where]


def _bits(rules: AbstractSet[int]) -> int:
    return sum(1 << (rule - 1) for rule in rules)
