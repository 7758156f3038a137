"""Addresses inside the site."""

from urllib.parse import quote

from qa import Citation, ShortAnswer


def article_link(article_id: str) -> str:
    """The path of an article's page."""
    return f"/articles/{quote(article_id, safe='')}"


def citation_link(citation: Citation, short_answer: ShortAnswer | None) -> str:
    """The path of the article's page with the cited words marked on it.

    If the exact words of the answer are among them, these are marked more strongly.
    """
    query = f"start={citation.start}&end={citation.end}"
    if short_answer and short_answer.citation == citation.n:
        query += f"&answer={short_answer.start}-{short_answer.end}"
    return f"{article_link(citation.article_id)}?{query}#cited"
