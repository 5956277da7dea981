"""What one therapist hands over to the next: open concerns first, then what is known of the earlier pair.

A handover informs whoever goes on. It closes no concern, and what it says of the earlier pair moves no condition of the
new one: consent is asked anew, and trust and safety start open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import field, frozen

from therarel.confidential import Confidential, Pseudonym
from therarel.domain import checks
from therarel.domain.agreements import Agreements, Term
from therarel.domain.breaches import Breach, BreachStatus, breach_tuple
from therarel.domain.checks import as_private, as_pseudonym, as_tuple, members, optional
from therarel.domain.events import ApproachAdapted, ClosingReason, OtherPresent
from therarel.domain.events.frame import other_present_set
from therarel.domain.people import Client, Therapist, as_client, as_therapist
from therarel.domain.risk import RiskNotice, risk_notice_tuple
from therarel.domain.ruptures import RuptureEpisode, rupture_episode_tuple
from therarel.domain.safety import SafetyConcern, safety_concern_tuple
from therarel.domain.views import View, view_tuple
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.texts import AND, Listed, Phrase, Texts, standard_texts


def _code_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return as_tuple(values)


def _approach_adapted_tuple(values: Iterable[ApproachAdapted]) -> tuple[ApproachAdapted, ...]:
    return as_tuple(values)


@frozen(kw_only=True)
class Handover:
    """What is handed over when another therapist goes on with a client.

    Args:
        client: The client, or the client's pseudonym.
        therapist: The therapist who hands over, or the pseudonym.
        on: The day; ``None`` if not stated.
        reason: Why the therapist changes; ``None`` if not stated.
        responsible: Pseudonym of whoever is responsible meanwhile; ``None`` if not stated.
        accepted_by: Pseudonym of whoever accepted the handover; ``None`` while nobody has.
        open_concerns: Concerns for safety that are open, with their plans where these are carried.
        plans_not_carried: Codes of open concerns that have a plan which is not carried.
        without_consent: Codes of open concerns that go along without consent to sharing and without a stated ground.
        crisis_not_carried: Whether there are arrangements for a crisis that are not carried.
        closed_concerns: Concerns that are closed: kinds, dates and what became of them.
        risk_notices: Answers about risk at which nobody has looked yet.
        unresolved: Strains and ruptures that are open or were carried along.
        repaired: Strains and ruptures that were repaired, with what was done.
        substantiated_breaches: Breaches that are substantiated. One that is not substantiated is never handed over.
        breaches_under_review: Codes of breaches that are alleged and open: they are under independent review.
        adaptations: How the approach was adapted.
        others_present: Others who were present at sessions, such as an interpreter.
        agreements: Consents, terms, goals and where they stand, tasks, and arrangements for a crisis, as of the earlier
            pair; ``None`` if they are not known.
        views: How the earlier relationship was last seen.
        access_needs: What the client needs to take part, in words.
        helped: What helped, in words.
        hurt: What hurt, in words.
        client_informed: Whether the client was informed of the change; ``None`` if not stated.
        client_agreed: Whether the client agreed to what is handed over; ``None`` if not stated.
        client_wishes: What the client wishes, in words.

    Raises:
        InvalidValueError: if a concern is under the wrong heading, or a breach is not substantiated.

    Examples:
        >>> concern = SafetyConcern("concern-1")
        >>> handover = Handover(client="C-014", therapist="T-03", open_concerns=[concern], responsible="T-07")
        >>> print(handover)
        Handover of C-014 by T-03.
        Open for safety: concern-1 (raised: time not stated).
        Responsible meanwhile: T-07. Accepted by: nobody yet.
    """

    client: Client = field(converter=as_client)
    therapist: Therapist = field(converter=as_therapist)
    on: date | None = field(default=None, validator=optional(checks.day))
    reason: ClosingReason | None = field(default=None, validator=optional(checks.a(ClosingReason)))
    responsible: Pseudonym | None = field(default=None, converter=as_pseudonym, validator=optional(checks.pseudonym))
    accepted_by: Pseudonym | None = field(default=None, converter=as_pseudonym, validator=optional(checks.pseudonym))
    open_concerns: tuple[SafetyConcern, ...] = field(
        default=(), converter=safety_concern_tuple, validator=members(checks.a(SafetyConcern))
    )
    plans_not_carried: tuple[str, ...] = field(default=(), converter=_code_tuple, validator=members(checks.code))
    without_consent: tuple[str, ...] = field(default=(), converter=_code_tuple, validator=members(checks.code))
    crisis_not_carried: bool = field(default=False, validator=checks.truth)
    closed_concerns: tuple[SafetyConcern, ...] = field(
        default=(), converter=safety_concern_tuple, validator=members(checks.a(SafetyConcern))
    )
    risk_notices: tuple[RiskNotice, ...] = field(
        default=(), converter=risk_notice_tuple, validator=members(checks.a(RiskNotice))
    )
    unresolved: tuple[RuptureEpisode, ...] = field(
        default=(), converter=rupture_episode_tuple, validator=members(checks.a(RuptureEpisode))
    )
    repaired: tuple[RuptureEpisode, ...] = field(
        default=(), converter=rupture_episode_tuple, validator=members(checks.a(RuptureEpisode))
    )
    substantiated_breaches: tuple[Breach, ...] = field(
        default=(), converter=breach_tuple, validator=members(checks.a(Breach))
    )
    breaches_under_review: tuple[str, ...] = field(default=(), converter=_code_tuple, validator=members(checks.code))
    adaptations: tuple[ApproachAdapted, ...] = field(
        default=(), converter=_approach_adapted_tuple, validator=members(checks.a(ApproachAdapted))
    )
    others_present: frozenset[OtherPresent] = field(
        default=frozenset(), converter=other_present_set, validator=members(checks.a(OtherPresent))
    )
    agreements: Agreements | None = field(default=None, validator=optional(checks.a(Agreements)))
    views: tuple[View, ...] = field(default=(), converter=view_tuple, validator=members(checks.a(View)))
    access_needs: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    helped: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    hurt: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))
    client_informed: bool | None = field(default=None, validator=optional(checks.truth))
    client_agreed: bool | None = field(default=None, validator=optional(checks.truth))
    client_wishes: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))

    def __attrs_post_init__(self) -> None:
        if not all(concern.is_open for concern in self.open_concerns):
            _misplaced("open_concerns", "a concern that is handed over as open is open")
        if any(concern.is_open for concern in self.closed_concerns):
            _misplaced("closed_concerns", "a concern that is handed over as closed is closed")
        if any(breach.status is not BreachStatus.SUBSTANTIATED for breach in self.substantiated_breaches):
            _misplaced("substantiated_breaches", "a breach that is handed over is substantiated")

    def __repr__(self) -> str:
        return one_line(f"{self.client.pseudonym} by {self.therapist.pseudonym}", "Handover")

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The handover in words: what comes first leads, and nothing confidential is shown.

        Args:
            texts: The texts of a language.
        """
        return "\n".join(self._lines(texts))

    def _lines(self, texts: Texts) -> Iterator[str]:
        left_out = []
        if self.plans_not_carried:
            left_out.append(Phrase("handover.safety_plan", concerns=self.plans_not_carried))
        if self.crisis_not_carried:
            left_out.append(Phrase("handover.crisis_arrangements"))
        if left_out:
            yield texts("handover.not_carried", things=Listed(left_out, AND))
        yield texts("handover.first", client=self.client.pseudonym, therapist=self.therapist.pseudonym)
        yield from _headed(
            texts, {"open_for_safety": map(_open, self.open_concerns), "risk_notices": self.risk_notices}
        )
        if self.open_concerns or self.responsible is not None or self.accepted_by is not None:
            yield texts(
                "handover.responsible",
                responsible=self.responsible or Phrase("value.not_stated"),
                accepted=self.accepted_by or Phrase("handover.nobody_yet"),
            )
        if self.without_consent:
            yield texts("handover.without_consent", concerns=self.without_consent)
        yield from _headed(texts, self._of_earlier_pair())

    def _of_earlier_pair(self) -> Mapping[str, Iterable[object]]:
        """What is known of the earlier pair, by heading."""
        agreed = Agreements() if self.agreements is None else self.agreements
        crisis = agreed.crisis
        return {
            "for_a_crisis": () if crisis is None else (Phrase("handover.arrangements", when=crisis.agreed),),
            "closed_concerns": map(_closed, self.closed_concerns),
            "reason": () if self.reason is None else (self.reason,),
            "client": self._of_client(),
            "goals": agreed.goals,
            "tasks": agreed.tasks,
            "consents": agreed.consents,
            "terms": (term for term in Term if term in agreed.terms_explained),
            "views": self.views,
            "unresolved": (Phrase("episode.opened", about=each, when=each.opened) for each in self.unresolved),
            "repaired": (
                Phrase("episode.with_repair", about=each, repair=each.repair_phrase) for each in self.repaired
            ),
            "substantiated_breaches": self.substantiated_breaches,
            "breaches_under_review": self.breaches_under_review,
            "adaptations": self.adaptations,
            "others_present": (who for who in OtherPresent if who in self.others_present),
            "texts": self._texts(),
        }

    def _of_client(self) -> Iterator[Phrase]:
        if self.client_informed is not None:
            yield Phrase("handover.client_informed" if self.client_informed else "handover.client_not_informed")
        if self.client_agreed is not None:
            yield Phrase("handover.client_agreed" if self.client_agreed else "handover.client_not_agreed")

    def _texts(self) -> Iterator[Phrase]:
        texts = {
            "access_needs": self.access_needs,
            "helped": self.helped,
            "hurt": self.hurt,
            "client_wishes": self.client_wishes,
        }
        return (Phrase(f"handover.{name}") for name, text in texts.items() if text is not None)


def _headed(texts: Texts, listed: Mapping[str, Iterable[object]]) -> Iterator[str]:
    for name, items in listed.items():
        things = texts.said(Listed(items))
        if things:
            yield texts("handover.heading", heading=Phrase(f"handover.{name}"), things=things)


def _repaired(episode: RuptureEpisode) -> Phrase:
    return Phrase("episode.with_repair", about=episode, repair=episode.repair_phrase)


def _open(concern: SafetyConcern) -> Phrase:
    parts = [Phrase("concern.raised", when=concern.raised)]
    parts += [] if concern.reviewed is None else [Phrase("concern.looked_at", when=concern.reviewed)]
    parts += [] if concern.review_due is None else [Phrase("concern.next_review", when=concern.review_due)]
    parts += [] if concern.plan is None else [Phrase("concern.plan", plan=concern.plan)]
    return Phrase("concern.with_parts", about=concern, parts=Listed(parts))


def _closed(concern: SafetyConcern) -> Phrase:
    return Phrase(
        "concern.closed",
        about=concern,
        raised=concern.raised,
        outcome=concern.outcome or Phrase("concern.became_closed"),
        reviewed=concern.reviewed or Phrase("occurrence.not_stated"),
    )


def _misplaced(name: str, what: str) -> None:
    raise InvalidValueError(what, where=f"Handover.{name}")
