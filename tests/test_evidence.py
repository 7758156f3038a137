import json
import math

import numpy as np
import pytest
from conftest import ROOT, WordEmbedder

from qa.evidence import (
    ANSWER_FEATURES,
    FEATURES,
    Judge,
    answer_features,
    candidates,
    shipped_judge,
    word_weights,
)
from qa.extractive import REFUSAL, draft
from qa.library import StoredPassage, StoredSentence
from qa.questions import analyse
from qa.records import Article, Passage, Sentence


def passage(article_id: str, *sentences: str, title: str = "", heading: str = "") -> StoredPassage:
    """A passage of these sentences, as the index would give it."""
    embedder = WordEmbedder()
    text = " ".join(sentences)
    stored, start = [], 0
    for sentence in sentences:
        place = Sentence(article_id, start, start + len(sentence), sentence, heading)
        stored.append(StoredSentence(place, embedder.embed([sentence])[0]))
        start += len(sentence) + 1
    return StoredPassage(
        Passage(f"{article_id}-1", article_id, 0, len(text), text),
        Article(article_id, title, text, ""),
        embedder.embed([f"{title}\n{text}"])[0],
        tuple(stored),
    )


def found(question: str, *passages: StoredPassage):
    embedder = WordEmbedder()
    asked = analyse(question)
    weights = dict.fromkeys(asked.stems, 1.0)
    vector = embedder.embed([question])[0]
    return candidates(asked, vector, passages, weights, embedder.embed_words)


def features(question: str, *passages: StoredPassage) -> list[dict[str, float]]:
    return [dict(zip(FEATURES, c.features, strict=True)) for c in found(question, *passages)]


def test_rare_words_weigh_more():
    weights = word_weights(analyse("Lemvig bridges"), {"Lemvig": 1, "bridges": 9}, 9)
    assert weights == {
        "lemvig": pytest.approx(math.log(10 / 1.5) + 0.1),
        "bridg": pytest.approx(math.log(10 / 9.5) + 0.1),
    }


def test_features_of_a_sentence_by_hand():
    first, second = features(
        "When did Anna Holm open the bridge?",
        passage("a", "Holm opened the bridge.", "It was on 3 May 2024.", title="Anna’s day"),
    )
    # The question's words are Anna, Holm, open, bridge: three of four, and its two names.
    assert first["coverage"] == pytest.approx(3 / 4)
    assert first["names"] == 0.5
    assert (first["names_of_context"], first["name_missing"]) == (1.0, 0.0)
    assert (first["kind_held"], first["kind_missing"]) == (0.0, 1.0)
    assert first["pairs"] == pytest.approx(2 / 3)  # Holm-open and open-bridge, not Anna-Holm
    assert first["fragment"] == 1.0
    assert second["coverage"] == 0.0
    assert second["coverage_with_previous"] == pytest.approx(3 / 4)
    assert second["coverage_of_context"] == 1.0
    assert (second["kind_held"], second["kind_missing"]) == (1.0, 0.0)
    assert (second["name_missing"], second["name_unknown"]) == (0.0, 0.0)
    assert second["words_missing"] == 1 / 4  # to this embedder, "opened" is not like "open"


def test_initials_and_derived_words_are_names_too():
    one, two = features(
        "What did the United Nations say about India?",
        passage("a", "The UN warned Indian ministers of the consequences."),
        passage("b", "Nobody said anything about the consequences."),
    )
    assert (one["names"], two["names"]) == (1.0, 0.0)


def test_nothing_found_has_no_candidates():
    assert found("Who?") == []


def judge(**weights: float) -> Judge:
    """A judge that looks at these features alone, and is confident by the best one's names."""
    ranking = np.array([weights.get(name, 0.0) for name in FEATURES])
    answering = np.array([2.0 if name == "likeness" else 0.0 for name in ANSWER_FEATURES])
    return Judge(ranking, answering, -1.0)


def test_what_says_whether_the_articles_answer():
    row = np.arange(len(FEATURES), dtype=float)
    assert answer_features(row).tolist() == [FEATURES.index(name) for name in ANSWER_FEATURES]


def test_a_name_that_no_passage_has_is_unknown():
    one, two = features(
        "What did Erik Flyvholm open?",
        passage("a", "Flyvholm opened the bridge in May."),
        passage("b", "Nobody opened anything at all."),
    )
    assert (one["name_missing"], one["name_unknown"]) == (1.0, 1.0)  # Erik is nowhere
    assert (two["names_of_context"], two["name_unknown"]) == (0.0, 1.0)


def test_the_best_sentence_comes_first_and_gives_the_confidence():
    some = found("Who opened the bridge?", passage("a", "Rain fell.", "Holm opened the bridge."))
    by_coverage = judge(coverage=2.0)
    best = dict(zip(FEATURES, some[1].features, strict=True))
    expected = 1 / (1 + math.exp(1.0 - 2.0 * best["likeness"]))
    assert by_coverage.confidence(some) == pytest.approx(expected)
    drafted = draft(some, 0.9, by_coverage, threshold=0.5, sentences=1)
    assert drafted.answer == "Holm opened the bridge. [1]"
    assert (drafted.citations[0].start, drafted.citations[0].end) == (11, 34)
    assert drafted.citations[0].score == 0.9


def test_a_sentence_much_less_likely_than_the_best_is_left_out():
    some = found("Who opened the bridge?", passage("a", "Rain fell.", "Holm opened the bridge."))
    shown = draft(some, 0.9, judge(coverage=1.0), threshold=0.5, sentences=3)
    assert [s.text for s in shown.sentences] == ["Holm opened the bridge.", "Rain fell."]
    assert shown.citations[1].score == pytest.approx(0.9 * math.exp(-1.0), abs=1e-4)
    alone = draft(some, 0.9, judge(coverage=5.0), threshold=0.5, sentences=3)
    assert [s.text for s in alone.sentences] == ["Holm opened the bridge."]


def test_below_the_threshold_is_a_refusal_and_at_it_is_none():
    some = found("Who opened the bridge?", passage("a", "Holm opened the bridge."))
    refused = draft(some, 0.49, judge(coverage=1.0), threshold=0.5, sentences=1)
    assert (refused.answer, refused.abstained, refused.confidence) == (REFUSAL, True, 0.49)
    assert not draft(some, 0.5, judge(coverage=1.0), threshold=0.5, sentences=1).abstained


def test_sentences_that_say_the_same_are_cited_together():
    some = found(
        "Who opened the bridge?",
        passage("a", "Holm opened the bridge."),
        passage("b", "Holm opened the bridge.", "Many opened a bottle then."),
    )
    drafted = draft(some, 1.0, judge(coverage=1.0), threshold=0.5, sentences=3)
    assert drafted.sentences[0].citations == (1, 2)
    assert [c.article_id for c in drafted.citations][:2] == ["a", "b"]
    assert drafted.answer == ("Holm opened the bridge. [1][2] Many opened a bottle then. [3]")


def test_the_weights_that_ship_fit_the_features_and_say_what_they_were_fitted_on():
    fitted = json.loads((ROOT / "qa" / "evidence.json").read_text("utf-8"))
    assert set(fitted["ranking"]) == set(FEATURES)
    assert set(fitted["answering"]) == set(ANSWER_FEATURES)
    assert "SQuAD" in fitted["fitted_on"]
    assert shipped_judge().ranking.shape == (len(FEATURES),)
