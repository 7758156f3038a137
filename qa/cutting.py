"""From an article to its passages and sentences, each passage with an id and its vector's key."""

import hashlib

from qa.library_writer import CutArticle, CutPassage
from qa.records import Article, titled
from qa.spans import passage_spans


def article_hash(article: Article) -> str:
    """A hash of all that is known of an article."""
    parts = (
        article.id, article.origin, article.title, article.source, article.url, article.author,
        article.published, article.text,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def cut_article(article: Article, model: str, passage_chars: int) -> CutArticle:
    """The article with its passages, each with the key of its vector."""
    passages = tuple(
        CutPassage(
            passage_id(article.id, span.start, span.end),
            _key(model, passage_text(article, span.start, span.end)),
            span,
        )
        for span in passage_spans(article.text, passage_chars)
    )
    return CutArticle(article, article_hash(article), passages)


def passage_id(article_id: str, start: int, end: int) -> str:
    """The id of a passage: a hash of its article's id and its offsets."""
    return hashlib.sha256(f"{article_id}\0{start}\0{end}".encode()).hexdigest()[:20]


def passage_text(article: Article, start: int, end: int) -> str:
    """What is embedded of a passage: its words, under the title of its article."""
    return titled(article.title, article.text[start:end])


def texts_of(article: Article, model: str, passage_chars: int) -> dict[bytes, str]:
    """What gets a vector of `article`, by the vector's key."""
    cut = cut_article(article, model, passage_chars)
    return {p.key: passage_text(article, p.span.start, p.span.end) for p in cut.passages}


def _key(model: str, text: str) -> bytes:
    return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]
