"""Falls in scores that wander: their likelihood, the fit of noise beside them, and limits that chance passes seldom."""

from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.pulses import Pulses

__all__ = ["Pulses", "TwoRaterNull"]
