"""The policy: illustrative defaults, and bounds that make sense of them."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import therarel.machine
from therarel.domain import RuptureSeverity
from therarel.errors import InvalidValueError, ReadingError
from therarel.machine import Machine, Policy, Requirement

counts = st.integers(1, 4)


def test_the_defaults_are_those_of_the_statechart() -> None:
    """One, two and four steps; contact lost after two misses; a strain blocks nothing; a major rupture costs trust."""
    policy = Policy()
    assert [policy.exploratory_steps(severity) for severity in (None, *RuptureSeverity)] == [1, 1, 2, 4]
    assert policy.client_misses_for_lost_contact == 2
    assert policy.strain_eased_before_working_phase is Requirement.NOT_LOOKED_AT
    assert policy.consent_to_treatment is policy.guidelines_explained is Requirement.REQUIRED
    assert policy.confidentiality_limits_explained is Requirement.REQUIRED
    assert policy.client_view_of_cultural_repair is Requirement.REQUIRED
    assert policy.client_view_of_exploratory_repair is Requirement.REQUIRED
    assert policy.client_view_of_other_repair is Requirement.REMARKED
    assert policy.shared_goal is policy.shared_task is policy.difficulty_before_maturation is Requirement.REMARKED
    assert policy.major_rupture_reopens_trust


def test_numbers_of_any_library_are_whole_numbers() -> None:
    """Thresholds out of an array are taken as the whole numbers that they are."""
    names = ("exploratory_steps_minor", "exploratory_steps_moderate", "exploratory_steps_major")
    numbers = {name: np.int64(number) for name, number in zip(names, (1, 2, 4), strict=True)}
    made = Policy(**numbers, client_misses_for_lost_contact=np.int64(2))  # type: ignore[arg-type]  # as an array has them
    assert made == Policy()
    assert {
        type(value) for value in (*(getattr(made, name) for name in names), made.client_misses_for_lost_contact)
    } == {int}


@given(counts, counts, counts)
def test_graver_ruptures_need_no_fewer_steps(minor: int, moderate: int, major: int) -> None:
    """Numbers in rising order are taken as they are, any others refused."""
    asked = {"exploratory_steps_minor": minor, "exploratory_steps_moderate": moderate, "exploratory_steps_major": major}
    if minor <= moderate <= major:
        policy = Policy(**asked)  # type: ignore[arg-type]  # whole numbers alone
        assert [policy.exploratory_steps(severity) for severity in RuptureSeverity] == [minor, moderate, major]
    else:
        with pytest.raises(InvalidValueError, match="graver"):
            Policy(**asked)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exploratory_steps_minor", 0), ("exploratory_steps_moderate", 5), ("exploratory_steps_major", 5),
        ("client_misses_for_lost_contact", 0), ("strain_eased_before_working_phase", True), ("major_rupture_reopens_trust", None),
    ],
)  # fmt: skip
def test_numbers_out_of_bounds_are_refused(name: str, value: object) -> None:
    """There are four steps of exploration, at least one miss, and truth values are true or false."""
    with pytest.raises(InvalidValueError, match=name):
        Policy(**{name: value})  # type: ignore[arg-type]  # wrong on purpose


POLICIES = st.builds(
    lambda steps, misses, strain, trust: Policy(
        exploratory_steps_minor=steps[0],
        exploratory_steps_moderate=steps[1],
        exploratory_steps_major=steps[2],
        client_misses_for_lost_contact=misses,
        strain_eased_before_working_phase=strain,
        major_rupture_reopens_trust=trust,
    ),
    st.lists(counts, min_size=3, max_size=3).map(sorted),
    st.integers(1, 99),
    st.sampled_from(Requirement),
    st.booleans(),
)


@given(policy=POLICIES, named=st.sets(st.sampled_from([field.name for field in attrs.fields(Policy)])))
def test_a_policy_is_read_from_a_file(
    tmp_path_factory: pytest.TempPathFactory, policy: Policy, named: set[str]
) -> None:
    """A file names what differs; what it leaves out is as by default, and the bounds hold."""
    path = tmp_path_factory.mktemp("policies") / "policy.yaml"
    lines = [f"{name}: {str(getattr(policy, name)).lower()}\n" for name in sorted(named)]
    path.write_text("".join(lines) or "{}", "utf-8")
    try:
        expected = Policy(**{name: getattr(policy, name) for name in named})
    except InvalidValueError:
        with pytest.raises(ReadingError, match="graver"):
            Policy.read(path)
    else:
        assert Policy.read(path) == Policy.read(str(path)) == expected


def test_a_wrong_policy_is_told_with_its_line(tmp_path: Path) -> None:
    """A name that there is not and a number out of bounds are told at once, each with its line."""
    path = tmp_path / "policy.yaml"
    path.write_text("exploratory_step_minor: 1\nclient_misses_for_lost_contact: 0\n", "utf-8")
    with pytest.raises(ReadingError, match="did you mean 'exploratory_steps_minor'") as raised:
        Policy.read(path)
    assert f"{path}:1:1 " in str(raised.value)
    with pytest.raises(ReadingError, match="exploratory_steps_minor"):
        Machine.read(Path(therarel.machine.__file__).with_name("statechart.yaml"), policy=path)


def test_a_machine_takes_the_file_of_its_policy(tmp_path: Path) -> None:
    """Table, sentences and policy can each stand in a file of their own."""
    path = tmp_path / "policy.yaml"
    path.write_text("client_misses_for_lost_contact: 5\n", "utf-8")
    table = Path(therarel.machine.__file__).with_name("statechart.yaml")
    for given_as in (path, str(path)):
        assert Machine.read(table, policy=given_as).policy == Policy(client_misses_for_lost_contact=5)
