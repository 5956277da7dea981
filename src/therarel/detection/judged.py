"""A panel that rules have judged, as plain values: what everything that is said of it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import field, frozen
from narwhals.typing import IntoFrame

from therarel.detection.engine import blocks_of
from therarel.detection.rules.arguments import columns_of
from therarel.detection.rules.base import Rule
from therarel.detection.wording import Terms
from therarel.noise.context import PanelContext
from therarel.panels import Panel
from therarel.tables.frames import as_kind, of_arrays

__all__ = ["JudgedPanel", "terms_of"]


def terms_of(rule: Rule, panel: Panel) -> Terms:
    """The words for what a rule finds in a panel."""
    return Terms(rule.change, panel.construct, panel.scale.higher_is_better, rule.called)


@frozen(eq=False, kw_only=True)
class JudgedPanel:
    """A panel, the rules that judged it, and what they said.

    Args:
        panel: The panel.
        rules: The rules, the primary one first, with what they have learnt.
        context: What was known about the whole panel.
        codes: Verdict codes of each rule, one byte per row of the panel; see `therarel.detection.verdicts.CODES`.
        of_dyads: What each rule says of the dyads as a whole, by name; each of shape ``(g,)``.
        beside: The other rater's scores, oriented as the panel's, NaN where there is none; shape ``(n, 1)``.
    """

    panel: Panel
    rules: tuple[Rule, ...]
    context: PanelContext
    codes: tuple[npt.NDArray[np.uint8], ...]
    of_dyads: tuple[Mapping[str, npt.NDArray[np.float64]], ...] = field(default=())
    beside: npt.NDArray[np.float64] | None = field(default=None)

    @property
    def primary(self) -> Rule:
        """The rule that makes the candidates."""
        return self.rules[0]

    @property
    def terms(self) -> Terms:
        """The words for what the primary rule finds."""
        return terms_of(self.primary, self.panel)

    @property
    def also(self) -> tuple[Rule, ...]:
        """The rules beside it."""
        return self.rules[1:]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The name of each rule's column: its name, with a number where two rules share one."""
        return columns_of(self.rules)

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``."""
        begins = [block.starts[:-1] + block.first_row for block in blocks_of(self.panel)]
        return np.concatenate([*begins, [self.panel.n_sessions]]).astype(np.intp)

    def panel_frame(self, columns: Mapping[str, object]) -> IntoFrame:
        """Columns as a dataframe of the kind that the panel was made from."""
        return as_kind(of_arrays(columns), self.panel.kind)
