"""The scan: a fall that a model of how scores wander makes more likely than wandering alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.citations import Citation
from therarel.counting import counted
from therarel.detection.change import Change
from therarel.detection.rules.base import Recovery, Rule, SettingValue, above_zero
from therarel.detection.rules.scanned import Judged
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.errors import InvalidValueError
from therarel.noise.context import PanelContext
from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.looking import OF_RATERS
from therarel.noise.falls.matching import FEWEST_DYADS
from therarel.noise.falls.mixing import MixedNull
from therarel.noise.falls.posterior import FIGURES
from therarel.noise.falls.pulses import Pulses
from therarel.noise.falls.wandering import (
    Wandering,
    both_fitted,
    both_stated,
    both_turned,
    fitted,
    stated,
    turned,
    upside_down,
)
from therarel.noise.null import NullModel, Trend
from therarel.noise.series import Series
from therarel.vocabulary import Vocabulary

__all__ = ["Scan", "ScanGain", "ScanRaters"]

Floats = npt.NDArray[np.float64]

SKEWED: Final = -0.25
"""Skewness of the noise, turned so that falls go down, below which the rate is not held; our choice, after trials."""
_UNKNOWN: Final = 0.25
"""Dyads that noise may list beyond what is expected of it; our choice, after trials."""


class ScanRaters(Vocabulary, links={}):
    """Whose scores a scan reads."""

    ONE = "one"
    """Those of the rater whose panel is judged."""
    BOTH = "both"
    """Those of two raters of the same sessions, the second's beside those of the panel that is judged."""


@frozen(kw_only=True)
class Scan(Rule):
    """A fall that the dyad's other scores do not lead one to expect, at a stated rate of false alarms.

    A model says how scores wander when nothing lasting happens: level and slope of each dyad, and autocorrelated
    noise. For every fall that may have been, of some length and depth from some session on, the scores are more or
    less likely than without it; ``log_ratio`` is the logarithm of the weighted mean of these ratios. A dyad is flagged,
    at the likeliest onset, where it is larger than scores that only wander make it in all but ``rate`` of series
    that stand as the panel's do; not where its scores speak three times as much for a change in the other direction.

    The model is fitted to the panel, beside a share of dyads with a fall, where 50 dyads or more have 4 or more
    scores; otherwise it must be stated, and nothing is flagged where it is not. Of a panel with more dyads than 2,000
    it is fitted to 2,000, always the same ones.

    Args:
        rate: Share of dyads that may be flagged although their scores only wander; above 0, at most .5.
        raters: ``one``, or ``both`` to read a second rater's scores beside those of the panel. A fall may then lie in
            the scores of either or of both, and a score that the second rater did not give is left out. Sessions that
            the first rater did not score are not judged, and the second's scores of them are not read.
        null: How scores wander, where it is known; oriented (higher is better). A `TwoRaterNull` where both raters are
            read. ``None`` fits it to the panel.
        trend: The shape in which scores change over a course where nothing lasting happens, of a model that is fitted:
            a ``line``, or ``log`` where they change fast at first and ever more slowly. A stated model has its own.
        pulses: The falls that are looked for, with their weights.
        seed: Seed of the simulated series behind fit and limit.
        minimal_drop: Depth in score points below which nothing fires.
        recovery: When the drop counts as recovered; by default when half of it is made good.

    Raises:
        InvalidValueError: if a parameter is out of bounds, or the null model is one of another number of raters, or of
            another trend.
        UnknownNameError: if there is no such trend.

    Source: siegmund_venkatraman1995 (likelihood ratios of changes), benjamini_hochberg1995 (q-values).

    Examples:
        >>> from therarel.detection import judge
        >>> from therarel.noise import NullModel
        >>> scores = [4.5, 4.4, 4.6, 4.5, 4.4, 3.4, 3.3, 3.5, 3.4]
        >>> found = judge(Scan(null=NullModel()), scores, scale=(1, 5))
        >>> found.flagged.nonzero()[0], found.dyads["depth"].round(1)
        (array([5]), array([1.1]))
    """

    name: ClassVar[str] = "scan"
    threshold: ClassVar[str] = "rate"
    slow: ClassVar[bool] = True
    sample: ClassVar[int] = 2000
    causal_instead: ClassVar[str] = "EarlierScan(null=...), with a model fitted to earlier clients"
    sources: ClassVar[tuple[str | Citation, ...]] = ("siegmund_venkatraman1995", "benjamini_hochberg1995")

    rate: float = field(default=0.05, validator=above_zero(0.5), converter=as_float)
    raters: ScanRaters = field(default=ScanRaters.ONE, converter=ScanRaters)
    null: NullModel | TwoRaterNull | None = field(default=None, validator=optional(checks.a((NullModel, TwoRaterNull))))
    trend: Trend = field(default=Trend.LINE, converter=Trend)
    pulses: Pulses = field(default=Pulses(), validator=checks.a(Pulses))
    seed: int = field(default=1, validator=checks.whole(0), converter=checks.as_int)
    recovery: Recovery = field(default=Recovery(share=0.5), validator=checks.a(Recovery))
    wandering: Wandering | None = field(default=None, eq=False, repr=False)
    unknown: str = field(default="", eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.null is None:
            return
        wanted = TwoRaterNull if self.raters is ScanRaters.BOTH else NullModel
        if not isinstance(self.null, wanted):
            raise InvalidValueError(
                "the scan needs a null model of as many raters as it reads",
                where="Scan.null",
                value=type(self.null).__name__,
                bound=wanted.__name__,
                hint='Scan(raters="both", null=TwoRaterNull(...)) or Scan(null=NullModel(...))',
            )
        models = self.null.both if isinstance(self.null, TwoRaterNull) else (self.null,)
        if self.trend is not Trend.LINE and self.trend is not models[0].trend:
            raise InvalidValueError(
                "a stated null model has a trend of its own",
                where="Scan.trend",
                value=self.trend.value,
                bound=models[0].trend.value,
                hint='say it of the model: Scan(null=NullModel(trend="log", ...))',
            )
        for null in models:
            if not null.within_sd > 0:
                raise InvalidValueError(
                    "scores that do not wander need no scan", where="Scan.null.within_sd", value="0", bound="above 0"
                )

    @property
    def of_dyads(self) -> tuple[str, ...]:
        """Ratio, p and q; ratio and p of the mirrored scan; depth and length of a fall; of two raters whose it is."""
        return ("log_ratio", "p", "q", "mirrored", "mirrored_p", *self._figures)

    @property
    def _figures(self) -> tuple[str, ...]:
        return (*FIGURES, *OF_RATERS) if self.n_raters > 1 else FIGURES

    @property
    def n_raters(self) -> int:
        """One, or both."""
        return 2 if self.raters is ScanRaters.BOTH else 1

    @property
    def sentence(self) -> str:
        """What is compared with what, at which rate, and where the model comes from."""
        source = "stated" if self.null is not None else "fitted to the panel"
        told = (
            f"A dyad is flagged, at the likeliest session, where its scores are more likely to have got"
            f" {self.change.towards} than scores that only wander are in all but {self.rate:.1%} of series with the"
            f" sessions of the panel, and do not speak three times as much for a change for the"
            f" {self.change.opposite.towards}; how scores wander is {source}."
        )
        if self.n_raters > 1:
            told += " The scores of both raters are read together: those of either may have changed, or of both."
        return f"{told} Nothing could be flagged: {self.unknown}." if self.unknown else told

    @property
    def blind_spots(self) -> str:
        """What cannot be distinguished from a fall, and what cannot be seen."""
        worse, better = self.change.towards, self.change.opposite.towards
        return (
            f"Noise that is skewed towards {worse} scores, and a single session that is {worse}, cannot be kept apart"
            f" from a change for the {worse}. One at the last session is seen only if it is large; small and slow ones"
            f" are mostly missed. It finds one of a dyad, the likeliest. The same scan for changes for the {better}"
            " lists about as many dyads where nothing lasting happens and noise is symmetric; improvement, the ends of"
            " the scale, skewed noise and the changes themselves break that symmetry."
        )

    @property
    def rate_in_words(self) -> str:
        """How often its limit is passed by scores that only wander, and whether the noise lets it hold."""
        if self.wandering is None:
            return ""
        held = f"Its limit is set so that {100 * self.rate:.2g} of 100 dyads whose scores only wander are flagged"
        skewness = self.wandering.skewness
        if not self.wandering.fitted:
            return f"{held}, if the stated model holds."
        if skewness < SKEWED:
            return (
                f"{held}, but noise is skewed towards {self.change.towards} scores here (skewness {skewness:.2f}),"
                " which looks like what it searches for: more are flagged."
            )
        return f"{held} (the skewness of the noise is {skewness:.2f} here; well below 0 that would not hold)."

    def dyads_in_words(self, dyads: Mapping[str, Floats]) -> str:
        """How many dyads the scan lists in the other direction: about as many as noise gives, if noise is symmetric."""
        if self.wandering is None:
            return ""
        number = int((dyads["mirrored_p"] < self.rate).sum())
        return f"the same scan for changes for the {self.change.opposite.towards} lists {counted(number, 'dyad')}"

    def candidate_in_words(self, values: Mapping[str, float]) -> str:
        """How much worse than the other scores lead one to expect, how long, and how often noise goes as far."""
        depth, length = (
            f"between {values[f'{name}_low']:.{digits}f} and {values[f'{name}_high']:.{digits}f}"
            for name, digits in (("depth", 1), ("fall_length", 0))
        )
        long = counted(round(values["fall_length"]), "scored session")
        of_all = max(values["p"] * 100, 0.1)
        often = "fewer than 1" if of_all < 0.75 else f"about {of_all:.0f}"
        return (
            f"The scores were about {values['depth']:.1f} points {self.change.towards} than the dyad's other scores"
            f" lead one to expect ({depth}), for about {long} ({length}). Of 100 simulated clients"
            f" whose scores only wandered, {often} show as much." + (_whose(values) if self.n_raters > 1 else "")
        )

    @property
    def beside_falls(self) -> MixedNull | None:
        """How scores wander, where that was fitted to the panel; ``None`` where it was stated, or not yet."""
        if self.wandering is None or not self.wandering.fitted:
            return None
        known = self.wandering
        rising = self.change is Change.GAIN
        null, likely = known.null, known.likely
        if rising:
            null, likely = turned(null), tuple(map(turned, likely))
        return MixedNull(null, known.mixing, likely, known.share, self.pulses, rising)

    @property
    def settings(self) -> dict[str, SettingValue]:
        """Every parameter, and the figures of the model once they are known."""
        recovery = {name: value for name, value in super().settings.items() if name.startswith("recovery_")}
        found: dict[str, SettingValue] = {"rate": self.rate, "seed": self.seed, "minimal_drop": self.minimal_drop}
        if self.n_raters > 1:
            found["raters"] = self.raters.value
        if self.trend is not Trend.LINE:
            found["trend"] = self.trend.value
        found["null"] = "fitted" if self.null is None else "stated"
        found["pulses"] = str(self.pulses)
        if self.wandering is not None:
            model = _turned(self.wandering.model) if self.change is Change.GAIN else self.wandering.model
            found |= {f"wandering_{name}": value for name, value in model.settings.items()}
            found["wandering_limit"] = self.wandering.tail.limit(self.rate)
            found["wandering_skewness"] = self.wandering.skewness
        elif self.null is not None:
            found |= {f"null_{name}": value for name, value in self.null.settings.items()}
        return found | recovery

    def _judging_different(self) -> dict[str, SettingValue]:
        usual = type(self)().settings
        told = {name: value for name, value in self.judging.items() if name in {*usual, "raters", "trend"}}
        if self.null is not None:
            told["null"] = str(self.null)
        return {name: value for name, value in told.items() if value != usual.get(name)}

    @property
    def learns(self) -> bool:
        """Whether it does not know yet how the scores of a panel wander."""
        return self.wandering is None

    def learnt(self, totals: Mapping[str, float], sample: Series | None, context: PanelContext) -> Scan:
        """The rule that knows how the panel's scores wander, and how far that takes it."""
        if self.wandering is not None or sample is None or not sample.score.size:
            return self
        series, limits = self._down(sample, context)
        if self.null is not None:
            null = _turned(self.null) if self.change is Change.GAIN else self.null
            if not (sample.sizes > 1).any():
                return evolve(self, unknown="no dyad has two scores")
            if isinstance(null, TwoRaterNull):
                return evolve(self, wandering=both_stated(null, series, limits, self.pulses, seed=self.seed))
            return evolve(self, wandering=stated(null, series, limits, self.pulses, seed=self.seed))
        fit = both_fitted if self.n_raters > 1 else fitted
        try:
            return evolve(self, wandering=fit(series, limits, self.pulses, trend=self.trend, seed=self.seed))
        except InvalidValueError as refused:
            few = (
                f"a model is fitted to {FEWEST_DYADS} dyads or more that have 4 or more scores"
                f"{' of each rater' if self.n_raters > 1 else ''}, and state one otherwise"
            )
            return evolve(self, unknown=f"{refused.what}; {few}")

    def _down(self, series: Series, context: PanelContext) -> tuple[Series, PanelContext]:
        """Scores and what is known about them, turned where a rise is looked for, so that it is a fall."""
        return upside_down(series, context) if self.change is Change.GAIN else (series, context)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session as the likeliest onset of a fall."""
        down, limits = self._down(series, context)
        judged = Judged(down, tuple(name for name in self.of_dyads if name != "q"))
        if self.wandering is not None:
            least = self.least(limits) if limits.limits or self.minimal_drop else None
            judged.fill(self.wandering, self.pulses, limits, rate=self.rate, least=least, values=values)
        judged.code[series.first] = code_of(Reason.NO_REFERENCE)
        if not values:
            return Verdicts(judged.code, {}, judged.dyads)
        course = judged.course * self.change.sign
        compared = {"reference": course, "change": course - series.score}
        compared |= {"log_ratio": judged.ratio, "expected_sd": judged.around}
        # a finding has a length already: that of what the scores show
        named = {name: f"fall_{name}" if name.startswith("length") else name for name in ("p", *self._figures)}
        compared |= {called: series.per_session(judged.dyads[name]) for name, called in named.items()}
        return Verdicts(judged.code, compared, judged.dyads)

    def concluded(self, dyads: Mapping[str, Floats], context: PanelContext) -> Mapping[str, Floats]:
        """The q-value of each dyad: Benjamini and Hochberg's, over all dyads that have a p-value, and a little more.

        How far noise goes in one of some hundred dyads is known least. So a quarter of a dyad is added to what noise is
        expected to list: a dyad that would be listed alone has a q of .25 or more.
        """
        p = dyads["p"]
        known = np.flatnonzero(~np.isnan(p))
        q = np.full(p.size, np.nan)
        if known.size:
            order = known[np.argsort(p[known])]  # equal ones get the same q in any order
            raised = (p[order] * known.size + _UNKNOWN) / np.arange(1, known.size + 1)
            q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
        return {**dyads, "q": q}


@frozen(kw_only=True)
class ScanGain(Scan):
    """A rise that the dyad's other scores do not lead one to expect: the scan with the scores turned.

    Everything is as in `Scan`, with rises in the place of falls; so are its parameters and its errors.

    Examples:
        >>> from therarel.detection import judge
        >>> from therarel.noise import NullModel
        >>> scores = [2.5, 2.4, 2.6, 2.5, 2.4, 3.4, 3.3, 3.5, 3.4]
        >>> judge(ScanGain(null=NullModel(intercept=2.5)), scores, scale=(1, 5)).flagged.nonzero()[0]
        array([5])
    """

    name: ClassVar[str] = "scan_gain"
    change: ClassVar[Change] = Change.GAIN


def _turned(model: NullModel | TwoRaterNull) -> NullModel | TwoRaterNull:
    """The same model of scores whose sign is turned."""
    return both_turned(model) if isinstance(model, TwoRaterNull) else turned(model)


def _whose(values: Mapping[str, float]) -> str:
    """Whose scores speak for it, in a sentence."""
    first, second, both = (values[name] for name in OF_RATERS)
    return (
        f" Of the weight of all changes that may fit, {both:.0%} lies on changes in the scores of both raters,"
        f" {first:.0%} on those of the rater who is judged here alone, and {second:.0%} on those of the other alone."
    )
