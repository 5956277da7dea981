"""What a course says of culture and power, gathered from its events."""

from __future__ import annotations

from therarel.domain import ClientPerspective, CulturalContext, PowerDynamic, events
from therarel.machine.course import Course


def cultural_context(course: Course) -> CulturalContext:
    """What is known of culture and power in a course: the entries in force, without what was retracted.

    The perspective is the latest that the client shared. The therapist's cultural competence is rated and not gathered
    here: a view of it belongs to the views.

    Args:
        course: The course; nothing is recorded on it.

    Examples:
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.PowerDynamicNamed("language", discussed=True, session=2))
        >>> _ = course.record(events.ApproachAdapted("work sheets in two languages", session=3))
        >>> context = cultural_context(course)
        >>> len(context.power), len(context.adaptations), context.perspective is None
        (1, 1, True)
    """
    happened = [entry.event for entry in course.replay().entries if entry.decision.accepted]
    shared = [each for each in happened if isinstance(each, events.ClientPerspectiveShared)]
    named = [each for each in happened if isinstance(each, events.PowerDynamicNamed)]
    return CulturalContext(
        ClientPerspective(shared[-1].view, shared[-1].occurred) if shared else None,
        tuple(PowerDynamic(each.axis, each.held_by, each.discussed) for each in named),
        tuple(each for each in happened if isinstance(each, events.ApproachAdapted)),
        tuple(each for each in happened if isinstance(each, events.CulturalMisstepAcknowledged)),
    )
