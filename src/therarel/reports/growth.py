"""How scores grow: a growth model that was given to a report, in words, as a picture and as a table."""

from __future__ import annotations

import math

from therarel.detection.wording import number
from therarel.growth import GrowthFit
from therarel.panels import SessionIndex
from therarel.reports.markup import Content, Markup, scrolling, section, table, tag
from therarel.reports.subject import Subject


def growth_section(subject: Subject) -> Markup:
    """The growth model; nothing where none was given."""
    fit = subject.growth
    if fit is None:
        return Markup("")
    summary = fit.summary()
    effects: list[list[Content]] = [
        [
            effect.name,
            f"{effect.estimate:.3f}",
            f"{effect.standard_error:.3f}",
            f"{effect.low:.3f} to {effect.high:.3f}",
        ]
        for effect in summary.effects
    ]
    spread: list[list[Content]] = [
        [
            part.group,
            f"correlation of {part.term} and {part.other}" if part.other else part.term,
            f"{part.value:.3f}",
            f"{part.low:.3f} to {part.high:.3f}" if not math.isnan(part.low) else "not determined",
        ]
        for part in summary.components
    ]
    return section(
        "How scores grow",
        tag("p", _words(subject, fit)),
        tag(
            "figure",
            scrolling(Markup(fit.draw().to_svg()), "How scores grow"),
            tag("figcaption", "Thin: the fitted line of each dyad. Thick: the expected curve, with its 95% band."),
        ),
        table(
            "Fixed effects",
            ["term", "estimate", "standard error", "95% interval"],
            effects,
            numbers=[1, 2, 3],
        ),
        table(
            "Standard deviations and correlations", ["group", "term", "value", "95% interval"], spread, numbers=[2, 3]
        ),
        *(tag("p", remark, class_="note") for remark in summary.remarks),
        tag("details", tag("summary", "The method, for a paper"), tag("p", str(fit.methods_paragraph()))),
    )


def _words(subject: Subject, fit: GrowthFit) -> str:
    """The model in words: what scores do on average from session to session, and how dyads differ in that."""
    panel = subject.detection.panel
    fitted = f"A model of growth was fitted to {fit.n_scores:,} scores."
    slopes = [
        effect for effect in fit.fixed_effects() if fit.design.time is not None and fit.design.time in effect.name
    ]
    if len(slopes) != 1 or slopes[0].name != fit.design.time:
        return fitted
    (slope,) = slopes
    better = (slope.estimate > 0) is panel.scale.higher_is_better
    unit = "day" if panel.index is SessionIndex.DATED else "session"
    interval = f"(95% interval {number(slope.low)} to {number(slope.high)})"
    words = f"{fitted} On average scores change by {number(slope.estimate)} points per {unit} {interval}"
    if slope.low > 0 or slope.high < 0:
        words += f", for the {'better' if better else 'worse'}."
    else:
        words += "; that may be no change."
    differ = [effect for effect in fit.variance_components() if effect.group == "dyad" and effect.term == slope.name]
    if differ and not differ[0].other:
        words += f" Dyads differ in that change with a standard deviation of {number(differ[0].value)}."
    return f"{words} It describes, and says nothing of why scores change."
