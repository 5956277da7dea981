"""Handing over: what the next therapist has to know of a course, and the beginning of a course that takes it up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from attrs import evolve

from therarel.confidential import Confidential
from therarel.discretion import discreet
from therarel.domain import (
    Agreements,
    BreachStatus,
    Client,
    ClosingReason,
    Consent,
    ConsentDecision,
    ConsentScope,
    CrisisArrangements,
    Event,
    Handover,
    Occurrence,
    Relationship,
    RiskNotice,
    RuptureEpisode,
    SafetyConcern,
    Therapist,
    events,
)
from therarel.errors import InvalidValueError, shown
from therarel.machine.replays import Replay


class _Course(Protocol):
    """What is asked of a course."""

    @property
    def relationship(self) -> Relationship: ...

    def replay(self) -> Replay: ...


@discreet
def handover(
    course: _Course,
    *,
    responsible: str | None = None,
    accepted_by: str | None = None,
    recipient: str | None = None,
    reason: ClosingReason | None = None,
    on: date | None = None,
    client_informed: bool | None = None,
    client_agreed: bool | None = None,
    client_wishes: str | Confidential | None = None,
    access_needs: str | Confidential | None = None,
    helped: str | Confidential | None = None,
    hurt: str | Confidential | None = None,
    with_plans: bool = True,
    with_texts: bool = False,
) -> Handover:
    """What the next therapist has to know, open concerns for safety first; nothing changes by asking.

    It closes nothing here: a concern closes once a review says that it was handed over and that the receiver has
    accepted it. A breach that is not substantiated is left out; one that is alleged and open is under review. A concern
    for safety may go along without the client's consent to sharing, on a stated ground that is recorded as
    `ConfidentialityLimitInvoked`; where there is neither, the handover says so, and is made all the same.

    Args:
        course: The course; it is a method of it.
        responsible: Pseudonym of whoever is responsible meanwhile.
        accepted_by: Pseudonym of whoever accepted it; ``None`` while nobody has.
        recipient: The role of the receiver, as a code such as ``psychotherapist``: whether the client consented to
            sharing with that role is looked up, where ``client_agreed`` does not say.
        reason: Why the therapist changes; the reason for closing where ``None`` and the course is closed.
        on: The day.
        client_informed: Whether the client was informed of the change.
        client_agreed: Whether the client agreed to what is handed over.
        client_wishes: What the client wishes, in words.
        access_needs: What the client needs to take part, in words.
        helped: What helped, in words.
        hurt: What hurt, in words.
        with_plans: Whether safety plans and arrangements for a crisis are carried; where they are not, the first line
            says that there are some.
        with_texts: Whether other confidential text of the course is carried: goals and tasks in words, what was
            understood in a repair, how the approach was adapted, and what is reported of a mandated client.

    Raises:
        InvalidValueError: if an argument is not what it has to be.
    """
    now, replayed = course.relationship, course.replay()
    in_force = [entry.event for entry in replayed.entries if entry.applied]
    adapted = [event for event in in_force if isinstance(event, events.ApproachAdapted)]
    held = [event.others_present for event in in_force if isinstance(event, events.SessionHeld)]
    before = now.handover
    episodes = replayed.episodes
    return Handover(
        client=now.dyad.client,
        therapist=now.dyad.therapist,
        on=on,
        reason=now.closed_reason if reason is None else reason,
        responsible=responsible,
        accepted_by=accepted_by,
        open_concerns=[each if with_plans else evolve(each, plan=None) for each in now.safety_concerns if each.is_open],
        plans_not_carried=_plans(now.safety_concerns, with_plans, before),
        without_consent=_without_consent(now, in_force, client_agreed, recipient),
        crisis_not_carried=now.agreements.crisis is not None and not with_plans,
        closed_concerns=[
            *(() if before is None else before.closed_concerns),
            *(_history(each) for each in now.safety_concerns if not each.is_open),
        ],
        risk_notices=now.risk_notices,
        unresolved=_told((each for each in episodes if not each.repaired and _is_open(each, now)), with_texts),
        repaired=_told((each for each in episodes if each.repaired), with_texts),
        substantiated_breaches=[each for each in now.breaches if each.status is BreachStatus.SUBSTANTIATED],
        breaches_under_review=[
            each.breach_id for each in now.breaches if each.is_open and each.status is BreachStatus.ALLEGED
        ],
        adaptations=[each if with_texts else evolve(each, what=None, why=None, note=None) for each in adapted],
        others_present=frozenset().union(*held),
        agreements=_agreed(now.agreements, with_plans, with_texts),
        views=now.views,
        access_needs=access_needs,
        helped=helped,
        hurt=hurt,
        client_informed=client_informed,
        client_agreed=client_agreed,
        client_wishes=client_wishes,
    )


def _agreed(agreements: Agreements, with_plans: bool, with_texts: bool) -> Agreements:
    """What was agreed, without the texts that are not carried."""
    carried = agreements if with_plans else evolve(agreements, crisis=None)
    if with_texts:
        return carried
    return evolve(
        carried,
        consents=[evolve(each, reported=None) for each in carried.consents],
        goals=[evolve(each, text=None) for each in carried.goals],
        tasks=[evolve(each, text=None) for each in carried.tasks],
    )


def _without_consent(
    now: Relationship, in_force: Iterable[Event], client_agreed: bool | None, recipient: str | None
) -> list[str]:
    """The open concerns that go along although the client did not agree and no ground was recorded."""
    agreed = client_agreed
    if agreed is None and recipient is not None:
        asked = Consent(ConsentScope.SHARING, ConsentDecision.GIVEN, recipient=recipient)
        consent = now.agreements.consent(asked.scope, asked.recipient)
        agreed = consent is not None and consent.is_given
    if agreed:
        return []
    stated = (each for each in in_force if isinstance(each, events.ConfidentialityLimitInvoked))
    grounded = {each.concern for each in stated if each.ground is not None}
    return [each.concern_id for each in now.safety_concerns if each.is_open and each.concern_id not in grounded]


def _plans(concerns: Iterable[SafetyConcern], with_plans: bool, before: Handover | None) -> list[str]:
    """The open concerns that have a plan which is not carried, now or at the handover before."""
    not_carried = set() if before is None else set(before.plans_not_carried)
    return [
        each.concern_id
        for each in concerns
        if each.is_open
        and ((each.plan is not None and not with_plans) or (each.plan is None and each.concern_id in not_carried))
    ]


def _history(concern: SafetyConcern) -> SafetyConcern:
    return SafetyConcern(
        concern.concern_id,
        concern.kinds,
        is_open=False,
        raised=concern.raised,
        reviewed=concern.reviewed,
        outcome=concern.outcome,
    )


def _is_open(episode: RuptureEpisode, now: Relationship) -> bool:
    return episode is now.episode or episode in now.unresolved_before


def _told(episodes: Iterable[RuptureEpisode], with_texts: bool) -> list[RuptureEpisode]:
    return [each if with_texts else evolve(each, understanding=None) for each in episodes]


def begun(
    client: Client | str, therapist: Therapist | str, predecessor: str | None, after: Handover | None
) -> Relationship:
    """How a relationship begins: with what was handed over, if anything was.

    Open concerns are open here too, and nobody has looked at them here yet. Arrangements for a crisis hold until others
    are made. What else is known of the earlier pair moves nothing. Sessions are counted anew, so that of times only
    dates are carried.

    Raises:
        InvalidValueError: if it is not a handover, or one of another client or of the same therapist.
    """
    start = Relationship.between(client, therapist, predecessor=predecessor)
    if after is None:
        return start
    if not isinstance(after, Handover):
        raise InvalidValueError("a handover is needed", where="after", value=shown(after), bound="a Handover, or None")
    if after.client != start.dyad.client:
        raise InvalidValueError("a handover is of one client", where="after", bound="a handover of this client")
    if after.therapist == start.dyad.therapist:
        raise InvalidValueError(
            "a handover is to another therapist",
            where="after",
            hint="record ReEngaged on the course where the two take it up again",
        )
    return evolve(
        start,
        handover=after,
        safety_concerns=[_taken_up(each, after) for each in after.open_concerns],
        risk_notices=[_dated(each) for each in after.risk_notices],
        agreements=Agreements(crisis=_crisis(after.agreements)),
    )


def _taken_up(concern: SafetyConcern, after: Handover) -> SafetyConcern:
    due = concern.review_due
    return evolve(
        concern,
        raised=Occurrence(on=concern.raised.on),
        reviewed=None,
        outcome=None,
        reviewed_by=None,
        consulted=(),
        responsible=after.responsible or concern.responsible,
        review_due=None if due is None or due.on is None else Occurrence(on=due.on),
    )


def _crisis(agreements: Agreements | None) -> CrisisArrangements | None:
    crisis = None if agreements is None else agreements.crisis
    return None if crisis is None else evolve(crisis, agreed=Occurrence(on=crisis.agreed.on))


def _dated(notice: RiskNotice) -> RiskNotice:
    return evolve(notice, measured=Occurrence(on=notice.measured.on))
