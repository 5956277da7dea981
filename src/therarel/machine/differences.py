"""What is different in a relationship afterwards, in words."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from attrs import frozen

from therarel.domain import Agreements, Breach, SafetyConcern, Term, WaivedTask
from therarel.texts import Listed, Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


@frozen
class StateChange:
    """One field of the relationship that is different afterwards.

    Args:
        field: Its name.
        before: What it held.
        after: What it holds now.
        texts: The texts in whose words it is said.

    Examples:
        >>> print(StateChange("client_misses_in_a_row", 0, 1))
        sessions that the client missed in a row: 0 -> 1
    """

    field: str
    before: object
    after: object
    texts: Texts = attrs.field(factory=standard_texts, eq=False, repr=False)

    def __str__(self) -> str:
        return self.texts("change.line", field=Phrase(f"field.{self.field}"), difference=self._difference())

    def _difference(self) -> object:
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
            return _moved(map(_in_full, now), [_in_full(item) for item in gone if _code(item) not in changed])
        if isinstance(before, Agreements) and isinstance(after, Agreements):
            return self._between(_agreed(before), _agreed(after))
        one, other = _in_full(before), _in_full(after)
        plain = (Vocabulary, bool, int, type(None))
        if (isinstance(before, plain) and isinstance(after, plain)) or self.texts.said(one) != self.texts.said(other):
            return Phrase("change.from_to", before=one, after=other)
        return Phrase("change.of_in_detail", about=one)

    def _between(self, before: list[object], after: list[object]) -> object:
        then, now = list(map(self.texts.said, before)), list(map(self.texts.said, after))
        moved = _moved([each for each in now if each not in then], [each for each in then if each not in now])
        return moved if moved.items else Phrase("change.in_detail")


def _agreed(agreements: Agreements) -> list[object]:
    """What is agreed, without confidential text."""
    return [
        *(Phrase("change.consent_to", consent=consent) for consent in agreements.consents),
        *(Phrase("change.term_explained", term=term) for term in Term if term in agreements.terms_explained),
        *agreements.goals,
        *agreements.tasks,
        *([] if agreements.crisis is None else [Phrase("change.crisis")]),
    ]


def _moved(now: Iterable[object], no_longer: Iterable[object]) -> Listed:
    named = (("change.now", tuple(now)), ("change.no_longer", tuple(no_longer)))
    return Listed(Phrase(key, things=items) for key, items in named if items)


def _code(item: object) -> object:
    if isinstance(item, Breach):
        return item.breach_id
    return item.concern_id if isinstance(item, SafetyConcern) else item


def _in_full(item: object) -> object:
    match item:
        case Breach():
            parts: list[object] = [item, Phrase("change.open" if item.is_open else "change.closed")]
            parts += [Phrase("change.supervised_since")] if item.supervised_since else []
            parts += [Phrase("change.independent_since")] if item.independent_since else []
            wish = item.client_wishes_to_go_on
            if wish is not None:
                parts.append(Phrase("change.wishes_to_go_on" if wish else "change.wishes_not_to_go_on"))
            informed = item.client_informed
            if informed is not None:
                parts.append(Phrase("change.client_informed" if informed else "change.client_not_informed"))
            return tuple(parts)
        case SafetyConcern():
            became = [] if item.outcome is None or not item.is_open else [item.outcome]
            return (item, Phrase("change.open" if item.is_open else "change.closed"), *became)
        case WaivedTask():
            return item.task
        case _:
            return item
