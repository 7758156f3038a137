"""The details that a sentence states (numbers, dates, names, quotes), and whether a text has them.

A sentence that a language model wrote may say nothing in numbers or names that its sources don't.
"""

import re
from collections.abc import Collection, Iterator
from itertools import combinations

from qa.library import STOPWORDS
from qa.questions import any_same, words_of

_SCALES = {
    "k": 10**3, "thousand": 10**3, "lakh": 10**5, "lakhs": 10**5, "m": 10**6, "mn": 10**6,
    "million": 10**6, "millions": 10**6, "crore": 10**7, "crores": 10**7, "bn": 10**9,
    "billion": 10**9, "billions": 10**9, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
_NUMBER_WORDS = (
    {
        word: number
        for number, word in enumerate(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty".split(),
            2,
        )
    }
    | {
        word: number * 10
        for number, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
    }
    | {
        word: number
        for number, word in enumerate(
            "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
            4,
        )
    }
)
"""Not "one", "half" and "hundred": they are as often words as numbers."""

_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f]\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?:[\s\u00a0-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b)"
    r"|(?:st|nd|rd|th|s)\b)?"
    rf"|\b(?P<word>{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
    rf"(?:[\s-](?P<word_scale>{'|'.join(s for s in _SCALES if len(s) > 2)}))?\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"(?<=\d)(?=(?:km|kg|cm|mm|mph|kph|gb|mb|am|pm|p|c|f|m²)\b)", re.IGNORECASE)
_LONG_NAME = re.compile(r"[A-Z][\w-]+(?:\s+(?:(?:of|and|the|for)\s+)*[A-Z][\w-]+)+")
_QUOTED = re.compile(r"[\"“”«]([^\"“”«»]{3,}?)[\"“”»]")
_FOREIGN = re.compile(r"https?:|www\.|\]\(|!\[|<\s*/?\s*[a-z]|&#?\w+;|javascript:|data:", re.I)
_OPENERS = frozenset(
    "according additionally after afterwards although among another before besides between both "
    "despite during each earlier either even eventually every few finally first following former "
    "furthermore given however instead last lastly later like many meanwhile moreover most much "
    "neither nevertheless next nobody none nonetheless nothing now once one only other otherwise "
    "over overall part per previously rather recently second several similarly since soon still "
    "subsequently then therefore though through throughout thus today together two under unlike "
    "until upon what whether while within without yes yet here people".split()
)


def has_foreign_code(sentence: str) -> bool:
    """Whether `sentence` holds an address, a link, an image or markup: no answer needs them."""
    return _FOREIGN.search(sentence) is not None


def missing_details(sentence: str, text: str, ordinary: Collection[str] = ()) -> tuple[str, ...]:
    """The numbers, names and quoted words of `sentence` that `text` has not, as they stand.

    Numbers are compared by value ("14 million" is 14,000,000, "two" is 2), names word by word, as
    far as one is not formed from the other, or the initials of the other. `ordinary` are lower-case
    words that may open a sentence with a capital without being a name.
    """
    return (
        *_missing_numbers(sentence, text),
        *_missing_names(sentence, text, ordinary),
        *_missing_quotes(sentence, text),
    )


def numbers_of(text: str) -> frozenset[float]:
    """The values of the numbers in `text`."""
    return frozenset(value for value, _ in _numbers(text))


def _missing_numbers(sentence: str, text: str) -> Iterator[str]:
    known = numbers_of(text)
    return (shown for value, shown in _numbers(sentence) if value not in known)


def _numbers(text: str) -> Iterator[tuple[float, str]]:
    for found in _NUMBER.finditer(_MEASURE.sub(" ", text)):
        word, scale = found["word"], found["scale"] or found["word_scale"]
        plain = re.sub(r"[,\u00a0\u202f]", "", found["digits"] or "0")
        value = float(_NUMBER_WORDS[word.lower()] if word else plain)
        # In thousandths, so that 1.1 million is 1,100,000 in floating point too.
        factor = _SCALES[scale.lower()] if scale else 1
        yield round(value * 1000) * factor / 1000, found.group().strip()


def _missing_names(sentence: str, text: str, ordinary: Collection[str]) -> Iterator[str]:
    known = frozenset(w.lower() for w in words_of(text))
    initials = frozenset(initials for _, initials in _initials(text))
    spelled_out = frozenset(
        word for words, initials in _initials(sentence) if initials in known for word in words
    )
    for word in _names(sentence, ordinary):
        name = word.lower()
        if not (name in known | initials | spelled_out or any_same(name, known)):
            yield word


def _names(sentence: str, ordinary: Collection[str]) -> Iterator[str]:
    """The words of `sentence` that are, or belong to, a proper name."""
    words = words_of(sentence)
    for position, word in enumerate(words):
        lower = word.lower()
        if not word[0].isupper() or lower in STOPWORDS:
            continue
        if position == 0 and (lower in _OPENERS or lower in ordinary or lower.endswith("ly")):
            continue
        if len(word) > 1 and not word[0].isdigit() and lower not in _NUMBER_WORDS:
            yield word


def _initials(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Neighbouring words of the longer names in `text`, two or more, and their initials."""
    for name in _LONG_NAME.findall(text):
        words = [w for w in name.lower().split() if w not in STOPWORDS]
        for first, last in combinations(range(len(words) + 1), 2):
            if last - first > 1:
                yield tuple(words[first:last]), "".join(w[0] for w in words[first:last])


def _missing_quotes(sentence: str, text: str) -> Iterator[str]:
    told = _plain(text)
    return (q for q in _QUOTED.findall(sentence) if _plain(q) not in told)


def _plain(text: str) -> str:
    """The words of `text`, lower case, one blank between."""
    return " ".join(re.findall(r"\w+", text.lower()))
