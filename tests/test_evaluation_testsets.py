import json
from datetime import date
from pathlib import Path

import pytest

from qa.errors import BadRequest
from qa.evaluation import Case, read_testset
from qa.evaluation.metrics import contains, normalise

ROOT = Path(__file__).parent.parent
SHIPPED = [
    "seeds.jsonl",
    "seeds_dev.jsonl",
    "seeds_paraphrased.jsonl",
    "seeds_paraphrased_dev.jsonl",
    "seeds_whether_dev.jsonl",
]


def shipped(name):
    return read_testset(ROOT / "tests" / "testsets" / name)


def write(tmp_path, *lines):
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def line(**changes):
    fields = {"id": "1", "question": "Who?", "answers": ["Lal"], "answerable": True}
    return json.dumps({k: v for k, v in (fields | changes).items() if v != "LEFT OUT"})


def test_a_full_line(tmp_path):
    path = write(
        tmp_path,
        line(articles=["a.txt"], history=["What?"], exclude=["b.txt"], source="Post")[:-1]
        + ', "from": "2025-04-01", "to": "2025-04-30"}',
        "",
        line(id="2", passages=[{"title": "T", "text": "Lal."}]),
    )
    first, second = read_testset(path)
    assert (first.articles, first.history, first.exclude) == (("a.txt",), ("What?",), ("b.txt",))
    assert (first.published_from, first.published_to) == (date(2025, 4, 1), date(2025, 4, 30))
    assert second.passages[0].model_dump() == {"title": "T", "text": "Lal."}
    assert second.history is None


def test_optional_fields_may_be_null(tmp_path):
    nulls = dict.fromkeys(["history", "exclude", "passages", "source", "from", "to"])
    (case,) = read_testset(write(tmp_path, line(**nulls)))
    assert case == Case(id="1", question="Who?", answers=("Lal",), answerable=True)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line(), 'the id "1" occurs twice'),
        ("{", "Invalid JSON"),
        ("[]", "should be an object"),
        ("[" * 100_000, "Invalid JSON"),
        (line(id="2", anwers=["x"]), 'unknown field "anwers"'),
        (line(id="2", question="LEFT OUT"), 'the field "question" is missing'),
        (line(id="2", question=" "), 'the field "question" is empty'),
        (line(id=2), 'the field "id"'),
        (line(id="2", answers="Lal"), 'the field "answers"'),
        (line(id="2", answerable="yes"), 'the field "answerable"'),
        (line(id="2", answerable=False), "can have no answers"),
        (line(id="2", answers=[]), "needs answers or articles"),
        (line(id="2", passages=[], source="Post"), "passages can't be filtered"),
        (line(id="2", passages=[{"titel": "T", "text": ""}]), 'unknown field "passages.0.titel"'),
        (line(id="2", **{"from": "April"}), 'the field "from"'),
        (line(id="2", **{"from": 20250401}), 'the field "from"'),
        (line(id="2", **{"from": "2025-05-01", "to": "2025-04-01"}), "from is later than to"),
    ],
)
def test_a_bad_line_is_named(tmp_path, bad, reason):
    with pytest.raises(BadRequest) as caught:
        read_testset(write(tmp_path, line(), "", bad))
    assert "set.jsonl, line 3: " in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_test_set(tmp_path):
    with pytest.raises(BadRequest, match="can't be read"):
        read_testset(tmp_path / "missing.jsonl")
    with pytest.raises(BadRequest, match="has no questions"):
        read_testset(write(tmp_path, "", " "))
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9")
    with pytest.raises(BadRequest, match="can't be read"):
        read_testset(tmp_path / "latin.jsonl")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_accepted_answer_stands_in_a_named_article(name):
    texts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "seeds").iterdir()}
    for case in shipped(name):
        for article in (*case.articles, *(case.exclude or ())):
            assert article in texts, case.id
        for answer in case.answers:
            assert any(contains(texts[article], [answer]) for article in case.articles), case.id
        for article in case.articles:
            assert contains(texts[article], case.answers), case.id


def test_the_test_set_has_its_proportions():
    cases = shipped("seeds.jsonl")
    assert len(cases) >= 72
    assert sum(not case.answerable for case in cases) >= 24
    assert sum(len(case.articles) > 1 for case in cases) >= 8
    assert sum(case.history is not None and case.answerable for case in cases) >= 7
    assert sum(case.history is not None and not case.answerable for case in cases) >= 3
    assert len({article for case in cases for article in case.articles}) == 5


def test_no_question_stands_in_a_test_set_and_in_a_development_set():
    asked = {
        name: {(normalise(case.question), case.history) for case in shipped(name)}
        for name in SHIPPED
    }
    test = asked.pop("seeds.jsonl") | asked.pop("seeds_paraphrased.jsonl")
    assert not test & set().union(*asked.values())
