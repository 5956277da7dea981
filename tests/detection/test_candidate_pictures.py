"""Pictures of candidates: what is shaded, what is drawn where, read back from the drawing."""

from __future__ import annotations

import math
import re

import pytest
from tests.detection.results import RESULTS

from therarel.detection import RuptureCandidate, detect, rules
from therarel.detection.candidates import Candidates
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

CANDIDATES = {
    f"{name} {at}": each
    for name in ("alliance", "outcome", "days")
    for at, each in enumerate(RESULTS[name]().candidates)
}


def numbers(pattern: str, picture: str) -> list[tuple[float, ...]]:
    """Every match of a pattern, as numbers."""
    return [tuple(map(float, found)) for found in re.findall(pattern, picture)]


@pytest.mark.parametrize("name", CANDIDATES)
def test_the_stretch_that_is_shaded_is_that_of_the_candidate(name: str) -> None:
    """From the last session at the level, or the first that was flagged, to the way back or the last one seen."""
    candidate = CANDIDATES[name]
    picture = candidate.draw().to_svg()
    points = numbers(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.2"', picture)
    assert len(points) == len(candidate.sessions) == len(candidate.scores)
    across = dict(zip(candidate.sessions, (x for x, _ in points), strict=True))
    ((left, width),) = numbers(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*opacity', picture)
    begin = candidate.flagged_at if candidate.onset is None else candidate.onset
    seen = [session for session in candidate.sessions if session >= candidate.flagged_at][: candidate.length]
    end = candidate.returned_at or seen[-1]
    assert left == pytest.approx(across[begin], abs=0.1)
    assert left + width == pytest.approx(across[end], abs=0.1)


@pytest.mark.parametrize("name", CANDIDATES)
def test_better_scores_stand_higher_up(name: str) -> None:
    """Whichever way the scale runs; and the description ends with the candidate in words."""
    candidate = CANDIDATES[name]
    picture = candidate.draw()
    points = numbers(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.2"', picture.to_svg())
    sign = -1 if candidate.scale.higher_is_better else 1
    heights = [sign * score for score in candidate.scores]
    order = sorted(range(len(points)), key=lambda at: heights[at])
    drawn = [points[at][1] for at in order]
    assert drawn == sorted(drawn)
    assert picture.title.lower().startswith(candidate.name)
    assert picture.title.endswith(f" in dyad {candidate.called}")
    assert picture.description.endswith(candidate.explain())
    assert candidate._repr_svg_() == picture.to_svg()


@pytest.mark.parametrize("name", CANDIDATES)
def test_what_was_seen_at_a_session_is_its_score_and_its_limit(name: str) -> None:
    """At each scored session; at any other there is neither."""
    candidate = CANDIDATES[name]
    for session, score, limit in zip(candidate.sessions, candidate.scores, candidate.limits, strict=True):
        seen = candidate.seen_at(session)
        assert seen[0] == score
        assert seen[1] == limit or (math.isnan(seen[1]) and math.isnan(limit))
    assert all(math.isnan(each) for each in candidate.seen_at(candidate.sessions[-1] + 0.5))


def test_a_candidate_stands_at_its_place_from_either_end() -> None:
    """The last but one is the one before the last; beyond either end there is none."""
    found: Candidates = RESULTS["alliance"]().candidates
    every: list[RuptureCandidate] = list(found)
    assert [found[at] for at in range(-len(every), 0)] == every
    assert list(found[1:-1]) == every[1:-1]
    assert list(found[::-2]) == every[::-2]
    for beyond in (len(every), -len(every) - 1):
        with pytest.raises(IndexError):
            found[beyond]


SCANNED = [
    detect(of, primary=rule, expected="none").candidates[0]
    for rule, of in (
        (rules.Scan(null=NullModel()), simulate_clinic(14, seed=7, sessions=10).panel()),
        (
            rules.Scan(null=NullModel(intercept=-12, within_sd=2, minimum=-27, maximum=0, step=1)),
            Panel.from_arrays(["A"] * 9, range(9), [12, 13, 11, 12, 20, 21, 20, 12, 11], instrument="phq-9"),
        ),
    )
]


@pytest.mark.parametrize("candidate", SCANNED, ids=["alliance", "symptoms"])
def test_a_finding_of_the_scan_is_drawn_with_what_was_expected(candidate: RuptureCandidate) -> None:
    """The expected course is within its band at every session, and the fall is shaded from that course to the scores."""
    low, high = candidate.band
    assert len(low) == len(candidate.expected) == len(candidate.sessions)
    assert all(below < mean < above for below, mean, above in zip(low, candidate.expected, high, strict=True))
    sessions, scores, expected = candidate.shortfall
    worse = -1 if candidate.scale.higher_is_better else 1
    assert sessions[0] <= candidate.flagged_at <= sessions[-1]
    assert all(worse * (score - mean) >= 0 for score, mean in zip(scores, expected, strict=True))
    assert max(worse * (score - mean) for score, mean in zip(scores, expected, strict=True)) > 0.5
    reference = candidate.expected[candidate.sessions.index(candidate.flagged_at)]
    assert reference == pytest.approx(candidate.reference)
    chart = candidate.draw()
    picture = chart.to_svg()
    for named in ("expected from the other scores", "95 of 100 scores that only wander"):
        assert named in picture
        assert named in str(chart.to_altair().to_dict())
    assert "limit of the rule" not in picture


def test_a_rule_that_expects_no_course_has_no_band() -> None:
    """The other rules keep their limit and their reference level."""
    candidate = CANDIDATES["alliance 0"]
    assert candidate.expected == ()
    assert candidate.band == ([], [])
    assert candidate.shortfall == ([], [], [])
    assert "reference level" in candidate.draw().to_svg()


@pytest.mark.parametrize("candidate", SCANNED, ids=["alliance", "symptoms"])
def test_a_finding_of_a_stated_model_gives_its_grounds(candidate: RuptureCandidate) -> None:
    """The model is among the settings as figures, each short enough for the record of a course."""
    settings = {each.name: each.value for each in candidate.grounds.settings}
    assert settings["null"] == "stated"
    assert settings["wandering_within_sd"] == candidate.rule.settings["wandering_within_sd"]
    unused = rules.EarlierScan(null=NullModel(phi=0.25)).settings
    assert (unused["null"], unused["null_phi"]) == ("stated", 0.25)
    assert rules.Scan(null=NullModel(phi=0.25)).settings["null_phi"] == 0.25
