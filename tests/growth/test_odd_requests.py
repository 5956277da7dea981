"""Whatever is asked of a growth model, the answer is a fit or an error of ours, and no warning but ours."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therarel.errors import TherarelError
from therarel.growth import GrowthFit, GrowthWarning, compare, fit_growth

ROWS = st.integers(0, 40)
COLUMNS: dict[str, Callable[[np.random.Generator, int], Any]] = {
    "numbers": lambda chance, n: chance.normal(size=n),
    "sessions": lambda chance, n: np.arange(n) % 5,
    "small": lambda chance, n: (np.arange(n) % 7).astype(np.uint8),
    "twelfths": lambda chance, n: chance.integers(12, 61, n) / 12,
    "constant": lambda chance, n: np.full(n, 3.0),
    "huge": lambda chance, n: chance.normal(size=n) * 1e200,
    "tiny": lambda chance, n: chance.normal(size=n) * 1e-200,
    "offset": lambda chance, n: 1e15 + np.arange(n) % 5,
    "infinite": lambda chance, n: np.where(np.arange(n) % 6 == 0, np.inf, chance.normal(size=n)),
    "holes": lambda chance, n: np.where(np.arange(n) % 4 == 0, np.nan, chance.normal(size=n)),
    "nothing": lambda chance, n: [None] * n,
    "truth": lambda chance, n: np.arange(n) % 2 == 0,
    "words": lambda chance, n: [("care", "usual", "")[k % 3] for k in range(n)],
    "written": lambda chance, n: [str(k % 5) for k in range(n)],
    "codes": lambda chance, n: [f"0{k % 3}" for k in range(n)],
    "mixed": lambda chance, n: [(1, "two", None, 4.0)[k % 4] for k in range(n)],
    "lists": lambda chance, n: [[k] for k in range(n)],
    "decimals": lambda chance, n: [Decimal(k % 5) for k in range(n)],
    "dates": lambda chance, n: [date(2024, 1, 1) + timedelta(days=7 * (k % 5)) for k in range(n)],
    "iso": lambda chance, n: [f"2024-01-0{1 + k % 5}" for k in range(n)],
    "halves": lambda chance, n: [("1", "two")[k % 2] for k in range(n)],
    "dyads": lambda chance, n: np.arange(n) // 5,
    "pairs": lambda chance, n: [f"T{k // 10}" for k in range(n)],
    "unlabelled": lambda chance, n: [None if k % 3 == 0 else f"T{k // 10}" for k in range(n)],
    "large": lambda chance, n: [2**53 + k // 5 if k % 4 else None for k in range(n)],
}  # fmt: skip
NAMES = ["dyad", "therapist", "session", "score", "x", "wai.sr", "a b"]


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """A table with columns of any kind, most of them reasonable."""
    rows = draw(ROWS)
    chance = np.random.default_rng(draw(st.integers(0, 99)))
    usual = dict(zip(NAMES, ["dyads", "pairs", "sessions", "numbers", "words", "numbers", "sessions"], strict=True))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
        usual[name] = draw(st.sampled_from(sorted(COLUMNS)))
    made = {name: COLUMNS[kind](chance, rows) for name, kind in usual.items()}
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype=None if len(values) else object) for name, values in made.items()}
    )
    if draw(st.booleans()):
        frame = frame.sample(frac=1.0, random_state=1)
    kind = draw(st.sampled_from(["pandas", "pandas", "polars", "double", "category"]))
    if kind == "polars":
        with suppress(Exception):  # polars has no columns of mixed objects
            return pl.from_pandas(frame)
    if kind == "double":
        return pd.concat([frame, frame[["x"]]], axis=1)
    if kind == "category":
        with suppress(Exception):
            frame["x"] = frame["x"].astype("category")
    return frame


TERMS = [
    "1", "0", "session", "x", "C(x)", "`a b`", "wai.sr", "I(session**2)", "log(session + 1)", "log(session)", "log(x)",
    "session:x", "center(session)", "poly(session, 2)", "bs(session, df=4)", "lag(session)", "score", "dyad", "C(therapist)",
    "(1|dyad)", "nothing", "np.exp(session)", "sqrt(session)", "session / x", "x.mean()", "C(x, contr.sum)", "Q('x')", "(",
    "session ** x", "I(1 / session)", "C(session > 2)", "{session + 1}", "session % 2", ".", "hashed(x, levels=3)",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(TERMS), min_size=1, max_size=3).map(" + ".join)
FORMULAS = st.one_of(
    PIECES.map(lambda right: f"score ~ {right}"), PIECES.map(lambda right: f"`wai.sr` ~ {right}"),
    st.sampled_from(["score", "", "~", "score ~", "~ session", "score ~ session ~ x", "log(score) ~ session", None, 3]),
    st.text(max_size=8).map(lambda right: f"score ~ {right}"),
)  # fmt: skip
RANDOMS = st.one_of(
    st.fixed_dictionaries({"dyad": st.one_of(st.sampled_from(["1", "1 + session"]), PIECES)}),
    st.fixed_dictionaries({"therapist": st.one_of(st.just("1"), PIECES), "dyad": st.sampled_from(["1", "1 + session", "0"])}),
    st.sampled_from(
        [{}, None, "dyad", {"dyad": None}, {"dyad": ""}, {"nobody": "1"}, {"score": "1"}, {"session": "1"}, {3: "1"},
         {"dyad": "score ~ session"}, {"dyad": "1", "therapist": "1", "x": "1"}, {"x": "1", "a b": "1"}]
    ),
)  # fmt: skip
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["reml", "ml", "REML", None]),
        "residual": st.sampled_from(
            ["iid", "ar1", "x", "therapist", ("ar1", "x"), "ar2", 5, (), None, "score", "dyad"]
        ),
        "time": st.sampled_from(["session", "x", "a b", "nothing", "score", "dyad", 4, ""]),
    },
)


def asked(question: Callable[[], Any]) -> Any:
    """The answer to a question, or nothing where it is refused."""
    with warnings.catch_warnings(), suppress(TherarelError):
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", GrowthWarning)
        return question()
    return None


LARGE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@LARGE
@given(tables(), FORMULAS, RANDOMS, OPTIONS)
def test_odd_requests_are_answered_or_refused(table: Any, formula: Any, random: Any, options: Any) -> None:
    """Tables of any columns, formulas of any words: a fit that can be shown and asked, or an error of ours."""
    fit = asked(lambda: fit_growth(table, formula, random, **options))
    if fit is not None:
        assert isinstance(fit, GrowthFit)
        for question in (
            lambda: str(fit.summary()), fit.methods_paragraph, fit.apa_table, fit.diagnose, fit.icc, fit.r_squared,
            lambda: fit.predict(table), lambda: fit.simulate(seed=1), fit.draw, fit.draw_residuals, fit.fitted,
            lambda: [fit.random_effects(group) for group in fit.groups], lambda: compare(fit, fit),
            lambda: fit.expected_trajectory([0.0, 9.0], {"x": "care"}), lambda: fit.expected_trajectory([1.0]),
        ):  # fmt: skip
            asked(question)


@cache
def reasonable(formula: str) -> GrowthFit:
    """A model of a table in which every column is what it should be."""
    chance = np.random.default_rng(1)
    kinds = dict(zip(NAMES, ["dyads", "pairs", "sessions", "numbers", "words", "numbers", "sessions"], strict=True))
    known = pd.DataFrame({name: COLUMNS[kind](chance, 60) for name, kind in kinds.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GrowthWarning)
        return fit_growth(known, formula, {"therapist": "1", "dyad": "1"})


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from(["score ~ session", "score ~ session + x", "score ~ C(x) + log(session + 1)"]))
def test_odd_new_rows_are_predicted_or_refused(table: Any, formula: str) -> None:
    """Rows of any columns for a model that was fitted to reasonable ones."""
    found = asked(lambda: reasonable(formula).predict(table))
    assert found is None or len(found) == len(table)
