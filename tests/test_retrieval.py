import pytest

from qa.records import Filters
from qa.retrieval import fuse


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
