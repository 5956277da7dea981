"""Recovery as NHS Talking Therapies counts it is something else than "recovered"."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.measures import DisorderMeasure, NhsMeasure, nhs_recovery, score

PHQ = st.integers(0, 27)
GAD = st.integers(0, 21)


@given(PHQ, PHQ, GAD, GAD)
def test_recovery_by_its_definition(d1: int, d2: int, a1: int, a2: int) -> None:
    """A case on either at the start and on neither at the end; reliable if one measure fell and the other did not rise."""
    found = nhs_recovery(phq_9=(d1, d2), gad_7=(a1, a2))
    started, ended = d1 >= 10 or a1 >= 8, d2 >= 10 or a2 >= 8
    assert (found.case_at_start, found.case_at_end) == (started, ended)
    fell, rose = d1 - d2 >= 6 or a1 - a2 >= 4, d2 - d1 >= 6 or a2 - a1 >= 4
    assert found.reliably_improved == (fell and not rose)
    assert found.reliably_deteriorated == (rose and not fell)
    assert found.recovery == ((not ended) if started else None)
    assert found.reliable_recovery == ((not ended and fell and not rose) if started else None)
    assert (found.paired_with, found.missing) == (NhsMeasure.GAD_7, ())


@given(PHQ, PHQ, st.integers(0, 68), st.integers(0, 68), st.integers(1, 60), st.integers(1, 30))
def test_the_measure_of_the_disorder_makes_the_pair(d1: int, d2: int, a1: int, a2: int, case: int, least: int) -> None:
    """With a measure of the disorder the GAD-7 plays no part, whatever it says; the thresholds are those that were stated."""
    social = DisorderMeasure("spin", (a1, a2), caseness=case, reliable_change=least)
    for gad in ((None, None), (21, 21), (0, 0)):
        found = nhs_recovery(phq_9=(d1, d2), gad_7=gad, disorder=social)
        started, ended = d1 >= 10 or a1 >= case, d2 >= 10 or a2 >= case
        assert (found.case_at_start, found.case_at_end) == (started, ended)
        fell, rose = d1 - d2 >= 6 or a1 - a2 >= least, d2 - d1 >= 6 or a2 - a1 >= least
        assert found.reliably_improved == (fell and not rose)
        assert found.recovery == ((not ended) if started else None)
        assert (found.paired_with, found.missing) == (NhsMeasure.SPIN, ())


@pytest.mark.parametrize("totals", [(None, 12), (40, None), (None, None)])
def test_the_gad_7_stands_in_where_the_measure_of_the_disorder_is_missing(
    totals: tuple[int | None, int | None],
) -> None:
    """A measure that was not answered both times makes no pair; the PHQ-9 and the GAD-7 do."""
    social = DisorderMeasure("spin", totals, caseness=19, reliable_change=10)
    found = nhs_recovery(phq_9=(12, 4), gad_7=(9, 3), disorder=social)
    assert (found.paired_with, found.recovery) == (NhsMeasure.GAD_7, True)
    assert found == nhs_recovery(phq_9=(12, 4), gad_7=(9, 3))
    assert nhs_recovery(phq_9=(12, 4), disorder=social).recovery is None


@pytest.mark.parametrize("by", ["gad-7", "spin"])
@pytest.mark.parametrize("gone", [pair for n in (1, 2, 3, 4) for pair in itertools.combinations(range(4), n)])
def test_every_missing_total_has_its_answer(gone: tuple[int, ...], by: str) -> None:
    """Without a whole pair nothing is recovered or changed reliably; a total can show a case, and no absence of one."""
    for totals in itertools.product((18, 4), (18, 4), (12, 3), (12, 3)):
        d1, d2, a1, a2 = (None if place in gone else total for place, total in enumerate(totals))
        if by == "gad-7":
            found = nhs_recovery(phq_9=(d1, d2), gad_7=(a1, a2))
        else:
            own = DisorderMeasure("spin", (a1, a2), caseness=8, reliable_change=4)
            found = nhs_recovery(phq_9=(d1, d2), disorder=own)
            if None in (a1, a2):  # the pair is then that of the GAD-7, of which there is nothing
                a1 = a2 = None
        assert (found.recovery, found.reliable_recovery) == (None, None)
        assert (found.reliably_improved, found.reliably_deteriorated) == (None, None)
        for case, depression, anxiety in ((found.case_at_start, d1, a1), (found.case_at_end, d2, a2)):
            known = [total >= least for total, least in ((depression, 10), (anxiety, 8)) if total is not None]
            assert case is (True if True in known else False if len(known) == 2 else None)
        cells = {"phq-9 at the start": d1, "phq-9 at the end": d2}
        cells |= {f"{found.paired_with.instrument} at the start": a1, f"{found.paired_with.instrument} at the end": a2}
        assert list(found.missing) == [name for name, total in cells.items() if total is None]
        assert all(name in repr(found) for name in found.missing)


def test_recovery_without_a_pair_is_never_true() -> None:
    """A first PHQ-9 that is missing leaves recovery open, although the GAD-7 fell below its threshold."""
    found = nhs_recovery(phq_9=(None, 4), gad_7=(8, 4))
    assert (found.recovery, found.reliable_recovery) == (None, None)
    assert "not known, missing: phq-9 at the start" in str(found)


def test_recovery_need_not_be_reliable() -> None:
    """One point across the threshold is recovery and no reliable recovery."""
    found = nhs_recovery(phq_9=(10, 9), gad_7=(7, 7))
    assert (found.recovery, found.reliable_recovery) == (True, False)
    assert "recovered, not reliably" in repr(found)


def test_item_means_are_compared_without_the_last_bit() -> None:
    """A Mobility Inventory that falls by exactly its stated change in hundredths has changed reliably."""
    fell = DisorderMeasure("mi", (2.93, 2.2), caseness=2.3, reliable_change=0.73)
    assert nhs_recovery(phq_9=(3, 3), disorder=fell).reliable_recovery is True


def test_scores_are_taken_with_their_status_and_risk_answers() -> None:
    """A score without a value is missing, one of another instrument is refused, and the last risk answer is told."""
    first, partial = score("phq-9", [2] * 9), score("phq-9", [0] * 8 + [None])
    assert nhs_recovery(phq_9=(first, 3), gad_7=(5, 5)).recovery is True
    assert nhs_recovery(phq_9=(first, partial), gad_7=(5, 5)).recovery is None
    last = score("phq-9", [0] * 8 + [3])
    found = nhs_recovery(phq_9=(first, last), gad_7=(5, 5))
    assert (found.recovery, found.risk) == (True, last.risk)
    for shown in (repr(found), str(found), found._repr_html_()):
        assert "endorsed" in shown
    assert "risk answers not recorded" in repr(nhs_recovery(phq_9=(18, 3), gad_7=(5, 5)))
    with pytest.raises(InvalidValueError, match="another instrument"):
        nhs_recovery(phq_9=(first, 3), gad_7=(first, 5))
    with pytest.raises(InvalidValueError, match="not a total"):
        nhs_recovery(phq_9=(28, 3), gad_7=(5, 5))


def test_each_measure_names_its_problem() -> None:
    """The seven measures of disorders and the GAD-7 are those of the published table."""
    assert {each.value for each in NhsMeasure} == {"gad_7", "spin", "ies_r", "pcl_5", "mi", "oci", "pdss", "hai"}
    assert NhsMeasure("pdss").problem == "panic disorder"
    assert all(each.problem for each in NhsMeasure)


def test_what_makes_no_measure_of_a_disorder_is_refused() -> None:
    """Thresholds have to be stated and above 0, the measure one of the seven, the totals a pair."""
    with pytest.raises(TypeError, match="caseness"):
        DisorderMeasure("spin", (40, 12))  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(InvalidValueError, match="give gad_7="):
        DisorderMeasure("gad_7", (12, 4), caseness=8, reliable_change=4)
    with pytest.raises(UnknownNameError, match="no such term"):
        DisorderMeasure("hads", (12, 4), caseness=8, reliable_change=4)
    for wrong in ({"caseness": 0}, {"reliable_change": -1}, {"caseness": "19"}):
        with pytest.raises(InvalidValueError, match="above 0"):
            DisorderMeasure("spin", (40, 12), **({"caseness": 19, "reliable_change": 10} | wrong))
    with pytest.raises(InvalidValueError, match="a number of at least 0"):
        DisorderMeasure("spin", (-1, 12), caseness=19, reliable_change=10)
    with pytest.raises(InvalidValueError, match="the first and the last total are needed"):
        DisorderMeasure("spin", 12, caseness=19, reliable_change=10)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(InvalidValueError, match="not a measure of a disorder"):
        nhs_recovery(phq_9=(18, 4), disorder=(40, 12))  # type: ignore[arg-type]  # wrong on purpose
