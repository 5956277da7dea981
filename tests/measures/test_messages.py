"""What is refused is told in full: where, what, the value, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from attrs import evolve

from therarel.domain import MissingReason
from therarel.errors import TherarelError
from therarel.measures import (
    AnswerReader,
    Band,
    ClinicalCutoff,
    ItemScale,
    Population,
    Prorate,
    Published,
    clinical_cutoff,
    clinical_significance,
    consistency_by_level,
    contradictions,
    derived_form,
    dyadic_agreement,
    dyadic_gap,
    instrument,
    instruments,
    internal_consistency,
    nhs_recovery,
    place,
    reliable_change,
    score,
    short_responses,
)

WAI = instrument("wai-sr")
GAD = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)})
PARENTS = next(form.parents for form in instruments() if form.parents)
SQUARE = np.arange(12.0).reshape(4, 3) % 5
WILD = np.where(np.eye(4, 12), 6.0, 3.0)
CHANGE = reliable_change([15], [5], sd=5, reliability=0.9, instrument="gad-7")

REFUSALS: dict[str, Callable[[], object]] = {
    "a policy without a floor": lambda: Prorate(0.0),
    "no published rule": lambda: Published().rule_of(WAI),
    "a word off the scale": lambda: AnswerReader.of(WAI, words={"siempre": 6}),
    "a code on the scale": lambda: AnswerReader.of(WAI, missing_codes={5: MissingReason.REFUSED}),
    "positions of a form that is not flipped": lambda: score("gad-7", [1] * 7, recorded_as="position"),
    "no rater": lambda: score("wai-36", [1] * 36),
    "another rater": lambda: score("wai-sr", [1] * 12, rater="therapist"),
    "text for answers": lambda: score("gad-7", "1111111"),
    "columns of a single response": lambda: score("gad-7", [1] * 7, name="x"),  # type: ignore[call-overload]
    "too few answers": lambda: score("wai-sr", [1] * 10),
    "too few answers of a form without a family": lambda: score("gad-7", [1] * 9),
    "item zero": lambda: score("gad-7", {0: 1}),
    "an unknown item": lambda: score("gad-7", {"mood": 1}),
    "an item twice": lambda: score("gad-7", {"item1": 1, "1": 1}),
    "no table": lambda: score("gad-7", 7),  # type: ignore[call-overload]
    "missing columns": lambda: score("care", GAD),
    "shared columns": lambda: score("gad-7", GAD, items=["item1"] * 7),
    "too few columns": lambda: score("gad-7", GAD, items=["item1"]),
    "strange items": lambda: score("gad-7", GAD, items={9: "item1", 8: "item2"}),
    "a taken column": lambda: score("gad-7", GAD, name="item1"),
    "a column of truth": lambda: score("gad-7", GAD.with_columns(item1=pl.lit(value=True))),
    "a column of prose": lambda: score(
        "gad-7", pl.DataFrame({f"item{n}": [f"w{k}" for k in range(201)] for n in range(1, 8)})
    ),
    "a score of another instrument": lambda: place(score("gad-7", [1] * 7), instrument=instrument("phq-9")),
    "no parents": lambda: derived_form("wai-srt"),
    "no such parent": lambda: short_responses("wai-sr", {37: 1}),
    "totals of another number": lambda: contradictions("gad-7", [[1] * 7], [7, 7]),
    "no column of totals": lambda: contradictions("gad-7", GAD.with_columns(total=7), "totals"),
    "no such instrument": lambda: instrument("phq9"),
    "no subscale": lambda: WAI.subscale("bonds"),
    "no subscales at all": lambda: instrument("gad-7").subscale("bond"),
    "a scale upside down": lambda: ItemScale(minimum=5, maximum=1),
    "a scale of one point": lambda: ItemScale(minimum=3, maximum=3),
    "strange items in the key": lambda: evolve(WAI, key=evolve(WAI.key, reversed_items=(14, 3, 13))),  # type: ignore[misc]  # it has a key
    "an item flipped twice": lambda: evolve(WAI, print_order_flipped=(2, 5, 2)),
    "too few names": lambda: evolve(WAI, item_names=("a", "b")),
    "too few parents": lambda: evolve(WAI, parents=evolve(PARENTS, items=(1, 2, 3))),
    "anchors that do not fit": lambda: ItemScale(minimum=1, maximum=3, anchors=("low", "high")),
    "a band upside down": lambda: Band(name="mild", minimum=9, maximum=5),
    "no direction": lambda: reliable_change([20], [30], sd=8, reliability=0.8),
    "another direction": lambda: reliable_change([2], [3], sd=8, instrument="phq-9", higher_is_better=True),
    "no reliability": lambda: reliable_change([20], [30], sd=8, higher_is_better=True),
    "no verified reliability": lambda: reliable_change([20], [30], sd=8, instrument="wai-sr"),
    "a perfect reliability": lambda: reliable_change([20], [30], sd=8, reliability=1.0, higher_is_better=True),
    "one client": lambda: reliable_change([20], [30], reliability=0.8, higher_is_better=True),
    "no spread": lambda: reliable_change([20, 20], [30, 30], reliability=0.8, higher_is_better=True),
    "unequal scores": lambda: reliable_change([20, 21], [30], reliability=0.8, higher_is_better=True),
    "no mean": lambda: reliable_change(
        [float("nan")], [30], sd=8, reliability=0.8, higher_is_better=True, method="edwards_nunnally"
    ),
    "no population": lambda: clinical_cutoff("a", higher_is_better=True),
    "no spread of a population": lambda: Population(40, 0),
    "populations upside down": lambda: clinical_cutoff(
        "c", clinical=Population(60, 5), functional=Population(40, 5), higher_is_better=True
    ),
    "two directions": lambda: clinical_significance(
        reliable_change([5], [30], sd=5, reliability=0.9, higher_is_better=True),
        ClinicalCutoff(value=20, higher_is_better=False),
    ),
    "no total": lambda: nhs_recovery(phq_9=(28, 3), gad_7=(5, 5)),
    "another score": lambda: nhs_recovery(phq_9=(score("gad-7", [1] * 7), 3), gad_7=(5, 5)),
    "pooled sessions": lambda: internal_consistency(SQUARE, dyads="aabc"),
    "no repeated sessions": lambda: consistency_by_level(SQUARE, dyads="abcd"),
    "two dyads": lambda: consistency_by_level(SQUARE, dyads="aabb"),
    "a wrong shape": lambda: internal_consistency(SQUARE, dyads="abcd", instrument="wai-sr"),
    "a wrong shape without an instrument": lambda: internal_consistency([1, 2, 3], dyads="abc"),
    "too few labels": lambda: internal_consistency(SQUARE, dyads="abc"),
    "too few rows": lambda: internal_consistency(SQUARE[:2], dyads="ab"),
    "a subscale of nothing": lambda: internal_consistency(SQUARE, dyads="abcd", subscale="bond"),
    "certainty": lambda: internal_consistency(SQUARE, dyads="abcd", confidence=1.0),
    "two scales": lambda: dyadic_gap([4] * 12, [3] * 5, therapist_form="arm-5"),
    "strange matches": lambda: dyadic_gap([4] * 12, [3] * 10, matched={13: 1}),
    "no matches": lambda: dyadic_gap([4] * 12, [3] * 10, matched={}),
    "one dyad": lambda: dyadic_agreement([3], [3]),
    "unequal dyads": lambda: dyadic_agreement([3], [3, 4]),
    "a policy in words": lambda: score("gad-7", [1] * 7, missing="strict"),  # type: ignore[call-overload]
    "the class of a policy": lambda: score("gad-7", GAD, missing=Prorate),  # type: ignore[call-overload]
    "a word for text": lambda: score("gad-7", [1] * 7, words={"x": "3"}),  # type: ignore[dict-item]
    "a word that is none": lambda: score("gad-7", [1] * 7, words={1: 3}),  # type: ignore[dict-item]
    "a code in words": lambda: score("gad-7", [1] * 7, missing_codes={"-9": MissingReason.REFUSED}),  # type: ignore[dict-item]
    "a stated text": lambda: contradictions("gad-7", [[1] * 7], ["8"]),  # type: ignore[list-item]
    "a number to place": lambda: place(12),  # type: ignore[arg-type]
    "a number for a cut-off": lambda: clinical_significance(CHANGE, 50),  # type: ignore[arg-type]
    "a number for a change": lambda: clinical_significance(5, instrument("gad-7").cutoffs[0]),  # type: ignore[arg-type]
    "a cut-off of single items": lambda: clinical_significance(
        reliable_change([30], [38], sd=5, reliability=0.9, higher_is_better=True), instrument("srs-3").cutoffs[0]
    ),
    "a number for a published cut-off": lambda: ClinicalCutoff.of(50, higher_is_better=True),  # type: ignore[arg-type]
    "scores in words": lambda: reliable_change(["a"], [1], sd=5, reliability=0.9, higher_is_better=True),
    "a reliability in words": lambda: reliable_change([1], [1], sd=5, reliability="0.9", higher_is_better=True),  # type: ignore[arg-type]
    "a mean in words": lambda: reliable_change(
        [1],
        [1],
        sd=5,
        reliability=0.9,
        higher_is_better=True,
        mean_before="3",  # type: ignore[arg-type]
        method="edwards_nunnally",
    ),
    "a direction in words": lambda: reliable_change([1], [1], sd=5, reliability=0.9, higher_is_better="no"),  # type: ignore[arg-type]
    "impossible scores": lambda: reliable_change([99], [1], sd=5, reliability=0.9, instrument="gad-7"),
    "a sum and a mean": lambda: reliable_change([48], [4.5], sd=5, reliability=0.9, instrument="wai-sr"),
    "scores of two instruments": lambda: reliable_change(
        [score("gad-7", [1] * 7)], [score("phq-9", [1] * 9)], sd=5, reliability=0.9
    ),
    "scores of another instrument": lambda: reliable_change(
        [score("gad-7", [1] * 7)], [score("gad-7", [1] * 7)], sd=5, reliability=0.9, instrument="phq-9"
    ),
    "a sum and a mean as scores": lambda: reliable_change(
        [score("gad-7", [1] * 7)], [score("gad-7", [1] * 7, metric="mean")], sd=5, reliability=0.9
    ),
    "one total": lambda: nhs_recovery(phq_9=10, gad_7=(5, 5)),  # type: ignore[arg-type]
    "a total in words": lambda: nhs_recovery(phq_9=("10", 5), gad_7=(5, 5)),  # type: ignore[arg-type]
    "impossible answers": lambda: internal_consistency(WILD, dyads="abcd", instrument="wai-sr"),
    "impossible answers at two levels": lambda: consistency_by_level(WILD, dyads="aabb", instrument="wai-sr"),
    "forms that are swapped": lambda: dyadic_gap([3] * 10, [4] * 12, client_form="wai-srt", therapist_form="wai-sr"),
    "a form for clients alone": lambda: dyadic_gap([3] * 12, [3] * 9, therapist_form="phq-9"),
}

MESSAGES = {
    "a policy without a floor": "Prorate.min_fraction: a policy needs a floor, got 0 (expected above 0, at most 1)",
    "no published rule": "no missing-data rule was published for wai-sr. Hint: use Strict(), or Prorate(min_fraction=...) and say so",
    "a word off the scale": "wai-sr, words: a word stands for an answer on the scale, got 6 (expected 1 to 5, or a MissingReason)",
    "a code on the scale": "wai-sr, missing_codes: a code for a missing answer lies outside the scale, got 5 (expected not on 1 to 5)",
    "positions of a form that is not flipped": "recorded_as: no printed form of gad-7 with flipped items is known, got 'position'. Hint: record the anchors",
    "no rater": "rater: wai-36 has several respondents; say who answered (expected client, therapist, observer). Hint: views of different raters are never pooled",
    "another rater": "rater: wai-sr has no form for this rater, got 'therapist' (expected client)",
    "text for answers": "responses: answers are a list, a mapping or a dataframe, got text",
    "columns of a single response": "items, name, detail: a single response has no columns. Hint: they belong to tables",
    "too few answers": "responses: wai-sr has another number of items, got 10 answers (expected 12, with None where one is missing). Hint: this many items has wai-srt",
    "too few answers of a form without a family": "responses: gad-7 has another number of items, got 9 answers (expected 7, with None where one is missing)",
    "item zero": "responses: gad-7 has no such item, got 0 (expected 1 to 7, or 'item1' to 'item7'). Hint: items are numbered from 1",
    "an unknown item": "responses: gad-7 has no such item, got 'mood' (expected 1 to 7, or 'item1' to 'item7')",
    "an item twice": "responses: an item is given twice, got item 1",
    "no table": "responses: answers are a list, a mapping or a dataframe, got 7",
    "missing columns": "items: the table has no column for 3 of 10 items of care, got none named 'item8'. Hint: name the columns with items=... (--items), as a prefix, a list or a mapping",
    "shared columns": "items: two items cannot share a column",
    "too few columns": "items: gad-7 has another number of items, got 1 columns (expected 7)",
    "strange items": "items: gad-7 has no such item, got 8, 9 (expected 1 to 7)",
    "a taken column": "name: the table has a column of this name already, got 'item1'. Hint: choose another name=",
    "a column of truth": "column 'item1': a column of answers holds numbers or words, got type Boolean",
    "a column of prose": "column 'item1': a column of answers holds few different words, got 201 different texts (expected at most 200)",
    "a score of another instrument": "the score is of another instrument, got 'gad-7' (expected phq-9)",
    "no parents": "it is not known which longer form wai-srt was taken from",
    "no such parent": "responses: wai-36 has no such item, got 37 (expected 1 to 36, or 'item1' to 'item36')",
    "totals of another number": "there is one stated total for each response, got 2 totals (expected 1, with None where none was stated)",
    "no column of totals": "stated: the table has no such column, got 'totals'. Hint: did you mean 'total'?",
    "no such instrument": "there is no such instrument, got 'phq9'. Hint: did you mean 'phq-9'?",
    "no subscale": "wai-sr has no such subscale, got 'bonds'. Hint: did you mean 'bond'?",
    "no subscales at all": "gad-7 has no such subscale, got 'bond'",
    "a scale upside down": "ItemScale: a scale needs its minimum below its maximum, got 5 to 1",
    "a scale of one point": "ItemScale: a scale needs its minimum below its maximum, got 3 to 3",
    "strange items in the key": "wai-sr.key.reversed_items: an item that does not exist, got 13, 14 (expected items 1 to 12, each once)",
    "an item flipped twice": "wai-sr.print_order_flipped: an item that occurs twice, got 2 (expected items 1 to 12, each once)",
    "too few names": "wai-sr.item_names: there is one for each item, or none, got 2 (expected 12)",
    "too few parents": "wai-sr.parents.items: there is one for each item, or none, got 3 (expected 12)",
    "anchors that do not fit": "ItemScale.anchors: a scale with anchors has one for each of its points, got 2 anchors (expected 3)",
    "a band upside down": "Band: a band needs its minimum at most at its maximum, got 9 to 5",
    "no direction": "higher_is_better: the direction of the scores is needed. Hint: give higher_is_better=True or False, or the instrument",
    "another direction": "higher_is_better: the direction is not the one of the instrument, got True",
    "no reliability": "reliability: no verified reliability is known. Hint: give reliability=..., such as the alpha of your own data at one session",
    "no verified reliability": "reliability: no verified reliability is known for wai-sr. Hint: give reliability=..., such as the alpha of your own data at one session",
    "a perfect reliability": "reliability: not accepted, got 1.0 (expected above 0 and below 1)",
    "one client": "sd: a standard deviation needs at least two clients with both scores, got 1. Hint: give sd=...",
    "no spread": "sd: not accepted, got 0.0 (expected above 0)",
    "unequal scores": "there is one later score for each first score, got shapes (2,) and (1,) (expected two of shape (clients,))",
    "no mean": "mean_before: a mean needs at least one client with both scores",
    "no population": "clinical: this cut-off needs the clinical population",
    "no spread of a population": "Population.sd: not accepted, got 0.0 (expected above 0)",
    "populations upside down": "the functional population lies on the better side of the clinical one, got means 60 (clinical) and 40 (functional)",
    "two directions": "higher_is_better: change and cut-off read in different directions",
    "no total": "phq-9: not a total of this instrument, got 28 (expected 0 to 27, lower is better)",
    "another score": "phq-9: the score is of another instrument, got 'gad-7'",
    "pooled sessions": "dyads: a dyad has several rows; alpha and omega over pooled sessions mix differences between clients with differences between sessions, got 4 rows of 3 dyads. Hint: take one session per dyad, or use consistency_by_level",
    "no repeated sessions": "dyads: no dyad has two complete rows, so there is no level within. Hint: use internal_consistency",
    "two dyads": "the level between needs at least three dyads, got 2",
    "a wrong shape": "answers have one row per response and one column per item, got shape (4, 3) (expected (rows, 12))",
    "a wrong shape without an instrument": "answers have one row per response and one column per item, got shape (3,) (expected (rows, 2 or more items))",
    "too few labels": "dyads: there is one dyad for each row, got 3 labels (expected 4)",
    "too few rows": "at least three complete rows are needed, got 2",
    "a subscale of nothing": "subscale: a subscale is one of an instrument, got 'bond'",
    "certainty": "confidence: not accepted, got 1.0 (expected above 0 and below 1)",
    "two scales": "the two forms have different scales, got 1 to 5 and 1 to 7",
    "strange matches": "matched: matched items of wai-sr must exist, each once, got 13 (expected 1 to 12)",
    "no matches": "matched: matched items of wai-sr must exist, each once, got 0 items (expected 1 to 12)",
    "one dyad": "agreement needs at least two dyads with both ratings, got 1",
    "unequal dyads": "there is one rating of the client and one of the therapist for each dyad, got shapes (1,) and (2,)",
    "a policy in words": "missing: not a policy for unanswered items, got 'strict' (expected Strict(), Prorate(min_fraction=...) or Published())",
    "the class of a policy": "missing: not a policy for unanswered items, got the class Prorate (expected Strict(), Prorate(min_fraction=...) or Published())",
    "a word for text": "gad-7, words: a word stands for an answer on the scale, got '3' (expected 0 to 3, or a MissingReason)",
    "a word that is none": "gad-7, words: a word is text, got 1",
    "a code in words": "gad-7, missing_codes: a code for a missing answer is a number, got '-9'. Hint: words that stand for a reason belong into words={...}",
    "a stated text": "stated, row 0: a number is needed, got '8' (expected a finite number). Hint: make texts numbers; None where none was stated",
    "a number to place": "score: not a score, got 12 (expected a Score). Hint: score(...) makes one of answers, stated_score(...) of a total",
    "a number for a cut-off": "cutoff: not a cut-off, got 50 (expected a ClinicalCutoff or a Cutoff). Hint: write ClinicalCutoff(value=..., higher_is_better=...)",
    "a number for a change": "change: not a reliable change, got 5. Hint: reliable_change(...) makes one",
    "a cut-off of single items": "the cut-off 'discuss' speaks of single items too, which totals do not tell. Hint: place(score, responses=...) looks at both",
    "a number for a published cut-off": "published: not a published cut-off, got 50 (expected a Cutoff)",
    "scores in words": "before: not numbers, got a list of 1 (expected a number or a Score for each client, NaN or None where it is missing)",
    "a reliability in words": "reliability: a number is needed, got '0.9' (expected a finite number)",
    "a mean in words": "mean_before: a number is needed, got '3' (expected a finite number)",
    "a direction in words": "higher_is_better: not accepted, got 'no' (expected True or False, or None if known)",
    "impossible scores": "before, after: not all scores can be scores of gad-7, got 99.0 (expected 0 to 21 throughout or 0 to 3 throughout). Hint: for a subscale leave the instrument out and give higher_is_better=True or False",
    "a sum and a mean": "before, after: not all scores can be scores of wai-sr, got 4.5 (expected 12 to 60 throughout or 1 to 5 throughout). Hint: for a subscale leave the instrument out and give higher_is_better=True or False",
    "scores of two instruments": "before, after: scores of several instruments cannot be compared, got gad-7, phq-9",
    "scores of another instrument": "before, after: scores of several instruments cannot be compared, got gad-7, phq-9",
    "a sum and a mean as scores": "before, after: scores on several scales cannot be compared, got 0 to 21, lower is better and 0 to 3, lower is better",
    "one total": "phq-9: the first and the last total are needed, got 10 (expected a pair, with None where one is missing). Hint: write (first, last)",
    "a total in words": "phq-9: a number is needed, got '10' (expected a finite number)",
    "impossible answers": "answers, row 0, item 1: 4 answers are impossible on the scale of wai-sr, got 6 (expected 1 to 5). Hint: an answer that is NaN counts as missing, and its row is left out",
    "impossible answers at two levels": "answers, row 0, item 1: 4 answers are impossible on the scale of wai-sr, got 6 (expected 1 to 5). Hint: an answer that is NaN counts as missing, and its row is left out",
    "forms that are swapped": "client_form: wai-srt is not answered by the client, got 'wai-srt' (expected a form for the client). Hint: are the two forms swapped?",
    "a form for clients alone": "therapist_form: phq-9 is not answered by the therapist, got 'phq-9' (expected a form for the therapist)",
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_told_in_full(what: str) -> None:
    """The message is the whole sentence that a person needs."""
    with pytest.raises(TherarelError) as caught:
        REFUSALS[what]()
    assert str(caught.value) == MESSAGES[what]
