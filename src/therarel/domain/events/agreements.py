"""Facts about what the two agreed on: consent, terms, goals, tasks of therapy, and what to do in a crisis."""

from __future__ import annotations

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.agreements import GoalOwner, GoalStatus, Term, term_set
from therarel.domain.checks import as_private, members, optional
from therarel.domain.consents import (
    Consent,
    ConsentDecision,
    ConsentFooting,
    ConsentGiver,
    ConsentScope,
    refuse_contradictions,
)
from therarel.domain.events.happening import Happening
from therarel.domain.people import Party, party_set
from therarel.domain.ratings import Rating
from therarel.errors import InvalidValueError


@frozen
class ConsentDecided(Happening):
    """Consent was given, refused, withdrawn, or deferred in an emergency.

    The latest decision about a scope counts, by when it was decided where both say so.

    Args:
        scope: What it is about.
        decision: What was decided.
        by: Whose word it is; ``None`` if not stated, and where it was deferred.
        client_assent: Where somebody else decided: whether the client agrees, too; ``None`` if not known.
        footing: Whether the client comes of their own accord or is mandated; ``None`` if not stated.
        reported: Of a mandated client: what is reported to whom, in words; ``None`` if not stated.
        recipient: With which role something is shared, as a code such as ``family-doctor``. Of sharing alone. It is
            shown everywhere, so it says nothing about a person.

    Raises:
        InvalidValueError: if its parts contradict each other.

    Examples:
        >>> decided = ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT, session=1)
        >>> decided.consent.is_given
        True
    """

    scope: ConsentScope = field(validator=checks.a(ConsentScope))
    decision: ConsentDecision = field(validator=checks.a(ConsentDecision))
    by: ConsentGiver | None = field(default=None, validator=optional(checks.a(ConsentGiver)))
    client_assent: bool | None = field(default=None, validator=optional(checks.truth))
    footing: ConsentFooting | None = field(default=None, validator=optional(checks.a(ConsentFooting)))
    reported: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    recipient: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)

    def __attrs_post_init__(self) -> None:
        refuse_contradictions(self)

    @property
    def consent(self) -> Consent:
        """The consent as this decision leaves it."""
        return Consent(
            self.scope,
            self.decision,
            self.by,
            client_assent=self.client_assent,
            footing=self.footing,
            reported=self.reported,
            recipient=self.recipient,
            decided=self.occurred,
        )


@frozen
class TermsExplained(Happening):
    """Terms of the work were explained to the client.

    Args:
        terms: Which; at least one.

    Raises:
        InvalidValueError: if none is named.

    Examples:
        >>> TermsExplained({Term.GUIDELINES}, session=1).session
        1
    """

    terms: frozenset[Term] = field(converter=term_set, validator=members(checks.a(Term)))

    def __attrs_post_init__(self) -> None:
        if not self.terms:
            raise InvalidValueError(
                "which terms were explained has to be said",
                where="TermsExplained.terms",
                bound="guidelines, confidentiality_limits, or both",
            )


@frozen
class GoalSet(Happening):
    """A goal of the therapy came up, or that it is to be found together.

    Args:
        text: The goal in words.
        whose: Whose goal it is; whoever's it is has agreed to it. ``None`` if not stated.
        agreed_by: Who else agreed to it at once.
        to_be_found_together: Whether the goal itself is still to be found.
        goal_id: A code for later events, of 1 to 64 letters, digits and ``. _ : -``; ``None`` lets the course count:
            ``goal-1``, ``goal-2``, ... It is shown everywhere, so it says nothing about a person.

    Examples:
        >>> GoalSet("sleep through the night", GoalOwner.CLIENT, session=1).status.label
        'pursued'
    """

    text: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    whose: GoalOwner | None = field(default=None, validator=optional(checks.a(GoalOwner)))
    agreed_by: frozenset[Party] = field(default=frozenset(), converter=party_set, validator=members(checks.a(Party)))
    to_be_found_together: bool = field(default=False, validator=checks.truth)
    goal_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)

    @property
    def status(self) -> GoalStatus:
        """The goal as this leaves it."""
        return GoalStatus.TO_BE_FOUND_TOGETHER if self.to_be_found_together else GoalStatus.PURSUED


@frozen
class GoalReviewed(Happening):
    """The two came back to a goal; what is not stated stays as it was.

    Args:
        of: The goal's code.
        agreed_by: Who agrees to it now, beside those who did before.
        attainment: How far it is reached, on a scale of its own, such as goal attainment scaling from -2 to 2.
        status: What became of it.

    Examples:
        >>> GoalReviewed("goal-1", {Party.THERAPIST}, session=2).attainment is None
        True
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)
    agreed_by: frozenset[Party] = field(default=frozenset(), converter=party_set, validator=members(checks.a(Party)))
    attainment: Rating | None = field(default=None, validator=optional(checks.a(Rating)))
    status: GoalStatus | None = field(default=None, validator=optional(checks.a(GoalStatus)))


@frozen
class TherapeuticTaskSet(Happening):
    """A task of therapy came up: something the two do, or the client does, for the sake of the work.

    Args:
        text: The task in words.
        rationale_shared: Whether its reason is shared; ``None`` if not known.
        agreed_by: Who agreed to it.
        task_id: A code for later events, as of a goal; ``None`` lets the course count: ``task-1``, ``task-2``, ...

    Examples:
        >>> TherapeuticTaskSet("a diary of the nights", True, set(Party), session=2).rationale_shared
        True
    """

    text: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    rationale_shared: bool | None = field(default=None, validator=optional(checks.truth))
    agreed_by: frozenset[Party] = field(default=frozenset(), converter=party_set, validator=members(checks.a(Party)))
    task_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)


@frozen
class TherapeuticTaskReviewed(Happening):
    """The two came back to a task of therapy; what is not stated stays as it was.

    Args:
        of: The task's code.
        agreed_by: Who agrees to it now, beside those who did before.
        rationale_shared: Whether its reason is shared now.
        dropped: Whether it is dropped, or taken up again.

    Examples:
        >>> TherapeuticTaskReviewed("task-1", rationale_shared=True, session=3).dropped is None
        True
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)
    agreed_by: frozenset[Party] = field(default=frozenset(), converter=party_set, validator=members(checks.a(Party)))
    rationale_shared: bool | None = field(default=None, validator=optional(checks.truth))
    dropped: bool | None = field(default=None, validator=optional(checks.truth))


@frozen
class CrisisArranged(Happening):
    """The two arranged what to do in a crisis; what is not stated stays as it was.

    Args:
        arrangements: What to do and whom to turn to, in words.
        emergency_contact: Whom to call, in words.

    Examples:
        >>> CrisisArranged("call the crisis line first", session=1).arrangements
        Confidential(...)
    """

    arrangements: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    emergency_contact: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private)
    )
