"""What a mixed model needs to know of the rows of each dyad, after which it never sees a row again.

Write the rows of dyad i as ``Z = Q R`` (columns of its random effects) and ``[Z3 X y] = Q H + E`` (columns of the outer
random effects, of the fixed effects, and the score). With iid residuals of unit variance and ``M = I + R S R'`` (S:
relative covariance of the dyad's random effects)

    [X y]' V^-1 [X y] = E'E + H' M^-1 H,        Z' V^-1 Z = R' M^-1 R,        log|V| = log|M|

so that (R, H) per dyad, and the cross-products E'E over all dyads, are sufficient. All terms are sums of squares:
nothing is subtracted, and no digits are lost where dyads differ much more than sessions do. Dyads whose design rows are
identical (a pattern) share R and the H of the design. They are kept as one cell, or one per outer group, with the mean
h of their H of the score; the scatter around it is ``W = sum (h_i - h)(h_i - h)'``.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from therarel.growth.likelihood.grouped_rows import group_sums, orthogonalise
from therarel.tables.arrays import Floats, Ints, Truths

# Patterns are worth their bookkeeping if there are fewer of them than this share of the dyads.
_WORTH = 0.7
_KEY_SEED = 20_090_413


@frozen(eq=False)
class Layout:
    """How rows, dyads and therapists are nested, and how many columns each has.

    Args:
        starts: First row of each inner group (dyad), and the number of rows; shape (g + 1,).
        outer: First inner group of each outer group (therapist), and g; ``None`` without that level.
        inner_columns: Number q of random effects of an inner group.
        outer_columns: Number q3 of random effects of an outer group, 0 without that level.
        fixed: Number p of fixed effects.
    """

    starts: Ints
    outer: Ints | None
    inner_columns: int
    outer_columns: int
    fixed: int

    @property
    def rows(self) -> int:
        """Number n of rows."""
        return int(self.starts[-1])

    @property
    def groups(self) -> int:
        """Number g of inner groups."""
        return len(self.starts) - 1

    def df(self, *, reml: bool) -> int:
        """Degrees of freedom of the residual variance: n, or n - p for REML."""
        return self.rows - self.fixed if reml else self.rows


@frozen(eq=False)
class SufficientStatistics:
    """Sufficient statistics of all dyads.

    Args:
        layout: The nesting.
        r: R of each pattern, shape (q, q, patterns).
        pattern_counts: Number of dyads of each pattern, shape (patterns,).
        h: H of each cell times the root of its count, shape (q, q3 + p + 1, cells).
        counts: Number of dyads of each cell, shape (cells,).
        pattern: Pattern of each cell, shape (cells,); ``None`` where each dyad is a pattern and a cell.
        scatter: W of each pattern, shape (q, q, patterns); ``None`` likewise.
        outer: First cell of each outer group, and the number of cells; ``None`` without that level.
        outer_h: The part of E that the outer random effects span, shape (q3, q3 + p + 1, outer groups); ``None`` where
            Q spans them all.
        rest: E'E of [X y], shape (p + 1, p + 1).
        dyad_cell: Cell of each dyad, shape (g,).
        dyad_score: H of the score of each dyad, not weighted, shape (q, g).
    """

    layout: Layout
    r: Floats
    pattern_counts: Floats
    h: Floats
    counts: Floats
    pattern: Ints | None
    scatter: Floats | None
    outer: Ints | None
    outer_h: Floats | None
    rest: Floats
    dyad_cell: Ints
    dyad_score: Floats

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.counts)

    def per_cell(self, stack: Floats, part: slice = slice(None)) -> Floats:
        """What each pattern has, for some cells."""
        return stack[..., part if self.pattern is None else self.pattern[part]]

    def per_dyad(self, stack: Floats) -> Floats:
        """What each cell has, for each dyad."""
        return stack if self.pattern is None else stack[..., self.dyad_cell]

    def combined(self, mix: Floats) -> SufficientStatistics:
        """The statistics after the columns [X y] are replaced by ``[X y] @ mix``; the score keeps its weight 1.

        Args:
            mix: Shape (p + 1, columns); the last row is zero but for a 1 at its end.
        """
        q3 = self.layout.outer_columns

        def mixed(stack: Floats) -> Floats:
            return np.concatenate([stack[:, :q3], np.einsum("iak,ab->ibk", stack[:, q3:], mix)], axis=1)

        shift = np.einsum("iak,a->ik", self.h[:, q3:-1] / np.sqrt(self.counts), mix[:-1, -1])
        return evolve(
            self,
            layout=evolve(self.layout, fixed=mix.shape[1] - 1),
            h=mixed(self.h),
            outer_h=None if self.outer_h is None else mixed(self.outer_h),
            rest=mix.T @ self.rest @ mix,
            dyad_score=self.dyad_score + shift[:, self.dyad_cell],
        )


def design_patterns(design: Floats, starts: Ints) -> tuple[Ints, Ints]:
    """Which dyads have identical design rows.

    Args:
        design: Shape (columns, rows).
        starts: Dyads.

    Returns:
        Pattern of each dyad, shape (g,), and one dyad of each pattern, shape (patterns,).

    Examples:
        >>> design_patterns(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), np.array([0, 2, 4, 5]))
        (array([1, 1, 0]), array([2, 0]))
    """
    sizes = np.diff(starts)
    chance = np.random.default_rng(_KEY_SEED)
    keys = chance.normal(size=len(design)) @ design
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
    keys *= chance.normal(size=int(sizes.max()))[within]
    marks = group_sums(keys, starts) + sizes * np.pi
    _, first, pattern = np.unique(marks, return_index=True, return_inverse=True)
    alone = np.arange(len(sizes), dtype=np.int64)
    if len(first) > _WORTH * len(sizes) or (sizes != sizes[first][pattern]).any():
        return alone, alone
    model = np.repeat(starts[:-1][first][pattern], sizes) + within
    if any((column != column[model]).any() for column in design):  # two designs with one key
        return alone, alone
    return pattern.astype(np.int64), first.astype(np.int64)


def reduce_rows(rows: Floats, layout: Layout, *, patterns: bool = True) -> SufficientStatistics:
    """The sufficient statistics of rows.

    Args:
        rows: Shape (q + q3 + p + 1, rows): columns of the inner random effects, of the outer ones, of the fixed
            effects, and the score, whitened where residuals are not iid.
        layout: Their nesting.
        patterns: Whether to look for dyads with identical designs.
    """
    q, q3 = layout.inner_columns, layout.outer_columns
    alone = np.arange(layout.groups, dtype=np.int64)
    pattern, first = design_patterns(rows[:-1], layout.starts) if patterns else (alone, alone)
    if len(first) < layout.groups:
        return _reduce_patterns(rows, layout, pattern, first)
    _, rh, rest = orthogonalise(rows, q, layout.starts)
    outer_h, rest = _outer_part(rest, layout, rows[q : q + q3]) if q3 else (None, rest)
    ones = np.ones(layout.groups)
    return SufficientStatistics(
        layout, rh[:, :q], ones, rh[:, q:], ones, None, None, layout.outer, outer_h, rest @ rest.T, alone, rh[:, -1]
    )


def _outer_part(rest: Floats, layout: Layout, outer_columns: Floats) -> tuple[Floats | None, Floats]:
    """Of E = [Z3 X y] - Q H, what Z3 spans in each outer group, and what is left of [X y]."""
    q3 = layout.outer_columns
    assert layout.outer is not None
    if (np.sum(rest[:q3] ** 2, axis=1) <= 1e-20 * np.maximum(np.sum(outer_columns**2, axis=1), 1e-300)).all():
        return None, rest[q3:]
    _, outer_h, left = orthogonalise(rest, q3, layout.starts[layout.outer])
    return outer_h, left


def _reduce_patterns(rows: Floats, layout: Layout, pattern: Ints, first: Ints) -> SufficientStatistics:
    """The same where dyads share designs: each pattern is orthogonalised once, and every dyad's score projected."""
    q, q3, p, starts = layout.inner_columns, layout.outer_columns, layout.fixed, layout.starts
    sizes = np.diff(starts)
    model_sizes = sizes[first]
    model_starts = np.concatenate([[0], np.cumsum(model_sizes)])
    model_rows = np.arange(model_starts[-1]) + np.repeat(starts[:-1][first] - model_starts[:-1], model_sizes)
    basis, rh, model_rest = orthogonalise(rows[:-1, model_rows], q, model_starts)
    of_row = np.repeat(model_starts[:-1][pattern] - starts[:-1], sizes) + np.arange(layout.rows)
    spanned = _is_zero(model_rest, rows[q:-1])
    score = rows[-1].copy()
    dyad_score = np.empty((q, layout.groups))
    for k in range(q):
        column = basis[k][of_row]
        dyad_score[k] = group_sums(column * score, starts)  # h_k = q_k' y
        score -= np.repeat(dyad_score[k], sizes) * column
    pattern_counts = np.bincount(pattern, minlength=len(first)).astype(np.float64)
    rest = np.zeros((p + 1, p + 1))
    rest[-1, -1] = score @ score
    outer_h: Floats | None = None
    if q3 and not spanned[:q3].all():
        outer_h, left = _outer_part(np.concatenate([model_rest[:, of_row], score[None]]), layout, rows[q : q + q3])
        rest = left @ left.T
    else:
        for k in np.flatnonzero(~spanned[q3:]).tolist():  # E'E of the design, once per dyad, and with the scores
            column = model_rest[q3 + k]
            rest[k, :-1] = rest[:-1, k] = model_rest[q3:] @ (column * np.repeat(pattern_counts, model_sizes))
            rest[k, -1] = rest[-1, k] = column[of_row] @ score
    cell, cell_pattern, outer = _cells(pattern, len(first), layout)
    counts = np.bincount(cell, minlength=len(cell_pattern)).astype(np.float64)
    mean = np.stack([np.bincount(cell, row, minlength=len(counts)) for row in dyad_score]) / counts
    away = dyad_score - mean[:, cell]
    scatter = np.empty((q, q, len(first)))
    for a in range(q):
        for b in range(a + 1):  # W = sum (h_i - h)(h_i - h)'
            scatter[a, b] = scatter[b, a] = np.bincount(pattern, away[a] * away[b], minlength=len(first))
    h = np.concatenate([rh[:, q:][:, :, cell_pattern], mean[:, None]], axis=1) * np.sqrt(counts)
    return SufficientStatistics(
        layout, rh[:, :q], pattern_counts, h, counts, cell_pattern, scatter, outer, outer_h, rest, cell, dyad_score
    )


def _is_zero(rest: Floats, whole: Floats) -> Truths:
    """Which columns have nothing left but rounding."""
    size = np.max(np.abs(rest), axis=1, initial=0.0)
    largest = np.maximum(np.max(whole, axis=1), -np.min(whole, axis=1))
    return np.asarray(size <= 1e-12 * np.maximum(largest, 1e-300))


def _cells(pattern: Ints, patterns: int, layout: Layout) -> tuple[Ints, Ints, Ints | None]:
    """Cells are patterns, or patterns within an outer group; renumbered so that outer groups are stretches."""
    if layout.outer is None:
        return pattern, np.arange(patterns, dtype=np.int64), None
    above = np.repeat(np.arange(len(layout.outer) - 1), np.diff(layout.outer))
    keys, cell = np.unique(above * patterns + pattern, return_inverse=True)
    starts = np.searchsorted(keys // patterns, np.arange(len(layout.outer)))
    return cell.astype(np.int64), (keys % patterns).astype(np.int64), starts.astype(np.int64)
