"""The instruments as data: complete, consistent with themselves, and sourced."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from jsonschema import Draft202012Validator

from therarel.citations import Status, bibliography
from therarel.concepts import concept_graph
from therarel.domain import Construct, Rater, Timing
from therarel.errors import InvalidValueError, ReadingError, UnknownNameError
from therarel.measures import (
    CodeSystem,
    Instrument,
    ItemScale,
    Metric,
    Permission,
    instrument,
    instrument_schema,
    instruments,
    read_instrument,
)

FOLDER = Path(sys.modules["therarel.measures"].__file__ or "").parent / "instruments"
ALL = instruments()
IDS = [each.id for each in ALL]
EXPECTED = [
    "arm-28",
    "arm-5",
    "bdi-ii",
    "blri-64",
    "calpas-p",
    "care",
    "core-10",
    "core-om",
    "gad-7",
    "gbo",
    "haq-ii",
    "ies-r",
    "oq-45",
    "ors",
    "pcl-5",
    "pdss",
    "phq-9",
    "rri-c",
    "sai",
    "spin",
    "srs-3",
    "tpi",
    "wai-36",
    "wai-o",
    "wai-s",
    "wai-sr",
    "wai-srt",
    "wsas",
]
SYMPTOMS = {
    "phq-9", "gad-7", "core-10", "core-om", "oq-45", "bdi-ii", "wsas", "pcl-5", "ies-r", "spin", "pdss"
}  # fmt: skip
NOT_SCORED = {"arm-28", "blri-64", "calpas-p", "rri-c", "sai", "tpi"}


def data_of(value: object) -> Iterator[object]:
    """A value and every attrs value inside it."""
    if attrs.has(type(value)):
        yield value
        for field in attrs.fields(type(value)):  # type: ignore[arg-type]  # checked by attrs.has
            yield from data_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from data_of(each)


def test_all_instruments_are_there() -> None:
    """There are 28 instruments, in alphabetical order, each under the identifier that its file is named by."""
    assert IDS == EXPECTED


@pytest.mark.parametrize("each", ALL, ids=IDS)
def test_every_citation_is_in_the_bibliography(each: Instrument) -> None:
    """Every citation key of every datum leads to a reference."""
    keys = [key for datum in data_of(each) for key in getattr(datum, "citations", ())]
    keys += each.bands_citations
    assert each.citations
    assert set(keys) <= set(bibliography())


@pytest.mark.parametrize("each", ALL, ids=IDS)
def test_every_figure_has_a_status(each: Instrument) -> None:
    """Cut-offs, bands, changes, reliabilities, norms, keys and rules all say how surely they are known."""
    figures = [*each.cutoffs, *each.reliable_changes, *each.reliability, *each.norms, each.licence]
    figures += [part for part in (each.key, each.scoring, each.missing_rule, *each.risk_items) if part]
    assert all(isinstance(getattr(figure, "status"), Status) for figure in figures)  # noqa: B009
    assert (each.bands_status is None) == (not each.bands)


@pytest.mark.parametrize("each", ALL, ids=IDS)
def test_subscales_partition_the_items(each: Instrument) -> None:
    """Where there are subscales, each item stands in exactly one of them."""
    placed = [item for part in each.subscales for item in part.items]
    assert sorted(placed) == ([] if not each.subscales else list(range(1, each.n_items + 1)))


@pytest.mark.parametrize("each", [one for one in ALL if one.bands], ids=lambda one: one.id)
def test_bands_cover_the_total(each: Instrument) -> None:
    """Every whole total lies in exactly one band."""
    assert each.total is not None
    for total in range(int(each.total.minimum), int(each.total.maximum) + 1):
        assert sum(total in band for band in each.bands) == 1


@pytest.mark.parametrize("each", [one for one in ALL if one.cutoffs], ids=lambda one: one.id)
def test_cut_offs_lie_in_the_range_of_the_total(each: Instrument) -> None:
    """A cut-off is a possible total."""
    assert each.total is not None
    assert all(cutoff.value in each.total for cutoff in each.cutoffs)


def test_totals_have_the_published_ranges() -> None:
    """Ranges of the totals follow from number of items, scale and rule."""
    published = {
        "wai-36": (36, 252), "wai-s": (12, 84), "wai-sr": (12, 60), "wai-srt": (10, 50), "srs-3": (0, 40),
        "ors": (0, 40), "care": (10, 50), "haq-ii": (19, 114), "phq-9": (0, 27), "gad-7": (0, 21), "core-10": (0, 40),
        "oq-45": (0, 180), "bdi-ii": (0, 63), "arm-5": (1, 7),
        "core-om": (0, 4), "wsas": (0, 40), "pcl-5": (0, 80), "ies-r": (0, 88), "spin": (0, 68), "pdss": (0, 28),
        "gbo": (0, 10),
    }  # fmt: skip
    for name, (low, high) in published.items():
        total = instrument(name).total
        assert total is not None
        assert (total.minimum, total.maximum) == (low, high)


def test_alliance_forms_of_one_family_have_no_cut_off() -> None:
    """No form of the Working Alliance Inventory has a cut-off or a band, and the data say that none exists."""
    for each in ALL:
        if each.concept == "wai":
            assert not each.cutoffs
            assert not each.bands
            assert each.cutoff_note is not None
            assert "no standardised scores or cut-offs exist" in each.cutoff_note


def test_keys_of_the_wai_forms() -> None:
    """The keys of WAI-SR and WAI-S are the published ones, and differ."""
    revised, short = instrument("wai-sr"), instrument("wai-s")
    assert {part.name: part.items for part in revised.subscales} == {
        "task": (1, 2, 10, 12),
        "goal": (4, 6, 8, 11),
        "bond": (3, 5, 7, 9),
    }
    assert {part.name: part.items for part in short.subscales} == {
        "task": (1, 2, 8, 12),
        "goal": (4, 6, 10, 11),
        "bond": (3, 5, 7, 9),
    }
    assert (revised.reversed_items, short.reversed_items) == ((), (4, 10))
    assert revised.print_order_flipped == (2, 5, 6, 8, 10, 11)


@pytest.mark.parametrize("name", ["wai-s", "wai-sr"])
def test_parent_items_exist_and_are_taken_once(name: str) -> None:
    """A short form takes each of its items from another item of the longer form."""
    parents = instrument(name).parents
    assert parents is not None
    assert len(set(parents.items)) == 12
    assert set(parents.items) <= set(range(1, instrument(parents.of).n_items + 1))


def test_parents_of_the_short_form_keep_subscale_and_wording() -> None:
    """Every WAI-S item has the subscale of its parent in the WAI-36, and is reversed exactly if the parent is."""
    short, whole = instrument("wai-s"), instrument("wai-36")
    assert short.parents is not None
    for item, place in zip(short.items, short.parents.items, strict=True):
        parent = whole.items[place - 1]
        assert (item.subscale, item.reverse) == (parent.subscale, parent.reverse)


def test_only_two_items_of_the_revised_form_change_their_subscale() -> None:
    """Items 1 and 8 of the WAI-SR stand in another subscale than their parents."""
    short, whole = instrument("wai-sr"), instrument("wai-36")
    assert short.parents is not None
    changed = [
        item.number
        for item, place in zip(short.items, short.parents.items, strict=True)
        if item.subscale != whole.items[place - 1].subscale
    ]
    assert changed == [1, 8]


def test_observer_form_shares_the_key() -> None:
    """The observer form has the key of the WAI-36, and its coder starts at 4."""
    whole, observer = instrument("wai-36"), instrument("wai-o")
    assert observer.subscales == whole.subscales
    assert observer.reversed_items == whole.reversed_items
    assert observer.item_scale.start == 4
    assert observer.respondents == (Rater.OBSERVER,)


def test_instruments_without_a_verified_key_refuse() -> None:
    """What is not verified is not scored and says why; everything else is scored."""
    assert {each.id for each in ALL if not each.scorable} == NOT_SCORED
    for name in NOT_SCORED:
        why = instrument(name).why_not_scorable
        assert why is not None
        assert name in why
        assert "not verified" in why


def test_unverified_scales_give_no_range() -> None:
    """A range is not made from a scale that is not verified."""
    assert instrument("sai").mean_scale is None
    assert instrument("sai").range_of(6, Metric.SUM) is None


def test_no_subscale_is_shipped_that_is_not_verified() -> None:
    """WAI-SRT, OQ-45 and SAI have no subscales."""
    assert [instrument(name).subscales for name in ("wai-srt", "oq-45", "sai")] == [(), (), ()]


def test_only_verified_numbers_of_the_total_are_usable_by_name() -> None:
    """Of all reliabilities only those of the WAI-36 and the CORE-10 may enter a computation by name."""
    usable = {each.id: each.verified_reliability for each in ALL if each.verified_reliability}
    assert {name: datum.value for name, datum in usable.items()} == {"wai-36": 0.92, "core-10": 0.90}


def test_norms_are_verified() -> None:
    """Means and spreads are shipped only where they were seen in a source."""
    norms = {each.id: each.norms for each in ALL if each.norms}
    assert set(norms) == {"care", "core-10", "haq-ii"}
    assert all(norm.status is Status.VERIFIED for some in norms.values() for norm in some)


def test_disagreeing_values_are_all_there() -> None:
    """Sources that differ on the reliable change of the ORS are both told, as unverified."""
    changes = instrument("ors").reliable_changes
    assert [change.value for change in changes] == [5, 6]
    assert all(change.status.unverified for change in changes)


def test_risk_items() -> None:
    """Six instruments have items that ask about risk, and each says what it asks about."""
    suicide, harm, substances = "suicidal_thoughts_or_acts", "self_harm", "substances_or_overdose"
    others = "harm_to_others"
    assert {each.id: {one.item: list(one.kinds) for one in each.risk_items} for each in ALL if each.risk_items} == {
        "phq-9": {9: [suicide, harm]},
        "bdi-ii": {9: [suicide]},
        "core-10": {6: [suicide]},
        "core-om": {6: [others], 9: [harm], 16: [suicide], 22: [others], 24: [suicide], 34: [harm]},
        "pcl-5": {16: ["other"]},
        "oq-45": {8: [suicide], 11: [substances], 26: [substances], 32: [substances], 44: [others]},
    }


def test_the_outcome_questionnaire_has_its_public_key() -> None:
    """Nine items are reversed and the total is scored; which item makes which subscale is not verified."""
    form = instrument("oq-45")
    assert form.reversed_items == (1, 12, 13, 20, 21, 24, 31, 37, 43)
    assert (form.scorable, form.subscales) == (True, ())
    assert form.key_note is not None
    assert "not verified" in form.key_note


def test_published_changes_tell_their_level() -> None:
    """The level of a published change stands beside it: 95% for three, 90% for the CORE-10, not known for the ORS."""
    assert {
        each.id: [(one.value, one.level) for one in each.reliable_changes] for each in ALL if each.reliable_changes
    } == {
        "phq-9": [(6, "95%")],
        "gad-7": [(4, "95%")],
        "oq-45": [(14, "95%")],
        "core-10": [(6, "90%")],
        "ors": [(5, "level not known"), (6, "level not known")],
    }


def test_the_figures_of_the_core_10_are_verified() -> None:
    """Cut-offs, reliable change, alpha and norms of the CORE-10 were seen in a source."""
    form = instrument("core-10")
    statuses = [one.status for one in form.cutoffs] + [one.status for one in form.reliable_changes]
    statuses += [one.status for one in form.reliability] + [one.status for one in form.norms]
    assert set(statuses) == {Status.VERIFIED}
    assert [(norm.mean, norm.sd, norm.n) for norm in form.norms] == [(4.7, 4.8, 535), (19.7, 7.7, 1835)]


def test_usual_timing_is_stated_only_where_known() -> None:
    """Forms of the WAI are usually answered after the session, the PHQ-9 before; nothing else is claimed."""
    assert {each.id: each.timing for each in ALL if each.timing} == {
        "wai-36": Timing.POST_SESSION,
        "wai-s": Timing.POST_SESSION,
        "wai-sr": Timing.POST_SESSION,
        "wai-srt": Timing.POST_SESSION,
        "phq-9": Timing.PRE_SESSION,
    }


def test_constructs_and_directions() -> None:
    """Alliance, relationship and presence read upwards; of the outcome measures the ORS and the goals do."""
    assert {each.id for each in ALL if not each.higher_is_better} == SYMPTOMS
    assert {each.id for each in ALL if each.construct is Construct.RELATIONSHIP} == {"care", "blri-64", "rri-c"}
    assert {each.id for each in ALL if each.construct is Construct.PRESENCE} == {"tpi"}
    assert {each.id for each in ALL if each.construct is Construct.OUTCOME} == {"ors", "gbo"} | SYMPTOMS


def test_wording_is_free_only_where_verified() -> None:
    """Only the PHQ-9 and the GAD-7 may be shown, stored and sold without asking."""
    free = {each.id for each in ALL if each.licence.show is each.licence.store is each.licence.sell is Permission.FREE}
    assert free == {"phq-9", "gad-7"}


def test_what_instruments_and_concept_graph_do_not_share() -> None:
    """Each named concept is a measure of the graph; both remainders are known."""
    measures = {node.id for node in concept_graph().nodes(kind="measure")}
    named = {each.concept for each in ALL if each.concept is not None}
    assert named <= measures
    assert measures - named == {"three_rs", "chs", "cfi", "swai"}
    unnamed = {"gbo"} | SYMPTOMS
    assert {each.id for each in ALL if each.concept is None} == unnamed


def dihedral(a: int, b: int) -> int:
    """Product of two elements of the symmetries of a pentagon: 0 to 4 turn it, 5 to 9 flip it."""
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b) % 5 + 5
    return (a - b) % 5 + 5 if b < 5 else (a - b) % 5


def verhoeff(code: str) -> bool:
    """Whether the last digit of a SNOMED CT identifier is its check digit."""
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    check = 0
    for place, digit in enumerate(reversed(code)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = step[turned]
        check = dihedral(check, turned)
    return check == 0


def luhn(code: str) -> bool:
    """Whether the digit after the hyphen of a LOINC code is its check digit."""
    body, _, check = code.partition("-")
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return (10 - sum(part // 10 + part % 10 for part in doubled)) % 10 == int(check)


def test_codes_have_their_check_digits() -> None:
    """Every code is text and its check digit is right; a changed digit would be caught."""
    codes = [code for each in ALL for code in each.codes]
    assert {code.code for code in codes} == {"44249-1", "44261-6", "70274-6", "720482000"}
    for code in codes:
        assert isinstance(code.code, str)
        assert (luhn if code.system is CodeSystem.LOINC else verhoeff)(code.code)
    assert not luhn("44249-2")
    assert not verhoeff("720482001")


@pytest.mark.parametrize("name", EXPECTED)
def test_files_fit_the_json_schema(name: str) -> None:
    """Every file passes the JSON Schema that editors check against."""
    document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    Draft202012Validator(instrument_schema()).validate(json.loads(json.dumps(document)))


def test_a_file_with_mistakes_tells_all_of_them(tmp_path: Path) -> None:
    """An unknown field and a wrong value are told together, with the nearest field."""
    text = (FOLDER / "gad-7.yaml").read_text(encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("n_items:", "n_item:").replace("construct: outcome", "construct: outcomes"))
    with pytest.raises(ReadingError) as caught:
        read_instrument(file)
    assert "n_items" in str(caught.value)
    assert "outcome" in str(caught.value)


def test_a_key_with_strange_items_is_refused(tmp_path: Path) -> None:
    """An item that does not exist, or stands in two subscales, is refused with its number."""
    text = (FOLDER / "wai-sr.yaml").read_text(encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("[3, 5, 7, 9]", "[3, 5, 7, 13]"))
    with pytest.raises(ReadingError, match="13"):
        read_instrument(file)
    file.write_text(text.replace("[3, 5, 7, 9]", "[3, 5, 7, 8]"))
    with pytest.raises(ReadingError, match="twice"):
        read_instrument(file)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("phq9", "did you mean 'phq-9'?"),
        ("WAI_SR", "did you mean 'wai-sr'?"),
        ("wais", "did you mean 'wai-s'?"),
        ("wai-rs", "did you mean"),
        ("gad", "did you mean 'gad-7'?"),
        (
            "arm",
            "this names several forms, which are scored differently: 'arm-28' (28 items, 1 to 7); 'arm-5' (5 items, 1 to 7)",
        ),
        ("xyz", f"known are {', '.join(each.id for each in instruments())}"),
    ],
)
def test_near_misses_are_named(name: str, hint: str) -> None:
    """A misspelt identifier names the one that was meant."""
    with pytest.raises(UnknownNameError) as caught:
        instrument(name)
    assert caught.value.hint is not None
    assert hint in caught.value.hint
    assert caught.value.hint.endswith(hint) or hint == "did you mean"


def test_a_family_name_is_not_guessed() -> None:
    """``wai`` is refused, and its forms are told apart by items and scale."""
    with pytest.raises(UnknownNameError) as caught:
        instrument("wai")
    assert caught.value.hint is not None
    assert "'wai-s' (12 items, 1 to 7)" in caught.value.hint
    assert "'wai-sr' (12 items, 1 to 5)" in caught.value.hint


def test_a_scale_without_zero() -> None:
    """The scale of the Barrett-Lennard inventory has six points of both signs."""
    scale = instrument("blri-64").item_scale
    assert scale.points == (-3, -2, -1, 1, 2, 3)
    assert 0 not in scale
    assert str(scale) == "-3 to 3, without zero"


def test_a_line_has_any_number() -> None:
    """A visual analogue scale holds every number between its ends and no list of points."""
    scale = instrument("srs-3").item_scale
    assert 3.14 in scale
    assert 10.1 not in scale
    assert scale.points == ()


def test_scales_refuse_what_does_not_fit() -> None:
    """Bounds in the wrong order and a wrong number of anchors are refused."""
    with pytest.raises(InvalidValueError, match="minimum below its maximum"):
        ItemScale(minimum=5, maximum=1)
    with pytest.raises(InvalidValueError, match="one for each"):
        ItemScale(minimum=1, maximum=3, anchors=("low", "high"))


def test_an_unknown_subscale_names_the_known_ones() -> None:
    """Asking for a subscale that is not there is refused with the nearest name."""
    assert instrument("wai-sr").subscale("bond").items == (3, 5, 7, 9)
    with pytest.raises(UnknownNameError, match="bond"):
        instrument("wai-sr").subscale("bonds")
    with pytest.raises(UnknownNameError, match="no such subscale"):
        instrument("phq-9").subscale("mood")


def test_instruments_load_without_numerical_libraries() -> None:
    """Reading every instrument and scoring one response needs neither numpy nor narwhals."""
    code = (
        "import sys; from therarel.measures import instruments, score; instruments(); score('gad-7', [1] * 7);"
        "assert not {'numpy', 'narwhals', 'polars', 'scipy', 'pandas'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def parts_of(value: Any) -> Iterator[Any]:
    """A value of attrs, and every value of attrs inside."""
    if isinstance(value, tuple):
        for member in value:
            yield from parts_of(member)
    elif attrs.has(type(value)):
        yield value
        for each in attrs.fields(type(value)):
            yield from parts_of(getattr(value, each.name))


KINDS: dict[type[Any], Any] = {type(part): part for each in ALL for part in parts_of(each)}  # the last of each


@pytest.mark.parametrize("kind", sorted(KINDS, key=str))
@pytest.mark.parametrize("strange", [3.5, "one word"])
def test_what_is_no_collection_is_refused_by_name(kind: type[Any], strange: object) -> None:
    """A field of an instrument that holds several things takes no single one, and the error names the field."""
    several = [each for each in attrs.fields(kind) if str(each.type).startswith("tuple")]
    for each in several:
        with pytest.raises(InvalidValueError, match=f"^{kind.__name__}.{each.name}: .*a collection"):
            attrs.evolve(KINDS[kind], **{each.alias: strange})
