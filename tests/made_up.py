"""What approved texts are made of: small panels by hand, and expected counts that no simulation gave."""

from __future__ import annotations

import re
from collections.abc import Mapping

from therarel.detection import Detection, FallCount, NoiseCount
from therarel.detection.expectation import Expectation
from therarel.noise import NullModel
from therarel.panels import Panel

_TAG = re.compile(r"<(/?)([a-zA-Z!][\w-]*)([^>]*?)/?>")
_FILE = re.compile(r'href="data:text/csv[^"]*"')
_LEFT_OUT = re.compile(r"<style>.*?</style>| font-family=\"system-ui[^\"]*\"| xmlns=\"[^\"]*\"", re.DOTALL)
_MADE_ID = re.compile(r"\btr-[0-9a-f]{10}\b")
_VERSION = re.compile(r"(therarel|therarel report|\(version|numpy|scipy|polars|narwhals|Python) \d+\.\d[\w.]*")
_SILENT = frozenset({"div", "dd", "tr", "thead", "tbody", "head", "body", "main", "p", "li", "td"})
_NUMBER = re.compile(r"-?\d+\.\d+")


def without_version(text: str) -> str:
    """Text that names the library without its version."""
    return _VERSION.sub(r"\1", text)


def readable(html: str) -> str:
    """A page as lines: an element with its attributes and the words that follow it; style and versions are left out."""
    html = _FILE.sub('href="data:"', html)
    html = without_version(_MADE_ID.sub("picture", _LEFT_OUT.sub("", html)))
    lines: list[str] = []
    end = 0
    for found in _TAG.finditer(html):
        words = " ".join(html[end : found.start()].split())
        if words:
            lines[-1] += f" | {words}"
        end = found.end()
        closing, name, attributes = found.groups()
        if not closing:
            lines.append(" ".join([name, *attributes.split()]))
        elif name in ("g", "svg", "table"):
            lines.append(f"/{name}")
    told = [line for line in lines if line not in _SILENT]
    return rounded("\n".join(told) + "\n")


def rounded(text: str) -> str:
    """Places in a picture to a tenth, which nobody can see the half of."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", text)


def expecting(found: Detection, *, power: float = 0.9, fitted: bool = True) -> Detection:
    """A detection whose expected counts are made up: no two figures of them are alike."""
    fit = NullModel(intercept=3.5, between_sd=0.6, slope=0.05, slope_sd=0.04, within_sd=0.4, phi=0.25, source="made up")
    counts = tuple(
        NoiseCount(
            rule=rule, null=fit, fitted=fitted, dyads=found.panel.n_dyads, mean=0.7 + at, low=at, high=1 + 2 * at,
            error=0.13, runs=211, simulated=422, seed=17,
            within_sd=(0.31, 0.44) if fitted else None, phi=(0.08, 0.29) if fitted else None,
            falls=FallCount(
                share=0.25, depth=1.5, mean=5.2 + at, found=0.57 - 0.1 * at, expected=2.4 + at, power=power - 0.05 * at,
                null=NullModel(within_sd=0.35, phi=0.19),
            ),
        )
        for at, rule in enumerate(found.rules)
    )  # fmt: skip
    found._noise["found"] = Expectation(counts)
    return found


def of_series(series: Mapping[str, list[float | None]], *, first: int = 1, **stated: object) -> Panel:
    """A panel of some series, each from its first session on."""
    return Panel.from_arrays(
        [dyad for dyad, scores in series.items() for _ in scores],
        [first + at for scores in series.values() for at in range(len(scores))],
        [score for scores in series.values() for score in scores],
        **{"scale": (1, 5), "higher_is_better": True, **stated},  # type: ignore[arg-type]  # what the panel takes
    )
