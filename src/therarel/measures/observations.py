"""What was observed over a course: change, attendance, the course of a measure, follow-up, goals; and never why.

The headings are the document's words for what the relationship bears on. One course says nothing of why: below them is
what was recorded, and what was not measured says so.
"""

from __future__ import annotations

import html
import math
from collections.abc import Collection, Iterator, Mapping

from attrs import field, frozen

from therarel.domain import Goal, Outcome, Rater, Rating
from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError, shown
from therarel.machine import Course
from therarel.measures.catalogue import instruments
from therarel.measures.change import ReliableChange, reliable_change
from therarel.measures.change_scores import bounded
from therarel.measures.instrument import Instrument
from therarel.measures.observed_facts import Attendance, ScoredAt, facts_of
from therarel.measures.observed_sentences import Sentences
from therarel.measures.plan import resolved
from therarel.measures.published import Cutoff, PublishedChange
from therarel.measures.significance import ClinicalCutoff, ClinicalSignificance, clinical_significance
from therarel.representation import one_line
from therarel.texts import Texts, standard_texts


@frozen
class Observation:
    """What was observed under one heading.

    Args:
        heading: The document's word for it.
        sentences: What was observed, or that it was not measured.

    Examples:
        >>> Observation(Outcome.CLIENT_ENGAGEMENT, ("It has not ended.",)).heading.label
        'client engagement'
    """

    heading: Outcome
    sentences: tuple[str, ...]


@frozen(kw_only=True, eq=False)
class Observed:
    """What was observed over a course; ``str`` gives it in words, heading by heading.

    Args:
        title: What it is about.
        measure: The outcome measure; ``None`` where none was recorded.
        scores: Its scores with a value, in the order of occurrence, those at follow-ups included.
        without_value: Its scores without one, likewise; they are in no figure, but their answers about risk are said.
        change: Reliable change from the first score to the last before the end; ``None`` where it is not known.
        significance: Clinical significance of that change; ``None`` where there is no change or no cut-off was chosen.
        follow_up_from_start: Reliable change from the first score to the last at a follow-up; likewise.
        follow_up_from_end: Reliable change from the last score before the end to the last at a follow-up; likewise.
        attendance: How sessions were kept.
        goals: The goals, each with the first rating of how far it was reached.
        observations: The same in words, under each heading.
        why: That one course says nothing of why; it goes for every heading, and is said once, before them.
        texts: The texts in whose words it is said.
    """

    title: str
    measure: str | None
    scores: tuple[ScoredAt, ...] = field(repr=False)
    without_value: tuple[ScoredAt, ...] = field(repr=False)
    change: ReliableChange | None
    significance: ClinicalSignificance | None
    follow_up_from_start: ReliableChange | None
    follow_up_from_end: ReliableChange | None
    attendance: Attendance
    goals: tuple[tuple[Goal, Rating | None], ...]
    observations: tuple[Observation, ...] = field(repr=False)
    why: str = field(repr=False)
    texts: Texts = field(factory=standard_texts, repr=False)

    def __getitem__(self, heading: Outcome | str) -> Observation:
        """What was observed under a heading.

        Raises:
            UnknownNameError: if there is no such outcome.
        """
        wanted = Outcome(heading)
        return next(part for part in self.observations if part.heading is wanted)

    def headed(self) -> Iterator[tuple[str, Observation]]:
        """What was observed under each heading, with the heading in words."""
        for part in self.observations:
            heading = self.texts.said(part.heading)
            yield heading[:1].upper() + heading[1:], part

    def _lines(self) -> Iterator[str]:
        yield self.title
        yield self.why
        for heading, part in self.headed():
            yield f"{heading}:"
            yield from (f"  {sentence}" for sentence in part.sentences)

    def __repr__(self) -> str:
        return one_line(f"{self.title} ({self.measure or 'no outcome measure'})", "")

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        parts = [f"<h3>{html.escape(self.title)}</h3><p>{html.escape(self.why)}</p>"]
        for heading, part in self.headed():
            items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in part.sentences)
            parts.append(f"<h4>{html.escape(heading)}</h4><ul>{items}</ul>")
        return "".join(parts)


def observed(
    course: Course,
    *,
    measure: str | Instrument | None = None,
    rater: Rater | str = Rater.CLIENT,
    published: PublishedChange | None = None,
    reliability: float | None = None,
    sd: float | None = None,
    cutoff: ClinicalCutoff | Cutoff | None = None,
    gains: Collection[float] | None = None,
    expected: Mapping[int, tuple[float, float]] | None = None,
) -> Observed:
    """What was observed over a course, under the document's words; it says what happened and never why.

    Change is from the first score of an outcome measure to the last before the end, follow-ups from the last score that
    was taken after the end or at a follow-up. Nothing is chosen for you: which change is reliable and which cut-off
    counts is stated, except where the instrument has one published reliable change alone.

    Args:
        course: The course.
        measure: The outcome measure; ``None`` takes the only one that was recorded.
        rater: Whose scores.
        published: The published reliable change to judge by.
        reliability: Reliability of the scores, above 0 and below 1, where none was chosen that was published.
        sd: Standard deviation of the scores, with the reliability.
        cutoff: The cut-off between the clinical and the functional range.
        gains: Sessions at which sudden gains were found, such as by `therarel.detection`; ``None`` where nobody looked.
        expected: The range of scores that was expected at a session, such as of `therarel.growth`.

    Raises:
        InvalidValueError: if several outcome measures were recorded and none is named, what is named is not a course or
            not an outcome measure, or the figures do not fit.
        UnknownNameError: if there is no such instrument or rater.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.measures import score
        >>> course = Course.begin("C-014", "T-03")
        >>> for session, answer in ((1, 2), (8, 1)):
        ...     _ = course.record(events.Measured(score("gad-7", [answer] * 7), session=session))
        >>> for sentence in observed(course)["treatment_effectiveness"].sentences[:2]:
        ...     print(sentence)
        gad-7: from 14 (session 1) to 7 (session 8).
        Against the error of the measure: improved (4 points or more; 95%, nhs_talking_therapies, pmc8411661).
    """
    if not isinstance(course, Course):
        raise InvalidValueError("a course is needed", where="observed.course", value=shown(course))
    facts, who = facts_of(course), Rater(rater)
    form, name = _measure([taken.score.instrument for taken in facts.scores], measure)
    answered = [taken for taken in facts.scores if taken.score.instrument == name and taken.score.rater is who]
    scores, without = (
        tuple(taken for taken in answered if (taken.score.value is None) is lacks) for lacks in (False, True)
    )
    before = [taken for taken in scores if not taken.at_follow_up]
    after = [taken for taken in scores if taken.at_follow_up]
    for value, where, most in ((reliability, "reliability", 1.0), (sd, "sd", math.inf)):
        if value is not None:
            bounded(value, where, 0.0, most)
    if published is None and reliability is None and form is not None and len(form.reliable_changes) == 1:
        published = form.reliable_changes[0]

    def judged(one: ScoredAt | None, other: ScoredAt | None) -> ReliableChange | None:
        if one is None or other is None or one is other:
            return None
        if published is not None:
            return reliable_change([one.score], [other.score], instrument=form, published=published)
        if sd is None or (reliability is None and (form is None or form.verified_reliability is None)):
            return None
        return reliable_change([one.score], [other.score], instrument=form, reliability=reliability, sd=sd)

    start, end = (before[0], before[-1]) if before else (None, None)
    last = after[-1] if after else None
    change = judged(start, end)
    significance = None if change is None or cutoff is None else clinical_significance(change, cutoff)
    from_start, from_end = judged(start, last), judged(end, last)
    say = Sentences(course.machine.texts, name if answered else None)
    course_of_therapy = [taken for taken in answered if not taken.at_follow_up]
    followed_up = [taken for taken in answered if taken.at_follow_up]
    observations = {
        Outcome.TREATMENT_EFFECTIVENESS: (
            *say.risk(course_of_therapy),
            *say.change(start, end, change, significance),
            *say.without_value(course_of_therapy),
        ),
        Outcome.CLIENT_ENGAGEMENT: say.engagement(facts.attendance),
        Outcome.HEALING_PROCESS: say.course(before, gains, expected),
        Outcome.SUSTAINED_CHANGE: (
            *say.risk(followed_up),
            *say.follow_up(last, from_start, from_end),
            *say.without_value(followed_up),
        ),
        Outcome.PERSONAL_GROWTH: say.goals(facts.goals),
    }
    return Observed(
        title=say("title", about=course.relationship.dyad),
        measure=name if answered else None,
        scores=scores,
        without_value=without,
        change=change,
        significance=significance,
        follow_up_from_start=from_start,
        follow_up_from_end=from_end,
        attendance=facts.attendance,
        goals=facts.goals,
        observations=tuple(Observation(heading, tuple(sentences)) for heading, sentences in observations.items()),
        why=say("why"),
        texts=course.machine.texts,
    )


def _measure(recorded: Collection[str], wanted: str | Instrument | None) -> tuple[Instrument | None, str | None]:
    """The outcome measure that is meant, and its id; nothing where none was recorded."""
    if wanted is not None:
        form = resolved(wanted)
        if form.construct is not Construct.OUTCOME:
            raise InvalidValueError(
                f"{form.id} measures the {form.construct.label}, not an outcome",
                where="observed.measure",
                hint="course.view() shows how the relationship is seen",
            )
        return form, form.id
    outcomes = {form.id: form for form in instruments() if form.construct is Construct.OUTCOME}
    named = sorted(outcomes.keys() & set(recorded))
    if len(named) > 1:
        raise InvalidValueError(
            "several outcome measures were recorded",
            where="observed.measure",
            bound=", ".join(named),
            hint=f"measure='{named[0]}'",
        )
    return (outcomes[named[0]], named[0]) if named else (None, None)
