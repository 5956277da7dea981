"""What the concept graph costs: loading against the YAML parser, questions against importing networkx.

Loading means reading the shipped file strictly, checking all of it and building the graph; it is measured against the
safe C loader's parse of the same text, in turn with it, so that a busy moment of the machine meets both. The goal is a
ratio of at most 2. Questions are asked on a loaded graph, with nothing kept from one to the next but what the graph
itself keeps; the slowest is measured against the time that ``import networkx`` takes in a fresh interpreter, and the
goal is to stay below it.

    python benchmarks/bench_concepts.py [--rounds 20] [--save results.json]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import yaml

import therarel.concepts
from therarel.concepts import ConceptGraph, load_concepts
from therarel.concepts.exports import Format
from therarel.domain import Relationship

LOAD_GOAL = 2.0
QUESTION_GOAL = 1.0
TEXT = Path(therarel.concepts.__file__).with_name("concepts.yaml").read_text("utf-8")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def importing_networkx() -> float:
    """Seconds that ``import networkx`` takes in a fresh interpreter, without the start of the interpreter."""
    code = "from time import perf_counter as now; start = now(); import networkx; print(now() - start)"
    answer = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return float(answer.stdout)


def questions(graph: ConceptGraph) -> dict[str, Callable[[], object]]:
    """Every question on the shipped graph, the costly cases of each."""
    ids = [node.id for node in graph]
    relationship = Relationship.between("C-014", "T-03")
    asked: dict[str, Callable[[], object]] = {
        "explain": lambda: str(graph.explain("working_alliance")),
        "why, the farthest": lambda: graph.why("swai", "multicultural_orientation").sentence,
        "why, by evidence": lambda: graph.why("clinical_supervision", "trust", by="evidence").sentence,
        "neighbourhood, depth 3": lambda: graph.neighbourhood("working_alliance", 3),
        "supports, with parts": lambda: graph.supports("therapeutic_relationship", parts=True),
        "repairs": lambda: graph.repairs("withdrawal_rupture"),
        "develops": lambda: graph.develops("countertransference_management"),
        "learning path": lambda: str(graph.learning_path("maturation")),
        "lecture on ten topics": lambda: str(graph.lecture(ids[::12])),
        "missing": lambda: graph.missing(relationship),
        "around": lambda: graph.around(relationship),
        "unmeasured": graph.unmeasured,
        "unevidenced": graph.unevidenced,
        "central, betweenness": graph.central,
        "diff": lambda: graph.diff(graph.without_inferred()),
        "to_networkx": graph.to_networkx,
        "overview": lambda: graph.draw().to_svg(),
        "focus, depth 2": lambda: graph.draw("working_alliance").to_svg(),
    }
    for form in Format:
        asked[f"export, {form.value}"] = lambda form=form: graph.export(form)  # type: ignore[misc]  # bound per format
    return asked


def main() -> int:
    """Measure, print the tables, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--save", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()

    parsing, loading = [], []
    for _ in range(arguments.rounds):
        parsing.append(seconds(lambda: yaml.load(TEXT, LOADER)))
        loading.append(seconds(lambda: load_concepts(TEXT)))
    parse, load = statistics.median(parsing), statistics.median(loading)
    print(f"{'safe C loader alone':<28}{parse * 1e3:>10.2f} ms")
    print(f"{'load, check and build':<28}{load * 1e3:>10.2f} ms{load / parse:>10.2f}")
    load_met = load / parse <= LOAD_GOAL
    print(f"goal: at most {LOAD_GOAL} times: {'met' if load_met else 'missed'} ({load / parse:.2f})\n")

    floor = statistics.median(importing_networkx() for _ in range(max(3, arguments.rounds // 4)))
    graph = load_concepts(TEXT)
    graph.without_inferred()
    figures = {
        name: statistics.median(seconds(ask) for _ in range(arguments.rounds)) for name, ask in questions(graph).items()
    }
    print(f"{'import networkx':<28}{floor * 1e3:>10.2f} ms")
    for name, value in sorted(figures.items(), key=lambda item: -item[1]):
        print(f"{name:<28}{value * 1e3:>10.2f} ms{value / floor:>10.3f}")
    worst = max(figures.values()) / floor
    question_met = worst <= QUESTION_GOAL
    print(f"goal: the slowest below importing networkx: {'met' if question_met else 'missed'} ({worst:.3f})")

    if arguments.save:
        record = {
            "benchmark": "concepts",
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "machine": f"{platform.machine()}, {platform.system()}",
            "versions": {name: version(name) for name in ("therarel", "PyYAML", "networkx")},
            "rounds": arguments.rounds,
            "median_milliseconds": {
                "safe C loader": round(parse * 1e3, 3),
                "load": round(load * 1e3, 3),
                "import networkx": round(floor * 1e3, 3),
                **{name: round(value * 1e3, 3) for name, value in figures.items()},
            },
            "ratios": {"load": round(load / parse, 3), "slowest question": round(worst, 3)},
            "goals": {"load": LOAD_GOAL, "slowest question": QUESTION_GOAL},
            "met": load_met and question_met,
        }
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return 0 if load_met and question_met else 1


if __name__ == "__main__":
    sys.exit(main())
