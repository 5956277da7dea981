"""What a course says of culture and power is gathered from its events, as they are in force."""

from __future__ import annotations

from therarel.domain import Party, events
from therarel.machine import Course, cultural_context

E = events


def test_culture_is_gathered_from_the_events_in_force() -> None:
    """The latest perspective, every difference of power, adaptation and acknowledgement; what was retracted is gone."""
    course = Course.begin("C-014", "T-03")
    first, later = E.ClientPerspectiveShared("a curse", session=1), E.ClientPerspectiveShared("worry", session=4)
    named = E.PowerDynamicNamed("language", Party.THERAPIST, True, session=2)
    adapted, mistaken = E.ApproachAdapted("two languages", session=3), E.ApproachAdapted("shorter", session=3)
    owned = E.CulturalMisstepAcknowledged(True, "a feast day", session=5)
    for event in (first, named, adapted, mistaken, later, owned):
        course.record(event)
    course.retract(4)
    context = cultural_context(course)
    assert context.perspective is not None
    assert (context.perspective.view, context.perspective.learned) == (later.view, later.occurred)
    assert [(each.axis, each.held_by, each.discussed) for each in context.power] == [
        (named.axis, Party.THERAPIST, True)
    ]
    assert context.adaptations == (adapted,)
    assert context.acknowledgements == (owned,)


def test_a_course_without_a_word_of_culture_knows_nothing_of_it() -> None:
    """Nothing is made up."""
    context = cultural_context(Course.begin("C-014", "T-03"))
    assert (context.perspective, context.power, context.adaptations, context.acknowledgements) == (None, (), (), ())


def test_a_difference_of_power_that_was_not_talked_about_says_so() -> None:
    """Naming it is not yet talking about it; where that is not known, nothing is said."""
    course = Course.begin("C-014", "T-03")
    said = [
        [remark.code for remark in course.may(E.PowerDynamicNamed("age", discussed=discussed)).remarks]
        for discussed in (False, True, None)
    ]
    assert ["power_not_discussed" in codes for codes in said] == [True, False, False]
