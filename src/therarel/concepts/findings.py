"""What research found about elements of the relationship: published associations, read from a table.

Where both ends of a finding are concepts it is evidence for the ``predicts`` edge between them; the other rows
stand as a table. None of them is causal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.citations import Citation, Status, citation
from therarel.concepts.terms import Basis, Standing
from therarel.domain.impact import Effect, EffectMetric
from therarel.domain.ratings import Rater

_FILE: Final = Path(__file__).with_name("findings.csv")


@frozen(kw_only=True)
class Finding:
    """One published figure about one element of the relationship.

    Args:
        element: Name of the row.
        citation_key: Key in the bibliography.
        status: How surely the figures are known.
        population: Whom it speaks of; ``None`` for an overview.
        concept: Id of the concept that is associated; ``None`` where the graph has none.
        outcome: Id of the concept that it is associated with; ``None`` where the graph has none.
        effect: The figure; ``None`` where none was recorded.
        reported_range: The ends where a range was published and no single figure; ``None`` otherwise.
        metric: Metric of the figure or of the range; ``None`` where there is neither.
        words: What was published in words and not in figures, such as "near zero"; ``None`` if nothing was.
        studies: Number of studies (k), also where there is no figure; ``None`` if not stated.
        participants: Number of people (N), also where there is no figure; ``None`` if not stated.
        rater: Whose ratings; ``None`` if pooled over raters or not stated.
        standing: The published consensus on the element; ``None`` if there is none.
        conflicts: The element of the row that this one disagrees with; ``None`` if it disagrees with none.
        note: What has to be said with it; ``None`` if nothing has.

    Source: norcross_lambert2018 and the citation of each row.

    Examples:
        >>> finding = next(each for each in findings() if each.element == "empathy")
        >>> print(finding)
        r = .28 [.23, .33], k = 82, N = 6138 (Elliott et al., 2018)
    """

    element: str
    citation_key: str
    status: Status
    population: str | None = None
    concept: str | None = None
    outcome: str | None = None
    effect: Effect | None = None
    reported_range: tuple[float, float] | None = None
    metric: EffectMetric | None = None
    words: str | None = None
    studies: int | None = None
    participants: int | None = None
    rater: Rater | None = None
    standing: Standing | None = None
    conflicts: str | None = None
    note: str | None = None

    @property
    def citation(self) -> Citation:
        """The publication."""
        return citation(self.citation_key)

    @property
    def edition(self) -> int | None:
        """Year of the publication: figures of older editions differ."""
        return self.citation.year

    @property
    def is_causal(self) -> bool:
        """Always ``False``: these are associations."""
        return False

    @property
    def figure(self) -> str:
        """The figure in the usual short form, the words that stand for one, or that there is none."""
        symbol = "" if self.metric is None else self.metric.symbol
        if self.effect is not None:
            effect = self.effect
            told = [f"{symbol} = {_written(effect.value)}"]
            if effect.ci_low is not None and effect.ci_high is not None:
                told[0] += f" [{_written(effect.ci_low)}, {_written(effect.ci_high)}]"
        elif self.reported_range is not None:
            told = [f"{symbol} from {_written(self.reported_range[0])} to {_written(self.reported_range[1])}"]
        else:
            told = [self.words or "no figure recorded"]
        if self.studies is not None:
            told.append(f"k = {self.studies}")
        if self.participants is not None:
            told.append(f"N = {self.participants}")
        if self.rater is not None:
            told.append(f"{self.rater.label}-rated")
        return ", ".join(told)

    def __str__(self) -> str:
        unverified = "; unverified" if self.status.unverified else ""
        conflicting = "conflicting: " if self.conflicts is not None else ""
        return f"{conflicting}{self.figure} ({self.citation.short}{unverified})"


def _written(value: float) -> str:
    """A coefficient as the field prints it: two or three decimals, no zero before the point."""
    text = f"{value:.3f}".removesuffix("0")
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


@cache
def findings() -> tuple[Finding, ...]:
    """Every row of the table, in its order.

    Examples:
        >>> sum(finding.concept is None for finding in findings()) > 0
        True
    """
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(_from_rows(line for line in lines if not line.startswith("#")))


def _from_rows(lines: Iterable[str]) -> Iterable[Finding]:
    for row in csv.DictReader(lines):
        text = {name: value or None for name, value in row.items()}
        rater = Rater(text["rater"]) if text["rater"] else None
        status = Status(row["status"])
        studies = int(text["studies"]) if text["studies"] else None
        participants = int(text["participants"]) if text["participants"] else None
        metric = EffectMetric(text["metric"]) if text["metric"] else None
        effect = None
        if metric and text["value"]:
            effect = Effect(
                metric,
                float(text["value"]),
                row["citation"],
                status,
                float(text["ci_low"]) if text["ci_low"] else None,
                float(text["ci_high"]) if text["ci_high"] else None,
                studies=studies,
                participants=participants,
                rater=rater,
            )
        yield Finding(
            element=row["element"],
            citation_key=row["citation"],
            status=status,
            population=text["population"],
            concept=text["concept"],
            outcome=text["outcome"],
            effect=effect,
            reported_range=(float(text["low"]), float(text["high"])) if text["low"] and text["high"] else None,
            metric=metric,
            words=text["words"],
            studies=studies,
            participants=participants,
            rater=rater,
            standing=Standing(text["standing"]) if text["standing"] else None,
            conflicts=text["conflicts"],
            note=text["note"],
        )


@frozen
class Evidence:
    """What a link rests on, and what conflicts with it: evidence may disagree.

    Args:
        basis: The outline's words or order, our reading, literature.
        outline: Places in the outline.
        citations: Publications.
        findings: Published figures.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> graph = concept_graph()
        >>> print(graph.evidence(graph.edge("empathy", "predicts", "treatment effectiveness")))
        literature: Elliott et al., 2018; r = .28 [.23, .33], k = 82, N = 6138 (Elliott et al., 2018)
    """

    basis: Basis
    outline: tuple[str, ...]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def conflicting(self) -> tuple[Finding, ...]:
        """The findings that disagree with others: they do not speak for the link, and are shown beside it."""
        return tuple(each for each in self.findings if each.conflicts is not None)

    @property
    def supporting(self) -> tuple[Citation, ...]:
        """The publications that speak for the link: all but those that only conflicting findings come from."""
        agreeing = {each.citation_key for each in self.findings if each.conflicts is None}
        against = {each.citation_key for each in self.conflicting} - agreeing
        return tuple(each for each in self.citations if each.key not in against)

    @property
    def weight(self) -> int:
        """How many publications and figures speak for it; 0 where the outline alone does."""
        return len(self.supporting) + len(self.findings) - len(self.conflicting)

    def __str__(self) -> str:
        cited = ", ".join(each.short for each in self.supporting)
        parts = [f"{self.basis.meaning}{': ' if cited else ''}{cited}"]
        parts += [str(each) for each in self.findings if each.conflicts is None]
        parts += [str(each) for each in self.conflicting]
        return "; ".join(parts)
