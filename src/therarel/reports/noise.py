"""What noise alone gives: beside the counts of a panel, and in the standard clinic that rules were tabled on."""

from __future__ import annotations

from typing import Final

from therarel.counting import counted
from therarel.detection import NoiseCount, RuleCount
from therarel.detection.false_alarms import GENERATOR, TABLED, FalseAlarms, embedded_false_alarms
from therarel.detection.wording import Terms, in_points, number
from therarel.panels import SessionIndex
from therarel.reports.comparisons import false_alarm_picture
from therarel.reports.markup import Content, Markup, joined, scrolling, section, table, tag
from therarel.reports.phrases import FALSE_ALARM_NAMES
from therarel.reports.subject import Subject

_LENGTHS: Final = (8, 16, 30)
# What is shown for comparison, whether or not it was used: the rules as they are mostly published.
_COMPARED: Final = frozenset(
    {"drop_1_person", "drop_2_larger", "below_own_mean_2", "individuals_chart_3", "reliable_drop", "sudden_loss_1"}
)


def origin(noise: NoiseCount) -> str:
    """Where the null model comes from, in words."""
    if noise.beside_falls:
        return "fitted to these scores beside lasting changes"
    return "fitted to these scores" if noise.fitted else "that was stated"


def noise_sentence(count: RuleCount) -> str:
    """What noise alone would make a rule flag, in a sentence; or that it is not known, and why."""
    noise = count.expected
    if noise is None:
        sentence = (
            "How many noise alone would make it flag is not known, and without that number the count says little"
            f" ({count.unknown})."
        )
        if count.standard_share is not None:
            sentence += (
                " In a standard clinic of simulated clients, which need not resemble these, noise makes it flag"
                f" {count.standard_share:.0%} of series as long as these."
            )
        return sentence
    return (
        "In simulated panels with the same sessions, gaps and missing scores, and with nothing in them but noise by a"
        f" model {origin(noise)}, it flags {noise.mean:.0f} on average ({noise.share:.0%}), and {noise.low:,} to"
        f" {noise.high:,} in 95 of 100 panels."
    )


def falls_sentence(noise: NoiseCount, terms: Terms) -> str:
    """What the rule would flag if a quarter of the dyads had a drop, and whether that would show, in a sentence."""
    falls = noise.falls
    return (
        f"With a {terms.move} of {in_points(falls.depth)} in {_part(falls.share)} of the dyads it would flag"
        f" {_of_hundred(falls.found)} of these dyads, and about {falls.mean:.0f} in all, which is more than noise would"
        f" be said to give in {_of_hundred(falls.power)} such panels."
    )


def verdict_sentence(count: RuleCount, terms: Terms) -> str:
    """What the count allows one to say, in a sentence or two; nothing where the noise is not known."""
    noise = count.expected
    if count.undetectable_dyads == count.dyads:
        return "The rule could not have flagged any dyad here, so that the count says nothing."
    if noise is None:
        return ""
    if count.more_than_noise:
        return (
            f"{count.flagged_dyads:,} is more than noise gives; which findings are in excess, the count does not tell."
        )
    few = "fewer than noise gives" if count.flagged_dyads < noise.low else "as many as noise may give"
    if noise.could_tell:
        return f"{count.flagged_dyads:,} is {few}: no sign of {terms.moves} as frequent and as large as that."
    return (
        f"{count.flagged_dyads:,} is {few}, and that says little: {terms.moves} as frequent and as large as that would"
        " mostly not show in this count."
    )


def noise_section(subject: Subject) -> Markup:
    """The noise of these scores, what drops would do to it, and the false alarms of rules in a standard clinic."""
    counts = subject.detection.counts
    return section(
        "What noise alone gives",
        tag("p", "No rule knows an event from a bad day. Noise alone makes every rule flag some dyads."),
        *(_own(subject, noise) for noise in (counts[0].expected,) if noise is not None),
        *(
            tag("p", f"For the rule {count.rule.label} it is not known how many: {count.unknown}.")
            for count in counts
            if count.expected is None
        ),
        *_standard(subject),
    )


def _own(subject: Subject, noise: NoiseCount) -> Markup:
    """The noise of these scores as it was fitted or stated, and what drops would have done to the fit."""
    falls, quieter, moves = noise.falls, noise.falls.null, subject.terms.moves
    rows: list[list[Content]] = []
    for count in subject.detection.counts:
        if count.expected is None:
            continue
        expected = count.expected
        rows.append(
            [
                count.rule.label,
                f"{count.flagged_dyads:,}",
                count.expected_in_words(),
                f"{expected.falls.mean:.1f}",
                f"{expected.falls.found:.0%}",
                f"{expected.falls.expected:.1f}",
                f"{expected.falls.power:.2f}",
            ]
        )
    part = _part(falls.share)
    with_falls = f"{subject.terms.move} of {in_points(falls.depth)} in {part} of the dyads"
    model = "It was fitted to them" if noise.fitted else "It was stated, not fitted"
    model += " beside lasting changes" if noise.beside_falls else ""
    what_falls_do = (
        f"A model that is fitted to scores with {moves} in them takes a part of the {moves} for noise. Power and the"
        f" counts with {moves} are those of such scores: with a {with_falls}, noise with a standard deviation of"
        f" {quieter.within_sd:.3g} and an autocorrelation of {quieter.phi:.2f} gives, on average, the model that was"
        f" fitted ({noise.null.within_sd:.3g} and {noise.null.phi:.2f})."
    )
    return joined(
        tag(
            "p",
            "The expected counts come from simulated panels with the sessions, gaps and missing scores of this one, on"
            f" its scale, in which nothing happens but noise. {_null_sentence(subject, noise)} {model}"
            f" ({noise.null.source}). Every simulated panel was judged by the same rules with the same settings"
            f" ({counted(noise.runs, 'panel')}, seed {noise.seed}).",
        ),
        tag("p", what_falls_do) if noise.fitted else None,
        table(
            f"Dyads flagged, and what noise and a {with_falls} would give",
            [
                "rule",
                "flagged here",
                "by noise",
                f"with {moves}",
                f"of dyads with a {subject.terms.move}",
                "then said to be noise",
                "power",
            ],
            rows,
            numbers=range(1, 7),
        ),
        tag(
            "p",
            "In brackets the range of 95 of 100 panels. Power is the share of panels with such"
            f" {moves} whose count lies above the range that noise would be said to give of that very panel. Their"
            " shapes are those of the simulator: mostly one session, more than half of them made good. Where nobody has"
            " one, power is less sure: in simulated clinics without any it was off by .2 and more.",
            class_="note",
        ),
    )


def _null_sentence(subject: Subject, noise: NoiseCount) -> str:
    """The figures of the null model in the direction and the units of the panel, in a sentence."""
    panel, null = subject.detection.panel, noise.null
    sign = 1.0 if panel.scale.higher_is_better else -1.0
    unit = "day" if panel.index is SessionIndex.DATED else "session"
    return (
        f"Their level at the first session is {number(sign * null.intercept)} (SD {number(null.between_sd)} between"
        f" dyads), the change per {unit} {number(sign * null.slope)} (SD {number(null.slope_sd)}), the noise has an SD"
        f" of {number(null.within_sd)}{between(noise.within_sd)} and an autocorrelation of"
        f" {null.phi:.2f}{between(noise.phi)} over"
        f" {_distance(null.distance, unit)}."
    )


def between(interval: tuple[float, float] | None) -> str:
    """An interval of a figure of the noise, in brackets; empty where there is none."""
    return "" if interval is None else f" (95% interval {interval[0]:.2f} to {interval[1]:.2f})"


def _distance(distance: float, unit: str) -> str:
    return f"{number(distance)} {unit}{'' if distance == 1 else 's'}"


def _part(share: float) -> str:
    return "a quarter" if share == 0.25 else f"{share:.0%}"


def _of_hundred(share: float) -> str:
    return f"{round(100 * share)} of 100"


def _standard(subject: Subject) -> list[Content]:
    """How often rules fire in the standard clinic, for comparison."""
    entries = _shown(subject)
    picture = false_alarm_picture(entries, subject.courses.lengths)
    rows: list[list[Content]] = [
        [name + (" (used here)" if used else ""), *(f"{100 * alarms.share(length):.1f}%" for length in _LENGTHS)]
        for name, alarms, used in entries
    ]
    return [
        tag("h3", "For comparison: a standard clinic"),
        tag(
            "p",
            "These are the shares of clients of a standard clinic whom a rule flags although nothing happened, by the"
            " number of sessions. They say nothing about the scores of this report. Mostly, the longer the series, the"
            " more false alarms.",
        ),
        tag(
            "figure",
            scrolling(Markup(picture.to_svg()), "Flagged where nothing happens", "scroll narrow"),
            tag(
                "figcaption",
                ("In colour the rules of this report; the" if any(used for *_, used in entries) else "The")
                + " bars count its dyads by their number of scored sessions.",
            ),
        ),
        table(
            "Share of clients of the standard clinic flagged although nothing happened, by number of sessions",
            ["rule", *(f"{length} sessions" for length in _LENGTHS)],
            rows,
            numbers=range(1, 4),
        ),
        tag(
            "p",
            f"Simulated: {GENERATOR}. Illustrative, and no norm of any instrument: scores of another scale, spread,"
            " trend or autocorrelation give other rates. Between the lengths that were simulated a straight line is"
            " drawn.",
            class_="note",
        ),
    ]


def _shown(subject: Subject) -> list[tuple[str, FalseAlarms, bool]]:
    """The rules of the embedded table that are shown: name, shares, and whether it is a rule of this report."""
    rates = [count.standard for count in subject.detection.counts]
    used = {name for name, alarms in embedded_false_alarms().items() if any(alarms is rate for rate in rates)}
    return [
        (FALSE_ALARM_NAMES.get(name, TABLED[name].label), alarms, name in used)
        for name, alarms in embedded_false_alarms().items()
        if name in used or name in _COMPARED
    ]
