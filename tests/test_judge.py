import json
import math
from collections.abc import Sequence

import pytest
from conftest import ROOT, found, passage

from qa.evidence import COMMON, OF_READER, OF_SIMILARITY
from qa.extractive import draft
from qa.judge import Judge, Judged, shipped_judge
from qa.library import StoredPassage
from qa.lists import Listed
from qa.log_odds import Estimate
from qa.questions import analyse
from qa.reading import Reading, SentenceReading
from qa.second_look import FEATURE, confidence
from qa.wording import REFUSAL


def judge(**weights: float) -> Judge:
    """A judge that looks at these features alone, and is confident by the best one's share."""
    return Judge(weights, Estimate({"share": 2.0}, -1.0))


def sure(answers: Sequence[Judged]) -> float:
    return confidence(analyse("Who opened the bridge?"), answers, judge(), None)


def read(answer: tuple[int, int] | None, span: float) -> Reading:
    return Reading(span, (SentenceReading(span, span, answer),))


def test_the_best_sentence_comes_first_and_its_share_gives_the_confidence():
    some = found("Who opened the bridge?", passage("a", "Rain fell.", "Holm opened the bridge."))
    answers = judge(coverage=2.0).answers(some)
    share = 1 / (1 + math.exp(-2.0 / 2.5))  # coverage 1 against 0
    assert answers[0].share == pytest.approx(share)
    expected = 1 / (1 + math.exp(1.0 - 2.0 * share))
    assert sure(answers) == pytest.approx(expected)
    drafted = draft(Listed(answers, 1), 0.9, threshold=0.5)
    assert drafted.answer == "Holm opened the bridge. [1]"
    assert (drafted.citations[0].start, drafted.citations[0].end) == (11, 34)
    assert drafted.citations[0].score == 0.9


def test_a_sentence_much_less_likely_than_the_best_is_left_out():
    some = found("Who opened the bridge?", passage("a", "Rain fell.", "Holm opened the bridge."))
    shown = draft(Listed(judge(coverage=1.0).answers(some), 3), 0.9, threshold=0.5)
    assert [s.text for s in shown.sentences] == ["Holm opened the bridge.", "Rain fell."]
    assert shown.citations[1].score == pytest.approx(0.9 * math.exp(-1.0 / 2.5), abs=1e-4)
    alone = draft(Listed(judge(coverage=5.0).answers(some), 3), 0.9, threshold=0.5)
    assert [s.text for s in alone.sentences] == ["Holm opened the bridge."]


def test_a_sentence_too_long_beside_the_best_is_left_out_and_a_shorter_one_given():
    long = f"Rain fell {'and fell ' * 57}that day."  # 118 words
    some = found(
        "Who opened the bridge?", passage("a", "Holm opened the bridge.", long, "Few came.")
    )
    answers = judge(coverage=1.0).answers(some)
    shown = draft(Listed(answers, 3), 0.9, threshold=0.5)  # room for 120 words
    assert [s.text for s in shown.sentences] == ["Holm opened the bridge.", "Few came."]
    more = draft(Listed(answers, 4), 0.9, threshold=0.5)
    assert [s.text for s in more.sentences] == ["Holm opened the bridge.", long, "Few came."]
    alone = found("Who opened the bridge?", passage("a", long))
    assert draft(Listed(judge(coverage=1.0).answers(alone), 1), 0.9, threshold=0.5).answer


def test_a_further_sentence_that_points_back_comes_with_what_it_points_to():
    told = ("Holm opened the bridge.", "The two bridges opened.", "It opened in May.")
    beside = passage("a", *told)
    alone = passage("b", "Few saw the bridge.", *told[1:])

    def texts(*passages: StoredPassage) -> list[str]:
        answers = judge(coverage=0.1).answers(found("Who opened the bridge?", *passages))
        return [s.text for s in draft(Listed(answers, 4), 0.9, threshold=0.5).sentences]

    assert texts(beside) == list(told)
    other = passage("c", told[0])
    assert texts(other, alone) == [told[0], "Few saw the bridge.", "It opened in May."]
    assert texts(other, passage("d", *told[1:])) == [told[0]]


def test_below_the_threshold_is_a_refusal_and_at_it_is_none():
    answers = judge(coverage=1.0).answers(
        found("Who opened the bridge?", passage("a", "Holm opened the bridge."))
    )
    refused = draft(Listed(answers, 1), 0.49, threshold=0.5)
    assert (refused.answer, refused.abstained, refused.confidence) == (REFUSAL, True, 0.49)
    assert not draft(Listed(answers, 1), 0.5, threshold=0.5).abstained


def test_nothing_found_answers_nothing():
    assert judge(coverage=1.0).answers([]) == ()
    assert sure(()) == 0.0


def test_sentences_that_say_the_same_are_cited_together():
    some = found(
        "Who opened the bridge?",
        passage("a", "Holm opened the bridge."),
        passage("b", "Holm opened the bridge.", "Many opened a bottle then."),
    )
    drafted = draft(Listed(judge(coverage=1.0).answers(some), 3), 1.0, threshold=0.5)
    assert drafted.sentences[0].citations == (1, 2)
    assert [c.article_id for c in drafted.citations][:2] == ["a", "b"]
    assert drafted.answer == ("Holm opened the bridge. [1][2] Many opened a bottle then. [3]")


def test_the_same_answer_in_two_articles_adds_up_to_more_than_a_better_one_in_one():
    some = found(
        "Who opened the bridge?",
        passage("a", "One is Erik."),
        passage("b", "The mayor let Anna Holm do it."),
        passage("c", "Holm, not the mayor, let it open."),
        readings=[read((7, 11), 1.0), read((14, 23), 0.9), read((0, 4), 0.8)],
    )
    answers = judge(read_span=1.0).answers(some)
    odds = [math.exp(1.0 / 2.5), math.exp(0.9 / 2.5), math.exp(0.8 / 2.5)]
    assert answers[0].share == pytest.approx((odds[1] + odds[2]) / sum(odds))
    assert [m.candidate.passage.article.id for m in answers[0].members] == ["b", "c"]
    drafted = draft(Listed(answers, 3), 0.8, threshold=0.5)
    assert drafted.answer == "The mayor let Anna Holm do it. [1][2] One is Erik. [3]"
    assert drafted.short_answer is not None
    assert (drafted.short_answer.text, drafted.short_answer.citation) == ("Anna Holm", 1)
    assert (drafted.short_answer.start, drafted.short_answer.end) == (14, 23)


def test_a_sentence_that_shares_nothing_but_the_answer_is_not_cited_with_it():
    some = found(
        "Who opened the bridge?",
        passage("b", "The mayor let Anna Holm do it."),
        passage("c", "Holm spoke of her youth."),
        readings=[read((14, 23), 0.9), read((0, 4), 0.8)],
    )
    (answer,) = judge(read_span=1.0).answers(some)
    assert len(answer.members) == 2
    drafted = draft(Listed([answer], 3), 0.8, threshold=0.5)
    assert drafted.answer == "The mayor let Anna Holm do it. [1]"


def test_a_short_sentence_in_two_articles_is_cited_from_both():
    some = found(
        "When did it open?",
        passage("a", "It opened on 3 May 2024."),
        passage("b", "It opened on 3 May 2024.", title="Holm"),
        passage("c", "It opened on 3 May 2024!"),
        readings=[read((13, 23), 0.9), read((13, 23), 0.8), read((13, 23), 0.7)],
    )
    drafted = draft(Listed(judge(read_span=1.0).answers(some), 3), 0.8, threshold=0.5)
    assert drafted.answer == "It opened on 3 May 2024. [1][2]"


def test_after_the_best_sentence_the_others_come_in_the_order_of_their_article():
    some = found(
        "What was opened by Holm in May?",
        passage("a", "Much was opened.", "Holm opened it in May.", "Rain fell in May."),
    )
    drafted = draft(Listed(judge(coverage=0.1).answers(some), 3), 0.9, threshold=0.5)
    texts = [sentence.text for sentence in drafted.sentences]
    assert texts == ["Holm opened it in May.", "Much was opened.", "Rain fell in May."]


def test_the_same_answer_twice_in_one_article_counts_once():
    twice = passage("a", "Holm came.", "It was Holm.")
    reading = Reading(1.0, tuple(SentenceReading(1.0, 1.0, at) for at in [(0, 4), (18, 22)]))
    other = passage("b", "It was Erik.")
    some = found("Who came?", twice, other, readings=[reading, read((7, 11), 1.0)])
    answers = judge(read_span=1.0).answers(some)
    assert [a.share for a in answers] == [pytest.approx(1 / 3), pytest.approx(1 / 3)]


def test_the_weights_that_ship_are_of_known_features_and_say_what_they_were_fitted_on():
    fitted = json.loads((ROOT / "qa" / "evidence.json").read_text("utf-8"))
    for kind, features in {"reader": OF_READER, "similarity": OF_SIMILARITY}.items():
        assert set(fitted[kind]["ranking"]) <= {*COMMON, *features}
        assert set(fitted[kind]["at_first"]["weights"]) <= {*COMMON, *features, "share"}
        assert "SQuAD" in fitted[kind]["fitted_on"]
        shipped = shipped_judge(with_reader=kind == "reader")
        assert shipped.at_first == Estimate(**fitted[kind]["at_first"])
    looked = fitted["reader"]["looked"]
    assert {FEATURE} < set(looked["weights"]) <= {*COMMON, *OF_READER, FEATURE, "share"}
    assert shipped_judge(with_reader=True).looked == Estimate(**looked)
    assert shipped_judge(with_reader=False).looked is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("[Two] sailors died there.", "Inspections come every [two] years.", False),
        ("[Two] sailors died on the Vesper.", "The Vesper lost [two] sailors.", True),
        ("The bridge cost [14 million].", "It carried [14] cars.", False),
        ("[Joseph Robinette Biden] came.", "Rome saw [Biden] again.", True),
        ("[The central bank of Norland] met.", "They asked [the bank].", False),
        ("The mayor of [Łódź] spoke.", "All of [Lodz] heard it.", True),
    ],
)
def test_answers_are_the_same_by_their_words_and_numbers(one, other, is_same):
    texts = [text.replace("[", "").replace("]", "") for text in (one, other)]
    spans = [(text.index("["), text.index("]") - 1) for text in (one, other)]
    some = found(
        "What is it?",
        passage("a", texts[0]),
        passage("b", texts[1]),
        readings=[read(span, 2.0) for span in spans],
    )
    assert len(judge(read_span=1.0).answers(some)) == (1 if is_same else 2)


def test_a_copy_of_an_article_is_no_second_source():
    copies = [passage(name, "Holm opened the bridge.") for name in ("a", "b")]
    answers = judge(coverage=1.0).answers(found("Who opened the bridge?", *copies))
    drafted = draft(Listed(answers, 3), 1.0, threshold=0.5)
    assert drafted.sentences[0].citations == (1,)


def test_a_sentence_with_other_numbers_is_not_cited_for_one():
    texts = "Governor Brandt spoke of 5 percent.", "Governor Brandt named 3 years."
    some = found(
        "Who is Brandt?",
        *(passage(name, text) for name, text in zip("ab", texts, strict=True)),
        readings=[read((0, 8), 2.0), read((0, 8), 2.0)],
    )
    answers = judge(read_span=1.0).answers(some)
    assert len(answers[0].members) == 2
    drafted = draft(Listed(answers, 3), 1.0, threshold=0.5)
    assert [c.article_id for c in drafted.citations] == ["a"]


def test_exact_words_over_several_cells_of_a_table_are_not_given():
    row = found("How many?", passage("t", "31 | 4 |"), readings=[read((0, 6), 2.0)])
    drafted = draft(Listed(judge(read_span=1.0).answers(row), 1), 1.0, threshold=0.5)
    assert (drafted.answer, drafted.short_answer) == ("31 | 4 | [1]", None)
