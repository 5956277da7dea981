"""Candidates: all score drops, or gains, that a rule found, each made when it is looked at."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen
from narwhals.typing import IntoFrame

from therarel.detection.candidate import RuptureCandidate
from therarel.detection.episodes import RecoveryStatus, ReversalStatus
from therarel.detection.rules.base import Rule
from therarel.panels.naming import name_of_label
from therarel.representation import one_line
from therarel.tables.arrays import Floats


@frozen(eq=False)
class Path:
    """The scored sessions of one dyad, each array of shape ``(n,)``, in the direction of the panel.

    Args:
        session: Sessions.
        score: Their scores.
        limit: The score at which the rule fires, NaN where there is none.
        expected: The score that the others lead one to expect; ``None`` where the rule expects none.
        expected_sd: Standard deviation of a score around that; ``None`` likewise.
    """

    session: Floats
    score: Floats
    limit: Floats
    expected: Floats | None = field(default=None)
    expected_sd: Floats | None = field(default=None)


@frozen(eq=False)
class Candidates(Sequence[RuptureCandidate]):
    """All candidates of one rule, in the order of dyads and sessions; each is made when it is looked at.

    Args:
        columns: One array per column of the tidy table, each of shape ``(c,)``.
        rule: The rule.
        template: A candidate that holds what all share.
        dyads: For each candidate the place of its dyad in the panel.
        paths: For each candidate the place of its dyad in ``series``.
        series: The scores of the dyads that have a candidate, and what the rule expected of them.
        value_names: Which columns are values that the rule compared.
        frame_of: Makes a dataframe out of columns, of the panel's kind or of another.
    """

    columns: Mapping[str, Sequence[object] | npt.NDArray[np.generic]]
    rule: Rule
    template: RuptureCandidate
    dyads: Sequence[int]
    paths: Sequence[int]
    series: Sequence[Path]
    value_names: tuple[str, ...]
    frame_of: Callable[[Mapping[str, object], str | None], IntoFrame]

    def to_frame(self, kind: str | None = None) -> IntoFrame:
        """One row per candidate, as the kind of table that came in or as another.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``; ``None`` for the kind that came in.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        return self.frame_of(self.columns, kind)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> RuptureCandidate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RuptureCandidate]: ...
    def __getitem__(self, index: int | slice) -> RuptureCandidate | Sequence[RuptureCandidate]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError("there are no more candidates")
        at = index % len(self)
        row = {name: column[at] for name, column in self.columns.items()}
        path = self.series[self.paths[at]]
        return evolve(
            self.template,
            dyad=str(row["dyad"]),
            called=name_of_label(str(row["dyad"]), self.dyads[at]),
            onset=_or_none(row["onset"]),
            flagged_at=_real(row["flagged_at"]),
            extreme_at=_real(row["extreme_at"]),
            reference=_real(row["reference"]),
            extreme=_real(row["extreme"]),
            distance=_real(row["distance"]),
            length=int(_real(row["length"])),
            recovery=RecoveryStatus(str(row["recovery"])) if "recovery" in row else None,
            recovered_at=_or_none(row.get("recovered_at", math.nan)),
            reversal=ReversalStatus(str(row["reversal"])) if "reversal" in row else None,
            lost_again_at=_or_none(row.get("lost_again_at", math.nan)),
            values={name: _real(row[name]) for name in self.value_names},
            also=tuple(part for part in str(row["also"]).split("; ") if part),
            sessions=tuple(path.session.tolist()),
            scores=tuple(path.score.tolist()),
            limits=tuple(path.limit.tolist()),
            expected=() if path.expected is None else tuple(path.expected.tolist()),
            expected_sd=() if path.expected_sd is None else tuple(path.expected_sd.tolist()),
        )

    def __iter__(self) -> Iterator[RuptureCandidate]:
        return (self[at] for at in range(len(self)))

    def _repr_html_(self) -> str:
        shown = "".join(f"<li>{html.escape(str(each))}</li>" for each in self[:20])
        more = f"<p>... and {len(self) - 20} more</p>" if len(self) > 20 else ""
        named = self.template.terms.finding if len(self) == 1 else self.template.terms.findings
        return f"<p>{len(self)} {named} by the rule: {html.escape(self.rule.label)}</p><ul>{shown}</ul>{more}"

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        named = self.template.terms.finding if len(self) == 1 else self.template.terms.findings
        shown = [f"  {each}" for each in self[:10]]
        if len(self) > len(shown):
            shown.append(f"  ... and {len(self) - len(shown)} more")
        return "\n".join([f"{len(self)} {named} by the rule: {self.rule.label}", *shown])


def _real(value: object) -> float:
    return float(value)  # type: ignore[arg-type]  # a number out of one of the arrays


def _or_none(value: object) -> float | None:
    real = _real(value)
    return None if math.isnan(real) else real
