"""One entry of a history, and the line of a log in which it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from attrs import field, frozen

from therarel.confidential import Pseudonym
from therarel.domain import Correction, Event, checks
from therarel.domain.checks import bounds, optional
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError, shown
from therarel.machine.decisions import Decision
from therarel.machine.explanations import event_label
from therarel.machine.identifiers import new_bits, uuid7_at
from therarel.machine.provenance import Provenance, state_digest
from therarel.representation import one_line
from therarel.texts import Phrase, standard_texts

Recordable: TypeAlias = Event | Correction
"""What can be recorded on a course."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the moment of a recording, with its time zone."""

Ids: TypeAlias = Callable[[], str]
"""Gives the identifier of an entry: a code of 1 to 64 letters, digits and ``. _ : -``, unique everywhere."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _as_utc(moment: datetime | None) -> datetime | None:
    """A moment in UTC; one that knows no time zone is left for the validator to refuse."""
    if type(moment) is not datetime or moment.tzinfo is UTC or moment.utcoffset() is None:
        return moment
    return moment.astimezone(UTC)


def _numbers_or_none(numbers: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if numbers is None else checks.as_tuple(numbers)


def _aware(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        checks.refuse(instance, attribute, value, "a moment with its time zone")


def _digest(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= 80 or not value.isprintable():
        checks.refuse(instance, attribute, value, "1 to 80 characters on one line")


class Envelope(NamedTuple):
    """Who recorded an event, when, and what decided it, stored compactly.

    Where nothing else was chosen, the moment is in nanoseconds and the identifier the bits that tell it from others of
    the same moment; an empty state is that of the decision. They are put into words when somebody asks.
    """

    moment: int | datetime | None = None
    bits: int | str | None = None
    recorded_by: Pseudonym | None = None
    name: str | None = None
    set_aside: tuple[int, ...] | None = None
    provenance: Provenance | None = None
    state: str | None = None
    redacted: bool = False
    corrected_by: tuple[int, ...] = ()


_ENVELOPE: Final = tuple.__new__  # what a named tuple does in the end, at half the time

UNKNOWN: Final = Envelope()
"""The envelope of an entry about whose recording nothing is known."""


def new_envelope(clock: Clock | None, ids: Ids | None, recorded_by: str | None, provenance: Provenance) -> Envelope:
    """The envelope of what is recorded now.

    Raises:
        InvalidValueError: if the clock gives a moment without its time zone, or the identifier is not a code.
    """
    return _ENVELOPE(
        Envelope,
        (
            time_ns() if clock is None else _moment(clock()),
            new_bits() if ids is None else _identifier(ids()),
            None if recorded_by is None else checks.pseudonym_of(recorded_by, "recorded_by"),
            None,
            None,
            provenance,
            "",
            False,
            (),
        ),
    )


def _moment(given: datetime | None) -> datetime:
    moment = _as_utc(given)
    if moment is None or moment.utcoffset() is None:
        raise InvalidValueError(
            "a clock gives a moment with its time zone", where="clock", value=shown(given),
            hint="write datetime.now(UTC)",
        )  # fmt: skip
    return moment


def _identifier(given: object) -> str:
    if not isinstance(given, str) or not re.fullmatch(checks.CODED["pattern"], given):
        raise InvalidValueError(
            "an identifier is a code", where="ids", value=shown(given), bound="1 to 64 letters, digits and . _ : -"
        )
    return given


@frozen
class Recorded:
    """One line of a log: an event or a correction, whether it was accepted when it was recorded, and its envelope.

    What is not known is ``None``: a line that says its event alone is decided when it is taken up, and a line of an
    older log does not know who wrote it and when.

    Args:
        event: What was recorded.
        accepted: Whether it was accepted then; ``None`` if that has to be decided.
        number: Its place in the recording order, from 1; corrections speak of it.
        id: What it is known by outside of the course: a UUID of version 7 where nothing else was chosen.
        recorded_at: When it was recorded, in UTC; when it occurred, the event says.
        recorded_by: Pseudonym of whoever recorded it.
        name: The name given to what it reports, such as ``breach-2``: given once, and to nothing else in the course.
        set_aside: Of a correction: the numbers of all entries that no longer hold from then on.
        provenance: What decided it.
        state: Digest of the state that it led to, confidential texts masked.
        redacted: Whether confidential text was masked when it was written.

    Raises:
        InvalidValueError: if a number is below 1, the moment has no time zone, or a code is malformed.

    Examples:
        >>> from therarel.domain import events
        >>> Recorded(events.SessionHeld(session=1)).accepted is None
        True
    """

    number: int | None = field(
        default=None,
        kw_only=True,
        validator=optional(checks.whole(1)),
        metadata=bounds(1),
        converter=checks.int_or_none,
    )
    id: str | None = field(default=None, kw_only=True, validator=optional(checks.code), metadata=checks.CODED)
    recorded_at: datetime | None = field(default=None, kw_only=True, converter=_as_utc, validator=optional(_aware))
    recorded_by: Pseudonym | None = field(
        default=None, kw_only=True, converter=checks.as_pseudonym, validator=optional(checks.pseudonym)
    )
    event: Event | Correction = field()
    accepted: bool | None = field(default=None, validator=optional(checks.truth))
    name: str | None = field(default=None, kw_only=True, validator=optional(checks.code), metadata=checks.CODED)
    set_aside: tuple[int, ...] | None = field(
        default=None, kw_only=True, converter=_numbers_or_none, validator=optional(checks.members(checks.whole(1)))
    )
    provenance: Provenance | None = field(default=None, kw_only=True, validator=optional(checks.a(Provenance)))
    state: str | None = field(default=None, kw_only=True, validator=optional(_digest))
    redacted: bool = field(default=False, kw_only=True, validator=checks.truth)

    @property
    def corrects(self) -> int | None:
        """The number of the entry that it corrects; ``None`` if it is not a correction."""
        return _corrected(self.event)

    def envelope(self) -> Envelope:
        """The words around the event."""
        return Envelope(
            self.recorded_at,
            self.id,
            self.recorded_by,
            self.name,
            self.set_aside,
            self.provenance,
            self.state,
            self.redacted,
        )

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        texts = standard_texts()
        verdict = {True: "recorded_accepted", False: "recorded_declined", None: "recorded"}[self.accepted]
        number = Phrase("history.not_numbered") if self.number is None else self.number
        return texts(f"history.{verdict}", number=number, event=event_label(self.event, texts))


@frozen
class Entry:
    """One entry of a history.

    Two entries are equal when the same was recorded and decided, whoever recorded it and when.

    Args:
        number: Its place in the recording order, from 1; corrections speak of it.
        event: What was recorded.
        accepted: Whether it was accepted when it was recorded.
        decision: The answer, with its reasons.
        envelope: Who recorded it, when, and what decided; read it by the properties.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.machine import Course
        >>> course = Course.begin("C-014", "T-03")
        >>> decision = course.record(events.SessionHeld(session=1), recorded_by="T-03")
        >>> print(course.history[0])
        1  session 1  session held
        >>> course.history[0].recorded_by, course.history[0].recorded_at.tzname()
        (Pseudonym('T-03'), 'UTC')
    """

    number: int
    event: Event | Correction
    accepted: bool
    decision: Decision
    envelope: Envelope = field(default=UNKNOWN, eq=False, repr=False)

    @property
    def id(self) -> str | None:
        """What it is known by outside of the course; ``None`` if it was recorded before entries had one."""
        moment, bits = self.envelope.moment, self.envelope.bits
        if not isinstance(bits, int):
            return bits
        if isinstance(moment, datetime):
            moment = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
        return uuid7_at(moment or 0, bits)

    @property
    def recorded_at(self) -> datetime | None:
        """When it was recorded, in UTC; ``None`` if that is not known."""
        moment = self.envelope.moment
        return _EPOCH + timedelta(microseconds=moment // 1000) if isinstance(moment, int) else moment

    @property
    def recorded_by(self) -> Pseudonym | None:
        """Pseudonym of whoever recorded it; ``None`` if that is not stated."""
        return self.envelope.recorded_by

    @property
    def name(self) -> str | None:
        """The name given to what it reports; ``None`` if it reports nothing that is spoken of by name."""
        return self.envelope.name

    @property
    def set_aside(self) -> tuple[int, ...]:
        """Of a correction: the numbers of all entries that no longer hold from then on."""
        return self.envelope.set_aside or ()

    @property
    def provenance(self) -> Provenance | None:
        """What decided it; ``None`` if that is not known."""
        return self.envelope.provenance

    @property
    def redacted(self) -> bool:
        """Whether its confidential text was masked when it was written."""
        return self.envelope.redacted

    @property
    def corrects(self) -> int | None:
        """The number of the entry that it corrects; ``None`` if it is not a correction."""
        return _corrected(self.event)

    @property
    def corrected_by(self) -> tuple[int, ...]:
        """Numbers of the corrections that speak of it; the last one counts."""
        return self.envelope.corrected_by

    def with_corrections(self, numbers: tuple[int, ...]) -> Entry:
        """The same entry, with the corrections that speak of it."""
        envelope = self.envelope._replace(corrected_by=numbers)
        return Entry(self.number, self.event, self.accepted, self.decision, envelope)

    @property
    def occurred(self) -> Occurrence:
        """When it occurred."""
        return self.event.occurred

    def line(self) -> Recorded:
        """The entry as a line of a log."""
        kept = self.envelope
        return Recorded(
            self.event,
            self.accepted,
            number=self.number,
            id=self.id,
            recorded_at=self.recorded_at,
            recorded_by=kept.recorded_by,
            name=kept.name,
            set_aside=kept.set_aside,
            provenance=kept.provenance,
            state=state_digest(self.decision.relationship) if kept.state == "" else kept.state,
            redacted=kept.redacted,
        )

    def __repr__(self) -> str:
        return one_line(self, f"Entry of {self.decision.texts.said(self.occurred)}")

    def __str__(self) -> str:
        texts = self.decision.texts
        line = texts("history.entry", number=self.number, when=self.occurred, event=event_label(self.event, texts))
        line = line if self.accepted else texts("history.declined", entry=line)
        return texts("history.see", entry=line, number=self.corrected_by[-1]) if self.corrected_by else line


def _corrected(event: Event | Correction) -> int | None:
    return event.of if isinstance(event, (EntryRetracted, EntryCorrected)) else None
