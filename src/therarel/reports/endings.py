"""How therapies ended: as planned, earlier, or not known, from a column of the panel that somebody named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from therarel.errors import InvalidValueError, shown
from therarel.panels import Panel
from therarel.panels.grouping import groups_of
from therarel.panels.suppression import FEWEST, hidden_groups
from therarel.representation import one_line
from therarel.tables.showing import shown_name
from therarel.vocabulary import Vocabulary

_MOST: Final = 8  # values named in one message


class Ending(Vocabulary, links={}):
    """How a therapy ended, as somebody recorded it; a series of scores that stops does not show it."""

    AS_PLANNED = "as_planned"
    """Both had agreed that it would end then."""
    EARLIER = "earlier"
    """It ended before they had planned."""
    NOT_KNOWN = "not_known"
    """Nothing is recorded, or not the same throughout, or the therapy goes on."""


@frozen(repr=False)
class Endings:
    """How the therapy of each dyad ended.

    Args:
        column: The column that says so, in the words of the data.
        of_dyads: The ending of each dyad, in the order of the panel.

    Examples:
        >>> ended = Endings("status", (Ending.AS_PLANNED,) * 6 + (Ending.NOT_KNOWN,) * 5)
        >>> ended.counts
        {'as_planned': 6, 'earlier': 0, 'not_known': 5}
    """

    column: str
    of_dyads: tuple[Ending, ...]

    __repr__ = one_line

    def __str__(self) -> str:
        return ", ".join(
            f"{Ending(ending).label} {'fewer than 5 or hidden' if count is None else f'{count:,}'}"
            for ending, count in self.counts.items()
        )

    @property
    def counts(self) -> dict[str, int | None]:
        """How many ended so; ``None`` where fewer than 5 did, or that would follow from the others."""
        numbers = [self.of_dyads.count(ending) for ending in Ending]
        hidden = hidden_groups(numbers)
        return {
            ending.value: None if at in hidden else number
            for at, (ending, number) in enumerate(zip(Ending, numbers, strict=True))
        }


def endings_of(panel: Panel, column: str, words: Mapping[str, Ending | str] | None = None) -> Endings:
    """How the therapy of each dyad ended, by a further column of the panel.

    Args:
        panel: The panel.
        column: The column (``covariates=``), with one value for all sessions of a dyad; an empty cell, or several
            values, are an ending that is not known.
        words: What values other than ``as_planned``, ``earlier`` and ``not_known`` mean.

    Raises:
        UnknownNameError: if the panel kept no such column, or a value is said to mean another term.
        InvalidValueError: if it is not said what each value means, or the column holds fractions.

    Examples:
        >>> panel = Panel.from_arrays(
        ...     ["A", "B"], [1, 1], [4, 5], scale=(1, 5), higher_is_better=True, covariates={"end": ["completed", None]}
        ... )
        >>> [ending.label for ending in endings_of(panel, "end", {"completed": "as_planned"}).of_dyads]
        ['as planned', 'not known']
    """
    meanings: dict[str, Ending] = {ending.value: ending for ending in Ending}
    meanings |= {str(word): Ending(meaning) for word, meaning in (words or {}).items()}
    values = groups_of(panel, column)
    unknown = Counter(value for value in values if value is not None and value not in meanings)
    if unknown:
        # what five people or more have in common is a word of the column; the rest may be somebody's own words
        named = [
            shown_name(value) if number >= FEWEST else shown(value) for value, number in unknown.most_common(_MOST)
        ]
        raise InvalidValueError(
            "it is not known what each value of this column means",
            where="ended",
            value=", ".join(named) + (f" and {len(unknown) - _MOST} more" if len(unknown) > _MOST else ""),
            bound=", ".join(meanings),
            hint="say it, for example with ended_as={'completed': 'as_planned'}",
        )
    return Endings(column, tuple(Ending.NOT_KNOWN if value is None else meanings[value] for value in values))
