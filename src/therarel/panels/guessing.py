"""Guessing from its name what a column holds; whoever guesses must say so aloud."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from therarel.errors import InvalidValueError
from therarel.panels.table import Roles, found_column, numbered_columns
from therarel.tables.showing import listed_names, shown_name

# Names in the order in which they are trusted: a name of an earlier group settles the question.
_KNOWN: Final[Mapping[str, Sequence[str]]] = {
    "dyad": (
        "dyad dyad_id",
        "client client_id clientid patient patient_id patientid klient klient_id paciente cliente",
        "id record_id case case_id caseid subject subject_id subjectid participant participant_id pid person code",
    ),
    "session": (
        "session session_number session_no session_nr session_num sessionno session_id sess sitzung seance sesion",
        "redcap_repeat_instance repeat_instance",
        "week month visit occasion wave time timepoint t",
        "date session_date day",
    ),
    "score": ("score total_score",),
    "therapist": (
        "therapist therapist_id therapistid",
        "clinician clinician_id counsellor counselor provider therapeut",
    ),
    "rater": ("rater rated_by", "respondent informant perspective"),
}
_NEEDED: Final = ("dyad", "session", "score")
_SCORES: Final = (
    "total sum mean wai wai_sr wai_s wai_srt wai_36 wai_o wai_total wai_sr_total alliance srs srs_3 ors phq9 phq_9 "
    "gad7 gad_7 core10 core_10 oq45 oq_45 bdi bdi_ii care arm arm_5 arm_28 tpi sai haq haq_ii hamd"
)
_OF_NO_INSTRUMENT: Final = ("total", "sum", "mean")
_TOTALS: Final = frozenset({"", "total", "sum", "score", "totalscore", "sumscore", "mean", "tot", "raw"})


def guess_columns(
    names: Iterable[str],
    *,
    dyad: str | None = None,
    session: str | None = None,
    score: str | None = None,
    therapist: str | None = None,
    rater: str | None = None,
    covariates: Sequence[str] = (),
    instrument: str | None = None,
    sure: bool = True,
) -> Roles:
    """Which column holds the dyad, the session, the score, the therapist and the rater, by their usual names.

    What is stated is taken as stated. A therapist or rater column that is not found is not needed. Where the
    instrument is stated, a column that goes by its name is its score, and a column of another instrument never is.

    Args:
        names: The names of a table's columns.
        dyad: Column of the dyad, if stated.
        session: Column of the session, if stated.
        score: Column of the score, if stated.
        therapist: Column of the therapist, if stated.
        rater: Column of the rater, if stated.
        covariates: Further columns to keep; they are not guessed at.
        instrument: Id of the instrument, if stated.
        sure: Whether these are surely names, and not the first row of data: only then does a message show them.

    Raises:
        InvalidValueError: if two names are equally likely, or nothing looks like a needed column; the hint names
            the candidates and what to state.
        UnknownNameError: if a stated column is not there.

    Examples:
        >>> roles = guess_columns(["Client ID", "week", "WAI-SR", "notes"])
        >>> roles.dyad, roles.session, roles.score, roles.therapist
        ('Client ID', 'week', 'WAI-SR', None)
        >>> roles.guessed
        ('dyad', 'session', 'score')
        >>> guess_columns(["record_id", "redcap_repeat_instance", "phq9_total", "gad7"], instrument="phq-9").score
        'phq9_total'
    """
    names = list(names)
    stated = {"dyad": dyad, "session": session, "score": score, "therapist": therapist, "rater": rater}
    for role, name in stated.items():
        if name is not None:
            found_column(names, name, role, sure=sure)
    taken = {name for name in stated.values() if name is not None} | set(covariates)
    free = [name for name in names if name not in taken]
    found = {
        role: name if name is not None else _guess(role, free, instrument, sure=sure) for role, name in stated.items()
    }
    missing = [role for role in _NEEDED if found[role] is None]
    if missing:
        raise InvalidValueError(
            f"no column looks like the {missing[0]}", where="columns", hint=_way_out(missing, names, sure=sure)
        )
    return Roles(
        dyad=found["dyad"] or "",
        session=found["session"] or "",
        score=found["score"] or "",
        therapist=found["therapist"],
        rater=found["rater"],
        covariates=tuple(covariates),
        guessed=tuple(role for role in stated if stated[role] is None and found[role] is not None),
    )


def guess_dyad(names: Iterable[str], *, sure: bool = True) -> str:
    """Which column holds the dyad, by its usual names.

    Raises:
        InvalidValueError: if two are equally likely, or nothing looks like it.
    """
    names = list(names)
    found = _guess("dyad", names, None, sure=sure)
    if found is None:
        raise InvalidValueError(
            "no column looks like the dyad", where="columns", hint=_way_out(["dyad"], names, sure=sure)
        )
    return found


def _way_out(missing: Sequence[str], names: Sequence[str], *, sure: bool) -> str:
    wide = numbered_columns(names) if sure else {}
    if wide and "score" in missing:
        columns = ", ".join(f"{shown_name(name)}: {number:g}" for name, number in list(wide.items())[:3])
        return f"the table looks wide, one column per session: use from_wide(..., sessions={{{columns}, ...}}) (--wide)"
    return f"state {missing[0]}=... (--{missing[0]}); {listed_names(names, sure=sure)}"


def _guess(role: str, names: Sequence[str], instrument: str | None, *, sure: bool) -> str | None:
    for candidates in _candidates(role, names, instrument):
        if len(candidates) > 1:
            raise InvalidValueError(
                f"several columns look like the {role}",
                where="columns",
                value=" and ".join(shown_name(name, sure=sure) for name in candidates),
                hint=f"state {role}=... (--{role})",
            )
        if candidates:
            return candidates[0]
    return None


def _candidates(role: str, names: Sequence[str], instrument: str | None) -> list[list[str]]:
    """The columns that may be meant, the likeliest first."""
    groups = [group.split() for group in _KNOWN[role]]
    if role != "score":
        return [[name for name in names if _plain(name) in group] for group in groups]
    if instrument is None:
        return [[name for name in names if _plain(name) in group] for group in (*groups, _SCORES.split())]
    own = [name for name in names if _of_instrument(name, instrument)]
    family = [name for name in names if _of_family(name, instrument)]
    return [own, family, *([name for name in names if _plain(name) in group] for group in (*groups, _OF_NO_INSTRUMENT))]


def _of_instrument(name: str, instrument: str) -> bool:
    """Whether a column goes by the name of an instrument: ``phq9``, ``PHQ-9 total score``, ``phq_9_sum``."""
    joined, wanted = _plain(name).replace("_", ""), _plain(instrument).replace("_", "")
    return joined.startswith(wanted) and joined.removeprefix(wanted) in _TOTALS


def _of_family(name: str, instrument: str) -> bool:
    """Whether a column goes by the first word of an instrument's name: ``WAI`` or ``wai_total`` for ``wai-sr``."""
    first = instrument.split("-")[0]
    joined = _plain(name).replace("_", "")
    return first in instrument[:-1] and joined.startswith(first) and joined.removeprefix(first) in _TOTALS


def _plain(name: str) -> str:
    """A name in small letters without accents, its words joined by underscores."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters.strip().lower()).strip("_")
