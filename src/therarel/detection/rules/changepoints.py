"""Change points by penalised likelihood, through the library ruptures; for comparison."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.detection.rules.base import Rule, positive
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.extras import needs
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats


@frozen(kw_only=True)
class ChangePoint(Rule):
    """The first session of a stretch whose mean lies below that of the stretch before it.

    The stretches are those that cost least in squared deviations plus, for each further stretch, ``penalty`` times
    the logarithm of the number of sessions times the dyad's own noise variance (squared mean moving range / 1.128).
    Found by dynamic programming with pruning (PELT), one dyad at a time; slower than the other rules. The search is
    exact where a single session may be a stretch; with longer ones it may miss the best division at a small penalty.

    Args:
        penalty: Weight of the penalty, above 0; 2 corresponds to a Bayesian information criterion.
        shortest: Fewest sessions of a stretch.
        minimal_drop: Smallest fall of the mean in score points.
        recovery: When the drop counts as recovered: the level to regain is the mean of the stretch before.

    Raises:
        InvalidValueError: if a parameter is out of bounds.
        MissingExtraError: when it is used without the extra ``changepoints``.

    Examples:
        >>> from therarel.detection import judge
        >>> scores = [4.5, 4.4, 4.6, 4.5, 4.4, 3.1, 3.0, 3.2, 3.1]
        >>> judge(ChangePoint(), scores, scale=(1, 5)).flagged.nonzero()[0]
        array([5])
    """

    name: ClassVar[str] = "change_point"
    threshold: ClassVar[str] = "penalty"
    slow: ClassVar[bool] = True

    penalty: float = field(default=2.0, validator=positive, converter=as_float)
    shortest: int = field(default=2, validator=checks.whole(1), converter=checks.as_int)

    @property
    def sentence(self) -> str:
        """How the series is divided, and where a finding lies."""
        return (
            "Each series is divided into stretches of steady level, as many as their better fit pays for. A session is"
            " flagged where a stretch begins whose level is worse than that of the one before."
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session as the first of a lower stretch."""
        size = series.score.size
        level, after = np.full(size, np.nan), np.full(size, np.nan)
        for begin, end in zip(series.starts[:-1].tolist(), series.starts[1:].tolist(), strict=True):
            scores = series.score[begin:end]
            edges = [0, *self._ends(scores, context)]
            for before, at, stop in zip(edges, edges[1:], edges[2:], strict=False):
                level[begin + at] = scores[before:at].mean()
                after[begin + at] = scores[at:stop].mean()
        with np.errstate(invalid="ignore"):
            code = (level - after >= self.least(context)).view(np.uint8)
        place = series.scores_before
        left = series.per_session(series.sizes) - place
        code[(place < self.shortest) | (left < self.shortest)] = code_of(Reason.TOO_FEW_SESSIONS)
        if not values:
            return Verdicts(code)
        return Verdicts(code, {"reference": level, "mean_after": after, "change": level - after})

    def _ends(self, scores: Floats, context: PanelContext) -> list[int]:
        """Ends of the stretches of one series, the last one its length."""
        with needs("rules.ChangePoint"):
            import ruptures  # type: ignore[import-untyped]  # it ships no types
        if scores.size < 2 * self.shortest:
            return [int(scores.size)]
        noise = float(np.abs(np.diff(scores)).mean()) / 1.128
        cost = self.penalty * math.log(scores.size) * max(noise, context.least_difference) ** 2
        search = ruptures.KernelCPD(kernel="linear", min_size=self.shortest).fit(scores.reshape(-1, 1))
        return [int(end) for end in search.predict(pen=cost)]
