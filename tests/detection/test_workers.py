"""Where rules work: on as many threads as were asked for, and on blocks of as many rows."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from attrs import field, frozen

from therarel.detection import detect
from therarel.detection.rules import Rule
from therarel.detection.verdicts import Verdicts
from therarel.noise import NullModel
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.panels import Panel

DYADS, SESSIONS = 40, 5


@frozen(kw_only=True)
class Watcher(Rule):
    """A rule that flags nothing and notes on which thread, and on how many sessions, it was asked."""

    name: ClassVar[str] = "watcher"

    learnt_on: set[str] = field(factory=set, eq=False)
    judged_on: set[str] = field(factory=set, eq=False)
    sizes: list[int] = field(factory=list, eq=False)

    @property
    def settings(self) -> dict[str, str | float | int | bool | None]:
        """There is nothing to set."""
        return {}

    def sums(self, series: Series, context: PanelContext) -> Mapping[str, npt.NDArray[np.float64]]:
        """Note the thread on which the panel is learnt from."""
        self.learnt_on.add(threading.current_thread().name)
        return {}

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Note the thread and the number of sessions."""
        self.judged_on.add(threading.current_thread().name)
        self.sizes.append(series.score.size)
        return Verdicts(np.zeros(series.score.size, dtype=np.uint8))


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Forty dyads of five sessions."""
    return Panel.from_arrays(
        np.repeat(np.arange(DYADS), SESSIONS), np.tile(np.arange(SESSIONS), DYADS),
        np.random.default_rng(1).integers(1, 6, DYADS * SESSIONS), scale=(1, 5), higher_is_better=True,
    )  # fmt: skip


@pytest.mark.parametrize("threads", [1, 2])
def test_one_thread_is_the_caller_s_own(threads: int, panel: Panel) -> None:
    """With one thread nothing is learnt, judged or simulated elsewhere; with two the caller waits for workers."""
    own = threading.current_thread().name
    watcher = Watcher()
    found = detect(panel, primary=watcher, expected=NullModel(), threads=threads, rows=SESSIONS)
    assert (watcher.learnt_on == {own}) is (threads == 1)
    assert (watcher.judged_on == {own}) is (threads == 1)
    watcher.judged_on.clear()
    assert found.counts[0].dyads == DYADS
    assert (watcher.judged_on == {own}) is (threads == 1)


@pytest.mark.parametrize(
    ("rows", "sizes"), [(1, [5] * 40), (5, [5] * 40), (14, [10] * 20), (15, [15] * 13 + [5]), (1000, [200])]
)
def test_a_block_holds_whole_dyads_up_to_so_many_rows(rows: int, sizes: list[int], panel: Panel) -> None:
    """As many dyads as fit, and one at least."""
    watcher = Watcher()
    detect(panel, primary=watcher, expected="none", threads=1, rows=rows)
    assert watcher.sizes == sizes
