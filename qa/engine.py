"""The engine: the only place that names the concrete parts and puts them in a chain."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from qa.antecedents import with_antecedent
from qa.asking import Answerer, Ask, Evidence, evidence_from, record_of
from qa.changed_figures import newest_figure_first
from qa.errors import BadRequest, NoIndex
from qa.evidence import Candidate, candidates, word_weights
from qa.examples import Examples
from qa.extractive import draft
from qa.followups import DENSE_WEIGHT, carried, standalone, with_topic
from qa.generation import Assignment, Shown
from qa.index import Index
from qa.judge import Judge, shipped_judge
from qa.language_model import LanguageModel, never, open_model
from qa.lists import with_whole_list
from qa.models import Embedder, LocalEmbedder
from qa.questions import analyse, stem, words_of
from qa.reading import Reader, open_reader
from qa.recency import weight_of_age
from qa.records import (
    NO_FILTERS,
    Answer,
    AnswerEvent,
    ArticleDetail,
    ArticleSummary,
    Comparison,
    Filters,
    SearchResult,
    Statistics,
    Turn,
)
from qa.retrieval import ArticleRetriever, by_name, hybrid_search, query_vectors, read_best
from qa.rewriting import Rewrite
from qa.second_look import confidence
from qa.settings import Settings
from qa.spelling import respelled
from qa.verification import Verifier, shipped_weights
from qa.writer import Made, Writer, shown


class Engine:
    """Ask, search and read one collection of articles. Safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        judge: Judge | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        """The engine with the parts given, or those that the settings name."""
        self.settings = settings
        self.index = Index(settings)
        self.embedder = embedder or LocalEmbedder(settings)
        self.reader = reader or open_reader(settings)
        self._judge = judge or shipped_judge(with_reader=self.reader is not None)
        self._writer = self._open_writer(model or open_model(settings))
        self._examples = Examples(lambda q: not self.ask(q, answerer="extractive").abstained)

    # The chain: retrieve, then answer.

    @property
    def retriever(self) -> ArticleRetriever:
        """The search as a LangChain retriever; it does not read what it finds."""
        return ArticleRetriever(
            index=self.index,
            embedder=self.embedder,
            k=self.settings.passages,
            candidates=self.settings.candidates,
            age_weight=self.settings.age_weight,
        )

    @property
    def chain(self) -> Any:  # Any: LangChain's composed type says nothing more
        """The chain as a LangChain runnable, `Ask` to `Answer`; either half can be swapped."""
        from langchain_core.runnables import RunnableLambda

        return RunnableLambda(self.retrieve) | RunnableLambda(self.answer)

    def retrieve(self, asked: Ask, cancelled: Callable[[], bool] = never) -> Evidence:
        """Search for what the question means after its history, and read what is found."""
        evidence = self._read(self._searched(asked, cancelled))
        question, rewrite = asked.question.strip(), evidence.rewrite
        other = with_topic(question, asked.history)
        if other is None or self.reader is None or (rewrite and rewrite.by_model):
            return evidence
        k = self._checked_k(asked.k)
        going_on = self._found(asked, question, other, k, rewrite, evidence.started)
        return max(self._read(going_on), evidence, key=lambda either: either.likelihood)

    def _searched(self, asked: Ask, cancelled: Callable[[], bool] = never) -> Evidence:
        started = time.perf_counter()
        question = self._checked(asked.question)
        if asked.filters.source is not None:
            self._checked(asked.filters.source, "source")
        k = self._checked_k(asked.k)
        self._checked_sentences(asked.sentences)
        writer = self._writer_for(asked)
        rewrite = None
        if asked.history and writer:
            rewrite = writer.rewrite(question, asked.history, cancelled)
        query = rewrite.query if rewrite else standalone(question, asked.history)
        return self._found(asked, question, query, k, rewrite, started)

    def _found(
        self, asked: Ask, question: str, query: str, k: int, rewrite: Rewrite | None, started: float
    ) -> Evidence:
        """What is found for `query`, which is what `question` means after the turns before it."""
        parts = carried(question, query, asked.history)
        vector, near = query_vectors(self.embedder, query, parts)
        analysed = analyse(query)
        age_weight = self.settings.age_weight * weight_of_age(query)
        with self.index.reading() as view:
            hits = hybrid_search(
                view, query, near, asked.filters, k, self.settings.candidates, age_weight,
                dense_weight=DENSE_WEIGHT if asked.history else 1.0,
            )  # fmt: skip
            words = [w for w in words_of(query) if stem(w) in analysed.stems]
            frequency = view.document_frequency(words)
            own = analyse(question) if query.startswith(question) else None
            weights = word_weights(analysed, frequency, view.passage_count(), own)
            among = view.passage_count(asked.filters)
            undated, _ = view.undated(asked.filters) if asked.filters.by_date else (0, "")
            state, generation = view.state, view.generation
        unknown = [w for w, count in frequency.items() if not count and not self.embedder.knows(w)]
        again = respelled(query, unknown, (hit.stored.in_context for hit in hits))
        if again != query:
            meant = again if question == query else question
            return self._found(asked, meant, again, k, rewrite, started)
        return Evidence(
            asked, query, analysed, vector, hits, weights, state, generation, started,
            time.perf_counter(), among, age_weight, rewrite, undated,
        )  # fmt: skip

    def _read(self, evidence: Evidence, at_most: int | None = None) -> Evidence:
        """The first passages of `evidence` read, if none is, and those that answer further up."""
        if self.reader is None or any(hit.reading for hit in evidence.hits):
            return evidence
        hits = by_name(evidence.query, evidence.hits)
        hits = read_best(self.reader, evidence.query, hits, evidence.among, at_most)
        return replace(evidence, hits=hits, retrieved=time.perf_counter())

    def answer(self, evidence: Evidence, cancelled: Callable[[], bool] = never) -> Answer:
        """Answer from what was found, or refuse."""
        *_, last = self._events(evidence, cancelled)
        return cast(Answer, last.record)

    def _events(
        self, evidence: Evidence, cancelled: Callable[[], bool] = never
    ) -> Iterator[AnswerEvent]:
        evidence = self._read(evidence)  # if it comes from a first half that does not read
        yield AnswerEvent("passages", tuple(hit.record() for hit in evidence.hits))
        making = self._made(evidence, cancelled)
        made = None
        while made is None:
            try:
                yield AnswerEvent("sentence", next(making))
            except StopIteration as end:
                made = end.value
        yield AnswerEvent("answer", record_of(evidence, made))

    def _made(
        self, evidence: Evidence, cancelled: Callable[[], bool]
    ) -> Generator[Shown, None, Made]:
        """Yield the sentences that may be shown, and return what was made of the evidence."""
        judged = self._judge.answers(self.candidates(evidence))
        answers = newest_figure_first(evidence.question, judged, evidence.age_weight)
        sentences = self._checked_sentences(evidence.asked.sentences)
        extractive = draft(
            with_whole_list(
                evidence.question, with_antecedent(evidence.question, answers), sentences
            ),
            confidence(evidence.question, judged, self._judge, self.reader),
            threshold=self.settings.abstain_threshold,
        )
        writer = self._writer_for(evidence.asked)
        if extractive.abstained or writer is None:
            yield from shown(extractive)
            return Made(extractive)
        assignment = Assignment(
            evidence.query,
            tuple(hit.stored for hit in evidence.hits),
            answers,
            extractive.confidence,
            sentences,
            extractive.short_answer,
        )
        # The passages stand for filters and history: from the same ones, the same is written.
        found = tuple(hit.stored.passage.id for hit in evidence.hits)
        key = (evidence.state, evidence.query, found, sentences)
        made = yield from writer.write(
            assignment,
            extractive,
            key=None if evidence.state is None else key,
            spent_s=evidence.rewrite.seconds if evidence.rewrite else 0.0,
            cancelled=cancelled,
        )
        return made

    def _open_writer(self, model: LanguageModel | None) -> Writer | None:
        if model is None:
            return None
        weights = shipped_weights(with_reader=self.reader is not None)
        return Writer(model, Verifier(self.embedder, self.reader, weights), self.settings)

    def _writer_for(self, asked: Ask) -> Writer | None:
        """The writer, where one is set and the articles' own words are not asked for."""
        if asked.answerer == "generated" and self._writer is None:
            raise BadRequest("No language model is set; set QA_LLM=provider:model.")
        return None if asked.answerer == "extractive" else self._writer

    def candidates(self, evidence: Evidence) -> list[Candidate]:
        """The sentences of the passages that were read, with what speaks for each."""
        passages = [hit.stored for hit in evidence.hits]
        readings = None
        if self.reader:
            read = [(h.stored, h.reading) for h in self._read(evidence).hits if h.reading]
            passages, readings = [stored for stored, _ in read], [reading for _, reading in read]
        return candidates(
            evidence.question,
            evidence.vector,
            passages,
            evidence.word_weights,
            self.embedder,
            readings,
            evidence.among,
            evidence.age_weight,
        )

    # What people do with it.

    def warm_up(self) -> None:
        """Load the models, and the index where there is one."""
        self.answer_from("What is it?", [{"text": "It is a warm-up."}], answerer="extractive")
        with suppress(NoIndex):
            self.search("warm up")

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int | None = None,
        sentences: int | None = None,
        conversation_id: str | None = None,
        answerer: Answerer = "default",
        cancelled: Callable[[], bool] = never,
    ) -> Answer:
        """Answer `question` from the indexed articles, or refuse.

        `history` holds the earlier turns, oldest first; `k` is how many passages are read (1 to
        100), `sentences` how many the answer has at most (1 to 10). Once `cancelled()` is true, no
        language model writes on: the answer is what was shown by then, or else the articles' own
        words. Raises BadRequest, NoIndex or IndexMismatch.
        """
        # The chain's two halves, called directly: LangChain would send each run to a tracing
        # service if the environment names one, and nothing may leave this machine from here.
        asked = Ask(question, tuple(history), filters, k, sentences, conversation_id, answerer)
        return self.answer(self.retrieve(asked, cancelled), cancelled)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int | None = None,
        sentences: int | None = None,
        conversation_id: str | None = None,
        answerer: Answerer = "default",
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[AnswerEvent]:
        """The same in steps: the passages, each sentence, the full record.

        Everything that can be wrong with the question raises here, before the first event. The
        full record is what counts: where a language model fails on the way, it is another answer.
        """
        asked = Ask(question, tuple(history), filters, k, sentences, conversation_id, answerer)
        evidence = self.retrieve(asked, cancelled)
        return self._events(evidence, cancelled)

    def compare(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int | None = None,
        sentences: int | None = None,
        conversation_id: str | None = None,
    ) -> Comparison:
        """`question` answered in the articles' own words and by the language model, one search.

        Raises BadRequest where no model is set, and what `ask` raises.
        """
        asked = Ask(question, tuple(history), filters, k, sentences, conversation_id, "generated")
        evidence = self.retrieve(asked)
        plain = replace(evidence, asked=replace(asked, answerer="extractive"), rewrite=None)
        return Comparison(extractive=self.answer(plain), generated=self.answer(evidence))

    def answer_from(
        self,
        question: str,
        passages: Sequence[Mapping[str, str]],
        *,
        history: Sequence[Turn] = (),
        answerer: Answerer = "default",
    ) -> Answer:
        """Answer from `passages` (each with "title" and "text") alone; no index is used.

        Their ids are passage-1, passage-2 and so on; offsets point into each "text".
        """
        evidence = self.evidence_of(question, passages, history=history)
        return self.answer(replace(evidence, asked=replace(evidence.asked, answerer=answerer)))

    def evidence_of(
        self,
        question: str,
        passages: Sequence[Mapping[str, str]],
        *,
        history: Sequence[Turn] = (),
    ) -> Evidence:
        """`passages` as if they had been found, for `answer`."""
        asked = Ask(self._checked(question), tuple(history))
        return self._read(
            evidence_from(asked, passages, self.embedder, self.settings.passage_chars)
        )

    def search(
        self, query: str, *, filters: Filters = NO_FILTERS, k: int | None = None
    ) -> SearchResult:
        """The `k` passages that a query finds, best first; as many are read as for an answer."""
        query, k = self._checked(query, "query"), self._checked_k(k)
        read = self.settings.passages
        found = self._searched(Ask(query, filters=filters, k=max(k, read)))
        evidence = self._read(found, at_most=read)
        assert evidence.generation is not None  # it comes from the index
        return SearchResult(
            query=found.query,
            passages=tuple(hit.record() for hit in evidence.hits[:k]),
            index_generation=evidence.generation,
        )

    def articles(self, *, offset: int = 0, limit: int | None = None) -> tuple[ArticleSummary, ...]:
        """The articles by title, without their texts."""
        with self.index.reading() as view:
            return view.articles(offset, limit)

    def article(self, article_id: str) -> ArticleDetail:
        """The article with its text, which all offsets point into; raises NotFound."""
        with self.index.reading() as view:
            return view.article(article_id)

    def statistics(self) -> Statistics:
        """What the index holds."""
        with self.index.reading() as view:
            return view.statistics()

    def examples(self, limit: int = 4) -> tuple[str, ...]:
        """Questions drawn from the indexed articles, each of which gets an answer."""
        with self.index.reading() as view:
            return self._examples.of(view, limit)

    def close(self) -> None:
        """Let go of the index's files."""
        self.index.close()

    def _checked(self, text: str, what: str = "question") -> str:
        """`text` without blanks around, if it can be searched for."""
        text = text.strip()
        longest = self.settings.max_question_chars
        if not text:
            raise BadRequest(f"The {what} is empty.")
        if len(text) > longest:
            raise BadRequest(f"The {what} is {len(text)} characters long; at most {longest} fit.")
        if any(ch == "\0" or "\ud800" <= ch <= "\udfff" for ch in text):
            raise BadRequest(f"The {what} holds characters that are not text.")
        return text

    def _checked_sentences(self, sentences: int | None) -> int:
        sentences = self.settings.sentences if sentences is None else sentences
        if not 1 <= sentences <= 10:
            raise BadRequest(f"sentences is {sentences}; an answer has 1 to 10.")
        return sentences

    def _checked_k(self, k: int | None) -> int:
        k = self.settings.passages if k is None else k
        if not 1 <= k <= 100:
            raise BadRequest(f"k is {k}; it is the number of passages, 1 to 100.")
        return k


def open_engine(settings: Settings) -> Engine:
    """The engine with the parts that come with the project; loads nothing before first use."""
    return Engine(settings)
