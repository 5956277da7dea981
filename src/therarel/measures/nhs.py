"""Recovery as NHS Talking Therapies counts it, kept apart from Jacobson and Truax's "recovered".

There, two measures make a pair: the PHQ-9 and the measure of the disorder that is treated, or the GAD-7 where there is
none or where it was not answered both times. A client who is a case on either of the two at the start and on neither at
the end has recovered, whether or not the change is reliable; "reliable recovery" asks for a reliable improvement as
well. Without all four totals of a pair nothing is said to have been recovered.

The thresholds of the PHQ-9 and the GAD-7 are those of the instruments' data. Those of the measures of disorders could
not be verified in a public source, and whoever uses one states them.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from therarel.domain.ratings import Score
from therarel.domain.risk import RiskAnswer, risk_in_short, risk_in_words
from therarel.errors import InvalidValueError, as_number, shown
from therarel.measures.catalogue import instrument
from therarel.vocabulary import Vocabulary

# Thresholds such as that of an item mean are fractions; a difference in the last bit is a tie, which counts.
_TIE: Final = 1e-9


class NhsMeasure(Vocabulary, links={}):
    """A measure that makes a pair with the PHQ-9.

    Source: clark2018, table 2 (verified); that the PCL-5 may stand for the IES-R is from memory.
    """

    GAD_7 = "gad_7"
    """Generalized Anxiety Disorder scale: depression, generalised anxiety, both, no problem named; and the fallback."""
    SPIN = "spin"
    """Social Phobia Inventory: social anxiety disorder."""
    IES_R = "ies_r"
    """Impact of Event Scale, revised: post-traumatic stress disorder."""
    PCL_5 = "pcl_5"
    """PTSD Checklist for DSM-5: post-traumatic stress disorder."""
    MI = "mi"
    """Mobility Inventory: agoraphobia."""
    OCI = "oci"
    """Obsessive-Compulsive Inventory: obsessive-compulsive disorder."""
    PDSS = "pdss"
    """Panic Disorder Severity Scale: panic disorder."""
    HAI = "hai"
    """Health Anxiety Inventory: health anxiety."""

    @property
    def problem(self) -> str:
        """The main problem that it is the measure of, in words."""
        return _PROBLEMS[self.value]

    @property
    def instrument(self) -> str:
        """The identifier of the instrument, such as ``gad-7``."""
        return self.value.replace("_", "-")


_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gad_7": "depression, generalised anxiety, both together, or no problem named",
        "spin": "social anxiety disorder",
        "ies_r": "post-traumatic stress disorder",
        "pcl_5": "post-traumatic stress disorder",
        "mi": "agoraphobia",
        "oci": "obsessive-compulsive disorder",
        "pdss": "panic disorder",
        "hai": "health anxiety",
    }
)

Pair = tuple[float | Score | None, float | Score | None]
"""The first and the last total of a measure, or score; ``None`` where missing."""


def _measure(name: NhsMeasure | str) -> NhsMeasure:
    return NhsMeasure(name)


@frozen
class DisorderMeasure:
    """The measure of the disorder that is treated: its totals, and the thresholds that whoever uses it states.

    Args:
        measure: Which one, such as ``spin``; not the GAD-7, which has an argument of its own.
        totals: First and last total; ``None`` where missing. Lower is better.
        caseness: The total from which on a client is a case; above 0.
        reliable_change: The smallest change that is reliable, which counts itself; above 0.

    Raises:
        InvalidValueError: if it is the GAD-7, a threshold is not above 0, or it is not a pair of totals.

    Examples:
        >>> social = DisorderMeasure("spin", (41, 15), caseness=20, reliable_change=10)  # made up
        >>> social.measure.problem
        'social anxiety disorder'
    """

    measure: NhsMeasure = field(converter=_measure)
    totals: Pair
    caseness: float = field(kw_only=True)
    reliable_change: float = field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.measure is NhsMeasure.GAD_7:
            raise InvalidValueError(
                "the GAD-7 does not measure a disorder here", where="DisorderMeasure.measure", hint="give gad_7=(...)"
            )
        for name in ("caseness", "reliable_change"):
            as_number(getattr(self, name), where=f"DisorderMeasure.{name}", minimum=math.ulp(0.0))
        _totals(self.measure.instrument, self.totals)


@frozen(kw_only=True, repr=False)
class NhsRecovery:
    """Recovery of one client as NHS Talking Therapies counts it; ``None`` where it is not known.

    Every answer but caseness needs the whole pair: both totals of both measures. A single total can show that a client
    is a case, and not that a client is not a case.

    Args:
        paired_with: The measure that made the pair with the PHQ-9.
        missing: The totals of the pair that are missing, such as ``phq-9 at the end``.
        case_at_start: Whether the client was a case on either measure at the start.
        case_at_end: Whether the client was a case on either measure at the end.
        reliably_improved: Whether one measure fell by at least its reliable change and the other did not rise by
            as much as its own.
        reliably_deteriorated: Whether one measure rose by at least its reliable change and the other did not fall
            by as much as its own.
        risk: What was answered at the last PHQ-9 to the item that asks about risk; ``None`` where it was not recorded.

    Examples:
        >>> nhs_recovery(phq_9=(10, 9), gad_7=(7, 7))
        <NhsRecovery by phq-9 and gad-7: recovered, not reliably; risk answers not recorded>
    """

    paired_with: NhsMeasure
    missing: tuple[str, ...]
    case_at_start: bool | None
    case_at_end: bool | None
    reliably_improved: bool | None
    reliably_deteriorated: bool | None
    risk: tuple[RiskAnswer, ...] | None = None

    @property
    def recovery(self) -> bool | None:
        """A case at the start and none at the end; ``None`` without a whole pair, or if not a case at the start."""
        if self.missing or not self.case_at_start:
            return None
        return not self.case_at_end

    @property
    def reliable_recovery(self) -> bool | None:
        """Recovery that is reliable improvement too; ``None`` as for `recovery`."""
        return None if self.recovery is None else self.recovery and bool(self.reliably_improved)

    def _in_words(self) -> str:
        if self.missing:
            return f"not known, missing: {', '.join(self.missing)}"
        if not self.case_at_start:
            return "not a case at the start"
        if not self.recovery:
            return "not recovered"
        return "recovered, reliably" if self.reliable_recovery else "recovered, not reliably"

    def __repr__(self) -> str:
        risk = risk_in_short(self.risk)
        return (
            f"<NhsRecovery by phq-9 and {self.paired_with.instrument}: {self._in_words()}{'; ' if risk else ''}{risk}>"
        )

    def __str__(self) -> str:
        return "\n".join(
            [f"By phq-9 and {self.paired_with.instrument}: {self._in_words()}.", *risk_in_words(self.risk)]
        )

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in str(self).splitlines())


def nhs_recovery(*, phq_9: Pair, gad_7: Pair = (None, None), disorder: DisorderMeasure | None = None) -> NhsRecovery:
    """Recovery of one client from the first and the last totals of a pair of measures.

    Args:
        phq_9: First and last total, or score, of the PHQ-9; ``None`` where missing.
        gad_7: First and last total, or score, of the GAD-7; ``None`` where missing.
        disorder: The measure of the disorder, where there is one. It makes the pair with the PHQ-9 if it was answered
            both times; otherwise the GAD-7 does.

    Raises:
        InvalidValueError: if it is not a pair, a total lies outside its range, or a score is of another instrument.

    Source:
        clark2018, table 2 (verified); thresholds nhs_talking_therapies, pmc8411661 (verified).

    Examples:
        >>> nhs_recovery(phq_9=(18, 6), gad_7=(12, 5)).reliable_recovery
        True
        >>> nhs_recovery(phq_9=(None, 4), gad_7=(8, 4)).recovery is None
        True
        >>> social = DisorderMeasure("spin", (41, 30), caseness=20, reliable_change=10)  # made up
        >>> found = nhs_recovery(phq_9=(8, 4), gad_7=(9, 5), disorder=social)
        >>> found.paired_with.value, found.recovery, found.reliably_improved
        ('spin', False, True)
    """
    if disorder is not None and not isinstance(disorder, DisorderMeasure):
        raise InvalidValueError(
            "not a measure of a disorder",
            where="disorder",
            value=shown(disorder),
            bound="a DisorderMeasure",
            hint="write DisorderMeasure('spin', (first, last), caseness=..., reliable_change=...)",
        )
    depression, anxiety = _totals("phq-9", phq_9), _totals("gad-7", gad_7)
    partner, case, change = NhsMeasure.GAD_7, _cutoff("gad-7"), _change("gad-7")
    if disorder is not None:
        own = _totals(disorder.measure.instrument, disorder.totals)
        if None not in own:
            partner, anxiety = disorder.measure, own
            case, change = float(disorder.caseness), float(disorder.reliable_change)
    measures = (("phq-9", depression, _cutoff("phq-9"), _change("phq-9")), (partner.instrument, anxiety, case, change))
    missing = tuple(
        f"{of} at the {when}"
        for of, totals, _, _ in measures
        for when, total in zip(("start", "end"), totals, strict=True)
        if total is None
    )
    falls = [_fall(totals, least) for _, totals, _, least in measures]
    last = phq_9[1]
    return NhsRecovery(
        paired_with=partner,
        missing=missing,
        case_at_start=_case([(totals[0], least) for _, totals, least, _ in measures]),
        case_at_end=_case([(totals[1], least) for _, totals, least, _ in measures]),
        reliably_improved=None if missing else 1 in falls and -1 not in falls,
        reliably_deteriorated=None if missing else -1 in falls and 1 not in falls,
        risk=last.risk if isinstance(last, Score) else None,
    )


def _cutoff(name: str) -> float:
    return instrument(name).cutoffs[0].value


def _change(name: str) -> float:
    return instrument(name).reliable_changes[0].value


def _totals(name: str, pair: Pair) -> tuple[float | None, float | None]:
    given: object = pair
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InvalidValueError(
            "the first and the last total are needed",
            where=name,
            value=shown(pair),
            bound="a pair, with None where one is missing",
            hint="write (first, last)",
        )
    first, last = (_total(name, total) for total in pair)
    return first, last


def _total(name: str, given: float | Score | None) -> float | None:
    if isinstance(given, Score):
        if given.instrument != name:
            raise InvalidValueError("the score is of another instrument", where=name, value=shown(given.instrument))
        return given.value
    if given is None:
        return None
    scale = instrument(name).total if name in ("phq-9", "gad-7") else None
    total = as_number(given, where=name, minimum=0.0 if scale is None else -math.inf)
    if scale is not None and total not in scale:
        raise InvalidValueError("not a total of this instrument", where=name, value=shown(given), bound=str(scale))
    return total


def _case(totals: list[tuple[float | None, float]]) -> bool | None:
    """A case on either is a case; without one, both must be known."""
    cases = [None if total is None else total >= least - _TIE for total, least in totals]
    if True in cases:
        return True
    return None if None in cases else False


def _fall(pair: tuple[float | None, float | None], least: float) -> int:
    """1 for a reliable fall, -1 for a reliable rise, 0 for neither or where a total is missing."""
    first, last = pair
    if first is None or last is None:
        return 0
    return (first - last >= least - _TIE) - (last - first >= least - _TIE)
