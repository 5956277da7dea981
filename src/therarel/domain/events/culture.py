"""Facts about culture and power: how the client sees it, and differences of power between the two."""

from __future__ import annotations

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, optional
from therarel.domain.events.happening import Happening
from therarel.domain.people import Party


@frozen
class ClientPerspectiveShared(Happening):
    """The client said how the problem and its treatment look to the client.

    Args:
        view: The client's account, in the client's own words.

    Examples:
        >>> ClientPerspectiveShared("It runs in the family.", session=2).view
        Confidential(...)
    """

    view: Confidential = field(converter=as_private, validator=checks.private)


@frozen
class PowerDynamicNamed(Happening):
    """Somebody named a difference of power between the two, along one axis.

    Args:
        axis: What the difference rests on, in words.
        held_by: Who holds more; ``None`` if not stated.
        discussed: Whether the two have talked about it; ``None`` if not known.

    Examples:
        >>> PowerDynamicNamed("age", held_by=Party.THERAPIST, discussed=False).discussed
        False
    """

    axis: Confidential = field(converter=as_private, validator=checks.private)
    held_by: Party | None = field(default=None, validator=optional(checks.a(Party)))
    discussed: bool | None = field(default=None, validator=optional(checks.truth))
