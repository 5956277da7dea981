"""Every public function and method takes a number of any library where it takes a plain one, and no truth value."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType, ModuleType
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest

from therarel import events
from therarel.concepts import concept_graph
from therarel.detection import (
    Calibration,
    Detection,
    calibrate,
    choose_threshold,
    detect,
    false_alarms_of,
    judge,
    reason_of,
    rules,
)
from therarel.detection.feeding import detect_folder, detect_lazy
from therarel.detection.monitors import CausalFalseAlarms, Monitor, NoiseModel, calibrate_causal
from therarel.detection.rules import BaselineChart, EarlierDrop
from therarel.growth import GrowthFit, fit_growth
from therarel.machine import Course
from therarel.measures import (
    Metric,
    Prorate,
    Strict,
    consistency_by_level,
    instrument,
    internal_consistency,
    observed,
    reliable_change,
    score,
    stated_score,
)
from therarel.noise import fit_null
from therarel.panels import Panel
from therarel.records import dump, dumps
from therarel.reports import report
from therarel.simulation import SimulatedClinic, simulate_clinic, simulate_courses

Call = Callable[..., object]

ROOMS = (
    "concepts", "detection", "detection.feeding", "detection.monitors", "detection.rules", "domain", "domain.events",
    "growth", "machine", "measures", "noise", "panels", "records", "reports", "simulation", "tables",
)  # fmt: skip
"""What a clinician or a researcher calls.

The others are not tried: `drawing` (places on a page, from the scales of a figure), `errors`, `files`, `reading` and
`vocabulary` (called by the library alone), `testing` (strategies) and `cli` (numbers are text there).
"""
WITHIN = {"Limits.check_bytes", "Limits.check_rows", "RatingScale.require", "reference_level"}
"""What the library calls with numbers of its own."""


@cache
def clinic() -> SimulatedClinic:
    """Thirty simulated dyads."""
    return simulate_clinic(30, seed=3, sessions=10)


@cache
def panel() -> Panel:
    """Their scores."""
    return clinic().panel()


@cache
def fit() -> GrowthFit:
    """A growth model of them."""
    return fit_growth(panel(), "score ~ session", {"dyad": "1 + session"})


@cache
def calibration() -> Calibration:
    """A small calibration."""
    return calibrate(rules.Drop(), lengths=[8], depths=(1.0, 2.0), clients=200, seed=1)


@cache
def causal() -> CausalFalseAlarms:
    """A small calibration of a rule that looks back."""
    return calibrate_causal(EarlierDrop(), clients=200, sessions=10)


@cache
def found() -> Detection:
    """A detection."""
    return detect(panel(), primary=rules.Drop())


@cache
def kept() -> Course:
    """A course that is asked and not changed."""
    return course()


def course() -> Course:
    """A course of three sessions, the same each time."""
    made = Course.begin(client="C-1", therapist="T-1")
    for session in (1, 2, 3):
        made.record(events.SessionHeld(session=session))
    return made


def corrected(*, of: int) -> object:
    """A course with a correction."""
    made = course()
    return made.correct(of, events.SessionHeld(session=4)), made.relationship


def retracted(*, of: int) -> object:
    """A course with a retraction."""
    made = course()
    return made.retract(of), made.relationship


ANSWERS = np.random.default_rng(5).integers(1, 6, (40, 12))
FRAME = pl.DataFrame({"d": ["A"] * 4 + ["B"] * 4, "s": [1, 2, 3, 4] * 2, "y": [4.0, 5, 2, 4, 3, 3, 1, 3]})
COLUMNS: dict[str, Any] = {"dyad": "d", "session": "s", "score": "y", "scale": (1, 5), "higher_is_better": True}
CHANGE: dict[str, Any] = {"before": [10.0, 22.0, 9.0], "after": [6.0, 12.0, 28.0], "higher_is_better": False}


def folder(**more: Any) -> object:
    """A detection over a folder."""
    with TemporaryDirectory() as place:
        FRAME.write_parquet(Path(place) / "in.parquet")
        made = detect_folder(Path(place) / "in.parquet", Path(place) / "out", primary=rules.Drop(), **COLUMNS, **more)
        return str(made).replace(place, "")


def read(**more: Any) -> object:
    """A panel from a file."""
    return Panel.read(BytesIO(FRAME.write_csv().encode()), **COLUMNS, **more)


def written(**more: Any) -> object:
    """A course as it is written."""
    with TemporaryDirectory() as place:
        dump(kept(), Path(place) / "course.json", **more)
        return (Path(place) / "course.json").read_text("utf-8")


@cache
def monitor() -> Monitor:
    """A monitor of scores from 1 to 5."""
    return Monitor(BaselineChart(), scale=(1, 5), higher_is_better=True)


def update(**more: Any) -> object:
    """The first session of a monitor."""
    return monitor().update(monitor().start(), **more)


def growth(name: str, *given: object, **fixed: Any) -> Call:
    """A method of a fitted model."""
    return lambda **numbers: getattr(fit(), name)(*given, **fixed, **numbers)


def known(value: Any) -> Any:
    """A value that is there."""
    assert value is not None
    return value


def from_courses(**more: Any) -> object:
    """A panel of a course."""
    made = course()
    made.record(events.Measured(session=1, score=score("phq-9", [1] * 9)))
    made.record(events.Measured(session=2, score=score("phq-9", [2] * 9)))
    return Panel.from_courses([made], instrument="phq-9", **more)


def wide(**more: Any) -> object:
    """A panel from a wide table."""
    frame = pl.DataFrame({"d": ["A", "B"], "t1": [4.0, 3.0], "t2": [5.0, 2.0]})
    return Panel.from_wide(frame, dyad="d", sessions={"t1": 1, "t2": 2}, scale=(1, 5), higher_is_better=True, **more)


LEVEL = {"level": 0.75}
CALLS: Mapping[str, Sequence[tuple[Call, Mapping[str, float]]]] = {
    "ConceptGraph.central": [(lambda **n: concept_graph().central(**n), {"most": 3})],
    "ConceptGraph.draw": [(lambda **n: concept_graph().draw("trust", **n), {"depth": 1})],
    "ConceptGraph.neighbourhood": [(lambda **n: concept_graph().neighbourhood("trust", **n), {"depth": 1})],
    "Calibration.predictive_value": [(lambda **n: calibration().predictive_value(**n), {"depth": 2.0})],
    "calibrate": [
        (lambda **n: calibrate(rules.Drop(), lengths=[6], **n), {"clients": 100, "seed": 3, "threads": 1}),
    ],
    "reason_of": [(lambda **n: reason_of(**n), {"code": 17})],
    "detect": [(lambda **n: detect(panel(), primary=rules.Drop(), **n), {"seed": 2, "threads": 1, "rows": 100})],
    "judge": [
        (
            lambda **n: judge(rules.Drop(k=0.5), [4.0, 4.5, 2.0, 4.0], [1, 2, 5, 6], scale=(1, 5), **n),
            {"max_gap": 2.0, "step": 0.5},
        ),
    ],
    "detect_folder": [(folder, {"max_gap": 1.0, "threads": 1})],
    "detect_lazy": [
        (
            lambda **n: detect_lazy(FRAME.lazy(), primary=rules.Drop(), **COLUMNS, **n).collect(),
            {"max_gap": 1.0, "threads": 1},
        ),
    ],
    "RuptureCandidate.seen_at": [(lambda **n: found().candidates[0].seen_at(**n), {"session": 3.0})],
    "FalseAlarms.share": [(lambda **n: known(false_alarms_of(rules.Drop())).share(**n), {"sessions": 12.0})],
    "fit_null": [(lambda **n: fit_null(panel(), **n), {"seed": 2})],
    "CausalFalseAlarms.clients_by": [(lambda **n: causal().clients_by(**n), {"earlier": 4.0})],
    "CausalFalseAlarms.share": [(lambda **n: causal().share(**n), {"earlier": 4.0})],
    "NoiseModel.scores": [(lambda **n: NoiseModel().scores(**n), {"clients": 5, "sessions": 6, "seed": 3})],
    "calibrate_causal": [
        (lambda **n: calibrate_causal(EarlierDrop(), **n), {"clients": 100, "sessions": 8, "seed": 3}),
    ],
    "Monitor.update": [(update, {"session": 1.0, "score": 4.5})],
    "NullModel.changed": [(lambda **n: fit_null(panel()).changed("phi", **n), {"value": 0.25})],
    "Rule.with_threshold": [(lambda **n: rules.Drop().with_threshold(**n), {"value": 1.5})],
    "ReliableDrop.least_drop": [(lambda **n: rules.ReliableDrop(reliability=0.9).least_drop(**n), {"sd": 0.5})],
    "choose_threshold": [
        (
            lambda **n: choose_threshold(rules.Drop(), **n),
            {"false_alarm": 0.25, "sessions": 8, "clients": 100, "seed": 1, "threads": 1},
        ),
    ],
    "GrowthFit.apa_table": [(growth("apa_table"), LEVEL)],
    "GrowthFit.paper_table": [(growth("paper_table"), LEVEL)],
    "Detection.draw_dyads": [(lambda **n: found().draw_dyads(**n).to_svg(), {"most": 2})],
    "GrowthFit.draw": [(growth("draw"), {"most": 5, **LEVEL})],
    "GrowthFit.draw_caterpillar": [(growth("draw_caterpillar", "dyad"), LEVEL)],
    "GrowthFit.expected_trajectory": [(growth("expected_trajectory", [1.0, 2.0]), LEVEL)],
    "GrowthFit.fixed_effects": [(growth("fixed_effects"), LEVEL)],
    "GrowthFit.profile": [(growth("profile", "session"), LEVEL)],
    "GrowthFit.random_effects": [(growth("random_effects", "dyad"), LEVEL)],
    "GrowthFit.reliable_slopes": [(growth("reliable_slopes"), {"critical": 1.5})],
    "GrowthFit.simulate": [(growth("simulate"), {"draws": 2, "seed": 3})],
    "GrowthFit.standardised_growth": [
        (growth("standardised_growth", "session"), {"duration": 4.0, "sd": 0.5, **LEVEL}),
    ],
    "GrowthFit.summary": [(growth("summary"), LEVEL)],
    "GrowthFit.variance_components": [(growth("variance_components"), LEVEL)],
    "observed": [(lambda **n: observed(kept(), measure="gad-7", **n), {"reliability": 0.75, "sd": 5.0})],
    "Views.change": [(lambda **n: kept().view().change("alliance.whole", **n), {"since": 1})],
    "Course.at": [
        (lambda **n: kept().at(**n), {"session": 2}),
        (lambda **n: kept().at(**n), {"recorded": 2}),
    ],
    "Course.branch": [(lambda **n: kept().branch(**n).relationship, {"recorded": 2})],
    "Course.correct": [(corrected, {"of": 3})],
    "Course.retract": [(retracted, {"of": 3})],
    "History.entry": [(lambda **n: kept().history.entry(**n), {"number": 2})],
    "reliable_change": [
        (
            lambda **n: reliable_change(**CHANGE, method="edwards_nunnally", **n),
            {"reliability": 0.75, "sd": 4.0, "mean_before": 10.0, "critical": 1.5},
        ),
        (
            lambda **n: reliable_change(**CHANGE, method="nunnally_kotsch", sd=4, **n),
            {"reliability": 0.75, "reliability_after": 0.5, "mean_before": 10.0},
        ),
        (
            lambda **n: reliable_change(**CHANGE, method="hageman_arrindell", sd=4, reliability=0.75, **n),
            {"mean_before": 10.0, "mean_after": 9.0},
        ),
    ],
    "consistency_by_level": [
        (
            lambda **n: consistency_by_level(ANSWERS, dyads=[at // 4 for at in range(40)], **n),
            {"confidence": 0.75, "resamples": 20, "seed": 3},
        ),
    ],
    "internal_consistency": [
        (
            lambda **n: internal_consistency(ANSWERS, dyads=range(40), **n),
            {"confidence": 0.75, "resamples": 20, "seed": 3},
        ),
    ],
    "Instrument.range_of": [(lambda **n: instrument("phq-9").range_of(metric=Metric.SUM, **n), {"n_items": 4})],
    "Prorate.needed": [(lambda **n: Prorate(0.75).needed(**n), {"n_items": 10})],
    "Strict.needed": [(lambda **n: Strict().needed(**n), {"n_items": 10})],
    "Cutoff.points_out": [(lambda **n: instrument("phq-9").cutoffs[0].points_out(**n), {"total": 10.0})],
    "ItemScale.turned": [(lambda **n: instrument("wai-s").item_scale.turned(**n), {"answer": 2.0})],
    "stated_score": [(lambda **n: stated_score("phq-9", **n), {"value": 12.0})],
    "Panel.draw_dyads": [(lambda **n: found().panel.draw_dyads(**n).to_svg(), {"most": 2})],
    "Panel.from_arrays": [
        (
            lambda **n: Panel.from_arrays(
                ["A"] * 3, [1, 2, 5], [4.0, 4.5, 3.0], scale=(1, 5), higher_is_better=True, **n
            ),
            {"max_gap": 2.0},
        ),
    ],
    "Panel.from_courses": [(from_courses, {"max_gap": 2.0})],
    "Panel.from_frame": [(lambda **n: Panel.from_frame(FRAME, **COLUMNS, **n), {"max_gap": 0.5})],
    "Panel.from_wide": [(wide, {"max_gap": 0.5})],
    "Panel.read": [(read, {"max_gap": 0.5})],
    "dump": [(written, {"indent": 1})],
    "dumps": [(lambda **n: dumps(kept(), **n), {"indent": 1})],
    "report": [(lambda **n: report(found(), **n).html, {"most_drawn": 2})],
    "SimulatedClinic.label": [(lambda **n: clinic().label(**n), {"at": 2})],
    "simulate_clinic": [
        (lambda **n: simulate_clinic(**n).score, {"n_dyads": 4, "seed": 3, "sessions": 5, "threads": 1}),
    ],
    "simulate_courses": [
        (
            lambda **n: simulate_courses(**n).courses,
            {"n": 2, "seed": 3, "sessions": 5, "premature": 0.25, "drift": 0.25, "concerns": 0.5},
        ),
    ],
    "Ruptures.modes": [(lambda **n: clinic().ruptures.modes(**n), {"at": 0})],
}
FRACTIONS: Sequence[Callable[[Any], object]] = (np.float64, np.float32, Decimal, Fraction, np.asarray)
WHOLE: Sequence[Callable[[Any], object]] = (np.int64, np.uint8)


def public_functions(modules: Sequence[ModuleType]) -> Iterator[tuple[str, FunctionType]]:
    """The functions that rooms offer, and the methods of their classes."""
    rooms = [module for module in modules if module.__name__.removeprefix("therarel.") in ROOMS]
    assert len(rooms) == len(ROOMS)
    for module in rooms:
        for value in (getattr(module, name) for name in getattr(module, "__all__", ())):
            if inspect.isclass(value) and not issubclass(value, Exception):
                for name, held in vars(value).items():
                    function = getattr(held, "__func__", held)
                    if (
                        not name.startswith("_")
                        and inspect.isfunction(function)
                        and f"{value.__name__}.{name}" not in WITHIN
                    ):
                        yield f"{value.__name__}.{name}", function
            elif inspect.isfunction(value) and value.__name__ not in WITHIN:
                yield value.__name__, value


def numeric_parameters(function: FunctionType) -> set[str]:
    """The parameters that take a single number."""
    return {
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if {"float", "int"} & {part.strip() for part in str(parameter.annotation).split("|")}
    }


def plain(value: object) -> object:
    """An answer that can be compared, with the types of its numbers."""
    if isinstance(value, bool | str | None):
        return value
    if attrs.has(type(value)):
        return type(value).__name__, [plain(getattr(value, each.name)) for each in attrs.fields(type(value))]  # type: ignore[arg-type]  # checked
    if isinstance(value, pl.DataFrame | pl.Series):
        return str(value.to_dict(as_series=False) if isinstance(value, pl.DataFrame) else value.to_list())
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    if isinstance(value, Mapping):
        return [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return type(value).__name__, str(value)


def asked(call: Call, numbers: Mapping[str, object]) -> object:
    """What a call answers; the kind of error where it refuses."""
    try:
        return plain(call(**numbers))
    except Exception as error:  # whatever happens is compared
        return type(error), str(error)


def test_every_public_parameter_that_takes_a_number_is_tried(modules: Sequence[ModuleType]) -> None:
    """No numeric parameter of a public function or method is missing from the calls below."""
    tried = {(name, each) for name, calls in CALLS.items() for _, numbers in calls for each in numbers}
    there = {(name, each) for name, function in public_functions(modules) for each in numeric_parameters(function)}
    assert sorted(there - tried) == []
    assert {name for name, _ in tried} <= {name for name, _ in public_functions(modules)}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_answers_alike_for_numbers_of_any_library(name: str) -> None:
    """Numbers of numpy, decimals and fractions give the answer of the plain number."""
    for call, numbers in CALLS[name]:
        answer = asked(call, numbers)
        assert not (isinstance(answer, tuple) and isinstance(answer[0], type)), answer
        for parameter, number in numbers.items():
            whole = number == int(number)
            makers = [*(FRACTIONS if type(number) is float else ()), *(WHOLE if whole else ())]
            for maker in makers:
                given = int(number) if maker in WHOLE else number
                other = asked(call, {**numbers, parameter: maker(given)})
                assert other == asked(call, {**numbers, parameter: given}), (parameter, maker)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_refuses_truth_values(name: str) -> None:
    """``True`` is no number, of Python or of numpy."""
    for call, numbers in CALLS[name]:
        for parameter, odd in itertools.product(numbers, (True, np.True_)):
            answer = asked(call, {**numbers, parameter: odd})
            refused = isinstance(answer, tuple) and isinstance(answer[0], type)
            assert refused, (parameter, odd)
            assert isinstance(answer, tuple)
            assert issubclass(answer[0], ValueError | TypeError), answer
