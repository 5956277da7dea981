"""What the scan says of a block of dyads: first of all of them, then more of some."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.verdicts import Reason, Verdict, code_of
from therarel.noise.context import PanelContext
from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.lengths import ROWS, Equal, of_equal_length
from therarel.noise.falls.limits import share_at_best
from therarel.noise.falls.looking import Looked, looked_at
from therarel.noise.falls.pulses import Pulses
from therarel.noise.falls.wandering import Wandering, upside_down
from therarel.noise.series import Series

Floats = npt.NDArray[np.float64]

_OTHER_WAY: Final = math.log(3)
"""By how much the ``log_ratio`` upside down is larger where scores speak for a change in the other direction: three
times as much, our choice, after trials. Either side of a large rise looks like a fall to a line through all scores."""


@frozen(eq=False)
class Judged:
    """What is said of a block of ``g`` dyads with ``n`` scores, filled in part by part.

    Args:
        series: The scores, turned so that what is looked for is a fall.
        names: Names of the figures of dyads.
    """

    series: Series
    names: tuple[str, ...]

    @cached_property
    def code(self) -> npt.NDArray[np.uint8]:
        """One byte per score, see `therarel.detection.verdicts.CODES`; shape ``(n,)``."""
        return np.full(self.series.score.size, code_of(Reason.NO_VARIATION_KNOWN))

    @cached_property
    def ratio(self) -> Floats:
        """The ``log_ratio`` of the falls that begin at each session; shape ``(n,)``, NaN at first sessions."""
        return np.full(self.series.score.size, np.nan)

    @cached_property
    def course(self) -> Floats:
        """The course that the scores lead one to expect, without the fall of a flagged dyad; shape ``(n,)``."""
        return np.full(self.series.score.size, np.nan)

    @cached_property
    def around(self) -> Floats:
        """Standard deviation of a score around that course; shape ``(n,)``."""
        return np.full(self.series.score.size, np.nan)

    @cached_property
    def dyads(self) -> dict[str, Floats]:
        """Figures of dyads by name, NaN where nothing is said; each of shape ``(g,)``."""
        return {name: np.full(self.series.sizes.size, np.nan) for name in self.names}

    def fill(
        self,
        wandering: Wandering,
        pulses: Pulses,
        context: PanelContext,
        *,
        rate: float,
        least: float | None,
        values: bool,
    ) -> None:
        """Judge the dyads.

        Args:
            wandering: How scores wander.
            pulses: The falls that are looked for.
            context: What is known about the panel, turned as the scores are.
            rate: Share of dyads that may be flagged although their scores only wander.
            least: The least depth that is flagged, in score points; ``None`` where nobody asks how deep falls are.
            values: Whether to say what was compared at each session.
        """
        tail, ends = wandering.tail, (context.minimum, context.maximum)
        two = isinstance(wandering.model, TwoRaterNull)
        at_best = share_at_best(self.series, context, both=two)
        limits = tail.limits(rate, at_best)
        nearby = (1 + two) / self.series.sizes  # by how much the share may change with the scores of one session
        least_limits = np.min([tail.limits(rate, at_best + by) for by in (-nearby, 0, nearby)], axis=0)

        def parts(among: npt.NDArray[np.bool_] | None = None, *, rows: int = ROWS) -> Iterator[tuple[Equal, Looked]]:
            for equal in of_equal_length(self.series, among=among, rows=rows, squared=two):
                yield equal, looked_at(wandering.model, self.series, equal, pulses)

        unsure = np.zeros(self.series.sizes.size, dtype=np.bool_)
        onset = np.zeros(unsure.size, dtype=np.intp)
        for equal, looked in parts():
            self.code[equal.rows] = code_of(Verdict.NOT_FLAGGED)
            session = looked.ratios.session
            onset[equal.dyads] = equal.rows[1] + session.argmax(axis=0)
            self.dyads["log_ratio"][equal.dyads] = looked.ratios.dyad
            self.dyads["mirrored"][equal.dyads] = looked.ratios.mirrored  # upside down, on the same scores
            if context.limits and context.stated:
                unsure[equal.dyads] = looked.perhaps_out_of_reach(least_limits[equal.dyads], ends[0]).any(axis=0)
            if values:
                self.ratio[equal.rows[1:]] = session
                self.course[equal.rows], self.around[equal.rows] = looked.course, looked.around
        for equal, looked in parts(unsure):
            self.code[equal.rows[1:][looked.out_of_reach(least_limits[equal.dyads], *ends)]] = code_of(Reason.NO_ROOM)
        falling, rising = self.dyads["log_ratio"], self.dyads["mirrored"]
        self.dyads["p"] = np.where(rising > falling + _OTHER_WAY, 1.0, tail.p(falling, at_best))
        if context.limits:
            p = tail.p(rising, share_at_best(*upside_down(self.series, context), both=two))
            self.dyads["mirrored_p"] = np.where(falling > rising + _OTHER_WAY, 1.0, p)
        over = (falling > limits) & (self.dyads["p"] < 1)
        if least is not None:
            for equal, looked in parts(over.copy(), rows=ROWS // 4):
                found = looked.fall(course=values)
                deep = found.figures["depth"] >= least
                over[equal.dyads] = deep
                for name, figure in found.figures.items():
                    self.dyads[name][equal.dyads[deep]] = figure[deep]
                if found.course is not None:
                    self.course[equal.rows[:, deep]] = found.course[:, deep]
        self.code[onset[over]] = code_of(Verdict.FLAGGED)
