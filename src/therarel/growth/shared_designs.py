"""The likelihood of three levels where many dyads have the same design, as seen during a search.

What depends on the design alone is computed once per pattern of sessions, and a therapist's sums are the numbers of
dyads per pattern times that: one sparse matrix of therapists by patterns, however many dyads there are. Therapists'
effects are then taken off by differences of cross-products, in which digits are lost where therapists differ
enormously more than sessions. There `glance` declines, and elsewhere too this serves the search only: what is found
is checked by `likelihood.evaluate`, which subtracts nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from therarel.growth.likelihood import profiled
from therarel.growth.segments import Floats
from therarel.growth.stacks import (
    back_solve,
    cholesky,
    forward_solve,
    gram,
    product,
    times,
    transposed_product,
)
from therarel.growth.statistics import Layout, Statistics

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["SharedDesigns"]

_LOSS = 1e3  # of the sum of squares: what may be subtracted from it, at the cost of three digits of sixteen


@frozen(eq=False)
class SharedDesigns:
    """Sufficient statistics by pattern and therapist; shapes end in the number of patterns, or of therapists, T.

    Args:
        layout: The nesting.
        upper: R of each pattern, (q, q, patterns).
        lead: H of the outer random effects, (q, q3, patterns).
        fixed: H of the fixed effects, (q, p, patterns).
        counts: Dyads of each pattern, (patterns,).
        sums: H of the score, summed over dyads, (q, patterns).
        squares: Its cross-products, summed over dyads, (q, q, patterns).
        mix: Dyads of each therapist in each pattern, sparse (T, patterns).
        scores: H of the score summed over these dyads, one sparse matrix per inner random effect.
        more: Cross-products of what the dyads' random effects do not span, (q3 + p + 1, q3 + p + 1, T); ``None`` where
            they span the therapists'.
        rest: Cross-products of [X y] that no random effect spans, (p + 1, p + 1).
    """

    layout: Layout
    upper: Floats
    lead: Floats
    fixed: Floats
    counts: Floats
    sums: Floats
    squares: Floats
    mix: csr_array
    scores: tuple[csr_array, ...]
    more: Floats | None
    rest: Floats

    @classmethod
    def of(cls, statistics: Statistics) -> SharedDesigns | None:
        """The same statistics by pattern; ``None`` with two levels, or where designs differ."""
        pattern, upper, scatter = statistics.cell_pattern, statistics.spread_upper, statistics.spread
        if statistics.outer is None or pattern is None or upper is None or scatter is None:
            return None
        from scipy.sparse import csr_array

        lead, patterns = statistics.layout.outer_columns, upper.shape[2]
        shape = (len(statistics.outer) - 1, patterns)
        roots = np.sqrt(statistics.counts)
        _, example = np.unique(pattern, return_index=True)
        heights = statistics.heights[:, :-1, example] / roots[example]
        summed = statistics.heights[:, -1] * roots
        own = statistics.heights[:, -1]

        def per_pattern(values: Floats) -> Floats:
            return np.bincount(pattern, values, minlength=patterns).astype(np.float64)

        squares = scatter.copy()
        for a in range(len(own)):
            for b in range(len(own)):
                squares[a, b] += per_pattern(own[a] * own[b])
        more = (
            None if statistics.outer_rows is None else transposed_product(statistics.outer_rows, statistics.outer_rows)
        )
        return cls(
            statistics.layout, upper, heights[:, :lead], heights[:, lead:], per_pattern(statistics.counts),
            np.stack([per_pattern(row) for row in summed]), squares,
            csr_array((statistics.counts, pattern, statistics.outer), shape=shape),
            tuple(csr_array((row, pattern, statistics.outer), shape=shape) for row in summed),
            more, statistics.rest,
        )  # fmt: skip

    def glance(self, factors: tuple[Floats, ...], *, reml: bool) -> tuple[float, tuple[Floats, ...]] | None:
        """Minus twice the log-likelihood, and its derivatives by the relative covariances, as `evaluate` has them.

        ``None`` where too many digits would be lost.
        """
        lead, fixed = self.layout.outer_columns, self.layout.fixed
        eye, eye_above = np.eye(self.layout.inner_columns)[:, :, None], np.eye(lead)[:, :, None]
        spread = times(self.upper, factors[0])
        lower = cholesky(eye + product(spread, spread.transpose(1, 0, 2)))
        design = forward_solve(lower, self.upper)
        pull, reach = forward_solve(lower, self.lead), forward_solve(lower, self.fixed)
        root = forward_solve(lower, np.broadcast_to(eye, self.upper.shape))
        solved = back_solve(lower, design)
        log_determinant = _log_diagonal(lower, self.counts)

        inside = self._to_therapists(transposed_product(pull, pull))
        above = self._to_therapists(transposed_product(pull, reach))
        turned_pull = back_solve(lower, pull)
        score = sum(matrix @ row.T for matrix, row in zip(self.scores, turned_pull, strict=True))
        heights = np.concatenate([above, score.T[:, None]], axis=1)
        cross = np.zeros((fixed + 1, fixed + 1))
        weighted = reach * np.sqrt(self.counts)
        cross[:fixed, :fixed] = gram(weighted, weighted)
        cross[:fixed, fixed:] = gram(reach, forward_solve(lower, self.sums[:, None]))
        cross[fixed:, :fixed] = cross[:fixed, fixed:].T
        cross[-1, -1] = float(np.sum(transposed_product(root, root) * self.squares))
        cross += self.rest
        if self.more is not None:
            inside, heights = inside + self.more[:lead, :lead], heights + self.more[:lead, lead:]
            cross += self.more[lead:, lead:].sum(axis=2)
        spun = times(times(inside, factors[1]).transpose(1, 0, 2), factors[1])
        turned = cholesky(eye_above + spun)
        log_determinant += _log_diagonal(turned, np.ones(inside.shape[2]))
        half = forward_solve(turned, np.broadcast_to(factors[1].T[:, :, None], inside.shape))
        posterior, halved = transposed_product(half, half), product(half, heights)
        taken = gram(halved, halved)
        try:
            found = profiled(cross - taken, log_determinant, self.layout, reml=reml)
        except np.linalg.LinAlgError:
            return None
        if float(found.weights @ taken @ found.weights) > _LOSS * found.squares:
            return None

        effects = transposed_product(half, halved)
        predicted = np.tensordot(effects, found.weights, axes=(1, 0))[:, None]
        slope = gram(design * np.sqrt(self.counts), design * np.sqrt(self.counts))
        meant = transposed_product(design, pull)
        slope -= _sandwich(meant, self._to_patterns(posterior))
        if reml and fixed:
            own = times(transposed_product(design, reach), found.whitener)
            drawn = times(effects[:, :-1], found.whitener)
            counted = own * np.sqrt(self.counts)
            crossed = _between(own, self._to_patterns(drawn.transpose(1, 0, 2)), meant)
            slope -= gram(counted.transpose(1, 0, 2), counted.transpose(1, 0, 2)) - crossed - crossed.T
            slope -= _sandwich(meant, self._to_patterns(product(drawn, drawn.transpose(1, 0, 2))))
        slope -= found.precision * gram(solved, product(self._left(found.beta, predicted), solved))

        kept = eye_above - product(posterior, inside)
        outer = product(inside, kept).sum(axis=2)
        aim = transposed_product(kept, heights)
        error = np.tensordot(aim, found.weights, axes=(1, 0))
        outer -= found.precision * (error @ error.T)
        if reml and fixed:
            seen = times(aim[:, :-1], found.whitener).transpose(1, 0, 2)
            outer -= gram(seen, seen)
        return found.deviance, (slope, outer)

    def _left(self, beta: Floats, predicted: Floats) -> Floats:
        """Cross-products of H of the score less what fixed effects and therapists expect, (q, q, patterns)."""
        line = np.tensordot(self.fixed, beta, axes=(1, 0))
        both = np.stack([(matrix.T @ predicted[:, 0].T).T for matrix in self.scores])
        theirs = product(self.lead, self._to_patterns(predicted))
        one_sided = self.sums[:, None] * line[None] + product(both, self.lead.transpose(1, 0, 2))
        one_sided -= line[:, None] * theirs.transpose(1, 0, 2)
        square = self._to_patterns(product(predicted, predicted.transpose(1, 0, 2)))
        left = self.squares + self.counts * line[:, None] * line[None] - one_sided - one_sided.transpose(1, 0, 2)
        return left + product(product(self.lead, square), self.lead.transpose(1, 0, 2))

    def _to_therapists(self, stack: Floats) -> Floats:
        """Sums over a therapist's dyads of what each pattern has."""
        summed = self.mix @ stack.reshape(-1, stack.shape[2]).T
        return np.asarray(summed.T).reshape(*stack.shape[:2], self.mix.shape[0])

    def _to_patterns(self, stack: Floats) -> Floats:
        """Sums over a pattern's dyads of what each of their therapists has."""
        summed = self.mix.T @ stack.reshape(-1, stack.shape[2]).T
        return np.asarray(summed.T).reshape(*stack.shape[:2], self.mix.shape[1])


def _log_diagonal(factor: Floats, counts: Floats) -> float:
    """Twice the summed logarithms of the diagonals."""
    return 2.0 * float(sum(np.log(factor[k, k]) @ counts for k in range(len(factor))))


def _sandwich(outside: Floats, inside: Floats) -> Floats:
    """The sum over patterns of ``A B A'``."""
    return gram(product(outside, inside).transpose(1, 0, 2), outside.transpose(1, 0, 2))


def _between(left: Floats, middle: Floats, right: Floats) -> Floats:
    """The sum over patterns of ``A B C'``."""
    return gram(product(left, middle).transpose(1, 0, 2), right.transpose(1, 0, 2))
