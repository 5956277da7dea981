"""The truth beside what was found, which only a simulation knows: in words and as a picture."""

from __future__ import annotations

from therarel.counting import counted
from therarel.drawing import Colour, Drawing, Frame, rectangle, text, text_width
from therarel.reports.markup import Markup, joined, scrolling, tag
from therarel.reports.subject import Subject
from therarel.reports.truth import TruthCount

__all__ = ["truth_beside_findings", "truth_sentence"]


def truth_sentence(truth: TruthCount) -> str:
    """How many simulated ruptures were found and missed, and how many dyads without one were flagged."""
    others = counted(truth.dyads - truth.dyads_with, "dyad")
    return (
        f"Because these data are simulated, the truth is known. Of {counted(truth.dyads_with, 'dyad')} with a rupture"
        f" in the scores the primary rule found {truth.hits:,} and missed {truth.misses:,}; of {others}"
        f" without one it flagged {truth.false_alarms:,} falsely and left {truth.rest:,} alone."
    )


def truth_beside_findings(subject: Subject) -> Markup | None:
    """The truth beside what the primary rule found; nothing where scores are not simulated."""
    truth = subject.truth
    if truth is None:
        return None
    picture = truth_picture(truth)
    return joined(
        tag("h3", "The truth, which only a simulation knows"),
        tag("p", f"{truth_sentence(truth)} With real data nobody knows it."),
        tag(
            "figure",
            scrolling(Markup(picture.to_svg()), "The truth beside what was found", "scroll narrow"),
            tag(
                "figcaption",
                "Above the dyads with a simulated rupture, below those without one, on the same scale. In colour those"
                " that the primary rule flagged.",
            ),
        ),
    )


def truth_picture(truth: TruthCount) -> Drawing:
    """Two bars on one scale: dyads with a rupture, found and missed; dyads without one, flagged and left alone."""
    bars = (
        ("with a rupture", truth.hits, "found", Colour.GREEN, truth.misses, "missed"),
        ("without one", truth.false_alarms, "false", Colour.VERMILLION, truth.rest, "left alone"),
    )
    picture = Drawing(
        640,
        112,
        title="Simulated dyads: what was in them, and what the primary rule found",
        description=truth_sentence(truth),
        identifier="figure-truth",
        ground=False,
    )
    left = 118.0
    room = 640 - left - 4
    most = max(truth.dyads_with, truth.dyads - truth.dyads_with, 1)
    for row, (name, flagged, called, colour, rest, rested) in enumerate(bars):
        top = 6.0 + 52 * row
        filled, open_ = (room * number / most for number in (flagged, rest))
        picture.add(
            text(left - 12, top + 12, name, anchor="end", middle=True),
            rectangle(Frame(left, top, filled, 24), fill=colour),
            rectangle(Frame(left + filled, top, open_, 24), fill=Colour.MUTED, opacity=0.25),
        )
        words = f"{flagged:,} {called}", f"{rest:,} {rested}"
        begin = left + max(filled, text_width(words[0], size=12) + 16)
        begin = min(begin, 636 - text_width(words[1], size=12))
        picture.add(
            text(left, top + 38, words[0], size=12, colour=colour, bold=True, middle=True),
            text(begin, top + 38, words[1], size=12, colour=Colour.MUTED, middle=True),
        )
    return picture
