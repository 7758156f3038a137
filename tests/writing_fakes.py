"""The small engine with a language model set: some questions get an answer that it wrote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from web_fakes import FakeEngine

from qa import Answer, AnswerEvent, AnswerSentence, Usage, Verification

MODEL = "openai:gpt-4.1-mini"
SUPPORTED = "Building it took 310 million crowns, double the council's plan."
QUOTE = "The harbour bridge opened on Friday morning."
UNSUPPORTED = "The mayor wept when the ribbon fell."
STRAY = "The orchard is said to be haunted."
MARKUP = "**The parrot** [left](javascript:window.ran=1) <img src=x onerror='window.ran=1'> `now`."
TOO_LATE = "The language model did not answer within 30 seconds."

REPLACED = "How much did the work on the harbour bridge cost the council?"
MARKED = "When did the harbour bridge open, on which morning?"
FELL_BACK = "How many tonnes of apples did the orchard give?"
HOSTILE = "Which parrot escaped on Monday?"
CACHED = "What did the council plan for the work?"
STOPPED = "What did the work cost, and who planned it?"


@dataclass(frozen=True, slots=True)
class Written:
    """What the model writes for a question: text, support and citations of each sentence."""

    sentences: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    dropped: int = 0
    fallback: str | None = None
    streamed: tuple[str, ...] = ()  # sentences that were shown on the way and did not stay
    cached: bool = False
    stopped: bool = False


WRITTEN = {
    REPLACED: Written(((SUPPORTED, "supported", (1,)), (QUOTE, "replaced", (2, 1))), dropped=1),
    MARKED: Written(((QUOTE, "supported", (1,)), (UNSUPPORTED, "unsupported", ()))),
    FELL_BACK: Written(fallback=TOO_LATE, streamed=(STRAY,)),
    HOSTILE: Written(((MARKUP, "supported", (1,)),)),
    CACHED: Written(((SUPPORTED, "supported", (1,)),), cached=True),
    STOPPED: Written(((SUPPORTED, "supported", (1,)),), stopped=True),
}
"""All other questions are answered in the articles' own words."""


@dataclass
class WritingEngine(FakeEngine):
    """Answers like the small engine, and writes where `WRITTEN` says so."""

    after_stray: Callable[[], object] = lambda: None

    def stream(
        self, question: str, *, answerer: str = "default", **options: Any
    ) -> Iterator[AnswerEvent]:
        events = super().stream(question, answerer=answerer, **options)
        written = WRITTEN.get(question)
        if written is None or answerer == "extractive" or not self.settings.llm:
            return events
        return self._rewritten(events, written)

    def _rewritten(self, events: Iterator[AnswerEvent], written: Written) -> Iterator[AnswerEvent]:
        passages, *_, last = events
        assert isinstance(last.record, Answer)
        answer = written_answer(last.record, written, self.settings.llm)
        yield passages
        for text in written.streamed:
            sentence = AnswerSentence(text=text, citations=(1,), support="supported")
            yield AnswerEvent("sentence", (sentence, answer.citations[:1]))
            self.after_stray()
        if not written.fallback:
            for sentence in answer.sentences:
                cited = tuple(c for c in answer.citations if c.n in sentence.citations)
                yield AnswerEvent("sentence", (sentence, cited))
        yield AnswerEvent("answer", answer)


def written_answer(extractive: Answer, written: Written, model: str = MODEL) -> Answer:
    """`extractive` as the record of what a model wrote over the same citations."""
    if written.fallback:
        return extractive.model_copy(update={"fallback": written.fallback})
    sentences = tuple(
        AnswerSentence(text=text, support=support, citations=citations)
        for text, support, citations in written.sentences
    )
    kinds = [sentence.support for sentence in sentences]
    cited = {n for sentence in sentences for n in sentence.citations}
    markers = ("".join(f" [{n}]" for n in sentence.citations) for sentence in sentences)
    return extractive.model_copy(
        update={
            "answer": " ".join(s.text + m for s, m in zip(sentences, markers, strict=True)),
            "sentences": sentences,
            "citations": tuple(c for c in extractive.citations if c.n in cited),
            "answerer": model,
            "verification": Verification(
                sentences=len(sentences) + written.dropped,
                supported=kinds.count("supported"),
                replaced=kinds.count("replaced"),
                dropped=written.dropped,
            ),
            "usage": None if written.cached else Usage(tokens_in=1234, tokens_out=56),
            "cached": written.cached,
            "stopped": written.stopped,
        }
    )
