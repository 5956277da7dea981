"""What a dyad or a therapist is called where people read it."""

from __future__ import annotations

from typing import Final

from therarel.confidential import taken_for

_LONGEST_LABEL: Final = 40
_MOST_WORDS: Final = 4


def name_of_label(label: str, index: int) -> str:
    """What is written in a picture or a report: the label, unless that looks like a text or names a person.

    The number is the place of the dyad in `Panel.dyads`, or of a therapist among those of a model, from 1.

    Args:
        label: The label in the data.
        index: The number of the dyad or therapist, from 0.

    Examples:
        >>> [name_of_label(label, 3) for label in ("C-014", "she said that it was over between us", "Jane Doe")]
        ['C-014', 'no. 4 (label of 36 characters)', 'no. 4 (label not shown)']
    """
    if is_text(label):
        return f"no. {index + 1} (label of {len(label)} characters)"
    return f"no. {index + 1} (label not shown)" if is_personal(label) else label


def is_text(label: str) -> bool:
    """Whether a label may be a text about somebody, which no picture, no report and no file of findings holds.

    Examples:
        >>> is_text("C-014"), is_text("she said that it was over between us")
        (False, True)
    """
    return len(label) > _LONGEST_LABEL or len(label.split()) > _MOST_WORDS


def is_personal(label: str) -> bool:
    """Whether a label names a person, or is an address or a date; a single word may be a code, and passes for one.

    Examples:
        >>> [is_personal(label) for label in ("Jane Doe", "1980-05-04", "Jane", "C-014")]
        [True, True, False, False]
    """
    return taken_for(label) is not None and (len(label.split()) > 1 or taken_for(label) != "a person's name")
