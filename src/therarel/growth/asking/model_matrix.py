"""The columns of a formula: its effects as numbers, row by row, and what its categories are compared with."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError, shown
from therarel.growth.arrays import Floats
from therarel.growth.asking.formulas import formula_text, names_in, parsed

if TYPE_CHECKING:
    import pandas as pd
    from formulaic import ModelSpec  # type: ignore[import-untyped]  # it ships no types

__all__ = [
    "Products",
    "Spec",
    "baselines",
    "categorical",
    "cause_of",
    "dropped_sentence",
    "dropped_terms",
    "model_matrix",
]

_LOOKED_AT: Final = 64  # rows at which a formula is computed again


@frozen
class Products:
    """Columns that are products of numeric columns.

    Args:
        terms: The columns that each multiplies, none for the intercept.

    Examples:
        >>> Products(((), ("session",), ("session", "arm"))).names
        ('Intercept', 'session', 'session:arm')
    """

    terms: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms, as formulaic gives them."""
        return tuple(":".join(term) or "Intercept" for term in self.terms)

    def columns(self, frame: pd.DataFrame) -> Floats:
        """Their values, shape (terms, rows)."""
        made = np.ones((len(self.terms), len(frame)))
        for row, term in zip(made, self.terms, strict=True):
            for name in term:
                row *= frame[name].to_numpy(dtype=np.float64)
        return made

    def get_model_matrix(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of their values for new rows, those with a missing value left out.

        Raises:
            InvalidValueError: if a column holds no numbers.
        """
        import pandas as pd

        for term in self.terms:
            for name in term:
                if not is_plain(frame, name):
                    raise InvalidValueError("this column held numbers when the model was fitted", where=name)
        return pd.DataFrame(self.columns(frame).T, columns=list(self.names)).dropna()


def is_plain(frame: pd.DataFrame, name: str) -> bool:
    """Whether a table has a column of numbers under this name; truth values are categories."""
    return name in frame.columns and frame[name].dtype.kind in "iuf"


def products(formula: str, frame: pd.DataFrame) -> Products | None:
    """A one-sided formula as products of numeric columns; ``None`` if it is more than that.

    Raises:
        InvalidValueError: if the formula cannot be read.
    """
    try:
        terms = list(parsed(formula))
    except Exception as fault:
        raise InvalidValueError("the formula cannot be read", where="formula", value=formula_text(formula)) from fault
    factors = [tuple(str(one.expr) for one in term.factors if str(one.expr) != "1") for term in terms]
    return Products(tuple(factors)) if all(is_plain(frame, name) for term in factors for name in term) else None


Spec: TypeAlias = "ModelSpec | Products"
"""What makes a formula's columns again from a new table."""


def model_matrix(formula: str, frame: pd.DataFrame, where: str) -> tuple[tuple[str, ...], Floats, Spec]:
    """The columns of a one-sided formula, shape (columns, rows), with their names and what makes them again.

    Raises:
        InvalidValueError: if the formula cannot be computed, gives no number, takes a value from more than its own
            row, or names a category that no row has.
    """
    plain = products(formula, frame)
    if plain is not None:
        names, columns, spec = plain.names, plain.columns(frame), plain
    else:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = parsed(formula).get_model_matrix(frame, na_action="ignore")
                columns = np.ascontiguousarray(made.to_numpy(dtype=np.float64).T)
        except Exception as fault:
            raise InvalidValueError(
                f"the formula cannot be computed ({cause_of(fault)})", where=where, value=formula_text(formula),
                hint="text has no logarithm or power, a curve needs as many different values as it bends, and a "
                "baseline is a category that some row has",
            ) from fault  # fmt: skip
        names, spec = tuple(str(name) for name in made.columns), made.model_spec
    if not isinstance(spec, Products):
        _check_levels(spec, frame, where)
        _check_rows(formula, spec, frame, columns, where)
    if not np.isfinite(columns).all():
        raise InvalidValueError(
            "the formula gives values that are not finite",
            where=where,
            value=formula_text(formula),
            hint="the logarithm of session 0 is not finite: write log(session + 1)",
        )
    return names, columns, spec


def cause_of(fault: BaseException) -> str:
    """Why a formula failed: the kind of error, and its words only where these cannot hold a value of the table.

    Examples:
        >>> cause_of(ValueError("she said it was over")), cause_of(NameError("name 'f' is not defined"))
        ('ValueError', "name 'f' is not defined")
    """
    while fault.__cause__ is not None:
        fault = fault.__cause__
    said = isinstance(fault, (NameError, ImportError, SyntaxError)) and not isinstance(fault, UnicodeError)
    return str(fault) if said else type(fault).__name__


def _check_levels(spec: ModelSpec, frame: pd.DataFrame, where: str) -> None:
    """Refuse categories that a formula lists and no row has: effects would be differences from nobody."""
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
    """Refuse a formula in which a row's value hangs on other rows, such as the row before: order would matter."""
    rows = len(frame)
    some = np.unique(np.linspace(0, rows - 1, min(_LOOKED_AT, max(1, rows // 2))).astype(np.int64))[::-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            again = spec.get_model_matrix(frame.iloc[some], na_action="ignore").to_numpy(dtype=np.float64).T
        same = again.shape == (len(columns), len(some)) and np.allclose(
            again, columns[:, some], rtol=1e-8, equal_nan=True,
            atol=1e-8 * float(np.max(np.abs(columns), initial=0.0, where=np.isfinite(columns))),
        )  # fmt: skip
    except Exception:  # whatever a formula does with a few rows, it is not what it did with all
        same = False
    if not same:
        raise InvalidValueError(
            "the formula takes a row's value from other rows as well, such as the row before or a mean", where=where,
            value=formula_text(formula),
            hint="compute that as a column first, within each dyad; center(...) and scale(...) remember a mean",
        )  # fmt: skip


def dropped_terms(spec: Spec) -> tuple[str, ...]:
    """Terms of a formula without a column left."""
    if isinstance(spec, Products):
        return ()
    return tuple(str(term) for term, place in spec.term_slices.items() if place.start == place.stop)


def dropped_sentence(lost: Sequence[str]) -> str:
    """What it means that terms have no column."""
    return f"{', '.join(lost)}: left out, because a column of categories has a single value in the rows that were used."


def _codings(spec: ModelSpec) -> Iterator[tuple[str, str | None, Any]]:
    """Each factor of categories with its column, if it is one, and how it is coded."""
    plain = {str(one.expr) for term in spec.formula for one in term.factors if one.eval_method.name == "LOOKUP"}
    for expression, (kind, state) in spec.encoder_state.items():
        if kind.name != "CATEGORICAL" or "contrasts" not in state:
            continue
        column: str | None = expression if expression in plain else None
        if expression.startswith("C("):
            names = [re.escape(name) for name in names_in(expression)[0]]
            found = re.match(rf"C\(`?({'|'.join(names)})`?\s*[,)]", expression) if names else None
            column = found[1] if found else None
        yield expression, column, state["contrasts"]


def categorical(spec: Spec) -> list[str]:
    """Columns that a formula takes as categories, by themselves or in ``C(...)``."""
    if isinstance(spec, Products):
        return []
    return [name for _, name, _ in _codings(spec) if name is not None]


def baselines(spec: Spec, names: Sequence[str]) -> list[str]:
    """What effects of categories are differences from, in sentences.

    Args:
        spec: Of the formula.
        names: Of its columns.
    """
    if isinstance(spec, Products):
        return []
    said = []
    for expression, _, coding in _codings(spec):
        if not any(f"{expression}[T." in name for name in names):
            continue  # an effect for each category, or another coding, has no baseline
        base = getattr(coding.contrasts, "base", None)
        base = base if base in coding.levels else coding.levels[0]
        said.append(f"Effects of {expression} are differences from '{base}'.")
    return said
