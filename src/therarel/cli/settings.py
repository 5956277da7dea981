"""Options in a file: the same names as on the command line, which wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from therarel.cli.failing import failing_well
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown

__all__ = ["SECTIONS", "settings_option"]

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
