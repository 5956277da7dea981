"""The command line that was typed, as it can be typed again: files by their names alone, settings as options."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

_GIVEN = {ParameterSource.COMMANDLINE, ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT}


def command_line(without: frozenset[str] = frozenset()) -> str:
    """The command that is running with all options that were given, on the command line or in a settings file.

    Args:
        without: Options to leave out, by the names of click's parameters: files that are written, for example.
    """
    ctx = click.get_current_context()
    words = ["therarel", ctx.info_name or ""]
    for param in ctx.command.params:
        name = param.name or ""
        if name in ctx.params and name not in without and ctx.get_parameter_source(name) in _GIVEN:
            words += _words(param, ctx.params[name])
    return shlex.join(words)


def _words(param: click.Parameter, value: Any) -> Iterator[str]:
    """An argument or option as it is typed."""
    if value is None:
        return
    if not isinstance(param, click.Option):
        yield _word(value)
    elif param.is_flag:
        yield (param.opts if value else param.secondary_opts or param.opts)[0]
    elif param.multiple:
        for part in value:
            yield from (param.opts[0], _word(part))
    elif param.nargs > 1:
        yield from (param.opts[0], *map(_word, value))
    else:
        yield from (param.opts[0], _word(value))


def _word(value: Any) -> str:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, Mapping):
        return ",".join(f"{name}={_word(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        return ",".join(map(_word, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
