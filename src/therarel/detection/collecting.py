"""From the verdicts of a rule to its candidates: only dyads with a flagged session are looked at again."""

from __future__ import annotations

import math

import numpy as np
from attrs import evolve

from therarel.detection.candidate import RuptureCandidate
from therarel.detection.candidates import Candidates, Path
from therarel.detection.change import Change
from therarel.detection.engine import blocks_of, series_of
from therarel.detection.episodes import Episodes, ending_of, episodes_of
from therarel.detection.judged import JudgedPanel
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import LEVELS, Verdict, Verdicts, code_of
from therarel.noise.series import Series
from therarel.panels import Block, SessionIndex
from therarel.tables.arrays import Codes, Whole

Columns = dict[str, list[object]]

TEXT = ("dyad", "recovery", "reversal", "rule", "also")


def _columns_for(change: Change) -> tuple[str, ...]:
    """Names of the columns of the tidy table; a gain has a magnitude, and what ends it other names than of a drop.

    Examples:
        >>> _columns_for(Change.GAIN)[8:11]
        ('magnitude', 'reversal', 'lost_again_at')
    """
    where = ("dyad", "onset", "flagged_at", "extreme_at", "reference", "extreme", "distance", "length")
    return (*where, *(("magnitude",) if change is Change.GAIN else ()), change.ending, change.ended_at, "rule", "also")


def collect(detection: JudgedPanel, which: int) -> Candidates:
    """The candidates of one rule of a detection.

    Args:
        detection: The detection.
        which: Place of the rule among its rules.
    """
    panel, rule = detection.panel, detection.rules[which]
    flagged = detection.codes[which] == code_of(Verdict.FLAGGED)
    columns: Columns = {name: [] for name in _columns_for(rule.change)}
    dyads: list[int] = []
    paths: list[int] = []
    kept: list[Path] = []
    names: tuple[str, ...] = ()  # values beside the columns that every rule has
    for block in blocks_of(panel):
        part = slice(block.first_row, block.first_row + block.n_sessions)
        if not flagged[part].any():
            continue
        series, there, _ = series_of(block, panel, detection.beside)
        seen = rule.verdicts(series, detection.context, values=True)
        names = tuple(name for name in (*seen.values, *_concluded(rule, seen)) if name != "reference")
        found = episodes_of(rule, series, seen, detection.context)
        rows = np.arange(block.n_sessions) if there is None else np.flatnonzero(there)
        dyads += _add(columns, detection, which, block, series, seen, found, rows)
        _add_paths(paths, kept, detection, series, seen, found)
    return Candidates(
        columns={
            name: values if name in TEXT else np.array(values, dtype=np.int64 if name == "length" else np.float64)
            for name, values in columns.items()
        },
        rule=rule,
        template=_template(detection, which),
        dyads=dyads,
        paths=paths,
        series=kept,
        value_names=names,
        frame_of=detection.panel_frame,
    )


def _add(
    columns: Columns,
    detection: JudgedPanel,
    which: int,
    block: Block,
    series: Series,
    seen: Verdicts,
    found: Episodes,
    rows: Whole,
) -> list[int]:
    """Append the candidates of a block to the columns of the tidy table; returned are the places of their dyads."""
    rule = detection.rules[which]
    sign = 1.0 if detection.panel.scale.higher_is_better else -1.0
    at, nadir = found.flagged, found.nadir
    first_dyad = np.searchsorted(detection.starts, block.first_row, side="right") - 1
    reference = seen.values["reference"][at]
    dyads = np.searchsorted(block.starts, rows[at], side="right") - 1
    also = [
        _flagged_too(detection.codes[other], block.first_row + rows[at], block.first_row + rows[found.last])
        for other in range(len(detection.rules))
    ]
    labels = [each.label for each in detection.rules]
    told: dict[str, list[object]] = {
        "dyad": [block.dyads[each] for each in dyads.tolist()],
        "onset": np.where(found.onset >= 0, series.session[found.onset], math.nan).tolist(),
        "flagged_at": series.session[at].tolist(),
        "extreme_at": series.session[nadir].tolist(),
        "reference": (sign * reference).tolist(),
        "extreme": (sign * series.score[nadir]).tolist(),
        "distance": np.abs(reference - series.score[nadir]).tolist(),
        "length": (found.last - at + 1).tolist(),
        **({"magnitude": np.abs(reference - series.score[at]).tolist()} if rule.change is Change.GAIN else {}),
        rule.change.ending: [ending_of(status, rule.change).value for status in found.statuses()],
        rule.change.ended_at: np.where(found.recovered >= 0, series.session[found.recovered], math.nan).tolist(),
        "rule": [rule.label] * at.size,
        "also": [
            "; ".join(label for place, label in enumerate(labels) if place != which and also[place][each])
            for each in range(at.size)
        ],
    }
    for name, compared in seen.values.items():
        if name != "reference":
            told[name] = ((sign if name in LEVELS else 1.0) * compared[at]).tolist()
    for name in _concluded(rule, seen):
        told[name] = detection.of_dyads[which][name][first_dyad + dyads].tolist()
    for name, values in told.items():
        columns.setdefault(name, []).extend(values)
    places: list[int] = (first_dyad + dyads).tolist()
    return places


def _concluded(rule: Rule, seen: Verdicts) -> list[str]:
    """Names of what is known of a dyad only once all dyads are, such as its q-value."""
    return [name for name in rule.of_dyads if name not in seen.dyads]


def _flagged_too(code: Codes, first: Whole, last: Whole) -> list[bool]:
    """Whether a rule flagged any row from ``first`` to ``last``, for each candidate."""
    begin = int(first[0])
    total = np.concatenate(([0], np.cumsum(code[begin : int(last.max()) + 1] == code_of(Verdict.FLAGGED))))
    found: list[bool] = (total[last + 1 - begin] > total[first - begin]).tolist()
    return found


def _add_paths(
    paths: list[int],
    kept: list[Path],
    detection: JudgedPanel,
    series: Series,
    seen: Verdicts,
    found: Episodes,
) -> None:
    """Keep the scores of each dyad that has a candidate, and what the rule expected of them, once."""
    sign = 1.0 if detection.panel.scale.higher_is_better else -1.0
    limit = sign * seen.values.get("limit", np.full(series.score.size, math.nan))
    expected, around = sign * seen.values["reference"], seen.values.get("expected_sd")
    places: dict[int, int] = {}
    for dyad in series.owner[found.flagged].tolist():
        if dyad not in places:
            part = slice(int(series.starts[dyad]), int(series.starts[dyad + 1]))
            places[dyad] = len(kept)
            path = Path(series.session[part], sign * series.score[part], limit[part])
            if around is not None and not np.isnan(around[part]).any():
                path = evolve(path, expected=expected[part], expected_sd=around[part])
            kept.append(path)
        paths.append(places[dyad])


def _template(detection: JudgedPanel, which: int) -> RuptureCandidate:
    panel = detection.panel
    return RuptureCandidate(
        dyad="",
        called="",
        onset=None,
        flagged_at=math.nan,
        extreme_at=math.nan,
        reference=math.nan,
        extreme=math.nan,
        distance=math.nan,
        length=0,
        rule=detection.rules[which],
        values={},
        construct=panel.construct,
        scale=panel.scale,
        dated=panel.index is SessionIndex.DATED,
    )
