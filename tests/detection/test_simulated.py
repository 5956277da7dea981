"""Judging simulated panels: many at a time or one by one, the counts are the same."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import astuple, evolve

from therarel.detection import Verdict, code_of, rules
from therarel.detection.simulated import Falls, tally
from therarel.noise import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters

NULL = NullModel(within_sd=0.4, phi=0.3)


def uneven() -> Skeleton:
    """The skeleton of a panel with series of several lengths, gaps and missing scores."""
    chance = np.random.default_rng(4)
    dyad = np.repeat([f"D{at}" for at in range(12)], [2, 3, 5, 5, 8, 8, 8, 9, 12, 12, 1, 6])
    session = np.concatenate([np.arange(n) * (1 + (n == 9)) for n in (2, 3, 5, 5, 8, 8, 8, 9, 12, 12, 1, 6)])
    score = np.where(chance.random(dyad.size) < 0.15, np.nan, chance.uniform(2, 5, dyad.size).round(1))
    return Skeleton.of(Panel.from_arrays(dyad, session, score, scale=(1, 5), higher_is_better=True))


def seeds(number: int) -> list[np.random.SeedSequence]:
    """The seeds of some panels, always the same."""
    return [np.random.SeedSequence(1, spawn_key=(run,)) for run in range(number)]


@pytest.mark.parametrize("falls", [None, Falls(shape=ClinicParameters(rupture_share=0.5))], ids=["quiet", "falls"])
@pytest.mark.parametrize(
    "rule", [rules.IndividualsChart(), rules.Drop(k=1.5), rules.SuddenLoss(cutoff=1), rules.Scan(null=NULL)]
)
def test_panels_are_counted_as_if_each_were_judged_alone(rule: rules.Rule, falls: Falls | None) -> None:
    """A rule flags in a simulated panel what it flags in that panel alone, and it is counted per dyad and session."""
    skeleton = uneven()
    if rule.learns:
        rule = rule.learnt({}, skeleton.series, skeleton.context)
    (found,) = tally(skeleton, [rule], [NULL] * 7, seeds(7), falls=falls, threads=1)
    for run, seed in enumerate(seeds(7)):
        (alone,) = tally(skeleton, [rule], [NULL], [seed], falls=falls, threads=1)
        assert [number[run] for number in astuple(found)] == [number[0] for number in astuple(alone)]


@pytest.mark.parametrize("rule", [rules.IndividualsChart(), rules.Scan(null=NULL)])
def test_what_is_counted_is_what_the_rule_flags(rule: rules.Rule) -> None:
    """Dyads and sessions flagged in a simulated panel are those that the rule flags in its scores."""
    skeleton = uneven()
    rule = rule.learnt({}, skeleton.series, skeleton.context)
    (found,) = tally(skeleton, [rule], [NULL] * 5, seeds(5), limits=True, threads=1)
    for run, seed in enumerate(seeds(5)):
        series = skeleton.with_scores(skeleton.draw([NULL], [seed]).score[0])
        code = rule.verdicts(series, evolve(skeleton.context, limits=True)).code
        flagged = code == code_of(Verdict.FLAGGED)
        assert found.flagged[run] == np.logical_or.reduceat(flagged, series.first).sum()
        assert found.flagged_sessions[run] == flagged.sum()
        assert found.able_sessions[run] == (code < 16).sum()
