"""How it looks: what rules found in a panel, as a self-contained page with figures, and as data.

`report` takes a detection and gives a `Report`, which shows itself in a notebook, is saved as one HTML file that
loads nothing, and gives the same content as plain data. `client_report` is the page of one client of it, for
supervision, `course_report` that of one course that was recorded, and `shared_report` the page of a course to look at
together with the client.
"""

from therarel.extras import needs

with needs("therarel.reports"):
    import therarel.detection
    import therarel.domain
    import therarel.drawing
    import therarel.growth
    import therarel.machine
    import therarel.measures
    import therarel.noise
    import therarel.panels
    import therarel.tables
    import therarel.texts  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.reports.client_report import ClientReport, client_report
    from therarel.reports.course_report import CourseReport, course_report, shared_report
    from therarel.reports.endings import Ending, Endings
    from therarel.reports.markup import is_report
    from therarel.reports.reporting import Report, report
    from therarel.reports.truth import TruthCount

__all__ = [
    "ClientReport",
    "CourseReport",
    "Ending",
    "Endings",
    "Report",
    "TruthCount",
    "client_report",
    "course_report",
    "is_report",
    "report",
    "shared_report",
]
