"""The series of a detection as arrays, and how a dyad is named where people read it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.detection import Detection
from therarel.detection.engine import ROWS
from therarel.detection.verdicts import CODES, Verdict

__all__ = ["Courses", "dyad_name", "far_apart"]

_LONGEST_LABEL = 40
_MOST_WORDS = 4


def dyad_name(label: str, index: int) -> str:
    """How a dyad is named in a report: by its label, unless that reads like a text rather than a code.

    Args:
        label: The dyad's label in the data.
        index: Its place among the dyads, from 0.

    Examples:
        >>> dyad_name("C-014", 3), dyad_name("she said that it was over between us", 3)
        ('C-014', 'no. 4 (label of 36 characters)')
    """
    if len(label) <= _LONGEST_LABEL and len(label.split()) <= _MOST_WORDS:
        return label
    return f"no. {index + 1} (label of {len(label)} characters)"


@frozen(eq=False)
class Courses:
    """Every session of a panel in order, with the primary rule's verdicts, and where each dyad begins.

    Args:
        labels: The dyads' labels, g of them.
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        session: Session numbers, or days; shape ``(n,)``.
        score: Scores as read, NaN where there is none; shape ``(n,)``.
        code: Verdict codes of the primary rule; shape ``(n,)``.
    """

    labels: Sequence[str] = field(repr=False)
    starts: npt.NDArray[np.intp]
    session: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]
    code: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, detection: Detection) -> Courses:
        """The series of a detection."""
        labels: list[str] = []
        sessions, scores = [], []
        for block in detection.panel.blocks(rows=ROWS):
            labels.extend(block.dyads)
            sessions.append(block.session)
            scores.append(block.score)
        return cls(labels, detection.starts, np.concatenate(sessions), np.concatenate(scores), detection.codes[0])

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each label."""
        return {label: place for place, label in enumerate(self.labels)}

    @cached_property
    def lengths(self) -> npt.NDArray[np.intp]:
        """Number of scored sessions of each dyad, shape ``(g,)``."""
        return np.add.reduceat(~np.isnan(self.score), self.starts[:-1], dtype=np.intp)

    def rows(self, index: int) -> slice:
        """The rows of one dyad."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def name(self, label: str) -> str:
        """The name of a dyad where people read it."""
        return dyad_name(label, self.places[label])

    def key(self, label: str) -> str:
        """The name of a dyad in data that are joined back: a code as it stands, however long it is."""
        return label if len(label.split()) == 1 else self.name(label)


def far_apart(courses: Courses) -> int:
    """How many flagged sessions follow a score that is more than one session away."""
    scored = np.flatnonzero(~np.isnan(courses.score))
    owner = np.searchsorted(courses.starts, scored, side="right")
    before = np.flatnonzero(owner[1:] == owner[:-1])
    distance = courses.session[scored[before + 1]] - courses.session[scored[before]]
    flagged = courses.code[scored[before + 1]] == CODES[Verdict.FLAGGED]
    return int((flagged & (distance > 1)).sum())
