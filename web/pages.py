"""The pages for people: the chat, one article with its cited words marked, all articles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template, request

from qa import STRONG_EVIDENCE, VERDICTS, QAError
from web.bodies import MAX_NOTE_CHARS, MAX_TITLE_CHARS
from web.links import article_link, found_again
from web.site import site

blueprint = Blueprint("pages", __name__)

ARTICLES_A_PAGE = 100
LONGEST_WRAPPED_LINE = 120
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE_ENDS = re.compile(r"\n\s*")


class Span(NamedTuple):
    """Words of an article from `start` to `end`."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Whether `start` to `end` are words, and lie in these."""
        return self.start <= start < end <= self.end

    def moved(self, by: int) -> "Span":
        """The words so many letters further on."""
        return Span(self.start + by, self.end + by)


NOWHERE = Span(0, 0)
ANYWHERE = Span(0, 10**12)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph that is cited, or is not; cited words may be the exact answer."""

    text: str
    cited: bool
    is_answer: bool = False


@blueprint.app_template_filter()
def day(when: date) -> str:
    """A date as it is read: 3 May 2024."""
    return f"{when.day} {when:%B} {when.year}"


@blueprint.app_template_filter()
def safe_link(url: str | None) -> str | None:
    """`url` if a browser may be sent there, else None: an article can name any address."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None


@blueprint.app_context_processor
def links() -> dict[str, object]:
    """What templates need to link to an article."""
    return {"article_link": article_link}


@blueprint.get("/")
def chat() -> str:
    """The chat, at the start of a new conversation."""
    here = site()
    statistics, problem = None, None
    try:
        statistics = here.engine.statistics()
    except QAError as error:
        problem = str(error)
    return render_template(
        "chat.html",
        statistics=statistics,
        problem=problem,
        settings=here.settings,
        strong_evidence=STRONG_EVIDENCE,
        verdicts=VERDICTS,
        max_note_chars=MAX_NOTE_CHARS,
        max_title_chars=MAX_TITLE_CHARS,
    )


@blueprint.get("/c/<conversation_id>")
def conversation(conversation_id: str) -> str:
    """The chat, in an earlier conversation, or one that begins just now; raises NotFound."""
    if conversation_id not in site().running:
        site().conversations.detail(conversation_id)
    return chat()


@blueprint.get("/articles")
def articles() -> str:
    """All articles, by title, in pages."""
    engine = site().engine
    total = engine.statistics().articles
    last = max(-(-total // ARTICLES_A_PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    return render_template(
        "articles.html",
        articles=engine.articles(offset=(page - 1) * ARTICLES_A_PAGE, limit=ARTICLES_A_PAGE),
        total=total,
        page=page,
        size=ARTICLES_A_PAGE,
    )


@blueprint.get("/articles/<any_text:article_id>")
def article(article_id: str) -> str:
    """One article, with the words from `start` to `end` marked, and `answer` among them.

    With the fingerprint of those `words` they are marked where they stand now, if they still do.
    """
    detail = site().engine.article(article_id)
    asked = _span(request.args.get("start", ""), request.args.get("end", ""), inside=ANYWHERE)
    answer = _span(*request.args.get("answer", "").partition("-")[::2], inside=asked)
    cited = _where_now(detail.text, asked, request.args.get("words", ""))
    answer = answer.moved(cited.start - asked.start) if cited != NOWHERE else NOWHERE
    return render_template(
        "article.html",
        article=detail,
        paragraphs=list(paragraphs(detail.text, cited, answer)),
        has_changed="words" in request.args and cited == NOWHERE != asked,
    )


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for browsers that ask for it where it used to be."""
    return current_app.send_static_file("favicon.svg")


def paragraphs(text: str, cited: Span, answer: Span = NOWHERE) -> Iterator[list[Piece]]:
    """The paragraphs of `text` in pieces: what is `cited`, the exact `answer` in it, the rest.

    Blank lines part them; where lines are longer than anyone wraps them, each line is one.
    All that is left out is the white space between the paragraphs.
    """
    is_wrapped = max(map(len, text.split("\n"))) <= LONGEST_WRAPPED_LINE
    breaks = (_BLANK_LINES if is_wrapped else _LINE_ENDS).finditer(text)
    position = 0
    for stop, resume in [*(found.span() for found in breaks), (len(text), len(text))]:
        inner = (cut for cut in (*cited, *answer) if position < cut < stop)
        pieces = [
            Piece(text[left:right], cited.holds(left, right), answer.holds(left, right))
            for left, right in pairwise(sorted({position, stop, *inner}))
        ]
        if any(piece.text.strip() for piece in pieces):
            yield pieces
        position = resume


def _where_now(text: str, cited: Span, words: str) -> Span:
    """Where the `cited` words, of the fingerprint `words`, stand in a text that may have changed.

    Without a fingerprint they are taken to be where they were.
    """
    length = cited.end - cited.start
    if re.fullmatch(r"[0-9a-f]{1,8}", words) and length <= len(text):
        cited = cited.moved(found_again(text, cited.start, length, int(words, 16)) - cited.start)
    return cited if Span(0, len(text)).holds(*cited) else NOWHERE


def _span(start: str, end: str, *, inside: Span) -> Span:
    """The words that two code point offsets of the query string name, if they lie `inside`."""
    if all(re.fullmatch(r"[0-9]{1,12}", offset) for offset in (start, end)):
        span = Span(int(start), int(end))
        if inside.holds(*span):
            return span
    return NOWHERE
