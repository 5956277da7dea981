"""Consent: to what, what was decided, by whom, and on what footing."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, optional
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.texts import Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


class ConsentScope(Vocabulary, links={}):
    """What a consent is about; each is asked for and decided by itself."""

    TREATMENT = "treatment"
    MEASURES = "measures"
    RECORDING = "recording"
    RESEARCH = "research"
    TEACHING = "teaching"
    SHARING = "sharing"
    """With one named role, such as a family doctor."""


class ConsentDecision(Vocabulary, links={}):
    """What was decided about a consent."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    """In an emergency: asking comes later. Of treatment alone."""


class ConsentGiver(Vocabulary, links={"client": "client"}):
    """Whose word a consent is."""

    CLIENT = "client"
    PARENT = "parent"
    GUARDIAN = "guardian"
    LEGAL_REPRESENTATIVE = "legal_representative"


class ConsentFooting(Vocabulary, links={}):
    """On what footing the client comes."""

    OWN_WISH = "own_wish"
    MANDATED = "mandated"


@frozen
class Consent:
    """The latest decision about one consent.

    Args:
        scope: What it is about.
        decision: What was decided.
        by: Whose word it is; ``None`` if not stated, and where it was deferred.
        client_assent: Where somebody else decided: whether the client agrees, too; ``None`` if not known.
        footing: Whether the client comes of their own accord or is mandated; ``None`` if not stated.
        reported: Of a mandated client: what is reported to whom; ``None`` if not stated.
        recipient: With which role something is shared, as a code such as ``family-doctor``. Of sharing alone.
        decided: When.

    Raises:
        InvalidValueError: if its parts contradict each other.

    Examples:
        >>> Consent(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT).in_words
        'treatment: given by the client'
    """

    scope: ConsentScope = field(validator=checks.a(ConsentScope))
    decision: ConsentDecision = field(validator=checks.a(ConsentDecision))
    by: ConsentGiver | None = field(default=None, validator=optional(checks.a(ConsentGiver)))
    client_assent: bool | None = field(default=None, validator=optional(checks.truth), kw_only=True)
    footing: ConsentFooting | None = field(default=None, validator=optional(checks.a(ConsentFooting)), kw_only=True)
    reported: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private), kw_only=True
    )
    recipient: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED, kw_only=True)
    decided: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)

    def __attrs_post_init__(self) -> None:
        refuse_contradictions(self)

    @property
    def is_given(self) -> bool:
        """Whether it was given; what is deferred is not given."""
        return self.decision is ConsentDecision.GIVEN

    @property
    def in_words(self) -> str:
        """What was decided about what, and by whom.

        Examples:
            >>> Consent(ConsentScope.SHARING, ConsentDecision.REFUSED, recipient="family-doctor").in_words
            'sharing with family-doctor: refused'
        """
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """What was decided about what, and by whom, in words.

        Args:
            texts: The texts of a language.
        """
        about: object = self.scope
        if self.recipient is not None:
            about = Phrase("consent.with_recipient", scope=self.scope, recipient=self.recipient)
        if self.by is None:
            return texts("consent.decided", about=about, decision=self.decision)
        return texts("consent.decided_by", about=about, decision=self.decision, giver=self.by)


def refuse_contradictions(given: Any) -> None:
    """Refuse a consent, or an event that has the fields of one, whose parts contradict each other.

    Raises:
        InvalidValueError: naming the field of what was given.
    """

    def contradicts(name: str, what: str, hint: str | None = None) -> None:
        raise InvalidValueError(what, where=f"{type(given).__name__}.{name}", hint=hint)

    if (given.scope is ConsentScope.SHARING) != (given.recipient is not None):
        contradicts("recipient", "sharing names one role, and nothing else does", "such as 'family-doctor'")
    if given.decision is ConsentDecision.DEFERRED and given.scope is not ConsentScope.TREATMENT:
        contradicts("decision", "in an emergency only consent to treatment can be deferred")
    if (given.by is None or given.by is ConsentGiver.CLIENT) and given.client_assent is not None:
        contradicts("client_assent", "assent is recorded beside the decision of somebody else", "leave it out")
    if given.reported is not None and given.footing is not ConsentFooting.MANDATED:
        contradicts("reported", "what is reported to whom is said of a mandated client", "footing=MANDATED")
