"""The bibliography: complete, well-formed, sorted, and printed without inventing what is not known."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import therarel.citations
from therarel.citations import Citation, Status, bibliography, citation
from therarel.errors import InvalidValueError, TherarelError, UnknownNameError

LINES = Path(therarel.citations.__file__).with_name("citations.csv").read_text("utf-8").splitlines()
KEYS = [line.partition(",")[0] for line in LINES if not line.startswith("#")][1:]

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
citations = st.builds(
    Citation,
    key=st.from_regex(r"[a-z]{1,10}[0-9]{4}", fullmatch=True),
    authors=st.lists(texts, max_size=4).map(tuple),
    status=st.sampled_from(Status),
    year=st.none() | st.integers(1900, 2026),
    title=st.none() | texts,
    container=st.none() | texts,
    volume=st.none() | texts,
    issue=st.none() | texts,
    pages=st.none() | texts,
    publisher=st.none() | texts,
    doi=st.none() | st.from_regex(r"10\.\d{4}/[a-z0-9.]{1,12}", fullmatch=True),
    note=st.none() | texts,
)


def test_keys_are_unique_sorted_and_in_lower_snake_case() -> None:
    """A key occurs once, and a person finds it by the alphabet."""
    assert KEYS == sorted(set(KEYS)) == list(bibliography())
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", key) for key in KEYS)


def test_a_doi_is_well_formed_and_belongs_to_one_reference() -> None:
    """No two references share a DOI, and each has the form of one."""
    dois = [each.doi for each in bibliography().values() if each.doi]
    assert len(dois) == len({doi.casefold() for doi in dois})
    assert all(re.fullmatch(r"10\.\d{4,9}/\S*[^\s.,;]", doi) for doi in dois)


@pytest.mark.parametrize("key", KEYS)
def test_a_reference_is_of_use(key: str) -> None:
    """A reference names an author, a title, a container or a DOI, and is clean text."""
    found = citation(key)
    assert found.key == key
    assert found.authors or found.title or found.container or found.doi
    for value in attrs.asdict(found).values():
        for text in value if isinstance(value, tuple) else (value,):
            assert not isinstance(text, str) or text == " ".join(text.split())


@pytest.mark.parametrize("key", KEYS)
def test_the_year_in_a_key_is_the_year_of_the_reference(key: str) -> None:
    """Keys such as ``bordin1979`` say the year that the reference says."""
    in_key = re.search(r"(?:19|20)\d\d(?=[a-z]?$)", key)
    assert citation(key).year == (int(in_key[0]) if in_key else None)


def test_a_reference_that_is_not_verified_says_what_is_uncertain() -> None:
    """Below memory with high confidence, the note tells the reader."""
    assert all(each.note for each in bibliography().values() if each.status.unverified)


def test_the_bibliography_is_read_once_and_cannot_be_changed() -> None:
    """Every caller sees the same references."""
    assert bibliography() is bibliography()
    with pytest.raises(TypeError):
        bibliography()["mine"] = citation("mann1973")  # type: ignore[index]


@given(st.sampled_from(KEYS), st.integers(0, 30))
def test_a_misspelt_key_is_refused_with_a_near_one(key: str, at: int) -> None:
    """A key with one letter lost raises, as both kinds of error a caller may expect, with a hint."""
    misspelt = key[: at % len(key)] + key[at % len(key) + 1 :]
    if misspelt in bibliography():
        return
    with pytest.raises(UnknownNameError, match="did you mean") as caught:
        citation(misspelt)
    assert isinstance(caught.value, TherarelError)
    assert isinstance(caught.value, LookupError)


@given(citations)
def test_printing_shows_what_is_known_and_nothing_else(reference: Citation) -> None:
    """Each known part stands in the APA form; nothing prints as None or as an empty bracket."""
    printed = str(reference)
    known = [*reference.authors, reference.title, reference.publisher, reference.doi, reference.container]
    assert all(part in printed for part in known if part)
    assert ("n.d." in printed) or str(reference.year) in printed
    blank = attrs.evolve(reference, authors=(), title=None, container=None, publisher=None, doi=None, note=None)
    assert "None" not in str(blank)


@given(citations)
def test_bibtex_is_one_entry_with_balanced_fields(reference: Citation) -> None:
    """An entry opens with its kind and key, holds one field a line, and closes."""
    first, *fields, last = reference.bibtex().splitlines()
    assert re.fullmatch(rf"@(article|book|incollection|misc){{{reference.key},", first)
    assert last == "}"
    assert all(re.match(r"  [a-z]+ = {", line) and line.endswith("},") for line in fields)


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        (
            "horvath_greenberg1989",
            "Horvath, A. O., & Greenberg, L. S. (1989). Development and validation of the Working Alliance "
            "Inventory. Journal of Counseling Psychology, 36(2), 223-233. "
            "https://doi.org/10.1037/0022-0167.36.2.223",
        ),
        (
            "safran_muran1996",
            "Safran & Muran (1996). Journal of Consulting and Clinical Psychology, 64, 447-458.",
        ),
        (
            "luborsky1976",
            "Luborsky, L. (1976). Helping alliances in psychotherapy. In J. L. Claghorn (Ed.), Successful "
            "psychotherapy. Brunner/Mazel.",
        ),
        ("gumz2012", "Gumz et al. (2012). https://doi.org/10.1186/1471-2288-12-10"),
        (
            "norcross2017",
            "Norcross, J. C., Zimmerman, B. E., Greenberg, R. P., & Swift, J. K. (2017). Do all therapists do "
            "that when saying goodbye? Psychotherapy, 54(1), 66-75.",
        ),
        ("camcops", "CamCOPS. (n.d.)."),
    ],
)
def test_apa_form_of_each_kind_of_reference(key: str, printed: str) -> None:
    """Articles, chapters, books and partly known references print as a reader expects."""
    assert citation(key).apa() == printed


@pytest.mark.parametrize(
    ("key", "kind"),
    [("bordin1979", "article"), ("luborsky1976", "incollection"), ("mann1973", "book"), ("apa2017", "misc")],
)
def test_bibtex_kinds(key: str, kind: str) -> None:
    """The kind of entry follows from what holds the work."""
    assert citation(key).bibtex().startswith(f"@{kind}{{{key},")


def test_bibtex_keeps_institutions_whole_and_escapes_what_tex_reads() -> None:
    """An institution is no person with a family name, and ``&`` does not break a document."""
    assert "author = {{American Psychological Association}}" in citation("apa2017").bibtex()
    assert r"Research \& Practice" in citation("bordin1979").bibtex()
    assert "Davis, D. E. and others" in citation("davis2018").bibtex()


@pytest.mark.parametrize(
    ("key", "year", "doi"),
    [("Bordin 1979", 1979, None), ("bordin1979", 1789, None), ("bordin1979", 1979, "doi:10.1/x")],
)
def test_a_malformed_reference_is_refused(key: str, year: int, doi: str | None) -> None:
    """Keys, years and DOIs are checked, with the bound in the message."""
    with pytest.raises(InvalidValueError, match="expected"):
        Citation(key=key, authors=("Bordin, E. S.",), year=year, status=Status.VERIFIED, doi=doi)


def test_unverified_means_below_memory_with_high_confidence() -> None:
    """The line between shown and shown as unverified lies between M-h and M-m."""
    assert [status.value for status in Status if status.unverified] == ["M-m", "M-l"]
    assert all(status.meaning for status in Status)
