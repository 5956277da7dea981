"""Calibration: the published table, robust nulls, thresholds, and what detection promised is what it finds."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from tests.proofs.false_alarm_table import table_text

import therarel.detection as room
from therarel.detection import (
    Rate,
    calibrate,
    calibration_table,
    choose_threshold,
    detect,
)
from therarel.detection.designs import one_drop
from therarel.detection.false_alarms import TABLED
from therarel.detection.rules import BelowOwnMean, Drop, IndividualsChart, ReliableDrop, Rule, SuddenLoss
from therarel.detection.verdicts import CODES, Verdict
from therarel.errors import InvalidValueError
from therarel.noise import NullModel, fit_null
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, simulate_clinic

# Share of clients without any drop that each rule flags, in series of 8, 16 and 30 sessions; from an independent
# simulation of 4,000 clients each.
EXPECTED: list[tuple[Rule, tuple[float, float, float]]] = [
    (Drop(k=1, scale="person_sd"), (0.89, 0.96, 0.97)),
    (Drop(k=2, scale="larger_person_pooled"), (0.22, 0.33, 0.44)),
    (BelowOwnMean(k=2), (0.11, 0.35, 0.63)),
    (IndividualsChart(), (0.06, 0.19, 0.48)),
    (ReliableDrop(sd=0.8, reliability=0.9), (0.22, 0.41, 0.57)),
    (SuddenLoss(cutoff=1), (0.001, 0.008, 0.018)),
]
# Share of one-session drops of one point, in series of 16 sessions, that are found.
FOUND: list[tuple[Rule, float]] = [
    (ReliableDrop(sd=0.8, reliability=0.9), 0.77),
    (BelowOwnMean(k=2), 0.70),
    (Drop(k=2), 0.58),
    (IndividualsChart(), 0.40),
    (SuddenLoss(cutoff=1), 0.01),
]


@pytest.mark.parametrize(("rule", "shares"), EXPECTED, ids=lambda each: each.label if isinstance(each, Rule) else "")
def test_false_alarm_rates_are_reproduced(rule: Rule, shares: tuple[float, float, float]) -> None:
    """With 2,000 clients each rate lies within .05 of the published one."""
    found = calibrate(rule, lengths=(8, 16, 30), depths=(), clients=2000, seed=11)
    assert [each.clients.share for each in found.false_alarms] == pytest.approx(list(shares), abs=0.05)


@pytest.mark.parametrize(("rule", "share"), FOUND, ids=lambda each: each.label if isinstance(each, Rule) else "")
def test_hit_rates_are_reproduced(rule: Rule, share: float) -> None:
    """Where every client has a drop of one point for one session, each rule finds the published share, within .05."""
    clinic = simulate_clinic(2000, seed=12, parameters=evolve(one_drop(1.0, 1), sessions=(16, 16)))
    flagged = detect(clinic.panel(), primary=rule).codes[0] == CODES[Verdict.FLAGGED]
    found = np.logical_or.reduceat(flagged & clinic.in_rupture, clinic.starts[:-1])
    assert found.mean() == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(("rule", "share"), FOUND, ids=lambda each: each.label if isinstance(each, Rule) else "")
def test_drops_among_clients_without_any_are_found_no_less_often(rule: Rule, share: float) -> None:
    """Calibration pools over clients without a drop: what it says is no lower, and the same where nothing is pooled."""
    found = calibrate(rule, lengths=(16,), depths=(1.0,), clients=2000, seed=12).hits[0].found.share
    assert found > share - 0.05
    assert rule.needs or found == pytest.approx(share, abs=0.05)


def test_the_embedded_table_is_what_its_generator_gives() -> None:
    """Simulated anew with fewer clients, each rate of the embedded table lies in what sampling allows."""
    lines = [line for line in table_text((8, 16), clients=1000, seed=5).splitlines() if not line.startswith("#")]
    text = (Path(str(room.__file__)).with_name("false_alarms.csv")).read_text()
    embedded = {
        (row["rule"], row["sessions"]): int(row["flagged"]) / int(row["clients"])
        for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    }
    assert {rule for rule, _ in embedded} == set(TABLED)
    for row in csv.DictReader(lines):
        share = embedded[row["rule"], row["sessions"]]
        error = 4.5 * math.sqrt(max(share * (1 - share), 1e-3) / 1000)
        assert int(row["flagged"]) / 1000 == pytest.approx(share, abs=error), row


def test_the_same_seed_gives_the_same_rates() -> None:
    """A calibration can be repeated, on any number of threads."""
    one = calibrate(Drop(k=2), lengths=(8,), clients=500, seed=3, threads=1)
    two = calibrate(Drop(k=2), lengths=(8,), clients=500, seed=3, threads=3)
    assert one == two


def test_a_null_fitted_to_a_panel_with_drops_gives_nearly_the_same_rates() -> None:
    """With drops in a quarter of the clients the rates on noise stay within .05 of those of the true noise."""
    null = fit_null(simulate_clinic(1500, seed=2).panel())
    for rule in (Drop(k=2), IndividualsChart(), BelowOwnMean()):
        fitted = calibrate(rule, like=null, lengths=(8, 16), depths=(), clients=3000, seed=1)
        true = calibrate(rule, lengths=(8, 16), depths=(), clients=3000, seed=1)
        for one, two in zip(fitted.false_alarms, true.false_alarms, strict=True):
            assert one.clients.share == pytest.approx(two.clients.share, abs=0.05)


def test_too_small_a_panel_gives_no_null_but_a_hint() -> None:
    """Two sessions of one client are no ground for a null model."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [3, 4], scale=(1, 5), higher_is_better=True)
    with pytest.raises(InvalidValueError, match="NullModel"):
        calibrate(Drop(), like=panel, seed=1)


def test_a_panel_is_calibrated_on_its_own_sessions() -> None:
    """Without lengths a panel is simulated as it is, gaps, missing scores and all; with lengths only its noise counts."""
    panel = simulate_clinic(40, seed=1, sessions=12).panel()
    (own,) = calibrate(IndividualsChart(), like=panel, clients=400, seed=1).false_alarms
    (other,) = calibrate(IndividualsChart(), like=panel, lengths=(12,), clients=400, seed=1).false_alarms
    assert (own.sessions, own.clients.total) == (None, 400)
    assert (other.sessions, other.clients.total) == (12, 400)
    assert own.clients.share == pytest.approx(other.clients.share, abs=0.1)
    assert own.series == "the panel's own sessions"


def test_a_calibration_on_a_panel_draws_itself_and_fills_its_tables() -> None:
    """Where the series are those of a panel no number of sessions stands in picture, table or frame."""
    found = calibrate(Drop(), like=simulate_clinic(30, seed=1).panel(), clients=200, seed=1)
    assert "as in the panel" in found._repr_svg_()
    assert found.paper_table().rows[0][1] == "own"
    assert all(math.isnan(each) for each in found.columns()["sessions"] if isinstance(each, float))
    assert "the panel's own sessions" in str(found)
    assert math.isnan(found.predictive_value([0.1])[0]["sessions"])


def test_what_calibration_promised_is_found_in_a_simulated_clinic() -> None:
    """Known drops in a clinic are found at the rate that calibration gave for their depth and length."""
    rule = Drop(k=2)
    null = NullModel(between_sd=0.3)
    promised = calibrate(rule, like=null, lengths=(16,), depths=(1.2,), drop_lengths=(2,), clients=3000, seed=6)
    made = simulate_clinic(
        4000,
        seed=77,
        parameters=ClinicParameters(
            sessions=16,
            between_sd=0.3,
            therapist_share=0,
            rupture_share=0.1,
            repaired_share=1,
            depth=(1.2, 1.2, 1.2),
            decline=(1.0,),
            hold=(0.0, 1.0),
            repair=(1.0,),
        ),
    )
    detection = detect(made.panel(), primary=rule)
    flagged = (detection.codes[0] == 1) & made.in_rupture
    hit = np.add.reduceat(flagged, made.starts[:-1], dtype=int)[made.ruptures.dyad] > 0
    assert float(hit.mean()) == pytest.approx(promised.hits[0].found.share, abs=0.08)


def test_a_chosen_threshold_keeps_its_promise() -> None:
    """On clients that played no part in the choice the rate is the one asked for, within the error of sampling."""
    chosen = choose_threshold(Drop(), false_alarm=0.05, sessions=16, clients=3000, seed=1)
    assert chosen.calibration.false_alarms[0].clients.share == pytest.approx(0.05, abs=0.015)
    lower = chosen.rule.with_threshold(chosen.value - 0.05)
    more = calibrate(lower, lengths=(16,), depths=(), clients=3000, seed=1)
    assert more.false_alarms[0].clients.share > 0.05


@pytest.mark.parametrize("rule", [IndividualsChart(), ReliableDrop(reliability=0.9, sd=0.8), SuddenLoss(cutoff=1)])
def test_every_rule_has_a_threshold_to_choose(rule: Rule) -> None:
    """Whatever a rule's threshold is called, it can be chosen."""
    chosen = choose_threshold(rule, false_alarm=0.2, sessions=12, clients=400, seed=1)
    assert chosen.rule.settings[chosen.parameter] == pytest.approx(chosen.value)


def test_a_share_that_is_none_is_refused() -> None:
    """A rate of false alarms lies between 0 and 1, and a prevalence at either of them or between."""
    with pytest.raises(InvalidValueError):
        choose_threshold(Drop(), false_alarm=1.0, seed=1)
    with pytest.raises(InvalidValueError):
        calibrate(Drop(), lengths=(8,), clients=100, seed=1).predictive_value([1.5])


def test_sensitivity_shows_what_more_autocorrelation_does() -> None:
    """More autocorrelation means smaller steps and fewer false drops, and a chart flags more."""
    drop = calibrate(Drop(k=2), lengths=(16,), depths=(), sensitivity=True, clients=1500, seed=2)
    chart = calibrate(IndividualsChart(), lengths=(16,), depths=(), sensitivity=True, clients=1500, seed=2)

    def at(found: room.Calibration, value: float) -> float:
        return next(each.clients.share for each in found.sensitivity if each.figure == "phi" and each.value == value)

    assert at(drop, 0.6) < at(drop, 0.0)
    assert at(chart, 0.6) > at(chart, 0.0)
    assert {each.figure for each in drop.sensitivity} == {"phi", "within_sd", "slope"}


def test_the_predictive_value_rises_with_prevalence() -> None:
    """The rarer drops are, the more of the flagged clients had none."""
    found = calibrate(Drop(k=2), lengths=(16,), clients=1000, seed=2)
    values = [row["predictive_value"] for row in found.predictive_value([0.0, 0.05, 0.25, 0.5])]
    assert values[0] == 0
    assert values == sorted(values)
    assert values[-1] < 1


def test_the_correction_for_autocorrelation_lowers_the_false_alarms_of_a_chart() -> None:
    """With phi pooled over dyads the corrected chart flags fewer clients by noise."""
    plain = calibrate(IndividualsChart(), lengths=(30,), depths=(), clients=1500, seed=2)
    corrected = calibrate(IndividualsChart(autocorrelation=True), lengths=(30,), depths=(), clients=1500, seed=2)
    assert corrected.false_alarms[0].clients.share < 0.75 * plain.false_alarms[0].clients.share


@pytest.mark.parametrize(("count", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_intervals_are_those_of_wilson(count: int, total: int, low: float, high: float) -> None:
    """Wilson's interval of no hits in ten ends at .2775, that of five runs from .2366 to .7634."""
    assert Rate(count, total).interval == pytest.approx((low, high), abs=1e-4)


def test_a_calibration_draws_itself_and_fills_a_table() -> None:
    """Rates by length of series as a picture and as a table for a paper."""
    found = [calibrate(rule, lengths=(8, 16), clients=200, seed=1) for rule in (Drop(), IndividualsChart())]
    assert "<svg" in found[0]._repr_svg_()
    table = calibration_table(found)
    assert len(table.rows) == 4
    assert "seed 1" in table.note
    assert set(found[0].columns()) >= {"rate", "sessions", "share", "low", "high"}


def test_the_standard_clinic_is_named_on_its_own_scale_alone() -> None:
    """Beside scores of another scale, of the other direction, or of an outcome its rates mean nothing."""
    clinic = simulate_clinic(10, seed=4)
    labels = np.array(clinic.labels(), dtype=object)[clinic.dyad]
    rule = ReliableDrop(sd=0.8, reliability=0.9)

    def standard(score: np.ndarray, **known: Any) -> float | None:
        panel = Panel.from_arrays(labels, clinic.session, score, **known)
        return detect(panel, primary=rule).counts[0].standard_share

    assert standard(clinic.score, scale=(1, 5), higher_is_better=True) is not None
    assert standard(clinic.score, scale=(1, 5), higher_is_better=True, construct="alliance") is not None
    assert standard(clinic.score, scale=(1, 5), higher_is_better=True, construct="outcome") is None
    assert standard(6 - clinic.score, scale=(1, 5), higher_is_better=False) is None
    assert standard(12 * clinic.score, scale=(12, 60), higher_is_better=True, construct="alliance") is None


def test_sums_of_the_items_are_the_scores_of_the_table_times_twelve() -> None:
    """A rule that states no score points flags sums as it flags means, and noise is said to give the same."""
    clinic = simulate_clinic(40, seed=4)
    labels = np.array(clinic.labels(), dtype=object)[clinic.dyad]
    means, sums = (
        detect(
            Panel.from_arrays(labels, clinic.session, unit * clinic.score, scale=ends, higher_is_better=True),
            primary=Drop(k=2),
            also=[IndividualsChart()],
        ).counts
        for unit, ends in ((1, (1, 5)), (12, (12, 60)))
    )
    for one, two in zip(means, sums, strict=True):
        assert (one.flagged_dyads, one.standard_share) == (two.flagged_dyads, two.standard_share)
        assert one.expected_dyads == pytest.approx(two.expected_dyads, abs=0.3)


def test_a_threshold_is_chosen_for_the_panel_at_hand() -> None:
    """With a panel and no length, the rate that is asked for is that of panels like it."""
    panel = simulate_clinic(60, seed=4, sessions=(4, 12)).panel()
    chosen = choose_threshold(Drop(), false_alarm=0.1, like=panel, clients=1000, seed=1)
    (rate,) = chosen.calibration.false_alarms
    assert rate.sessions is None
    assert rate.clients.share == pytest.approx(0.1, abs=0.04)


def test_a_threshold_that_misses_the_rate_says_so() -> None:
    """Where even the lowest threshold fires more seldom than was asked for, the choice carries a remark."""
    seldom = choose_threshold(SuddenLoss(cutoff=1), false_alarm=0.2, clients=300, seed=1)
    assert seldom.remark.startswith("Even at the lowest threshold")
    assert choose_threshold(Drop(), clients=300, seed=1).remark == ""


def test_all_rates_stand_in_one_tidy_table() -> None:
    """The frame holds false alarms, hits, and what another phi, noise or slope would give, each with the seed."""
    found = calibrate(Drop(), lengths=(8,), sensitivity=True, clients=200, seed=1)
    frame = found.to_frame("pandas")
    assert len(frame) == 2 + len(found.hits) + len(found.sensitivity)  # type: ignore[arg-type]
    assert set(frame["seed"]) == {1}  # type: ignore[index]
    assert "with other phi, noise or slope" in str(found)


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"lengths": 8}, "lengths"),
        ({"lengths": ()}, "lengths"),
        ({"lengths": (8, 0)}, "lengths"),
        ({"depths": ("deep",)}, "depths"),
        ({"depths": (-1.0,)}, "depths"),
        ({"lengths": (8,), "drop_lengths": (9,)}, "drop_lengths"),
        ({"drop_lengths": ()}, "drop_lengths"),
        ({"seed": -1}, "seed"),
        ({"seed": "one"}, "seed"),
        ({"clients": 99}, "clients"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(settings: dict[str, Any], where: str) -> None:
    """Lengths, depths and seeds that mean nothing are refused before anything is drawn."""
    with pytest.raises(InvalidValueError, match=rf"calibrate\.{where}"):
        calibrate(Drop(), **{"seed": 1, **settings})
