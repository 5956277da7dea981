"""Growth of scores over sessions: exact mixed models of two and three levels, explained.

`fit_growth` takes a panel or any dataframe and a formula, and returns a `GrowthFit` that knows its fixed effects,
variance components, tests, predictions, figures and a paragraph for a methods section. The fit sees the rows once: the
model is then a function of sufficient statistics per dyad.
"""

from therarel.trajectories.growth.aggregation import fit_growth_in_engine
from therarel.trajectories.growth.comparison import Comparison, compare
from therarel.trajectories.growth.components import VarianceComponent
from therarel.trajectories.growth.description import GrowthSummary
from therarel.trajectories.growth.diagnosis import Diagnosis
from therarel.trajectories.growth.expectation import ExpectedTrajectory
from therarel.trajectories.growth.fit import GrowthFit
from therarel.trajectories.growth.fitting import fit_growth
from therarel.trajectories.growth.optimiser import NotConvergedError
from therarel.trajectories.growth.profiling import ProfileInterval
from therarel.trajectories.growth.sizes import RSquared, StandardisedGrowth
from therarel.trajectories.growth.tests_of_effects import ContrastTest, FixedEffect
from therarel.trajectories.growth.warnings import (
    BoundaryWarning,
    FlatLikelihoodWarning,
    GrowthWarning,
    MissingGroupWarning,
    RankDeficiencyWarning,
)

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
    "fit_growth_in_engine",
]
