"""A report as data: what the page says, in a form for programs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Final

import numpy as np

from therarel.detection import Detection, NoiseCount, Reason
from therarel.detection.verdicts import CODES
from therarel.panels import PanelProblem
from therarel.reports.subject import Subject

FORMAT: Final = "therarel.report/3"
"""Name and version of the form; a change that breaks a reader gives a new version."""


def as_data(subject: Subject) -> dict[str, object]:
    """Everything a report says, as plain lists and dictionaries that JSON can hold; NaN becomes ``None``."""
    detection = subject.detection
    panel = detection.panel
    summary = panel.summary()
    return {
        "format": FORMAT,
        "therarel": version("therarel"),
        "when": subject.when,
        "simulated": subject.simulated,
        "panel": {
            **{
                name: value
                for name, value in summary.as_dict().items()
                if name not in ("problems", "messages", "scale")
            },
            "scale": {
                "minimum": panel.scale.minimum,
                "maximum": panel.scale.maximum,
                "higher_is_better": panel.scale.higher_is_better,
                "step": panel.scale.step,
            },
        },
        "finding": detection.terms.finding,
        "rules": [
            {
                "name": count.rule.name,
                "label": count.rule.label,
                "primary": count.rule is detection.primary,
                "settings": count.rule.settings,
                "dyads": count.dyads,
                "flagged_dyads": count.flagged_dyads,
                "expected_dyads": count.expected_dyads,
                "undetectable_dyads": count.undetectable_dyads,
                "beside": count.beside or None,
                "sessions": count.sessions,
                "flagged_sessions": count.flagged_sessions,
                "undetectable_sessions": count.undetectable_sessions,
                "expected": None if count.expected is None else _expected(count.expected),
                "expected_unknown": count.unknown or None,
                "standard_clinic": None
                if count.standard is None
                else {
                    "sessions": list(count.standard.sessions),
                    "shares": list(count.standard.shares),
                    "share_for_these_lengths": count.standard_share,
                    "source": count.standard.source,
                },
            }
            for count in detection.counts
        ],
        "sensitivity": [
            {"noise": noise.change or None, "means": list(noise.means), "monte_carlo_errors": list(noise.errors)}
            for noise in subject.sensitivity
        ],
        "agreement": _rows(detection.agreement.columns(), len(detection.agreement)),
        "groups": [group.as_dict() for group in subject.groups],
        "endings": None if subject.endings is None else subject.endings.counts,
        "candidates": [
            {name: _plain(value, name, subject.courses.key) for name, value in row.items()}
            for row in _candidate_rows(detection)
        ],
        "undetectable": [
            {"rule": label, "reason": reason.value, "sessions": sessions, "dyads": dyads}
            for label, reason, sessions, dyads in blind(detection)
        ],
        "problems": _problems(detection),
    }


def _expected(noise: NoiseCount) -> dict[str, object]:
    """What noise alone gives, with all that it rests on; null models are oriented (higher is better)."""
    return {
        "mean": noise.mean,
        "low": noise.low,
        "high": noise.high,
        "monte_carlo_error": noise.error,
        "fitted": noise.fitted,
        "beside_falls": noise.beside_falls,
        "null": noise.null.settings,
        "within_sd_interval": noise.within_sd,
        "phi_interval": noise.phi,
        "runs": noise.runs,
        "simulated_dyads": noise.simulated,
        "seed": noise.seed,
        "with_falls": {
            "share": noise.falls.share,
            "depth": noise.falls.depth,
            "mean": noise.falls.mean,
            "found": noise.falls.found,
            "expected": noise.falls.expected,
            "power": noise.falls.power,
            "null": noise.falls.null.settings,
        },
    }


def blind(detection: Detection) -> list[tuple[str, Reason, int, int]]:
    """For each rule and reason: at how many sessions, and in how many dyads, the rule could not have fired."""
    undetectable = []
    for rule, code in zip(detection.rules, detection.codes, strict=True):
        for reason in Reason:
            here = code == CODES[reason]
            sessions = int(here.sum())
            if sessions:
                dyads = int(np.logical_or.reduceat(here, detection.starts[:-1]).sum())
                undetectable.append((rule.label, reason, sessions, dyads))
    return undetectable


def candidate_table(detection: Detection, key: Callable[[str], str]) -> Iterator[Sequence[object]]:
    """The head, then every candidate of the primary rule; what is not known is ``None``.

    Args:
        detection: What was found.
        key: Gives what the dyad with a label is called.
    """
    yield list(detection.candidates.columns) or ["dyad"]
    for row in _candidate_rows(detection):
        yield [_plain(value, name, key) for name, value in row.items()]


def problem_table(detection: Detection) -> Iterator[Sequence[object]]:
    """The head, then every row of every problem; what is not known is ``None``."""
    rows = detection.panel.problem_rows("polars")
    yield rows.columns
    yield from rows.iter_rows()


def _candidate_rows(detection: Detection) -> list[dict[str, object]]:
    columns = {
        name: column.tolist() if isinstance(column, np.ndarray) else column
        for name, column in detection.candidates.columns.items()
    }
    return _rows(columns, len(detection.candidates))


def _rows(columns: Mapping[str, Sequence[object]], number: int) -> list[dict[str, object]]:
    return [{name: column[row] for name, column in columns.items()} for row in range(number)]


def _plain(value: object, name: str, key: Callable[[str], str]) -> object:
    if name == "dyad" and isinstance(value, str):
        return key(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def _problems(detection: Detection) -> list[dict[str, object]]:
    """The problems in words, and every row of each kind."""
    rows = detection.panel.problem_rows("polars")
    by_kind: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for row in rows.iter_rows(named=True):
        by_kind.setdefault((row.pop("kind"), row.pop("action")), []).append(row)
    by_action: dict[tuple[str, str], list[PanelProblem]] = {}
    for problem in detection.panel.problems:
        by_action.setdefault((problem.kind.value, problem.action.value), []).append(problem)
    return [
        {
            "kind": kind,
            "action": action,
            "count": sum(problem.count for problem in entries),
            "messages": [problem.message for problem in entries],
            "rows": by_kind.get((kind, action), []),
        }
        for (kind, action), entries in by_action.items()
    ]
