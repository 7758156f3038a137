"""Words that say nothing about what a question or a text is about."""

from collections.abc import Iterable

# BM25 over them costs time only.
STOPWORDS = frozenset(
    "a about all also am an and any are as at be been being but by can could did do does doing "
    "for from had has have he her hers him his how i if in into is it its just me more most my "
    "no not of on or our ours say says said she should so some such tell than that the their "
    "them then there these they this those to too us was we were what when where which who whom "
    "whose why will with would you your".split()
)


def telling(words: Iterable[str]) -> list[str]:
    """Those of the `words` of a question that say what it is about.

    Where none does, those in capitals among others: "What did the US say?", "Who leads the WHO?"
    """
    words = list(words)
    content = [word for word in words if word.lower() not in STOPWORDS]
    if content or all(word.isupper() for word in words):
        return content
    return [word for word in words if len(word) > 1 and word.isupper()]
