"""The words of a panel: what a session number is, what can be wrong with a row, and what was done about it."""

from __future__ import annotations

from therarel.vocabulary import Vocabulary


class SessionIndex(Vocabulary, links={}):
    """What the session column counts. Two sessions are neighbours in a different sense under each.

    Examples:
        >>> SessionIndex("dated").label
        'dated'
    """

    ATTENDED = "attended"
    """Sessions that took place: whole numbers from 0 (a baseline) upwards."""
    SCHEDULED = "scheduled"
    """Planned occasions such as weeks or months, whether or not a session took place: any numbers."""
    DATED = "dated"
    """Calendar dates; the session is the number of days since the dyad's first date."""


def farthest(max_gap: float) -> float:
    """The largest distance of two sessions that counts as a stated one, although the last digits differ.

    Months 0.2 and 1.6 lie 1.4 apart, which a computer's numbers exceed.

    Examples:
        >>> 1.6 - 0.2 <= 1.4, 1.6 - 0.2 <= farthest(1.4)
        (False, True)
    """
    return max_gap * (1 + 1e-9)


class ScaleSource(Vocabulary, links={}):
    """Where a panel's range comes from.

    Examples:
        >>> [source.value for source in ScaleSource]
        ['given', 'instrument', 'observed']
    """

    GIVEN = "given"
    """The caller stated it."""
    INSTRUMENT = "instrument"
    """The instrument's data states it."""
    OBSERVED = "observed"
    """Nobody stated it: it is the smallest and the largest score read, and nothing can be out of range."""


class Action(Vocabulary, links={}):
    """What was done about a problem, or what a policy asks for.

    Examples:
        >>> Action.SCORE_LEFT_OUT.label
        'score left out'
    """

    KEPT = "kept"
    """Nothing was changed; the row is in the panel as it was read."""
    SCORE_LEFT_OUT = "score_left_out"
    """The session is in the panel, without a score."""
    LEFT_OUT = "left_out"
    """The row is not in the panel."""
    MERGED = "merged"
    """The row is not in the panel: another row of the same session is used for both."""
    REFUSED = "refused"
    """Asked for by a policy: reading stops with an error that lists the rows."""


class Duplicates(Vocabulary, links={}):
    """What to do with rows of one dyad and session that contradict each other.

    Rows that agree are merged into one under every choice.

    Examples:
        >>> Duplicates("mean").label
        'mean'
    """

    LEFT_OUT = "left_out"
    """None of them is used: nobody can tell which one holds."""
    FIRST = "first"
    """The one read first is used."""
    LAST = "last"
    """The one read last is used."""
    MEAN = "mean"
    """The mean of their usable scores is used, on the row read first."""
    REFUSED = "refused"
    """Reading stops with an error that lists the rows."""


class ProblemKind(Vocabulary, links={}):
    """What is wrong, or worth knowing, about a row, a dyad or the file.

    Examples:
        >>> ProblemKind.OUT_OF_RANGE.label
        'out of range'
    """

    OTHER_ENCODING = "other_encoding"
    """The file is not UTF-8; it was read as Latin-1."""
    LINES_BEFORE_THE_HEADER = "lines_before_the_header"
    """Title, comment or ``sep=`` lines come before the header."""
    OTHER_SHEETS = "other_sheets"
    """A workbook has further sheets, which were not read."""
    DECIMAL_COMMA = "decimal_comma"
    """Numbers were written, and read, with a decimal comma."""
    UNREADABLE_ROW = "unreadable_row"
    """The row has more cells than the header, or is not a JSON object."""
    EMPTY_ROW = "empty_row"
    """Dyad, session and score are all empty."""
    MISSING_DYAD = "missing_dyad"
    MISSING_SESSION = "missing_session"
    UNREADABLE_SESSION = "unreadable_session"
    """The cell is not a session in the sense of the panel's index, such as ``Post-Rx`` or an attended session 3.7."""
    MISSING_THERAPIST = "missing_therapist"
    """No therapist where other rows name one."""
    PERSONAL_LABEL = "personal_label"
    """A label that looks like a person's name, an address or a date of birth."""
    LOOK_ALIKE_LABEL = "look_alike_label"
    """Labels that differ in case, spaces, punctuation, leading zeros, accents or script alone."""
    WORD_AS_LABEL = "word_as_label"
    """A label that elsewhere is a word for a missing value, such as ``NA``; it is taken as a label."""
    MISSING_RATER = "missing_rater"
    UNREADABLE_RATER = "unreadable_rater"
    OTHER_RATER = "other_rater"
    """The row belongs to a rater that was not asked for."""
    MISSING_SCORE = "missing_score"
    UNREADABLE_SCORE = "unreadable_score"
    OUT_OF_RANGE = "out_of_range"
    """The score lies below or above the scale."""
    OFF_STEP = "off_step"
    """The score lies between two values that the scale can take."""
    DUPLICATE = "duplicate"
    """Another row of the same dyad and session says the same."""
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    """Another row of the same dyad and session says something else."""
    THERAPIST_CHANGE = "therapist_change"
    """The therapist differs from the one of the dyad's session before."""
    GAP = "gap"
    """More than ``max_gap`` lies between this session and the one before."""
    ONE_ROW_DYAD = "one_row_dyad"
    """The dyad has a single session."""
    CONSTANT_SERIES = "constant_series"
    """The dyad has three or more scores and all are the same."""
