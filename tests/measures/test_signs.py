"""Confusions of real products leave signs, and tables are scored with a warning."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.measures import Instrument, ScoringWarning, Sign, instrument, score, suspicions
from therarel.measures.signs import signs_in


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
    form = instrument("wai-s")
    values = answers(form)
    values[:, [item - 1 for item in form.reversed_items]] = 4
    assert suspicions(form, table(values)) == ()


def test_noise_is_no_sign() -> None:
    """Unrelated items run against each other only as far as chance goes."""
    rng = np.random.default_rng(0)
    assert suspicions("wai-sr", table(rng.integers(1, 6, (200, 12)))) == ()


def test_lazy_tables_can_be_looked_through_on_request() -> None:
    """Scoring leaves a lazy table alone; asking for signs runs it."""
    mistaken = table(answers(instrument("wai-sr")) - 1).lazy()
    assert [each.sign for each in suspicions("wai-sr", mistaken)] == [Sign.ZERO_BASED]


def test_signs_are_looked_for_in_the_columns_and_words_that_are_named() -> None:
    """Item columns and words for answers are read as they are in scoring."""
    mistaken = table(answers(instrument("wai-sr")) - 1)
    renamed = mistaken.rename({f"item{n}": f"w{n}" for n in range(1, 13)})
    assert [each.sign for each in suspicions("wai-sr", renamed, items="w")] == [Sign.ZERO_BASED]
    form = instrument("wai-s")
    values = answers(form)
    turned = [item - 1 for item in form.reversed_items]
    values[:, turned] = 8 - values[:, turned]
    worded = table(values).with_columns(item1=pl.col("item1").replace_strict({n: f"{n}er" for n in range(1, 8)}))
    assert suspicions(form, worded) == ()
    words = {f"{n}er": float(n) for n in range(1, 8)}
    assert [each.sign for each in suspicions(form, worded, words=words)] == [Sign.ALREADY_TURNED]


def test_a_warning_points_at_the_line_that_scores() -> None:
    """Whoever scores a table is told at that place, not somewhere within the library."""
    with pytest.warns(ScoringWarning) as caught:
        score("wai-sr", table(answers(instrument("wai-sr")) - 1))
    assert [each.filename for each in caught] == [__file__]


def test_empty_and_unverified_scales_show_nothing() -> None:
    """No rows, or a scale that is not verified, give no sign."""
    assert suspicions("wai-sr", table(answers(instrument("wai-sr"))[:0])) == ()
    assert suspicions("sai", pl.DataFrame({f"item{n}": [7] for n in range(1, 7)})) == ()
    assert suspicions("srs-3", pl.DataFrame({f"item{n}": [-1.0, 11.0] for n in range(1, 5)})) == ()


ZERO, ONE, OTHER = Sign.ZERO_BASED, Sign.ONE_BASED, Sign.OTHER_INSTRUMENT
WAI_S = "wai-s (1 to 7) would fit; its key is another one."
RANGES: list[tuple[str, float, float, int, tuple[Sign, str] | None]] = [
    ("wai-sr", 0, 4, 1, (ZERO, "Answers run from 0 to 4; wai-sr has 1 to 5. They look numbered from 0; if so, add 1 to each.")),
    ("wai-sr", 0, 3, 1, (ZERO, "Answers run from 0 to 3; wai-sr has 1 to 5. They look numbered from 0; if so, add 1 to each.")),
    ("wai-sr", 0, 5, 99, None),
    ("wai-sr", -1, 4, 99, None),
    ("wai-sr", 2, 6, 1, (ONE, "Answers run from 2 to 6; wai-sr has 1 to 5. They look numbered from 2; if so, subtract 1 from each.")),
    ("wai-sr", 3, 6, 1, (ONE, "Answers run from 3 to 6; wai-sr has 1 to 5. They look numbered from 2; if so, subtract 1 from each.")),
    ("wai-sr", 1, 6, 1, (OTHER, f"Answers run from 1 to 6; wai-sr has 1 to 5. {WAI_S}")),
    ("wai-sr", 2, 7, 1, (OTHER, f"Answers run from 2 to 7; wai-sr has 1 to 5. {WAI_S}")),
    ("wai-sr", 0, 7, 99, None),
    ("wai-sr", 1, 8, 99, None),
    ("wai-sr", 1, 5, 99, None),
    ("wai-s", 1, 5, 30, (OTHER, "Answers run from 1 to 5; wai-s has 1 to 7. In 30 responses no answer is above 5. wai-sr (1 to 5) would fit as well; its key is another one.")),
    ("wai-s", 1, 5, 29, None),
    ("wai-s", 1, 4, 99, None),
    ("wai-s", 1, 6, 99, None),
    ("wai-s", 0, 5, 99, (ZERO, "Answers run from 0 to 5; wai-s has 1 to 7. They look numbered from 0; if so, add 1 to each.")),
    ("phq-9", 1, 4, 1, (ONE, "Answers run from 1 to 4; phq-9 has 0 to 3. They look numbered from 1; if so, subtract 1 from each.")),
    ("phq-9", 0, 4, 99, None),
    ("blri-64", -4, 2, 99, None),
    ("srs-3", -1, 9, 99, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lowest", "highest", "rows", "expected"), RANGES)
def test_a_range_of_answers_is_a_sign_only_at_its_ends(
    name: str, lowest: float, highest: float, rows: int, expected: tuple[Sign, str] | None
) -> None:
    """What the lowest and the highest answer say, word for word, and where they say nothing."""
    found = [(each.sign, each.says) for each in signs_in(instrument(name), lowest, highest, rows)]
    assert found == ([] if expected is None else [expected])


def test_a_direction_is_told_with_the_items_that_run_the_other_way() -> None:
    """The items are listed, and what would settle it is said."""
    form = instrument("wai-sr")
    values = answers(form, rows=30)
    flipped = [item - 1 for item in form.print_order_flipped]
    values[:, flipped] = 6 - values[:, flipped]
    rows = [tuple(map(float, row)) for row in values]
    listed = ", ".join(map(str, form.print_order_flipped))
    assert [each.says for each in signs_in(form, 1, 5, 30, rows)] == [
        f"Items {listed} of wai-sr run against the others. Their printed form lists the highest anchor first; "
        "if positions were recorded, score with recorded_as='position'."
    ]
    assert signs_in(form, 1, 5, 29, rows[:29]) == ()
    form = instrument("wai-36")
    values = answers(form, rows=30)
    turned = [item - 1 for item in form.reversed_items]
    values[:, turned] = 8 - values[:, turned]
    listed = ", ".join(map(str, form.reversed_items))
    assert [each.says for each in signs_in(form, 1, 7, 30, [tuple(map(float, row)) for row in values])] == [
        f"The reversed items {listed} of wai-36 run along with the others; they look turned already."
    ]


@pytest.mark.parametrize(
    ("rows", "high", "both", "seen"), [(41, 20, 13, True), (36, 18, 12, False), (41, 20, 12, False)]
)
def test_a_direction_just_within_the_error_of_chance_is_no_sign(rows: int, high: int, both: int, seen: bool) -> None:
    """Twice the error is two by the root of one less than the rows: 0.316 for 41 of them, 0.338 for 36."""
    form = instrument("wai-s")
    here = [6] * high + [2] * (rows - high)
    there = [6] * both + [2] * (high - both) + [6] * (high - both) + [2] * (rows - 2 * high + both)
    correlation = np.corrcoef(here, there)[0, 1]
    assert bool(correlation > 2 / np.sqrt(rows - 1)) is seen
    table_rows = [
        tuple(float(one if item in form.reversed_items else other) for item in range(1, 13))
        for one, other in zip(here, there, strict=True)
    ]
    assert bool(signs_in(form, 1, 7, rows, table_rows)) is seen


@given(st.lists(st.tuples(*[st.integers(1, 5).map(float)] * 12), min_size=30, max_size=60), st.integers(0, 10))
def test_a_direction_is_seen_beyond_twice_the_error_of_chance(rows: list[tuple[float, ...]], mixed: int) -> None:
    """Items against the others are a sign exactly where the correlation of the means lies below twice its error."""
    form = instrument("wai-sr")
    flipped = [item - 1 for item in form.print_order_flipped]
    some = [
        tuple(
            6 - row[0] if place in flipped else row[0] if n % 11 < mixed else answer for place, answer in enumerate(row)
        )
        for n, row in enumerate(rows)
    ]
    here = np.array(some)[:, flipped].mean(axis=1)
    there = np.delete(np.array(some), flipped, axis=1).mean(axis=1)
    varied = min(here) < max(here) and min(there) < max(there)
    against = varied and np.corrcoef(here, there)[0, 1] < -2 / np.sqrt(len(rows) - 1)
    assert bool(signs_in(form, 1, 5, len(some), some)) is bool(against)
