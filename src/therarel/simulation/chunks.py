"""One chunk of a simulated clinic: its own random stream, so that chunks may be drawn in any order."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.simulation.parameters import ClinicParameters
from therarel.simulation.ruptures import Ruptures, draw_ruptures
from therarel.simulation.symptoms import autoregression, draw_symptoms
from therarel.tables.arrays import Floats, Ints, Truths, Whole

CHUNK: Final = 4096
"""Dyads of a chunk. It is part of what a seed means: another number gives other data."""


@frozen(eq=False)
class Chunk:
    """Some dyads of a simulated clinic: ``g`` dyads, ``n`` rows.

    Args:
        sizes: Number of sessions of each dyad, shape ``(g,)``.
        score: Client-rated scores, shape ``(n,)``.
        ruptures: The ruptures, dyads counted from 0 within the chunk.
        therapist_score: Therapist-rated scores; ``None`` if not asked for.
        symptoms: Symptoms in standard deviations of the first session; ``None`` if not asked for.
        left: Whether each dyad ended by dropout; ``None`` if not asked for.
    """

    sizes: Ints
    score: Floats
    ruptures: Ruptures
    therapist_score: Floats | None = None
    symptoms: Floats | None = None
    left: Truths | None = None


def simulate_chunk(
    parameters: ClinicParameters,
    seed: int,
    number: int,
    dyads: int,
    *,
    therapist_ratings: bool,
    outcome: bool,
    dropout: bool,
) -> Chunk:
    """Draw one chunk; what is asked for besides the scores never changes the scores.

    Args:
        parameters: The clinic.
        seed: Seed of the clinic.
        number: Place of the chunk, from 0.
        dyads: Number of dyads of the chunk.
        therapist_ratings: Whether therapists rate as well.
        outcome: Whether symptoms are simulated.
        dropout: Whether clients leave.
    """
    chance, beside, ending, suffering = (
        np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(number, part))))
        for part in (0, 1, 2, 4)  # 3 is that of therapists' levels
    )
    low, high = parameters.sessions
    sizes = chance.integers(low, high, dyads, endpoint=True)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    rows = int(starts[-1])
    level = _levels(chance, parameters, seed, number, dyads)
    slope = parameters.slope + parameters.slope_sd * chance.standard_normal(dyads)
    noise = autoregression(chance, parameters.phi, starts, sizes)
    time = np.arange(float(rows)) - np.repeat(starts[:-1].astype(np.float64), sizes)
    owner = np.repeat(np.arange(dyads), sizes)
    latent = noise * parameters.within_sd
    latent += level[owner]
    latent += slope[owner] * time
    truth, lowered, by = draw_ruptures(chance, parameters, sizes, starts)
    unlowered = latent.copy() if therapist_ratings or outcome else latent
    latent[lowered] = np.clip(latent[lowered], *parameters.scale) - by  # a drop is counted from the score that shows
    score = _on_scale(latent, parameters)
    therapist_score = None
    if therapist_ratings:
        therapist_score = _therapist_view(beside, parameters, unlowered, level, starts, sizes, owner, (lowered, by))
    symptoms = None
    if outcome:
        symptoms = draw_symptoms(suffering, parameters, score, noise, latent - unlowered, starts, sizes)
    if not dropout:
        return Chunk(sizes, score, truth, therapist_score, symptoms, None)
    return _with_dropout(
        ending, parameters, level, Chunk(sizes, score, truth, therapist_score, symptoms), starts, owner, number
    )


def _levels(chance: np.random.Generator, parameters: ClinicParameters, seed: int, number: int, dyads: int) -> Floats:
    """Level of each dyad at its first session. A therapist's part depends on the therapist alone."""
    client = chance.standard_normal(dyads)
    first = number * CHUNK // parameters.clients_per_therapist
    therapist = (number * CHUNK + np.arange(dyads)) // parameters.clients_per_therapist - first
    own = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(number, 3))))
    draws = own.standard_normal(int(therapist[-1]) + 1)
    if number * CHUNK % parameters.clients_per_therapist:
        # The first therapist began in the chunk before, and keeps the level drawn there.
        draws[0] = _last_draw(parameters, seed, number - 1)
    share = parameters.therapist_share
    deviation = np.sqrt(1 - share) * client + np.sqrt(share) * draws[therapist]
    return np.asarray(parameters.intercept + parameters.between_sd * deviation)


def _last_draw(parameters: ClinicParameters, seed: int, number: int) -> float:
    per = parameters.clients_per_therapist
    count = ((number + 1) * CHUNK - 1) // per - number * CHUNK // per + 1
    if count == 1 and number * CHUNK % per:
        return _last_draw(parameters, seed, number - 1)
    own = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(number, 3))))
    return float(own.standard_normal(count)[-1])


def _on_scale(latent: Floats, parameters: ClinicParameters) -> Floats:
    low, high = parameters.scale
    if parameters.step is None:
        return np.clip(latent, low, high)
    steps = np.rint((latent - low) / parameters.step)
    return np.clip(low + steps * parameters.step, low, high)


def _therapist_view(
    chance: np.random.Generator,
    parameters: ClinicParameters,
    unlowered: Floats,
    level: Floats,
    starts: Ints,
    sizes: Ints,
    owner: Whole,
    drops: tuple[Whole, Floats],
) -> Floats:
    """Therapists' ratings: correlated with the clients' at every level, with the drops seen in the same share."""
    r = parameters.therapist_correlation
    own = np.sqrt(1 - r**2)
    client = unlowered - level[owner]
    other = parameters.within_sd * autoregression(chance, parameters.phi, starts, sizes)
    between = parameters.between_sd * chance.standard_normal(sizes.size)
    seen = parameters.intercept + parameters.therapist_difference * parameters.between_sd
    latent = (seen + r * (level - parameters.intercept) + own * between)[owner] + r * client + own * other
    rows, depth = drops
    latent[rows] = np.clip(latent[rows], *parameters.scale) - r * depth
    return _on_scale(latent, parameters)


def _with_dropout(
    chance: np.random.Generator,
    parameters: ClinicParameters,
    level: Floats,
    chunk: Chunk,
    starts: Ints,
    owner: Whole,
    number: int,
) -> Chunk:
    """End the series of those who leave; a rupture that begins later never happened."""
    therapist = (number * CHUNK + np.arange(chunk.sizes.size)) // parameters.clients_per_therapist
    therapist -= therapist[0]
    mean = np.bincount(therapist, level) / np.bincount(therapist)
    of_therapist = mean[therapist][owner]
    log_hazard = parameters.dropout_within * (chunk.score - of_therapist)
    log_hazard += parameters.dropout_between * (of_therapist - parameters.intercept)
    leaves = chance.random(chunk.score.size) < parameters.dropout_base * np.exp(log_hazard)
    leaves[starts[1:] - 1] = False
    rows = np.where(leaves, np.arange(leaves.size), leaves.size)
    last = np.minimum(np.minimum.reduceat(rows, starts[:-1]), starts[1:] - 1)
    sizes = last - starts[:-1] + 1
    kept = np.arange(leaves.size) <= last[owner]
    truth = chunk.ruptures
    n = sizes[truth.dyad]
    stays = truth.onset < n
    last_below = np.minimum(truth.last, n)
    shortened = Ruptures(
        truth.dyad[stays],
        truth.onset[stays],
        np.minimum(truth.nadir, n)[stays],
        last_below[stays],
        truth.depth[stays],
        (truth.repaired & (truth.last < n))[stays],
        truth.mode[stays],
    )

    def part(values: Floats | None) -> Floats | None:
        return None if values is None else values[kept]

    return Chunk(
        sizes, chunk.score[kept], shortened, part(chunk.therapist_score), part(chunk.symptoms), sizes < chunk.sizes
    )
