"""What a decision costs, against hand-written code and against two libraries for state machines.

Every figure is a ratio of two ways of doing the same, run in turns in one process, so that a busy moment of the
machine meets both; the figure is the median over the rounds. Validators are on everywhere.

- ``decide`` against a hand-written function that looks up the same table, tests the same guards and builds the same
  `Relationship` and `Accepted`; the goal is at most 2.
- A declined judgement against an accepted one; the goal is below 1.
- Replay: the time per entry of 2,000 entries against that of 250; the goal is about 1, that is, linear.
- Hindsight on entries recorded in reverse: the time per entry of 4,000 against that of 500; the same goal.
- Loading a course, document to state, against ``json.loads`` of the same text; the goal is at most 40 microseconds an
  entry.
- The same step with the same guards and a record of what happened, in ``transitions`` and ``python-statemachine``;
  the hope is 5 and 40 times faster. Their machines hold plain attributes, ours a validated frozen value.
- Bytes per live relationship beside theirs.

    python benchmarks/bench_machine.py [--rounds 60] [--save results.json]
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
from statemachine import State, StateMachine
from transitions import Machine as TransitionsMachine

from therarel import records
from therarel.domain import AllianceStatus, Event, Party, Relationship, Stage, StageTask, events, tasks_of
from therarel.machine import Accepted, Course, Machine, decide, replay
from therarel.simulation import simulate_courses

FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
FORMED = attrs.evolve(Relationship.between("C-1", "T-1"), tasks_met=FORMATION)
NEW = Relationship.between("C-1", "T-1")
ADVANCE = events.AdvanceRequested(session=4)
S1 = Machine.standard().transition("S1")
GOAL_BY_HAND, GOAL_DECLINED, GOAL_LINEAR, GOAL_LOADING = 2.0, 1.0, 1.5, 40.0
HOPES = {"transitions": 5.0, "python-statemachine": 40.0}


def formation_complete(now: Relationship) -> bool:
    return now.tasks_met >= FORMATION


def not_in_rupture(now: Relationship) -> bool:
    return now.alliance_status in (AllianceStatus.INTACT, AllianceStatus.STRAINED) and not now.has_open_rupture


def strain_allows_advance(now: Relationship) -> bool:
    return True


def no_open_breach(now: Relationship) -> bool:
    return not any(breach.blocks and not breach.is_serious for breach in now.breaches)


def no_serious_breach(now: Relationship) -> bool:
    return not any(breach.is_serious for breach in now.breaches)


def no_serious_exploitation(now: Relationship) -> bool:
    return not any(breach.stops_the_work for breach in now.breaches)


GUARDS = (
    no_serious_exploitation,
    formation_complete,
    not_in_rupture,
    strain_allows_advance,
    no_open_breach,
    no_serious_breach,
)
BY_HAND = {(Stage.INITIAL_FORMATION, AllianceStatus.INTACT, events.AdvanceRequested): (S1, GUARDS, Stage.WORKING_PHASE)}


def by_hand(now: Relationship, event: events.AdvanceRequested) -> Accepted | None:
    """The same lookup, the same guards, the same relationship and the same acceptance, written by hand."""
    row, guards, stage = BY_HAND[now.stage, now.alliance_status, type(event)]
    for guard in guards:
        if not guard(now):
            return None
    after = Relationship(
        now.dyad, stage, now.alliance_status, now.tasks_met, now.tasks_waived, now.rupture_repaired,
        now.challenge_faced, now.episode, now.breaches, now.supervision_last, now.client_misses_in_a_row, now.paused,
        now.closed_reason, now.ended_from, now.safety_concerns, now.unresolved_before, now.predecessor,
    )  # fmt: skip
    return Accepted(event, now, after, row)


class Plain:
    """What the libraries drive: plain attributes that the same guards read."""

    def __init__(self) -> None:
        self.tasks_met, self.alliance_status, self.breaches = FORMATION, AllianceStatus.INTACT, ()
        self.has_open_rupture = False
        self.record: list[tuple[str, str, str]] = []


def _condition(guard: Callable[..., bool]) -> Callable[[Plain], bool]:
    def holds(self: Plain) -> bool:
        return guard(self)

    return holds


class TransitionsModel(Plain):
    """A model for ``transitions`` that keeps a record."""

    def noted(self) -> None:
        """Keep a record of the step."""
        self.record.append(("initial_formation", "advance", "working_phase"))


for _guard in GUARDS:
    setattr(TransitionsModel, _guard.__name__, _condition(_guard))

STAGES = [stage.value for stage in Stage]
ROWS: list[Any] = [
    {"trigger": "advance", "source": "initial_formation", "dest": "working_phase",
     "conditions": [guard.__name__ for guard in GUARDS], "after": "noted"},
    {"trigger": "back", "source": "working_phase", "dest": "initial_formation"},
]  # fmt: skip
SHARED = TransitionsMachine(
    model=None, states=STAGES, transitions=ROWS, initial="initial_formation", auto_transitions=False
)


def transitions_model() -> TransitionsModel:
    model = TransitionsModel()
    SHARED.add_model(model)
    return model


class Peer(StateMachine):
    """The same in ``python-statemachine``."""

    initial_formation = State(initial=True)
    working_phase = State()
    advance = initial_formation.to(working_phase, cond=[guard.__name__ for guard in GUARDS], on="noted")
    back = working_phase.to(initial_formation)

    def __init__(self) -> None:
        self.tasks_met, self.alliance_status, self.breaches = FORMATION, AllianceStatus.INTACT, ()
        self.has_open_rupture = False
        self.record: list[tuple[str, str, str]] = []
        super().__init__()

    def noted(self) -> None:
        """Keep a record of the step."""
        self.record.append(("initial_formation", "advance", "working_phase"))


for _guard in GUARDS:
    setattr(Peer, _guard.__name__, _condition(_guard))


def timed(step: Callable[[], object], count: int) -> float:
    """Seconds of processor time per call, so that what else runs on the machine does not count."""
    begun = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - begun) / count


def in_turns(ways: dict[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, list[float]]:
    """Seconds per call of each way, round by round, the ways in turns."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (step, count) in ways.items():
            figures[name].append(timed(step, count))
    return figures


def ratio(figures: dict[str, list[float]], one: str, other: str) -> float:
    """Median over the rounds of one way against another."""
    return statistics.median(a / b for a, b in zip(figures[one], figures[other], strict=True))


def recorded_step() -> Callable[[], object]:
    """Our step with a record kept: the course begins anew before it grows long, as the peers step back."""
    course = Course(FORMED)

    def step() -> object:
        nonlocal course
        course = Course(FORMED)
        return course.record(ADVANCE)

    return step


def transitions_step() -> Callable[[], object]:
    model = transitions_model()

    def step() -> object:
        model.record.clear()
        done = model.advance()  # type: ignore[attr-defined]  # the library makes it
        SHARED.set_state("initial_formation", model)
        return done

    return step


def statemachine_step() -> Callable[[], object]:
    peer = Peer()
    state = peer.current_state_value

    def step() -> object:
        peer.record.clear()
        done = peer.advance()
        peer.current_state_value = state
        return done

    return step


def log(entries: int) -> list[Event]:
    """A log that moves on every entry."""
    four: list[Event] = [
        events.StrainNoticed(),
        events.SessionMissed(Party.CLIENT),
        events.StrainEased(),
        events.SessionHeld(),
    ]
    return [four[index % 4] for index in range(entries)]


def in_reverse(entries: int) -> Course:
    """A course whose entries were recorded from the last session to the first, every third one with its date alone."""
    course = Course(NEW)
    for session in range(entries, 0, -1):
        on = date.fromordinal(737_000 + session)
        course.record(events.SessionHeld(on=on) if session % 3 == 0 else events.SessionHeld(session=session, on=on))
    return course


def documents() -> tuple[list[str], int]:
    """Whole courses as documents, with scores, tasks, ruptures and repairs, and the number of their entries."""
    courses = simulate_courses(30, seed=3, sessions=(20, 40))
    return [records.dumps(course, confidential="include") for course in courses], sum(
        len(course.history) for course in courses
    )


def loads_all(texts: list[str]) -> None:
    for text in texts:
        records.loads(text, Course)


def parse_all(texts: list[str]) -> None:
    for text in texts:
        json.loads(text)


def bytes_each(make: Callable[[], object], count: int = 400) -> float:
    """Bytes that one more live object holds."""
    kept = [make() for _ in range(10)]
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept += [make() for _ in range(count)]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / count


def live_course() -> Course:
    course = Course(NEW)
    course.record(events.StageTaskMet(StageTask.BUILDING_RAPPORT))
    return course


def _verdict(value: float, goal: float) -> str:
    return "met" if value <= goal else "missed"


def main() -> int:
    """Measure, print the table, and say which goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--save", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()
    assert decide(FORMED, ADVANCE) == by_hand(FORMED, ADVANCE)
    assert not decide(NEW, ADVANCE)

    short, long = log(250), log(2000)
    figures = in_turns(
        {
            "by hand": (lambda: by_hand(FORMED, ADVANCE), 400),
            "decide": (lambda: decide(FORMED, ADVANCE), 400),
            "declined": (lambda: decide(NEW, ADVANCE), 400),
            "recorded": (recorded_step(), 200),
            "transitions": (transitions_step(), 200),
            "python-statemachine": (statemachine_step(), 40),
        },
        arguments.rounds,
    )
    replays = in_turns(
        {"short": (lambda: replay(NEW, short), 1), "long": (lambda: replay(NEW, long), 1)},
        max(5, arguments.rounds // 3),
    )
    linear = ratio(replays, "long", "short") * len(short) / len(long)
    few, many = in_reverse(500), in_reverse(4000)
    looks = in_turns({"few": (few.hindsight, 1), "many": (many.hindsight, 1)}, max(5, arguments.rounds // 6))
    reverse = ratio(looks, "many", "few") * 500 / 4000
    texts, entries = documents()
    loading = in_turns(
        {"load": (lambda: loads_all(texts), 1), "json": (lambda: parse_all(texts), 1)}, max(5, arguments.rounds // 6)
    )
    per_entry = statistics.median(loading["load"]) / entries * 1e6
    sizes = {
        "relationship": bytes_each(lambda: attrs.evolve(NEW)),
        "course with one entry": bytes_each(live_course),
        "transitions, one shared machine": bytes_each(transitions_model),
        "transitions, a machine each": bytes_each(
            lambda: TransitionsMachine(
                model=TransitionsModel(), states=STAGES, transitions=ROWS, initial="initial_formation",
                auto_transitions=False,
            ), 50
        ),
        "python-statemachine": bytes_each(Peer, 100),
    }  # fmt: skip

    for name, values in figures.items():
        print(f"{name:<24}{statistics.median(values) * 1e6:>10.1f} us")
    goals = {
        "decide / by hand": (ratio(figures, "decide", "by hand"), GOAL_BY_HAND),
        "declined / accepted": (ratio(figures, "declined", "decide"), GOAL_DECLINED),
        "replay, per entry, 2000 / 250": (linear, GOAL_LINEAR),
        "hindsight in reverse, 4000 / 500": (reverse, GOAL_LINEAR),
        "loading, microseconds an entry": (per_entry, GOAL_LOADING),
    }
    for name, (value, goal) in goals.items():
        print(f"{name:<32}{value:>8.2f}  goal: at most {goal:g}  {_verdict(value, goal)}")
    print(f"{'loading / json.loads':<32}{ratio(loading, 'load', 'json'):>8.1f}")
    hopes = {name: ratio(figures, name, "recorded") for name in HOPES}
    for name, value in hopes.items():
        print(f"{name + ' / ours':<32}{value:>8.1f}  hope: {HOPES[name]:g}")
    for name, value in sizes.items():
        print(f"{name:<32}{value:>8.0f} bytes")
    if arguments.save:
        record = {
            "benchmark": "machine",
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "machine": f"{platform.machine()}, {platform.system()}",
            "versions": {name: version(name) for name in ("therarel", "transitions", "python-statemachine", "attrs")},
            "rounds": arguments.rounds,
            "median_microseconds": {
                name: round(statistics.median(values) * 1e6, 2) for name, values in figures.items()
            },
            "ratios": {name: round(value, 3) for name, (value, _) in goals.items()},
            "loading_against_json_loads": round(ratio(loading, "load", "json"), 1),
            "times_slower_than_ours": {name: round(value, 1) for name, value in hopes.items()},
            "bytes": {name: round(value) for name, value in sizes.items()},
        }
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return 0 if all(value <= goal for value, goal in goals.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
