"""Detection over a panel: wording, counts beside noise, tables, agreement, candidates that explain themselves."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pytest

from therarel.detection import (
    Detection,
    Verdict,
    detect,
)
from therarel.detection.rules import BelowOwnMean, Drop, IndividualsChart, SuddenGain, SuddenLoss
from therarel.domain.ratings import Construct
from therarel.domain.ruptures import RuptureMode, RuptureSeverity
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.growth import fit_growth
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

ALSO = [IndividualsChart(), BelowOwnMean(), SuddenLoss(cutoff=1)]


def clinic_panel(construct: Construct | None, *, turned: bool = False) -> Panel:
    """A simulated panel that claims to be of some construct."""
    made = simulate_clinic(60, seed=9)
    score = 6 - made.score if turned else made.score
    labels = np.array(made.labels(), dtype=object)[made.dyad]
    return Panel.from_arrays(
        labels, made.session, score, scale=(1, 5), higher_is_better=not turned, construct=construct
    )


@pytest.fixture(scope="module")
def found() -> Detection:
    """What four rules find in a simulated clinic."""
    return detect(clinic_panel(Construct.ALLIANCE), primary=Drop(k=2), also=ALSO)


def everything_said(detection: Detection) -> str:
    """All text that a detection gives."""
    frame = detection.candidates.to_frame()
    parts = [
        repr(detection),
        detection._repr_html_(),
        *map(str, (detection, detection.candidates, detection.agreement)),
    ]
    parts += [str(detection.table()), detection.table().to_latex(), detection.table().to_csv()]
    parts += [str(frame), " ".join(frame.columns), str(detection.verdicts), str(detection.undetectable)]
    for each in detection.candidates:
        parts += [str(each), each.explain(), each.draw().to_svg(), each.name]
    parts += [each.in_words() for each in detection.counts]
    return "\n".join(parts)


@pytest.mark.parametrize("construct", [Construct.OUTCOME, None])
def test_an_outcome_or_unknown_panel_never_says_rupture(construct: Construct | None) -> None:
    """No text, table or picture about such scores holds the word."""
    detection = detect(clinic_panel(construct, turned=True), primary=Drop(k=2), also=ALSO)
    assert len(detection.candidates) > 0
    assert "ruptur" not in everything_said(detection).casefold()


@pytest.mark.parametrize("construct", [Construct.ALLIANCE, Construct.RELATIONSHIP, Construct.PRESENCE])
def test_a_relationship_panel_says_candidate_rupture_and_never_rupture_alone(construct: Construct) -> None:
    """A drop in alliance, relationship or presence is a candidate, in so many words."""
    said = everything_said(detect(clinic_panel(construct), primary=Drop(k=2), also=ALSO)).casefold()
    assert "candidate rupture" in said
    assert "rupture" not in said.replace("candidate rupture", "")


def test_turned_scores_give_turned_candidates(found: Detection) -> None:
    """A symptom-like mirror image has the same drops, its levels turned and its text rising."""
    other = detect(clinic_panel(Construct.ALLIANCE, turned=True), primary=Drop(k=2))
    for one, two in zip(found.candidates, other.candidates, strict=True):
        assert (one.dyad, one.flagged_at, one.length, one.recovered_at) == (
            two.dyad,
            two.flagged_at,
            two.length,
            two.recovered_at,
        )
        assert one.distance == pytest.approx(two.distance)
        assert one.reference == pytest.approx(6 - two.reference)
        assert "fell" in one.explain()
        assert "rose" in two.explain()


def test_counts_stand_beside_what_noise_gives(found: Detection) -> None:
    """Each rule's count of dyads stands beside the count that simulated panels of noise lead one to expect."""
    for each in found.counts:
        assert each.expected is not None
        assert each.expected.rule == each.rule
        assert f"expected from noise alone: {each.expected.mean:.1f}" in str(found)
    assert found.counts[0].flagged_sessions == int((found.codes[0] == 1).sum())


def test_a_rule_of_any_settings_has_an_expected_count() -> None:
    """A threshold that is in no table is simulated like any other, and no standard clinic is named beside it."""
    (count,) = detect(clinic_panel(Construct.ALLIANCE), primary=Drop(k=1.7)).counts
    assert count.expected is not None
    assert count.standard is None


def test_dyads_in_which_a_rule_could_not_fire_are_counted_and_never_flagged() -> None:
    """Ten dyads of three sessions are undetectable for a chart, and noise flags none of them."""
    made = simulate_clinic(10, seed=1, sessions=3)
    (count,) = detect(made.panel(), primary=IndividualsChart(), expected=NullModel()).counts
    assert (count.undetectable_dyads, count.expected_dyads, count.flagged_dyads) == (10, 0.0, 0)


def test_tables_come_in_the_kind_that_went_in() -> None:
    """Polars in, polars out; pandas in, pandas out; pyarrow in, pyarrow out."""
    rows = clinic_panel(None).to_frame("polars").select("dyad", "session", "score")
    for frame, kind in ((rows, pl.DataFrame), (rows.to_pandas(), pd.DataFrame), (rows.to_arrow(), pa.Table)):
        panel = Panel.from_frame(
            frame, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True
        )
        detection = detect(panel, primary=Drop(k=2))
        for table in (detection.verdicts, detection.undetectable, detection.candidates.to_frame()):
            assert isinstance(table, kind)


def test_the_verdict_table_has_one_row_per_session(found: Detection) -> None:
    """Every session of the panel has a verdict by every rule, and a reason exactly where it is undetectable."""
    table = found.verdicts
    assert isinstance(table, pl.DataFrame)
    assert table.height == found.panel.n_sessions
    for name in found.columns:
        undetectable = table[name] == Verdict.UNDETECTABLE.value
        assert (table[f"{name}_reason"].is_not_null() == undetectable).all()


def test_a_panel_without_any_finding_gives_empty_tables() -> None:
    """Nothing found is an answer: no candidates, and a table with the same columns."""
    panel = Panel.from_arrays(["A"] * 6, range(6), [4, 4, 4, 4, 4, 4], scale=(1, 5), higher_is_better=True)
    detection = detect(panel, primary=Drop(k=2))
    assert len(detection.candidates) == 0
    frame = detection.candidates.to_frame()
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == 0
    assert {"dyad", "onset", "extreme_at", "distance", "length", "recovery"} <= set(frame.columns)


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize("max_gap", [None, 3])
def test_a_dyad_without_any_score_is_judged_without_a_word_of_finding(rows: int, max_gap: float | None) -> None:
    """Its sessions have the verdict no score, and it counts among no dyads."""
    panel = Panel.from_arrays(
        ["A", "A", "B", "C"], [1, 2, 1, 1], [4, 3, None, 2], scale=(1, 5), higher_is_better=True, max_gap=max_gap
    )
    detection = detect(panel, primary=Drop(k=2), also=ALSO, rows=rows)
    assert [codes[2] for codes in detection.codes] == [2] * 4
    assert detection.counts[0].dyads == 2


def test_agreement_counts_the_sessions_at_which_both_could_fire(found: Detection) -> None:
    """The four counts of each pair sum to the sessions at which neither rule was blind."""
    assert len(found.agreement) == 6
    for pair in found.agreement:
        one, two = (found.codes[found.rules.index(rule)] for rule in (pair.first, pair.second))
        able = int(((one < 2) & (two < 2)).sum())
        assert pair.both + pair.only_first + pair.only_second + pair.neither == able


def test_a_candidate_names_the_rules_that_agree(found: Detection) -> None:
    """The labels of the other rules that flagged one of its sessions stand with a candidate."""
    table = found.verdicts
    assert isinstance(table, pl.DataFrame)
    for each in found.candidates:
        last = each.sessions[each.sessions.index(each.flagged_at) + each.length - 1]
        rows = table.filter((pl.col("dyad") == each.dyad) & pl.col("session").is_between(each.flagged_at, last))
        expected = tuple(
            rule.label
            for rule, name in zip(found.also, found.columns[1:], strict=True)
            if (rows[name] == "flagged").any()
        )
        assert each.also == expected


def test_a_candidate_draws_itself(found: Detection) -> None:
    """The picture of a candidate is an SVG that says in words what it shows."""
    picture = found.candidates[0]._repr_svg_()
    assert ET.fromstring(picture).tag.endswith("svg")
    assert found.candidates[0].dyad in picture


def test_a_candidate_is_proposed_and_never_confirmed_by_itself(found: Detection) -> None:
    """The proposed event takes its severity from a person and its grounds from the rule."""
    candidate = found.candidates[0]
    event = candidate.proposed(RuptureSeverity.MINOR, {RuptureMode.WITHDRAWAL})
    assert event.session == candidate.flagged_at
    assert event.grounds == candidate.grounds
    assert {each.name: each.value for each in candidate.grounds.settings}["k"] == 2.0
    with pytest.raises(TypeError):
        candidate.proposed()  # type: ignore[call-arg]


def test_a_drop_of_an_outcome_cannot_be_proposed_as_a_rupture() -> None:
    """Scores of an outcome, of something unknown, and gains give no event of a course."""
    for construct, rule in (
        (Construct.OUTCOME, Drop(k=1)),
        (None, Drop(k=1)),
        (Construct.ALLIANCE, SuddenGain(cutoff=0.5)),
    ):
        candidate = detect(clinic_panel(construct), primary=rule).candidates[0]
        with pytest.raises(InvalidValueError):
            candidate.proposed(RuptureSeverity.MINOR)


def test_candidates_are_a_sequence(found: Detection) -> None:
    """Candidates can be counted, sliced and walked through from both ends."""
    every = found.candidates
    assert repr(every[-1]) == repr(list(every)[-1])
    assert len(every[2:5]) == 3
    with pytest.raises(IndexError):
        every[len(every)]


def test_candidates_of_a_second_rule_are_named_by_rule_label_or_column(found: Detection) -> None:
    """Another rule's candidates are there for the asking, and a misspelt one is refused with a hint."""
    rule = found.also[0]
    assert (
        len(found.candidates_of(rule))
        == len(found.candidates_of(rule.label))
        == len(found.candidates_of("individuals_chart"))
    )
    with pytest.raises(UnknownNameError, match="did you mean"):
        found.candidates_of("individual_chart")


def test_what_is_no_panel_or_no_rule_is_refused() -> None:
    """Arguments of the wrong kind are named, with what would do."""
    panel = clinic_panel(None)
    with pytest.raises(InvalidValueError, match="panel"):
        detect([1, 2, 3], primary=Drop())  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="rule"):
        detect(panel, primary="drop")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="once"):
        detect(panel, primary=Drop(), also=[Drop()])
    with pytest.raises(InvalidValueError, match="threads"):
        detect(panel, primary=Drop(), threads=0)


def test_the_table_for_a_paper_says_what_stands_behind_it(found: Detection) -> None:
    """The note names dyads, sessions, missing scores, settings and what the expectation rests on."""
    table = found.table()
    assert f"n = {found.panel.n_dyads} dyads" in table.note
    assert "Settings of drop" in table.note
    assert "1000 simulated panels" in table.note.replace(",", "")
    assert "within_sd = " in table.note
    assert table.to_latex().count(r"\\") == len(table.rows) + 1
    assert table.to_csv().splitlines()[1].startswith("Rule,")


def test_values_that_do_not_exist_are_not_numbers(found: Detection) -> None:
    """A criterion that is not available is left out of the grounds."""
    for each in found.candidates_of("sudden_loss"):
        assert {value.name for value in each.grounds.values} >= {"criterion_1", "criterion_2", "criterion_3"}
        assert not any(isinstance(value.value, float) and math.isnan(value.value) for value in each.grounds.values)


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_every_table_comes_in_the_kind_that_came_in_or_is_named(kind: str) -> None:
    """Panel, problems, findings, models and changes give the kind that came in, and any other that is asked for."""
    table = simulate_clinic(24, seed=3).panel().to_frame(kind)
    panel = Panel.from_frame(table, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True)
    found = detect(panel, primary=Drop(k=2), expected="none")
    fit = fit_growth(panel, "score ~ session", {"dyad": "1"})
    tables: list[Callable[..., object]] = [
        panel.to_frame, panel.problem_rows, found.candidates.to_frame, found.table().to_frame, fit.summary().to_frame,
        fit.paper_table().to_frame, fit.expected_trajectory([1, 2]).to_frame,
    ]  # fmt: skip
    assert {type(give()).__module__.split(".")[0] for give in tables} == {kind}
    for other in ("polars", "pandas", "pyarrow"):
        assert {type(give(other)).__module__.split(".")[0] for give in tables} == {other}
