"""Addresses inside the site."""

from urllib.parse import quote


def article_link(article_id: str, start: int | None = None, end: int | None = None) -> str:
    """The path of an article's page, with the words from `start` to `end` marked on it."""
    path = f"/articles/{quote(article_id, safe='')}"
    return path if start is None else f"{path}?start={start}&end={end}#cited"
