"""Everything that a machine says in words: of courses with everything in them, and of every kind of event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from itertools import islice
from pathlib import Path

from tests.test_docs_examples import blocks

from therarel.domain import ExportPurpose, RelationshipPart
from therarel.machine import Course, DuePolicy, Machine, decide, due, may_export, overview
from therarel.machine.specimens import events_about, specimens
from therarel.measures import observed
from therarel.reports import course_report, shared_report
from therarel.simulation import simulate_courses

__all__ = ["SOURCES", "courses", "said_of_course", "said_of_events"]

STORIES = Path(__file__).parents[2] / "docs" / "machine" / "stories"
SOURCES = ("simulated", *sorted(page.stem for page in STORIES.glob("*.md") if page.stem != "index"))
"""Where courses with everything in them come from."""
TODAY = date(2027, 1, 4)
EVERYTHING_DUE = DuePolicy(goals_every=1, views_every=1, measures_every=1)


def courses(name: str, machine: Machine) -> Iterator[Course]:
    """Simulated courses of 60 sessions, or those of a story, under a machine."""
    if name == "simulated":
        told = [*simulate_courses(2, seed=11, sessions=60, premature=0.1)]
    else:
        namespace: dict[str, object] = {}
        with redirect_stdout(StringIO()):
            for block in blocks((STORIES / f"{name}.md").read_text("utf-8")):
                if block.kind == "python":
                    exec(block.code, namespace)
        told = [each for each in namespace.values() if isinstance(each, Course)]
    for each in told:
        yield Course.resume(each.start, each.log, machine=machine)


def said_of_course(course: Course) -> Iterator[tuple[str, str]]:
    """Every answer, list, picture and page of a course, each with what it is."""
    yield "course", str(course)
    yield "overview", str(overview(course))
    yield "history", str(course.history)
    for entry in course.history:
        yield f"entry {entry.number}", str(entry.decision.explain())
    for replayed in course.replay().entries:
        yield f"replayed {replayed.number}", str(replayed)
    yield "replay", str(course.replay())
    yield "options", str(course.options())
    for decision in course.options():
        yield f"option {type(decision.event).__name__}", str(decision.explain())
    yield "hindsight", "\n".join(map(str, (*course.hindsight(), *course.decided_otherwise())))
    yield "due", "\n".join(map(str, due(course, on=TODAY, policy=EVERYTHING_DUE)))
    yield "handover", handover(course)
    for purpose in ExportPurpose:
        yield f"export for {purpose}", str(may_export(course.relationship, purpose, machine=course.machine))
    yield "views", str(course.view())
    for part in RelationshipPart:
        yield f"gap {part}", str(course.view().gap(part))
        yield f"change {part}", "\n".join(map(str, course.view().change(part)))
    yield "picture of the views", course.view().draw().to_svg()
    yield "picture of the way", course.draw().to_svg()
    yield "observed", str(observed(course, measure="phq-9"))
    yield "observed by a reliability", str(observed(course, measure="phq-9", reliability=0.89, sd=6.1))
    yield "page", course_report(course, observations=observed(course, measure="phq-9")).html
    yield "page to look at together", shared_report(course).html


def handover(course: Course) -> str:
    """The handover of a course, in the words of its machine."""
    return course.handover(access_needs="a ramp", client_informed=True, client_agreed=False).worded(
        course.machine.texts
    )


def said_of_events(machine: Machine, most: int) -> Iterator[tuple[str, str]]:
    """Events of every kind in some of the specimens, answered by a machine."""
    every = 11_980 // most
    for place, specimen in enumerate(islice(specimens(), 0, None, every)):
        for event in events_about(specimen):
            yield f"{place} {type(event).__name__}", str(decide(specimen, event, machine=machine).explain())
