"""A candidate: a score drop, or a gain, that a rule found, with its grounds; for a person to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.figures import flags_of
from therarel.detection.rules.base import Change, Rule
from therarel.detection.wording import Terms, in_points, may_say_rupture, number, session_words
from therarel.domain.events import Reporter, RuptureNoticed
from therarel.domain.ratings import Construct, RatingScale
from therarel.domain.ruptures import Grounds, RuptureMode, RuptureSeverity
from therarel.drawing import Chart, Colour, Dots, Plot, Ribbon, Span, Trace, describe_series
from therarel.drawing.charts.plots import Mark
from therarel.errors import InvalidValueError, as_number
from therarel.panels.figures import one_series, scores_axis, session_axis
from therarel.representation import one_line

_BAND: Final = 1.96
"""Standard deviations on either side of the expected course that hold 95 of 100 scores."""


@frozen(kw_only=True)
class RuptureCandidate:
    """A score drop that a rule found in one dyad, and why; a person decides what it was.

    Where the panel's construct is an outcome, or unknown, it is a score drop and no more, and no text of it says
    otherwise. A rule that looks for gains gives candidates of the same form, which end in a reversal instead of a
    recovery.

    Args:
        dyad: Label of the dyad.
        called: What the dyad is called where people read it; see `therarel.panels.naming.name_of_label`.
        onset: Last session at or above the reference level; ``None`` if the series shows none.
        flagged_at: First session that the rule flagged.
        extreme_at: Session with the worst score, of a gain the best one, until it was made good or lost again, or the
            window ended.
        reference: Reference level, in score points as the panel has them.
        extreme: The score at that session.
        distance: Distance from the reference level to that score, in score points; above 0.
        length: Number of scored sessions from the first flagged one to the last before recovery, or to the last
            one seen.
        recovery: Whether the drop recovered, as far as the series shows; ``None`` of a gain.
        recovered_at: Session at which the level was regained; ``None`` if it was not, or is not known, and of a gain.
        reversal: Whether the gain held or was lost again, as far as the series shows; ``None`` of a drop.
        lost_again_at: Session at which the level was lost again; ``None`` if that was not seen, and of a drop.
        rule: The rule that found it.
        values: What the rule compared at the first flagged session, by name.
        also: Labels of the other rules that flagged one of its sessions.
        construct: What the scores are scores of; ``None`` if unknown.
        scale: Range and direction of the scores.
        dated: Whether sessions are days.
        sessions: The scored sessions of the dyad.
        scores: Their scores.
        limits: The score at which the rule fires at each of them, NaN where there is none.
        expected: The score that the others lead one to expect at each of them, had there been no fall; empty where the
            rule expects none.
        expected_sd: Standard deviation of a score around that; empty likewise.

    Examples:
        >>> from therarel.detection import detect, rules
        >>> from therarel.panels import Panel
        >>> panel = Panel.from_arrays(
        ...     ["A"] * 8, range(1, 9), [4, 4, 4, 4, 2, 4, 4, 4], scale=(1, 5), higher_is_better=True
        ... )
        >>> detect(panel, primary=rules.Drop(k=2)).candidates[0]
        <score drop in dyad A: session 4 to 5, depth 2, recovered at session 6>
    """

    dyad: str
    called: str
    onset: float | None
    flagged_at: float
    extreme_at: float
    reference: float
    extreme: float
    distance: float
    length: int
    recovery: RecoveryStatus | None = None
    recovered_at: float | None = None
    reversal: ReversalStatus | None = None
    lost_again_at: float | None = None
    rule: Rule
    values: Mapping[str, float] = field(eq=False)
    also: tuple[str, ...] = ()
    construct: Construct | None = None
    scale: RatingScale
    dated: bool = False
    sessions: tuple[float, ...] = field(default=(), eq=False)
    scores: tuple[float, ...] = field(default=(), eq=False)
    limits: tuple[float, ...] = field(default=(), eq=False)
    expected: tuple[float, ...] = field(default=(), eq=False)
    expected_sd: tuple[float, ...] = field(default=(), eq=False)

    @property
    def terms(self) -> Terms:
        """The words for what this is."""
        return Terms(self.rule.change, self.construct, self.scale.higher_is_better, self.rule.called)

    @property
    def name(self) -> str:
        """What this is: a score drop, a score drop (candidate rupture), a change for the worse, a sudden gain, ..."""
        return self.terms.finding

    @property
    def magnitude(self) -> float:
        """Distance from the reference level to the flagged score, in score points; NaN where that score is not known.

        Of a sudden gain or loss it is the published magnitude: the change from the session before to the one after.
        """
        return abs(self.reference - self.seen_at(self.flagged_at)[0])

    @property
    def returned_at(self) -> float | None:
        """Session at which the scores came back to the level, as a recovery or a reversal; ``None`` if unseen."""
        return self.recovered_at if self.rule.change is Change.DROP else self.lost_again_at

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        begin = "" if self.onset is None else f"{session_words(self.onset, dated=self.dated)} to "
        drop = self.rule.change is Change.DROP
        end = self.extreme_at if drop else self.flagged_at
        at = number(end) if begin else session_words(end, dated=self.dated)
        far = f"depth {number(self.distance)}" if drop else f"magnitude {number(self.magnitude)}"
        return f"{self.name} in dyad {self.called}: {begin}{at}, {far}, {self.ending}"

    @property
    def ending(self) -> str:
        """What became of it, in a few words."""
        if self.returned_at is not None:
            return f"{self.terms.returned} at {session_words(self.returned_at, dated=self.dated)}"
        if self.rule.change is Change.GAIN:
            return "held" if self.reversal is ReversalStatus.HELD else "not known whether it held"
        return "open" if self.recovery is RecoveryStatus.OPEN else "recovery not known"

    @property
    def grounds(self) -> Grounds:
        """The rule, its settings and what it compared, as a confirmed episode keeps them."""
        settings = {name: value for name, value in self.rule.settings.items() if value is not None}
        seen: dict[str, float] = {
            "reference": self.reference,
            "extreme": self.extreme,
            "distance": self.distance,
            **{name: value for name, value in self.values.items() if not math.isnan(value)},
        }
        return Grounds(self.rule.name, settings=settings, values=seen)

    def explain(self) -> str:
        """The candidate in words: what the scores did, by which rule, what became of it, and what it is not."""
        at = session_words(self.flagged_at, dated=self.dated)
        lines = [f"{self.name[0].upper()}{self.name[1:]} in dyad {self.called}, found by the rule: {self.rule.label}."]
        score, limit = self.seen_at(self.flagged_at)
        told = f"At {at} the score was {number(score)}; the reference level was {number(self.reference)}"
        lines.append(told + ("." if math.isnan(limit) else f" and the limit {number(limit)}."))
        if self.rule.change is Change.GAIN and not math.isnan(self.magnitude):
            lines[-1] += f" Between the two lie {in_points(self.magnitude)}, the magnitude."
        beyond = "above" if self.terms.up else "below"
        lines.append(
            f"The scores {self.terms.went} {in_points(self.distance)} {beyond} the reference level, to"
            f" {number(self.extreme)} at {session_words(self.extreme_at, dated=self.dated)}."
        )
        if self.onset is not None:
            lines[-1] += f" The last one at that level was {session_words(self.onset, dated=self.dated)}."
        if seen := self.rule.candidate_in_words(self.values):
            lines.append(seen)
        lines.append(self._recovery_told())
        if self.also:
            lines.append(f"Also flagged by: {', '.join(self.also)}.")
        lines.append("This is a pattern in the scores. What it was is for the people who were there to say.")
        return "\n".join(lines)

    def seen_at(self, session: float) -> tuple[float, float]:
        """The dyad's score at a session, and the score at which the rule fires there; NaN where there is none."""
        session = as_number(session, where="RuptureCandidate.seen_at.session")
        if session not in self.sessions:
            return math.nan, math.nan
        at = self.sessions.index(session)
        return self.scores[at], self.limits[at]

    @property
    def stretch(self) -> tuple[float, float]:
        """First and last session that are shaded: from the last one at the level to the way back, or as far as seen."""
        begin = self.flagged_at if self.onset is None else self.onset
        within = [at for at in self.sessions if at >= self.flagged_at][: self.length]
        return begin, self.returned_at if self.returned_at is not None else (within or [begin])[-1]

    @property
    def band(self) -> tuple[list[float], list[float]]:
        """Ends between which 95 of 100 scores would be at each session, had there been no fall; empty if unknown."""
        both = list(zip(self.expected, self.expected_sd, strict=True))
        return [mean - _BAND * sd for mean, sd in both], [mean + _BAND * sd for mean, sd in both]

    @property
    def shortfall(self) -> tuple[list[float], list[float], list[float]]:
        """Sessions of the finding, the scores as far as they are beyond what was expected, and what was expected."""
        (first, last), farther = self.stretch, max if self.terms.up else min
        part = [
            (at, farther(score, mean), mean)
            for at, score, mean in zip(self.sessions, self.scores, self.expected, strict=False)
            if first <= at <= last
        ]
        return [at for at, _, _ in part], [score for _, score, _ in part], [mean for _, _, mean in part]

    @property
    def sentence(self) -> str:
        """The candidate in one sentence: where it began, where it was worst or best, what became of it."""
        begin = "" if self.onset is None else f"after {session_words(self.onset, dated=self.dated)} "
        extreme = f"{number(self.extreme)} at {session_words(self.extreme_at, dated=self.dated)}"
        at = session_words(self.flagged_at, dated=self.dated)
        return f"Flagged at {at}: {begin}the scores went to {extreme}; {self.ending}."

    def draw(self) -> Chart:
        """The candidate on the scores of its dyad, with the limit of the rule and the reference level.

        Where the rule says what scores the others lead one to expect, that course is drawn in their place, with the
        band in which 95 of 100 scores would be if nothing lasting had happened, and the fall is shaded.
        """
        session, score = np.array(self.sessions, dtype=np.float64), np.array(self.scores, dtype=np.float64)
        x, (behind, over) = session_axis(session, dated=self.dated), found_marks([self])
        series = describe_series("Scores", self.sessions, self.scores, x=x.title)
        return Chart(
            [Plot(x, scores_axis("score", self.scale), [*behind, *one_series(session, score), *over])],
            title=f"{self.name[0].upper()}{self.name[1:]} in dyad {self.called}",
            description=f"{series} {self.explain()}",
        )

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def proposed(
        self, severity: RuptureSeverity, modes: Iterable[RuptureMode] = (), *, reported_by: Reporter | None = None
    ) -> RuptureNoticed:
        """The event that a course records once a person has confirmed that this was a rupture.

        Nothing is confirmed by calling this. How severe it was and what moved are for a person to say, and so is
        whether it was a rupture at all; the grounds of the rule travel with the event.

        Args:
            severity: How severe it was, in that person's judgement.
            modes: Withdrawal, confrontation or both; none if it was not judged.
            reported_by: Who says so.

        Raises:
            InvalidValueError: if the scores are not of a relationship, the rule looks for gains, or the panel
                counts days.
        """
        if not may_say_rupture(self.construct) or self.rule.change is Change.GAIN:
            raise InvalidValueError(
                f"a {self.name} in scores of this kind says nothing about a relationship",
                hint="only drops in scores of alliance, relationship or presence can be proposed",
            )
        if self.dated or self.flagged_at != int(self.flagged_at):
            raise InvalidValueError(
                "the event of a course needs the number of a session",
                value=number(self.flagged_at),
                hint="record the event with on=..., and take grounds from this candidate",
            )
        return RuptureNoticed(
            RuptureSeverity(severity),
            frozenset(RuptureMode(mode) for mode in modes),
            grounds=self.grounds,
            session=int(self.flagged_at),
            reported_by=reported_by,
        )

    def _recovery_told(self) -> str:
        condition = self.rule.recovery
        share = "the reference level" if condition.share == 1 else f"{condition.share:.0%} of the change"
        window = "" if condition.within is None else f" within {counted(condition.within, 'session')}"
        if self.rule.change is Change.GAIN:
            if self.lost_again_at is not None:
                return f"Reversal: {share} was lost again at {session_words(self.lost_again_at, dated=self.dated)}."
            if self.reversal is ReversalStatus.HELD:
                return f"It held: {share} was not lost again{window or ' up to the last score'}."
            return "Whether it held is not known: the series ends too soon."
        if self.recovered_at is not None:
            at, after = session_words(self.recovered_at, dated=self.dated), counted(self.length, "session")
            return f"Score recovery: {share} was regained at {at}, after {after}."
        if self.recovery is RecoveryStatus.OPEN:
            return f"Open: {share} was not regained{window}."
        return f"Whether it recovered is not known: the series ends before {share} was regained."


def found_marks(candidates: Sequence[RuptureCandidate]) -> tuple[list[Mark], list[Mark]]:
    """What candidates look like on the scores of their dyad: what is drawn behind the scores, and what over them.

    Behind are the expected course with its band and what is missing to it, or the limit, the reference level and the
    stretch of each; over the scores are the flagged session and that of a recovery or reversal.

    Args:
        candidates: Candidates of one rule in one dyad, at least one.
    """
    one = candidates[0]
    terms, ((shape, colour), (_, other)) = one.terms, flags_of(one.rule.change)
    behind: list[Mark]
    if one.expected:
        behind = [
            Ribbon(one.sessions, *one.band, Colour.BLUE, 0.14, name="95 of 100 scores that only wander"),
            Trace(one.sessions, one.expected, Colour.BLUE, 1.2, "4 3", name="expected from the other scores"),
            *(Ribbon(*each.shortfall, colour, 0.3, name=f"the {terms.move}") for each in candidates),
        ]
    else:
        low, high = one.scale.minimum, one.scale.maximum
        limits = [limit if low <= limit <= high else None for limit in one.limits]
        behind = [Span(*each.stretch, name=f"the {terms.move}") for each in candidates]
        behind.append(Trace(one.sessions, limits, Colour.MUTED, dashes="4 3", name="limit of the rule"))
        behind += [
            Trace(each.stretch, (each.reference,) * 2, Colour.GREEN, dashes="1 3", name="reference level")
            for each in candidates
        ]
    flags = [each.flagged_at for each in candidates]
    over: list[Mark] = [
        Dots(flags, [each.seen_at(each.flagged_at)[0] for each in candidates], colour, shape, 4.5, name="flagged")
    ]
    if back := [(end, each.seen_at(end)[0]) for each in candidates if (end := each.returned_at) is not None]:
        ends, scores = zip(*back, strict=True)
        over.append(Dots(ends, scores, other, radius=4, name=terms.ending))
    return behind, over
