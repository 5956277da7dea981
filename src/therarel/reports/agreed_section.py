"""What the two agreed on, for a page that they look at together: terms, consents, goals and tasks of therapy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from therarel.confidential import Confidential
from therarel.domain import Goal, Term, TherapeuticTask
from therarel.machine import Course
from therarel.reports.markup import Markup, joined, section, tag
from therarel.texts import Phrase, Texts

__all__ = ["agreed_section"]


def agreed_section(course: Course, *, with_words: bool) -> Markup:
    """What was agreed, a line each; nothing about risk, breaches or supervision.

    Args:
        course: The course.
        with_words: Whether goals and tasks are shown in their own words, which are confidential.
    """
    texts = course.machine.texts
    items = joined(*(tag("li", line) for line in _lines(course, texts, with_words)), by="\n")
    return section(texts("page.agreed"), tag("ul", items) if items else tag("p", texts("page.nothing_agreed")))


def _lines(course: Course, texts: Texts, with_words: bool) -> Iterator[str]:
    agreed = course.relationship.agreements
    listed: dict[str, Iterable[object]] = {
        "page.explained": (term for term in Term if term in agreed.terms_explained),
        "page.consents": agreed.consents,
        "handover.goals": (_in_words(goal, goal.text, with_words) for goal in agreed.goals if not goal.is_dropped),
        "handover.tasks": (_in_words(task, task.text, with_words) for task in agreed.tasks if not task.is_dropped),
    }
    for heading, things in listed.items():
        for thing in things:
            yield texts("page.line", heading=Phrase(heading), thing=thing)


def _in_words(thing: Goal | TherapeuticTask, words: Confidential | None, with_words: bool) -> object:
    if words is None or not with_words:
        return thing
    return Phrase("page.in_words", about=thing, words=words.reveal())
