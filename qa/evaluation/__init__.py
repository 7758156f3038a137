"""Evaluation: test sets, runs, metrics, gates and the report; it never looks below the Answer."""

from qa.evaluation.gates import Gate, check_gates, parse_gate
from qa.evaluation.report import report_html, report_json, report_table
from qa.evaluation.results import CaseResult, CheckedCitation, Report
from qa.evaluation.run import evaluate
from qa.evaluation.testset import Case, GivenPassage, read_testset

__all__ = [
    "Case",
    "CaseResult",
    "CheckedCitation",
    "Gate",
    "GivenPassage",
    "Report",
    "check_gates",
    "evaluate",
    "parse_gate",
    "read_testset",
    "report_html",
    "report_json",
    "report_table",
]
