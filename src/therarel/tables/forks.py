"""Where polars may be used: not in a process that was forked after it was used, in which it would wait for ever."""

from __future__ import annotations

import os

from therarel.errors import TherarelError

_process: int | None = None  # the process in which polars was used first


class ForkedProcessError(TherarelError, RuntimeError):
    """Tables cannot be used here: this process was forked from one in which they had been used already.

    polars works on threads, and a fork takes none of them along. Start processes by ``"spawn"`` or ``"forkserver"``,
    or fork before the first table is read.
    """


def use_polars() -> None:
    """Say that polars is about to be used in this process.

    Raises:
        ForkedProcessError: if it was used already in the process from which this one was forked.

    Examples:
        >>> use_polars()
    """
    global _process
    process = os.getpid()
    if _process is None:
        _process = process
    elif _process != process:
        raise ForkedProcessError(
            "tables cannot be used in a process that was forked after tables had been used: polars would wait for ever",
            hint="start processes by multiprocessing.get_context('spawn'), or fork before the first table is used",
        )
