"""Everything that a panel refuses, with the whole of what it says."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.refusals import Refusal, files_of, places_of, places_that_raise, refused

from therarel.domain import Rater, Score, events
from therarel.domain.ratings import RatingScale
from therarel.errors import OutOfScopeError, ReadingError, UnknownNameError
from therarel.machine import Course
from therarel.panels import NothingReadableError, Panel, PanelPolicy, guess_columns
from therarel.panels.grouping import groups_of

FILES = files_of("panels/*.py")
TABLE = {"client": ["A", "A"], "week": [1, 2], "wai": [4.0, 3.0]}
MEANT: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True}
OF_WORDS: Any = "Baseline"
HALF: Any = 2.5


def arrays(score: Any = (4.0, 3.0), **options: Any) -> Callable[[], Panel]:
    """A panel of one dyad with two sessions."""
    return lambda: Panel.from_arrays(["A", "A"], [1, 2], list(score), **(MEANT | options))


def frame(columns: dict[str, Any] | None = None, **options: Any) -> Callable[[], object]:
    """A panel of a table, its columns as they are or with others in their place."""
    return lambda: Panel.from_frame(pl.DataFrame(TABLE | (columns or {})), **(MEANT | options))


def wide(sessions: Any, dyad: str = "client", **options: Any) -> Callable[[], object]:
    """A panel of a wide table."""
    table = pl.DataFrame({"client": ["A"], "s1": [4.0], "s2": [3.0]})
    return lambda: Panel.from_wide(table, dyad=dyad, sessions=sessions, **(MEANT | options))


def written(text: str, **options: Any) -> Callable[[], object]:
    """A panel of a file."""
    return lambda: Panel.read(io.BytesIO(text.encode()), **(MEANT | options))


def course(*recorded: tuple[str, int | None, date | None]) -> Course:
    """A course with scores, by instrument, session and date."""
    made = Course.begin("C-1", "T-1")
    for instrument, session, on in recorded:
        made.record(events.Measured(Score(instrument, 40, Rater.CLIENT), session=session, on=on))
    return made


TWO_ERRORS = "client,week,wai\nA,1,9\nB,1,7\nB,2,4\n"

REFUSED: list[Refusal] = [
    Refusal(
        lambda: arrays()().draw(beside=OF_WORDS),
        "draw.beside: the other rater's scores are a panel, got 'Baseline'. Hint: beside=panel",
    ),
    Refusal(
        lambda: arrays()().draw(beside=arrays(scale=(0, 5))()),
        "draw.beside: the two raters' scores are on different scales, got '0 to 5, higher is better' (expected '1 to 5, higher is better')",
    ),
    Refusal(
        lambda: arrays()().draw_dyads([]),
        "no dyad is named (expected one dyad or more)",
    ),
    Refusal(
        arrays(missing_codes=[-9, 5]),
        "missing_codes: a code for a missing score lies outside the scale, got 5 (expected not on 1 to 5). Hint: leave the code out where it is a score; where it is not, empty these cells",
    ),
    Refusal(
        arrays(policy={"gap": "kept"}),
        'policy: a policy is needed, got a dict of 1. Hint: PanelPolicy(out_of_range="left_out")',
    ),
    Refusal(
        arrays(instrument="wai-sr", scale=None, higher_is_better=False),
        "higher_is_better: statements contradict each other, got the instrument: True, higher_is_better: False. Hint: leave one of them out, or correct it",
    ),
    Refusal(
        arrays(instrument="phq-9", construct="alliance", scale=None, higher_is_better=None),
        "construct: statements contradict each other, got the instrument: outcome, construct: alliance. Hint: leave one of them out, or correct it",
    ),
    Refusal(
        arrays(scale=RatingScale(1, 5, False)),
        "higher_is_better: statements contradict each other, got scale: False, higher_is_better: True. Hint: leave one of them out, or correct it",
    ),
    Refusal(
        arrays(higher_is_better=None),
        "higher_is_better: it is not known whether a higher score is better. Hint: give instrument='...', such as 'wai-sr' or 'phq-9', or higher_is_better=True or False",
    ),
    Refusal(arrays(higher_is_better=OF_WORDS), "higher_is_better: the direction is True or False, got 'Baseline'"),
    Refusal(
        arrays(max_gap=0),
        "max_gap: a number is needed, got 0 (expected a number above 0). Hint: the largest gap between neighbouring sessions, above 0",
    ),
    Refusal(
        arrays(max_gap="wide"),
        "max_gap: a number is needed, got 'wide' (expected a number above 0). Hint: the largest gap between neighbouring sessions, above 0",
    ),
    Refusal(
        arrays(scale=(1, 2, 3)),
        "scale: a scale is its lowest and its highest possible score, got a tuple of 3. Hint: such as scale=(1, 5)",
    ),
    Refusal(
        arrays(scale=5),
        "scale: a scale is its lowest and its highest possible score, got 5. Hint: such as scale=(1, 5)",
    ),
    Refusal(
        arrays((4.0, 4.0), scale=None),
        "scale: the range of the scores is not known and does not show in the data, got only 4. Hint: give scale=(lowest, highest) or instrument=...",
    ),
    Refusal(
        arrays((None, None), scale=None),
        "arrays: no row holds a dyad, a session and a score that can be read\n  2 rows (1, 2), column score: no score (kept)",
        NothingReadableError,
    ),
    Refusal(
        arrays(date_format="%d.%m.%Y", index="attended"),
        "date_format: a form of dates says nothing about attended sessions. Hint: say index='dated'",
    ),
    Refusal(
        arrays(covariates={"row": [1, 2]}),
        "covariates: a covariate may not have the name of a panel's own column, got 'row'. Hint: rename it first",
    ),
    Refusal(
        arrays(rater=["client", "therapist"]),
        "rater: several raters in one panel are never pooled, got client and therapist. Hint: choose one with rater_is='client' and make a panel of each",
    ),
    Refusal(
        arrays(policy=PanelPolicy(out_of_range="refused"), score=(9.0, 4.0)),
        "policy: arrays: the policy refuses what was found\n  row 1, column score: 9.0 lies outside the scale, 1 to 5 (refused)",
        ReadingError,
    ),
    Refusal(
        arrays(missing_cods=[9]), "a panel has no option 'missing_cods'. Hint: did you mean 'missing_codes'?", TypeError
    ),
    Refusal(
        arrays(qqqq=1),
        "a panel has no option 'qqqq'. Hint: known are dyad, session, score, therapist, rater, covariates, sessions, date_format, instrument, construct, scale, higher_is_better, ...",
        TypeError,
    ),
    Refusal(
        lambda: PanelPolicy(missing_dyad="kept"),
        "PanelPolicy.missing_dyad: not accepted, got text of 4 characters (expected left_out or refused)",
    ),
    Refusal(
        lambda: PanelPolicy(gap="left_out"),
        "PanelPolicy.gap: not accepted, got text of 8 characters (expected kept or refused)",
    ),
    Refusal(
        lambda: PanelPolicy(missing_score="score_left_out"),
        "PanelPolicy.missing_score: not accepted, got text of 14 characters (expected kept or left_out or refused)",
    ),
    Refusal(
        frame({"wai": ["", "x"]}),
        "a polars table: no row holds a dyad, a session and a score that can be read\n  row 1, column wai: no score (kept)\n  row 2, column wai: text of 1 character is not a number (score left out)",
        NothingReadableError,
    ),
    Refusal(
        frame({"week": ["01.02.2024", "08.02.2024"]}),
        "a polars table: no row holds a dyad, a session and a score that can be read; the sessions look like dates: say index='dated' and their form, such as date_format='%d.%m.%Y'\n  row 1, column week: '01.02.2024' is not a session: an attended session is a whole number from 0 (left out)\n  row 2, column week: '08.02.2024' is not a session: an attended session is a whole number from 0 (left out)",
        NothingReadableError,
    ),
    Refusal(
        frame({"week": ["2024-02-01", "2024-02-08"]}),
        "a polars table: no row holds a dyad, a session and a score that can be read; the sessions look like dates: say index='dated'\n  row 1, column week: '2024-02-01' is not a session: an attended session is a whole number from 0 (left out)\n  row 2, column week: '2024-02-08' is not a session: an attended session is a whole number from 0 (left out)",
        NothingReadableError,
    ),
    Refusal(
        frame(sessions=["Baseline"]),
        "sessions: named sessions are a mapping from their names to numbers, got a list of 1. Hint: such as sessions={'Week 3': 3}",
    ),
    Refusal(
        frame(sessions={3: 3}),
        "sessions: named sessions are a mapping from their names to numbers, got a dict of 1. Hint: such as sessions={'Week 3': 3}",
    ),
    Refusal(
        frame(sessions={"Week 3": "three"}),
        "sessions[text of 6 characters]: a number is needed, got 'three' (expected a finite number)",
    ),
    Refusal(
        frame({"week": [date(2024, 1, 8), date(2024, 1, 15)]}),
        "session: the session column holds dates, which are not attended sessions. Hint: say index='dated'",
    ),
    Refusal(
        frame({"week": [date(2024, 1, 8), date(2024, 1, 15)]}, index="scheduled"),
        "session: the session column holds dates, which are not scheduled sessions. Hint: say index='dated'",
    ),
    Refusal(
        frame({"week": [45299, 45306]}),
        "session: the sessions look like serial numbers, in which Excel keeps dates (45299 is 2024-01-08). Hint: if they are, say index='dated' and date_format='excel'; otherwise renumber the sessions",
    ),
    Refusal(
        frame({"week": [45299, 45306]}, index="dated"),
        "session: the sessions look like serial numbers, in which Excel keeps dates (45299 is 2024-01-08). Hint: if they are, say date_format='excel'; otherwise renumber the sessions",
    ),
    Refusal(
        frame({"week": ["45299", "45306"]}, index="dated"),
        "session: the sessions look like serial numbers, in which Excel keeps dates (45299 is 2024-01-08). Hint: if they are, say date_format='excel'; otherwise renumber the sessions",
    ),
    Refusal(
        frame({"patient": ["x", "y"]}),
        "columns: several columns look like the dyad, got 'client' and 'patient'. Hint: state dyad=... (--dyad)",
    ),
    Refusal(
        frame(dyad="cliennt"),
        "dyad: there is no such column, got 'cliennt'. Hint: did you mean 'client'?",
        UnknownNameError,
    ),
    Refusal(
        frame(dyad="cliennt", session="week", score="wai"),
        "dyad: there is no such column, got 'cliennt'. Hint: did you mean 'client'?",
        UnknownNameError,
    ),
    Refusal(
        frame(dyad="qqqqqqq", session="week", score="wai"),
        "dyad: there is no such column, got 'qqqqqqq'. Hint: the columns are 'client', 'week', 'wai'",
        UnknownNameError,
    ),
    Refusal(
        frame(dyad="client", session="client", score="wai"), "columns: one column cannot hold two things, got 'client'"
    ),
    Refusal(
        lambda: Panel.from_frame(pl.DataFrame({"a": [1], "b": [2], "wai": [4.0]}), **MEANT),
        "columns: no column looks like the dyad. Hint: state dyad=... (--dyad); the columns are 'a', 'b', 'wai'",
    ),
    Refusal(
        lambda: Panel.from_frame(pl.DataFrame({"client": [1], "b": [2], "c": [4.0]}), **MEANT),
        "columns: no column looks like the session. Hint: state session=... (--session); the columns are 'client', 'b', 'c'",
    ),
    Refusal(
        lambda: Panel.from_frame(
            pl.DataFrame({"client": ["A"], "s1": [2], "s2": [4.0], "s3": [3], "s4": [3]}), **MEANT
        ),
        "columns: no column looks like the session. Hint: the table looks wide, one column per session: use from_wide(..., sessions={'s1': 1, 's2': 2, 's3': 3, ...}) (--wide)",
    ),
    Refusal(
        lambda: guess_columns(["client", "week", "wai", "wai"], dyad="client", session="week", score="wai"),
        "score: two columns have the same name, got 'wai'",
    ),
    Refusal(
        lambda: guess_columns(["client", "A", "week", "wai"], dyad="clieent", sure=False),
        "dyad: there is no such column, got 'clieent'. Hint: the table has 4 columns, and its first line may be data and no header: put a line with names before it",
        UnknownNameError,
    ),
    Refusal(
        lambda: guess_columns(["A", "1", "4"], sure=False),
        "columns: no column looks like the dyad. Hint: state dyad=... (--dyad); the table has 3 columns, and its first line may be data and no header: put a line with names before it",
    ),
    Refusal(
        lambda: guess_columns(["A", "wai_1", "wai_2", "wai_3"], dyad="A", sure=False),
        "columns: no column looks like the session. Hint: state session=... (--session); the table has 4 columns, and its first line may be data and no header: put a line with names before it",
    ),
    Refusal(
        lambda: guess_columns(["case", "client one", "id", "code", "week", "wai"], sure=False),
        "columns: several columns look like the dyad, got text of 4 characters and text of 2 characters and text of 4 characters. Hint: state dyad=... (--dyad)",
    ),
    Refusal(written(""), "the table: the file is empty, or has no header with names", NothingReadableError),
    Refusal(
        written("client,week,wai\n"),
        "the table (CSV, separated by ',', UTF-8): there are no rows",
        NothingReadableError,
    ),
    Refusal(
        written("client,week,wai\nA,1,x\n"),
        "the table (CSV, separated by ',', UTF-8): no row holds a dyad, a session and a score that can be read\n  row 1 (line 2), column wai: text of 1 character is not a number (score left out)",
        NothingReadableError,
    ),
    Refusal(
        written(TWO_ERRORS, policy=PanelPolicy(out_of_range="refused")),
        "policy: the table (CSV, separated by ',', UTF-8): the policy refuses what was found\n  row 1 (line 2), column wai: 9.0 lies outside the scale, 1 to 5 (refused)\n  row 2 (line 3), column wai: 7.0 lies outside the scale, 1 to 5 (refused)",
        ReadingError,
    ),
    Refusal(
        written("a,b\nA,1\n", wide={"b": 1}),
        "columns: no column looks like the dyad. Hint: state dyad=... (--dyad); the columns are 'a', 'b'",
    ),
    Refusal(
        written("client,week,wai\nA,1,4\n", kind="spreadsheet"),
        "kind: no such kind of table, got 'spreadsheet' (expected polars, pandas, pyarrow, duckdb)",
    ),
    Refusal(
        written("A,4,5\nB,3,4\n", dyad="A", wide={"s1": 1}),
        "sessions: there is no such column, got 's1'. Hint: the table has 3 columns, and its first line may be data and no header: put a line with names before it",
        UnknownNameError,
    ),
    Refusal(
        written("A,4,5\nB,3,4\n", dyad="B", session="4", score="5"),
        "dyad: there is no such column, got 'B'. Hint: the table has 3 columns, and its first line may be data and no header: put a line with names before it",
        UnknownNameError,
    ),
    Refusal(
        written("A,4,5\nB,3,4\n", wide={"4": 1}),
        "columns: no column looks like the dyad. Hint: state dyad=... (--dyad); the table has 3 columns, and its first line may be data and no header: put a line with names before it",
    ),
    Refusal(
        wide(["s1"]),
        "sessions: each column of scores needs its session, got a list of 1. Hint: such as sessions={'s1': 1, 's2': 2}",
    ),
    Refusal(
        wide({"s1": 1, "s2": 1}),
        "sessions: each column has a session number of its own, got a dict of 2. Hint: such as sessions={'s1': 1, 's2': 2}",
    ),
    Refusal(
        wide({}),
        "sessions: each column has a session number of its own, got a dict of 0. Hint: such as sessions={'s1': 1, 's2': 2}",
    ),
    Refusal(wide({"s1": 1, "s2": "two"}), "sessions['s2']: a number is needed, got 'two' (expected a finite number)"),
    Refusal(
        wide({"s1": 1, "s3": 2}),
        "sessions: there is no such column, got 's3'. Hint: the columns are 'client', 's1', 's2'",
        UnknownNameError,
    ),
    Refusal(
        wide({"s1": 1, "s2": 2}, "cliant"),
        "columns: there is no such column, got 'cliant'. Hint: did you mean 'client'?",
        UnknownNameError,
    ),
    Refusal(
        wide({"s1": 1, "s2": 2}, index="dated"),
        "index: the columns of a wide table are numbered, not dated. Hint: turn the table long and use from_frame",
    ),
    Refusal(
        lambda: Panel.from_courses([Course.begin("C-014", "T-03")], part="alliance.goal_agreement"),
        "instrument: there is no such rating of this part, got None (expected none: nobody rated goal agreement on these courses)",
    ),
    Refusal(lambda: Panel.from_courses([OF_WORDS]), "courses: a course is needed, got 'Baseline'"),
    Refusal(
        lambda: Panel.from_courses([course(("wai-sr", 1, None)), course(("wai-sr", 2, None))]),
        "courses: two courses are of the same dyad. Hint: a course taken up again is one course",
        OutOfScopeError,
    ),
    Refusal(
        lambda: Panel.from_courses([course()]),
        "instrument: which instrument is meant is not known, got None (expected none: no score was recorded on these courses)",
    ),
    Refusal(
        lambda: Panel.from_courses([course()], instrument="wai-sr"),
        "instrument: no score of that instrument was recorded, got 'wai-sr' (expected none: no score was recorded on these courses)",
    ),
    Refusal(
        lambda: Panel.from_courses([course(("wai-sr", 1, None), ("phq-9", 1, None))]),
        "instrument: which instrument is meant is not known, got None (expected phq-9, wai-sr). Hint: instrument='phq-9'",
    ),
    Refusal(
        lambda: Panel.from_courses([course(("wai-sr", 1, None))], instrument="phq-9"),
        "instrument: no score of that instrument was recorded, got 'phq-9' (expected wai-sr). Hint: instrument='wai-sr'",
    ),
    Refusal(
        lambda: Panel.from_courses([course(("wai-sr", 1, None), ("wai-sr", None, date(2024, 1, 8)))]),
        "courses: some scores have neither session number nor date in common. Hint: record Measured with session=..., or all of them with on=...",
    ),
    Refusal(
        lambda: Panel.from_arrays(["A"], [1], [4.0], **MEANT).blocks(0), "rows: a block has at least one row, got 0"
    ),
    Refusal(
        lambda: Panel.from_arrays(["A"], [1], [4.0], **MEANT).blocks(HALF),
        "rows: a block has at least one row, got 2.5",
    ),
    Refusal(
        lambda: Panel.from_arrays(["Anna"], [1], [4.0], **MEANT).only(["Ana"]),
        "there is no such dyad, got 'Ana'. Hint: did you mean 'Anna'?",
        UnknownNameError,
    ),
    Refusal(
        lambda: Panel.from_arrays(["Anna"], [1], [4.0], **MEANT).dyad("C-014"),
        "there is no such dyad, got 'C-014'",
        UnknownNameError,
    ),
    Refusal(
        lambda: Panel.from_arrays([f"D{at}" for at in range(5001)], [1] * 5001, [4.0] * 5001, **MEANT).only(["D1x"]),
        "there is no such dyad, got 'D1x'",
        UnknownNameError,
    ),
    Refusal(
        lambda: Panel.from_arrays([f"D{at}" for at in range(5000)], [1] * 5000, [4.0] * 5000, **MEANT).only(["D1x"]),
        "there is no such dyad, got 'D1x'. Hint: did you mean 'D1'?",
        UnknownNameError,
    ),
    Refusal(
        lambda: groups_of(
            Panel.from_frame(pl.DataFrame(TABLE | {"arm": ["x", "y"]}), covariates=["arm"], **MEANT), "arms"
        ),
        "group: the panel kept no such column, got 'arms'. Hint: did you mean 'arm'?",
        UnknownNameError,
    ),
    Refusal(
        lambda: groups_of(Panel.from_frame(pl.DataFrame(TABLE), **MEANT), "arm"),
        "group: the panel kept no such column, got 'arm'. Hint: keep it with covariates=[...] where the panel is made",
        UnknownNameError,
    ),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.message[:60])
def test_what_is_refused_is_told_whole(refusal: Refusal) -> None:
    """Place, fact, value, bound and hint of every refusal."""
    error = refused(refusal.call)
    assert (type(error), str(error)) == (refusal.kind, refusal.message)


def test_every_refusal_of_the_room_is_among_them() -> None:
    """No line of the room raises an error that is not tried here."""
    tried = [places_of(refused(refusal.call), FILES) for refusal in REFUSED]
    assert set().union(*tried) == places_that_raise(FILES)
