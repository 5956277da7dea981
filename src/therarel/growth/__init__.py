"""Growth of scores over sessions: exact mixed models of two and three levels, explained.

`fit_growth` takes a panel or any dataframe and a formula, and returns a `GrowthFit` that knows its fixed effects,
variance components, tests, predictions, figures and a paragraph for a methods section. The fit sees the rows once: the
model is then a function of sufficient statistics per dyad.
"""

from therarel.extras import needs

with needs("therarel.growth"):
    import therarel.domain
    import therarel.drawing
    import therarel.measures
    import therarel.panels
    import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.growth.fit import GrowthFit
    from therarel.growth.fitting import (
        BoundaryWarning,
        FlatLikelihoodWarning,
        GrowthWarning,
        MissingGroupWarning,
        RankDeficiencyWarning,
        fit_growth,
    )
    from therarel.growth.inference.effect_sizes import RSquared, StandardisedGrowth
    from therarel.growth.inference.expected_trajectory import ExpectedTrajectory
    from therarel.growth.inference.fixed_effects import ContrastTest, FixedEffect
    from therarel.growth.inference.likelihood_ratio import Comparison, compare
    from therarel.growth.inference.profile_likelihood import ProfileInterval
    from therarel.growth.inference.variance_components import VarianceComponent
    from therarel.growth.reporting.diagnosis import Diagnosis
    from therarel.growth.reporting.summary import GrowthSummary
    from therarel.growth.search.optimum import NotConvergedError

__all__ = [
    "BoundaryWarning",
    "Comparison",
    "ContrastTest",
    "Diagnosis",
    "ExpectedTrajectory",
    "FixedEffect",
    "FlatLikelihoodWarning",
    "GrowthFit",
    "GrowthSummary",
    "GrowthWarning",
    "MissingGroupWarning",
    "NotConvergedError",
    "ProfileInterval",
    "RSquared",
    "RankDeficiencyWarning",
    "StandardisedGrowth",
    "VarianceComponent",
    "compare",
    "fit_growth",
]
