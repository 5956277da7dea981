"""An instrument as a page: scale, key, figures, licence and sources, each with its status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from therarel.citations import Status, bibliography
from therarel.domain.risk import risk_prompt
from therarel.measures.instrument import Instrument
from therarel.measures.plan import resolved
from therarel.measures.published import Norm, Reliability
from therarel.representation import Markdown


def describe(instrument: str | Instrument) -> Markdown:
    """The page of an instrument in Markdown; it never holds the wording of an item.

    Args:
        instrument: The instrument or its identifier.

    Examples:
        >>> page = describe("wai-sr")
        >>> page.splitlines()[0]
        '# Working Alliance Inventory, Short Revised, client form'
        >>> "No cut-off" in page
        True
    """
    chosen = resolved(instrument)
    parts = [
        f"# {chosen.name}",
        _table(chosen),
        _section("Key", _key(chosen)),
        _section("Score", _score(chosen)),
        _section("Parts of the relationship it speaks to", _parts(chosen)),
        _section("Cut-offs and bands", _cutoffs(chosen)),
        _section("Reliable change", _changes(chosen)),
        _section("Reliability", [_reliability(datum) for datum in chosen.reliability]),
        _section("Norms", [_norm(datum) for datum in chosen.norms]),
        _section("Items that ask about risk", _risk(chosen)),
        _section("Wording and licence", _licence(chosen)),
        _section("Codes", [f"{code.system.label} {code.code}: {code.names}." for code in chosen.codes]),
        _section("Notes", list(chosen.notes)),
        _section("Sources", _sources(chosen)),
    ]
    return Markdown("\n\n".join(part for part in parts if part) + "\n")


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"## {title}", "", *(f"- {line}" for line in lines)]) if lines else ""


def _of(status: Status | None, citations: Iterable[str] = (), checked: str | None = None) -> str:
    """The source of a fact as a remark in brackets; what is unverified says so first."""
    parts = [*citations]
    if status is not None:
        parts.append(f"**unverified**, {status.meaning}" if status.unverified else status.meaning)
    remark = f" ({'; '.join(parts)})" if parts else ""
    return f"{remark}. {checked}" if checked else f"{remark}."


def _table(chosen: Instrument) -> str:
    rows = [
        ("Identifier", f"`{chosen.id}`"),
        ("Version of the data", chosen.version),
        ("Construct", chosen.construct.label),
        ("Answered by", ", ".join(rater.label for rater in chosen.respondents)),
        ("Items", str(chosen.n_items)),
        ("Item scale", f"{chosen.item_scale}{_of(chosen.item_scale.status).rstrip('.')}"),
        ("Direction", "higher is better" if chosen.higher_is_better else "lower is better"),
        ("Usually answered", chosen.timing.label if chosen.timing else "not known"),
        ("Concept", f"`{chosen.concept}`" if chosen.concept else "no node of the graph"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _listed(items: Iterable[int]) -> str:
    return ", ".join(map(str, items))


def _key(chosen: Instrument) -> list[str]:
    lines = []
    if chosen.key is not None:
        lines += [f"{part.name}: items {_listed(part.items)}" for part in chosen.subscales]
        turned = _listed(chosen.reversed_items)
        lines.append(f"Reversed items: {turned}." if turned else "No item is reversed.")
        lines.append(f"Source{_of(chosen.key.status, chosen.key.citations, chosen.key.checked)}")
    if chosen.key_note:
        lines.append(chosen.key_note)
    if chosen.print_order_flipped:
        lines.append(
            f"The printed form lists the highest anchor first on items {_listed(chosen.print_order_flipped)}: "
            "where positions were recorded instead of anchors, score with `recorded_as='position'`."
        )
    if chosen.parents:
        pairs = ", ".join(
            f"{item} from {parent_item}" for item, parent_item in enumerate(chosen.parents.items, start=1)
        )
        source = _of(chosen.parents.status, (), chosen.parents.checked)
        lines.append(f"Items of {chosen.parents.of}: {pairs}{source}")
    return lines


def _score(chosen: Instrument) -> list[str]:
    lines = [chosen.why_not_scorable] if chosen.why_not_scorable else []
    if chosen.scoring is not None:
        also = f", or {' or '.join(chosen.scoring.also)}" if chosen.scoring.also else ""
        source = _of(chosen.scoring.status, chosen.scoring.citations, chosen.scoring.checked)
        lines.append(f"{chosen.scoring.metric.label.capitalize()} of the items{also}; total {chosen.total}{source}")
    if chosen.missing_rule is not None:
        rule = chosen.missing_rule
        bound = _of(rule.most_missing_status).rstrip(".")
        source = _of(rule.status, rule.citations, rule.checked)
        lines.append(f"Missing items: at most {rule.most_missing}{bound}, prorated from the others{source}")
    else:
        lines.append("Missing items: no published rule is known; every item is needed unless a policy is stated.")
    return lines


def _parts(chosen: Instrument) -> list[str]:
    return [
        f"{part.of.replace('_', ' ')}: {part.part.label}, {part.closeness.label}"
        f"{_of(part.status, part.citations, part.checked)}"
        for part in chosen.parts
    ]


def _cutoffs(chosen: Instrument) -> list[str]:
    lines = [
        f"{cutoff.name}: {cutoff.side.label} {cutoff.value:g}"
        f"{f', {cutoff.population}' if cutoff.population else ''}: {cutoff.meaning}"
        f"{_of(cutoff.status, cutoff.citations, cutoff.checked)}"
        for cutoff in chosen.cutoffs
    ]
    if chosen.bands:
        bands = ", ".join(f"{band.name} {band.minimum:g} to {band.maximum:g}" for band in chosen.bands)
        lines.append(f"Bands of complete totals: {bands}{_of(chosen.bands_status, chosen.bands_citations)}")
    if not lines:
        lines.append(f"No cut-off {'was published' if chosen.cutoff_note else 'is recorded'}.")
    if chosen.cutoff_note:
        lines.append(chosen.cutoff_note)
    return lines


def _changes(chosen: Instrument) -> list[str]:
    return [
        f"{change.value:g} points, {change.level}{_of(change.status, change.citations, change.checked)}"
        for change in chosen.reliable_changes
    ]


def _reliability(datum: Reliability) -> str:
    low = "" if datum.low is None else f"{datum.low:g}"
    high = "" if datum.high is None else f"{datum.high:g}"
    spread = f"{low} to {high}" if low and high else f"above {low}" if low else ""
    value = "" if datum.value is None else f"{datum.value:g}"
    figures = f"{value} ({spread})" if value and spread else value or spread
    whom = f", {datum.sample}" if datum.sample else ""
    kind = datum.coefficient.replace("_", "-")
    return f"{kind} of the {datum.of}: {figures}{whom}{_of(datum.status, datum.citations, datum.checked)}"


def _norm(datum: Norm) -> str:
    sd = "" if datum.sd is None else f", SD {datum.sd:g}"
    n = "" if datum.n is None else f", n = {datum.n}"
    return (
        f"{datum.sample}: mean {datum.mean:g}{sd}{n} ({datum.metric} of the items)"
        f"{_of(datum.status, datum.citations, datum.checked)}"
    )


def _risk(chosen: Instrument) -> list[str]:
    if not chosen.risk_items:
        return []
    lines = [
        f"Item {risky.item}: {', '.join(kind.label for kind in risky.kinds)}"
        f"{_of(risky.status, risky.citations, risky.checked)}"
        for risky in chosen.risk_items
    ]
    it = "each" if len(lines) > 1 else "it"
    return [*lines, f"Any answer above the lowest endorses {it}; no answer is a state of its own. {risk_prompt()}"]


def _licence(chosen: Instrument) -> list[str]:
    licence = chosen.licence
    may = {"shown": licence.show, "stored": licence.store, "sold": licence.sell}
    flags = "; ".join(f"may be {verb}: {permission.label}" for verb, permission in may.items())
    return [
        f"{licence.terms.rstrip('.')}{_of(licence.status, licence.citations)}",
        f"The wording {flags}.",
        "The wording is not part of this library.",
    ]


def _sources(chosen: Instrument) -> list[str]:
    references = bibliography()
    return [f"`{key}`: {references[key].apa()}" if key in references else f"`{key}`" for key in chosen.citations]
