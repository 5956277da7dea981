"""How scores wander where nothing lasting happens, and how likely a fall is beside that.

A null model says how scores would run if nothing happened; it is stated, or fitted to a panel. Simulated panels have
the sessions, gaps, missing cells and ends of scale of the panel that they are compared with
(`therarel.noise.skeleton`).
`therarel.noise.falls` has the likelihood of a fall, the fit of noise and falls together, and the limits of the scan.
What a rule sees of scores is here as well: their series, and what is known of the panel they are from.
"""

from therarel.extras import needs

with needs("therarel.noise"):
    import therarel.domain
    import therarel.panels
    import therarel.simulation
    import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.noise.falls import TwoRaterNull
    from therarel.noise.matching import fit_null
    from therarel.noise.null import NullModel, Trend

__all__ = ["NullModel", "Trend", "TwoRaterNull", "fit_null"]
