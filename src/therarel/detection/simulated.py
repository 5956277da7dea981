"""Judging simulated panels: what rules flag in panels drawn on a skeleton, counted run by run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from attrs import evolve, field, frozen

from therarel.detection.engine import in_order
from therarel.detection.learning import Learning
from therarel.detection.rules.base import Change, Rule
from therarel.detection.verdicts import Verdict, code_of
from therarel.noise.context import TOLERANCE, PanelContext
from therarel.noise.falls.mixing import Mixing
from therarel.noise.null import NullModel
from therarel.noise.series import Series, stacked
from therarel.noise.skeleton import Drawn, Skeleton
from therarel.simulation import ClinicParameters
from therarel.tables.arrays import Floats, Ints

Progress = Callable[[float], None]
"""What is called with the share of the work that is done, from 0 to 1."""


@frozen(eq=False)
class Tally:
    """What one rule flagged in simulated panels; each array has one number per panel, shape ``(r,)``.

    Args:
        flagged: Dyads with a flagged session.
        fallen: Dyads into which a fall was put.
        hit: Number of these dyads with a flagged session within the fall.
        flagged_fallen: Number of these dyads with a flagged session anywhere.
        flagged_sessions: Sessions that were flagged.
        able_sessions: Sessions at which the rule could have fired; all scored ones if limits were not looked at.
    """

    flagged: Ints
    fallen: Ints
    hit: Ints
    flagged_fallen: Ints
    flagged_sessions: Ints
    able_sessions: Ints

    def __len__(self) -> int:
        return int(self.flagged.size)


@frozen(kw_only=True)
class Falls:
    """What is put into simulated dyads.

    Args:
        shape: Share of dyads, depth, and for how many sessions; see `ClinicParameters`.
        pooled_with: Whether what a rule pools over dyads is pooled over dyads with falls, as in a panel; or over the
            same dyads without.
    """

    shape: ClinicParameters
    pooled_with: bool = field(default=True)


def tally(
    skeleton: Skeleton,
    rules: Sequence[Rule],
    nulls: Sequence[NullModel],
    seeds: Sequence[np.random.SeedSequence],
    *,
    falls: Falls | None = None,
    df: float | None = None,
    limits: bool = False,
    mixing: Mixing | Sequence[Mixing] | None = None,
    pooled: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
    threads: int = 2,
    progress: Progress = lambda done: None,
) -> list[Tally]:
    """Draw panels on a skeleton and judge each as a panel of its own, as `therarel.detect` would.

    Args:
        skeleton: Where the scores stand.
        rules: The rules.
        nulls: The null model of each panel.
        seeds: The seed of each panel.
        falls: What to put into the dyads; ``None`` for nothing. Rules that look for gains get rises.
        df: Degrees of freedom of the noise, see `Skeleton.draw`; ``None`` for normal noise.
        limits: Whether to find out where a rule could not have fired; it never changes what is flagged.
        mixing: How noise differs between dyads and between sessions, in all panels or in each; ``None`` for noise that
            is the same in all.
        pooled: What was pooled over the dyads of another panel, or of one for each, by whose figures these are judged,
            the rules having learnt from it; ``None`` where each panel is judged by its own.
        threads: Number of threads; never changes the answer.
        progress: Called with how far the work is.
    """
    asked = evolve(skeleton, context=evolve(skeleton.context, limits=limits))

    def one(part: range) -> Ints:
        at = slice(part.start, part.stop)
        quiet = (
            asked.draw(nulls[at], seeds[at], df=df)
            if mixing is None
            else asked.drawn(nulls[at], _drawn(asked, mixing, part, seeds))
        )
        below = None if falls is None else [seed.spawn(1)[0] for seed in seeds[at]]
        drawn: dict[bool, Drawn] = {}
        found = np.empty((len(rules), len(part), 6), dtype=np.int64)
        for place, rule in enumerate(rules):
            rising = falls is not None and rule.change is Change.GAIN
            if rising not in drawn:
                drawn[rising] = (
                    quiet
                    if falls is None or below is None
                    else asked.with_falls(quiet, falls.shape, below, rising=rising)
                )
            learnt_from = drawn[rising] if falls is None or falls.pooled_with else quiet
            alone = not Learning([rule], asked.context).needed
            if asked.context.stated and (alone or isinstance(pooled, Mapping)):
                known_context = asked.context.knowing(pooled if isinstance(pooled, Mapping) else {})
                found[place] = _counted(asked, rule, known_context, drawn[rising])  # it judges each dyad alone
                continue
            for run in range(len(part)):
                series = asked.with_scores(learnt_from.score[run])
                known, context = knowing(asked, rule, series) if pooled is None else (rule, ends(asked, series))
                if pooled is not None:
                    context = context.knowing(pooled if isinstance(pooled, Mapping) else pooled[part.start + run])
                found[place, run] = _counted(asked, known, context, drawn[rising].of_runs(slice(run, run + 1)))
        return found

    parts, kept = list(asked.parts(len(seeds))), []
    for part, found in zip(parts, in_order(one, parts, threads), strict=True):
        kept.append(found)
        progress(part.stop / len(seeds))
    return [Tally(*numbers) for numbers in np.concatenate(kept, axis=1).transpose(0, 2, 1)]


def _drawn(
    skeleton: Skeleton, mixing: Mixing | Sequence[Mixing], part: range, seeds: Sequence[np.random.SeedSequence]
) -> Floats:
    """Random numbers for some of the panels."""
    if isinstance(mixing, Mixing):
        return mixing.draw(skeleton, seeds[part.start : part.stop])
    return np.concatenate([mixing[run].draw(skeleton, seeds[run : run + 1]) for run in part])


def _counted(skeleton: Skeleton, rule: Rule, context: PanelContext, drawn: Drawn) -> Ints:
    """The figures of a `Tally` for one rule and some panels; shape ``(r, 6)``."""
    runs, first = drawn.score.shape[0], skeleton.series.first
    series = stacked(skeleton.series, drawn.score)
    code = rule.verdicts(series, context).code.reshape(runs, -1)
    flagged = code == code_of(Verdict.FLAGGED)
    dyads = np.logical_or.reduceat(flagged, first, axis=1)
    found = np.zeros((runs, 6), dtype=np.int64)
    found[:, 0], found[:, 4], found[:, 5] = dyads.sum(axis=1), flagged.sum(axis=1), (code < 16).sum(axis=1)
    if drawn.fallen is not None and drawn.within is not None:
        hit = np.logical_or.reduceat(flagged & drawn.within, first, axis=1)
        for place, each in enumerate((drawn.fallen, hit, dyads & drawn.fallen), 1):
            found[:, place] = each.sum(axis=1)
    return found


def knowing(skeleton: Skeleton, rule: Rule, series: Series) -> tuple[Rule, PanelContext]:
    """What one rule learns from one simulated panel, its ends among it where nobody stated them."""
    context = ends(skeleton, series)
    learning = Learning([rule], context)
    if learning.needed:
        learning.take(series, range(skeleton.n_dyads) if rule.sample else ())
    (learnt,), context = learning.learnt()
    return learnt, context


def ends(skeleton: Skeleton, series: Series) -> PanelContext:
    """What is known of one simulated panel without learning: its ends among it where nobody stated them."""
    context = skeleton.context
    low, high = float(series.score.min()), float(series.score.max())
    if not context.stated and low < high:
        context = evolve(context, minimum=low, maximum=high, tolerance=TOLERANCE * (high - low))
    return context
