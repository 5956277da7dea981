"""Short forms made from the items of a longer one: like the short form, and marked as derived.

Twelve items of the WAI-36, answered among the other 24, are not the WAI-SR: the scale is that of the longer form and
so is the setting of the items. The result says so in its name.
"""

from __future__ import annotations

from attrs import evolve

from therarel.errors import InvalidValueError
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Key, Scoring
from therarel.measures.plan import resolved
from therarel.measures.responses import Responses, answers_by_item


def derived_form(form: str | Instrument) -> Instrument:
    """An instrument that is like a short form, made of the items of the longer form it came from.

    Scale and reversals are those of the longer form, subscales those of the short one. It has no cut-offs, no norms
    and no reliability of its own.

    Args:
        form: The short form or its identifier.

    Raises:
        InvalidValueError: if the longer form and its items that were taken are not known.

    Examples:
        >>> like = derived_form("wai-sr")
        >>> like.id, str(like.total)
        ('wai-sr-like-from-wai-36', '12 to 84, higher is better')
    """
    short, parent, parent_items = _parents(form)
    turned = tuple(
        item for item, parent_item in enumerate(parent_items, start=1) if parent_item in parent.reversed_items
    )
    assert short.key is not None  # forms with known parents have keys
    assert parent.key is not None
    return evolve(
        short,
        id=f"{short.id}-like-from-{parent.id}",
        name=f"{short.id} like form, derived from {parent.id}",
        version=f"{short.version} from {parent.version}",
        respondents=parent.respondents,
        item_scale=parent.item_scale,
        key=Key(
            subscales=short.key.subscales,
            reversed_items=turned,
            status=parent.key.status,
            citations=short.key.citations + parent.key.citations,
            checked="Subscales of the short form, reversals of the longer one.",
        ),
        print_order_flipped=(),
        scoring=Scoring(metric="sum", also=("mean",), status=parent.key.status, citations=parent.citations),
        cutoffs=(),
        bands=(),
        bands_status=None,
        reliable_changes=(),
        reliability=(),
        norms=(),
        codes=(),
        parents=None,
        notes=(f"Derived from the items of {parent.id}; not the {short.id}, whose items are asked alone.",),
    )


def short_responses(form: str | Instrument, responses: Responses) -> dict[int, object]:
    """The answers to the longer form that a short form is made of, under the short form's numbers.

    Items without an entry are left out and count as not asked.

    Args:
        form: The short form or its identifier.
        responses: The answers of one response to the longer form, as for `score`. For a table use `parent_columns`.

    Raises:
        InvalidValueError: if the longer form and its items that were taken are not known, or the answers do
            not fit the longer form.

    Examples:
        >>> from therarel.measures import score
        >>> answers = {item: 6 for item in range(1, 37)}
        >>> score(derived_form("wai-sr"), short_responses("wai-sr", answers), rater="client").value
        72.0
    """
    _, parent, parent_items = _parents(form)
    given = answers_by_item(parent, responses)
    return {item: given[parent_item] for item, parent_item in enumerate(parent_items, start=1) if parent_item in given}


def parent_columns(form: str | Instrument, prefix: str = "item") -> dict[int, str]:
    """The columns of a table of the longer form that hold a short form's items, for ``score(..., items=...)``.

    Examples:
        >>> parent_columns("wai-sr")[1]
        'item25'
    """
    _, _, parent_items = _parents(form)
    return {item: f"{prefix}{parent_item}" for item, parent_item in enumerate(parent_items, start=1)}


def _parents(form: str | Instrument) -> tuple[Instrument, Instrument, tuple[int, ...]]:
    short = resolved(form)
    if short.parents is None or short.parents.status.unverified:
        raise InvalidValueError(f"it is not known which longer form {short.id} was taken from")
    return short, resolved(short.parents.of), short.parents.items
