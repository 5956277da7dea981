"""The page of one client: the scores with the expected course, findings, what could not be seen, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.made_up import expecting, of_series

from therarel.detection import Detection, detect, rules
from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.growth import fit_growth
from therarel.panels import Panel
from therarel.reports import ClientReport, client_report
from therarel.reports.client_scores import expected_course
from therarel.simulation import SimulatedClinic

DROP: list[float | None] = [4.0, 4.1, None, 4.0, 2.0, 2.1, 4.0, 4.1]
OTHERS: dict[str, list[float | None]] = {
    f"other-{at}": [3 + 0.05 * at, 3.1 + 0.04 * at, 3.2 + 0.05 * at, 3.3, 3.4 + 0.03 * at] for at in range(20)
}


def found(series: dict[str, list[float | None]] | None = None, **stated: Any) -> Detection:
    """What is found in the client's scores and those of twenty others; the counts of noise are made up."""
    panel = of_series(
        {"C-014": DROP, **OTHERS} if series is None else series, first=1, **{"construct": "alliance", **stated}
    )
    return expecting(detect(panel, primary=rules.Drop(k=2), also=[rules.IndividualsChart()]))


def words(made: ClientReport) -> str:
    """The text of the page."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", made.html, flags=re.DOTALL).split())


def test_findings_with_their_grounds_and_every_session(parsed: Callable[[str], Any]) -> None:
    """The finding, its grounds, the noise, the rule beside it, and each of the eight sessions."""
    made = client_report(found(), "C-014", when="2031-02-03")
    said = words(made)
    for part in (
        "Client C-014",
        "7 of 8 sessions scored",
        "Flagged at session 5: after session 4 the scores went to 2 at session 5; recovered at session 7.",
        "Score 2, reference 4, limit",
        "about 3 of 100 clients",
        "individuals chart",
        "Without a score: session 3. Nothing was filled in.",
        "drop no reference session 1",
        "session 8 4.1",
        "2031-02-03",
    ):
        assert part in said, part
    assert len(re.findall(r'<th scope="row">session \d', made.html)) == 8
    page = parsed(made.html)
    assert len(set(page.ids)) == len(page.ids)
    assert not page.tags & {"script", "link", "img"}


def test_nothing_on_the_page_is_about_another_client() -> None:
    """No label, no row and no problem of another dyad; of the others there is their number and the expected course."""
    rows = [("C-014", at, score) for at, score in enumerate([4.0, 4, 2, 4, 4], 1)]
    rows += [(f"other-{each}", at, 3 + at / 10 + each / 50) for each in range(20) for at in range(1, 6)]
    rows += [("other-3", 9, 77), ("C-014", 9, 88)]
    dyads, sessions, scores = (list(column) for column in zip(*rows, strict=True))
    panel = Panel.from_arrays(dyads, sessions, scores, scale=(1, 5), higher_is_better=True)
    said = words(client_report(detect(panel, primary=rules.Drop(k=1), expected="none"), "C-014"))
    assert "other-" not in said
    assert said.count("Outside the scale") == 1


def test_risk_is_that_of_this_client_alone() -> None:
    """What is said of risk counts the client's own sessions."""
    series: dict[str, list[float | None]] = {"A": [9, 8, 7], "B": [20, 19, 18, 17]}
    stated: dict[str, Any] = {"instrument": "phq-9", "scale": (0, 27), "higher_is_better": None, "construct": None}
    made = client_report(found(series, **stated), "A")
    assert made.client.panel.risk_note is not None
    assert made.client.panel.risk_note in words(made)
    assert "These scores say nothing about the relationship" in words(made)


def test_the_expected_course_is_fitted_to_the_others_alone() -> None:
    """The client's own scores after the first move nothing of what is expected of them."""
    low = found({"C-014": [4.0, 1.0, 1.0, 1.0, 1.0], **OTHERS})
    high = found({"C-014": [4.0, 5.0, 5.0, 5.0, 5.0], **OTHERS})
    one, other = (client_report(each, "C-014").expected for each in (low, high))
    assert one is not None
    assert other is not None
    assert one.times.tolist() == [2, 3, 4, 5]
    np.testing.assert_allclose(one.expected, other.expected, rtol=1e-9)
    assert "worse than the band: sessions 2, 3, 4, 5." in words(client_report(low, "C-014"))
    assert "better than the band" in words(client_report(high, "C-014"))


def test_where_lower_is_better_a_score_above_the_band_is_worse() -> None:
    """Worse and better follow the scale and not the number."""
    turned = {name: [None if each is None else 6 - each for each in scores] for name, scores in OTHERS.items()}
    made = client_report(found({"C-014": [2.0, 5.0, 5.0], **turned}, higher_is_better=False, construct=None), "C-014")
    assert "worse than the band: sessions 2, 3." in words(made)


@pytest.mark.parametrize(
    ("series", "why"),
    [
        ({"C-014": DROP, **dict(list(OTHERS.items())[:19])}, "it takes 20 other dyads with 4 or more scores"),
        ({"C-014": [4.0], **OTHERS}, "it takes a first score and another one after it"),
        ({"C-014": [None, None], **OTHERS}, "it takes a first score and another one after it"),
        ({"C-014": DROP, **{name: [3.0] * 5 for name in OTHERS}}, "could not be fitted"),
    ],
)
def test_where_no_course_can_be_expected_the_page_says_why(series: dict[str, list[float | None]], why: str) -> None:
    """Too few others, too few scores of the client, or scores that no line can be fitted to."""
    made = client_report(found(series), "C-014")
    assert made.expected is None
    assert why in words(made)
    assert "expected course" not in made.draw().to_svg()


def test_an_expected_course_of_your_own_takes_its_place() -> None:
    """A trajectory of another growth model is drawn and compared with as it is."""
    detection = found()
    fit = fit_growth(detection.panel, "score ~ session", {"dyad": "1"})
    own = fit.expected_trajectory([2, 5], observed={1: 4.0}, level=0.9)
    made = client_report(detection, "C-014", expected=own)
    assert made.expected is own
    assert "Of the 2 scores that the expected course is compared with" in words(made)
    assert "One in 10 would lie outside" in words(made)


def test_a_change_is_judged_where_the_instrument_allows_it() -> None:
    """First to last by reliable change, in the words of an outcome."""
    series: dict[str, list[float | None]] = {"A": [20, 15, 9.0], "B": [12, 12, 13.0]}
    stated: dict[str, Any] = {"instrument": "phq-9", "scale": (0, 27), "higher_is_better": None, "construct": None}
    assert re.search(
        r"20 to 9; by reliable change \(6 points or more.*\): improved",
        words(client_report(found(series, **stated), "A")),
    )


def test_a_long_code_is_whole_and_a_text_is_not_shown() -> None:
    """A hashed label is a code; a sentence about somebody is described by its length."""
    code, text = "a" * 64, "she said that it was over between us"
    detection = found({code: [4, 4, 2, 4.0], text: [4, 4, 2, 4.0]}, construct=Construct.ALLIANCE)
    assert f"Client {code}" in words(client_report(detection, code))
    of_text = client_report(detection, text)
    assert text not in of_text.html + repr(of_text) + of_text._repr_html_()
    assert "Client no. 2 (label of 36 characters)" in words(of_text)


def test_a_simulated_clinic_says_so_and_another_one_is_refused(clinic: SimulatedClinic) -> None:
    """The page of a simulated client is labelled."""
    detection = detect(clinic.panel(), primary=rules.Drop(k=2), expected="none")
    made = client_report(detection, detection.panel.dyads[3], simulated=clinic)
    assert "Simulated data." in words(made)
    assert str(made).splitlines()[0].endswith(", simulated")
    assert made.html == client_report(detection, detection.panel.dyads[3], simulated=clinic).html


def test_who_is_not_there_is_said_without_naming_others() -> None:
    """An unknown label is refused."""
    with pytest.raises(UnknownNameError, match="there is no such dyad"):
        client_report(found(), "X-99")


def test_the_page_is_written_whole_and_never_over_the_scores(tmp_path: Path) -> None:
    """The file of the scores and files of another kind are refused."""
    file = tmp_path / "scores.html.csv"
    file.write_text("client,session,score\n" + "".join(f"A,{at},{4 - at % 2}\n" for at in range(1, 6)))
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True)
    made = client_report(detect(panel, primary=rules.Drop(k=2), expected="none"), "A")
    saved = made.save(tmp_path / "A.html")
    assert saved.read_text("utf-8") == made.html
    (tmp_path / "link.html").symlink_to(file)
    with pytest.raises(InvalidValueError, match="would be lost"):
        made.save(tmp_path / "link.html")


def test_the_expected_course_needs_others_with_scores() -> None:
    """Dyads without scores do not count among the twenty."""
    series = {"C-014": DROP, **{name: [None, None, None, None, 3.0] for name in OTHERS}}
    detection = found(series)
    course, why = expected_course(detection, client_report(detection, "C-014").client)
    assert course is None
    assert why.endswith("and there are 0 dyads")


def test_printed_it_says_what_was_flagged_by_each_rule() -> None:
    """The name, a line for each rule with its findings, and that what could not have been seen is on the page."""
    made = client_report(found(), "C-014")
    name, *by_rule, last = str(made).splitlines()
    assert name == made.client.name
    assert repr(made) == f"<ClientReport: {name}>"
    assert len(by_rule) == len(made.detection.rules)
    for line, findings in zip(by_rule, made.client.findings, strict=True):
        assert all(each.sentence in line for each in findings)
        assert line.endswith("no session is flagged") is (not findings)
    assert "could not have been seen" in last
