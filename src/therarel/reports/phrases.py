"""What a report says in words: reasons, kinds of problems, what each rule does and cannot see, and its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from therarel.citations import Citation, citation
from therarel.detection import Reason
from therarel.detection.rules import (
    BelowOwnMean,
    Change,
    ChangePoint,
    ChartSigma,
    Drop,
    IndividualsChart,
    Reference,
    ReliableDrop,
    Rule,
    Scale,
    Stability,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.rules.nelson import LOW_SIDED
from therarel.detection.wording import in_points, may_say_rupture
from therarel.domain.ratings import Construct, RatingScale
from therarel.panels import ProblemKind

__all__ = [
    "FALSE_ALARM_NAMES",
    "HEADINGS",
    "PROBLEMS",
    "REASONS",
    "blind_spots",
    "method",
    "recovery_method",
    "reference_lines",
    "score_name",
    "sources",
]

REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NO_REFERENCE: "There is no earlier score to compare with: the first session, or one after a long gap.",
        Reason.TOO_FEW_SESSIONS: "The series is so short that no score here could have passed the limit, "
        "which that score would itself have widened.",
        Reason.NO_VARIATION_KNOWN: "The variation that the rule measures in could not be computed.",
        Reason.FEW_AROUND: "Fewer than two scores stand before the change, or after it.",
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
        ProblemKind.UNREADABLE_ROW: "The row could not be taken apart into the columns of the header.",
        ProblemKind.EMPTY_ROW: "Nothing stands in the row.",
        ProblemKind.MISSING_DYAD: "Nobody can tell whose score this is.",
        ProblemKind.MISSING_SESSION: "Nobody can tell where in the series this score belongs.",
        ProblemKind.UNREADABLE_SESSION: "What stands in the session column gives the score no place in the series. "
        "If it means a session, give it its number in the data.",
        ProblemKind.MISSING_THERAPIST: "The row counts for the dyad. A model by therapist needs to know whose it is.",
        ProblemKind.PERSONAL_LABEL: "Labels stand on this page and in its files. Replace names by codes before you "
        "share them.",
        ProblemKind.LOOK_ALIKE_LABEL: "If they were meant to be one, their series were cut in two. Spell them alike in "
        "the data.",
        ProblemKind.WORD_AS_LABEL: "It was taken for a label. If it means that there is none, leave the cell empty.",
        ProblemKind.MISSING_RATER: "Nobody can tell whose view this is.",
        ProblemKind.UNREADABLE_RATER: "The rater is none of client, therapist and observer.",
        ProblemKind.OTHER_RATER: "Views of different raters are never pooled. Make a report of each.",
        ProblemKind.MISSING_SCORE: "Nothing was filled in: a rule goes on with the next score.",
        ProblemKind.UNREADABLE_SCORE: "What stands in the score column is not a number.",
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
        "below_own_mean_2": "2 SD below own mean",
        "individuals_chart_3": "individuals chart, 3 sigma",
        "individuals_chart_3_autocorrelation": "individuals chart, corrected",
        "reliable_drop": "reliable drop (SD .8, r .90)",
        "sudden_loss_1": "sudden loss of 1 point",
    }
)
"""The settings of the embedded table of false alarms, in words."""

_REFERENCES: Final[Mapping[Reference, str]] = MappingProxyType(
    {
        Reference.PREVIOUS: "the previous score of the same dyad",
        Reference.RUNNING_MAXIMUM: "the best earlier score of the same dyad",
        Reference.PERSON_MEAN: "the dyad's own mean",
        Reference.BASELINE: "the mean of the dyad's first sessions",
        Reference.REGRESSION: "the dyad's own straight line",
    }
)
_SCALES: Final[Mapping[Scale, str]] = MappingProxyType(
    {
        Scale.PERSON_SD: "the dyad's own standard deviation",
        Scale.POOLED_SD: "the standard deviation within dyads, pooled over all of them",
        Scale.BETWEEN_SD: "the standard deviation of the dyads' means",
        Scale.LARGER_PERSON_POOLED: "the larger of the dyad's own standard deviation and the one pooled over all dyads",
        Scale.LARGER_PERSON_BETWEEN: "the larger of the dyad's own standard deviation and that of the dyads' means",
        Scale.MOVING_RANGE: "the dyad's mean change from session to session, divided by 1.128",
    }
)

_SOURCES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "drop": ("gumz2012",),
        "individuals_chart": ("eubanks_carter2012",),
        "reliable_drop": ("jacobson_truax1991",),
        "sudden_gain": ("tang_derubeis1999", "vittengl", "suddengains"),
        "sudden_loss": ("tang_derubeis1999", "vittengl", "suddengains"),
    }
)

# A word that nothing about an outcome, or about scores of unknown meaning, may use: titles of references included.
_KEPT_APART: Final = "rupture"


def method(rule: Rule) -> str:
    """What a rule does, in one or two sentences."""
    match rule:
        case Drop():
            told = (
                f"A session is flagged where its score is worse than {_REFERENCES[rule.reference]} by at least"
                f" {rule.k:g} times {_SCALES[rule.scale]}."
            )
        case IndividualsChart():
            spread = (
                "their mean change from session to session, divided by 1.128"
                if rule.sigma is ChartSigma.MOVING_RANGE
                else "their standard deviation, corrected for bias"
            )
            centre = "own straight line" if rule.detrended else "own mean"
            told = (
                f"Each dyad's scores are charted around its {centre}, with sigma taken as {spread}. A session is"
                f" flagged where {_signals(rule)}."
            )
            if rule.autocorrelation:
                told += " Sigma is widened for autocorrelation, which is pooled over dyads."
        case BelowOwnMean():
            told = (
                f"A session is flagged where its score is worse than the dyad's own mean by at least {rule.k:g} of the"
                " dyad's own standard deviations."
            )
        case ReliableDrop():
            told = (
                f"A session is flagged where its score is worse than {_REFERENCES[rule.reference]} by more than"
                f" {rule.critical:g} standard errors of a difference between two scores, which follow from the"
                " reliability and the standard deviation among the settings."
            )
        case SuddenLoss():
            told = _sudden(rule)
        case ChangePoint():
            told = (
                "Each series is divided into stretches of steady level, as many as the gain in fit pays for. A session"
                " is flagged where a stretch begins whose level is worse than that of the one before."
            )
        case _:
            told = f"The rule is {rule.label}."
    if rule.minimal_drop:
        told += f" Changes of less than {in_points(rule.minimal_drop)} are not looked at."
    return told


def _signals(rule: IndividualsChart) -> str:
    """What makes a chart flag a session: the limit, rules of several scores, or both; the others never flag a drop."""
    several = sorted(rule.rules & LOW_SIDED - {1})
    told = [f"its score is more than {rule.k:g} sigma worse than that centre"] if 1 in rule.rules else []
    if len(several) == 1:
        told.append(f"Nelson's rule {several[0]} signals")
    elif several:
        told.append(f"one of Nelson's rules {_listed(several)} signals")
    return ", or where ".join(told)


def _sudden(rule: SuddenLoss) -> str:
    """The criteria of a sudden change that are in use, in one sentence."""
    direction = "better" if isinstance(rule, SuddenGain) else "worse"
    criteria = []
    if rule.cutoff is not None:
        criteria.append(f"is at least {in_points(rule.cutoff)}")
    if rule.share is not None:
        criteria.append(f"is at least {rule.share:.0%} of the distance to the end of the scale that it moves towards")
    if rule.criterion3 is not None:
        how = (
            "by the reading of the program suddengains" if rule.criterion3 is Stability.POOLED_SD else "as in a t-test"
        )
        criteria.append(f"parts up to three scores before from up to three after by more than their spread, {how}")
    listed = criteria[0] if len(criteria) == 1 else f"{', '.join(criteria[:-1])}, and {criteria[-1]}"
    return f"A session is flagged where the change for the {direction} since the session before {listed}."


def blind_spots(rule: Rule) -> str:
    """What a rule is known to mistake or to miss, in a sentence or two; empty where nothing is recorded."""
    match rule:
        case Drop(reference=Reference.PREVIOUS):
            return (
                "It sees a fall from one score to the next and misses a slow decline. The own standard deviation"
                " includes the fall itself, so that a short series hides its own drops. Near the worst end of the scale"
                " there is no room to fall so far."
            )
        case IndividualsChart(detrended=False):
            return (
                "It looks back over the whole series, later sessions included. In a series that keeps improving,"
                " the first sessions lie far below the mean and may be flagged although nothing fell; such findings"
                " begin with the series and are marked so. Scores that resemble those of the session before make"
                " its limits too narrow."
            )
        case BelowOwnMean():
            return (
                "Every dyad has a worst score, and the more sessions, the likelier it lies so low by chance. Later"
                " sessions enter the mean."
            )
        case ReliableDrop():
            return "It knows the error of the instrument, and nothing of how a client's scores vary from day to day."
        case SuddenLoss():
            return "It sees changes that last. What is made good within two sessions it takes for no change."
        case IndividualsChart():
            return "It looks back over the whole series, later sessions included."
        case _:
            return ""


def recovery_method(rule: Rule) -> str:
    """When a drop of this rule counts as recovered, or a gain as reversed, in one sentence."""
    share = rule.recovery.share
    level = "the reference level" if share == 1 else f"{share:.0%} of the way back to the reference level"
    within = rule.recovery.within
    window = "at any later session" if within is None else f"within the next {within} scored sessions"
    if within == 1:
        window = "at the next scored session"
    word = "passed" if rule.recovery.strictly else "reached"
    began = "drop has recovered" if rule.change is Change.DROP else "gain has been reversed"
    return (
        f"A {began} when {level} is {word} {window}; it is open when it is not, and not known when the"
        " series ends first."
    )


def sources(rules: tuple[Rule, ...]) -> tuple[Citation, ...]:
    """The references behind some rules, each once, in the order of the rules."""
    keys = [key for rule in rules for key in _SOURCES.get(rule.name, ())]
    return tuple(citation(key) for key in dict.fromkeys(keys))


def reference_lines(references: tuple[Citation, ...], construct: Construct | None) -> tuple[str, ...]:
    """References as they are printed: in full, or, where a title speaks of what the panel does not, in short."""
    lines = []
    for each in references:
        full = each.apa()
        if may_say_rupture(construct) or _KEPT_APART not in full.lower():
            told = full
        else:
            told = f"{each.short}." + (f" https://doi.org/{each.doi}" if each.doi else "")
        lines.append(told + (f" ({each.status.meaning})" if each.status.unverified else ""))
    return tuple(lines)


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


def _listed(rules: Sequence[int]) -> str:
    return f"{', '.join(str(each) for each in rules[:-1])} and {rules[-1]}"
