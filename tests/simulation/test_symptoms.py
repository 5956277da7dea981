"""Symptoms of a simulated clinic: clients improve, more so with a better early alliance, and both go together."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.simulation import ClinicParameters, SimulatedClinic, simulate_clinic

OPEN = ClinicParameters(scale=(-1000, 1000), step=None, sessions=20, rupture_share=0)
# Nothing but what comes and goes within clients.
WITHIN = evolve(
    OPEN, between_sd=0, slope=0, slope_sd=0, outcome_share=0, outcome_improvement=0, outcome_improvement_sd=0,
    outcome_between=0,
)  # fmt: skip


def symptoms_of(clinic: SimulatedClinic) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The symptoms, which were asked for."""
    assert clinic.symptoms is not None
    return clinic.symptoms


def early_and_change(clinic: SimulatedClinic) -> tuple[np.ndarray, np.ndarray]:
    """The score of each client's third session, and the fall of symptoms from the first to the last one."""
    symptoms, first = symptoms_of(clinic), clinic.starts[:-1]
    early = clinic.score[first + np.minimum(clinic.sizes, 3) - 1]
    return early, symptoms[first] - symptoms[clinic.starts[1:] - 1]


def correlation(clinic: SimulatedClinic) -> float:
    """The correlation of early alliance and outcome."""
    return float(np.corrcoef(*early_and_change(clinic))[0, 1])


def test_early_alliance_predicts_outcome_as_published() -> None:
    """Early alliance and change of symptoms correlate within the published interval, .256 to .299, over several seeds."""
    found = [correlation(simulate_clinic(20_000, seed=seed, outcome=True)) for seed in range(4)]
    assert 0.256 <= found[0] <= 0.299
    assert 0.26 <= np.mean(found) <= 0.295


@pytest.mark.parametrize("sessions", [2, 3, 4, 8, 16, 40])
@pytest.mark.parametrize("between", [0.1, 0.278, 0.4])
def test_the_correlation_does_not_depend_on_the_length_of_the_course(sessions: int, between: float) -> None:
    """Without ruptures and ends of the scale the correlation is the parameter, whatever the number of sessions."""
    parameters = evolve(OPEN, sessions=sessions, outcome_between=between, slope_sd=0)
    assert correlation(simulate_clinic(20_000, seed=5, parameters=parameters, outcome=True)) == pytest.approx(
        between, abs=0.02
    )


def test_clients_improve() -> None:
    """Symptoms fall by the mean improvement from the first to the last session, session by session, whatever the length."""
    clinic = simulate_clinic(8000, seed=2, parameters=evolve(OPEN, sessions=(5, 20)), outcome=True)
    _, change = early_and_change(clinic)
    assert change.mean() == pytest.approx(0.8, abs=0.04)
    whole = symptoms_of(simulate_clinic(8000, seed=2, parameters=OPEN, outcome=True)).reshape(-1, 20)
    assert whole[:, 0].std() == pytest.approx(1.0, abs=0.02)
    assert np.diff(whole.mean(axis=0)) == pytest.approx(np.full(19, -0.8 / 19), abs=0.04)
    assert simulate_clinic(500, seed=2, sessions=1, outcome=True).symptoms is not None


@settings(max_examples=12, deadline=None)
@given(
    phi=st.floats(-0.2, 0.6),
    own=st.floats(0.0, 0.7),
    to_symptoms=st.floats(-0.35, 0.1),
    to_alliance=st.floats(-0.3, 0.1),
    seed=st.integers(0, 99),
)
def test_symptoms_and_alliance_predict_each_other_as_the_parameters_say(
    phi: float, own: float, to_symptoms: float, to_alliance: float, seed: int
) -> None:
    """Regressing each on both of the session before gives the two effects, and symptoms keep their variance."""
    parameters = evolve(WITHIN, phi=phi, outcome_phi=own, outcome_within=to_symptoms, outcome_reverse=to_alliance)
    clinic = simulate_clinic(3000, seed=seed, parameters=parameters, outcome=True)
    alliance = (clinic.score.reshape(-1, 20) - parameters.intercept) / parameters.within_sd
    symptoms = symptoms_of(clinic).reshape(-1, 20)
    before = np.column_stack([symptoms[:, :-1].ravel(), alliance[:, :-1].ravel()])
    for after, effects in ((symptoms, (own, to_symptoms)), (alliance, (to_alliance, None))):
        found = np.linalg.lstsq(before, after[:, 1:].ravel(), rcond=None)[0]
        for each, effect in zip(found, effects, strict=True):
            assert effect is None or each == pytest.approx(effect, abs=0.025)
    assert symptoms.var(axis=0) == pytest.approx(np.ones(20), abs=0.12)


def test_symptoms_are_autocorrelated_within_clients() -> None:
    """What comes and goes lasts from session to session, and is no white noise."""
    symptoms = symptoms_of(simulate_clinic(4000, seed=1, parameters=WITHIN, outcome=True)).reshape(-1, 20)
    lag = (symptoms[:, 1:] * symptoms[:, :-1]).mean() / symptoms.var()
    # Given the alliance it is .4; what both directions add is small.
    assert lag == pytest.approx(0.42, abs=0.02)


def test_ruptures_bring_symptoms() -> None:
    """In and after a rupture there are more symptoms than in the same clinic without one, and never before it."""
    dipped = simulate_clinic(3000, seed=6, parameters=evolve(WITHIN, rupture_share=1), outcome=True)
    flat = simulate_clinic(3000, seed=6, parameters=WITHIN, outcome=True)
    more = symptoms_of(dipped) - symptoms_of(flat)
    began = np.cumsum(dipped.in_rupture.reshape(-1, 20), axis=1).ravel() > 0
    assert np.abs(more[~began]).max() < 1e-12
    assert more[began].mean() > 0.2
    assert more.min() > -1e-12


@pytest.mark.parametrize(
    "given_",
    [
        {"outcome_phi": 0.99, "outcome_within": -0.9},
        {"outcome_reverse": -1.0, "phi": 0.9},
        {"outcome_between": 0.9},
        {"outcome_improvement_sd": 0},
    ],
)
def test_effects_that_cannot_be_are_refused(given_: dict[str, float]) -> None:
    """Effects that leave symptoms no noise, and a correlation that no improvement could give, are named if asked for."""
    parameters = ClinicParameters(**given_)  # type: ignore[arg-type]  # numbers
    with pytest.raises(InvalidValueError, match="outcome"):
        simulate_clinic(5, seed=1, parameters=parameters, outcome=True)
    assert simulate_clinic(5, seed=1, parameters=parameters).symptoms is None
