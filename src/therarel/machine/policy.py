"""The numbers that guards compare with, and the choices that schools of therapy make differently."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Self

from attrs import evolve, field, fields, frozen

from therarel.domain import RepairRoute, RuptureEpisode, RuptureSeverity
from therarel.domain.checks import LARGEST, a, as_int, bounds, truth, whole
from therarel.errors import InvalidValueError
from therarel.reading import Upcasting, read_yaml
from therarel.vocabulary import Vocabulary


class Requirement(Vocabulary, links={}):
    """What a policy makes of a condition."""

    REQUIRED = "required"
    """Without it the judgement is declined."""
    REMARKED = "remarked"
    """Without it the judgement is accepted, and the answer says so."""
    NOT_LOOKED_AT = "not_looked_at"


_REQUIREMENT: Final = a(Requirement)


def _requirement(default: Requirement) -> Requirement:
    made: Requirement = field(default=default, validator=_REQUIREMENT)
    return made


@frozen(kw_only=True)
class Policy:
    """Thresholds of the guards. Every default is illustrative: a sensible beginning, not a finding.

    Args:
        exploratory_steps_minor: Different steps of exploratory repair that a strain or a minor rupture needs, 1 to 4.
            Illustrative.
        exploratory_steps_moderate: As many for a moderate rupture, 1 to 4. Illustrative.
        exploratory_steps_major: As many for a major rupture, 1 to 4. Illustrative.
        client_misses_for_lost_contact: Sessions missed in a row by the client, at least 1, below which a closing for
            lost contact carries a remark. Illustrative.
        strain_eased_before_working_phase: What is made of a mere strain at the advance to the working phase.
            Illustrative.
        difficulty_before_maturation: What is made of a course in which no difficulty was worked through, at the
            advance to maturation. Illustrative.
        consent_to_treatment: What is made of missing consent to treatment where expectations are judged set. A consent
            that was withdrawn or refused is never passed over.
        guidelines_explained: The same of the guidelines of the profession.
        confidentiality_limits_explained: The same of the limits of confidentiality, where safety is judged created.
        shared_goal: The same of a goal that both agreed to, where expectations are judged set.
        shared_task: The same of a task of therapy that both agreed to and see the reason of.
        client_view_of_cultural_repair: What is made of the client's missing view of a repair, where culture or power
            contributed. A view that it is not repaired, or partly, is never passed over.
        client_view_of_exploratory_repair: The same of the exploratory repair of a moderate or major rupture.
        client_view_of_other_repair: The same of every other repair; asking each time makes for a polite yes.
        major_rupture_reopens_trust: Whether a major rupture reopens the task of establishing trust. Illustrative.

    Raises:
        InvalidValueError: if a number lies outside its bounds, or a graver rupture would need fewer steps.

    Examples:
        >>> Policy().exploratory_steps(RuptureSeverity.MAJOR)
        4
    """

    exploratory_steps_minor: int = field(default=1, validator=whole(1, 4), metadata=bounds(1, 4), converter=as_int)
    exploratory_steps_moderate: int = field(default=2, validator=whole(1, 4), metadata=bounds(1, 4), converter=as_int)
    exploratory_steps_major: int = field(default=4, validator=whole(1, 4), metadata=bounds(1, 4), converter=as_int)
    client_misses_for_lost_contact: int = field(
        default=2, validator=whole(1), metadata=bounds(1, LARGEST), converter=as_int
    )
    strain_eased_before_working_phase: Requirement = _requirement(Requirement.NOT_LOOKED_AT)
    difficulty_before_maturation: Requirement = _requirement(Requirement.REMARKED)
    consent_to_treatment: Requirement = _requirement(Requirement.REQUIRED)
    guidelines_explained: Requirement = _requirement(Requirement.REQUIRED)
    confidentiality_limits_explained: Requirement = _requirement(Requirement.REQUIRED)
    shared_goal: Requirement = _requirement(Requirement.REMARKED)
    shared_task: Requirement = _requirement(Requirement.REMARKED)
    client_view_of_cultural_repair: Requirement = _requirement(Requirement.REQUIRED)
    client_view_of_exploratory_repair: Requirement = _requirement(Requirement.REQUIRED)
    client_view_of_other_repair: Requirement = _requirement(Requirement.REMARKED)
    major_rupture_reopens_trust: bool = field(default=True, validator=truth)

    def __repr__(self) -> str:
        stated = ((each.name, getattr(self, each.name), each.default) for each in fields(Policy))
        others = (f"{name}={value}" for name, value, default in stated if value != default)
        return f"Policy({', '.join(others)})"

    def __attrs_post_init__(self) -> None:
        needed = self.exploratory_steps_minor, self.exploratory_steps_moderate, self.exploratory_steps_major
        if list(needed) != sorted(needed):
            raise InvalidValueError(
                "a graver rupture needs no fewer steps than a lesser one",
                where="Policy",
                value=", ".join(map(str, needed)),
                bound="minor, moderate, major in rising order",
            )

    def with_all(self, requirement: Requirement) -> Self:
        """The same thresholds, with every condition that a policy may choose about made this.

        Args:
            requirement: What is made of each.

        Examples:
            >>> Policy().with_all(Requirement.REMARKED).consent_to_treatment.label
            'remarked'
        """
        choices = [each.name for each in fields(type(self)) if isinstance(each.default, Requirement)]
        changes: dict[str, Any] = dict.fromkeys(choices, requirement)
        return evolve(self, **changes)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """A policy from a YAML file: names and values as the arguments have them; what is left out is as by default.

        A file with the names of an earlier release is read as it was meant.

        Args:
            path: The file.

        Raises:
            ReadingError: with every problem of the file, each with its line.

        Examples:
            >>> from tempfile import TemporaryDirectory
            >>> with TemporaryDirectory() as folder:
            ...     file = Path(folder, "policy.yaml")
            ...     _ = file.write_text("client_misses_for_lost_contact: 3", encoding="utf-8")
            ...     Policy.read(file).client_misses_for_lost_contact
            3
        """
        return read_yaml(Path(path), cls, versions=_Earlier("policy", 1))

    def client_view(self, episode: RuptureEpisode) -> Requirement:
        """What is made of the client's missing view of the repair of this episode."""
        if episode.needs_acknowledgement:
            return self.client_view_of_cultural_repair
        grave = episode.severity in (RuptureSeverity.MODERATE, RuptureSeverity.MAJOR)
        if grave and episode.route is RepairRoute.EXPLORATORY:
            return self.client_view_of_exploratory_repair
        return self.client_view_of_other_repair

    def exploratory_steps(self, severity: RuptureSeverity | None) -> int:
        """How many different steps exploratory repair needs; ``None`` is a strain and counts as minor."""
        if severity is RuptureSeverity.MAJOR:
            return self.exploratory_steps_major
        if severity is RuptureSeverity.MODERATE:
            return self.exploratory_steps_moderate
        return self.exploratory_steps_minor


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """The values of a policy of an earlier release under the names of today."""
    blocks = document.get(_BEFORE)
    if type(blocks) is not bool or _NOW in document:
        return document
    now = Requirement.REQUIRED if blocks else Requirement.NOT_LOOKED_AT
    return {
        _NOW if name == _BEFORE else name: now.value if name == _BEFORE else value for name, value in document.items()
    }


_BEFORE: Final = "strain_blocks_formation_advance"
_NOW: Final = "strain_eased_before_working_phase"


class _Earlier(Upcasting):
    """The names of a file that does not say its version."""

    def upcast(self, document: object) -> object:
        return renamed(document) if isinstance(document, dict) else document
