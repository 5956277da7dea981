"""A panel against a reading of the same rows one at a time, in plain Python: every row, score and problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl
from attrs import define
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from therarel.panels import NothingReadableError, Panel, PanelPolicy

COLUMNS = ("client", "week", "wai", "counsellor")
SESSIONS: dict[str, float | str | None] = {
    **{str(number): float(number) for number in range(7)},
    "3.0": 3.0,
    " 4": 4.0,
    "": None,
    "nan": None,
    "Post-Rx": "unreadable",
    "2.5": "unreadable",
    "-1": "unreadable",
    "inf": "unreadable",
}
SCORES: dict[str, float | str | None] = {
    **{f"{half / 2:g}": half / 2 for half in range(2, 11)},
    "4.0": 4.0,
    "1e0": 1.0,
    "9": 9.0,
    "0": 0.0,
    "": None,
    "NaN": None,
    ".": None,
    "null": None,
    "x": "unreadable",
    "inf": "unreadable",
    "four": "unreadable",
}
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "A", "B", "C", "C", "D", "", "NA"]),
        st.sampled_from([*SESSIONS, "1", "2", "3"]),
        st.sampled_from([*SCORES, "4", "4", "3", "5"]),
        st.sampled_from(["T1", "T1", "T2", ""]),
    ),
    min_size=1,
    max_size=25,
)
POLICIES = st.builds(
    PanelPolicy,
    missing_score=st.sampled_from(["kept", "left_out"]),
    unreadable_score=st.sampled_from(["score_left_out", "left_out"]),
    out_of_range=st.sampled_from(["score_left_out", "left_out", "kept"]),
    off_step=st.sampled_from(["kept", "score_left_out", "left_out"]),
    duplicates=st.sampled_from(["left_out", "first", "last", "mean"]),
    therapist_change=st.sampled_from(["kept", "left_out"]),
    one_row_dyad=st.sampled_from(["kept", "left_out"]),
    constant_series=st.sampled_from(["kept", "left_out"]),
)


@define
class Line:
    """One row as it is understood so far."""

    row: int
    dyad: str
    session: float
    score: float | None
    therapist: str | None
    seen: float | None = None
    unclear: bool = False


class Reading:
    """The rows that remain and the problems that were listed, by kind, action, row and column."""

    def __init__(self, rows: Sequence[tuple[str, str, str, str]], policy: PanelPolicy, max_gap: float) -> None:
        self.problems: Counter[tuple[str, str, int, str | None]] = Counter()
        self.policy, self.max_gap = policy, max_gap
        self.lines = self.read(rows)
        self.settle_scores()
        self.lines.sort(key=lambda line: (line.dyad, line.session))
        self.settle_repeats()
        self.look_at_dyads()
        self.look_at_labels()

    def note(self, kind: str, action: str, lines: Sequence[Line], column: str | None) -> None:
        """List rows under a kind."""
        for line in lines:
            self.problems[kind, action, line.row, column] += 1

    def read(self, rows: Sequence[tuple[str, str, str, str]]) -> list[Line]:
        """The rows that have a dyad and a session."""
        found = []
        for place, (dyad, session, score, therapist) in enumerate(rows, start=1):
            at, value = SESSIONS[session], SCORES[score]
            line = Line(place, dyad, 0.0, value if isinstance(value, float) else None, therapist or None)
            line.seen, line.unclear = line.score, value == "unreadable"
            if not dyad:
                empty = at is None and value is None
                kind, column = ("empty_row", None) if empty else ("missing_dyad", "client")
                self.note(kind, "left_out", [line], column)
            elif not isinstance(at, float):
                self.note("missing_session" if at is None else "unreadable_session", "left_out", [line], "week")
            else:
                line.session = at
                found.append(line)
        return found

    def done(self, kind: str, action: str, lines: Sequence[Line], column: str | None) -> None:
        """List rows, and leave them or their scores out where that was decided."""
        self.note(kind, action, lines, column)
        if action == "left_out":
            self.lines = [line for line in self.lines if line not in lines]
        elif action == "score_left_out":
            for line in lines:
                line.score = None

    def settle_scores(self) -> None:
        """Scores that are missing, unreadable, outside the scale from 1 to 5, or fractions among whole numbers."""
        missing = [line for line in self.lines if line.score is None and not line.unclear]
        unclear = [line for line in self.lines if line.unclear]
        self.done("missing_score", self.policy.missing_score.value, missing, "wai")
        self.done("unreadable_score", self.policy.unreadable_score.value, unclear, "wai")
        outside = [line for line in self.lines if line.score is not None and not 1 <= line.score <= 5]
        self.done("out_of_range", self.policy.out_of_range.value, outside, "wai")
        scored = [line for line in self.lines if line.score is not None]
        odd = [line for line in scored if line.score is not None and line.score % 1 != 0]
        if odd and 1 - len(odd) / len(scored) >= 0.9:
            self.done("off_step", self.policy.off_step.value, odd, "wai")

    def settle_repeats(self) -> None:
        """One row for each dyad and session."""
        kept = []
        for key in sorted({(line.dyad, line.session) for line in self.lines}):
            group = sorted((line for line in self.lines if (line.dyad, line.session) == key), key=lambda line: line.row)
            if len(group) > 1 and any(line.seen is not None for line in group):
                self.note("duplicate", "merged", [line for line in group if line.seen is None], None)
                group = [line for line in group if line.seen is not None]
            kept += [group[0]] if len(group) == 1 else self.of_several(group)
        self.lines = kept

    def of_several(self, group: list[Line]) -> list[Line]:
        """The row that stands for several of one session."""
        scores_said = {line.seen for line in group if line.seen is not None}
        therapists = {line.therapist for line in group if line.therapist is not None}
        if len(scores_said) <= 1 and len(therapists) <= 1 and len({line.unclear for line in group}) == 1:
            best = min(group, key=lambda line: (line.score is None, line.row))
            best.therapist = next((line.therapist for line in group if line.therapist is not None), None)
            best.score = next((line.score for line in group if line.score is not None), None)
            self.note("duplicate", "merged", [line for line in group if line is not best], None)
            return [best]
        choice = self.policy.duplicates.value
        if choice == "left_out":
            self.note("conflicting_duplicate", "left_out", group, "wai")
            return []
        best = group[-1] if choice == "last" else group[0]
        if choice == "mean":
            scores = sorted(line.score for line in group if line.score is not None)
            best.score = sum(scores) / len(scores) if scores else None
            best.therapist = next(iter(therapists)) if len(therapists) == 1 else None
        self.note("conflicting_duplicate", "merged", [line for line in group if line is not best], "wai")
        return [best]

    def look_at_dyads(self) -> None:
        """Changes of therapist, gaps, single sessions and flat series; a dyad is left out whole."""
        changed: list[Line] = []
        wide: list[Line] = []
        for dyad in self.dyads():
            known = None
            for line in dyad:
                if line.therapist is not None:
                    changed += [line] if known not in (None, line.therapist) else []
                    known = line.therapist
        self.of_dyads("therapist_change", self.policy.therapist_change.value, changed, "counsellor")
        for dyad in self.dyads():
            wide += [now for before, now in pairwise(dyad) if now.session - before.session > self.max_gap]
        self.of_dyads("gap", "kept", wide, "week")
        alone = [dyad[0] for dyad in self.dyads() if len(dyad) == 1]
        self.of_dyads("one_row_dyad", self.policy.one_row_dyad.value, alone, None)
        flat = []
        for dyad in self.dyads():
            scores = [line.score for line in dyad if line.score is not None]
            flat += [dyad[0]] if len(scores) >= 3 and len(set(scores)) == 1 else []
        self.of_dyads("constant_series", self.policy.constant_series.value, flat, "wai")

    def of_dyads(self, kind: str, action: str, lines: list[Line], column: str | None) -> None:
        """List rows, or all rows of their dyads where these are left out."""
        gone = {line.dyad for line in lines}
        if action == "left_out":
            lines = [line for line in self.lines if line.dyad in gone]
        self.done(kind, action, lines, column)

    def dyads(self) -> list[list[Line]]:
        """The rows of each dyad."""
        return [[line for line in self.lines if line.dyad == dyad] for dyad in sorted({e.dyad for e in self.lines})]

    def look_at_labels(self) -> None:
        """Labels that are words for nothing, and rows without a therapist among rows that have one."""
        self.note("word_as_label", "kept", [line for line in self.lines if line.dyad == "NA"], "client")
        without = [line for line in self.lines if line.therapist is None]
        if len(without) < len(self.lines):
            self.note("missing_therapist", "kept", without, "counsellor")


def panel_of(rows: Sequence[tuple[str, str, str, str]], policy: PanelPolicy, **more: Any) -> Panel | None:
    """A panel of rows of text; ``None`` where no row can be used."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    names = dict(zip(("dyad", "session", "score", "therapist"), COLUMNS, strict=True))
    try:
        return Panel.from_frame(frame, **names, scale=(1, 5), higher_is_better=True, policy=policy, **more)  # type: ignore[arg-type]
    except NothingReadableError:
        return None


@settings(max_examples=300, deadline=None)
@given(ROWS, POLICIES, st.sampled_from([1, 2, 2.5]))
def test_every_row_score_and_problem_is_what_a_plain_reading_finds(
    rows: list[tuple[str, str, str, str]], policy: PanelPolicy, max_gap: float
) -> None:
    """The rows that remain, their scores and therapists, and each problem with its action, row and column."""
    panel = panel_of(rows, policy, max_gap=max_gap)
    reading = Reading(rows, policy, max_gap)
    if panel is None:
        assert all(line.score is None for line in reading.lines)
        return
    assume(any(line.score is not None for line in reading.lines))
    found = panel.to_frame("polars").select("row", "dyad", "session", "score", "therapist").rows()
    assert found == [(each.row, each.dyad, each.session, each.score, each.therapist) for each in reading.lines]
    listed = Counter(panel.problem_rows("polars").select("kind", "action", "row", "column").rows())
    assert listed == reading.problems
    summary = panel.summary()
    assert summary.rows_read == len(rows)
    assert summary.rows_left_out == sum(count for key, count in listed.items() if key[1] == "left_out")
    assert summary.rows_merged == sum(count for key, count in listed.items() if key[1] == "merged")
    assert summary.problems == dict(_by_kind(listed))
    for entry in panel.problems:
        of_it = sorted(row for kind, action, row, _ in listed if (kind, action) == (entry.kind, entry.action))
        assert set(entry.rows) <= set(of_it)
        assert (entry.row is None) == (entry.count != 1)


def _by_kind(listed: Counter[tuple[str, str, int, str | None]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for (kind, _, _, _), count in listed.items():
        counts[kind] += count
    return counts
