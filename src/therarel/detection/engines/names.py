"""Names of the helper columns that live inside an engine while rules are judged, and are gone from the result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import narwhals as nw

from therarel.detection.rules.base import Rule

__all__ = ["PREFIX", "column", "columns_of", "earlier", "later", "own", "when"]

PREFIX: Final = "_therarel_"
"""What every helper column begins with; a table that has such a column of its own is refused."""


def own(name: str) -> str:
    """The full name of a helper column.

    Examples:
        >>> own("score")
        '_therarel_score'
    """
    return PREFIX + name


def column(name: str) -> nw.Expr:
    """A helper column as an expression."""
    return nw.col(own(name))


def earlier(name: str, back: int) -> str:
    """The short name of the helper column that holds the value of the scored session ``back`` places before."""
    return f"{name}_back_{back}"


def later(name: str, ahead: int) -> str:
    """The short name of the helper column that holds the value of the scored session ``ahead`` places after."""
    return f"{name}_ahead_{ahead}"


def when(condition: nw.Expr, value: nw.Expr | float) -> nw.Expr:
    """The value where the condition holds, and nothing elsewhere: no engine divides by what is not there."""
    return nw.when(condition).then(value)


def columns_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The name of each rule's verdict column: the rule's name, with a number where two rules share one.

    Examples:
        >>> from therarel.detection.rules import Drop, IndividualsChart
        >>> columns_of([Drop(k=1), IndividualsChart(), Drop(k=2)])
        ('drop_1', 'individuals_chart', 'drop_2')
    """
    names = [rule.name for rule in rules]
    return tuple(
        name if names.count(name) == 1 else f"{name}_{names[: at + 1].count(name)}" for at, name in enumerate(names)
    )
