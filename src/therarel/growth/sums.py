"""A fit from cross-products per dyad, where nobody has seen the rows: who belongs to whom, and the model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.growth.design import Design, Level
from therarel.growth.fit import GrowthFit
from therarel.growth.grouping import (
    Grouping,
    nested,
    numbered,
    with_known_outer,
    without_inner,
    without_outer,
)
from therarel.growth.optimiser import optimise
from therarel.growth.problem import Problem
from therarel.growth.products import orthogonal_mix, reduce_products
from therarel.growth.request import Request, Table
from therarel.growth.residuals import Residuals
from therarel.growth.segments import Floats, Ints, segment_sum
from therarel.growth.stacks import inverse
from therarel.growth.statistics import Layout
from therarel.growth.units import Units
from therarel.growth.warnings import (
    BoundaryWarning,
    FlatLikelihoodWarning,
    MissingGroupWarning,
    RankDeficiencyWarning,
)
from therarel.panels.counting import counted
from therarel.tables.frames import KINDS

__all__ = ["Effects", "Sums", "fit_sums"]


@frozen(eq=False)
class Effects:
    """A part of a model: its terms as combinations of 1 and the standardised columns.

    Args:
        names: Of the terms.
        mix: Shape (columns, terms).
    """

    names: tuple[str, ...]
    mix: Floats


@frozen(eq=False)
class Sums:
    """Cross-products of 1 and the standardised columns, score last, summed over the rows of each cell.

    Args:
        cross: Shape (columns, columns, cells).
        sizes: Number of rows of each cell.
        groups: The groups of each cell, by column.
    """

    cross: Floats
    sizes: Ints
    groups: Mapping[str, Grouping]


@frozen(eq=False)
class _Nested:
    """Sums per dyad, sorted by therapist, and the levels of the model.

    Args:
        cross: Shape (columns, columns, dyads).
        sizes: Number of rows of each dyad.
        levels: Inner first.
        outer: First dyad of each therapist; ``None`` without that level.
        warned: What was left out, in sentences.
        notes: What was done, in sentences.
    """

    cross: Floats
    sizes: Ints
    levels: tuple[Level, ...]
    outer: Ints | None
    warned: tuple[str, ...]
    notes: tuple[str, ...]


def fit_sums(
    wanted: Request, sums: Sums, fixed: Effects, random: Mapping[str, Effects], score: Floats, kind: str, lost: int
) -> GrowthFit:
    """The fit from cross-products.

    Args:
        wanted: What was asked for.
        sums: The cross-products.
        fixed: The fixed effects.
        random: The random effects of each grouping column.
        score: The score as a combination of 1 and the standardised columns.
        kind: The kind of table that results come as.
        lost: Number of rows that were left out because a value is missing or infinite.
    """
    part = _nested(sums, random)
    rows = int(part.sizes.sum())
    whole = part.cross.sum(axis=2) / rows
    columns, upper, kept, dropped = orthogonal_mix(fixed.mix, whole)
    own = [orthogonal_mix(random[level.grouping.name].mix, whole) for level in part.levels]
    for level, (_, _, _, gone) in zip(part.levels, own, strict=True):
        if gone or level.grouping.count < 2 or level.grouping.count * len(level.terms) >= rows:
            raise InvalidValueError(
                "the random effects depend on each other, or there are too few groups or scores for them",
                where=level.grouping.name,
            )
    start = columns.T @ whole @ score
    left = score - columns @ start
    length = float(np.sqrt(max(left @ whole @ left, 0.0)))
    if length <= 1e-12 * abs(score[-1]):
        raise InvalidValueError("the fixed effects explain every score exactly: nothing is left to model")
    mix = np.concatenate([*(one[0] for one in own), columns, (left / length)[:, None]], axis=1)
    products = np.einsum("ai,abk,bj->ijk", mix, part.cross, mix, optimize=True)
    starts = np.concatenate([[0], np.cumsum(part.sizes)]).astype(np.int64)
    counts = [one[0].shape[1] for one in own]
    layout = Layout(starts, part.outer, counts[0], counts[1] if len(counts) > 1 else 0, columns.shape[1])
    statistics = reduce_products(products, layout)
    if statistics.rest[-1, -1] <= 1e-20 * rows:
        raise InvalidValueError("within dyads the random effects reproduce every score: no residual variance is left")
    problem = Problem(layout, Residuals(), wanted.reml, statistics, None)
    optimum = optimise(problem)
    units = Units(
        tuple(fixed.names[k] for k in kept), tuple(fixed.names[k] for k in dropped), kept, inverse(upper),
        float(np.sum(np.log(np.diag(upper)))), start, length, tuple(inverse(one[1]) for one in own),
        columns.T @ whole[:, 0],
    )  # fmt: skip
    fit = GrowthFit(_design(wanted, part, starts, fixed.names, kind, lost), units, problem, optimum)
    _warn(fit)
    return fit


def _warn(fit: GrowthFit) -> None:
    for sentence in fit.design.warned:
        warnings.warn(MissingGroupWarning(sentence), stacklevel=5)
    if fit.units.dropped:
        warnings.warn(
            RankDeficiencyWarning(
                f"{', '.join(fit.units.dropped)}: determined by the fixed effects before them, "
                f"as far as sums can tell; left out"
            ),
            stacklevel=5,
        )
    for sentence in fit.boundary:
        warnings.warn(BoundaryWarning(sentence), stacklevel=5)
    for sentence in fit.flat:
        warnings.warn(FlatLikelihoodWarning(sentence), stacklevel=5)


def _nested(sums: Sums, random: Mapping[str, Effects]) -> _Nested:
    """Cells put together to dyads, sorted by therapist.

    Raises:
        InvalidValueError: if dyads without a therapist would be left out, or no row belongs to a dyad.
        OutOfScopeError: if groups cross.
    """
    groups = dict(sums.groups)
    inner = max(groups, key=lambda name: groups[name].count)
    alone = groups[inner].codes < 0
    if alone.all():
        raise InvalidValueError(
            "no row has all the values that the model needs", where="random", hint=f"nothing is known in {inner}"
        )
    warned = (without_inner(inner, int(sums.sizes[alone].sum())),) if alone.any() else ()
    kept = np.flatnonzero(~alone)
    cross, sizes = sums.cross[:, :, kept], sums.sizes[kept]
    made, notes = {inner: groups[inner].of_rows(kept)}, []
    for name in groups:
        if name != inner:
            before = groups[name].codes
            groups[name], _ = with_known_outer(groups[inner], groups[name])
            filled = int(sums.sizes[(before < 0) & (groups[name].codes >= 0)].sum())
            notes += (
                [f"{counted(filled, 'row')} without '{name}' taken to that of the same '{inner}'."] if filled else []
            )
            reached = (groups[name].codes[kept] < 0) & _is_reached(cross, random[name].mix)
            if reached.any():
                dyads = len(np.unique(made[inner].codes[reached]))
                raise without_outer(inner, name, dyads, made[inner].count, int(sizes[reached].sum()))
            made[name] = groups[name].of_rows(kept, made[inner].codes)
    chain = (made[inner],) if len(made) == 1 else nested(*made.values())
    order = np.lexsort([one.codes for one in chain]).astype(np.int64)
    codes = [one.codes[order] for one in chain]
    starts = np.append(np.flatnonzero(np.diff(codes[0], prepend=-1)), len(order)).astype(np.int64)
    levels = []
    for one, own in zip(chain, codes, strict=True):
        again, seen = numbered(own[starts[:-1]])
        group = Grouping(one.name, again, [one.given[k] for k in seen])
        levels.append(Level(group, random[one.name].names, np.zeros((0, 0)), None))
    outer: Ints | None = None
    if len(chain) == 2:
        above = levels[1].grouping.codes
        outer = np.append(np.flatnonzero(np.diff(above, prepend=-1)), len(above)).astype(np.int64)
    return _Nested(
        segment_sum(cross[:, :, order], starts), np.add.reduceat(sizes[order], starts[:-1]), tuple(levels), outer,
        warned, tuple(notes),
    )  # fmt: skip


def _is_reached(cross: Floats, mix: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether some term is not zero in each cell, as far as sums can tell."""
    squares = np.einsum("at,abk,bt->tk", mix, cross, mix, optimize=True)
    size = np.einsum("at,abk,bt->tk", np.abs(mix), np.abs(cross), np.abs(mix), optimize=True)
    return np.asarray((squares > 1e-12 * size).any(axis=0))


def _design(wanted: Request, part: _Nested, starts: Ints, names: tuple[str, ...], kind: str, lost: int) -> Design:
    """A design without rows: they stayed in the engine."""
    import pandas as pd

    none = np.zeros(0)
    nobody = np.zeros(0, dtype=np.int64)
    table = Table(pd.DataFrame(), {}, kind if kind in KINDS else "polars", nobody)
    notes = [*part.warned, "The rows stayed in the engine; only sums per dyad were read.", *part.notes]
    if lost:
        notes.append(f"{counted(lost, 'row')} with a missing value {'was' if lost == 1 else 'were'} left out.")
    return Design(
        wanted, table, nobody, none, names, np.zeros((0, 0)), None, part.levels, starts, part.outer, Residuals(), None,
        none, (), tuple(notes), warned=part.warned,
    )  # fmt: skip
