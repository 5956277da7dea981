"""What a monitor follows, and by which rule: plain values that its answers carry."""

from __future__ import annotations

from attrs import field, frozen

from therarel.detection.monitors.false_alarms import CausalFalseAlarms, causal_false_alarms_of
from therarel.detection.rules.arguments import causal_rule
from therarel.detection.rules.base import Rule
from therarel.detection.wording import Terms
from therarel.domain import checks
from therarel.domain.checks import optional
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.noise.context import PanelContext, context_for, scale_for
from therarel.panels import SessionIndex

__all__ = ["Followed"]


@frozen(repr=False)
class Followed:
    """The rule and the scores of a monitor; the arguments are those of `Monitor`."""

    rule: Rule = field()
    scale: RatingScale | tuple[float, float] = field(kw_only=True)
    higher_is_better: bool | None = field(default=None, kw_only=True)
    construct: Construct | None = field(default=None, validator=optional(checks.a(Construct)), kw_only=True)
    index: SessionIndex = field(default=SessionIndex.ATTENDED, converter=SessionIndex, kw_only=True)
    max_gap: float | None = field(default=None, kw_only=True)
    instrument: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    rater: Rater | None = field(default=None, validator=optional(checks.a(Rater)), kw_only=True)
    timing: Timing | None = field(default=None, validator=optional(checks.a(Timing)), kw_only=True)
    false_alarms: CausalFalseAlarms | None = field(default=None, eq=False, kw_only=True)
    context: PanelContext = field(init=False, eq=False)
    stated: RatingScale = field(init=False, eq=False)
    settings: str = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        rule = causal_rule(self.rule, "Monitor.rule")
        stated = scale_for(self.scale, self.higher_is_better)
        recovery = rule.recovery
        words = [
            rule.judging_label,
            f"recovery {recovery.share:g} within {recovery.within}{', strictly' if recovery.strictly else ''}",
            f"{stated.minimum:g} to {stated.maximum:g}, {'higher' if stated.higher_is_better else 'lower'} is better",
            f"{self.index.value} sessions, gap {self.max_gap}",
        ]
        derived: dict[str, object] = {
            "context": context_for(stated, self.index, self.max_gap),
            "stated": stated,
            "settings": "; ".join(words),
            "false_alarms": self.false_alarms or causal_false_alarms_of(rule, stated, self.construct),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def terms(self) -> Terms:
        """The words for what its rule finds."""
        return Terms(self.rule.change, self.construct, self.stated.higher_is_better, self.rule.called)

    @property
    def sign(self) -> float:
        """1 where higher is better, -1 where lower is."""
        return 1.0 if self.stated.higher_is_better else -1.0

    @property
    def dated(self) -> bool:
        """Whether sessions are days."""
        return self.index is SessionIndex.DATED

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest score that is taken, with the tolerance of the scale."""
        return self.stated.minimum - self.context.tolerance, self.stated.maximum + self.context.tolerance
