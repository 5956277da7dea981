"""Effects of concerns for safety: raised, and looked at one by one."""

from __future__ import annotations

import attrs

from therarel.domain import ConcernKind, ConcernOutcome, Relationship, Reporter, RiskNotice, SafetyConcern
from therarel.domain.events import Measured, RiskAnswersReviewed, SafetyConcernRaised, SafetyConcernReviewed
from therarel.machine.changes import Changes
from therarel.machine.policy import Policy
from therarel.machine.report_names import concern_name

__all__ = ["answers_are_looked_at", "concern_is_raised", "concern_is_reviewed"]


def concern_is_raised(relationship: Relationship, event: SafetyConcernRaised, policy: Policy) -> Changes:
    """A concern for safety is open."""
    concern = SafetyConcern(
        concern_name(relationship, event),
        event.kinds,
        raised=event.occurred,
        at_risk=event.at_risk,
        raised_by=event.reported_by,
        responsible=event.responsible,
        plan=event.plan,
        informed=event.informed,
        review_due=event.review_due,
    )
    return {"safety_concerns": (*relationship.safety_concerns, concern)}


def concern_is_reviewed(relationship: Relationship, event: SafetyConcernReviewed, policy: Policy) -> Changes:
    """The concern that is named was looked at; no other is touched."""
    now = tuple(_reviewed(concern, event) for concern in relationship.safety_concerns)
    return {} if now == relationship.safety_concerns else {"safety_concerns": now}


def _reviewed(concern: SafetyConcern, event: SafetyConcernReviewed) -> SafetyConcern:
    named = event.of is None or event.of == concern.concern_id
    if not (named and concern.is_open) or event.occurred.before(concern.raised) is True:
        return concern
    if reviewed_later(concern, event):
        return concern
    if not_closed_by_that_professional(concern, event):
        return concern
    closes = event.outcome is ConcernOutcome.CLOSED
    accepted = event.outcome is ConcernOutcome.HANDED_OVER and event.receiver_accepted
    return attrs.evolve(
        concern,
        is_open=not (closes or accepted),
        reviewed=event.occurred,
        outcome=event.outcome,
        responsible=event.responsible or concern.responsible,
        plan=event.plan or concern.plan,
        informed=concern.informed | event.informed,
        review_due=event.review_due,
        reviewed_by=event.by,
        consulted=event.consulted,
    )


def reviewed_later(concern: SafetyConcern, event: SafetyConcernReviewed) -> bool:
    """Whether a review is dated before the one on record, which holds."""
    return concern.reviewed is not None and event.occurred.before(concern.reviewed) is True


def not_closed_by_that_professional(concern: SafetyConcern, event: SafetyConcernReviewed) -> bool:
    """Whether harm by a professional would be closed by the therapist, or by nobody named."""
    about_harm = ConcernKind.HARM_BY_PROFESSIONAL in concern.kinds
    return about_harm and event.outcome is ConcernOutcome.CLOSED and event.by in (None, Reporter.THERAPIST)


def answers_await_a_look(relationship: Relationship, event: Measured, policy: Policy) -> Changes:
    """Answers to items that ask about risk, endorsed or lacking, wait for a person to look."""
    answers = [each for each in event.score.risk or () if each.calls_for_a_look]
    if not answers:
        return {}
    notice = RiskNotice(event.score.instrument, answers, event.occurred)
    return {"risk_notices": (*relationship.risk_notices, notice)}


def answers_are_looked_at(relationship: Relationship, event: RiskAnswersReviewed, policy: Policy) -> Changes:
    """The answers of the form that is named no longer wait, unless they are dated after the look."""
    waiting = tuple(
        each
        for each in relationship.risk_notices
        if each.instrument != event.instrument or event.occurred.before(each.measured) is True
    )
    return {} if len(waiting) == len(relationship.risk_notices) else {"risk_notices": waiting}
