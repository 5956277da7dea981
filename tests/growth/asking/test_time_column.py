"""Which column is a model's time: a panel's session always, of a table the named or the only possible one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from therarel.errors import InvalidValueError
from therarel.growth import fit_growth
from therarel.panels import Panel


def serial(*, dyads: int = 60, sessions: int = 12, phi: float = 0.6) -> pl.DataFrame:
    """Scores with autocorrelated residuals and a mood that varies from session to session."""
    chance = np.random.default_rng(8)
    noise = chance.normal(size=(dyads, sessions))
    for step in range(1, sessions):
        noise[:, step] = phi * noise[:, step - 1] + np.sqrt(1 - phi**2) * noise[:, step]
    mood = chance.normal(size=(dyads, sessions)).round(2)
    score = noise + 0.3 * mood + chance.normal(size=(dyads, 1))
    dyad, session = np.repeat(np.arange(dyads), sessions), np.tile(np.arange(1.0, sessions + 1), dyads)
    columns = {"dyad": dyad, "session": session, "mood": mood.ravel(), "arm": np.where(dyad % 2, "b", "a")}
    return pl.DataFrame({**columns, "age": 20.0 + dyad, "score": score.ravel()})


TABLE = serial()
PANEL = Panel.from_frame(
    TABLE, dyad="dyad", session="session", score="score", covariates=["mood", "arm", "age"], scale=(-20, 20),
    higher_is_better=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "effects"),
    [("score ~ session + mood", "1 + mood"), ("score ~ mood", "1 + mood"), ("score ~ mood", "1"), ("score ~ 1", "1"),
     ("score ~ log(session)", "1")],
)  # fmt: skip
def test_the_time_of_a_panel_is_its_session(formula: str, effects: str) -> None:
    """Autocorrelation runs over sessions, whatever else varies and whether or not the formula names the session."""
    fit = fit_growth(PANEL, formula, {"dyad": effects}, residual="ar1")
    assert fit.design.time == "session"
    assert fit.phi == pytest.approx(0.6, abs=0.08)
    assert "time: session" in str(fit)
    assert "time being 'session'" in fit.methods_paragraph()


def test_another_time_of_a_panel_is_refused() -> None:
    """A panel declares its time; a model of it has no other one."""
    with pytest.raises(InvalidValueError, match=r"got 'mood' \(expected 'session'\)"):
        fit_growth(PANEL, "score ~ mood", {"dyad": "1"}, time="mood")
    assert fit_growth(PANEL, "score ~ mood", {"dyad": "1"}, time="session").design.time == "session"


def test_the_only_column_that_changes_within_dyads_is_the_time_of_a_table() -> None:
    """Age and arm, which a dyad has once, are no candidates."""
    assert fit_growth(TABLE, "score ~ session * arm + age", {"dyad": "1"}).design.time == "session"
    assert fit_growth(TABLE.rename({"session": "week"}), "score ~ log(week)", {"dyad": "1"}).design.time == "week"
    days = [date(2024, 1, 1) + timedelta(days=7 * int(week)) for week in TABLE["session"]]
    fit = fit_growth(TABLE.with_columns(held=pl.Series(days)), "score ~ held", {"dyad": "1"})
    assert fit.design.time == "held"
    assert "time: held, in days" in str(fit)


def test_where_several_columns_could_be_the_time_it_has_to_be_said() -> None:
    """What needs a time is refused with the candidates; with ``time=`` it is answered."""
    model = ("score ~ session + mood", {"dyad": "1 + mood"})
    with pytest.raises(InvalidValueError, match=r"could be the time, got 'mood', 'session'.*time='mood' or time='sess"):
        fit_growth(TABLE, *model, residual="ar1")
    fit = fit_growth(TABLE, "score ~ session + mood", {"dyad": "1"})
    assert fit.design.time is None
    assert "time: not said (mood, session could be it)" in str(fit)
    for ask in (fit.draw, lambda: fit.expected_trajectory([1], {"mood": 0})):
        with pytest.raises(InvalidValueError, match="several columns could be the time"):
            ask()
    with pytest.raises(InvalidValueError, match="several columns could be the time"):
        fit.standardised_growth("session")
    said = fit_growth(TABLE, *model, time="session", residual="ar1")
    assert said.phi == pytest.approx(0.6, abs=0.08)


def test_a_model_without_time_says_so_where_time_is_needed() -> None:
    """With nothing that changes within dyads, the hint asks for the column."""
    with pytest.raises(InvalidValueError, match=r"time is not known.*fit with time="):
        fit_growth(TABLE, "score ~ arm", {"dyad": "1"}, residual="ar1")
    assert fit_growth(TABLE, "score ~ arm", {"dyad": "1"}, residual="ar1", time="session").phi == pytest.approx(
        0.6, abs=0.08
    )


def test_time_is_a_column_of_numbers_or_dates() -> None:
    """Words are no time, nor is something that is no column."""
    with pytest.raises(InvalidValueError, match="numbers or dates"):
        fit_growth(TABLE, "score ~ session", {"dyad": "1"}, time="arm")
    with pytest.raises(InvalidValueError, match="name of a column"):
        fit_growth(TABLE, "score ~ session", {"dyad": "1"}, time=3)  # type: ignore[arg-type]
