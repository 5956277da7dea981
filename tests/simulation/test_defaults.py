"""The defaults of the simulator: each has a status, and the file says what the code does."""

from __future__ import annotations

import attrs

from therarel.citations import citation
from therarel.simulation import ClinicParameters, simulation_defaults


def test_every_parameter_is_documented_and_every_documented_one_exists() -> None:
    """The file of defaults and the class of parameters name the same things."""
    documented = {each.name for each in simulation_defaults()}
    existing = {each.name for each in attrs.fields(ClinicParameters)} - {"step"}
    assert documented == existing


def test_documented_values_are_the_defaults() -> None:
    """What the file says is what the code takes, wherever it is one number."""
    defaults = ClinicParameters()
    for each in simulation_defaults():
        value = getattr(defaults, each.name)
        if isinstance(value, int | float):
            assert float(each.value) == value, each.name


def test_the_effect_of_the_alliance_on_symptoms_is_told_to_rest_on_one_study() -> None:
    """The within-client effect names its study, what it was conditional on, and that its interval is not known."""
    within = next(each for each in simulation_defaults() if each.name == "outcome_within")
    assert (within.value, within.range, within.citation) == ("-0.18", "-0.21 to -0.16", "falkenstrom2020")
    for words in ("one study, 345", "given symptoms then", "no interval"):
        assert words in within.note


def test_what_is_assumed_about_symptoms_says_so_and_has_a_range() -> None:
    """Improvement, autocorrelation and the effect of symptoms on the alliance are ours, with plausible ranges."""
    for each in simulation_defaults():
        if each.name.startswith("outcome_"):
            assert each.range, each.name
            assert each.assumed == (each.name not in ("outcome_within", "outcome_between"))


def test_what_has_no_source_is_called_assumed() -> None:
    """A value without a status is our assumption, and its citation, where there is one, exists."""
    for each in simulation_defaults():
        assert each.status is not None or each.assumed, each.name
        if each.citation is not None:
            assert citation(each.citation).key == each.citation


def test_printed_parameters_say_where_each_comes_from() -> None:
    """Assumed values say so, cited ones name the source, and what was changed is marked as given."""
    lines = dict(line.split(": ", 1) for line in str(ClinicParameters(phi=0.2)).splitlines())
    assert set(lines) == {each.name for each in attrs.fields(ClinicParameters)}
    assert lines["phi"] == "0.2 (given)"
    assert lines["within_sd"] == "0.35 (assumed)"
    assert "falkenstrom2020" in lines["outcome_within"]
    for each in simulation_defaults():
        if each.name in lines and each.name != "phi":
            assert ("assumed" in lines[each.name]) == each.assumed
