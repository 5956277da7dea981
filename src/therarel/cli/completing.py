"""What a shell offers when one presses the tabulator: ids, names of rules, and the columns of the file that is named.

Whoever types is never disturbed: where something cannot be found out, nothing is offered and nothing is said.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Offered: TypeAlias = Iterable[tuple[str, str | None]]
"""What may be typed, and what it means."""
_Completing: TypeAlias = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

_FILES: Final = ("sessions", "responses")
_LARGEST: Final = 256 << 20
"""Bytes of the largest file that is looked into, as one presses the tabulator."""


def quietly(offered: Callable[[click.Context, str], Offered]) -> _Completing:
    """What begins as it was typed, each with what it means; nothing where finding out fails."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            with warnings.catch_warnings(action="ignore"):
                found = [(value, told) for value, told in offered(ctx, incomplete) if value.startswith(incomplete)]
        except Exception:  # a person is typing, and no error of ours helps them
            return []
        # A character that acts unseen would act in the shell.
        return [CompletionItem(value, help=told) for value, told in found if value.isprintable()]

    return complete


def _instrument_ids(ctx: click.Context, incomplete: str) -> Offered:
    from therarel.measures import instruments

    return [(each.id, each.name) for each in instruments()]


def _concept_ids(ctx: click.Context, incomplete: str) -> Offered:
    from therarel.concepts import concept_graph

    return [(each.id, each.label) for each in concept_graph()]


def _stages(ctx: click.Context, incomplete: str) -> Offered:
    from therarel.domain import Stage

    return [(stage.value, stage.label) for stage in Stage]


def _tasks(ctx: click.Context, incomplete: str) -> Offered:
    from therarel.domain import StageTask

    return [(task.value, task.stage.label) for task in StageTask]


def _columns(ctx: click.Context, incomplete: str) -> Offered:
    return [(name, None) for name in _names(ctx)]


def _column_lists(ctx: click.Context, incomplete: str) -> Offered:
    before, comma, _ = incomplete.rpartition(",")
    return [(f"{before}{comma}{name}", None) for name in _names(ctx)]


def _numbered_columns(ctx: click.Context, incomplete: str) -> Offered:
    return [(f"{value}=", None) for value, _ in _column_lists(ctx, incomplete)]


def _names(ctx: click.Context) -> Iterator[str]:
    """The columns of the table that was named before."""
    from therarel.tables import Limits, open_file

    # An option that has no value yet ends the reading of the line, and arguments are left where they stood.
    for given in (*map(ctx.params.get, _FILES), *ctx.args[:1]):
        path = Path() if given is None else Path(given)
        if path.is_file():  # which standard input is not
            with open_file(path, sheet=ctx.params.get("sheet"), limits=Limits(bytes=_LARGEST)) as table:
                yield from table.names


columns: Final = quietly(_columns)
"""One column of the table."""

column_lists: Final = quietly(_column_lists)
"""Columns of the table with commas between them."""

numbered_columns: Final = quietly(_numbered_columns)
"""Columns of the table with a number each."""

concept_ids: Final = quietly(_concept_ids)
"""Ids of concepts."""

instrument_ids: Final = quietly(_instrument_ids)
"""Ids of instruments."""

stages: Final = quietly(_stages)
"""Stages."""

tasks: Final = quietly(_tasks)
"""Stage tasks."""
