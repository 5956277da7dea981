"""What may be stated about a table of scores, and about its problems, in one place for every way of making a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any, Final, TypedDict, TypeVar, cast

from attrs import Attribute, evolve, field, frozen

from therarel.domain import checks
from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import InvalidValueError, hint_for, shown
from therarel.measures.instrument import Instrument
from therarel.panels.meaning import Meaning, resolve
from therarel.panels.terms import Action, Duplicates, ProblemKind, SessionIndex
from therarel.tables import Missing

Function = TypeVar("Function", bound=Callable[..., Any])


class ColumnOptions(TypedDict, total=False):
    """Which column holds what; what is not stated is guessed from the names, see `guess_columns`.

    Attributes:
        dyad: Column of the dyad's (client's) label.
        session: Column of the session.
        score: Column of the score.
        therapist: Column of the therapist's label.
        rater: Column of the rater.
        covariates: Further columns to keep, as they are; a cell of text with nothing in it is empty.
    """

    dyad: str | None
    session: str | None
    score: str | None
    therapist: str | None
    rater: str | None
    covariates: Sequence[str] | str


class CellOptions(TypedDict, total=False):
    """How the cells of a long table are read.

    Attributes:
        sessions: Sessions that have names in the table, and their numbers: ``{"Baseline": 0, "Week 3": 3}``.
        date_format: Form of the dates, such as ``%d.%m.%Y``; ``excel`` for serial numbers; ISO 8601 if not stated.
    """

    sessions: Mapping[str, float] | None
    date_format: str | None


class PanelOptions(TypedDict, total=False):
    """What the scores of a panel are, and how cells are read.

    Attributes:
        instrument: Id such as ``wai-sr``, or an instrument of your own; gives construct, direction, range and step, and
            the rater where only one person can answer it.
        construct: What the scores are scores of, if there is no instrument; not stated means not known, and then
            nothing that is printed about the panel says alliance or rupture.
        scale: Lowest and highest possible score, or a `RatingScale`. Without it, and without an instrument, the range
            is what was observed, and nothing can be out of range.
        higher_is_better: Direction of the scores. Needed where neither instrument nor scale states it.
        rater_is: Who rated; where there is a rater column, whose rows are taken. Raters are never pooled.
        timing: Whether scores were given before or after the session; not stated means not known, whatever is usual
            for the instrument.
        index: What the session column counts, see `SessionIndex`; attended sessions where nothing is stated, dates
            where ``date_format`` is.
        max_gap: Largest distance at which two sessions are still neighbours; ``None`` for no limit.
        missing_codes: Numbers and words that stand for a missing value, beside the usual words.
        duplicates: What to do with rows of one session that contradict each other.
        policy: What to do about other problems, see `PanelPolicy`.
    """

    instrument: str | Instrument | None
    construct: Construct | str | None
    scale: RatingScale | Sequence[float] | None
    higher_is_better: bool | None
    rater_is: Rater | str | None
    timing: Timing | str | None
    index: SessionIndex | str | None
    max_gap: float | None
    missing_codes: Sequence[float | str]
    duplicates: Duplicates | str | None
    policy: PanelPolicy | None


class AllOptions(ColumnOptions, CellOptions, PanelOptions, total=False):
    """`ColumnOptions`, `CellOptions` and `PanelOptions` together."""


_COLUMNS: Final = tuple(ColumnOptions.__annotations__)
_CELLS: Final = tuple(CellOptions.__annotations__)
_KNOWN: Final = (*_COLUMNS, *_CELLS, *PanelOptions.__annotations__)
_MEANING: Final = tuple(name for name in _KNOWN if name in signature(resolve).parameters)


def settled(options: Mapping[str, Any], *, wide: bool = False) -> tuple[ColumnOptions, Meaning, PanelPolicy]:
    """The columns that were stated, what the scores are, and what is done about problems.

    Args:
        options: What was stated.
        wide: Whether the table is wide: then, unless a policy was stated, an empty cell is not a session.

    Raises:
        TypeError: if an option is not known; the message names the nearest one.
        InvalidValueError: if statements contradict each other.
        UnknownNameError: if the instrument, or a term, is not known.
    """
    for name in options:
        if name not in _KNOWN:
            hint = hint_for(name, _KNOWN)
            raise TypeError(f"a panel has no option {shown(name)}" + (f". Hint: {hint}" if hint else ""))
    stated: dict[str, Any] = dict.fromkeys(_MEANING) | {name: options[name] for name in _MEANING if name in options}
    meaning = resolve(**stated)
    policy = options.get("policy") or PanelPolicy(missing_score="left_out" if wide else "kept")
    if not isinstance(policy, PanelPolicy):
        raise InvalidValueError(
            "a policy is needed", where="policy", value=shown(policy), hint='PanelPolicy(out_of_range="left_out")'
        )
    if options.get("duplicates") is not None:
        policy = evolve(policy, duplicates=options["duplicates"])
    if options.get("missing_codes"):
        policy = evolve(policy, missing_codes=options["missing_codes"])
    columns = {name: options[name] for name in _COLUMNS if name in options}
    return cast("ColumnOptions", columns), meaning, policy


def documented(*kinds: type) -> Callable[[Function], Function]:
    """Give a function that takes options a signature that lists them, for help texts and completion."""

    def give(function: Function) -> Function:
        shape = signature(function)
        own = [each for each in shape.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
        more = [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                default=None,
                annotation=getattr(annotation, "__forward_arg__", annotation),
            )
            for kind in kinds
            for name, annotation in kind.__annotations__.items()
            if name not in shape.parameters
        ]
        function.__signature__ = shape.replace(parameters=[*own, *more])  # type: ignore[attr-defined]  # what inspect reads
        return function

    return give


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
