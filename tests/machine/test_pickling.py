"""Machines, decisions and courses go to other processes and come back as they were."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from therarel.domain import Relationship, events
from therarel.errors import ConfidentialityError
from therarel.machine import Course, Declined, Machine, Policy, decide

STANDARD = Machine.standard()
OWN = Machine(attrs.evolve(STANDARD.table, name="ours"), policy=Policy(client_misses_for_lost_contact=4))
START = Relationship.between("C-1", "T-1")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_machine_of_the_library_stays_the_one_it_is(protocol: int) -> None:
    """The standard machine is not taken along but found again."""
    written = pickle.dumps(STANDARD, protocol)
    assert pickle.loads(written) is STANDARD
    assert len(written) < 200


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_machine_of_ones_own_comes_back_equal(protocol: int) -> None:
    """Table, sentences and policy are taken along, and the machine decides as before."""
    back = pickle.loads(pickle.dumps(OWN, protocol))
    assert back is not OWN
    assert back == OWN
    assert hash(back) == hash(OWN)
    assert decide(START, events.AdvanceRequested(), machine=back) == decide(
        START, events.AdvanceRequested(), machine=OWN
    )


def test_machines_are_equal_by_what_they_are_made_of() -> None:
    """Another table, other sentences or another policy make another machine."""
    texts = attrs.evolve(STANDARD.texts, remarks={**STANDARD.texts.remarks, "logged": "Noted."})
    others = [
        Machine(attrs.evolve(STANDARD.table, name="ours")),
        Machine(STANDARD.table, texts),
        Machine(STANDARD.table, policy=Policy(client_misses_for_lost_contact=4)),
    ]
    assert Machine(STANDARD.table) == STANDARD
    assert hash(Machine(STANDARD.table)) == hash(STANDARD)
    assert all(other != STANDARD for other in others)
    assert STANDARD != "standard"
    assert copy.copy(OWN) is copy.deepcopy(OWN) is OWN


@pytest.mark.parametrize("machine", [STANDARD, OWN], ids=["standard", "own"])
@pytest.mark.parametrize("protocol", PROTOCOLS[2:])
def test_a_course_comes_back_with_its_history(machine: Machine, protocol: int) -> None:
    """History, corrections, policy and answers are as they were, and the course can go on."""
    course = Course.begin("C-1", "T-1", machine=machine)
    for event in (events.StrainNoticed(session=1), events.SessionHeld(session=2), events.AdvanceRequested(session=3)):
        course.record(event)
    course.retract(2)
    back = pickle.loads(pickle.dumps(course, protocol))
    assert back == course
    assert back.history == course.history
    assert back.replay() == course.replay()
    declined = back.history[2].decision
    assert isinstance(declined, Declined)
    assert str(declined.explain()) == str(course.history[2].decision.explain())
    assert back.record(events.StrainEased()) == course.record(events.StrainEased())
    assert back == course


def test_confidential_text_still_goes_nowhere() -> None:
    """A course with a note about the client is refused."""
    course = Course.begin("C-1", "T-1")
    course.record(events.SessionHeld(note="she wept"))
    with pytest.raises(ConfidentialityError):
        pickle.dumps(course)


def test_answers_do_not_take_the_texts_of_the_library_along() -> None:
    """What is pickled names the texts; unpickled, it says them by the very ones of the library, and others come back equal."""
    course = Course.begin("C-1", "T-1")
    course.record(events.SessionHeld(session=1))
    written = pickle.dumps(course)
    assert b"Is the alliance intact?" not in written
    assert pickle.loads(written).history[0].decision.texts is STANDARD.texts
    assert pickle.loads(pickle.dumps(OWN.texts)) == OWN.texts
