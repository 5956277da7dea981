"""Formulas as text: their two sides, the columns that they read, and what is not a growth formula."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from therarel.errors import InvalidValueError, MissingExtraError, hint_for, shown
from therarel.extras import needs

if TYPE_CHECKING:
    from formulaic import Formula  # type: ignore[import-untyped]  # it ships no types

_QUOTED: Final = re.compile(r"`[^`]*`")
_BARRED: Final = re.compile(r"\(([^|()]*)\|+([^|()]+)\)")
_POWER: Final = re.compile(r"[\w.]+\s*(\*\*|\^)\s*\d+")
_EXAMPLE: Final = 'for instance "score ~ session * arm"'


def two_sides(formula: object) -> tuple[str, str]:
    """The score's column and the fixed effects of a growth formula.

    A name with spaces or signs is written in backticks.

    Raises:
        InvalidValueError: if it is not such a formula.

    Examples:
        >>> two_sides("`WAI-SR` ~ session * arm")
        ('WAI-SR', 'session * arm')
    """
    text = _text(formula, "formula")
    bare = _bare(text)
    if bare.count("~") != 1:
        raise InvalidValueError(
            "a growth formula has the score's column, a tilde and the fixed effects", where="formula", hint=_EXAMPLE
        )
    left, right = text[: bare.index("~")].strip(), text[bare.index("~") + 1 :].strip()
    if re.fullmatch(r"`[^`]+`", left):
        return left[1:-1], right
    if not all(part.isidentifier() for part in left.split(".")):
        raise InvalidValueError(
            "on the left of the tilde stands the name of the score's column", where="formula",
            value=formula_text(left) if left else "nothing",
            hint=f"names with other signs than letters, digits, _ and . need backticks; {_EXAMPLE}",
        )  # fmt: skip
    if not right:
        raise InvalidValueError(
            "on the right of the tilde stand the fixed effects", where="formula", value="nothing",
            hint="1 is an intercept alone",
        )  # fmt: skip
    return left, right


def one_sided(formula: object, where: str) -> str:
    """The effects of a formula that has no left side.

    Raises:
        InvalidValueError: if it has one, or is not text.
    """
    text = _text(formula, where)
    if "~" in _bare(text):
        raise InvalidValueError(
            "random effects have no left side", where=where, value=formula_text(text),
            hint='write the effects alone, for instance "1 + session"',
        )  # fmt: skip
    return text


def _text(formula: object, where: str) -> str:
    """A formula in text, without lme4's bars."""
    if not isinstance(formula, str):
        raise InvalidValueError("a formula is text", where=where, value=shown(formula), hint=_EXAMPLE)
    if "|" in _bare(formula):
        barred = _BARRED.findall(_bare(formula))
        groups = {name.strip(): effects.strip() for effects, given in barred for name in re.split("[/:]", given)}
        effects_by_group = (
            ", ".join(f'"{name}": "{effects}"' for name, effects in groups.items()) or '"dyad": "1 + session"'
        )
        raise InvalidValueError(
            "random effects are not part of a formula", where=where, value=formula_text(formula),
            hint=f"leave the part with | out, and give random={{{effects_by_group}}}",
        )  # fmt: skip
    power = _POWER.search(_outside_calls(_bare(formula)))
    if power is not None:
        term = formula[power.start() : power.end()]
        raise InvalidValueError(
            "a power of one term is that term itself, here as in R: no curve is fitted", where=where,
            value=formula_text(term), hint=f"write I({term.replace('^', '**')}) for the square or another power",
        )  # fmt: skip
    return formula


def _outside_calls(formula: str) -> str:
    """A formula of the same length in which each call of a function, such as ``I(...)``, is one name."""
    text, calls = list[str](), [False]  # whether each parenthesis that is open, or one around it, is that of a call
    for character in formula:
        if character == "(":
            calls.append(calls[-1] or bool(text and (text[-1].isalnum() or text[-1] in "_.")))
        text.append("x" if calls[-1] else character)
        if character == ")" and len(calls) > 1:
            calls.pop()
    return "".join(text)


def _bare(formula: str) -> str:
    """A formula of the same length in which each quoted name is replaced by ``x``."""
    return _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), formula)


def formulas() -> tuple[type, type]:
    """Formulaic's classes, loaded when they are first needed.

    Raises:
        MissingExtraError: if it is not installed.
    """
    with needs("fit_growth"):
        from formulaic import Formula, ModelSpec
    return Formula, ModelSpec


@lru_cache(maxsize=64)  # a fit asks for the same few formulas again and again
def parsed(formula: str) -> Formula:
    """A one-sided formula that was read."""
    kind, _ = formulas()
    return kind(formula)


@lru_cache(maxsize=64)
def columns_read(formula: str) -> frozenset[str]:
    """The columns that a one-sided formula reads.

    Raises:
        InvalidValueError: if the formula cannot be read.

    Examples:
        >>> sorted(columns_read("session * arm + log(`mood.before` + 1)"))
        ['arm', 'mood.before', 'session']
    """
    plain, computed = _factors(formula)
    try:
        own = [names_in(expression) for expression in computed]
    except SyntaxError as fault:
        raise _unreadable(formula) from fault
    called = {name for _, names in own for name in names}
    for name in sorted(called - _functions()):
        raise InvalidValueError(
            "formulas know no such function", where="formula", value=shown(name),
            hint=f"write np.{name}(...)" if hasattr(np, name) else hint_for(name, sorted(_functions())),
        )  # fmt: skip
    return frozenset(plain) | {name for names, _ in own for name in names}


def columns_read_plainly(formula: str) -> frozenset[str]:
    """The columns that a one-sided formula reads elsewhere than in ``C(...)``, which makes categories of anything.

    Examples:
        >>> sorted(columns_read_plainly("session + C(site)"))
        ['session']
    """
    plain, computed = _factors(formula)
    return frozenset(plain).union(*(names_in(factor)[0] for factor in computed if not factor.startswith("C(")))


def _factors(formula: str) -> tuple[list[str], list[str]]:
    """The factors of a formula that are columns, and those that are computed."""
    try:
        factors = [factor for term in parsed(formula) for factor in term.factors]
    except MissingExtraError:
        raise
    except Exception as fault:
        raise _unreadable(formula) from fault

    def those(kind: str) -> list[str]:
        return [str(factor.expr) for factor in factors if factor.eval_method.name == kind]

    return those("LOOKUP"), those("PYTHON")


def _unreadable(formula: str) -> InvalidValueError:
    return InvalidValueError("the formula cannot be read", where="formula", value=formula_text(formula))


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    """What formulas may call."""
    from formulaic.transforms import TRANSFORMS  # type: ignore[import-untyped]  # it ships no types

    return frozenset(str(name) for name in TRANSFORMS)


def names_in(expression: str) -> tuple[frozenset[str], frozenset[str]]:
    """The columns that one factor of a formula reads, and the functions that it calls by their plain name.

    Arguments of functions that learn from the data, such as ``center``, are among the columns.

    Examples:
        >>> [sorted(part) for part in names_in("poly(session, 2)")]
        [['session'], ['poly']]
    """
    quoted = {f"_quoted_{k}": name for k, name in enumerate(re.findall(r"`([^`]+)`", expression))}
    for stand_in, name in quoted.items():
        expression = expression.replace(f"`{name}`", stand_in)
    nodes = list(ast.walk(ast.parse(expression.strip(), mode="eval")))
    functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    called = {node.id for node in names if id(node) in functions}
    read = {node.id for node in names if id(node) not in functions}
    read -= _functions()
    for node in nodes:  # Q("wai.sr") is another way to quote a name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Q":
            constants = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
            read |= {value for value in constants if isinstance(value, str)}
    return frozenset(quoted.get(name, name) for name in read), frozenset(called - set(dir(builtins)))


def formula_text(formula: str) -> str:
    """A formula as a message may show it, without spaces, which say nothing.

    Examples:
        >>> formula_text("poly(session, 2)")
        "'poly(session,2)'"
    """
    return shown("".join(formula.split()))


def hint_for_column(name: str, columns_there: Iterable[str]) -> str:
    """A hint for a name that is not a column: a column whose name goes on after a dot, or the nearest one.

    Examples:
        >>> hint_for_column("session", ["session.no", "score"])
        'within a function, a name with a dot needs backticks: `session.no`'
    """
    columns = list(columns_there)
    dotted = next((column for column in columns if column.startswith(f"{name}.")), None)
    if dotted is None:
        return hint_for(name, columns)
    return f"within a function, a name with a dot needs backticks: `{dotted}`"
