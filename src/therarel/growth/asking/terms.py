"""Terms that are products of numeric columns: the plain ones, for which no formula has to be evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.growth.arrays import Floats
from therarel.growth.asking.formulas import formula_words, parsed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Products", "Term", "factors_of", "is_plain", "products"]

Term: TypeAlias = tuple[str, ...]
"""The columns that a term multiplies; none for the intercept."""


@frozen
class Products:
    """Columns that are products of numeric columns.

    Args:
        terms: The columns that each multiplies.

    Examples:
        >>> Products(((), ("session",), ("session", "arm"))).names
        ('Intercept', 'session', 'session:arm')
    """

    terms: tuple[Term, ...]

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


def factors_of(formula: str) -> list[Term]:
    """The factors of each term of a one-sided formula as they are written; none for the intercept.

    Raises:
        InvalidValueError: if the formula cannot be read.

    Examples:
        >>> factors_of("session * log(arm)")
        [(), ('session',), ('log(arm)',), ('session', 'log(arm)')]
    """
    try:
        terms = list(parsed(formula))
    except Exception as fault:
        raise InvalidValueError("the formula cannot be read", where="formula", value=formula_words(formula)) from fault
    return [tuple(str(one.expr) for one in term.factors if str(one.expr) != "1") for term in terms]


def products(formula: str, is_numeric: Callable[[str], bool]) -> Products | None:
    """A one-sided formula as products of numeric columns; ``None`` if it is more than that."""
    terms = factors_of(formula)
    plain = all(is_numeric(name) for term in terms for name in term)
    return Products(tuple(terms)) if plain else None
