"""A small case of the study of noise beside falls: one panel, half of its dyads with a fall."""

from __future__ import annotations

import attrs

from .noise_beside_falls import NAMES, OTHERWISE, summarised, tried
from .scan_roc import NOISES


def test_what_noise_is_said_to_give_is_near_what_it_gives() -> None:
    """Half of the dyads fallen, the scan's noise serves all rules, the drop by the panel's own unit; powers are given."""
    design = attrs.evolve(NOISES["normal"], dyads=100, sessions=10)
    cases = {case: tried(design, case, 1) for case in ("a half fallen", OTHERWISE)}
    table = summarised(design, cases, 20)
    assert table.keys() == set(NAMES)
    for figures in table.values():
        assert abs(figures["a half fallen"]["said"] - figures["a half fallen"]["flagged"]) < 0.15
    drop = table["drop, 2 SD (own or pooled)"]
    assert 0 <= drop["power"]["true"] <= 1
    assert 0 <= drop["power"]["said"] <= 1
