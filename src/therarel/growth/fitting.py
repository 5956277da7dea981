"""Fitting a growth model: `fit_growth`, from a panel or a table to a fit, and what it warns of."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError
from therarel.growth.asking.design import Design, build_design
from therarel.growth.asking.model_matrix import dropped_sentence
from therarel.growth.asking.request import Method, for_panel, read_request, read_table
from therarel.growth.fit import GrowthFit
from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.likelihood.sufficient_statistics import Layout
from therarel.growth.search.optimum import optimise
from therarel.growth.search.scaling import Units, scaled
from therarel.panels import Panel
from therarel.tables.arrays import Floats


def fit_growth(
    data: Panel | IntoFrame,
    formula: str,
    random: Mapping[str, str],
    *,
    method: Method = "reml",
    residual: str | Sequence[str] = "iid",
    time: str | None = None,
) -> GrowthFit:
    """How scores grow over sessions: a mixed model with random effects per dyad, and per therapist if wanted.

    Args:
        data: A panel, or a table of polars, pandas, pyarrow or DuckDB with one row per dyad and session. Rows in
            which a value is missing or infinite are left out, counted and listed in the fit's ``incomplete``. Dates
            count days since the dyad's first date. Text that is all numbers or all ISO dates is read as such, and the
            summary says so. A row without a therapist has the one of its dyad; rows without a dyad are left out.
        formula: The score's column, a tilde, and the fixed effects, such as ``score ~ session * arm``,
            ``score ~ session + I(session**2)``, ``score ~ log(session + 1)`` or ``score ~ bs(session, df=4)``. New
            rows are predicted with what ``center``, ``scale``, ``poly`` and ``bs`` learned from those fitted.
        random: Random effects of each grouping column, one or two of them, the dyad within the therapist:
            ``{"therapist": "1", "dyad": "1 + session"}``. Effects of one group are correlated without restriction.
            Therapists in one arm only: ``{"therapist": "0 + treated", "dyad": "1 + session"}`` with ``treated`` 0 or 1;
            rows of the other arm need no therapist. Where effects reach everybody, a dyad without one is refused.
        method: ``reml`` (default) or ``ml``.
        residual: ``iid``; ``ar1`` for autocorrelation that falls with time between sessions; a column with a residual
            variance for each of its values; or both, ``("ar1", column)``, with a series for each value.
        time: The column of time. Of a panel it is always the session; of a table it need not be said where one column
            of numbers or dates in the formulas changes within dyads. ``ar1``, residual checks, figures and expected
            trajectories need it, and refuse to choose among several.

    Returns:
        The fit.

    Raises:
        InvalidValueError: if formula, groups or scores do not allow a fit, if text holds numbers or dates that cannot
            all be read, or if dyads have no therapist though the therapists' effects would reach them.
        OutOfScopeError: if dyads change their therapist within one label.
        UnknownNameError: if a column is not there.
        NotConvergedError: if the best parameters were not found.

    Warns:
        RankDeficiencyWarning: if fixed effects depend on each other, or a column of categories has a single value in
            the rows that are used.
        BoundaryWarning: if a variance is estimated as zero, a correlation as one, or an autocorrelation at its bound.
        FlatLikelihoodWarning: if the data cannot tell variances or an autocorrelation apart.
        MissingGroupWarning: if rows were left out because they do not say whose they are.

    Examples:
        >>> import polars
        >>> table = polars.DataFrame({
        ...     "dyad": [1, 1, 1, 2, 2, 2, 3, 3, 3], "session": [0, 1, 2] * 3,
        ...     "score": [3.0, 3.4, 3.5, 4.1, 4.2, 4.6, 2.2, 2.8, 2.9],
        ... })
        >>> fit = fit_growth(table, "score ~ session", {"dyad": "1"})
        >>> {name: round(value, 3) for name, value in fit.fixed.items()}
        {'Intercept': 3.128, 'session': 0.283}
    """
    request = read_request(formula, random, method, residual, time)
    if isinstance(data, Panel):
        request = for_panel(request)
    return _fit_design(build_design(read_table(data, request), request))


def _fit_design(design: Design) -> GrowthFit:
    """Fit a model whose columns are made."""
    rows, layout, units = _scaled_rows(design)
    design = design.lightened()  # of a million dyads, the columns as given are half a gigabyte
    model = MixedModel.of_rows(rows, layout, reml=design.request.reml, residuals=design.residuals)
    _check_residual_variance(model)
    fit = GrowthFit(design, units, model, optimise(model))
    fit_warnings: list[GrowthWarning] = [MissingGroupWarning(sentence) for sentence in design.warned]
    if design.dropped:
        fit_warnings.append(RankDeficiencyWarning(dropped_sentence(design.dropped)))
    if units.dropped:
        words = f"{', '.join(units.dropped)}: determined by the fixed effects before them; left out"
        fit_warnings.append(RankDeficiencyWarning(words))
    fit_warnings += [BoundaryWarning(sentence) for sentence in fit.boundary]
    fit_warnings += [FlatLikelihoodWarning(sentence) for sentence in fit.flat]
    for warning in fit_warnings:
        warnings.warn(warning, stacklevel=3)
    return fit


def _scaled_rows(design: Design) -> tuple[Floats, Layout, Units]:
    """The columns of a design brought to a common size: random effects inner first, fixed effects, score.

    Raises:
        InvalidValueError: if random effects depend on each other, or fixed effects explain every score.
    """
    n = len(design.score)
    random = sum(len(level.terms) for level in design.levels)
    rows = np.empty((random + len(design.fixed) + 1, n))
    fixed = scaled(design.columns, rows[random:-1])
    first, levels = 0, []
    for level in design.levels:
        part = rows[first : first + len(level.terms)]
        own = fixed.first(level.columns, design.columns, part) or scaled(level.columns, part)
        if own.dropped:
            dropped = ", ".join(level.terms[k] for k in own.dropped)
            raise InvalidValueError(
                f"random effects that depend on each other or are zero: {dropped}", where=level.grouping.name
            )
        first += len(level.terms)
        levels.append(own)
    p = len(fixed.kept)
    rows = rows[: random + p + 1]
    if n <= p:
        raise InvalidValueError("there are as many fixed effects as scores", where="formula", value=f"{p} and {n}")
    ols = fixed.rows @ design.score / n  # b0 = Q'y / n
    score = rows[-1]
    np.subtract(design.score, ols @ fixed.rows, out=score)
    scale = float(np.sqrt(score @ score / n))  # c
    if scale <= 1e-12 * max(float(design.score.max()), -float(design.score.min()), 1e-300):
        raise InvalidValueError("the fixed effects explain every score exactly: nothing is left to model")
    score /= scale
    layout = Layout(design.starts, design.outer, len(levels[0].rows), sum(len(own.rows) for own in levels[1:]), p)
    names, dropped_names = (tuple(design.fixed[k] for k in part) for part in (fixed.kept, fixed.dropped))
    units = Units(
        names, dropped_names, fixed.kept, fixed.r_inverse, fixed.log_det, ols, scale,
        tuple(own.r_inverse for own in levels), np.mean(fixed.rows, axis=1),
    )  # fmt: skip
    return rows, layout, units


def _check_residual_variance(model: MixedModel) -> None:
    """Refuse scores that random and fixed effects reproduce exactly: the likelihood would have no maximum."""
    rest = model.statistics.rest  # E'E of [X y]
    xx, xy = rest[:-1, :-1], rest[-1, :-1]
    left = rest[-1, -1] - (xy @ np.linalg.pinv(xx, rcond=1e-10) @ xy if len(xx) else 0.0)
    if model.statistics.outer_h is not None:
        left += float(np.sum(model.statistics.outer_h[:, -1] ** 2))
    if left <= 1e-20 * model.layout.rows:
        raise InvalidValueError(
            "within dyads the random effects reproduce every score: there is no residual variance to estimate",
            where="random",
            hint="leave the slope out, or check whether scores were carried forward",
        )


class GrowthWarning(UserWarning):
    """Something about a fitted growth model that its reader has to know."""


class RankDeficiencyWarning(GrowthWarning):
    """Some fixed effects say the same as others; they were left out of the model."""


class BoundaryWarning(GrowthWarning):
    """A variance is estimated as zero, or a correlation as plus or minus one."""


class FlatLikelihoodWarning(GrowthWarning):
    """The data cannot tell some variances, or an autocorrelation, apart: many values fit equally well."""


class MissingGroupWarning(GrowthWarning):
    """Rows that do not say whose scores they are were left out."""
