"""``therarel growth`` and ``therarel calibrate`` say what Python says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.cli import main
from therarel.detection import calibrate, rules
from therarel.growth import BoundaryWarning, fit_growth
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

KNOWN = ["--higher-is-better", "--scale", "1", "5"]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of thirty simulated dyads."""
    file = tmp_path_factory.mktemp("clinic") / "clinic.csv"
    frame = simulate_clinic(30, seed=4).panel().to_frame("polars")
    frame.select("dyad", "session", "score", "therapist").write_csv(file)
    return file


def run(*arguments: str | Path) -> Result:
    """The command."""
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def test_a_growth_model_is_that_of_python(clinic: Path) -> None:
    """Estimates are the same, and the text holds the summary and the paragraph on methods."""
    panel = Panel.read(clinic, higher_is_better=True, scale=(1, 5))
    with pytest.warns(BoundaryWarning):
        fit = fit_growth(panel, "score ~ session", {"therapist": "1", "dyad": "1 + session"})
    asked: list[str | Path] = [
        clinic,
        "score ~ session",
        *KNOWN,
        "--random",
        "therapist=1",
        "--random",
        "dyad=1 + session",
    ]
    told = run("growth", *asked, "--json")
    assert "Note: The variance of Intercept" in told.stderr
    found = json.loads(told.stdout)
    assert found["log_likelihood"] == pytest.approx(fit.log_likelihood, abs=1e-9)
    assert [each["estimate"] for each in found["fixed_effects"]] == pytest.approx(
        [each.estimate for each in fit.fixed_effects()], abs=1e-9
    )
    text = run("growth", *asked).stdout
    assert str(fit).splitlines()[0] in " ".join(text.split())
    assert "linear mixed model" in text


def test_what_is_wrong_with_a_model_is_told(clinic: Path) -> None:
    """A misspelt column has a near miss, and random effects need their terms."""
    assert "did you mean 'session'" in run("growth", clinic, "score ~ sesion", *KNOWN).stderr
    told = run("growth", clinic, "score ~ session", *KNOWN, "--random", "dyad")
    assert (told.exit_code, "--random 'dyad=1 + session'" in told.stderr) == (2, True)


def test_rates_are_those_of_python(clinic: Path) -> None:
    """The rule, the panel and the seed give the same rates; a seed of its own is said."""
    panel = Panel.read(clinic, higher_is_better=True, scale=(1, 5))
    rates = calibrate(rules.IndividualsChart(), like=panel, depths=(1.5,), clients=300, seed=7)
    asked = [*KNOWN, "--rule", "individuals-chart", "--depth", "1.5", "--clients", "300", "--seed", "7"]
    (found,) = json.loads(run("calibrate", clinic, *asked, "--json").stdout)
    for name, cells in rates.columns().items():
        assert found[name] == [None if cell != cell else cell for cell in cells]
    assert "seed 7" in run("calibrate", clinic, *asked).stdout
    assert "name the file" in run("calibrate", *KNOWN).stderr
