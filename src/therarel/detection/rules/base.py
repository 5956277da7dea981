"""What every rule is: a frozen value that judges the sessions of many dyads at once."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import attrs
from attrs import Attribute, field, frozen

from therarel.citations import Citation
from therarel.detection.change import Change
from therarel.detection.verdicts import Verdicts
from therarel.detection.wording import in_points
from therarel.domain import checks
from therarel.domain.checks import as_float, optional
from therarel.noise.context import PanelContext
from therarel.noise.falls.mixing import MixedNull
from therarel.noise.series import Series
from therarel.tables.arrays import Floats
from therarel.vocabulary import Vocabulary

__all__ = ["Change", "Recovery", "Rule", "above_zero"]

SettingValue = str | float | int | bool | None
Rows = Mapping[str, Mapping[str, SettingValue]]
"""Rows of an embedded table by name, each with the settings that were tabled; the others are the rule's defaults."""


def above_zero(maximum: float = math.inf) -> checks.Check:
    """A finite number above 0, and at most ``maximum``."""

    def check(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if type(value) in (int, float) and 0 < value <= maximum and math.isfinite(value):
            return
        bound = "a number above 0" if math.isinf(maximum) else f"a number above 0, at most {maximum:g}"
        checks.refuse(instance, attribute, value, bound)

    return check


positive = above_zero()


@frozen
class Recovery:
    """When a score drop counts as recovered: which level is regained, and within how many sessions.

    The level lies a share of the way from the score that was flagged back to the reference level. A drop that is
    not regained in time stays open; where the series, or the stretch up to a gap, ends first, it is not known. For
    a rule that looks for gains the same condition reads as the reversal of the gain.

    Args:
        share: Share of the drop that must be regained, above 0, at most 1; 1 is the reference level itself.
        within: Number of scored sessions after the drop within which it must be regained; ``None`` for any number,
            and then a drop that is not regained by the last session is not known to be open. The default of 5 is
            our choice, not a published window.
        strictly: Whether the level must be passed, not only reached.

    Raises:
        InvalidValueError: if the share or the window is out of bounds.

    Examples:
        >>> Recovery(share=0.5, within=3).within
        3
    """

    share: float = field(default=1.0, validator=above_zero(1.0), converter=as_float)
    within: int | None = field(default=5, validator=optional(checks.whole(1)), converter=checks.int_or_none)
    strictly: bool = field(default=False, validator=checks.truth)


@frozen(kw_only=True)
class Rule(ABC):
    """What all rules share: when a drop has recovered, and how small a drop is never looked at.

    A rule looks at oriented scores (higher is better) of scored sessions and answers for each session.

    Args:
        minimal_drop: Score points below which nothing fires, at least 0. A natural choice is the instrument's
            measurement error; 0, the default, replicates a published rule.
        recovery: When a drop counts as recovered.
    """

    name: ClassVar[str]
    change: ClassVar[Change] = Change.DROP
    called: ClassVar[str] = ""  # what one finding is called in the field; empty: a drop or a gain
    threshold: ClassVar[str] = "k"
    merges: ClassVar[bool] = True  # sessions flagged before a drop has recovered belong to that drop
    slow: ClassVar[bool] = False  # judges dyad by dyad: fewer are simulated
    ahead: ClassVar[int | None] = None  # later scored sessions that a verdict depends on; None: the whole series
    charted: ClassVar[str] = ""  # of a control chart what it draws: `score`, or the name of one of its values
    sample: ClassVar[int] = 0  # dyads that `learnt` is given to learn from
    causal_instead: ClassVar[str] = "EarlierChart or BaselineChart"  # what a monitor can take in its place
    sources: ClassVar[tuple[str | Citation, ...]] = ()  # references behind it: keys of the bibliography, or one's own
    tabled: ClassVar[Rows] = {}  # rows of the embedded table of clients flagged by noise; no subclass inherits them
    tabled_causal: ClassVar[Rows] = {}  # rows of the embedded table of sessions flagged by noise, likewise

    minimal_drop: float = field(default=0.0, validator=checks.number(0.0), converter=as_float)
    recovery: Recovery = field(default=Recovery(), validator=checks.a(Recovery))

    @property
    def needs(self) -> frozenset[str]:
        """Names of the pooled figures of `PanelContext` that the rule reads."""
        return frozenset()

    @property
    def of_dyads(self) -> tuple[str, ...]:
        """Names of what the rule says of a dyad as a whole, what `concluded` adds included."""
        return ()

    @property
    def n_raters(self) -> int:
        """Columns of scores that the rule reads: one that reads two finds the second in `Series.beside`."""
        return 1

    @abstractmethod
    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session of a block.

        Args:
            series: Scored sessions, oriented.
            context: What is known about the whole panel.
            values: Whether to give what the rule compared as well.

        Returns:
            One verdict per scored session, in the order of the series.
        """

    def sums(self, series: Series, context: PanelContext) -> Mapping[str, Floats]:
        """Figures of each dyad that `learnt` needs added up over all dyads, by name; each of shape ``(g,)``."""
        return {}

    def learnt(self, totals: Mapping[str, float], sample: Series | None, context: PanelContext) -> Rule:
        """The rule that has learnt what it needs from the whole panel, before it judges; the rule itself by default.

        Args:
            totals: What `sums` gave, added up over all dyads: the same number in whatever order they come.
            sample: Up to `sample` dyads, always the same ones of the same panel; ``None`` where none are asked for.
            context: What is known about the whole panel.
        """
        return self

    @property
    def learns(self) -> bool:
        """Whether it has anything to learn from a panel, beside the figures that it needs."""
        return bool(self.sample) or type(self).sums is not Rule.sums

    @property
    def unknown(self) -> str:
        """Why it could flag nothing in a panel that it has learnt from; empty where it could."""
        return ""

    def concluded(self, dyads: Mapping[str, Floats], context: PanelContext) -> Mapping[str, Floats]:
        """What the rule says of each dyad once all are known, such as q-values beside p-values.

        Args:
            dyads: What it said of each single dyad, by the names in `of_dyads`; each of shape ``(g,)``, at least
                one dyad, in any order of dyads. NaN where it has said nothing.
            context: What is known about the whole panel.
        """
        return dyads

    def least(self, context: PanelContext) -> float:
        """The drop that is needed whatever the variation, in score points; a tie is not a drop."""
        return max(self.minimal_drop - context.tolerance, context.least_difference)

    @property
    def sentence(self) -> str:
        """What the rule does in plain words, with its settings; a rule of your own says it in words of its own."""
        return f"A session is flagged by the rule {self.label}."

    @property
    def beside_falls(self) -> MixedNull | None:
        """How scores wander, fitted beside falls, which are not in the noise then; ``None`` for most rules."""
        return None

    @property
    def blind_spots(self) -> str:
        """What the rule is known to mistake or to miss, in a sentence or two; empty where nothing is recorded."""
        return ""

    def candidate_in_words(self, values: Mapping[str, float]) -> str:
        """What it saw at one candidate, in a sentence or two; empty where its level and its limit say all.

        Args:
            values: What it compared at the flagged session, by name.
        """
        return ""

    def dyads_in_words(self, dyads: Mapping[str, Floats]) -> str:
        """What the rule says beside the count of flagged dyads, in a few words; empty if nothing.

        Args:
            dyads: What it said of each dyad, by the names in `of_dyads`; each of shape ``(g,)``.
        """
        return ""

    @property
    def rate_in_words(self) -> str:
        """How often it flags scores that only wander, by its own limit, in a sentence; empty where it does not say."""
        return ""

    @property
    def method(self) -> str:
        """What the rule does, whole: its sentence, and the smallest change that it looks at where there is one."""
        if not self.minimal_drop:
            return self.sentence
        return f"{self.sentence} Changes of less than {in_points(self.minimal_drop)} are not looked at."

    @property
    def recovery_method(self) -> str:
        """When a drop of this rule counts as recovered, or a gain as reversed, in one sentence."""
        share, within = self.recovery.share, self.recovery.within
        level = "the reference level" if share == 1 else f"{share:.0%} of the way back to the reference level"
        window = "at any later session" if within is None else f"within the next {within} scored sessions"
        if within == 1:
            window = "at the next scored session"
        word = "passed" if self.recovery.strictly else "reached"
        if self.change is Change.GAIN:
            return f"A gain is lost again when {level} is {word} {window}; otherwise it held."
        return (
            f"A change for the worse has recovered when {level} is {word} {window}; it is open when it is not, and not"
            " known when the series ends first."
        )

    @property
    def tabled_row(self) -> str | None:
        """Name of the row of the embedded table of flagged clients with the very same settings; ``None`` if none."""
        return self._row_among("tabled")

    @property
    def tabled_causal_row(self) -> str | None:
        """Name of the row of the embedded table of flagged sessions that speaks of this rule; ``None`` if none."""
        return self.as_tabled._row_among("tabled_causal")

    def _row_among(self, table: str) -> str | None:
        rows: Rows = vars(type(self)).get(table, {})
        return next((name for name, known in rows.items() if type(self)(**known).judging == self.judging), None)  # type: ignore[arg-type]  # settings by name

    @property
    def as_tabled(self) -> Rule:
        """The rule with the settings under which the embedded tables know how often it fires on noise."""
        return self

    def with_threshold(self, value: float) -> Rule:
        """The same rule with another value of its threshold, the parameter that `threshold` names."""
        changed: dict[str, Any] = {self.threshold: value}
        return attrs.evolve(self, **changed)

    @property
    def settings(self) -> dict[str, SettingValue]:
        """Every parameter of the rule by name, those of the recovery condition after ``recovery_``.

        Examples:
            >>> from therarel.detection.rules import Drop
            >>> Drop(k=2).settings["k"]
            2.0
        """
        found: dict[str, SettingValue] = {}
        for each in attrs.fields(type(self)):
            if each.name != "recovery":
                found[each.name] = _plain(getattr(self, each.name))
        found |= {f"recovery_{name}": value for name, value in attrs.asdict(self.recovery).items()}
        return found

    @property
    def judging(self) -> dict[str, SettingValue]:
        """The parameters that decide what is flagged: all settings but the recovery condition."""
        return {name: value for name, value in self.settings.items() if not name.startswith("recovery_")}

    @property
    def label(self) -> str:
        """The rule's name with the settings that differ from its defaults, on one line.

        Two rules with different settings never have the same label.

        Examples:
            >>> from therarel.detection.rules import Drop, Recovery
            >>> Drop(k=1).label, Drop(recovery=Recovery(within=3)).label
            ('drop (k 1)', 'drop (recovery within 3)')
        """
        usual = attrs.fields_dict(type(self))["recovery"].default
        differs = self._judging_different()
        for each in attrs.fields(Recovery):
            value = getattr(self.recovery, each.name)
            if value != getattr(usual, each.name):
                differs[f"recovery_{each.name}"] = value
        return self._named(f"{self.setting_name(name)} {_told(value)}" for name, value in differs.items())

    def setting_name(self, name: str) -> str:
        """A setting's name in words: the smallest change of a rule for gains is a gain, and a reversal ends it."""
        if self.change is Change.GAIN:
            name = name.replace("minimal_drop", "minimal_gain").replace("recovery_", "reversal_")
        return name.replace("_", " ")

    @property
    def judging_label(self) -> str:
        """The label without the recovery condition: what decides what is flagged."""
        return self._named(
            f"{name.replace('_', ' ')} {_told(value)}" for name, value in self._judging_different().items()
        )

    def _judging_different(self) -> dict[str, SettingValue]:
        plain = {each.name: _plain(each.default) for each in attrs.fields(type(self))}
        return {name: value for name, value in self.judging.items() if name not in plain or value != plain[name]}

    def _named(self, told: Iterable[str]) -> str:
        title, listed = self.name.replace("_", " "), ", ".join(told)
        return f"{title} ({listed})" if listed else title


def _plain(value: Any) -> SettingValue:
    """A setting as `Rule.settings` gives it."""
    if isinstance(value, frozenset | tuple):
        return " ".join(str(part) for part in sorted(value))
    plain: SettingValue = value.value if isinstance(value, Vocabulary) else value
    return plain


def _told(value: SettingValue) -> str:
    """A setting in words, such that different numbers read differently."""
    if isinstance(value, float):
        return brief if float(brief := f"{value:g}") == value else repr(value)
    return "none" if value is None else str(value).replace("_", " ")
