"""Facts about breaches, the ending of a course and its taking up again."""

from __future__ import annotations

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.breaches import BreachKind, BreachSeverity, BreachStatus, no_crossing
from therarel.domain.checks import optional
from therarel.domain.events.happening import Happening
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.vocabulary import Vocabulary


class ClosingReason(Vocabulary, links={}):
    """Why a course closed."""

    AGREED = "agreed"
    CLIENT_ENDED = "client_ended"
    THERAPIST_ENDED = "therapist_ended"
    TRANSFERRED = "transferred"
    REFERRED_ON = "referred_on"
    SERVICE_LIMIT = "service_limit"
    LOST_CONTACT = "lost_contact"
    CLIENT_DIED = "client_died"
    EXTERNAL = "external"
    ALL_STAGES_COMPLETED = "all_stages_completed"
    """Set by the judgement `ClosedAllStagesCompleted` alone."""


@frozen
class BreachReported(Happening):
    """A breach of boundaries, confidentiality or ethics was reported.

    Args:
        kind: What was breached.
        severity: How grave it is said to be.
        status: Alleged or substantiated.
        happened: When it happened, as far as stated.
        breach_id: A code for later events, of 1 to 64 letters, digits and ``. _ : -``; ``None`` lets the course count:
            ``breach-1``, ``breach-2``, ... It is shown everywhere, so it says nothing about a person.

    Raises:
        InvalidValueError: if it is reported as not substantiated, if exploitation is called a crossing, or if its code
            could be a name or a sentence.

    Examples:
        >>> BreachReported(BreachKind.CONFIDENTIALITY, BreachSeverity.VIOLATION, session=5).status.label
        'alleged'
    """

    kind: BreachKind = field(validator=checks.a(BreachKind))
    severity: BreachSeverity = field(validator=checks.a(BreachSeverity))
    status: BreachStatus = field(default=BreachStatus.ALLEGED, validator=checks.a(BreachStatus))
    happened: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence))
    breach_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)

    def __attrs_post_init__(self) -> None:
        if self.status is BreachStatus.NOT_SUBSTANTIATED:
            raise InvalidValueError(
                "a breach is reported as alleged or substantiated",
                where="BreachReported.status",
                value=f"'{self.status}'",
                hint="reassess a reported breach with BreachReassessed",
            )
        no_crossing(self.kind, self.severity, "BreachReported.severity")


@frozen
class BreachReassessed(Happening):
    """A reported breach is seen differently; what is ``None`` stays as it was.

    Args:
        of: The breach's code.
        severity: Its severity as it is seen now. Exploitation seen as a crossing stays a violation.
        status: Its status as it is seen now; not substantiated closes it.

    Examples:
        >>> BreachReassessed("breach-1", status=BreachStatus.SUBSTANTIATED).severity is None
        True
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)
    severity: BreachSeverity | None = field(default=None, validator=optional(checks.a(BreachSeverity)))
    status: BreachStatus | None = field(default=None, validator=optional(checks.a(BreachStatus)))


@frozen
class ClientInformed(Happening):
    """The client was informed of a breach, where that had not been done.

    Args:
        of: The breach's code.

    Examples:
        >>> ClientInformed("breach-1", session=9).of
        'breach-1'
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)


@frozen
class ClientWishStated(Happening):
    """The client said whether they wish to go on with this therapist after a breach.

    It is the client's own wish, not one that the therapist asks for or supposes; `reported_by` is who says so.

    Args:
        of: The breach's code.
        to_go_on: Whether the client wishes to go on.

    Examples:
        >>> ClientWishStated("breach-1", to_go_on=True, session=9).to_go_on
        True
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)
    to_go_on: bool = field(validator=checks.truth)


@frozen
class EndingPlanned(Happening):
    """The two began to plan the ending."""


@frozen
class EndingRescinded(Happening):
    """The planned ending was taken back."""


@frozen
class Closed(Happening):
    """The course closed.

    Args:
        reason: Why.

    Raises:
        InvalidValueError: if the reason is that all stages were completed, which is a judgement of its own.

    Examples:
        >>> Closed(ClosingReason.AGREED, session=20).reason.label
        'agreed'
    """

    reason: ClosingReason = field(validator=checks.a(ClosingReason))

    def __attrs_post_init__(self) -> None:
        if self.reason is ClosingReason.ALL_STAGES_COMPLETED:
            raise InvalidValueError(
                "that all stages were completed is a judgement",
                where="Closed.reason",
                value=f"'{self.reason}'",
                hint="record ClosedAllStagesCompleted",
            )


@frozen
class ReEngaged(Happening):
    """The relationship was taken up again after it had closed."""
