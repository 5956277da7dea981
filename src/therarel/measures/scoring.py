"""From answers to a score: one response, a mapping, or a whole table.

A response that cannot be scored gives a score without a value, with its status and the reasons, never an exception.
What was answered to items that ask about risk is reported with every score, whatever became of its value.
Completeness (were the items answered?) stands apart from validity (are the answers possible?).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, cast, overload

from therarel.domain.ratings import (
    MissingItem,
    MissingReason,
    Rater,
    Score,
    ScoreStatus,
    SubscaleScore,
    Timing,
)
from therarel.domain.scales import RatingScale
from therarel.errors import InvalidValueError, shown
from therarel.extras import needs
from therarel.measures.answers import Answer, AnswerReader, MissingCodes, Recording
from therarel.measures.headings import Items
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.missing import MissingPolicy, Strict
from therarel.measures.parts import TOTAL, Scaled, part_scores
from therarel.measures.plan import NOT_VERIFIED, Group, Plan, plan_for, rater_of, resolved, scorer_version
from therarel.measures.responses import Responses, is_response, read_response
from therarel.measures.risk import risk_answers
from therarel.measures.signs import ScoringWarning

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    FrameT = TypeVar("FrameT", bound=IntoFrame)

_NO_USE = frozenset({MissingReason.OUT_OF_RANGE, MissingReason.UNREADABLE})


@overload
def score(
    instrument: str | Instrument,
    responses: Responses,
    *,
    rater: Rater | str | None = ...,
    timing: Timing | str | None = ...,
    missing: MissingPolicy = ...,
    metric: Metric | str | None = ...,
    words: Mapping[str, Answer] | None = ...,
    missing_codes: MissingCodes | None = ...,
    recorded_as: Recording | str = ...,
    items: str | None = ...,
    standard_errors: Mapping[str, float] | None = ...,
) -> Score: ...


@overload
def score(
    instrument: str | Instrument,
    responses: FrameT,
    *,
    rater: Rater | str | None = ...,
    timing: Timing | str | None = ...,
    missing: MissingPolicy = ...,
    metric: Metric | str | None = ...,
    words: Mapping[str, Answer] | None = ...,
    missing_codes: MissingCodes | None = ...,
    recorded_as: Recording | str = ...,
    items: Items | None = ...,
    name: str | None = ...,
    detail: bool = ...,
) -> FrameT: ...


def score(
    instrument: str | Instrument,
    responses: Responses | FrameT,
    *,
    rater: Rater | str | None = None,
    timing: Timing | str | None = None,
    missing: MissingPolicy = Strict(),  # noqa: B008 -- a frozen value
    metric: Metric | str | None = None,
    words: Mapping[str, Answer] | None = None,
    missing_codes: MissingCodes | None = None,
    recorded_as: Recording | str = Recording.ANCHOR,
    items: Items | None = None,
    name: str | None = None,
    detail: bool = False,
    standard_errors: Mapping[str, float] | None = None,
) -> Score | FrameT:
    """Score the answers to an instrument.

    Args:
        instrument: The instrument or its identifier.
        responses: The answers of one person at one time, in the order of the items or as a mapping from items
            (``1``, ``"1"``, ``"item1"``) to answers, or a whole table of any dataframe kind with a column per item.
            A list has one entry per item. In a mapping, an item without an entry was not asked; an empty answer was
            not answered. Keys with another beginning than ``item`` need ``items``.
        rater: Who answered; needed where the instrument has several respondents.
        timing: Before or after the session; ``None`` if not known. It is never filled in from what is usual.
        missing: What to do about unanswered items.
        metric: ``sum`` or ``mean``; ``None`` for the published rule.
        words: Words for answers beyond the anchors known, such as a translation.
        missing_codes: Numbers that stand for a reason, such as ``{-9: MissingReason.REFUSED}``; in a list, such as
            ``[-9, 99]``, for "not answered".
        recorded_as: Whether anchors or positions on the printed form were recorded.
        items: The item columns of a table, as a prefix before the number, as a list in order, or as a mapping from
            item to column; for a mapping with the answers of one response, what comes before the number in its
            keys. ``None`` for ``item1``, ``item2``, ...
        name: Tables only: name of the score's column and prefix of its companions; ``None`` for the identifier
            with underscores.
        detail: Tables only: whether to add the number of answered items, the reasons of missing ones, rule, rater,
            timing and versions.
        standard_errors: For one response: standard error of measurement, in points, by the name of the scale
            (``total``, a subscale), such as those of your own data; ``None`` takes what is verified for the instrument.

    Returns:
        For one response a `Score`, which carries what was answered to each item that asks about risk and what its
        scales say of parts of the relationship. For a table, a
        table of the same kind with the score, its subscales, the status and what was answered to each item that asks
        about risk as further columns; see `therarel.measures.tables`.

    Raises:
        InvalidValueError: if the answers do not fit the number of items, an item or a column is unknown, the rater is
            needed and not stated, or a published missing-data rule is asked for where there is none.

    Examples:
        >>> score("wai-sr", [4, 4, 5, 3, 4, 5, 4, 3, 4, 4, 5, 3]).value
        48.0
        >>> partial = score("phq-9", [1, 2, None, 0, 1, 1, 2, 0, 0])
        >>> partial.value, partial.status.label, partial.answered, partial.missing[0].item
        (None, 'incomplete', 8, 3)
        >>> score("phq-9", [0] * 8 + [3])
        <Score phq-9: 3, complete, by the client; risk item 9 endorsed>
    """
    chosen = resolved(instrument)
    metric = None if metric is None else Metric(metric)
    if is_response(responses):
        if name is not None or detail or (items is not None and not isinstance(responses, Mapping)):
            raise InvalidValueError(
                "a single response has no columns", where="items, name, detail", hint="they belong to tables"
            )
        reader = AnswerReader.of(chosen, words=words, missing_codes=missing_codes)
        return score_answers(
            chosen,
            read_response(chosen, cast("Responses", responses), reader, items=cast("str | None", items)),
            rater=rater_of(chosen, rater),
            timing=None if timing is None else Timing(timing),
            plan=plan_for(chosen, missing=missing, metric=metric, recorded_as=Recording(recorded_as)),
            standard_errors=standard_errors,
        )
    if standard_errors is not None:
        raise InvalidValueError("a table has no standard errors", where="standard_errors", hint="one response has")
    with needs("scoring a table"):
        from therarel.measures.tables import scored_table
    scored, signs = scored_table(
        chosen,
        cast("FrameT", responses),
        reader=AnswerReader.of(chosen, words=words, missing_codes=missing_codes),
        rater=rater_of(chosen, rater),
        timing=None if timing is None else Timing(timing),
        plan=plan_for(chosen, missing=missing, metric=metric, recorded_as=Recording(recorded_as)),
        items=items,
        name=name,
        detail=detail,
    )
    for suspicion in signs:
        warnings.warn(suspicion.says, ScoringWarning, stacklevel=2)
    return scored


def score_answers(
    instrument: Instrument,
    answers: Sequence[Answer],
    *,
    rater: Rater,
    timing: Timing | None,
    plan: Plan | None,
    standard_errors: Mapping[str, float] | None = None,
) -> Score:
    """The score of answers that were read, by a rule that was made ready; ``None`` for a rule refuses.

    Examples:
        >>> from therarel.measures import Strict, instrument
        >>> from therarel.measures.plan import plan_for
        >>> gad = instrument("gad-7")
        >>> plan = plan_for(gad, missing=Strict())
        >>> score_answers(gad, [1.0] * 7, rater=Rater.CLIENT, timing=None, plan=plan).value
        7.0
    """
    missing = tuple(
        MissingItem(item, answer) for item, answer in enumerate(answers, start=1) if isinstance(answer, MissingReason)
    )
    if plan is None:
        # Without a verified scale nothing can be said to lie outside it.
        absent = tuple(gap for gap in missing if gap.reason not in _NO_USE)
        return Score(
            instrument.id,
            None,
            rater,
            timing,
            status=ScoreStatus.NOT_SCORABLE,
            answered=len(answers) - len(absent),
            missing=absent,
            risk=risk_answers(instrument, answers, instrument.reversed_items),
            rule=NOT_VERIFIED,
            instrument_version=instrument.version,
            scorer_version=_scorer(),
        )
    invalid = any(gap.reason in _NO_USE for gap in missing)
    value = None if invalid else _value(plan, plan.total, answers)
    errors = instrument.standard_errors(plan.metric) if standard_errors is None else standard_errors
    scores = {} if invalid or not instrument.parts else _scores(plan, answers)
    return Score(
        instrument.id,
        value,
        rater,
        timing,
        status=_status(invalid=invalid, missing=bool(missing), value=value),
        scale=plan.total.scale,
        answered=len(answers) - len(missing),
        missing=missing,
        subscales=tuple(
            SubscaleScore(group.name, None if invalid else _value(plan, group, answers)) for group in plan.subscales
        ),
        risk=risk_answers(instrument, answers, plan.turned),
        parts=part_scores(instrument.parts, scores, errors),
        rule=plan.rule,
        instrument_version=instrument.version,
        scorer_version=_scorer(),
    )


def _scores(plan: Plan, answers: Sequence[Answer]) -> dict[str, Scaled]:
    """The score of the total, of each subscale and of each item that has a name."""
    form = plan.instrument
    named = [*plan.subscales, plan.total]
    if form.item_names:
        scale = form.range_of(1, plan.metric)
        assert scale is not None  # a scorable instrument has a verified item scale
        named += [
            Group(name=name, items=(item,), needed=1, scale=scale) for item, name in enumerate(form.item_names, 1)
        ]
    return {
        group.name: Scaled(
            _value(plan, group, answers),
            group.scale,
            not any(isinstance(answers[item - 1], MissingReason) for item in group.items),
        )
        for group in named
    }


def _status(*, invalid: bool, missing: bool, value: float | None) -> ScoreStatus:
    if invalid:
        return ScoreStatus.INVALID
    if value is None:
        return ScoreStatus.INCOMPLETE
    return ScoreStatus.PRORATED if missing else ScoreStatus.COMPLETE


def _value(plan: Plan, group: Group, answers: Sequence[Answer]) -> float | None:
    turned, scale = plan.turned, plan.instrument.item_scale
    usable = [
        scale.turned(answer) if item in turned else answer
        for item in group.items
        if not isinstance(answer := answers[item - 1], MissingReason)
    ]
    if len(usable) < group.needed:
        return None
    total = math.fsum(usable)
    if plan.metric is Metric.MEAN:
        return total / len(usable)
    # A complete sum is left as it is: dividing and multiplying could change its last bit.
    return total if len(usable) == len(group.items) else total / len(usable) * len(group.items)


_scorer = lru_cache(maxsize=1)(scorer_version)


def stated_score(
    instrument: str | Instrument,
    value: float | None,
    *,
    rater: Rater | str | None = None,
    timing: Timing | str | None = None,
    metric: Metric | str | None = None,
    subscales: Mapping[str, float] | None = None,
    standard_errors: Mapping[str, float] | None = None,
) -> Score:
    """A total, or scores of subscales, that were handed over without the items; the status says so.

    Args:
        instrument: The instrument or its identifier; also one whose items are not scored.
        value: The total, within the published range where there is one; ``None`` where only subscales were handed over.
        rater: Who answered; needed where the instrument has several respondents.
        timing: Before or after the session; ``None`` if not known.
        metric: Whether scores are a ``sum`` or a ``mean``; ``None`` for the published rule.
        subscales: Scores of subscales by their names; of an instrument without a verified key, any name.
        standard_errors: Standard error of measurement, in points, by the name of the scale; ``None`` takes what is
            verified for the instrument.

    Raises:
        InvalidValueError: if a value lies outside the range, the rater is needed and not stated, or there is neither a
            total nor a subscale.
        UnknownNameError: if the verified key has no such subscale.

    Examples:
        >>> stated_score("oq-45", 71)
        <Score oq-45: 71, stated, by the client; risk answers not recorded>
        >>> blri = stated_score("blri-64", None, rater="client", subscales={"empathic_understanding": 21})
        >>> blri.parts[0].part.label, blri.parts[0].value
        ('empathy', 21.0)
    """
    chosen = resolved(instrument)
    kind = None if metric is None else Metric(metric)
    given = dict(subscales or {})
    if value is None and not given:
        raise InvalidValueError("there is no score", where="value", bound="a total, or subscales={name: score}")
    scaled = {name: Scaled(score, _stated_range(chosen, name, kind), False) for name, score in given.items()}
    scale = chosen.total if kind is None else chosen.range_of(chosen.n_items, kind)
    for name, (number, bounds, _) in scaled.items():
        if bounds is not None and number is not None and number not in bounds:
            raise InvalidValueError(
                "a score lies on its scale",
                where=f"subscales[{shown(name)}]",
                value=shown(number),
                bound=f"{bounds.minimum:g} to {bounds.maximum:g}",
            )
    counted = kind or (chosen.scoring.metric if chosen.scoring else None)
    errors = chosen.standard_errors(counted) if standard_errors is None and counted else standard_errors or {}
    return Score(
        chosen.id,
        value,
        rater_of(chosen, rater),
        None if timing is None else Timing(timing),
        status=ScoreStatus.NOT_SCORABLE if value is None else ScoreStatus.STATED,
        scale=scale,
        subscales=tuple(SubscaleScore(name, score) for name, score in given.items()),
        risk=None if chosen.risk_items else (),
        parts=part_scores(chosen.parts, {**scaled, TOTAL: Scaled(value, scale, False)}, errors),
        rule="stated total" if kind is None else f"stated {kind}",
        instrument_version=chosen.version,
    )


def _stated_range(instrument: Instrument, name: str, metric: Metric | None) -> RatingScale | None:
    """The range of a subscale that was handed over; ``None`` where the instrument's key or rule is not verified."""
    if instrument.key is None:
        return None
    items = instrument.subscale(name).items
    counted = metric or (instrument.scoring.metric if instrument.scoring else None)
    return None if counted is None else instrument.range_of(len(items), counted)
