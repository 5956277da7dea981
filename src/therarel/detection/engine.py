"""Running rules over the blocks of a panel, on as many threads as asked, with the same answer for any number."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from attrs import evolve

from therarel.detection.context import Figures, PanelContext, figures, pool, pooled
from therarel.detection.rules.base import Rule, a_rule
from therarel.detection.series import Series, scored
from therarel.detection.verdicts import Verdict, Verdicts, code_of
from therarel.errors import InvalidValueError, is_whole, shown
from therarel.panels import Block, Panel, ScaleSource, SessionIndex

__all__ = ["ROWS", "context_of", "in_order", "judge", "judge_panel"]

ROWS = 262144
"""Rows of a block: small enough for the processor's cache, large enough to forget the cost of a call."""

T = TypeVar("T")
S = TypeVar("S")


def in_order(function: Callable[[S], T], values: Iterable[S], threads: int) -> Iterator[T]:
    """Results in the order of the values, computed on several threads, with few of them waiting in memory.

    Raises:
        InvalidValueError: if the number of threads is not at least 1.
    """
    if not is_whole(threads) or threads < 1:
        raise InvalidValueError(
            "not accepted", where="threads", value=shown(threads), bound="a whole number of at least 1"
        )
    if threads == 1:
        yield from map(function, values)
        return
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(threads) as workers:
        for value in values:
            waiting.append(workers.submit(function, value))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def blocks_of(panel: Panel, rows: int = ROWS, *, labels: bool = True) -> Iterator[Block]:
    """The panel in blocks of whole dyads, as views of its columns: nothing is copied block by block.

    Args:
        panel: The panel.
        rows: Most rows of a block; a longer dyad is a block of its own.
        labels: Whether the blocks name their dyads: a list of all labels takes longer to make than to judge by.

    Raises:
        InvalidValueError: if ``rows`` is not a whole number of at least 1.
    """
    if not is_whole(rows) or rows < 1:
        raise InvalidValueError("not accepted", where="rows", value=shown(rows), bound="a whole number of at least 1")
    for whole in panel.blocks(rows=max(panel.n_sessions, 1), labels=labels):
        starts, begin, last = whole.starts, 0, whole.starts.size - 1
        while begin < last:
            end = max(int(np.searchsorted(starts, starts[begin] + rows, side="right")) - 1, begin + 1)
            first, stop = int(starts[begin]), int(starts[end])
            yield Block(
                whole.dyads[begin:end],
                starts[begin : end + 1] - first,
                whole.session[first:stop],
                whole.score[first:stop],
                whole.first_row + first,
            )
            begin = end


def series_of(block: Block, panel: Panel) -> tuple[Series, npt.NDArray[np.bool_] | None]:
    """The scored sessions of a block, oriented, and the rows that they are (``None``: all)."""
    series, rows, _ = scored(block.starts, block.session, block.score, higher_is_better=panel.scale.higher_is_better)
    return series, rows


def context_of(
    panel: Panel, rules: Sequence[Rule], *, threads: int = 2, rows: int = ROWS
) -> tuple[PanelContext, list[Figures]]:
    """What the rules need to know about the whole panel, and the figures per dyad that it was pooled from.

    Args:
        panel: The panel.
        rules: The rules that will judge it.
        threads: Number of threads; never changes the answer.
        rows: Rows of a block; never changes the answer.
    """
    context = PanelContext.of_scale(
        panel.scale.minimum,
        panel.scale.maximum,
        higher_is_better=panel.scale.higher_is_better,
        step=(panel.scale.step or 0.0) if panel.scale_source is not ScaleSource.OBSERVED else 0.0,
        max_gap=panel.max_gap,
        dated=panel.index is not SessionIndex.ATTENDED,
        stated=panel.scale_source is not ScaleSource.OBSERVED,
    )
    needs = frozenset[str]().union(*(rule.needs for rule in rules))
    if not needs:
        return context, []

    def one(block: Block) -> Figures:
        return figures(series_of(block, panel)[0], needs, max_gap=context.max_gap)

    parts = list(in_order(one, blocks_of(panel, rows, labels=False), threads))
    return context.knowing(pooled(parts, needs)), parts


def judge_panel(
    panel: Panel,
    rules: Sequence[Rule],
    context: PanelContext,
    parts: Sequence[Figures] = (),
    *,
    threads: int = 2,
    rows: int = ROWS,
) -> list[npt.NDArray[np.uint8]]:
    """Verdict codes of each rule for every row of the panel, in the panel's order; each of shape ``(n,)``.

    Args:
        panel: The panel.
        rules: The rules.
        context: What is known about the whole panel.
        parts: Figures per dyad from `context_of`, taken with the same number of rows; not computed again.
        threads: Number of threads; never changes the answer.
        rows: Rows of a block; never changes the answer.
    """
    codes = [np.empty(panel.n_sessions, dtype=np.uint8) for _ in rules]

    def one(numbered: tuple[int, Block]) -> None:
        at, block = numbered
        here = slice(block.first_row, block.first_row + block.n_sessions)  # no two blocks share a row
        series, there = series_of(block, panel)
        if parts and "squares" in parts[at]:
            series = evolve(series, known=(parts[at]["mean"], parts[at]["squares"]))
        for rule, code in zip(rules, codes, strict=True):
            if series.score.size == 0:
                code[here] = code_of(Verdict.NO_SCORE)
            else:
                code[here] = spread_out(rule.verdicts(series, context).code, there)

    for _ in in_order(one, enumerate(blocks_of(panel, rows, labels=False)), threads):
        pass
    return codes


def spread_out(code: npt.NDArray[np.uint8], there: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.uint8]:
    """Verdicts of scored sessions laid out over all sessions; the others have no score."""
    if there is None:
        return code
    every = np.full(there.size, code_of(Verdict.NO_SCORE))
    every[there] = code
    return every


def judge(
    rule: Rule,
    scores: npt.ArrayLike,
    sessions: npt.ArrayLike | None = None,
    *,
    scale: tuple[float, float],
    higher_is_better: bool = True,
    max_gap: float | None = None,
    step: float = 0.0,
) -> Verdicts:
    """Judge one series by one rule, with everything the rule compared.

    What is pooled over dyads is taken from this one series, so that a pooled standard deviation is its own.

    Args:
        rule: The rule.
        scores: Scores in session order, NaN where there is none; shape ``(n,)``.
        sessions: Session numbers, strictly rising; 1, 2, 3, ... if not given.
        scale: Lowest and highest possible score; no other could occur.
        higher_is_better: Direction of the scale.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        step: Smallest difference between two possible scores; 0 if unknown.

    Returns:
        One verdict per session; the values are oriented (higher is better), NaN where there is no score.

    Raises:
        InvalidValueError: if the rule is none, the scale has no range or sessions do not rise.

    Examples:
        >>> from therarel.detection import rules
        >>> verdicts = judge(rules.Drop(k=2), [4, 4, 4, 4, 4, 4, 4, 2], scale=(1, 5))
        >>> verdicts.flagged[-1], verdicts.values["reference"][-1]
        (np.True_, np.float64(4.0))
    """
    a_rule(rule, "judge")
    values = np.atleast_1d(np.asarray(scores, dtype=np.float64))
    places = np.arange(1.0, values.size + 1) if sessions is None else np.asarray(sessions, dtype=np.float64)
    if places.shape != values.shape or (np.diff(places) <= 0).any():
        raise InvalidValueError("sessions rise from score to score, one for each", where="judge.sessions")
    series, there, _ = scored([0, values.size], places, values, higher_is_better=higher_is_better)
    context = PanelContext.of_scale(*scale, higher_is_better=higher_is_better, step=step, max_gap=max_gap)
    if series.score.size == 0:
        return Verdicts(np.full(values.size, code_of(Verdict.NO_SCORE)))
    context = context.knowing(pool([series], rule.needs, max_gap=context.max_gap))
    found = rule.verdicts(series, context, values=True)
    compared = {}
    for name, column in found.values.items():
        every = np.full(values.size, math.nan)
        every[slice(None) if there is None else there] = column
        compared[name] = every
    return Verdicts(spread_out(found.code, there), compared)
