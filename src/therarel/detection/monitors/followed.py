"""What a monitor follows, and by which rule: plain values that its answers carry, and the scores of a course."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from therarel.detection.monitors.false_alarms import CausalFalseAlarms, causal_false_alarms_of
from therarel.detection.rules.arguments import causal_rule
from therarel.detection.rules.base import Rule
from therarel.detection.wording import Terms
from therarel.domain import checks
from therarel.domain.checks import optional
from therarel.domain.events import Measured
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.machine import Course, History, replay
from therarel.noise.context import PanelContext, context_for, scale_for
from therarel.panels import SessionIndex


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


def entries_in_force(events: object) -> Iterable[object] | None:
    """The entries of a course or a history without retracted ones, or the events given; ``None`` for anything else.

    Args:
        events: A course, a history, or events.
    """
    if isinstance(events, Course):
        return events.replay().entries
    if isinstance(events, History):
        return replay(events.start, [entry.event for entry in events]).entries
    return events if isinstance(events, Iterable) else None


def measurements(monitor: Followed, events: Iterable[object], *, begun: bool) -> list[tuple[float, float | None]]:
    """Session, or day since the first one, and score of each measurement that is followed, in their order.

    Args:
        monitor: The monitor: what it follows, and on which scale.
        events: Events, or entries that hold them.
        begun: Whether scores of the course were followed before.

    Raises:
        UnknownNameError: if there are scores, but none of the monitor's instrument, and none was followed before.
        InvalidValueError: if they cannot be followed as one series.
    """
    found: dict[float, float | None] = {}
    kinds: set[tuple[object, ...]] = set()
    others: set[str] = set()
    for entry in events:
        event: Any = getattr(entry, "event", entry)
        if not isinstance(event, Measured):
            continue
        score = event.score
        others.add(score.instrument)
        wanted = ((monitor.instrument, score.instrument), (monitor.rater, score.rater), (monitor.timing, score.timing))
        if any(mine is not None and mine != its for mine, its in wanted):
            continue
        kinds.add(tuple(its for _, its in wanted))
        session = _when(event, dated=monitor.dated)
        if session in found:
            raise InvalidValueError(
                f"a {'day' if monitor.dated else 'session'} has two scores",
                where="Monitor.follow",
                value=shown(str(event.on) if monitor.dated else event.session),
                hint="retract one of the entries, or name instrument, rater and timing",
            )
        ends = monitor.ends
        if score.scale is not None and not ends[0] <= score.scale.minimum < score.scale.maximum <= ends[1]:
            raise InvalidValueError("the scores are on another scale", where="Monitor.follow", value=f"'{score.scale}'")
        found[session] = score.value
    if not begun and others and monitor.instrument is not None and monitor.instrument not in others:
        raise UnknownNameError(
            "no score of that instrument was recorded",
            where="Monitor.instrument",
            value=shown(monitor.instrument),
            hint=hint_for(monitor.instrument, sorted(others)),
        )
    if len(kinds) > 1:
        raise InvalidValueError(
            "scores of several instruments, raters or timings are not pooled",
            where="Monitor.follow",
            value=f"{len(kinds)} kinds",
            hint="name instrument, rater and timing of the ones to follow",
        )
    first = min(found, default=0) if monitor.dated else 0
    return sorted((session - first, score) for session, score in found.items())


def _when(event: Measured, *, dated: bool) -> float:
    """The session of a measurement; of a dated one its date, as a number of days."""
    if dated:
        if event.on is not None:
            return event.on.toordinal()
        what, hint = "a followed score of a dated monitor has a date", "record Measured with on=..."
    else:
        if event.session is not None:
            return event.session
        what, hint = "a followed score belongs to a session", "record Measured with session=..."
        if event.on is not None:
            hint += ", or follow the dates: Monitor(..., index='dated')"
    raise InvalidValueError(what, where="Monitor.follow", hint=hint)
