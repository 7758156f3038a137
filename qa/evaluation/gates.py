"""Gates: the least (or the most) that a metric must be for a run to pass."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qa.errors import BadRequest
from qa.evaluation.results import Report
from qa.evaluation.totals import METRICS


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on a metric: at most where lower is better, else at least."""

    metric: str
    bound: float
    at_most: bool


def parse_gate(text: str, option: Literal["--min", "--max"] | None = None) -> Gate:
    """The gate that "metric=value" means; the metric itself says which way it is bounded.

    With `option`, that way must be the option's: `--min contained=0.75` is a gate and so is
    `--max wrongly_refused=0.15`, while `--max contained=0.75` raises BadRequest, as an
    unknown metric does and a value that is no number.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    metric = next((metric for metric in METRICS if metric.name == name), None)
    if not equals:
        raise BadRequest(f'"{text}" is not a gate; write metric=value, such as contained=0.75.')
    if metric is None:
        known = ", ".join(metric.name for metric in METRICS)
        raise BadRequest(f'"{name}" is not a metric; the metrics are {known}.')
    try:
        bound = float(value)
    except ValueError:
        bound = math.nan
    if not math.isfinite(bound):
        raise BadRequest(f'"{value}" is not a number, in the gate "{text}".')
    proper = "--max" if metric.lower_is_better else "--min"
    if option not in (None, proper):
        better = "lower" if metric.lower_is_better else "higher"
        raise BadRequest(f"{name} is better when {better}; bound it with {proper} {text}.")
    return Gate(name, bound, at_most=metric.lower_is_better)


def check_gates(report: Report, gates: Iterable[Gate]) -> tuple[str, ...]:
    """One sentence for each gate that `report` does not pass."""
    return tuple(
        f"{gate.metric} {problem}." for gate in gates if (problem := _problem(report, gate))
    )


def _problem(report: Report, gate: Gate) -> str:
    measured = report.metrics[gate.metric]
    if measured.value is None:
        return "could not be measured on this test set"
    if gate.at_most and measured.value > gate.bound:
        return f"is {measured.value:.4g}, more than {gate.bound:g}"
    if not gate.at_most and measured.value < gate.bound:
        return f"is {measured.value:.4g}, less than {gate.bound:g}"
    return ""
