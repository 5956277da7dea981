"""From a table as it was read to sorted sessions; every row that is not taken as it stands is listed."""

from __future__ import annotations

from typing import Final

import polars as pl
from attrs import frozen

from therarel.domain.ratings import Rater, RatingScale
from therarel.errors import InvalidValueError, ReadingError
from therarel.panels import cells, people, repeats, series
from therarel.panels.listing import Listing
from therarel.panels.meaning import Meaning
from therarel.panels.options import PanelPolicy
from therarel.panels.problems import ListedProblems, NothingReadableError, PanelProblem, as_errors
from therarel.panels.table import RawTable
from therarel.panels.terms import Action, ProblemKind, ScaleSource, SessionIndex
from therarel.tables import Missing
from therarel.tables.cells import numbers

# A step that is not a whole number is mostly that of a mean, which people write with two decimals.
_ROUNDED: Final = 0.005
# With no step stated, scores are taken to be whole numbers where at least this share of them is whole.
_MOSTLY_WHOLE: Final = 0.9
_PLACE: Final = "__place__"
_LIKE_A_DATE: Final = r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_LIKE_ISO: Final = r"^\d{4}-\d{2}-\d{2}"
_EXPECTED: Final = {
    SessionIndex.ATTENDED: "an attended session is a whole number from 0",
    SessionIndex.SCHEDULED: "a scheduled session is a number",
    SessionIndex.DATED: "a dated session is a date such as 2024-05-31",
}


@frozen(eq=False)
class Built:
    """Sorted sessions, what is known about them, and the problems of the rows."""

    rows: pl.DataFrame
    scale: RatingScale
    scale_source: ScaleSource
    rater: Rater | None
    listed: ListedProblems
    problems: tuple[PanelProblem, ...]


def build(raw: RawTable, meaning: Meaning, policy: PanelPolicy) -> Built:
    """Read the cells, settle the problems, sort.

    Raises:
        InvalidValueError: if a column's type cannot be read, several raters are in one table and none was asked
            for, or the range of the scores is nowhere to be seen.
        NothingReadableError: if no row holds a dyad, a session and a score.
        ReadingError: if the policy refuses what was found.
    """
    if not raw.height:
        raise NothingReadableError("there are no rows", [], where=raw.source)
    listing = Listing(raw)
    missing = Missing.of(policy.missing_codes)
    rows = people.labelled(raw, listing, policy)
    texts = [name for name in raw.roles.covariates if rows.schema[name] == pl.String]
    rows = rows.with_columns(pl.when(pl.col(name).str.contains(r"\S")).then(pl.col(name)) for name in texts)
    rows, comma_session = _with_sessions(rows, listing, meaning, policy, missing, comma=raw.comma)
    rows, rater = _of_one_rater(rows, listing, meaning.rater)
    if meaning.index is SessionIndex.DATED:
        rows = _counted_in_days(rows)
    rows, comma_score = _with_scores(rows, listing, policy, missing, comma=raw.comma)
    usable = rows["score"].drop_nulls()
    if not len(usable):
        _nothing(raw, listing, meaning)
    scale, source = meaning.scale_for(usable)
    if source is not ScaleSource.OBSERVED:
        _refuse_codes_on_the_scale(missing, scale)
    rows = _within_scale(rows, listing, policy, scale, source)
    rows = _sorted(rows)
    rows = repeats.settle(rows, listing, policy)
    rows = series.look(rows, listing, policy, meaning.max_gap)
    people.look(rows, listing)
    if not rows["score"].count():
        _nothing(raw, listing, meaning)
    commas = [raw.roles.session] * comma_session + [raw.roles.score] * comma_score
    notes = [*raw.notes]
    if commas:
        notes.append(
            PanelProblem(
                ProblemKind.DECIMAL_COMMA,
                Action.KEPT,
                f"column {' and column '.join(commas)}: numbers are read with a decimal comma",
            )
        )
    listed = ListedProblems(listing.table(), listing.bounds, tuple(notes), listing.beyond)
    problems = listed.entries()
    refused = [problem for problem in problems if problem.action is Action.REFUSED]
    if refused:
        raise ReadingError(f"{raw.source}: the policy refuses what was found", as_errors(refused), where="policy")
    return Built(rows.rechunk(), scale, source, rater, listed, problems)


def _refuse_codes_on_the_scale(missing: Missing, scale: RatingScale) -> None:
    """A code that is a possible score would take real scores away."""
    possible = [code for code in sorted(missing.codes) if scale.minimum <= code <= scale.maximum]
    if possible:
        raise InvalidValueError(
            "a code for a missing score lies outside the scale",
            where="missing_codes",
            value=f"{possible[0]:g}",
            bound=f"not on {scale.minimum:g} to {scale.maximum:g}",
            hint="leave the code out where it is a score; where it is not, empty these cells",
        )


def _nothing(raw: RawTable, listing: Listing, meaning: Meaning) -> None:
    problems = ListedProblems(listing.table(), listing.bounds, raw.notes, listing.beyond).entries()
    hint = ""
    sessions = raw.frame["session"]
    if sessions.dtype == pl.String:
        dates = sessions.str.strip_chars().str.contains(_LIKE_A_DATE).any()
        if dates and (meaning.index is not SessionIndex.DATED or meaning.date_format is None):
            iso = sessions.str.strip_chars().str.contains(_LIKE_ISO).any()
            form = "" if iso else " and their form, such as date_format='%d.%m.%Y'"
            hint = f"; the sessions look like dates: say index='dated'{form}"
    raise NothingReadableError(
        f"no row holds a dyad, a session and a score that can be read{hint}",
        as_errors(problems),
        where=raw.source,
    )


def _with_sessions(
    rows: pl.DataFrame, listing: Listing, meaning: Meaning, policy: PanelPolicy, missing: Missing, *, comma: bool
) -> tuple[pl.DataFrame, bool]:
    index = meaning.index
    read = cells.sessions(
        rows["session"], index, comma=comma, missing=missing, words=meaning.sessions, form=meaning.date_format
    )
    written = rows["session"]
    rows = rows.with_columns(read.values.alias("session"))
    listing.bounds[ProblemKind.UNREADABLE_SESSION] = _EXPECTED[index]
    for kind, mask in (
        (ProblemKind.MISSING_SESSION, read.missing),
        (ProblemKind.UNREADABLE_SESSION, read.unreadable),
    ):
        listing.add(
            kind,
            policy.action(kind),
            rows.filter(mask),
            column=listing.roles.session,
            values=written.filter(mask) if kind is ProblemKind.UNREADABLE_SESSION else None,
        )
    lost = read.missing | read.unreadable
    return (rows.filter(~lost) if lost.any() else rows), read.decimal_comma


def _of_one_rater(rows: pl.DataFrame, listing: Listing, asked: Rater | None) -> tuple[pl.DataFrame, Rater | None]:
    """The rows of one rater; views of different people are never pooled."""
    if "rater" not in rows.columns:
        return rows, asked
    read = cells.raters(rows["rater"])
    column = listing.roles.rater
    present = sorted(read.values.unique().drop_nulls().to_list())
    if asked is None and len(present) > 1:
        raise InvalidValueError(
            "several raters in one panel are never pooled",
            where=column,
            value=" and ".join(present),
            hint=f"choose one with rater_is='{present[0]}' and make a panel of each",
        )
    listing.add(ProblemKind.MISSING_RATER, Action.LEFT_OUT, rows.filter(read.missing), column=column)
    listing.add(
        ProblemKind.UNREADABLE_RATER,
        Action.LEFT_OUT,
        rows.filter(read.unreadable),
        column=column,
        values=rows["rater"].filter(read.unreadable),
    )
    if asked is None and present:
        asked = Rater(present[0])
    chosen = (read.values == (asked.value if asked else "")).fill_null(False)
    other = ~chosen & read.values.is_not_null()
    named = read.values.filter(other)
    listing.add(ProblemKind.OTHER_RATER, Action.LEFT_OUT, rows.filter(other), column=column, values=named, terms=True)
    return rows.filter(chosen).drop("rater"), asked


def _counted_in_days(rows: pl.DataFrame) -> pl.DataFrame:
    """Days since the dyad's first date, the moment itself kept as ``date``."""
    first = pl.col("session").min().over("dyad").dt.truncate("1d")
    days = (pl.col("session") - first).dt.total_microseconds() / 86_400_000_000
    whole = bool((rows["session"].dt.truncate("1d") == rows["session"]).all())
    date = pl.col("session").cast(pl.Date) if whole else pl.col("session")
    return rows.with_columns(date=date, session=days)


def _with_scores(
    rows: pl.DataFrame, listing: Listing, policy: PanelPolicy, missing: Missing, *, comma: bool
) -> tuple[pl.DataFrame, bool]:
    read = numbers(rows["score"], "score", comma=comma, missing=missing)
    written = rows["score"]
    # `seen` is what duplicates are compared by: the number before anything is left out.
    rows = rows.with_columns(read.values.alias("score"), read.values.alias("seen"), read.unreadable.alias("unclear"))
    rows = listing.settle(
        rows, ProblemKind.MISSING_SCORE, policy.missing_score, read.missing, column=listing.roles.score
    )
    if read.unreadable.any():
        unclear = rows["unclear"]
        by_row = written.filter(read.unreadable)
        rows = listing.settle(
            rows,
            ProblemKind.UNREADABLE_SCORE,
            policy.unreadable_score,
            unclear,
            column=listing.roles.score,
            values=by_row,
        )
    return rows, read.decimal_comma


def _within_scale(
    rows: pl.DataFrame, listing: Listing, policy: PanelPolicy, scale: RatingScale, source: ScaleSource
) -> pl.DataFrame:
    tolerance = 1e-9 * scale.range
    score = rows["score"]
    outside = ~score.is_between(scale.minimum - tolerance, scale.maximum + tolerance).fill_null(True)
    listing.bounds[ProblemKind.OUT_OF_RANGE] = f"{scale.minimum:g} to {scale.maximum:g}"
    rows = listing.settle(
        rows,
        ProblemKind.OUT_OF_RANGE,
        policy.out_of_range,
        outside,
        column=listing.roles.score,
        values=score.filter(outside),
    )
    score = rows["score"]
    off = _off_step(score, scale, listing)
    if off is None:
        return rows
    return listing.settle(
        rows, ProblemKind.OFF_STEP, policy.off_step, off, column=listing.roles.score, values=score.filter(off)
    )


def _off_step(score: pl.Series, scale: RatingScale, listing: Listing) -> pl.Series | None:
    """Which scores lie between two values that the scale can take; ``None`` where none does."""
    tolerance = 1e-9 * scale.range
    if scale.step is None:
        off = ((score - score.round()).abs() > tolerance).fill_null(False)
        if not off.any():
            return None
        share = 1 - off.sum() / score.count()
        if share < _MOSTLY_WHOLE:
            return None
        listing.bounds[ProblemKind.OFF_STEP] = f"{share:.1%} of the scores being whole numbers"
    else:
        whole = scale.step == round(scale.step)
        steps = ((score - scale.minimum) / scale.step).round()
        distance = (score - scale.minimum - steps * scale.step).abs()
        off = (distance > tolerance + (0.0 if whole else _ROUNDED)).fill_null(False)
        listing.bounds[ProblemKind.OFF_STEP] = f"in steps of {scale.step:.3g} from {scale.minimum:g}"
    return off if off.any() else None


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by dyad and session; a table that is in order already is left as it is."""
    dyad, session = rows["dyad"], rows["session"]
    last = max(rows.height - 1, 0)
    before = dyad.head(last)  # a part of the column, where a shifted one would be a copy of its labels
    in_order = (dyad.slice(1) > before) | ((dyad.slice(1) == before) & (session.slice(1) >= session.head(last)))
    if in_order.all():
        return rows
    # The rows of each dyad, then the dyads: many times faster than one sort by a label and a number.
    order = (
        rows.lazy()
        .select("dyad", "session", pl.int_range(pl.len(), dtype=pl.UInt32).alias(_PLACE))
        .group_by("dyad")
        .agg(pl.col(_PLACE).sort_by("session"))
        .sort("dyad")
        .select(pl.col(_PLACE).explode())
        .collect()
    )
    return rows[order[_PLACE]]
