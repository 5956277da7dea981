"""What a monitor answers: a verdict on a session, or what became of a drop; each with its grounds, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.monitors.followed import Followed
from therarel.detection.verdicts import LEVELS, Reason, Verdict, reason_of, verdict_of
from therarel.detection.wording import number, session_words
from therarel.domain.ruptures import Grounds
from therarel.representation import one_line

NOT_A_RISK_MONITOR: Final = (
    "This is not a risk monitor: it compares scores with earlier scores and knows nothing of danger to anyone."
)
"""What every answer of a monitor says about itself."""


@frozen(repr=False)
class SessionAnswer:
    """A monitor's verdict on one session, with what it compared.

    Args:
        monitor: The monitor.
        session: The session that is judged.
        score: Its score, as it was given; ``None`` if there is none.
        code: The verdict as a byte, see `therarel.detection.verdicts.CODES`.
        earlier: Number of scored sessions before it.
        known_at: The session at which the verdict could be given; a sudden change is known up to two later.
        compared: What the rule compared, by name, oriented (higher is better); empty where there is no score.

    Examples:
        >>> from therarel.detection.monitors import Monitor
        >>> from therarel.detection.rules import EarlierChart
        >>> monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
        >>> state = monitor.start()
        >>> for session, score in enumerate([4, 4.25, 4, 4.25], start=1):
        ...     state, answers = monitor.update(state, session, score)
        >>> state, (answer,) = monitor.update(state, 5, 2)
        >>> answer.verdict.label, answer.grounds.rule
        ('flagged', 'earlier_chart')
    """

    monitor: Followed
    session: float
    score: float | None
    code: int
    earlier: int
    known_at: float
    compared: Mapping[str, float] = field(factory=dict)

    @property
    def verdict(self) -> Verdict:
        """What the rule says about the session."""
        return verdict_of(self.code)

    @property
    def flagged(self) -> bool:
        """Whether the rule fired."""
        return self.code == 1

    @property
    def reason(self) -> Reason | None:
        """Why the rule could not have fired, where it could not."""
        return reason_of(self.code)

    @property
    def values(self) -> dict[str, float]:
        """What the rule compared, by name, in score points as they were given; NaN where it does not exist."""
        sign = self.monitor.sign
        return {name: sign * value if name in LEVELS else value for name, value in self.compared.items()}

    @property
    def grounds(self) -> Grounds:
        """Why: the rule, its settings and what it saw; a confirmed episode keeps them."""
        rule = self.monitor.rule
        seen = {name: None if math.isnan(value) else value for name, value in self.values.items()}
        return Grounds(rule.name, rule.settings, {"earlier_sessions": self.earlier, **seen})

    @property
    def false_alarm_share(self) -> float | None:
        """Share of sessions with as many earlier ones that is flagged where nothing happened; ``None`` if not known.

        It is known where the monitor was given a calibration, and for the settings of the embedded table on a scale
        of 1 to 5 where higher is better. A rate for one scale is never given for another.
        """
        table = self.monitor.false_alarms
        return None if table is None else table.share(self.earlier)

    def explain(self) -> str:
        """The answer in words, with its false-alarm rate and with what a monitor is not."""
        told = [self._verdict_in_words()]
        share = self.false_alarm_share
        if self.code < 2:
            told.append(
                "How often these settings flag a session where nothing happened is not known on this scale: run"
                " calibrate_causal with noise like that of these scores, and give its table to the monitor."
                if share is None
                else f"Of simulated sessions in which nothing happened, with {self.earlier} earlier ones, these"
                f" settings flag {100 * share:.1f}%."
            )
        return " ".join([*told, NOT_A_RISK_MONITOR])

    def _verdict_in_words(self) -> str:
        monitor, at = self.monitor, session_words(self.session, dated=self.monitor.dated).capitalize()
        if self.verdict is Verdict.NO_SCORE:
            return f"{at} has no score to judge."
        reason = self.reason
        if reason is not None:
            return f"{at}: {monitor.rule.label} could not have fired here ({reason.label})."
        compared = ", ".join(
            f"{name.replace('_', ' ')} {number(value)}" for name, value in self.values.items() if not math.isnan(value)
        )
        terms = monitor.terms
        said = f"a {terms.finding}" if self.flagged else f"no {terms.finding}"
        return f"{at}, score {number(float(self.score or 0.0))}: {said} by {monitor.rule.label} ({compared})."

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        return f"{session_words(self.session, dated=self.monitor.dated)}: {self.verdict.label}"


@frozen(repr=False)
class RecoveryAnswer:
    """What became of a drop, or a gain, that a monitor flagged.

    Args:
        monitor: The monitor.
        flagged_at: The session that was flagged.
        status: Recovered, open, or not known because the series ended or broke off first; of a gain, lost again,
            held, or not known.
        returned_at: Session at which the level was regained, of a gain lost again; ``None`` if it was not.
        known_at: Session at which this was known.
    """

    monitor: Followed
    flagged_at: float
    status: RecoveryStatus | ReversalStatus
    returned_at: float | None
    known_at: float

    @property
    def flagged(self) -> bool:
        """Never: it says what became of a session that was flagged before."""
        return False

    def explain(self) -> str:
        """The answer in words, with what a monitor is not."""
        dated, terms = self.monitor.dated, self.monitor.terms
        if self.returned_at is not None:
            said = f"{terms.returned} at {session_words(self.returned_at, dated=dated)}"
        elif self.status is RecoveryStatus.OPEN:
            said = "not recovered within the window"
        elif self.status is ReversalStatus.HELD:
            said = "held"
        else:
            said = "not known: the series ended or broke off first"
        return f"The {terms.finding} of {session_words(self.flagged_at, dated=dated)}: {said}. {NOT_A_RISK_MONITOR}"

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        at = session_words(self.flagged_at, dated=self.monitor.dated)
        return f"{self.monitor.terms.move} of {at}: {self.status.label}"
