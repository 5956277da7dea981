"""The room of version 0.1 under its old name, for code that was written then; it goes with version 0.3.

Rules, candidates, calibration and monitors are in `therarel.detection`, mixed models in `therarel.growth`.
"""

from therarel.extras import needs

with needs("therarel.trajectories"):
    import therarel.detection
    import therarel.growth
    import therarel.noise  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.detection import *  # noqa: F403 -- whatever that room has
    from therarel.noise import *  # noqa: F403 -- and this

__all__ = ()
