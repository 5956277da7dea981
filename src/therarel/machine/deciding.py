"""The answer to an event: pure, total over every state and event, and the same every time."""

from __future__ import annotations

from typing import cast

from therarel.domain import AllianceStatus, ClosingReason, Event, Judgement, Relationship, Stage
from therarel.domain.events import CORRECTIONS, FACTS, JUDGEMENTS
from therarel.errors import InvalidValueError, hint_for
from therarel.machine.arguments import require_relationship
from therarel.machine.changes import Changes, drop_tasks, with_changes
from therarel.machine.decisions import Accepted, Decision, Declined
from therarel.machine.explanations import Explanation
from therarel.machine.guards import OFFERED_HERE, Unmet
from therarel.machine.judgements import judgements_about
from therarel.machine.machine import Machine, Step, machine_or_standard
from therarel.machine.policy import Policy
from therarel.machine.remarks import KEPT, Remark
from therarel.machine.report_names import named
from therarel.machine.safety_remarks import safety_remarks
from therarel.machine.table import RegionName
from therarel.machine.unchanged import AFTER_CLOSING, after_closing, why_unchanged


def decide(relationship: Relationship, event: Event, *, machine: Machine | None = None) -> Decision:
    """What becomes of an event in a relationship.

    A fact is always accepted. A judgement is accepted if every guard of its row holds, and declined with every
    guard that does not.

    Args:
        relationship: How the relationship stands.
        event: A fact or a judgement.
        machine: The machine; the standard one where ``None``.

    Raises:
        InvalidValueError: if the event is neither a fact nor a judgement, or another argument has the wrong type.

    Examples:
        >>> from therarel.domain import events
        >>> decision = decide(Relationship.between("C-014", "T-03"), events.StrainNoticed(session=2))
        >>> decision.relationship.alliance_status.label
        'strained'
        >>> decision
        <Accepted: strain noticed>
    """
    return answer(relationship, event, machine_or_standard(machine))


def why_not(relationship: Relationship, event: Event, *, machine: Machine | None = None) -> Explanation:
    """Why an event would be declined, in plain language and as data; where it would be accepted, what would change.

    Args:
        relationship: How the relationship stands.
        event: A fact or a judgement.
        machine: The machine; the standard one where ``None``.

    Examples:
        >>> from therarel.domain import events
        >>> why_not(Relationship.between("C-014", "T-03"), events.StrainEased()).failing[0].sentence
        'It is offered in: strained. The relationship is in: intact.'
    """
    return decide(relationship, event, machine=machine).explain()


def answer(relationship: Relationship, event: Event, machine: Machine, name: str | None = None) -> Decision:
    """As `decide`, for arguments that were checked.

    Args:
        relationship: How the relationship stands.
        event: A fact or a judgement.
        machine: The machine.
        name: The name under which a course puts on record what the event reports; ``None`` lets it be counted.
    """
    for step in _steps(relationship, event, machine):
        if step.when is None or step.when(relationship, event):
            break
    else:
        return _not_offered(relationship, cast("Judgement", event), machine)
    failed, policy = None, machine.policy
    for guard_name, guard in step.guards:
        unmet = guard(relationship, event, policy)
        if unmet is not None:
            if unmet.alone:
                failed = [(guard_name, unmet)]
                break
            if failed is None:
                failed = [(guard_name, unmet)]
            else:
                failed.append((guard_name, unmet))
    if failed is not None:
        return Declined(event, relationship, step.transition, tuple(failed), machine, open_now)
    return _accepted(relationship, event, machine, name, step)


def enact(relationship: Relationship, event: Event, machine: Machine, name: str | None = None) -> Accepted:
    """The acceptance of an event that was accepted when it was recorded; its guards are not asked again."""
    for step in _steps(relationship, event, machine):
        if step.when is None or step.when(relationship, event):
            return _accepted(relationship, event, machine, name, step)
    # the table has no answer to it here, or no longer
    return Accepted(event, relationship, relationship, None, (Remark.of(KEPT, machine.texts),), machine.texts)


def withhold(relationship: Relationship, event: Event, machine: Machine, name: str | None = None) -> Declined:
    """The refusal of a judgement that does not hold; where it would be accepted today, no guard is named."""
    decision = answer(relationship, event, machine, name)
    if isinstance(decision, Declined):
        return decision
    return Declined(event, relationship, decision.transition, (), machine, open_now)


def open_now(declined: Declined) -> tuple[Judgement, ...]:
    """The judgements that would be accepted where one is declined."""
    now, machine = declined.relationship, declined.machine
    return tuple(each for each in judgements_about(now) if answer(now, each, machine).accepted)


def _steps(relationship: Relationship, event: Event, machine: Machine) -> tuple[Step, ...]:
    """What may answer the event here, in order."""
    try:
        steps = machine.steps(relationship.stage, relationship.alliance_status, type(event))
    except AttributeError:  # nothing is asked of what is a relationship: this is where every decision passes
        require_relationship(relationship)
        raise
    if steps is None:
        raise _no_event(event)
    return steps


def _accepted(relationship: Relationship, event: Event, machine: Machine, name: str | None, step: Step) -> Accepted:
    after = _after(relationship, event if name is None else named(event, name), machine.policy, step)
    # most steps of most courses have nothing to lead with, and pass here
    leads = bool(after.safety_concerns or after.breaches or after.risk_notices or after.predecessor)
    if leads or after is relationship or not after.stage.is_open:
        remarks = _remarks(relationship, event, after, machine, step, leads=leads)
    else:
        remarks = tuple(_of_row(relationship, event, after, machine, step)) if step.remarks else ()
    return Accepted(event, relationship, after, step.transition, remarks, machine.texts)


def _after(relationship: Relationship, event: Event, policy: Policy, step: Step) -> Relationship:
    changes: Changes = {} if step.effect is None else step.effect(relationship, event, policy)
    if step.stage is not None:
        changes["stage"] = step.stage
    elif step.to_ended_from and relationship.ended_from is not None:
        changes["stage"] = relationship.ended_from
    elif step.alliance_status is not None:
        if step.alliance_status is not relationship.alliance_status:
            changes["alliance_status"] = step.alliance_status
    elif step.to_origin and relationship.episode is not None and relationship.episode.origin is not None:
        changes["alliance_status"] = relationship.episode.origin
    if step.reopens:
        drop_tasks(relationship, changes, step.reopens)
    return with_changes(relationship, changes)


def _remarks(
    before: Relationship, event: Event, after: Relationship, machine: Machine, step: Step, *, leads: bool
) -> tuple[Remark, ...]:
    texts = machine.texts
    made = [*safety_remarks(after, texts, when=event.occurred)] if leads else []
    closed = None if before.stage.is_open or after.stage.is_open else after_closing(before, event)
    if closed is not None:
        made.append(Remark.of(closed, texts))
    made += _of_row(before, event, after, machine, step)
    if after is before:
        # a user's own table may let a judgement through that changes nothing
        reason = why_unchanged(before, event) if isinstance(event, FACTS) else "logged"
        if closed is None or reason not in ("logged", *AFTER_CLOSING):
            made.append(Remark.of(reason, texts))
    return tuple(made)


def _of_row(before: Relationship, event: Event, after: Relationship, machine: Machine, step: Step) -> list[Remark]:
    """The remarks of the row, where they apply."""
    made = []
    for name, rule in step.remarks:
        values = rule(before, event, after, machine.policy)
        if values is not None:
            made.append(Remark.of(name, machine.texts, **values))
    return made


def _not_offered(relationship: Relationship, event: Judgement, machine: Machine) -> Declined:
    region, states = machine.offered(type(event))
    value: Stage | AllianceStatus = relationship.stage
    if region is RegionName.ALLIANCE_STATUS:
        moving = machine.table.spelled_out(machine.table.regions.alliance_status.moves_in)
        if moving and value not in moving:
            states = moving  # the alliance does not move in this stage, whatever its state
        else:
            value = relationship.alliance_status
    case = "" if states else "nowhere"
    if relationship.closed_reason is ClosingReason.CLIENT_DIED:
        case = "died"
    elif states and relationship.stage is Stage.CLOSED:
        case = "closed"
    offered = ", ".join(map(machine.texts.word, states)) or None
    unmet = Unmet(value, offered, case=case)
    return Declined(event, relationship, None, ((OFFERED_HERE, unmet),), machine, open_now)


def _no_event(event: object) -> InvalidValueError:
    name = type(event).__name__
    if isinstance(event, CORRECTIONS):
        return InvalidValueError(
            "a correction concerns the history, not the relationship",
            value=name,
            bound="a fact or a judgement",
            hint="record it on a Course",
        )
    if isinstance(event, type) and issubclass(event, (*FACTS, *JUDGEMENTS)):
        return InvalidValueError(
            "an event is an object, not its class", value=event.__name__, hint=f"write {event.__name__}(...)"
        )
    known = [kind.__name__ for kind in (*FACTS, *JUDGEMENTS)]
    return InvalidValueError(
        "this is not an event",
        value=f"an object of type {name}",
        bound="a fact or a judgement",
        hint=hint_for(name, known),
    )
