"""How a course stands, for whoever opens it: what comes first, what is open, what may be recorded, what has been."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import field, frozen

from therarel.domain import Breach, Handover, Occurrence, Relationship, RuptureEpisode, StageTask, tasks_of
from therarel.machine.arguments import require_day
from therarel.machine.course import Course
from therarel.machine.decisions import Declined
from therarel.machine.entries import Entry
from therarel.machine.explanations import Plain, event_label, listed_label
from therarel.machine.hindsight import Reconsidered
from therarel.machine.history import History
from therarel.machine.options import Options
from therarel.machine.remarks import Remark
from therarel.machine.safety_remarks import safety_remarks
from therarel.representation import one_line
from therarel.texts import Listed, Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


@frozen
class Overview:
    """How a course stands, without any confidential text; ``str`` gives the text and `to_data` the data.

    Args:
        relationship: How the relationship stands.
        remarks: What comes first: concerns for safety that are open, answers about risk that wait for a look, and
            serious exploitation.
        closed_episodes: Strains and ruptures that are closed, in the order of closing.
        options: What may be recorded now, and what not.
        history: Every entry in the order of recording.
        hindsight: The judgements that read otherwise in hindsight.
        decided_otherwise: The entries that would be decided otherwise today.
        texts: The texts in whose words it is said.

    Examples:
        >>> from therarel.domain import events
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.StrainNoticed(session=2))
        >>> for line in str(overview(course)).splitlines()[:3]:
        ...     print(line)
        C-014 with T-03: initial formation, strained, 1 entry.
        Tasks of this stage to be met: building rapport, establishing trust, setting expectations, creating safety.
        Open episode: strain, session 2.
    """

    relationship: Relationship = field(repr=False)
    remarks: tuple[Remark, ...]
    closed_episodes: tuple[RuptureEpisode, ...]
    options: Options
    history: History
    hindsight: tuple[Reconsidered, ...]
    decided_otherwise: tuple[Reconsidered, ...]
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    @property
    def open_breaches(self) -> tuple[Breach, ...]:
        """The breaches that are open, crossings included."""
        return tuple(breach for breach in self.relationship.breaches if breach.is_open)

    @property
    def missing_tasks(self) -> tuple[StageTask, ...]:
        """The tasks of the stage that are neither met nor waived."""
        done = self.relationship.tasks_met | self.relationship.waived
        return tuple(task for task in tasks_of(self.relationship.stage) if task not in done)

    @property
    def open_now(self) -> tuple[str, ...]:
        """The judgements that would be accepted now, in words, each once."""
        return tuple(dict.fromkeys(listed_label(event, self.texts) for event in self.options.open))

    @property
    def not_now(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The judgements that would be declined whatever they state, in words, each with what does not hold."""
        found: dict[str, dict[str, None]] = {}
        for decision in self.options:
            if isinstance(decision, Declined):
                sentences = found.setdefault(listed_label(decision.event, self.texts), {})
                sentences.update(dict.fromkeys(failed.sentence for failed in decision.failing))
        accepted = set(self.open_now)
        return tuple((label, tuple(sentences)) for label, sentences in found.items() if label not in accepted)

    def to_data(self) -> dict[str, Plain]:
        """The same as JSON-ready data, without any confidential text."""
        now = self.relationship
        return {
            "client": str(now.dyad.client.pseudonym),
            "therapist": str(now.dyad.therapist.pseudonym),
            "stage": now.stage.value,
            "alliance_status": now.alliance_status.value,
            "paused": now.paused,
            "paused_until": None if now.paused_until is None else now.paused_until.isoformat(),
            "closed_reason": None if now.closed_reason is None else now.closed_reason.value,
            "first": [{"code": remark.code, "text": remark.text} for remark in self.remarks],
            "safety_concerns": [
                {
                    "id": each.concern_id,
                    "kinds": _values(each.kinds),
                    "open": each.is_open,
                    "raised": _when(each.raised),
                    "reviewed": None if each.reviewed is None else _when(each.reviewed),
                    "outcome": None if each.outcome is None else each.outcome.value,
                    "at_risk": _values(each.at_risk),
                    "raised_by": None if each.raised_by is None else each.raised_by.value,
                    "responsible": None if each.responsible is None else str(each.responsible),
                    "has_plan": each.plan is not None,
                    "plan_made_with_client": None if each.plan is None else each.plan.made_with_client,
                    "informed": _values(each.informed),
                    "consulted": _values(each.consulted),
                    "review_due": None if each.review_due is None else _when(each.review_due),
                }
                for each in now.safety_concerns
            ],
            "risk_notices": [
                {
                    "instrument": each.instrument,
                    **_when(each.measured),
                    "answers": [{"item": answer.item, "state": answer.state.value} for answer in each.answers],
                }
                for each in now.risk_notices
            ],
            "breaches": [
                {
                    "id": each.breach_id,
                    "kind": each.kind.value,
                    "severity": each.severity.value,
                    "status": each.status.value,
                    "open": each.is_open,
                    "reported": _when(each.reported),
                    "client_informed": each.client_informed,
                    "client_wishes_to_go_on": each.client_wishes_to_go_on,
                }
                for each in now.breaches
            ],
            "tasks": {
                "met": [task.value for task in StageTask if task in now.tasks_met],
                "waived": [task.value for task in StageTask if task in now.waived],
                "missing": [task.value for task in self.missing_tasks],
            },
            "episodes": {
                "open": None if now.episode is None else _episode(now.episode),
                "carried_along": [_episode(each) for each in now.unresolved_before],
                "closed": [_episode(each) for each in self.closed_episodes],
            },
            "options": {
                "open": list(self.open_now),
                "declined": [{"judgement": label, "failing": list(failing)} for label, failing in self.not_now],
            },
            "history": [_entry(entry, self.texts) for entry in self.history],
            "hindsight": [str(each) for each in self.hindsight],
            "decided_otherwise": [str(each) for each in self.decided_otherwise],
        }

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        now, texts = self.relationship, self.texts
        yield from map(str, self.remarks)
        stage: object = now.stage
        if now.closed_reason is not None:
            stage = Phrase("overview.with_reason", stage=stage, reason=now.closed_reason)
        alliance: object = now.alliance_status
        if now.paused:
            paused = "overview.paused" if now.paused_until is None else "overview.paused_until"
            alliance = Phrase(paused, alliance=alliance, day=now.paused_until)
        entries = Phrase("count.entries", count=len(self.history))
        yield texts("overview.first", dyad=now.dyad, stage=stage, alliance=alliance, entries=entries)
        for name, items in self._listed().items():
            things = texts.said(items)
            if things:
                yield texts("overview.heading", heading=Phrase(f"overview.{name}"), things=things)

    def _listed(self) -> Mapping[str, Listed]:
        """What is listed, by heading."""
        now = self.relationship
        return {
            "open_breaches": Listed(self.open_breaches),
            "client_not_informed": Listed(each for each in now.breaches if each.client_not_informed),
            "known_from_before": Listed(() if now.handover is None else (_known(now.handover),)),
            "tasks_met": Listed((task for task in StageTask if task in now.tasks_met), ", "),
            "tasks_waived": Listed((task for task in StageTask if task in now.waived), ", "),
            "tasks_to_be_met": Listed(self.missing_tasks, ", "),
            "open_episode": Listed(() if now.episode is None else (_opened(now.episode),)),
            "carried_along": Listed(map(_opened, now.unresolved_before)),
            "closed_episodes": Listed(map(_closed, self.closed_episodes)),
            "open_now": Listed(self.open_now),
            "decided_otherwise": Listed(map(str, self.decided_otherwise)),
        }


def _known(handover: Handover) -> Phrase:
    counts = {
        "closed_concerns": len(handover.closed_concerns),
        "unresolved_episodes": len(handover.unresolved),
        "repaired_episodes": len(handover.repaired),
        "substantiated_breaches": len(handover.substantiated_breaches),
    }
    things = tuple(Phrase(f"count.{name}", count=count) for name, count in counts.items() if count)
    therapist = handover.therapist.pseudonym
    if not things:
        return Phrase("overview.handover_by", therapist=therapist)
    return Phrase("overview.handover_by_with", therapist=therapist, things=things)


def overview(course: Course, *, on: date | None = None) -> Overview:
    """How a course stands.

    Args:
        course: The course; nothing is recorded on it.
        on: The day of looking, by which a review may be overdue; the latest on record where ``None``.

    Raises:
        InvalidValueError: if it is not a date.
    """
    require_day(on)
    now = course.relationship
    still_open = len(now.unresolved_before) + (now.episode is not None)
    episodes = course.episodes
    return Overview(
        now,
        safety_remarks(now, course.machine.texts, when=_moment(course.history, on)),
        episodes[: len(episodes) - still_open],
        course.options(),
        course.history,
        course.hindsight(),
        course.decided_otherwise(),
        course.machine.texts,
    )


def _closed(episode: RuptureEpisode) -> Phrase:
    return Phrase("episode.with_repair", about=_opened(episode), repair=episode.repair_phrase)


def _opened(episode: RuptureEpisode) -> Phrase:
    return Phrase("episode.opened", about=episode, when=episode.opened)


def _moment(history: History, on: date | None) -> Occurrence:
    """The day of looking, and the latest session on record."""
    sessions = [entry.occurred.session for entry in history if entry.occurred.session is not None]
    days = [entry.occurred.on for entry in history if entry.occurred.on is not None]
    return Occurrence(max(sessions, default=None), on or max(days, default=None))


def _when(moment: Occurrence) -> dict[str, Plain]:
    return {"session": moment.session, "on": None if moment.on is None else moment.on.isoformat()}


def _values(terms: Iterable[Vocabulary]) -> list[Plain]:
    return [*sorted(term.value for term in terms)]


def _episode(episode: RuptureEpisode) -> dict[str, Plain]:
    return {
        "kind": episode.kind.value,
        "severity": None if episode.severity is None else episode.severity.value,
        "modes": _values(episode.modes),
        "opened": _when(episode.opened),
        "partly_repaired": episode.partly_repaired,
        "repaired": episode.repaired,
        "repaired_in_view_of": _values(episode.repaired_in_view_of),
    }


def _entry(entry: Entry, texts: Texts) -> dict[str, Plain]:
    return {
        "number": entry.number,
        **_when(entry.occurred),
        "event": type(entry.event).__name__,
        "label": event_label(entry.event, texts),
        "accepted": entry.accepted,
        "name": entry.name,
        "recorded_at": None if entry.recorded_at is None else entry.recorded_at.isoformat(),
        "recorded_by": None if entry.recorded_by is None else str(entry.recorded_by),
        "corrects": entry.corrects,
        "corrected_by": list(entry.corrected_by),
    }
