"""A panel: session-by-session scores of many dyads, and everything that is known about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, Unpack

from attrs import evolve, frozen
from narwhals.typing import IntoFrame
from numpy.typing import ArrayLike

from therarel.counting import counted
from therarel.domain.parts import RelationshipPart
from therarel.domain.ratings import Rater
from therarel.drawing import Chart
from therarel.machine import Course
from therarel.panels.blocks import starts_of
from therarel.panels.building import build
from therarel.panels.courses import recorded
from therarel.panels.data import PanelData
from therarel.panels.figures import draw_dyads, draw_panel
from therarel.panels.guessing import guess_columns, guess_dyad
from therarel.panels.meaning import Meaning
from therarel.panels.options import (
    AllOptions,
    CellOptions,
    ColumnOptions,
    PanelOptions,
    PanelPolicy,
    documented,
    settled,
)
from therarel.panels.problems import NothingReadableError, rows_lost
from therarel.panels.summary import PanelSummary, summarise
from therarel.panels.table import RawTable, Roles, from_wide, raw_table
from therarel.representation import one_line
from therarel.tables import Limits, OpenTable, open_file
from therarel.tables.frames import known_kind, of_arrays, open_frame
from therarel.tables.opening import EmptyTableError
from therarel.tables.spool import TableFile


@frozen(eq=False)
class Panel(PanelData):
    """Session-by-session scores of many dyads, one score per dyad and session, in order.

    A panel is made by `read`, `from_frame`, `from_wide` or `from_arrays`. It knows what its scores are scores of,
    on which scale and in which direction, who rated, and what its session numbers count. Whatever could not be
    taken as it stood is listed in `problems`; nothing is clipped, filled in or dropped in silence.

    The ways of making a panel share their options: see `PanelOptions`.

    Missing scores are cells that are empty or hold one of the usual words for nothing, such as ``NA``, ``null`` or
    ``.``: the session stays in the panel without a score.

    Attributes:
        construct: What the scores are scores of; ``None`` if not known.
        scale: Range and direction.
        scale_source: Where the range comes from.
        instrument: Id of the instrument; ``None`` if not stated.
        rater: Who rated; ``None`` if not known.
        timing: Before or after the session; ``None`` if not known.
        index: What the session numbers count.
        max_gap: Largest distance of neighbouring sessions; ``None`` if unlimited.
        problems: What was found in the data, in words; `problem_rows()` has every row.
        policy: What was done about it.
        source: What was read.
        file: The file that was read, which this library never overwrites; ``None`` if no file was read.
        columns: Which column was taken for what.
        guessed: The roles whose column was guessed from its name.
        kind: Kind of table that came in, and that `to_frame` gives back.
        rows_read: Number of rows that were read.
        form: The instrument itself, one of the library's or one's own; ``None`` if not stated.

    Examples:
        >>> panel = Panel.from_arrays(
        ...     dyad=["A", "A", "A", "B"], session=[1, 2, 3, 1], score=[4.0, None, 4.5, 7.0],
        ...     scale=(1, 5), higher_is_better=True, construct="alliance",
        ... )
        >>> panel
        <Panel: 2 dyads, 4 sessions (2 scored, 2 without a score), alliance, 1 to 5, higher is better>
        >>> for problem in panel.problems:
        ...     print(problem)
        row 2, column score: no score (kept)
        row 4, column score: 7.0 lies outside the scale, 1 to 5 (score left out)
        row 4: the dyad has a single session (kept)
    """

    @classmethod
    @documented(ColumnOptions, CellOptions, PanelOptions)
    def read(
        cls,
        path: TableFile,
        *,
        sheet: str | None = None,
        wide: Mapping[str, float] | None = None,
        kind: str = "polars",
        limits: Limits = Limits(),  # noqa: B008 -- a frozen value
        **options: Unpack[AllOptions],
    ) -> Self:
        """Read a file of scores, one row per dyad and session.

        CSV in its dialects (separators, encodings, decimal commas, lines before the header), JSON Lines, an array of
        JSON objects, Parquet, Excel (.xlsx), SPSS and Stata, and each of these packed by gzip: what it is, the first
        bytes say, not the name. Columns that are not named are guessed from their names, see `guess_columns`, and
        `guessed` says which; therapist and rater columns are guessed only if none of the columns is named.

        Args:
            path: The file, or one open for reading bytes, such as ``sys.stdin.buffer``.
            sheet: The sheet of a workbook; ``None`` for the first.
            wide: For a table with one row per dyad: the columns of scores and their sessions, see `from_wide`.
            kind: Kind of table that `to_frame` gives back: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.
            limits: How much may be read.
            **options: `ColumnOptions` (which column is what), `CellOptions` (how cells are read) and `PanelOptions`
                (what the scores are).

        Raises:
            OpeningError: if the file cannot be opened; where there is none, a `FileNotFoundError` too.
            MissingExtraError: if the reader of its kind is not installed.
            UnknownNameError: if a column, an instrument or a term is not known.
            InvalidValueError: if the direction is not known, raters are mixed and none is chosen, or the file is of a
                kind that is not read.
            NothingReadableError: if no row can be used.
            ReadingError: if the file is damaged, or the policy refuses what was found.
        """
        columns, meaning, policy = settled(options, wide=wide is not None)
        known_kind(kind)
        try:
            with open_file(path, sheet=sheet, limits=limits) as opened:
                raw = _raw(opened, columns, wide, meaning, limits)
        except EmptyTableError as fault:
            nothing = NothingReadableError(fault.what, [], where=fault.where)
        else:
            file = Path(path).absolute() if isinstance(path, str | Path) else None
            return cls._built(evolve(raw, kind=kind, file=file), meaning, policy)
        raise nothing

    @classmethod
    @documented(ColumnOptions, CellOptions, PanelOptions)
    def from_frame(cls, frame: IntoFrame, **options: Unpack[AllOptions]) -> Self:
        """Take a dataframe of polars, pandas, pyarrow or DuckDB, one row per dyad and session.

        Args:
            frame: The dataframe; it is not changed.
            **options: `ColumnOptions` (which column is what), `CellOptions` (how cells are read) and `PanelOptions`
                (what the scores are).

        Raises:
            UnknownNameError: as for `read`.
            InvalidValueError: as for `read`, or if it is not a dataframe.
            ReadingError: as for `read`.

        Examples:
            >>> import polars
            >>> table = polars.DataFrame({"client": ["A", "A"], "week": [1, 2], "phq9": [12, 9]})
            >>> Panel.from_frame(table, instrument="phq-9").columns["score"]
            'phq9'
        """
        columns, meaning, policy = settled(options)
        raw = _raw(open_frame(frame), columns, None, meaning, Limits())
        return cls._built(raw, meaning, policy)

    @classmethod
    @documented(PanelOptions)
    def from_wide(
        cls,
        frame: IntoFrame,
        *,
        dyad: str,
        sessions: Mapping[str, float],
        therapist: str | None = None,
        covariates: Sequence[str] | str = (),
        **options: Unpack[PanelOptions],
    ) -> Self:
        """Take a dataframe with one row per dyad and one column per session.

        An empty cell does not tell whether there was a session; unless the policy keeps it, it is left out (and
        listed). The rows that problems name are rows of the wide table, and their column is the session's.

        Args:
            frame: The dataframe.
            dyad: Column of the dyad's label.
            sessions: Column of scores to session number.
            therapist: Column of the therapist's label.
            covariates: Further columns to keep.
            **options: `PanelOptions`, what the scores are.

        Raises:
            UnknownNameError: as for `read`.
            InvalidValueError: as for `from_frame`, or if ``sessions`` does not give each column a number of its own.
            ReadingError: as for `read`.

        Examples:
            >>> import polars
            >>> table = polars.DataFrame({"client": ["A", "B"], "s1": [4.0, 3.5], "s2": [4.5, None]})
            >>> panel = Panel.from_wide(
            ...     table, dyad="client", sessions={"s1": 1, "s2": 2}, scale=(1, 5), higher_is_better=True
            ... )
            >>> panel.n_sessions, panel.problems[0].message
            (3, 'row 2, column s2: no score (left out)')
        """
        _, meaning, policy = settled(options, wide=True)
        columns: ColumnOptions = {"dyad": dyad, "therapist": therapist, "covariates": covariates}
        raw = _raw(open_frame(frame), columns, sessions, meaning, Limits())
        return cls._built(raw, meaning, policy)

    @classmethod
    @documented(PanelOptions)
    def from_arrays(
        cls,
        dyad: ArrayLike | Sequence[object],
        session: ArrayLike | Sequence[object],
        score: ArrayLike | Sequence[object],
        *,
        therapist: ArrayLike | Sequence[object] | None = None,
        rater: ArrayLike | Sequence[object] | None = None,
        covariates: Mapping[str, ArrayLike | Sequence[object]] | None = None,
        **options: Unpack[PanelOptions],
    ) -> Self:
        """Take arrays or lists of one length, one element per dyad and session.

        Args:
            dyad: Labels: text or whole numbers, shape (n,).
            session: Sessions, shape (n,).
            score: Scores, shape (n,); NaN or ``None`` where a session has none.
            therapist: Labels of therapists, shape (n,).
            rater: Raters, shape (n,).
            covariates: Further arrays to keep, by name.
            **options: `PanelOptions`, what the scores are.

        Raises:
            UnknownNameError: as for `read`.
            InvalidValueError: as for `read`, or if the lengths differ, or two pandas Series have different indexes.
            ReadingError: as for `read`.

        Examples:
            >>> panel = Panel.from_arrays([7, 7], [1, 2], [20, 14], instrument="phq-9")
            >>> panel.scale.higher_is_better, panel.construct.label
            (False, 'outcome')
        """
        _, meaning, policy = settled(options)
        given = {"dyad": dyad, "session": session, "score": score, "therapist": therapist, "rater": rater}
        arrays = {name: array for name, array in given.items() if array is not None}
        more = dict(covariates or {})
        roles = Roles(**{name: name for name in arrays}, covariates=tuple(more))  # type: ignore[arg-type]  # names of roles
        raw = raw_table(open_frame(of_arrays(arrays | more)), lambda _: roles, Limits())
        return cls._built(evolve(raw, source="arrays"), meaning, policy)

    @classmethod
    @documented(PanelOptions)
    def from_courses(
        cls,
        courses: Iterable[Course],
        *,
        part: RelationshipPart | str | None = None,
        rater: Rater | str | None = None,
        **options: Unpack[PanelOptions],
    ) -> Self:
        """Take the scores that were recorded on courses, one dyad per course; retracted entries do not count.

        With a part of the relationship its ratings are taken, stated or measured, all of one source.

        Rater and timing come from the scores. What was answered to items that ask about risk comes along as covariates,
        a column of words for each item, such as ``phq_9_risk_9``. The dyads go by the client's pseudonym, and by both
        where a client has several courses. Sessions are the numbers of the events, or their dates where numbers are
        lacking.

        Args:
            courses: Courses of different dyads.
            part: Part of the relationship, such as ``alliance.goal_agreement``; ``None`` for the scores themselves.
            rater: Whose ratings or scores; ``None`` where only one person rated.
            **options: `PanelOptions`; of several recorded instruments, ``instrument`` says which (``stated`` for
                ratings of a part without one); what the scores or their instrument state need not be stated again.

        Raises:
            InvalidValueError: as for `read`, or if no score was recorded, or it is not known which are meant.

        Examples:
            >>> from therarel.domain import Rater, Score, events
            >>> from therarel.machine import Course
            >>> course = Course.begin("C-014", "T-03")
            >>> for session, value in enumerate([44, 51, 38], start=1):
            ...     score = Score("wai-sr", value, Rater.CLIENT)
            ...     _ = course.record(events.Measured(score, session=session))
            >>> Panel.from_courses([course])
            <Panel: 1 dyad, 3 sessions (3 scored, 0 without a score), alliance, 12 to 60, higher is better>
        """
        found, stated = recorded(courses, part, rater, options)
        return cls.from_arrays(
            found.dyad,
            found.session,
            found.score,
            therapist=found.therapist,
            rater=found.rater,
            covariates=found.risk,
            **stated,
        )

    @classmethod
    def _built(cls, raw: RawTable, meaning: Meaning, policy: PanelPolicy) -> Self:
        built = build(raw, meaning, policy)
        return cls(
            rows=built.rows,
            starts=starts_of(built.rows["dyad"]),
            problem_rows=built.listed.table,
            construct=meaning.construct,
            scale=built.scale,
            scale_source=built.scale_source,
            instrument=meaning.instrument,
            form=meaning.form,
            rater=built.rater,
            timing=meaning.timing,
            index=meaning.index,
            max_gap=meaning.max_gap,
            problems=built.problems,
            policy=policy,
            source=raw.source,
            file=raw.file,
            columns=raw.roles.by_role(),
            guessed=raw.roles.guessed,
            kind=raw.kind,
            rows_read=raw.height,
        )

    def summary(self) -> PanelSummary:
        """What the panel holds and what was found in the data, as plain data and, printed, as text."""
        return summarise(self)

    def draw(self, *, beside: PanelData | None = None) -> Chart:
        """All series in one picture, better scores up: a thin line per dyad, the median and the middle half.

        The middle is drawn where 8 dyads or more were scored; of very many dyads evenly spaced ones get a line.

        Args:
            beside: The scores of another rater on the same scale, drawn in another colour and never pooled.

        Raises:
            InvalidValueError: if the other scores are on another scale, or are not a panel.
        """
        return draw_panel(self, beside)

    def draw_dyads(
        self, labels: Iterable[str] | None = None, *, most: int = 12, beside: PanelData | None = None
    ) -> Chart:
        """A small picture for each dyad, all on the same axes, better scores up.

        Args:
            labels: The dyads; if not given, evenly spaced ones.
            most: Most pictures where no dyads are named, at least 1.
            beside: The scores of another rater on the same scale.

        Raises:
            UnknownNameError: if a dyad is not there.
            InvalidValueError: if no dyad is named, or as for `draw`.
        """
        return draw_dyads(self, labels, most, beside)

    __repr__ = one_line

    def __str__(self) -> str:
        what = self.construct.label if self.construct else "construct not known"
        size = f"{counted(self.n_dyads, 'dyad')}, {counted(self.n_sessions, 'session')}"
        risk = "; asks about risk: see risk_note" if self.risk_note else ""
        lost = rows_lost(self.problems)
        more = f"; {lost:,} of {counted(self.rows_read, 'row')} left out: see problems" if lost else ""
        scored = f"{self.n_scored:,} scored, {self.n_missing:,} without a score"
        return f"{size} ({scored}), {what}, {self.scale}{more}{risk}"

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()


def _raw(
    opened: OpenTable, columns: ColumnOptions, wide: Mapping[str, float] | None, meaning: Meaning, limits: Limits
) -> RawTable:
    """The columns that are needed, of a long or of a wide table."""
    given = columns.get("covariates") or ()
    covariates = (given,) if isinstance(given, str) else tuple(given)
    if wide is not None:
        dyad = columns.get("dyad") or guess_dyad(opened.names, sure=opened.surely_named)
        return from_wide(opened, dyad, wide, columns.get("therapist"), covariates, meaning.index, limits)

    def roles_of(opened: OpenTable) -> Roles:
        stated: dict[str, Any] = {**columns, "covariates": covariates}
        if all(stated.get(role) is not None for role in ("dyad", "session", "score")):
            return Roles(**stated)
        return guess_columns(opened.names, **stated, instrument=meaning.instrument, sure=opened.surely_named)

    return raw_table(opened, roles_of, limits)
