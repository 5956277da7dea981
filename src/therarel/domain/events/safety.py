"""Facts about concerns for somebody's safety, and about answers that ask for a look."""

from __future__ import annotations

from attrs import field, frozen

from therarel.confidential import Pseudonym
from therarel.domain import checks
from therarel.domain.checks import as_pseudonym, members, optional
from therarel.domain.events.happening import Happening
from therarel.domain.occurrence import A_TIME, Occurrence
from therarel.domain.people import Reporter
from therarel.domain.safety import (
    ConcernKind,
    ConcernOutcome,
    InvolvedParty,
    PersonAtRisk,
    SafetyPlan,
    concern_kind_set,
    involved_party_set,
    person_at_risk_set,
)


@frozen
class SafetyConcernRaised(Happening):
    """A concern for somebody's safety was raised; it comes first in every answer until it is closed.

    Args:
        kinds: What it is about; empty if not stated.
        concern_id: A code for later events, of 1 to 64 letters, digits and ``. _ : -``; ``None`` lets the course count:
            ``concern-1``, ``concern-2``, ... It is shown everywhere, so it says nothing about a person.
        at_risk: Who is at risk; empty if not stated. Who raised it is `reported_by`.
        responsible: Pseudonym of whoever is responsible; ``None`` if not stated.
        plan: What was agreed to keep somebody safe; ``None`` if there is no plan yet.
        informed: Who was informed of it.
        review_due: The date or the session by which it is to be looked at; ``None`` sets none.

    Raises:
        InvalidValueError: if its code, or that of whoever is responsible, could be a name or a sentence.

    Examples:
        >>> SafetyConcernRaised({ConcernKind.CHILD_AT_RISK}, session=4).concern_id is None
        True
    """

    kinds: frozenset[ConcernKind] = field(
        default=frozenset(), converter=concern_kind_set, validator=members(checks.a(ConcernKind))
    )
    concern_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)
    at_risk: frozenset[PersonAtRisk] = field(
        default=frozenset(), converter=person_at_risk_set, validator=members(checks.a(PersonAtRisk)), kw_only=True
    )
    responsible: Pseudonym | None = field(
        default=None, converter=as_pseudonym, validator=optional(checks.pseudonym), kw_only=True
    )
    plan: SafetyPlan | None = field(default=None, validator=optional(checks.a(SafetyPlan)), kw_only=True)
    informed: frozenset[InvolvedParty] = field(
        default=frozenset(), converter=involved_party_set, validator=members(checks.a(InvolvedParty)), kw_only=True
    )
    review_due: Occurrence | None = field(default=None, validator=optional(A_TIME), kw_only=True)


@frozen
class SafetyConcernReviewed(Happening):
    """Somebody looked at one concern for safety and said what became of it.

    It closes when it is closed, or when whoever it was handed over to has accepted it. One that is about harm by a
    professional is never closed by that professional: it takes somebody else, who is named.

    Args:
        of: The concern's code. ``None`` stands only in records from before concerns had codes, where a review was one
            of all that were open; a course does not record it.
        outcome: What became of it.
        by: Who looked at it; ``None`` if not stated.
        receiver_accepted: Whether whoever it was handed over to has accepted it.
        consulted: Who was consulted about it.
        responsible: Pseudonym of whoever is responsible from now on; ``None`` leaves it as it was.
        plan: The plan from now on; ``None`` leaves it as it was.
        informed: Who else was informed of it.
        review_due: The date or the session by which it is to be looked at again; ``None`` sets none.

    Examples:
        >>> SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=5).by is None
        True
    """

    of: str | None = field(validator=optional(checks.code), metadata=checks.CODED)
    outcome: ConcernOutcome = field(validator=checks.a(ConcernOutcome))
    by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)))
    receiver_accepted: bool = field(default=False, validator=checks.truth)
    consulted: frozenset[InvolvedParty] = field(
        default=frozenset(), converter=involved_party_set, validator=members(checks.a(InvolvedParty)), kw_only=True
    )
    responsible: Pseudonym | None = field(
        default=None, converter=as_pseudonym, validator=optional(checks.pseudonym), kw_only=True
    )
    plan: SafetyPlan | None = field(default=None, validator=optional(checks.a(SafetyPlan)), kw_only=True)
    informed: frozenset[InvolvedParty] = field(
        default=frozenset(), converter=involved_party_set, validator=members(checks.a(InvolvedParty)), kw_only=True
    )
    review_due: Occurrence | None = field(default=None, validator=optional(A_TIME), kw_only=True)


@frozen
class RiskAnswersReviewed(Happening):
    """A person looked at what a form's items about risk were answered.

    It counts for every time the form was filled in so far, but not for one dated after it. Whether there is a concern
    is for the person to say: `SafetyConcernRaised` records it.

    Args:
        instrument: Id of the form.
        by: Who looked; ``None`` if not stated.

    Examples:
        >>> RiskAnswersReviewed("phq-9", Reporter.THERAPIST, session=3).instrument
        'phq-9'
    """

    instrument: str = field(validator=checks.name)
    by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)))
