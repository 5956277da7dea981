"""Reports: self-contained, honest pages that say no more than the data."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection import FallCount, NoiseCount, RuleCount, detect, rules
from therarel.detection.rules import Change
from therarel.detection.wording import Terms
from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.reports import Report, is_report, report
from therarel.reports.noise import falls_sentence, verdict_sentence
from therarel.simulation import SimulatedClinic, simulate_clinic
from therarel.testing import leaks

CANARY = "zwitscherling"
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=y>",
    '"><svg onload=z>',
    "&lt;b&gt;",
    "a'b\"c",
    "]]> -->",
    "\u202eabc",
    "=1+1",
)
LABELS = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
).filter(lambda label: bool(label.strip()))
ATTRIBUTES = {
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "d",
    "download",
    "fill",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "opacity",
    "paint-order",
    "r",
    "role",
    "rx",
    "scope",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-width",
    "tabindex",
    "text-anchor",
    "transform",
    "viewbox",
    "width",
    "x",
    "x1",
    "x2",
    "xmlns",
    "y",
    "y1",
    "y2",
}


def test_a_page_is_whole_and_loads_nothing(simulated: Report, parsed: Callable[[str], Any]) -> None:
    """The page is one well-formed document without scripts, frames or anything from outside."""
    page = parsed(simulated.html)
    assert not page.tags & {"script", "iframe", "img", "link", "object", "embed", "form", "input", "button"}
    assert {key for _, attributes in page.elements for key in attributes} <= ATTRIBUTES
    links = [attributes["href"] for name, attributes in page.elements if "href" in attributes]
    beyond = ("https://doi.org/", "data:text/csv;charset=utf-8,")
    assert all(address.startswith(beyond) or address.removeprefix("#") in page.ids for address in links)
    assert "url(" not in simulated.html
    assert "@import" not in simulated.html
    assert len(page.ids) == len(set(page.ids))


def test_the_same_detection_gives_the_same_page(simulated: Report, clinic: SimulatedClinic) -> None:
    """Nothing of the hour or the machine stands in a report."""
    again = report(
        detect(clinic.panel(), primary=rules.Drop(k=2), also=[rules.IndividualsChart()], threads=1), simulated=clinic
    )
    assert again.html == simulated.html
    assert again.as_dict() == simulated.as_dict()


def test_a_date_stands_only_where_one_is_given(reported: Callable[..., Report], panel_of: Callable[..., Panel]) -> None:
    """A report is undated unless it is given its date."""
    found = reported(panel_of("alliance")).detection
    assert "2031-02-03" in report(found, when=date(2031, 2, 3)).html
    assert report(found, when="spring").as_dict()["when"] == "spring"
    assert report(found).as_dict()["when"] is None


@pytest.mark.parametrize("construct", [Construct.OUTCOME, None])
@pytest.mark.parametrize("primary", [rules.Drop(k=2), rules.IndividualsChart(), rules.IndividualsChart(rules={1, 2})])
def test_scores_that_are_not_of_the_relationship_are_never_called_ruptures(
    construct: Construct | None, primary: rules.Rule, reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """An outcome, or scores of unknown meaning, have score drops: page, data and sentences say nothing else."""
    made = (
        reported(panel_of(construct), primary)
        if primary.name == "drop"
        else report(detect(panel_of(construct), primary=primary, also=[rules.Drop(k=2)]))
    )
    assert len(made.detection.candidates)
    told = made.html + json.dumps(made.as_dict()) + " ".join(made.headline) + repr(made) + made.title
    assert "rupture" not in told.lower()


def test_totals_of_a_form_that_asks_about_risk_say_so_first(
    reported: Callable[..., Report], panel_of: Callable[..., Panel], parsed: Callable[[str], Any]
) -> None:
    """A page of PHQ-9 totals says before any number that it does not show the risk item; other pages do not."""
    panel = Panel.from_arrays(
        ["A"] * 8 + ["B"] * 8, [*range(1, 9)] * 2, [3, 3, 3, 3, 3, 3, 15, 3] * 2, instrument="phq-9"
    )
    made = reported(panel)
    assert panel.risk_note is not None
    assert panel.risk_note in made.html
    assert made.html.index(panel.risk_note) < made.html.index("At a glance")
    assert panel.risk_note in json.dumps(made.as_dict())
    assert panel.risk_note in made.detection._repr_html_()
    assert "asks about risk" not in reported(panel_of(Construct.ALLIANCE)).html


@pytest.mark.parametrize("construct", [Construct.ALLIANCE, Construct.RELATIONSHIP, Construct.PRESENCE])
def test_scores_of_the_relationship_have_candidate_ruptures(
    construct: Construct, reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """A drop in the relationship is a candidate rupture, and never a rupture by itself."""
    made = reported(panel_of(construct))
    assert "score drops (candidate ruptures)" in made.html
    assert made.as_dict()["finding"] == "score drop (candidate rupture)"


def test_a_simulated_report_says_so_wherever_it_shows(simulated: Report) -> None:
    """Title, banner, picture, table, footer, data and representation of a simulated report are labelled."""
    assert "simulated" in simulated.title
    assert simulated.html.lower().count("simulated") > 10
    assert "those who stay. All scores are simulated.</figcaption>" in simulated.html
    assert "in the order of dyads (simulated)" in simulated.html
    assert "simulated" in repr(simulated)
    assert "Simulated report" in simulated._repr_html_()
    assert simulated.as_dict()["simulated"]


def test_only_a_simulation_knows_the_truth(
    simulated: Report, reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """The table of hits and false alarms adds up for a simulated clinic and stands on no other page."""
    assert simulated.truth is not None
    assert simulated.truth.dyads == 30
    assert simulated.truth.flagged == simulated.detection.counts[0].flagged_dyads
    assert "The truth, which only a simulation knows" in simulated.html
    assert "which only a simulation knows" not in reported(panel_of("alliance")).html


def test_the_clinic_must_be_the_one_of_the_panel(
    reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """Real scores cannot be labelled with the truth of another clinic."""
    with pytest.raises(InvalidValueError, match="not that of the simulated clinic"):
        report(reported(panel_of("alliance")).detection, simulated=simulate_clinic(4, seed=1))


def test_every_count_stands_beside_what_noise_gives(simulated: Report) -> None:
    """Observed and expected counts, the interval, the null behind them and the power are all on the page."""
    for count in simulated.detection.counts:
        noise = count.expected
        assert noise is not None
        assert f"{noise.mean:.1f} ({noise.low} to {noise.high})" in simulated.html
        assert f">{count.flagged_dyads}<" in simulated.html
        assert f">{noise.falls.power:.2f}<" in simulated.html
        assert f">{noise.falls.mean:.1f}<" in simulated.html
    told = simulated.headline[0]
    assert "in 95 of 100 panels" in told
    assert "With a drop of 1 point in a quarter of the dyads it would flag" in told
    assert "fitted to the panel (30 dyads)" in simulated.html
    assert "takes a part of the drops for noise" in simulated.html


def test_the_standard_clinic_is_named_as_what_it_is(simulated: Report) -> None:
    """The tabled rates stand apart, with their generator, and are said to be about other scores."""
    assert "For comparison: a standard clinic" in simulated.html
    assert "They say nothing about the scores of this report" in simulated.html
    assert "within-client SD 0.35, autocorrelation 0.3" in simulated.html
    assert "Illustrative, and no norm" in simulated.html


def test_too_small_a_panel_says_that_its_count_means_little(panel_of: Callable[..., Panel]) -> None:
    """Where no noise can be learnt there is no expected count, and page and data say why and what follows from that."""
    made = report(detect(panel_of("alliance"), primary=rules.Drop(k=1.7)))
    assert "is not known, and without that number the count says little" in made.headline[0]
    assert "only 3 dyads with 4 or more scores" in made.headline[0]
    assert "no sign" not in made.headline[0]
    rules_told = made.as_dict()["rules"]
    assert isinstance(rules_told, list)
    assert rules_told[0]["expected"] is rules_told[0]["expected_dyads"] is None
    assert "only 3 dyads" in rules_told[0]["expected_unknown"]
    assert made.html


def test_a_dyad_that_nothing_could_have_flagged_is_no_sign_of_anything() -> None:
    """One dyad with two sessions, neither of which a chart could flag: the page says just that."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 3], scale=(1, 5), higher_is_better=True)
    for expected in ("fitted", NullModel()):
        made = report(detect(panel, primary=rules.IndividualsChart(), expected=expected))
        assert "could not have flagged any dyad here, so that the count says nothing" in made.headline[0]
        assert "0 of 1 dyad with a score" in made.headline[0]
        assert "no sign" not in made.html
        assert "1 dyads" not in made.html


@given(flagged=st.integers(0, 200), low=st.integers(0, 60), wide=st.integers(0, 60), power=st.floats(0, 1))
def test_no_sign_is_said_only_where_drops_would_have_shown(flagged: int, low: int, wide: int, power: float) -> None:
    """Whatever the count, "no sign" needs a power of .8, and stands beside what a quarter with drops would give."""
    noise = NoiseCount(
        rule=rules.Drop(), null=NullModel(), fitted=True, dyads=200, mean=low + wide / 2, low=low, high=low + wide,
        error=0.1, runs=200, simulated=200, seed=1,
        falls=FallCount(share=0.25, depth=1.0, mean=90.0, found=0.4, expected=70.0, power=power, null=NullModel()),
    )  # fmt: skip
    count = RuleCount(
        rule=rules.Drop(), dyads=200, flagged_dyads=flagged, undetectable_dyads=3, sessions=2000,
        flagged_sessions=flagged, undetectable_sessions=3, expected=noise,
    )  # fmt: skip
    told = verdict_sentence(count, Terms(Change.DROP))
    assert ("no sign" in told) is (flagged <= noise.high and power >= 0.8)
    assert ("more than noise gives" in told) is (flagged > noise.high) is count.more_than_noise
    assert "fewer than noise gives" in told or flagged >= noise.low
    assert f"{round(100 * power)} of 100" in falls_sentence(noise, Terms(Change.DROP))


def test_every_candidate_has_its_grounds_and_its_end(
    reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """The table gives score, reference, limit and spread of each finding, and what became of it."""
    html = reported(panel_of("alliance")).html
    assert html.count("Score 2, reference 4, limit ") == 3
    assert html.count('<span class="tight">session 7</span>') == 3
    assert html.count("Also flagged by individuals chart.") == 3


def test_findings_that_begin_with_the_series_are_set_apart() -> None:
    """Where no earlier session shows the reference level the page says that no drop was seen."""
    scores = [2.0, 4.0, 4.1, 4.0, 4.1, 4.0, 4.0, 4.1, 4.0, 4.1, 4.0, 4.1]
    panel = Panel.from_arrays(["A"] * 12, range(12), scores, scale=(1, 5), higher_is_better=True)
    html = report(detect(panel, primary=rules.IndividualsChart())).html
    assert "begins with the series" in html
    assert "begins so" in html


def test_scores_compared_over_a_break_are_pointed_out() -> None:
    """A drop from one score to the next may span missing sessions; the page says how many do."""
    scores = [4.0, 4.1, 4.0, None, None, 2.0, 4.0, 4.1]
    panel = Panel.from_arrays(["A"] * 8, range(8), scores, scale=(1, 5), higher_is_better=True)
    assert "1 flagged session comes after a break" in report(detect(panel, primary=rules.Drop(k=2))).html


def test_what_was_undetectable_is_counted_with_its_reason(
    reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """Sessions at which a rule could not have fired are listed by reason, in page and data."""
    made = reported(panel_of("alliance"))
    told = made.as_dict()["undetectable"]
    assert {"rule": "drop", "reason": "no_reference", "sessions": 3, "dyads": 3} in (
        told if isinstance(told, list) else []
    )
    assert "There is no earlier score to compare with" in made.html


def test_no_findings_is_an_answer_too() -> None:
    """A flat panel gives a page that says why silence proves nothing."""
    panel = Panel.from_arrays(["A"] * 6, range(6), [4] * 6, scale=(1, 5), higher_is_better=True)
    made = report(detect(panel, primary=rules.Drop(k=2)))
    assert "does not prove that nothing happened" in made.html
    assert made.as_dict()["candidates"] == []


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_both_directions_give_the_same_findings(
    higher_is_better: bool, reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """Where lower is better the page explains what a drop is, and finds the same."""
    made = reported(panel_of("outcome", higher_is_better=higher_is_better))
    assert len(made.detection.candidates) == 3
    assert ("the number itself rises" in made.html) is not higher_is_better


@given(labels=st.lists(LABELS, min_size=1, max_size=4, unique=True), column=LABELS)
@settings(max_examples=30)
def test_labels_from_the_data_stay_text(labels: list[str], column: str, parsed: Callable[[str], Any]) -> None:
    """Whatever dyads and columns are called, the page stays well-formed and gains no element and no attribute."""
    import polars as pl

    scores = [4.0, 4.0, 4.1, 4.0, 2.0, 4.0]
    names = [label.strip() for label in labels]
    unique = list(dict.fromkeys(names))
    table = pl.DataFrame(
        {
            "dyad": [name for name in unique for _ in scores],
            "session": list(range(len(scores))) * len(unique),
            f"{column}!": scores * len(unique),
        }
    )
    panel = Panel.from_frame(
        table, dyad="dyad", session="session", score=f"{column}!", scale=(1, 5), higher_is_better=True
    )
    made = report(detect(panel, primary=rules.Drop(k=2), also=[rules.IndividualsChart()]))
    page = parsed(made.html)
    assert not page.tags & {"script", "img", "iframe", "b"}
    assert {key for _, attributes in page.elements for key in attributes} <= ATTRIBUTES
    json.dumps(made.as_dict(), allow_nan=False)


def test_a_label_that_reads_like_a_text_is_not_shown(reported: Callable[..., Report]) -> None:
    """If a column of notes is taken for labels by mistake, the notes do not stand in the report."""
    note = f"she said that the {CANARY} was over between us"
    panel = Panel.from_arrays([note] * 6, range(6), [4, 4, 4, 4, 1, 4], scale=(1, 5), higher_is_better=True)
    made = reported(panel)
    assert len(made.detection.candidates)
    assert leaks(lambda: made.html + json.dumps(made.as_dict()), CANARY) == ()
    assert "no. 1 (label of" in made.html


def test_free_text_in_the_data_never_reaches_a_report(tmp_path: Path, reported: Callable[..., Report]) -> None:
    """Sentences in other columns, or in the place of sessions and scores, appear in no output."""
    lines = ["client,session,score,notes"]
    lines += [f"A,{session},{score},he told me of the {CANARY}" for session, score in enumerate([4, 4, 4, 4, 1, 4], 1)]
    lines += [f"A,after the {CANARY},4,", f"A,8,we spoke of the {CANARY} today,", f"B {CANARY} " + "x" * 60 + ",1,4,"]
    file = tmp_path / "clinic.csv"
    file.write_text("\n".join(lines))
    made = reported(Panel.read(file, scale=(1, 5), higher_is_better=True))
    assert leaks(lambda: made.html, CANARY) == ()
    assert leaks(lambda: json.dumps(made.as_dict()), CANARY) == ()
    assert leaks(lambda: made.save_candidates(tmp_path / "c.csv").read_text(), CANARY) == ()
    assert leaks(lambda: made.save_problems(tmp_path / "p.csv").read_text(), CANARY) == ()
    assert leaks(made._repr_html_, CANARY) == ()


def test_therapists_are_counted_and_never_named(simulated: Report) -> None:
    """No therapist's label stands in page or data, so that nobody can be ranked by it."""
    assert simulated.detection.panel.n_therapists == 4
    assert "T-001" not in simulated.html
    assert "T-001" not in json.dumps(simulated.as_dict())


def test_a_page_stays_small_however_large_the_panel() -> None:
    """Lines, marks, close-ups and rows are capped, and the page says what is left out and where it is."""
    clinic = simulate_clinic(4000, seed=2, sessions=20)
    made = report(detect(clinic.panel(), primary=rules.Drop(k=1)))
    assert len(made.detection.candidates) > 4000
    assert len(made.html) < 1_500_000
    assert "further dyads with findings are not drawn" in made.html
    assert "The first 500 of" in made.html
    assert "evenly spaced in the order of their labels" in made.html


def test_the_number_of_close_ups_can_be_chosen(reported: Callable[..., Report], panel_of: Callable[..., Panel]) -> None:
    """None, some or all dyads with findings are drawn."""
    found = reported(panel_of("alliance")).detection
    for wanted, drawn in ((0, 0), (2, 2), (24, 3)):
        assert report(found, most_drawn=wanted).html.count("<li><svg ") == drawn


@pytest.mark.parametrize("wrong", [-1, 2.5, True, None])
def test_an_impossible_number_of_close_ups_is_refused(
    wrong: object, reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """The message names the value and the bound."""
    with pytest.raises(InvalidValueError, match="at least 0"):
        report(reported(panel_of("alliance")).detection, most_drawn=wrong)  # type: ignore[arg-type]  # the mistake


def test_a_panel_is_no_detection(panel_of: Callable[..., Panel]) -> None:
    """The hint says how to make one."""
    with pytest.raises(InvalidValueError, match="detect"):
        report(panel_of("alliance"))  # type: ignore[arg-type]  # the mistake that people make


def test_the_data_hold_what_the_page_says(simulated: Report) -> None:
    """Counts, settings, candidates and problems are there in full, and survive JSON."""
    told = json.loads(json.dumps(simulated.as_dict(), allow_nan=False))
    found = simulated.detection
    assert told["format"] == "therarel.report/3"
    assert told["panel"]["n_dyads"] == 30
    assert told["rules"][0]["primary"] is True
    assert told["rules"][0]["settings"]["k"] == 2
    assert len(told["candidates"]) == len(found.candidates)
    for row, candidate in zip(told["candidates"], found.candidates, strict=True):
        assert row["dyad"] == candidate.dyad
        assert row["distance"] == candidate.distance
        assert row["recovered_at"] == candidate.recovered_at
    assert sum(len(problem["rows"]) for problem in told["problems"]) == found.panel.problem_rows("polars").height


def test_candidates_and_problems_go_to_files(simulated: Report, tmp_path: Path) -> None:
    """Each candidate and each problem row is a line of a CSV file; what is not known is empty."""
    with simulated.save_candidates(tmp_path / "c.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(simulated.detection.candidates)
    assert "nan" not in {value for row in rows for value in row.values()}
    with simulated.save_problems(tmp_path / "p.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == simulated.detection.panel.problem_rows("polars").height


def test_no_candidates_make_a_file_with_a_head(tmp_path: Path) -> None:
    """An empty result is an empty table, not an error."""
    panel = Panel.from_arrays(["A"] * 3, range(3), [4, 4, 4], scale=(1, 5), higher_is_better=True)
    path = report(detect(panel, primary=rules.Drop(k=2))).save_candidates(tmp_path / "c.csv")
    assert path.read_text().startswith("dyad")


def test_a_saved_report_can_be_told_from_other_files(simulated: Report, tmp_path: Path) -> None:
    """A page is known by its head, so that nothing else is written over unasked."""
    page = simulated.save(tmp_path / "report.html")
    assert page.read_text("utf-8") == simulated.html
    assert is_report(page)
    other = tmp_path / "other.html"
    other.write_text("<html>my own page</html>")
    assert not is_report(other)


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(simulated: Report, parsed: Callable[[str], Any]) -> None:
    """The frame holds the whole page, runs nothing and leaks no style."""
    shown = parsed(simulated._repr_html_())
    ((name, attributes),) = shown.elements
    assert name == "iframe"
    assert attributes["sandbox"] == ""
    assert attributes["srcdoc"] == simulated.html


SCORES = st.one_of(st.none(), st.integers(1, 5), st.floats(1, 5))


@given(
    series=st.lists(st.lists(SCORES, min_size=1, max_size=12), min_size=1, max_size=4),
    gaps=st.integers(1, 3),
    construct=st.sampled_from([None, *Construct]),
    better=st.booleans(),
    chart=st.booleans(),
)
@settings(max_examples=40)
def test_every_panel_can_be_reported_on(
    series: list[list[float | None]],
    gaps: int,
    construct: Construct | None,
    better: bool,
    chart: bool,
    parsed: Callable[[str], Any],
) -> None:
    """Short, gappy, constant and single series all give a well-formed page and data without NaN."""
    if all(score is None for scores in series for score in scores):
        return
    panel = Panel.from_arrays(
        [f"D{place}" for place, scores in enumerate(series) for _ in scores],
        [gaps * at for scores in series for at in range(len(scores))],
        [score for scores in series for score in scores],
        scale=(1, 5),
        higher_is_better=better,
        construct=construct,
    )
    first, second = rules.Drop(k=1), rules.IndividualsChart()
    made = report(detect(panel, primary=second if chart else first, also=[first if chart else second]))
    page = parsed(made.html)
    assert "nan" not in page.text.split()
    assert len(page.ids) == len(set(page.ids))
    json.dumps(made.as_dict(), allow_nan=False)


def test_dated_sessions_are_days(parsed: Callable[[str], Any]) -> None:
    """A dated panel is told in days."""
    days = [f"2024-01-{day:02d}" for day in (1, 8, 15, 22, 29)]
    panel = Panel.from_arrays(["A"] * 5, days, [4, 4, 4, 1, 4], scale=(1, 5), higher_is_better=True, index="dated")
    page = parsed(report(detect(panel, primary=rules.Drop(k=1))).html)
    assert "day 28" in page.text
    assert "days since the first date" in page.text


def test_no_file_of_a_report_replaces_the_scores_or_says_another_kind(tmp_path: Path) -> None:
    """The table that was read is never written over, through whatever link, and a name says what is inside."""
    table = tmp_path / "clinic.csv"
    rows = "".join(f"A,{session},{score}\n" for session, score in enumerate([4, 4, 4, 4, 1, 4, 4, 4]))
    table.write_text("dyad,session,score\n" + rows)
    (tmp_path / "link.csv").symlink_to(table)
    (tmp_path / "page.html").hardlink_to(table)
    made = report(detect(Panel.read(table, scale=(1, 5), higher_is_better=True), primary=rules.Drop(k=2)))
    before = table.read_bytes()
    for save, names in (
        (made.save, ["page.html", "page.pdf", "page"]),
        (made.save_candidates, ["clinic.csv", "link.csv", "found.xlsx"]),
        (made.save_problems, ["clinic.csv", "link.csv", "bad.parquet"]),
    ):
        for name in names:
            with pytest.raises(InvalidValueError, match=r"the same file as the scores it is made of|Hint: name it \."):
                save(tmp_path / name)
    assert table.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["clinic.csv", "link.csv", "page.html"]
    assert stat.S_IMODE(made.save(tmp_path / "report.html").stat().st_mode) == 0o600
