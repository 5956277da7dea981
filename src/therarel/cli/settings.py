"""Options in a file, by the same names as on the command line, which wins; and options that hold several values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from therarel.cli.saying import failing_well
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


class _Codes(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Numbers and words with commas between them; a list in a settings file."""

    name = "codes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Numbers as numbers, the rest as text."""
        parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        return tuple(_number(part.strip()) if isinstance(part, str) else part for part in parts)


class _Named(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Values with what each means, ``completed=as_planned,dropout=earlier``; a table in a settings file."""

    name = "named"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The meanings by value."""
        named = _pairs(value)
        if named is None:
            self.fail("a value is missing or is given twice; write VALUE=MEANING,VALUE=MEANING", param, ctx)
        return named


class _Numbered(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Names with a number each, ``s1=1,s2=2``; a table in a settings file."""

    name = "numbered"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The numbers by name."""
        named = _pairs(value)
        if named is None:
            self.fail("a name is missing or is given twice; write NAME=NUMBER,NAME=NUMBER", param, ctx)
        numbers = {str(name): _number(str(number)) for name, number in named.items()}
        if "" in numbers or any(isinstance(number, str) for number in numbers.values()):
            self.fail("each name needs its number; write NAME=NUMBER,NAME=NUMBER", param, ctx)
        return numbers


def _pairs(value: Any) -> dict[str, Any] | None:
    """What is given for each name, as typed or as a table of a settings file; ``None`` where a name is not clear."""
    if isinstance(value, dict):
        return value
    parts = [part.rpartition("=") for part in str(value).split(",")]
    named = {name.strip(): meaning.strip() for name, _, meaning in parts}
    return None if len(named) < len(parts) or "" in named else named


CODES: Final = _Codes()
"""Codes for missing values."""

NAMED: Final = _Named()
"""Values with what each of them means."""

NUMBERED: Final = _Numbered()
"""Names of columns or sessions with their numbers."""


SECTIONS: Final = ("report", "detect", "calibrate", "growth")
"""Parts of a settings file that hold for one subcommand alone."""


def _read(ctx: click.Context, param: click.Parameter, path: Path | None) -> None:
    if path is None or ctx.resilient_parsing:  # a shell asks what may come next, and gets no errors
        return
    with failing_well(f"therarel {ctx.info_name}"):
        ctx.default_map = dict(_settings(path, ctx.command))


def _settings(path: Path, command: click.Command) -> Iterator[tuple[str, object]]:
    """Values of options by the names of click's parameters."""
    import tomllib

    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise InvalidValueError("not UTF-8", where=path.name, hint="save the settings as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidValueError(
            "no TOML", where=path.name, value=str(error), hint='write lines such as instrument = "wai-sr"'
        ) from None
    own = written.pop(command.name or "", {}) if command.name in SECTIONS else {}
    for section in SECTIONS:
        written.pop(section, None)
    if not isinstance(own, dict):
        raise InvalidValueError(f"[{command.name}] is a section with options in it", where=path.name)
    known = {each: option for option in command.params for each in _named(option)}
    for name, value in {**written, **own}.items():
        key = name.replace("_", "-")
        if key not in known:
            raise UnknownNameError(
                "there is no such option", where=path.name, value=shown(name), hint=hint_for(key, known, most=0)
            )
        yield _default(known[key], key, value, path)


def _named(option: click.Parameter) -> Iterator[str]:
    if isinstance(option, click.Option) and option.name != "settings":
        yield from (each.lstrip("-") for each in (*option.opts, *option.secondary_opts))


def _default(option: click.Parameter, key: str, value: object, path: Path) -> tuple[str, object]:
    takes_many = option.multiple or option.nargs != 1
    name = option.name or key
    if isinstance(value, Mapping) and not _several(option):
        raise InvalidValueError("a single value is needed", where=f"{path.name}: {key}", value="a section")
    if f"--{key}" in option.secondary_opts or _is_flag(option):
        if not isinstance(value, bool):
            raise InvalidValueError(
                "not accepted", where=f"{path.name}: {key}", value=shown(value), bound="true or false"
            )
        return name, value != (f"--{key}" in option.secondary_opts)
    if takes_many and not isinstance(value, list):
        return name, [value]
    if isinstance(value, list) and not takes_many and not _several(option):
        raise InvalidValueError("a single value is needed", where=f"{path.name}: {key}", value="a list")
    return name, value


def _several(option: click.Parameter) -> bool:
    return option.type.name in ("codes", "named", "numbered")


def _is_flag(option: click.Parameter) -> bool:
    return isinstance(option, click.Option) and option.is_flag


_path: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
settings_option: Final[Callable[[Callable[..., None]], Callable[..., None]]] = click.option(
    "--settings",
    type=_path,
    is_eager=True,
    expose_value=False,
    callback=_read,
    metavar="FILE.toml",
    help="A file with the values of options; those on the command line win.",
)
"""The option that names the file."""
