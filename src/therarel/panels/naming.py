"""What a dyad is called where people read it."""

from __future__ import annotations

from typing import Final

__all__ = ["dyad_name"]

# A label that is longer, or has more words, may be a text about somebody, which no picture and no report prints.
_LONGEST_LABEL: Final = 40
_MOST_WORDS: Final = 4


def dyad_name(label: str, index: int) -> str:
    """What a dyad is called in a picture or a report: its label, unless that looks like a text rather than a code.

    Args:
        label: The dyad's label in the data.
        index: The dyad's number, from 0.

    Examples:
        >>> dyad_name("C-014", 3), dyad_name("she said that it was over between us", 3)
        ('C-014', 'no. 4 (label of 36 characters)')
    """
    if len(label) <= _LONGEST_LABEL and len(label.split()) <= _MOST_WORDS:
        return label
    return f"no. {index + 1} (label of {len(label)} characters)"
