"""Whether texts have every word, label and phrase that the library's own have, with the same values filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from therarel.errors import hint_for
from therarel.machine.checking.findings import FindingKind, TableFault
from therarel.reading import Path
from therarel.texts import Texts, standard_texts


def like_the_standard(texts: Texts) -> Iterator[TableFault]:
    """Words, events and phrases that are missing, unknown, or do not fill in the values of the library's own.

    Examples:
        >>> list(like_the_standard(standard_texts()))
        []
    """
    standard = standard_texts()
    if texts is standard:
        return
    yield from _group(("words",), texts.words, standard.words)
    yield from _group(("events",), texts.events, standard.events)
    for group, known in standard.phrases.items():
        yield from _group(("phrases", group), texts.phrases.get(group, {}), known)
    for group in texts.phrases.keys() - standard.phrases.keys():
        yield _unknown(("phrases", group), group, standard.phrases)
    places = [place for place, _ in texts.places()]
    for number, place in enumerate(texts.clinician_reviewed):
        if not any(each == place or each.startswith(f"{place}.") for each in places):
            yield _unknown(("clinician_reviewed", number), place, dict.fromkeys(places), at_key=False)


def _group(path: Path, texts: Mapping[str, str], known: Mapping[str, str]) -> Iterator[TableFault]:
    where = ".".join(map(str, path))
    for name in known.keys() - texts.keys():
        yield _fault(path, f"there is no text '{name}' among the {where}", f"as in the library: {known[name]!r}")
    for name, text in texts.items():
        if name not in known:
            yield _unknown((*path, name), name, known)
            continue
        asked, needed = _filled_in(text), _filled_in(known[name])
        if asked is None:
            yield _fault((*path, name), "a text has a brace without its counterpart", "write {{ or }} for a brace")
        elif asked != needed:
            wanted = ", ".join(sorted(f"{{{each}}}" for each in needed or ())) or "nothing"
            yield _fault((*path, name), f"a text of the {where} fills in other values than it has", f"use {wanted}")


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


def _unknown(path: Path, name: str, known: Mapping[str, object], *, at_key: bool = True) -> TableFault:
    hint = hint_for(name, list(known), most=12)
    return TableFault(
        FindingKind.UNKNOWN_NAME if at_key else FindingKind.MISSING_TEXT,
        path,
        f"there is no text '{name}'",
        hint or None,
        in_texts=True,
    )


def _fault(path: Path, what: str, hint: str) -> TableFault:
    return TableFault(FindingKind.MISSING_TEXT, path, what, hint, in_texts=True)
