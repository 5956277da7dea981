"""Pictures that compare: observed beside expected, and false alarms in a standard clinic by length of series."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

import therarel.drawing as drawing
from therarel.detection import FalseAlarms, RuleCount
from therarel.tables.arrays import Whole


def observed_beside_expected(counts: Sequence[RuleCount]) -> drawing.Drawing:
    """For each rule the share of dyads it flagged, beside the share that noise alone would lead it to flag."""
    named = [drawing.shorten(count.rule.label, 210, size=12) for count in counts]
    left = 24 + max(drawing.text_width(name, size=12) for name in named)
    top, row = 34, 34
    picture = drawing.Drawing(
        640,
        top + row * len(counts) + 44,
        title="Share of dyads flagged, beside the share expected from noise alone",
        description=" ".join(_count_sentence(count) for count in counts),
        identifier="figure-expected",
        ground=False,
    )
    plot = drawing.Frame(left, top, 640 - left - 30, row * len(counts))
    shares = [count.flagged_share for count in counts]
    shares += [count.expected.high / count.dyads for count in counts if count.expected is not None]
    x = plot.x((0, max(0.05, math.ceil(max(shares) * 20) / 20)))
    ticks = x.ticks(5)
    picture.add(
        drawing.bottom_axis(
            x,
            plot,
            ticks=ticks,
            labels=[f"{100 * tick:.0f}%" for tick in ticks],
            title="share of dyads with a score",
            grid=True,
        )
    )
    for index, (count, name) in enumerate(zip(counts, named, strict=True)):
        y = plot.top + row * (index + 0.5)
        picture.add(drawing.text(left - 14, y, name, anchor="end", middle=True))
        if count.expected is not None and count.expected_share is not None:
            low, high = count.expected.low / count.dyads, count.expected.high / count.dyads
            picture.add(
                drawing.rule((x(low), y), (x(high), y), width=1.2, colour=drawing.Colour.BLUE),
                drawing.points([x(count.expected_share)], [y], shape="ring", colour=drawing.Colour.BLUE, radius=5),
            )
        picture.add(drawing.points([x(count.flagged_share)], [y], colour=drawing.Colour.VERMILLION, radius=5))
    entries = [(drawing.points([8], [0], colour=drawing.Colour.VERMILLION, radius=5), "flagged here")]
    if any(count.expected_share is not None for count in counts):
        entries.append(
            (drawing.points([8], [0], shape="ring", colour=drawing.Colour.BLUE, radius=5), "expected from noise alone")
        )
    return picture.add(drawing.key(left, 14, entries))


def _count_sentence(count: RuleCount) -> str:
    noise = count.expected
    expected = "is not known"
    if noise is not None:
        low, high = noise.low / noise.dyads, noise.high / noise.dyads
        expected = f"is {noise.share:.0%}, {low:.0%} to {high:.0%} in 95 of 100 panels"
    return f"{count.rule.label}: {count.flagged_share:.0%} flagged; the share expected from noise {expected}."


def false_alarm_picture(lines: Sequence[tuple[str, FalseAlarms, bool]], lengths: Whole) -> drawing.Drawing:
    """How the share of false alarms grows with the length of a series, above the lengths of the series at hand.

    Args:
        lines: Name of a rule, its shares in the standard clinic, and whether it was used here.
        lengths: Number of scored sessions of each dyad.
    """
    description = "; ".join(
        f"{name}: "
        + ", ".join(f"{share:.1%} at {at}" for at, share in zip(alarms.sessions, alarms.shares, strict=True))
        for name, alarms, _ in lines
    )
    picture = drawing.Drawing(
        640,
        340,
        title="Share of clients of a standard clinic without any event that a rule flags, by number of sessions",
        description=f"{description}. Bars below: the number of sessions of the series of this report.",
        identifier="figure-false-alarms",
        ground=False,
    )
    plot = drawing.Frame(44, 32, 376, 218)
    first = min(min(alarms.sessions) for _, alarms, _ in lines)
    last = max(max(alarms.sessions) for _, alarms, _ in lines)
    longest = max(last, min(int(lengths.max(initial=0)), 2 * last))
    x, y = plot.x((0, longest)), plot.y((0, 1))
    ticks = y.ticks(5)
    picture.add(
        drawing.left_axis(
            y,
            plot,
            ticks=ticks,
            labels=[f"{100 * tick:.0f}%" for tick in ticks],
            title="flagged although nothing happened",
        ),
        drawing.bottom_axis(x, plot, ticks=x.ticks(6, whole=True), title="sessions in the series"),
        drawing.rule((x(first), plot.top), (x(first), plot.bottom), colour=drawing.Colour.GRID),
    )
    ends = drawing.spread([y(alarms.shares[-1]) for _, alarms, _ in lines], 16, low=plot.top, high=plot.bottom)
    for (name, alarms, used), end in zip(lines, ends, strict=True):
        colour = drawing.Colour.VERMILLION if used else drawing.Colour.MUTED
        xs, ys = x.map(alarms.sessions), y.map(alarms.shares)
        picture.add(
            drawing.line(xs, ys, colour=colour, width=2 if used else 1.1),
            drawing.points(xs, ys, colour=colour, radius=3 if used else 2),
            drawing.rule(
                (x(alarms.sessions[-1]) + 4, y(alarms.shares[-1])), (plot.right + 12, end), colour=drawing.Colour.GRID
            ),
            drawing.text(plot.right + 16, end, name, size=11, colour=colour, middle=True, bold=used),
        )
    counts = np.bincount(lengths[lengths > 0])
    if counts.size:
        foot = plot.bottom + 78
        most = int(counts.max())
        wide = max(1.0, 0.6 * plot.width / longest)
        for length, dyads in enumerate(counts.tolist()):
            if dyads and length <= longest:
                high = 26 * dyads / most
                bar = drawing.Frame(x(length) - wide / 2, foot - high, wide, high)
                picture.add(drawing.rectangle(bar, fill=drawing.Colour.MUTED, opacity=0.45))
        picture.add(
            drawing.text(
                plot.right + 16,
                foot - 10,
                "dyads here with that many\nscored sessions",
                size=11,
                colour=drawing.Colour.MUTED,
                middle=True,
            )
        )
    return picture
