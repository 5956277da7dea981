"""Three hundred small, nasty data sets: no random restart ends at a higher likelihood than the fit.

    python -m tests.proofs.growth_optimum [--sets 300] [--restarts 20] [--save [FILE]]

Beside them stand sets of more than three hundred dyads, whose search begins at one place only (``--large 60``, five
restarts each). Each set is fitted by REML and by ML. A set counts as lost if the best of the restarts is better by more
than 1e-6 of log-likelihood, or if the fit is refused as not converged.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.growth.models import best_of_restarts, many_problem, nasty_problem

from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.search.optimum import NotConvergedError, optimise

RESULT = Path(__file__).with_name("results") / "growth_optimum.json"


def lost(make: Callable[..., MixedModel], seed: int, reml: bool, restarts: int) -> dict[str, object] | None:
    """What went wrong with one set; ``None`` if nothing did."""
    problem = make(seed, reml=reml)
    best = best_of_restarts(problem, restarts, seed)
    try:
        found = optimise(problem)
    except NotConvergedError as fault:
        return {"seed": seed, "reml": reml, "error": str(fault)}
    below = (found.point.deviance - best) / 2
    return {"seed": seed, "reml": reml, "below": below} if below > 1e-6 else None


def main() -> None:
    """Run all sets and say how many were lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=300)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--large", type=int, default=60)
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    both = (True, False)
    small = [lost(nasty_problem, seed, reml, chosen.restarts) for seed in range(chosen.sets) for reml in both]
    large = [lost(many_problem, seed, reml, 5) for seed in range(chosen.large) for reml in both]
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "sets": chosen.sets,
        "fits": len(small),
        "restarts": chosen.restarts,
        "lost": [one for one in small if one is not None],
        "large_sets": chosen.large,
        "large_fits": len(large),
        "large_restarts": 5,
        "large_lost": [one for one in large if one is not None],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "scipy")}},
    }
    print(json.dumps(result, indent=2))  # noqa: T201  # a script's answer
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
