"""Columns of the tables that a detection gives: verdicts per session, and what was undetectable per dyad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from therarel.detection.engine import blocks_of
from therarel.detection.verdicts import CODES, Verdict, reason_of, verdict_of
from therarel.tables.frames import worded

if TYPE_CHECKING:
    from therarel.detection.detection import Detection

__all__ = ["undetectable_columns", "verdict_columns"]


def verdict_columns(detection: Detection) -> dict[str, object]:
    """One row per session of the panel: dyad, session, score, and verdict and reason of each rule."""
    rows = detection.panel.frame
    verdicts = {each: verdict_of(each).value for each in CODES.values()}
    reasons = {each: _reason(each) for each in CODES.values()}
    judged: dict[str, tuple[npt.NDArray[np.uint8], Mapping[int, str | None]]] = {}
    for name, code in zip(detection.columns, detection.codes, strict=True):
        judged[name] = (code, verdicts)
        judged[f"{name}_reason"] = (code, reasons)
    return {**{name: rows[name] for name in ("dyad", "session", "score")}, **worded(judged)}


def _reason(code: int) -> str | None:
    reason = reason_of(code)
    return None if reason is None else reason.value


def undetectable_columns(detection: Detection) -> dict[str, object]:
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
