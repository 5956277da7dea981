"""Three hundred small, nasty data sets: no random restart ends at a higher likelihood than the fit.

    python -m tests.proofs.growth_optimum [--sets 300] [--restarts 20] [--save tests/proofs/results/growth_optimum.json]

Each set is fitted by REML and by ML. A set counts as lost if the best of the restarts is better by more than 1e-6 of
log-likelihood, or if the fit is refused as not converged.
"""

from __future__ import annotations

import argparse
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.trajectories.growth.models import best_of_restarts, nasty_problem

from therarel.trajectories.growth.optimiser import NotConvergedError, optimise


def lost(seed: int, reml: bool, restarts: int) -> dict[str, object] | None:
    """What went wrong with one set; ``None`` if nothing did."""
    problem = nasty_problem(seed, reml=reml)
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
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    found = [lost(seed, reml, chosen.restarts) for seed in range(chosen.sets) for reml in (True, False)]
    losses = [one for one in found if one is not None]
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "sets": chosen.sets,
        "fits": len(found),
        "restarts": chosen.restarts,
        "lost": losses,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "scipy")}},
    }
    print(json.dumps(result, indent=2))  # noqa: T201  # a script's answer
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
