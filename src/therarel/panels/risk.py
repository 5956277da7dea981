"""What a panel of scores says of the items that ask about risk: what was recorded, or that totals do not show it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from therarel.counting import counted
from therarel.domain.ratings import Score
from therarel.domain.risk import RiskState, risk_prompt
from therarel.measures.instrument import Instrument
from therarel.measures.risk import risk_of_totals


def risk_columns(instrument: str, scores: Sequence[Score], items: Sequence[int]) -> dict[str, list[str | None]]:
    """A column of words for each item that asks about risk, as tables of scores have it; ``None`` where not recorded.

    Args:
        instrument: The instrument of all the scores.
        scores: The scores, one element per row.
        items: Items that are known to ask about risk, whether or not their answers were recorded.

    Examples:
        >>> from therarel.measures import score
        >>> risk_columns("phq-9", [score("phq-9", [0] * 9)], [9])
        {'phq_9_risk_9': ['not_endorsed']}
    """
    recorded = {answer.item for score in scores for answer in score.risk or ()}
    found = [{answer.item: answer.state.value for answer in score.risk or ()} for score in scores]
    return {_column(instrument, item): [said.get(item) for said in found] for item in sorted(recorded.union(items))}


def risk_of_panel(form: Instrument | None, rows: pl.DataFrame) -> str | None:
    """What has to be shown beside the scores of a panel; ``None`` where no item is known to ask about risk.

    Args:
        form: The panel's instrument; ``None`` if not stated.
        rows: The panel's rows, with a column for each such item where its answers were recorded.

    Examples:
        >>> from therarel.measures import instrument
        >>> risk_of_panel(instrument("wai-sr"), pl.DataFrame()) is None
        True
    """
    if form is None or not form.risk_items:
        return None
    counts = []
    for risky in form.risk_items:
        name = _column(form.id, risky.item)
        if name not in rows.columns:
            return risk_of_totals(form)
        states = rows[name].cast(pl.String).to_list()
        counts.append(
            f"item {risky.item}: {states.count(RiskState.ENDORSED)} endorsed, "
            f"{states.count(RiskState.NOT_ANSWERED_OR_NOT_ASKED)} not answered or not asked, "
            f"{states.count(None)} not recorded"
        )
    return f"Answers about risk in {counted(rows.height, 'session')}: {'; '.join(counts)}. {risk_prompt()}"


def _column(instrument: str, item: int) -> str:
    return f"{instrument.replace('-', '_')}_risk_{item}"
