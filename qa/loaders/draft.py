"""What a reader of one format hands on, and how it becomes an `Article`."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from qa.loaders.cleaning import drop_chrome, normalise, one_line, reviewer
from qa.loaders.header import read_header, shortened
from qa.loaders.header_line import is_genre
from qa.records import Article

MAX_TITLE_CHARS = 300
NOISY_LIBRARIES = ("trafilatura", "htmldate", "courlan", "pypdf", "docx", "charset_normalizer")


class Unreadable(Exception):
    """A file or a row can't become an article; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The raw text of one article, and what its format says about it outside the text."""

    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    author: str | None = None
    published: date | None = None


def article_from(draft: Draft, *, article_id: str, origin: str, stem: str) -> Article:
    """The cleaned article; what the draft leaves open is looked for in the text's header.

    `stem` is the last resort for a title. Raises Unreadable when no text is left.
    """
    text = normalise(draft.text)
    title = one_line(draft.title or "", MAX_TITLE_CHARS)
    known = "" if is_genre(title) else title
    header = read_header(drop_chrome(text), known)
    if not header.text:
        raise Unreadable("no article text found")
    url = web_address(draft.url or header.url)
    return Article(
        id=article_id,
        title=known
        or one_line(header.title, MAX_TITLE_CHARS)
        or title
        or shortened(header.text)
        or stem,
        text=header.text,
        origin=origin,
        source=one_line(draft.source or header.source, MAX_TITLE_CHARS) or _host(url),
        url=url,
        author=one_line(draft.author or header.author or reviewer(text), MAX_TITLE_CHARS) or None,
        published=draft.published or header.published,
    )


def web_address(text: str | None) -> str | None:
    """`text` when it is an http or https address; anything else is no link to offer."""
    text = (text or "").strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        return None
    return text


@contextmanager
def foreign(reason: str) -> Iterator[None]:
    """Runs a library's parser: silent, and any error of its is `Unreadable(reason)`."""
    for name in NOISY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Unreadable:
            raise
        except Exception as error:  # parsers of damaged files raise nearly anything
            raise Unreadable(reason) from error


def _host(url: str | None) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None
