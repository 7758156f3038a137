import json

import pytest

from qa.errors import NoIndex, NotFound
from qa.evaluation import Case, GivenPassage, evaluate
from qa.records import (
    Answer,
    AnswerSentence,
    ArticleDetail,
    ArticleSummary,
    Citation,
    Filters,
    FoundPassage,
    Place,
    ShortAnswer,
    Timings,
    Turn,
)
from qa.settings import Settings

TEXTS = {
    "a.txt": "Lal spoke in Moscow. It was cold.",
    "b.txt": "Moscow is far.",
}


class FakeEngine:
    """Answers with the article sentences it is told to; records how it was asked."""

    def __init__(self, *quotes, found=("b.txt", "b.txt", "a.txt"), confidence=0.5, short=None):
        self.settings = Settings()
        self.quotes, self.found, self.confidence, self.short = quotes, found, confidence, short
        self.asked, self.warm = [], False

    def warm_up(self):
        self.warm = True

    def articles(self):
        fields = dict.fromkeys(("source", "url", "author", "published"))
        return tuple(ArticleSummary(id=a, title="", characters=1, **fields) for a in TEXTS)

    def article(self, article_id):
        if article_id not in TEXTS:
            raise NotFound(f"There is no article {article_id}.")
        text = TEXTS[article_id]
        return ArticleDetail(
            id=article_id,
            title="",
            source=None,
            url=None,
            author=None,
            published=None,
            characters=len(text),
            text=text,
        )

    def ask(self, question, *, history, filters):
        self.asked.append((question, history, filters))
        return self._answer(question, generation=7)

    def answer_from(self, question, passages, *, history):
        self.asked.append((question, history, passages))
        return self._answer(question, generation=None)

    def _answer(self, question, generation):
        parts = [
            {"n": n, "article_id": article, "start": start, "end": start + len(quote)}
            | {"quote": quote}
            for n, (article, start, quote) in enumerate(self.quotes, start=1)
        ]
        citations = tuple(
            Citation(**part, title="T", source=None, url=None, published=None, score=1)
            for part in parts
        )
        return Answer(
            id="1",
            question=question,
            answer=" ".join(f"{c.quote} [{c.n}]" for c in citations) or "Moscow says nothing.",
            abstained=not citations,
            confidence=self.confidence,
            query=question,
            sentences=tuple(AnswerSentence(text=c.quote, citations=(c.n,)) for c in citations),
            short_answer=self.short,
            citations=citations,
            passages=tuple(
                FoundPassage(
                    article_id=article,
                    title="T",
                    start=0,
                    end=1,
                    text="L",
                    score=1,
                    rank_dense=1,
                    rank_lexical=None,
                )
                for article in self.found
            ),
            answerer="fake",
            index_generation=generation,
            timings_ms=Timings(retrieve=1, answer=1, total=2),
        )


WHERE = Case(
    id="1", question="Where?", answers=("Kazan", "Moscow"), articles=("a",), answerable=True
)
UNKNOWN = Case(id="2", question="Why?", answerable=False)
RIGHT = ("a.txt", 0, "Lal spoke in Moscow.")
BESIDE = ("a.txt", 21, "It was cold.")
ELSEWHERE = ("b.txt", 0, "Moscow is far.")
SHIFTED = ("a.txt", 1, "Lal spoke in Moscow.")
MISSING = ("c.txt", 0, "Moscow.")


def result(engine, case):
    return evaluate(engine, [case]).cases[0]


def test_a_right_answer():
    case = result(FakeEngine(RIGHT, BESIDE), WHERE)
    assert (case.contained, case.supported, case.abstained) == (True, True, False)
    assert case.answer == "Lal spoke in Moscow. [1] It was cold. [2]"
    assert (case.words, case.hit_rank, case.confidence) == (7, 2, 0.5)
    assert (case.citation_precision, case.citations_exact) == (0.5, 1.0)
    assert [c.supports for c in case.citations] == [True, False]
    assert case.verdict == "right"


def test_the_first_sentence_is_judged_alone():
    first = result(FakeEngine(RIGHT, BESIDE), WHERE)
    second = result(FakeEngine(BESIDE, RIGHT), WHERE)
    assert (first.contained, first.first_contained) == (True, True)
    assert (second.contained, second.first_contained) == (True, False)
    assert result(FakeEngine(), WHERE).first_contained is False
    assert result(FakeEngine(RIGHT), UNKNOWN).first_contained is None


@pytest.mark.parametrize(
    ("start", "end", "judged"),
    [
        (13, 19, True),  # Moscow
        (10, 19, True),  # in Moscow
        (0, 3, False),  # Lal
    ],
)
def test_exact_words_are_judged_and_placed(start, end, judged):
    words = TEXTS["a.txt"][start:end]
    short = ShortAnswer(text=words, citation=2, start=start, end=end)
    case = result(FakeEngine(BESIDE, RIGHT, short=short), WHERE)
    assert case.exact_words is judged
    # "It was cold. [1] Lal spoke in Moscow. [2]": seventeen characters come before the sentence.
    assert case.exact_words_at == Place(start=17 + start, end=17 + end)
    assert case.answer[case.exact_words_at.start : case.exact_words_at.end] == words


def test_exact_words_count_where_there_are_some():
    lal = ShortAnswer(text="Lal", citation=1, start=0, end=3)
    for case in (result(FakeEngine(RIGHT), WHERE), result(FakeEngine(), WHERE)):
        assert (case.exact_words, case.exact_words_at) == (None, None)
    assert result(FakeEngine(RIGHT, short=lal), UNKNOWN).exact_words is None
    unseen = result(FakeEngine(RIGHT, short=lal.model_copy(update={"start": 40})), WHERE)
    assert (unseen.exact_words, unseen.exact_words_at) == (False, None)


@pytest.mark.parametrize(
    ("quote", "contained", "supported", "exact"),
    [
        (ELSEWHERE, True, False, 1.0),  # the right words from another article
        (SHIFTED, True, False, 0.0),  # the right words, but not at these offsets
        (MISSING, True, False, 0.0),  # an article that does not exist
        (BESIDE, False, False, 1.0),  # the right article, other words
    ],
)
def test_support_takes_exact_words_from_the_right_article(quote, contained, supported, exact):
    case = result(FakeEngine(quote), WHERE)
    assert (case.contained, case.supported) == (contained, supported)
    assert (case.citation_precision, case.citations_exact) == (0.0, exact)


def test_a_refusal_contains_nothing():
    case = result(FakeEngine(), WHERE)
    assert "Moscow" in case.answer
    assert (case.abstained, case.contained, case.supported, case.words) == (True, False, False, 0)
    assert (case.citation_precision, case.citations_exact) == (None, None)
    assert case.verdict == "wrongly refused"


def test_an_unanswerable_question_is_judged_by_the_refusal_alone():
    answered, refused = result(FakeEngine(RIGHT), UNKNOWN), result(FakeEngine(), UNKNOWN)
    assert answered.verdict == "should have refused"
    assert refused.verdict == "rightly refused"
    for case in (answered, refused):
        assert (case.contained, case.supported, case.citation_precision) == (None, None, None)


def test_a_marker_is_no_word_of_the_answer():
    numbers = Case(id="1", question="How many?", answers=("1",), answerable=True)
    assert result(FakeEngine(RIGHT), numbers).contained is False


def test_how_the_engine_is_asked():
    engine = FakeEngine()
    case = Case.model_validate_json(
        '{"id": "1", "question": "And he?", "answers": ["x"], "answerable": true,'
        '"history": ["Who?", "Where?"], "exclude": ["b.txt"], "source": "Post",'
        '"from": "2025-01-01"}'
    )
    assert result(engine, case).limits == "without b.txt source Post from 2025-01-01"
    filters = Filters(source="Post", published_from=case.published_from, exclude=("b.txt",))
    assert engine.warm
    assert engine.asked == [("And he?", (Turn("Who?"), Turn("Where?")), filters)]


def test_given_passages_are_checked_without_the_index():
    passages = (GivenPassage(text="Far."), GivenPassage(title="T", text="In Moscow."))
    case = Case(
        id="1",
        question="Where?",
        answers=("Moscow",),
        articles=("passage-2",),
        answerable=True,
        passages=passages,
    )
    engine = FakeEngine(("passage-2", 0, "In Moscow."), found=("passage-2",))
    report = evaluate(engine, [case])
    given = [{"title": "", "text": "Far."}, {"title": "T", "text": "In Moscow."}]
    assert engine.asked == [("Where?", (), given)]
    assert (report.cases[0].supported, report.cases[0].hit_rank) == (True, 1)
    assert report.index_generation is None


def test_mistakes_of_the_test_set_are_told():
    far = WHERE.model_copy(update={"articles": ("x",), "source": "Post"})
    assert evaluate(FakeEngine(RIGHT), [WHERE, far]).warnings == (
        '1: no article has the source "Post".',
        '1: there is no article "x" in the index.',
    )


class UnindexedEngine(FakeEngine):
    def articles(self):
        raise NoIndex("Nothing has been indexed yet.")


def test_given_passages_need_no_index():
    given = WHERE.model_copy(update={"passages": (GivenPassage(text="Far."),)})
    told = '1: there is no article "a" among its passages.'
    assert evaluate(UnindexedEngine(RIGHT), [given]).warnings == (told,)


class BrokenEngine(FakeEngine):
    def ask(self, question, *, history, filters):
        if question == "Where?":
            raise RuntimeError("torn")
        return super().ask(question, history=history, filters=filters)


def test_one_failure_does_not_stop_the_run():
    seen = []
    report = evaluate(
        BrokenEngine(), [WHERE, UNKNOWN], progress=lambda done, total: seen.append((done, total))
    )
    failed, refused = report.cases
    assert failed.error == "RuntimeError: torn"
    assert (failed.verdict, failed.contained, failed.supported) == ("failed", False, False)
    assert refused.verdict == "rightly refused"
    assert seen == [(1, 2), (2, 2)]
    assert report.metrics["contained"].n == report.metrics["first_contained"].n == 1
    assert report.metrics["exact_words"].n == 0
    assert report.metrics["latency_p50"].n == 1
    assert report.metrics["auroc"].value is None


class EmptyEngine(FakeEngine):
    def ask(self, question, *, history, filters):
        raise NoIndex("Nothing has been indexed yet.")


def test_a_missing_index_ends_the_run():
    with pytest.raises(NoIndex):
        evaluate(EmptyEngine(), [WHERE])


def test_the_totals_by_hand():
    short = ShortAnswer(text="Moscow", citation=1, start=13, end=19)
    engine = FakeEngine(RIGHT, BESIDE, short=short)
    far = WHERE.model_copy(update={"id": "3", "answers": ("Kazan",), "articles": ("x",)})
    report = evaluate(engine, [WHERE, far, UNKNOWN], testset="three.jsonl")
    values = {name: (m.value, m.n) for name, m in report.metrics.items() if "latency" not in name}
    assert values == {
        "contained": (0.5, 2),
        "first_contained": (0.5, 2),
        "exact_words": (0.5, 2),
        "supported": (0.5, 2),
        "hit@1": (0.0, 2),
        "hit@5": (0.5, 2),
        "hit@10": (0.5, 2),
        "mrr": (0.25, 2),
        "citation_precision": (0.25, 2),
        "citations_exact": (1.0, 3),
        "abstention_precision": (None, 0),
        "abstention_recall": (0.0, 1),
        "wrongly_refused": (0.0, 2),
        "balanced_accuracy": (0.5, 3),
        "auroc": (0.5, 3),
        "words": (7.0, 3),
    }
    assert (report.testset, report.answerer, report.index_generation) == ("three.jsonl", "fake", 7)
    assert report.settings["abstain_threshold"] == 0.28
    json.loads(report.model_dump_json())
