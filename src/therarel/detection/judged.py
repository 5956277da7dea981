"""A panel that rules have judged, as plain values and as tables: what all that is said of it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import field, frozen
from narwhals.typing import IntoFrame

from therarel.detection.engine import blocks_of
from therarel.detection.rules.arguments import columns_of
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Reason, Verdict, reason_of, verdict_of
from therarel.detection.wording import Terms
from therarel.noise.context import PanelContext
from therarel.panels import Panel
from therarel.tables.arrays import Codes, Floats, Ints, Truths, Whole
from therarel.tables.frames import as_table, worded


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
    codes: tuple[Codes, ...]
    of_dyads: tuple[Mapping[str, Floats], ...] = field(default=())
    beside: Floats | None = field(default=None)

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
    def starts(self) -> Whole:
        """Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``."""
        begins = [block.starts[:-1] + block.first_row for block in blocks_of(self.panel)]
        return np.concatenate([*begins, [self.panel.n_sessions]]).astype(np.intp)

    def panel_frame(self, columns: Mapping[str, object], kind: str | None = None) -> IntoFrame:
        """Columns as a dataframe of the kind that the panel was made from, or of another."""
        return as_table(columns, self.panel.kind if kind is None else kind)


def figures_of_dyads(
    names: Sequence[str],
    codes: Sequence[Codes],
    of_dyads: Sequence[Mapping[str, Floats]],
    starts: Whole,
) -> dict[str, object]:
    """For each dyad its scored sessions, and per rule how many were flagged or undetectable, and what it says of it.

    Args:
        names: The name of each rule's columns.
        codes: Verdict codes of each rule, shape ``(n,)``.
        of_dyads: What each rule says of the dyads, each of shape ``(g,)``.
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
    """

    def number(holds: Truths) -> Ints:
        return np.add.reduceat(holds, starts[:-1], dtype=np.int64) if starts.size > 1 else np.empty(0, np.int64)

    columns: dict[str, object] = {"scored": number(codes[0] != CODES[Verdict.NO_SCORE])}
    for name, code, told in zip(names, codes, of_dyads, strict=True):
        columns[f"{name}_flagged"] = number(code == CODES[Verdict.FLAGGED])
        columns[f"{name}_undetectable"] = number(code >= CODES[Reason.NO_REFERENCE])
        columns.update({f"{name}_{key}": values for key, values in told.items()})
    return columns


def dyad_columns(detection: JudgedPanel) -> dict[str, object]:
    """One row per dyad of the panel; see `figures_of_dyads`."""
    labels = [label for block in blocks_of(detection.panel) for label in block.dyads]
    return {
        "dyad": labels,
        **figures_of_dyads(detection.columns, detection.codes, detection.of_dyads, detection.starts),
    }


def verdict_columns(detection: JudgedPanel) -> dict[str, object]:
    """One row per session of the panel: dyad, session, score, and verdict and reason of each rule."""
    rows = detection.panel.to_frame("polars")
    verdicts = {each: verdict_of(each).value for each in CODES.values()}
    reasons = {each: _reason(each) for each in CODES.values()}
    judged: dict[str, tuple[Codes, Mapping[int, str | None]]] = {}
    for name, code in zip(detection.columns, detection.codes, strict=True):
        judged[name] = (code, verdicts)
        judged[f"{name}_reason"] = (code, reasons)
    return {**{name: rows[name] for name in ("dyad", "session", "score")}, **worded(judged)}


def _reason(code: int) -> str | None:
    reason = reason_of(code)
    return None if reason is None else reason.value


def undetectable_columns(detection: JudgedPanel) -> dict[str, object]:
    """One row per rule, dyad and reason: sessions at which the rule could not have fired, of those with a score."""
    labels = [label for block in blocks_of(detection.panel) for label in block.dyads]
    starts = detection.starts
    columns: dict[str, list[object]] = {name: [] for name in ("rule", "dyad", "reason", "sessions", "scored")}
    for rule, code in zip(detection.rules, detection.codes, strict=True):
        there = np.add.reduceat(code != CODES[Verdict.NO_SCORE], starts[:-1], dtype=np.intp)
        for number in sorted(set(CODES.values())):
            reason = reason_of(number)
            if reason is None:
                continue
            found = np.add.reduceat(code == number, starts[:-1], dtype=np.intp)
            for at in np.flatnonzero(found).tolist():
                columns["rule"].append(rule.label)
                columns["dyad"].append(labels[at])
                columns["reason"].append(reason.value)
                columns["sessions"].append(int(found[at]))
                columns["scored"].append(int(there[at]))
    return dict(columns)
