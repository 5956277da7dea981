"""The scan one session at a time: a score far below what the dyad's earlier scores predict."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.rules.base import Rule, SettingValue, positive
from therarel.detection.verdicts import Reason, Verdict, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.errors import InvalidValueError
from therarel.noise.context import PanelContext
from therarel.noise.falls.lengths import of_equal_length
from therarel.noise.falls.likelihood import Whitened
from therarel.noise.null import NullModel
from therarel.noise.series import Series


@frozen(kw_only=True)
class EarlierScan(Rule):
    """A score more than ``k`` standard errors below what the dyad's earlier scores predict.

    The prediction comes from a model of how scores wander when nothing lasting happens, and its standard error from how
    well level and slope of this dyad are known by then. The model is stated, and stays as it is: fitted to the panel
    that is judged, it would look ahead. Fit it to a panel of earlier clients, with `fit_null` or with `Scan`.

    Args:
        null: How scores wander; oriented (higher is better).
        k: Number of standard errors, above 0. At 2.7, of 100 simulated clients of the standard clinic whose
            scores only wander 2 are flagged by session 8, 5 by session 16, and 8 by session 30; `calibrate_causal`
            counts them per course.
        minimal_drop: Score points below the prediction within which nothing fires.
        recovery: When a drop counts as recovered: the level to regain is the prediction.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> from therarel.noise import NullModel
        >>> rule = EarlierScan(null=NullModel())
        >>> judge(rule, [4.5, 4.4, 4.6, 4.5, 3.2], scale=(1, 5)).flagged.nonzero()[0]
        array([4])
    """

    name: ClassVar[str] = "earlier_scan"
    ahead: ClassVar[int | None] = 0
    sources: ClassVar[tuple[str | Citation, ...]] = ()

    null: NullModel = field(validator=checks.a(NullModel))
    k: float = field(default=2.7, validator=positive, converter=as_float)

    def __attrs_post_init__(self) -> None:
        if not self.null.within_sd > 0:
            raise InvalidValueError(
                "scores that do not wander need no scan", where="EarlierScan.null.within_sd", value="0", bound="above 0"
            )

    @property
    def sentence(self) -> str:
        """What is predicted, and how far below a score is flagged."""
        return (
            f"A session is flagged where its score is more than {self.k:g} standard errors worse than what the dyad's"
            " earlier scores predict, by a stated model of how scores wander."
        )

    @property
    def blind_spots(self) -> str:
        """What it has got used to."""
        return (
            "A slow change moves the prediction along with it. It looks at one session at a time, so that many looks"
            " make more false alarms in a long course than in a short one."
        )

    @property
    def settings(self) -> dict[str, SettingValue]:
        """Every parameter, and the figures of the model."""
        found = super().settings
        found["null"] = "stated"
        return found | {f"null_{name}": value for name, value in self.null.settings.items()}

    def _judging_different(self) -> dict[str, SettingValue]:
        different = super()._judging_different()
        return {name: value for name, value in different.items() if not name.startswith("null_")} | {
            "null": str(self.null)
        }

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session but a dyad's first by those before it."""
        errors, standard_error = np.full((2, series.score.size), np.nan)
        for equal in of_equal_length(series, shortest=1):
            white = Whitened(self.null, equal.time)
            errors[equal.rows], wider = white.innovations(series.score[equal.rows])
            standard_error[equal.rows] = wider / white.scale
        predicted = series.score - errors * standard_error
        needed = np.maximum(self.k * standard_error + context.tolerance, self.least(context))
        code = np.where(predicted - series.score >= needed, code_of(Verdict.FLAGGED), code_of(Verdict.NOT_FLAGGED))
        if context.limits and context.stated:
            code[(code == code_of(Verdict.NOT_FLAGGED)) & (predicted - context.worst < needed)] = code_of(
                Reason.NO_ROOM
            )
        code[series.first] = code_of(Reason.NO_REFERENCE)
        if not values:
            return Verdicts(code)
        compared = {
            "reference": predicted,
            "limit": predicted - needed,
            "change": predicted - series.score,
            "standard_error": standard_error,
        }
        return Verdicts(code, compared)
