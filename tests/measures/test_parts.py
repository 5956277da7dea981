"""Which part of the relationship each scale speaks to, and that a score carries it."""

import attrs
import pytest

from therarel.citations import bibliography
from therarel.domain import Rater, ScoreStatus
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.measures import (
    MeasuredPart,
    Metric,
    Norm,
    Reliability,
    describe,
    instrument,
    instruments,
    score,
    stated_score,
)

WAI = {
    ("total", "alliance.whole", "exact"),
    ("goal", "alliance.goal_agreement", "exact"),
    ("task", "alliance.task_understanding", "close"),
    ("bond", "alliance.bond.mutual_regard", "exact"),
}
WHOLE = {("total", "alliance.whole", "exact")}
SPOKEN = {
    "wai-sr": WAI, "wai-s": WAI, "wai-36": WAI, "wai-o": WAI,
    "wai-srt": WHOLE, "sai": WHOLE, "haq-ii": WHOLE, "arm-5": WHOLE,
    "srs-3": {
        *WHOLE,
        ("goals_topics", "alliance.goal_agreement", "close"),
        ("approach_method", "alliance.task_understanding", "close"),
    },
    "tpi": {("total", "presence.whole", "exact")},
    "blri-64": {
        ("empathic_understanding", "presence.empathy", "exact"),
        ("congruence", "presence.authenticity", "exact"),
        ("unconditionality", "characteristics.environment.nonjudgmental_atmosphere", "close"),
    },
    "rri-c": {("genuineness", "presence.authenticity", "close")},
    "care": {("total", "presence.empathy", "broader")},
}  # fmt: skip


def test_scales_speak_to_the_parts_that_are_sure_and_to_no_others() -> None:
    """The list is closed: CALPAS, ARM-28 and every outcome measure speak to none."""
    found = {
        form.id: {(each.of, each.part.value, each.closeness.value) for each in form.parts} for form in instruments()
    }
    assert {name: parts for name, parts in found.items() if parts} == SPOKEN


def test_every_link_has_a_status_that_may_be_shipped_and_a_source() -> None:
    """Each part names citations of the bibliography, and none is unverified."""
    for form in instruments():
        for part in form.parts:
            assert part.citations
            assert set(part.citations) <= set(bibliography())
            assert not part.status.unverified


def test_a_score_says_what_its_scales_say() -> None:
    """Total and subscales of the WAI-SR, and single items of the SRS, come with value, range and completeness."""
    sums = {each.of: (each.value, each.scale and each.scale.maximum) for each in score("wai-sr", [4] * 12).parts}
    assert sums == {"total": (48, 60), "goal": (16, 20), "task": (16, 20), "bond": (16, 20)}
    means = score("wai-sr", [4] * 12, metric="mean").parts
    assert {(each.value, each.scale and each.scale.maximum) for each in means} == {(4, 5)}
    lines = {each.of: each.value for each in score("srs-3", [9, 8, 7.5, 9]).parts}
    assert lines == {"total": 33.5, "goals_topics": 8, "approach_method": 7.5}
    assert all(each.complete for each in score("srs-3", [9, 8, 7.5, 9]).parts)
    assert score("phq-9", [1] * 9).parts == ()


def test_a_scale_without_a_value_says_nothing() -> None:
    """With one item of goals unanswered, task and bond are still measured; an impossible answer measures nothing."""
    answers = [4, 4, 4, None, *[4] * 8]
    assert {each.of for each in score("wai-sr", answers).parts} == {"task", "bond"}
    assert score("wai-sr", [9, *[4] * 11]).parts == ()


def test_subscales_that_were_handed_over_are_held_by_their_parts() -> None:
    """A subscale may be stated with its total or alone, with its range where the key is known."""
    stated = stated_score("wai-sr", 48, subscales={"goal": 17})
    assert {each.of: (each.value, each.complete) for each in stated.parts} == {
        "total": (48, False),
        "goal": (17, False),
    }
    alone = stated_score("blri-64", None, rater="client", subscales={"congruence": -4})
    assert (alone.status, alone.value, alone.parts[0].scale) == (ScoreStatus.NOT_SCORABLE, None, None)
    with pytest.raises(UnknownNameError, match="did you mean 'goal'"):
        stated_score("wai-sr", 48, subscales={"goals": 17})
    with pytest.raises(
        InvalidValueError, match=r"subscales\['goal'\]: a score lies on its scale, got 21 \(expected 4 to 20\)"
    ):
        stated_score("wai-sr", 48, subscales={"goal": 21})
    with pytest.raises(InvalidValueError, match="there is no score"):
        stated_score("wai-sr", None)


def test_a_standard_error_is_carried_where_it_is_given_or_verified() -> None:
    """One's own figures are carried by scale; an instrument's count where reliability and spread are of one sample."""
    own = {each.of: each.standard_error for each in score("wai-sr", [4] * 12, standard_errors={"goal": 1.2}).parts}
    assert own == {"total": None, "goal": 1.2, "task": None, "bond": None}
    sample = "100 clients"
    form = attrs.evolve(
        instrument("wai-sr"),
        reliability=(Reliability(coefficient="alpha", value=0.91, sample=sample, status="V"),),
        norms=(Norm(sample=sample, mean=40, sd=10, metric="sum", status="V"),),
    )
    assert score(form, [4] * 12).parts[0].standard_error == pytest.approx(3)
    assert score(form, [4] * 12, metric="mean").parts[0].standard_error is None
    assert form.standard_errors(Metric.MEAN) == {}
    assert all(not form.standard_errors(metric) for form in instruments() for metric in Metric)


@pytest.mark.parametrize("wrong", [{"goal": 0}, {"bnod": 1.0}, {"goal": -1}])
def test_a_standard_error_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """It is above 0 and of a scale that speaks to a part."""
    with pytest.raises(InvalidValueError, match="standard_errors"):
        score("wai-sr", [4] * 12, standard_errors=wrong)


def test_a_model_answers_the_form_of_an_observer() -> None:
    """Where observers may rate, a model may, as a rater of its own; elsewhere there is no form for it."""
    assert score("wai-o", [5] * 36, rater="model").rater is Rater.MODEL
    with pytest.raises(InvalidValueError, match="no form for this rater"):
        score("wai-sr", [4] * 12, rater="model")


def test_a_part_belongs_to_a_scale_that_there_is_once() -> None:
    """An instrument of one's own is refused with a part of an unknown scale, or two parts of one scale."""
    trust = {"part": "alliance.bond.trust", "closeness": "close", "status": "C"}
    with pytest.raises(UnknownNameError, match="did you mean 'bond'"):
        attrs.evolve(instrument("wai-sr"), parts=(MeasuredPart(of="bonds", **trust),))
    with pytest.raises(InvalidValueError, match="each scale speaks to one part"):
        attrs.evolve(instrument("wai-sr"), parts=(MeasuredPart(of="bond", **trust),) * 2)


def test_the_page_of_an_instrument_says_what_it_speaks_to() -> None:
    """Each part is listed with its closeness, status and source."""
    assert "- bond: mutual regard, exact (hatcher_gillaspy2006; consistent by item content)." in describe("wai-sr")
    assert "Parts of the relationship" not in describe("calpas-p")
