"""What noise alone is expected to make rules flag in a panel: simulated, or with the reason why it is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.bootstrap import noise_counts
from therarel.detection.noise_counts import NoiseCount
from therarel.detection.rules.base import Rule
from therarel.detection.simulated import Progress
from therarel.errors import InvalidValueError, shown
from therarel.noise.matching import FEWEST_SCORES
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel, ScaleSource

_TWO_RATERS: Final = "noise is simulated for one rater's scores, and this rule reads those of two"

ENOUGH: Final = 20
"""Dyads with 4 or more scores that a null model is fitted to without being asked; our choice."""

Expected = NullModel | Literal["fitted", "none"]
"""Where the noise comes from: a stated null model, one fitted to the panel, or nowhere."""


@frozen
class Expectation:
    """What noise alone is expected to make the rules of a detection flag.

    Args:
        counts: One count for each rule, ``None`` for one that reads two raters; empty where they are not known.
        unknown: Why they are not; empty where they are.
    """

    counts: tuple[NoiseCount | None, ...] = field(default=())
    unknown: str = ""


def a_null(expected: object, panel: Panel) -> Expected:
    """The value itself, if it says where noise comes from, and on the scale of the panel.

    Raises:
        InvalidValueError: if it does not, or the scale of a null model is another one.
    """
    if isinstance(expected, NullModel):
        ends = sorted(each if panel.scale.higher_is_better else -each for each in (expected.minimum, expected.maximum))
        own = [panel.scale.minimum, panel.scale.maximum]
        if panel.scale_source is ScaleSource.OBSERVED or np.allclose(ends, own):
            return expected
        raise InvalidValueError(
            "a null model is on the scale of the panel",
            where="expected",
            value=f"{ends[0]:g} to {ends[1]:g}",
            bound=f"{panel.scale.minimum:g} to {panel.scale.maximum:g}",
            hint="where lower scores are better its figures are turned, so that minimum and maximum are negative",
        )
    if expected == "fitted" or expected == "none":
        return "fitted" if expected == "fitted" else "none"
    raise InvalidValueError(
        "not accepted", where="expected", value=shown(expected), bound="'fitted', 'none' or a NullModel"
    )


def expectation(
    panel: Panel,
    rules: Sequence[Rule],
    expected: Expected,
    *,
    seed: int,
    threads: int = 2,
    progress: Progress | None = None,
) -> Expectation:
    """Simulate what noise alone makes rules flag in panels like one, as far as its noise is known.

    Args:
        panel: The panel.
        rules: The rules.
        expected: Where the noise comes from.
        seed: Seed of the simulation.
        threads: Number of threads; never changes the answer.
        progress: Called with how far the work is.
    """
    if expected == "none":
        return Expectation(unknown="it was not asked for")
    alone = [rule for rule in rules if rule.n_raters == 1]
    if not alone:
        return Expectation(unknown=_TWO_RATERS)
    found = _expectation(panel, alone, rules, expected, seed=seed, threads=threads, progress=progress)
    if not found.counts or len(alone) == len(rules):
        return found
    known = dict(zip(alone, found.counts, strict=True))
    return Expectation(tuple(known.get(rule) for rule in rules), _TWO_RATERS)


def _expectation(
    panel: Panel,
    alone: Sequence[Rule],
    rules: Sequence[Rule],
    expected: Expected,
    *,
    seed: int,
    threads: int,
    progress: Progress | None,
) -> Expectation:
    """What noise makes those rules flag that read one rater's scores."""
    skeleton = Skeleton.of(panel)
    if isinstance(expected, NullModel):
        if not skeleton.n_dyads:
            return Expectation(unknown="there is no score")
        return Expectation(noise_counts(skeleton, alone, null=expected, seed=seed, threads=threads, progress=progress))
    long = int((skeleton.series.sizes >= FEWEST_SCORES).sum())
    if long < ENOUGH:
        return Expectation(
            unknown=f"only {counted(long, 'dyad')} with {FEWEST_SCORES} or more scores, and a null model is fitted to"
            f" {ENOUGH} or more"
        )
    apart = next((rule.beside_falls for rule in rules if rule.beside_falls is not None), None)
    if apart is not None:  # falls are not noise: what a rule has fitted beside them serves all rules
        return Expectation(
            noise_counts(
                skeleton, alone, null=apart.null, beside_falls=apart, seed=seed, threads=threads, progress=progress
            )
        )
    try:
        return Expectation(noise_counts(skeleton, alone, seed=seed, threads=threads, progress=progress))
    except InvalidValueError as refused:  # scores that hardly change, or lie at one end of the scale
        return Expectation(unknown=refused.what)
