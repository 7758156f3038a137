"""From an article to its passages and sentences, each with an id and the key of its vector."""

import hashlib
from collections.abc import Iterator

from qa.library_writer import CutArticle, KeyedSpan
from qa.records import Article
from qa.spans import passage_spans


def article_hash(article: Article) -> str:
    """A hash of all that is known of an article."""
    parts = (
        article.id, article.origin, article.title, article.source, article.url, article.author,
        article.published, article.text,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def cut_article(article: Article, model: str, passage_chars: int) -> CutArticle:
    """The article with its passages and sentences, each with the key of its vector."""
    passages = tuple(
        (
            passage_id(article.id, span.start, span.end),
            KeyedSpan(
                span.start, span.end, _key(model, passage_text(article, span.start, span.end))
            ),
            tuple(
                KeyedSpan(s.start, s.end, _key(model, article.text[s.start : s.end]), s.heading)
                for s in span.sentences
            ),
        )
        for span in passage_spans(article.text, passage_chars)
    )
    return CutArticle(article, article_hash(article), passages)


def passage_id(article_id: str, start: int, end: int) -> str:
    """The id of a passage: a hash of its article's id and its offsets."""
    return hashlib.sha256(f"{article_id}\0{start}\0{end}".encode()).hexdigest()[:20]


def passage_text(article: Article, start: int, end: int) -> str:
    """What is embedded of a passage: its words, under the title of its article."""
    return f"{article.title}\n{article.text[start:end]}"


def texts_of(article: Article, model: str, passage_chars: int) -> Iterator[tuple[bytes, str]]:
    """Key and text of everything of `article` that gets a vector."""
    for span in passage_spans(article.text, passage_chars):
        text = passage_text(article, span.start, span.end)
        yield _key(model, text), text
        for sentence in span.sentences:
            text = article.text[sentence.start : sentence.end]
            yield _key(model, text), text


def _key(model: str, text: str) -> bytes:
    return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]
