"""A monitor says, session by session, what the same rule says about the whole series."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain.events import AllianceMeasured, SessionHeld
from therarel.domain.ratings import Construct, Rater, Score, ScoreStatus
from therarel.errors import InvalidValueError
from therarel.reading import Reader
from therarel.trajectories import Verdict, rules
from therarel.trajectories.engines.lazy import context_for
from therarel.trajectories.episodes import RecoveryStatus, episodes
from therarel.trajectories.monitors import (
    NOT_A_RISK_MONITOR,
    BaselineChart,
    EarlierChart,
    EarlierDrop,
    Monitor,
    MonitorState,
    RecoveryAnswer,
    SessionAnswer,
    calibrate_causal,
)
from therarel.trajectories.monitors.false_alarms import causal_false_alarms_of, tabled_causal_rules
from therarel.trajectories.rules import Change, Recovery, Rule
from therarel.trajectories.series import Series, scored

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
    context = context_for((1, 5), better, index, max_gap)
    series, _, _ = scored([0, scores.size], sessions, scores, higher_is_better=better)
    found = rule.verdicts(series, context, values=True)
    stream = [verdicts[at] for at in series.session.tolist()]
    assert [each.code for each in stream] == found.code.tolist()
    for name in found.values.keys() & set(monitor.compares):  # a criterion that is left out has no values
        at = monitor.compares.index(name)
        there = [each.compared[at] for each, code in zip(stream, found.code, strict=True) if code < 2]
        batch = found.values[name][found.code < 2]
        assert np.allclose(there, batch, atol=1e-9, equal_nan=True)
    turn = 1.0 if rule.change is Change.DROP else -1.0
    turned = Series(series.starts, series.session, turn * series.score, series.position)
    outcome = episodes(
        turned,
        found.flagged,
        turn * found.values["reference"],
        rule.recovery,
        tolerance=context.tolerance,
        max_gap=context.max_gap,
        merges=rule.merges,
    )
    expected = {
        series.session[at]: (status, float(series.session[back]) if back >= 0 else None)
        for at, status, back in zip(outcome.flagged, outcome.statuses(), outcome.recovered, strict=True)
    }
    told = {each.flagged_at: (each.status, each.recovered_at) for each in answers if isinstance(each, RecoveryAnswer)}
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
def test_the_state_is_a_small_plain_value_that_can_be_stored_and_read(
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
        assert len(state.window) <= 5
        assert not rule.merges or len(state.open) <= 1


@given(steps=SERIES, blocks=st.integers(1, 4))
def test_a_causal_rule_judges_a_dyad_alike_in_any_block(steps: list[tuple[int, float | None]], blocks: int) -> None:
    """Beside other dyads, longer or shorter, a dyad has the same verdicts and limits to the last bit."""
    scores = np.array([score for _, score in steps if score is not None])
    if not scores.size:
        return
    context = context_for((1, 5), True)
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
    assert {each.name for each in answer.grounds.values} == {"earlier_sessions", "reference", "limit", "drop", "sigma"}
    assert "candidate rupture" in answer.explain()
    assert f"{100 * table.share(4):.1f} %" in answer.explain()
    assert answer.explain().endswith(NOT_A_RISK_MONITOR)
    assert NOT_A_RISK_MONITOR in repr(answer.monitor)


@pytest.mark.parametrize("construct", [None, Construct.OUTCOME])
def test_of_an_outcome_or_an_unknown_construct_nothing_says_rupture(construct: Construct | None) -> None:
    """Wording stays with what the scores are scores of."""
    monitor = Monitor(EarlierChart(), scale=(0, 27), higher_is_better=False, construct=construct)
    _, answers = followed(monitor, [(1, 9), (2, 8), (3, 9), (4, 8), (5, 25), (6, 8)])
    said = " ".join(each.explain() for each in answers)
    assert "score drop" in said
    assert "recovered" in said
    assert "rupture" not in said


def test_values_are_told_in_the_direction_of_the_scale() -> None:
    """On a scale where lower is better the limit lies above the level."""
    monitor = Monitor(EarlierChart(), scale=(0, 27), higher_is_better=False)
    _, answers = followed(monitor, [(1, 9), (2, 8), (3, 9), (4, 8), (5, 25)])
    values = next(each.values for each in answers if isinstance(each, SessionAnswer) and each.flagged)
    assert values["reference"] == 8.5
    assert values["limit"] > 8.5
    assert values["drop"] == 16.5


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
    state, answers = followed(monitor, [(1, 4.5), (2, 4.4), (3, 4.5), (4, 3.1), (5, 3.0)])
    assert state.pending == 2
    (found,) = [each for each in answers if isinstance(each, SessionAnswer) and each.flagged]
    assert (found.session, found.known_at) == (4, 5)
    assert answers[-1].status is RecoveryStatus.NOT_KNOWN  # type: ignore[union-attr]  # a recovery
    _, later = followed(monitor, [(1, 4.5), (2, 4.4), (3, 4.5), (4, 3.1), (5, 3.0), (6, 3.2), (7, 4.5)])
    (found,) = [each for each in later if isinstance(each, SessionAnswer) and each.flagged]
    assert (found.session, found.known_at) == (4, 6)
    (back,) = [each for each in later if isinstance(each, RecoveryAnswer)]
    assert (back.status, back.recovered_at) == (RecoveryStatus.RECOVERED, 7)


def measured(session: int, value: float | None, rater: Rater = Rater.CLIENT) -> AllianceMeasured:
    """A recorded score."""
    status = ScoreStatus.STATED if value is not None else ScoreStatus.INCOMPLETE
    return AllianceMeasured(Score("wai-sr", value, rater, status=status), session=session)


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
    assert (state.earlier, state.position) == (3, 4)
    assert monitor.follow([*log, measured(5, 1.0)])[0] == monitor.follow([*log, measured(5, 1.0)], state)[0]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([measured(1, 4.0), measured(2, 3.0, Rater.THERAPIST)], "not pooled"),
        ([measured(1, 4.0), measured(1, 3.0)], "two scores"),
        ([AllianceMeasured(Score("wai-sr", 4.0, Rater.CLIENT))], "belongs to a session"),
    ],
)
def test_scores_that_cannot_be_followed_are_refused(events: list[AllianceMeasured], words: str) -> None:
    """Raters are never pooled, a session has one score, and a score has a session."""
    with pytest.raises(InvalidValueError, match=words):
        Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).follow(events)


def test_corrections_of_a_course_are_heeded() -> None:
    """A retracted score is not followed, and a corrected one is followed as corrected."""
    from therarel.machine import Course

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
    [(2, 4, "in order"), (1, 4, "in order"), (3, 6, "its scale"), (3, math.nan, "its scale")],
)
def test_sessions_come_in_order_and_scores_lie_on_the_scale(session: float, score: float, words: str) -> None:
    """A late session or a score outside the scale changes nothing and says what to do."""
    monitor = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True)
    state, _ = monitor.update(monitor.start(), 2, 4)
    with pytest.raises(InvalidValueError, match=words):
        monitor.update(state, session, score)


def test_a_state_is_taken_by_its_own_monitor_only() -> None:
    """Other settings would go on from sums that mean something else."""
    state = Monitor(EarlierChart(), scale=(1, 5), higher_is_better=True).start()
    with pytest.raises(InvalidValueError, match="another monitor"):
        Monitor(EarlierChart(k=2), scale=(1, 5), higher_is_better=True).update(state, 1, 4)
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
