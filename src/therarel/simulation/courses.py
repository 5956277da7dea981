"""Simulated courses of therapy: whole event logs that go with the scores of a simulated clinic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from attrs import field, frozen

from therarel.counting import counted
from therarel.domain import checks
from therarel.domain.ratings import Construct
from therarel.errors import as_number, as_whole
from therarel.machine import Course, Entry
from therarel.representation import one_line
from therarel.simulation.clinic import SimulatedClinic, simulate_clinic
from therarel.simulation.course_events import INSTRUMENT, simulate_course
from therarel.simulation.parameters import ClinicParameters

if TYPE_CHECKING:
    from therarel.panels import Panel

_MOST = 100_000


def simulate_courses(
    n: int = 20,
    *,
    seed: int,
    sessions: int | tuple[int, int] | None = None,
    parameters: ClinicParameters | None = None,
    dropout: bool = False,
    premature: float = 0.05,
    drift: float = 0.0,
    concerns: float = 0.1,
) -> SimulatedCourses:
    """Simulate whole courses of therapy, with the scores of a simulated clinic in their logs.

    Each course runs through its stage tasks in order, with strains, supervision, an ending and a closing; now and then
    both people state how they see some parts of the relationship. A rupture
    of the clinic is noticed when its score is lowest and repaired, by the immediate or the exploratory route, when
    the score is back; one that is not repaired keeps the course from maturing. In some courses a concern for safety
    comes up, is looked at again and again, and is closed or still open at the end. Who did what and when is made up;
    only the scores and the truth about the ruptures come from the clinic's model.

    Args:
        n: Number of courses, 1 to 100,000.
        seed: Seed, a whole number of at least 0; the same seed gives the same logs, and the same clinic as
            `simulate_clinic` with the same arguments.
        sessions: Number of sessions, or the fewest and the most; that of the parameters if not given.
        parameters: What the clinic is simulated from; the documented defaults if not given.
        dropout: Whether clients with a poorer alliance leave sooner; their courses close for lost contact.
        premature: Share of sessions, 0 to 1, after which somebody judges the pair ready for its next stage when it
            is not. These judgements, and no others, are declined.
        drift: Points of the scale, at least 0, by which what is rated falls with each session since the last
            supervision. That a relationship needs upkeep is a claim without a figure, so that nothing drifts unless
            it is stated; with a drift the scores in the logs are no longer the clinic's.
        concerns: Share of courses, 0 to 1, in which a concern for safety comes up. The default is made up.

    Returns:
        The courses, with the clinic behind them and the entries that were premature.

    Raises:
        InvalidValueError: if a number is out of bounds.

    Examples:
        >>> courses = simulate_courses(3, seed=4, sessions=24)
        >>> courses
        <3 simulated courses: 72 sessions, 1 rupture, seed 4>
        >>> courses[0]
        <Course of S-0001 with T-001: closed, intact, 97 entries>
    """
    n = as_whole(n, where="simulate_courses.n", minimum=1, maximum=_MOST)
    premature = as_number(premature, where="simulate_courses.premature", minimum=0, maximum=1)
    drift = as_number(drift, where="simulate_courses.drift", minimum=0)
    concerns = as_number(concerns, where="simulate_courses.concerns", minimum=0, maximum=1)
    clinic = simulate_clinic(n, seed=seed, sessions=sessions, parameters=parameters, dropout=dropout)
    rupture_of = dict(zip(clinic.ruptures.dyad.tolist(), range(len(clinic.ruptures)), strict=True))
    simulated = [
        simulate_course(clinic, dyad, rupture_of.get(dyad), float(premature), float(drift), float(concerns))
        for dyad in range(n)
    ]
    return SimulatedCourses(clinic, tuple(course for course, _ in simulated), tuple(early for _, early in simulated))


@frozen(eq=False, repr=False)
class SimulatedCourses(Sequence[Course]):
    """Simulated courses of therapy, in the order of the clinic's dyads. No real person is in them.

    Args:
        clinic: The clinic whose scores are in the logs, with the truth about its ruptures.
        courses: The courses.
        premature: For each course the numbers of the entries that were judged too early on purpose.

    Examples:
        >>> courses = simulate_courses(2, seed=4, sessions=12)
        >>> courses.panel() == courses.clinic.panel()
        True
    """

    clinic: SimulatedClinic = field(validator=checks.a(SimulatedClinic))
    courses: tuple[Course, ...]
    premature: tuple[tuple[int, ...], ...]

    @property
    def declined(self) -> tuple[tuple[Entry, ...], ...]:
        """For each course the entries that were declined."""
        return tuple(tuple(entry for entry in course.history.entries if not entry.accepted) for course in self.courses)

    def panel(self) -> Panel:
        """The scores in the logs as a panel: the clinic's own."""
        from therarel.panels import Panel

        return Panel.from_courses(self.courses, instrument=INSTRUMENT, construct=Construct.ALLIANCE)

    def __len__(self) -> int:
        return len(self.courses)

    @overload
    def __getitem__(self, index: int) -> Course: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Course]: ...
    def __getitem__(self, index: int | slice) -> Course | Sequence[Course]:
        return self.courses[index]

    def __iter__(self) -> Iterator[Course]:
        return iter(self.courses)

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        sessions = counted(self.clinic.n_sessions, "session")
        ruptures = counted(len(self.clinic.ruptures), "rupture")
        return f"{counted(len(self), 'simulated course')}: {sessions}, {ruptures}, seed {self.clinic.seed}"
