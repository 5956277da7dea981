"""What approved texts are made of: small panels by hand, and expected counts that no simulation gave."""

from __future__ import annotations

import re
from collections.abc import Mapping

from therarel.detection import Detection, FallCount, NoiseCount, NullModel
from therarel.detection.expectation import Expectation
from therarel.panels import Panel

_NUMBER = re.compile(r"-?\d+\.\d+")


def rounded(text: str) -> str:
    """Places in a picture to a tenth, which nobody can see the half of."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", text)


def expecting(found: Detection, *, power: float = 0.9, fitted: bool = True) -> Detection:
    """A detection whose expected counts are made up: no two figures of them are alike."""
    fit = NullModel(intercept=3.5, between_sd=0.6, slope=0.05, slope_sd=0.04, within_sd=0.4, phi=0.25, source="made up")
    counts = tuple(
        NoiseCount(
            rule=rule, null=fit, fitted=fitted, dyads=found.panel.n_dyads, mean=0.7 + at, low=at, high=1 + 2 * at,
            error=0.13, runs=211, simulated=422, seed=17,
            falls=FallCount(
                share=0.25, depth=1.5, mean=5.2 + at, expected=2.4 + at, power=power - 0.05 * at,
                null=NullModel(within_sd=0.55, phi=0.31),
            ),
        )
        for at, rule in enumerate(found.rules)
    )  # fmt: skip
    found._noise["found"] = Expectation(counts)
    return found


def of_series(series: Mapping[str, list[float | None]], *, first: int = 1, **stated: object) -> Panel:
    """A panel of some series, each from its first session on."""
    return Panel.from_arrays(
        [dyad for dyad, scores in series.items() for _ in scores],
        [first + at for scores in series.values() for at in range(len(scores))],
        [score for scores in series.values() for score in scores],
        **{"scale": (1, 5), "higher_is_better": True, **stated},  # type: ignore[arg-type]  # what the panel takes
    )
