"""Every word that is said of a finding fits it: no drop where the number rises, and nothing of a drop in a gain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import polars as pl
import pytest
from attrs import evolve

from therarel.detection import Detection, detect, rules
from therarel.detection.monitors import Monitor
from therarel.domain.ratings import Construct
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.phrases import FALSE_ALARM_NAMES

DROPS: tuple[rules.Rule, ...] = (
    rules.Drop(k=1, minimal_drop=0.5),
    rules.BelowOwnMean(k=1),
    rules.IndividualsChart(k=1),
    rules.ReliableDrop(reliability=0.9, sd=0.8),
    rules.SuddenLoss(cutoff=1),
    rules.ChangePoint(),
    rules.EarlierChart(),
    rules.BaselineChart(earlier=3),
    rules.EarlierDrop(),
    rules.CusumChart(interval=1),
    rules.EwmaChart(k=1),
    rules.Scan(null=NullModel(), rate=0.4),
)
GAINS: tuple[rules.Rule, ...] = (
    rules.SuddenGain(cutoff=1),
    rules.SuddenGain(cutoff=1, minimal_drop=0.5, recovery=rules.Recovery(share=0.5)),
    rules.ScanGain(null=NullModel(), rate=0.4),
)
NOISY = (DROPS[0], GAINS[0])  # those whose counts are compared with simulated noise
CONSTRUCTS = (Construct.ALLIANCE, Construct.OUTCOME, None)
# Better scores are higher here; the scale is turned for the other direction. Each moves for the worse and the better.
BACK = [3.0, 3.25, 3.0, 3.25, 1.0, 1.25, 1.0, 3.25, 3.0, 3.25]
AWAY = [2.0, 2.25, 2.0, 2.25, 4.5, 4.75, 4.5, 4.75, 1.5, 1.25]
UPRIGHT = NullModel(intercept=3.0, within_sd=0.5, minimum=1.0, maximum=5.0, step=0.25)
TURNED = NullModel(intercept=-3.0, within_sd=0.5, minimum=-5.0, maximum=-1.0, step=0.25)
PASSED = (
    r"minimal[_ ]drop( =)? \S+",
    r"recovery_\w+ = \w+",
    r"fall[_ ]length(_\w+)?",  # a column
    r"lowest [\d.]+ at \w+ \d+",  # of the numbers of a series, whichever way they are better
    r"in a change for the worse the number itself rises",
    r"\(\d{4}\)\. [^.]*\.",  # titles of references
)


def found_by(rule: rules.Rule, construct: Construct | None, *, better: bool) -> Detection:
    """What a rule finds in series that move either way, on a scale that runs either way."""
    series = {"A": BACK, "B": AWAY, "C": AWAY[:7], "D": BACK[:6]}
    labels = [label for label, scores in series.items() for _ in scores]
    sessions = [at for scores in series.values() for at in range(1, len(scores) + 1)]
    scores = [score if better else 6 - score for each in series.values() for score in each]
    panel = Panel.from_arrays(labels, sessions, scores, scale=(1, 5), higher_is_better=better, construct=construct)
    noise = UPRIGHT if better else TURNED
    if isinstance(rule, rules.Scan):
        rule = evolve(rule, null=noise)
    return detect(panel, primary=rule, expected=noise if rule in NOISY else "none")


def said(found: Detection) -> Iterator[str]:
    """Everything that is said: of the detection, its candidates, tables and pictures, on the page, by a monitor."""
    made: Report = report(found)
    yield from (made.title, *made.headline, repr(made), text_of(made.html), *words_in(made.as_dict()["candidates"]))
    yield from (repr(found), text_of(found._repr_html_()), repr(found.candidates))
    table = found.table()
    yield from (table.title, *table.head, *(cell for row in table.rows for cell in row), table.note, str(table))
    frame = found.candidates.to_frame()
    assert isinstance(frame, pl.DataFrame)
    yield from (*frame.columns, *(str(cell) for row in frame.rows() for cell in row))
    for candidate in found.candidates:
        yield from (repr(candidate), candidate.explain(), candidate.ending, text_of(candidate.draw().to_svg()))
        yield from (each.name for each in candidate.grounds.values)
    rule, panel = found.primary, found.panel
    yield from (rule.method, rule.blind_spots, rule.recovery_method)
    if rule.ahead is not None and not rule.needs:
        monitor = Monitor(rule, scale=panel.scale, construct=panel.construct)
        state = monitor.start()
        scores = BACK + AWAY
        for session, score in enumerate(scores, start=1):
            state, answers = monitor.update(state, session, score if panel.scale.higher_is_better else 6 - score)
            yield from (word for answer in answers for word in (repr(answer), answer.explain()))
        yield from (word for answer in monitor.flush(state) for word in (repr(answer), answer.explain()))


def words_in(value: object) -> Iterator[str]:
    """Keys and texts of data, at any depth."""
    if isinstance(value, dict):
        yield from (word for key, each in value.items() for word in (str(key), *words_in(each)))
    elif isinstance(value, list | tuple):
        yield from (word for each in value for word in words_in(each))
    elif isinstance(value, str):
        yield value


def text_of(markup: str) -> str:
    """The words between the tags, without style sheets and what one would type."""
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|code).*?</\1>", "", markup)))


def unfit(words: str, found: Detection) -> set[str]:
    """Where words that do not fit are said, each with what stands around it.

    Names of rules are names, those of the rules of the standard clinic too, and a parameter is written as one types it.
    """
    names = sorted((*(rule.label for rule in found.rules), *FALSE_ALARM_NAMES.values()), key=len, reverse=True)
    names += [rule.name.replace("_", " ") for rule in found.rules]
    passed = "|".join([*map(re.escape, names), *PASSED])
    places = set()
    for text in said(found):
        plain = re.sub(passed, "NAME", text, flags=re.IGNORECASE).replace("_", " ")
        places |= {plain[max(at.start() - 40, 0) : at.end() + 20] for at in re.finditer(rf"(?i)\b({words})\b", plain)}
    return places


@pytest.mark.parametrize("better", [True, False])
@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize("rule", GAINS, ids=lambda rule: rule.label)
def test_nothing_that_is_said_of_a_gain_is_a_word_for_drops(
    rule: rules.Rule, construct: Construct | None, better: bool
) -> None:
    """No drop, recovery, depth or lowest score in a gain: it held, or was lost again."""
    found = found_by(rule, construct, better=better)
    other = "held" if rule.recovery.within is None else "not_known"
    assert {str(each.reversal) for each in found.candidates} == {"lost_again", other}
    columns = "" if isinstance(rule, rules.Scan) else "|depths?"  # the scan has columns of that name
    assert unfit(rf"drops?|recover\w*|deep\w*|lowest|worst|nadir|ruptures?|falls?|fallen{columns}", found) == set()
    assert better or unfit("rises?|risen|rising", found) == set()
    assert "Lost again" in found.table().head
    assert {"Mean magnitude", "Held"} <= set(found.table().head)


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize("rule", DROPS, ids=lambda rule: rule.label)
def test_nothing_is_said_to_fall_where_the_number_rises(rule: rules.Rule, construct: Construct | None) -> None:
    """Where lower is better, what is worse is a change for the worse and a rise, and never a drop or a fall."""
    found = found_by(rule, construct, better=False)
    assert found.candidates
    assert unfit("drops?|fell|falls?|lowest|gains?|lost again|best score", found) == set()
    assert all("rose" in each.explain() for each in found.candidates)
    assert all(each.name.startswith("change for the worse") for each in found.candidates)


@pytest.mark.parametrize("better", [True, False])
@pytest.mark.parametrize("rule", [*DROPS, *GAINS], ids=lambda rule: rule.label)
def test_the_word_rupture_is_said_of_the_relationship_alone(rule: rules.Rule, better: bool) -> None:
    """An outcome, scores of unknown meaning, and gains of any kind never say it."""
    for construct in CONSTRUCTS:
        found = found_by(rule, construct, better=better)
        told = " ".join(said(found)).lower()
        assert ("rupture" in told) is (construct is Construct.ALLIANCE and rule.change is rules.Change.DROP)


def test_a_table_of_drops_and_gains_has_the_heads_of_both() -> None:
    """What is counted for one kind stands under its own head, with a dash for the other kind."""
    found = found_by(DROPS[0], None, better=True)
    both = detect(found.panel, primary=DROPS[0], also=[GAINS[0]], expected="none").table()
    assert both.head[6:] == (
        "Mean depth",
        "Recovered",
        "Mean magnitude",
        "Held",
        "Lost again",
        "Not known",
    )
    assert both.rows[0][8:] == ("-", "-", "-", "-")
    assert both.rows[1][6:8] == ("-", "-")
    gains = detect(found.panel, primary=GAINS[0], expected="none")
    assert both.rows[1][8:] == gains.table().rows[0][6:]
    lost = sum(each.lost_again_at is not None for each in gains.candidates)
    assert both.rows[1][9:] == (str(len(gains.candidates) - lost), str(lost), "0")
    assert evolve(gains.candidates[0], lost_again_at=None).ending in {"held", "not known whether it held"}
