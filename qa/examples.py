"""Example questions drawn from the indexed articles, for someone who does not know them yet."""

import re
import threading
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest

from qa.index import View
from qa.records import ArticleDetail
from qa.spans import sentence_spans

ARTICLES = 12
TRIED = 24
KEPT = 8
LONGEST = 90
"""Characters of a question; QA_MAX_QUESTION_CHARS is never less."""

_ROLE = (
    r"(?:President|Minister|Secretary|Ambassador|Director|Chancellor|Governor|Mayor|Professor|"
    r"Judge|Senator|Commissioner|Chairman|Chairwoman|spokesperson|spokesman|spokeswoman)"
)
_PERSON = re.compile(rf"{_ROLE}[,]? ((?:[A-Z][\w’'-]+ ){{1,2}}[A-Z][\w’'-]+)")
_EVENT = re.compile(
    r"\b(?:[Tt]he|[Aa]) ((?:[A-Z][\w’'-]+ ){1,8}(?:attack|meeting|summit|agreement|treaty|talks|"
    r"election|conference|report|strike|deal|statement|trial|law))\b"
)
# Headings that say what part of an article follows, not what it is about.
_PART = re.compile(
    r"(?:about|administrative|author|background|conclusion|context|details?|faq|final|focus|"
    r"frequently|further|future|highlights|how|impact|implications|in|introduction|key|long|more|"
    r"next|other|overview|potential|prospects|recent|reference|related|review|role|statements?|"
    r"step|summary|the|what|why)\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(r"\b(?:this|these|that|it|they|both|you|we|I)\b")
_NUMBERING = re.compile(r"^[\W\d]+")


class Examples:
    """The example questions of the state of an index; several who want them wait for one search."""

    def __init__(self, is_answered: Callable[[str], bool]) -> None:
        self._is_answered = is_answered
        self._lock = threading.Lock()
        self._known: tuple[str, tuple[str, ...]] = ("", ())

    def of(self, view: View, limit: int) -> tuple[str, ...]:
        """At most `limit` questions, each of which gets an answer."""
        with self._lock:
            if self._known[0] != view.state:
                found = example_questions(view, self._is_answered, limit=KEPT)
                self._known = (view.state, found)
            return self._known[1][:limit]


def example_questions(
    view: View, is_answered: Callable[[str], bool], limit: int
) -> tuple[str, ...]:
    """At most `limit` questions, of different articles first, each of which `is_answered`."""
    articles = [view.article(summary.id) for summary in view.articles(limit=ARTICLES)]
    rounds = zip_longest(*(_questions(article) for article in articles))
    tried = dict.fromkeys(q for q in chain.from_iterable(rounds) if q)
    found: list[str] = []
    for question in list(tried)[:TRIED]:
        if len(found) == limit:
            break
        if is_answered(question):
            found.append(question)
    return tuple(found)


def _inside(topic: str) -> str:
    """A heading as it stands within a sentence: a name keeps its capital."""
    first = topic.split()[0]
    is_name = any(letter.isupper() for letter in first[1:])
    return topic if is_name else topic[:1].lower() + topic[1:]


def _questions(article: ArticleDetail) -> Iterator[str]:
    """Questions that an article raises itself, or that its names and events suggest."""
    headings = dict.fromkeys(s.heading for s in sentence_spans(article.text, 10_000))
    own = [
        question
        for heading in headings
        if heading.endswith("?") and not _POINTS_ELSEWHERE.search(heading)
        if (question := _NUMBERING.sub("", heading))
    ]
    people = [f"Who is {m.group(1)}?" for m in _PERSON.finditer(article.text)]
    events = [f"What happened in the {m.group(1)}?" for m in _EVENT.finditer(article.text)]
    topics = [
        f"What is said about {_inside(topic)}?"
        for topic in (_NUMBERING.sub("", heading) for heading in headings)
        if 2 <= len(topic.split()) <= 5 and topic[-1].isalpha() and not _PART.match(topic)
    ]
    for group in zip_longest(*(dict.fromkeys(kind) for kind in (own, events, topics, people))):
        yield from (question for question in group if question and len(question) <= LONGEST)
