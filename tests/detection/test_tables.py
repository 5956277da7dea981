"""Tables of a detection: verdicts, what was undetectable, agreement, counts and the table for a paper, counted anew."""

from __future__ import annotations

import csv
import math
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Detection, calibrate, detect
from therarel.detection.agreement import Agreement, PairAgreement
from therarel.detection.judged import figures_of_dyads
from therarel.detection.rules import BelowOwnMean, Drop, IndividualsChart, ReliableDrop, Rule, SuddenGain
from therarel.errors import InvalidValueError
from therarel.panels import Panel
from therarel.simulation import simulate_clinic
from therarel.tables.paper_table import PaperTable

RULES: list[Rule] = [Drop(k=1), IndividualsChart(k=2), Drop(k=2), BelowOwnMean()]


@pytest.fixture(scope="module")
def found() -> Detection:
    """Four rules over a clinic in which some sessions have no score and some dyads are short."""
    frame: Any = simulate_clinic(60, seed=3).panel().to_frame("polars")
    rows = pl.DataFrame(frame)
    place = pl.int_range(pl.len())
    rows = rows.with_columns(score=pl.when(place % 7 != 3).then("score"))
    short = (pl.col("dyad") > "S-0050") & (pl.col("session") > 3)
    rows = rows.filter(~short)
    panel = Panel.from_frame(
        rows, dyad="dyad", session="session", score="score", therapist="therapist", scale=(1, 5), higher_is_better=True
    )
    return detect(panel, primary=RULES[0], also=RULES[1:])


def verdicts_of(found: Detection) -> pl.DataFrame:
    """The table of verdicts."""
    table: Any = found.verdicts
    return pl.DataFrame(table)


def test_columns_are_named_by_their_rules(found: Detection) -> None:
    """A rule that is there twice gets a number."""
    assert found.columns == ("drop_1", "individuals_chart", "drop_2", "below_own_mean")
    assert [name for name in verdicts_of(found).columns if name.endswith("_reason")] == [
        f"{name}_reason" for name in found.columns
    ]


def test_a_table_without_dyads_has_the_columns_of_a_table_with_dyads() -> None:
    """Where nobody is left, each figure of a dyad is there as a whole number, of no dyad."""
    nobody = figures_of_dyads(("drop",), [np.empty(0, np.uint8)], [{}], np.zeros(1, np.intp))
    one = figures_of_dyads(("drop",), [np.zeros(2, np.uint8)], [{}], np.array([0, 2]))
    assert list(nobody) == list(one) == ["scored", "drop_flagged", "drop_undetectable"]
    for name, figures in nobody.items():
        assert isinstance(figures, np.ndarray)
        assert (figures.size, figures.dtype) == (0, np.asarray(one[name]).dtype)


def test_what_was_undetectable_is_counted_by_rule_dyad_and_reason(found: Detection) -> None:
    """The counts are those of the verdicts, and beside each stands the number of sessions with a score."""
    verdicts = verdicts_of(found)
    expected: Counter[tuple[object, ...]] = Counter()
    scored = Counter(verdicts.filter(pl.col("score").is_not_null())["dyad"])
    for rule, name in zip(found.rules, found.columns, strict=True):
        for dyad, said, reason in verdicts.select("dyad", name, f"{name}_reason").rows():
            assert (said == "undetectable") == (reason is not None)
            if reason is not None:
                expected[rule.label, dyad, reason] += 1
    table: Any = found.undetectable
    rows = pl.DataFrame(table).rows()
    assert {(rule, dyad, reason, sessions, of) for rule, dyad, reason, sessions, of in rows} == {
        (*key, count, scored[str(key[1])]) for key, count in expected.items()
    }
    assert len(rows) == len(expected) > 20


def test_counts_are_those_of_the_verdicts(found: Detection) -> None:
    """Dyads and sessions that were flagged or could not have been, of those with a score."""
    verdicts = verdicts_of(found)
    for count, name in zip(found.counts, found.columns, strict=True):
        by_dyad: dict[str, list[str]] = {}
        for dyad, said in verdicts.select("dyad", name).rows():
            if said != "no_score":
                by_dyad.setdefault(dyad, []).append(said)
        every = [said for dyad in by_dyad.values() for said in dyad]
        assert (count.dyads, count.sessions) == (len(by_dyad), len(every))
        assert count.flagged_dyads == sum("flagged" in dyad for dyad in by_dyad.values())
        assert count.undetectable_dyads == sum(set(dyad) == {"undetectable"} for dyad in by_dyad.values())
        assert (count.flagged_sessions, count.undetectable_sessions) == (
            every.count("flagged"), every.count("undetectable"),
        )  # fmt: skip


def test_agreement_is_counted_over_sessions_at_which_both_could_fire(found: Detection) -> None:
    """Every pair of rules once, both ways of disagreeing apart."""
    verdicts = verdicts_of(found)
    pairs = list(found.agreement)
    assert [(each.first, each.second) for each in pairs] == [
        (one, other) for at, one in enumerate(found.rules) for other in found.rules[at + 1 :]
    ]
    names = [(one, other) for at, one in enumerate(found.columns) for other in found.columns[at + 1 :]]
    able = {"flagged", "not_flagged"}
    for each, (one, other) in zip(pairs, names, strict=True):
        seen = Counter(row for row in verdicts.select(one, other).rows() if set(row) <= able)
        yes, no = "flagged", "not_flagged"
        assert (each.both, each.only_first, each.only_second, each.neither) == (
            seen[yes, yes], seen[yes, no], seen[no, yes], seen[no, no],
        )  # fmt: skip


@given(st.tuples(*[st.integers(0, 30)] * 4))
def test_kappa_is_agreement_beyond_chance(counts: tuple[int, int, int, int]) -> None:
    """Observed agreement less that of chance, of what chance leaves; nothing where chance leaves nothing."""
    both, first, second, neither = counts
    pair = PairAgreement(Drop(k=1), Drop(k=2), both=both, only_first=first, only_second=second, neither=neither)
    total = sum(counts)
    assert pair.overlap == (both / (both + first + second) if both + first + second else None)
    if not total:
        assert pair.kappa is None
        return
    one = np.repeat([1, 1, 0, 0], counts)
    other = np.repeat([1, 0, 1, 0], counts)
    chance = sum((one == value).mean() * (other == value).mean() for value in (0, 1))
    if chance >= 1:
        assert pair.kappa is None
    else:
        assert pair.kappa == pytest.approx(((one == other).mean() - chance) / (1 - chance))


def test_agreement_prints_its_four_counts(found: Detection) -> None:
    """Each pair on a line; columns hold what the lines say."""
    agreement = found.agreement
    lines = str(agreement).splitlines()
    assert repr(agreement) == f"<{lines[0]}>" == "<agreement of 6 pairs of rules, in sessions>"
    assert len(agreement) == len(lines) - 1 == 6
    columns = agreement.columns()
    for at, (each, line) in enumerate(zip(agreement, lines[1:], strict=True)):
        assert line == (
            f"  {each.first.label} / {each.second.label}: both {each.both}, only first {each.only_first},"
            f" only second {each.only_second}, neither {each.neither}"
        )
        row = {name: values[at] for name, values in columns.items()}
        assert row == {
            "first": each.first.label, "second": each.second.label, "both": each.both, "only_first": each.only_first,
            "only_second": each.only_second, "neither": each.neither, "overlap": each.overlap, "kappa": each.kappa,
        }  # fmt: skip
    assert len(Agreement()) == 0


def test_the_table_for_a_paper_holds_each_rule_with_its_counts(found: Detection) -> None:
    """Candidates, dyads, share, what could not be seen, mean depth and recoveries, each counted anew."""
    table = found.table()
    assert table.head == ("Rule", "Found", "Dyads", "Share", "Expected", "Undetectable", "Mean depth", "Recovered")
    for row, rule, count in zip(table.rows, found.rules, found.counts, strict=True):
        every = list(found.candidates_of(rule))
        assert row[:4] == (
            rule.label, str(len(every)), str(count.flagged_dyads),
            f"{count.flagged_dyads / count.dyads:.2f}".removeprefix("0"),
        )  # fmt: skip
        assert row[5] == str(count.undetectable_dyads)
        assert row[6] == f"{np.mean([each.distance for each in every]):.2f}"
        assert row[7] == str(sum(each.recovery == "recovered" for each in every))
    panel = found.panel
    assert table.note.startswith(
        f"n = {found.counts[0].dyads} dyads, {found.counts[0].sessions:,} sessions with a score, {panel.n_missing}"
        f" without, {panel.n_therapists} therapists. Scale 1 to 5, higher is better. The primary rule is drop (k 1)."
    )
    assert "Settings of drop (k 1): minimal_drop = 0, k = 1, reference = previous," in table.note
    assert table.title == "Score drops by Rule"


def test_a_rule_that_finds_nothing_has_no_mean_depth() -> None:
    """Where nothing was found there is no depth, and a share of 1 keeps its digit."""
    panel = Panel.from_arrays(list("AAAAAA"), range(6), [4, 4, 4, 4, 4, 2], scale=(1, 5), higher_is_better=True)
    rows = detect(panel, primary=Drop(k=2), also=[ReliableDrop(reliability=0.9, sd=9)]).table().rows
    assert (rows[0][1:4], rows[0][6:]) == (("1", "1", "1.00"), ("2.00", "0"))
    assert (rows[1][1:4], rows[1][6:]) == (("0", "0", ".00"), ("-", "0"))


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(str.strip)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        PaperTable,
        CELLS,
        st.tuples(*[CELLS] * width),
        st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=4).map(tuple),
        CELLS,
    )
)


@given(TABLES)
def test_a_paper_table_stands_in_columns(table: PaperTable) -> None:
    """Title, head, rows and note in their order; the first column to the left, the others to the right."""
    lines = str(table).split("\n")
    assert (lines[0], lines[1], lines[-2], lines[-1]) == (table.title, "", "", f"Note. {table.note}")
    body = lines[2:-2]
    widths = [max(len(row[at]) for row in (table.head, *table.rows)) for at in range(len(table.head))]
    for line, row in zip(body, (table.head, *table.rows), strict=True):
        padded = [row[0] + " " * (widths[0] - len(row[0]))]
        padded += [" " * (width - len(cell)) + cell for width, cell in zip(widths[1:], row[1:], strict=True)]
        assert line == "  ".join(padded).rstrip()


@given(st.lists(st.tuples(st.sampled_from(["a,b", 'q"', "x"]), st.sampled_from([".25", "-", "1"])), min_size=1))
def test_csv_reads_back(rows: list[tuple[str, str]]) -> None:
    """What is written as CSV is what is read from it."""
    table = PaperTable("Rates, all", ("Rule", "Share"), tuple(rows), "n = 40, of 50.")
    read = list(csv.reader(StringIO(table.to_csv())))
    assert read == [["Rates, all"], ["Rule", "Share"], *map(list, rows), ["Note. n = 40, of 50."]]
    frame: Any = table.to_frame()
    assert frame.rows() == rows


def test_a_table_is_given_as_numbers_of_the_kind_that_the_panel_came_in() -> None:
    """Counts and shares can be computed with; what a rule of the other kind does not have is NaN."""
    frame: Any = simulate_clinic(30, seed=1).panel().to_frame("pandas")
    panel = Panel.from_frame(frame, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True)
    found = detect(panel, primary=Drop(k=2), also=[SuddenGain(cutoff=0.5)], expected="none")
    numbers: Any = found.table().to_frame()
    assert type(numbers).__module__.startswith("pandas")
    assert numbers["findings"].tolist() == [len(found.candidates_of(rule)) for rule in found.rules]
    assert numbers["flagged_share"].tolist() == [each.flagged_share for each in found.counts]
    depth = sum(each.distance for each in found.candidates) / len(found.candidates)
    assert numbers["mean_depth"][0] == pytest.approx(depth)
    assert math.isnan(numbers["gain_held"][0])
    assert math.isnan(numbers["drop_open"][1])
    rates: Any = calibrate(Drop(), lengths=(8,), depths=(1.0,), clients=100, seed=1).paper_table().to_frame()
    assert rates.columns[-1] == "found_1_over_1"
    assert 0 <= rates["false_alarms"][0] <= 1


def test_html_is_ready_for_a_word_processor(tmp_path: Path) -> None:
    """One table with its styles in the cells, everything escaped, title before and note after it."""
    table = PaperTable("Rates <all>", ("Rule", "Share"), (("a & b", ".25"), ("c", "-")), "n < 40.")
    text = table.to_html(tmp_path / "t.html")
    assert (tmp_path / "t.html").read_text("utf-8") == text
    assert [text.count(part) for part in ("<table", "<tr>", "<th ", "<td ", "<script", "<link")] == [1, 3, 2, 4, 0, 0]
    assert "<i>Rates &lt;all&gt;</i>" in text
    assert ">a &amp; b</td>" in text
    assert text.index("<table") < text.index("<i>Note.</i> n &lt; 40.")
    with pytest.raises(InvalidValueError, match=r"\.html"):
        table.to_html(tmp_path / "t.docx")


def test_latex_escapes_what_would_be_commands(tmp_path: Path) -> None:
    """Every special character is escaped; one row per line between the rules of booktabs; columns to the right."""
    table = PaperTable(r"50 % & more", ("Rule_1", "a", "b"), ((r"\x{y}~^#$<>", "1", "2"),), "n_1 = 3.")
    text = table.to_latex(tmp_path / "t.tex")
    assert (tmp_path / "t.tex").read_text("utf-8") == text
    lines = text.splitlines()
    assert lines == [
        r"\begin{table}",
        r"\caption{50 \% \& more}",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r"Rule\_1 & a & b \\",
        r"\midrule",
        r"\textbackslash{}x\{y\}\textasciitilde{}\textasciicircum{}\#\$\textless{}\textgreater{} & 1 & 2 \\",
        r"\bottomrule",
        r"\end{tabular}",
        "",
        r"\textit{Note.} n\_1 = 3.",
        r"\end{table}",
    ]
    for refused in (table.to_latex, table.to_csv):
        with pytest.raises(InvalidValueError, match="name it"):
            refused(tmp_path / "t.png")
    assert table.to_csv(tmp_path / "t.csv") == (tmp_path / "t.csv").read_text("utf-8")


def test_many_candidates_are_not_all_printed(found: Detection) -> None:
    """Ten in text and twenty on a page, and how many more there are; each on a line of its own."""
    every = found.candidates
    assert len(every) > 20
    lines = str(every).splitlines()
    assert repr(every) == f"<{lines[0]}>" == f"<{len(every)} score drops by the rule: drop (k 1)>"
    assert lines[1:11] == [f"  {each}" for each in every[:10]]
    assert lines[11:] == [f"  ... and {len(every) - 10} more"]
    page = every._repr_html_()
    assert page.count("<li>") == 20
    assert f"... and {len(every) - 20} more" in page
    assert page.startswith(f"<p>{len(every)} score drops by the rule: drop (k 1)</p>")
    few = detect(found.panel.only(found.panel.dyads[:3]), primary=Drop(k=1)).candidates
    assert 0 < len(few) <= 10
    assert "more" not in str(few) + few._repr_html_()
    assert len(str(few).splitlines()) == len(few) + 1
    assert [each.dyad for each in every[-3:]] == [each.dyad for each in every][-3:]
    for wrong in (len(every), -len(every) - 1):
        with pytest.raises(IndexError):
            every[wrong]
    assert repr(every[-len(every)]) == repr(every[0])
    assert found._repr_html_().count("<li>") == 20 + len(found.rules)


def test_the_null_model_in_a_note_is_on_the_scale_of_the_panel() -> None:
    """On a symptom scale the level is a score of that scale, the slope falls where symptoms fall, and no 0 is below 0."""
    chance = np.random.default_rng(3)
    score = np.clip(20 - 0.8 * np.arange(8) + chance.normal(0, 2, (30, 8)), 0, 27).round()
    labels = np.repeat([f"P-{at}" for at in range(30)], 8)
    panel = Panel.from_arrays(labels, np.tile(np.arange(1, 9), 30), score.ravel(), instrument="phq-9")
    note = detect(panel, primary=Drop(k=2)).table().note
    figures = dict(part.split(" = ") for part in note[note.index("intercept = ") :].split(", ")[:9])
    assert 15 < float(figures["intercept"]) < 25
    assert float(figures["slope"]) < 0
    assert (figures["minimum"], figures["maximum"]) == ("0", "27")
    assert "levels and slopes have the other sign" in note
