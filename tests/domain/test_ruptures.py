"""Episodes: views that differ, repair in somebody's view, contributions that need acknowledgement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    BreachSeverity,
    Contributor,
    EpisodeKind,
    PerceivedBy,
    Perception,
    Rater,
    RuptureEpisode,
    RuptureSeverity,
)
from therarel.domain.ratings import PERSONS
from therarel.domain.threers import (
    ConfrontationMarker2015,
    ResolutionStrategy2015,
    StrainSign,
    WithdrawalMarker2015,
    WithdrawalMarker2022,
)
from therarel.errors import UnknownNameError
from therarel.testing import strategy_for


@given(st.frozensets(st.sampled_from(PERSONS), min_size=1))
def test_repair_without_the_clients_view_says_so(views: frozenset[Rater]) -> None:
    """The words name exactly the views in which the episode is repaired."""
    words = RuptureEpisode(EpisodeKind.STRAIN, repaired=True, repaired_in_view_of=views).repair_in_words
    assert {rater for rater in Rater if rater.label in words} == views


def test_severities_are_in_order() -> None:
    """Ruptures and breaches are compared by how grave they are, a word of the list with its term as well."""
    for severities in (RuptureSeverity, BreachSeverity):
        least, middle, most = severities
        assert sorted([most, least, middle]) == [least, middle, most]
        assert max(severities) is most
        assert least < middle <= middle < most > middle >= least
        assert [most < least, least > middle, most <= middle, least >= middle] == [False] * 4
    assert RuptureSeverity.MODERATE < "major"
    with pytest.raises(UnknownNameError, match="RuptureSeverity has no such term"):
        assert RuptureSeverity.MODERATE < "mayor"


@given(st.frozensets(st.sampled_from(Contributor)))
def test_culture_and_power_need_acknowledgement(contributors: frozenset[Contributor]) -> None:
    """An episode needs acknowledgement exactly where culture or power contributed."""
    episode = RuptureEpisode(EpisodeKind.STRAIN, contributors=contributors)
    assert episode.needs_acknowledgement == bool(contributors & {Contributor.CULTURE, Contributor.POWER})


@given(strategy_for(PerceivedBy), strategy_for(PerceivedBy))
def test_a_later_answer_replaces_an_earlier_one_and_not_asked_replaces_nothing(
    earlier: PerceivedBy, later: PerceivedBy
) -> None:
    """Joining completes a view without losing an answer."""
    joined = earlier.joined(later)
    for who in ("client", "therapist", "observer"):
        new = getattr(later, who)
        assert getattr(joined, who) == (getattr(earlier, who) if new is Perception.NOT_ASKED else new)


def test_codes_of_two_versions_cannot_be_confused() -> None:
    """Every code names its version, so that equal words of two versions differ."""
    codes = [
        *WithdrawalMarker2015,
        *ConfrontationMarker2015,
        *WithdrawalMarker2022,
        *StrainSign,
        *ResolutionStrategy2015,
    ]
    assert len({code.value for code in codes}) == len(codes)
    assert (len(WithdrawalMarker2015), len(ConfrontationMarker2015), len(ResolutionStrategy2015)) == (7, 7, 10)
    assert [
        sum(marker.group == group for marker in WithdrawalMarker2022)
        for group in ("shutting_down", "avoiding", "masking_experience")
    ] == [3, 3, 2]
