"""Is what was given a rule, or several; and what the columns of several rules are called."""

from __future__ import annotations

from collections.abc import Iterable

from therarel.detection.rules.base import Rule
from therarel.errors import InvalidValueError, shown


def a_rule(value: object, where: str) -> Rule:
    """The value itself if it is a rule.

    Raises:
        InvalidValueError: if it is not.
    """
    if isinstance(value, Rule):
        return value
    raise InvalidValueError(
        "a rule is needed", where=where, value=shown(value), hint="for example therarel.rules.Drop(k=2)"
    )


def rules_of(primary: object, also: object) -> tuple[Rule, ...]:
    """One primary rule and those beside it, checked.

    Args:
        primary: The rule that comes first.
        also: The further rules.

    Raises:
        InvalidValueError: if one of them is not a rule, they are not a list, or two are the same or have one label.
    """
    if isinstance(also, Rule) or not isinstance(also, Iterable):
        raise InvalidValueError("the further rules are a list", where="also", value=shown(also), hint="also=[rule]")
    chosen = (a_rule(primary, "primary"), *(a_rule(rule, "also") for rule in also))
    if len(set(chosen)) < len(chosen):
        raise InvalidValueError("each rule is given once", where="also", value=f"{len(chosen)} rules")
    if len({rule.label for rule in chosen}) < len(chosen):
        raise InvalidValueError(
            "two rules go by the same label",
            where="also",
            value=f"{len(chosen)} rules",
            hint="give a rule of your own a name of its own",
        )
    return chosen


def causal_rule(value: object, where: str) -> Rule:
    """The value itself if it is a rule that judges one course of therapy as it goes on.

    It may look a stated number of sessions ahead, and takes nothing that is pooled over clients.

    Args:
        value: What was given as a rule.
        where: What it was given to.

    Raises:
        InvalidValueError: if it is not such a rule; the hint names one that is.
    """
    if isinstance(value, Rule):
        if value.ahead is not None and not value.needs:
            return value
        instead, named = value.causal_instead, f"'{value.name}'"
    else:
        instead, named = Rule.causal_instead, shown(value)
    raise InvalidValueError(
        "a monitor needs a rule that looks back only, and at one course",
        where=where,
        value=named,
        hint=f"use {instead}",
    )


def columns_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The name of each rule's column: its name, with a number where two rules share one.

    Examples:
        >>> from therarel.detection.rules import Drop, IndividualsChart
        >>> columns_of([Drop(k=1), IndividualsChart(), Drop(k=2)])
        ('drop_1', 'individuals_chart', 'drop_2')
    """
    names = [rule.name for rule in rules]
    return tuple(
        name if names.count(name) == 1 else f"{name}_{names[: at + 1].count(name)}" for at, name in enumerate(names)
    )
