"""What is fed to the rules: rows of whole dyads in the order of their sessions, wherever they come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.context import PanelContext, context_for, scale_for
from therarel.detection.engine import ROWS, concluded, in_order, spread_out, spread_over
from therarel.detection.episodes import RecoveryStatus, episodes_of
from therarel.detection.frames import columns_of, figures_of_dyads
from therarel.detection.learning import Learning
from therarel.detection.rules.base import Rule, a_rule
from therarel.detection.series import Series, scored
from therarel.detection.verdicts import CODES, Verdict, code_of, reason_of, verdict_of
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.panels import SessionIndex
from therarel.tables.frames import worded
from therarel.vocabulary import Vocabulary

__all__ = [
    "Feed",
    "Frame",
    "LeftOut",
    "Per",
    "Rows",
    "checked_columns",
    "feed_for",
    "frame_of",
    "quoted",
    "whole_dyads",
]

Floats = npt.NDArray[np.float64]
Starts = npt.NDArray[np.intp]
Codes = npt.NDArray[np.uint8]
Frame = nw.DataFrame[Any]
"""A table in memory, of any library."""
Per = Literal["session", "dyad"]
"""What a row of a result stands for."""


class LeftOut(Vocabulary, links={}):
    """Why a row that holds a score is judged as if it had none."""

    NO_DYAD = "no_dyad"
    """The row does not say whose session it is."""
    NO_SESSION = "no_session"
    """The row does not say which session it is."""
    OUTSIDE_SCALE = "outside_scale"
    """The score lies outside the scale."""
    REPEATED_SESSION = "repeated_session"
    """The dyad has another row for the same session."""


_LEFT_OUT: Final = tuple(LeftOut)
_WHY: Final = {0: None, **{place: why.value for place, why in enumerate(_LEFT_OUT, start=1)}}
_VERDICTS: Final = {code: verdict_of(code).value for code in CODES.values()}
_REASONS: Final = {code: None if (why := reason_of(code)) is None else why.value for code in CODES.values()}
_STATUSES: Final = {0: None, **{place: each.value for place, each in enumerate(RecoveryStatus, start=1)}}


@frozen(eq=False)
class Rows:
    """Whole dyads as arrays, in the order of dyads and sessions.

    Args:
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        named: Which rows say whose session they are; shape ``(n,)``.
        session: Sessions, NaN where there is none; shape ``(n,)``.
        score: Scores as they stand, NaN where there is none; shape ``(n, c)``, the primary ones first.
    """

    starts: npt.NDArray[np.intp]
    named: npt.NDArray[np.bool_]
    session: Floats
    score: Floats


@frozen(eq=False)
class Prepared:
    """The scored sessions of some rows.

    Args:
        series: The scored sessions, oriented; ``None`` where there is not one.
        there: The rows that they are; shape ``(n,)``.
        dyads: The dyads that have one; shape ``(g,)``.
        left_out: For each row a number, 0 or one more than the place in `LeftOut`; shape ``(n,)``.
    """

    series: Series | None
    there: npt.NDArray[np.bool_]
    dyads: npt.NDArray[np.bool_]
    left_out: Codes


@frozen(eq=False)
class Judged:
    """What the rules say of some rows; each list has one item per rule.

    Args:
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        named: Which dyads have a label; shape ``(g,)``.
        codes: Verdict codes; each ``(n,)``.
        became: What became of the drop at each flagged session, 0 or one more than the place in `RecoveryStatus`;
            empty where nobody asked.
        back: Session at which it recovered, NaN elsewhere; empty where nobody asked.
        dyads: What each rule says of the dyads as a whole, NaN for one without a score; each ``(g,)``.
        left_out: See `Prepared`.
    """

    starts: Starts
    named: npt.NDArray[np.bool_]
    codes: list[Codes]
    became: list[Codes]
    back: list[Floats]
    dyads: list[Mapping[str, Floats]]
    left_out: Codes


@frozen(kw_only=True)
class Feed:
    """Rules, and where in a table they find what they judge; a plain value that travels to other machines.

    Args:
        dyad: Column of the dyad's label.
        session: Column of the session.
        scores: Columns of the scores, the primary one first.
        rules: The rules.
        context: The scale, and what has been learnt.
        higher_is_better: Direction of the scores.
        recovery: Whether to say what became of the drop at each flagged session.
    """

    dyad: str
    session: str
    scores: tuple[str, ...]
    rules: tuple[Rule, ...]
    context: PanelContext
    higher_is_better: bool
    recovery: bool = field(default=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The name of each rule's column."""
        return columns_of(self.rules)

    def starts_of(self, frame: Frame) -> Starts:
        """Row at which each dyad of a sorted table begins, and the number of rows; shape ``(g + 1,)``."""
        label = frame[self.dyad]
        if not len(label):
            return np.zeros(1, dtype=np.intp)
        other = (label[1:] != label[:-1]).fill_null(value=True).to_numpy()
        return np.concatenate(([0], np.flatnonzero(other) + 1, [len(label)]))

    def parts_of(self, frame: Frame, starts: Starts) -> Iterator[tuple[Frame, Starts]]:
        """The table in parts of whole dyads that fit a processor's cache, and where their dyads begin."""
        begin, last = 0, starts.size - 1
        while begin < last:
            end = max(int(np.searchsorted(starts, starts[begin] + ROWS, side="right")) - 1, begin + 1)
            first, stop = int(starts[begin]), int(starts[end])
            yield frame[first:stop], starts[begin : end + 1] - first
            begin = end

    def rows_of(self, frame: Frame, starts: Starts) -> Rows:
        """Rows of a sorted table as arrays."""
        session, *scores = (frame[name].cast(nw.Float64).to_numpy() for name in (self.session, *self.scores))
        return Rows(starts, ~frame[self.dyad].is_null().to_numpy(), session, np.stack(scores, axis=1))

    def prepared(self, rows: Rows) -> Prepared:
        """What of some rows counts as a score, and why the rest does not."""
        primary = rows.score[:, 0]
        held, nowhere = ~np.isnan(primary), np.isnan(rows.session)
        same = np.zeros(primary.size, dtype=np.bool_)
        same[1:] = rows.session[1:] == rows.session[:-1]
        same[rows.starts[:-1][rows.starts[:-1] < primary.size]] = False
        again = same.copy()
        again[:-1] |= same[1:]
        turned = rows.score if self.higher_is_better else -rows.score
        low, high = self.context.minimum - self.context.tolerance, self.context.maximum + self.context.tolerance
        with np.errstate(invalid="ignore"):
            outside = (turned < low) | (turned > high)
        left_out = np.zeros(primary.size, dtype=np.uint8)
        for why, found in (
            (LeftOut.OUTSIDE_SCALE, outside[:, 0]),
            (LeftOut.REPEATED_SESSION, again),
            (LeftOut.NO_SESSION, nowhere),
            (LeftOut.NO_DYAD, ~rows.named),
        ):
            left_out[found & held] = 1 + _LEFT_OUT.index(why)
        counted = ~again & ~nowhere & rows.named
        there = counted & (left_out == 0) & held
        before = np.concatenate(([0], np.cumsum(there)))[rows.starts]
        dyads = np.diff(before) > 0
        if not there.any():
            return Prepared(None, there, dyads, left_out)
        starts, session, score = rows.starts, rows.session, rows.score
        if left_out.any():
            score = np.where((left_out == 0)[:, None] & ~outside, score, np.nan)
        elif score.shape[1] > 1:
            score = np.where(outside, np.nan, score)
        if not counted.all():
            starts = np.concatenate(([0], np.cumsum(counted)))[starts]
            session, score = session[counted], score[counted]
        beside = score[:, 1:] if score.shape[1] > 1 else None
        better = self.higher_is_better
        series, _, _ = scored(starts, session, score[:, 0], higher_is_better=better, beside=beside)
        return Prepared(series, there, dyads, left_out)

    def learning(self) -> Learning:
        """Where what the rules learn is gathered."""
        return Learning(self.rules, self.context)

    def learn(self, learning: Learning, frame: Frame, *, threads: int = 1) -> list[tuple[Rows, Prepared]]:
        """Learn from the whole dyads of a sorted table, and give what was prepared for it, part by part."""
        sampled = any(rule.sample for rule in self.rules)

        def one(part: tuple[Frame, Starts]) -> tuple[Learning, tuple[Rows, Prepared]]:
            rows = self.rows_of(*part)
            found, learnt = self.prepared(rows), self.learning()
            if found.series is not None:
                labels = part[0][self.dyad].to_list() if sampled else ()
                begins = rows.starts[:-1][found.dyads].tolist() if sampled else ()
                learnt.take(found.series, [labels[begin] for begin in begins])
            return learnt, (rows, found)

        kept = []
        for learnt, prepared in in_order(one, self.parts_of(frame, self.starts_of(frame)), threads):
            learning.join(learnt)
            kept.append(prepared)
        return kept

    def learnt(self, learning: Learning) -> Feed:
        """The feed with rules that have learnt."""
        rules, context = learning.learnt()
        return evolve(self, rules=tuple(rules), context=context)

    def judged(self, frame: Frame, *, prepared: Sequence[tuple[Rows, Prepared]] = (), threads: int = 1) -> Judged:
        """Judge the whole dyads of a sorted table.

        Args:
            frame: The table.
            prepared: What `learn` has prepared of it; not prepared again.
            threads: Number of threads; never changes the answer.
        """
        starts = self.starts_of(frame)

        def fresh(part: tuple[Frame, Starts]) -> Judged:
            rows = self.rows_of(*part)
            return self._judged((rows, self.prepared(rows)))

        if prepared:
            parts = list(in_order(self._judged, prepared, threads))
        else:
            parts = list(in_order(fresh, self.parts_of(frame, starts), threads))
        sizes = [part.starts.size - 1 for part in parts]

        def joined(arrays: Iterable[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
            return np.concatenate([np.empty(0, dtype=kind), *arrays])

        several = range(len(self.rules))
        return Judged(
            starts,
            joined((part.named for part in parts), np.bool_),
            [joined((part.codes[at] for part in parts), np.uint8) for at in several],
            [joined((part.became[at] for part in parts), np.uint8) for at in several if self.recovery],
            [joined((part.back[at] for part in parts), np.float64) for at in several if self.recovery],
            [_joined(rule, [part.dyads[at] for part in parts], sizes) for at, rule in enumerate(self.rules)],
            joined((part.left_out for part in parts), np.uint8),
        )

    def _judged(self, part: tuple[Rows, Prepared]) -> Judged:
        rows, found = part
        codes: list[Codes] = []
        became: list[Codes] = []
        back: list[Floats] = []
        dyads: list[Mapping[str, Floats]] = []
        for rule in self.rules:
            codes.append(np.full(found.there.size, code_of(Verdict.NO_SCORE)))
            dyads.append({})
            if self.recovery:
                became.append(np.zeros(found.there.size, dtype=np.uint8))
                back.append(np.full(found.there.size, math.nan))
            if found.series is None:
                continue
            verdicts = rule.verdicts(found.series, self.context, values=self.recovery)
            codes[-1] = spread_out(verdicts.code, found.there)
            dyads[-1] = {name: spread_over(told, found.dyads) for name, told in verdicts.dyads.items()}
            if self.recovery:
                drops = episodes_of(rule, found.series, verdicts, self.context, merges=False)
                at = np.flatnonzero(found.there)[drops.flagged]
                became[-1][at] = drops.status + 1
                again = drops.recovered >= 0
                back[-1][at[again]] = found.series.session[drops.recovered[again]]
        begins = rows.starts[:-1]
        return Judged(rows.starts, rows.named[begins], codes, became, back, dyads, found.left_out)

    def told(self, frame: Frame, judged: Judged) -> Frame:
        """The table with what was found: verdict and reason of each rule, and what was left out."""
        backend = frame.implementation
        made: list[nw.Series[Any]] = []
        for at, name in enumerate(self.columns):
            code = judged.codes[at]
            made += [_words(name, code, _VERDICTS, backend), _words(f"{name}_reason", code, _REASONS, backend)]
            if self.recovery:
                made += [
                    _words(f"{name}_recovery", judged.became[at], _STATUSES, backend),
                    _numbers(f"{name}_recovered_at", judged.back[at], backend),
                ]
        return frame.with_columns(*made, _words("left_out", judged.left_out, _WHY, backend))

    def told_of_dyads(self, frame: Frame, judged: Judged) -> Frame:
        """One row per dyad that has a name: its label, scored sessions, and what each rule says of it."""
        begins = judged.starts[:-1][judged.named]
        table = frame.select(self.dyad)[begins.tolist()]
        figures = figures_of_dyads(self.columns, judged.codes, judged.dyads, judged.starts)
        made = [
            _numbers(name, np.asarray(values)[judged.named], frame.implementation) for name, values in figures.items()
        ]
        told: Frame = table.with_columns(*made)
        return told

    def concluded(self, table: Frame) -> Frame:
        """The table of all dyads, with what the rules say once they know all of them."""
        made: list[nw.Series[Any]] = []
        for rule, name in zip(self.rules, self.columns, strict=True):
            known = {each: table[f"{name}_{each}"].cast(nw.Float64).to_numpy() for each in rule.of_dyads}
            told = concluded(rule, [known], [len(table)], self.context)
            made += [_numbers(f"{name}_{each}", values, table.implementation) for each, values in told.items()]
        return table.with_columns(*made) if made else table


def _joined(rule: Rule, parts: Sequence[Mapping[str, Floats]], sizes: Sequence[int]) -> Mapping[str, Floats]:
    """What a rule said of the dyads of each part, one after the other; NaN where it said nothing."""
    return {
        name: np.concatenate(
            [np.empty(0), *(part.get(name, np.full(size, np.nan)) for part, size in zip(parts, sizes, strict=True))]
        )
        for name in rule.of_dyads
    }


def _words(name: str, code: Codes, words: Mapping[int, str | None], backend: Any) -> nw.Series[Any]:
    """A column of words of a type that holds each word once, null where a code has none."""
    if backend.is_polars():
        return nw.from_native(worded({name: (code, words)})[name], series_only=True)
    import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

    known = list(dict.fromkeys(word for word in words.values() if word is not None))
    places = np.zeros(256, dtype=np.int8)
    places[list(words)] = [known.index(word) if word is not None else -1 for word in words.values()]
    at = places[code]
    column = pa.DictionaryArray.from_arrays(pa.array(at, mask=at < 0), pa.array(known, pa.string()))
    told: nw.Series[Any] = nw.from_native(pa.chunked_array([column]), series_only=True).alias(name)
    return told


def _numbers(name: str, values: npt.NDArray[Any], backend: Any) -> nw.Series[Any]:
    """A column of numbers, null where there is none."""
    if values.dtype.kind != "f":
        return nw.new_series(name, values, nw.Int64, backend=backend)
    found = nw.new_series(name, values, nw.Float64, backend=backend)
    return found.to_frame().select(nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name))[name]


def frame_of(batch: Any) -> Frame:
    """An Arrow batch as a table."""
    import pyarrow as pa

    return nw.from_native(pa.Table.from_batches([batch]), eager_only=True)


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def whole_dyads(frames: Iterable[Frame], dyad: str) -> Iterator[Frame]:
    """Sorted tables that hold whole dyads: the last dyad of a table waits for the next one.

    Args:
        frames: Tables, sorted by dyad one after the other.
        dyad: Column of the dyad's label.
    """
    waiting: Frame | None = None
    for frame in frames:
        if not len(frame):
            continue
        joined = frame if waiting is None else nw.concat([waiting, frame])
        label = joined[dyad]
        other = (label[1:] != label[:-1]).fill_null(value=False).to_numpy() | (
            label[1:].is_null() != label[:-1].is_null()
        ).to_numpy()
        cuts = np.flatnonzero(other)
        if not cuts.size:
            waiting = joined
            continue
        cut = int(cuts[-1]) + 1
        yield joined[:cut]
        waiting = joined[cut:]
    if waiting is not None:
        yield waiting


def feed_for(
    *,
    dyad: str,
    session: str,
    score: str | Sequence[str],
    scale: RatingScale | tuple[float, float],
    higher_is_better: bool | None,
    index: SessionIndex | str,
    max_gap: float | None,
    primary: Rule,
    also: Iterable[Rule],
    recovery: bool = False,
) -> Feed:
    """Rules and columns as a feed, checked; the arguments are those of `detect_lazy`.

    Raises:
        InvalidValueError: if a rule is none, needs a second column of scores, or the scale or its direction is missing.
    """
    chosen = (a_rule(primary, "primary"), *(a_rule(rule, "also") for rule in also))
    stated = scale_for(scale, higher_is_better)
    scores = (score,) if isinstance(score, str) else tuple(score)
    for rule in chosen:
        if rule.raters > len(scores):
            raise InvalidValueError(
                "the rule reads the scores of two raters",
                where="score",
                value=f"'{rule.name}'",
                hint="name both columns, score=(client, therapist)",
            )
    return Feed(
        dyad=dyad,
        session=session,
        scores=scores,
        rules=chosen,
        context=context_for(stated, index, max_gap),
        higher_is_better=stated.higher_is_better,
        recovery=recovery,
    )


def checked_columns(schema: Mapping[str, nw.dtypes.DType], feed: Feed) -> None:
    """Make sure that a table has the columns of a feed, and none of those that the result gets.

    Raises:
        UnknownNameError: if a column does not exist.
        InvalidValueError: if sessions or scores are no numbers, or a column has a name that the result needs.
    """
    roles = {"dyad": feed.dyad, "session": feed.session, **dict.fromkeys(("score",), feed.scores[0])}
    for role, name in [*roles.items(), *(("score", other) for other in feed.scores[1:])]:
        if name not in schema:
            raise UnknownNameError("no such column", where=role, value=shown(name), hint=hint_for(name, list(schema)))
        if role != "dyad" and not schema[name].is_numeric():
            raise InvalidValueError(
                "a column of numbers is needed",
                where=role,
                value=f"{schema[name]}",
                hint="cast it in the engine; of dates make days since the first one",
            )
    endings = ("", "_reason", "_recovery", "_recovered_at") if feed.recovery else ("", "_reason")
    taken = {"left_out", *(name + ending for name in feed.columns for ending in endings)}
    clash = sorted(taken & set(schema))
    if clash:
        raise InvalidValueError(
            "a column has a name that the result needs", where="frame", value=shown(clash[0]), hint="rename it first"
        )
