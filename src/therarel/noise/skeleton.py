"""The skeleton of a panel: where its scores stand, without the scores; and scores drawn on it under a null model.

A simulated panel has the sessions, gaps, missing cells and lengths of the panel it is compared with, its scale with its
ends and its step. What a rule does with it is then what the rule would do with that panel, had nothing happened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from attrs import evolve, field, frozen

from therarel.noise.context import PanelContext
from therarel.noise.lattice import step_of
from therarel.noise.null import NullModel, Trend
from therarel.noise.series import Series, scored
from therarel.panels import Panel, ScaleSource, SessionIndex
from therarel.simulation import ClinicParameters
from therarel.simulation.ruptures import draw_ruptures
from therarel.tables.arrays import Floats, Truths, Whole

_CELLS: Final = 2**18
"""Scores that are drawn at a time; never changes the answer."""


@frozen(eq=False)
class Drawn:
    """Simulated panels: ``r`` of them, with ``n`` scores each.

    Args:
        score: Scores as the scale shows them, oriented (higher is better); shape ``(r, n)``.
        latent: What they would be without falls, ends and steps of the scale; shape ``(r, n)``.
        fallen: Which dyads have a fall, shape ``(r, g)``; ``None`` if none was put in.
        within: Which scores lie within one, shape ``(r, n)``; ``None`` if none was put in.
    """

    score: Floats
    latent: Floats
    fallen: Truths | None = field(default=None)
    within: Truths | None = field(default=None)

    def of_runs(self, runs: slice) -> Drawn:
        """Some of the panels."""
        fallen, within = (None if each is None else each[runs] for each in (self.fallen, self.within))
        return Drawn(self.score[runs], self.latent[runs], fallen, within)


@frozen(eq=False)
class Skeleton:
    """Where the scores of a panel stand: ``g`` dyads with ``n`` scored sessions in all.

    Args:
        series: The scored sessions; their scores are those of the panel, oriented (higher is better).
        sizes: Number of sessions of each dyad, with or without a score; shape ``(g,)``.
        begin: First session of each dyad, with or without a score; shape ``(g,)``.
        context: What is known about the panel without its scores: scale, ends, gaps.
        step: Smallest difference between two scores; ``None`` if they are not rounded.
        distance: Usual distance between neighbouring sessions, in units of the session column.
        trend: The shape in which scores change over time, for models that are fitted to the panel.
    """

    series: Series
    sizes: Whole
    begin: Floats
    context: PanelContext
    step: float | None
    distance: float
    trend: Trend = Trend.LINE

    @classmethod
    def of(cls, panel: Panel) -> Skeleton:
        """The skeleton of a panel; dyads without any score are left out."""
        (block,) = panel.blocks(rows=max(panel.n_sessions, 1), labels=False)
        better = panel.scale.higher_is_better
        series, _, kept = scored(block.starts, block.session, block.score, higher_is_better=better)
        sizes, begin = np.diff(block.starts), block.session[block.starts[:-1]]
        apart = np.diff(block.session)
        apart = np.delete(apart, block.starts[1:-1] - 1)
        ends = (panel.scale.minimum, panel.scale.maximum) if better else (-panel.scale.maximum, -panel.scale.minimum)
        stated = panel.scale_source is not ScaleSource.OBSERVED
        return cls(
            series,
            sizes if kept is None else sizes[kept],
            begin if kept is None else begin[kept],
            PanelContext.of_scale(
                panel.scale.minimum,
                panel.scale.maximum,
                higher_is_better=better,
                step=(panel.scale.step or 0.0) if stated else 0.0,
                max_gap=panel.max_gap,
                dated=panel.index is not SessionIndex.ATTENDED,
                stated=stated,
            ),
            (panel.scale.step if stated else None) or step_of(series.score, *ends),
            float(np.median(apart)) if apart.size else 1.0,
        )

    @classmethod
    def regular(cls, dyads: int, sessions: int, null: NullModel) -> Skeleton:
        """The skeleton of a panel in which every dyad has the same number of sessions, all of them scored.

        Args:
            dyads: Number of dyads.
            sessions: Number of sessions of each.
            null: The model whose scale and distance of sessions are taken.
        """
        starts = np.arange(dyads + 1) * sessions
        place = np.tile(np.arange(1.0, sessions + 1), dyads)
        series = Series(starts, place * null.distance, np.full(dyads * sessions, null.minimum))
        context = PanelContext.of_scale(null.minimum, null.maximum, step=null.step or 0.0)
        context = evolve(context, adjacent=null.distance)
        return cls(series, np.full(dyads, sessions), np.full(dyads, null.distance), context, null.step, null.distance)

    @property
    def n_dyads(self) -> int:
        """Number of dyads with a score, g."""
        return int(self.sizes.size)

    @property
    def n_scores(self) -> int:
        """Number of scores, n."""
        return int(self.series.score.size)

    @cached_property
    def time(self) -> Floats:
        """Time of each score since the dyad's first session, in usual distances of sessions; shape ``(n,)``."""
        return (self.series.session - self.series.per_session(self.begin)) / self.distance

    @cached_property
    def change(self) -> Floats:
        """How far the trend has come at each score, 0 at the dyad's first session; shape ``(n,)``."""
        return self.trend.of(self.time)

    @cached_property
    def apart(self) -> Floats:
        """Time since the dyad's score before, in usual distances; infinite at a dyad's first; shape ``(n,)``."""
        apart = np.empty_like(self.time)
        apart[1:] = np.diff(self.time)
        apart[self.series.first] = math.inf
        return apart

    @cached_property
    def sessions_before(self) -> Whole:
        """How many sessions of its dyad, scored or not, come before each score; shape ``(n,)``."""
        position = self.series.position
        return self.series.scores_before if position is None else position.astype(np.intp)

    def with_scores(self, score: Floats) -> Series:
        """Scores of one simulated panel as the series that rules judge; shape ``(n,)``."""
        return evolve(self.series, score=score, known=None)

    def thinned(self, most: int) -> Skeleton:
        """The skeleton of at most that many dyads, evenly taken."""
        if self.n_dyads <= most:
            return self
        dyads = np.zeros(self.n_dyads, dtype=np.bool_)
        dyads[np.linspace(0, self.n_dyads - 1, most).astype(np.intp)] = True
        return self.of_dyads(dyads)

    def of_dyads(self, dyads: Truths) -> Skeleton:
        """The skeleton of some of the dyads."""
        series, _ = self.series.select(dyads)
        return evolve(self, series=series, sizes=self.sizes[dyads], begin=self.begin[dyads])

    @cached_property
    def broken(self) -> bool:
        """Whether scores lie at distances that are not whole multiples of the usual one."""
        known = self.apart[np.isfinite(self.apart)]
        return bool((np.abs(known - np.rint(known)) > 1e-6).any())

    def draw(
        self, nulls: Sequence[NullModel], seeds: Sequence[np.random.SeedSequence], *, df: float | None = None
    ) -> Drawn:
        """Draw panels on the skeleton in which nothing happens.

        Args:
            nulls: The null model of each panel.
            seeds: The seed of each panel.
            df: Degrees of freedom, above 2, of the t distribution that what is new in the noise has, with the same
                variance; ``None`` for a normal one.
        """
        g, n = self.n_dyads, self.n_scores
        normal = np.empty((len(seeds), 2 * g + n))
        for seed, row in zip(seeds, normal, strict=True):
            chance = np.random.Generator(np.random.Philox(seed))
            chance.standard_normal(out=row)
            if df is not None:
                row[2 * g :] /= np.sqrt(chance.chisquare(df, n) / (df - 2))
        return self.drawn(nulls, normal)

    def drawn(self, nulls: Sequence[NullModel], normal: Floats) -> Drawn:
        """Panels in which nothing happens, made of random numbers with mean 0 and variance 1.

        Args:
            nulls: The null model of each panel.
            normal: For each panel levels, slopes and what is new in the noise of each score, that of first scores
                first and so on (`news_of` names the dyads); shape ``(r, 2 g + n)``.
        """
        g = self.n_dyads
        alike = all(null is nulls[0] for null in nulls)

        def of_each(figure: Callable[[NullModel], Floats | float]) -> Floats:
            found = [figure(null) for null in (nulls[:1] if alike else nulls)]
            return np.asarray(found).reshape(len(found), -1)

        level = of_each(lambda null: null.intercept) + of_each(lambda null: null.between_sd) * normal[:, :g]
        slope = of_each(lambda null: null.slope) + of_each(lambda null: null.slope_sd) * normal[:, g : 2 * g]
        carried = of_each(lambda null: null.correlation(self.apart * self.distance))
        latent = self._noise(normal[:, 2 * g :], carried)
        latent *= of_each(lambda null: null.within_sd)
        owner = self.series.owner
        latent += level[:, owner]
        latent += (slope * self.distance)[:, owner] * nulls[0].trend.of(self.time)
        return Drawn(self.on_scale(latent), latent)

    @cached_property
    def news_of(self) -> Whole:
        """The dyad to which each number belongs that is new in the noise of simulated panels; shape ``(n,)``."""
        _, at = self._by_place
        owner = np.empty_like(at)
        owner[at] = self.series.owner
        return owner

    def with_falls(
        self, drawn: Drawn, falls: ClinicParameters, seeds: Sequence[np.random.SeedSequence], *, rising: bool = False
    ) -> Drawn:
        """The same panels with falls put into them, each counted from the score that the scale shows.

        Args:
            drawn: Panels in which nothing happens.
            falls: Share of dyads with a fall, and its depth and shape, in sessions with or without a score.
            seeds: The seed of each panel's falls.
            rising: Whether to put in rises instead.
        """
        starts = np.concatenate(([0], np.cumsum(self.sizes)))
        values = drawn.latent.copy()
        fallen = np.zeros((len(seeds), self.n_dyads), dtype=np.bool_)
        within = np.zeros(values.shape, dtype=np.bool_)
        for run, seed in enumerate(seeds):
            chance = np.random.Generator(np.random.Philox(seed))
            truth, sessions, by = draw_ruptures(chance, falls, self.sizes, starts)
            rows = self._row_of[sessions]
            rows, by = rows[rows >= 0], by[rows >= 0]
            fallen[run, truth.dyad] = True
            within[run, rows] = True
            shown = np.clip(values[run, rows], self.context.minimum, self.context.maximum)
            values[run, rows] = shown + by if rising else shown - by
        return Drawn(self.on_scale(values), drawn.latent, fallen, within)

    def on_scale(self, latent: Floats) -> Floats:
        """Values as the scale shows them: in its steps, and not beyond its ends."""
        low, high = self.context.minimum, self.context.maximum
        if self.step is not None:
            latent = low + np.rint((latent - low) / self.step) * self.step
        return np.clip(latent, low, high)

    def parts(self, runs: int) -> Iterator[range]:
        """Numbers of runs in portions that stay small in memory."""
        size = max(_CELLS // max(self.n_scores, 1), 1)
        return (range(begin, min(begin + size, runs)) for begin in range(0, runs, size))

    @cached_property
    def _by_place(self) -> tuple[Whole, Whole]:
        """Scores in the order of their place, longest series first: where each place begins, and where each row is."""
        sizes = self.series.sizes
        order = np.argsort(-sizes, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        many = np.searchsorted(-sizes[order], -np.arange(1, int(sizes.max()) + 1), side="right")
        begins = np.concatenate(([0], np.cumsum(many)))
        return begins, begins[self.series.scores_before] + rank[self.series.owner]

    def _noise(self, normal: Floats, carried: Floats) -> Floats:
        """First-order autoregression with variance 1, each score carrying over a part of the one before."""
        begins, at = self._by_place
        by_place = np.empty_like(carried)
        by_place[:, at] = carried
        noise = normal * np.sqrt(1 - by_place**2)
        for before, begin, end in zip(begins, begins[1:], begins[2:], strict=False):
            noise[:, begin:end] += by_place[:, begin:end] * noise[:, before : before + end - begin]
        return noise[:, at]

    @cached_property
    def _row_of(self) -> Whole:
        """Row of each session, with or without a score, among the scores; -1 where it has none."""
        starts = np.cumsum(self.sizes) - self.sizes
        rows = np.full(int(self.sizes.sum()), -1)
        rows[starts[self.series.owner] + self.sessions_before] = np.arange(self.n_scores)
        return rows
