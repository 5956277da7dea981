"""What is fed to the rules: rows of whole dyads in the order of their sessions, wherever they come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.change import Change
from therarel.detection.engine import concluded, in_order, spread_out, spread_over
from therarel.detection.episodes import RecoveryStatus, ending_of, episodes_of
from therarel.detection.feeding.rows import Frame, LeftOut, Prepared, Rows, numbers, prepared, words
from therarel.detection.judged import figures_of_dyads
from therarel.detection.learning import Learning
from therarel.detection.rules.arguments import columns_of, rules_of
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import CODES, Verdict, code_of, reason_of, verdict_of
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.noise.context import PanelContext, context_for, scale_for
from therarel.panels import SessionIndex
from therarel.tables.arrays import Codes, Floats, Truths, Whole

Per = Literal["session", "dyad"]
"""What a row of a result stands for."""

ROWS = 524288
"""Rows that are worked on at a time: each part of an engine's table is turned into arrays, and fewer are quicker."""

_WHY: Final = {0: None, **{place: why.value for place, why in enumerate(LeftOut, start=1)}}
_VERDICTS: Final = {code: verdict_of(code).value for code in CODES.values()}
_REASONS: Final = {code: None if (why := reason_of(code)) is None else why.value for code in CODES.values()}
_ENDINGS: Final = {
    change: {0: None, **{place: ending_of(each, change).value for place, each in enumerate(RecoveryStatus, start=1)}}
    for change in Change
}


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

    starts: Whole
    named: Truths
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

    def starts_of(self, frame: Frame) -> Whole:
        """Row at which each dyad of a sorted table begins, and the number of rows; shape ``(g + 1,)``."""
        label = frame[self.dyad]
        if not len(label):
            return np.zeros(1, dtype=np.intp)
        unlike = label[1:] != label[:-1]
        if unlike.null_count():  # a label beside none compares as neither
            unlike = unlike | unlike.is_null()
        other = unlike.to_numpy()
        return np.concatenate(([0], np.flatnonzero(other) + 1, [len(label)]))

    def parts_of(self, frame: Frame, starts: Whole) -> Iterator[tuple[Frame, Whole]]:
        """The table in parts of whole dyads, and where their dyads begin."""
        begin, last = 0, starts.size - 1
        while begin < last:
            end = max(int(np.searchsorted(starts, starts[begin] + ROWS, side="right")) - 1, begin + 1)
            first, stop = int(starts[begin]), int(starts[end])
            yield frame[first:stop], starts[begin : end + 1] - first
            begin = end

    def rows_of(self, frame: Frame, starts: Whole) -> Rows:
        """Rows of a sorted table as arrays."""
        session, *scores = (frame[name].cast(nw.Float64).to_numpy() for name in (self.session, *self.scores))
        return Rows(starts, ~frame[self.dyad].is_null().to_numpy(), session, np.stack(scores, axis=1))

    def learning(self) -> Learning:
        """Where what the rules learn is gathered."""
        return Learning(self.rules, self.context)

    def learn(
        self, learning: Learning, frame: Frame, starts: Whole | None = None, *, threads: int = 1
    ) -> list[tuple[Rows, Prepared]]:
        """Learn from the whole dyads of a sorted table, and give what was prepared for it, part by part.

        Args:
            learning: Where it is gathered.
            frame: The table.
            starts: Row at which each dyad begins; looked for if not given.
            threads: Number of threads; never changes the answer.
        """
        sampled = any(rule.sample for rule in self.rules)

        def one(part: tuple[Frame, Whole]) -> tuple[Learning, tuple[Rows, Prepared]]:
            rows = self.rows_of(*part)
            found, learnt = prepared(rows, self.context, higher_is_better=self.higher_is_better), self.learning()
            if found.series is not None:
                labels = part[0][self.dyad].to_list() if sampled else ()
                begins = rows.starts[:-1][found.dyads].tolist() if sampled else ()
                learnt.take(found.series, [labels[begin] for begin in begins])
            return learnt, (rows, found)

        kept = []
        for learnt, ready in in_order(
            one, self.parts_of(frame, self.starts_of(frame) if starts is None else starts), threads
        ):
            learning.join(learnt)
            kept.append(ready)
        return kept

    def learnt(self, learning: Learning) -> Feed:
        """The feed with rules that have learnt."""
        rules, context = learning.learnt()
        return evolve(self, rules=tuple(rules), context=context)

    def judged(
        self,
        frame: Frame,
        starts: Whole | None = None,
        *,
        ready: Sequence[tuple[Rows, Prepared]] = (),
        threads: int = 1,
    ) -> Judged:
        """Judge the whole dyads of a sorted table.

        Args:
            frame: The table.
            starts: Row at which each dyad begins; looked for if not given.
            ready: What `learn` has prepared of it; not prepared again.
            threads: Number of threads; never changes the answer.
        """
        starts = self.starts_of(frame) if starts is None else starts

        def fresh(part: tuple[Frame, Whole]) -> Judged:
            rows = self.rows_of(*part)
            return self._judged((rows, prepared(rows, self.context, higher_is_better=self.higher_is_better)))

        if ready:
            parts = list(in_order(self._judged, ready, threads))
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

    def with_verdicts(self, frame: Frame, judged: Judged) -> Frame:
        """The table with what was found: verdict and reason of each rule, and what was left out."""
        backend = frame.implementation
        made: list[nw.Series[Any]] = []
        for at, (rule, name) in enumerate(zip(self.rules, self.columns, strict=True)):
            code, change = judged.codes[at], rule.change
            made += [words(name, code, _VERDICTS, backend), words(f"{name}_reason", code, _REASONS, backend)]
            if self.recovery:
                made += [
                    words(f"{name}_{change.ending}", judged.became[at], _ENDINGS[change], backend),
                    numbers(f"{name}_{change.ended_at}", judged.back[at], backend),
                ]
        return frame.with_columns(*made, words("left_out", judged.left_out, _WHY, backend))

    def dyads_with_verdicts(self, frame: Frame, judged: Judged) -> Frame:
        """One row per dyad that has a name: its label, scored sessions, and what each rule says of it."""
        begins = judged.starts[:-1][judged.named]
        table = frame.select(self.dyad)[begins.tolist()]
        figures = figures_of_dyads(self.columns, judged.codes, judged.dyads, judged.starts)
        made = [
            numbers(name, np.asarray(values)[judged.named], frame.implementation) for name, values in figures.items()
        ]
        told: Frame = table.with_columns(*made)
        return told

    def concluded(self, table: Frame) -> Frame:
        """The table of all dyads, with what the rules say once they know all of them."""
        made: list[nw.Series[Any]] = []
        for rule, name in zip(self.rules, self.columns, strict=True):
            known = {each: table[f"{name}_{each}"].cast(nw.Float64).to_numpy() for each in rule.of_dyads}
            told = concluded(rule, [known], [len(table)], self.context)
            made += [numbers(f"{name}_{each}", values, table.implementation) for each, values in told.items()]
        return table.with_columns(*made) if made else table


def _joined(rule: Rule, parts: Sequence[Mapping[str, Floats]], sizes: Sequence[int]) -> Mapping[str, Floats]:
    """What a rule said of the dyads of each part, one after the other; NaN where it said nothing."""
    return {
        name: np.concatenate(
            [np.empty(0), *(part.get(name, np.full(size, np.nan)) for part, size in zip(parts, sizes, strict=True))]
        )
        for name in rule.of_dyads
    }


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
        InvalidValueError: if a rule is not a rule, needs a second column of scores, or the scale or its direction is
            missing.
    """
    chosen = rules_of(primary, also)
    stated = scale_for(scale, higher_is_better)
    scores = (score,) if isinstance(score, str) else tuple(score) if isinstance(score, tuple | list) else ()
    if not scores:
        raise InvalidValueError(
            "a column of scores is named",
            where="score",
            value=shown(score),
            hint="score='wai', or both raters' columns",
        )
    for rule in chosen:
        if rule.n_raters > len(scores):
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
        InvalidValueError: if sessions or scores are not numbers, or a column has a name that the result needs.
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
    taken = {"left_out"}
    for rule, name in zip(feed.rules, feed.columns, strict=True):
        taken |= {name, f"{name}_reason"}
        if feed.recovery:
            taken |= {f"{name}_{rule.change.ending}", f"{name}_{rule.change.ended_at}"}
    clash = sorted(taken & set(schema))
    if clash:
        raise InvalidValueError(
            "a column has a name that the result needs", where="frame", value=shown(clash[0]), hint="rename it first"
        )
