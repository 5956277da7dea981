"""Made-up clinics, small problems, and the likelihood computed the long way."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.likelihood.residual_structure import ResidualStructure
from therarel.growth.likelihood.sufficient_statistics import Layout
from therarel.growth.search.newton import minimise
from therarel.growth.search.scaling import scaled

Floats = NDArray[np.float64]


def clinic(
    *, dyads: int = 24, sessions: int = 6, seed: int = 1, slope_sd: float = 0.2, therapist_sd: float = 0.5
) -> pl.DataFrame:
    """Scores of dyads with therapists, two arms, and sessions that end early for some."""
    chance = np.random.default_rng(seed)
    sizes = chance.integers(3, sessions + 1, dyads)
    dyad = np.repeat(np.arange(dyads), sizes)
    session = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    therapist = dyad // 4
    arm = np.where(dyad % 2 == 0, "care", "usual")
    score = 4 + 0.1 * session + chance.normal(size=dyads)[dyad] * 0.8
    score += slope_sd * chance.normal(size=dyads)[dyad] * session
    score += therapist_sd * chance.normal(size=dyads)[therapist] + 0.4 * chance.normal(size=len(dyad))
    return pl.DataFrame(
        {
            "dyad": [f"C{k:03d}" for k in dyad],
            "therapist": [f"T{k}" for k in therapist],
            "arm": arm,
            "session": session,
            "score": score,
        }
    )


def small_problem(
    seed: int, *, three: bool, residual: str, patterns: bool, inner: int = 2, outer: int = 2, reml: bool = True
) -> MixedModel:
    """A problem of 24 dyads with random numbers for scores."""
    chance = np.random.default_rng(seed)
    dyads = 24
    sizes = np.full(dyads, 4) if patterns else chance.integers(1, 6, dyads)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = int(starts[-1])
    time = np.concatenate(
        [np.arange(size) if patterns else np.sort(chance.normal(size=size)) for size in sizes]
    ).astype(np.float64)
    arm = np.repeat(chance.integers(0, 2, dyads), sizes).astype(np.float64)
    ones = np.ones(count)
    score = chance.normal(size=count) + np.repeat(chance.normal(size=dyads), sizes)
    gaps = None
    if "a" in residual:
        gaps = np.abs(np.diff(time, prepend=np.nan))
        gaps[starts[:-1]] = np.nan
    classes = chance.integers(0, 3, count).astype(np.int64) if "c" in residual else None
    above = np.array([0, 3, 7, 12, 18, 24], dtype=np.int64) if three else None
    rows = np.array(
        [ones, time][:inner] + ([ones, time][:outer] if three else []) + [ones, time, arm, arm * time, score]
    )
    layout = Layout(starts, above, inner, outer if three else 0, 4)
    return MixedModel.of_rows(rows, layout, reml=reml, residuals=ResidualStructure(classes, ("a", "b", "c"), gaps))


def dense_covariance(problem: MixedModel, parameters: Floats) -> Floats:
    """The covariance of all scores relative to the residual variance, written out."""
    layout, rows = problem.layout, problem.rows
    inner, outer = layout.inner_columns, layout.outer_columns
    factors = problem.factors(parameters)
    own = problem.residual_parameters(parameters)
    dyad = np.repeat(np.arange(layout.groups), np.diff(layout.starts))
    covariance = np.eye(layout.rows)
    gaps = problem.residuals.gaps
    if gaps is not None:
        phi = own[-1] ** 2 / (1 + own[-1] ** 2)
        time, series = np.cumsum(np.nan_to_num(gaps)), np.cumsum(np.isnan(gaps))
        covariance = np.where(series[:, None] == series, phi ** np.abs(time[:, None] - time), 0.0)
    scale = np.asarray(problem.residuals.row_sds(own)) * np.ones(layout.rows)
    covariance = covariance * scale[:, None] * scale
    first = rows[:inner].T @ factors[0]
    covariance = covariance + np.where(dyad[:, None] == dyad, first @ first.T, 0.0)
    if layout.outer is not None:
        therapist = np.repeat(np.arange(len(layout.outer) - 1), np.diff(layout.outer))[dyad]
        second = rows[inner : inner + outer].T @ factors[1]
        covariance = covariance + np.where(therapist[:, None] == therapist, second @ second.T, 0.0)
    return covariance


def dense_deviance(problem: MixedModel, parameters: Floats) -> float:
    """Minus twice the profiled log-likelihood of a multivariate normal distribution, with no shortcut."""
    covariance = dense_covariance(problem, parameters)
    design, score = problem.rows[sum(problem.sizes) : -1].T, problem.rows[-1]
    known = np.linalg.inv(covariance)
    information = design.T @ known @ design
    left = score - design @ np.linalg.solve(information, design.T @ known @ score)
    freedom = len(score) - (design.shape[1] if problem.reml else 0)
    squares = float(left @ known @ left)
    deviance = float(np.linalg.slogdet(covariance)[1]) + freedom * (1 + np.log(2 * np.pi * squares / freedom))
    return float(deviance + (np.linalg.slogdet(information)[1] if problem.reml else 0.0))


def nasty_problem(seed: int, *, reml: bool) -> MixedModel:
    """Small data that fits tend to fail on: zero variances, perfect correlation, three sessions, extreme scales."""
    chance = np.random.default_rng(seed)
    kind, dyads = seed % 6, int(chance.integers(3, 16))
    sizes = np.full(dyads, 3) if kind == 0 else chance.integers(1, 7, dyads)
    sizes[0] = 4
    while sizes.sum() <= 2 * dyads + 3:
        sizes = sizes + 1
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = int(starts[-1])
    time = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    dyad = np.repeat(np.arange(dyads), sizes)
    spreads = [(1, 0.3, 0.5), (0, 0, 1), (1, 0, 0.3), (0, 0.5, 0.3), (1, 0.5, 1e-3), (0.01, 0.01, 1)]
    first, second, noise = spreads[int(chance.integers(6))]
    effects = chance.normal(size=(dyads, 2))
    if kind == 2:
        effects[:, 1] = effects[:, 0]
    score = 3 + first * effects[dyad, 0] + second * effects[dyad, 1] * time + noise * chance.normal(size=count)
    if kind == 1:
        time = time * 1e4 + 1e6
    if kind == 3:
        score = np.round(score)
    if kind == 4:
        score = score * 1e6
    above = None
    if kind == 5:
        cuts = chance.choice(np.arange(1, dyads), max(2, dyads // 3) - 1, replace=False)
        above = np.unique(np.concatenate([[0], cuts, [dyads]])).astype(np.int64)
    design = scaled(np.array([np.ones(count), time])).rows
    left = score - (design @ score / count) @ design
    rows = np.concatenate([design, *([np.ones((1, count))] if above is not None else []), design, [left / left.std()]])
    return MixedModel.of_rows(rows, Layout(starts, above, 2, 1 if above is not None else 0, 2), reml=reml)


def many_problem(seed: int, *, reml: bool) -> MixedModel:
    """Some hundred dyads, for which a search begins at one place: two or three levels, shared designs or own ones."""
    chance = np.random.default_rng(seed)
    dyads = int(chance.integers(310, 420))
    sizes = chance.integers(2, 7, dyads)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = int(starts[-1])
    time = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    if seed % 2:
        time += chance.uniform(-0.3, 0.3, count)
    dyad = np.repeat(np.arange(dyads), sizes)
    spreads = [
        (1, 0.3, 0.5, 0.4),
        (0, 0, 1, 0),
        (1, 0, 0.3, 0),
        (0, 0.5, 0.3, 2),
        (1, 0.5, 1e-2, 30),
        (0.01, 0.01, 1, 0.1),
    ]
    first, second, noise, above = spreads[int(chance.integers(6))]
    effects = chance.normal(size=(dyads, 2))
    cuts = np.sort(chance.choice(np.arange(1, dyads), dyads // 8, replace=False))
    outer = np.concatenate([[0], cuts, [dyads]]).astype(np.int64) if seed % 4 < 2 else None
    therapist = np.searchsorted(cuts, dyad, side="right")
    score = 3 + first * effects[dyad, 0] + second * effects[dyad, 1] * time + noise * chance.normal(size=count)
    score += above * chance.normal(size=dyads)[therapist]
    own = scaled(np.array([np.ones(count), time])).rows
    left = score - (own @ score / count) @ own
    rows = np.concatenate([own, *([own] if outer is not None else []), own, [left / left.std()]])
    return MixedModel.of_rows(rows, Layout(starts, outer, 2, 2 if outer is not None else 0, 2), reml=reml)


def best_of_restarts(problem: MixedModel, restarts: int, seed: int) -> float:
    """The lowest deviance that searches from random places find."""
    chance = np.random.default_rng(seed)

    def value(parameters: Floats) -> tuple[float, Floats]:
        try:
            with np.errstate(all="ignore"):
                point = problem.at(parameters)
        except np.linalg.LinAlgError:
            return 1e300, np.zeros_like(parameters)
        if not np.isfinite(point.deviance) or not np.isfinite(point.gradient).all():
            return 1e300, np.zeros_like(parameters)
        return point.deviance, point.gradient

    starts = (chance.normal(size=problem.count) * 10.0 ** chance.uniform(-2, 1.5) for _ in range(restarts))
    return min(minimise(value, start)[1] for start in starts)


def column(table: object, name: str) -> Any:
    """One column of a result table, as an array."""
    return nw.from_native(table, eager_only=True).get_column(name).to_numpy()  # type: ignore[call-overload]
