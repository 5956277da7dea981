"""Steps that bring records of earlier versions up to the current one: pure functions from data to data.

What was accepted when it was recorded stays accepted, and means what it meant then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from therarel.machine.policy import renamed

_Data = dict[str, Any]
_ENDED_A_PAUSE: Final = ("PauseEnded", "ReEngaged")


def _of(value: object, *path: str) -> Iterator[_Data]:
    """The objects at a path of keys, with every item of a list on the way; nothing where the document has none."""
    if isinstance(value, list):
        for item in value:
            yield from _of(item, *path)
    elif isinstance(value, dict):
        if not path:
            yield value
        elif path[0] in value:
            yield from _of(value[path[0]], *path[1:])


def _concerns(relationship: _Data) -> None:
    # one concern without a name stood for all of them
    if relationship.pop("safety_concern_open", False):
        relationship["safety_concerns"] = [{"concern_id": "concern-1", "is_open": True}]


def _review(event: _Data) -> None:
    # it was one of every concern that was open, and closed them
    event.update(of=None, outcome="closed")


def _severity(breach: _Data) -> None:
    # exploitation is never a crossing
    if (breach.get("kind"), breach.get("severity")) == ("exploitation", "crossing"):
        breach["severity"] = "violation"


def _breach(document: _Data) -> _Data:
    _severity(document)
    return document


def _relationship(document: _Data) -> _Data:
    _concerns(document)
    for breach in _of(document, "breaches"):
        _severity(breach)
    return document


def _agreements(relationship: _Data) -> _Data:
    # agreements could not be recorded, and nothing is known of them
    relationship["agreements"] = {"kept_from_start": False}
    # nor was it kept whether a session was held; where a task is met, one will have been
    relationship["session_held"] = bool(relationship.get("tasks_met"))
    return relationship


def _agreed_in_course(document: _Data) -> _Data:
    for start in _of(document, "start"):
        _agreements(start)
    for name in ("policy", "earlier_policies"):
        given = document.get(name)
        if isinstance(given, dict):
            document[name] = renamed(given)
        elif isinstance(given, list):
            document[name] = [renamed(each) if isinstance(each, dict) else each for each in given]
    return document


def _event(document: _Data) -> _Data:
    for each in (document, *_of(document, "by")):
        if each.get("type") == "SafetyConcernReviewed":
            _review(each)
        if each.get("type") == "BreachReported":
            _severity(each)
    return document


def _course(document: _Data) -> _Data:
    for start in _of(document, "start"):
        _relationship(start)
    for event in _of(document, "entries", "event"):
        _event(event)
    return document


def _whole(document: _Data) -> _Data:
    # who recorded an entry, when, and what decided it was not kept; what is not there is not made up
    return document


def _measured(event: _Data, *, may_be_paused: bool = True) -> _Data:
    # of what the score says of the relationship nothing was kept, and nothing is made up
    for each in (event, *_of(event, "by")):
        if each.get("type") == "AllianceMeasured":
            each["type"] = "Measured"
        # a session left a pause as it was
        if each.get("type") == "SessionHeld" and may_be_paused:
            each.setdefault("during_pause", True)
    return event


def _entry_measured(document: _Data) -> _Data:
    for event in _of(document, "event"):
        _measured(event)
    return document


def _course_measured(document: _Data) -> _Data:
    paused = any(start.get("paused") for start in _of(document, "start"))
    for event in _of(document, "entries", "event"):
        paused = paused or event.get("type") == "PauseAgreed"
        _measured(event, may_be_paused=paused)
        paused = paused and event.get("type") not in _ENDED_A_PAUSE
    return document


def _acknowledged(document: _Data) -> _Data:
    # it said when it occurred in an object of its own
    return {**{key: value for key, value in document.items() if key != "occurred"}, **(document.get("occurred") or {})}


def _cultural_context(document: _Data) -> _Data:
    document["acknowledgements"] = [_acknowledged(each) for each in _of(document, "acknowledgements")]
    return document


def _development_log(document: _Data) -> _Data:
    for entry in _of(document, "entries"):
        if entry.get("type") == "SupervisionEntry":
            entry["type"] = "SupervisionHeld"
    return document


def _monitor_state(document: _Data) -> _Data:
    # figures of the scores were kept and not the scores; a course that is followed gives them back
    seen = document.get("session")
    there = seen is not None
    return {
        "settings": document["settings"],
        "sessions": [seen] if there else [],
        "scores": [None] if there else [],
        "forgotten": document.get("position", 0),
    }


STEPS: Final[Mapping[str, tuple[Callable[[_Data], _Data], ...]]] = MappingProxyType(
    {
        "breach": (_breach,),
        "relationship": (_relationship, _agreements),
        "policy": (renamed,),
        "event": (_event, _measured),
        "entry": (_entry_measured,),
        "course": (_course, _whole, _agreed_in_course, _course_measured),
        "cultural_context": (_cultural_context,),
        "development_log": (_development_log,),
        "monitor_state": (_monitor_state,),
    }
)
"""For each kind whose version is not 1: the step from version 1 to 2, from 2 to 3, and so on."""

NOW_EVENTS: Final[Mapping[str, Callable[[_Data], _Data]]] = MappingProxyType(
    {
        "adaptation": lambda document: {"type": "ApproachAdapted", **document},
        "cultural_acknowledgement": lambda document: {"type": "CulturalMisstepAcknowledged", **_acknowledged(document)},
        "supervision_entry": lambda document: {"type": "SupervisionHeld", **document},
    }
)
"""Kinds of earlier libraries whose values are events now, each with the step to the event."""
