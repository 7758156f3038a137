"""What a language model does for the engine: it rewrites follow-ups and writes checked answers."""

import logging
import time
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from dataclasses import dataclass

from qa.cache import Cache
from qa.details import is_order
from qa.errors import QAError
from qa.extractive import NAME, Draft
from qa.generation import Assignment, Shown, Writing
from qa.language_model import LanguageModel, never
from qa.model_troubles import Cancelled
from qa.records import Turn, Usage
from qa.rewriting import Rewrite, rewrite
from qa.settings import Settings
from qa.verification import Verifier
from qa.wording import STRONG_EVIDENCE

log = logging.getLogger(__name__)

NO_TOKENS = Usage(tokens_in=0, tokens_out=0)


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as it goes into the record: who made it, what it cost, and what went wrong."""

    draft: Draft
    answerer: str = NAME
    usage: Usage | None = None
    fallback: str | None = None
    cached: bool = False
    stopped: bool = False
    """Whether it was cancelled after a sentence was shown, and so may lack others."""


class Writer:
    """A language model with the check of what it writes. Safe to use from many threads."""

    def __init__(self, model: LanguageModel, verifier: Verifier, settings: Settings) -> None:
        self.model = model
        self._verifier = verifier
        self._settings = settings
        self._drafts: Cache[Draft] = Cache(settings.llm_cache)
        self._queries: Cache[str] = Cache(settings.llm_cache)

    def rewrite(
        self, question: str, history: Sequence[Turn], cancelled: Callable[[], bool] = never
    ) -> Rewrite:
        """`question` after `history`, in words that stand on their own."""
        key = (question, tuple(history))
        if (query := self._queries.get(key)) is not None:
            return Rewrite(query, NO_TOKENS)
        rewritten = rewrite(
            self.model,
            question,
            history,
            timeout_s=self._settings.llm_timeout_s,
            budget_tokens=self._settings.llm_budget_tokens,
            cancelled=cancelled,
        )
        if rewritten.by_model:
            self._queries.put(key, rewritten.query)
        return rewritten

    def write(
        self,
        assignment: Assignment,
        extractive: Draft,
        *,
        key: Hashable | None,
        spent_s: float,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[Shown, None, Made]:
        """Yield each checked sentence, and return what was made.

        That is `extractive` where the model gives no usable reply in the time it has, of which
        `spent_s` seconds are gone. What is made is kept under `key`, unless that is None. Once
        `cancelled()` is true it is what was shown by then, which is not kept, or `extractive`.
        """
        name = self.model.name
        if key is not None and (kept := self._drafts.get(key)) is not None:
            yield from shown(kept)
            return Made(kept, name, NO_TOKENS, cached=True)
        writing = Writing(
            self.model,
            self._verifier,
            assignment,
            budget_tokens=self._settings.llm_budget_tokens,
            unsupported=self._settings.unsupported,
            deadline=time.perf_counter() + self._settings.llm_timeout_s - spent_s,
            cancelled=cancelled,
        )
        count, fallback, stopped = 0, "", False
        try:
            for sentence in writing.shown():
                count += 1
                yield sentence
        except Cancelled:
            stopped = count > 0
            fallback = "" if stopped else f"{name} was stopped before its first sentence."
        except QAError as reason:  # also a key that is missing: the articles still have words
            fallback = str(reason)
        except Exception:  # what a model writes must not be able to take an answer away
            log.exception("a reply could not be checked")
            fallback = f"{name}'s reply could not be checked."
        else:
            fallback = self._overruled(writing, extractive)
        if fallback:
            if not count:
                yield from shown(extractive)
            return Made(extractive, usage=writing.usage, fallback=fallback)
        drafted = writing.draft()
        if key is not None and not stopped:
            self._drafts.put(key, drafted)
        return Made(drafted, name, writing.usage, stopped=stopped)

    def _overruled(self, writing: Writing, extractive: Draft) -> str:
        """Why the articles' own words stand although the model gives no answer, if they do."""
        # Two words in an article must not be enough to silence the others.
        if writing.has_answer or extractive.confidence < STRONG_EVIDENCE:
            return ""
        if writing.refused:
            return f"{self.model.name} found no answer, but the evidence for one is strong."
        # It may have obeyed an article, whose order is then not to be quoted in its place.
        if any(is_order(sentence.text) for sentence in extractive.sentences):
            return ""
        return (
            f"{self.model.name} wrote nothing that the articles support, "
            "but the evidence for an answer is strong."
        )


def shown(draft: Draft) -> Iterator[Shown]:
    """The sentences of a draft, each with its citations."""
    for sentence in draft.sentences:
        yield sentence, tuple(c for c in draft.citations if c.n in sentence.citations)
