"""What the domain refuses, and that a refusal names field, value and bound."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from therarel.citations import Status
from therarel.confidential import Confidential, Pseudonym
from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    Client,
    ClosingReason,
    CulturalCompetence,
    DevelopmentPolicy,
    Dyad,
    Effect,
    EffectMetric,
    EpisodeKind,
    Grounds,
    Occurrence,
    Rater,
    Rating,
    RatingScale,
    Relationship,
    RuptureEpisode,
    RuptureSeverity,
    Salience2022,
    Score,
    ScoreStatus,
    Stage,
    StageTask,
    TherapeuticPresence,
    Therapist,
    WorkingAlliance,
    events,
)
from therarel.errors import InvalidValueError, OutOfScopeError, TherarelError, UnknownNameError

SCALE = RatingScale(1, 5)
CLIENTS = Rating(4, SCALE, Rater.CLIENT)
THERAPISTS = Rating(4, SCALE, Rater.THERAPIST)
RELATIONSHIP = Relationship.between("C-1", "T-1").dyad

REFUSED: list[tuple[str, Any]] = [
    ("session", lambda: events.SessionHeld(session=-1)),
    ("session", lambda: events.SessionHeld(session=True)),
    ("session", lambda: events.SessionHeld(session=1.0)),  # type: ignore[arg-type]
    ("on", lambda: events.SessionHeld(on=datetime(2026, 1, 1))),
    ("on", lambda: events.SessionHeld(on="2026-01-01")),  # type: ignore[arg-type]
    ("task", lambda: events.StageTaskMet("building_rapport")),  # type: ignore[arg-type]
    ("judged_by", lambda: events.RepairSucceeded({"client"})),  # type: ignore[arg-type]
    ("perceived", lambda: events.PerspectiveGiven(Rater.CLIENT, 1)),  # type: ignore[arg-type]
    ("reason", lambda: events.Closed(ClosingReason.ALL_STAGES_COMPLETED)),
    (
        "status",
        lambda: events.BreachReported(BreachKind.CONTACT, BreachSeverity.SERIOUS, BreachStatus.NOT_SUBSTANTIATED),
    ),
    ("of", lambda: events.EntryRetracted(0)),
    ("by", lambda: events.EntryCorrected(1, events.EntryRetracted(1))),  # type: ignore[arg-type]
    ("minimum", lambda: RatingScale(float("nan"), 5)),
    ("RatingScale", lambda: RatingScale(5, 1)),
    ("step", lambda: RatingScale(1, 5, step=5)),
    ("step", lambda: RatingScale(1, 5, step=0)),
    ("value", lambda: Rating(5.1, SCALE, Rater.CLIENT)),
    ("value", lambda: Rating(float("inf"), SCALE, Rater.CLIENT)),
    ("value", lambda: Rating(True, SCALE, Rater.CLIENT)),
    ("value", lambda: Score("wai-sr", None, Rater.CLIENT)),
    ("value", lambda: Score("wai-sr", 3, Rater.CLIENT, status=ScoreStatus.INCOMPLETE)),
    ("value", lambda: Score("wai-sr", 6, Rater.CLIENT, scale=SCALE)),
    ("level", lambda: Salience2022(6)),
    ("TherapeuticPresence", lambda: TherapeuticPresence(empathy=CLIENTS, authenticity=THERAPISTS)),
    ("by_client", lambda: CulturalCompetence(by_client=THERAPISTS)),
    ("severity", lambda: RuptureEpisode(EpisodeKind.RUPTURE)),
    ("severity", lambda: RuptureEpisode(EpisodeKind.STRAIN, severity=RuptureSeverity.MINOR)),
    ("repaired_in_view_of", lambda: RuptureEpisode(EpisodeKind.STRAIN, repaired=True)),
    ("settings", lambda: Grounds("drop", settings=[("k", 2)])),  # type: ignore[list-item]
    ("GroundValue", lambda: Grounds("drop", settings={"k": float("nan")})),
    ("closed_reason", lambda: Relationship(RELATIONSHIP, Stage.CLOSED)),
    ("episode", lambda: Relationship(RELATIONSHIP, alliance_status=AllianceStatus.STRAINED)),
    ("ended_from", lambda: Relationship(RELATIONSHIP, Stage.ENDING)),
    ("ended_from", lambda: Relationship(RELATIONSHIP, Stage.ENDING, ended_from=Stage.CLOSED)),
    ("origin", lambda: RuptureEpisode(EpisodeKind.STRAIN, origin=AllianceStatus.RUPTURED)),
    ("origin", lambda: RuptureEpisode(EpisodeKind.STRAIN, origin=AllianceStatus.INTACT)),
    ("clinical_supervision", lambda: DevelopmentPolicy(clinical_supervision=0)),
    ("value", lambda: Effect(EffectMetric.R, 1.2, "fluckiger2018", Status.VERIFIED)),
    ("value", lambda: Effect(EffectMetric.R, 0.2, "fluckiger2018", Status.VERIFIED, 0.3, 0.4)),
    ("value", lambda: Effect(EffectMetric.ODDS_RATIO, -0.2, "dejong2021", Status.VERIFIED)),
    ("value", lambda: Effect(EffectMetric.ODDS_RATIO, 0.2, "dejong2021", Status.VERIFIED, 0.0, 0.4)),
    ("Dyad", lambda: Dyad("A", "A")),
]


@pytest.mark.parametrize(("named", "build"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_an_impossible_value_is_refused_and_its_field_named(named: str, build: Any) -> None:
    """The error is also a ValueError, names the place and tells the bound, the value or what to do."""
    with pytest.raises(InvalidValueError) as caught:
        build()
    assert isinstance(caught.value, ValueError)
    assert named in (caught.value.where or "")
    assert caught.value.bound or caught.value.hint or caught.value.value or len(caught.value.what) > 30


@given(st.integers() | st.floats())
def test_a_rating_outside_its_scale_names_the_scale(value: float) -> None:
    """Inside the scale a rating is taken as given; outside it is refused with the bounds."""
    if 1 <= value <= 5:
        assert Rating(value, SCALE, Rater.CLIENT).value == value
    else:
        with pytest.raises(InvalidValueError):
            Rating(value, SCALE, Rater.CLIENT)


def test_several_people_on_one_side_are_refused_not_averaged() -> None:
    """Couples, families, groups and co-therapy are out of scope, and the error says so."""
    with pytest.raises(OutOfScopeError, match="one client and one therapist"):
        Client(["C-1", "C-2"])  # type: ignore[arg-type]
    with pytest.raises(OutOfScopeError):
        Therapist({"T-1", "T-2"})  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["Jane", "1980-05-04", "Jane Doe", "jane@doe.org", "", "-", "x" * 65, "Müller"])
def test_what_could_be_a_name_is_no_pseudonym(code: str) -> None:
    """Names, addresses and long texts are refused, and not repeated."""
    with pytest.raises(InvalidValueError, match="code") as caught:
        Pseudonym(code)
    assert len(code) < 3 or code not in str(caught.value)


BY_CODE: list[Any] = [
    lambda code: Breach(code, BreachKind.OTHER, BreachSeverity.CROSSING).breach_id,
    lambda code: events.BreachReported(BreachKind.OTHER, BreachSeverity.CROSSING, breach_id=code).breach_id,
    lambda code: events.BreachReassessed(code).of,
    lambda code: events.BreachAddressed(code, client_informed=True).of,
]


@pytest.mark.parametrize("build", BY_CODE, ids=["breach", "reported", "reassessed", "addressed"])
@given(code=st.text() | st.text("aB9._:- ", max_size=70))
@example(code="he told Anna Smith")
@example(code="anna@smith.org")
@example(code="breach-1\n")
@example(code="late-message")
@example(code="x" * 65)
def test_a_breach_goes_by_a_code_as_people_go_by_pseudonyms(build: Any, code: str) -> None:
    """What has not the form of a pseudonym is no code of a breach either, and is not repeated; a word may be one."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?", code):
        with pytest.raises(InvalidValueError, match="not a name or a sentence") as caught:
            build(code)
        assert caught.value.value is None
    else:
        assert build(code) == code


@pytest.mark.parametrize("build", BY_CODE, ids=["breach", "reported", "reassessed", "addressed"])
def test_a_code_is_text(build: Any) -> None:
    """A number is no code, and the refusal shows it."""
    with pytest.raises(InvalidValueError, match="got 7"):
        build(7)


def test_an_unknown_citation_is_refused_with_a_hint() -> None:
    """A fact refers to a key that exists."""
    with pytest.raises(UnknownNameError, match="fluckiger2018"):
        Effect(EffectMetric.R, 0.278, "fluckinger2018", Status.VERIFIED)


def test_raters_of_nested_views_are_not_mixed_either() -> None:
    """A bond rated by the client does not fit an alliance rated by the therapist."""
    from therarel.domain import Bond

    with pytest.raises(InvalidValueError, match="never pooled"):
        WorkingAlliance(goal_agreement=THERAPISTS, bond=Bond(trust=CLIENTS))


def test_no_refusal_repeats_free_text() -> None:
    """Text with spaces in it is described by its length."""
    said = "she said it was over"
    for build in (
        lambda: events.SessionHeld(session=said),  # type: ignore[arg-type]
        lambda: events.StageTaskMet(said),  # type: ignore[arg-type]
        lambda: Rating(said, SCALE, Rater.CLIENT),  # type: ignore[arg-type]
        lambda: Pseudonym(said),
        lambda: Rater(said),
        lambda: Confidential(said + " ").missing,  # type: ignore[attr-defined]
    ):
        with pytest.raises((TherarelError, AttributeError)) as caught:
            build()
        assert said not in str(caught.value)


@given(st.dates(), st.dates(), st.integers(0, 99), st.integers(0, 99))
def test_dates_decide_before_session_numbers(first: date, second: date, one: int, other: int) -> None:
    """Order in time comes from dates where both have one, else from sessions, else is not known."""
    assert Occurrence(one, first).before(Occurrence(other, second)) == (first < second)
    assert Occurrence(one).before(Occurrence(other, second)) == (one < other)
    assert Occurrence(one).before(Occurrence(on=second)) is None


def test_a_relationship_needs_its_parts_to_agree() -> None:
    """An open rupture belongs to a ruptured alliance, and a repair under way knows where it began."""
    strain = RuptureEpisode(EpisodeKind.STRAIN)
    with pytest.raises(InvalidValueError, match="open rupture"):
        Relationship(RELATIONSHIP, alliance_status=AllianceStatus.RUPTURED, episode=strain)
    with pytest.raises(InvalidValueError, match="began from"):
        Relationship(RELATIONSHIP, alliance_status=AllianceStatus.REPAIRING, episode=strain)
    assert StageTask.BUILDING_RAPPORT not in Relationship(RELATIONSHIP).tasks_met


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: events.StageTaskMet("building_rapport"), "write StageTask.BUILDING_RAPPORT"),  # type: ignore[arg-type]
        (lambda: events.StageTaskMet("bilding_rapport"), "write StageTask.BUILDING_RAPPORT"),  # type: ignore[arg-type]
        (lambda: events.SessionHeld("she was crying all along"), "known are Modality.IN_PERSON, Modality.VIDEO"),  # type: ignore[arg-type]
        (lambda: events.SessionHeld(on="2026-05-04"), "date.fromisoformat"),  # type: ignore[arg-type]
        (lambda: events.SessionHeld(on=datetime(2026, 5, 4, 12, tzinfo=UTC)), "drop the time of day"),
        (
            lambda: events.SafetyConcernRaised(review_due=date(2026, 5, 4)),  # type: ignore[arg-type]
            "expected an Occurrence). Hint: write Occurrence",
        ),
    ],
)
def test_what_was_meant_is_in_the_hint(make: Callable[[], object], hint: str) -> None:
    """Text in place of a term or a date, and a date in place of a time, are answered with what to write, without the text."""
    with pytest.raises(InvalidValueError) as caught:
        make()
    assert hint in str(caught.value)
    assert "crying" not in str(caught.value)


def test_a_hint_is_not_given_where_nothing_is_known_of_what_was_meant() -> None:
    """A number in place of a term or a date says what is expected, and no more."""
    for make in (lambda: events.StageTaskMet(3), lambda: events.SessionHeld(on=3)):  # type: ignore[arg-type]
        with pytest.raises(InvalidValueError) as caught:
            make()
        assert caught.value.hint is None
