"""The rules that a panel is judged by where nobody names any: the scan where it can be fitted, a drop otherwise."""

from __future__ import annotations

from attrs import frozen

from therarel.detection.engine import learn_from
from therarel.detection.rules.base import Rule
from therarel.detection.rules.chart import IndividualsChart
from therarel.detection.rules.drop import Drop
from therarel.detection.rules.scan import Scan
from therarel.errors import InvalidValueError, shown
from therarel.noise.falls.matching import FEWEST_DYADS
from therarel.panels import Panel
from therarel.representation import one_line


@frozen
class UsualRules:
    """The rules that a panel is judged by where nobody names any, and why these.

    Args:
        primary: The rule that makes the findings.
        also: The rules beside it.
        why: Why this rule is the primary one, in a sentence.
    """

    primary: Rule
    also: tuple[Rule, ...]
    why: str

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        beside = " and ".join(rule.label for rule in self.also)
        return f"{self.primary.label}, with {beside} beside it. {self.why}"


def usual_rules(panel: Panel) -> UsualRules:
    """The scan, with a drop and an individuals chart beside it; where it cannot be fitted, the drop and the chart.

    The scan is fitted to panels in which 50 dyads or more have 4 or more scores. It comes fitted, for this panel alone.

    Args:
        panel: The panel.

    Raises:
        InvalidValueError: if it is not a panel.

    Examples:
        >>> from therarel.simulation import simulate_clinic
        >>> chosen = usual_rules(simulate_clinic(20, seed=1).panel())
        >>> chosen.primary.label, [rule.label for rule in chosen.also]
        ('drop', ['individuals chart'])
    """
    if not isinstance(panel, Panel):
        raise InvalidValueError("a panel is needed", where="usual_rules", value=shown(panel))
    drop, chart = Drop(k=2), IndividualsChart()
    (scan,) = learn_from(panel, (Scan(),)).rules
    if scan.unknown:
        return UsualRules(
            drop,
            (chart,),
            "The scan, which finds more drops and whose rate of false alarms is known, could not be used:"
            f" {scan.unknown}.",
        )
    return UsualRules(
        scan,
        (drop, chart),
        f"The scan is the primary rule because {FEWEST_DYADS} dyads or more have 4 or more scores, enough to learn from"
        " them how scores wander.",
    )
