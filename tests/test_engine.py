import math
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from qa.asking import Ask
from qa.engine import Engine
from qa.errors import BadRequest, NotFound
from qa.indexing import index_paths
from qa.judge import Judge
from qa.log_odds import Estimate
from qa.reading import Reading, SentenceReading
from qa.records import Answer, Filters, Turn
from qa.second_look import FEATURE
from qa.wording import REFUSAL, told_in

QUESTIONS = st.lists(
    st.sampled_from(
        "Who cut the ribbon bridge Lemvig ferry ice March bakery prize when where why how many "
        "kroner Anna Holm [1] it he And".split()
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


def check(engine: Engine, answer: Answer, filters: Filters) -> None:
    """What holds for every answer, whatever was asked."""
    texts = {a.id: engine.article(a.id).text for a in engine.articles()}
    for citation in answer.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
        assert citation.article_id not in filters.exclude
    for passage in answer.passages:
        assert texts[passage.article_id][passage.start : passage.end] == passage.text
        assert passage.article_id not in filters.exclude
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)} == set(numbers)
    assert sorted(n for s in answer.sentences for n in s.citations) == numbers
    assert answer.abstained == (not answer.sentences)
    assert 0 <= answer.confidence <= 1


@given(
    QUESTIONS,
    st.sets(st.sampled_from(["bridge.txt", "ferry.txt", "bakery.txt"]), max_size=2),
    st.lists(QUESTIONS, max_size=2),
)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_citation_is_exact_and_within_the_filters(engine, question, excluded, history):
    filters = Filters(exclude=tuple(sorted(excluded)))
    answer = engine.ask(question, filters=filters, history=[Turn(h) for h in history])
    check(engine, answer, filters)


def test_the_same_sentence_in_two_articles_is_one_sentence_with_two_citations(engine):
    answer = engine.ask("When did the old bridge in Lemvig reopen?")
    first = answer.sentences[0]
    assert first.text == (
        "The old bridge in Lemvig reopened on 3 May 2024 after two years of repairs."
    )
    cited = {c.article_id for c in answer.citations if c.n in first.citations}
    assert cited == {"bakery.txt", "bridge.txt"}
    assert [s.text for s in answer.sentences].count(first.text) == 1
    assert answer.answer.startswith(f"{first.text} [1][2]")


def test_an_unanswered_question_gets_a_plain_sentence_and_the_nearest_passages(engine):
    refusing = Engine(replace(engine.settings, abstain_threshold=1.0), engine.embedder)
    answer = refusing.ask("When did the old bridge in Lemvig reopen?")
    assert (answer.abstained, answer.answer) == (True, REFUSAL)
    assert (answer.sentences, answer.citations) == ((), ())
    assert answer.passages[0].article_id in {"bridge.txt", "bakery.txt"}
    refusing.close()


def test_a_question_without_a_word_of_its_own_is_refused_unless_nothing_is(engine):
    careful = Engine(replace(engine.settings, abstain_threshold=0.01), engine.embedder)
    assert careful.ask("What is it?").abstained
    assert not engine.ask("What is it?").abstained
    careful.close()


def test_an_answer_in_doubt_is_read_once_more_for_the_question_as_it_stands_alone(engine):
    asked = []

    class Halving:
        """Finds every sentence as likely as not, and keeps what it is asked."""

        def read(self, question, passages):
            asked.append((question, [p.article.title for p in passages]))
            even = SentenceReading(0.0, 0.0, None)
            return [Reading(0.0, (even,) * len(p.sentences)) for p in passages]

    judge = Judge({"coverage": 2.0}, Estimate({}, 0.0), Estimate({FEATURE: 1.0}, 1.0))
    doubting = Engine(engine.settings, engine.embedder, Halving(), judge)
    history = [Turn("What happened to the bridge?")]
    answer = doubting.ask("And when did it reopen?", history=history)
    assert asked[-1] == (answer.query, [""])
    assert answer.confidence == round(1 / (1 + math.exp(-1.0)), 4)
    doubting.close()


def test_filters_that_leave_nothing_are_a_refusal_even_at_threshold_zero(engine):
    answer = engine.ask("Who cut the ribbon?", filters=Filters(source="Nobody"))
    assert (answer.abstained, answer.confidence, answer.passages) == (True, 0.0, ())
    assert answer.answer == "No article passes the filters."
    dated = engine.ask("Who cut the ribbon?", filters=Filters(published_from=date(2024, 5, 1)))
    assert dated.answer == (
        "No article passes the filters (3 articles without a date were left out)."
    )


def test_a_refusal_says_how_many_articles_a_limit_by_date_left_out(engine, articles):
    for name, day in (("dam.txt", "May 2024"), ("mill.txt", "June 2024")):
        (articles / name).write_text(f"A {name[:-4]} is built\n3 {day}\n\nIt took two years.")
    (articles / "ferry.txt").write_text("Source: The Post\n\nThe ferry stopped because of ice.")
    index_paths(engine.settings, engine.embedder, [articles])
    refusing = Engine(replace(engine.settings, abstain_threshold=1.0), engine.embedder)
    for filters, left_out in (
        (Filters(published_to=date(2024, 5, 31)), " (3 articles without a date were left out)"),
        (Filters("The Post", date(2024, 5, 1)), " (1 article without a date was left out)"),
        (Filters(source="The Post"), ""),
    ):
        answer = refusing.ask("How long did the dam take?", filters=filters)
        start = "No article passes the filters" if filters.by_date and filters.source else REFUSAL
        assert answer.answer == f"{start.rstrip('.')}{left_out}."
        assert told_in(answer.answer) == ""
    refusing.close()


def test_a_number_in_brackets_in_an_article_is_no_marker(engine, articles, settings, embedder):
    (articles / "wiki.txt").write_text("Comets\n\nThe comet Halley returns every 76 years.[7][12]")
    index_paths(settings, embedder, [articles])
    answer = engine.ask("How often does the comet Halley return?")
    assert answer.sentences[0].text == "The comet Halley returns every 76 years.[7][12]"
    assert re.findall(r"\[(\d+)\]", answer.answer.split("years")[1])[0] == "1"
    check(engine, answer, Filters())


def test_a_follow_up_searches_with_what_was_asked_before(engine):
    answer = engine.ask("And when did it reopen?", history=[Turn("What happened to the bridge?")])
    assert answer.query == "And when did it reopen? happened bridge"
    assert "3 May 2024" in answer.answer


def test_the_stream_gives_passages_then_sentences_then_the_record(engine):
    events = list(engine.stream("Who cut the ribbon?"))
    assert events[0].name == "passages"
    assert events[-1].name == "answer"
    record = events[-1].record
    assert [e.record[0] for e in events[1:-1]] == list(record.sentences)
    assert events[0].record == record.passages


def test_the_stream_refuses_a_bad_question_before_its_first_event(engine):
    with pytest.raises(BadRequest):
        engine.stream("  ")


@pytest.mark.parametrize(
    ("question", "k", "told"),
    [
        ("", None, "The question is empty"),
        (" \n\t ", None, "The question is empty"),
        ("x" * 1001, None, "1001 characters long; at most 1000 fit"),
        ("a\0b", None, "characters that are not text"),
        ("a\ud800b", None, "characters that are not text"),
        ("Who?", 0, "k is 0; it is the number of passages, 1 to 100"),
        ("Who?", 101, "k is 101"),
    ],
)
def test_bad_questions_are_told_in_one_sentence(engine, question, k, told):
    with pytest.raises(BadRequest, match=told):
        engine.ask(question, k=k)


@pytest.mark.parametrize("question", ['" OR 1=1 --', "NEAR(a b)", "*", "a AND NOT b", "'; DROP"])
def test_the_words_of_a_question_are_never_a_query_language(engine, question):
    engine.ask(question)


def test_evidence_knows_how_many_passages_it_was_found_among(engine):
    asked = Ask("When did the old bridge in Lemvig reopen?")
    everything = engine.retrieve(asked).among
    without = engine.retrieve(replace(asked, filters=Filters(exclude=("bridge.txt",)))).among
    nothing = engine.retrieve(replace(asked, filters=Filters(source="nobody"))).among
    assert (everything, without, nothing) == (3, 2, 0)  # each article is one passage


def test_the_chain_is_a_langchain_runnable_that_can_be_swapped(engine):
    from langchain_core.runnables import RunnableLambda

    answer = engine.chain.invoke(Ask("Who cut the ribbon?"))
    assert "Mayor Erik Flyvholm cut the ribbon." in answer.answer
    shorter = RunnableLambda(engine.retrieve) | RunnableLambda(lambda evidence: len(evidence.hits))
    assert shorter.invoke(Ask("Who cut the ribbon?", k=2)) == 2


def test_an_answer_from_given_passages_uses_no_index(settings, embedder):
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    text = "A comet. Halley returns every 76 years."
    answer = engine.answer_from(
        "How often does Halley return?",
        [{"title": "Moons", "text": "Io is a moon."}, {"title": "Halley", "text": text}],
    )
    citation = answer.citations[0]
    assert citation.article_id == "passage-2"
    assert text[citation.start : citation.end] == citation.quote == "Halley returns every 76 years."
    assert answer.index_generation is None


def test_articles_are_listed_by_title_and_read_by_id(engine):
    assert [a.title for a in engine.articles()] == [
        "Bakery wins prize",
        "Ferry to Thyborøn stops",
        "Old bridge reopens in Lemvig",
    ]
    assert [a.id for a in engine.articles(offset=1, limit=1)] == ["ferry.txt"]
    assert engine.article("ferry.txt").text.startswith("The ferry to Thyborøn stopped")
    with pytest.raises(NotFound, match="no article with the id 'x'"):
        engine.article("x")


def test_no_example_question_is_too_long(settings, embedder, tmp_path):
    """With one of a longer name than any question may have, there were none at all."""
    (tmp_path / "names.txt").write_text(
        f"Talks\n\nPresident Ann {'A' * 1500} spoke. Director Anna Holm ran the ferry.\n\n"
        f"{' '.join(['Ferry' * 60] * 3)}\n\nThe {'B' * 1500} summit was held. It was long.\n"
    )
    index_paths(settings, embedder, [tmp_path / "names.txt"])
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    assert engine.examples() == ("Who is Anna Holm?",)
    engine.close()


def test_example_questions_get_an_answer(engine):
    examples = engine.examples()
    assert examples
    assert all(not engine.ask(question).abstained for question in examples)
