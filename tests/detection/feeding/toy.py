"""A rule of one's own that uses all that the interface offers, and means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.rules import Rule
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series

Floats = npt.NDArray[np.float64]


@frozen(kw_only=True)
class Apart(Rule):
    """Two raters are further apart than usual: than twice the mean distance of all dyads, and of a sample of them.

    Reads two columns of scores, learns a sum over all dyads and a sample of them, says of each dyad how far the two
    are apart on average, and at the end how many dyads are further apart.
    """

    name: ClassVar[str] = "apart"
    n_raters: ClassVar[int] = 2
    sample: ClassVar[int] = 3
    ahead: ClassVar[int | None] = 0
    of_dyads: ClassVar[tuple[str, ...]] = ("distance", "further")

    usual: float = field(default=np.inf)
    sampled: float = field(default=np.inf)

    def sums(self, series: Series, context: PanelContext) -> Mapping[str, Floats]:
        """Distance and number of the sessions that both have rated, of each dyad."""
        away = self._away(series)
        there = ~np.isnan(away)
        return {"distance": series.total(np.where(there, away, 0.0)), "number": series.total(there.astype(np.float64))}

    def learnt(self, totals: Mapping[str, float], sample: Series | None, context: PanelContext) -> Apart:
        """Mean distance over all dyads, and over a few of them."""
        number = totals.get("number", 0.0)
        seen = np.empty(0) if sample is None or not sample.score.size else self._away(sample)
        return evolve(
            self,
            usual=totals["distance"] / number if number else np.inf,
            sampled=float(np.nanmean(seen)) if (~np.isnan(seen)).any() else np.inf,
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Flag what is further apart than twice the larger of the two."""
        away = self._away(series)
        least = np.full(away.size, 2 * max(self.usual, self.sampled))
        with np.errstate(invalid="ignore"):
            code = (away > least + context.tolerance).view(np.uint8)
        code[np.isnan(away)] = code_of(Reason.NO_REFERENCE)
        there = ~np.isnan(away)
        number = series.total(there.astype(np.float64))
        total = series.total(np.where(there, away, 0.0))
        distance = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)
        compared = {"reference": series.score + away, "limit": least, "change": away} if values else {}
        return Verdicts(code, compared, {"distance": distance})

    def concluded(self, dyads: Mapping[str, Floats], context: PanelContext) -> Mapping[str, Floats]:
        """How many dyads are further apart than each."""
        distance = dyads["distance"]
        return {**dyads, "further": np.array([float((distance > each).sum()) for each in distance])}

    @staticmethod
    def _away(series: Series) -> Floats:
        if series.beside is None:
            return np.full(series.score.size, np.nan)
        return np.asarray(np.abs(series.beside[:, 0] - series.score))
