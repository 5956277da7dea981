"""The two answers to an event: accepted, with what changed; or declined, with every reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

import attrs
from attrs import field, frozen

from therarel.domain import Correction, Event, Judgement, Relationship, RuptureEpisode
from therarel.domain.events import EntryCorrected, EntryRetracted, RepairSucceeded, StrainEased
from therarel.errors import TherarelError
from therarel.machine.differences import StateChange
from therarel.machine.explanations import Explanation, FailedGuard, event_label, listed_label
from therarel.machine.guards import Unmet
from therarel.machine.machine import Machine
from therarel.machine.remarks import DECLINED_THEN, Remark
from therarel.machine.safety_remarks import safety_remarks
from therarel.machine.table import Transition
from therarel.representation import one_line
from therarel.texts import Texts, standard_texts

FindOpen: TypeAlias = Callable[["Declined"], tuple[Judgement, ...]]
"""Finds the judgements that are open where one is declined."""

_FOR_GOOD: Final = ("died", "never")
"""The ways of not holding that nothing changes."""


@frozen
class Accepted:
    """The event was accepted.

    It is true in a condition: ``if course.may(event): ...``.

    Args:
        event: What was recorded.
        before: How the relationship stood.
        relationship: How it stands now; the very same object where nothing moved.
        transition: The row that answered; ``None`` where a fact acted without one.
        remarks: What is said with it.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import Relationship, StageTask, events
        >>> from therarel.machine import decide
        >>> decision = decide(Relationship.between("C-014", "T-03"), events.StageTaskMet(StageTask.BUILDING_RAPPORT))
        >>> print(decision.explain())
        Accepted: stage task met, building rapport.
        Changed: tasks met: now building rapport.
        Note: No session is on record in this course.
    """

    event: Event | Correction
    before: Relationship = field(repr=False)
    relationship: Relationship = field(repr=False)
    transition: Transition | None = field(repr=lambda row: "None" if row is None else repr(row.id))
    remarks: tuple[Remark, ...] = ()
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    def __bool__(self) -> Literal[True]:
        return True

    @property
    def accepted(self) -> Literal[True]:
        """``True``: what it is in a condition, by name."""
        return True

    @property
    def moved(self) -> bool:
        """Whether anything changed."""
        return self.relationship is not self.before and self.relationship != self.before

    @property
    def changes(self) -> tuple[StateChange, ...]:
        """Every field that is different afterwards."""
        pairs = (
            (name.name, getattr(self.before, name.name), getattr(self.relationship, name.name))
            for name in attrs.fields(Relationship)
        )
        return tuple(StateChange(name, before, after, self.texts) for name, before, after in pairs if before != after)

    @property
    def closed_episode(self) -> RuptureEpisode | None:
        """The strain or rupture that this closed, as it then stood; ``None`` if it closed none.

        A repaired one says in whose view it is repaired. One that a re-engagement carries along is not closed. A
        correction closes one only by the judgement that it puts in place; what it takes away was never there.
        """
        episode = self.before.episode
        if episode is None or self.relationship.episode is not None or not self.relationship.stage.is_open:
            return None
        if len(self.relationship.unresolved_before) > len(self.before.unresolved_before):
            return None
        event = self.event.by if isinstance(self.event, EntryCorrected) else self.event
        if event is not self.event and not isinstance(event, (RepairSucceeded, StrainEased)):
            return None
        if isinstance(event, EntryRetracted):
            return None
        if not isinstance(event, RepairSucceeded):
            return episode
        return attrs.evolve(
            episode,
            repaired=True,
            repaired_in_view_of=event.judged_by,
            partly_repaired=False,
            origin=None,
            understanding=event.understanding,
        )

    def explain(self) -> Explanation:
        """What happened, in plain language and as data."""
        return Explanation(
            headline=self.texts("explanation.accepted", event=event_label(self.event, self.texts)),
            accepted=True,
            event=type(self.event).__name__,
            changes=tuple(filter(None, map(str, self.changes))),
            remarks=self.remarks,
            texts=self.texts,
        )

    def __repr__(self) -> str:
        return one_line(event_label(self.event, self.texts), "Accepted")

    def __str__(self) -> str:
        return str(self.explain())


@frozen
class Declined:
    """The judgement was declined: nothing changes but the history.

    It is false in a condition: ``if not course.may(event): ...``. What failed is kept as data; sentences are made
    when they are asked for.

    Args:
        event: What was judged.
        relationship: How the relationship stands, unchanged.
        transition: The row that would have answered; ``None`` where none does.
        unmet: Every guard that does not hold, by name, with what it found; empty where it was declined when it was
            recorded and would be accepted today.
        machine: The machine that was asked; its policy has the thresholds.
        find_open: Finds the judgements that are open instead, when they are asked for.

    Examples:
        >>> from therarel.domain import Relationship, events
        >>> from therarel.machine import decide
        >>> answer = decide(Relationship.between("C-014", "T-03"), events.AdvanceRequested())
        >>> bool(answer), [failed.guard for failed in answer.failing]
        (False, ['formation_complete'])
        >>> answer.concepts[:2]
        ('initial_formation', 'building_rapport')
    """

    event: Event
    relationship: Relationship = field(repr=False)
    transition: Transition | None = field(repr=lambda row: "None" if row is None else repr(row.id))
    unmet: tuple[tuple[str, Unmet], ...]
    machine: Machine = field(repr=False)
    find_open: FindOpen = field(repr=False, eq=False)

    def __bool__(self) -> Literal[False]:
        return False

    @property
    def accepted(self) -> Literal[False]:
        """``False``: what it is in a condition, by name."""
        return False

    @property
    def texts(self) -> Texts:
        """The texts in whose words it is said: those of the machine."""
        return self.machine.texts

    @property
    def before(self) -> Relationship:
        """How the relationship stood: as it stands now."""
        return self.relationship

    @property
    def failing(self) -> tuple[FailedGuard, ...]:
        """Every guard that does not hold: question, value, threshold, sentence, what would change it, concepts."""
        return tuple(FailedGuard.of(name, unmet, self.texts) for name, unmet in self.unmet)

    @property
    def concepts(self) -> tuple[str, ...]:
        """Ids of the concepts behind the guards that fail; the concept graph resolves them."""
        return tuple(dict.fromkeys(concept for failed in self.failing for concept in failed.concepts))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What comes first: open concerns for safety, answers that wait for a look, serious exploitation."""
        stopped = any(name == "no_serious_exploitation" for name, _ in self.unmet)
        standing = safety_remarks(self.relationship, self.texts, when=self.event.occurred, stopped=stopped)
        return standing if self.unmet else (*standing, Remark.of(DECLINED_THEN, self.texts))

    @property
    def open_now(self) -> tuple[Judgement, ...]:
        """The judgements that would be accepted as things stand."""
        return self.find_open(self)

    def knowing(self, find_open: FindOpen) -> Declined:
        """The same answer, where it is known how to find what is open."""
        return Declined(self.event, self.relationship, self.transition, self.unmet, self.machine, find_open)

    def explain(self) -> Explanation:
        """Why not: every condition that is open, what it means and what would change it."""
        texts = self.texts
        for_good = any(unmet.alone or unmet.case in _FOR_GOOD for _, unmet in self.unmet)
        answer = "explanation.no" if for_good else "explanation.not_now"
        return Explanation(
            headline=texts(answer, event=event_label(self.event, texts)),
            accepted=False,
            event=type(self.event).__name__,
            failing=self.failing,
            remarks=self.remarks,
            open_now=tuple(dict.fromkeys(self._labels_of_open())),
            texts=texts,
        )

    def _labels_of_open(self) -> Iterator[str]:
        """What is open in words; where the judgement of a repair is declined, in whose view it would be accepted."""
        open_now = self.open_now
        repairs = [each.judged_by for each in open_now if isinstance(each, RepairSucceeded)]
        for each in open_now:
            if not (isinstance(each, RepairSucceeded) and isinstance(self.event, RepairSucceeded)):
                yield listed_label(each, self.texts)
            elif not any(judges < each.judged_by for judges in repairs):
                yield event_label(each, self.texts)

    def __repr__(self) -> str:
        open_conditions = ", ".join(name for name, _ in self.unmet)
        label = event_label(self.event, self.texts)
        return one_line(label + (f"; not met: {open_conditions}" if self.unmet else ""), "Declined")

    def __str__(self) -> str:
        return str(self.explain())


Decision: TypeAlias = Accepted | Declined
"""The answer to an event."""


class EventDeclined(TherarelError):  # noqa: N818 -- it is a decision, not a mistake
    """A judgement was declined that had to be accepted; the course has kept it as declined.

    Attributes:
        decision: The decision, with every reason.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.machine import Course
        >>> Course.begin("C-014", "T-03").record(events.AdvanceRequested(), must=True)
        Traceback (most recent call last):
            ...
        therarel.machine.decisions.EventDeclined: AdvanceRequested was declined: formation_complete. Hint: see .decision.explain() for what would change it
    """  # noqa: E501 -- a message is one line

    decision: Declined

    def __init__(self, decision: Declined) -> None:
        self.decision = decision
        reasons = ", ".join(name for name, _ in decision.unmet)
        super().__init__(
            f"{type(decision.event).__name__} was declined: {reasons}",
            hint="see .decision.explain() for what would change it",
        )
