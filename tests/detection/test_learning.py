"""What a rule learns of a panel: exactly the figures that it asks for, and always the same dyads of the same panel."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import ClassVar

import numpy as np
import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection.learning import Learning
from therarel.detection.rules import Drop, Rule
from therarel.detection.verdicts import Verdicts
from therarel.noise.context import PanelContext
from therarel.noise.series import Series

CONTEXT = PanelContext.of_scale(1, 5)
DYADS = st.lists(
    st.lists(st.integers(12, 60).map(lambda twelfth: twelfth / 12), min_size=1, max_size=6), min_size=1, max_size=12
)


@frozen(kw_only=True)
class Listener(Rule):
    """A rule that flags nothing and keeps what it was given to learn from."""

    name: ClassVar[str] = "listener"
    sample: ClassVar[int] = 4

    sampled: Series | None = field(default=None, eq=False)
    totals: Mapping[str, float] | None = field(default=None, eq=False)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Nothing is flagged."""
        return Verdicts(np.zeros(series.score.size, dtype=np.uint8))

    def sums(self, series: Series, context: PanelContext) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """The sum of the scores of each dyad."""
        return {"scores": series.total(series.score)}

    def learnt(self, totals: Mapping[str, float], sample: Series | None, context: PanelContext) -> Listener:
        """Keep both."""
        return evolve(self, sampled=sample, totals=dict(totals))


def series_of(dyads: list[list[float]]) -> Series:
    """Some dyads, their sessions counted from 1."""
    return Series(
        np.cumsum([0, *(len(each) for each in dyads)]),
        np.concatenate([np.arange(1.0, len(each) + 1) for each in dyads]),
        np.concatenate([np.array(each) for each in dyads]),
    )


@given(dyads=DYADS)
def test_a_sample_is_the_dyads_with_the_smallest_hashes(dyads: list[list[float]]) -> None:
    """Whoever reads the panel, and in whatever blocks, learns from the same dyads, whole and in the same order."""
    labels = [f"C-{at}" for at in range(len(dyads))]
    learning = Learning([Drop(), Listener()], CONTEXT)
    learning.take(series_of(dyads), labels)
    (plain, listener), _ = learning.learnt()
    chosen = sorted(labels, key=lambda label: blake2b(label.encode(), digest_size=8).digest())[:4]
    scores = dict(zip(labels, dyads, strict=True))
    assert plain == Drop()
    assert isinstance(listener, Listener)
    assert listener.sampled is not None
    assert listener.sampled.score.tolist() == [score for label in chosen for score in scores[label]]
    assert listener.sampled.starts.tolist() == np.cumsum([0, *(len(scores[label]) for label in chosen)]).tolist()
    assert listener.sampled.session.tolist() == [at for label in chosen for at in range(1, len(scores[label]) + 1)]
    assert listener.sampled.beside is None
    assert listener.totals is not None
    assert [*listener.totals] == ["scores"]
    assert listener.totals["scores"] == pytest.approx(sum(sum(each) for each in dyads))


@given(dyads=DYADS)
def test_pooled_figures_are_those_of_numpy(dyads: list[list[float]]) -> None:
    """Within, between and of first scores, over all dyads; not a number where there are too few."""
    learning = Learning([], CONTEXT, frozenset({"pooled_sd", "between_sd", "first_sd"}))
    learning.take(series_of(dyads))
    found = learning.pooled()
    within = [score - np.mean(each) for each in dyads for score in each]
    freedom = sum(len(each) - 1 for each in dyads)
    expected = {
        "pooled_sd": np.sqrt(np.sum(np.square(within)) / freedom) if freedom else np.nan,
        "between_sd": np.std([np.mean(each) for each in dyads], ddof=1) if len(dyads) > 1 else np.nan,
        "first_sd": np.std([each[0] for each in dyads], ddof=1) if len(dyads) > 1 else np.nan,
    }
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-7)


def test_a_rule_that_learns_nothing_needs_no_pass_over_the_panel() -> None:
    """Pooled figures, sums of one's own and samples each need one."""
    assert not Learning([Drop(scale="person_sd")], CONTEXT).needed
    assert Learning([Drop(scale="pooled_sd")], CONTEXT).needed
    assert Learning([Listener()], CONTEXT).needed
    assert Learning([], CONTEXT, frozenset({"phi"})).needed


@given(dyads=DYADS, cut=st.integers(0, 11), also=st.integers(0, 11))
def test_a_sample_goes_on_after_two_were_joined(dyads: list[list[float]], cut: int, also: int) -> None:
    """Joined from two, and taking more after that, it is the sample of the whole."""
    labels = [f"C-{at}" for at in range(len(dyads))]
    first, second = sorted((min(cut, len(dyads)), min(also, len(dyads))))
    parts = []
    for begin, end in ((0, first), (first, second)):
        part = Learning([Listener()], CONTEXT)
        if begin < end:
            part.take(series_of(dyads[begin:end]), labels[begin:end])
        parts.append(part)
    joined, other = parts
    joined.join(other)
    for at in range(second, len(dyads)):
        joined.take(series_of([dyads[at]]), [labels[at]])
    whole = Learning([Listener()], CONTEXT)
    whole.take(series_of(dyads), labels)
    ((one,), _), ((two,), _) = joined.learnt(), whole.learnt()
    assert isinstance(one, Listener)
    assert isinstance(two, Listener)
    assert one.sampled is not None
    assert two.sampled is not None
    assert one.sampled.score.tolist() == two.sampled.score.tolist()
    assert one.totals == two.totals
