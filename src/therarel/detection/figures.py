"""Pictures: the marks of what was found, and the rates of a calibration by length of series."""

from __future__ import annotations

from therarel.counting import counted
from therarel.detection.change import Change
from therarel.detection.rates import Rates
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Ribbon, Shape, Trace


def flags_of(change: Change) -> tuple[tuple[Shape, Colour], tuple[Shape, Colour]]:
    """The mark of a flagged session, and that of its recovery or reversal.

    The first points where the scores went; worse has another colour than better.
    """
    worse: tuple[Shape, Colour] = ("down", Colour.VERMILLION)
    better: tuple[Shape, Colour] = ("up", Colour.GREEN)
    return (worse, better) if change is Change.DROP else (better, worse)


def calibration_figure(calibration: Rates) -> Chart:
    """False alarms and hits of one rule by length of series, with their intervals.

    Args:
        calibration: The rates.
    """
    sizes = [each.sessions or 0 for each in calibration.false_alarms]
    kinds = list(dict.fromkeys((hit.depth, hit.length) for hit in calibration.hits))
    series = [each.series for each in calibration.false_alarms]
    spread = 1 if min(sizes) == max(sizes) else 0
    lines = [("false alarms", Colour.VERMILLION, [each.clients for each in calibration.false_alarms])]
    hues = (Colour.BLUE, Colour.GREEN, Colour.PURPLE, Colour.SKY)
    for at, (depth, length) in enumerate(kinds):
        found = [hit.found for hit in calibration.hits if (hit.depth, hit.length) == (depth, length)]
        name = f"{depth:g} {'point' if depth == 1 else 'points'}, {counted(length, 'session')}"
        lines.append((name, hues[at % len(hues)], found))
    marks: list[Trace | Dots | Ribbon] = []
    for at, (name, colour, rates) in enumerate(lines):
        shares, lows, highs = ([getattr(each, end) for each in rates] for end in ("share", "low", "high"))
        if spread:  # side by side, each with its interval as a stroke
            place = sizes[0] + 0.1 * (at - (len(lines) - 1) / 2)
            marks += [Trace([place] * 2, [*lows, *highs], colour), Dots([place], shares, colour, radius=3.5, name=name)]
            continue
        marks.append(Ribbon(sizes, lows, highs, colour))
        marks += [Trace(sizes, shares, colour, name=name), Dots(sizes, shares, colour)]
    x = Axis(
        "sessions",
        (min(sizes) - spread, max(sizes) + spread),
        tuple(sizes),
        ("as in the panel",) if sizes == [0] else None,
    )
    shares_in_words = ". ".join(
        f"{name[0].upper()}{name[1:]}: "
        + ", ".join(f"{rate.share:.2f} at {length}" for rate, length in zip(rates, series, strict=True))
        for name, _, rates in lines
    )
    return Chart(
        [Plot(x, Axis("share of clients", (0, 1)), marks)],
        title=f"Rates of the rule: {calibration.rule.label}",
        description=f"Shares of clients that are flagged, by noise alone and within a change. {shares_in_words}."
        f" Null model: {calibration.null.source}.",
    )
