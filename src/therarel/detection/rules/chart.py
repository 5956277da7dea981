"""The individuals chart: a score outside the limits that a dyad's own moving ranges set."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from typing import ClassVar, Final

import numpy as np
from attrs import Attribute, field, frozen

from therarel.citations import Citation
from therarel.detection.limits import ALIKE, Reach, range_reach, residual_reach, spread_reach
from therarel.detection.line_limits import line_reach, search_could_fire
from therarel.detection.rules.base import Rows, positive
from therarel.detection.rules.levels import Reference, own_weight, reference_level
from therarel.detection.rules.nelson import LENGTHS, LOW_SIDED, nelson_signals, pattern_reach
from therarel.detection.rules.own_sigma import D2, OwnSigmaRule
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.errors import InvalidValueError, shown
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats, Truths, Whole
from therarel.vocabulary import Vocabulary

_D4: Final = 3.267
"""Upper limit of a moving range of two, in mean moving ranges; used by screening."""


class ChartSigma(Vocabulary, links={}):
    """Where the chart takes its sigma from."""

    MOVING_RANGE = "moving_range"
    """Mean absolute change from session to session, divided by 1.128."""
    SD = "sd"
    """The dyad's own standard deviation, divided by its bias factor c4."""

    @property
    def in_words(self) -> str:
        """Sigma of a dyad's scores as a part of a sentence."""
        if self is ChartSigma.SD:
            return "their standard deviation, corrected for bias"
        return "their mean change from session to session, divided by 1.128"


def _rules(given: object) -> frozenset[int]:
    if isinstance(given, int):
        return frozenset({given})
    if isinstance(given, set | frozenset | tuple | list | range):
        return frozenset(given)
    raise InvalidValueError(
        "the rules of a chart are a set of numbers",
        where="IndividualsChart.rules",
        value=shown(given),
        bound="some of 1 to 8",
    )


@frozen(kw_only=True)
class IndividualsChart(OwnSigmaRule):
    """A score more than ``k`` sigma below the dyad's own centre line (I-MR chart).

    The centre is the dyad's own mean over all its sessions, later ones included, so that the chart looks back and
    is not a monitor. Autocorrelation shrinks the moving ranges, and with them the limits; the correction divides sigma
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
        >>> from therarel.detection import judge
        >>> scores = [5.6, 5.7, 5.5, 5.8, 5.6, 5.7, 3.1, 5.2, 5.6, 5.7, 5.8, 5.6]
        >>> judge(IndividualsChart(), scores, scale=(1, 7)).flagged.nonzero()[0]
        array([6])
        >>> judge(IndividualsChart(), [5, 5, 5, 1], scale=(1, 7)).undetectable.all()
        np.True_
    """

    name: ClassVar[str] = "individuals_chart"
    charted: ClassVar[str] = "score"
    sources: ClassVar[tuple[str | Citation, ...]] = ("eubanks_carter2012",)
    tabled: ClassVar[Rows] = {
        "individuals_chart_3": {},
        "individuals_chart_3_autocorrelation": {"autocorrelation": True},
    }

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
    def sentence(self) -> str:
        """The centre, sigma, and what signals."""
        centre = "own straight line" if self.detrended else "own mean"
        return (
            f"Each dyad's scores are charted around its {centre}, with sigma taken as {self.sigma.in_words}. A session"
            f" is flagged where {self._signals()}.{self._widened()}"
        )

    def _signals(self) -> str:
        """What makes a chart flag a session: the limit, rules of several scores, or both."""
        several = sorted(self.rules & LOW_SIDED - {1})
        told = [f"its score is more than {self.k:g} sigma worse than that centre"] if 1 in self.rules else []
        if len(several) == 1:
            told.append(f"Nelson's rule {several[0]} signals")
        elif several:
            listed = f"{', '.join(str(rule) for rule in several[:-1])} and {several[-1]}"
            told.append(f"one of Nelson's rules {listed} signals")
        return ", or where ".join(told)

    @property
    def blind_spots(self) -> str:
        """The chart looks back over the whole series."""
        back = "It looks back over the whole series, later sessions included."
        return back if self.detrended else back + self.trends

    def limits(self, series: Series, context: PanelContext) -> tuple[Floats, Floats]:
        """Centre of each session ``(n,)`` and sigma of each dyad ``(g,)``, in oriented score points."""
        if not self.detrended:
            centre = series.per_session(series.mean)
            return centre, self._sigma(series, context, None)
        centre = reference_level(series, context, Reference.REGRESSION)
        return centre, self._sigma(series, context, centre)

    def _sigma(self, series: Series, context: PanelContext, centre: Floats | None) -> Floats:
        """Sigma of each dyad from the changes round its centre; ``centre`` is ``None`` where that is the mean."""
        if self.sigma is ChartSigma.SD:
            return self._sd(series, centre) * self.widening(context)
        around = series if centre is None else Series(series.starts, series.session, series.score - centre)
        number, total = around.moved(context.max_gap)
        with np.errstate(invalid="ignore"):
            mean = total / number  # of a single score 0 / 0
            if self.screened:
                far = series.breaks(context.max_gap)
                ranges = np.abs(around.change)
                kept = ranges <= series.per_session(_D4 * mean) + context.tolerance
                kept[series.first if far is None else far] = False
                number = series.total(kept.astype(np.float64))
                mean = series.total(np.where(kept, ranges, 0.0)) / number
        return np.asarray(mean * (self.widening(context) / D2))

    def _sd(self, series: Series, centre: Floats | None) -> Floats:
        freedom = series.sizes - (2 if self.detrended else 1)
        squares = series.squares if centre is None else series.total((series.score - centre) ** 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.sqrt(squares / freedom) / _c4(freedom + 1)  # the factor of fewer than two is not known

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the dyad's own limits."""
        if self.rules == {1} and not self.detrended and not values:
            sigma = self._sigma(series, context, None)
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
            "limit": centre - series.per_session(np.maximum(self.k * sigma, self.least(context))),
            "change": centre - series.score,
            "sigma": series.per_session(sigma),
            "nelson_low": (signals.low & wanted).astype(np.float64),
            "nelson_high": (signals.high & wanted).astype(np.float64),
        }
        return Verdicts(code, compared)

    def _beyond(self, series: Series, context: PanelContext, centre: Floats | None, sigma: Floats) -> Truths:
        """Where the limit itself, Nelson's rule 1, is passed."""
        least = np.maximum(self.k * sigma + context.tolerance, self.least(context))
        if centre is None:
            return np.asarray(series.score < series.per_session(series.mean - least))
        return np.asarray(series.score < centre - series.per_session(least))

    def _mark_limits(self, series: Series, context: PanelContext, sigma: Floats, code: Codes) -> None:
        """Mark the sessions at which no score could pass the limits that it would itself widen."""
        if not context.limits:
            return
        width = self.k * self.widening(context)
        if np.isnan(width):
            code[:] = code_of(Reason.NO_VARIATION_KNOWN)
            return
        rows = self._asked(series, context, sigma, width)
        if not rows.size:
            return
        nowhere = np.zeros(rows.size, dtype=np.bool_)
        reach = self._reach(series, rows, context, width) if 1 in self.rules else Reach(nowhere, nowhere)
        varied = ~np.isnan(sigma)[series.owner[rows]]
        ever, on_scale = reach.ever & varied, reach.on_scale & varied
        if patterns := self.rules & LOW_SIDED - {1}:
            other = self._pattern_reach(series, context, rows, patterns)
            ever, on_scale = ever | other.ever & varied, on_scale | other.on_scale & varied
        told = code[rows]
        Reach(ever, on_scale).mark(told)
        code[rows] = told

    def _pattern_reach(self, series: Series, context: PanelContext, rows: Whole, patterns: frozenset[int]) -> Reach:
        """Where a rule of several scores could signal, of some sessions."""
        n, number = series.sizes, series.moved(context.max_gap)[0]

        def deepest(low: int) -> Floats:
            with np.errstate(invalid="ignore", divide="ignore"):
                if self.sigma is ChartSigma.SD:
                    # A given number of scores at one level and the others at another.
                    freedom = n - (2 if self.detrended else 1)
                    sigmas = np.sqrt(np.maximum(freedom * (n - low), 0) / (low * n)) * _c4(freedom + 1)
                else:
                    # One step from the others down to them, which a gap may hide and screening leave out.
                    hidden = (number < n - 1) | (self.screened & (number > _D4))
                    sigmas = np.where(hidden & (n > low), np.inf, (n - low) / n * number * D2)
                return np.asarray(sigmas / self.widening(context))

        weight, centre = self._level(series, context, rows)
        drop = centre - weight * series.score[rows] - (1 - weight) * context.minimum
        drop = drop if context.stated else np.where(weight < 1 - ALIKE, np.inf, 0.0)
        return pattern_reach(series, context, rows, patterns, drop, self.minimal_drop, deepest)

    def _level(self, series: Series, context: PanelContext, rows: Whole) -> tuple[Floats, Floats]:
        """The share of some sessions' own scores in their centres, and the centres."""
        if self.detrended:
            centre = reference_level(series, context, Reference.REGRESSION)[rows]
            return own_weight(series, Reference.REGRESSION, rows), centre
        return own_weight(series, Reference.PERSON_MEAN, rows), series.mean[series.owner[rows]]

    def _asked(self, series: Series, context: PanelContext, sigma: Floats, width: float) -> Whole:
        """Sessions that might be out of reach: at all others the worst score of the scale would fire."""
        ranges = self.sigma is ChartSigma.MOVING_RANGE and not self.screened
        if 1 not in self.rules or self.detrended or not ranges or not context.stated:
            return np.arange(series.score.size)
        n, above, number = series.sizes, series.mean - context.minimum, series.moved(context.max_gap)[0]
        tie = 2 * context.tolerance
        with np.errstate(invalid="ignore", divide="ignore"):
            # The drop at the end of the scale, were it the session's, loses a share of what the score itself adds. And
            # a score that falls to the end widens the two ranges beside it by no more than its own height.
            loss = 1 / n + 2 * width / D2 / number
            room = np.minimum(n * (above - self.least(context) - tie), (above - self.k * sigma - tie) / loss)
        return np.flatnonzero(~(series.score < series.per_session(context.minimum + room)))

    def _reach(self, few: Series, rows: Whole, context: PanelContext, width: float) -> Reach:
        """Where the limit itself could be passed, of some sessions; of all where the chart is detrended or screened."""
        owner = few.owner[rows]
        weight, centre = self._level(few, context, rows)
        alpha, beta = centre - weight * few.score[rows], 1 - weight
        least = self.least(context)
        if self.sigma is ChartSigma.SD and self.detrended:
            return residual_reach(few, context, alpha, beta, (width / _c4(few.sizes - 1))[owner], least)
        if self.sigma is ChartSigma.SD:
            factor = (width / _c4(few.sizes))[owner]
            return spread_reach(few, context, rows, alpha, beta, factor, least, context.tolerance)
        tie = context.tolerance
        if self.detrended:
            far = few.breaks(context.max_gap)
            reach = line_reach(few, context, alpha, beta, width / D2, least, tie, breaks=far)
        else:
            reach = range_reach(few, context, rows, alpha, beta, width / D2, least, tie)
        return self._searched(few, context, width, reach) if self.screened else reach

    def _searched(self, few: Series, context: PanelContext, width: float, reach: Reach) -> Reach:
        """Where screening lets the limit be passed as well: it leaves out ranges and never widens the limits."""

        def fires(tried: Series) -> Truths:
            return self._beyond(tried, context, *self.limits(tried, context))

        def add(decided: Truths, dyads: Truths, ends: tuple[float, float] | None) -> None:
            open_ = dyads & np.logical_or.reduceat(~decided, few.first)
            if open_.any():
                part, rows = few.select(open_)
                decided[rows] |= search_could_fire(part, fires, ends=ends)

        # In longer series the ranges beside a score far down are left out, or widen the limits by less than it falls.
        short = few.moved(context.max_gap)[0] <= max(2 * _D4, 2 * width / D2 + 2)
        ever = reach.ever | ~short[few.owner]
        add(ever, short, None)
        if not context.stated:
            return Reach(ever, ever)
        on_scale = reach.on_scale.copy()
        add(on_scale, np.ones_like(short), (context.minimum, context.maximum))
        return Reach(ever, on_scale)


def _c4(sizes: Whole) -> Floats:
    """Expected standard deviation of ``n`` draws from a normal distribution, in true ones; NaN below 2."""
    every, where = np.unique(sizes, return_inverse=True)
    factor = [
        math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2)) if n > 1 else math.nan
        for n in every.tolist()
    ]
    return np.array(factor)[where]


def _bits(rules: AbstractSet[int]) -> int:
    return sum(1 << (rule - 1) for rule in rules)
