"""A panel in a few lines: what it holds, what is known about the scores, what was found in the data."""

from __future__ import annotations

import html
from collections import Counter

import numpy as np
from attrs import asdict, frozen

from therarel.counting import counted
from therarel.panels.data import PanelData
from therarel.panels.terms import Action
from therarel.representation import one_line


@frozen(kw_only=True)
class PanelSummary:
    """Plain numbers and words about a panel; no label of a person and no cell's text is among them.

    Args:
        source: What was read.
        columns: Which column was taken for what.
        guessed: The roles whose column was guessed from its name.
        rows_read: Rows in the table.
        rows_left_out: Rows that are not in the panel.
        rows_merged: Rows for which another row of the same session stands.
        n_dyads: Number of dyads.
        n_therapists: Number of therapists; 0 if nobody stated them.
        n_sessions: Number of sessions, with or without a score.
        n_scored: Sessions with a score.
        n_missing: Sessions without one.
        sessions_per_dyad: Smallest, median and largest number of sessions of a dyad.
        score_mean: Mean over all scored sessions.
        score_sd: Standard deviation over all scored sessions, within and between dyads together.
        score_min: Smallest score in use.
        score_max: Largest score in use.
        construct: What the scores are scores of; ``None`` if not known.
        instrument: Id of the instrument; ``None`` if not stated.
        scale: Range and direction.
        scale_source: Where the range comes from.
        rater: Who rated; ``None`` if not known.
        timing: Before or after the session; ``None`` if not known.
        index: What the session numbers count.
        max_gap: Largest distance of neighbouring sessions; ``None`` if unlimited.
        risk: What has to be known of items that ask about risk; ``None`` where there are none.
        problems: Number of rows per kind of problem; 0 where the file as a whole is meant.
        messages: The problems in words.

    Examples:
        >>> from therarel.panels import Panel
        >>> panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 9], scale=(1, 5), higher_is_better=True)
        >>> panel.summary().problems
        {'out_of_range': 1}
    """

    source: str
    columns: dict[str, str]
    guessed: tuple[str, ...]
    rows_read: int
    rows_left_out: int
    rows_merged: int
    n_dyads: int
    n_therapists: int
    n_sessions: int
    n_scored: int
    n_missing: int
    sessions_per_dyad: tuple[int, float, int]
    score_mean: float
    score_sd: float | None
    score_min: float
    score_max: float
    construct: str | None
    instrument: str | None
    scale: str
    scale_source: str
    rater: str | None
    timing: str | None
    index: str
    max_gap: float | None
    risk: str | None
    problems: dict[str, int]
    messages: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The summary as plain data, ready for JSON.

        Examples:
            >>> from therarel.panels import Panel
            >>> panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 5], scale=(1, 5), higher_is_better=True)
            >>> panel.summary().as_dict()["n_sessions"]
            2
        """
        return asdict(self)

    def lines(self) -> list[tuple[str, str]]:
        """The summary as pairs of a heading and its value, problems excepted."""
        low, middle, high = self.sessions_per_dyad
        columns = ", ".join(
            f"{role} = {name}{' (guessed)' if role in self.guessed else ''}" for role, name in self.columns.items()
        )
        spread = f", SD {self.score_sd:.3g}" if self.score_sd is not None else ""
        scored = f"{self.n_scored:,} with a score, {self.n_missing:,} without"
        construct = (self.construct or "not known") + (f" ({self.instrument})" if self.instrument else "")
        therapists = f"{self.n_therapists:,}" if self.n_therapists else "not stated"
        risk = [("risk", self.risk)] if self.risk else []
        return [
            *risk,
            ("read", f"{self.source}: {counted(self.rows_read, 'row')}"),
            ("columns", columns),
            ("dyads", f"{self.n_dyads:,}, with {low} to {counted(high, 'session')} (median {middle:g})"),
            ("therapists", therapists),
            ("sessions", f"{self.n_sessions:,} ({self.index}): {scored}"),
            ("rows not used", f"{self.rows_left_out:,} left out, {self.rows_merged:,} merged"),
            ("construct", construct),
            ("scale", f"{self.scale} ({self.scale_source})"),
            ("scores", f"{self.score_min:g} to {self.score_max:g}, mean {self.score_mean:.3g}{spread}"),
            ("rater", self.rater or "not known"),
            ("timing", (self.timing or "not known").replace("_", " ")),
            ("largest gap", "unlimited" if self.max_gap is None else f"{self.max_gap:g}"),
        ]

    __repr__ = one_line

    def __str__(self) -> str:
        width = max(len(heading) for heading, _ in self.lines())
        text = [f"{heading:<{width}}  {words}" for heading, words in self.lines()]
        if self.messages:
            text += ["found in the data:", *(f"  {message}" for message in self.messages)]
        return "\n".join(text)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(heading)}</th>"
            f"<td style='text-align:left'>{html.escape(words)}</td></tr>"
            for heading, words in self.lines()
        )
        found = "".join(f"<li>{html.escape(message)}</li>" for message in self.messages)
        listed = f"<details><summary>Found in the data ({len(self.messages)})</summary><ul>{found}</ul></details>"
        return f"<table>{rows}</table>{listed if found else ''}"


def summarise(panel: PanelData) -> PanelSummary:
    """Count and describe a panel."""
    score = panel.to_frame("polars")["score"]
    per_dyad = panel.sessions_per_dyad()
    counts: Counter[str] = Counter()
    by_action: Counter[Action] = Counter()
    for problem in panel.problems:
        counts[problem.kind.value] += problem.count
        by_action[problem.action] += problem.count
    return PanelSummary(
        source=panel.source,
        columns=dict(panel.columns),
        guessed=panel.guessed,
        rows_read=panel.rows_read,
        rows_left_out=by_action[Action.LEFT_OUT],
        rows_merged=by_action[Action.MERGED],
        n_dyads=panel.n_dyads,
        n_therapists=panel.n_therapists,
        n_sessions=panel.n_sessions,
        n_scored=panel.n_scored,
        n_missing=panel.n_missing,
        sessions_per_dyad=(int(per_dyad.min()), float(np.median(per_dyad)), int(per_dyad.max())),
        score_mean=_number(score.mean()) or 0.0,
        score_sd=_number(score.std()),
        score_min=_number(score.min()) or 0.0,
        score_max=_number(score.max()) or 0.0,
        construct=panel.construct.value if panel.construct else None,
        instrument=panel.instrument,
        scale=str(panel.scale),
        scale_source=panel.scale_source.value,
        rater=panel.rater.value if panel.rater else None,
        timing=panel.timing.value if panel.timing else None,
        index=panel.index.value,
        max_gap=panel.max_gap,
        risk=panel.risk_note,
        problems=dict(counts),
        messages=tuple(problem.message for problem in panel.problems),
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None
