"""What is different in a relationship afterwards, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from therarel.domain import Agreements, Breach, RiskNotice, RuptureEpisode, SafetyConcern, Term, WaivedTask
from therarel.machine.explanations import said
from therarel.vocabulary import Vocabulary

__all__ = ["StateChange"]

_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alliance_status": "alliance",
        "rupture_repaired": "a rupture was repaired in this course",
        "challenge_faced": "a challenge was faced",
        "episode": "strain or rupture",
        "supervision_last": "last supervision",
        "client_misses_in_a_row": "sessions that the client missed in a row",
        "paused": "a pause is agreed",
        "paused_until": "last day of the pause",
        "closed_reason": "reason for closing",
        "ended_from": "ending planned from",
        "unresolved_before": "carried along as unresolved",
        "risk_notices": "answers that wait for a look",
        "session_held": "a session was held",
        "agreements": "agreed",
    }
)


@frozen
class StateChange:
    """One field of the relationship that is different afterwards.

    Args:
        field: Its name.
        before: What it held.
        after: What it holds now.

    Examples:
        >>> print(StateChange("client_misses_in_a_row", 0, 1))
        sessions that the client missed in a row: 0 -> 1
    """

    field: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{_LABELS.get(self.field, self.field.replace('_', ' '))}: {self._difference()}"

    def _difference(self) -> str:
        before, after = self.before, self.after
        if isinstance(before, frozenset) and isinstance(after, frozenset):
            return _moved(sorted(after - before), sorted(before - after))
        if isinstance(before, tuple) and isinstance(after, tuple):
            now, gone = [], list(before)
            for item in after:
                if item in gone:
                    gone.remove(item)
                else:
                    now.append(item)
            changed = {_code(item) for item in now}
            return _moved(map(_in_words, now), [_in_words(item) for item in gone if _code(item) not in changed])
        if isinstance(before, Agreements) and isinstance(after, Agreements):
            return _between(_agreed(before), _agreed(after))
        plain = (Vocabulary, bool, int, type(None))
        if isinstance(before, plain) and isinstance(after, plain):
            return f"{said(before)} -> {said(after)}"
        one, other = _in_words(before), _in_words(after)
        return f"{one}, changed in detail" if one == other else f"{one} -> {other}"


def _between(before: list[str], after: list[str]) -> str:
    moved = _moved([each for each in after if each not in before], [each for each in before if each not in after])
    return moved or "changed in detail"


def _agreed(agreements: Agreements) -> list[str]:
    """What is agreed, a line each, without confidential text."""
    return [
        *(f"consent to {consent.in_words}" for consent in agreements.consents),
        *(f"{term.label} explained" for term in Term if term in agreements.terms_explained),
        *(goal.in_words for goal in agreements.goals),
        *(task.in_words for task in agreements.tasks),
        *([] if agreements.crisis is None else ["arrangements for a crisis"]),
    ]


def _moved(now: Iterable[object], no_longer: Iterable[object]) -> str:
    named = (("now", tuple(now)), ("no longer", tuple(no_longer)))
    return "; ".join(f"{word} {said(items)}" for word, items in named if items)


def _code(item: object) -> object:
    if isinstance(item, Breach):
        return item.breach_id
    return item.concern_id if isinstance(item, SafetyConcern) else item


def _in_words(item: object) -> str:
    match item:
        case RuptureEpisode():
            return item.in_words
        case Breach():
            parts = [item.in_words, "open" if item.is_open else "closed"]
            parts += ["supervised since"] if item.supervised_since else []
            parts += ["looked at independently since"] if item.independent_since else []
            wish = item.client_wishes_to_go_on
            parts += [] if wish is None else [f"the client wishes {'' if wish else 'not '}to go on"]
            informed = item.client_informed
            parts += [] if informed is None else [f"the client was {'' if informed else 'not '}informed"]
            return ", ".join(parts)
        case SafetyConcern():
            became = "" if item.outcome is None else f", {item.outcome.label}"
            return f"{item.in_words}, {'open' if item.is_open else 'closed'}{became if item.is_open else ''}"
        case RiskNotice():
            return item.in_words
        case WaivedTask():
            return item.task.label
        case _:
            return said(item)
