"""Detection: rules run over a panel, with candidates, verdicts, what was undetectable, and counts beside noise."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from attrs import field, frozen
from narwhals.typing import IntoFrame

from therarel.counting import counted
from therarel.detection.agreement import Agreement, agreement
from therarel.detection.around import Choice, average_chart, per_person, values_around
from therarel.detection.candidates import Candidates
from therarel.detection.collecting import collect
from therarel.detection.counts import RuleCount, count
from therarel.detection.engine import judge_panel, learn_from, rows_of
from therarel.detection.expectation import Expectation, Expected, a_null, expectation
from therarel.detection.groups import GroupCounts, by_group
from therarel.detection.judged import JudgedPanel, dyad_columns, undetectable_columns, verdict_columns
from therarel.detection.overview import control_chart, draw_detection, draw_found_dyads
from therarel.detection.rules.arguments import rules_of
from therarel.detection.rules.base import Rule
from therarel.detection.simulated import Progress
from therarel.detection.tables import detection_table
from therarel.detection.usual import usual_rules
from therarel.drawing import Chart
from therarel.errors import InvalidValueError, UnknownNameError, as_whole, hint_for, shown
from therarel.panels import Panel
from therarel.representation import one_line
from therarel.tables.arrays import Floats
from therarel.tables.paper_table import PaperTable


def detect(
    panel: Panel,
    *,
    primary: Rule | None = None,
    also: Iterable[Rule] | None = None,
    beside: Panel | None = None,
    expected: Expected = "fitted",
    seed: int = 1,
    threads: int = 2,
    rows: int | None = None,
) -> Detection:
    """Find score drops (or gains) in a panel by one primary rule, with others beside it as sensitivity analyses.

    Where no rule is named, the usual ones are taken, and `Detection.why` says why these; see `usual_rules`.

    Args:
        panel: Session-by-session scores; it knows its construct, scale and direction.
        primary: The rule that makes the candidates; the usual one for such a panel if not given.
        also: Further rules; their verdicts are listed beside the primary one's. The usual ones where no rule is named.
        beside: The other rater's scores of the same dyads and sessions, on the same scale, for rules that read both.
        expected: What the counts are compared with: ``fitted`` simulates panels like this one from a null model fitted
            to it, where 20 dyads or more have 4 or more scores; a `NullModel` of your own takes its place, whatever
            the size of the panel; ``none`` leaves the comparison out.
        seed: Seed of that simulation; the same seed gives the same expected counts.
        threads: Number of threads; never changes the answer.
        rows: Rows that are worked on at a time, as many as suit the rules if not given; never changes the answer.

    Returns:
        What was found, and what could not be.

    Raises:
        InvalidValueError: if a rule is not a rule or is given twice, or ``expected`` is not a null model of the panel's
            scale.

    Examples:
        >>> from therarel.simulation import simulate_clinic
        >>> from therarel.detection import rules
        >>> panel = simulate_clinic(40, seed=1).panel()
        >>> detect(panel, primary=rules.Drop(k=2)).counts[0].dyads
        40
        >>> [rule.label for rule in detect(panel).rules]
        ['drop', 'individuals chart']
    """
    if not isinstance(panel, Panel):
        raise InvalidValueError(
            "a panel is needed",
            where="detect",
            value=shown(panel),
            hint="make one with Panel.from_frame(...) or Panel.read(...); tables that stay in DuckDB, Spark or a lazy"
            " frame go to therarel.detect_lazy",
        )
    why = ""
    if primary is None:
        usual = usual_rules(panel)
        primary, also, why = usual.primary, usual.also if also is None else also, usual.why
    chosen = rules_of(primary, () if also is None else also)
    noise = a_null(expected, panel)
    seed, threads = as_whole(seed, where="detect.seed"), as_whole(threads, where="threads", minimum=1)
    others = _scores_beside(panel, beside, chosen)
    rows = rows_of(panel.n_sessions, chosen, threads) if rows is None else rows
    known = learn_from(panel, chosen, beside=others, threads=threads, rows=rows)
    judged = judge_panel(panel, known, beside=others, threads=threads, rows=rows)
    codes, of_dyads = tuple(each.codes for each in judged), tuple(each.dyads for each in judged)
    return Detection(
        panel=panel,
        rules=known.rules,
        context=known.context,
        codes=codes,
        of_dyads=of_dyads,
        beside=others,
        expected=noise,
        seed=seed,
        threads=threads,
        why=why,
    )


def _scores_beside(panel: Panel, beside: Panel | None, rules: Iterable[Rule]) -> Floats | None:
    """The other rater's scores, laid beside those of a panel; ``None`` where no rule reads them.

    Args:
        panel: The panel.
        beside: The other rater's panel.
        rules: The rules.

    Returns:
        The scores in the panel's direction, NaN where a session has none; shape ``(n, 1)``.

    Raises:
        InvalidValueError: if a rule needs them and they are missing, or they are on another scale.
    """
    if beside is not None and not isinstance(beside, Panel):
        raise InvalidValueError(
            "the other rater's scores are a panel", where="detect.beside", value=shown(beside), hint="beside=panel"
        )
    wanted = [rule for rule in rules if rule.n_raters > 1]
    if beside is None:
        if wanted:
            raise InvalidValueError(
                "the rule reads the scores of two raters",
                where="detect",
                value=f"'{wanted[0].name}'",
                hint="give the other rater's panel: detect(panel, beside=other, ...)",
            )
        return None
    if not wanted:
        raise InvalidValueError(
            "none of these rules reads a second rater's scores",
            where="detect.beside",
            value=", ".join(f"'{rule.label}'" for rule in rules),
            hint="detect(panel, primary=rules.Scan(raters='both'), beside=other)",
        )
    mine, its = panel.scale, beside.scale
    if (mine.minimum, mine.maximum) != (its.minimum, its.maximum):
        raise InvalidValueError(
            "the two raters' scores are on different scales", where="detect.beside", value=f"'{its}'", bound=f"'{mine}'"
        )
    keys = ["dyad", "session"]
    other = beside.to_frame("polars").select(*keys, beside="score")
    found = panel.to_frame("polars").select(keys).join(other, on=keys, how="left", maintain_order="left")["beside"]
    turned = 1.0 if mine.higher_is_better is its.higher_is_better else -1.0
    return turned * found.fill_null(math.nan).to_numpy().astype(np.float64)[:, None]


@frozen(eq=False, kw_only=True)
class Detection(JudgedPanel):
    """What rules found in a panel: candidates with their grounds, and where nothing could have been found.

    Tables come in the kind of dataframe that the panel was made from.

    Args:
        panel: The panel.
        rules: The rules, the primary one first.
        context: What was known about the whole panel.
        codes: Verdict codes of each rule, one byte per row of the panel; see `therarel.detection.verdicts.CODES`.
        of_dyads: What each rule says of the dyads as a whole, by name; each of shape ``(g,)``.
        beside: The other rater's scores, oriented as the panel's, NaN where there is none; shape ``(n, 1)``.
        expected: What the counts are compared with: a null model, one fitted to the panel, or nothing.
        seed: Seed of the simulation behind the expected counts.
        threads: Number of threads it runs on.
        why: Why these rules, in a sentence; empty where somebody named them.
    """

    expected: Expected
    seed: int
    threads: int
    why: str = ""
    _noise: dict[str, Expectation] = field(factory=dict, init=False)

    @cached_property
    def candidates(self) -> Candidates:
        """The candidates of the primary rule."""
        return collect(self, 0)

    def candidates_of(self, rule: Rule | str) -> Candidates:
        """The candidates of one of the rules, named by itself, its label or its column.

        Raises:
            UnknownNameError: if it is none of the rules.
        """
        for at, known in enumerate(self.rules):
            if rule in (known, known.label, self.columns[at]):
                return self.candidates if at == 0 else collect(self, at)
        raise UnknownNameError("no such rule here", value=shown(rule), hint=hint_for(rule, [*self.columns]))

    def simulate_noise(self, progress: Progress | None = None) -> Expectation:
        """Simulate what noise alone makes the rules flag in panels like this one; done once, and kept.

        It takes some seconds for thousands of dyads, and `counts` does it where it has not been done.

        Args:
            progress: Called with the share of the work that is done, from 0 to 1.
        """
        if not self._noise:
            self._noise["found"] = expectation(
                self.panel, self.rules, self.expected, seed=self.seed, threads=self.threads, progress=progress
            )
        return self._noise["found"]

    @cached_property
    def counts(self) -> tuple[RuleCount, ...]:
        """For each rule what it flagged and what it could not, beside what noise alone would give.

        The first call simulates panels of noise, see `simulate_noise`.
        """
        return count(self.panel, self.rules, self.codes, self.starts, self.simulate_noise(), self.of_dyads)

    def by_group(self, column: str) -> GroupCounts:
        """What was flagged in each group of dyads; groups of fewer than 5 dyads are not shown.

        Args:
            column: A further column of the panel (``covariates=``), with one value for all sessions of a dyad.

        Raises:
            UnknownNameError: if the panel kept no such column.
            InvalidValueError: if the column holds fractions, which are not labels.
        """
        return by_group(self.panel, self.rules, self.codes, self.starts, column)

    @cached_property
    def agreement(self) -> Agreement:
        """How far the rules flag the same sessions."""
        return agreement(self)

    @property
    def verdicts(self) -> IntoFrame:
        """One row per session: dyad, session, score, and each rule's verdict and reason."""
        return self.panel_frame(verdict_columns(self))

    @property
    def undetectable(self) -> IntoFrame:
        """One row per rule, dyad and reason: at how many of the scored sessions the rule could not have fired."""
        return self.panel_frame(undetectable_columns(self))

    @property
    def dyads(self) -> IntoFrame:
        """One row per dyad: at how many sessions each rule fired or could not, and what it says of the dyad."""
        return self.panel_frame(dyad_columns(self))

    def table(self) -> PaperTable:
        """The counts as a table for a paper, with all that a reader needs to repeat them."""
        found = [self.candidates_of(rule) for rule in self.rules]
        return detection_table(self, self.counts, found)

    def values_around(self, rule: Rule | str | None = None) -> IntoFrame:
        """One row per finding: the three scores before and after it, its magnitude and share of the whole change.

        ``before_1`` is the last score before the change and ``after_1`` the flagged one. The whole change is that from
        the dyad's first score to its last, counted in the direction of the rule; the share is NaN where it is 0.

        Args:
            rule: Whose findings; the primary rule's if not given.

        Raises:
            UnknownNameError: if it is none of the rules.
        """
        return self.panel_frame(values_around(self, self._found_by(rule)))

    def per_person(self, choose: Choice | str = Choice.FIRST, rule: Rule | str | None = None) -> IntoFrame:
        """One row per dyad, with or without a finding: how many it has, and one of them as in `values_around`.

        Args:
            choose: Which finding is taken: ``first``, ``last``, ``largest`` or ``smallest``.
            rule: Whose findings; the primary rule's if not given.

        Raises:
            UnknownNameError: if it is none of the rules, or there is no such choice.
        """
        return self.panel_frame(per_person(self, self._found_by(rule), choose))

    def draw_average(self, rule: Rule | str | None = None) -> Chart:
        """The mean of the scores around the findings, with its 95% interval, better scores up.

        Args:
            rule: Whose findings; the primary rule's if not given.

        Raises:
            UnknownNameError: if it is none of the rules.
            InvalidValueError: if nothing was found.
        """
        return average_chart(self, self._found_by(rule))

    def _found_by(self, rule: Rule | str | None) -> Candidates:
        return self.candidates if rule is None else self.candidates_of(rule)

    def draw(self) -> Chart:
        """All series of the panel, better scores up, with the sessions that the primary rule flagged."""
        return draw_detection(self)

    def draw_dyads(self, labels: Iterable[str] | None = None, *, most: int = 12) -> Chart:
        """A small picture for each dyad over its own sessions, with what the primary rule found in it.

        Each shows what `RuptureCandidate.draw` shows, and where the rule could not have fired. Of a series of more than
        120 sessions the part around the first finding is drawn.

        Args:
            labels: The dyads, in this order; if not given, evenly spaced ones of those with a finding.
            most: Most pictures where no dyads are named, at least 1.

        Raises:
            UnknownNameError: if a dyad is not there.
            InvalidValueError: if no dyad is named.
        """
        return draw_found_dyads(self, self.candidates, labels, most)

    def control_chart(self, dyad: str, rule: Rule | None = None) -> Chart:
        """One dyad on a control chart: its scores, the centre, the limits and what the chart flags.

        Args:
            dyad: Its label.
            rule: A chart; if not given, the first among the rules, and an individuals chart where there is none.

        Raises:
            UnknownNameError: if the dyad is not there.
            InvalidValueError: if the rule is not a chart, or the dyad has no score.
        """
        return control_chart(self, dyad, rule)

    def _headline(self) -> str:
        number = len(self.candidates)
        named = self.terms.finding if number == 1 else self.terms.findings
        dyads, sessions = counted(self.panel.n_dyads, "dyad"), counted(self.panel.n_sessions, "session")
        return f"{number:,} {named} in {dyads} and {sessions}"

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{html.escape(each.in_words())}</li>" for each in self.counts)
        risk = f"<p>{html.escape(self.panel.risk_note)}</p>" if self.panel.risk_note else ""
        return f"{risk}<p>{html.escape(self._headline())}</p><ul>{rows}</ul>{self.candidates._repr_html_()}"

    def __repr__(self) -> str:
        first = self.counts[0]
        of_all = f"flagged {first.flagged_dyads:,} of {counted(first.dyads, 'dyad')}"
        return one_line(f"{self._headline()}; {of_all}, noise alone {first.expected_in_words()}", "")

    def __str__(self) -> str:
        return "\n".join([self._headline(), *(f"  {each.in_words()}" for each in self.counts)])
