"""Below the own mean: a score a number of the dyad's own standard deviations under the dyad's own mean."""

from __future__ import annotations

from typing import ClassVar

from attrs import field, frozen

from therarel.detection.rules.base import Rows, Rule, positive
from therarel.detection.rules.drop import Drop
from therarel.detection.rules.levels import Reference, Scale
from therarel.detection.verdicts import Verdicts
from therarel.domain.checks import as_float
from therarel.noise.context import PanelContext
from therarel.noise.series import Series


@frozen(kw_only=True)
class BelowOwnMean(Rule):
    """A score at or below the dyad's own mean minus ``k`` of its own standard deviations.

    The score that is judged is part of the mean and of the standard deviation: with ``n`` sessions it can lie at
    most ``(n - 1) / sqrt(n)`` standard deviations below, so that 2 of them cannot be reached in 5 sessions or fewer.
    And every dyad has a lowest score: the more sessions, the likelier it lies that low by chance.

    Args:
        k: Number of standard deviations, above 0.
        minimal_drop: Score points below the mean within which nothing fires.
        recovery: When the drop counts as recovered: the level to regain is the mean.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> judge(BelowOwnMean(k=2), [4, 4, 4, 4, 4, 2], scale=(1, 5)).flagged.tolist()
        [False, False, False, False, False, True]
        >>> judge(BelowOwnMean(k=2), [4, 4, 4, 4, 2], scale=(1, 5)).undetectable.tolist()
        [True, True, True, True, True]
    """

    name: ClassVar[str] = "below_own_mean"
    causal_instead: ClassVar[str] = "EarlierChart(sigma='sd', k=2)"
    tabled: ClassVar[Rows] = {"below_own_mean_2": {"k": 2}}

    k: float = field(default=2.0, validator=positive, converter=as_float)

    @property
    def sentence(self) -> str:
        """What is compared with what."""
        return (
            f"A session is flagged where its score is worse than the dyad's own mean by at least {self.k:g} of the"
            " dyad's own standard deviations."
        )

    @property
    def blind_spots(self) -> str:
        """Every series has a worst score."""
        return (
            "Every dyad has a worst score, and the more sessions, the likelier it is so bad by chance. Later sessions"
            " enter the mean."
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the dyad's own mean."""
        same = Drop(
            k=self.k,
            reference=Reference.PERSON_MEAN,
            scale=Scale.PERSON_SD,
            minimal_drop=self.minimal_drop,
        )
        return same.verdicts(series, context, values=values)
