"""Addresses inside the site, and the words that they cite, found again in a changed article."""

from urllib.parse import quote

from qa import Citation, ShortAnswer

_BASE, _SIZE = 31, 2**32
FARTHEST = 50_000
"""Letters by which words may have moved, in an article that has changed."""


def article_link(article_id: str) -> str:
    """The path of an article's page."""
    return f"/articles/{quote(article_id, safe='')}"


def citation_link(citation: Citation, short_answer: ShortAnswer | None) -> str:
    """The path of the article's page with the cited words marked on it.

    If the exact words of the answer are among them, these are marked more strongly. The
    fingerprint of the cited words goes along: the article may have changed when they are looked at.
    """
    query = f"start={citation.start}&end={citation.end}"
    if short_answer and short_answer.citation == citation.n:
        query += f"&answer={short_answer.start}-{short_answer.end}"
    query += f"&words={fingerprint(citation.quote):x}"
    return f"{article_link(citation.article_id)}?{query}#cited"


def fingerprint(text: str) -> int:
    """A number below 2**32 that tells words from others, of their code points.

    It is that of Java's `String.hashCode`; web/static/words.js makes the same.
    """
    number = 0
    for letter in text:
        number = (number * _BASE + ord(letter)) % _SIZE
    return number


def found_again(text: str, start: int, length: int, words: int) -> int:
    """Where the words of this `length` and fingerprint begin in `text`, or -1; `start` if there.

    They are looked for as far as FARTHEST from there, for a long text takes long.
    Rolls the fingerprint along the text (Karp and Rabin, "Efficient randomized pattern-matching
    algorithms", IBM Journal of Research and Development 31, 1987).
    """
    if fingerprint(text[start : start + length]) == words:
        return start
    leaving = pow(_BASE, length, _SIZE)
    first, last = max(start - FARTHEST, 0), min(start + FARTHEST, len(text) - length)
    here = fingerprint(text[first : first + length])
    for at in range(first, last + 1):
        if here == words:
            return at
        ahead = text[at + length : at + length + 1] or "\0"
        here = (here * _BASE + ord(ahead) - ord(text[at]) * leaving) % _SIZE
    return -1
