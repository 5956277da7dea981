"""What the relationship bears on, and what research found about it: associations, never causes."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from therarel.citations import Status, citation
from therarel.domain import checks
from therarel.domain.checks import bounds, optional
from therarel.domain.ratings import Rater
from therarel.errors import InvalidValueError
from therarel.vocabulary import Vocabulary


class Outcome(Vocabulary, concepts=True):
    """Something that the quality of the relationship bears on."""

    TREATMENT_EFFECTIVENESS = "treatment_effectiveness"
    CLIENT_ENGAGEMENT = "client_engagement"
    HEALING_PROCESS = "healing_process"
    SUSTAINED_CHANGE = "sustained_change"
    PERSONAL_GROWTH = "personal_growth"
    DROPOUT = "dropout"


class EffectMetric(Vocabulary, links={}):
    """The metric of an effect: a correlation, a standardised mean difference, an odds ratio or a regression slope.

    Examples:
        >>> EffectMetric.ODDS_RATIO.symbol
        'OR'
    """

    R = "r"
    D = "d"
    G = "g"
    ODDS_RATIO = "odds_ratio"
    SLOPE = "slope"
    STANDARDISED_SLOPE = "standardised_slope"

    @property
    def symbol(self) -> str:
        """The letters that the field prints before the figure."""
        return _SYMBOLS.get(self, self.value)


_SYMBOLS: Final = {EffectMetric.ODDS_RATIO: "OR", EffectMetric.SLOPE: "b", EffectMetric.STANDARDISED_SLOPE: "beta"}
_LIMIT: Final = {EffectMetric.R: 1.0}


@frozen
class Effect:
    """An association, most often a meta-analytic one, as published.

    Args:
        metric: Correlation ``r``, standardised difference ``d`` or ``g``, odds ratio or slope.
        value: The effect; an odds ratio is above 0.
        citation_key: Key in the bibliography; it has to exist there.
        status: How surely the figures are known.
        ci_low: Lower end of the 95% confidence interval; ``None`` if not seen.
        ci_high: Upper end; ``None`` if not seen.
        studies: Number of studies or samples (k); ``None`` if not stated.
        participants: Number of people (N); ``None`` if not stated.
        rater: Whose ratings; ``None`` if pooled over raters or not stated.

    Raises:
        InvalidValueError: if a correlation leaves [-1, 1], an odds ratio is not above 0, or the interval does not hold
            the value.
        UnknownNameError: if the bibliography has no such key.

    Examples:
        >>> effect = Effect(EffectMetric.R, 0.278, "fluckiger2018", Status.VERIFIED, 0.256, 0.299, studies=295)
        >>> effect.is_causal
        False
    """

    metric: EffectMetric = field(validator=checks.a(EffectMetric))
    value: float = field(validator=checks.number(), converter=checks.as_float)
    citation_key: str = field(validator=checks.name)
    status: Status = field(validator=checks.a(Status))
    ci_low: float | None = field(default=None, validator=optional(checks.number()), converter=checks.float_or_none)
    ci_high: float | None = field(default=None, validator=optional(checks.number()), converter=checks.float_or_none)
    studies: int | None = field(
        default=None,
        validator=optional(checks.whole(1)),
        metadata=bounds(1, checks.LARGEST),
        kw_only=True,
        converter=checks.int_or_none,
    )
    participants: int | None = field(
        default=None,
        validator=optional(checks.whole(1)),
        metadata=bounds(1, checks.LARGEST),
        kw_only=True,
        converter=checks.int_or_none,
    )
    rater: Rater | None = field(default=None, validator=optional(checks.a(Rater)), kw_only=True)

    def __attrs_post_init__(self) -> None:
        citation(self.citation_key)
        limit = _LIMIT.get(self.metric)
        if limit is not None and abs(self.value) > limit:
            raise InvalidValueError(
                "a correlation lies within its bounds",
                where="Effect.value",
                value=f"{self.value:g}",
                bound="-1 to 1",
            )
        if self.metric is EffectMetric.ODDS_RATIO and min(self.value, 1 if self.ci_low is None else self.ci_low) <= 0:
            raise InvalidValueError(
                "an odds ratio and its interval are above 0",
                where="Effect.value",
                value=f"{self.value:g}",
                bound="above 0",
                hint="an odds ratio of 1 says no difference; a logarithm of odds is another metric",
            )
        low = self.value if self.ci_low is None else self.ci_low
        high = self.value if self.ci_high is None else self.ci_high
        if not low <= self.value <= high:
            raise InvalidValueError(
                "a confidence interval holds its estimate",
                where="Effect.value",
                value=f"{self.value:g}",
                bound=f"{low:g} to {high:g}",
            )

    @property
    def is_causal(self) -> bool:
        """Always ``False``: these are associations."""
        return False
