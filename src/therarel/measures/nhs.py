"""Recovery as NHS Talking Therapies counts it, kept apart from Jacobson and Truax's "recovered".

There, caseness at the start on either the PHQ-9 or the GAD-7 that is gone on both at the end is "recovery",
whether or not the change is reliable; "reliable recovery" asks for a reliable improvement as well. The thresholds
are those of the two instruments' data, from memory with high confidence.
"""

from __future__ import annotations

from attrs import frozen

from therarel.domain.ratings import Score
from therarel.errors import InvalidValueError, shown
from therarel.measures.catalogue import instrument
from therarel.measures.given import given_number

__all__ = ["NhsRecovery", "nhs_recovery"]


@frozen(kw_only=True)
class NhsRecovery:
    """Recovery of one client as NHS Talking Therapies counts it; ``None`` where a score is missing.

    Args:
        case_at_start: Whether the client was a case on either measure at the start.
        case_at_end: Whether the client was a case on either measure at the end.
        reliably_improved: Whether one measure fell by at least its reliable change and the other did not rise by
            as much as its own.
        reliably_deteriorated: Whether one measure rose by at least its reliable change and the other did not fall
            by as much as its own.

    Examples:
        >>> found = nhs_recovery(phq_9=(10, 9), gad_7=(7, 7))
        >>> found.recovery, found.reliable_recovery
        (True, False)
    """

    case_at_start: bool | None
    case_at_end: bool | None
    reliably_improved: bool | None
    reliably_deteriorated: bool | None

    @property
    def recovery(self) -> bool | None:
        """A case at the start and none at the end; ``None`` if not known, or not a case at the start."""
        if not self.case_at_start or self.case_at_end is None:
            return None
        return not self.case_at_end

    @property
    def reliable_recovery(self) -> bool | None:
        """Recovery that is reliable improvement too; ``None`` if not known, or not a case at the start."""
        if self.recovery is None or self.reliably_improved is None:
            return None
        return self.recovery and self.reliably_improved


Pair = tuple[float | Score | None, float | Score | None]


def nhs_recovery(*, phq_9: Pair, gad_7: Pair) -> NhsRecovery:
    """Recovery of one client from the first and the last PHQ-9 and GAD-7.

    Args:
        phq_9: First and last total, or score, of the PHQ-9; ``None`` where missing.
        gad_7: First and last total, or score, of the GAD-7; ``None`` where missing.

    Raises:
        InvalidValueError: if it is no pair, a total lies outside its range, or a score is of another instrument.

    Examples:
        >>> nhs_recovery(phq_9=(18, 6), gad_7=(12, 5)).reliable_recovery
        True
        >>> nhs_recovery(phq_9=(18, None), gad_7=(12, 5)).recovery is None
        True
    """
    depression, anxiety = _totals("phq-9", phq_9), _totals("gad-7", gad_7)
    falls = _fall("phq-9", depression), _fall("gad-7", anxiety)
    known = None not in falls
    return NhsRecovery(
        case_at_start=_case(depression[0], anxiety[0]),
        case_at_end=_case(depression[1], anxiety[1]),
        reliably_improved=(1 in falls and -1 not in falls) if known else None,
        reliably_deteriorated=(-1 in falls and 1 not in falls) if known else None,
    )


def _totals(name: str, pair: Pair) -> tuple[float | None, float | None]:
    held: object = pair
    if not isinstance(held, tuple | list) or len(held) != 2:
        raise InvalidValueError(
            "the first and the last total are needed",
            where=name,
            value=shown(pair),
            bound="a pair, with None where one is missing",
            hint="write (first, last)",
        )
    first, last = (_total(name, each) for each in pair)
    return first, last


def _total(name: str, given: float | Score | None) -> float | None:
    if isinstance(given, Score):
        if given.instrument != name:
            raise InvalidValueError("the score is of another instrument", where=name, value=shown(given.instrument))
        return given.value
    if given is None:
        return None
    scale = instrument(name).total
    total = given_number(given, name, bound="a total, a Score or None")
    if scale is not None and total not in scale:
        raise InvalidValueError("not a total of this instrument", where=name, value=shown(given), bound=str(scale))
    return total


def _case(depression: float | None, anxiety: float | None) -> bool | None:
    """A case on either is a case; without one, both must be known."""
    found = [
        None if total is None else instrument(name).cutoffs[0].points_out(total)
        for name, total in (("phq-9", depression), ("gad-7", anxiety))
    ]
    if True in found:
        return True
    return None if None in found else False


def _fall(name: str, pair: tuple[float | None, float | None]) -> int | None:
    """1 for a reliable fall, -1 for a reliable rise, 0 for neither."""
    first, last = pair
    if first is None or last is None:
        return None
    least = instrument(name).reliable_changes[0].value
    return (first - last >= least) - (last - first >= least)
