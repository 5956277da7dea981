"""How symptoms and alliance are tied together in a simulated clinic: what the parameters come to."""

from __future__ import annotations

import math
from typing import Final

from attrs import frozen

EARLY: Final = 3
"""The session whose score is the early alliance; the last one of shorter courses."""


@frozen
class Link:
    """How symptoms within clients are made of what is before and after them, all with variance 1.

    Args:
        before: Share of the symptoms of the session before.
        alliance: Share of the alliance of the session before.
        coming: Share of what is new in the alliance of the next session.
        own: Share of noise of their own.
        together: Covariance of symptoms and alliance of one session that follows.
    """

    before: float
    alliance: float
    coming: float
    own: float
    together: float


def link_of(*, symptoms: float, alliance: float, to_symptoms: float, to_alliance: float) -> Link | None:
    """The link of two series that predict each other; ``None`` where no noise would be left for symptoms.

    Args:
        symptoms: Autocorrelation of symptoms, given the alliance before.
        alliance: Autocorrelation of the alliance.
        to_symptoms: Standardised effect of the alliance on the next symptoms, given symptoms now.
        to_alliance: Standardised effect of symptoms on the next alliance, given the alliance now.

    Examples:
        >>> link = link_of(symptoms=0.4, alliance=0.3, to_symptoms=-0.18, to_alliance=-0.10)
        >>> round(link.own, 2), round(link.together, 2)
        (0.88, -0.11)
    """
    new = math.sqrt(1 - alliance**2)
    # Cov(w_t, a_t) = symptoms (alliance Cov + new coming) + to_symptoms alliance = by_coming coming + by_alliance.
    by_coming = symptoms * new / (1 - symptoms * alliance)
    by_alliance = to_symptoms * alliance / (1 - symptoms * alliance)
    # to_alliance = new coming / (1 - Cov^2), the effect of symptoms given the alliance now: a quadratic in coming.
    square, single = to_alliance * by_coming**2, 2 * to_alliance * by_coming * by_alliance + new
    alone = to_alliance * (by_alliance**2 - 1)
    inside = single**2 - 4 * square * alone
    if inside < 0 or single <= 0:
        return None
    coming = -2 * alone / (single + math.sqrt(inside))
    share = by_coming * coming + by_alliance
    # Var(w_t) = 1, with Var(w_{t-1}) = 1 and Cov(w_{t-1}, a_{t-1}) = share.
    own = 1 - symptoms**2 - to_symptoms**2 - coming**2 - 2 * symptoms * to_symptoms * share
    if own <= 0 or share**2 + coming**2 >= 1:
        return None
    return Link(symptoms, to_symptoms, coming, math.sqrt(own), share)


def improvement_loadings(
    link: Link, *, phi: float, between: float, sd: float, share: float, within: float, lengths: range
) -> list[float]:
    """For each length of a course, the correlation of early alliance and improvement that gives the one that shows.

    What shows is the correlation of the early alliance with the change of symptoms from the first to the last session.
    A part of it comes from symptoms and alliance that predict each other from session to session; the rest is that of
    improvement. Beyond 1 no improvement could give it.

    Args:
        link: How symptoms and alliance go together within clients.
        phi: Autocorrelation of the alliance within clients.
        between: The correlation that is to show.
        sd: Standard deviation of improvement, in standard deviations of symptoms.
        share: Share of the variance of symptoms between clients.
        within: Share of the spread of early scores that comes and goes within clients, as standard deviations.
        lengths: Numbers of sessions, at least 1, in order.

    Examples:
        >>> link = link_of(symptoms=0.4, alliance=0.3, to_symptoms=-0.18, to_alliance=-0.10)
        >>> settings = dict(phi=0.3, between=0.278, sd=0.8, share=0.6, within=0.47)
        >>> [round(each, 2) for each in improvement_loadings(link, **settings, lengths=range(4, 31, 13))]
        [0.34, 0.43, 0.43]
    """
    first = phi * link.together + math.sqrt(1 - phi**2) * link.coming  # Cov(w_0, a_1)
    before = [link.together, *(first * phi**later for later in range(EARLY - 1))]  # Cov(w_0, a_0), Cov(w_0, a_1), ...
    same, after = [1.0], [link.together] * EARLY  # Cov(w_0, w_s), Cov(a_early, w_s)
    for session in range(1, lengths.stop):
        toward = before[0] if session == 1 else first * phi ** (session - 2)
        same.append(link.before * same[-1] + link.alliance * toward)
        if session >= EARLY:
            after.append(link.before * after[-1] + link.alliance * phi ** (session - EARLY))
    loadings = []
    for length in lengths:
        last = length - 1
        if last == 0 or sd == 0:
            loadings.append(0.0 if last == 0 or between == 0 else math.inf)
            continue
        moved = within * math.sqrt(1 - share) * (before[min(last, EARLY - 1)] - after[last])
        spread = math.sqrt(sd**2 + 2 * (1 - share) * (1 - same[last]))
        # between = (loading sd + moved) / SD, and SD^2 = spread^2 + 2 loading sd moved: settled after a few rounds.
        shown = spread
        for _ in range(3):
            loading = (between * shown - moved) / sd
            shown = math.sqrt(max(spread**2 + 2 * loading * sd * moved, 0.0))
        loadings.append((between * shown - moved) / sd)
    return loadings
