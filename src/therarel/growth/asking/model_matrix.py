"""The model matrix of a formula: one column of numbers per effect, and what each category is compared with.

Formulas of numeric columns and their products are computed here; formulaic computes those with categories or functions.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError, shown
from therarel.growth.asking.formulas import formula_text, names_in, parsed
from therarel.tables.arrays import Floats

if TYPE_CHECKING:
    import pandas as pd
    from formulaic import ModelSpec  # type: ignore[import-untyped]  # it ships no types

_ROWS_COMPARED: Final = 64
"""A formula is computed a second time for at most this many rows, to see that each row's values are its own."""


@frozen
class Products:
    """A formula whose terms are products of numeric columns.

    Args:
        terms: For each term the columns that are multiplied; empty for the intercept.

    Examples:
        >>> Products(((), ("session",), ("session", "arm"))).names
        ('Intercept', 'session', 'session:arm')
    """

    terms: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms, as formulaic writes them."""
        return tuple(":".join(term) or "Intercept" for term in self.terms)

    def columns(self, frame: pd.DataFrame) -> Floats:
        """The values of the terms in each row of a table, shape (terms, rows)."""
        values = np.ones((len(self.terms), len(frame)))
        for product, term in zip(values, self.terms, strict=True):
            for name in term:
                product *= frame[name].to_numpy(dtype=np.float64)
        return values

    def get_model_matrix(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The model matrix of new rows, without those that lack a value; the method is called as formulaic's is.

        Raises:
            InvalidValueError: if a column does not hold numbers.
        """
        import pandas as pd

        for term in self.terms:
            for name in term:
                if not _is_numeric(frame, name):
                    raise InvalidValueError("this column held numbers when the model was fitted", where=name)
        return pd.DataFrame(self.columns(frame).T, columns=list(self.names)).dropna()


def _is_numeric(frame: pd.DataFrame, name: str) -> bool:
    """Whether a table has a column of numbers with this name; truth values are categories, not numbers."""
    return name in frame.columns and frame[name].dtype.kind in "iuf"


def as_products(formula: str, frame: pd.DataFrame) -> Products | None:
    """A one-sided formula as products of numeric columns; ``None`` if it has categories or functions.

    Raises:
        InvalidValueError: if the formula cannot be read.
    """
    try:
        parsed_terms = list(parsed(formula))
    except Exception as error:
        raise InvalidValueError("the formula cannot be read", where="formula", value=formula_text(formula)) from error
    factors = ([str(factor.expr) for factor in term.factors] for term in parsed_terms)
    terms = tuple(tuple(name for name in names if name != "1") for names in factors)
    return Products(terms) if all(_is_numeric(frame, name) for term in terms for name in term) else None


Spec: TypeAlias = "ModelSpec | Products"
"""A formula that was applied to a table once and computes the same columns for new rows."""


def model_matrix(formula: str, frame: pd.DataFrame, where: str) -> tuple[tuple[str, ...], Floats, Spec]:
    """The names of a one-sided formula's columns, their values of shape (columns, rows), and the formula for new rows.

    Args:
        formula: The effects, such as ``session * arm``.
        frame: The rows of the fit, without missing values.
        where: What an error calls the formula.

    Raises:
        InvalidValueError: if the formula cannot be computed, gives values that are not finite, takes a value from other
            rows than its own, or names a category that no row has.
    """
    spec: Spec | None = as_products(formula, frame)
    if spec is not None:
        names, columns = spec.names, spec.columns(frame)
    else:
        names, columns, spec = _computed(formula, frame, where)
    if not np.isfinite(columns).all():
        raise InvalidValueError(
            "the formula gives values that are not finite",
            where=where,
            value=formula_text(formula),
            hint="the logarithm of session 0 is not finite: write log(session + 1)",
        )
    return names, columns, spec


def _computed(formula: str, frame: pd.DataFrame, where: str) -> tuple[tuple[str, ...], Floats, ModelSpec]:
    """What `model_matrix` returns, computed by formulaic and checked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of divisions by 0: values that are not finite are refused afterwards
            matrix = parsed(formula).get_model_matrix(frame, na_action="ignore")
            columns = np.ascontiguousarray(matrix.to_numpy(dtype=np.float64).T)
    except Exception as error:
        raise InvalidValueError(
            f"the formula cannot be computed ({cause_of(error)})", where=where, value=formula_text(formula),
            hint="text has no logarithm or power, a polynomial or spline needs more different values than it has "
            "columns, and a baseline is a category that some row has",
        ) from error  # fmt: skip
    spec = matrix.model_spec
    _check_categories(spec, frame, where)
    _check_rows(formula, spec, frame, columns, where)
    return tuple(str(name) for name in matrix.columns), columns, spec


def cause_of(error: BaseException) -> str:
    """Why a formula failed: the kind of the first error, or its message where that cannot contain a cell of the table.

    Examples:
        >>> cause_of(ValueError("she said it was over")), cause_of(NameError("name 'f' is not defined"))
        ('ValueError', "name 'f' is not defined")
    """
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) if isinstance(error, (NameError, ImportError, SyntaxError)) else type(error).__name__


def _check_categories(spec: ModelSpec, frame: pd.DataFrame, where: str) -> None:
    """Refuse categories that ``C(...)`` lists and no row has: a baseline without rows can be compared with nothing."""
    for expression, name, coding in _codings(spec):
        if name is None or not expression.startswith("C("):
            continue
        unused = [level for level in coding.levels if not (frame[name] == level).any()]
        if unused:
            raise InvalidValueError(
                f"no row that is used has this category of '{name}'", where=where, value=shown(unused[0]),
                hint="leave it out of the levels",
            )  # fmt: skip


def _check_rows(formula: str, spec: ModelSpec, frame: pd.DataFrame, columns: Floats, where: str) -> None:
    """Refuse a formula in which a row's value depends on other rows: new rows would get other values than these did.

    The formula is computed again for some rows, in reverse: a mean over all rows, or the row before, is then another.
    What formulaic itself remembers, such as the mean of ``center(...)``, stays.
    """
    count = min(_ROWS_COMPARED, max(1, len(frame) // 2))
    rows = np.unique(np.linspace(0, len(frame) - 1, count).astype(np.int64))[::-1]
    largest = float(np.max(np.abs(columns), initial=0.0, where=np.isfinite(columns)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            recomputed = spec.get_model_matrix(frame.iloc[rows], na_action="ignore").to_numpy(dtype=np.float64).T
        equal = recomputed.shape == (len(columns), len(rows)) and np.allclose(
            recomputed, columns[:, rows], rtol=1e-8, atol=1e-8 * largest, equal_nan=True
        )
    except Exception:  # a formula that fails for a part of the rows needs the others
        equal = False
    if not equal:
        raise InvalidValueError(
            "the formula takes a row's value from other rows as well, such as the row before or a mean", where=where,
            value=formula_text(formula),
            hint="compute that as a column first, within each dyad; center(...) and scale(...) remember a mean",
        )  # fmt: skip


def dropped_terms(spec: Spec) -> tuple[str, ...]:
    """The terms of a formula that have no column, since all rows are of one category."""
    if isinstance(spec, Products):
        return ()
    return tuple(str(term) for term, columns in spec.term_slices.items() if columns.start == columns.stop)


def dropped_sentence(terms: Sequence[str]) -> str:
    """The sentence on terms that have no column."""
    return (
        f"{', '.join(terms)}: left out, because a column of categories has a single value in the rows that were used."
    )


def _codings(spec: ModelSpec) -> Iterator[tuple[str, str | None, Any]]:
    """Each categorical factor: its expression, the column whose categories it takes, and formulaic's coding of it.

    The column is ``None`` where the formula computes the categories.
    """
    columns = {
        str(factor.expr) for term in spec.formula for factor in term.factors if factor.eval_method.name == "LOOKUP"
    }
    for expression, (kind, state) in spec.encoder_state.items():
        if kind.name != "CATEGORICAL" or "contrasts" not in state:
            continue
        column: str | None = expression if expression in columns else None
        if expression.startswith("C("):
            names = [re.escape(name) for name in names_in(expression)[0]]
            match = re.match(rf"C\(`?({'|'.join(names)})`?\s*[,)]", expression) if names else None
            column = match[1] if match else None
        yield expression, column, state["contrasts"]


def categorical_columns(spec: Spec) -> list[str]:
    """The columns whose values a formula takes as categories, with or without ``C(...)``."""
    if isinstance(spec, Products):
        return []
    return [column for _, column, _ in _codings(spec) if column is not None]


def baselines(spec: Spec, names: Sequence[str]) -> list[str]:
    """For each categorical factor a sentence that names the category with which the others are compared.

    Args:
        spec: The formula.
        names: The names of its columns.
    """
    if isinstance(spec, Products):
        return []
    sentences = []
    for expression, _, coding in _codings(spec):
        if not any(f"{expression}[T." in name for name in names):
            continue  # one effect for every category, or another coding than differences: without a baseline
        baseline = getattr(coding.contrasts, "base", None)
        baseline = baseline if baseline in coding.levels else coding.levels[0]
        sentences.append(f"Effects of {expression} are differences from '{baseline}'.")
    return sentences
