"""A report: what rules found in a panel, as a self-contained page, as data and as a few lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from attrs import frozen

from therarel.counting import counted
from therarel.detection import Detection
from therarel.drawing import Chart
from therarel.errors import InvalidValueError, is_whole, shown
from therarel.files import CSV, csv_lines, refuse_other_kind, refuse_other_than_page, refuse_same, write_whole
from therarel.growth import GrowthFit
from therarel.reports.attachments import codebook_table, columns_of
from therarel.reports.data import as_data, candidate_table, problem_table
from therarel.reports.endings import Ending, endings_of
from therarel.reports.findings import closeups
from therarel.reports.markup import framed, page
from therarel.reports.reviewing import methods_paragraph, noise_changed
from therarel.reports.sections import sections
from therarel.reports.subject import Subject
from therarel.reports.summary import headline
from therarel.reports.truth import TruthCount, origin_of, simulated_falls
from therarel.representation import one_line
from therarel.simulation import SimulatedClinic


def report(
    detection: Detection,
    *,
    title: str | None = None,
    simulated: SimulatedClinic | None = None,
    when: date | str | None = None,
    most_drawn: int = 24,
    groups: Sequence[str] | str = (),
    ended: str | None = None,
    ended_as: Mapping[str, Ending | str] | None = None,
    command: str | None = None,
    sensitivity: bool = False,
    growth: GrowthFit | None = None,
) -> Report:
    """Write what was found in a panel as a page for people: figures, grounds, what was undetectable, and limits.

    The same detection gives the same page, byte for byte; it has a date only if one is given.

    Args:
        detection: What was found, from `therarel.detection.detect`.
        title: Heading; names what was read if not given.
        simulated: The clinic that the panel was simulated from; the report then says so wherever it shows, and
            compares with the truth.
        when: Date to print.
        most_drawn: Most dyads with a finding that get a close-up, at least 0.
        groups: Further columns of the panel (``covariates=``) by which findings are counted, too; see
            `Detection.by_group`.
        ended: A further column of the panel (``covariates=``) that says how each therapy ended: ``as_planned``,
            ``earlier`` or ``not_known``; an empty cell is not known.
        ended_as: What other values of that column mean, such as ``{"completed": "as_planned"}``.
        sensitivity: Whether to simulate what the rules would flag if the noise were a little other than its model says;
            it takes seconds.
        growth: A growth model of the same scores, from `therarel.fit_growth`; the page then shows it.
        command: The command line that makes this report, to be printed on it; ``None`` for a call in Python.

    Returns:
        The report; nothing is written until it is saved.

    Raises:
        InvalidValueError: if it is not a detection, a number is out of bounds, the panel is not the clinic's, or it is
            not said what a value of the column of endings means.
        UnknownNameError: if the panel kept no such column, or there is no such ending.

    Examples:
        >>> from therarel.simulation import simulate_clinic
        >>> from therarel.detection import detect, rules
        >>> clinic = simulate_clinic(12, seed=1)
        >>> page = report(detect(clinic.panel(), primary=rules.Drop(k=2)), simulated=clinic)
        >>> page.html.startswith("<!DOCTYPE html>"), "Simulated data" in page.html
        (True, True)
    """
    if not isinstance(detection, Detection):
        raise InvalidValueError(
            "a detection is needed", where="report", value=shown(detection), hint="report(detect(panel, primary=...))"
        )
    if not is_whole(most_drawn) or most_drawn < 0:
        raise InvalidValueError(
            "not accepted", where="report.most_drawn", value=shown(most_drawn), bound="a whole number of at least 0"
        )
    if ended_as is not None and ended is None:
        raise InvalidValueError(
            "what values mean goes with the column that has them",
            where="report.ended_as",
            hint="name it: ended='status'",
        )
    if growth is not None and not isinstance(growth, GrowthFit):
        raise InvalidValueError(
            "a growth model is needed", where="report.growth", value=shown(growth), hint="fit_growth(panel, ...)"
        )
    scores = detection.panel.to_frame("polars")["score"].drop_nulls()
    if growth is not None and not np.isin(growth.design.score, scores).all():
        raise InvalidValueError(
            "this growth model was not fitted to the scores of this page",
            where="report.growth",
            hint="fit_growth(panel, ...) with the panel in which was looked",
        )
    truth = None if simulated is None else TruthCount.of(simulated, detection)
    origin = None if simulated is None else origin_of(simulated)
    return Report(
        detection=detection,
        title=title if title is not None else _title(detection, origin is not None),
        simulated=origin,
        truth=truth,
        when=when.isoformat() if isinstance(when, date) else when,
        most_drawn=most_drawn,
        groups=tuple(detection.by_group(column) for column in ([groups] if isinstance(groups, str) else groups)),
        endings=None if ended is None else endings_of(detection.panel, ended, ended_as),
        falls={} if simulated is None else simulated_falls(simulated),
        sensitivity=noise_changed(detection) if sensitivity else (),
        growth=growth,
        command=command,
    )


def _title(detection: Detection, simulated: bool) -> str:
    findings = detection.terms.findings
    what = "a simulated clinic" if simulated else detection.panel.source.rpartition(" (")[0] or detection.panel.source
    return f"{findings[0].upper()}{findings[1:]} in {what}"


@frozen(kw_only=True, eq=False)
class Report(Subject):
    """What rules found in a panel, as a page, as data, and as a few lines.

    Args:
        detection: What was found.
        title: Heading.
        simulated: Where simulated scores come from; ``None`` for scores that are not.
        truth: What was in simulated scores; ``None`` for scores that are not.
        when: Date to print.
        most_drawn: Most dyads that get a close-up.
        groups: What was flagged in each group of dyads, one entry per column.
        endings: How the therapy of each dyad ended; ``None`` where that is not stated.
        falls: The falls in simulated scores by the places of their dyads, from 0; empty for scores that are not.
        sensitivity: What the rules would flag if the noise were other; empty where that was not asked for.
        growth: A growth model of the scores; ``None`` if none was given.
        command: The command line that makes it; ``None`` for a call in Python.
    """

    def draw(self) -> Chart:
        """All series with the flagged sessions, as a chart that matplotlib and Altair draw as well."""
        return self.detection.draw()

    def draw_closeups(self) -> Chart:
        """The close-ups of the page, one panel each, the surest or largest findings first.

        Raises:
            InvalidValueError: if nothing was found.
        """
        return closeups(self)

    @cached_property
    def html(self) -> str:
        """The page: one HTML document that loads nothing, light or dark as the screen is, made to be printed."""
        return page(self.title, *sections(self))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to an HTML file, whole or not at all, and return the path.

        As for all files of a report, one that exists is replaced and keeps its permissions, a new one is for its owner
        alone (mode 0600), and the file that the scores were read from is never written over.

        Raises:
            InvalidValueError: if it is the file with the scores, or its name ends otherwise than ``.html`` or ``.htm``.
            WritingError: if the file cannot be written.
        """
        refuse_other_than_page(path)
        return self._saved("the page", path, [self.html])

    def as_dict(self) -> dict[str, object]:
        """What the page says, as plain data that JSON can hold.

        Examples:
            >>> from therarel.panels import Panel
            >>> from therarel.detection import detect, rules
            >>> panel = Panel.from_arrays(["A"] * 4, range(4), [4, 4, 1, 4], scale=(1, 5), higher_is_better=True)
            >>> report(detect(panel, primary=rules.Drop(k=1))).as_dict()["finding"]
            'score drop'
        """
        return as_data(self)

    def save_candidates(self, path: str | os.PathLike[str], *, spreadsheet_safe: bool = False) -> Path:
        """Write all candidates of the primary rule to a CSV file, one per line, and return the path.

        Args:
            path: Where it goes.
            spreadsheet_safe: Whether text that a spreadsheet would run as a formula gets an apostrophe before it.

        Raises:
            InvalidValueError: if it is the file with the scores, or its name ends otherwise than ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        rows = candidate_table(self.detection, self.courses.key)
        return self._table("the table of findings", path, rows, spreadsheet_safe=spreadsheet_safe)

    def save_problems(self, path: str | os.PathLike[str], *, spreadsheet_safe: bool = False) -> Path:
        """Write every row of every problem found in the data to a CSV file, and return the path.

        Args:
            path: Where it goes.
            spreadsheet_safe: Whether text that a spreadsheet would run as a formula gets an apostrophe before it.

        Raises:
            InvalidValueError: if it is the file with the scores, or its name ends otherwise than ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        rows = problem_table(self.detection)
        return self._table("the table of problems", path, rows, spreadsheet_safe=spreadsheet_safe)

    def save_codebook(self, path: str | os.PathLike[str]) -> Path:
        """Write what the columns of the other two CSV files mean, with units, to a CSV file, and return the path.

        Raises:
            InvalidValueError: if it is the file with the scores, or its name ends otherwise than ``.csv`` or ``.txt``.
            WritingError: if the file cannot be written.
        """
        rows = codebook_table(columns_of(self))
        return self._table("the codebook", path, rows)

    def _saved(self, what: str, path: str | os.PathLike[str], content: Iterable[str]) -> Path:
        refuse_same({what: path}, {"the scores it is made of": self.detection.panel.file})
        return write_whole(path, content)

    def _table(
        self,
        what: str,
        path: str | os.PathLike[str],
        rows: Iterable[Sequence[object]],
        *,
        spreadsheet_safe: bool = False,
    ) -> Path:
        refuse_other_kind(path, CSV, what=what, hint=f"name it {CSV[0]}")
        return self._saved(what, path, csv_lines(rows, spreadsheet_safe=spreadsheet_safe))

    @property
    def headline(self) -> tuple[str, ...]:
        """The result in a few sentences: what was flagged, what noise alone would give, and what that means."""
        return tuple(headline(self))

    @property
    def methods_paragraph(self) -> str:
        """The method in a paragraph for a paper: rule, count, what noise gives, power, seed and version."""
        return methods_paragraph(self.detection)

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        simulated = ", simulated" if self.simulated is not None else ""
        return (
            f"Report: {counted(len(self.detection.candidates), 'candidate')} in"
            f" {counted(self.detection.panel.n_dyads, 'dyad')}{simulated}"
        )

    def _repr_html_(self) -> str:
        return framed(self.html, "Simulated report" if self.simulated is not None else "Report")
