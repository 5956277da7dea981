"""What a report is about, and how its sentences count things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from therarel.detection import Detection, GroupCounts
from therarel.detection.other_noise import OtherNoise
from therarel.detection.wording import Terms
from therarel.growth import GrowthFit
from therarel.reports.courses import Courses
from therarel.reports.endings import Endings
from therarel.reports.paired import members_of
from therarel.reports.truth import SimulatedFall, TruthCount


@frozen(kw_only=True, eq=False)
class Subject:
    """What a report is about; `Report` has the same fields."""

    detection: Detection
    title: str
    simulated: str | None = None
    truth: TruthCount | None = None
    when: str | None = None
    most_drawn: int = 24
    groups: tuple[GroupCounts, ...] = ()
    endings: Endings | None = None
    falls: Mapping[int, SimulatedFall] = field(factory=dict)
    sensitivity: tuple[OtherNoise, ...] = ()
    growth: GrowthFit | None = None
    command: str | None = None

    @cached_property
    def courses(self) -> Courses:
        """The series of the panel as arrays."""
        return Courses.of(self.detection)

    @cached_property
    def members(self) -> tuple[Sequence[str | None], ...]:
        """For each column of `groups` the group of each dyad, by the name that is shown; ``None`` for none."""
        return tuple(members_of(self.detection.panel, counts.column) for counts in self.groups)

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
