"""What a report is about, and how its sentences count things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from therarel.detection import Detection, GroupCounts
from therarel.detection.other_noise import OtherNoise
from therarel.detection.wording import Terms
from therarel.growth import GrowthFit
from therarel.reports.courses import Courses
from therarel.reports.endings import Endings
from therarel.reports.truth import SimulatedFall, TruthCount


@frozen(kw_only=True, eq=False)
class Subject:
    """What a report is about.

    Args:
        detection: What was found.
        courses: The series.
        title: The heading.
        simulated: Where the scores come from, if they are simulated; ``None`` if they are not.
        truth: What was in the simulated scores, if they are.
        when: The date to print.
        most_drawn: Most dyads that get a close-up.
        groups: What was flagged in each group of dyads, one entry per column.
        falls: The falls in simulated scores by the places of their dyads, from 0.
        sensitivity: What the rules would flag if the noise were other than its model says.
        growth: A growth model of the scores.
        members: For each of these columns the group of each dyad, by the name that is shown; ``None`` for none.
        endings: How the therapy of each dyad ended; ``None`` where nobody named a column that says so.
        command: The command line that the report was made by; ``None`` for a call in Python.
    """

    detection: Detection
    courses: Courses
    title: str
    simulated: str | None
    truth: TruthCount | None
    when: str | None
    most_drawn: int
    groups: tuple[GroupCounts, ...] = ()
    members: tuple[Sequence[str | None], ...] = ()
    endings: Endings | None = None
    falls: Mapping[int, SimulatedFall] = field(factory=dict)
    sensitivity: tuple[OtherNoise, ...] = ()
    growth: GrowthFit | None = None
    command: str | None = None

    def simulated_at(self, dyad: str) -> tuple[float, float] | None:
        """First and last session of what was put into the scores of a dyad; ``None`` if nothing was."""
        fall = self.falls.get(self.courses.indices[dyad])
        return None if fall is None else (fall.first, fall.last)

    @property
    def finding(self) -> str:
        """What one finding is called."""
        return self.detection.terms.finding

    @property
    def findings(self) -> str:
        """What findings are called."""
        return self.detection.terms.findings

    @property
    def terms(self) -> Terms:
        """The words for what the primary rule finds."""
        return self.detection.terms


def capital(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]
