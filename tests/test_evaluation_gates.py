import pytest

from qa.errors import BadRequest
from qa.evaluation import Gate, Report, check_gates, parse_gate
from qa.evaluation.metrics import Estimate


def report(**values):
    metrics = {
        name: Estimate(value=value, low=value, high=value, n=0 if value is None else 4)
        for name, value in values.items()
    }
    return Report(
        testset="",
        generated_at="",
        answerer="",
        index_generation=None,
        settings={},
        metrics=metrics,
        cases=(),
    )


def test_the_metric_says_which_way_it_is_bounded():
    assert parse_gate("contained=0.75") == Gate("contained", 0.75, at_most=False)
    assert parse_gate("hit@5 = .9", "--min") == Gate("hit@5", 0.9, at_most=False)
    assert parse_gate("wrongly_refused=0.15") == Gate("wrongly_refused", 0.15, at_most=True)
    assert parse_gate("latency_p50=150", "--max") == Gate("latency_p50", 150.0, at_most=True)


@pytest.mark.parametrize(
    ("text", "option", "reason"),
    [
        ("contained", None, "is not a gate; write metric=value"),
        ("accuracy=1", None, '"accuracy" is not a metric; the metrics are contained, '),
        ("contained=much", None, '"much" is not a number'),
        ("contained=nan", None, '"nan" is not a number'),
        ("contained=0.7", "--max", "better when higher; bound it with --min contained=0.7."),
        ("words=60", "--min", "better when lower; bound it with --max words=60."),
    ],
)
def test_a_bad_gate_says_why(text, option, reason):
    with pytest.raises(BadRequest) as caught:
        parse_gate(text, option)
    assert reason in str(caught.value)


def test_failed_gates_are_told():
    measured = report(contained=0.5, wrongly_refused=0.2, auroc=None, mrr=0.75, words=60)
    gates = [
        parse_gate(text)
        for text in ("contained=0.75", "wrongly_refused=0.15", "auroc=0.5", "mrr=0.75", "words=60")
    ]
    assert check_gates(measured, gates) == (
        "contained is 0.5, less than 0.75.",
        "wrongly_refused is 0.2, more than 0.15.",
        "auroc could not be measured on this test set.",
    )
