"""Detection against a reading of the same panel one session at a time, in plain Python."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from attrs import define, evolve, field
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from therarel.detection import detect
from therarel.detection.rules import (
    BelowOwnMean,
    Change,
    ChartSigma,
    Drop,
    IndividualsChart,
    Recovery,
    Reference,
    ReliableDrop,
    Rule,
    Scale,
    Stability,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.verdicts import CODES, Reason, Verdict
from therarel.panels import Panel

LOW, HIGH = 1.0, 5.0
TIE = 1e-9 * (HIGH - LOW)
NOTHING = 1000 * TIE
NAN = math.nan
STUDENT = {2: 4.302652729911275, 3: 3.182446305284263, 4: 2.7764451051977987}


@define
class Dyad:
    """Scored sessions of one dyad, turned so that higher is better, and the rows at which they stand."""

    rows: list[int]
    sessions: list[float]
    scores: list[float]

    def far(self, at: int, max_gap: float) -> bool:
        """Whether no session within the largest gap goes before."""
        return at == 0 or self.sessions[at] - self.sessions[at - 1] > max_gap

    def stretch(self, at: int, max_gap: float) -> list[int]:
        """The sessions before, back to the last gap."""
        before = at
        while not self.far(before, max_gap):
            before -= 1
        return list(range(before, at))

    def line(self, at: int) -> float:
        """Height of the least-squares line."""
        if len(self.scores) == 1:
            return self.scores[0]
        found = statistics.linear_regression(self.sessions, self.scores)
        return found.intercept + found.slope * self.sessions[at]

    def ranges(self, values: Sequence[float], max_gap: float) -> list[float]:
        """Moving ranges of some values of the sessions."""
        return [abs(values[at] - values[at - 1]) for at in range(1, len(values)) if not self.far(at, max_gap)]


@define
class Pool:
    """What is known of all dyads together."""

    dyads: list[Dyad]
    max_gap: float
    sd: float = NAN
    between: float = NAN
    first: float = NAN
    phi: float = NAN

    def __attrs_post_init__(self) -> None:
        means = [statistics.fmean(dyad.scores) for dyad in self.dyads]
        squares = [(y - mean) ** 2 for dyad, mean in zip(self.dyads, means, strict=True) for y in dyad.scores]
        freedom = sum(len(dyad.scores) - 1 for dyad in self.dyads)
        self.sd = math.sqrt(sum(squares) / freedom) if freedom else NAN
        self.between = statistics.stdev(means) if len(means) > 1 else NAN
        self.first = statistics.stdev(dyad.scores[0] for dyad in self.dyads) if len(means) > 1 else NAN
        steps: dict[int, list[float]] = {1: [], 2: []}
        for dyad in self.dyads:
            for at in range(len(dyad.scores)):
                for lag in (1, 2):
                    if len(dyad.stretch(at, self.max_gap)) >= lag:
                        steps[lag].append((dyad.scores[at] - dyad.scores[at - lag]) ** 2)
        if steps[1] and steps[2] and sum(steps[1]) > 0:
            ratio = statistics.fmean(steps[2]) / statistics.fmean(steps[1])
            self.phi = min(max(ratio - 1, -0.95), 0.95)


@define
class Seen:
    """What a rule says of one session: whether it fires, the level it compared with, and why it could not fire."""

    fires: bool = False
    reference: float = NAN
    limit: float = NAN
    unable: Reason | None = None
    more: dict[str, float] = field(factory=dict)


def level_of(dyad: Dyad, at: int, reference: Reference, baseline: int, max_gap: float) -> float:
    """The level that a session is compared with."""
    match reference:
        case Reference.PREVIOUS:
            return NAN if dyad.far(at, max_gap) else dyad.scores[at - 1]
        case Reference.RUNNING_MAXIMUM:
            return max((dyad.scores[each] for each in dyad.stretch(at, max_gap)), default=NAN)
        case Reference.PERSON_MEAN:
            return statistics.fmean(dyad.scores)
        case Reference.BASELINE:
            return NAN if at < baseline else statistics.fmean(dyad.scores[:baseline])
        case _:
            return dyad.line(at)


def spread_of(dyad: Dyad, scale: Scale, pool: Pool) -> float:
    """The variation in which a drop is measured."""
    own = statistics.stdev(dyad.scores) if len(dyad.scores) > 1 else NAN
    match scale:
        case Scale.PERSON_SD:
            return own
        case Scale.POOLED_SD:
            return pool.sd
        case Scale.BETWEEN_SD:
            return pool.between
        case Scale.POINTS:
            return 1.0
        case Scale.MOVING_RANGE:
            ranges = dyad.ranges(dyad.scores, pool.max_gap)
            return statistics.fmean(ranges) / 1.128 if ranges else NAN
        case _:
            other = pool.sd if scale is Scale.LARGER_PERSON_POOLED else pool.between
            return NAN if math.isnan(other) else other if math.isnan(own) else max(own, other)


def drop(rule: Drop, dyad: Dyad, at: int, pool: Pool) -> Seen:
    """A fall of so many standard deviations below a level."""
    level = level_of(dyad, at, rule.reference, rule.baseline, pool.max_gap)
    spread = spread_of(dyad, rule.scale, pool)
    needed = max(rule.k * spread, rule.minimal_drop)
    fall = level - dyad.scores[at]
    if math.isnan(level):
        return Seen(unable=Reason.NO_REFERENCE, more={"spread": spread})
    if math.isnan(spread):
        return Seen(reference=level, unable=Reason.NO_VARIATION_KNOWN)
    return Seen(
        fall >= needed - TIE and fall >= NOTHING, level, level - needed, more={"change": fall, "spread": spread}
    )


def reliable(rule: ReliableDrop, dyad: Dyad, at: int, pool: Pool) -> Seen:
    """A fall beyond the error of the instrument."""
    level = level_of(dyad, at, rule.reference, rule.baseline, pool.max_gap)
    sd = pool.first if rule.sd is None else rule.sd
    error = math.sqrt(2) * sd * math.sqrt(1 - rule.reliability_used)
    fall, needed = level - dyad.scores[at], max(rule.critical * error, rule.minimal_drop)
    if math.isnan(level):
        return Seen(unable=Reason.NO_REFERENCE)
    if math.isnan(sd):
        return Seen(reference=level, unable=Reason.NO_VARIATION_KNOWN)
    fires = fall > rule.critical * error + TIE and fall >= rule.minimal_drop - TIE and fall > NOTHING
    return Seen(fires, level, level - needed, more={"change": fall, "standard_error": error})


def c4(n: int) -> float:
    """Expected standard deviation of n normal draws."""
    return math.sqrt(2 / (n - 1)) * math.gamma(n / 2) / math.gamma((n - 1) / 2)


def chart(rule: IndividualsChart, dyad: Dyad, at: int, pool: Pool) -> Seen:
    """A score beyond the limits of its own chart."""
    mean = statistics.fmean(dyad.scores)
    centres = [dyad.line(each) if rule.detrended else mean for each in range(len(dyad.scores))]
    away = [score - centre for score, centre in zip(dyad.scores, centres, strict=True)]
    widened = 1 / math.sqrt(1 - pool.phi) if rule.autocorrelation else 1.0
    freedom = len(away) - (2 if rule.detrended else 1)
    sigma = NAN
    if rule.sigma is ChartSigma.SD:
        sigma = math.sqrt(sum(each**2 for each in away) / freedom) / c4(freedom + 1) if freedom > 0 else NAN
    elif ranges := dyad.ranges(away, pool.max_gap):
        if rule.screened:
            most = 3.267 * statistics.fmean(ranges) + TIE
            ranges = [each for each in ranges if each <= most]
        sigma = statistics.fmean(ranges) / 1.128 if ranges else NAN
    sigma *= widened
    needed = max(rule.k * sigma, rule.minimal_drop)
    if math.isnan(widened):
        return Seen(reference=centres[at], unable=Reason.NO_VARIATION_KNOWN)
    if math.isnan(sigma):
        return Seen(reference=centres[at], unable=Reason.TOO_FEW_SESSIONS)
    fires = -away[at] > rule.k * sigma + TIE and -away[at] > rule.minimal_drop - TIE and -away[at] > NOTHING
    return Seen(fires, centres[at], centres[at] - needed, more={"change": -away[at], "sigma": sigma})


def sudden(rule: SuddenLoss, dyad: Dyad, at: int, pool: Pool) -> Seen:
    """A large and lasting change from one session to the next."""
    sign = 1.0 if rule.change is Change.DROP else -1.0
    scores = [sign * each for each in dyad.scores]
    end = LOW if rule.change is Change.DROP else -HIGH
    gap = 1.0 if math.isinf(pool.max_gap) else pool.max_gap
    if dyad.far(at, gap):
        return Seen(unable=Reason.NO_REFERENCE)
    change, room = scores[at - 1] - scores[at], scores[at - 1] - end
    needed = max(rule.cutoff or 0.0, rule.minimal_drop, rule.share * room if rule.share is not None else 0.0)
    fires = change >= needed - TIE and change >= NOTHING
    found = Seen(reference=dyad.scores[at - 1], limit=sign * (scores[at - 1] - needed), more={"change": change})
    if rule.criterion3 is not None:
        here = dyad.sessions[at]
        early = [scores[e] for e in range(max(at - 3, 0), at) if here - dyad.sessions[e] <= 3 * gap]
        late = [scores[e] for e in range(at, min(at + 3, len(scores))) if dyad.sessions[e] - here <= 2 * gap]
        if len(early) < 2 or len(late) < 2:
            found.unable = Reason.FEW_AROUND
            return found
        squares = sum((len(part) - 1) * statistics.variance(part) for part in (early, late))
        freedom = len(early) + len(late) - 2
        critical = STUDENT[freedom] * math.sqrt(squares / freedom)
        if rule.criterion3 is Stability.T_TEST:
            critical *= math.sqrt(1 / len(early) + 1 / len(late))
        fires = fires and statistics.fmean(early) - statistics.fmean(late) > critical + TIE
        found.more["critical"] = critical
    if rule.share is not None and room < 2 * TIE:
        found.unable = Reason.NO_ROOM
    found.fires = fires and found.unable is None
    return found


READINGS: dict[type[Rule], Callable[..., Seen]] = {
    Drop: drop,
    ReliableDrop: reliable,
    IndividualsChart: chart,
    SuddenLoss: sudden,
    SuddenGain: sudden,
}


def read(rule: Rule, dyad: Dyad, pool: Pool) -> list[Seen]:
    """What a rule says of each scored session of a dyad."""
    if isinstance(rule, BelowOwnMean):
        rule = Drop(k=rule.k, reference="person_mean", scale="person_sd", minimal_drop=rule.minimal_drop)
    return [READINGS[type(rule)](rule, dyad, at, pool) for at in range(len(dyad.scores))]


@define
class Found:
    """One candidate: the places of its sessions in the dyad, -1 where there is none."""

    flagged: int
    onset: int
    nadir: int
    last: int
    recovered: int
    status: str
    reference: float


def candidates(rule: Rule, dyad: Dyad, seen: list[Seen], max_gap: float) -> list[Found]:
    """Drops from their first flagged session on, with what became of each."""
    sign = 1.0 if rule.change is Change.DROP else -1.0
    scores = [sign * score for score in dyad.scores]
    found: list[Found] = []
    for at, each in enumerate(seen):
        if not each.fires or (rule.merges and found and at <= found[-1].last):
            continue
        reference = sign * each.reference
        level = scores[at] + rule.recovery.share * (reference - scores[at])
        one = Found(at, -1, at, at, -1, "not_known", each.reference)
        for later in range(at + 1, len(scores)):
            if dyad.far(later, max_gap):
                break
            back = scores[later] > level + TIE if rule.recovery.strictly else scores[later] >= level - TIE
            if back:
                one.recovered, one.status = later, "recovered"
                break
            one.last = later
            if scores[later] < scores[one.nadir] - TIE:
                one.nadir = later
            if rule.recovery.within is not None and later - at == rule.recovery.within:
                one.status = "open"
                break
            if rule.recovery.within is None and rule.change is Change.GAIN:
                one.status = "open"  # a gain holds as far as it is seen
        for earlier in reversed(dyad.stretch(at, max_gap)):
            if scores[earlier] >= reference - TIE:
                one.onset = earlier
                break
        found.append(one)
    return found


RECOVERIES = (Recovery(), Recovery(share=0.5, within=2), Recovery(share=1, within=None, strictly=True))
RULES: list[Rule] = [
    *(Drop(k=1, reference=reference, baseline=2) for reference in Reference),
    *(Drop(k=1.5, scale=scale, minimal_drop=0.25) for scale in Scale),
    BelowOwnMean(k=1),
    IndividualsChart(k=1),
    IndividualsChart(k=1.5, minimal_drop=0.5, autocorrelation=True),
    IndividualsChart(k=0.8, detrended=True),
    IndividualsChart(k=1, sigma="sd"),
    IndividualsChart(k=1, sigma="sd", detrended=True),
    IndividualsChart(k=1.5, screened=True),
    *(
        ReliableDrop(reliability=0.8, reference=each, baseline=2)
        for each in ("previous", "running_maximum", "baseline")
    ),
    ReliableDrop(reliability=0.5, sd=0.5, critical=1, minimal_drop=0.75),
    SuddenLoss(cutoff=0.5),
    SuddenLoss(cutoff=None, share=0.3, criterion3=None, recovery=Recovery(within=2)),
    SuddenLoss(cutoff=0.5, share=None, criterion3="t_test", minimal_drop=0.75),
    SuddenGain(cutoff=0.5, criterion3=None),
    SuddenGain(share=0.5, criterion3="t_test"),
]
DYADS = st.lists(
    st.lists(
        st.tuples(st.sampled_from([1, 1, 1, 1, 2, 4]), st.none() | st.integers(4, 20).map(lambda quarter: quarter / 4)),
        min_size=1,
        max_size=12,
    ),
    min_size=1,
    max_size=4,
)


def panel_of(dyads: list[list[tuple[int, float | None]]], *, better: bool, max_gap: float | None) -> Panel:
    """A panel of dyads A, B, ... with steps between sessions and scores, on a scale that runs either way."""
    rows = [
        (chr(65 + place), float(sum(step for step, _ in dyad[: at + 1])), score)
        for place, dyad in enumerate(dyads)
        for at, (_, score) in enumerate(dyad)
    ]
    labels, sessions, scores = zip(*rows, strict=True)
    return Panel.from_arrays(labels, sessions, scores, scale=(1, 5), higher_is_better=better, max_gap=max_gap)


def plain(panel: Panel, *, better: bool) -> list[Dyad]:
    """The scored sessions of a panel by dyad, turned so that higher is better."""
    found: dict[str, Dyad] = {}
    for at, (label, session, score) in enumerate(panel.to_frame("polars").select("dyad", "session", "score").rows()):
        if score is not None:
            dyad = found.setdefault(label, Dyad([], [], []))
            dyad.rows.append(at)
            dyad.sessions.append(session)
            dyad.scores.append(score if better else LOW + HIGH - score)
    return list(found.values())


@settings(max_examples=150, deadline=None)
@given(
    DYADS, st.sampled_from([None, 1.0, 2.0]), st.booleans(), st.sampled_from(RULES), st.sampled_from(RULES),
    st.sampled_from(RECOVERIES),
)  # fmt: skip
def test_verdicts_and_candidates_are_those_of_a_plain_reading(
    dyads: list[list[tuple[int, float | None]]],
    max_gap: float | None,
    better: bool,
    rule: Rule,
    second: Rule,
    recovery: Recovery,
) -> None:
    """Who is flagged, what could not be for want of a level or of variation, and every column of the candidates."""
    assume(rule != second and any(score is not None for dyad in dyads for _, score in dyad))
    rule = evolve(rule, recovery=recovery)
    panel = panel_of(dyads, better=better, max_gap=max_gap)
    held = plain(panel, better=better)
    pool = Pool(held, math.inf if max_gap is None else max_gap)
    found = detect(panel, primary=rule, also=[second])
    read_by = [[read(each, dyad, pool) for dyad in held] for each in (rule, second)]
    for code, seen in zip(found.codes, read_by, strict=True):
        expected = np.full(panel.n_sessions, CODES[Verdict.NO_SCORE])
        for dyad, by_session in zip(held, seen, strict=True):
            for row, each in zip(dyad.rows, by_session, strict=True):
                said = int(code[row])
                assert (said == 1) == each.fires
                if each.unable in (Reason.NO_REFERENCE, Reason.NO_VARIATION_KNOWN, Reason.FEW_AROUND):
                    assert said == CODES[each.unable]
                elif not each.fires and each.unable is not None:
                    assert said >= 16
                expected[row] = said
        assert code.tolist() == expected.tolist()
    flagged_too = {
        row for dyad, seen in zip(held, read_by[1], strict=True)
        for row, each in zip(dyad.rows, seen, strict=True) if each.fires
    }  # fmt: skip

    def turn(score: float) -> float:
        return score if better else LOW + HIGH - score

    wanted: list[dict[str, Any]] = []
    for dyad, by_session in zip(held, read_by[0], strict=True):
        for one in candidates(rule, dyad, by_session, pool.max_gap):
            spanned = range(dyad.rows[one.flagged], dyad.rows[one.last] + 1)
            wanted.append(
                {
                    "dyad": panel.to_frame("polars")["dyad"][dyad.rows[0]],
                    "onset": dyad.sessions[one.onset] if one.onset >= 0 else None,
                    "flagged_at": dyad.sessions[one.flagged],
                    "extreme_at": dyad.sessions[one.nadir],
                    "reference": turn(one.reference),
                    "extreme": turn(dyad.scores[one.nadir]),
                    "distance": abs(one.reference - dyad.scores[one.nadir]),
                    "length": one.last - one.flagged + 1,
                    **ending(rule.change, one.status, dyad.sessions[one.recovered] if one.recovered >= 0 else None),
                    "also": (second.label,) if flagged_too & set(spanned) else (),
                    "limit": turn(by_session[one.flagged].limit),
                    **by_session[one.flagged].more,
                }
            )
    told: list[Any] = [as_dict(each, wanted[0]) for each in found.candidates] if wanted else list(found.candidates)
    assert len(told) == len(wanted)
    for had, other in zip(told, wanted, strict=True):
        for name, value in other.items():
            near = pytest.approx(value, abs=2 * NOTHING) if isinstance(value, float) else value
            assert had[name] == near, name


def ending(change: Change, status: str, at: float | None) -> dict[str, Any]:
    """What became of a candidate: the recovery of a drop, or the reversal of a gain, and nothing of the other."""
    if change is Change.DROP:
        return {"recovery": status, "recovered_at": at, "reversal": None, "lost_again_at": None}
    held = {"recovered": "lost_again", "open": "held"}.get(status, status)
    return {"recovery": None, "recovered_at": None, "reversal": held, "lost_again_at": at}


def as_dict(candidate: Any, names: dict[str, Any]) -> dict[str, Any]:
    """A candidate under the names of a plain reading."""
    return {
        name: candidate.values[name] if name in candidate.values and name != "reference" else getattr(candidate, name)
        for name in names
    }


def test_ranges_and_stretches_end_at_a_gap() -> None:
    """The plain reading itself: two sessions with a gap between them share no range."""
    dyad = Dyad([0, 1, 2], [1.0, 2.0, 9.0], [4.0, 3.0, 5.0])
    assert dyad.ranges(dyad.scores, 2) == [1.0]
    assert [dyad.stretch(at, 2) for at in range(3)] == [[], [0], []]
    assert [list(each) for each in pairwise(dyad.scores)] == [[4.0, 3.0], [3.0, 5.0]]
