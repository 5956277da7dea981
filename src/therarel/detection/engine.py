"""Running rules over the blocks of a panel, on as many threads as asked, with the same answer for any number."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import compress
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.learning import Figures, Learning
from therarel.detection.rules.arguments import a_rule
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import Verdict, Verdicts, code_of
from therarel.errors import InvalidValueError, as_number, as_whole
from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored
from therarel.panels import Block, Panel, ScaleSource, SessionIndex
from therarel.tables.arrays import Codes, Floats, Truths

ROWS = 262144
"""Rows of a block: small enough for the processor's cache, large enough to forget the cost of a call."""

T = TypeVar("T")
S = TypeVar("S")


def in_order(function: Callable[[S], T], values: Iterable[S], threads: int) -> Iterator[T]:
    """Results in the order of the values, computed on several threads, with few of them waiting in memory.

    Raises:
        InvalidValueError: if the number of threads is not at least 1.
    """
    threads = as_whole(threads, where="threads", minimum=1)
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


def rows_of(sessions: int, rules: Iterable[Rule], threads: int) -> int:
    """Rows of a block that suit the rules: more for slow ones, but several blocks for each thread."""
    several = sessions // (4 * threads)
    return max(ROWS, min(4 * ROWS, several)) if any(rule.slow for rule in rules) else ROWS


def blocks_of(panel: Panel, rows: int = ROWS, *, labels: bool = True) -> Iterator[Block]:
    """The panel in blocks of whole dyads, as views of its columns: nothing is copied block by block.

    Args:
        panel: The panel.
        rows: Most rows of a block; a longer dyad is a block of its own.
        labels: Whether the blocks name their dyads: a list of all labels takes longer to make than to judge by.

    Raises:
        InvalidValueError: if ``rows`` is not a whole number of at least 1.
    """
    rows = as_whole(rows, where="rows", minimum=1)
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


def series_of(block: Block, panel: Panel, beside: Floats | None = None) -> tuple[Series, Truths | None, Truths | None]:
    """The scored sessions of a block, oriented; the rows that they are, and their dyads (``None``: all)."""
    rows = slice(block.first_row, block.first_row + block.n_sessions)
    return scored(
        block.starts,
        block.session,
        block.score,
        higher_is_better=panel.scale.higher_is_better,
        beside=None if beside is None else beside[rows],
    )


@frozen(eq=False)
class Known:
    """What was learnt from a whole panel before it is judged.

    Args:
        rules: The rules, with what they have learnt.
        context: What is known about the whole panel.
        parts: Figures of the dyads, block by block, so that they need not be computed again.
    """

    rules: tuple[Rule, ...]
    context: PanelContext
    parts: list[Figures] = field(factory=list)


def learn_from(
    panel: Panel, rules: Sequence[Rule], *, beside: Floats | None = None, threads: int = 2, rows: int = ROWS
) -> Known:
    """What the rules need to know about the whole panel.

    Args:
        panel: The panel.
        rules: The rules that will judge it.
        beside: Further scores of the same sessions, see `Series.beside`; shape ``(n, c)``.
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
    whole = Learning(rules, context)
    if not whole.needed:
        return Known(tuple(rules), context)
    sampled = any(rule.sample for rule in rules)

    def one(block: Block) -> tuple[Learning, Figures]:
        series, _, there = series_of(block, panel, beside)
        part = Learning(rules, context)
        labels = block.dyads if there is None else list(compress(block.dyads, there))
        return part, part.take(series, labels) if series.score.size else {}

    parts = []
    for part, found in in_order(one, blocks_of(panel, rows, labels=sampled), threads):
        whole.join(part)
        parts.append(found)
    known, context = whole.learnt()
    return Known(tuple(known), context, parts)


@frozen(eq=False)
class Judgement:
    """What one rule says about a panel.

    Args:
        codes: One byte per row of the panel, see `therarel.detection.verdicts.CODES`; shape ``(n,)``.
        dyads: What it says of each dyad as a whole, by name, NaN for one without a score; each of shape ``(g,)``.
    """

    codes: Codes
    dyads: Mapping[str, Floats] = field(factory=dict)


def judge_panel(
    panel: Panel, learnt: Known, *, beside: Floats | None = None, threads: int = 2, rows: int = ROWS
) -> list[Judgement]:
    """What each rule says about every row of the panel, in the panel's order.

    Args:
        panel: The panel.
        learnt: What was learnt from it by `learn_from`, with the same number of rows.
        beside: Further scores of the same sessions, see `Series.beside`; shape ``(n, c)``.
        threads: Number of threads; never changes the answer.
        rows: Rows of a block; never changes the answer.
    """
    codes = [np.empty(panel.n_sessions, dtype=np.uint8) for _ in learnt.rules]

    def one(numbered: tuple[int, Block]) -> list[Mapping[str, Floats]]:
        at, block = numbered
        here = slice(block.first_row, block.first_row + block.n_sessions)  # no two blocks share a row
        series, there, filled = series_of(block, panel, beside)
        if learnt.parts and "squares" in learnt.parts[at]:
            series = evolve(series, known=(learnt.parts[at]["mean"], learnt.parts[at]["squares"]))
        of_dyads: list[Mapping[str, Floats]] = []
        for rule, code in zip(learnt.rules, codes, strict=True):
            if series.score.size == 0:
                code[here] = code_of(Verdict.NO_SCORE)
                of_dyads.append({})
                continue
            found = rule.verdicts(series, learnt.context)
            code[here] = spread_out(found.code, there)
            of_dyads.append({name: spread_over(each, filled) for name, each in found.dyads.items()})
        return of_dyads

    sizes = [block.n_dyads for block in blocks_of(panel, rows, labels=False)]
    parts = list(in_order(one, enumerate(blocks_of(panel, rows, labels=False)), threads))
    return [
        Judgement(code, concluded(rule, [part[place] for part in parts], sizes, learnt.context))
        for place, (rule, code) in enumerate(zip(learnt.rules, codes, strict=True))
    ]


def concluded(
    rule: Rule, parts: Sequence[Mapping[str, Floats]], sizes: Sequence[int], context: PanelContext
) -> Mapping[str, Floats]:
    """What a rule says of all dyads once it has seen them all; a dyad without a score has NaN.

    Args:
        rule: The rule.
        parts: What it said of the dyads of each block.
        sizes: Number of dyads of each block.
        context: What is known about the whole panel.
    """
    whole = {
        name: np.concatenate([part.get(name, np.full(size, np.nan)) for part, size in zip(parts, sizes, strict=True)])
        for name in (rule.of_dyads if parts else ())
    }
    there = ~np.all([np.isnan(values) for values in whole.values()], axis=0) if whole else np.zeros(0, dtype=np.bool_)
    if not there.any():
        return whole
    told = rule.concluded({name: values[there] for name, values in whole.items()}, context)
    return {name: spread_over(told[name], None if there.all() else there) for name in rule.of_dyads}


def spread_over(values: Floats, there: Truths | None) -> Floats:
    """Figures of some dyads laid out over all of them, NaN for the others."""
    if there is None:
        return values
    every = np.full(there.size, np.nan)
    every[there] = values
    return every


def spread_out(code: Codes, there: Truths | None) -> Codes:
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
        InvalidValueError: if the rule is not a rule, the scale has no range or sessions do not rise.

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
    gap = None if max_gap is None else as_number(max_gap, where="judge.max_gap", minimum=math.ulp(0.0))
    step = as_number(step, where="judge.step", minimum=0.0)
    context = PanelContext.of_scale(*scale, higher_is_better=higher_is_better, step=step, max_gap=gap)
    if series.score.size == 0:
        return Verdicts(np.full(values.size, code_of(Verdict.NO_SCORE)))
    learning = Learning([rule], context)
    learning.take(series, ["the series"])
    (rule,), context = learning.learnt()
    found = rule.verdicts(series, context, values=True)
    compared = {}
    for name, column in found.values.items():
        every = np.full(values.size, math.nan)
        every[slice(None) if there is None else there] = column
        compared[name] = every
    return Verdicts(spread_out(found.code, there), compared, rule.concluded(found.dyads, context))
