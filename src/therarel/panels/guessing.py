"""Guessing from its name what a column holds; whoever guesses must say so aloud."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from therarel.errors import InvalidValueError
from therarel.panels.table import Roles, found_column, listable

__all__ = ["guess_columns"]

# Names in the order in which they are trusted: a name of an earlier group settles the question.
_KNOWN: Final[Mapping[str, Sequence[str]]] = {
    "dyad": (
        "dyad dyad_id",
        "client client_id clientid patient patient_id patientid",
        "id case case_id caseid subject subject_id subjectid participant participant_id pid person",
    ),
    "session": (
        "session session_number session_no session_nr session_num sessionno session_id sess",
        "week month visit occasion wave time timepoint t",
        "date session_date day",
    ),
    "score": (
        "score total_score",
        "total sum mean wai wai_sr wai_s wai_srt wai_36 wai_o wai_total wai_sr_total alliance srs srs_3 ors phq9 phq_9 "
        "gad7 gad_7 core10 core_10 oq45 oq_45 bdi bdi_ii care arm arm_5 arm_28 tpi sai haq haq_ii hamd",
    ),
    "therapist": ("therapist therapist_id therapistid", "clinician clinician_id counsellor counselor provider"),
    "rater": ("rater rated_by", "respondent informant perspective"),
}
_NEEDED: Final = ("dyad", "session", "score")


def guess_columns(
    names: Iterable[str],
    *,
    dyad: str | None = None,
    session: str | None = None,
    score: str | None = None,
    therapist: str | None = None,
    rater: str | None = None,
    covariates: Sequence[str] = (),
) -> Roles:
    """Which column holds the dyad, the session, the score, the therapist and the rater, by their usual names.

    What is stated is taken as stated. A therapist or rater column that is not found is not needed.

    Args:
        names: The names of a table's columns.
        dyad: Column of the dyad, if stated.
        session: Column of the session, if stated.
        score: Column of the score, if stated.
        therapist: Column of the therapist, if stated.
        rater: Column of the rater, if stated.
        covariates: Further columns to keep; they are not guessed at.

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
    """
    names = list(names)
    stated = {"dyad": dyad, "session": session, "score": score, "therapist": therapist, "rater": rater}
    for role, name in stated.items():
        if name is not None:
            found_column(names, name, role)
    taken = {name for name in stated.values() if name is not None} | set(covariates)
    free = [name for name in names if name not in taken]
    found = {role: name if name is not None else _guess(role, free) for role, name in stated.items()}
    missing = [role for role in _NEEDED if found[role] is None]
    if missing:
        listed = ", ".join(listable(name) for name in names[:12])
        raise InvalidValueError(
            f"no column looks like the {missing[0]}",
            where="columns",
            hint=f"state {missing[0]}=... (--{missing[0]}); the columns are {listed}",
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


def _guess(role: str, names: Sequence[str]) -> str | None:
    for group in _KNOWN[role]:
        words = group.split()
        candidates = [name for name in names if _plain(name) in words]
        if len(candidates) > 1:
            raise InvalidValueError(
                f"several columns look like the {role}",
                where="columns",
                value=" and ".join(listable(name) for name in candidates),
                hint=f"state {role}=... (--{role})",
            )
        if candidates:
            return candidates[0]
    return None


def _plain(name: str) -> str:
    """A name in small letters, its words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
