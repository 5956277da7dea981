"""Where a score stands against what was published: bands and cut-offs, or that there are none.

Only published values are used, all of them where several were published, each with its source. A score that is not
complete gets none, unless the rule that completed it was published too. What was answered to items that ask about risk
comes before every band and cut-off: a total in the lowest band says nothing of them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from attrs import evolve, frozen

from therarel.citations import Status
from therarel.domain.ratings import MissingReason, Score, ScoreStatus
from therarel.domain.risk import RiskAnswer, risk_in_short, risk_in_words
from therarel.errors import InvalidValueError, shown
from therarel.measures.answers import Answer, AnswerReader
from therarel.measures.instrument import Instrument
from therarel.measures.missing import Published
from therarel.measures.plan import resolved
from therarel.measures.published import Band, Cutoff
from therarel.measures.responses import Responses, read_response


@frozen(kw_only=True)
class Position:
    """A score and one published cut-off.

    Args:
        cutoff: The cut-off, with its population, status and citations.
        pointed_out: Whether the score lies on the side that it points out; ``None`` where that is not known, because
            the rule speaks of single items too and they were not seen.

    Examples:
        >>> from therarel.measures import score
        >>> [(each.cutoff.name, each.pointed_out) for each in place(score("core-10", [2] * 10)).positions]
        [('clinical', True), ('depression', True)]
    """

    cutoff: Cutoff
    pointed_out: bool | None


@frozen(kw_only=True, repr=False)
class Placement:
    """Where a score stands, or why nothing can be said; false where nothing can.

    Args:
        instrument: Id of the instrument.
        band: The band that holds the score; ``None`` where none was published.
        band_status: How surely the bands are known.
        band_citations: Where they were published.
        positions: The score and each published cut-off.
        refusal: Why nothing is said; ``None`` where something is.
        risk: What was answered to each item that asks about risk, as the score has it.

    Examples:
        >>> from therarel.measures import score
        >>> print(place(score("wai-sr", [4] * 12)).refusal)
        No cut-off and no band was published for wai-sr. The author of the inventory states that no standardised scores or cut-offs exist (horvath_wai_site, verified). Bands of the total that are in circulation have no published basis.
    """  # noqa: E501 -- a sentence is one line

    instrument: str
    band: Band | None = None
    band_status: Status | None = None
    band_citations: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    refusal: str | None = None
    risk: tuple[RiskAnswer, ...] | None = ()

    def __bool__(self) -> bool:
        return self.refusal is None

    def explain(self) -> str:
        """The placement in words, with sources and their status; what was answered about risk comes first.

        Examples:
            >>> from therarel.measures import score
            >>> print(place(score("phq-9", [0] * 8 + [3])).explain().splitlines()[0])
            phq-9: Item 9 (suicidal thoughts or acts, self harm): endorsed. A person should look at this answer today.
            >>> print(place(score("gad-7", [1] * 7)).explain())
            gad-7: band 'mild' (5 to 9; camcops, spitzer2006; verified in a source)
            gad-7: not on the side that the cut-off 'caseness' points out (at or above 8; nhs_talking_therapies, pmc8411661; verified in a source)
        """  # noqa: E501 -- a line is one statement
        lines = list(risk_in_words(self.risk))
        if self.refusal is not None:
            return "\n".join([*(f"{self.instrument}: {line}" for line in lines), self.refusal])
        if self.band is not None and self.band_status is not None:
            source = _source(self.band_citations, None, self.band_status)
            lines.append(f"band '{self.band.name}' ({self.band.minimum:g} to {self.band.maximum:g}; {source})")
        for position in self.positions:
            cutoff = position.cutoff
            sides = {True: "", False: "not ", None: "by its total not (single items were not seen) "}
            side = sides[position.pointed_out]
            whom = f", {cutoff.population}" if cutoff.population else ""
            source = _source(cutoff.citations, cutoff.checked, cutoff.status)
            lines.append(
                f"{side}on the side that the cut-off '{cutoff.name}' points out"
                f" ({cutoff.side.label} {cutoff.value:g}{whom}; {source})"
            )
        return "\n".join(f"{self.instrument}: {line}" for line in lines)

    def __repr__(self) -> str:
        pointed = [position.cutoff.name for position in self.positions if position.pointed_out]
        parts = [
            *([risk_in_short(self.risk)] if self.risk != () else []),
            *([f"band '{self.band.name}'"] if self.band else []),
            *([f"on the side of {', '.join(pointed)}"] if pointed else []),
            *(["no placement"] if self.refusal is not None else []),
        ]
        return f"<Placement of {self.instrument}: {'; '.join(parts) or 'in no band, on the side of no cut-off'}>"

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in self.explain().splitlines())


def _source(citations: Sequence[str], checked: str | None, status: Status) -> str:
    named = ", ".join(citations) or checked or "no source named"
    return f"{named}; {status.meaning}{' (unverified)' if status.unverified else ''}"


def place(score: Score, *, instrument: Instrument | None = None, responses: Responses | None = None) -> Placement:
    """Where a score stands against the published bands and cut-offs of its instrument.

    Args:
        score: The score; a sum or mean by the published rule.
        instrument: The instrument, if it is one of your own.
        responses: The answers behind the score, as for `score`; a rule that speaks of single items needs them.

    Raises:
        InvalidValueError: if it is not a score, the instrument is not the one that the score names, or the responses
            are not one response to it.

    Examples:
        >>> from therarel.measures import Prorate, score
        >>> place(score("phq-9", [2, 1, 2, 1, 1, 0, 1, 2, 0])).band.name
        'moderate'
        >>> partial = score("phq-9", [3, 3, 3, 3, 3, None, 3, 3, 3], missing=Prorate(0.8))
        >>> partial.value, place(partial).band
        (27.0, None)
        >>> lines = [9.5, 9.5, 8.5, 9.5]
        >>> place(score("srs-3", lines), responses=lines).positions[0].pointed_out
        True
    """
    if not isinstance(score, Score):
        raise InvalidValueError(
            "not a score",
            where="score",
            value=shown(score),
            bound="a Score",
            hint="score(...) makes one of answers, stated_score(...) of a total",
        )
    chosen = resolved(score.instrument) if instrument is None else instrument
    if chosen.id != score.instrument:
        raise InvalidValueError("the score is of another instrument", value=shown(score.instrument), bound=chosen.id)
    refusal = _refusal(chosen, score)
    if refusal is not None or score.value is None:
        return Placement(instrument=chosen.id, refusal=refusal, risk=score.risk)
    answers = None if responses is None else read_response(chosen, responses, AnswerReader.of(chosen))
    # Totals between two bands, which prorating by a published rule can give, belong to neither.
    return Placement(
        instrument=chosen.id,
        risk=score.risk,
        band=next((band for band in chosen.bands if score.value in band), None),
        band_status=chosen.bands_status,
        band_citations=chosen.bands_citations,
        positions=tuple(
            Position(cutoff=cutoff, pointed_out=_pointed_out(cutoff, score.value, answers)) for cutoff in chosen.cutoffs
        ),
    )


def _pointed_out(cutoff: Cutoff, total: float, answers: Sequence[Answer] | None) -> bool | None:
    if cutoff.points_out(total):
        return True
    if cutoff.item_value is None:
        return False
    if answers is None:
        return None
    least = evolve(cutoff, value=cutoff.item_value)
    return any(least.points_out(answer) for answer in answers if not isinstance(answer, MissingReason))


def _refusal(instrument: Instrument, score: Score) -> str | None:
    if not instrument.cutoffs and not instrument.bands:
        verb = "was published" if instrument.cutoff_note else "is recorded"
        note = f" {instrument.cutoff_note}" if instrument.cutoff_note else ""
        return f"No cut-off and no band {verb} for {instrument.id}.{note}"
    if score.value is None:
        return f"There is no score of {instrument.id} to place: {score.status.label}."
    if score.status is ScoreStatus.PRORATED and not (score.rule or "").endswith(Published().label):
        return (
            f"The score of {instrument.id} was prorated; its published values speak of complete answers, "
            "so it gets no band and no cut-off."
        )
    if score.scale != instrument.total:
        return f"The published values of {instrument.id} speak of totals from {instrument.total}, not of this score."
    return None
