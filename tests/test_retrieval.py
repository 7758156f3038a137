from dataclasses import replace

import pytest
from conftest import passage

from qa.asking import Ask
from qa.engine import Engine
from qa.reading import Reading, SentenceReading
from qa.records import Filters
from qa.retrieval import Hit, fuse, read_best


def test_reciprocal_ranks_are_summed():
    fused = dict(fuse(["a", "b"], ["b", "c"]))
    assert fused == {"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62}
    assert [i for i, _ in fuse(["a", "b"], ["b", "c"])] == ["b", "a", "c"]


def test_equal_sums_keep_the_first_rankings_order():
    assert [i for i, _ in fuse(["a", "b"], ["b", "a"])] == ["a", "b"]


def test_the_retriever_is_a_langchain_retriever(engine):
    documents = engine.retriever.invoke("Who cut the ribbon of the bridge?")
    assert documents[0].metadata["article_id"] == "bridge.txt"
    assert "Mayor Erik Flyvholm cut the ribbon." in documents[0].page_content
    assert documents[0].metadata["rank_lexical"] == 1


def test_the_retriever_takes_filters(engine):
    retriever = engine.retriever.model_copy(update={"filters": Filters(exclude=("bridge.txt",))})
    found = {d.metadata["article_id"] for d in retriever.invoke("old bridge in Lemvig")}
    assert found == {"bakery.txt", "ferry.txt"}


def test_a_found_passage_says_where_it_stands_in_either_ranking(engine):
    (best, *_) = engine.search("Captain Anna Holm", k=3).passages
    assert best.article_id == "ferry.txt"
    assert (best.rank_dense, best.rank_lexical) == (1, 1)
    assert best.score == pytest.approx(2 / 61)


def test_a_ranking_that_weighs_double_counts_double():
    fused = dict(fuse(["a", "b"], ["b", "c"], weights=(2.0, 1.0)))
    assert fused["a"] == pytest.approx(2 / 61)
    assert fused["b"] == pytest.approx(2 / 62 + 1 / 61)
    assert fused["c"] == pytest.approx(1 / 62)


class Prefers:
    """A reader that finds an answer in the passages of one article; remembers what it was given."""

    def __init__(self, article):
        self.article = article
        self.given = []

    def read(self, question, passages):
        self.given += [passage.article.id for passage in passages]
        return [
            Reading(
                0.0 if passage.article.id == self.article else -20.0,
                tuple(SentenceReading(-1.0, -1.0, None) for _ in passage.sentences),
            )
            for passage in passages
        ]


@pytest.fixture
def preferring(engine):
    """An engine over the same articles, with this reader."""

    def made(article, **settings):
        return Engine(replace(engine.settings, **settings), engine.embedder, Prefers(article))

    return made


def test_passages_that_seem_to_answer_move_up(engine, preferring):
    query = "old bridge in Lemvig"
    plain = engine.search(query, k=3).passages
    second = plain[1].article_id
    read = preferring(second).search(query, k=3).passages
    assert [p.article_id for p in read] == [second, plain[0].article_id, plain[2].article_id]
    assert read[0].score == pytest.approx(1.5 * plain[1].score)  # even odds
    assert read[1].score == pytest.approx(plain[0].score, rel=1e-4)
    (only,) = preferring(second).search(query, k=1).passages
    assert only.article_id == second  # it is read though the search had it second
    asked = preferring(second).ask(query, k=3)
    assert [p.article_id for p in asked.passages] == [p.article_id for p in read]


def test_a_search_reads_no_more_than_an_answer_would(engine, preferring):
    query = "old bridge in Lemvig"
    plain = [p.article_id for p in engine.search(query, k=3).passages]
    reading = preferring(plain[2], passages=2)
    assert [p.article_id for p in reading.search(query, k=3).passages] == plain
    assert reading.reader.given == plain[:2]


def test_a_read_passage_tells_its_likeliest_sentence(engine, preferring):
    query = "old bridge in Lemvig"
    assert [p.likeliest for p in engine.search(query, k=2).passages] == [None, None]
    read, unread = preferring("bridge.txt", passages=1).search(query, k=2).passages
    assert unread.likeliest is None
    place = read.likeliest
    text = engine.article(read.article_id).text[place.start : place.end]
    assert text == "The old bridge in Lemvig reopened on 3 May 2024 after two years of repairs."


def test_the_best_of_either_search_are_read_first_however_old(preferring):
    hits = [
        Hit(passage(name, "It rained."), score, dense, lexical)
        for name, score, dense, lexical in [
            ("new", 0.03, 4, 4),
            ("newer", 0.02, 5, None),
            ("old", 0.01, 1, 2),
            ("words", 0.009, 9, 1),
        ]
    ]
    reader = Prefers("old")
    found = read_best(reader, "Who?", hits, among=2000, at_most=3)
    assert reader.given == ["old", "words", "new"]
    assert [hit.stored.article.id for hit in found] == ["new", "old", "words", "newer"]
    assert [hit.score for hit in found] == pytest.approx([0.03, 0.015, 0.009, 0.02], rel=1e-4)


def test_readings_stay_with_their_passages(preferring):
    evidence = preferring("ferry.txt").retrieve(Ask("old bridge in Lemvig", k=3))
    assert {hit.stored.article.id: hit.reading.answered for hit in evidence.hits} == {
        "bridge.txt": -20.0,
        "bakery.txt": -20.0,
        "ferry.txt": 0.0,
    }


def test_passages_that_nobody_read_are_read_to_answer(preferring):
    engine = preferring("ferry.txt", abstain_threshold=0.0)
    evidence = engine.retrieve(Ask("old bridge in Lemvig", k=3))
    found = sorted(evidence.hits, key=lambda hit: hit.stored.article.id)
    unread = replace(evidence, hits=tuple(replace(hit, reading=None, score=1) for hit in found))
    answer = engine.answer(unread)
    assert answer.answer == engine.answer(evidence).answer
    assert answer.passages[0].article_id == "ferry.txt"


def test_either_half_of_the_chain_may_leave_out_passages_or_order_them(engine, preferring):
    reading = preferring("ferry.txt", abstain_threshold=0.0)
    evidence = reading.retrieve(Ask("old bridge in Lemvig", k=3))
    turned = replace(evidence, hits=evidence.hits[::-1])
    assert reading.answer(turned).answer == reading.answer(evidence).answer
    first = replace(evidence, hits=evidence.hits[:1])
    (only,) = reading.answer(first).passages
    assert only.article_id == evidence.hits[0].stored.article.id
    assert engine.answer(evidence).question == "old bridge in Lemvig"  # it has no reader
