"""Columns of the tables that a detection gives: verdicts per session, and what was undetectable per dyad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from therarel.detection.engine import blocks_of
from therarel.detection.judged import JudgedPanel
from therarel.detection.verdicts import CODES, Reason, Verdict, reason_of, verdict_of
from therarel.tables.frames import worded

__all__ = ["dyad_columns", "figures_of_dyads", "undetectable_columns", "verdict_columns"]


def figures_of_dyads(
    names: Sequence[str],
    codes: Sequence[npt.NDArray[np.uint8]],
    of_dyads: Sequence[Mapping[str, npt.NDArray[np.float64]]],
    starts: npt.NDArray[np.intp],
) -> dict[str, object]:
    """For each dyad its scored sessions, and per rule how many were flagged or undetectable, and what it says of it.

    Args:
        names: The name of each rule's columns.
        codes: Verdict codes of each rule, shape ``(n,)``.
        of_dyads: What each rule says of the dyads, each of shape ``(g,)``.
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
    """

    def number(holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
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
