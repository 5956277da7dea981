"""Gains and drops as their literature tabulates them: the scores around each, a row per person, and their average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from therarel.counting import counted
from therarel.detection.candidates import Candidates
from therarel.detection.figures import flags_of
from therarel.detection.judged import JudgedPanel
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Ribbon, Trace
from therarel.errors import InvalidValueError
from therarel.panels import SessionIndex
from therarel.panels.figures import score_axis
from therarel.tables.arrays import Floats
from therarel.vocabulary import Vocabulary

_BEFORE: Final = 3
_AFTER: Final = 3
COLUMNS: Final = ("before_3", "before_2", "before_1", "after_1", "after_2", "after_3")
"""The three scores before a change, the last of them the one that it starts from, and the three after."""


class Choice(Vocabulary, links={}):
    """Which finding of a person is taken where there are several."""

    FIRST = "first"
    """The earliest."""
    LAST = "last"
    """The latest."""
    LARGEST = "largest"
    """The one of the largest magnitude, of equal ones the earliest."""
    SMALLEST = "smallest"
    """The one of the smallest magnitude, of equal ones the earliest."""


def values_around(judged: JudgedPanel, candidates: Candidates) -> dict[str, Sequence[object] | Floats]:
    """One row per finding: where it is, the scores around it, its magnitude, and its share of the whole change.

    Args:
        judged: The panel and what the rules said.
        candidates: The findings of a rule.
    """
    around = _around(judged, candidates)
    columns = candidates.columns
    flagged_at = np.asarray(columns["flagged_at"], dtype=np.float64)
    magnitude, whole = _magnitude(candidates), _whole_change(judged, candidates)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole == 0, np.nan, magnitude / whole)
    ending = candidates.rule.change.ending
    return {
        "dyad": list(columns["dyad"]),
        "flagged_at": flagged_at,
        **{name: around[:, at] for at, name in enumerate(COLUMNS)},
        "magnitude": magnitude,
        "whole_change": whole,
        "share_of_whole_change": share,
        ending: [str(each) for each in columns[ending]],
    }


def per_person(judged: JudgedPanel, candidates: Candidates, choose: Choice | str) -> dict[str, object]:
    """One row per dyad of the panel, also of those without a finding: how many it has, and one of them.

    Args:
        judged: The panel and what the rules said.
        candidates: The findings of a rule.
        choose: Which finding is taken.

    Raises:
        UnknownNameError: if there is no such choice.
    """
    which = Choice(choose)
    table = values_around(judged, candidates)
    labels, magnitude = list(candidates.columns["dyad"]), _magnitude(candidates)
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(str(label), []).append(row)
    chosen = {label: _one_of(each, magnitude, which) for label, each in rows.items()}
    dyads = judged.panel.dyads
    columns: dict[str, object] = {"dyad": dyads, "findings": [len(rows.get(label, ())) for label in dyads]}
    for name, values in table.items():
        if name == candidates.rule.change.ending:
            columns[name] = [values[chosen[label]] if label in chosen else None for label in dyads]
        elif name != "dyad":
            columns[name] = np.array([values[chosen[label]] if label in chosen else np.nan for label in dyads])
    return columns


def average_chart(judged: JudgedPanel, candidates: Candidates) -> Chart:
    """The mean of the scores around the findings of a rule, with its 95% interval.

    Args:
        judged: The panel and what the rules said.
        candidates: The findings of a rule, at least one.

    Raises:
        InvalidValueError: if there is none.
    """
    if not len(candidates):
        raise InvalidValueError("nothing was found that could be averaged", where="draw_average")
    around = _around(judged, candidates)
    number = (~np.isnan(around)).sum(axis=0)
    total = np.nansum(around, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
        spread = np.sqrt(np.nansum((around - mean) ** 2, axis=0) / (number - 1))
        half = np.where(number > 1, 1.959963984540054 * spread / np.sqrt(number), np.nan)
    at = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
    _, colour = flags_of(candidates.rule.change)[0]
    means = mean.tolist()
    marks: list[Ribbon | Trace | Dots] = [
        Ribbon(at, (mean - half).tolist(), (mean + half).tolist(), colour, name="95% interval of the mean"),
        Trace(at, means, Colour.BLUE, name="mean score"),
        Dots(at, means),
    ]
    x = Axis(
        "session, n the last before the change", (-2, 3), tuple(at), ("n\u22122", "n\u22121", "n", "n+1", "n+2", "n+3")
    )
    said = ", ".join(f"{value:.3g}" for value in means)
    terms = candidates.template.terms
    return Chart(
        [Plot(x, score_axis(judged.panel), marks)],
        title=f"Average of {counted(len(candidates), terms.finding, terms.findings)}",
        description=f"Mean scores of the three sessions before and the three after the change: {said}.",
    )


def _around(judged: JudgedPanel, candidates: Candidates) -> Floats:
    """Scores of the three sessions before and after each change, NaN where there is none; shape ``(c, 6)``.

    Attended sessions are found by their numbers, scheduled and dated ones by their order.
    """
    numbered = judged.panel.index is SessionIndex.ATTENDED
    around = np.full((len(candidates), _BEFORE + _AFTER), np.nan)
    flagged_at = np.asarray(candidates.columns["flagged_at"], dtype=np.float64)
    for row, at in enumerate(flagged_at.tolist()):
        path = candidates.series[candidates.paths[row]]
        session, score = path.session, path.score
        place = int(np.searchsorted(session, at))
        for column, step in enumerate(range(-_BEFORE, _AFTER)):
            other = int(np.searchsorted(session, at + step)) if numbered else place + step
            if 0 <= other < session.size and (not numbered or session[other] == at + step):
                around[row, column] = score[other]
    return around


def _magnitude(candidates: Candidates) -> Floats:
    """Distance from the reference level to the flagged score of each finding, in score points; shape ``(c,)``."""
    reference = np.asarray(candidates.columns["reference"], dtype=np.float64)
    flagged = np.full(len(candidates), np.nan)
    for row, at in enumerate(np.asarray(candidates.columns["flagged_at"], dtype=np.float64).tolist()):
        path = candidates.series[candidates.paths[row]]
        flagged[row] = path.score[int(np.searchsorted(path.session, at))]
    return np.asarray(np.abs(reference - flagged))


def _whole_change(judged: JudgedPanel, candidates: Candidates) -> Floats:
    """From the first to the last score of each finding's dyad, in the direction of the rule; shape ``(c,)``."""
    sign = 1.0 if judged.panel.scale.higher_is_better else -1.0
    sign *= -candidates.rule.change.sign
    ends = [(path.score[0], path.score[-1]) for path in candidates.series]
    return np.array([sign * (ends[path][1] - ends[path][0]) for path in candidates.paths], dtype=np.float64)


def _one_of(rows: list[int], magnitude: Floats, which: Choice) -> int:
    if which is Choice.FIRST:
        return rows[0]
    if which is Choice.LAST:
        return rows[-1]
    return (max if which is Choice.LARGEST else min)(rows, key=lambda row: float(magnitude[row]))
