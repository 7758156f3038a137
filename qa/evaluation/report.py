"""The report of a run: as JSON, as a table for the terminal, as one self-contained page."""

from dataclasses import dataclass
from itertools import groupby
from typing import get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.console import Group
from rich.table import Table
from rich.text import Text

from qa.evaluation.metrics import Estimate
from qa.evaluation.results import CaseResult, Report, Verdict
from qa.evaluation.totals import METRICS, Metric

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""In the order of the page: what needs a look comes first."""

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Total:
    """One metric as it is shown; `left` and `width` place its interval on a bar, in percent."""

    metric: Metric
    value: str
    interval: str
    n: int
    left: float | None = None
    width: float | None = None
    mark: float | None = None


def report_json(report: Report) -> str:
    """The report as JSON: `metrics` by name, then one object a case."""
    return report.model_dump_json(indent=2)


def report_table(report: Report) -> Group:
    """The totals as a table for the terminal, below it what each is, and the best threshold."""
    title = Text(report.testset) if report.testset else None  # no markup: "set[1].jsonl"
    table = Table(title=title, title_justify="left")
    table.add_column("metric", no_wrap=True)
    for column in ("value", "95 % interval", "cases"):
        table.add_column(column, justify="right", no_wrap=True)
    meanings = Table.grid(padding=(0, 2))
    meanings.add_column(no_wrap=True)
    meanings.add_column(style="dim")
    for total in _totals(report):
        table.add_row(total.metric.name, total.value, total.interval, str(total.n))
        meanings.add_row(total.metric.name, total.metric.meaning)
    told = [Text(line) for line in (_caption(report), _advice(report)) if line]
    return Group(table, meanings, "", *told)


def report_html(report: Report) -> str:
    """The report as one HTML page that needs no other file; everything in it is escaped."""
    environment = Environment(
        loader=PackageLoader("qa.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        report=report,
        caption=_caption(report),
        totals=_totals(report),
        groups=_groups(report),
    )


def _groups(report: Report) -> list[tuple[Verdict, list[CaseResult]]]:
    """The cases by their verdict, in the order of the page."""

    def place(case: CaseResult) -> int:
        return VERDICTS.index(case.verdict)

    return [
        (VERDICTS[index], list(cases))
        for index, cases in groupby(sorted(report.cases, key=place), key=place)
    ]


def _caption(report: Report) -> str:
    count = len(report.cases)
    failed = sum(case.error is not None for case in report.cases)
    parts = [f"{count} question{'' if count == 1 else 's'}", f"answered by {report.answerer}"]
    if not report.answerer:
        parts.pop()
    if failed:
        parts.append(f"{failed} failed")
    return ", ".join(parts)


def _advice(report: Report) -> str:
    """Which threshold refuses best on these questions, if they can tell."""
    best, own = report.best, report.own_threshold
    if best is None:
        return ""
    if best.threshold == own:
        return (
            "no QA_ABSTAIN_THRESHOLD is better balanced on these questions "
            f"({best.balanced_accuracy:.3f}) than the present {own:.2f}"
        )
    now = next(at.balanced_accuracy for at in report.thresholds if at.threshold == own)
    return (
        f"refusing is best balanced on these questions ({best.balanced_accuracy:.3f}; "
        f"now {now:.3f}) with QA_ABSTAIN_THRESHOLD={best.threshold:.2f}"
    )


def _totals(report: Report) -> list[Total]:
    return [_total(metric, report.metrics[metric.name]) for metric in METRICS]


def _total(metric: Metric, measured: Estimate) -> Total:
    if measured.value is None:
        return Total(metric, NOTHING, NOTHING, measured.n)
    value = _shown(metric, measured.value)
    if measured.low is None or measured.high is None:
        return Total(metric, value, NOTHING, measured.n)
    interval = f"{_shown(metric, measured.low)} to {_shown(metric, measured.high)}"
    if metric.unit != "share":
        return Total(metric, value, interval, measured.n)
    return Total(
        metric,
        value,
        interval,
        measured.n,
        left=100 * measured.low,
        width=100 * (measured.high - measured.low),
        mark=100 * measured.value,
    )


def _shown(metric: Metric, value: float) -> str:
    if metric.unit == "share":
        return f"{value:.3f}"
    return f"{value:.1f} ms" if metric.unit == "ms" else f"{value:.1f}"
