"""What a mixed model needs to know of the rows of each dyad, after which it never sees a row again.

Write the rows of one dyad as ``Z = Q R`` (random-effect columns) and ``A = [Z3 X y] = Q H + rest``. With iid residuals
of unit variance and ``M = I + R S R'`` (S: relative covariance of the dyad's random effects)

    A' V^-1 A = rest' rest + H' M^-1 H,        Z' V^-1 Z = R' M^-1 R,        log|V| = log|M|

so that (R, H) per dyad, and the cross-products of the rest over all dyads, are sufficient. All terms are sums
of squares: nothing is subtracted, and no digits are lost where dyads differ much more than sessions do. Dyads whose
design rows are identical share R and the H of the design, and are kept as one cell with the mean of their H of the
score and the spread around it.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from therarel.growth.arrays import Floats, Ints
from therarel.growth.likelihood.grouped_rows import orthogonalise, segment_sum, spread_over

__all__ = ["Layout", "Statistics", "reduce_rows", "same_designs"]

# Patterns are worth their bookkeeping if there are fewer of them than this share of the dyads.
_WORTH = 0.7
_KEY_SEED = 20_090_413


@frozen(eq=False)
class Layout:
    """How rows, dyads and therapists are nested, and how many columns each has.

    Args:
        starts: First row of each inner group (dyad), and the number of rows; shape (g + 1,).
        outer: First inner group of each outer group (therapist), and g; ``None`` without that level.
        inner_columns: Number of random effects of an inner group.
        outer_columns: Number of random effects of an outer group, 0 without that level.
        fixed: Number of fixed effects.
    """

    starts: Ints
    outer: Ints | None
    inner_columns: int
    outer_columns: int
    fixed: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.starts[-1])

    @property
    def groups(self) -> int:
        """Number of inner groups."""
        return len(self.starts) - 1


@frozen(eq=False)
class Statistics:
    """Sufficient statistics of all dyads.

    Args:
        layout: The nesting.
        upper: R of each cell, shape (q, q, cells).
        heights: H of each cell times the root of its count, shape (q, q3 + p + 1, cells).
        counts: Number of dyads of each cell, shape (cells,).
        spread: Scatter of H of the score around its cell's mean, summed per pattern, shape (q, q, patterns);
            ``None`` where each cell is one dyad.
        spread_upper: R of each pattern, shape (q, q, patterns); ``None`` likewise.
        outer: First cell of each outer group, and the number of cells; ``None`` without that level.
        outer_rows: Of the rest, what the outer random effects span, shape (q3, q3 + p + 1, outer groups); ``None``
            where the dyad's random effects span it all.
        rest: Cross-products of the rest of [X y], shape (p + 1, p + 1).
        cell_pattern: Pattern of each cell, shape (cells,); ``None`` where each cell is one dyad.
        dyad_cell: Cell of each dyad, shape (g,).
        dyad_score: H of the score of each dyad, not weighted, shape (q, g).
    """

    layout: Layout
    upper: Floats
    heights: Floats
    counts: Floats
    spread: Floats | None
    spread_upper: Floats | None
    outer: Ints | None
    outer_rows: Floats | None
    rest: Floats
    cell_pattern: Ints | None
    dyad_cell: Ints
    dyad_score: Floats

    @property
    def cells(self) -> int:
        """Number of cells: dyads, or patterns of dyads."""
        return len(self.counts)

    def combined(self, mix: Floats) -> Statistics:
        """The statistics after the columns [X y] are replaced by ``[X y] @ mix``; the score keeps its weight 1.

        Args:
            mix: Shape (p + 1, columns); the last row is zero but for a 1 at its end.
        """
        lead = self.layout.outer_columns
        layout = evolve(self.layout, fixed=mix.shape[1] - 1)

        def mixed(stack: Floats) -> Floats:
            return np.concatenate([stack[:, :lead], np.einsum("iak,ab->ibk", stack[:, lead:], mix)], axis=1)

        own = self.heights[:, lead:] / np.sqrt(self.counts)
        shift = np.einsum("iak,a->ik", own[:, :-1], mix[:-1, -1])
        return evolve(
            self,
            layout=layout,
            heights=mixed(self.heights),
            outer_rows=None if self.outer_rows is None else mixed(self.outer_rows),
            rest=mix.T @ self.rest @ mix,
            dyad_score=self.dyad_score + shift[:, self.dyad_cell],
        )


def same_designs(design: Floats, starts: Ints) -> tuple[Ints, Ints]:
    """Which dyads have identical design rows.

    Args:
        design: Shape (columns, rows).
        starts: Dyads.

    Returns:
        Pattern of each dyad, shape (g,), and one dyad of each pattern, shape (patterns,).

    Examples:
        >>> same_designs(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), np.array([0, 2, 4, 5]))
        (array([1, 1, 0]), array([2, 0]))
    """
    sizes = np.diff(starts)
    chance = np.random.default_rng(_KEY_SEED)
    keys = chance.normal(size=len(design)) @ design
    places = np.arange(starts[-1]) - spread_over(starts[:-1], sizes)
    keys *= chance.normal(size=int(sizes.max()))[places]
    marks = segment_sum(keys, starts) + sizes * np.pi
    _, first, pattern = np.unique(marks, return_index=True, return_inverse=True)
    alone = np.arange(len(sizes), dtype=np.int64)
    if len(first) > _WORTH * len(sizes) or (sizes != sizes[first][pattern]).any():
        return alone, alone
    model = spread_over(starts[:-1][first][pattern], sizes) + places
    if any((column != column[model]).any() for column in design):  # two designs with one key
        return alone, alone
    return pattern.astype(np.int64), first.astype(np.int64)


def reduce_rows(rows: Floats, layout: Layout, *, patterns: bool = True) -> Statistics:
    """The sufficient statistics of rows.

    Args:
        rows: Shape (q + q3 + p + 1, rows): columns of the inner random effects, of the outer ones, of the fixed
            effects, and the score, whitened where residuals are not iid.
        layout: Their nesting.
        patterns: Whether to look for dyads with identical designs.
    """
    inner, lead = layout.inner_columns, layout.outer_columns
    alone = np.arange(layout.groups, dtype=np.int64)
    pattern, first = same_designs(rows[:-1], layout.starts) if patterns else (alone, alone)
    if len(first) == layout.groups:
        _, upper, rest = orthogonalise(rows, inner, layout.starts)
        heights, outer_rows = upper[:, inner:], None
        if lead:
            outer_rows, rest = _outer_rows(rest, layout, rows[inner : inner + lead])
        return Statistics(
            layout, upper[:, :inner], heights, np.ones(layout.groups), None, None, layout.outer, outer_rows,
            rest @ rest.T, None, alone, heights[:, -1],
        )  # fmt: skip
    return _reduce_patterns(rows, layout, pattern, first)


def _outer_rows(rest: Floats, layout: Layout, whole: Floats) -> tuple[Floats | None, Floats]:
    lead = layout.outer_columns
    assert layout.outer is not None
    size = np.sum(rest[:lead] ** 2, axis=1)
    if (size <= 1e-20 * np.maximum(np.sum(whole**2, axis=1), 1e-300)).all():
        return None, rest[lead:]
    _, upper, left = orthogonalise(rest, lead, layout.starts[layout.outer])
    return upper, left


def _reduce_patterns(rows: Floats, layout: Layout, pattern: Ints, first: Ints) -> Statistics:
    """Each pattern's design is projected once; of the other dyads only the scores are."""
    inner, lead, starts = layout.inner_columns, layout.outer_columns, layout.starts
    sizes = np.diff(starts)
    model_sizes = sizes[first]
    model_starts = np.concatenate([[0], np.cumsum(model_sizes)])
    places = np.arange(layout.rows) - spread_over(starts[:-1], sizes)
    shift = starts[:-1][first] - model_starts[:-1]
    gather = np.arange(model_starts[-1]) + np.repeat(shift, model_sizes)
    basis, upper, model_rest = orthogonalise(rows[:-1, gather], inner, model_starts)
    of_row = spread_over(model_starts[:-1][pattern], sizes) + places
    spanned = _is_zero(model_rest, rows[inner:-1])
    score = rows[-1].copy()
    dyad_score = np.empty((inner, layout.groups))
    for k in range(inner):
        own = basis[k][of_row]
        dyad_score[k] = segment_sum(own * score, starts)
        score -= spread_over(dyad_score[k], sizes) * own
    counts = np.bincount(pattern, minlength=len(first)).astype(np.float64)
    fixed = layout.fixed
    rest = np.zeros((fixed + 1, fixed + 1))
    rest[-1, -1] = score @ score
    outer_rows: Floats | None = None
    if lead and not spanned[:lead].all():
        every = np.concatenate([model_rest[:, of_row], score[None]])
        outer_rows, left = _outer_rows(every, layout, rows[inner : inner + lead])
        rest = left @ left.T
    else:
        for column in np.flatnonzero(~spanned[lead:]):
            own = model_rest[lead + column]
            weight = spread_over(counts, model_sizes)
            rest[column, :-1] = model_rest[lead:] @ (own * weight)
            rest[:-1, column] = rest[column, :-1]
            rest[column, -1] = rest[-1, column] = own[of_row] @ score
    cell, cell_pattern, outer = _cells(pattern, len(first), layout)
    cells = len(cell_pattern)
    number = np.bincount(cell, minlength=cells).astype(np.float64)
    mean = np.stack([np.bincount(cell, row, minlength=cells) for row in dyad_score]) / number
    away = dyad_score - mean[:, cell]
    scatter = np.empty((inner, inner, len(first)))
    for a in range(inner):
        for b in range(a + 1):
            scatter[a, b] = scatter[b, a] = np.bincount(pattern, away[a] * away[b], minlength=len(first))
    heights = np.concatenate([upper[:, inner:][:, :, cell_pattern], mean[:, None]], axis=1) * np.sqrt(number)
    return Statistics(
        layout, upper[:, :inner][:, :, cell_pattern], heights, number, scatter, upper[:, :inner], outer, outer_rows,
        rest, cell_pattern, cell, dyad_score,
    )  # fmt: skip


def _is_zero(rest: Floats, whole: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    size = np.max(np.abs(rest), axis=1, initial=0.0)
    most = np.maximum(np.max(whole, axis=1), -np.min(whole, axis=1))
    return np.asarray(size <= 1e-12 * np.maximum(most, 1e-300))


def _cells(pattern: Ints, patterns: int, layout: Layout) -> tuple[Ints, Ints, Ints | None]:
    """Cells are patterns, or patterns within an outer group; numbered so that outer groups are stretches."""
    if layout.outer is None:
        return pattern, np.arange(patterns, dtype=np.int64), None
    above = spread_over(np.arange(len(layout.outer) - 1), np.diff(layout.outer))
    keys, cell = np.unique(above * patterns + pattern, return_inverse=True)
    starts = np.searchsorted(keys // patterns, np.arange(len(layout.outer)))
    return cell.astype(np.int64), (keys % patterns).astype(np.int64), starts.astype(np.int64)
