import io
import json
import re

import pytest
from rich.console import Console

from qa.evaluation import (
    CaseResult,
    CheckedCitation,
    Report,
    report_html,
    report_json,
    report_table,
)
from qa.evaluation.totals import METRICS, totals
from qa.records import Place

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def case(**changes):
    fields = {
        "id": "1",
        "question": "Where?",
        "answerable": True,
        "answers": ("Moscow",),
        "articles": ("a.txt",),
        "abstained": False,
        "contained": True,
        "supported": True,
        "hit_rank": 1,
        "citation_precision": 1.0,
        "citations_exact": 1.0,
        "words": 2,
        "ms": 12.0,
        "confidence": 0.75,
        "answer": "In Moscow. [1]",
        "citations": (
            CheckedCitation(
                n=1, article_id="a.txt", title="T", quote="In Moscow.", exact=True, supports=True
            ),
        ),
    }
    return CaseResult(**(fields | changes))


def report(*cases, measured=False, **settings):
    return Report(
        testset="set.jsonl",
        generated_at="2025-04-28T10:00:00+00:00",
        answerer="fake",
        index_generation=1,
        settings={"sentences": 3} | settings,
        metrics=totals(cases if measured else ()),
        cases=cases,
    )


def shown_table(measured, width=140):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(report_table(measured))
    return console.export_text()


REFUSED = {"abstained": True, "answer": "Nothing found.", "citations": (), "words": 0}
UNANSWERABLE = {"answerable": False, "answers": (), "articles": (), "hit_rank": None}
UNJUDGED = {"contained": None, "supported": None, "citation_precision": None}


def test_the_shape_of_the_json():
    given = json.loads(report_json(report(case(), measured=True)))
    one = {"value": 1.0, "low": pytest.approx(0.2065, abs=0.0001), "high": 1.0, "n": 1}
    assert given["metrics"]["contained"] == one
    nothing = {"value": None, "low": None, "high": None, "n": 0}
    assert given["metrics"]["abstention_recall"] == nothing
    expected = {
        "id": "1",
        "abstained": False,
        "contained": True,
        "supported": True,
        "hit_rank": 1,
        "words": 2,
        "ms": 12.0,
        "answer": "In Moscow. [1]",
        "verdict": "right",
    }
    assert given["cases"][0].items() >= expected.items()
    assert given["testset"] == "set.jsonl"
    assert given["generated_at"] == "2025-04-28T10:00:00+00:00"


def test_the_table_shows_every_metric():
    shown = shown_table(report(case(), measured=True))
    for name in totals([]):
        assert re.search(rf"│ {re.escape(name)} ", shown)
    assert "0.207 to 1.000" in shown
    assert "12.0 ms" in shown
    assert "1 question, answered by fake" in shown


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_is_readable_in_any_terminal(width):
    lines = shown_table(report(case(), measured=True), width).splitlines()
    rows = [line for line in lines if line.startswith("│ ")]
    assert len(rows) == len(METRICS)  # none is folded
    assert max(map(len, lines)) <= width
    words = " ".join(" ".join(lines).split())
    for metric in METRICS:
        assert f" {metric.name} {metric.meaning} " in words


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "right"),
        ({"contained": False}, "wrong"),
        (REFUSED | {"contained": False, "supported": False}, "wrongly refused"),
        (UNANSWERABLE | UNJUDGED, "should have refused"),
        (UNANSWERABLE | UNJUDGED | REFUSED, "rightly refused"),
        ({"error": "RuntimeError: torn", "answer": "", "citations": ()}, "failed"),
        ({"answers": (), "contained": None}, "right"),  # judged by its articles
        ({"answers": (), "contained": None, "supported": False}, "wrong"),
    ],
)
def test_the_page_groups_by_verdict(changes, verdict):
    page = report_html(report(case(**changes)))
    assert f'id="{verdict.replace(" ", "-")}"' in page
    assert f">1 {verdict}</a>" in page
    assert page.count("<details") == 1


def test_the_page_holds_question_answer_and_expectation():
    page = report_html(report(case(history=("Who?",), query="Who where?", limits="without b.txt")))
    for part in ("Where?", "In Moscow. [1]", "Moscow", "a.txt", "Who?", "Who where?"):
        assert part in page
    assert "without b.txt" in page
    assert "shows the answer" in page
    assert "12 ms" in page


def test_the_exact_words_are_bold():
    page = report_html(report(case(exact_words_at=Place(start=3, end=9))))
    assert "<dd>In <b>Moscow</b>. [1]</dd>" in page
    assert "<b>" not in report_html(report(case()))


def test_the_page_tells_mistakes_of_the_test_set():
    warned = report(case()).model_copy(update={"warnings": (f"1: {HOSTILE}.",)})
    page = report_html(warned)
    assert "<li>1: &lt;script&gt;" in page
    assert "mistakes" not in report_html(report(case()))


def test_the_page_escapes_what_it_shows():
    citation = CheckedCitation(
        n=1, article_id=HOSTILE, title=HOSTILE, quote=HOSTILE + "!", exact=False, supports=False
    )
    hostile = case(
        id=HOSTILE,
        question=HOSTILE,
        answers=(HOSTILE,),
        articles=(HOSTILE,),
        history=(HOSTILE,),
        limits=HOSTILE,
        query=HOSTILE,
        answer=HOSTILE,
        exact_words_at=Place(start=1, end=9),
        citations=(citation,),
    )
    page = report_html(report(hostile, case(id="2", error=HOSTILE)))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_the_page_needs_nothing_else():
    page = report_html(report(case(), measured=True))
    assert "0.207 to 1.000" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert "@import" not in page


def test_an_empty_report_is_shown():
    page = report_html(report())
    assert "0 questions" in page


def asked(confidence, answerable):
    changes = {} if answerable else UNANSWERABLE | UNJUDGED
    return case(confidence=confidence, **changes)


TRADE = (asked(0.9, True), asked(0.6, True), asked(0.6, False), asked(0.18, False))


def test_what_other_thresholds_would_have_refused():
    given = json.loads(report_json(report(*TRADE)))
    found = {t.pop("threshold"): t for t in given["thresholds"]}
    assert list(found) == [n / 20 for n in range(1, 20)]
    nothing = {"abstention_recall": 0.0, "wrongly_refused": 0.0, "balanced_accuracy": 0.5}
    assert found[0.15] == nothing
    one = {"abstention_recall": 0.5, "wrongly_refused": 0.0, "balanced_accuracy": 0.75}
    assert found[0.2] == found[0.6] == one  # a confidence at the threshold is answered
    assert found[0.65] == {
        "abstention_recall": 1.0,
        "wrongly_refused": 0.5,
        "balanced_accuracy": 0.75,
    }
    assert found[0.95] == {
        "abstention_recall": 1.0,
        "wrongly_refused": 1.0,
        "balanced_accuracy": 0.5,
    }


def test_the_best_threshold_is_named():
    # From 0.2 to 0.9 all are as good, and 0.55 is in their middle.
    shown = shown_table(report(*TRADE, measured=True))
    assert "with QA_ABSTAIN_THRESHOLD=0.55" in shown
    page = report_html(report(*TRADE, measured=True))
    assert page.count(">best</span>") == 1
    assert re.search(r"0\.55 <span[^>]*>best</span>", page)


def test_the_threshold_of_the_run_is_kept_where_none_is_better():
    kept = report(*TRADE, measured=True, abstain_threshold=0.8)
    shown = shown_table(kept)
    assert "is better balanced on these questions (0.750) than the present 0.80" in shown
    assert re.search(r"0\.80 <span[^>]*>best</span> <span[^>]*>now</span>", report_html(kept))
    # At 0.95 both answerable questions are refused, too.
    worse = shown_table(report(*TRADE, measured=True, abstain_threshold=0.95))
    assert "(0.750; now 0.500) with QA_ABSTAIN_THRESHOLD=0.55" in worse


@pytest.mark.parametrize(
    "cases",
    [
        (),
        (asked(0.9, True), asked(0.1, True)),
        (asked(0.9, False),),
    ],
)
def test_nothing_is_said_of_thresholds_where_nothing_can_be_traded(cases):
    assert "QA_ABSTAIN_THRESHOLD" not in shown_table(report(*cases))
    assert json.loads(report_json(report(*cases)))["thresholds"] == []
    assert "Where to refuse" not in report_html(report(*cases))


def test_shares_that_differ_by_rounding_alone_are_as_good():
    # Up to 0.3 two of three unanswerable ones are refused and no answerable one; from 0.55 to 0.9
    # all three and one of the others: as good. The longer run of neighbours is the latter, with
    # eight, of which 0.7 is the fourth.
    cases = (
        *(asked(c, True) for c in (0.3, 0.9, 0.9)),
        *(asked(c, False) for c in (0.02, 0.02, 0.5)),
    )
    measured = report(*cases, measured=True, abstain_threshold=0.5)
    found = {t.threshold: t.balanced_accuracy for t in measured.thresholds}
    assert found[0.3] == pytest.approx(5 / 6)
    assert found[0.5] == pytest.approx(4 / 6)
    assert found[0.55] == found[0.9] == pytest.approx(5 / 6)
    assert "QA_ABSTAIN_THRESHOLD=0.70" in shown_table(measured)


def test_a_question_that_failed_is_never_refused():
    torn = case(confidence=None, error="RuntimeError: torn", **UNANSWERABLE | UNJUDGED)
    found = report(asked(0.9, True), asked(0.1, False), torn).thresholds
    assert [t.abstention_recall for t in found if t.threshold in (0.05, 0.2, 0.95)] == [0, 0.5, 0.5]


def test_the_threshold_of_the_run_is_among_them():
    shown = report(*TRADE, abstain_threshold=0.33)
    assert [t.threshold for t in shown.thresholds if 0.3 <= t.threshold < 0.4] == [0.3, 0.33, 0.35]
    assert re.search(r"0\.33 <span.*>now</span>", report_html(shown))
