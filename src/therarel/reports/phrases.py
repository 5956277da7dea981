"""What a report says in words: reasons, kinds of problems, and what the scores are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.detection import Reason
from therarel.domain.ratings import Construct, RatingScale
from therarel.panels import ProblemKind

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

HEADINGS: Final[Mapping[ProblemKind, str]] = MappingProxyType(
    {
        ProblemKind.OTHER_ENCODING: "Another encoding",
        ProblemKind.LINES_BEFORE_THE_HEADER: "Lines before the header",
        ProblemKind.OTHER_SHEETS: "Other sheets",
        ProblemKind.DECIMAL_COMMA: "Decimal commas",
        ProblemKind.UNREADABLE_ROW: "Rows that cannot be read",
        ProblemKind.EMPTY_ROW: "Empty rows",
        ProblemKind.MISSING_DYAD: "No dyad",
        ProblemKind.MISSING_SESSION: "No session",
        ProblemKind.UNREADABLE_SESSION: "Not a session",
        ProblemKind.MISSING_THERAPIST: "No therapist",
        ProblemKind.PERSONAL_LABEL: "Labels that may name people",
        ProblemKind.LOOK_ALIKE_LABEL: "Labels that are much alike",
        ProblemKind.WORD_AS_LABEL: "A word for nothing as a label",
        ProblemKind.MISSING_RATER: "No rater",
        ProblemKind.UNREADABLE_RATER: "Not a rater",
        ProblemKind.OTHER_RATER: "Another rater",
        ProblemKind.MISSING_SCORE: "No score",
        ProblemKind.UNREADABLE_SCORE: "Not a score",
        ProblemKind.OUT_OF_RANGE: "Outside the scale",
        ProblemKind.OFF_STEP: "Between the steps of the scale",
        ProblemKind.DUPLICATE: "Said twice",
        ProblemKind.CONFLICTING_DUPLICATE: "Contradictions within a session",
        ProblemKind.THERAPIST_CHANGE: "A change of therapist",
        ProblemKind.GAP: "A long gap",
        ProblemKind.ONE_ROW_DYAD: "A single session",
        ProblemKind.CONSTANT_SERIES: "Scores that never change",
    }
)
"""What a kind of problem is called on the page."""

PROBLEMS: Final[Mapping[ProblemKind, str]] = MappingProxyType(
    {
        ProblemKind.OTHER_ENCODING: "The file is not in UTF-8. Check labels with accents.",
        ProblemKind.LINES_BEFORE_THE_HEADER: "They were passed over. Check that none of them was a row of data.",
        ProblemKind.OTHER_SHEETS: "Only one sheet of the workbook was read. Name another to read it.",
        ProblemKind.DECIMAL_COMMA: "A comma was read as the decimal sign. Check that it separates no thousands.",
        ProblemKind.UNREADABLE_ROW: "The row could not be split into the columns of the header.",
        ProblemKind.EMPTY_ROW: "The row is empty.",
        ProblemKind.MISSING_DYAD: "Nobody can tell whose score this is.",
        ProblemKind.MISSING_SESSION: "Nobody can tell where in the series this score belongs.",
        ProblemKind.UNREADABLE_SESSION: "The cell of the session column gives the score no place in the series. "
        "If it means a session, give it its number in the data.",
        ProblemKind.MISSING_THERAPIST: "The row counts for the dyad. A model by therapist needs to know whose it is.",
        ProblemKind.PERSONAL_LABEL: "Such a label is shown on this page only where it is a single word, which may be a "
        "code. Files that are written beside the page hold all of them. Replace names by codes before you share any.",
        ProblemKind.LOOK_ALIKE_LABEL: "If they were meant to be one, their series were cut in two. Spell them alike in "
        "the data.",
        ProblemKind.WORD_AS_LABEL: "It was taken for a label. If it means that there is none, leave the cell empty.",
        ProblemKind.MISSING_RATER: "Nobody can tell whose view this is.",
        ProblemKind.UNREADABLE_RATER: "The rater is none of client, therapist, observer and model.",
        ProblemKind.OTHER_RATER: "Views of different raters are never pooled. Make a report of each.",
        ProblemKind.MISSING_SCORE: "Nothing was filled in: a rule goes on with the next score.",
        ProblemKind.UNREADABLE_SCORE: "The cell of the score column is not a number.",
        ProblemKind.OUT_OF_RANGE: "The scale has no such score: an error of entry, of computation, or another scale.",
        ProblemKind.OFF_STEP: "Other scores are whole numbers, or fit the steps of the instrument. These were "
        "imputed, averaged or prorated, perhaps.",
        ProblemKind.DUPLICATE: "Two rows say the same. They count once.",
        ProblemKind.CONFLICTING_DUPLICATE: "Rows of one session contradict each other.",
        ProblemKind.THERAPIST_CHANGE: "A new therapist is a new relationship. A series that runs across the change "
        "mixes two.",
        ProblemKind.GAP: "Sessions so far apart are not compared with each other.",
        ProblemKind.ONE_ROW_DYAD: "A single session shows no change. The dyad counts among the undetectable.",
        ProblemKind.CONSTANT_SERIES: "Every score is the same: a steady client, or a form filled in without thought. "
        "The numbers do not tell.",
    }
)
"""What a kind of problem means, and what to make of it."""

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
