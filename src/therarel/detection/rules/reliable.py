"""The reliable drop: a fall beyond what the instrument's error of measurement explains."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.rules.base import Rows, Rule, SettingValue, positive
from therarel.detection.rules.levels import Reference, reference_level
from therarel.detection.verdicts import Reason, Verdict, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.errors import InvalidValueError, as_number
from therarel.measures import instrument as instrument_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats


def _or_float(value: float | None) -> float | None:
    return None if value is None else as_float(value)


@frozen(kw_only=True)
class ReliableDrop(Rule):
    """A drop larger than ``critical`` standard errors of the difference between two scores.

    The standard error of measurement is ``sd * sqrt(1 - reliability)``, that of a difference ``sqrt(2)`` times as
    large. The rule knows the error of the instrument and nothing of how scores of a client vary from session to
    session, so that many series of nothing but ordinary variation hold a reliable drop.

    Args:
        reliability: Reliability of the scores, 0 to below 1. It must be given, or an instrument whose verified
            reliability is known.
        instrument: Id of the instrument whose verified reliability is taken.
        sd: Standard deviation between clients; ``None`` takes that of the panel's first scores.
        critical: Number of standard errors that must be exceeded, above 0.
        reference: Level from which the drop is counted; not the person's own mean or line.
        baseline: Number of first sessions that make the baseline, where that is the reference.
        minimal_drop: Score points below which nothing fires.
        recovery: When a drop counts as recovered.

    Raises:
        InvalidValueError: if neither a reliability nor an instrument with a verified one is given, or a parameter
            is out of bounds.

    Source: jacobson_truax1991.

    Examples:
        >>> rule = ReliableDrop(reliability=0.9, sd=0.8)
        >>> round(rule.least_drop(0.8), 3)
        0.701
        >>> ReliableDrop(instrument="wai-36").settings["reliability_source"]
        'wai-36'
    """

    name: ClassVar[str] = "reliable_drop"
    threshold: ClassVar[str] = "critical"
    ahead: ClassVar[int | None] = 0
    sources: ClassVar[tuple[str | Citation, ...]] = ("jacobson_truax1991",)
    tabled: ClassVar[Rows] = {"reliable_drop": {"reliability": 0.9, "sd": 0.8}}
    tabled_causal: ClassVar[Rows] = {"reliable_drop": {"reliability": 0.9, "sd": 0.8}}
    causal_instead: ClassVar[str] = "ReliableDrop(..., sd=...): a monitor sees one course, and no spread of clients"

    reliability: float | None = field(default=None, validator=optional(checks.number(0.0, 1.0)), converter=_or_float)
    instrument: str | None = field(default=None, validator=optional(checks.name))
    sd: float | None = field(default=None, validator=optional(positive), converter=_or_float)
    critical: float = field(default=1.96, validator=positive, converter=as_float)
    reference: Reference = field(default=Reference.PREVIOUS, converter=Reference)
    baseline: int = field(default=3, validator=checks.whole(1), converter=checks.as_int)

    def __attrs_post_init__(self) -> None:
        if (self.reliability is None) == (self.instrument is None):
            raise InvalidValueError(
                "a reliable drop needs one reliability",
                where="ReliableDrop",
                value="both" if self.instrument else "none",
                hint="give reliability=0.90, or instrument='...' with a verified one",
            )
        if self.instrument is not None and instrument_of(self.instrument).verified_reliability is None:
            raise InvalidValueError(
                f"no verified reliability of '{self.instrument}' is known",
                where="ReliableDrop.instrument",
                hint="give reliability=... of scores like these, and cite where it comes from",
            )
        if self.reliability == 1:
            raise InvalidValueError("not accepted", where="ReliableDrop.reliability", value="1", bound="0 to below 1")
        if self.reference not in (Reference.PREVIOUS, Reference.RUNNING_MAXIMUM, Reference.BASELINE):
            raise InvalidValueError(
                "a reliable drop is a difference of two scores",
                where="ReliableDrop.reference",
                value=self.reference.value,
                bound="previous, running_maximum or baseline",
            )

    @property
    def sentence(self) -> str:
        """What is compared with what, and the error that must be exceeded."""
        return (
            f"A session is flagged where its score is worse than {self.reference.in_words} by more than"
            f" {self.critical:g} standard errors of a difference between two scores, which follow from the reliability"
            " and the standard deviation among the settings."
        )

    @property
    def blind_spots(self) -> str:
        """An instrument's error is not a client's variation."""
        return "It knows the error of the instrument, and nothing of how a client's scores vary from day to day."

    @property
    def needs(self) -> frozenset[str]:
        """The standard deviation of first scores, unless one is given."""
        return frozenset() if self.sd is not None else frozenset({"first_sd"})

    @property
    def reliability_used(self) -> float:
        """The reliability that was given, or the instrument's."""
        if self.reliability is not None:
            return self.reliability
        known = instrument_of(str(self.instrument)).verified_reliability
        return math.nan if known is None or known.value is None else known.value

    @property
    def settings(self) -> dict[str, SettingValue]:
        """Every parameter, and where reliability and standard deviation came from."""
        found = super().settings
        found["reliability"] = self.reliability_used
        found["reliability_source"] = "given" if self.instrument is None else self.instrument
        found["sd_source"] = "given" if self.sd is not None else "first scores of the panel"
        return found

    def least_drop(self, sd: float) -> float:
        """The drop that must be exceeded, in score points, given the standard deviation between clients."""
        sd = as_number(sd, where="sd", minimum=0.0) if sd == sd else math.nan
        return self.critical * math.sqrt(2) * sd * math.sqrt(1 - self.reliability_used)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session; a session without a reference is undetectable."""
        level = None
        if self.reference is not Reference.PREVIOUS or values:
            level = reference_level(series, context, self.reference, baseline=self.baseline)
        sd = context.first_sd if self.sd is None else self.sd
        least = max(self.least_drop(sd) + context.tolerance, self.least(context))
        dropped = -series.change if level is None else level - series.score
        code = (dropped > least).view(np.uint8)
        if math.isnan(sd):
            code[:] = code_of(Reason.NO_VARIATION_KNOWN)
        elif context.stated:
            self._mark_room(series, context, level, least, code)
        far = series.breaks(context.max_gap) if level is None else np.isnan(level)
        code[series.first if far is None else far] = code_of(Reason.NO_REFERENCE)
        if level is None or not values:
            return Verdicts(code)
        spread = np.full(series.score.size, self.least_drop(sd) / self.critical)
        compared = {"reference": level, "limit": level - least, "change": dropped, "standard_error": spread}
        return Verdicts(code, compared)

    @staticmethod
    def _mark_room(
        series: Series,
        context: PanelContext,
        level: Floats | None,
        least: float,
        code: Codes,
    ) -> None:
        """Mark the sessions at which even the worst score of the scale would not be far enough below."""
        end = context.minimum + least
        rows = np.flatnonzero(series.score[:-1] <= end) + 1 if level is None else np.flatnonzero(level <= end)
        code[rows[code[rows] == code_of(Verdict.NOT_FLAGGED)]] = code_of(Reason.NO_ROOM)
