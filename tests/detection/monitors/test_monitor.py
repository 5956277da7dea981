"""A monitor says, session by session, what the same rule says about the whole series."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.detection import Verdict, rules
from therarel.detection.episodes import RecoveryStatus, episodes_of
from therarel.detection.monitors import (
    NOT_A_RISK_MONITOR,
    Monitor,
    MonitorState,
    NoiseModel,
    RecoveryAnswer,
    SessionAnswer,
    calibrate_causal,
)
from therarel.detection.monitors.false_alarms import causal_false_alarms_of, tabled_causal_rules
from therarel.detection.rules import BaselineChart, EarlierChart, EarlierDrop, Recovery, Rule
from therarel.domain.events import Measured, SessionHeld
from therarel.domain.ratings import Construct, Rater, RatingScale, Score, ScoreStatus
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.machine import Course
from therarel.noise.context import context_for
from therarel.noise.series import Series, scored
from therarel.panels import Panel
from therarel.reading import Reader

SOON = Recovery(share=0.5, within=2, strictly=True)
CAUSAL: tuple[Rule, ...] = (
    EarlierChart(),
    EarlierChart(k=1, earlier=2, recovery=SOON),
    EarlierChart(k=1.5, earlier=2, sigma="sd", minimal_drop=0.5, recovery=Recovery(within=1)),
    EarlierChart(k=2, least_sigma=0.5, recovery=Recovery(within=None)),
    BaselineChart(earlier=3),
    BaselineChart(earlier=2, k=1, sigma="sd", recovery=SOON),
    BaselineChart(earlier=4, k=1, least_sigma=0.25, recovery=Recovery(share=0.5, within=None)),
    EarlierDrop(earlier=2, k=1),
    EarlierDrop(earlier=3, least_sigma=0.25, minimal_drop=0.5, recovery=SOON),
    rules.ReliableDrop(reliability=0.9, sd=0.8),
    rules.ReliableDrop(reliability=0.9, sd=0.5, reference="running_maximum", recovery=SOON),
    rules.ReliableDrop(reliability=0.9, sd=0.5, reference="baseline", baseline=2),
    rules.SuddenLoss(),
    rules.SuddenLoss(cutoff=0.5, criterion3="t_test", recovery=SOON),
    rules.SuddenLoss(cutoff=0.5, criterion3=None, minimal_drop=0.75),
    rules.SuddenGain(cutoff=0.5, share=None),
    rules.SuddenGain(criterion3="t_test", recovery=Recovery(within=3)),
)
SCORES = st.one_of(
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]),
    st.integers(4, 20).map(lambda quarter: quarter / 4),
    st.floats(1, 5),
    st.none(),
)
SERIES = st.lists(st.tuples(st.sampled_from([1, 1, 1, 1, 2, 4]), SCORES), min_size=1, max_size=20)


def followed(
    monitor: Monitor, series: list[tuple[float, float | None]]
) -> tuple[MonitorState, list[SessionAnswer | RecoveryAnswer]]:
    """All answers to a series, flushed."""
    state, answers = monitor.start(), list[SessionAnswer | RecoveryAnswer]()
    for session, score in series:
        state, known = monitor.update(state, session, score)
        answers += known
    return state, [*answers, *monitor.flush(state)]


@given(
    rule=st.sampled_from(CAUSAL),
    steps=SERIES,
    better=st.booleans(),
    index=st.sampled_from(["attended", "scheduled"]),
    max_gap=st.sampled_from([None, 1.0, 2.0]),
)
def test_a_stream_gives_the_verdicts_and_recoveries_of_the_batch(
    rule: Rule, steps: list[tuple[int, float | None]], better: bool, index: str, max_gap: float | None
) -> None:
    """Every session gets one verdict, every candidate one outcome, and both are those of the whole series."""
    sessions = np.cumsum([float(step) for step, _ in steps])
    scores = np.array([math.nan if score is None else score for _, score in steps])
    monitor = Monitor(rule, scale=(1, 5), higher_is_better=better, index=index, max_gap=max_gap)
    _, answers = followed(monitor, [(at, score) for at, (_, score) in zip(sessions.tolist(), steps, strict=True)])
    verdicts = {each.session: each for each in answers if isinstance(each, SessionAnswer)}
    assert sorted(verdicts) == sessions.tolist()
    assert len(verdicts) == sum(isinstance(each, SessionAnswer) for each in answers)
    assert all(
        (verdicts[at].verdict is Verdict.NO_SCORE) == math.isnan(score)
        for at, score in zip(sessions, scores, strict=True)
    )
    if np.isnan(scores).all():
        return
    context = context_for(RatingScale(1, 5, better), index, max_gap)
    series, _, _ = scored([0, scores.size], sessions, scores, higher_is_better=better)
    found = rule.verdicts(series, context, values=True)
    stream = [verdicts[at] for at in series.session.tolist()]
    assert [each.code for each in stream] == found.code.tolist()
    for name in found.values:
        there = [each.compared[name] for each, code in zip(stream, found.code, strict=True) if code < 2]
        batch = found.values[name][found.code < 2]
        assert np.allclose(there, batch, atol=1e-9, equal_nan=True)
    outcome = episodes_of(rule, series, found, context)
    expected = {
        series.session[at]: (status, float(series.session[back]) if back >= 0 else None)
        for at, status, back in zip(outcome.flagged, outcome.statuses(), outcome.recovered, strict=True)
    }
    told = {each.flagged_at: (each.status, each.returned_at) for each in answers if isinstance(each, RecoveryAnswer)}
    assert told == expected


@given(rule=st.sampled_from(CAUSAL), steps=SERIES, cut=st.integers(0, 20))
def test_what_comes_later_changes_no_answer_that_was_given(
    rule: Rule, steps: list[tuple[int, float | None]], cut: int
) -> None:
    """The answers to the first sessions are the first answers to all of them: nothing looks ahead."""
    series = list(
        zip(np.cumsum([float(step) for step, _ in steps]).tolist(), (score for _, score in steps), strict=True)
    )
    monitor = Monitor(rule, scale=(1, 5), higher_is_better=True)
    state, early, all_ = monitor.start(), list[Any](), list[Any]()
    for place, (session, score) in enumerate(series):
        state, known = monitor.update(state, session, score)
        all_ += known
        if place < cut:
            early += known
    again, repeated = monitor.start(), list[Any]()
    for session, score in series[:cut]:
        again, known = monitor.update(again, session, score)
        repeated += known
    assert [repr(each) for each in repeated] == [repr(each) for each in early]
    assert [repr(each) for each in all_[: len(early)]] == [repr(each) for each in early]


@given(rule=st.sampled_from(CAUSAL), steps=SERIES)
def test_the_state_is_a_plain_value_that_can_be_stored_and_read(
    rule: Rule, steps: list[tuple[int, float | None]]
) -> None:
    """A course can be laid aside after any session: the state read from JSON goes on as if it had never left."""
    reader = Reader()
    monitor = Monitor(rule, scale=(1, 5), higher_is_better=True)
    state, kept, session = monitor.start(), monitor.start(), 0.0
    for step, score in steps:
        session += step
        state, answers = monitor.update(state, session, score)
        kept, again = monitor.update(reader.loads(reader.dumps(kept), MonitorState), session, score)
        assert kept == state
        assert [repr(each) for each in again] == [repr(each) for each in answers]


@given(steps=SERIES, blocks=st.integers(1, 4))
def test_a_causal_rule_judges_a_dyad_alike_in_any_block(steps: list[tuple[int, float | None]], blocks: int) -> None:
    """Beside other dyads, longer or shorter, a dyad has the same verdicts and limits to the last bit."""
    scores = np.array([score for _, score in steps if score is not None])
    if not scores.size:
        return
    context = context_for(RatingScale(1, 5))
    alone = Series(np.array([0, scores.size]), np.arange(1.0, scores.size + 1), scores)
    others = [scores[::-1][: at + 1] for at in range(blocks)]
    parts = [*others, scores]
    together = Series(
        np.cumsum([0, *(part.size for part in parts)]),
        np.concatenate([np.arange(1.0, part.size + 1) for part in parts]),
        np.concatenate(parts),
    )
    for rule in CAUSAL:
        one, many = rule.verdicts(alone, context, values=True), rule.verdicts(together, context, values=True)
        assert many.code[-scores.size :].tolist() == one.code.tolist()
        for name, values in one.values.items():
            assert np.array_equal(many.values[name][-scores.size :], values, equal_nan=True)


def alarm() -> SessionAnswer:
    """A flagged session."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, construct=Construct.ALLIANCE)
    _, answers = followed(monitor, [(1, 4), (2, 4.25), (3, 4), (4, 4.25), (5, 2)])
    return next(each for each in answers if isinstance(each, SessionAnswer) and each.flagged)


def test_an_answer_says_why_how_often_it_errs_and_what_it_is_not() -> None:
    """Grounds, false-alarm rate for this many earlier sessions, and that it is no risk monitor."""
    answer = alarm()
    table = causal_false_alarms_of(EarlierChart())
    assert table is not None
    assert answer.false_alarm_share == table.share(4)
    assert {each.name for each in answer.grounds.values} == {
        "earlier_sessions",
        "reference",
        "limit",
        "change",
        "sigma",
    }
    assert "candidate rupture" in answer.explain()
    assert f"{100 * table.share(4):.1f}%" in answer.explain()
    assert answer.explain().endswith(NOT_A_RISK_MONITOR)
    assert NOT_A_RISK_MONITOR in str(answer.monitor)
    assert repr(answer.monitor).startswith("<Monitor: not a risk monitor; ")


@pytest.mark.parametrize("construct", [None, Construct.OUTCOME])
def test_of_an_outcome_or_an_unknown_construct_nothing_says_rupture(construct: Construct | None) -> None:
    """Wording stays with what the scores are scores of."""
    monitor = Monitor(EarlierChart(), scale=(0, 27), higher_is_better=False, construct=construct)
    _, answers = followed(monitor, [(1, 9), (2, 8), (3, 9), (4, 8), (5, 25), (6, 8)])
    said = " ".join(each.explain() for each in answers)
    assert "a change for the worse by earlier chart" in said
    assert "The change for the worse of session 5: recovered at session 6." in said
    assert "rupture" not in said


def test_values_are_told_in_the_direction_of_the_scale() -> None:
    """On a scale where lower is better the limit lies above the level."""
    monitor = Monitor(EarlierChart(), scale=(0, 27), higher_is_better=False)
    _, answers = followed(monitor, [(1, 9), (2, 8), (3, 9), (4, 8), (5, 25)])
    values = next(each.values for each in answers if isinstance(each, SessionAnswer) and each.flagged)
    assert values["reference"] == 8.5
    assert values["limit"] > 8.5
    assert values["change"] == 16.5


def test_a_session_that_no_score_on_the_scale_could_flag_is_undetectable() -> None:
    """Where the limit lies below the worst score, the answer is that nothing could have been found."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    _, answers = followed(monitor, [(1, 1.5), (2, 4.5), (3, 1.5), (4, 1)])
    last = answers[-1]
    assert isinstance(last, SessionAnswer)
    assert last.verdict is Verdict.UNDETECTABLE
    assert "could not have fired" in last.explain()


def test_a_sudden_change_is_known_two_sessions_later_and_at_the_end_by_what_there_is() -> None:
    """The delay is told with the answer, and a flush judges the sessions that still waited."""
    monitor = Monitor(rules.SuddenLoss(), scale=(1, 5), higher_is_better=True)
    _, answers = followed(monitor, [(1, 4.5), (2, 4.4), (3, 4.5), (4, 3.1), (5, 3.0)])
    (found,) = [each for each in answers if isinstance(each, SessionAnswer) and each.flagged]
    assert (found.session, found.known_at) == (4, 5)
    assert answers[-1].status is RecoveryStatus.NOT_KNOWN  # type: ignore[union-attr]  # a recovery
    _, later = followed(monitor, [(1, 4.5), (2, 4.4), (3, 4.5), (4, 3.1), (5, 3.0), (6, 3.2), (7, 4.5)])
    (found,) = [each for each in later if isinstance(each, SessionAnswer) and each.flagged]
    assert (found.session, found.known_at) == (4, 6)
    (back,) = [each for each in later if isinstance(each, RecoveryAnswer)]
    assert not back.flagged
    assert (back.status, back.returned_at) == (RecoveryStatus.RECOVERED, 7)


@given(
    rule=st.sampled_from([*tabled_causal_rules().values(), EarlierChart(earlier=6)]),
    scale=st.sampled_from([(1.0, 5.0), (0.0, 4.0), (1.0, 7.0), (0.0, 27.0)]),
    better=st.booleans(),
    step=st.sampled_from([None, 1 / 12, 0.25, 1.0]),
    construct=st.sampled_from([None, Construct.ALLIANCE, Construct.OUTCOME]),
)
def test_no_false_alarm_rate_of_one_scale_is_told_of_another(
    rule: Rule, scale: tuple[float, float], better: bool, step: float | None, construct: Construct | None
) -> None:
    """The embedded rates stand for the scale they were simulated on; elsewhere the answer is: not known."""
    monitor = Monitor(rule, scale=RatingScale(*scale, better, step), construct=construct)
    known = scale == (1, 5) and better and step in (None, 1 / 12) and construct is not Construct.OUTCOME
    assert (monitor.false_alarms is None) is not known
    if step is None:
        bare = Monitor(rule, scale=scale, higher_is_better=better, construct=construct)
        assert bare.false_alarms is monitor.false_alarms


def test_where_the_rate_is_not_known_the_answer_says_how_to_find_it() -> None:
    """A monitor on another scale tells no rate until it is given a calibration for its scale."""
    rule = rules.ReliableDrop(reliability=0.9, sd=0.8)
    noise = NoiseModel(
        mean=15, between_sd=4, slope=-0.2, slope_sd=0.1, within_sd=2.5, minimum=0, maximum=27, step=1,
        higher_is_better=False,
    )  # fmt: skip
    table = calibrate_causal(rule, model=noise, clients=2000, sessions=7)
    told = []
    for false_alarms in (None, table):
        monitor = Monitor(rule, scale=(0, 27), higher_is_better=False, false_alarms=false_alarms)
        _, answers = followed(monitor, [(1, 9), (2, 8), (3, 8)])
        told.append(next(each for each in answers if isinstance(each, SessionAnswer) and each.earlier == 2))
    assert told[0].false_alarm_share is None
    assert "not known" in told[0].explain()
    assert "calibrate_causal" in told[0].explain()
    assert told[1].false_alarm_share == table.share(2)
    assert table.share(2) > 0.3


@given(mean=st.integers(2, 25), slope=st.sampled_from([-0.5, 0.0, 0.5]), rule=st.sampled_from(CAUSAL))
def test_a_calibration_does_not_depend_on_which_way_the_scale_points(mean: int, slope: float, rule: Rule) -> None:
    """The mirror image of a model, with the other direction, has the same rates."""
    given_: dict[str, Any] = {"between_sd": 0.0, "slope_sd": 0.0, "within_sd": 3.0, "phi": 0.0, "step": 0.0}
    up = NoiseModel(mean=mean, slope=slope, minimum=0, maximum=27, **given_)
    down = NoiseModel(mean=27 - mean, slope=-slope, minimum=0, maximum=27, higher_is_better=False, **given_)
    one, other = (calibrate_causal(rule, model=each, clients=2000, sessions=7) for each in (up, down))
    assert one.earlier == other.earlier
    for share, mirrored in zip(one.shares, other.shares, strict=True):
        assert abs(share - mirrored) < 5 * math.sqrt(max(share * (1 - share), 1e-3) / 1000)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rule": rules.IndividualsChart()}, "EarlierChart or BaselineChart"),
        ({"rule": rules.Drop()}, "EarlierDrop"),
        ({"rule": rules.ReliableDrop(reliability=0.9)}, "sd="),
        ({"rule": 3}, "looks back only"),
        ({"model": 3}, "NoiseModel"),
        ({"clients": -5}, "clients"),
        ({"clients": 0}, "at least 1"),
        ({"clients": 10.5}, "whole number"),
        ({"sessions": 2}, "at least 3"),
        ({"seed": -1}, "at least 0"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(settings: dict[str, Any], words: str) -> None:
    """A rule that looks ahead has no rate by earlier sessions, and there are no fewer clients than one."""
    with pytest.raises(InvalidValueError, match=words):
        calibrate_causal(settings.pop("rule", EarlierChart()), **settings)


@pytest.mark.parametrize(
    "settings",
    [{"minimum": 5, "maximum": 5}, {"mean": math.nan}, {"within_sd": -1.0}, {"higher_is_better": None}],
)
def test_a_noise_model_is_a_scale_and_finite_figures(settings: dict[str, Any]) -> None:
    """Nothing is simulated on a scale without a range, or from a mean that is no number."""
    with pytest.raises(InvalidValueError, match="NoiseModel"):
        NoiseModel(**settings)


def measured(session: int, value: float | None, rater: Rater = Rater.CLIENT) -> Measured:
    """A recorded score."""
    status = ScoreStatus.STATED if value is not None else ScoreStatus.INCOMPLETE
    return Measured(Score("wai-sr", value, rater, status=status), session=session)


def test_a_monitor_follows_the_scores_of_a_course() -> None:
    """Other events are passed over, sessions are sorted, one rater is followed, and following can go on."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, rater=Rater.CLIENT)
    log = [
        SessionHeld(session=1),
        measured(2, 4.25),
        measured(1, 4.0),
        measured(1, 2.0, Rater.THERAPIST),
        measured(3, 4.0),
        measured(4, None),
    ]
    state, answers = monitor.follow(log)
    assert [each.session for each in answers if isinstance(each, SessionAnswer)] == [1, 2, 3, 4]
    assert (state.earlier, len(state.sessions)) == (3, 4)
    assert monitor.follow([*log, measured(5, 1.0)])[0] == monitor.follow([*log, measured(5, 1.0)], state)[0]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([measured(1, 4.0), measured(2, 3.0, Rater.THERAPIST)], "not pooled"),
        ([measured(1, 4.0), measured(1, 3.0)], "two scores"),
        ([Measured(Score("wai-sr", 4.0, Rater.CLIENT))], "belongs to a session"),
    ],
)
def test_scores_that_cannot_be_followed_are_refused(events: list[Measured], words: str) -> None:
    """Raters are never pooled, a session has one score, and a score has a session."""
    with pytest.raises(InvalidValueError, match=words):
        Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).follow(events)


def test_a_misspelt_instrument_is_named_with_the_nearest_one() -> None:
    """Following an instrument of which nothing was recorded is an error and not silence; without scores it is none."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, instrument="wai_sr")
    with pytest.raises(UnknownNameError, match="did you mean 'wai-sr'"):
        monitor.follow([measured(1, 4.0)])
    assert monitor.follow([SessionHeld(session=1)]) == (monitor.start(), ())
    begun, _ = monitor.update(monitor.start(), 1, 4.0)
    assert monitor.follow([measured(2, 4.0)], begun) == (begun, ())


def test_a_course_is_followed_as_its_history_is() -> None:
    """The course itself may be given; what is no course is refused."""
    course = Course.begin("C-014", "T-03")
    for session in (1, 2):
        course.record(SessionHeld(session=session))
        course.record(measured(session, 4.0))
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    assert monitor.follow(course)[0] == monitor.follow(course.history)[0]
    with pytest.raises(InvalidValueError, match="a course"):
        monitor.follow(3)  # type: ignore[arg-type]  # no course


@given(gaps=st.lists(st.integers(1, 20), min_size=1, max_size=8), cut=st.integers(1, 9))
def test_dates_are_followed_as_the_days_of_a_panel(gaps: list[int], cut: int) -> None:
    """Scores recorded by date are followed on the days that a panel of the course has, at once or in two goes."""
    days = [0, *np.cumsum(gaps).tolist()]
    course = Course.begin("C-014", "T-03")
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, index="dated", max_gap=10)
    state = monitor.start()
    for number, day in enumerate(days, start=1):
        on = date(2024, 1, 1) + timedelta(days=day)
        course.record(Measured(Score("wai-sr", 4.0 + number % 2 / 4, Rater.CLIENT), on=on))
        if number == cut:
            state, _ = monitor.follow(course)
    panel = Panel.from_courses([course], scale=RatingScale(1, 5))
    whole, answers = monitor.follow(course)
    assert [each.session for each in answers] == next(iter(panel.blocks())).session.tolist()  # type: ignore[union-attr]
    assert monitor.follow(course, state)[0] == whole


def test_a_dated_course_is_followed_as_a_whole() -> None:
    """Days are counted from the first date: where the day of a state is gone, following on is refused."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, index="dated")
    log = [Measured(Score("wai-sr", 4.0, Rater.CLIENT), on=date(2024, 1, day)) for day in (1, 8, 20)]
    state, _ = monitor.follow(log[:2])
    with pytest.raises(InvalidValueError, match="whole course"):
        monitor.follow(log[2:], state)
    with pytest.raises(InvalidValueError, match="on="):
        monitor.follow([measured(1, 4.0)])
    with pytest.raises(InvalidValueError, match="a day has two scores, got '2024-01-01'"):
        monitor.follow([log[0], log[0]])
    with pytest.raises(InvalidValueError, match="index='dated'"):
        Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).follow(log)


def test_corrections_of_a_course_are_heeded() -> None:
    """A retracted score is not followed, and a corrected one is followed as corrected."""
    course = Course.begin("C-014", "T-03")
    for session in (1, 2, 3):
        course.record(SessionHeld(session=session))
        course.record(measured(session, 4.0))
    course.retract(4)
    course.correct(6, measured(3, 3.5))
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    _, answers = monitor.follow(course.history)
    assert [(each.session, each.score) for each in answers if isinstance(each, SessionAnswer)] == [(1, 4.0), (3, 3.5)]


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (rules.IndividualsChart(), "EarlierChart or BaselineChart"),
        (rules.Drop(), "EarlierDrop"),
        (rules.BelowOwnMean(), "sigma='sd'"),
        (rules.ReliableDrop(reliability=0.9), "sd="),
        (3, "EarlierChart"),
    ],
)
def test_a_rule_that_looks_ahead_is_refused_with_one_that_does_not(rule: Any, hint: str) -> None:
    """Limits from all sessions look into the future: the error names the causal rule to use."""
    with pytest.raises(InvalidValueError, match=hint):
        Monitor(rule, scale=(1, 5), higher_is_better=True)


@pytest.mark.parametrize(
    ("session", "score", "words"),
    [
        (2, 4, "later than"),
        (1, 4, "later than"),
        (3, 6, "its scale, got 6 .expected 1 to 5"),
        (3, math.nan, "its scale"),
    ],
)
def test_sessions_come_in_order_and_scores_lie_on_the_scale(session: float, score: float, words: str) -> None:
    """A late session or a score outside the scale changes nothing and says what to do."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    state, _ = monitor.update(monitor.start(), 2, 4)
    with pytest.raises(InvalidValueError, match=words):
        monitor.update(state, session, score)


@given(
    index=st.sampled_from(["attended", "scheduled", "dated"]),
    session=st.one_of(
        st.sampled_from([math.nan, math.inf, -math.inf, True, None, "2", date(2024, 1, 2), np.int64(3), np.float64(2)]),
        st.integers(-3, 9),
        st.floats(-3, 9),
    ),
)
def test_a_session_is_one_in_the_sense_of_the_index(index: str, session: Any) -> None:
    """What a panel refuses as a session a monitor refuses too; what it takes leaves room for later sessions."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True, index=index)
    plain = isinstance(session, int | float | np.number) and not isinstance(session, bool) and math.isfinite(session)
    if plain and (index != "attended" or (session >= 0 and session == int(session))):
        state, answers = monitor.update(monitor.start(), session, 4)
        assert state.session == session
        assert monitor.update(state, 100, 4)[0].earlier == 2
        assert len(answers) == 1
    else:
        for score in (4, None):
            with pytest.raises(InvalidValueError, match=r"update\.session: not accepted"):
                monitor.update(monitor.start(), session, score)


@pytest.mark.parametrize("score", ["4", True, [4], date(2024, 1, 2)])
def test_a_score_is_a_number(score: Any) -> None:
    """Text and truth values are no scores; a numpy number is one."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    with pytest.raises(InvalidValueError, match="a number, or None"):
        monitor.update(monitor.start(), 1, score)
    narrow: Any = np.float32(4)
    assert monitor.update(monitor.start(), 1, narrow)[0].scores == (4.0,)


def test_a_state_is_taken_by_its_own_monitor_only() -> None:
    """Other settings would go on from sums that mean something else."""
    state = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).start()
    other = Monitor(EarlierChart(k=2), scale=(1, 5), higher_is_better=True)
    taking: tuple[Any, ...] = (
        lambda given: other.update(given, 1, 4),
        other.flush,
        lambda given: other.follow([], given),
    )
    for take in taking:
        with pytest.raises(InvalidValueError, match="another monitor"):
            take(state)
    for take in taking[:2]:
        with pytest.raises(InvalidValueError, match=r"monitor\.start\(\)"):
            take(None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        state.earlier = 3  # type: ignore[misc]


@pytest.mark.parametrize("name", tabled_causal_rules())
def test_the_embedded_rates_are_what_the_simulation_gives(name: str) -> None:
    """A smaller run with another seed comes within four standard errors of the embedded table."""
    rule = tabled_causal_rules()[name]
    embedded = causal_false_alarms_of(rule)
    assert embedded is not None
    again = calibrate_causal(rule, clients=4000, sessions=11, seed=7)
    for at in (5, 8, 10):
        for share, other in ((embedded.share(at), again.share(at)), (embedded.clients_by(at), again.clients_by(at))):
            assert abs(share - other) < 4 * math.sqrt(share * (1 - share) / 4000) + 1e-3


STORED = """{"schema": "therarel.monitor_state/1", "settings": "earlier chart; recovery 1 within 5; 1 to 5, higher is better;
 attended sessions, gap None", "position": 5, "earlier": 4, "mean": 3.5625, "squares": 3.296875, "ranges": 2.5,
 "pairs": 3.0, "pending": 0, "session": 5, "last": 2.0, "last_session": 5, "best": 4.25,
 "open": [{"flagged_at": 5, "level": 4.083333333333333, "seen": 0}]}""".replace("\n", "")


def test_a_state_of_the_first_version_is_read_and_goes_on_with_its_course() -> None:
    """It kept figures and no scores: those of the course take their place, and nothing is answered twice."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    state = records.loads(STORED, MonitorState)
    assert (state.forgotten, state.session) == (5, 5)
    with pytest.raises(InvalidValueError, match=r"kept no scores.*monitor\.follow"):
        monitor.update(state, 6, 4.0)
    with pytest.raises(InvalidValueError, match=r"Monitor\.flush: .*kept no scores"):
        monitor.flush(state)
    log = [measured(at, score) for at, score in enumerate([4.0, 4.25, None, 4.0, 2.0, 4.25], start=1)]
    whole, answers = monitor.follow(log)
    again, later = monitor.follow(log, state)
    assert again == whole
    assert [repr(each) for each in later] == [repr(each) for each in answers[-2:]]
    assert [each.status for each in later if isinstance(each, RecoveryAnswer)] == [RecoveryStatus.RECOVERED]
    with pytest.raises(InvalidValueError, match="other sessions than the state was made from"):
        monitor.follow(log[1:], state)
    begun = records.loads('{"schema": "therarel.monitor_state/1", "settings": "x"}', MonitorState)
    assert begun == MonitorState("x")


@pytest.mark.parametrize("scale", [(1,), (1, 2, 3), ("low", 5), 5, None, (5, 1)])
def test_a_scale_of_a_monitor_is_two_numbers_or_a_scale(scale: Any) -> None:
    """Whatever else is given is refused with an error of ours."""
    with pytest.raises(InvalidValueError, match=r"[Ss]cale"):
        Monitor(EarlierChart(), scale=scale, higher_is_better=True)
