"""What every event can say: when it occurred, who says so, and confidential text."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, bounds, optional
from therarel.domain.occurrence import Occurrence
from therarel.domain.people import Reporter


@frozen(kw_only=True)
class Happening:
    """What every event can say: when it occurred, who says so, and confidential text.

    Args:
        session: Number of the session, from 0; ``None`` if not stated.
        on: Calendar date; ``None`` if not stated.
        reported_by: Who says so; ``None`` if not stated.
        note: Free text, kept confidential.

    Examples:
        >>> from therarel.domain.events import SessionHeld
        >>> SessionHeld(session=3, on=date(2026, 5, 4)).occurred
        Occurrence(session=3, on=datetime.date(2026, 5, 4))
    """

    session: int | None = field(
        default=None,
        validator=optional(checks.whole()),
        metadata=bounds(0, checks.LARGEST),
        converter=checks.int_or_none,
    )
    on: date | None = field(default=None, validator=optional(checks.day))
    reported_by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)))
    note: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))

    @property
    def occurred(self) -> Occurrence:
        """When it occurred."""
        return Occurrence(self.session, self.on)
