"""What a session column may hold: numbers, named sessions, dates in many forms, and what is none of these."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.panels import NothingReadableError, Panel, ProblemKind

EXCEL_DAY_ZERO = date(1899, 12, 30)
DAYS = st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=2, max_size=8, unique=True)


def panel_of(written: list[Any], dyads: str = "", **more: Any) -> Panel:
    """A panel with a score of 3 at each of some sessions, of one dyad unless others are named."""
    frame = pl.DataFrame(
        {"client": list(dyads or "A" * len(written)), "week": written, "score": [3.0] * len(written)}, strict=False
    )
    names = {"dyad": "client", "session": "week", "score": "score"}
    return Panel.from_frame(frame, **names, scale=(1, 5), higher_is_better=True, **more)  # type: ignore[arg-type]


def unreadable(panel: Panel, kind: str = "unreadable_session") -> list[int]:
    """The rows that are listed under a kind."""
    return panel.problem_rows("polars").filter(pl.col("kind") == kind)["row"].to_list()


@given(DAYS, st.sampled_from(["", "%d.%m.%Y", "%m/%d/%Y", "excel", "excel in text", "date"]))
def test_a_date_counts_the_same_days_in_whatever_form_it_stands(days: list[date], form: str) -> None:
    """Days since the dyad's first date, the date itself beside them."""
    written: list[Any] = [day.isoformat() for day in days]
    if form.startswith("%"):
        written = [day.strftime(form) for day in days]
    elif form.startswith("excel"):
        written = [(day - EXCEL_DAY_ZERO).days for day in days]
        written = [str(day) for day in written] if form == "excel in text" else written
    elif form == "date":
        written = list(days)
    how = {"date_format": form.split()[0]} if form[:1] in ("%", "e") else {"index": "dated"}
    panel = panel_of(written, **how)
    assert panel.to_frame("polars")["session"].to_list() == [float((day - min(days)).days) for day in sorted(days)]
    assert panel.to_frame("polars")["date"].to_list() == sorted(days)
    assert panel.index == "dated"


def test_excel_keeps_the_time_of_day_in_the_fraction() -> None:
    """45299.75 is six in the evening of 2024-01-08, and what is no number is listed."""
    panel = panel_of(["45299.75", "45301", "soon", "", "45300"], date_format="excel")
    assert panel.to_frame("polars")["date"].to_list() == [
        datetime(2024, 1, 8, 18), datetime(2024, 1, 9), datetime(2024, 1, 10),
    ]  # fmt: skip
    assert panel.to_frame("polars")["session"].to_list() == [0.75, 1.0, 2.0]
    assert (unreadable(panel), unreadable(panel, "missing_session")) == ([3], [4])


@pytest.mark.parametrize("end", [20_000, 60_000])
def test_serial_numbers_are_those_of_1954_to_2064(end: int) -> None:
    """What lies outside, by one day, is a number like any other; one number outside and none of them is a date."""
    outside = end - 1 if end == 20_000 else end + 1
    with pytest.raises(InvalidValueError, match="date_format='excel'"):
        panel_of([end, 45299])
    assert panel_of([outside, 45299]).n_sessions == 2


def test_serial_numbers_may_have_a_decimal_comma() -> None:
    """In a file with semicolons half past noon is 45299,5."""
    content = "client;week;score\nA;45299,5;3\nA;45300;4,5\n"
    panel = Panel.read(_file(content), date_format="excel", scale=(1, 5), higher_is_better=True)
    assert panel.to_frame("polars")["session"].to_list() == [0.5, 1.0]


@pytest.mark.parametrize("index", ["attended", "scheduled", "dated"])
@pytest.mark.parametrize("text", [True, False])
def test_serial_numbers_of_dates_are_not_taken_for_sessions(index: str, text: bool) -> None:
    """Where every number lies where Excel's dates lie, the error says how to read them as dates."""
    serials = [45299, 45306, 45313]
    with pytest.raises(InvalidValueError, match="date_format='excel'") as caught:
        panel_of([str(each) for each in serials] if text else serials, index=index)
    assert ("index='dated' and" in str(caught.value)) == (index != "dated")
    assert caught.value.where == "session"
    assert panel_of([45299, 3], index="attended").n_sessions == 2


@given(st.lists(st.sampled_from([0, 3, -1, 2.5, 7.25, 1e3]), min_size=1, max_size=6, unique=True))
def test_attended_sessions_are_whole_numbers_from_zero_and_scheduled_ones_any(sessions: list[float]) -> None:
    """What cannot have been attended is listed; what may have been scheduled is kept, sorted."""
    whole = sorted(each for each in sessions if each >= 0 and each % 1 == 0)
    scheduled = panel_of([float(each) for each in sessions], index="scheduled")
    assert scheduled.to_frame("polars")["session"].to_list() == sorted(sessions)
    if whole:
        attended = panel_of([float(each) for each in sessions])
        assert attended.to_frame("polars")["session"].to_list() == whole
        assert unreadable(attended) == [at for at, each in enumerate(sessions, 1) if each not in whole]
    else:
        with pytest.raises(NothingReadableError):
            panel_of([float(each) for each in sessions])


def test_sessions_that_have_names_get_their_numbers() -> None:
    """Names are found whatever their case, beside numbers as they stand; other names are listed."""
    named = {"Pre": 0, "Mid-treatment": 4.5, "POST": 9}
    written = ["pre", "1", "2", " MID-treatment ", "Post", "follow-up", None]
    panel = panel_of(written, sessions=named, index="scheduled")
    assert panel.to_frame("polars")["session"].to_list() == [0, 1, 2, 4.5, 9]
    assert (unreadable(panel), unreadable(panel, "missing_session")) == ([6], [7])
    assert panel_of([0, 1], sessions=named).to_frame("polars")["session"].to_list() == [0, 1]
    for wrong in ({"Pre": "0"}, {1: 0}, ["Pre"]):
        with pytest.raises(InvalidValueError, match="sessions"):
            panel_of(written, sessions=wrong)


def test_a_decimal_comma_in_sessions_is_said_aloud() -> None:
    """Weeks 1,5 and 2,5 of a file with semicolons are read, and the entry names the column."""
    content = "client;week;score\nA;1,5;3\nA;2,5;4,5\n"
    panel = Panel.read(_file(content), index="scheduled", scale=(1, 5), higher_is_better=True)
    assert panel.to_frame("polars")["session"].to_list() == [1.5, 2.5]
    (entry,) = [each for each in panel.problems if each.kind is ProblemKind.DECIMAL_COMMA]
    assert entry.message == "column week and column score: numbers are read with a decimal comma"
    assert (entry.action, entry.count) == ("kept", 0)


def _file(content: str) -> Any:
    from io import BytesIO

    return BytesIO(content.encode())


def test_codes_for_missing_sessions_are_missing_sessions() -> None:
    """What the policy calls missing is missing in sessions, also among dates."""
    panel = panel_of([1, -99, 2], missing_codes=[-99], index="scheduled")
    assert (panel.n_sessions, unreadable(panel, "missing_session")) == (2, [2])
    dated = panel_of(["2024-01-08", "unknown", "2024-01-09"], missing_codes=["unknown"], index="dated")
    assert unreadable(dated, "missing_session") == [2]


@given(st.integers(0, 30))
def test_a_code_among_the_sessions_is_a_session(code: int) -> None:
    """A number that stands for missing scores takes no session away that lies between others."""
    panel = panel_of([*range(31)], missing_codes=[code, -9] if code > 5 else [-9])
    lost = {0, 30} & {code} if code > 5 else set()
    assert panel.n_sessions == 31 - len(lost)


@pytest.mark.parametrize(
    ("sessions", "more", "hint"),
    [
        (["08.01.2024", "15.01.2024"], {}, "say index='dated' and their form, such as date_format='%d.%m.%Y'"),
        (["08.01.2024", "15.01.2024"], {"index": "dated"}, "date_format='%d.%m.%Y'"),
        (["2024-01-08", "2024-01-15"], {}, "say index='dated'"),
        (["first", "second"], {}, None),
    ],
)
def test_where_nothing_is_readable_dates_are_recognised(
    sessions: list[Any], more: dict[str, Any], hint: str | None
) -> None:
    """The error says how to read the sessions if they look like dates, and nothing of dates otherwise."""
    with pytest.raises(NothingReadableError) as caught:
        panel_of(sessions, **more)
    assert ("look like dates" in str(caught.value)) == (hint is not None)
    assert hint is None or hint in str(caught.value)
    assert ("date_format" in str(caught.value)) == (hint is not None and "date_format" in hint)
    assert caught.value.problems


def test_days_are_counted_within_each_dyad() -> None:
    """The first date of a dyad is its day 0, whatever the dates of others; times of day are fractions."""
    start = datetime(2024, 3, 30, 9)
    moments = [start + timedelta(days=7 * week, hours=6 * week) for week in range(3)]
    panel = panel_of([*moments, *moments], dyads="AAABBB", index="dated")
    days = [0.375, 7.625, 14.875]
    assert panel.to_frame("polars")["session"].to_list() == [*days, *days]
    assert panel.to_frame("polars")["date"].to_list() == [*moments, *moments]
