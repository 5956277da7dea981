"""A simulated clinic: scores of many dyads over their sessions, with the truth about the ruptures in them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.counting import counted
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, as_whole
from therarel.representation import one_line
from therarel.simulation.chunks import CHUNK, Chunk, simulate_chunk
from therarel.simulation.parameters import ClinicParameters
from therarel.simulation.ruptures import Ruptures, joined
from therarel.tables.arrays import Floats, Ints, Truths

if TYPE_CHECKING:
    from therarel.panels import Panel


Number = TypeVar("Number", np.float64, np.bool_)

_LABEL: Final = "simulated"


def simulate_clinic(
    n_dyads: int = 200,
    *,
    seed: int,
    sessions: int | tuple[int, int] | None = None,
    parameters: ClinicParameters | None = None,
    therapist_ratings: bool = False,
    outcome: bool = False,
    dropout: bool = False,
    threads: int = 2,
) -> SimulatedClinic:
    """Simulate session-by-session alliance scores of a clinic, with known ruptures.

    The same seed gives the same clinic for any number of threads: dyads are drawn in chunks of fixed size, each
    with a random stream of its own.

    Args:
        n_dyads: Number of dyads, at least 1.
        seed: Seed, a whole number of at least 0. It is required, for a result without one cannot be repeated.
        sessions: Number of sessions, or the fewest and the most; that of the parameters if not given.
        parameters: What to simulate from; the documented defaults if not given.
        therapist_ratings: Whether therapists rate as well.
        outcome: Whether symptoms are simulated: clients improve, the more so the better their early alliance, and
            symptoms and alliance predict each other from session to session. It never changes the scores.
        dropout: Whether clients with a poorer alliance leave sooner.
        threads: Number of threads; never changes the answer.

    Returns:
        The clinic, with the truth about its ruptures.

    Raises:
        InvalidValueError: if a number is out of bounds, or there can be no symptoms with the effects of the parameters.

    Examples:
        >>> clinic = simulate_clinic(20, seed=7, sessions=10)
        >>> clinic
        <simulated clinic: 20 dyads, 200 sessions, 8 ruptures, seed 7>
        >>> clinic.score[:3].round(2)
        array([2.67, 3.33, 3.67])
    """
    n_dyads = as_whole(n_dyads, where="simulate_clinic.n_dyads", minimum=1)
    seed = as_whole(seed, where="simulate_clinic.seed")
    threads = as_whole(threads, where="simulate_clinic.threads", minimum=1)
    chosen = parameters if parameters is not None else ClinicParameters()
    if sessions is not None:
        chosen = evolve(chosen, sessions=sessions)

    if outcome:
        chosen.loadings()  # refuses parameters with which there can be no symptoms, before anything is simulated

    def chunk(number: int) -> Chunk:
        return simulate_chunk(
            chosen,
            seed,
            number,
            min(CHUNK, n_dyads - number * CHUNK),
            therapist_ratings=therapist_ratings,
            outcome=outcome,
            dropout=dropout,
        )

    numbers = range(-(-n_dyads // CHUNK))
    if threads == 1 or len(numbers) == 1:
        chunks = [chunk(number) for number in numbers]
    else:
        with ThreadPoolExecutor(threads) as workers:
            chunks = list(workers.map(chunk, numbers))
    return _joined(chunks, chosen, seed)


@frozen(eq=False, repr=False)
class SimulatedClinic:
    """Simulated scores and the truth about them: ``g`` dyads, ``n`` sessions in all. No real person is in it.

    Args:
        parameters: What it was simulated from.
        seed: The seed.
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        score: Client-rated scores, shape ``(n,)``.
        therapist: Number of each dyad's therapist, from 0; shape ``(g,)``.
        ruptures: Where the ruptures are.
        therapist_score: Therapist-rated scores, shape ``(n,)``; ``None`` if not asked for.
        symptoms: Symptoms in standard deviations of the first session, higher is worse, shape ``(n,)``; ``None`` if
            not asked for.
        left: Whether each dyad ended by dropout, shape ``(g,)``; ``None`` if not asked for.

    Examples:
        >>> simulate_clinic(3, seed=1, sessions=5).panel()
        <Panel: 3 dyads, 15 sessions (15 scored, 0 without a score), alliance, 1 to 5, higher is better>
    """

    parameters: ClinicParameters
    seed: int
    starts: Ints
    score: Floats
    therapist: Ints
    ruptures: Ruptures
    therapist_score: Floats | None = field(default=None)
    symptoms: Floats | None = field(default=None)
    left: Truths | None = field(default=None)

    @property
    def n_dyads(self) -> int:
        """Number of dyads, g."""
        return int(self.starts.size - 1)

    @property
    def n_sessions(self) -> int:
        """Number of sessions, n."""
        return int(self.score.size)

    @property
    def sizes(self) -> Ints:
        """Number of sessions of each dyad, shape ``(g,)``."""
        return np.diff(self.starts)

    @property
    def session(self) -> Floats:
        """Session number of each row, from 1; shape ``(n,)``."""
        return np.arange(1.0, self.n_sessions + 1) - np.repeat(self.starts[:-1], self.sizes)

    @property
    def dyad(self) -> Ints:
        """Number of each row's dyad, from 0; shape ``(n,)``."""
        return np.repeat(np.arange(self.n_dyads), self.sizes)

    @property
    def in_rupture(self) -> Truths:
        """Which sessions lie in a rupture, shape ``(n,)``."""
        marks = np.zeros(self.n_sessions + 1, dtype=np.int64)
        begin = self.starts[:-1][self.ruptures.dyad]
        np.add.at(marks, begin + self.ruptures.onset, 1)
        np.add.at(marks, begin + self.ruptures.last, -1)
        return np.cumsum(marks[:-1]) > 0

    def labels(self) -> list[str]:
        """A label for each dyad, such as ``S-0001``."""
        return [self.label(dyad) for dyad in range(self.n_dyads)]

    def label(self, at: int) -> str:
        """The label of the dyad at one place, from 0."""
        return f"S-{as_whole(at, where='at') + 1:0{max(4, len(str(self.n_dyads)))}d}"

    def panel(self, rater: Rater | str = Rater.CLIENT) -> Panel:
        """The scores as a panel, rated by the client or the therapist; its construct is the alliance.

        Raises:
            InvalidValueError: if the therapists' ratings were not simulated, or the rater is neither.
        """
        from therarel.panels import Panel

        who = Rater(rater)
        score = {Rater.CLIENT: self.score, Rater.THERAPIST: self.therapist_score}.get(who)
        if score is None:
            raise InvalidValueError(
                f"there are no ratings by the {who.label} in this clinic",
                hint="simulate_clinic(..., therapist_ratings=True)",
            )
        low, high = self.parameters.scale
        therapists = np.array([f"T-{number:03d}" for number in range(1, int(self.therapist[-1]) + 2)], dtype=object)
        return Panel.from_arrays(
            np.array(self.labels(), dtype=object)[self.dyad],
            self.session,
            score,
            therapist=therapists[self.therapist][self.dyad],
            construct=Construct.ALLIANCE,
            scale=RatingScale(low, high, step=self.parameters.step),
            rater_is=who,
            timing=Timing.POST_SESSION,
        )

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        return (
            f"{_LABEL} clinic: {counted(self.n_dyads, 'dyad')}, {counted(self.n_sessions, 'session')},"
            f" {counted(len(self.ruptures), 'rupture')},"
            f" seed {self.seed}"
        )


def _joined(chunks: list[Chunk], parameters: ClinicParameters, seed: int) -> SimulatedClinic:
    sizes = np.concatenate([chunk.sizes for chunk in chunks])
    starts = np.concatenate(([0], np.cumsum(sizes)))

    return SimulatedClinic(
        parameters,
        seed,
        starts,
        np.concatenate([chunk.score for chunk in chunks]),
        np.arange(sizes.size) // parameters.clients_per_therapist,
        joined([chunk.ruptures for chunk in chunks], [number * CHUNK for number in range(len(chunks))]),
        _together([chunk.therapist_score for chunk in chunks]),
        _together([chunk.symptoms for chunk in chunks]),
        _together([chunk.left for chunk in chunks]),
    )


def _together(parts: list[npt.NDArray[Number] | None]) -> npt.NDArray[Number] | None:
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present else None
