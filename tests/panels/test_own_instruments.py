"""A panel takes an instrument of one's own as scoring does."""

from __future__ import annotations

import polars as pl
from attrs import evolve

from therarel.detection import detect, rules
from therarel.measures import instrument
from therarel.panels import Panel
from therarel.reports import report


def test_a_panel_of_an_instrument_of_ones_own_knows_what_it_knows() -> None:
    """Direction, range, construct and items about risk come from the instrument that is given."""
    own = evolve(instrument("phq-9"), id="our-phq", name="Our PHQ")
    scores = [12, 11, 12, 11, 4, 11, 12, 11]
    panel = Panel.from_arrays(["A"] * 8, list(range(1, 9)), scores, instrument=own)
    assert (panel.instrument, panel.scale.higher_is_better, panel.scale.maximum) == ("our-phq", False, 27)
    assert panel.risk_note is not None
    assert "our-phq asks about risk in item 9" in panel.risk_note
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert "our-phq" in made.html


def test_a_column_that_goes_by_its_name_is_its_score() -> None:
    """The guess is steered by the instrument of one's own, too."""
    own = evolve(instrument("phq-9"), id="our-phq", name="Our PHQ")
    frame = pl.DataFrame({"client": ["A", "A"], "session": [1, 2], "our_phq_total": [3, 4], "wai_sr": [4.0, 4.5]})
    assert Panel.from_frame(frame, instrument=own).columns["score"] == "our_phq_total"
