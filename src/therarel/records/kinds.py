"""The kinds of records: which value each holds, in which version, and how older versions are brought up.

A kind is named after its class in snake case; every event is of the kind ``event`` and carries its class name as
``type``. A change of a class that old files would not survive adds a step to `therarel.records.earlier`, which raises
the version of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Final

import attrs
from attrs import field, frozen

import therarel.domain as domain
from therarel.domain.events import CORRECTIONS, FACTS, JUDGEMENTS, Correction, Event
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.extras import needs
from therarel.machine import Policy, Recorded
from therarel.machine.provenance import Provenance
from therarel.reading import REDACTED_KEY, SCHEMA_KEY, Reader, Upcasting, described
from therarel.records.courses import CourseRecord
from therarel.records.earlier import NOW_EVENTS, STEPS

READER: Final = Reader(unions=[Event | Correction], shared=[domain.RatingScale, Provenance])
"""The one reader of records."""

_EVENTS: Final = (*FACTS, *JUDGEMENTS, *CORRECTIONS)

# Kind of a room that loads heavy packages: its module and class. It is loaded when such a record turns up.
_LATE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"monitor_state": ("therarel.detection.monitors", "MonitorState")}
)


@frozen
class Kind:
    """One kind of record.

    Args:
        name: The kind's name, as in the schema stamp.
        holds: The class, or the union of classes, that such a record holds.
        versions: Its versions and the steps between them.

    Examples:
        >>> kind_of(domain.Rater.CLIENT) is None
        True
    """

    name: str = field()
    holds: object = field()
    versions: Upcasting = field(eq=False)

    @property
    def stamp(self) -> str:
        """What a record of the current version carries, such as ``therarel.event/3``."""
        return self.versions.stamp


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of record by its name, but for those of rooms that load heavy packages; see `late_kind`.

    Examples:
        >>> kinds()["event"].stamp
        'therarel.event/3'
    """
    holds: dict[str, object] = {
        "course": CourseRecord,
        "entry": Recorded,
        "event": Event | Correction,
        "policy": Policy,
    }
    for name in domain.__all__:
        value = getattr(domain, name)
        if isinstance(value, type) and attrs.has(value):
            holds[_snake(name)] = value
    return MappingProxyType({name: Kind(name, held, _versions(name, held)) for name, held in sorted(holds.items())})


def _versions(name: str, held: object) -> Upcasting:
    steps = STEPS.get(name, ())
    marks_itself = isinstance(held, type) and REDACTED_KEY in attrs.fields_dict(held)
    versions = Upcasting(name, len(steps) + 1, marks_itself=marks_itself)
    for number, step in enumerate(steps, start=1):
        versions.step(number)(step)
    return versions


@cache
def _kinds_of_before() -> Mapping[str, Kind]:
    """Kinds whose values are events now: their files are read, and nothing is written in them."""
    before = {}
    for name, step in NOW_EVENTS.items():
        versions = Upcasting(name, 2)
        versions.step(1)(step)
        before[name] = Kind(name, Event | Correction, versions)
    return MappingProxyType(before)


@cache
def late_kind(name: str) -> Kind | None:
    """A kind of a room that loads heavy packages, with the room loaded; ``None`` if there is no such kind.

    Raises:
        MissingExtraError: if the packages of that room are not installed.

    Examples:
        >>> late_kind("occurrence") is None
        True
    """
    if name not in _LATE:
        return None
    module, name_there = _LATE[name]
    with needs(f"a record of the kind {name}"):
        held = getattr(import_module(module), name_there)
    return Kind(name, held, _versions(name, held))


def kind_of(value: object) -> Kind | None:
    """The kind of record that would hold a value; ``None`` if there is none.

    Examples:
        >>> from therarel.domain import Occurrence
        >>> kind_of(Occurrence(session=3)).name
        'occurrence'
    """
    if isinstance(value, _EVENTS):
        return kinds()["event"]
    kind = type(value)
    for name, (room, held) in _LATE.items():
        if kind.__qualname__ == held and f"{kind.__module__}.".startswith(f"{room}."):
            return late_kind(name)
    return next((known for known in kinds().values() if known.holds is kind), None)


def kind_named(stamp: object) -> Kind:
    """The kind that a schema stamp names.

    Raises:
        InvalidValueError: if it is not a stamp at all.
        UnknownNameError: if no such kind exists.
    """
    named = re.fullmatch(r"therarel\.([a-z0-9_]+)/\d+", stamp) if isinstance(stamp, str) else None
    if named is None:
        raise InvalidValueError(
            "a record names its kind and version",
            where="$.schema",
            value=described(stamp),
            bound="therarel.<kind>/<version>",
        )
    kind = kinds().get(named[1]) or _kinds_of_before().get(named[1]) or late_kind(named[1])
    if kind is None:
        raise UnknownNameError(
            "no such kind of record",
            where="$.schema",
            value=described(named[1], [*kinds(), *_LATE]),
            hint=hint_for(named[1], [*kinds(), *_LATE]),
        )
    return kind


def json_schema(kind: str) -> dict[str, object]:
    """The JSON Schema of one kind of record in the form of its current version.

    A record of an earlier version fits where it has that form, as most have, and is read. Relations between fields are
    checked by reading alone.

    Args:
        kind: Name of the kind, one of `kinds`.

    Raises:
        UnknownNameError: if there is no such kind.

    Examples:
        >>> json_schema("occurrence")["required"]
        ['schema']
    """
    found = kinds().get(kind) or late_kind(kind)
    if found is None:
        raise UnknownNameError("no such kind of record", value=shown(kind), hint=hint_for(kind, kinds()))
    schema = READER.schema(found.holds, versions=found.versions)
    if found.versions.current > 1:
        stamp = {"enum": found.versions.stamps, "description": f"written is {found.stamp}; earlier ones are read"}
        members = schema.get("oneOf", [schema])
        assert isinstance(members, list)
        for each in members:
            each["properties"][SCHEMA_KEY] = stamp
    return schema
