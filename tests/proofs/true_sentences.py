"""Whether everything that an answer says is true where it is said: conditions, remarks, changes and headings."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.domain import Relationship
from therarel.machine import Accepted, Decision, Declined, Policy, StateChange

from .true_guards import CLAIMS as GUARD_CLAIMS
from .true_remarks import CLAIMS as REMARK_CLAIMS

__all__ = ["GUARD_CLAIMS", "REMARK_CLAIMS", "untrue"]


def untrue(decision: Decision, policy: Policy) -> Iterator[str]:
    """The sentences of an answer that are not true where they are said, and those about which nobody says what they claim.

    Args:
        decision: The answer.
        policy: Thresholds that it was given by.
    """
    before, event, after = decision.before, decision.event, decision.relationship
    if isinstance(decision, Declined):
        if not decision.unmet:
            yield "declined without a reason"
        for name, unmet in decision.unmet:
            claim = GUARD_CLAIMS.get((name, unmet.case))
            if claim is None or not claim(before, event, unmet, policy):
                yield f"{name}.{unmet.case}"
    else:
        yield from (f"changed {change.field}: {change}" for change in decision.changes if not _told(change))
        if after == before and not decision.remarks:
            yield "nothing moved, and nothing is said"
    for remark in decision.remarks:
        said = REMARK_CLAIMS.get(remark.code)
        if said is None or not said(before, event, after, remark.text, policy):
            yield remark.code


def heading_is_true(decision: Decision) -> bool:
    """The answer leads with safety, then with what it is; *open now* and *no* are said where they hold."""
    said = decision.explain()
    lines = str(said).split("\n")
    standing = [str(remark) for remark in decision.remarks][: lines.index(said.headline)]
    if lines[: len(standing)] != standing:
        return False
    if isinstance(decision, Accepted):
        return said.headline.startswith("Accepted: ")
    never = any(unmet.alone or unmet.case in ("died", "never") for _, unmet in decision.unmet)
    return said.headline.startswith("No: " if never else "Not now: ")


def _told(change: StateChange) -> bool:
    """Whether a change names its field, and everything that is new or gone in it."""
    text, before, after = str(change), change.before, change.after
    if isinstance(before, frozenset) and isinstance(after, frozenset):
        now, _, gone = text.partition("no longer")
        return all(each.label in now for each in after - before) and all(each.label in gone for each in before - after)
    if isinstance(before, tuple) and isinstance(after, tuple):
        return len(text.partition(": ")[2]) > len("now ") and before != after
    return ": " in text and not text.endswith(": ")


def closes_by_name(before: Relationship, after: Relationship, named: str | None) -> bool:
    """Whether no concern for safety closed but the one that a review names."""
    closed = {each.concern_id for each in before.safety_concerns if each.is_open} - {
        each.concern_id for each in after.safety_concerns if each.is_open
    }
    return closed <= {named}
