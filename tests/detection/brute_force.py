"""Every short series on a lattice of scores: is a session undetectable exactly where no score of the scale could fire?

Nothing of the formulas of the limits is used here: a rule judges every series with every score at a session in turn.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from therarel.detection.rules import (
    BelowOwnMean,
    ChartSigma,
    Drop,
    IndividualsChart,
    Reference,
    ReliableDrop,
    Rule,
    Scale,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.verdicts import Verdict, code_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series

Floats = npt.NDArray[np.float64]

LONGEST = 4
SEARCHES = 60
"""Times that a bracket of scores is narrowed to two thirds: to 1e-10 of the scale."""


@frozen
class Mistake:
    """A session that is called undetectable although some score would fire, or not although none would.

    Args:
        at: Place of the session.
        others: The other scores.
        fires: Whether some score of the scale would fire.
    """

    at: int
    others: tuple[float, ...]
    fires: bool


def context_of(low: float, high: float, *, max_gap: float | None = None, stated: bool = True) -> PanelContext:
    """What is known of a panel on a scale, with pooled figures that make ties."""
    context = PanelContext.of_scale(low, high, max_gap=max_gap, stated=stated)
    return evolve(context, pooled_sd=0.25, between_sd=0.5, phi=0.2)


def mistakes(
    rule: Rule, context: PanelContext, lattice: Floats, *, sessions: Sequence[float] = (1, 2, 3, 4)
) -> Iterator[Mistake]:
    """What a rule says wrongly of series of one to four scores of a lattice.

    The score at the session runs over the lattice. Where none of those fires and the session is not undetectable,
    the score at which the drop comes nearest to its limit is searched for between them: a drop is a straight line
    in the score and its limit is convex.

    Args:
        rule: The rule.
        context: The scale, which the lattice has to span.
        lattice: Scores, ascending.
        sessions: Session numbers.
    """
    for n in range(1, LONGEST + 1):
        every = np.array(list(itertools.product(lattice, repeat=n - 1)), dtype=np.float64)
        every = every.reshape(lattice.size ** (n - 1), n - 1)
        for at in range(n):
            for others in np.array_split(every, max(every.size * lattice.size // 1_000_000, 1)):
                series = _series(others, at, np.broadcast_to(lattice, (len(others), lattice.size)), sessions)
                code = rule.verdicts(series, context).code[at::n].reshape(-1, lattice.size)
                fires = (code == code_of(Verdict.FLAGGED)).any(axis=1)
                unable = code > code_of(Verdict.NO_SCORE)
                open_ = np.flatnonzero(~unable.any(axis=1) & ~fires)
                if open_.size:
                    fires[open_] = _fires_between(rule, context, others[open_], at, lattice, sessions)
                wrong = np.where(fires, unable.any(axis=1), ~unable.all(axis=1))
                for row in np.flatnonzero(wrong).tolist():
                    yield Mistake(at, tuple(others[row].tolist()), bool(fires[row]))


def _series(others: Floats, at: int, tried: Floats, sessions: Sequence[float]) -> Series:
    """The other scores with each score that is tried at one place: as many dyads as there are tried scores."""
    n = others.shape[1] + 1
    scores = np.empty((*tried.shape, n))
    scores[:, :, np.arange(n) != at] = others[:, None, :]
    scores[:, :, at] = tried
    return Series(np.arange(tried.size + 1) * n, np.tile(sessions[:n], tried.size), scores.ravel())


def _fires_between(
    rule: Rule, context: PanelContext, others: Floats, at: int, lattice: Floats, sessions: Sequence[float]
) -> npt.NDArray[np.bool_]:
    """Whether a score between those of a lattice fires, by narrowing a bracket round the one nearest to its limit."""
    n = others.shape[1] + 1
    fires = np.zeros(len(others), dtype=np.bool_)

    def above(tried: Floats) -> Floats:
        series = _series(others, at, tried, sessions)
        found = rule.verdicts(series, context, values=True)
        fires[:] |= found.flagged[at::n].reshape(tried.shape).any(axis=1)
        distance = (series.score - found.values["limit"])[at::n].reshape(tried.shape)
        return -distance if isinstance(rule, SuddenGain) else distance

    nearest = above(np.broadcast_to(lattice, (len(others), lattice.size))).argmin(axis=1)
    low = lattice[np.maximum(nearest - 1, 0)]
    high = lattice[np.minimum(nearest + 1, lattice.size - 1)]
    for _ in range(SEARCHES):
        third = (high - low) / 3
        tried = np.stack((low + third, high - third), axis=1)
        distance = above(tried)
        lower = distance[:, 0] <= distance[:, 1]
        low, high = np.where(lower, low, tried[:, 0]), np.where(lower, tried[:, 1], high)
    return fires


def settings() -> Iterator[Rule]:
    """Rules in settings that make ties in short series, every reference and every measure of variation among them."""
    root = math.sqrt
    for reference, scale in itertools.product(Reference, Scale):
        # Own standard deviations that n scores of which the others are equal allow, and moving ranges of 1.128 sigma.
        limits = (1.128, 2.256, 1.504) if scale is Scale.MOVING_RANGE else (2.0, 1.5, root(3), root(2), 2 / root(3))
        for k, minimal_drop in itertools.product((*limits, 0.75), (0.0, 0.25)):
            yield Drop(k=k, reference=reference, scale=scale, minimal_drop=minimal_drop, baseline=2)
    yield from (BelowOwnMean(k=k) for k in (1.0, 1.5, root(0.5), 2 / root(3)))
    for sigma, detrended, autocorrelation in itertools.product(ChartSigma, (False, True), (False, True)):
        for k, minimal_drop in itertools.product((0.5, 0.564, 1.128, 1.2, 1.5, 3.0), (0.0, 0.25)):
            yield IndividualsChart(
                k=k, sigma=sigma, detrended=detrended, autocorrelation=autocorrelation, minimal_drop=minimal_drop
            )
    yield from (IndividualsChart(k=k, screened=True) for k in (1.128, 3.0))
    for reference in (Reference.PREVIOUS, Reference.RUNNING_MAXIMUM, Reference.BASELINE):
        for sd, minimal_drop in itertools.product((0.25 / (1.96 * root(0.2)), 1.0), (0.0, 0.25, 1.0)):
            yield ReliableDrop(reliability=0.9, sd=sd, reference=reference, minimal_drop=minimal_drop, baseline=2)
    for kind, cutoff, share in itertools.product((SuddenLoss, SuddenGain), (None, 0.25, 1.0), (None, 0.25, 1.0)):
        if cutoff is not None or share is not None:
            yield from (kind(cutoff=cutoff, share=share, minimal_drop=least, criterion3=None) for least in (0.0, 0.5))
