"""Hypothesis strategies for every public value of the domain.

Strategies are derived from the annotated fields and the bounds in their metadata. Classes whose fields depend on
one another have a strategy of their own below.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import therarel.domain as domain
from therarel.confidential import Confidential, Pseudonym, taken_for
from therarel.domain import events as domain_events
from therarel.domain.ratings import PERSONS
from therarel.testing.figures import competences, effects, part_scores, ratings, risk_answers, scales, views

T = TypeVar("T")
AnyStrategy = SearchStrategy[Any]

PUBLIC_CLASSES: Final[tuple[type, ...]] = tuple(
    sorted(
        {
            value
            for module in (domain, domain_events)
            for value in (getattr(module, name) for name in module.__all__)
            if isinstance(value, type) and attrs.has(value) and value is not domain_events.Happening
        },
        key=lambda cls: cls.__name__,
    )
)
"""Every public value class of the domain, by name."""

_CODES: Final = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?", fullmatch=True)
_PSEUDONYMS: Final = _CODES.filter(lambda code: taken_for(code) is None).map(Pseudonym)
_TEXTS: Final = st.characters(codec="utf-8", exclude_characters="\0")
_NUMBERS: Final = st.floats(-1e6, 1e6, allow_nan=False)


def confidential_texts(marker: str | None = None) -> SearchStrategy[Confidential]:
    """Confidential texts of any content; with a marker, each text holds it.

    Args:
        marker: Text to plant in every value, so that a test can look for it where it must not be.
    """
    if marker is not None:
        return st.text(_TEXTS, max_size=12).map(lambda text: Confidential(f"{text}{marker}"))
    return st.text(_TEXTS, min_size=1, max_size=40).filter(lambda text: bool(text.strip())).map(Confidential)


def facts() -> SearchStrategy[domain_events.Fact]:
    """Any fact."""
    return st.one_of([strategy_for(cls) for cls in domain_events.FACTS])


def judgements() -> SearchStrategy[domain_events.Judgement]:
    """Any judgement."""
    return st.one_of([strategy_for(cls) for cls in domain_events.JUDGEMENTS])


def events() -> SearchStrategy[domain_events.Event]:
    """Any event, fact or judgement."""
    return st.one_of(facts(), judgements())


def corrections() -> SearchStrategy[domain_events.Correction]:
    """Any correction of a history."""
    return st.one_of([strategy_for(cls) for cls in domain_events.CORRECTIONS])


def relationships() -> SearchStrategy[domain.Relationship]:
    """Any consistent relationship, whether or not a course could have led to it."""
    return strategy_for(domain.Relationship)


def strategy_for(cls: type[T], *, marker: str | None = None) -> SearchStrategy[T]:
    """Values of one public class.

    Args:
        cls: The class, one of `PUBLIC_CLASSES`.
        marker: Text to plant in every confidential field.
    """
    strategy: SearchStrategy[T] = _strategy(cast("Hashable", cls), marker)
    return strategy


@cache
def _strategy(cls: Hashable, marker: str | None) -> AnyStrategy:
    assert isinstance(cls, type)
    own = _OWN.get(cls)
    return own(marker) if own is not None else _from_fields(cls, marker)


def _from_fields(cls: type, marker: str | None, **fixed: AnyStrategy) -> AnyStrategy:
    """A class from its fields; fields in ``fixed`` come from there."""
    hints = get_type_hints(cls)
    fields: dict[str, AnyStrategy] = {}
    for attribute in attrs.fields(cls):
        if attribute.name in fixed:
            fields[attribute.name] = fixed[attribute.name]
        else:
            fields[attribute.name] = _from_annotation(hints[attribute.name], attribute.metadata, marker)
    return st.builds(cls, **fields)


def _from_annotation(annotation: Any, bounds: Mapping[str, Any], marker: str | None) -> AnyStrategy:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        members = [_from_annotation(member, bounds, marker) for member in args if member is not NoneType]
        # Without a value first: examples shrink towards what was not stated, unless a marker is wanted.
        nothing = [st.none()] if NoneType in args and marker is None else []
        return st.one_of([*nothing, *members])
    if origin is tuple:
        return st.lists(_from_annotation(args[0], {}, marker), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(_from_annotation(args[0], {}, marker), max_size=3)
    if annotation is Confidential:
        return confidential_texts(marker)
    if annotation in _PLAIN:
        return _PLAIN[annotation](bounds)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    return st.deferred(lambda: _strategy(annotation, marker))


_PLAIN: Final[Mapping[object, Callable[[Mapping[str, Any]], AnyStrategy]]] = {
    bool: lambda bounds: st.booleans(),
    int: lambda bounds: st.integers(bounds.get("minimum", -1000), min(bounds.get("maximum", 1000), 1000)),
    float: lambda bounds: st.floats(
        bounds.get("minimum", -1e6), bounds.get("maximum", 1e6), allow_nan=False, allow_infinity=False
    ),
    str: lambda bounds: _CODES,
    date: lambda bounds: st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    timedelta: lambda bounds: st.integers(1, 400).map(lambda days: timedelta(days=days)),
    Pseudonym: lambda bounds: _PSEUDONYMS,
}


@st.composite
def _scores(draw: st.DrawFn, marker: str | None) -> domain.Score:
    status = draw(st.sampled_from(domain.ScoreStatus))
    scale = draw(st.none() | scales(marker))
    low, high = (scale.minimum, scale.maximum) if scale is not None else (-100.0, 100.0)
    value = st.floats(low, high, allow_nan=False) if status.has_value else st.none()
    risk = st.none() | st.lists(risk_answers(marker), max_size=4, unique_by=lambda answer: answer.item)
    parts = st.lists(part_scores(), max_size=3, unique_by=lambda part: part.of)
    fixed = {"status": st.just(status), "scale": st.just(scale), "value": value, "risk": risk, "parts": parts}
    score: domain.Score = draw(_from_fields(domain.Score, marker, **fixed))
    return score


def _of_one_rater(cls: type) -> Callable[[str | None], AnyStrategy]:
    """A view whose ratings, nested ones included, come from one rater."""

    @st.composite
    def views(draw: st.DrawFn, marker: str | None) -> Any:
        return draw(_view(cls, marker, draw(st.sampled_from(domain.Rater))))

    return views


def _view(cls: type, marker: str | None, rater: domain.Rater) -> AnyStrategy:
    fixed = {}
    for attribute in attrs.fields(cls):
        if attribute.metadata.get("rated"):
            fixed[attribute.name] = st.none() | ratings(rater=rater)
        elif (nested := get_type_hints(cls)[attribute.name]) in _VIEWS:
            fixed[attribute.name] = _view(nested, marker, rater)
    return _from_fields(cls, marker, **fixed)


_VIEWS: Final = (
    domain.Bond,
    domain.WorkingAlliance,
    domain.TherapeuticPresence,
    domain.ProfessionalBoundaries,
    domain.SafeEnvironment,
    domain.EmotionalAttunement,
    domain.Characteristics,
    domain.RelationshipQuality,
)


@st.composite
def _dyads(draw: st.DrawFn, marker: str | None) -> domain.Dyad:
    first, second = draw(st.lists(_PSEUDONYMS, min_size=2, max_size=2, unique=True))
    return domain.Dyad(domain.Client(first), domain.Therapist(second))


@st.composite
def _episodes(draw: st.DrawFn, /, marker: str | None, *, open_one: bool = False, **fixed: Any) -> domain.RuptureEpisode:
    kind = fixed.get("kind") or draw(st.sampled_from(domain.EpisodeKind))
    severity = st.sampled_from(domain.RuptureSeverity) if kind is domain.EpisodeKind.RUPTURE else st.none()
    views = frozenset() if open_one else draw(st.frozensets(st.sampled_from(PERSONS), max_size=3))
    origins = [
        domain.AllianceStatus.STRAINED,
        *([domain.AllianceStatus.RUPTURED] if kind is domain.EpisodeKind.RUPTURE else []),
    ]
    origin = fixed.get("origin", draw(st.none() | st.sampled_from(origins)))
    episode: domain.RuptureEpisode = draw(
        _from_fields(
            domain.RuptureEpisode,
            marker,
            kind=st.just(kind),
            severity=severity,
            origin=st.just(origin),
            repaired=st.just(bool(views)),
            repaired_in_view_of=st.just(views),
        )
    )
    return episode


@st.composite
def _relationships(draw: st.DrawFn, marker: str | None) -> domain.Relationship:
    stage = draw(st.sampled_from(domain.Stage))
    status = draw(st.sampled_from(domain.AllianceStatus))
    if status is domain.AllianceStatus.INTACT:
        episode = None
    elif status is domain.AllianceStatus.RUPTURED:
        episode = draw(_episodes(marker, open_one=True, kind=domain.EpisodeKind.RUPTURE))
    else:
        episode = draw(_episodes(marker, open_one=True, origin=domain.AllianceStatus.STRAINED))
    growth = st.sampled_from(domain.GROWTH_STAGES)
    fixed: dict[str, AnyStrategy] = {
        "stage": st.just(stage),
        "alliance_status": st.just(status),
        "episode": st.just(episode),
        "closed_reason": st.sampled_from(domain.ClosingReason) if stage is domain.Stage.CLOSED else st.none(),
        "ended_from": growth if stage is domain.Stage.ENDING else st.none(),
        "unresolved_before": st.lists(_episodes(marker, open_one=True), max_size=1).map(tuple),
    }
    relationship: domain.Relationship = draw(_from_fields(domain.Relationship, marker, **fixed))
    return relationship


def _breaches(cls: type, marker: str | None, **fixed: AnyStrategy) -> AnyStrategy:
    kinds, severities = list(domain.BreachKind), list(domain.BreachSeverity)
    exploitation = st.just(domain.BreachKind.EXPLOITATION)  # never a crossing
    others = st.sampled_from([kind for kind in kinds if kind is not domain.BreachKind.EXPLOITATION])
    graver = st.sampled_from([each for each in severities if each is not domain.BreachSeverity.CROSSING])
    return st.one_of(
        _from_fields(cls, marker, kind=others, severity=st.sampled_from(severities), **fixed),
        _from_fields(cls, marker, kind=exploitation, severity=graver, **fixed),
    )


def _handovers(marker: str | None) -> AnyStrategy:
    concerns, breaches = strategy_for(domain.SafetyConcern, marker=marker), strategy_for(domain.Breach, marker=marker)
    return _from_fields(
        domain.Handover,
        marker,
        open_concerns=st.lists(concerns.map(lambda each: attrs.evolve(each, is_open=True)), max_size=2).map(tuple),
        closed_concerns=st.lists(concerns.map(lambda each: attrs.evolve(each, is_open=False)), max_size=2).map(tuple),
        substantiated_breaches=st.lists(
            breaches.map(lambda each: attrs.evolve(each, status=domain.BreachStatus.SUBSTANTIATED)), max_size=2
        ).map(tuple),
        plans_not_carried=st.lists(_CODES, max_size=2).map(tuple),
        breaches_under_review=st.lists(_CODES, max_size=2).map(tuple),
    )


@st.composite
def _consents(draw: st.DrawFn, cls: type, marker: str | None) -> Any:
    scope = draw(st.sampled_from(domain.ConsentScope))
    decisions = list(domain.ConsentDecision)[: None if scope is domain.ConsentScope.TREATMENT else -1]
    by = draw(st.none() | st.sampled_from(domain.ConsentGiver))
    mandated = marker is not None or draw(st.booleans())
    fixed = {
        "scope": st.just(scope),
        "decision": st.sampled_from(decisions),
        "by": st.just(by),
        "client_assent": st.none() if by in (None, domain.ConsentGiver.CLIENT) else st.none() | st.booleans(),
        "footing": st.just(domain.ConsentFooting.MANDATED if mandated else domain.ConsentFooting.OWN_WISH),
        "recipient": _CODES if scope is domain.ConsentScope.SHARING else st.none(),
    }
    return draw(_from_fields(cls, marker, **fixed, **({} if mandated else {"reported": st.none()})))


def _agreements(marker: str | None) -> AnyStrategy:
    consents = _consents(domain.Consent, marker).map(lambda consent: (consent,))
    return _from_fields(domain.Agreements, marker, consents=consents)


def _logs(marker: str | None) -> AnyStrategy:
    day = _PLAIN[date]({})
    supervised = _from_fields(domain_events.SupervisionHeld, marker, on=day)
    others = [strategy_for(each, marker=marker) for each in domain.DevelopmentEntry.__args__[:1]]
    entries = st.lists(st.one_of(supervised, *others), max_size=3).map(tuple)
    return _from_fields(domain.DevelopmentLog, marker, entries=entries)


def _ground_values(marker: str | None) -> AnyStrategy:
    return st.builds(domain.GroundValue, _CODES, st.none() | st.booleans() | st.integers() | _NUMBERS | _CODES)


_OWN: Final[Mapping[type, Callable[[str | None], AnyStrategy]]] = {
    domain.RatingScale: scales,
    domain.Rating: lambda marker: ratings(marker),
    domain.RiskAnswer: risk_answers,
    domain.RiskNotice: lambda marker: _from_fields(
        domain.RiskNotice, marker, answers=risk_answers(marker, waiting=True).map(lambda answer: (answer,))
    ),
    domain.View: lambda marker: views(),
    domain.PartScore: lambda marker: part_scores(),
    domain.Score: lambda marker: _scores(marker),
    **{cls: _of_one_rater(cls) for cls in _VIEWS},
    domain.Dyad: lambda marker: _dyads(marker),
    domain.CulturalCompetence: lambda marker: competences(marker),
    domain.Effect: lambda marker: effects(marker),
    domain.GroundValue: _ground_values,
    domain.RuptureEpisode: lambda marker: _episodes(marker),
    domain.Relationship: lambda marker: _relationships(marker),
    domain.Handover: _handovers,
    domain.Consent: lambda marker: _consents(domain.Consent, marker),
    domain.Agreements: _agreements,
    domain_events.ConsentDecided: lambda marker: _consents(domain_events.ConsentDecided, marker),
    domain_events.TermsExplained: lambda marker: _from_fields(
        domain_events.TermsExplained, marker, terms=st.frozensets(st.sampled_from(domain.Term), min_size=1)
    ),
    domain_events.RelationshipRated: lambda marker: _from_fields(
        domain_events.RelationshipRated,
        marker,
        quality=strategy_for(domain.RelationshipQuality, marker=marker).filter(lambda view: view.rater is not None),
    ),
    domain_events.PerspectiveGiven: lambda marker: _from_fields(
        domain_events.PerspectiveGiven, marker, by=st.sampled_from(PERSONS)
    ),
    domain.DevelopmentLog: lambda marker: _logs(marker),
    domain_events.RepairViewGiven: lambda marker: _from_fields(
        domain_events.RepairViewGiven, marker, by=st.sampled_from(PERSONS)
    ),
    domain_events.RepairSucceeded: lambda marker: _from_fields(
        domain_events.RepairSucceeded, marker, judged_by=st.frozensets(st.sampled_from(PERSONS), max_size=3)
    ),
    domain_events.SafetyConcernReviewed: lambda marker: _from_fields(
        domain_events.SafetyConcernReviewed, marker, of=_CODES
    ),
    domain.Breach: lambda marker: _breaches(domain.Breach, marker),
    domain_events.BreachReported: lambda marker: _breaches(
        domain_events.BreachReported,
        marker,
        status=st.sampled_from([domain.BreachStatus.ALLEGED, domain.BreachStatus.SUBSTANTIATED]),
    ),
    domain_events.Closed: lambda marker: _from_fields(
        domain_events.Closed,
        marker,
        reason=st.sampled_from(
            [reason for reason in domain.ClosingReason if reason != domain.ClosingReason.ALL_STAGES_COMPLETED]
        ),
    ),
}
