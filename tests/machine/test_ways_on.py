"""A serious breach has a way on, a breach does not pass by itself, a closing says what stays open, a pause has its end."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernKind,
    EpisodeKind,
    Event,
    Party,
    Relationship,
    RuptureEpisode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    events,
)
from therarel.machine import Course, Declined, decide, overview

E = events
SERIOUS, SUBSTANTIATED = BreachSeverity.SERIOUS, BreachStatus.SUBSTANTIATED
REPORTED = E.BreachReported(BreachKind.CONFIDENTIALITY, SERIOUS, SUBSTANTIATED, session=4)
REVIEWED = E.SupervisionHeld(independent=True, session=5)
OWN = E.SupervisionHeld(session=5)
WISH = E.ClientWishStated("breach-1", to_go_on=True, session=5)
ADDRESSED = E.BreachAddressed("breach-1", client_informed=True, session=6)
CONCERN = SafetyConcern("concern-1", {ConcernKind.SELF_HARM})
RUPTURED = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR)


def course(*recorded: Event) -> Course:
    """A course in which these were recorded."""
    made = Course.begin("C-014", "T-03")
    for event in recorded:
        made.record(event)
    return made


def refused(made: Course, event: Event) -> list[str]:
    """The conditions by which an event would be declined; empty if it would be accepted."""
    answer = made.may(event)
    return [name for name, _ in answer.unmet] if isinstance(answer, Declined) else []


@given(st.permutations([REVIEWED, WISH]), st.lists(st.sampled_from([REVIEWED, WISH, OWN]), max_size=2))
def test_a_serious_breach_has_a_way_on_that_rewrites_nothing(both: list[Event], more: list[Event]) -> None:
    """An independent review and the client's own wish, in any order, let the two address it and go on."""
    made = course(REPORTED, *both, *more)
    assert refused(made, ADDRESSED) == []
    assert refused(made, E.StrainEased(session=6)) == ["no_open_breach"]
    made.record(ADDRESSED)
    assert refused(made, E.StrainEased(session=6)) == []
    (breach,) = made.relationship.breaches
    assert (breach.severity, breach.status) == (SERIOUS, SUBSTANTIATED)


@pytest.mark.parametrize(
    "recorded",
    [
        (),
        (REVIEWED,),
        (WISH,),
        (OWN, WISH),
        (REVIEWED, attrs.evolve(WISH, to_go_on=False)),
        (REVIEWED, WISH, attrs.evolve(WISH, to_go_on=False, session=6)),
        (REVIEWED, attrs.evolve(WISH, session=3)),
        (attrs.evolve(REVIEWED, session=3), WISH),
    ],
)
def test_one_of_the_two_is_not_enough(recorded: tuple[Event, ...]) -> None:
    """Own supervision is not independence, a wish taken back is none, and what is dated before does not count."""
    made = course(REPORTED, *recorded)
    assert "no_serious_breach" in refused(made, E.StrainEased(session=7))
    assert "not_a_serious_breach" in refused(made, ADDRESSED)
    assert "rewrite" not in str(made.why_not(ADDRESSED))
    assert "reassessment" not in str(made.why_not(ADDRESSED))


def test_a_wish_that_is_taken_back_later_bars_the_way_again() -> None:
    """The wish is the client's at any time, also once the breach was addressed."""
    made = course(REPORTED, REVIEWED, WISH, ADDRESSED)
    assert refused(made, E.StrainEased(session=7)) == []
    made.record(attrs.evolve(WISH, to_go_on=False, session=7))
    assert refused(made, E.StrainEased(session=7)) == ["no_serious_breach"]


def test_exploitation_has_no_way_on() -> None:
    """Neither a review nor a wish lets the work go on with this therapist."""
    made = course(attrs.evolve(REPORTED, kind=BreachKind.EXPLOITATION), REVIEWED, WISH)
    assert refused(made, E.StrainEased(session=7)) == ["no_serious_exploitation"]
    assert "not_a_serious_breach" in refused(made, ADDRESSED)
    assert "Nothing that the two do settles it." in str(made.why_not(ADDRESSED))


def test_a_breach_that_is_seen_as_graver_is_reviewed_and_wished_anew() -> None:
    """What was said about less does not count for more."""
    lesser = attrs.evolve(REPORTED, severity=BreachSeverity.VIOLATION)
    made = course(lesser, REVIEWED, WISH, E.BreachReassessed("breach-1", SERIOUS, session=6))
    (breach,) = made.relationship.breaches
    assert (breach.independent_since, breach.client_wishes_to_go_on, breach.client_informed) == (False, None, None)


def test_a_breach_of_which_the_client_was_not_informed_does_not_pass_in_silence() -> None:
    """Easing is accepted and says so, the overview lists it, and informing the client ends it."""
    breach = E.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=4)
    kept = E.BreachAddressed(
        "breach-1", client_informed=False, reason_not_informed="the ward asked us to wait", session=6
    )
    made = course(breach, OWN, kept)
    said = "The client was not informed of: contact, violation, alleged, breach-1. It does not pass by itself, and the reason for not informing the client stays open."
    assert [str(each) for each in made.may(E.StrainEased(session=7)).remarks] == [said]
    assert "The client was not informed of: contact, violation, alleged, breach-1." in str(overview(made))
    assert "ward" not in str(overview(made)) + str(overview(made).to_data())
    made.record(E.ClientInformed("breach-1", session=8))
    assert made.may(E.StrainEased(session=8)).remarks == ()
    unfounded = course(breach, OWN, kept, E.BreachReassessed("breach-1", status=BreachStatus.NOT_SUBSTANTIATED))
    assert unfounded.may(E.StrainEased(session=8)).remarks == ()


def stands(**fields: Any) -> Relationship:
    """A relationship in the working phase that stands as stated."""
    return attrs.evolve(Relationship.between("C-1", "T-1"), stage=Stage.WORKING_PHASE, **fields)


VIOLATION = Breach("breach-1", BreachKind.CONTACT, BreachSeverity.VIOLATION)
CROSSING = Breach("breach-2", BreachKind.CONTACT, BreachSeverity.CROSSING)


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ({"safety_concerns": (CONCERN,)}, "self harm, concern-1"),
        ({"alliance_status": AllianceStatus.RUPTURED, "episode": RUPTURED}, "major rupture"),
        ({"alliance_status": AllianceStatus.STRAINED, "episode": RuptureEpisode(EpisodeKind.STRAIN), "breaches": (VIOLATION, CROSSING)}, "contact, violation, alleged, breach-1"),
        ({"breaches": (CROSSING,)}, None),
        ({"alliance_status": AllianceStatus.STRAINED, "episode": RuptureEpisode(EpisodeKind.STRAIN)}, None),
        ({"safety_concerns": (attrs.evolve(CONCERN, is_open=False),)}, None),
    ],
)  # fmt: skip
def test_a_closing_says_what_stays_open(where: Any, left: str | None) -> None:
    """It is accepted, and names what is to be handed over; where the client died it does not."""
    for reason in ClosingReason:
        if reason is ClosingReason.ALL_STAGES_COMPLETED:
            continue
        decision = decide(stands(**where), E.Closed(reason))
        assert decision.relationship.stage is Stage.CLOSED
        told = [str(each) for each in decision.remarks if each.code == "stays_open"]
        silent = left is None or reason is ClosingReason.CLIENT_DIED
        assert told == (
            []
            if silent
            else [f"The course closes with this still open: {left}. Hand it over to whoever goes on with the client, and say who is responsible until then."]
        )  # fmt: skip


def test_lost_contact_with_an_open_concern_says_to_reach_out() -> None:
    """After the concern itself, outreach and the crisis arrangements are named before anything else."""
    decision = decide(stands(safety_concerns=(CONCERN,)), E.Closed(ClosingReason.LOST_CONTACT))
    assert [each.code for each in decision.remarks] == [
        "safety_concern",
        "lost_contact_with_concern",
        "stays_open",
        "few_misses_for_lost_contact",
    ]
    assert str(decision.remarks[1]) == (
        "Contact is lost while a concern for safety is open (self harm, concern-1). Try to reach the client, follow the crisis arrangements, and inform whoever is responsible."
    )
    other = decide(stands(safety_concerns=(CONCERN,)), E.Closed(ClosingReason.AGREED))
    assert "lost_contact_with_concern" not in [each.code for each in other.remarks]


def test_after_closing_answers_say_that_the_course_is_closed() -> None:
    """A judgement that is declined says so first, and that facts can still be recorded."""
    made = course(E.Closed(ClosingReason.AGREED, session=4))
    (failed,) = made.may(E.StrainEased()).explain().failing
    assert failed.sentence == "The course is closed."
    assert failed.would_change.startswith("It can be judged once the course is taken up again.")
    assert [str(each) for each in made.may(E.SessionHeld()).remarks] == [
        "The course is closed. This is kept with the record."
    ]


AGREED = E.PauseAgreed(date(2026, 9, 1), on=date(2026, 8, 1))


@pytest.mark.parametrize(
    ("on", "misses"), [(date(2026, 8, 20), 0), (date(2026, 9, 1), 0), (date(2026, 9, 2), 1), (None, 0)]
)
def test_a_pause_ends_on_its_date(on: date | None, misses: int) -> None:
    """An appointment missed after its last day counts, ends the pause and says so."""
    made = course(AGREED)
    decision = made.record(E.SessionMissed(Party.CLIENT, on=on))
    assert made.relationship.client_misses_in_a_row == misses
    assert made.relationship.paused is not bool(misses)
    said = ["The last day of the pause was 2026-09-01, so this miss counts and the pause is over."]
    assert [str(each) for each in decision.remarks if each.code == "pause_was_over"] == (said if misses else [])


def test_a_contact_inside_a_pause_does_not_end_it_and_a_session_does() -> None:
    """The session says that the pause is over."""
    made = course(E.SessionHeld(session=8), AGREED)
    inside = made.record(E.SessionHeld(session=9, during_pause=True))
    assert (made.relationship.paused, [each.code for each in inside.remarks]) == (True, ["logged"])
    held = made.record(E.SessionHeld(session=10))
    assert (made.relationship.paused, made.relationship.paused_until) == (False, None)
    assert [each.code for each in held.remarks] == ["pause_ended"]
    assert "a pause is agreed until 2026-09-01" in str(overview(course(AGREED)))
