"""The scores and verdicts of a detection as arrays, and what a dyad is called in a report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from attrs import field, frozen

from therarel.detection import Detection
from therarel.detection.engine import ROWS
from therarel.detection.verdicts import CODES, Verdict
from therarel.panels.naming import is_personal, is_text, name_of_label
from therarel.tables.arrays import Codes, Floats, Whole


@frozen(eq=False)
class Courses:
    """The n sessions of the g dyads of a panel, dyad by dyad in order, with the primary rule's verdicts.

    Args:
        labels: The dyads' labels, g of them.
        starts: Row at which each dyad begins, and at the end the number of rows; shape ``(g + 1,)``.
        session: Session numbers, or days; shape ``(n,)``.
        score: Scores as read, NaN where there is none; shape ``(n,)``.
        code: Verdict codes of the primary rule; shape ``(n,)``.
    """

    labels: Sequence[str] = field(repr=False)
    starts: Whole
    session: Floats
    score: Floats
    code: Codes

    @classmethod
    def of(cls, detection: Detection) -> Courses:
        """The sessions of the panel of a detection, and the verdicts on them."""
        labels: list[str] = []
        sessions, scores = [], []
        for block in detection.panel.blocks(rows=ROWS):
            labels.extend(block.dyads)
            sessions.append(block.session)
            scores.append(block.score)
        return cls(labels, detection.starts, np.concatenate(sessions), np.concatenate(scores), detection.codes[0])

    @cached_property
    def indices(self) -> dict[str, int]:
        """The number of the dyad with each label, from 0."""
        return {label: index for index, label in enumerate(self.labels)}

    @cached_property
    def lengths(self) -> Whole:
        """Number of scored sessions of each dyad, shape ``(g,)``."""
        return np.add.reduceat(~np.isnan(self.score), self.starts[:-1], dtype=np.intp)

    def rows(self, index: int) -> slice:
        """The rows of the dyad with this number."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def name(self, label: str) -> str:
        """What the dyad with this label is called where people read it."""
        return name_of_label(label, self.indices[label])

    def key(self, label: str) -> str:
        """What the dyad with this label is called in data that are joined to the panel, and are not on a page.

        A code is given in full. A label of one word is taken for a code, however long it is: hashed codes are.
        """
        return label if len(label.split()) == 1 or not is_text(label) else self.name(label)

    def shared_key(self, label: str) -> str:
        """The same, for data within a page, which is passed on: no label that names a person."""
        return self.name(label) if is_personal(label) else self.key(label)


def far_apart(courses: Courses) -> int:
    """How many flagged sessions are more than one session, or day, away from the dyad's scored session before."""
    scored = np.flatnonzero(~np.isnan(courses.score))
    dyad = np.searchsorted(courses.starts, scored, side="right")
    same_dyad = dyad[1:] == dyad[:-1]
    before, after = scored[:-1][same_dyad], scored[1:][same_dyad]
    distance = courses.session[after] - courses.session[before]
    flagged = courses.code[after] == CODES[Verdict.FLAGGED]
    return int((flagged & (distance > 1)).sum())
