"""Which column is taken for what, by the names that people give their columns."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import guess_columns
from therarel.panels.guessing import guess_dyad
from therarel.panels.table import numbered_columns

# For each role some usual names, the more trusted group first.
TRUSTED = {
    "dyad": (["Dyad", "dyad ID"], ["Client", "patient_id", "KLIENT"], ["id", "Record ID", "case"]),
    "session": (
        ["session", "Session No", "Séance"],
        ["redcap_repeat_instance"],
        ["week", "Timepoint"],
        ["date", "Day"],
    ),
    "score": (["score", "Total Score"], ["WAI-SR", "phq9", "sum"]),
    "therapist": (["therapist", "Therapist ID"], ["clinician", "Provider"]),
    "rater": (["rater", "rated by"], ["informant"]),
}
PAIRS = [
    (role, first, second)
    for role, groups in TRUSTED.items()
    for one, other in itertools.combinations(groups, 2)
    for first, second in itertools.product(one, other)
]
PLAIN = {"dyad": "dyad", "session": "session", "score": "score"}


def stated(role: str, name: str) -> Any:
    """An argument that states one column."""
    return {role: name}


@pytest.mark.parametrize(("role", "first", "second"), PAIRS)
def test_a_more_trusted_name_settles_the_question(role: str, first: str, second: str) -> None:
    """Whichever stands first in the table, and whatever stands beside it."""
    others = [name for other, name in PLAIN.items() if other != role]
    for names in ([first, second, *others, "notes"], ["notes", *others, second, first]):
        roles = guess_columns(names)
        assert getattr(roles, role) == first
        assert roles.guessed == tuple(each for each in TRUSTED if getattr(roles, each) is not None)
        assert guess_columns(names, **stated(role, second)).guessed == tuple(
            each for each in roles.guessed if each != role
        )


@pytest.mark.parametrize("role", ["dyad", "session", "score", "therapist", "rater"])
def test_two_names_of_one_group_are_not_chosen_between(role: str) -> None:
    """The error names both, and how to state one."""
    one, other = {"therapist": ("therapist", "therapistid"), "rater": ("rater", "rated_by")}.get(
        role,
        {"dyad": ("client", "patient"), "session": ("week", "month"), "score": ("phq9", "gad7")}.get(role, ("", "")),
    )
    names = [one, other, *(name for each, name in PLAIN.items() if each != role)]
    with pytest.raises(InvalidValueError, match=f"several columns look like the {role}") as caught:
        guess_columns(names)
    assert (caught.value.value, caught.value.where) == (f"'{one}' and '{other}'", "columns")
    assert caught.value.hint == f"state {role}=... (--{role})"
    assert getattr(guess_columns(names, **stated(role, other)), role) == other
    if role == "dyad":
        with pytest.raises(InvalidValueError, match="several columns look like the dyad"):
            guess_dyad(names)


@pytest.mark.parametrize(
    ("names", "instrument", "score"),
    [
        (["phq9", "gad7"], "phq-9", "phq9"),
        (["PHQ-9 total score", "phq9_1", "phq9_2"], "phq-9", "PHQ-9 total score"),
        (["phq_9_sum", "total"], "phq-9", "phq_9_sum"),
        (["wai_total", "srs"], "wai-sr", "wai_total"),
        (["WAI", "score"], "wai-sr", "WAI"),
        (["wai_sr_mean", "WAI"], "wai-sr", "wai_sr_mean"),
        (["hamd", "total"], "phq-9", "total"),
        (["hamd", "total score"], "phq-9", "total score"),
        (["phq", "mean"], "phq-9", "phq"),
    ],
)
def test_the_column_of_the_stated_instrument_is_its_score(names: list[str], instrument: str, score: str) -> None:
    """By its whole name, then by the first word of it, then by a name that says no instrument."""
    assert guess_columns(["client", "session", *names], instrument=instrument).score == score


@pytest.mark.parametrize("names", [["gad7"], ["phq9_1"], ["phq9_item_3"], ["hamd", "bdi"], ["core10"]])
def test_a_column_of_another_instrument_or_of_one_item_is_no_score(names: list[str]) -> None:
    """Where the instrument is stated nothing else is taken for its score."""
    with pytest.raises(InvalidValueError, match="no column looks like the score"):
        guess_columns(["client", "session", *names], instrument="phq-9")


@pytest.mark.parametrize("missing", ["dyad", "session", "score"])
def test_what_is_missing_is_named_with_what_there_is(missing: str) -> None:
    """The first role that is lacking, how to state it, and the columns there are; unsure names are not shown."""
    names = [name for role, name in PLAIN.items() if role != missing] + ["Anna M."]
    with pytest.raises(InvalidValueError, match=f"no column looks like the {missing}") as caught:
        guess_columns(names)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(f"state {missing}=... (--{missing})")
    assert "'Anna M.'" in caught.value.hint
    with pytest.raises(InvalidValueError) as unsure:
        guess_columns(names, sure=False)
    assert "Anna" not in str(unsure.value)
    with pytest.raises(UnknownNameError) as near:
        guess_columns([*PLAIN.values(), "Anna M."], dyad="Anna M")
    assert "did you mean 'Anna M.'?" in str(near.value)
    with pytest.raises(UnknownNameError) as unsure_near:
        guess_columns([*PLAIN.values(), "Anna M."], dyad="Anna M", sure=False)
    assert "Anna M." not in str(unsure_near.value).replace("'Anna M'", "")


def test_what_is_stated_or_kept_is_taken_by_no_other_role() -> None:
    """A covariate is not guessed at; a stated column that stands there twice is refused, and so is one for two things."""
    roles = guess_columns(["client", "session", "phq9", "hamd", "clinician"], covariates=["phq9", "clinician"])
    assert (roles.score, roles.therapist, roles.covariates) == ("hamd", None, ("phq9", "clinician"))
    assert roles.columns() == ("client", "session", "hamd", "phq9", "clinician")
    with pytest.raises(InvalidValueError, match="two columns have the same name"):
        guess_columns(["client", "client", "session", "score"], dyad="client")
    with pytest.raises(InvalidValueError, match="one column cannot hold two things"):
        guess_columns(["client", "session", "score"], therapist="client", dyad="client")
    assert guess_dyad(["Client ID", "s1", "s2"]) == "Client ID"
    with pytest.raises(InvalidValueError, match="no column looks like the dyad"):
        guess_dyad(["s1", "s2"])


@given(
    st.sampled_from(["phq9_s{}", "s{}", "Week {}", "wai.session.{}", "T{}", "{}"]),
    st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True),
)
def test_numbered_columns_are_the_sessions_of_a_wide_table(pattern: str, numbers: list[int]) -> None:
    """Three or more columns that differ by their number alone; what is named otherwise is none of them."""
    names = [pattern.format(number) for number in numbers]
    found = numbered_columns(["client", *names, "age"])
    assert found == (dict(zip(names, map(float, numbers), strict=True)) if len(numbers) >= 3 else {})


def test_a_table_that_looks_wide_is_answered_with_how_to_read_it() -> None:
    """The hint names the columns and their sessions, where a score is what is missing."""
    with pytest.raises(InvalidValueError) as caught:
        guess_columns(["client", "s1", "s2", "s3", "s4"])
    assert caught.value.hint is not None
    assert "from_wide(..., sessions={'s1': 1, 's2': 2, 's3': 3, ...})" in caught.value.hint
    assert numbered_columns(["a1", "a2", "b1", "b2", "b3"]) == {"b1": 1, "b2": 2, "b3": 3}
    assert numbered_columns(["s1", "s01", "s2"]) == {}
