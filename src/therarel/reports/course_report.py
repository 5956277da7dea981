"""The page of one course: what comes first, how it stands, what is due and agreed, how it is seen, what was observed.

It holds no confidential text: people are pseudonyms, and what somebody wrote stays in the record. A second page is for
the two to look at together: what was agreed, and how each sees the relationship.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import Goal, Term, TherapeuticTask
from therarel.errors import InvalidValueError, shown
from therarel.files import refuse_other_than_page, write_whole
from therarel.machine import Course, Overview, due, overview, upkeep
from therarel.machine.explanations import event_label
from therarel.measures import Observed, observed
from therarel.reports.markup import Content, Markup, framed, joined, page, scrolling, section, table, tag
from therarel.representation import one_line
from therarel.texts import Phrase, Texts


def _agreed_section(course: Course, *, with_words: bool = False, with_crisis: bool = False) -> Markup:
    """What was agreed, a line each; nothing about breaches or supervision, and nothing about risk unless asked for.

    Args:
        course: The course.
        with_words: Whether goals and tasks are shown in their own words, which are confidential.
        with_crisis: Whether it is said that there are arrangements for a crisis.
    """
    texts = course.machine.texts
    items = joined(*(tag("li", line) for line in _lines(course, texts, with_words, with_crisis)), by="\n")
    return section(texts("page.agreed"), tag("ul", items) if items else tag("p", texts("page.nothing_agreed")))


def _lines(course: Course, texts: Texts, with_words: bool, with_crisis: bool) -> Iterator[str]:
    agreed = course.relationship.agreements
    crisis = agreed.crisis if with_crisis else None
    listed: dict[str, Iterable[object]] = {
        "page.explained": (term for term in Term if term in agreed.terms_explained),
        "page.consents": agreed.consents,
        "handover.goals": (_in_words(goal, goal.text, with_words) for goal in agreed.goals if not goal.is_dropped),
        "handover.tasks": (_in_words(task, task.text, with_words) for task in agreed.tasks if not task.is_dropped),
        "handover.for_a_crisis": () if crisis is None else (Phrase("handover.arrangements", when=crisis.agreed),),
    }
    for heading, things in listed.items():
        for thing in things:
            yield texts("page.line", heading=Phrase(heading), thing=thing)


def _in_words(thing: Goal | TherapeuticTask, words: Confidential | None, with_words: bool) -> object:
    if words is None or not with_words:
        return thing
    return Phrase("page.in_words", about=thing, words=words.reveal())


def course_report(
    course: Course, *, observations: Observed | None = None, when: date | str | None = None
) -> CourseReport:
    """Write how one course stands as a page for people, to take into supervision.

    What comes first in every answer comes first here, then how it stands, what is due on the day, what was agreed, its
    stages and the alliance over time, how the two see the relationship, and what was observed. The same course gives
    the same page, byte for byte.

    Args:
        course: The course; nothing is recorded on it.
        observations: What was observed over it, from `therarel.measures.observed`, with the choices that were made;
            made without any where ``None``.
        when: The day for which the page is made, as a date or as text such as ``2026-05-04``: it is printed, and says
            what is due. Without one, what is due is left open.

    Raises:
        InvalidValueError: if it is not a course, the day is not a date, or several outcome measures were recorded and
            none was chosen.

    Examples:
        >>> report = course_report(Course.begin("C-014", "T-03"))
        >>> report
        <CourseReport: Course of C-014 with T-03>
        >>> "How the relationship is seen" in report.html
        True
    """
    if not isinstance(course, Course):
        raise InvalidValueError("a course is needed", where="course_report", value=shown(course))
    return CourseReport(
        course=course,
        observations=observed(course) if observations is None else observations,
        day=_day(when, "course_report.when"),
    )


def shared_report(course: Course, *, with_words: bool = False, when: date | str | None = None) -> CourseReport:
    """Write a page to look at together with the client: what was agreed, and how the two see the relationship.

    It says nothing about risk, breaches or supervision. The same course gives the same page, byte for byte.

    Args:
        course: The course; nothing is recorded on it.
        with_words: Whether goals and tasks are shown in their own words, which are confidential.
        when: The day to print, as a date or as text such as ``2026-05-04``.

    Raises:
        InvalidValueError: if it is not a course, or the day is not a date.

    Examples:
        >>> course = Course.begin("C-014", "T-03")
        >>> "Nothing that was agreed is on record." in shared_report(course).html
        True
    """
    if not isinstance(course, Course):
        raise InvalidValueError("a course is needed", where="shared_report", value=shown(course))
    return CourseReport(course=course, observations=None, day=_day(when, "shared_report.when"), with_words=with_words)


def _day(when: date | str | None, where: str) -> date | None:
    if isinstance(when, str):
        with suppress(ValueError):
            return date.fromisoformat(when)
    if when is None or (isinstance(when, date) and not isinstance(when, datetime)):
        return when
    seen = "text" if isinstance(when, str) else shown(when)
    raise InvalidValueError("a day is needed", where=where, value=seen, bound="a date, or text such as '2026-05-04'")


@frozen(kw_only=True, eq=False)
class CourseReport:
    """The page of one course; ``html`` is the document, and a notebook shows it.

    Args:
        course: The course.
        observations: What was observed over it; ``None`` for the page that the two look at together.
        day: The day for which it is made; ``None`` for none.
        with_words: On that page: whether goals and tasks are shown in their own words.
    """

    course: Course
    observations: Observed | None = field(repr=False)
    day: date | None = None
    with_words: bool = False

    @cached_property
    def html(self) -> str:
        """The page: one HTML document that loads nothing, light or dark as the screen is, made to be printed."""
        texts = self.course.machine.texts
        views = _figure(texts("page.views"), self.course.view().draw().to_svg())
        if self.observations is None:
            return self._page([], _agreed_section(self.course, with_words=self.with_words), views)
        standing = overview(self.course, on=self.day)
        return self._page(
            _first(standing),
            _standing(standing),
            _due(self.course, self.day),
            _agreed_section(self.course, with_crisis=True),
            _figure(texts("page.way"), self.course.draw().to_svg(), _timeline(self.course)),
            views,
            _upkeep(self.course),
            _observed(self.observations),
        )

    @property
    def _title(self) -> str:
        key = "page.title_together" if self.observations is None else "page.title"
        return self.course.machine.texts(key, dyad=self.course.relationship.dyad)

    def _page(self, first: Iterable[Content], *sections: Markup) -> str:
        texts, title = self.course.machine.texts, self._title
        made_with = "page.made_with" if self.day is None else "page.made_with_on"
        footer = tag("footer", texts(made_with, version=version("therarel"), day=self.day))
        return page(title, tag("header", tag("h1", title), *first), *sections, footer)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to an HTML file, whole or not at all, and return the path.

        A new file is for its owner alone (mode 0600).

        Raises:
            InvalidValueError: if its name ends otherwise than ``.html`` or ``.htm``.
            WritingError: if the file cannot be written.
        """
        refuse_other_than_page(path)
        return write_whole(path, [self.html])

    __repr__ = one_line

    def __str__(self) -> str:
        return self._title

    def _repr_html_(self) -> str:
        return framed(self.html, self.course.machine.texts("page.frame"))


def _first(standing: Overview) -> list[Content]:
    return [tag("p", tag("strong", remark.text), class_="caution") for remark in standing.remarks]


def _standing(standing: Overview) -> Markup:
    lines = str(standing).splitlines()[len(standing.remarks) :]
    return section(standing.texts("page.standing"), tag("ul", joined(*(tag("li", line) for line in lines), by="\n")))


def _due(course: Course, day: date | None) -> Markup:
    """What is due on the day, safety first; it depends on the day."""
    texts = course.machine.texts
    if day is None:
        return section(texts("page.due"), tag("p", texts("page.due_without_day")))
    items = [tag("li", thing.text) for thing in due(course, on=day)]
    return section(
        texts("page.due_on", day=day),
        tag("ul", joined(*items, by="\n")) if items else tag("p", texts("due.nothing")),
    )


def _figure(title: str, svg: str, *more: Content) -> Markup:
    return section(title, tag("figure", scrolling(Markup(svg), title)), *more)


def _timeline(course: Course) -> Markup:
    """The stages of a course and how the alliance stood, with what moved them, in the order of recording.

    Entries that were retracted, corrected or set aside are not there; what took their place is.
    """
    texts = course.machine.texts
    replayed = course.replay()
    before = replayed.start
    rows = [(texts("page.beginning"), "", texts.said(before.stage), texts.said(before.alliance_status))]
    for entry in replayed.entries:
        now = entry.decision.relationship
        if (now.stage, now.alliance_status) != (before.stage, before.alliance_status):
            when, happened = texts.said(entry.event.occurred), event_label(entry.event, texts)
            rows.append((when, happened, texts.said(now.stage), texts.said(now.alliance_status)))
        before = now
    head = [texts(f"page.{name}") for name in ("when", "happened", "stage", "alliance")]
    return table(texts("page.timeline"), head, rows)


def _upkeep(course: Course) -> Markup:
    """Adaptations and check-ins."""
    items = joined(*(tag("li", line) for line in upkeep(course).lines()), by="\n")
    return section(course.machine.texts("page.upkeep"), tag("ul", items))


def _observed(observations: Observed) -> Markup:
    parts: list[Content] = [tag("p", observations.why, class_="note")]
    for heading, part in observations.headed():
        parts += [tag("h3", heading), tag("ul", *(tag("li", sentence) for sentence in part.sentences))]
    return section(observations.texts("page.observed"), *parts)
