"""How courses of therapy could run: seeded clinics with known truth, for calibration, teaching and examples.

Everything here is simulated. The defaults carry their sources, and assumed ones say so: see `simulation_defaults`.
"""

from therarel.extras import needs

with needs("therarel.simulation"):
    import therarel.domain
    import therarel.panels
    import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.simulation.clinic import SimulatedClinic, simulate_clinic
    from therarel.simulation.courses import SimulatedCourses, simulate_courses
    from therarel.simulation.parameters import ClinicParameters, Default, simulation_defaults
    from therarel.simulation.ruptures import Ruptures

__all__ = [
    "ClinicParameters",
    "Default",
    "Ruptures",
    "SimulatedClinic",
    "SimulatedCourses",
    "simulate_clinic",
    "simulate_courses",
    "simulation_defaults",
]
