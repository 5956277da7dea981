"""What a report says to a service, to a reviewer, and to people who do no statistics."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_up import expecting, of_series

from therarel.detection import detect, rules
from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.attachments import codebook
from therarel.reports.courses import Courses
from therarel.reports.data import candidate_table, problem_table
from therarel.reports.endings import Ending, endings_of
from therarel.reports.paired import Paired, paired_scores
from therarel.reports.reproducing import detection_call
from therarel.reports.reviewing import methods_paragraph
from therarel.reports.service import Split, mean_table

PHQ: dict[str, list[float | None]] = {
    **{f"better-{at}": [18, 15, 12, 10.0 - at] for at in range(3)},
    **{f"same-{at}": [12, 13, 11, 12.0] for at in range(7)},
    **{f"worse-{at}": [6, 9, 12, 14.0 + at] for at in range(6)},
    "once": [9],
    "never": [None, None],
}


def outcome(series: dict[str, list[float | None]] = PHQ, **covariates: list[str]) -> Report:
    """A report on made-up totals of the PHQ-9."""
    panel = of_series(series, instrument="phq-9", scale=(0, 27), higher_is_better=None, covariates=covariates)
    return report(detect(panel, primary=rules.Drop(k=2), expected="none"), groups=list(covariates))


def section_of(made: Report, place: str) -> str:
    """The text of one section."""
    found = re.search(rf'<section id="{place}">(.*?)</section>', made.html, re.DOTALL)
    assert found is not None, place
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_completeness_comes_first() -> None:
    """Whoever has one score, or none, is counted in the first sentence and in no figure after it."""
    said = section_of(outcome(), "for-a-service")
    assert said.startswith("For a service 16 of 18 dyads have a first and a last score (89%).")
    assert "improved or unchanged 10 (62%), deteriorated 6 (38%)" in said  # three improved: too few to be counted apart
    assert "6 points or more; 95%, NHS Talking Therapies manual (formerly IAPT), n.d." in said
    more = outcome(PHQ | {f"better too-{at}": [18, 15, 12, 10.0 - at] for at in range(2)})
    assert "improved 5 (28%), unchanged 7 (39%), deteriorated 6 (33%)" in section_of(more, "for-a-service")
    few = outcome({name: scores for name, scores in PHQ.items() if name.startswith("better")})
    assert "How many changed reliably is not shown" in section_of(few, "for-a-service")


def test_the_references_hold_those_of_the_instrument_and_of_its_reliable_change() -> None:
    """What the page says of how to cite it holds: rule, instrument and reliable change have their sources listed."""
    said = section_of(outcome(), "how-it-was-made")
    for words in ("Gumz", "Kroenke, K., Spitzer, R. L.", "NHS Talking Therapies manual (formerly IAPT). (n.d.)."):
        assert words in said.partition("References")[2], words


def test_an_alliance_does_not_improve() -> None:
    """Of a relationship it is said how it was rated; the words of outcomes stay with outcomes."""
    panel = of_series(
        {f"S-{at}": [150.0 + at, 160, 200.0 + at] for at in range(6)}, instrument="wai-36", scale=(36, 252)
    )
    said = section_of(report(detect(panel, primary=rules.Drop(k=2), expected="none")), "for-a-service")
    assert "rated better 6 (100%)" in said
    assert "improved" not in said


def test_where_no_reliability_is_known_nothing_is_judged() -> None:
    """The page says why single changes are not judged."""
    panel = of_series({"A": [3, 4, 4.5], "B": [2, 3, 1.0]})
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert "is not said: which instrument gave the scores was not stated." in section_of(made, "for-a-service")
    assert paired_scores(Courses.of(made.detection), panel).directions == ()


def test_small_counts_of_a_group_are_hidden_with_what_gives_them_away() -> None:
    """Three people of one site improved: neither that nor what it follows from is shown."""
    sites = ["north" if name[-1] in "024" else "south" for name, scores in PHQ.items() for _ in scores]
    made = outcome(PHQ, site=sites)
    said = section_of(made, "for-a-service")
    assert "Figures of fewer than 5 people are not shown" in said
    table = said.partition("Reliable change by site")[2]
    assert not re.search(r"\b[1-4]\b", table.partition("Figures of fewer")[0].replace("dyads with both scores", ""))


def test_the_paragraph_says_what_a_paper_needs() -> None:
    """Rule, counts, noise with its interval, power, seed and version, in one paragraph."""
    panel = of_series({f"S-{at}": [4, 4.1, 4, 2, 4, 4.1] for at in range(4)}, construct=Construct.ALLIANCE)
    found = detect(panel, primary=rules.Drop(k=1.5), also=[rules.IndividualsChart()], expected="none")
    said = methods_paragraph(found)
    assert said.startswith("Session scores of 4 dyads (24 scored sessions) of alliance, 1 to 5, higher is better, were")
    assert "also judged by individuals chart (Eubanks-Carter et al., 2012)." in said
    assert "is not known:" in said
    said = methods_paragraph(expecting(detect(panel, primary=rules.Drop(k=1.5), also=[rules.IndividualsChart()])))
    for words in (
        "one primary rule",
        "expected from noise alone is",
        "95% of simulated panels",
        "the power to count more than noise gives",
        "seed",
        "therarel ",
        "individuals chart",
    ):
        assert words in said, words
    assert section_of(report(found), "for-a-reviewer").startswith("For a reviewer Session scores of 4 dyads")


def test_the_file_is_named_by_its_digest(tmp_path: Path) -> None:
    """A reader of the page can tell whether a file is the one that was read; its name is not on the line."""
    file = tmp_path / "scores.csv"
    file.write_text("client,session,score\n" + "".join(f"A,{at},4\n" for at in range(1, 6)))
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True)
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert hashlib.sha256(file.read_bytes()).hexdigest() in section_of(made, "for-a-reviewer")
    file.unlink()
    again = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert "not there any more" in section_of(again, "for-a-reviewer")


RULES = [
    rules.Drop(k=1),
    rules.IndividualsChart(),
    rules.EwmaChart(),
    rules.CusumChart(),
    rules.ReliableDrop(reliability=0.9),
    rules.BelowOwnMean(),
    rules.SuddenGain(cutoff=1),
    rules.SuddenLoss(cutoff=1),
]


@pytest.mark.parametrize("rule", RULES)
def test_every_column_of_the_files_is_in_the_codebook(rule: rules.Rule) -> None:
    """Meaning, unit and missing value of each column, in the page and in a file beside the others."""
    panel = of_series({f"S-{at}": [2, 2.1, 2, 4, 4.1, 4, 2, 4.2] for at in range(4)})
    made = report(detect(panel, primary=rule, expected="none"))
    heads = [
        [str(name) for name in next(iter(rows))]
        for rows in (candidate_table(made.detection, made.courses.shared_key), problem_table(made.detection))
    ]
    assert len(heads[0]) > 1
    assert not [column for names in heads for column in codebook(names) if column.meaning.startswith("what the rule")]
    said = section_of(made, "for-a-reviewer")
    assert all(
        f"{column.name} {column.meaning} {column.unit or 'none'} {column.missing}" in said
        for names in heads
        for column in codebook(names)
    )


def test_the_files_of_a_page_are_the_files_that_are_saved(tmp_path: Path) -> None:
    """A link holds the very text that the file has, with formulas made safe; nothing is packed out of sight."""
    series: dict[str, list[float | None]] = {
        "=1+1": [4, 4, 4, 4, 1, 4.0],
        "O'Hara & sons, 50 %": [4, None, 4, 4, 1, 4.0],
    }
    made = report(detect(of_series(series), primary=rules.Drop(k=1), expected="none"))
    made.save_candidates(tmp_path / "findings.csv", spreadsheet_safe=True)
    made.save_problems(tmp_path / "problems.csv", spreadsheet_safe=True)
    made.save_codebook(tmp_path / "codebook.csv")
    links = dict(re.findall(r'<a href="data:text/csv;charset=utf-8,([^"]*)" download="([^"]*)"', made.html))
    assert sorted(links.values()) == ["codebook.csv", "findings.csv", "problems.csv"]
    for address, name in links.items():
        assert unquote(html.unescape(address)) == (tmp_path / name).read_text("utf-8"), name


def test_a_file_that_is_too_large_for_a_page_is_not_in_it() -> None:
    """The page says how it is written instead, and stays small."""
    series: dict[str, list[float | None]] = {f"S-{at}": [4.0, *[None] * 99, 4.0] for at in range(100)}
    made = report(detect(of_series(series), primary=rules.Drop(k=1), expected="none"))
    said = section_of(made, "for-a-reviewer")
    assert (
        "problems.csv (9,900 rows) is too large for this page: therarel report --problems problems.csv writes it."
        in said
    )
    assert 'download="findings.csv"' in made.html
    assert len(made.html) < 500_000


def test_the_call_is_written_with_all_that_is_not_usual() -> None:
    """What is printed makes the same detection again."""
    panel = of_series({f"S-{at}": [4, 4.1, 4, 2, 4, 4.1] for at in range(4)})
    primary = rules.Drop(k=1.5, recovery=rules.Recovery(share=0.5), reference=rules.Reference.BASELINE)
    also = [rules.IndividualsChart(rules={1, 2}), rules.ReliableDrop(reliability=0.8)]
    found = detect(panel, primary=primary, also=also, expected="none", seed=7)
    call = detection_call(found)
    again = eval(call, {"detect": detect, "panel": panel, "rules": rules, "Recovery": rules.Recovery})
    assert again.rules == found.rules
    assert (again.seed, again.expected) == (7, "none")
    assert call in html.unescape(report(found).html)


def test_how_to_cite_is_on_the_page() -> None:
    """Words, an entry for a reference manager, and where the sources of the rule are."""
    made = outcome()
    said = section_of(made, "for-a-reviewer")
    assert "How to cite The therarel authors (2026). therarel: the therapeutic relationship" in said
    assert "@software{therarel," in said
    assert 'id="how-it-was-made"' in made.html


def test_the_contents_lead_to_every_section(parsed: Callable[[str], Any]) -> None:
    """Each heading is in the list of contents, and each link leads to a section that is there."""
    made = outcome()
    places = re.findall(r'<section id="([^"]+)">', made.html)
    links = re.findall(r'<a href="#([^"]+)">', made.html.partition("</nav>")[0])
    assert links == places
    assert len(set(places)) == len(places) == made.html.count("<h2>")
    parsed(made.html)


def ended_by(made: Report) -> str:
    """What the page says of endings."""
    return section_of(made, "for-a-service").partition("How therapies ended")[2]


def endings_column(meanings: Sequence[str | None], series: dict[str, list[float | None]] = PHQ) -> list[str | None]:
    """One value for all sessions of each dyad."""
    return [meaning for meaning, scores in zip(meanings, series.values(), strict=True) for _ in scores]


def test_how_therapies_ended_is_what_the_column_says() -> None:
    """Stated values are counted in the user's own words for them, and unknown stays unknown."""
    ended = endings_column(["completed"] * 6 + ["dropout"] * 5 + [None] * 7)
    panel = of_series(PHQ, instrument="phq-9", scale=(0, 27), higher_is_better=None, covariates={"status": ended})
    found = detect(panel, primary=rules.Drop(k=2), expected="none")
    made = report(found, ended="status", ended_as={"completed": "as_planned", "dropout": Ending.EARLIER})
    said = ended_by(made)
    assert "Of 18 dyads, by the column status : as planned 6 (33%), earlier 5 (28%), not known 7 (39%)." in said
    assert made.as_dict()["endings"] == {"as_planned": 6, "earlier": 5, "not_known": 7}
    assert "First and last scores by ending" in said
    assert "Reliable change by ending" in said


def test_without_a_column_nothing_is_said_of_endings() -> None:
    """A series that stops is not an ending."""
    said = section_of(outcome(), "for-a-service")
    assert "How therapies ended is not in these scores: a series that stops does not show it." in said
    assert outcome().as_dict()["endings"] is None


def test_several_values_of_one_dyad_are_not_known() -> None:
    """Where the sessions of a dyad contradict each other, nothing is chosen."""
    panel = of_series(
        {"A": [1, 2.0], "B": [3, 4.0]}, covariates={"end": ["earlier", "as_planned", "earlier", "earlier"]}
    )
    assert endings_of(panel, "end").of_dyads == (Ending.NOT_KNOWN, Ending.EARLIER)


def test_few_endings_are_hidden_with_what_gives_them_away() -> None:
    """Two therapies that ended earlier are not counted out on the page, nor is what they follow from."""
    ended = endings_column(["as_planned"] * 9 + ["earlier"] * 2 + ["not_known"] * 7)
    panel = of_series(PHQ, instrument="phq-9", scale=(0, 27), higher_is_better=None, covariates={"end": ended})
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"), ended="end")
    said = ended_by(made)
    assert "as planned 9 (50%), earlier not shown, not known not shown." in said
    assert "Figures of fewer than 5 people are not shown" in said
    assert made.as_dict()["endings"] == {"as_planned": 9, "earlier": None, "not_known": None}


@given(
    sizes=st.lists(st.integers(0, 9), min_size=1, max_size=5), rest=st.integers(0, 6), seed=st.integers(0, 2**32 - 1)
)
def test_no_mean_of_few_people_follows_from_the_others(sizes: list[int], rest: int, seed: int) -> None:
    """The people without a shown mean are five or more together, or nobody, or all."""
    members = [at for at, size in enumerate(sizes) for _ in range(size)] + [-1] * rest
    random = np.random.default_rng(seed)
    first, last = random.uniform(0, 9, (2, len(members)))
    names = tuple(f"G{at}" for at in range(len(sizes)))
    table, _ = mean_table(Paired(first, last, None, ""), Split("arm", names, np.array(members, dtype=np.intp)))
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]]
    hidden = [row[1] == "not shown" for row in rows]
    unseen = rest + sum(size for size, unshown in zip(sizes, hidden, strict=True) if unshown)
    assert unseen == 0 or unseen >= 5 or all(hidden)
    assert all(unshown for size, unshown in zip(sizes, hidden, strict=True) if 0 < size < 5)


def test_first_and_last_scores_by_group() -> None:
    """Each site has its own means; a site of fewer than five is not there at all."""
    series: dict[str, list[float | None]] = {f"N{at}": [20.0, 10 + at] for at in range(5)}
    series |= {f"S{at}": [10.0, 10.0] for at in range(6)}
    sites = [name[0] for name in series for _ in range(2)]
    panel = of_series(series, instrument="phq-9", scale=(0, 27), higher_is_better=None, covariates={"site": sites})
    said = section_of(report(detect(panel, primary=rules.Drop(k=2), expected="none"), groups=["site"]), "for-a-service")
    table = said.partition("First and last scores by site")[2]
    assert "N 5 20.00 12.00 -8.00 1.58 S 6 10.00 10.00 0.00 0.00" in table


def test_the_pictures_of_a_report_are_charts_for_other_libraries(tmp_path: Path) -> None:
    """All series and the dyads of the close-ups, for matplotlib, Altair and as a picture file."""
    series: dict[str, list[float | None]] = {f"S-{at}": [4, 4.1, 4, 3 - at / 2, 4, 4.1] for at in range(4)}
    made = report(detect(of_series(series), primary=rules.Drop(k=1), expected="none"), most_drawn=2)
    closeups = made.draw_closeups()
    assert [plot.title for plot in closeups.plots] == ["S-3", "S-2"]
    assert sorted(set(re.findall(r">(S-\d)</title>", made.html))) == ["S-2", "S-3"]
    for chart in (made.draw(), closeups):
        assert chart.plot().figure is not None
        assert chart.to_altair().to_dict()
        assert chart.save(tmp_path / "chart.png").stat().st_size > 1000
    with pytest.raises(InvalidValueError, match="no dyad is named"):
        report(detect(of_series({"A": [4, 4, 4.0]}), primary=rules.Drop(k=2), expected="none")).draw_closeups()


def test_all_values_of_no_known_meaning_are_named_at_once() -> None:
    """What five people share is shown, in several words too; what fewer have may be somebody's own words."""
    status = ["dropped out"] * 5 + ["went to live with her sister"] + ["completed"]
    series: dict[str, list[float | None]] = {f"S-{at}": [3.0, 4.0] for at in range(7)}
    panel = of_series(series, covariates={"status": [word for word in status for _ in range(2)]})
    with pytest.raises(InvalidValueError) as refused:
        endings_of(panel, "status", {"completed": "as_planned"})
    assert "'dropped out', text of 28 characters" in str(refused.value)
    assert "sister" not in str(refused.value)
