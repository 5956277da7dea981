"""Concerns for somebody's safety: raised, looked at one by one, and closed by a person, never by a program.

A concern is not a measurement. There are no levels of risk here, and nothing computes one.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.confidential import Confidential, Pseudonym
from therarel.domain import checks
from therarel.domain.checks import as_private, as_pseudonym, as_set, as_tuple, members, optional
from therarel.domain.occurrence import A_TIME, Occurrence
from therarel.domain.people import Reporter
from therarel.representation import one_line
from therarel.texts import AND, Listed, Texts, standard_texts
from therarel.vocabulary import Vocabulary


def person_at_risk_set(values: Iterable[PersonAtRisk]) -> frozenset[PersonAtRisk]:
    """Any collection of `PersonAtRisk`, as `checks.as_set` takes it."""
    return as_set(values)


def involved_party_set(values: Iterable[InvolvedParty]) -> frozenset[InvolvedParty]:
    """Any collection of `InvolvedParty`, as `checks.as_set` takes it."""
    return as_set(values)


def concern_kind_set(values: Iterable[ConcernKind]) -> frozenset[ConcernKind]:
    """Any collection of `ConcernKind`, as `checks.as_set` takes it."""
    return as_set(values)


def safety_concern_tuple(values: Iterable[SafetyConcern]) -> tuple[SafetyConcern, ...]:
    """Any collection of `SafetyConcern`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


class ConcernKind(Vocabulary, links={}):
    """What a concern for safety is about; several may hold."""

    SUICIDAL_THOUGHTS_OR_ACTS = "suicidal_thoughts_or_acts"
    SELF_HARM = "self_harm"
    SELF_NEGLECT = "self_neglect"
    """Being unable to care for oneself included."""
    HARM_TO_OTHERS = "harm_to_others"
    ABUSE_OR_VIOLENCE = "abuse_or_violence"
    """By others, a partner included."""
    CHILD_AT_RISK = "child_at_risk"
    ADULT_AT_RISK = "adult_at_risk"
    SUBSTANCES_OR_OVERDOSE = "substances_or_overdose"
    PHYSICAL_HEALTH = "physical_health"
    """Eating and medication included."""
    CHANGE_OF_MENTAL_STATE = "change_of_mental_state"
    HARM_BY_PROFESSIONAL = "harm_by_professional"
    OTHER = "other"


class ConcernOutcome(Vocabulary, links={}):
    """What became of a concern when it was looked at."""

    GOES_ON = "goes_on"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class PersonAtRisk(Vocabulary, links={"client": "client", "therapist": "therapist"}):
    """Whose safety a concern is about; several may be."""

    CLIENT = "client"
    CHILD = "child"
    OTHER_ADULT = "other_adult"
    THERAPIST = "therapist"
    OTHER = "other"


class InvolvedParty(Vocabulary, links={"client": "client", "supervisor": "supervisor"}):
    """Somebody who was informed of a concern, or consulted about it: a role, never a name."""

    CLIENT = "client"
    PARENT_OR_GUARDIAN = "parent_or_guardian"
    RELATIVE_OR_CARER = "relative_or_carer"
    SUPERVISOR = "supervisor"
    OWN_SERVICE = "own_service"
    """The team or service in which the therapist works."""
    PHYSICIAN = "physician"
    CRISIS_SERVICE = "crisis_service"
    SOCIAL_SERVICES = "social_services"
    """Protection of children and of adults included."""
    POLICE = "police"
    OTHER = "other"


@frozen
class SafetyPlan:
    """What was agreed or decided to keep somebody safe.

    Args:
        text: The plan, in words.
        made_with_client: Whether it was made with the client; ``None`` if not stated.

    Examples:
        >>> SafetyPlan("call the ward first", made_with_client=True)
        <SafetyPlan: confidential, made with the client>
    """

    text: Confidential = field(converter=as_private, validator=checks.private)
    made_with_client: bool | None = field(default=None, validator=optional(checks.truth), kw_only=True)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """That it is confidential, and whether it was made with the client.

        Args:
            texts: The texts of a language.
        """
        if self.made_with_client is None:
            return texts("value.confidential")
        return texts("concern.plan_with_client" if self.made_with_client else "concern.plan_without_client")


@frozen
class SafetyConcern:
    """A concern for somebody's safety as it stands now.

    Args:
        concern_id: The code by which later events speak of it: 1 to 64 letters, digits and ``. _ : -``. It is shown
            everywhere, so it says nothing about a person.
        kinds: What it is about; empty if not stated.
        is_open: Whether it is open.
        raised: When it was raised.
        reviewed: When it was last looked at; ``None`` if it was not yet.
        outcome: What became of it then; ``None`` if it was not looked at yet.
        at_risk: Who is at risk; empty if not stated.
        raised_by: Who raised it; ``None`` if not stated.
        responsible: Pseudonym of whoever is responsible; ``None`` if not stated.
        plan: What was agreed to keep somebody safe; ``None`` if there is no plan on record.
        informed: Who was informed of it.
        review_due: The date or the session by which it is to be looked at again; ``None`` if none was set.
        reviewed_by: Who looked at it last; ``None`` if not stated.
        consulted: Who was consulted at the last look.

    Examples:
        >>> concern = SafetyConcern("concern-1", {ConcernKind.SELF_NEGLECT}, review_due=Occurrence(session=5))
        >>> concern.awaits_review, concern.in_words
        (True, 'self neglect, concern-1')
        >>> concern.is_overdue(Occurrence(session=5)), concern.is_overdue(Occurrence(session=6))
        (False, True)
    """

    concern_id: str = field(validator=checks.code, metadata=checks.CODED)
    kinds: frozenset[ConcernKind] = field(
        default=frozenset(), converter=concern_kind_set, validator=members(checks.a(ConcernKind))
    )
    is_open: bool = field(default=True, validator=checks.truth, kw_only=True)
    raised: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    reviewed: Occurrence | None = field(default=None, validator=optional(checks.a(Occurrence)), kw_only=True)
    outcome: ConcernOutcome | None = field(default=None, validator=optional(checks.a(ConcernOutcome)), kw_only=True)
    at_risk: frozenset[PersonAtRisk] = field(
        default=frozenset(), converter=person_at_risk_set, validator=members(checks.a(PersonAtRisk)), kw_only=True
    )
    raised_by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)), kw_only=True)
    responsible: Pseudonym | None = field(
        default=None, converter=as_pseudonym, validator=optional(checks.pseudonym), kw_only=True
    )
    plan: SafetyPlan | None = field(default=None, validator=optional(checks.a(SafetyPlan)), kw_only=True)
    informed: frozenset[InvolvedParty] = field(
        default=frozenset(), converter=involved_party_set, validator=members(checks.a(InvolvedParty)), kw_only=True
    )
    review_due: Occurrence | None = field(default=None, validator=optional(A_TIME), kw_only=True)
    reviewed_by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)), kw_only=True)
    consulted: frozenset[InvolvedParty] = field(
        default=frozenset(), converter=involved_party_set, validator=members(checks.a(InvolvedParty)), kw_only=True
    )

    @property
    def awaits_review(self) -> bool:
        """Whether it is open and nobody has looked at it yet."""
        return self.is_open and self.reviewed is None

    def is_overdue(self, when: Occurrence) -> bool:
        """Whether it is open and was to be looked at again before a moment.

        Args:
            when: The moment; where it shares neither date nor session with what was set, nothing is overdue.
        """
        return self.is_open and self.review_due is not None and self.review_due.before(when) is True

    def comes_first(self, when: Occurrence) -> bool:
        """Whether it calls for a look before anything else: nobody has looked at it yet, or its review is overdue."""
        return self.awaits_review or self.is_overdue(when)

    @property
    def is_about_client_alone(self) -> bool:
        """Whether nobody but the client is at risk; taken to be so where it is not stated and the kinds do not say."""
        if self.at_risk:
            return self.at_risk == {PersonAtRisk.CLIENT}
        return self.kinds.isdisjoint(_ABOUT_OTHERS)

    @property
    def in_words(self) -> str:
        """What it is about, and its code."""
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """What it is about in words, and its code.

        Args:
            texts: The texts of a language.
        """
        kinds = texts.said(Listed((kind for kind in ConcernKind if kind in self.kinds), AND))
        return f"{kinds}, {self.concern_id}" if kinds else self.concern_id


_ABOUT_OTHERS = frozenset(
    {
        ConcernKind.HARM_TO_OTHERS,
        ConcernKind.CHILD_AT_RISK,
        ConcernKind.ADULT_AT_RISK,
        ConcernKind.HARM_BY_PROFESSIONAL,
    }
)
