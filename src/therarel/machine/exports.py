"""Whether a record may leave for a purpose: the record itself is always kept and saved, whatever was consented to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from therarel.domain import ConsentScope, ExportPurpose, Relationship, checks
from therarel.machine.arguments import require_relationship
from therarel.machine.explanations import FailedGuard
from therarel.machine.guards import CONSENT_TO_EXPORT, Unmet
from therarel.machine.machine import Machine, machine_or_standard
from therarel.representation import one_line
from therarel.texts import Texts, standard_texts

_NEEDED: Final[Mapping[ExportPurpose, ConsentScope]] = MappingProxyType(
    {
        ExportPurpose.RESEARCH: ConsentScope.RESEARCH,
        ExportPurpose.TEACHING: ConsentScope.TEACHING,
        ExportPurpose.RECORDING: ConsentScope.RECORDING,
    }
)


@frozen
class ExportAnswer:
    """Whether a record may leave for a purpose; true in a condition where it may.

    Args:
        purpose: What it would be for.
        failing: What is missing; ``None`` where nothing is.
        texts: The texts in whose words it is said.

    Examples:
        >>> answer = may_export(Relationship.between("C-014", "T-03"), ExportPurpose.RESEARCH)
        >>> bool(answer), answer.failing.sentence
        (False, 'Consent to research is not on record. Never asked counts as no.')
    """

    purpose: ExportPurpose = field(validator=checks.a(ExportPurpose))
    failing: FailedGuard | None = None
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    def __bool__(self) -> bool:
        return self.failing is None

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        if self.failing is None:
            return self.texts("export.allowed", purpose=self.purpose)
        return f"{self.texts('export.declined', purpose=self.purpose)}\n- {self.failing}"


def may_export(relationship: Relationship, purpose: ExportPurpose, *, machine: Machine | None = None) -> ExportAnswer:
    """Whether a record may leave for a purpose.

    Research, teaching and recordings need consent that was given. Everything else is the therapist's to answer for:
    the own record, a handover in the service, supervision, and what another body is entitled to.

    Args:
        relationship: The relationship as it is now.
        purpose: What it would be for.
        machine: The machine whose sentences are said; the standard one where ``None``.

    Raises:
        InvalidValueError: if an argument has the wrong type.

    Examples:
        >>> bool(may_export(Relationship.between("C-014", "T-03"), ExportPurpose.SUPERVISION))
        True
    """
    require_relationship(relationship)
    texts = machine_or_standard(machine).texts
    answer = ExportAnswer(purpose, texts=texts)
    scope = _NEEDED.get(answer.purpose)
    consent = None if scope is None else relationship.agreements.consent(scope)
    if scope is None or (consent is not None and consent.is_given):
        return answer
    if consent is None:
        unmet = Unmet(None, "given", (scope,))
    else:
        unmet = Unmet(consent.decision, "given", (scope,), in_words=(consent,), case="declined")
    return ExportAnswer(purpose, FailedGuard.of(CONSENT_TO_EXPORT, unmet, texts), texts)
