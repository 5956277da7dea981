"""Tables for papers: what was found, with what, in how many, and the rates of rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import evolve

from therarel.counting import counted
from therarel.detection.candidates import Candidates
from therarel.detection.change import Change
from therarel.detection.counts import RuleCount
from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.judged import JudgedPanel
from therarel.detection.rates import Rates
from therarel.domain.ratings import RatingScale
from therarel.noise.null import NullModel
from therarel.tables.paper_table import PaperTable

_HEADS: Final = {
    Change.DROP: ("Mean depth", "Recovered"),
    Change.GAIN: ("Mean magnitude", "Held", "Lost again", "Not known"),
}
_ENDINGS: Final = {
    Change.DROP: (RecoveryStatus.RECOVERED,),
    Change.GAIN: (ReversalStatus.HELD, ReversalStatus.LOST_AGAIN, ReversalStatus.NOT_KNOWN),
}
_EVERY_ENDING: Final = {Change.DROP: tuple(RecoveryStatus), Change.GAIN: tuple(ReversalStatus)}
_REVERSALS: Final = (
    "Magnitude: from the reference level to the flagged score, of a sudden gain from the session before it to the one"
    " after. Held: not lost again up to the end of the series, or of the window of the rule"
)


def detection_table(
    detection: JudgedPanel, counts: Sequence[RuleCount], candidates: Sequence[Candidates]
) -> PaperTable:
    """The counts of every rule of a detection, with what noise alone leads one to expect.

    Args:
        detection: The panel and the rules.
        counts: For each rule what it flagged, beside what noise alone would give.
        candidates: The candidates of each rule.
    """
    panel = detection.panel
    rows = []
    kinds = [change for change in Change if any(rule.change is change for rule in detection.rules)]
    for each, found in zip(counts, candidates, strict=True):
        rows.append(
            (
                each.rule.label,
                str(len(found)),
                str(each.flagged_dyads),
                _share(each.flagged_share),
                "-" if each.expected is None else each.expected_in_words(),
                str(each.undetectable_dyads),
                *(cell for change in kinds for cell in _of_kind(found, each.rule.change, change)),
            )
        )
    first = counts[0]
    noise = first.expected
    missing = panel.n_sessions - first.sessions
    parts = [
        f"n = {counted(first.dyads, 'dyad')}, {counted(first.sessions, 'session')} with a score, {missing:,} without"
        + (f", {counted(panel.n_therapists, 'therapist')}" if panel.n_therapists else ""),
        f"Scale {panel.scale}"
        + ("" if panel.scale.higher_is_better else "; among settings of rules, levels and slopes have the other sign"),
        f"The primary rule is {detection.primary.label}",
        *(f"Settings of {rule.label}: {_settings(rule.settings)}" for rule in detection.rules),
        "Expected: number of dyads flagged by noise alone"
        + (
            f", not known: {first.unknown}"
            if noise is None
            else f", with the range of 95 of 100 panels ({noise.source}: {_figures(noise.null, panel.scale)})"
        ),
        "Undetectable: dyads at none of whose sessions the rule could have fired",
        *([_REVERSALS] if Change.GAIN in kinds else []),
    ]
    named = detection.terms.findings
    return PaperTable(
        f"{named[0].upper()}{named[1:]} by Rule",
        (
            "Rule",
            "Found",
            "Dyads",
            "Share",
            "Expected",
            "Undetectable",
            *(name for kind in kinds for name in _HEADS[kind]),
        ),
        tuple(rows),
        ". ".join(parts) + ".",
        _counted_numbers(counts, candidates, kinds),
        panel.kind,
    )


def _counted_numbers(
    counts: Sequence[RuleCount], candidates: Sequence[Candidates], kinds: Sequence[Change]
) -> dict[str, list[object]]:
    """The counts of every rule as numbers."""
    noise = [each.expected for each in counts]
    columns: dict[str, list[object]] = {
        "rule": [each.rule.label for each in counts],
        "findings": [len(each) for each in candidates],
        "dyads": [each.dyads for each in counts],
        "flagged_dyads": [each.flagged_dyads for each in counts],
        "flagged_share": [each.flagged_share for each in counts],
        "expected_dyads": [math.nan if each is None else each.mean for each in noise],
        "expected_low": [math.nan if each is None else float(each.low) for each in noise],
        "expected_high": [math.nan if each is None else float(each.high) for each in noise],
        "undetectable_dyads": [each.undetectable_dyads for each in counts],
    }
    for kind in kinds:
        name = "magnitude" if kind is Change.GAIN else "depth"
        columns[f"mean_{name}"] = [_mean(each, kind) for each in candidates]
        for ending in _EVERY_ENDING[kind]:
            columns[f"{kind}_{ending}"] = [_number_of(each, kind, ending) for each in candidates]
    return columns


def _mean(candidates: Candidates, kind: Change) -> float:
    """The mean distance of findings from the reference level; NaN of none, and of a rule of the other kind."""
    if candidates.rule.change is not kind or not len(candidates):
        return math.nan
    far = candidates.columns["magnitude" if kind is Change.GAIN else "distance"]
    return float(np.asarray(far, dtype=np.float64).mean())


def _number_of(candidates: Candidates, kind: Change, ending: str) -> float:
    """How many findings ended in one way; NaN of a rule of the other kind."""
    if candidates.rule.change is not kind:
        return math.nan
    return float([str(each) for each in candidates.columns[kind.ending]].count(ending))


def calibration_table(calibrations: Sequence[Rates]) -> PaperTable:
    """False alarms and hits of rules side by side, one row per rule and length of series.

    Args:
        calibrations: The calibrations, at least one.
    """
    kinds = list(dict.fromkeys((hit.depth, hit.length) for each in calibrations for hit in each.hits))
    rows = []
    for each in calibrations:
        for alarm in each.false_alarms:
            found = {(hit.depth, hit.length): hit.found for hit in each.hits if hit.sessions == alarm.sessions}
            low, high = alarm.clients.interval
            rows.append(
                (
                    each.rule.label,
                    "own" if alarm.sessions is None else str(alarm.sessions),
                    _share(alarm.clients.share),
                    f"[{_share(low)}, {_share(high)}]",
                    f"{alarm.at_sessions.share:.3f}".lstrip("0"),
                    *(_share(found[kind].share) if kind in found else "-" for kind in kinds),
                )
            )
    one = calibrations[0]
    notes = [
        f"{counted(one.false_alarms[0].clients.total, 'simulated client')} per row; seed"
        f" {', '.join(str(seed) for seed in dict.fromkeys(each.seed for each in calibrations))}",
        f"Null model: {_settings(one.null.settings)}",
        "CI: 95% Wilson interval of the simulation. Found: share of clients flagged within a change of the size and"
        " number of sessions in the head",
        *(f"Settings of {each.rule.label}: {_settings(each.rule.settings)}" for each in calibrations),
    ]
    return PaperTable(
        "False Alarms and Hits by Rule and Number of Sessions",
        (
            "Rule",
            "Sessions",
            "False alarms",
            "95% CI",
            "Per session",
            *(f"Found, {depth:g} over {length}" for depth, length in kinds),
        ),
        tuple(rows),
        ". ".join(notes) + ".",
        _rates_as_numbers(calibrations, kinds),
    )


def _rates_as_numbers(calibrations: Sequence[Rates], kinds: Sequence[tuple[float, int]]) -> dict[str, list[object]]:
    """False alarms and hits as numbers, one row per rule and length of series."""
    rows = [(each, alarm) for each in calibrations for alarm in each.false_alarms]
    columns: dict[str, list[object]] = {
        "rule": [each.rule.label for each, _ in rows],
        "sessions": [math.nan if alarm.sessions is None else float(alarm.sessions) for _, alarm in rows],
        "false_alarms": [alarm.clients.share for _, alarm in rows],
        "false_alarms_low": [alarm.clients.low for _, alarm in rows],
        "false_alarms_high": [alarm.clients.high for _, alarm in rows],
        "false_alarms_per_session": [alarm.at_sessions.share for _, alarm in rows],
    }
    for depth, length in kinds:
        columns[f"found_{depth:g}_over_{length}"] = [
            next(
                (hit.found.share for hit in each.hits
                 if (hit.sessions, hit.depth, hit.length) == (alarm.sessions, depth, length)),
                math.nan,
            )
            for each, alarm in rows
        ]  # fmt: skip
    return columns


def _of_kind(found: Candidates, change: Change, kind: Change) -> tuple[str, ...]:
    """The mean distance from the reference level, and what became of how many; dashes under the other kind's heads."""
    if change is not kind:
        return ("-",) * len(_HEADS[kind])
    far = np.asarray(found.columns["magnitude" if kind is Change.GAIN else "distance"], dtype=np.float64)
    endings = [str(ending) for ending in found.columns[kind.ending]]
    return ("-" if far.size == 0 else f"{far.mean():.2f}", *(str(endings.count(each)) for each in _ENDINGS[kind]))


def _figures(null: NullModel, scale: RatingScale) -> str:
    """The figures of a null model on the scale of the panel, without where they come from."""
    if not scale.higher_is_better:  # rules see scores turned round
        null = evolve(
            null, intercept=-null.intercept, slope=-null.slope, minimum=0 - null.maximum, maximum=0 - null.minimum
        )
    return _settings({name: value for name, value in null.settings.items() if name != "source"})


def _share(value: float) -> str:
    """A share without its leading zero, which cannot be above 1."""
    return f"{value:.2f}".removeprefix("0") if value < 1 else f"{value:.2f}"


def _settings(settings: object) -> str:
    assert isinstance(settings, dict)
    return ", ".join(
        f"{name} = {value + 0.0:.4g}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in settings.items()
        if value is not None
    )
