"""Symptoms of a simulated clinic: clients improve, each at a pace of their own, and symptoms go with the alliance.

Symptoms are in standard deviations of the first session, higher is worse. With ``t`` counted from 0 at the first of
``T`` sessions, those of a client are ``person - improvement t / (T - 1) + within``:

- ``person`` is the level at the start, a share of the variance;
- ``improvement`` is the client's change over the whole course, however long it is; it correlates with the score of the
  third session, the early alliance;
- ``within`` is autocorrelated from session to session. It follows the alliance of the session before (a better
  alliance, fewer symptoms, given the symptoms then), and the alliance of the next session follows it (more symptoms, a
  poorer alliance, given the alliance now). Alliance is here the deviation from the client's own line, with ruptures.

The second direction is built from what is new in the alliance of the next session. Where two series predict each other,
it makes no difference to what can be seen which of them is drawn first; so scores stay the same whether or not symptoms
are asked for.
"""

from __future__ import annotations

import numpy as np

from therarel.simulation.links import EARLY
from therarel.simulation.parameters import ClinicParameters
from therarel.tables.arrays import Floats, Ints


def autoregression(chance: np.random.Generator, phi: float, starts: Ints, sizes: Ints) -> Floats:
    """Noise with variance 1 and autocorrelation ``phi`` within each series.

    Args:
        chance: Where it is drawn from.
        phi: Autocorrelation, above -1 and below 1.
        starts: Row at which each series begins, and the number of rows; shape ``(g + 1,)``.
        sizes: Number of rows of each series, at least 1; shape ``(g,)``.
    """
    noise = chance.standard_normal(int(starts[-1]))
    if phi == 0:
        return noise
    noise *= np.sqrt(1 - phi**2)
    noise[starts[:-1]] /= np.sqrt(1 - phi**2)
    return carried_on(noise, phi, starts, sizes)


def carried_on(steps: Floats, phi: float, starts: Ints, sizes: Ints) -> Floats:
    """Series whose every value is its own step and ``phi`` times the value before, computed in place.

    Args:
        steps: What is new at each row; the first of a series is its first value.
        phi: Share of the value before.
        starts: As for `autoregression`.
        sizes: As for `autoregression`.

    Examples:
        >>> carried_on(np.ones(3), 0.5, np.array([0, 3]), np.array([3])).tolist()
        [1.0, 1.5, 1.75]
    """
    order = np.argsort(-sizes, kind="stable")
    starts_by_length = starts[:-1][order]
    active = np.searchsorted(-sizes[order], -np.arange(1, int(sizes.max()) + 1), side="right")
    for step in range(1, int(sizes.max())):
        rows = starts_by_length[: active[step]] + step
        steps[rows] += phi * steps[rows - 1]
    return steps


def draw_symptoms(
    chance: np.random.Generator,
    parameters: ClinicParameters,
    score: Floats,
    noise: Floats,
    drop: Floats,
    starts: Ints,
    sizes: Ints,
) -> Floats:
    """Symptoms of the dyads of a chunk, shape ``(n,)``.

    Args:
        chance: Where they are drawn from.
        parameters: The clinic.
        score: Client-rated scores as the scale shows them, shape ``(n,)``.
        noise: Deviations of the alliance from each client's line in standard deviations, ruptures left out.
        drop: By how much ruptures change them, in score points, 0 or less.
        starts: Row at which each dyad begins, and the number of rows.
        sizes: Number of sessions of each dyad.
    """
    share, link = parameters.outcome_share, parameters.link
    dyads, first = sizes.size, starts[:-1]
    owner = np.repeat(np.arange(dyads), sizes)
    person = chance.standard_normal(dyads)
    improvement = _improvements(chance, parameters, score, starts, sizes)
    steps = link.own * chance.standard_normal(noise.size)
    final = starts[1:] - 1  # the last session of a dyad has no next one
    inner = np.ones(noise.size, dtype=bool)
    inner[final] = False
    has_next = np.flatnonzero(inner)
    coming = np.empty(noise.size)
    coming[final] = chance.standard_normal(dyads)
    coming[has_next] = (noise[has_next + 1] - parameters.phi * noise[has_next]) / np.sqrt(1 - parameters.phi**2)
    deviation = noise + drop / (parameters.within_sd or 1.0)
    begin = np.sqrt(max(1 - link.together**2 - link.coming**2, 0.0)) / link.own
    steps[first] = begin * steps[first] + link.together * noise[first]
    steps[has_next + 1] += link.alliance * deviation[has_next]
    steps += link.coming * coming
    within = carried_on(steps, link.before, starts, sizes)
    part = (np.arange(float(noise.size)) - first[owner]) / np.maximum(sizes - 1, 1)[owner]
    return np.asarray(np.sqrt(share) * person[owner] + np.sqrt(1 - share) * within - improvement[owner] * part)


def _improvements(
    chance: np.random.Generator, parameters: ClinicParameters, score: Floats, starts: Ints, sizes: Ints
) -> Floats:
    """The change of each client from the first to the last session, positive for fewer symptoms; shape ``(g,)``."""
    early = np.minimum(sizes, EARLY) - 1
    expected = parameters.intercept + parameters.slope * early
    spread = np.hypot(parameters.between_sd, parameters.within_sd) or 1.0
    alliance = (score[starts[:-1] + early] - expected) / spread
    own = np.array(parameters.loadings())[sizes - parameters.sessions[0]]
    rest = np.sqrt(1 - own**2) * chance.standard_normal(sizes.size)
    return np.asarray(parameters.outcome_improvement + parameters.outcome_improvement_sd * (own * alliance + rest))
