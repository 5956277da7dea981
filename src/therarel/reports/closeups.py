"""Close-ups: the dyads with the surest or largest findings, a small picture each."""

from __future__ import annotations

import numpy as np

from therarel.detection.overview import draw_found_dyads
from therarel.drawing import Chart
from therarel.reports.subject import Subject

__all__ = ["close_up_dyads", "closeups", "ranked"]


def closeups(subject: Subject) -> Chart:
    """The close-ups as the panels of a chart; of simulated scores with the ruptures that were put in.

    Raises:
        InvalidValueError: if there is none.
    """
    detection, labels = subject.detection, close_up_dyads(subject)
    simulated = {label: at for label in labels if (at := subject.simulated_at(label)) is not None}
    return draw_found_dyads(detection, detection.candidates, labels, 1, simulated)


def ranked(subject: Subject) -> tuple[str, str]:
    """By which column findings are ranked, and what the first of them is called."""
    sure = "log_ratio" in subject.detection.candidates.columns
    return ("log_ratio", "surest") if sure else ("distance", "largest")


def close_up_dyads(subject: Subject) -> list[str]:
    """The dyads that get a close-up, those with the surest or largest findings first."""
    candidates = subject.detection.candidates
    if not len(candidates):
        return []
    far = np.asarray(candidates.columns[ranked(subject)[0]], dtype=np.float64)
    labels = [str(candidates.columns["dyad"][at]) for at in np.argsort(-far, kind="stable").tolist()]
    return list(dict.fromkeys(labels))[: subject.most_drawn]
