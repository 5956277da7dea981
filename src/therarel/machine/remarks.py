"""What is said with an accepted event: what looks odd, and never a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import frozen

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    ClosingReason,
    ConcernOutcome,
    Judgement,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    RuptureMode,
    RuptureSeverity,
    events,
)
from therarel.errors import shown
from therarel.machine.agreement_remarks import AGREEMENT_REMARKS
from therarel.machine.effects.breaches import too_early
from therarel.machine.policy import Policy, Requirement
from therarel.texts import AND, Listed, Texts

SET_ASIDE: Final = "set_aside"
"""The remark on a correction after which earlier judgements no longer hold."""

RETRACTED_ALREADY: Final = "retracted_already"
"""The remark on a second retraction of an entry."""

RETRACTED_BEFORE: Final = "retracted_before"
"""The remark on a correction that puts something in the place of an entry that was retracted."""

KEPT: Final = "kept"
"""The remark on what was accepted when it was recorded and has no answer in the table of today."""

DECLINED_THEN: Final = "declined_then"
"""The remark on what was declined when it was recorded and would be accepted today."""

OF_COURSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {SET_ASIDE: ("about",), RETRACTED_ALREADY: (), RETRACTED_BEFORE: (), KEPT: (), DECLINED_THEN: ()}
)
"""The remarks that only the history of a course gives, each with the values of its sentence."""


@frozen
class Remark:
    """A sentence said with a decision.

    Args:
        code: Its name in the data.
        text: The sentence.

    Examples:
        >>> print(Remark("no_repair_under_way", "No repair is under way."))
        No repair is under way.
    """

    code: str
    text: str

    @classmethod
    def of(cls, code: str, texts: Texts, **values: object) -> Remark:
        """The remark of that name, with its values in words."""
        return cls(code, texts.filled(texts.remarks[code], values))

    def __str__(self) -> str:
        return self.text


Values: TypeAlias = Mapping[str, object] | None
"""The values of a remark's sentence; ``None`` where it is not said."""

RemarkRule: TypeAlias = Callable[[Relationship, Any, Relationship, Policy], Values]
"""When a remark is said: the values of its sentence, or ``None``. Reads before, event, after and policy."""


def unresolved_before(before: Relationship, event: object, after: Relationship, policy: Policy) -> Values:
    """An earlier course or closing left something open."""
    left = after.unresolved_before
    return {"about": left} if left else None


def prerequisite_reopened(before: Relationship, event: object, after: Relationship, policy: Policy) -> Values:
    """A task stays met while a task that comes first is open again."""
    reopened = (before.tasks_met | before.waived) - after.tasks_met - after.waived
    kept = sorted(task for task in after.tasks_met if task.prerequisites & reopened)
    return {"about": tuple(kept)} if kept else None


def lowered_from_major(
    before: Relationship, event: events.RuptureReassessed, after: Relationship, policy: Policy
) -> Values:
    """A major rupture is seen as a lesser one before it is repaired."""
    was, now = before.episode, after.episode
    lowered = was is not None and was.severity is RuptureSeverity.MAJOR and now is not None and now.severity
    return {"value": lowered} if lowered and lowered is not RuptureSeverity.MAJOR else None


def few_misses_for_lost_contact(
    before: Relationship, event: events.Closed, after: Relationship, policy: Policy
) -> Values:
    """Contact is called lost after fewer misses than the policy names."""
    misses, needed = before.client_misses_in_a_row, policy.client_misses_for_lost_contact
    if event.reason is ClosingReason.LOST_CONTACT and misses < needed:
        return {"value": misses, "threshold": needed}
    return None


def repaired_without_client(
    before: Relationship, event: events.RepairSucceeded, after: Relationship, policy: Policy
) -> Values:
    """The client is not among those in whose view it is repaired, and the client's view is not on record."""
    episode = before.episode
    if Rater.CLIENT in event.judged_by or episode is None or episode.repair_views.client is not RepairView.NOT_ASKED:
        return None
    if policy.client_view(episode) is Requirement.NOT_LOOKED_AT:
        return None
    return {"about": Listed((rater for rater in Rater if rater in event.judged_by), AND)}


def client_did_not_say(
    before: Relationship, event: events.RepairSucceeded, after: Relationship, policy: Policy
) -> Values:
    """The client did not want to say whether it is repaired."""
    episode = before.episode
    silent = episode is not None and episode.repair_views.client is RepairView.DID_NOT_WANT_TO_SAY
    return {} if silent and Rater.CLIENT not in event.judged_by else None


def trust_given_back(
    before: Relationship, event: events.RepairSucceeded, after: Relationship, policy: Policy
) -> Values:
    """The repair gives back the trust that the rupture cost."""
    return {} if before.episode is not None and before.episode.trust_lost else None


def understanding_not_on_record(
    before: Relationship, event: events.RepairSucceeded, after: Relationship, policy: Policy
) -> Values:
    """A rupture was explored, and what was understood through it is not on record."""
    episode = before.episode
    if episode is None or not before.has_open_rupture or episode.route is not RepairRoute.EXPLORATORY:
        return None
    return {} if event.understanding is None else None


def power_not_discussed(
    before: Relationship, event: events.PowerDynamicNamed, after: Relationship, policy: Policy
) -> Values:
    """A difference of power was named, and the two have not talked about it."""
    return {} if event.discussed is False else None


def yes_after_withdrawal(
    before: Relationship, event: events.RepairSucceeded | events.RepairViewGiven, after: Relationship, policy: Policy
) -> Values:
    """The client says yes to a repair after withdrawal."""
    episode = before.episode
    if episode is None or RuptureMode.WITHDRAWAL not in episode.modes:
        return None
    if isinstance(event, events.RepairSucceeded):
        yes = Rater.CLIENT in event.judged_by
    else:
        yes = event.by is Rater.CLIENT and event.view is RepairView.REPAIRED
    return {} if yes else None


def recognition_not_first(
    before: Relationship, event: events.RepairStepTaken, after: Relationship, policy: Policy
) -> Values:
    """A step of exploration was taken before the strain was recognised."""
    episode = after.episode
    if after is before or episode is None or not isinstance(event.step, RepairStep):
        return None
    return None if RepairStep.STRAIN_RECOGNITION in episode.steps else {"value": event.step}


def breach_name_taken(
    before: Relationship, event: events.BreachReported, after: Relationship, policy: Policy
) -> Values:
    """It goes by another name than the one that was stated."""
    if event.breach_id is None or len(after.breaches) == len(before.breaches):
        return None
    name = after.breaches[-1].breach_id
    return None if event.breach_id == name else {"about": shown(event.breach_id), "value": name}


def supervision_too_early(
    before: Relationship, event: events.SupervisionHeld, after: Relationship, policy: Policy
) -> Values:
    """It is dated before a breach that awaits supervision was reported, opened again or seen as graver."""
    missed = [each for each in after.breaches if not each.supervised_since and too_early(each, event.occurred)]
    return {"about": Listed(missed)} if missed else None


def no_crossing(before: Relationship, event: events.BreachReassessed, after: Relationship, policy: Policy) -> Values:
    """Exploitation is seen as a crossing, and stays a violation."""
    breach = after.breach(event.of)
    exploitation = breach is not None and breach.kind is BreachKind.EXPLOITATION
    return {} if exploitation and event.severity is BreachSeverity.CROSSING else None


def concern_name_taken(
    before: Relationship, event: events.SafetyConcernRaised, after: Relationship, policy: Policy
) -> Values:
    """It goes by another name than the one that was stated."""
    if event.concern_id is None or len(after.safety_concerns) == len(before.safety_concerns):
        return None
    name = after.safety_concerns[-1].concern_id
    return None if event.concern_id == name else {"about": shown(event.concern_id), "value": name}


def handed_over_not_accepted(
    before: Relationship, event: events.SafetyConcernReviewed, after: Relationship, policy: Policy
) -> Values:
    """Whoever the concern was handed over to has not accepted it."""
    concern = None if event.of is None else after.safety_concern(event.of)
    handed_over = event.outcome is ConcernOutcome.HANDED_OVER and not event.receiver_accepted
    return {"about": concern} if handed_over and concern is not None and concern.is_open else None


def closed_without_consulting(
    before: Relationship, event: events.SafetyConcernReviewed, after: Relationship, policy: Policy
) -> Values:
    """A concern is closed, and nobody is on record who was consulted."""
    closed = event.outcome is ConcernOutcome.CLOSED and after is not before and not event.consulted
    return {"about": event.of} if closed and event.of is not None else None


def stays_open(
    before: Relationship, event: events.Closed | events.ClosedAllStagesCompleted, after: Relationship, policy: Policy
) -> Values:
    """The course closes over an open concern for safety, major rupture or breach; not where the client died."""
    if after.closed_reason is ClosingReason.CLIENT_DIED:
        return None
    left = list(_left_open(after))
    return {"about": Listed(left)} if left else None


def _left_open(relationship: Relationship) -> Iterator[object]:
    yield from (each for each in relationship.safety_concerns if each.is_open)
    episode = relationship.episode
    if episode is not None and episode.severity is RuptureSeverity.MAJOR:
        yield episode
    yield from (each for each in relationship.breaches if each.blocks)


def lost_contact_with_concern(
    before: Relationship, event: events.Closed, after: Relationship, policy: Policy
) -> Values:
    """Contact is called lost while a concern for safety is open."""
    if event.reason is not ClosingReason.LOST_CONTACT:
        return None
    concerns = [each for each in after.safety_concerns if each.is_open]
    return {"about": Listed(concerns)} if concerns else None


def client_not_informed(before: Relationship, event: Judgement, after: Relationship, policy: Policy) -> Values:
    """What passes or is repaired does so although the client was not informed of a breach."""
    kept = [each for each in after.breaches if each.client_not_informed]
    return {"about": Listed(kept)} if kept else None


def pause_ended(before: Relationship, event: events.SessionHeld, after: Relationship, policy: Policy) -> Values:
    """A session ended a pause."""
    return {} if before.paused and not after.paused else None


def pause_was_over(before: Relationship, event: events.SessionMissed, after: Relationship, policy: Policy) -> Values:
    """A session was missed after the last day of a pause."""
    if not before.paused or after.paused:
        return None
    return {"value": before.paused_until}


_VALUES: Final[Mapping[RemarkRule, tuple[str, ...]]] = {
    unresolved_before: ("about",),
    prerequisite_reopened: ("about",),
    lowered_from_major: ("value",),
    few_misses_for_lost_contact: ("value", "threshold"),
    repaired_without_client: ("about",),
    client_did_not_say: (),
    power_not_discussed: (),
    trust_given_back: (),
    understanding_not_on_record: (),
    yes_after_withdrawal: (),
    recognition_not_first: ("value",),
    breach_name_taken: ("value", "about"),
    supervision_too_early: ("about",),
    no_crossing: (),
    concern_name_taken: ("value", "about"),
    handed_over_not_accepted: ("about",),
    closed_without_consulting: ("about",),
    stays_open: ("about",),
    lost_contact_with_concern: ("about",),
    client_not_informed: ("about",),
    pause_ended: (),
    pause_was_over: ("value",),
    **AGREEMENT_REMARKS,
}

REMARK_RULES: Final[Mapping[str, RemarkRule]] = MappingProxyType({rule.__name__: rule for rule in _VALUES})
"""Every rule by the name that tables use."""

REMARK_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {rule.__name__: values for rule, values in _VALUES.items()}
)
"""The values that each rule gives to its sentence."""
