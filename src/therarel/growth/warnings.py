"""What a growth model warns of; each kind is a class of its own, so that it can be looked for or silenced."""

from __future__ import annotations

__all__ = ["BoundaryWarning", "FlatLikelihoodWarning", "GrowthWarning", "MissingGroupWarning", "RankDeficiencyWarning"]


class GrowthWarning(UserWarning):
    """Something about a fitted growth model that its reader has to know."""


class RankDeficiencyWarning(GrowthWarning):
    """Some fixed effects say the same as others; they were left out of the model."""


class BoundaryWarning(GrowthWarning):
    """A variance is estimated as zero, or a correlation as plus or minus one."""


class FlatLikelihoodWarning(GrowthWarning):
    """The data cannot tell some variances, or an autocorrelation, apart: many values fit equally well."""


class MissingGroupWarning(GrowthWarning):
    """Rows that do not say whose scores they are were left out."""
