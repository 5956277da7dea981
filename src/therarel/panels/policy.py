"""What a reader does about problems: the default for each kind, and what else may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import Attribute, field, frozen

from therarel.domain import checks
from therarel.panels.terms import Action, Duplicates, ProblemKind
from therarel.tables import Missing

__all__ = ["PanelPolicy"]

_KEPT, _SCORE, _ROW, _STOP = Action.KEPT, Action.SCORE_LEFT_OUT, Action.LEFT_OUT, Action.REFUSED


def _one_of(*allowed: Action) -> Callable[[Any, Attribute[Any], Action], None]:
    """A validator: only what makes sense for this kind of problem."""

    def check(instance: object, attribute: Attribute[Any], value: Action) -> None:
        if value not in allowed:
            checks.refuse(instance, attribute, value.value, " or ".join(each.value for each in allowed))

    return check


def _codes(values: Iterable[float | str]) -> tuple[float | str, ...]:
    codes = checks.as_tuple(values)
    Missing.of(codes)  # says what is wrong with them
    return codes


@frozen(kw_only=True)
class PanelPolicy:
    """What is done about each kind of problem; whatever is done is listed.

    Each field takes an `Action` (or its value as text). ``refused`` stops reading with an error that lists the
    rows. A row without a usable dyad, session or rater cannot be kept under any policy.

    Args:
        missing_dyad: ``left_out`` or ``refused``.
        session: For missing and unreadable sessions: ``left_out`` or ``refused``.
        missing_score: ``kept`` (the session is in the panel without a score), ``left_out`` or ``refused``.
        unreadable_score: ``score_left_out``, ``left_out`` or ``refused``.
        out_of_range: ``score_left_out``, ``left_out``, ``kept`` (the number is used as it stands) or ``refused``.
        off_step: ``kept``, ``score_left_out``, ``left_out`` or ``refused``.
        duplicates: For rows of one session that contradict each other, see `Duplicates`.
        therapist_change: ``kept``, ``left_out`` (all rows of the dyad) or ``refused``.
        gap: ``kept`` or ``refused``.
        one_row_dyad: ``kept``, ``left_out`` or ``refused``.
        constant_series: ``kept``, ``left_out`` (all rows of the dyad) or ``refused``.
        missing_codes: Numbers and words that stand for a missing value beside the usual words, such as -99.

    Raises:
        InvalidValueError: on an action that makes no sense for its kind.

    Examples:
        >>> PanelPolicy(off_step="score_left_out", missing_codes=[-99]).off_step.label
        'score left out'
    """

    missing_dyad: Action = field(default=_ROW, converter=Action, validator=_one_of(_ROW, _STOP))
    session: Action = field(default=_ROW, converter=Action, validator=_one_of(_ROW, _STOP))
    missing_score: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _ROW, _STOP))
    unreadable_score: Action = field(default=_SCORE, converter=Action, validator=_one_of(_SCORE, _ROW, _STOP))
    out_of_range: Action = field(default=_SCORE, converter=Action, validator=_one_of(_SCORE, _ROW, _KEPT, _STOP))
    off_step: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _SCORE, _ROW, _STOP))
    duplicates: Duplicates = field(default=Duplicates.LEFT_OUT, converter=Duplicates)
    therapist_change: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _ROW, _STOP))
    gap: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _STOP))
    one_row_dyad: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _ROW, _STOP))
    constant_series: Action = field(default=_KEPT, converter=Action, validator=_one_of(_KEPT, _ROW, _STOP))
    missing_codes: tuple[float | str, ...] = field(default=(), converter=_codes)

    def action(self, kind: ProblemKind) -> Action:
        """What this policy does about a kind of problem; duplicates have a choice of their own.

        Examples:
            >>> PanelPolicy().action(ProblemKind.OUT_OF_RANGE).label
            'score left out'
        """
        name = _FIELD_OF.get(kind)
        return _ALWAYS.get(kind, _ROW) if name is None else getattr(self, name)


_FIELD_OF: Final = {
    ProblemKind.MISSING_DYAD: "missing_dyad",
    ProblemKind.MISSING_SESSION: "session",
    ProblemKind.UNREADABLE_SESSION: "session",
    ProblemKind.MISSING_SCORE: "missing_score",
    ProblemKind.UNREADABLE_SCORE: "unreadable_score",
    ProblemKind.OUT_OF_RANGE: "out_of_range",
    ProblemKind.OFF_STEP: "off_step",
    ProblemKind.THERAPIST_CHANGE: "therapist_change",
    ProblemKind.GAP: "gap",
    ProblemKind.ONE_ROW_DYAD: "one_row_dyad",
    ProblemKind.CONSTANT_SERIES: "constant_series",
}
# Rows that no policy can save are left out; what is said of the whole file changes no row.
_ALWAYS: Final = {
    ProblemKind.OTHER_ENCODING: _KEPT,
    ProblemKind.LINES_BEFORE_THE_HEADER: _KEPT,
    ProblemKind.OTHER_SHEETS: _KEPT,
    ProblemKind.DECIMAL_COMMA: _KEPT,
    ProblemKind.MISSING_THERAPIST: _KEPT,
    ProblemKind.PERSONAL_LABEL: _KEPT,
    ProblemKind.LOOK_ALIKE_LABEL: _KEPT,
    ProblemKind.WORD_AS_LABEL: _KEPT,
    ProblemKind.DUPLICATE: Action.MERGED,
}
