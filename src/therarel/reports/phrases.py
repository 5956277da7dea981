"""What a report says in words: reasons, and what the scores are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.detection import Reason
from therarel.domain.ratings import Construct, RatingScale

REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NO_REFERENCE: "There is no earlier score to compare with: the first session, or one after a long gap.",
        Reason.TOO_FEW_SESSIONS: "The series is so short that no score here could have passed the limit, "
        "which that score would itself have widened.",
        Reason.NO_VARIATION_KNOWN: "The variation that the rule measures in could not be computed.",
        Reason.FEW_AROUND: "There are fewer than two scores before the change, or after it.",
        Reason.NO_ROOM: "So little was left to the end of the scale that no score on it would have passed the limit.",
    }
)
"""Why a rule could not have fired at a session, in a sentence."""

FALSE_ALARM_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "drop_1_person": "drop, 1 own SD",
        "drop_2_person": "drop, 2 own SD",
        "drop_1_larger": "drop, 1 SD (own or pooled)",
        "drop_2_larger": "drop, 2 SD (own or pooled)",
        "drop_2_between": "drop, 2 SD (own or between)",
        "running_maximum_points": "1.5 points below the best",
        "below_own_mean_2": "2 SD below own mean",
        "individuals_chart_3": "individuals chart, 3 sigma",
        "individuals_chart_3_autocorrelation": "individuals chart, corrected",
        "reliable_drop": "reliable drop (SD .8, r .90)",
        "sudden_loss_1": "sudden loss of 1 point",
        "ewma_chart": "EWMA chart, 3 sigma",
        "ewma_chart_autocorrelation": "EWMA chart, corrected",
        "cusum_chart": "CUSUM chart, interval 5",
        "cusum_chart_autocorrelation": "CUSUM chart, corrected",
    }
)
"""The settings of the embedded table of false alarms, in words."""


def score_name(construct: Construct | None, instrument: str | None, column: str | None, scale: RatingScale) -> str:
    """What the scores are, for the title of an axis.

    Examples:
        >>> score_name(Construct.OUTCOME, "phq-9", "total", RatingScale(0, 27, False))
        'phq-9, 0 to 27, lower is better (better is up)'
    """
    name = instrument or column or (construct.label if construct else "score")
    if name == "score" and construct:
        name = construct.label
    return f"{name}, {scale} (better is up)" if not scale.higher_is_better else f"{name}, {scale}"
