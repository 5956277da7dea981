"""The texts as written in their file, and how a value or a phrase is said with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import attrs
from attrs import field, frozen

from therarel.texts.sayable import words_of
from therarel.vocabulary import Vocabulary

_FILE: Final = Path(__file__).with_name("texts.yaml")


@frozen
class CaseText:
    """What is said where a guard does not hold in one of several ways.

    Args:
        fails: What does not hold. ``{value}``, ``{threshold}`` and ``{about}`` are filled in.
        would_change: What would change it.
    """

    fails: str
    would_change: str


@frozen
class GuardText:
    """What a guard asks and says.

    Args:
        question: What it asks.
        fails: What is said where it does not hold. ``{value}``, ``{threshold}`` and ``{about}`` are filled in.
        would_change: What would change it.
        concepts: Ids of the concepts it rests on, beside those of the tasks or states that it names.
        cases: Other sentences for certain ways of not holding.

    Examples:
        >>> standard_texts().guards["status_intact"].question
        'Is the alliance intact?'
    """

    question: str
    fails: str
    would_change: str
    concepts: tuple[str, ...] = ()
    cases: Mapping[str, CaseText] = field(factory=dict)

    def for_case(self, case: str) -> CaseText:
        """The sentences for a way of not holding."""
        return self.cases.get(case) or CaseText(self.fails, self.would_change)


class Reviewed(NamedTuple):
    """How many of the texts a clinician has reviewed.

    Attributes:
        texts: How many were reviewed.
        of: How many there are.
    """

    texts: int
    of: int

    def __str__(self) -> str:
        return f"{self.texts} of {self.of} texts reviewed by a clinician"


@frozen
class Texts:
    """Every text of a language; call it with the key of a phrase to say that phrase.

    Args:
        guards: By the name of the guard.
        conditions: By the name of the condition: when the row answers.
        effects: By the name of the effect: what changes.
        remarks: By the name of the remark: what is said.
        reasons: By the id of a row of the table: why it is there, unless the row says so itself.
        views: What is said with the views of the relationship.
        due: By the kind: what is due.
        observed: What is said of what was observed over a course.
        words: The words of closed lists, by their value.
        events: Each kind of event, by its name.
        phrases: Headings, labels and parts of sentences, by group and name. A phrase that counts has a second text for
            one, whose name ends in ``_one``.
        clinician_reviewed: The places of the texts that a clinician has reviewed, such as
            ``guards.status_intact.fails``; a place with several texts below it, such as ``guards.status_intact``,
            holds for all of them.

    Examples:
        >>> texts = standard_texts()
        >>> texts("count.entries", count=1), texts("count.entries", count=1200)
        ('1 entry', '1,200 entries')
        >>> texts.reviewed.texts
        0
    """

    guards: Mapping[str, GuardText]
    conditions: Mapping[str, str]
    effects: Mapping[str, str]
    remarks: Mapping[str, str]
    reasons: Mapping[str, str] = field(factory=dict)
    views: Mapping[str, str] = field(factory=dict)
    due: Mapping[str, str] = field(factory=dict)
    observed: Mapping[str, str] = field(factory=dict)
    words: Mapping[str, str] = field(factory=dict)
    events: Mapping[str, str] = field(factory=dict)
    phrases: Mapping[str, Mapping[str, str]] = field(factory=dict)
    clinician_reviewed: tuple[str, ...] = ()

    def __call__(self, key: str, /, **values: object) -> str:
        """A phrase with its values in words.

        Args:
            key: Its group and name: ``occurrence.session``.
            values: What is filled in; where ``count`` is 1, the text for one is said, if there is one.
        """
        group, _, name = key.partition(".")
        phrases = self.phrases[group]
        count = values.get("count")
        if count == 1 and f"{name}_one" in phrases:
            name = f"{name}_one"
        if type(count) is int:
            values["count"] = f"{count:,}"
        return self.filled(phrases[name], values)

    def filled(self, sentence: str, values: Mapping[str, object]) -> str:
        """A sentence with its values in words."""
        return sentence.format_map({name: self.said(value) for name, value in values.items()})

    def said(self, value: object) -> str:
        """A value as a sentence says it.

        Examples:
            >>> from therarel.domain import StageTask
            >>> texts = standard_texts()
            >>> texts.said((StageTask.BUILDING_RAPPORT, StageTask.CREATING_SAFETY)), texts.said(True), texts.said(None)
            ('building rapport, creating safety', 'yes', 'none')
        """
        if isinstance(value, Vocabulary):
            return self.words.get(value.value) or value.label
        if isinstance(value, str):
            return value
        if value is None or value == ():
            return self("value.none")
        if isinstance(value, tuple):
            return ", ".join(map(self.said, value))
        if isinstance(value, bool):
            return self("value.yes" if value else "value.no")
        worded = getattr(value, "worded", None)
        return str(value) if worded is None else str(worded(self))

    def word(self, name: str) -> str:
        """A state, a group of states or a region in words, by its name in the table."""
        return self.words.get(name) or words_of(name)

    def event(self, name: str) -> str:
        """A kind of event in words, by the name of its class."""
        return self.events.get(name) or words_of(name)

    def __reduce__(self) -> tuple[object, ...]:
        # the texts of the library are one and the same everywhere, and no answer carries them along
        if self is standard_texts():
            return standard_texts, ()
        return Texts, tuple(getattr(self, each.name) for each in attrs.fields(Texts))

    def places(self) -> Iterator[tuple[str, str]]:
        """Every text with its place in the file, such as ``guards.status_intact.fails``."""
        for name, guard in self.guards.items():
            yield f"guards.{name}.question", guard.question
            general = CaseText(guard.fails, guard.would_change)
            for place, text in {f"guards.{name}": general, **_cases(name, guard)}.items():
                yield f"{place}.fails", text.fails
                yield f"{place}.would_change", text.would_change
        for group in ("conditions", "effects", "remarks", "reasons", "views", "due", "observed", "words", "events"):
            for name, sentence in getattr(self, group).items():
                yield f"{group}.{name}", sentence
        for group, phrases in self.phrases.items():
            for name, sentence in phrases.items():
                yield f"phrases.{group}.{name}", sentence

    def is_reviewed(self, key: str) -> bool:
        """Whether a clinician has reviewed a text.

        Args:
            key: Its place in the file.

        Examples:
            >>> standard_texts().is_reviewed("guards.status_intact.fails")
            False
        """
        return any(key == each or key.startswith(f"{each}.") for each in self.clinician_reviewed)

    @property
    def reviewed(self) -> Reviewed:
        """How many of the texts a clinician has reviewed.

        Examples:
            >>> str(standard_texts().reviewed).startswith("0 of ")
            True
        """
        places = [place for place, _ in self.places()]
        return Reviewed(sum(map(self.is_reviewed, places)), len(places))


def _cases(name: str, guard: GuardText) -> dict[str, CaseText]:
    return {f"guards.{name}.cases.{case}": text for case, text in guard.cases.items()}


@cache
def standard_texts() -> Texts:
    """The texts of the library, read when the first of them is said."""
    from therarel.reading import read_yaml  # values are made without it

    return read_yaml(_FILE, Texts)
