"""Session-by-session scores of many dyads, read from files and from and to any dataframe.

`Panel` is what everything else computes with. It is made by ``Panel.read``, ``Panel.from_frame``,
``Panel.from_wide`` and ``Panel.from_arrays``; it knows construct, direction, scale, rater and timing of its scores,
and it lists every row that it could not take as it stood.
"""

from therarel.extras import needs

with needs("therarel.panels"):
    import therarel.domain
    import therarel.drawing
    import therarel.measures
    import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.panels.blocks import Block
    from therarel.panels.guessing import guess_columns
    from therarel.panels.options import CellOptions, ColumnOptions, PanelOptions, PanelPolicy
    from therarel.panels.panel import Panel
    from therarel.panels.problems import NothingReadableError, PanelProblem
    from therarel.panels.summary import PanelSummary
    from therarel.panels.table import Roles
    from therarel.panels.terms import Action, Duplicates, ProblemKind, ScaleSource, SessionIndex

__all__ = [
    "Action",
    "Block",
    "CellOptions",
    "ColumnOptions",
    "Duplicates",
    "NothingReadableError",
    "Panel",
    "PanelOptions",
    "PanelPolicy",
    "PanelProblem",
    "PanelSummary",
    "ProblemKind",
    "Roles",
    "ScaleSource",
    "SessionIndex",
    "guess_columns",
]
