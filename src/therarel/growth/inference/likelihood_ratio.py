"""Comparing two models by their likelihoods, with the refusals that such a comparison needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from attrs import frozen
from scipy import stats

from therarel.errors import InvalidValueError, shown
from therarel.growth.asking.formulas import formula_text
from therarel.growth.inference.estimates import Estimates
from therarel.representation import one_line
from therarel.tables.arrays import Floats, Ints

_Orders = tuple[Ints, Ints]
"""For each of two fits the order in which its rows match those of the other."""


def _row_orders(one: Estimates, other: Estimates) -> _Orders:
    """The orders in which the rows of two fits are the same scores, whatever order their tables came in.

    Raises:
        InvalidValueError: if the fits are not of the same scores, or it is not known which row is which.
    """
    first, second = one.design, other.design
    orders = np.argsort(first.rows, kind="stable"), np.argsort(second.rows, kind="stable")
    if np.array_equal(first.rows[orders[0]], second.rows[orders[1]]) and np.array_equal(
        first.score[orders[0]], second.score[orders[1]]
    ):
        return orders
    return _by_columns(one, other)


def _by_columns(one: Estimates, other: Estimates) -> _Orders:
    """Rows of tables in different orders, matched by the columns that both have."""
    columns = [_columns(fit) for fit in (one, other)]
    score = one.design.request.score
    common = [name for name in columns[0] if name in columns[1]]
    if one.n_scores != other.n_scores or score not in common:
        raise _other_scores(one, other)
    keys = [_ranks([side[name] for side in columns]) for name in sorted(common)]
    sides = [np.stack([pair[side] for pair in keys]) for side in (0, 1)]
    orders = [np.lexsort(side).astype(np.int64) for side in sides]
    if not np.array_equal(sides[0][:, orders[0]], sides[1][:, orders[1]]):
        raise _other_scores(one, other)
    tied = (np.diff(sides[0][:, orders[0]], axis=1) == 0).all(axis=0)
    own = [[side[name] for name in side if name not in common] for side in columns]
    if not any(_constant(values, order, tied) for values, order in zip(own, orders, strict=True)):
        raise InvalidValueError(
            "the tables hold the same scores in different orders, and nothing says which row is which",
            where="compare", hint="fit both models to the same table",
        )  # fmt: skip
    return orders[0], orders[1]


def _columns(fit: Estimates) -> dict[str, Any]:
    """The columns of the rows that a fit used, in the order of its design."""
    table, rows = fit.design.table, fit.design.rows
    columns: dict[str, Any] = {str(name): table.frame[name].iloc[rows].to_numpy() for name in table.frame}
    for name, group in table.groups.items():
        labels = np.array([*group.labels, ""], dtype=object)
        columns[name] = labels[group.codes[rows]]
    return columns


def _ranks(sides: Iterable[Any]) -> tuple[Ints, Ints]:
    """Codes of the values of one column in two tables, equal for equal values."""
    import pandas as pd

    first, second = sides
    codes, _ = pd.factorize(np.concatenate([first, second]), use_na_sentinel=False)
    return np.asarray(codes[: len(first)], np.int64), np.asarray(codes[len(first) :], np.int64)


def _constant(columns: Iterable[Any], order: Ints, tied: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Whether neighbours that are tied are equal in these columns too, so that they can change places."""
    return all(bool((values[order][1:] == values[order][:-1])[tied].all()) for values in columns)


def _other_scores(one: Estimates, other: Estimates) -> InvalidValueError:
    return InvalidValueError(
        "the models were not fitted to the same scores",
        value=f"{one.n_scores} and {other.n_scores} scores",
        hint="missing covariates drop rows: fit both models to the rows that both can use",
    )


@frozen
class Comparison:
    """A likelihood-ratio test of a smaller model within a larger one.

    Args:
        statistic: Twice the difference of log-likelihoods, at least 0.
        df: Difference of the numbers of parameters.
        p: Probability of a statistic at least as large if the smaller model holds.
        mixture: Weights of chi-squared distributions by their degrees of freedom.
        remark: How the distribution was chosen.
    """

    statistic: float
    df: int
    p: float
    mixture: dict[int, float]
    remark: str

    __repr__ = one_line

    def __str__(self) -> str:
        statistic = (
            f"chi-squared {self.statistic:.2f}, df {self.df}, p {'< .001' if self.p < 0.001 else f'= {self.p:.3f}'}"
        )
        return f"{statistic}\n{self.remark}" if self.remark else statistic


def compare(smaller: Estimates, larger: Estimates) -> Comparison:
    """A likelihood-ratio test.

    Where the smaller model sets a variance to zero, the value lies at the edge of what is possible, and the
    statistic follows a mixture of chi-squared distributions: half and half of q and q + 1 degrees of freedom when a
    level goes from q to q + 1 random effects.

    Raises:
        InvalidValueError: if the fits are not of the same scores by the same method, have different fixed effects
            by REML, or if the one does not have fewer parameters; and if the smaller is not a special case of the
            larger: its fixed effects, the random effects of each of its groups and its residuals have to be
            combinations of those of the larger.

    Source:
        self_liang1987, stram_lee1994.
    """
    for fit in (smaller, larger):
        other: object = fit
        if not isinstance(other, Estimates):
            raise InvalidValueError(
                "a fit is compared with another fit", where="compare", value=shown(other), bound="a GrowthFit"
            )
    if smaller.n_parameters > larger.n_parameters:
        smaller, larger = larger, smaller
    df = larger.n_parameters - smaller.n_parameters
    orders = _row_orders(smaller, larger)
    if smaller.reml != larger.reml:
        raise InvalidValueError("one model was fitted by REML and the other by ML", hint="fit both by the same method")
    same = _same_span(smaller, larger, orders)
    if smaller.reml and not same:
        raise InvalidValueError(
            "REML likelihoods of models with different fixed effects are not comparable",
            hint="fit both with method='ml'",
        )
    if df < 1:
        raise InvalidValueError("the models have equally many parameters: neither is within the other")
    _check_nested(smaller, larger, orders)
    gap = larger.log_likelihood - smaller.log_likelihood
    if gap < -1e-6 * max(1.0, abs(larger.log_likelihood)):
        raise InvalidValueError("the larger model fits worse: the smaller one is not a special case of it")
    statistic = max(0.0, 2.0 * gap)
    mixture, remark = _distribution(smaller, larger, df, same)
    p = sum(
        weight * (float(stats.chi2.sf(statistic, own)) if own else float(statistic <= 0.0))
        for own, weight in mixture.items()
    )
    return Comparison(statistic, df, p, mixture, remark)


def _check_nested(smaller: Estimates, larger: Estimates, orders: _Orders) -> None:
    """Refuse models whose smaller one is not a special case of the larger."""
    if not _lies_in(_fixed_columns(smaller, orders[0]), _fixed_columns(larger, orders[1])):
        raise _not_nested("fixed effects", smaller.design.request.formula)
    groups = [level.grouping.name for level in larger.design.levels]
    for index, level in enumerate(smaller.design.levels):
        name = level.grouping.name
        if name not in groups or not _same_effects(smaller, index, larger, groups.index(name), orders):
            raise _not_nested(f"random effects of '{name}'", smaller.design.request.random[name])
    if not _residuals_within(smaller, larger, orders):
        raise _not_nested("residual", None)


def _not_nested(where: str, formula: str | None) -> InvalidValueError:
    return InvalidValueError(
        "the smaller model is not a special case of the larger one, so that a likelihood-ratio test has no meaning",
        where=where, value=None if formula is None else formula_text(formula),
        hint="compare models where one has all the effects of the other, or look at AIC and BIC of ML fits",
    )  # fmt: skip


def _lies_in(columns: Floats, space: Floats) -> bool:
    """Whether orthogonal columns of mean square one are combinations of others."""
    crossed = columns @ space.T / columns.shape[1]
    return bool(np.allclose(np.sum(crossed**2, axis=1), 1.0, atol=1e-8))


def _same_effects(smaller: Estimates, index: int, larger: Estimates, larger_index: int, orders: _Orders) -> bool:
    """Whether random effects are those of the same groups, and combinations of those of the larger model."""
    few, many = smaller.design.levels[index], larger.design.levels[larger_index]
    if not _same_groups(few.grouping.codes[orders[0]], many.grouping.codes[orders[1]]):
        return False
    return _lies_in(_random_columns(smaller, index, orders[0]), _random_columns(larger, larger_index, orders[1]))


def _random_columns(fit: Estimates, index: int, order: Ints) -> Floats:
    first = sum(fit.model.sizes[:index])
    return np.asarray(fit.model.rows[first : first + fit.model.sizes[index], order])


def _fixed_columns(fit: Estimates, order: Ints) -> Floats:
    """Orthogonal columns that span the fixed effects, shape (p, n)."""
    return np.asarray(fit.model.rows[sum(fit.model.sizes) : -1, order])


def _finer(one: Ints, other: Ints) -> bool:
    """Whether rows that are together in the first are together in the second."""
    return len(np.unique(one * (int(other.max()) + 1) + other)) == len(np.unique(one))


def _same_groups(one: Ints, other: Ints) -> bool:
    return _finer(one, other) and _finer(other, one)


def _residuals_within(smaller: Estimates, larger: Estimates, orders: _Orders) -> bool:
    few, many = smaller.model.residuals, larger.model.residuals
    if few.classes is not None and (
        many.classes is None or not _finer(many.classes[orders[1]], few.classes[orders[0]])
    ):
        return False
    if few.gaps is None:
        return True
    if many.gaps is None:
        return False
    own, other = (few.gaps * few.unit)[orders[0]], (many.gaps * many.unit)[orders[1]]
    return bool(np.allclose(own, other, equal_nan=True))


def _same_span(one: Estimates, other: Estimates, orders: _Orders) -> bool:
    if len(one.fixed) != len(other.fixed):
        return False
    first, second = _fixed_columns(one, orders[0]), _fixed_columns(other, orders[1])
    crossed = first @ second.T / first.shape[1]
    return bool(np.allclose(crossed @ crossed.T, np.eye(len(crossed)), atol=1e-8))


def _distribution(smaller: Estimates, larger: Estimates, df: int, same: bool) -> tuple[dict[int, float], str]:
    few = {level.grouping.name: len(level.terms) for level in smaller.design.levels}
    many = {level.grouping.name: len(level.terms) for level in larger.design.levels}
    added = {name: many[name] - few.get(name, 0) for name in many if many[name] != few.get(name, 0)}
    residual = larger.model.residuals.count - smaller.model.residuals.count
    phi = (larger.phi is not None) - (smaller.phi is not None)
    if not added and not phi:
        return {df: 1.0}, f"chi-squared with {df} degrees of freedom"
    if not same or (added and residual) or sum(added.values()) != 1 - phi or (added and phi):
        return (
            {df: 1.0},
            f"chi-squared with {df} degrees of freedom; several parameters are at the edge of what is possible, "
            f"so that this p value is too large rather than too small",
        )
    return (
        {df - 1: 0.5, df: 0.5},
        f"half and half of chi-squared with {df - 1} and {df} degrees of freedom, because the value tested "
        f"lies at the edge of what is possible",
    )
