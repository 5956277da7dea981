"""Rules by their names and parameters, as one types them: ``--rule "sudden-gain cutoff=7"``."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

import click

from therarel.cli import completing
from therarel.cli.saying import failing_well, say
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown

if TYPE_CHECKING:
    from therarel.detection.rules import Rule

_HELP: Final = "help"
_BOOLEANS: Final = {"yes": True, "true": True, "no": False, "false": False}


def known_rules() -> dict[str, type[Rule]]:
    """Every rule by its name on the command line."""
    from therarel.detection import rules

    found = [getattr(rules, name) for name in rules.__all__]
    kinds = [each for each in found if isinstance(each, type) and issubclass(each, rules.Rule) and each != rules.Rule]
    return {re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in kinds}


def rules_of(texts: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that were typed, in their order."""
    return tuple(map(rule_of, texts))


def rule_of(text: str) -> Rule:
    """A rule as it was typed: its name, then its parameters.

    Raises:
        UnknownNameError: if there is no such rule or parameter; the hint names the nearest.
        InvalidValueError: if a value cannot be read, or the rule does not accept it.

    Examples:
        >>> rule_of("sudden-gain cutoff=7").label
        'sudden gain (cutoff 7)'
    """
    name, *pairs = text.split() or [""]
    known = known_rules()
    kind = known.get(name.replace("_", "-").lower())
    if kind is None:
        raise UnknownNameError("there is no such rule", where="--rule", value=shown(name), hint=hint_for(name, known))
    values: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    fields = _fields(kind)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key.replace("_", "-") not in fields:
            fault = "there is no such parameter" if equals else "a parameter is written NAME=VALUE"
            raise UnknownNameError(fault, where=f"--rule {name}", value=shown(key), hint=hint_for(key, fields))
        path = key.replace("-", "_").split(".")
        target = values if len(path) == 1 else parts.setdefault(path[0], {})
        if path[-1] in target:
            raise InvalidValueError("a parameter is given once", where=f"--rule {name}", value=shown(key))
        target[path[-1]] = _read(value, fields[key.replace("_", "-")][0], f"--rule {name}: {key}")
    from attrs import NOTHING, evolve, fields_dict

    for part, changed in parts.items():
        values[part] = evolve(_whole_default(kind, part), **changed)
    for missing in fields_dict(kind).values():
        if missing.default is NOTHING and missing.name not in values:
            written = [each for each in fields if each.partition(".")[0] == missing.name.replace("_", "-")]
            raise InvalidValueError(
                "a parameter is missing", where=f"--rule {name}", value=missing.name, hint=f"such as {written[0]}=VALUE"
            )
    return kind(**values)


def _class_within(hint: Any) -> type | None:
    """The class of a value that has parameters of its own, required or not; ``None`` of a plain one."""
    from attrs import has

    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return next((each for each in kinds if isinstance(each, type) and has(each)), None)


def _whole_default(kind: type, part: str) -> Any:
    """The default of a parameter that has parameters of its own; that of its class where it may be left out."""
    from attrs import fields_dict

    default: Any = fields_dict(kind)[part].default
    within = _class_within(get_type_hints(kind)[part])
    return within() if within is not None and not isinstance(default, within) else default


def _fields(kind: type) -> Mapping[str, tuple[Any, object]]:
    """Type and default of each parameter; those of a value within a value have a dot in their names."""
    from attrs import fields

    hints = get_type_hints(kind)
    found: dict[str, tuple[Any, object]] = {}
    for each in fields(kind):
        name = each.name.replace("_", "-")
        if not each.eq:  # what a rule learns from a panel is not a parameter
            continue
        if (within := _class_within(hints[each.name])) is not None:
            default = _whole_default(kind, each.name)
            found |= {
                f"{name}.{part}": (type_, getattr(default, part.replace("-", "_")))
                for part, (type_, _) in _fields(within).items()
            }
        else:
            found[name] = (hints[each.name], each.default)
    return found


def _read(text: str, kind: Any, where: str) -> object:
    if get_origin(kind) in (Union, types.UnionType):
        if text.lower() == "none":
            return None
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    try:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(text.replace("-", "_"))
        if kind is bool:
            return _BOOLEANS[text.lower()]
        if get_origin(kind) is frozenset:
            return frozenset(int(part) for part in text.split(","))
        if get_origin(kind) is tuple:
            return tuple(float(part) for part in text.split(","))
        return kind(text)
    except (ValueError, KeyError):
        raise InvalidValueError("not accepted", where=where, value=shown(text), bound=_bound(kind)) from None


def _bound(kind: Any) -> str:
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join("none" if each is types.NoneType else _bound(each) for each in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(each.value) for each in kind)
    if get_origin(kind) is frozenset:
        return "whole numbers with commas between them"
    if get_origin(kind) is tuple:
        return "numbers with commas between them"
    return {bool: "yes or no", int: "a whole number", float: "a number"}.get(kind, "text")


def _typed(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, frozenset):
        return ",".join(map(str, sorted(default)))
    if isinstance(default, tuple):
        return ",".join(f"{each:g}" for each in default)
    return "none" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


def _listed(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    if _HELP in texts and not ctx.resilient_parsing:
        with failing_well("therarel --rule"):
            for name, kind in known_rules().items():
                say(name)
                for parameter, (type_, default) in _fields(kind).items():
                    say(f"  {parameter}={_typed(default)}")
                    say(f"      {_bound(type_)}")
        ctx.exit()
    return texts


def _named(ctx: click.Context, incomplete: str) -> completing.Offered:
    """Names of rules, as a shell offers them."""
    return [(name, None) for name in (*known_rules(), _HELP)]


rule_option: Final[Callable[[Callable[..., None]], Callable[..., None]]] = click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="'NAME PARAMETER=VALUE ...'",
    callback=_listed,
    shell_complete=completing.quietly(_named),
    help="Such as 'sudden-gain cutoff=7'; may be repeated, the first makes the findings. `--rule help` lists them.",
)
"""The option that names rules."""
