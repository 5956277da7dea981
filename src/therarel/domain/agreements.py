"""What the two agreed on: consent, the terms of the work, goals, tasks of therapy, and what to do in a crisis.

An agreement is what people said, and when. Nothing here decides whether somebody is able to consent: who consents for
whom is a question of law and of the person, and it is recorded, not judged.

Source: bordin1979.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_set, as_tuple, members, optional
from therarel.domain.consents import Consent, ConsentScope
from therarel.domain.occurrence import Occurrence
from therarel.domain.people import Party, party_set
from therarel.domain.ratings import Rating
from therarel.errors import InvalidValueError
from therarel.texts import Texts, standard_texts
from therarel.vocabulary import Vocabulary


def therapeutic_task_tuple(values: Iterable[TherapeuticTask]) -> tuple[TherapeuticTask, ...]:
    """Any collection of `TherapeuticTask`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


def term_set(values: Iterable[Term]) -> frozenset[Term]:
    """Any collection of `Term`, as `checks.as_set` takes it."""
    return as_set(values)


def goal_tuple(values: Iterable[Goal]) -> tuple[Goal, ...]:
    """Any collection of `Goal`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


def _consent_tuple(values: Iterable[Consent]) -> tuple[Consent, ...]:
    return as_tuple(values)


class Term(Vocabulary, links={"guidelines": "ethical_guidelines", "confidentiality_limits": "confidentiality"}):
    """A term of the work that is explained to the client."""

    GUIDELINES = "guidelines"
    """Of the profession: what the therapist may and may not do, and where to complain."""
    CONFIDENTIALITY_LIMITS = "confidentiality_limits"
    """When something that was said in private is passed on to others."""


class GoalOwner(Vocabulary, links={"client": "client", "therapist": "therapist"}):
    """Whose goal it is."""

    CLIENT = "client"
    THERAPIST = "therapist"
    BOTH = "both"
    CARER = "carer"
    COURT = "court"


class GoalStatus(Vocabulary, links={}):
    """What became of a goal so far."""

    TO_BE_FOUND_TOGETHER = "to_be_found_together"
    """What the work is for is still being looked for; that is an agreement, too."""
    PURSUED = "pursued"
    REACHED = "reached"
    DROPPED = "dropped"


class ExportPurpose(Vocabulary, links={}):
    """What a record is passed on for."""

    OWN_RECORD = "own_record"
    HANDOVER = "handover"
    """In the service."""
    SUPERVISION = "supervision"
    TEACHING = "teaching"
    RESEARCH = "research"
    RECORDING = "recording"
    """With recordings of sessions."""
    ANOTHER_BODY = "another_body"
    """Such as a court or an insurer; a disclosure without consent is recorded as `ConfidentialityLimitInvoked`."""


@frozen
class Goal:
    """A goal of the treatment.

    Args:
        text: The goal in words.
        agreed_by: Who agreed to it; mutual when both did.
        goal_id: The code by which later events speak of it; ``None`` outside of a course.
        whose: Whose goal it is; ``None`` if not stated.
        status: What became of it so far.
        attainment: The latest rating of how far it is reached, on its own scale; ``None`` if it was not rated.

    Examples:
        >>> Goal("Sleep through the night", agreed_by={Party.CLIENT}).is_mutual
        False
    """

    text: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    agreed_by: frozenset[Party] = field(default=frozenset(), converter=party_set, validator=members(checks.a(Party)))
    goal_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED, kw_only=True)
    whose: GoalOwner | None = field(default=None, validator=optional(checks.a(GoalOwner)), kw_only=True)
    status: GoalStatus = field(default=GoalStatus.PURSUED, validator=checks.a(GoalStatus), kw_only=True)
    attainment: Rating | None = field(default=None, validator=optional(checks.a(Rating)), kw_only=True)

    @property
    def is_mutual(self) -> bool:
        """Whether client and therapist both agreed."""
        return len(self.agreed_by) == len(Party)

    @property
    def is_dropped(self) -> bool:
        """Whether it has been dropped."""
        return self.status is GoalStatus.DROPPED

    @property
    def in_words(self) -> str:
        """Its code, what became of it, whose it is, how far it is reached, and whose word is missing; not its text."""
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """Its code, what became of it, whose it is, how far it is reached, and whose word is missing; not its own text.

        Args:
            texts: The texts of a language.
        """
        parts = [self.goal_id or texts("goal.unnamed"), texts.said(self.status)]
        if self.whose is not None:
            parts.append(texts("goal.of_both") if self.whose is GoalOwner.BOTH else texts("goal.of", owner=self.whose))
        rated = self.attainment
        if rated is not None:
            value = f"{rated.value:g}"
            parts.append(texts("goal.attainment", value=value, scale=rated.scale, rater=rated.rater))
        return ", ".join([*parts, *_not_agreed(self.agreed_by, texts)])


@frozen
class TherapeuticTask:
    """Something the two do in therapy, and whether both understand why.

    Args:
        text: The task in words.
        rationale_shared: Whether its rationale is shared; ``None`` if not known.
        task_id: The code by which later events speak of it; ``None`` outside of a course.
        agreed_by: Who agreed to it; mutual when both did.
        is_dropped: Whether it has been dropped.

    Examples:
        >>> TherapeuticTask(rationale_shared=True).rationale_shared
        True
    """

    text: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    rationale_shared: bool | None = field(default=None, validator=optional(checks.truth))
    task_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED, kw_only=True)
    agreed_by: frozenset[Party] = field(
        default=frozenset(), converter=party_set, validator=members(checks.a(Party)), kw_only=True
    )
    is_dropped: bool = field(default=False, validator=checks.truth, kw_only=True)

    @property
    def is_shared(self) -> bool:
        """Whether both agreed to it and its rationale is shared."""
        return self.rationale_shared is True and len(self.agreed_by) == len(Party)

    @property
    def in_words(self) -> str:
        """Its code, and what is missing to be shared by both; without the text."""
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """Its code, and what is missing to be shared by both; without its own text.

        Args:
            texts: The texts of a language.
        """
        parts = [self.task_id or texts("task.unnamed"), *([texts("task.dropped")] if self.is_dropped else [])]
        parts += _not_agreed(self.agreed_by, texts)
        return ", ".join(parts + ([] if self.rationale_shared else [texts("task.reason_not_shared")]))


def _not_agreed(agreed_by: frozenset[Party], texts: Texts) -> Iterator[str]:
    """Whose word is missing."""
    missing = [party for party in Party if party not in agreed_by]
    if len(missing) == len(Party):
        yield texts("goal.not_agreed_by_both", one=missing[0], other=missing[1])
    elif missing:
        yield texts("goal.not_agreed", party=missing[0])


@frozen
class CrisisArrangements:
    """What the two arranged for a crisis.

    Args:
        arrangements: What to do and whom to turn to, in words.
        emergency_contact: Whom to call, in words.
        agreed: When it was arranged.

    Examples:
        >>> CrisisArrangements("call the crisis line first").arrangements
        Confidential(...)
    """

    arrangements: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    emergency_contact: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private)
    )
    agreed: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)


@frozen
class Agreements:
    """What is agreed as things stand: the latest of each, with the earlier ones in the history.

    After a closing only what is affirmed since counts: consents that were given or deferred and terms that were
    explained are gone from here, and goals and tasks are agreed anew. A no stays a no, and arrangements for a crisis
    stay.

    Args:
        consents: The latest decision about each consent.
        terms_explained: Terms of the work that were explained.
        goals: Goals in the order in which they came up, with those reached and dropped.
        tasks: Tasks of therapy in the order in which they came up, with those dropped.
        crisis: Arrangements for a crisis; ``None`` if there are none.
        kept_from_start: Whether agreements could be recorded from the beginning of the course. In courses from before
            that was possible nothing is known of what was agreed then.

    Raises:
        InvalidValueError: if there are two decisions about one consent.

    Examples:
        >>> Agreements().consent(ConsentScope.TREATMENT) is None
        True
    """

    consents: tuple[Consent, ...] = field(default=(), converter=_consent_tuple, validator=members(checks.a(Consent)))
    terms_explained: frozenset[Term] = field(default=frozenset(), converter=term_set, validator=members(checks.a(Term)))
    goals: tuple[Goal, ...] = field(default=(), converter=goal_tuple, validator=members(checks.a(Goal)))
    tasks: tuple[TherapeuticTask, ...] = field(
        default=(), converter=therapeutic_task_tuple, validator=members(checks.a(TherapeuticTask))
    )
    crisis: CrisisArrangements | None = field(default=None, validator=optional(checks.a(CrisisArrangements)))
    kept_from_start: bool = field(default=True, validator=checks.truth, kw_only=True)

    def __attrs_post_init__(self) -> None:
        decided = [(consent.scope, consent.recipient) for consent in self.consents]
        if len(set(decided)) < len(decided):
            raise InvalidValueError(
                "of each consent only the latest decision is kept here",
                where="Agreements.consents",
                hint="earlier decisions are in the history",
            )

    def consent(self, scope: ConsentScope, recipient: str | None = None) -> Consent | None:
        """The latest decision about a consent; ``None`` if it was never asked for, or not since a closing.

        Args:
            scope: What it is about.
            recipient: With which role something would be shared; of sharing alone.
        """
        for consent in self.consents:
            if consent.scope is scope and consent.recipient == recipient:
                return consent
        return None

    def goal(self, goal_id: str) -> Goal | None:
        """The goal of that code, or ``None``."""
        return next((goal for goal in self.goals if goal.goal_id == goal_id), None)

    def task(self, task_id: str) -> TherapeuticTask | None:
        """The task of therapy of that code, or ``None``."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    @property
    def has_shared_goal(self) -> bool:
        """Whether both agreed to a goal that was not dropped, one that is still to be found together included."""
        return any(goal.is_mutual and not goal.is_dropped for goal in self.goals)

    @property
    def has_shared_task(self) -> bool:
        """Whether both agreed to a task of therapy that was not dropped, and share its reason."""
        return any(task.is_shared and not task.is_dropped for task in self.tasks)
