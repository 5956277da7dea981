"""Clinical significance after Jacobson and Truax: cut-offs a, b, c and the categories that follow.

"Recovered" here means: in the clinical range at the start, reliably improved, and beyond the cut-off at the end. The
recovery rates of NHS Talking Therapies are something else; see `therarel.measures.nhs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from attrs import field, frozen
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from therarel.domain import checks
from therarel.errors import InvalidValueError, shown
from therarel.measures.change import ReliableChange
from therarel.measures.published import Cutoff
from therarel.representation import one_line
from therarel.tables.frames import as_table
from therarel.texts import Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


class CutoffKind(Vocabulary, links={}):
    """The three definitions of a cut-off between two populations."""

    A = "a"
    """Two standard deviations of the clinical population from its mean, in the functional direction."""
    B = "b"
    """Two standard deviations of the functional population from its mean, in the clinical direction."""
    C = "c"
    """Where both populations are equally likely: the means weighted by the other's standard deviation."""


class ChangeOutcome(Vocabulary, links={}):
    """What became of a client between two scores."""

    RECOVERED = "recovered"
    """Reliably improved, from the clinical range to beyond the cut-off."""
    IMPROVED = "improved"
    """Reliably improved, still in the clinical range."""
    UNCHANGED = "unchanged"
    """No reliable change, in the clinical range at the start."""
    DETERIORATED = "deteriorated"
    """Reliably deteriorated within the range of the start."""
    RELIABLY_DETERIORATED_INTO_CLINICAL_RANGE = "reliably_deteriorated_into_clinical_range"
    """Reliably deteriorated, from beyond the cut-off into the clinical range."""
    NOT_IN_CLINICAL_RANGE_AT_START = "not_in_clinical_range_at_start"
    """Beyond the cut-off at the start and not reliably deteriorated: recovery could not be shown."""
    NOT_KNOWN = "not_known"
    """One of the two scores is missing."""


@frozen
class Population:
    """Mean and standard deviation of a population's scores.

    Raises:
        InvalidValueError: if a number is not finite or the standard deviation is not above zero.

    Examples:
        >>> Population(mean=60, sd=7.5).sd
        7.5
    """

    mean: float = field(converter=checks.as_float, validator=checks.number())
    sd: float = field(converter=checks.as_float, validator=checks.number(0.0))

    def __attrs_post_init__(self) -> None:
        if not self.sd > 0:
            raise InvalidValueError("not accepted", where="Population.sd", value=shown(self.sd), bound="above 0")


@frozen(kw_only=True)
class ClinicalCutoff:
    """A cut-off between the clinical and the functional range.

    Args:
        value: The cut-off, in points.
        higher_is_better: Direction of the scores.
        kind: How it was made; ``None`` for a value that was given.
        on_it_clinical: Whether a score on the cut-off itself is still in the clinical range.

    Examples:
        >>> ClinicalCutoff(value=50, higher_is_better=True).kind is None
        True
    """

    value: float = field(converter=checks.as_float, validator=checks.number())
    higher_is_better: bool = field(validator=checks.truth)
    kind: CutoffKind | None = None
    on_it_clinical: bool = field(default=True, validator=checks.truth)

    @classmethod
    def of(cls, published: Cutoff, *, higher_is_better: bool) -> ClinicalCutoff:
        """A published cut-off as one between the clinical and the functional range.

        On which side a score on the cut-off itself lies is as published: of "at or above" and "below", both leave it
        with the higher scores.

        Args:
            published: The cut-off, such as one of ``instrument("gad-7").cutoffs``; in points of the total.
            higher_is_better: Direction of the scores.

        Raises:
            InvalidValueError: if its rule speaks of single items too, which totals do not tell.

        Examples:
            >>> from therarel.measures import instrument
            >>> ClinicalCutoff.of(instrument("gad-7").cutoffs[0], higher_is_better=False).on_it_clinical
            True
            >>> ClinicalCutoff.of(instrument("ors").cutoffs[0], higher_is_better=True).on_it_clinical
            False
        """
        if not isinstance(published, Cutoff):
            raise InvalidValueError(
                "not a published cut-off", where="published", value=shown(published), bound="a Cutoff"
            )
        if published.item_value is not None:
            raise InvalidValueError(
                f"the cut-off '{published.name}' speaks of single items too, which totals do not tell",
                hint="place(score, responses=...) looks at both",
            )
        return cls(value=published.value, higher_is_better=higher_is_better, on_it_clinical=not higher_is_better)

    __repr__ = one_line

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The cut-off, its direction and its kind in words.

        Args:
            texts: The texts of a language.
        """
        key = "measure.cutoff" if self.kind is None else "measure.cutoff_of_kind"
        better = Phrase("measure.higher_is_better" if self.higher_is_better else "measure.lower_is_better")
        return texts(key, value=f"{self.value:.4g}", better=better, kind=self.kind)


def clinical_cutoff(
    kind: CutoffKind | str,
    *,
    clinical: Population | None = None,
    functional: Population | None = None,
    higher_is_better: bool,
) -> ClinicalCutoff:
    """A cut-off by one of the three definitions.

    Args:
        kind: ``a`` needs the clinical population, ``b`` the functional one, ``c`` both.
        clinical: The population of clients.
        functional: The population that clients would join.
        higher_is_better: Direction of the scores.

    Raises:
        InvalidValueError: if a population is missing, or the two lie in the wrong order.

    Source:
        jacobson_truax1991 (verified). Cut-off b rests on the standard deviation of the functional population.

    Examples:
        >>> couples = Population(40, 7.5), Population(60, 7.5)
        >>> [clinical_cutoff(k, clinical=couples[0], functional=couples[1], higher_is_better=True).value for k in "abc"]
        [55.0, 45.0, 50.0]
    """
    chosen = CutoffKind(kind)
    towards = 1.0 if higher_is_better else -1.0
    if clinical and functional and not (functional.mean - clinical.mean) * towards > 0:
        raise InvalidValueError(
            "the functional population lies on the better side of the clinical one",
            value=f"means {clinical.mean:g} (clinical) and {functional.mean:g} (functional)",
        )
    if chosen is CutoffKind.A:
        value = _given(clinical, "clinical").mean + towards * 2 * _given(clinical, "clinical").sd
    elif chosen is CutoffKind.B:
        value = _given(functional, "functional").mean - towards * 2 * _given(functional, "functional").sd
    else:
        ill, well = _given(clinical, "clinical"), _given(functional, "functional")
        value = (ill.sd * well.mean + well.sd * ill.mean) / (ill.sd + well.sd)
    return ClinicalCutoff(value=value, higher_is_better=higher_is_better, kind=chosen)


def _given(population: Population | None, which: str) -> Population:
    if population is None:
        raise InvalidValueError(f"this cut-off needs the {which} population", where=which)
    return population


@frozen(kw_only=True, eq=False)
class ClinicalSignificance:
    """What became of each client, with the change and the cut-off it rests on.

    Examples:
        >>> from therarel.measures import clinical_significance, reliable_change
        >>> change = reliable_change([32.5], [52.5], sd=7.5, reliability=0.8, higher_is_better=True)
        >>> clinical_significance(change, ClinicalCutoff(value=50, higher_is_better=True)).outcomes[0].label
        'recovered'
    """

    change: ReliableChange
    cutoff: ClinicalCutoff
    outcomes: tuple[ChangeOutcome, ...] = field(repr=False)

    @property
    def counts(self) -> Mapping[ChangeOutcome, int]:
        """How many clients each outcome has, those with none included."""
        return MappingProxyType({outcome: self.outcomes.count(outcome) for outcome in ChangeOutcome})

    def to_frame(self, kind: str = "polars") -> IntoFrame:
        """One row per client, in the order given: the change, as in `ReliableChange.to_frame`, and the outcome.

        Args:
            kind: ``polars``, ``pandas``, ``pyarrow`` or ``duckdb``.

        Raises:
            InvalidValueError: if the kind is not known.
        """
        return as_table(self.change.columns() | {"outcome": [word.value for word in self.outcomes]}, kind)

    __repr__ = one_line

    def __str__(self) -> str:
        counts = {word: self.outcomes.count(word) for word in ChangeOutcome}
        return ", ".join(f"{count} {word.label}" for word, count in counts.items() if count) or "nobody to judge"


def clinical_significance(change: ReliableChange, cutoff: ClinicalCutoff | Cutoff) -> ClinicalSignificance:
    """Sort clients by reliable change and by the side of the cut-off they start and end on.

    Args:
        change: Reliable change of the clients.
        cutoff: The cut-off. A published one, such as one of ``instrument("gad-7").cutoffs``, is taken in the
            direction of the change, as `ClinicalCutoff.of` does; it is one of totals, so the scores are totals too.

    Raises:
        InvalidValueError: if change and cut-off read in different directions, or are something else.

    Examples:
        >>> from therarel.measures import reliable_change
        >>> change = reliable_change([20, 20, 8], [9, 19, 19], sd=6, reliability=0.8, higher_is_better=False)
        >>> found = clinical_significance(change, ClinicalCutoff(value=10, higher_is_better=False))
        >>> [outcome.value for outcome in found.outcomes]
        ['recovered', 'unchanged', 'reliably_deteriorated_into_clinical_range']
    """
    if not isinstance(change, ReliableChange):
        raise InvalidValueError(
            "not a reliable change", where="change", value=shown(change), hint="reliable_change(...) makes one"
        )
    if isinstance(cutoff, Cutoff):
        cutoff = ClinicalCutoff.of(cutoff, higher_is_better=change.higher_is_better)
    if not isinstance(cutoff, ClinicalCutoff):
        raise InvalidValueError(
            "not a cut-off",
            where="cutoff",
            value=shown(cutoff),
            bound="a ClinicalCutoff or a Cutoff",
            hint="write ClinicalCutoff(value=..., higher_is_better=...)",
        )
    if change.higher_is_better is not cutoff.higher_is_better:
        raise InvalidValueError("change and cut-off read in different directions", where="higher_is_better")
    before, after = _functional(change.before, cutoff, change), _functional(change.after, cutoff, change)
    computable = np.isfinite(change.index)
    rows = zip(change.signs, before, after, computable, strict=True)
    return ClinicalSignificance(
        change=change,
        cutoff=cutoff,
        outcomes=tuple(
            _outcome(int(sign), bool(start), bool(end)) if seen else ChangeOutcome.NOT_KNOWN
            for sign, start, end, seen in rows
        ),
    )


def _functional(scores: NDArray[np.float64], cutoff: ClinicalCutoff, change: ReliableChange) -> NDArray[np.bool_]:
    beyond = scores - cutoff.value if cutoff.higher_is_better else cutoff.value - scores
    with np.errstate(invalid="ignore"):
        if cutoff.on_it_clinical:
            return np.asarray(beyond > change.tolerance)
        return np.asarray(beyond >= -change.tolerance)


def _outcome(sign: int, functional_before: bool, functional_after: bool) -> ChangeOutcome:
    if sign < 0:
        if functional_before and not functional_after:
            return ChangeOutcome.RELIABLY_DETERIORATED_INTO_CLINICAL_RANGE
        return ChangeOutcome.DETERIORATED
    if functional_before:
        return ChangeOutcome.NOT_IN_CLINICAL_RANGE_AT_START
    if sign == 0:
        return ChangeOutcome.UNCHANGED
    return ChangeOutcome.RECOVERED if functional_after else ChangeOutcome.IMPROVED
