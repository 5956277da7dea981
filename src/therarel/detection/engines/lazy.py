"""Detection where the data is: the rules over a table of DuckDB, Spark or polars that nobody has to move."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import narwhals as nw
from attrs import field, frozen
from narwhals.typing import IntoLazyFrame

from therarel.detection.context import PanelContext
from therarel.detection.engines.judging import chart_code, drop_code, reliable_code
from therarel.detection.engines.names import PREFIX, column, columns_of, own
from therarel.detection.engines.pooled import with_pooled
from therarel.detection.engines.preparing import Windows, prepared, with_windows
from therarel.detection.engines.recovery import recovery_of
from therarel.detection.engines.sudden import AFTER, BEFORE, sudden_code
from therarel.detection.rules.base import Rule, a_rule
from therarel.detection.rules.chart import ChartSigma, IndividualsChart
from therarel.detection.rules.drop import Drop
from therarel.detection.rules.levels import Reference, Scale
from therarel.detection.rules.own_mean import BelowOwnMean
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.rules.sudden import SuddenLoss
from therarel.detection.verdicts import CODES, Verdict, reason_of, verdict_of
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.panels import SessionIndex
from therarel.tables.forks import use_polars

__all__ = ["ENGINES", "NotInEngineError", "context_for", "detect_lazy"]

FrameT = TypeVar("FrameT", bound=IntoLazyFrame)
Made = tuple[dict[str, nw.Expr], nw.Expr]

ENGINES: Final = ("duckdb", "pyspark", "polars")
"""The engines on which the rules are held equal to the core by tests; a lazy table of another one is refused."""

_WAY_OUT: Final = "therarel.detect(Panel...) knows every rule, and detect_folder does so for data larger than memory"


class NotInEngineError(InvalidValueError):
    """A rule, or a setting of it, that cannot be judged inside an engine; the hint names what can judge it."""


@frozen
class InEngine:
    """How one rule is judged inside an engine.

    Args:
        rule: The rule.
        windows: What it looks at beyond a row itself.
        code: Its helper columns and its verdict code.
        pooled: The pooled figures that it reads.
    """

    rule: Rule
    windows: Windows
    code: Callable[[], Made]
    pooled: frozenset[str] = field(default=frozenset())


def detect_lazy(
    frame: FrameT,
    *,
    dyad: str,
    session: str,
    score: str,
    scale: RatingScale | tuple[float, float],
    higher_is_better: bool | None = None,
    index: SessionIndex | str = SessionIndex.ATTENDED,
    max_gap: float | None = None,
    primary: Rule,
    also: Iterable[Rule] = (),
    recovery: bool = False,
) -> FrameT:
    """Judge every session of a lazy table by one or more rules, inside the engine that holds it.

    Nothing is computed until the result is asked for, and no row leaves the engine: the result is a lazy table of
    the same kind, with the columns of the table and these: for each rule its verdict, under the rule's name, and
    the reason where that is ``undetectable``; and ``left_out``, the reason for which a row with a score is judged as
    if it had none (``outside_scale``, ``repeated_session``, ``no_session``, ``no_dyad``). The verdicts are those of
    `therarel.detect`, row for row; a session that stands twice is tidied by a panel and left out here. Rows come in
    whatever order the engine gives them.

    Rules that can be judged here: `Drop` from the previous session or the person mean, `BelowOwnMean`,
    `IndividualsChart` by rule 1 with sigma from moving ranges, `ReliableDrop` from the previous session,
    `SuddenLoss` and `SuddenGain`.

    Args:
        frame: A DuckDB relation, a PySpark DataFrame or a polars LazyFrame; one row per dyad and session.
        dyad: Column of the dyad's label.
        session: Column of the session, a number; dates are turned into days before.
        score: Column of the score, a number; null and NaN mean that there is none.
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        index: What the session column counts.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        primary: The rule whose columns come first.
        also: Further rules.
        recovery: Whether to add, for each rule, what became of the drop at each flagged session
            (``recovered``, ``open``, ``not_known``) and the session at which it recovered. Sessions are not
            gathered into candidates.

    Raises:
        NotInEngineError: if a rule cannot be judged inside an engine; the hint says what can.
        UnknownNameError: if a column does not exist.
        InvalidValueError: if the table is not lazy or of another engine, a column holds no numbers, or the scale or
            its direction is missing.

    Examples:
        >>> import polars
        >>> from therarel.detection import rules
        >>> table = polars.LazyFrame({"client": ["A"] * 8, "week": range(1, 9), "wai": [4, 4, 4, 4, 4, 4, 4, 2]})
        >>> found = detect_lazy(
        ...     table, dyad="client", session="week", score="wai", scale=(1, 5), higher_is_better=True,
        ...     primary=rules.Drop(k=2), recovery=True,
        ... )
        >>> found.collect().row(7)
        ('A', 8, 2, None, 'flagged', None, 'not_known', None)
    """
    chosen = (a_rule(primary, "primary"), *(a_rule(rule, "also") for rule in also))
    context = context_for(scale, higher_is_better, index, max_gap)
    lazy = _lazy(frame)
    names = columns_of(chosen)
    kept = _checked_columns(lazy, {"dyad": dyad, "session": session, "score": score}, names, recovery)
    known = [in_engine(rule, context, recovery=recovery) for rule in chosen]
    windows = Windows(position=any(each.windows.position for each in known))
    for each in known:
        windows = windows.joined(each.windows)
    table = prepared(
        lazy,
        dyad=dyad,
        session=session,
        score=score,
        context=context,
        higher_is_better=_better(scale, higher_is_better),
        position=windows.position,
    )
    table = with_pooled(table, dyad, frozenset[str]().union(*(each.pooled for each in known)))
    table = with_windows(table, dyad, windows, context)
    wanted = [*kept, "left_out"]
    for name, each in zip(names, known, strict=True):
        first, code = each.code()
        for helper, made in first.items():
            table = table.with_columns(made.alias(own(helper)))
        spoken = nw.when(column("there")).then(code).otherwise(nw.lit(CODES[Verdict.NO_SCORE]))
        table = table.with_columns(spoken.alias(own("code")))
        verdict, reason = _words(column("code"))
        added = {name: verdict, f"{name}_reason": reason}
        if recovery:
            flagged = column("code") == CODES[Verdict.FLAGGED]
            added[f"{name}_recovery"], added[f"{name}_recovered_at"] = recovery_of(
                each.rule, context, flagged, column("level")
            )
        table = table.with_columns(*(value.alias(told) for told, value in added.items()))
        wanted += added
    table = table.with_columns(column("left_out").alias("left_out"))
    result: FrameT = table.select(*wanted).to_native()
    return result


def context_for(
    scale: RatingScale | tuple[float, float],
    higher_is_better: bool | None,
    index: SessionIndex | str = SessionIndex.ATTENDED,
    max_gap: float | None = None,
) -> PanelContext:
    """What rules may know of a table whose rows nobody has seen: its scale, direction and session index.

    Args:
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        index: What the session column counts.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.

    Raises:
        InvalidValueError: if the scale has no range or its direction is not known.
    """
    better = _better(scale, higher_is_better)
    low, high = (scale.minimum, scale.maximum) if isinstance(scale, RatingScale) else scale
    if max_gap is not None and not max_gap > 0:
        raise InvalidValueError("a largest gap is a distance", where="max_gap", value=shown(max_gap), bound="above 0")
    return PanelContext.of_scale(
        float(low),
        float(high),
        higher_is_better=better,
        step=(scale.step or 0.0) if isinstance(scale, RatingScale) else 0.0,
        max_gap=max_gap,
        dated=SessionIndex(index) is not SessionIndex.ATTENDED,
    )


def _better(scale: RatingScale | tuple[float, float], higher_is_better: bool | None) -> bool:
    if isinstance(scale, RatingScale):
        if higher_is_better is not None and higher_is_better is not scale.higher_is_better:
            raise InvalidValueError(
                "scale and higher_is_better disagree", where="higher_is_better", value=shown(higher_is_better)
            )
        return scale.higher_is_better
    if len(_pair(scale)) != 2:
        raise InvalidValueError("a scale is a lowest and a highest score", where="scale", value=shown(scale))
    if higher_is_better is None:
        raise InvalidValueError(
            "the direction of the scores is not known",
            where="higher_is_better",
            hint="say whether a higher score is better; it is never assumed",
        )
    return higher_is_better


def _pair(scale: object) -> tuple[object, ...]:
    """The parts of what should be a pair; none if it has no parts."""
    return tuple(scale) if isinstance(scale, tuple | list) else ()


def _lazy(frame: object) -> nw.LazyFrame[Any]:
    lazy = nw.from_native(frame, pass_through=True)
    if not isinstance(lazy, nw.LazyFrame):
        raise InvalidValueError(
            "a lazy table is needed",
            where="frame",
            value=shown(frame),
            bound="a DuckDB relation, a PySpark DataFrame or a polars LazyFrame",
            hint="of a table in memory make a panel: therarel.detect(therarel.Panel.from_frame(...), ...)",
        )
    if lazy.implementation.is_polars():
        use_polars()
    engine = str(lazy.implementation.value if hasattr(lazy.implementation, "value") else lazy.implementation)
    if engine not in ENGINES:
        raise InvalidValueError(
            "not tested on this engine", where="frame", value=f"'{engine}'", bound=" or ".join(ENGINES)
        )
    return lazy


def _checked_columns(
    lazy: nw.LazyFrame[Any], roles: Mapping[str, str], names: Iterable[str], recovery: bool
) -> list[str]:
    """The table's own columns, once it is known that they can be used."""
    schema = lazy.collect_schema()
    for role, name in roles.items():
        if name not in schema:
            raise UnknownNameError("no such column", where=role, value=shown(name), hint=hint_for(name, list(schema)))
    for role in ("session", "score"):
        if not schema[roles[role]].is_numeric():
            raise InvalidValueError(
                "a column of numbers is needed",
                where=role,
                value=f"{schema[roles[role]]}",
                hint="cast it in the engine; of dates make days since the first one",
            )
    endings = ("", "_reason", "_recovery", "_recovered_at") if recovery else ("", "_reason")
    taken = {"left_out", *(name + ending for name in names for ending in endings)}
    clash = sorted(name for name in schema if name in taken or name.startswith(PREFIX))
    if clash:
        raise InvalidValueError(
            "a column has a name that the result needs", where="frame", value=shown(clash[0]), hint="rename it first"
        )
    return list(schema)


def _words(code: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """Verdict and reason in words."""
    verdict = nw.when(nw.lit(False)).then(nw.lit(None, dtype=nw.String))
    reason = nw.when(nw.lit(False)).then(nw.lit(None, dtype=nw.String))
    for number in sorted(set(CODES.values())):
        why = reason_of(number)
        if why is None:
            verdict = verdict.when(code == number).then(nw.lit(verdict_of(number).value))
        else:
            reason = reason.when(code == number).then(nw.lit(why.value))
    unable = nw.lit(Verdict.UNDETECTABLE.value)
    return verdict.otherwise(unable), reason.otherwise(nw.lit(None, dtype=nw.String))


def in_engine(rule: Rule, context: PanelContext, *, recovery: bool = False) -> InEngine:
    """How a rule is judged inside an engine.

    Raises:
        NotInEngineError: if it cannot be; the hint says what can.
    """
    ahead = 0
    if recovery:
        if rule.recovery.within is None:
            raise _refused(rule, "recovery.within", "None", "give the number of sessions, Recovery(within=...)")
        ahead = rule.recovery.within
    if isinstance(rule, BelowOwnMean):
        same = Drop(k=rule.k, reference="person_mean", scale="person_sd", minimal_drop=rule.minimal_drop)
        return InEngine(rule, Windows(ahead=ahead, spread=True), lambda: drop_code(same, context))
    if isinstance(rule, Drop):
        return _drop(rule, context, ahead)
    if isinstance(rule, IndividualsChart):
        return _chart(rule, context, ahead)
    if isinstance(rule, ReliableDrop):
        if rule.reference is not Reference.PREVIOUS:
            raise _refused(rule, "reference", rule.reference.value, _WAY_OUT)
        pooled = frozenset[str]() if rule.sd is not None else frozenset({"first_sd"})
        return InEngine(rule, Windows(back=1, ahead=ahead), lambda: reliable_code(rule, context), pooled)
    if isinstance(rule, SuddenLoss):
        by_position = math.isinf(context.adjacent)
        looked = Windows(
            back=BEFORE if rule.criterion3 else 1,
            ahead=max(ahead, AFTER - 1 if rule.criterion3 else 0),
            position=by_position,
        )
        return InEngine(rule, looked, lambda: sudden_code(rule, context, by_position=by_position))
    raise _refused(rule, None, rule.name, _WAY_OUT)


def _drop(rule: Drop, context: PanelContext, ahead: int) -> InEngine:
    if rule.reference not in (Reference.PREVIOUS, Reference.PERSON_MEAN):
        raise _refused(rule, "reference", rule.reference.value, _WAY_OUT)
    ranged = rule.scale is Scale.MOVING_RANGE
    looked = Windows(
        back=1 if ranged or rule.reference is Reference.PREVIOUS else 0,
        ahead=max(ahead, 1 if ranged else 0),
        spread=True,
        ranges=ranged,
    )
    pooled = frozenset({rule.scale.pooled}) if rule.scale.pooled else frozenset[str]()
    return InEngine(rule, looked, lambda: drop_code(rule, context), pooled)


def _chart(rule: IndividualsChart, context: PanelContext, ahead: int) -> InEngine:
    for name, expected in (("rules", frozenset({1})), ("screened", False), ("detrended", False)):
        if getattr(rule, name) != expected:
            raise _refused(rule, name, str(rule.settings[name]), _WAY_OUT)
    if rule.autocorrelation:
        raise _refused(rule, "autocorrelation", "True", _WAY_OUT)
    if rule.sigma is not ChartSigma.MOVING_RANGE:
        raise _refused(rule, "sigma", rule.sigma.value, _WAY_OUT)
    looked = Windows(back=1, ahead=max(ahead, 1), spread=True, ranges=True)
    return InEngine(rule, looked, lambda: chart_code(rule, context))


def _refused(rule: Rule, setting: str | None, value: str, hint: str) -> NotInEngineError:
    return NotInEngineError(
        "cannot be judged inside an engine",
        where=type(rule).__name__ + (f".{setting}" if setting else ""),
        value=value,
        bound=None if setting else "Drop, BelowOwnMean, IndividualsChart, ReliableDrop, SuddenLoss, SuddenGain",
        hint=hint,
    )
