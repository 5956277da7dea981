"""A fitted growth model: what was estimated, how certain it is, and what it says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame
from numpy.typing import ArrayLike

from therarel.drawing import Chart
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.growth.inference import prediction
from therarel.growth.inference.effect_sizes import (
    RSquared,
    StandardisedGrowth,
    intraclass,
    r_squared,
    standardised_growth,
)
from therarel.growth.inference.estimates import Estimates, checked_level
from therarel.growth.inference.expected_trajectory import ExpectedTrajectory, expected_trajectory
from therarel.growth.inference.fixed_effects import (
    Approximation,
    ContrastTest,
    FixedEffect,
    contrast_test,
    fixed_effect_tests,
)
from therarel.growth.inference.likelihood_ratio import Comparison, compare
from therarel.growth.inference.prediction import simulate
from therarel.growth.inference.profile_intervals import profile_fixed, profile_sd
from therarel.growth.inference.profile_likelihood import ProfileInterval
from therarel.growth.inference.profile_ratios import profile_autocorrelation, profile_correlation, profile_ratio
from therarel.growth.inference.reliable_slopes import reliable_slopes
from therarel.growth.inference.variance_components import (
    VarianceComponent,
    boundary_sentences,
    flat_sentences,
    variance_components,
)
from therarel.growth.reporting import figures
from therarel.growth.reporting.diagnosis import Diagnosis, diagnose
from therarel.growth.reporting.summary import GrowthSummary, apa_table, methods_paragraph, paper_table, summarise
from therarel.panels import Panel
from therarel.representation import Markdown, Paragraph
from therarel.tables.arrays import Floats
from therarel.tables.paper_table import PaperTable


@frozen(eq=False, repr=False)
class GrowthFit(Estimates):
    """A growth model that was fitted to the sessions of many dyads.

    Attributes:
        design: The columns and groups that were used.
        units: How the scaled columns relate to the given ones.
        model: The model as a function of its covariance parameters.
        optimum: Where that function is best.

    Examples:
        >>> import polars
        >>> from therarel.growth import fit_growth
        >>> table = polars.DataFrame({
        ...     "dyad": [1, 1, 1, 2, 2, 2, 3, 3, 3], "session": [0, 1, 2] * 3,
        ...     "score": [3.0, 3.4, 3.5, 4.1, 4.2, 4.6, 2.2, 2.8, 2.9],
        ... })
        >>> fit = fit_growth(table, "score ~ session", {"dyad": "1"})
        >>> fit
        <GrowthFit score ~ session: 9 scores, 3 dyad, REML log-likelihood -2.488>
        >>> {name: round(share, 2) for name, share in fit.icc().items()}
        {'dyad': 0.98, 'session': 0.02}
    """

    @property
    def boundary(self) -> tuple[str, ...]:
        """Which variances are zero or correlations one, and what it means; empty for a fit within its bounds."""
        return boundary_sentences(self)

    @property
    def flat(self) -> tuple[str, ...]:
        """What cannot be distinguished because the likelihood is flat there; empty for a fit that is determined."""
        return flat_sentences(self)

    def fixed_effects(self, df: Approximation = "satterthwaite", level: float = 0.95) -> tuple[FixedEffect, ...]:
        """Fixed effects with standard error, degrees of freedom, t, p and interval.

        Args:
            df: ``satterthwaite``, ``kenward_roger`` (REML and iid residuals; standard errors are adjusted too) or
                ``normal``.
            level: Confidence level of the intervals, a share such as 0.95.

        Source:
            satterthwaite1946, kenward_roger1997.
        """
        return fixed_effect_tests(self, df, level)

    def test(self, contrasts: str | Sequence[str] | ArrayLike, df: Approximation = "satterthwaite") -> ContrastTest:
        """Test that fixed effects, or combinations of them, are all zero.

        Args:
            contrasts: Names of fixed effects, or weights, one row per combination, shape (combinations, p).
            df: How the denominator degrees of freedom are computed, as for `fixed_effects`.

        Raises:
            InvalidValueError: if a row of weights is zero, not finite, or not of one weight per fixed effect.
            UnknownNameError: if a name is not a fixed effect.
        """
        names = [contrasts] if isinstance(contrasts, str) else contrasts
        if isinstance(names, Sequence) and not len(names):
            raise InvalidValueError(
                "at least one fixed effect is tested", where="contrasts", value="nothing",
                hint=f"fixed effects are {', '.join(self.units.names)}",
            )  # fmt: skip
        if isinstance(names, Sequence) and all(isinstance(name, str) for name in names):
            effects = list(self.units.names)
            for name in names:
                if name not in effects:
                    raise UnknownNameError("no such fixed effect", value=shown(name), hint=hint_for(name, effects))
            weights = np.eye(len(effects))[[effects.index(str(name)) for name in names]]
        else:
            try:
                weights = np.asarray(contrasts, dtype=np.float64)
            except (TypeError, ValueError) as fault:
                raise InvalidValueError(
                    "contrasts are names of fixed effects, or rows of weights of the same length", where="contrasts",
                    value=shown(contrasts), hint=f"fixed effects are {', '.join(self.units.names)}",
                ) from fault  # fmt: skip
        return contrast_test(self, weights, df)

    def profile(
        self, name: str, group: str | None = None, level: float = 0.95, *, other: str | None = None
    ) -> ProfileInterval:
        """The profile-likelihood interval of a fixed effect, a standard deviation, a correlation or a ratio.

        Args:
            name: A fixed effect (by maximum likelihood); with ``group``, a random effect of that group for its standard
                deviation; for the group ``residual`` a class of residuals, or ``phi`` for the autocorrelation of
                residuals one unit of time apart.
            group: A grouping column, or ``residual``.
            level: Confidence level of the interval, a share such as 0.95.
            other: A second random effect of the group, for the correlation of both; or a second class of residuals, for
                the variance of the first by that of the second.

        Raises:
            InvalidValueError: if the model has no such value.
            UnknownNameError: if a name is not known.
            NotConvergedError: if a better fit than this one was found on the way.
        """
        level = checked_level(level)
        if group is None:
            return profile_fixed(self, name, level)
        if group != "residual":
            if other is None:
                return profile_sd(self, group, name, level)
            return profile_correlation(self, group, name, other, level)
        if other is not None:
            return profile_ratio(self, name, other, level)
        if name == "phi" and name not in self.residual_sds:
            return profile_autocorrelation(self, level)
        return profile_sd(self, group, name, level)

    def variance_components(self, level: float = 0.95) -> tuple[VarianceComponent, ...]:
        """Standard deviations and correlations of random effects and residuals with intervals."""
        return variance_components(self, level)

    def icc(self) -> dict[str, float]:
        """Shares of the variance left by fixed effects: of therapists, dyads and sessions, averaged over sessions."""
        return intraclass(self)

    def r_squared(self) -> RSquared:
        """Share of variance that fixed effects (marginal), and fixed and random effects (conditional), explain.

        Source:
            nakagawa_schielzeth2013, johnson2014.
        """
        return r_squared(self)

    def standardised_growth(
        self, term: str, *, duration: float | None = None, sd: float | None = None, level: float = 0.95
    ) -> StandardisedGrowth:
        """Feingold's standardised growth effect: coefficient times duration by the raw SD at the start.

        Args:
            term: A fixed effect per unit of time, such as ``session:arm``.
            duration: Units of time; ``None`` for the span of the data.
            sd: Raw standard deviation; ``None`` for that of each dyad's first score.
            level: Confidence level of the interval, a share such as 0.95.

        Source:
            feingold2009.
        """
        return standardised_growth(self, term, duration, sd, level)

    def random_effects(self, group: str, level: float = 0.95) -> IntoFrame:
        """Predicted random effects of each group with intervals, as a table by label; no ranking is meant."""
        return prediction.random_effects(self, group, level)

    def reliable_slopes(self, *, higher_is_better: bool | None = None, critical: float = 1.96) -> IntoFrame:
        """Which dyads changed reliably over all their scores: each slope against the model's uncertainty about it.

        Args:
            higher_is_better: Direction of the scores; ``None`` for that of the panel that was fitted.
            critical: Size of the index that must be exceeded; 1.96 leaves 5% of unchanged dyads outside.

        Returns:
            One row per dyad: its number of scores, its slope per unit of time, fixed and random part together, the
            posterior standard deviation of it, their ratio, and the direction. Dyads with fewer than three scores are
            not judged: ``not_known``, and NaN.

        Raises:
            InvalidValueError: if the model has no random slope of time for dyads, its fixed effects are not a straight
                line of time within them, the direction is not known, or ``critical`` is
                not above 0.
        """
        return reliable_slopes(self, higher_is_better=higher_is_better, critical=critical)

    def fitted(self) -> IntoFrame:
        """Scores, expected and fitted values and residuals of the rows that were used, as a table."""
        return prediction.fitted(self)

    def predict(self, data: Panel | IntoFrame) -> IntoFrame:
        """Expected scores of new rows; known dyads and therapists with their own random effects.

        Args:
            data: A panel or a table with the predictors, and the dyads where these are known. A dyad that the fit knows
                determines its therapist, whose column may be missing. Dates count days since the dyad's first date in
                the data of the fit, of a new dyad since its first one here; numbers in their place are days already.

        Returns:
            One row for each row given, as a table of the kind that was given: ``expected`` without and ``predicted``
            with random effects, the standard error of the former, and whether the dyad is known. Where a predictor is
            missing or infinite, they are NaN.

        Raises:
            InvalidValueError: if a category was not seen by the fit, a known dyad has another therapist here, or the
                formula cannot be applied.
            UnknownNameError: if a column is not there.
        """
        return prediction.predict(self, data)

    def expected_trajectory(
        self,
        times: Sequence[float],
        covariates: Mapping[str, object] | None = None,
        *,
        observed: Mapping[float, float] | None = None,
        level: float = 0.95,
    ) -> ExpectedTrajectory:
        """Expected scores of a new dyad with a prediction band, compared with this sample.

        Args:
            times: The times at which scores are expected.
            covariates: The dyad's values of the other predictors; where residual variances differ by a column, its
                value for the new scores, such as the rater.
            observed: Scores that the dyad has so far, by time; with residual variances by a column, of the same value.
            level: Confidence level of the bands, a share such as 0.95.

        Raises:
            InvalidValueError: if a time or a score so far is not a finite number (dates are given as days since the
                first), a predictor has no value, or a category was not seen by the fit.
            UnknownNameError: if a covariate is not a predictor of the model.
        """
        return expected_trajectory(self, times, covariates, observed, level)

    def simulate(self, draws: int = 1, *, seed: int) -> Floats:
        """Scores drawn from the model, shape (draws, scores), in the order of `fitted`."""
        return simulate(self, draws, seed)

    def diagnose(self) -> Diagnosis:
        """Residuals and what deserves a look in them."""
        return diagnose(self)

    def compare(self, other: GrowthFit) -> Comparison:
        """A likelihood-ratio test of the smaller of two models within the larger, see `compare`."""
        return compare(self, other)

    def summary(self, df: Approximation = "satterthwaite", level: float = 0.95) -> GrowthSummary:
        """The fit as text, HTML and tidy table."""
        return summarise(self, df, level)

    def apa_table(self, df: Approximation = "satterthwaite", level: float = 0.95) -> Markdown:
        """The fit as a Markdown table in APA style."""
        return Markdown(apa_table(self, df, level))

    def paper_table(self, df: Approximation = "satterthwaite", level: float = 0.95) -> PaperTable:
        """The same for CSV, LaTeX and a word processor, and as numbers."""
        return paper_table(self, df, level)

    def methods_paragraph(self, df: Approximation = "satterthwaite") -> Paragraph:
        """A paragraph for a methods section, dropout included."""
        return Paragraph(methods_paragraph(self, df))

    def draw(
        self,
        by: str | None = None,
        covariates: Mapping[str, object] | None = None,
        *,
        most: int = 200,
        level: float = 0.95,
    ) -> Chart:
        """Fan of fitted trajectories with the expected curve and its band.

        Args:
            by: A column with a curve for each of its values.
            covariates: Values of the other predictors; their mean or most frequent value where not given.
            most: How many dyads are drawn at most.
            level: Confidence level of the band, a share such as 0.95.
        """
        return figures.fan(self, by, covariates or {}, most, level)

    def draw_caterpillar(self, group: str, term: str = "Intercept", *, level: float = 0.95) -> Chart:
        """Random effects of a group with intervals, in the order of their labels; never a ranking."""
        return figures.caterpillar(self, group, term, level)

    def draw_residuals(self) -> Chart:
        """Residuals over fitted values, and over normal quantiles."""
        return figures.residual_checks(self)

    def __repr__(self) -> str:
        groups = ", ".join(f"{count:,} {name}" for name, count in self.groups.items())
        return (
            f"<GrowthFit {self.design.request.formula}: {self.n_scores:,} scores, {groups}, "
            f"{'REML' if self.reml else 'ML'} log-likelihood {self.log_likelihood:.3f}>"
        )

    def __str__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
