"""The page of an instrument says what is known, how surely, and what is not."""

from __future__ import annotations

import pytest

from therarel.measures import Instrument, describe, instruments

ALL = instruments()


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_every_page_has_scale_key_licence_and_sources(form: Instrument) -> None:
    """Each page names the instrument, its scale, direction, licence and sources, and denies shipping the wording."""
    page = describe(form)
    assert page.startswith(f"# {form.name}\n")
    assert f"| Identifier | `{form.id}` |" in page
    assert str(form.item_scale) in page
    assert ("higher is better" if form.higher_is_better else "lower is better") in page
    assert "The wording is not part of this library." in page
    assert all(f"`{key}`: " in page for key in form.citations)
    assert "None" not in page
    assert ".." not in page
    assert "  " not in page


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_unverified_facts_are_marked(form: Instrument) -> None:
    """A page has the mark exactly if a fact on it is known with less than high confidence."""
    statuses = [datum.status for datum in form.reliable_changes]
    statuses += [datum.status for datum in form.reliability]
    statuses += [form.licence.status, form.item_scale.status]
    statuses += [form.missing_rule.most_missing_status] if form.missing_rule else []
    assert ("**unverified**" in describe(form)) == any(status.unverified for status in statuses)


def test_no_cut_off_is_a_statement() -> None:
    """The page of the WAI-SR says that no cut-off was published and who said so."""
    page = describe("wai-sr")
    assert "- No cut-off was published.\n" in page
    assert "horvath_wai_site" in page
    assert "No cut-off is recorded." in describe("arm-5")
    assert "score with `recorded_as='position'`" in page
    assert "Items of wai-36: 1 from 25, 2 from 4," in page


def test_published_figures_are_shown() -> None:
    """Bands, cut-offs, reliable changes, norms, codes and risk items stand on the pages they belong to."""
    phq = describe("phq-9")
    assert "moderate 10 to 14" in phq
    assert "caseness: at or above 10" in phq
    assert "loinc 44261-6" in phq
    assert "Item 9: suicidal thoughts or acts, self harm (kroenke2001; verified in a source)." in phq
    assert "6 points, 95% (nhs_talking_therapies" in phq
    assert "5 points, level not known (miller2003; **unverified**" in describe("ors")
    assert "mean 5.13, SD 0.71, n = 54" in describe("haq-ii")
    assert "reliability of the total: 0.92 (0.79 to 0.97)" in describe("wai-36")
    assert "alpha of the total: above 0.8, 88 outpatients" in describe("wai-sr")
    assert "at most 2" in describe("care")
    assert "its items are not scored" in describe("calpas-p")
