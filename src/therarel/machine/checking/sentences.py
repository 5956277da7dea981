"""Whether a machine has every sentence it needs, and whether each can be said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from string import Formatter
from typing import Final

from therarel.errors import hint_for
from therarel.machine.checking.findings import FindingKind, TableFault
from therarel.machine.conditions import CONDITIONS
from therarel.machine.effects import EFFECTS
from therarel.machine.guards import CASES, CONSENT_TO_EXPORT, GUARDS, OFFERED_HERE
from therarel.machine.remarks import OF_COURSES, REMARK_FIELDS, REMARK_RULES
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.table import FactRow, Transition, TransitionTable
from therarel.machine.unchanged import UNCHANGED
from therarel.reading import Path
from therarel.texts import DUE_FIELDS, OBSERVED_FIELDS, VIEW_FIELDS, GuardText, Texts, standard_texts

_KNOWN: Final[Mapping[str, Collection[str]]] = {
    "guards": (*GUARDS, OFFERED_HERE, CONSENT_TO_EXPORT),
    "conditions": tuple(CONDITIONS),
    "effects": tuple(EFFECTS),
    "remarks": (*REMARK_RULES, *UNCHANGED, *SAFETY_REMARKS, *OF_COURSES),
    "views": tuple(VIEW_FIELDS),
    "due": tuple(DUE_FIELDS),
    "observed": tuple(OBSERVED_FIELDS),
}
_ALWAYS: Final[Mapping[str, Collection[str]]] = {
    "guards": (OFFERED_HERE, CONSENT_TO_EXPORT),
    "remarks": (*UNCHANGED, *SAFETY_REMARKS, *OF_COURSES),
    "views": tuple(VIEW_FIELDS),
    "due": tuple(DUE_FIELDS),
    "observed": tuple(OBSERVED_FIELDS),
}
_OPEN_BRACE: Final = "a brace without its counterpart"
_TWICE: Final = "write {{ or }} for a brace"
_OF_GUARDS: Final = ("value", "threshold", "about")


def texts_for(table: TransitionTable, texts: Texts) -> Iterator[TableFault]:
    """Sentences that are missing, that nothing says, or that could not be said; places are those of the texts."""
    rows: tuple[Transition | FactRow, ...] = (*table.transitions, *table.facts)
    used: Mapping[str, set[str]] = {
        "guards": {name for row in table.transitions for name in row.guards},
        "conditions": {row.when for row in table.transitions if row.when is not None},
        "effects": {row.effect for row in rows if row.effect is not None},
        "remarks": {name for row in rows for name in row.remarks},
        "views": set(),
        "due": set(),
        "observed": set(),
    }
    said: Mapping[str, Mapping[str, object]] = {
        "guards": texts.guards,
        "conditions": texts.conditions,
        "effects": texts.effects,
        "remarks": texts.remarks,
        "views": texts.views,
        "due": texts.due,
        "observed": texts.observed,
    }
    for group, known in _KNOWN.items():
        needed = used[group].intersection(known).union(_ALWAYS.get(group, ()))  # the others the table reports
        for name in sorted(needed - said[group].keys()):
            yield _missing((group,), f"there is no sentence for '{name}' among the {group}")
        for name in said[group]:
            if name not in known:
                yield _unknown((group, name), f"there is nothing called '{name}' among the {group}", name, known)
    for name, text in texts.guards.items():
        yield from _guard(name, text)
    for name, sentence in texts.remarks.items():
        fields = {**REMARK_FIELDS, **SAFETY_REMARKS, **OF_COURSES}.get(name, ())
        yield from _sentence(("remarks", name), f"remark '{name}'", sentence, fields)
    for name, sentence in texts.views.items():
        yield from _sentence(("views", name), f"view text '{name}'", sentence, VIEW_FIELDS.get(name, ()))
    for name, sentence in texts.due.items():
        yield from _sentence(("due", name), f"sentence '{name}' of what is due", sentence, DUE_FIELDS.get(name, ()))
    for name, sentence in texts.observed.items():
        yield from _sentence(("observed", name), f"observed text '{name}'", sentence, OBSERVED_FIELDS.get(name, ()))
    yield from _like_the_standard(texts)
    for group, plain in (("condition", texts.conditions), ("effect", texts.effects), ("reason", texts.reasons)):
        for name, sentence in plain.items():
            yield from _sentence((f"{group}s", name), f"{group} '{name}'", sentence, ())


def _guard(name: str, text: GuardText) -> Iterator[TableFault]:
    path, who, cases = ("guards", name), f"guard '{name}'", CASES.get(name, ())
    for case in cases:
        if case not in text.cases:
            yield _missing((*path, "cases"), f"the {who} has no sentences for the case '{case}'")
    yield from _sentence((*path, "question"), who, text.question, ())
    yield from _sentence((*path, "fails"), who, text.fails, _OF_GUARDS)
    yield from _sentence((*path, "would_change"), who, text.would_change, _OF_GUARDS)
    for case, said in text.cases.items():
        here = (*path, "cases", case)
        if case not in cases:
            yield _unknown(here, f"the {who} has no case '{case}'", case, cases)
        yield from _sentence((*here, "fails"), who, said.fails, _OF_GUARDS)
        yield from _sentence((*here, "would_change"), who, said.would_change, _OF_GUARDS)


def _sentence(path: Path, who: str, sentence: str, fields: tuple[str, ...]) -> Iterator[TableFault]:
    """What keeps a sentence from being said with the values that are filled in there."""
    if not fields:  # it is said as it stands
        if "{" in sentence or "}" in sentence:
            yield _missing(path, f"a sentence of the {who} has a brace", "nothing is filled in here")
        return
    asked = _filled_in(sentence)
    if asked is None:
        yield _missing(path, f"a sentence of the {who} has {_OPEN_BRACE}", _TWICE)
        return
    if not asked <= {*fields}:
        wrong = ", ".join(f"{{{each}}}" for each in sorted(asked - {*fields}))
        known = " or ".join(f"{{{each}}}" for each in fields)
        yield _missing(path, f"a sentence of the {who} asks for {wrong}", f"use {known}, written just so")


def _missing(path: Path, what: str, hint: str | None = None) -> TableFault:
    return TableFault(FindingKind.MISSING_TEXT, path, what, hint, in_texts=True)


def _unknown(path: Path, what: str, name: str, known: Collection[str]) -> TableFault:
    return TableFault(FindingKind.UNKNOWN_NAME, path, what, hint_for(name, known, most=40), in_texts=True)


def _like_the_standard(texts: Texts) -> Iterator[TableFault]:
    """Words, events and phrases that are missing, unknown, or do not fill in the values of the library's own."""
    standard = standard_texts()
    if texts is standard:
        return
    yield from _group(("words",), texts.words, standard.words)
    yield from _group(("events",), texts.events, standard.events)
    for group, known in standard.phrases.items():
        yield from _group(("phrases", group), texts.phrases.get(group, {}), known)
    for group in texts.phrases.keys() - standard.phrases.keys():
        yield _unknown(("phrases", group), f"there is no text '{group}'", group, standard.phrases)
    places = [place for place, _ in texts.places()]
    for number, place in enumerate(texts.clinician_reviewed):
        if not any(each == place or each.startswith(f"{place}.") for each in places):
            hint = hint_for(place, places, most=12)
            yield _missing(("clinician_reviewed", number), f"there is no text '{place}'", hint or None)


def _group(path: Path, texts: Mapping[str, str], known: Mapping[str, str]) -> Iterator[TableFault]:
    where = ".".join(map(str, path))
    for name in known.keys() - texts.keys():
        yield _missing(path, f"there is no text '{name}' among the {where}", f"as in the library: {known[name]!r}")
    for name, text in texts.items():
        if name not in known:
            yield _unknown((*path, name), f"there is no text '{name}'", name, known)
            continue
        asked, needed = _filled_in(text), _filled_in(known[name])
        if asked is None:
            yield _missing((*path, name), f"a text has {_OPEN_BRACE}", _TWICE)
        elif asked != needed:
            wanted = ", ".join(sorted(f"{{{each}}}" for each in needed or ())) or "nothing"
            yield _missing((*path, name), f"a text of the {where} fills in other values than it has", f"use {wanted}")


def _filled_in(text: str) -> set[str] | None:
    """The values that a text fills in, as written; ``None`` if it cannot be read."""
    try:
        return {
            name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            for _, name, form, conversion in Formatter().parse(text)
            if name is not None
        }
    except ValueError:
        return None
