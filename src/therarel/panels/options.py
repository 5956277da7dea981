"""What may be stated about a table of scores, in one place for every way of making a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any, Final, TypedDict, TypeVar, cast

from attrs import evolve

from therarel.domain.ratings import Construct, Rater, RatingScale, Timing
from therarel.errors import hint_for, shown
from therarel.measures.instrument import Instrument
from therarel.panels.meaning import Meaning, resolve
from therarel.panels.policy import PanelPolicy
from therarel.panels.terms import Duplicates, SessionIndex

__all__ = ["AllOptions", "CellOptions", "ColumnOptions", "PanelOptions", "documented", "settled"]

Function = TypeVar("Function", bound=Callable[..., Any])


class ColumnOptions(TypedDict, total=False):
    """Which column holds what; what is not stated is guessed from the names, see `guess_columns`.

    Attributes:
        dyad: Column of the dyad's (client's) label.
        session: Column of the session.
        score: Column of the score.
        therapist: Column of the therapist's label.
        rater: Column of the rater.
        covariates: Further columns to keep, as they are.
    """

    dyad: str | None
    session: str | None
    score: str | None
    therapist: str | None
    rater: str | None
    covariates: Sequence[str]


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
