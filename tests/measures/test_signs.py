"""Confusions of real products leave signs, and tables are scored with a warning."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from therarel.measures import Instrument, ScoringWarning, Sign, instrument, score, suspicions


def answers(form: Instrument, *, rows: int = 200, seed: int = 4) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Simulated answers with one mood per row, as recorded: reversed items run against the others."""
    rng = np.random.default_rng(seed)
    scale = form.item_scale
    middle, spread = (scale.minimum + scale.maximum) / 2, (scale.maximum - scale.minimum) / 4
    mood = rng.normal(middle, spread, (rows, 1))
    raw = np.clip(np.rint(mood + rng.normal(0, spread / 2, (rows, form.n_items))), scale.minimum, scale.maximum)
    turned = [item - 1 for item in form.reversed_items]
    raw[:, turned] = scale.minimum + scale.maximum - raw[:, turned]
    return raw.astype(np.int64)


def table(values: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> pl.DataFrame:
    """Answers as a table."""
    return pl.DataFrame({f"item{place + 1}": column for place, column in enumerate(values.T)})


@pytest.mark.parametrize("name", ["wai-sr", "wai-s", "wai-36", "phq-9", "haq-ii"])
def test_proper_answers_raise_no_suspicion(name: str) -> None:
    """Answers that use the scale and run the way the key says show no sign."""
    form = instrument(name)
    assert suspicions(form, table(answers(form))) == ()


def test_wai_s_answers_taken_for_the_revised_form() -> None:
    """A 7 is impossible on the WAI-SR; the form that has it is named, and the warning comes with the score."""
    mistaken = table(answers(instrument("wai-s")))
    found = suspicions("wai-sr", mistaken)
    assert found[0].sign is Sign.OTHER_INSTRUMENT
    assert "wai-s (1 to 7)" in found[0].says
    with pytest.warns(ScoringWarning, match="wai-s"):
        score("wai-sr", mistaken)


def test_revised_answers_taken_for_the_wai_s() -> None:
    """Many answers on a scale of 1 to 7 without one above 5 look like the WAI-SR."""
    mistaken = table(answers(instrument("wai-sr")))
    signs = {each.sign: each.says for each in suspicions("wai-s", mistaken)}
    assert "wai-sr (1 to 5)" in signs[Sign.OTHER_INSTRUMENT]
    few = mistaken.head(29)
    assert Sign.OTHER_INSTRUMENT not in {each.sign for each in suspicions("wai-s", few)}


def test_answers_numbered_from_zero() -> None:
    """Answers from 0 to 4 on a scale of 1 to 5 look numbered from 0."""
    mistaken = table(answers(instrument("wai-sr")) - 1)
    assert [each.sign for each in suspicions("wai-sr", mistaken)] == [Sign.ZERO_BASED]


def test_answers_numbered_from_one() -> None:
    """Answers from 1 to 4 on a scale of 0 to 3 look numbered from 1."""
    mistaken = table(answers(instrument("phq-9")) + 1)
    assert [each.sign for each in suspicions("phq-9", mistaken)] == [Sign.ONE_BASED]
    with pytest.warns(ScoringWarning, match="subtract 1"):
        score("phq-9", mistaken)


def test_stray_values_are_no_sign() -> None:
    """A single typing mistake is invalid in its row and no sign of another numbering."""
    values = answers(instrument("phq-9"))
    values[0, 0] = 33
    assert suspicions("phq-9", table(values)) == ()


def test_positions_recorded_instead_of_anchors() -> None:
    """Items printed with the highest anchor first run against the others if positions were recorded."""
    form = instrument("wai-sr")
    values = answers(form)
    flipped = [item - 1 for item in form.print_order_flipped]
    values[:, flipped] = 6 - values[:, flipped]
    assert [each.sign for each in suspicions(form, table(values))] == [Sign.POSITIONS_RECORDED]
    with pytest.warns(ScoringWarning, match="recorded_as='position'"):
        score(form, table(values))


def test_reversed_items_that_were_turned_already() -> None:
    """Reversed items that run along with the others look turned already."""
    form = instrument("wai-s")
    values = answers(form)
    turned = [item - 1 for item in form.reversed_items]
    values[:, turned] = 8 - values[:, turned]
    assert [each.sign for each in suspicions(form, table(values))] == [Sign.ALREADY_TURNED]


def test_few_or_constant_answers_show_no_direction() -> None:
    """Fewer than thirty complete rows, or items that do not vary, say nothing about the direction."""
    form = instrument("wai-sr")
    values = answers(form)
    flipped = [item - 1 for item in form.print_order_flipped]
    values[:, flipped] = 6 - values[:, flipped]
    assert suspicions(form, table(values[:29])) == ()
    values[:, flipped] = 3
    assert suspicions(form, table(values)) == ()


def test_noise_is_no_sign() -> None:
    """Unrelated items run against each other only as far as chance goes."""
    rng = np.random.default_rng(0)
    assert suspicions("wai-sr", table(rng.integers(1, 6, (200, 12)))) == ()


def test_lazy_tables_can_be_looked_through_on_request() -> None:
    """Scoring leaves a lazy table alone; asking for signs runs it."""
    mistaken = table(answers(instrument("wai-sr")) - 1).lazy()
    assert [each.sign for each in suspicions("wai-sr", mistaken)] == [Sign.ZERO_BASED]


def test_empty_and_unverified_scales_show_nothing() -> None:
    """No rows, or a scale that is not verified, give no sign."""
    assert suspicions("wai-sr", table(answers(instrument("wai-sr"))[:0])) == ()
    assert suspicions("sai", pl.DataFrame({f"item{n}": [7] for n in range(1, 7)})) == ()
    assert suspicions("srs-3", pl.DataFrame({f"item{n}": [-1.0, 11.0] for n in range(1, 5)})) == ()
