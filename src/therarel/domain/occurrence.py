"""When something happened: a session number, a date, or both."""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import bounds, optional
from therarel.texts import Texts, standard_texts


@frozen
class Occurrence:
    """When something happened in a course of therapy.

    Args:
        session: Number of the session, counted from 0 (an intake may be session 0); ``None`` if not stated.
        on: Calendar date; ``None`` if not stated.

    Raises:
        InvalidValueError: if the session is not a whole number of at least 0 or the date carries a time of day.

    Examples:
        >>> Occurrence(session=3).before(Occurrence(session=4))
        True
        >>> Occurrence(session=3).before(Occurrence(on=date(2026, 5, 4))) is None
        True
    """

    session: int | None = field(
        default=None,
        validator=optional(checks.whole()),
        metadata=bounds(0, checks.LARGEST),
        converter=checks.int_or_none,
    )
    on: date | None = field(default=None, validator=optional(checks.day))

    @property
    def is_stated(self) -> bool:
        """Whether a session or a date is known."""
        return self.session is not None or self.on is not None

    def before(self, other: Occurrence) -> bool | None:
        """Whether this lies before the other; ``None`` if the two share neither date nor session number.

        Dates decide where both have one, because sessions may be renumbered; otherwise sessions decide.
        """
        if self.on is not None and other.on is not None:
            return self.on < other.on
        if self.session is not None and other.session is not None:
            return self.session < other.session
        return None

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The session and the date in words.

        Args:
            texts: The texts of a language.
        """
        parts = [] if self.session is None else [texts("occurrence.session", session=self.session)]
        parts += [] if self.on is None else [self.on.isoformat()]
        return ", ".join(parts) or texts("occurrence.not_stated")


A_TIME: Final = checks.a(Occurrence, hint="write Occurrence(on=...) or Occurrence(session=...)")
"""The check of a time that is set, which a date alone is not."""
