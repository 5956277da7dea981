"""Loading and dumping 100,000 events as JSON, against plain cattrs with orjson and against pydantic.

Each side does what its users would do. ``therarel`` goes from text to frozen, validated objects with all strictness
(no coercion, no unknown key, no key twice, no NaN) and the standard library's JSON. ``cattrs`` is its ready-made
orjson converter with the tagged-union strategy, all settings as they come, on the very same classes and validators.
``pydantic`` gets models of the same fields, frozen, strict and with a discriminated union, without the validators of
the domain. The rounds alternate, so that a busy moment of the machine meets all; the figures are medians. The goal is
a ratio of at most 1.15 to cattrs for loading.

    python benchmarks/bench_json_load.py [--events 100000] [--rounds 7] [--save results.json]
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum
from functools import reduce
from importlib.metadata import version
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import orjson
from cattrs.preconf.orjson import make_converter
from cattrs.strategies import configure_tagged_union

from therarel.confidential import Confidential
from therarel.domain import events
from therarel.reading import Reader

GOAL = 1.15
PEER = "cattrs"
Factory: Any = attrs.Factory  # type checkers take the class for a function
TASKS = ["building_rapport", "establishing_trust", "setting_expectations", "creating_safety"]


def happening(chance: random.Random, session: int) -> dict[str, object]:
    """What every event says."""
    told: dict[str, object] = {
        "session": session,
        "on": (date(2024, 1, 8) + timedelta(weeks=session)).isoformat(),
        "reported_by": chance.choice(["client", "therapist", "observer"]),
    }
    if chance.random() < 0.2:
        told["note"] = "a sentence of about the length that a note of this kind tends to have"
    return told


def made_events(count: int) -> list[dict[str, object]]:
    """Events of fifteen classes in made-up proportions, as JSON data."""
    chance = random.Random(20240105)

    def one(kind: str, **more: object) -> dict[str, object]:
        return {"type": kind, **happening(chance, session), **more}

    def score() -> dict[str, object]:
        return {
            "instrument": "wai-sr",
            "value": round(chance.uniform(1, 5), 2),
            "rater": chance.choice(["client", "therapist"]),
            "timing": "post_session",
            "scale": {"minimum": 1, "maximum": 5, "higher_is_better": True},
            "answered": 12,
        }

    makers: list[tuple[int, Callable[[], dict[str, object]]]] = [
        (30, lambda: one("SessionHeld")),
        (4, lambda: one("SessionMissed", by="client", notified=chance.random() < 0.5)),
        (25, lambda: one("Measured", score=score())),
        (3, lambda: one("PerspectiveGiven", by="client", perceived=True)),
        (3, lambda: one("ChallengeFaced")),
        (4, lambda: one("SupervisionHeld", independent=True)),
        (3, lambda: one("CulturalMisstepAcknowledged", client_view_invited=True)),
        (6, lambda: one("StrainNoticed", moved_by="client", contributors=["client", "therapist"])),
        (4, lambda: one("RuptureNoticed", severity="moderate", modes=["confrontation", "withdrawal"])),
        (3, lambda: one("RepairBegan", route="exploratory")),
        (3, lambda: one("RepairPartial")),
        (6, lambda: one("StageTaskMet", task=chance.choice(TASKS))),
        (2, lambda: one("AdvanceRequested")),
        (2, lambda: one("RepairSucceeded", judged_by=["client", "therapist"])),
        (2, lambda: one("Closed", reason="agreed")),
    ]
    weights = [weight for weight, _ in makers]
    data = []
    for maker in chance.choices([make for _, make in makers], weights, k=count):
        session = chance.randint(0, 40)
        data.append(maker())
    return data


def cattrs_peer() -> tuple[Callable[[str], object], Callable[[object], bytes]]:
    """Plain cattrs with orjson; it is told only what it cannot know: confidential text and unions of enumerations."""
    converter = make_converter()

    def of_enums(kind: object) -> bool:
        members = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
        return bool(members) and all(isinstance(each, type) and issubclass(each, Enum) for each in members)

    def first_that_fits(value: object, kind: Any) -> object:
        return next(member for each in get_args(kind) for member in each if member.value == value)

    converter.register_structure_hook_func(of_enums, first_that_fits)
    converter.register_structure_hook(Confidential, lambda value, _: Confidential(value))
    converter.register_unstructure_hook(Confidential, lambda value: value.reveal())
    configure_tagged_union(events.Event, converter, tag_name="type")
    listed = list[events.Event]
    return (
        lambda text: converter.structure(orjson.loads(text), listed),
        lambda objects: orjson.dumps(converter.unstructure(objects, listed)),
    )


def pydantic_peer() -> tuple[Callable[[str], object], Callable[[object], bytes]] | None:
    """Strict, frozen models of the same fields; ``None`` where pydantic is not installed."""
    try:
        import pydantic
    except ImportError:
        return None
    config = pydantic.ConfigDict(frozen=True, strict=True, extra="forbid")
    models: dict[type, Any] = {}

    def translated(annotation: Any) -> Any:
        if annotation is Confidential:
            return str
        if isinstance(annotation, type) and attrs.has(annotation):
            return model(annotation)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            return reduce(or_, (translated(each) for each in arguments))
        if origin in (tuple, frozenset):
            return origin[tuple(each if each is ... else translated(each) for each in arguments)]
        if isinstance(annotation, type) and issubclass(annotation, str) and not issubclass(annotation, Enum):
            return str
        return annotation

    def model(kind: type, tag: str | None = None) -> Any:
        if kind not in models or tag is not None:
            hints = get_type_hints(kind)
            fields: dict[str, Any] = {} if tag is None else {"type": (Literal[tag], ...)}
            for each in attrs.fields(kind):
                declared = translated(hints[each.name])
                if each.default is attrs.NOTHING:
                    fields[each.name] = (declared, ...)
                elif isinstance(each.default, Factory) or attrs.has(type(each.default)):
                    fields[each.name] = (declared | None, None)  # a default of the domain's own classes
                else:
                    fields[each.name] = (declared, each.default)
            models[kind] = pydantic.create_model(kind.__name__, __config__=config, **fields)
        return models[kind]

    union: Any = reduce(or_, (model(each, each.__name__) for each in (*events.FACTS, *events.JUDGEMENTS)))
    tagged: Any = Annotated[union, pydantic.Field(discriminator="type")]
    adapter: Any = pydantic.TypeAdapter(list[tagged])
    return adapter.validate_json, adapter.dump_json


def timed(call: Callable[[Any], object], argument: object) -> float:
    """Seconds that a call takes, from a clean heap."""
    gc.collect()
    start = time.perf_counter()
    kept = call(argument)
    elapsed = time.perf_counter() - start
    del kept
    return elapsed


def main() -> int:
    """Measure, print the table, and say whether the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--save", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()

    text = json.dumps(made_events(arguments.events))
    reader, listed = Reader(), list[events.Event]
    sides: dict[str, tuple[Callable[[str], object], Callable[[Any], object]]] = {
        "therarel": (
            lambda text: reader.loads(text, listed),
            lambda objects: reader.dumps(objects, listed, confidential="include"),
        ),
        PEER: cattrs_peer(),
    }
    pydantic = pydantic_peer()
    if pydantic is not None:
        sides["pydantic"] = pydantic
    assert sides["therarel"][0](text) == sides[PEER][0](text), "both sides load the same objects"

    figures: dict[str, dict[str, list[float]]] = {task: {name: [] for name in sides} for task in ("load", "dump")}
    for _ in range(arguments.rounds):
        for name, (load, _) in sides.items():
            figures["load"][name].append(timed(load, text))
    loaded = {name: load(text) for name, (load, _) in sides.items()}
    for _ in range(arguments.rounds):
        for name, (_, dump) in sides.items():
            figures["dump"][name].append(timed(dump, loaded[name]))

    medians = {task: {name: statistics.median(times) for name, times in by.items()} for task, by in figures.items()}
    print(f"{arguments.events} events, {len(text) / 1e6:.1f} MB of JSON, {arguments.rounds} rounds")
    print(f"{'task':<8}{'side':<12}{'median':>12}{'least':>12}{'ratio to ' + PEER:>18}")
    for task, by in medians.items():
        for name, median in by.items():
            least = min(figures[task][name])
            print(f"{task:<8}{name:<12}{median * 1e3:>9.0f} ms{least * 1e3:>9.0f} ms{median / by[PEER]:>18.3f}")

    ratio = medians["load"]["therarel"] / medians["load"][PEER]
    met = ratio <= GOAL
    print(f"goal: load at most {GOAL} of {PEER}: {'met' if met else 'missed'} ({ratio:.3f})")
    if arguments.save:
        record = {
            "benchmark": "json_load",
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "machine": f"{platform.machine()}, {platform.system()}",
            "versions": {name: version(name) for name in (*sides, "attrs", "orjson")},
            "events": arguments.events,
            "rounds": arguments.rounds,
            "median_seconds": medians,
            "ratio": round(ratio, 4),
            "goal": GOAL,
            "met": met,
        }
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
