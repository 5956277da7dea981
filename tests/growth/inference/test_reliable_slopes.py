"""Slopes of single dyads against the model's uncertainty about them, beside another program and a closed form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from therarel.citations import bibliography
from therarel.errors import InvalidValueError
from therarel.growth import GrowthFit, fit_growth
from therarel.panels import Panel

ORACLES = Path(__file__).parents[1] / "oracles"


def two_level() -> pl.DataFrame:
    """The scores that lme4 was given."""
    return pl.read_csv(ORACLES / "two_level.csv", null_values=["NA", ""])


def lme4() -> dict[str, object]:
    """What lme4 says of them."""
    return json.loads((ORACLES / "two_level__slope.json").read_text("utf-8"))["REML"]  # type: ignore[no-any-return]


def slopes_of(fit: GrowthFit, **how: object) -> pl.DataFrame:
    """The table of slopes."""
    found = fit.reliable_slopes(**how)  # type: ignore[arg-type]  # keyword arguments
    assert isinstance(found, pl.DataFrame)
    return found


def test_slopes_and_their_spread_are_those_of_lme4() -> None:
    """Fixed plus random slope equals lme4's, and the posterior spread follows from its variances in closed form."""
    data, told = two_level(), lme4()
    found = slopes_of(fit_growth(data, "wai ~ session * arm", {"client": "1 + session"}), higher_is_better=True)
    fixed = told["fixef"]
    assert isinstance(fixed, dict)
    random = {row["group"]: row["session"] for row in told["blups"]["client"]}  # type: ignore[index]
    parts = {(row.get("var1"), row.get("var2")): row["vcov"] for row in told["varcomp"]}  # type: ignore[attr-defined]
    variances = [[parts["(Intercept)", None], parts["(Intercept)", "session"]]]
    variances.append([variances[0][1], parts["session", None]])
    noise = float(told["sigma"]) ** 2  # type: ignore[arg-type]
    complete = data.drop_nulls(["wai", "session", "arm"])
    for row in found.filter(pl.col("scores") >= 3).iter_rows(named=True):
        own = complete.filter(pl.col("client").cast(pl.String) == str(row["client"]))
        slope = fixed["session"] + fixed["session:arm"] * own["arm"][0] + random[str(row["client"])]
        z = np.column_stack([np.ones(own.height), own["session"].to_numpy()])
        spread = np.sqrt(np.linalg.inv(z.T @ z / noise + np.linalg.inv(np.array(variances)))[1, 1])
        assert row["slope"] == pytest.approx(slope, abs=2e-5)
        assert row["posterior_sd"] == pytest.approx(spread, rel=1e-4)
        assert row["index"] == pytest.approx(row["slope"] / row["posterior_sd"])


def test_directions_follow_index_and_scale() -> None:
    """Above the critical size is a change, for the better or the worse as the scale reads; fewer than three scores are not judged."""
    fit = fit_growth(two_level(), "wai ~ session", {"client": "1 + session"})
    found = slopes_of(fit, higher_is_better=True, critical=1.5)
    words = {1: "improved", 0: "unchanged", -1: "deteriorated"}
    for row in found.iter_rows(named=True):
        judged = row["scores"] >= 3
        size = (row["index"] > 1.5) - (row["index"] < -1.5) if judged else None
        assert row["direction"] == ("not_known" if size is None else words[size])
        assert judged or np.isnan(row["index"])
    turned = slopes_of(fit, higher_is_better=False, critical=1.5)
    swap = {"improved": "deteriorated", "deteriorated": "improved"}
    assert turned["direction"].to_list() == [swap.get(word, word) for word in found["direction"]]
    assert {"improved", "unchanged"} <= set(found["direction"])


def test_clients_who_do_not_change_are_rarely_called_changed() -> None:
    """Of simulated clients whose true slope is zero about 5 % are flagged, of those who improve nearly all."""
    chance = np.random.default_rng(4)
    people, sessions = 400, 12
    time = np.tile(np.arange(float(sessions)), people)
    true = np.where(np.arange(people) % 2, 0.25, 0.0)
    level = chance.normal(20, 4, people)
    score = np.repeat(level, sessions) + np.repeat(true, sessions) * time + chance.normal(0, 1, people * sessions)
    panel = Panel.from_arrays(
        np.repeat(np.arange(people), sessions), time + 1, score, scale=(-100, 100), higher_is_better=True
    )
    found = slopes_of(fit_growth(panel, "score ~ session", {"dyad": "1 + session"}))
    place = found["dyad"].cast(pl.Int64).to_numpy()
    improved = found["direction"].to_numpy() == "improved"
    assert improved[true[place] > 0].mean() > 0.7
    assert improved[true[place] == 0].mean() < 0.35
    assert found["direction"].to_list().count("deteriorated") <= 2


def test_therapists_slopes_belong_to_their_clients() -> None:
    """With slopes that vary between therapists, fixed, therapist's and client's parts together make the slope."""
    data = pl.read_csv(ORACLES / "three_level.csv", null_values=["NA", ""])
    fit = fit_growth(data, "wai ~ session", {"therapist": "1 + session", "client": "1 + session"})
    found = slopes_of(fit, higher_is_better=True)
    therapist = dict(data.select(pl.col("client").cast(pl.String), pl.col("therapist").cast(pl.String)).iter_rows())
    parts = {
        group: {
            str(row[group]): row["effect"] for row in table.filter(pl.col("term") == "session").iter_rows(named=True)
        }
        for group in ("client", "therapist")
        for table in [fit.random_effects(group)]
        if isinstance(table, pl.DataFrame)
    }
    for row in found.filter(pl.col("scores") >= 3).iter_rows(named=True):
        client = str(row["client"])
        total = fit.fixed["session"] + parts["client"][client] + parts["therapist"][therapist[client.split(":")[-1]]]
        assert row["slope"] == pytest.approx(total)


@pytest.mark.parametrize(
    ("formula", "random", "how", "words"),
    [
        ("wai ~ session", {"client": "1"}, {"higher_is_better": True}, "need a random effect of time"),
        ("wai ~ session", {"client": "1 + session"}, {}, "direction of the scores is needed"),
        ("wai ~ session", {"client": "1 + session"}, {"higher_is_better": True, "critical": 0}, "critical"),
        (
            "wai ~ session + I(session**2)",
            {"client": "1 + session"},
            {"higher_is_better": True},
            "not a straight line of 'session'",
        ),
    ],
)
def test_what_has_no_slope_to_judge_is_refused(
    formula: str, random: dict[str, str], how: dict[str, object], words: str
) -> None:
    """A model without slopes of dyads, or with a curve, has no one slope per dyad; the direction has to be known."""
    fit = fit_growth(two_level(), formula, random)
    with pytest.raises(InvalidValueError, match=words):
        fit.reliable_slopes(**how)  # type: ignore[arg-type]  # wrong on purpose


def test_a_panel_knows_its_direction() -> None:
    """The direction of a panel is taken, and another one refused."""
    panel = Panel.from_frame(
        two_level().drop_nulls("wai"),
        dyad="client",
        session="session",
        score="wai",
        scale=(1, 7),
        higher_is_better=True,
    )
    fit = fit_growth(panel, "score ~ session", {"dyad": "1 + session"})
    assert slopes_of(fit)["direction"].to_list() == slopes_of(fit, higher_is_better=True)["direction"].to_list()
    with pytest.raises(InvalidValueError, match="not the one of the panel"):
        fit.reliable_slopes(higher_is_better=False)


def test_the_sources_of_the_index_are_in_the_bibliography() -> None:
    """What the module rests on is named where references stand."""
    assert {"speer_greenbaum1995", "raudenbush_bryk2002", "clinicalsignificance_r"} <= set(bibliography())
