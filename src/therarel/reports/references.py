"""The references behind a report: of its rules, of the instrument, and of what a reliable change is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from therarel.citations import Citation, citation
from therarel.detection.rules import Rule
from therarel.detection.wording import may_say_rupture
from therarel.domain.ratings import Construct
from therarel.measures import Instrument, ReliableChange, instruments
from therarel.panels import Panel

# A word that nothing about an outcome, or about scores of unknown meaning, may use: titles of references included.
_KEPT_APART: Final = "rupture"


def rule_sources(rules: Iterable[Rule]) -> tuple[Citation, ...]:
    """The references behind some rules, each once, in the order of the rules."""
    return _references(source for rule in rules for source in rule.sources)


def instrument_of(panel: Panel) -> Instrument | None:
    """The instrument that gave the scores; ``None`` where nobody said, or it is one of the user's own."""
    return next((candidate for candidate in instruments() if candidate.id == panel.instrument), None)


def change_sources(change: ReliableChange | None, instrument: Instrument | None) -> tuple[Citation, ...]:
    """The references behind the judgement of a reliable change: the published figure, or method and reliability."""
    if change is None:
        return ()
    if change.published is not None:
        return _references(change.published.citations)
    reliability = instrument.verified_reliability if instrument is not None else None
    return _references((*change.method.citations, *(reliability.citations if reliability is not None else ())))


def judged_in_words(change: ReliableChange, instrument: Instrument | None) -> str:
    """What a change had to exceed, and where that comes from, with names and years in the place of keys."""
    words = change.judged_by
    for source in change_sources(change, instrument):
        words = words.replace(source.key, source.short)
    return words


def in_brackets(references: Iterable[Citation]) -> str:
    """References as a sentence names them, a space before the bracket; empty where there are none.

    Examples:
        >>> in_brackets([citation("horvath_greenberg1989"), citation("barkham2013")])
        ' (Barkham et al., 2013; Horvath & Greenberg, 1989)'
    """
    named = "; ".join(sorted(reference.short for reference in references))
    return f" ({named})" if named else ""


def reference_lines(references: Iterable[Citation], construct: Construct | None) -> tuple[str, ...]:
    """References as they are printed: in full, or, where a title speaks of what the panel does not, in short."""
    lines = []
    for reference in references:
        full = reference.apa()
        if may_say_rupture(construct) or _KEPT_APART not in full.lower():
            printed = full
        else:
            printed = f"{reference.short}." + (f" https://doi.org/{reference.doi}" if reference.doi else "")
        lines.append(printed + (f" ({reference.status.meaning})" if reference.status.unverified else ""))
    return tuple(lines)


def _references(named: Iterable[str | Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation(source) if isinstance(source, str) else source for source in named))
