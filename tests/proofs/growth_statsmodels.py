"""The same models by statsmodels, wherever it converges.

    python -m tests.proofs.growth_statsmodels [--sets 60] [--save [FILE]]

Simulated clinics of 12 to 60 dyads with sessions of whole or continuous times; a random intercept, a random intercept
and slope, and random intercepts of therapists and of their dyads; each by REML and by ML. A fit is lost if its
log-likelihood is below that of statsmodels by more than 1e-6. Where statsmodels says that it converged and comes within
1e-6 of our log-likelihood, fixed effects, standard errors and variances are compared; where it says so from further
below, it is counted as having stopped short.

Its standard errors come from the observed information of fixed effects and variances together, ours (like lme4's) from
that of the fixed effects given the variances. So ours are compared with both: its own, and the block of its information
that belongs to the fixed effects. Needs the extra ``benchmarks``.
"""

from __future__ import annotations

import argparse
import json
import platform
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from therarel.growth import GrowthFit, fit_growth

RESULT = Path(__file__).with_name("results") / "growth_statsmodels.json"
FORMULA = "score ~ session * arm"
METHODS: tuple[Literal["reml", "ml"], ...] = ("reml", "ml")
NEAR = 1e-6  # of log-likelihood


def clinic(seed: int) -> pl.DataFrame:
    """A clinic with therapists, two arms, and sessions that end early for some."""
    chance = np.random.default_rng(seed)
    dyads = int(chance.choice([12, 24, 60]))
    sizes = chance.integers(3, 9, dyads)
    dyad = np.repeat(np.arange(dyads), sizes)
    session = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    if seed % 2:
        session += chance.uniform(-0.3, 0.3, len(session))
    spreads = chance.uniform([0.2, 0.05, 0.1, 0.2], [1.0, 0.3, 0.6, 0.8])
    effects = chance.normal(size=(dyads, 2)) * spreads[:2]
    therapist = dyad // 3
    arm = (therapist % 2).astype(np.float64)
    score = 4.0 + 0.1 * session + 0.05 * arm * session + spreads[2] * chance.normal(size=dyads)[therapist]
    score += effects[dyad, 0] + effects[dyad, 1] * session + spreads[3] * chance.normal(size=len(dyad))
    return pl.DataFrame({"dyad": dyad, "therapist": therapist, "session": session, "arm": arm, "score": score})


def intercept(frame: Any, reml: bool) -> tuple[Any, list[float]]:
    """A random intercept by statsmodels, and its variances."""
    import statsmodels.formula.api as smf

    found = smf.mixedlm(FORMULA, frame, groups=frame["dyad"]).fit(reml=reml)
    return found, [float(found.cov_re.iloc[0, 0])]


def slope(frame: Any, reml: bool) -> tuple[Any, list[float]]:
    """A random intercept and slope by statsmodels, their variances and their covariance."""
    import statsmodels.formula.api as smf

    found = smf.mixedlm(FORMULA, frame, groups=frame["dyad"], re_formula="~session").fit(reml=reml)
    matrix = found.cov_re.to_numpy()
    return found, [float(matrix[0, 0]), float(matrix[1, 0]), float(matrix[1, 1])]


def nested(frame: Any, reml: bool) -> tuple[Any, list[float]]:
    """Random intercepts of therapists and of dyads by statsmodels, as variance components within therapists."""
    import statsmodels.formula.api as smf

    parts = {"therapist": "1", "dyad": "0 + C(dyad)"}
    found = smf.mixedlm(FORMULA, frame, groups=frame["therapist"], re_formula="0", vc_formula=parts).fit(reml=reml)
    values = dict(zip(found.model.exog_vc.names, found.vcomp, strict=True))
    return found, [float(values["dyad"]), float(values["therapist"])]


def ours(fit: GrowthFit) -> list[float]:
    """Our variances and covariances, inner level first."""
    matrices = [fit.level_covariance(level) for level in range(len(fit.groups))]
    return [
        float(matrix[row, column]) for matrix in matrices for row in range(len(matrix)) for column in range(row + 1)
    ]


MODELS: dict[str, tuple[dict[str, str], Callable[[Any, bool], tuple[Any, list[float]]]]] = {
    "intercept": ({"dyad": "1"}, intercept),
    "intercept and slope": ({"dyad": "1 + session"}, slope),
    "therapists and dyads": ({"therapist": "1", "dyad": "1"}, nested),
}


def compared(table: pl.DataFrame, name: str, method: Literal["reml", "ml"]) -> dict[str, float | bool]:
    """One model by both: the difference of log-likelihoods, and, where they are near, of everything else.

    Differences of fixed effects are in standard errors, those of standard errors and the residual variance relative,
    and those of variances of random effects relative to the residual variance.
    """
    random, theirs = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(table, FORMULA, random, method=method)
        try:
            other, variances = theirs(table.to_pandas(), method == "reml")
        except (np.linalg.LinAlgError, ValueError):
            return {"converged": False}
    if not other.converged or not np.isfinite(other.llf):
        return {"converged": False}
    above = fit.log_likelihood - float(other.llf)
    found: dict[str, float | bool] = {"converged": True, "above": above, "boundary": bool(fit.boundary)}
    if abs(above) <= NEAR:
        errors = np.array(list(fit.standard_errors.values()))
        residual = fit.residual_sds[""] ** 2
        found["fixed"] = float(np.max(np.abs(np.array(list(fit.fixed.values())) - other.fe_params) / errors))
        information = -other.model.hessian(other.params_object)[0][: len(errors), : len(errors)]
        found["errors"] = float(np.max(np.abs(np.sqrt(np.diag(np.linalg.inv(information))) / errors - 1.0)))
        found["joint_errors"] = float(np.max(np.abs(np.asarray(other.bse_fe) / errors - 1.0)))
        found["residual"] = abs(float(other.scale) / residual - 1.0)
        found["variances"] = float(np.max(np.abs(np.array(ours(fit)) - variances))) / residual
    return found


def main() -> None:
    """Fit all and say how far the two are apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=60)
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    models: dict[str, dict[str, float | int]] = {}
    for name in MODELS:
        for method in METHODS:
            found = [compared(clinic(seed), name, method) for seed in range(chosen.sets)]
            done = [one for one in found if one["converged"]]
            near = [one for one in done if "fixed" in one]
            models[f"{name}, {method}"] = {
                "sets": len(found),
                "statsmodels_converged": len(done),
                "lost": sum(one["above"] < -NEAR for one in done),
                "equal": len(near),
                "statsmodels_stopped_short": sum(one["above"] > NEAR for one in done),
                "furthest_below_ours": max((float(one["above"]) for one in done), default=0.0),
                "furthest_above_ours": max((-float(one["above"]) for one in done), default=0.0),
                **{
                    f"largest_difference_of_{part}": max((float(one[part]) for one in near), default=0.0)
                    for part in ("fixed", "errors", "joint_errors", "residual", "variances")
                },
            }
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "models": models,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "statsmodels")},
        },
    }
    print(json.dumps(result, indent=2))  # noqa: T201  # a script's answer
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
