"""A monitor: scores of one course of therapy as they come in, session by session, judged by what came before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from therarel.detection.context import PanelContext
from therarel.detection.engines.lazy import context_for
from therarel.detection.episodes import RecoveryStatus
from therarel.detection.monitors.answers import NOT_A_RISK_MONITOR, RecoveryAnswer, SessionAnswer
from therarel.detection.monitors.earlier import BaselineChart
from therarel.detection.monitors.false_alarms import CausalFalseAlarms, causal_false_alarms_of
from therarel.detection.monitors.following import measurements
from therarel.detection.monitors.judging import COMPARES, Judge, causal_rule, judge_for, sudden_verdict
from therarel.detection.monitors.recovering import Ended, fed, opened
from therarel.detection.monitors.state import MonitorState, OpenDrop, Seen
from therarel.detection.monitors.taking import a_score, a_session, check_own
from therarel.detection.rules.base import Change, Rule
from therarel.detection.rules.levels import Reference
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.rules.sudden import SuddenLoss
from therarel.detection.verdicts import CODES, Verdict
from therarel.domain import checks
from therarel.domain.checks import optional
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, is_whole, shown
from therarel.panels import SessionIndex

if TYPE_CHECKING:
    from therarel.machine import Course

__all__ = ["Answer", "Monitor"]

Answer: TypeAlias = SessionAnswer | RecoveryAnswer
"""What a monitor answers: a verdict on a session, or what became of a drop."""

_NO_SCORE = CODES[Verdict.NO_SCORE]


def _float_pair(scale: RatingScale | Sequence[float]) -> RatingScale | tuple[float, float]:
    return scale if isinstance(scale, RatingScale) else (float(scale[0]), float(scale[1]))


@frozen(repr=False)
class Monitor:
    """A causal rule that follows one course of therapy at a time, in constant memory; it is no risk monitor.

    The monitor itself is a frozen value that serves any number of courses. Each course has a `MonitorState`, a small
    frozen value too: an update takes the state before a session and gives the state after it, with the answers
    that became known. The verdicts are those of the same rule over the whole series at once, row for row.

    A monitor fires on noise as well, most of all with few earlier sessions; each answer says how often. It compares
    scores with earlier scores and knows nothing of danger to anyone.

    Args:
        rule: `EarlierChart`, `BaselineChart`, `EarlierDrop`, a `ReliableDrop` with its standard deviation given, or
            `SuddenLoss` and `SuddenGain`, which are known up to two sessions later.
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        construct: What the scores are scores of; ``None`` if unknown, and then wording stays neutral.
        index: What session numbers count.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        instrument: Id of the instrument whose scores of a `Course` are followed; ``None`` where there is only one.
        rater: Whose scores are followed; ``None`` where there is only one rater. Raters are never pooled.
        timing: Scores from before or after the session; ``None`` where there is only one timing.
        false_alarms: A calibration of one's own, see `calibrate_causal`. Without it the embedded one is used where it
            knows these settings and was simulated on this scale: 1 to 5, higher is better, no outcome. Elsewhere the
            rate is not known, and the answers say so.

    Raises:
        InvalidValueError: if the rule looks ahead, or the scale or its direction is missing.

    Examples:
        >>> from therarel.detection.monitors import BaselineChart
        >>> monitor = Monitor(BaselineChart(earlier=3), scale=(1, 5), higher_is_better=True)
        >>> state = monitor.start()
        >>> for session, score in enumerate([4, 4.25, 4, 2], start=1):
        ...     state, answers = monitor.update(state, session, score)
        >>> answers
        (<session 4: flagged>,)
    """

    rule: Rule = field()
    scale: RatingScale | tuple[float, float] = field(converter=_float_pair, kw_only=True)
    higher_is_better: bool | None = field(default=None, kw_only=True)
    construct: Construct | None = field(default=None, validator=optional(checks.a(Construct)), kw_only=True)
    index: SessionIndex = field(default=SessionIndex.ATTENDED, converter=SessionIndex, kw_only=True)
    max_gap: float | None = field(default=None, kw_only=True)
    instrument: str | None = field(default=None, validator=optional(checks.name), kw_only=True)
    rater: Rater | None = field(default=None, validator=optional(checks.a(Rater)), kw_only=True)
    timing: Timing | None = field(default=None, validator=optional(checks.a(Timing)), kw_only=True)
    false_alarms: CausalFalseAlarms | None = field(default=None, eq=False, kw_only=True)
    context: PanelContext = field(init=False, eq=False)
    sign: float = field(init=False, eq=False)
    compares: tuple[str, ...] = field(init=False, eq=False)
    settings: str = field(init=False, eq=False)
    dated: bool = field(init=False, eq=False)
    _judge: Judge | None = field(init=False, eq=False)
    _low: float = field(init=False, eq=False)
    _high: float = field(init=False, eq=False)
    _max_gap: float = field(init=False, eq=False)
    _freeze: float = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        rule = causal_rule(self.rule, "Monitor.rule")
        context = context_for(self.scale, self.higher_is_better, self.index, self.max_gap)
        better = self.scale.higher_is_better if isinstance(self.scale, RatingScale) else bool(self.higher_is_better)
        sign = 1.0 if better else -1.0
        low, high = (context.minimum, context.maximum) if better else (-context.maximum, -context.minimum)
        recovery = rule.recovery
        words = [
            rule.label,
            f"recovery {recovery.share:g} within {recovery.within}{', strictly' if recovery.strictly else ''}",
            f"{low:g} to {high:g}, {'higher' if better else 'lower'} is better",
            f"{self.index.value} sessions, gap {self.max_gap}",
        ]
        freeze: float = math.inf
        if isinstance(rule, BaselineChart):
            freeze = rule.earlier
        elif isinstance(rule, ReliableDrop) and rule.reference is Reference.BASELINE:
            freeze = rule.baseline
        known = self.false_alarms
        if known is None:
            scale = self.scale if isinstance(self.scale, RatingScale) else RatingScale(*self.scale, better)
            known = causal_false_alarms_of(rule, scale, self.construct)
        derived: dict[str, object] = {
            "context": context,
            "sign": sign,
            "compares": next(names for kind, names in COMPARES.items() if isinstance(rule, kind)),
            "settings": "; ".join(words),
            "dated": self.index is SessionIndex.DATED,
            "_judge": None if isinstance(rule, SuddenLoss) else judge_for(rule, context),
            "_low": low - context.tolerance,
            "_high": high + context.tolerance,
            "_max_gap": context.max_gap,
            "_freeze": freeze,
            "false_alarms": known,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest score that is taken, with the tolerance of the scale."""
        return self._low, self._high

    def start(self) -> MonitorState:
        """The state before the first session."""
        return MonitorState(self.settings)

    def update(
        self, state: MonitorState, session: float, score: float | None
    ) -> tuple[MonitorState, tuple[Answer, ...]]:
        """Take in one session.

        Args:
            state: The state before it.
            session: Later than every one before. An attended session is a whole number from 0, a scheduled one any
                number; of a dated one the number of days since the first date of the course.
            score: Its score in points of the scale; ``None`` if there is none.

        Returns:
            The state after it, and the answers that became known with it. Rules without delay answer on this
            session; a sudden change is answered up to two sessions later. Answers on recoveries come first.

        Raises:
            InvalidValueError: if the session is none, or does not come later, the score lies outside the scale, or
                the state is another monitor's. Nothing has changed then.
        """
        check_own(state, self.settings, "Monitor.update")
        if not is_whole(session) or session < 0:
            session = a_session(session, self.index)
        before = state.session
        if before is not None and not session > before:
            raise InvalidValueError(
                "sessions come in order",
                where="Monitor.update",
                value=shown(session),
                bound=f"later than {before:g}",
                hint="after a late or corrected entry follow the course from its start",
            )
        if score is None:
            return self._unscored(state, session)
        if type(score) is not float and not is_whole(score):
            score = a_score(score)
        if not self._low <= score <= self._high:
            raise InvalidValueError(
                "a score lies on its scale",
                where="Monitor.update",
                value=shown(score),
                bound=f"{self._low:g} to {self._high:g}",
            )
        value = self.sign * score
        if self._judge is None:
            return self._sudden(state, session, value)
        seen, last, open_ = state.earlier, state.last, state.open
        near = state.last_session is not None and session - state.last_session <= self._max_gap
        code, compared = self._judge(state, value, near)
        answer = SessionAnswer(self, session, score, code, seen, session, compared)
        answers: tuple[Answer, ...] = (answer,)
        if open_:
            open_, ended = fed(open_, session, value, near, self.rule.recovery, self.context.tolerance)
            if ended:
                answers = (*self._ended(ended, session), answer)
            # A session within the window of a drop belongs to it, the last one of the window included.
            if code == 1 and not open_ and ended[-1][1] is not RecoveryStatus.OPEN:
                open_ = (opened(session, value, compared[0], self.rule.recovery),)
        elif code == 1:
            open_ = (opened(session, value, compared[0], self.rule.recovery),)
        mean, squares, ranges, pairs = state.mean, state.squares, state.ranges, state.pairs
        if seen < self._freeze:
            if near and last is not None:
                ranges += abs(value - last)
                pairs += 1.0
            apart = value - mean
            mean += apart / (seen + 1)
            squares += apart * (value - mean)
        best = state.best
        if not near or best is None or value > best:
            best = value
        after = MonitorState(
            self.settings, session, state.position + 1, seen + 1, value, session, mean, squares, ranges, pairs, best,
            (), 0, open_,
        )  # fmt: skip
        return after, answers

    def flush(self, state: MonitorState) -> tuple[Answer, ...]:
        """The answers that are still due when a course of therapy ends.

        Sudden changes near the end are judged by the scores there are; drops that wait for their recovery end as
        not known.

        Args:
            state: The last state.

        Raises:
            InvalidValueError: if the state is another monitor's.
        """
        check_own(state, self.settings, "Monitor.flush")
        at = 0.0 if state.session is None else state.session
        open_, answers = state.open, list[Answer]()
        if self._judge is None:
            open_, answers, _ = self._decide(state.window, state.pending, state.open, state.earlier, at, math.inf)
        return (*answers, *self._ended([(drop, RecoveryStatus.NOT_KNOWN, None) for drop in open_], at))

    def follow(
        self, events: Iterable[object] | Course, state: MonitorState | None = None
    ) -> tuple[MonitorState, tuple[Answer, ...]]:
        """Take in the scores recorded in a course of therapy: ``monitor.follow(course)``.

        Of a course, or its history, the entries that stand are taken, retracted ones are not and corrected ones as
        corrected; any iterable of events will do. Only `AllianceMeasured` is looked at. Sessions are sorted. A dated
        monitor takes the dates (``on``) and counts days from the first of them that is followed.

        Args:
            events: A course, a history, or events; for a dated monitor all of them each time.
            state: Where to go on: sessions up to the state's are taken as seen. After a late or corrected entry
                follow from the start.

        Returns:
            The state after the last session, and all answers, without those that only the end of the course gives.

        Raises:
            UnknownNameError: if there are scores, but none of the monitor's instrument, at the start of a course.
            InvalidValueError: if scores of several raters, instruments or timings are mixed, a session has two
                scores, a score has no session (for a dated monitor, no date), or the state's day is no longer there.
        """
        now = self.start() if state is None else state
        check_own(now, self.settings, "Monitor.follow")
        history = getattr(events, "history", events)
        entries = getattr(history, "standing", history)
        if not isinstance(entries, Iterable):
            raise InvalidValueError(
                "a course, its history or events are needed", where="Monitor.follow", value=shown(events)
            )
        measured = measurements(self, entries, begun=now.session is not None)
        if self.dated and now.session is not None and all(session != now.session for session, _ in measured):
            raise InvalidValueError(
                "the day of the state is not among the days that are followed",
                where="Monitor.follow",
                value=shown(now.session),
                hint="give the whole course, since days are counted from its first date; after a late or corrected"
                " entry follow it from the start",
            )
        answers: list[Answer] = []
        for session, score in measured:
            if now.session is None or session > now.session:
                now, known = self.update(now, session, score)
                answers += known
        return now, tuple(answers)

    def _unscored(self, state: MonitorState, session: float) -> tuple[MonitorState, tuple[Answer, ...]]:
        answer = SessionAnswer(self, session, None, _NO_SCORE, state.earlier, session)
        open_, answers, pending, window = state.open, list[Answer](), state.pending, state.window
        if self._judge is None and pending:
            here = session if math.isfinite(self.context.adjacent) else float(state.position)
            open_, answers, pending = self._decide(window, pending, open_, state.earlier, session, here)
        after = MonitorState(
            state.settings, session, state.position + 1, state.earlier, state.last, state.last_session, state.mean,
            state.squares, state.ranges, state.pairs, state.best, window, pending, open_,
        )  # fmt: skip
        return after, (*answers, answer)

    def _sudden(self, state: MonitorState, session: float, value: float) -> tuple[MonitorState, tuple[Answer, ...]]:
        """One more scored session for a rule that answers later."""
        place = session if math.isfinite(self.context.adjacent) else float(state.position)
        near = state.last_session is not None and session - state.last_session <= self._max_gap
        turned = value if self.rule.change is Change.DROP else -value
        open_, ended = fed(state.open, session, turned, near, self.rule.recovery, self.context.tolerance)
        window = (*state.window, Seen(place, session, value))
        open_, answers, pending = self._decide(window, state.pending + 1, open_, state.earlier + 1, session, place)
        kept = window[max(len(window) - pending - 3, 0) :]
        after = MonitorState(
            state.settings, session, state.position + 1, state.earlier + 1, value, session, window=kept,
            pending=pending, open=open_,
        )  # fmt: skip
        return after, (*self._ended(ended, session), *answers)

    def _decide(
        self, window: tuple[Seen, ...], pending: int, open_: tuple[OpenDrop, ...], scored: int, now: float, place: float
    ) -> tuple[tuple[OpenDrop, ...], list[Answer], int]:
        """Verdicts on the waiting sessions that nothing after ``place`` can change any more."""
        rule, context = self.rule, self.context
        if not isinstance(rule, SuddenLoss):
            return open_, [], 0
        gap = context.adjacent if math.isfinite(context.adjacent) else 1.0
        turn = 1.0 if rule.change is Change.DROP else -1.0
        answers: list[Answer] = []
        while pending:
            at = len(window) - pending
            here = window[at]
            if pending < 3 and place - here.place < 2 * gap:
                break
            code, compared = sudden_verdict(rule, context, gap, window, at)
            earlier = scored - pending
            answers.append(SessionAnswer(self, here.session, self.sign * here.score, code, earlier, now, compared))
            pending -= 1
            if code != 1:
                continue
            drops: tuple[OpenDrop, ...] = (opened(here.session, turn * here.score, turn * compared[0], rule.recovery),)
            for earlier_one, later_one in zip(window[at:], window[at + 1 :], strict=False):
                near = later_one.session - earlier_one.session <= context.max_gap
                drops, ended = fed(
                    drops, later_one.session, turn * later_one.score, near, rule.recovery, context.tolerance
                )
                answers += self._ended(ended, now)
            open_ = (*open_, *drops)
        return open_, answers, pending

    def _ended(self, ended: Iterable[Ended], now: float) -> list[Answer]:
        return [RecoveryAnswer(self, drop.flagged_at, status, at, now) for drop, status, at in ended]

    def __repr__(self) -> str:
        return f"<Monitor: {self.settings}. {NOT_A_RISK_MONITOR}>"
