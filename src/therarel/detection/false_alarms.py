"""How often rules fire on noise in a standard clinic of simulated clients: the embedded table."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.detection.rules import (
    BelowOwnMean,
    CusumChart,
    Drop,
    EwmaChart,
    IndividualsChart,
    ReliableDrop,
    Rule,
    SuddenLoss,
)
from therarel.domain import Construct, RatingScale
from therarel.errors import as_number
from therarel.panels import Panel
from therarel.representation import one_line

_FILE: Final = Path(__file__).with_name("false_alarms.csv")
_POINTS: Final = ("minimal_drop", "sd", "cutoff", "least_sigma")
"""Settings of rules that are score points."""

TABLED: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        name: kind(**settings)  # type: ignore[arg-type]  # settings by name
        for kind in (Drop, BelowOwnMean, IndividualsChart, ReliableDrop, SuddenLoss, EwmaChart, CusumChart)
        for name, settings in kind.tabled.items()
    }
)
"""The rules of the embedded table, by the name of their setting."""

GENERATOR: Final = (
    "a standard clinic of simulated clients with noise alone: a scale of 1 to 5 in twelfths, mean 3.9, "
    "between-client SD 0.65, slope 0.02 per session, within-client SD 0.35, autocorrelation 0.3"
)


@frozen
class FalseAlarms:
    """How often one rule flags a client of a standard clinic in whose scores nothing happens, by length of series.

    These are rates of a stated simulation. Scores of another level, spread, trend or autocorrelation, with gaps or
    missing sessions, have others: what noise gives in a panel is simulated on that panel, see `NoiseCount`.

    Args:
        sessions: Lengths of series, rising.
        shares: Share of clients flagged at least once, for each length.
        source: What the shares come from, in words.

    Examples:
        >>> table = FalseAlarms((8, 16), (0.1, 0.3), "an example")
        >>> table.share(12), table.share(20)
        (0.2, 0.3)
    """

    sessions: tuple[int, ...]
    shares: tuple[float, ...]
    source: str = field(default=GENERATOR)

    def share(self, sessions: float) -> float:
        """Share for one length: a straight line between tabled lengths, the nearest one outside them."""
        return float(np.interp(as_number(sessions, where="sessions"), self.sessions, self.shares))

    def mean_share(self, lengths: npt.ArrayLike) -> float:
        """Mean share over some series, by the length of each; series outside the tabled lengths take the nearest."""
        return float(np.interp(np.asarray(lengths, dtype=np.float64), self.sessions, self.shares).mean())

    @property
    def how(self) -> str:
        """How a share for a length between the tabled ones is obtained."""
        tabled = ", ".join(str(each) for each in self.sessions)
        return f"tabled for {tabled} sessions; a straight line between, the nearest length outside"

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        lengths = f"series of {self.sessions[0]} to {self.sessions[-1]} sessions"
        return f"noise alone flags {min(self.shares):.1%} to {max(self.shares):.1%} of {lengths}\n{self.source}"


@cache
def embedded_false_alarms() -> Mapping[str, FalseAlarms]:
    """The embedded table, by the name of the setting.

    Examples:
        >>> round(embedded_false_alarms()["individuals_chart_3"].share(16), 2)
        0.19
    """
    rows: dict[str, list[tuple[int, float]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            share = int(row["flagged"]) / int(row["clients"])
            rows.setdefault(row["rule"], []).append((int(row["sessions"]), share))
    return MappingProxyType(
        {
            name: FalseAlarms(tuple(each for each, _ in found), tuple(share for _, share in found))
            for name, found in rows.items()
        }
    )


def is_like_the_table(rule: Rule, scale: RatingScale, construct: Construct | None = None) -> bool:
    """Whether a table that was simulated on 1 to 5 in twelfths knows how often a rule fires on scores of a scale.

    It does on that scale (or in steps that nobody stated), and, for a rule that states no score points, on sums of the
    twelve items, 12 to 60, which are the same scores times twelve. How near the ends of another scale the scores lie,
    how coarse they are and how much they vary is not known, and of an outcome it would be something else.

    Args:
        rule: The rule.
        scale: The scale of the scores.
        construct: What they are scores of; ``None`` if not known.

    Examples:
        >>> from therarel.detection.rules import Drop, SuddenLoss
        >>> is_like_the_table(Drop(), RatingScale(1, 5)), is_like_the_table(Drop(), RatingScale(1, 7))
        (True, False)
        >>> is_like_the_table(Drop(), RatingScale(12, 60)), is_like_the_table(SuddenLoss(cutoff=1), RatingScale(12, 60))
        (True, False)
    """
    if construct is Construct.OUTCOME or not scale.higher_is_better:
        return False
    ends = (scale.minimum, scale.maximum)
    if ends == (1.0, 5.0):
        return scale.step is None or math.isclose(scale.step, 1 / 12, rel_tol=1e-3)
    in_points = rule.settings.get("scale") == "points" or any(rule.settings.get(name) for name in _POINTS)
    return ends == (12.0, 60.0) and scale.step in (None, 1.0) and not in_points


def false_alarms_of(rule: Rule, *, panel: Panel | None = None) -> FalseAlarms | None:
    """How often a rule flags clients of the standard clinic; ``None`` if it was not tabled.

    Only a rule with the very same settings counts: a threshold a little lower is another rule. The recovery
    condition does not matter, for it flags nothing.

    Args:
        rule: The rule.
        panel: The scores that the rule is to judge; on another scale than that of the standard clinic even a
            comparison means nothing. Without them the rate is that of the table.

    Examples:
        >>> from therarel.detection.rules import Drop
        >>> round(false_alarms_of(Drop(k=2)).share(16), 2), false_alarms_of(Drop(k=1.7))
        (0.33, None)
    """
    if panel is not None and not is_like_the_table(rule, panel.scale, panel.construct):
        return None
    row = rule.tabled_row
    return None if row is None else embedded_false_alarms().get(row)
