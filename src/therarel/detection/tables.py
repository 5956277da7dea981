"""Tables for papers: what was found, with what, in how many; as text, CSV and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.detection.candidates import Candidates
from therarel.detection.change import Change
from therarel.detection.counts import RuleCount
from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.judged import JudgedPanel
from therarel.detection.null import NullModel
from therarel.detection.rates import Rates
from therarel.files import CSV, csv_lines, refuse_other_kind, write_whole
from therarel.representation import one_line
from therarel.tables.aligning import aligned
from therarel.tables.frames import as_kind, of_arrays

__all__ = ["PaperTable", "calibration_table", "detection_table"]

_ESCAPES: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_HEADS: Final = {
    Change.DROP: ("Mean depth", "Recovered"),
    Change.GAIN: ("Mean magnitude", "Held", "Lost again", "Not known"),
}
_ENDINGS: Final = {
    Change.DROP: (RecoveryStatus.RECOVERED,),
    Change.GAIN: (ReversalStatus.HELD, ReversalStatus.LOST_AGAIN, ReversalStatus.NOT_KNOWN),
}
_REVERSALS: Final = (
    "Magnitude: from the reference level to the flagged score, of a sudden gain from the session before it to the one"
    " after. Held: not lost again up to the end of the series, or of the window of the rule"
)


@frozen
class PaperTable:
    """A table as a paper in APA style prints it: a title, a head, rows, and a note that says what it rests on.

    Args:
        title: What the table shows, in title case as printed above the table.
        head: Names of the columns.
        rows: The cells, as text.
        note: The text below the table, without the word "Note.".

    Examples:
        >>> table = PaperTable("Rates", ("Rule", "Share"), (("drop", ".25"),), "n = 40.")
        >>> print(table.to_csv())
        Rates
        Rule,Share
        drop,.25
        Note. n = 40.
        <BLANKLINE>
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str

    def to_csv(self, path: str | Path | None = None) -> str:
        """The table as CSV, title first and note last; written to a file if one is named.

        Raises:
            InvalidValueError: if the name of the file ends otherwise than ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        text = "".join(csv_lines([[self.title], self.head, *self.rows, [f"Note. {self.note}"]]))
        return _written(text, path, CSV)

    def to_frame(self, kind: str = "polars") -> IntoFrame:
        """The cells as a table of text, without title and note.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.

        Raises:
            InvalidValueError: if there is no such kind.
        """
        return as_kind(of_arrays({name: [row[at] for row in self.rows] for at, name in enumerate(self.head)}), kind)

    def to_latex(self, path: str | Path | None = None) -> str:
        """The table as LaTeX with rules above, below the head and below, as the package booktabs draws them.

        Raises:
            InvalidValueError: if the name of the file ends otherwise than ``.tex`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        columns = "l" + "r" * (len(self.head) - 1)
        lines = [
            r"\begin{table}",
            rf"\caption{{{_latex(self.title)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(_latex(cell) for cell in self.head) + r" \\",
            r"\midrule",
            *(" & ".join(_latex(cell) for cell in row) + r" \\" for row in self.rows),
            r"\bottomrule",
            r"\end{tabular}",
            "",
            rf"\textit{{Note.}} {_latex(self.note)}",
            r"\end{table}",
            "",
        ]
        return _written("\n".join(lines), path, (".tex", ".txt"))

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return "\n".join([self.title, "", *aligned([self.head, *self.rows]), "", f"Note. {self.note}"])


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
        f"Scale {panel.scale}",
        f"The primary rule is {detection.primary.label}",
        *(f"Settings of {rule.label}: {_settings(rule.settings)}" for rule in detection.rules),
        "Expected: number of dyads flagged by noise alone"
        + (
            f", not known: {first.unknown}"
            if noise is None
            else f", with the range of 95 of 100 panels ({noise.source}: {_settings(_figures(noise.null))})"
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
    )


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
        "CI: 95 % Wilson interval of the simulation. Found: share of clients flagged within a drop, or a rise, of the"
        " depth and number of sessions in the head",
        *(f"Settings of {each.rule.label}: {_settings(each.rule.settings)}" for each in calibrations),
    ]
    return PaperTable(
        "False Alarms and Hits by Rule and Number of Sessions",
        (
            "Rule",
            "Sessions",
            "False alarms",
            "95 % CI",
            "Per session",
            *(f"Found, {depth:g} over {length}" for depth, length in kinds),
        ),
        tuple(rows),
        ". ".join(notes) + ".",
    )


def _of_kind(found: Candidates, change: Change, kind: Change) -> tuple[str, ...]:
    """The mean distance from the reference level, and what became of how many; dashes under the other kind's heads."""
    if change is not kind:
        return ("-",) * len(_HEADS[kind])
    far = np.asarray(found.columns["magnitude" if kind is Change.GAIN else "distance"], dtype=np.float64)
    endings = [str(ending) for ending in found.columns[kind.ending]]
    return ("-" if far.size == 0 else f"{far.mean():.2f}", *(str(endings.count(each)) for each in _ENDINGS[kind]))


def _figures(null: NullModel) -> dict[str, float | str | None]:
    """The figures of a null model, without where they come from."""
    return {name: value for name, value in null.settings.items() if name != "source"}


def _share(value: float) -> str:
    """A share without its leading zero, which cannot be above 1."""
    return f"{value:.2f}".removeprefix("0") if value < 1 else f"{value:.2f}"


def _settings(settings: object) -> str:
    assert isinstance(settings, dict)
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in settings.items()
        if value is not None
    )


def _latex(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _written(text: str, path: str | Path | None, kinds: tuple[str, ...]) -> str:
    if path is not None:
        refuse_other_kind(path, kinds, what="this table", hint=f"name it {kinds[0]}")
        write_whole(path, text)
    return text
