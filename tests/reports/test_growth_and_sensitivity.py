"""What a reviewer asks for beyond the counts: how they change with the noise, and how scores grow."""

from __future__ import annotations

from attrs import evolve

from therarel.detection import detect, rules
from therarel.detection.other_noise import other_noise
from therarel.growth import fit_growth
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.simulation import ClinicParameters, simulate_clinic

QUIET = ClinicParameters(rupture_share=0, sessions=10)
NULL = NullModel()


def of_noise(*, sensitivity: bool) -> Report:
    """A report on a clinic in which nothing happens, by a scan whose noise is stated."""
    panel = simulate_clinic(40, seed=4, parameters=QUIET).panel()
    found = detect(panel, primary=rules.Scan(null=NULL), also=[rules.Drop(k=2)], expected=NULL)
    return report(found, sensitivity=sensitivity)


def test_the_count_that_noise_gives_moves_with_the_noise() -> None:
    """Wider noise and long tails make a scan flag more than its limit was set for, narrower noise fewer."""
    made = of_noise(sensitivity=True)
    scan = {noise.change: noise.means[0] for noise in made.sensitivity}
    base = scan[""]
    assert 0.02 * 40 < base < 0.09 * 40
    assert scan["noise SD -10%"] < base < scan["noise SD +10%"]
    assert scan["long tails (t with 5 df)"] > 1.3 * base
    assert len(scan) == 7
    assert all(error > 0 for noise in made.sensitivity for error in noise.errors)


def test_the_table_of_other_noise_is_on_the_page_and_in_the_data() -> None:
    """Every change has its line, beside what was flagged; nobody who does not ask for it waits for it."""
    made, plain = of_noise(sensitivity=True), of_noise(sensitivity=False)
    for noise in made.sensitivity:
        assert f"{noise.means[0]:.1f} ({noise.errors[0]:.1f})" in made.html
        assert noise.change in made.html
    assert "If the noise were other" in made.html
    assert "If the noise were other" not in plain.html
    told = made.as_dict()["sensitivity"]
    assert isinstance(told, list)
    assert [each["means"] for each in told] == [list(noise.means) for noise in made.sensitivity]
    assert plain.as_dict()["sensitivity"] == []


def test_where_the_noise_is_not_known_nothing_else_is_tried() -> None:
    """A panel that is too small for a null model has no table of other noise."""
    panel = simulate_clinic(5, seed=4, parameters=QUIET).panel()
    assert report(detect(panel, primary=rules.Drop(k=2)), sensitivity=True).sensitivity == ()


def test_a_change_of_one_figure_is_that_change_alone() -> None:
    """The same seed gives the same numbers; without noise nothing is flagged, whatever is changed."""
    panel = simulate_clinic(20, seed=4, parameters=QUIET).panel()
    still = evolve(NULL, within_sd=1e-6, slope=0.0, slope_sd=0.0)
    drop = rules.SuddenLoss(cutoff=1)
    assert all(noise.means == (0.0,) for noise in other_noise(panel, [drop], still, dyads=20, seed=1))
    once, again = (other_noise(panel, [drop], NULL, dyads=20, seed=1) for _ in range(2))
    assert once == again


def test_growth_is_shown_in_words_a_figure_and_a_table() -> None:
    """Slope with its interval, the fan, fixed effects and standard deviations; and the sentence turns with the scale."""
    clinic = simulate_clinic(40, seed=4, parameters=evolve(QUIET, slope=0.1))
    frame = clinic.panel().to_frame("polars")
    for higher in (True, False):
        panel = Panel.from_frame(
            frame, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=higher
        )
        fit = fit_growth(panel, "score ~ session", {"dyad": "1 + session"})
        html = report(detect(panel, primary=rules.Drop(k=2), expected="none"), growth=fit).html
        assert "How scores grow" in html
        assert f", for the {'better' if higher else 'worse'}." in html
        assert f"{fit.fixed['session']:.3f}" in html
        assert "Expected score over session" in html
        assert "missing at random" in html


def test_a_growth_model_of_another_shape_is_shown_without_a_slope_in_words() -> None:
    """Where the change is not one figure the words say that a model was fitted, and the table has the rest."""
    panel = simulate_clinic(40, seed=4, parameters=QUIET).panel()
    fit = fit_growth(panel, "score ~ session + I(session**2)", {"dyad": "1"})
    html = report(detect(panel, primary=rules.Drop(k=2), expected="none"), growth=fit).html
    assert "A model of growth was fitted to" in html
    assert "On average scores change" not in html
