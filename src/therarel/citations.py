"""The bibliography behind every fact: what was published where, and how surely we know it.

A clinical fact in this library names a citation key; the key leads here. The bibliography is a CSV file
beside this module, readable in any spreadsheet. It holds what was verified or remembered, marked as such; a
part of a reference that nobody could name is left empty rather than guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.representation import one_line

__all__ = ["Bibliography", "Citation", "Status", "bibliography", "citation"]

_FILE: Final = Path(__file__).with_name("citations.csv")
_KEY: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_OTHERS: Final = "et al."
_MEANINGS: Final = {
    "V": "verified in a source",
    "C": "consistent by item content",
    "M-h": "from memory, high confidence",
    "M-m": "from memory, medium confidence",
    "M-l": "from memory, low confidence",
}


class Status(StrEnum):
    """How surely a fact or a reference is known.

    Examples:
        >>> Status("M-m").meaning, Status("M-m").unverified, Status.VERIFIED.unverified
        ('from memory, medium confidence', True, False)
    """

    VERIFIED = "V"
    """Seen in a source."""
    CONSISTENT = "C"
    """Follows from the content of the items, without a source that states it."""
    MEMORY_HIGH = "M-h"
    """From memory, with high confidence."""
    MEMORY_MEDIUM = "M-m"
    """From memory, with medium confidence; shown as unverified."""
    MEMORY_LOW = "M-l"
    """From memory, with low confidence; shown as unverified."""

    @property
    def unverified(self) -> bool:
        """Whether readers must be warned: everything below memory with high confidence."""
        return self in (Status.MEMORY_MEDIUM, Status.MEMORY_LOW)

    @property
    def meaning(self) -> str:
        """The status in words."""
        return _MEANINGS[self.value]


def _check(pattern: re.Pattern[str], expected: str, value: str, name: str) -> None:
    if not pattern.fullmatch(value):
        raise InvalidValueError("not accepted", where=f"Citation.{name}", value=shown(value), bound=expected)


@frozen(kw_only=True)
class Citation:
    """One reference: a paper, a book, a chapter or a manual that a fact rests on.

    What is not known is ``None`` or empty; it is never filled in from a guess.

    Args:
        key: Name of the reference in the data, in lower snake case, such as ``bordin1979``.
        authors: Authors as ``Family, I.``, in order; ``et al.`` as the last one where the others are not
            recorded.
        status: How surely the reference itself is known; a fact that rests on it has a status of its own.
        year: Year of publication, 1900 to 2026; ``None`` where it is undated or not recorded.
        title: Title of the work.
        container: Journal, or the book that holds the chapter.
        volume: Volume of the journal.
        issue: Issue of the volume.
        pages: Pages or article number.
        publisher: Publisher of a book.
        doi: Digital object identifier, given only where it was verified.
        note: How it was checked, and what about it is uncertain.

    Raises:
        InvalidValueError: if the key is not in lower snake case, the year lies outside its bounds, or the
            DOI is not one.

    Examples:
        >>> print(citation("bordin1979").title)
        The generalizability of the psychoanalytic concept of the working alliance
    """

    key: str
    authors: tuple[str, ...]
    status: Status
    year: int | None = None
    title: str | None = None
    container: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    publisher: str | None = None
    doi: str | None = None
    note: str | None = None

    def __attrs_post_init__(self) -> None:
        _check(_KEY, "lower snake case, such as 'bordin1979'", self.key, "key")
        if self.year is not None and not 1900 <= self.year <= 2026:
            raise InvalidValueError("not accepted", where="Citation.year", value=shown(self.year), bound="1900 to 2026")
        if self.doi is not None:
            _check(_DOI, "a DOI such as '10.1037/pst0000172'", self.doi, "doi")

    @property
    def short(self) -> str:
        """The reference as a sentence names it: authors and year.

        Examples:
            >>> citation("horvath_greenberg1989").short
            'Horvath & Greenberg, 1989'
        """
        families = [author.partition(",")[0] for author in self.authors]
        if not families:
            who = self.title or self.container or self.key
        elif len(families) > 2 or families[-1] == _OTHERS:
            who = f"{families[0]} {_OTHERS}"
        else:
            who = " & ".join(families)
        return f"{who}, {self._year}"

    @property
    def _year(self) -> str:
        return "n.d." if self.year is None else str(self.year)

    def apa(self) -> str:
        """The reference close to APA style; parts that are not known are left out.

        Where no author is known the title comes first, or else where it was published.

        Examples:
            >>> print(citation("rogers1957").apa())
            Rogers, C. R. (1957). The necessary and sufficient conditions of therapeutic personality change. Journal of Consulting Psychology, 21(2), 95-103.
        """  # noqa: E501 -- a reference is one line
        named = [_ended(part) for part in (self.title, self._held_in, self.publisher) if part]
        if self.authors:
            parts = [f"{_listed(self.authors)} ({self._year}).", *named]
        else:
            parts = [*(named[:1] or [_ended(self.key)]), f"({self._year}).", *named[1:]]
        if self.doi:
            parts.append(f"https://doi.org/{self.doi}")
        return " ".join(parts)

    @property
    def _held_in(self) -> str:
        """The journal with volume and pages, or the book that it is a part of; empty where neither is known."""
        if self.container and not self.volume and self.publisher:
            return f"In {self.container}"
        volume = f"{self.volume}({self.issue})" if self.issue else self.volume
        return ", ".join(part for part in (self.container, volume, self.pages) if part) if self.container else ""

    def bibtex(self) -> str:
        """The reference as a BibTeX entry; parts that are not known are left out.

        Examples:
            >>> print(citation("mann1973").bibtex())
            @book{mann1973,
              author = {Mann, J.},
              title = {Time-limited psychotherapy},
              publisher = {Harvard University Press},
              year = {1973},
            }
        """
        held_in = {"article": "journal", "incollection": "booktitle"}
        fields = {
            "author": " and ".join(self._bibtex_authors()),
            "title": self.title,
            held_in.get(self._bibtex_kind, "howpublished"): self.container,
            "volume": self.volume,
            "number": self.issue,
            "pages": self.pages and self.pages.replace("-", "--"),
            "publisher": self.publisher,
            "year": None if self.year is None else str(self.year),
            "doi": self.doi,
        }
        lines = [f"  {name} = {{{_escaped(value)}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{self._bibtex_kind}{{{self.key},", *lines, "}"])

    @property
    def _bibtex_kind(self) -> str:
        if self.publisher:
            return "incollection" if self.container else "book"
        return "article" if self.container else "misc"

    def _bibtex_authors(self) -> list[str]:
        # Braces keep the name of an institution from being taken for a person's.
        return [
            "others" if author == _OTHERS else author if "," in author else f"{{{author}}}" for author in self.authors
        ]

    def __repr__(self) -> str:
        return one_line(self, f"Citation {self.key}")

    def __str__(self) -> str:
        return self.apa()


def _listed(authors: tuple[str, ...]) -> str:
    *others, last = authors
    if not others:
        return last
    if last == _OTHERS:
        join = ", " if "," in others[-1] else " "
    else:  # "Horvath & Greenberg", but "Horvath, A. O., & Greenberg, L. S."
        join = " & " if len(others) == 1 and "," not in others[0] else ", & "
    return ", ".join(others) + join + last


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _escaped(value: str) -> str:
    return re.sub(r"([&%#_$])", r"\\\1", value)


class Bibliography(Mapping[str, Citation]):
    """References by their keys, in alphabetical order; it cannot be changed.

    Args:
        citations: The references, each with a key of its own.

    Examples:
        >>> Bibliography([citation("bordin1979")])
        <Bibliography: 1 reference, from bordin1979 to bordin1979>
    """

    __slots__ = ("_by_key",)

    def __init__(self, citations: Iterable[Citation]) -> None:
        self._by_key = {each.key: each for each in sorted(citations, key=lambda each: each.key)}

    def __getitem__(self, key: str) -> Citation:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __str__(self) -> str:
        number = f"{len(self)} reference{'' if len(self) == 1 else 's'}"
        ends = f", from {min(self)} to {max(self)}" if self else ""
        return "\n".join([number + ends, *(str(each) for each in self.values())])

    def __repr__(self) -> str:
        return one_line(self)


@cache
def bibliography() -> Bibliography:
    """Every reference the library rests on, by key, in alphabetical order of the keys.

    Examples:
        >>> "safran_muran2000" in bibliography()
        True
    """
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return Bibliography(_from_row(row) for row in rows)


def _from_row(row: dict[str, str]) -> Citation:
    def given(column: str) -> str | None:
        return row[column] or None

    return Citation(
        key=row["key"],
        authors=tuple(author.strip() for author in row["authors"].split(";") if author.strip()),
        status=Status(row["status"]),
        year=int(row["year"]) if row["year"] else None,
        title=given("title"),
        container=given("container"),
        volume=given("volume"),
        issue=given("issue"),
        pages=given("pages"),
        publisher=given("publisher"),
        doi=given("doi"),
        note=given("note"),
    )


def citation(key: str) -> Citation:
    """The reference behind a key.

    Raises:
        UnknownNameError: if the bibliography has no such key; the hint names the nearest one.

    Examples:
        >>> citation("bordin_1979")
        Traceback (most recent call last):
            ...
        therarel.errors.UnknownNameError: the bibliography has no such key, got 'bordin_1979'. Hint: did you mean 'bordin1979'?
    """  # noqa: E501 -- a message is one line
    known = bibliography()
    if key not in known:
        raise UnknownNameError("the bibliography has no such key", value=shown(key), hint=hint_for(key, known, most=6))
    return known[key]
