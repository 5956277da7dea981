"""A small case of the study of noise beside falls: some panels, with falls in none, a quarter or half of the dyads."""

from __future__ import annotations

import attrs

from .noise_beside_falls import NAMES, OTHERWISE, summarised, tried
from .scan_roc import NOISES


def test_what_noise_is_said_to_give_is_near_what_it_gives() -> None:
    """Half of the dyads fallen, the scan's noise serves all rules, the drop by the panel's own unit; powers are given."""
    design = attrs.evolve(NOISES["normal"], dyads=100, sessions=10)
    numbers = {"none fallen": 1, "a half fallen": 1, OTHERWISE: 2}
    table = summarised(design, {case: tried(design, case, number) for case, number in numbers.items()})
    assert table.keys() == set(NAMES)
    for figures in table.values():
        assert abs(figures["a half fallen"]["said"] - figures["a half fallen"]["flagged"]) < 0.15
        assert 0 <= figures["power"]["said"] <= 1
    assert table["scan"]["power"]["said"] > 0.7
