"""What is overdue is a pure function of log, day and policy."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import DevelopmentActivity, DevelopmentLog, DevelopmentPolicy, Therapist, overdue
from therarel.domain.events import SupervisionHeld

THERAPIST = Therapist("T-03")


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1))),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 400),
)
def test_supervision_is_overdue_exactly_when_the_last_one_lies_further_back_than_the_gap(
    days: list[date], today: date, gap: int
) -> None:
    """Only entries up to today count, and the day it became overdue is the day after the gap."""
    log = DevelopmentLog(THERAPIST, [SupervisionHeld(on=day) for day in days])
    found = overdue(log, today, DevelopmentPolicy(clinical_supervision=gap))
    past = [day for day in days if day <= today]
    if not past:
        assert [each.last for each in found] == [None]
    elif today - max(past) > timedelta(days=gap):
        assert [(each.last, each.since) for each in found] == [(max(past), max(past) + timedelta(days=gap + 1))]
    else:
        assert found == ()


def test_a_policy_of_nothing_finds_nothing_overdue() -> None:
    """Without a policy no activity is overdue: the library has no numbers of its own to suggest."""
    assert overdue(DevelopmentLog(THERAPIST), date(2026, 1, 1), DevelopmentPolicy()) == ()
    assert [DevelopmentPolicy().longest_gap(activity) for activity in DevelopmentActivity] == [None] * 4
