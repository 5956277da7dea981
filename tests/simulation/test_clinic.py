"""A simulated clinic: its moments, its truth, its streams."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.domain.ratings import Rater
from therarel.errors import InvalidValueError
from therarel.simulation import ClinicParameters, SimulatedClinic, simulate_clinic
from therarel.simulation.chunks import CHUNK

OPEN = ClinicParameters(scale=(-1000, 1000), step=None, sessions=20, rupture_share=0)


@pytest.fixture(scope="module")
def plain() -> SimulatedClinic:
    """A clinic without ends of the scale, rounding or ruptures, with everything else."""
    return simulate_clinic(12_000, seed=3, parameters=OPEN, therapist_ratings=True)


def matrix(values: np.ndarray) -> np.ndarray:
    """One row per dyad."""
    return values.reshape(-1, 20)


def test_levels_and_slopes_have_the_moments_of_the_parameters(plain: SimulatedClinic) -> None:
    """Mean, slope, between-client and within-client spread come back."""
    scores, time = matrix(plain.score), np.arange(20)
    assert scores[:, 0].mean() == pytest.approx(3.9, abs=0.03)
    assert scores[:, 0].var() == pytest.approx(0.65**2 + 0.35**2, rel=0.05)
    centred = time - time.mean()
    slopes = scores @ centred / (centred**2).sum()
    assert slopes.mean() == pytest.approx(0.02, abs=0.002)


def test_noise_has_the_spread_and_autocorrelation_of_the_parameters() -> None:
    """Without levels and slopes what remains is the autoregression."""
    parameters = ClinicParameters(
        scale=(-1000, 1000), step=None, sessions=20, rupture_share=0, between_sd=0, slope=0, slope_sd=0
    )
    noise = matrix(simulate_clinic(5000, seed=1, parameters=parameters).score) - 3.9
    assert noise.std() == pytest.approx(0.35, rel=0.02)
    assert (noise[:, 1:] * noise[:, :-1]).mean() / noise.var() == pytest.approx(0.3, abs=0.02)
    assert noise[:, 0].std() == pytest.approx(noise[:, -1].std(), rel=0.05)


def test_therapists_share_the_variance_that_they_should(plain: SimulatedClinic) -> None:
    """Clients of one therapist are as alike as the share says."""
    first = matrix(plain.score)[:, :1].mean(axis=1)
    groups = first.reshape(-1, 8)
    between = groups.mean(axis=1).var(ddof=1) - groups.var(axis=1, ddof=1).mean() / 8
    assert between == pytest.approx(0.05 * 0.65**2, abs=0.012)


def test_the_two_raters_agree_as_far_as_they_should(plain: SimulatedClinic) -> None:
    """Correlation and difference of the raters are those of the parameters."""
    assert plain.therapist_score is not None
    one, two = matrix(plain.score).mean(axis=1), matrix(plain.therapist_score).mean(axis=1)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(0.36, abs=0.04)
    assert two.mean() - one.mean() == pytest.approx(-0.5 * 0.65 - 0.19 * (1 - 0.36), abs=0.06)
    within = matrix(plain.score) - one[:, None], matrix(plain.therapist_score) - two[:, None]
    assert np.corrcoef(within[0].ravel(), within[1].ravel())[0, 1] == pytest.approx(0.36, abs=0.05)


def test_ruptures_are_as_frequent_as_published() -> None:
    """A quarter of the clients, 58 % of them repaired, about 9 % of the sessions."""
    made = simulate_clinic(20_000, seed=2)
    truth = made.ruptures
    assert len(truth) / made.n_dyads == pytest.approx(0.25, abs=0.015)
    assert truth.repaired.mean() == pytest.approx(0.58, abs=0.02)
    assert made.in_rupture.mean() == pytest.approx(0.09, abs=0.008)
    assert truth.depth.mean() == pytest.approx(1.0, abs=0.01)
    assert truth.depth.min() >= 0.7
    assert truth.depth.max() <= 1.5


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(0, 8), st.floats(0, 1))
def test_the_truth_lies_within_the_series(seed: int, shortest: int, more: int, repaired: float) -> None:
    """Each rupture has a session before it, a lowest one after, and one after it where it is repaired."""
    parameters = ClinicParameters(sessions=(shortest, shortest + more), rupture_share=1, repaired_share=repaired)
    made = simulate_clinic(40, seed=seed, parameters=parameters)
    truth, n = made.ruptures, made.sizes[made.ruptures.dyad]
    assert (truth.onset >= 1).all()
    assert (truth.nadir > truth.onset).all()
    assert (truth.nadir <= truth.last).all()
    assert (np.where(truth.repaired, truth.last < n, truth.last == n)).all()
    assert (np.isnan(truth.recovered_at) == ~truth.repaired).all()
    assert int(made.in_rupture.sum()) == int(truth.length.sum())


def test_the_dip_is_where_the_truth_says_and_as_deep() -> None:
    """The same seed with and without ruptures differs in the sessions of the truth alone, by the depth at the nadir."""
    from attrs import evolve

    dipped = simulate_clinic(300, seed=6, parameters=evolve(OPEN, rupture_share=1))
    flat = simulate_clinic(300, seed=6, parameters=OPEN)
    drop = flat.score - dipped.score
    assert (drop[~dipped.in_rupture] == 0).all()
    assert (drop[dipped.in_rupture] > 0).all()
    truth = dipped.ruptures
    assert drop[dipped.starts[truth.dyad] + truth.nadir - 1] == pytest.approx(truth.depth)


def test_clients_with_a_poorer_alliance_leave_sooner() -> None:
    """About one in five leaves, and those who leave rated lower at their last session."""
    made = simulate_clinic(20_000, seed=4, dropout=True, sessions=16)
    assert made.left is not None
    assert made.left.mean() == pytest.approx(0.2, abs=0.04)
    last = made.score[made.starts[1:] - 1]
    assert last[made.left].mean() < last[~made.left].mean() - 0.1
    assert (made.sizes[made.left] < 16).all()
    assert (made.ruptures.last <= made.sizes[made.ruptures.dyad]).all()
    assert (made.ruptures.onset < made.sizes[made.ruptures.dyad]).all()


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_any_number_of_threads_gives_the_same_clinic(threads: int) -> None:
    """The seed alone decides, over several chunks and everything that is simulated."""
    size = 2 * CHUNK + 37
    one = simulate_clinic(size, seed=9, sessions=5, therapist_ratings=True, outcome=True, dropout=True, threads=1)
    two = simulate_clinic(size, seed=9, sessions=5, therapist_ratings=True, outcome=True, dropout=True, threads=threads)
    for name in ("score", "starts", "therapist_score", "symptoms", "left"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert np.array_equal(one.ruptures.onset, two.ruptures.onset)


def test_what_is_asked_for_besides_never_changes_the_scores() -> None:
    """Therapist ratings and symptoms come from streams of their own."""
    alone = simulate_clinic(50, seed=1)
    with_all = simulate_clinic(50, seed=1, therapist_ratings=True, outcome=True)
    assert np.array_equal(alone.score, with_all.score)
    assert with_all.symptoms is not None
    without_ratings = simulate_clinic(50, seed=1, outcome=True).symptoms
    assert without_ratings is not None
    assert np.array_equal(with_all.symptoms, without_ratings)


def test_therapists_keep_their_level_across_chunks() -> None:
    """A therapist whose clients stand in two chunks is one therapist."""
    from attrs import evolve

    only_therapists = evolve(
        OPEN, within_sd=0, slope=0, slope_sd=0, therapist_share=1, sessions=(1, 1), clients_per_therapist=5000
    )
    made = simulate_clinic(3 * CHUNK, seed=2, parameters=only_therapists)
    for therapist in np.unique(made.therapist):
        assert np.ptp(made.score[made.therapist == therapist]) < 1e-12


def test_scores_lie_on_the_scale_in_its_steps() -> None:
    """Scores are clipped to the scale and rounded to twelfths."""
    score = simulate_clinic(2000, seed=1).score
    assert score.min() >= 1
    assert score.max() == 5
    assert np.abs(score * 12 - np.round(score * 12)).max() < 1e-9


def test_a_clinic_gives_a_panel_of_either_rater() -> None:
    """Panels are of the alliance, and of the rater that was asked for."""
    made = simulate_clinic(10, seed=1, therapist_ratings=True)
    assert made.panel().rater is Rater.CLIENT
    assert made.panel("therapist").rater is Rater.THERAPIST
    with pytest.raises(InvalidValueError, match="therapist_ratings=True"):
        simulate_clinic(10, seed=1).panel("therapist")
    assert made.panel().n_sessions == made.n_sessions
    assert "simulated" in repr(made)


@pytest.mark.parametrize(
    "given_", [{"n_dyads": 0}, {"seed": -1}, {"seed": 1.5}, {"threads": 0}, {"sessions": 0}, {"sessions": (5, 4)}]
)
def test_impossible_numbers_are_refused(given_: dict[str, object]) -> None:
    """Counts are whole and in order."""
    with pytest.raises(InvalidValueError):
        simulate_clinic(**{"n_dyads": 5, "seed": 1} | given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given_",
    [
        {"phi": 1.0},
        {"between_sd": -1},
        {"within_sd": math.nan},
        {"rupture_share": 1.2},
        {"scale": (5, 1)},
        {"depth": (1, 0.5, 2)},
        {"depth": (1, 2)},
        {"decline": (0.5, 0.4)},
        {"step": 0},
        {"withdrawal": 0.8, "confrontation": 0.4},
    ],
)
def test_impossible_parameters_are_refused(given_: dict[str, object]) -> None:
    """A parameter out of bounds is named."""
    with pytest.raises(InvalidValueError):
        ClinicParameters(**given_)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["scale", "depth", "sessions", "decline", "hold", "repair"])
@pytest.mark.parametrize("strange", [None, 0.5, "long", (1, "long", 3), ("long", "long"), (None,), ()])
def test_what_is_no_list_of_numbers_is_refused_by_name(name: str, strange: object) -> None:
    """A parameter of several numbers takes nothing else, and the error names it."""
    with pytest.raises(InvalidValueError, match=f"^ClinicParameters.{name}: "):
        ClinicParameters(**{name: strange})  # type: ignore[arg-type]
