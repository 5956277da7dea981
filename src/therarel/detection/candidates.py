"""Candidates: score drops, or gains, that a rule found, each with its grounds; for a person to look at."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, overload

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.figures import candidate_figure
from therarel.detection.paths import Path
from therarel.detection.rules.base import Change, Rule
from therarel.detection.wording import Terms, in_points, may_say_rupture, number, session_words
from therarel.domain.events import Reporter, RuptureNoticed
from therarel.domain.ratings import Construct, RatingScale
from therarel.domain.ruptures import Grounds, RuptureMode, RuptureSeverity
from therarel.drawing import Chart
from therarel.errors import InvalidValueError, as_number
from therarel.representation import one_line

__all__ = ["Candidates", "RuptureCandidate"]

BAND: Final = 1.96
"""Standard deviations on either side of the expected course that hold 95 of 100 scores."""


@frozen(kw_only=True)
class RuptureCandidate:
    """A score drop that a rule found in one dyad, and why; a person decides what it was.

    Where the panel's construct is an outcome, or unknown, it is a score drop and no more, and no text of it says
    otherwise. A rule that looks for gains gives candidates of the same form, which end in a reversal instead of a
    recovery.

    Args:
        dyad: Label of the dyad.
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
        at = number(self.extreme_at) if begin else session_words(self.extreme_at, dated=self.dated)
        drop = self.rule.change is Change.DROP
        far = f"depth {number(self.distance)}" if drop else f"{in_points(self.distance)} from the reference level"
        return f"{self.name} in dyad {self.dyad}: {begin}{at}, {far}, {self.ending}"

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
        lines = [f"{self.name[0].upper()}{self.name[1:]} in dyad {self.dyad}, found by the rule: {self.rule.label}."]
        score, limit = self.seen_at(self.flagged_at)
        told = f"At {at} the score was {number(score)}; the reference level was {number(self.reference)}"
        lines.append(told + ("." if math.isnan(limit) else f" and the limit {number(limit)}."))
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
        return [mean - BAND * sd for mean, sd in both], [mean + BAND * sd for mean, sd in both]

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

    def draw(self) -> Chart:
        """The candidate on the scores of its dyad, with the limit of the rule and the reference level.

        Where the rule says what scores the others lead one to expect, that course is drawn in their place, with the
        band in which 95 of 100 scores would be if nothing lasting had happened, and the fall is shaded.
        """
        return candidate_figure(
            f"{self.name[0].upper()}{self.name[1:]} in dyad {self.dyad}",
            self.explain(),
            sessions=self.sessions,
            scores=self.scores,
            limits=self.limits,
            reference=self.reference,
            shaded=self.stretch,
            expected=self.expected,
            band=self.band,
            shortfall=self.shortfall,
            extreme=(self.extreme_at, self.extreme),
            terms=self.terms,
            scale=self.scale,
            dated=self.dated,
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


@frozen(eq=False)
class Candidates(Sequence[RuptureCandidate]):
    """All candidates of one rule, in the order of dyads and sessions; each is made when it is looked at.

    Args:
        columns: One array per column of the tidy table, each of shape ``(c,)``.
        rule: The rule.
        template: A candidate that holds what all share.
        paths: For each candidate the place of its dyad in ``series``.
        series: The scores of the dyads that have a candidate, and what the rule expected of them.
        value_names: Which columns are values that the rule compared.
        frame_of: Makes a dataframe of the panel's kind out of columns.
    """

    columns: Mapping[str, Sequence[object] | npt.NDArray[np.generic]]
    rule: Rule
    template: RuptureCandidate
    paths: Sequence[int]
    series: Sequence[Path]
    value_names: tuple[str, ...]
    frame_of: Callable[[Mapping[str, object]], IntoFrame]

    def frame(self) -> IntoFrame:
        """One row per candidate, in the kind of dataframe that the panel was made from."""
        return self.frame_of(self.columns)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> RuptureCandidate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RuptureCandidate]: ...
    def __getitem__(self, index: int | slice) -> RuptureCandidate | Sequence[RuptureCandidate]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError("there are no more candidates")
        at = index % len(self)
        row = {name: column[at] for name, column in self.columns.items()}
        path = self.series[self.paths[at]]
        return evolve(
            self.template,
            dyad=str(row["dyad"]),
            onset=_or_none(row["onset"]),
            flagged_at=_real(row["flagged_at"]),
            extreme_at=_real(row["extreme_at"]),
            reference=_real(row["reference"]),
            extreme=_real(row["extreme"]),
            distance=_real(row["distance"]),
            length=int(_real(row["length"])),
            recovery=RecoveryStatus(str(row["recovery"])) if "recovery" in row else None,
            recovered_at=_or_none(row.get("recovered_at", math.nan)),
            reversal=ReversalStatus(str(row["reversal"])) if "reversal" in row else None,
            lost_again_at=_or_none(row.get("lost_again_at", math.nan)),
            values={name: _real(row[name]) for name in self.value_names},
            also=tuple(part for part in str(row["also"]).split("; ") if part),
            sessions=tuple(path.session.tolist()),
            scores=tuple(path.score.tolist()),
            limits=tuple(path.limit.tolist()),
            expected=() if path.expected is None else tuple(path.expected.tolist()),
            expected_sd=() if path.expected_sd is None else tuple(path.expected_sd.tolist()),
        )

    def __iter__(self) -> Iterator[RuptureCandidate]:
        return (self[at] for at in range(len(self)))

    def _repr_html_(self) -> str:
        shown = "".join(f"<li>{html.escape(str(each))}</li>" for each in self[:20])
        more = f"<p>... and {len(self) - 20} more</p>" if len(self) > 20 else ""
        named = self.template.terms.finding if len(self) == 1 else self.template.terms.findings
        return f"<p>{len(self)} {named} by the rule: {html.escape(self.rule.label)}</p><ul>{shown}</ul>{more}"

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        named = self.template.terms.finding if len(self) == 1 else self.template.terms.findings
        shown = [f"  {each}" for each in self[:10]]
        if len(self) > len(shown):
            shown.append(f"  ... and {len(self) - len(shown)} more")
        return "\n".join([f"{len(self)} {named} by the rule: {self.rule.label}", *shown])


def _real(value: object) -> float:
    return float(value)  # type: ignore[arg-type]  # a number out of one of the arrays


def _or_none(value: object) -> float | None:
    real = _real(value)
    return None if math.isnan(real) else real
