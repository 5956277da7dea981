"""The page of one client, for supervision: scores with the expected course, findings, and what could not be seen.

It is made from the scores of a panel and holds nothing about any other client.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from attrs import field, frozen

from therarel.detection import Detection
from therarel.drawing import Chart
from therarel.errors import InvalidValueError, shown
from therarel.files import refuse_other_than_page, refuse_same, write_whole
from therarel.growth import ExpectedTrajectory
from therarel.reports.client_scores import ClientScores, client_chart, expected_course
from therarel.reports.client_sections import (
    client_findings,
    client_opening,
    client_scores_section,
    client_sessions,
    client_undetectable,
    keep_in_mind,
)
from therarel.reports.markup import framed, page, tag
from therarel.reports.truth import TruthCount, origin_of
from therarel.representation import one_line
from therarel.simulation import SimulatedClinic


def client_report(
    detection: Detection,
    dyad: str,
    *,
    expected: ExpectedTrajectory | None = None,
    simulated: SimulatedClinic | None = None,
    when: date | str | None = None,
) -> ClientReport:
    """Write what rules found in the scores of one client as a page for people, to take into supervision.

    Nothing on it is about another client: of the others it holds the course that they lead one to expect, where there
    are 20 or more with 4 or more scores. The same detection gives the same page, byte for byte.

    Args:
        detection: What was found, from `therarel.detection.detect`.
        dyad: Label of the client's dyad in the panel.
        expected: The course to compare with, from `therarel.growth.GrowthFit.expected_trajectory`; if not given, a
            straight line fitted to the scores of all other dyads, given the client's first score.
        simulated: The clinic that the panel was simulated from; the page then says so.
        when: Date to print.

    Raises:
        InvalidValueError: if it is not a detection or not an expected trajectory, or the panel is not the clinic's.
        UnknownNameError: if there is no such dyad.

    Examples:
        >>> from therarel.detection import detect, rules
        >>> from therarel.simulation import simulate_clinic
        >>> clinic = simulate_clinic(30, seed=1)
        >>> found = detect(clinic.panel(), primary=rules.Drop(k=2), expected="none")
        >>> page = client_report(found, found.panel.dyads[0], simulated=clinic)
        >>> page
        <ClientReport: S-0001, simulated>
        >>> "What could not be seen" in page.html
        True
    """
    if not isinstance(detection, Detection):
        raise InvalidValueError(
            "a detection is needed",
            where="client_report",
            value=shown(detection),
            hint="client_report(detect(panel, primary=...), dyad)",
        )
    if expected is not None and not isinstance(expected, ExpectedTrajectory):
        raise InvalidValueError(
            "an expected trajectory is needed",
            where="client_report.expected",
            value=shown(expected),
            hint="fit_growth(...).expected_trajectory(times, observed=...)",
        )
    if simulated is not None:
        TruthCount.of(simulated, detection)  # refuses another clinic
    client = ClientScores.of(detection, dyad)
    course, unknown = (expected, "") if expected is not None else expected_course(detection, client)
    return ClientReport(
        detection=detection,
        client=client,
        expected=course,
        unknown=unknown,
        simulated=None if simulated is None else origin_of(simulated),
        when=when.isoformat() if isinstance(when, date) else when,
    )


@frozen(kw_only=True, eq=False)
class ClientReport:
    """The page of one client; ``html`` is the document, and a notebook shows it.

    Args:
        detection: What was found in all dyads.
        client: The scores of this one.
        expected: The course that it is compared with; ``None`` where that is not known.
        unknown: Why it is not known; empty where it is.
        simulated: Where simulated scores come from; ``None`` for scores that are not.
        when: Date to print; ``None`` for no date.
    """

    detection: Detection = field(repr=False)
    client: ClientScores = field(repr=False)
    expected: ExpectedTrajectory | None
    unknown: str = ""
    simulated: str | None = None
    when: str | None = None

    def draw(self) -> Chart:
        """The scores of the client over its own sessions with the expected course, better scores up."""
        return client_chart(self.client, self.expected)

    @cached_property
    def html(self) -> str:
        """The page: one HTML document that loads nothing, light or dark as the screen is, made to be printed."""
        title = f"Client {self.client.name}"
        when = f", {self.when}" if self.when else ""
        simulated = " Simulated data." if self.simulated is not None else ""
        return page(
            title,
            client_opening(title, self.detection, self.client, self.simulated),
            client_scores_section(self.detection, self.client, self.draw(), self.expected, self.unknown),
            client_findings(self.detection, self.client),
            client_undetectable(self.detection, self.client),
            client_sessions(self.detection, self.client, self.expected),
            keep_in_mind(self.detection),
            tag("footer", f"Made with therarel {version('therarel')}{when}.{simulated}"),
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to an HTML file, whole or not at all, and return the path.

        A new file is for its owner alone (mode 0600). The file that the scores were read from is never written over.

        Raises:
            InvalidValueError: if it is the file with the scores, or its name ends otherwise than ``.html`` or ``.htm``.
            WritingError: if the file cannot be written.
        """
        refuse_other_than_page(path)
        refuse_same({"the page": path}, {"the scores it is made of": self.detection.panel.file})
        return write_whole(path, [self.html])

    __repr__ = one_line

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.client.name}{', simulated' if self.simulated is not None else ''}"
        for rule, candidates in zip(self.detection.rules, self.client.findings, strict=True):
            sentences = [candidate.sentence for candidate in candidates] or ["no session is flagged"]
            yield f"{rule.label}: {' '.join(sentences)}"
        yield "What could not have been seen is on the page, which save writes."

    def _repr_html_(self) -> str:
        return framed(self.html, "Client")
