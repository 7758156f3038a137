"""Misspelt words of a question, as the articles that were found for it spell them."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from qa.questions import words_of

MOST_WORDS = 5
"""More unknown words are no mistakes."""
LEAST_LETTERS = 5
"""Of shorter words, too many others are near."""
NEAR = 0.8
"""How alike two spellings are at least (the ratio of difflib, 0 to 1)."""

_DOUBLED = re.compile(r"(.)\1+")


def respelled(text: str, unknown: Iterable[str], texts: Iterable[str]) -> str:
    """`text` with each of its `unknown` words as the nearest word of `texts` is spelt, if one is.

    A typing mistake rarely concerns the first letter, and hardly ever more than two. A name may be
    right, and another's: it is only respelt where two letters changed places, or one is doubled.
    """
    wrong = [w for w in unknown if len(w) >= LEAST_LETTERS and w.isalpha()][:MOST_WORDS]
    if not wrong:
        return text
    forms: dict[str, str] = {}
    for form in (word for some in texts for word in words_of(some)):
        if form.islower() or form.lower() not in forms:  # a capital may only begin a sentence
            forms[form.lower()] = form
    for word in wrong:
        near = [f for f in forms if f[0] == word[0].lower() and abs(len(f) - len(word)) <= 2]
        if word[0].isupper() and not text.startswith(word):
            near = [f for f in near if _has_the_letters_of(f, word.lower())]
        for best in get_close_matches(word.lower(), near, 1, NEAR):
            text = re.sub(rf"\b{re.escape(word)}\b", forms[best], text)
    return text


def _has_the_letters_of(word: str, other: str) -> bool:
    """Whether two words differ in nothing but the order of their letters, or in doubled ones."""
    once = (_DOUBLED.sub(r"\1", some) for some in (word, other))
    return sorted(word) == sorted(other) or len(set(once)) == 1
