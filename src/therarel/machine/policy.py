"""The numbers that guards compare with, and the choices that schools of therapy make differently."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from attrs import field, frozen

from therarel.domain import RuptureSeverity
from therarel.domain.checks import LARGEST, as_int, bounds, truth, whole
from therarel.errors import InvalidValueError
from therarel.reading import read_yaml

__all__ = ["Policy"]


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
        strain_blocks_formation_advance: Whether a mere strain keeps the pair from the working phase. Illustrative.
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
    strain_blocks_formation_advance: bool = field(default=False, validator=truth)
    major_rupture_reopens_trust: bool = field(default=True, validator=truth)

    def __attrs_post_init__(self) -> None:
        needed = self.exploratory_steps_minor, self.exploratory_steps_moderate, self.exploratory_steps_major
        if list(needed) != sorted(needed):
            raise InvalidValueError(
                "a graver rupture needs no fewer steps than a lesser one",
                where="Policy",
                value=", ".join(map(str, needed)),
                bound="minor, moderate, major in rising order",
            )

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """A policy from a YAML file: names and values as the arguments have them; what is left out is as by default.

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
        return read_yaml(Path(path), cls)

    def exploratory_steps(self, severity: RuptureSeverity | None) -> int:
        """How many different steps exploratory repair needs; ``None`` is a strain and counts as minor."""
        if severity is RuptureSeverity.MAJOR:
            return self.exploratory_steps_major
        if severity is RuptureSeverity.MODERATE:
            return self.exploratory_steps_moderate
        return self.exploratory_steps_minor
