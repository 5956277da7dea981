"""Linear algebra of many small matrices at once, one per group, with the groups in the last axis.

Each entry of the matrices is one contiguous vector over groups, so that a Cholesky factor of a million 2 x 2 matrices
costs four vector operations and no loop over dyads.
"""

from __future__ import annotations

import numpy as np

from therarel.tables.arrays import Floats


def cholesky(matrices: Floats) -> Floats:
    """Lower Cholesky factors of symmetric positive definite matrices of shape (q, q, groups).

    Examples:
        >>> cholesky(np.array([[[4.0, 9.0]]]))
        array([[[2., 3.]]])
    """
    size = len(matrices)
    factor = np.zeros_like(matrices)
    for column in range(size):
        pivot = matrices[column, column].copy()
        for k in range(column):
            pivot -= factor[column, k] ** 2
        factor[column, column] = np.sqrt(pivot)
        for row in range(column + 1, size):
            entry = matrices[row, column].copy()
            for k in range(column):
                entry -= factor[row, k] * factor[column, k]
            factor[row, column] = entry / factor[column, column]
    return factor


def forward_solve(factor: Floats, right: Floats) -> Floats:
    """``L^-1 B`` for lower triangular L of shape (q, q, groups) and B of shape (q, columns, groups)."""
    solved = right.copy()
    for row in range(len(factor)):
        for k in range(row):
            solved[row] -= factor[row, k] * solved[k]
        solved[row] /= factor[row, row]
    return solved


def back_solve(factor: Floats, right: Floats) -> Floats:
    """``L'^-1 B`` for lower triangular L of shape (q, q, groups) and B of shape (q, columns, groups)."""
    solved = right.copy()
    for row in reversed(range(len(factor))):
        for k in range(row + 1, len(factor)):
            solved[row] -= factor[k, row] * solved[k]
        solved[row] /= factor[row, row]
    return solved


def transposed(stack: Floats) -> Floats:
    """Each matrix of a stack transposed."""
    return stack.transpose(1, 0, 2)


def times(stack: Floats, matrix: Floats) -> Floats:
    """Each matrix of a stack of shape (a, b, groups) times one matrix of shape (b, c)."""
    return np.asarray(np.matmul(matrix.T, stack))


def product(left: Floats, right: Floats) -> Floats:
    """Products group by group: (a, b, groups) times (b, c, groups)."""
    result = left[:, 0, None] * right[None, 0]
    for k in range(1, left.shape[1]):
        result += left[:, k, None] * right[None, k]
    return result


def transposed_product(left: Floats, right: Floats) -> Floats:
    """Products group by group with the first transposed: (a, b, groups)' times (a, c, groups)."""
    result = left[0, :, None] * right[0, None]
    for k in range(1, len(left)):
        result += left[k, :, None] * right[k, None]
    return result


def gram(left: Floats, right: Floats) -> Floats:
    """The sum over groups of ``A' B`` for stacks of shape (a, b, groups) and (a, c, groups): shape (b, c)."""
    if len(left) == 0:
        return np.zeros((left.shape[1], right.shape[1]))
    total = left[0] @ right[0].T
    for row in range(1, len(left)):
        total += left[row] @ right[row].T
    return np.asarray(total)


def inverse(matrix: Floats) -> Floats:
    """The inverse of one matrix, which may be empty.

    Examples:
        >>> inverse(np.array([[2.0]]))
        array([[0.5]])
    """
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def lower_root(root: Floats) -> Floats:
    """The lower triangular F with a diagonal that is not negative and ``F F' = U U'``, for a square U.

    Examples:
        >>> lower_root(np.array([[-2.0]]))
        array([[2.]])
    """
    lower = np.asarray(np.linalg.qr(root.T, mode="r")).T
    return np.asarray(lower * np.where(np.diag(lower) < 0, -1.0, 1.0))
