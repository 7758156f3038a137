"""Numbers of a text, and what they count: values, units, money, dates and times of day.

However they are written: "14 million" is 14,000,000, "5:30 am" is "5.30 a.m.".
"""

import re
from collections.abc import Iterator

from qa.questions import stem, words_of
from qa.stopwords import STOPWORDS

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
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_CURRENCIES = {
    "$": "$", "dollar": "$", "dollars": "$", "€": "€", "euro": "€", "euros": "€", "£": "£",
    "pound": "£", "pounds": "£", "₹": "₹", "rupee": "₹", "rupees": "₹", "¥": "¥", "yen": "¥",
}  # fmt: skip
_SIGN_BEFORE = re.compile(r"([$€£₹¥])\s?$")
_CURRENCY_AFTER = re.compile(
    r"\s?(?:([$€£₹¥])|(?:\w+\s)?(dollars?|euros?|pounds?|rupees?|yen)\b)", re.I
)
_MINUS_BEFORE = re.compile(r"(?:(?<![^\s(])[-−–]|\bminus\s)$", re.I)
_FELL = re.compile(
    r"\b(?:(?:fell|fall(?:s|en)?|drop(?:s|ped)?|down|los[et]s?|shrank|decline[ds]?)\b(?!\s+to\b)|"
    r"(?:below|loss|minus|negative|freezing)\b)",
    re.I,
)
_NUMBER = re.compile(
    rf"(?<![\d.,])(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f]\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?:[\s\u00a0-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b)"
    r"|(?:st|nd|rd|th|s)\b)?"
    rf"|\b(?P<word>(?:{_TENS})[\s-](?:{_UNITS})|"
    rf"{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
    rf"(?:[\s-](?P<word_scale>{'|'.join(s for s in _SCALES if len(s) > 2)}))?\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"(?<=\d)(?=(?:km|kg|cm|mm|mph|kph|gb|mb|am|pm|p|c|f|m²)\b)", re.IGNORECASE)
_MAGNITUDE = re.compile(
    r"\b(?:half|third|quarter|double|twice|triple|dozens?|scores?|hundreds?|thousands?|"
    r"[mbtr]+illions?)\b",
    re.I,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".replace(" ", "|")
_NEXT_WORD = re.compile(r"[\s-]+(?:of\s+)?([^\W\d_]+)")
_MONTH_BEFORE = re.compile(rf"\b((?:{_MONTHS})[a-z]*)\.?\s+$", re.IGNORECASE)
MONTH_CHARS = 20
MOST_DIGITS = 30


def numbers_of(text: str) -> frozenset[float]:
    """The values of the numbers in `text`."""
    return frozenset(value for value, _ in _numbers(text))


def missing_amounts(sentence: str, text: str) -> Iterator[str]:
    """The numbers of `sentence` that `text` has not, or has of other things, as they stand."""
    yield from _missing_numbers(sentence, text)
    yield from _missing_magnitudes(sentence, text)
    yield from _missing_measures(sentence, text)
    yield from _missing_currencies(sentence, text)


def _missing_numbers(sentence: str, text: str) -> Iterator[str]:
    known = numbers_of(text)
    if _FELL.search(sentence):  # "fell by 5 percent" says what "-5 percent" does
        known |= {-value for value in known}
    return (shown for value, shown in _numbers(sentence) if value not in known)


def _missing_measures(sentence: str, text: str) -> Iterator[str]:
    """Days of a month, and numbers of a thing that the text counts too, but otherwise."""
    told, known = list(_measures(text)), numbers_of(text)
    for value, unit, shown in _measures(sentence):
        others = {other for other, named, _ in told if named == unit}
        if value in known and others and value not in others:
            yield shown


def _missing_currencies(sentence: str, text: str) -> Iterator[str]:
    """Amounts that the text has too, but of other money only."""
    told = list(_amounts(text))
    for value, currency, shown in _amounts(sentence):
        others = {other for amount, other, _ in told if amount == value}
        if others and currency not in others:
            yield shown


def _amounts(text: str) -> Iterator[tuple[float, str, str]]:
    """Each amount of money with the sign of its currency."""
    for found in _NUMBER.finditer(text):
        before = _SIGN_BEFORE.search(text, max(found.start() - 2, 0), found.start())
        after = None if before else _CURRENCY_AFTER.match(text, found.end())
        if sign := before or after:
            named = next(filter(None, sign.groups())).lower()
            first, last = min(found.start(), sign.start()), max(found.end(), sign.end())
            yield _value(found), _CURRENCIES[named], text[first:last].strip()


def _measures(text: str) -> Iterator[tuple[float, str, str]]:
    """Each number with the stem of the word that it belongs to; of a date, with its month."""
    text = _MEASURE.sub(" ", text)
    for found in _NUMBER.finditer(text):
        after = _NEXT_WORD.match(text, found.end())
        value = _value(found)
        # "May 12" is a day, "May 2024" is none.
        near = max(found.start() - MONTH_CHARS, 0)
        before = _MONTH_BEFORE.search(text, near, found.start()) if value <= 31 else None
        unit = before or after
        if unit and unit[1].lower() not in STOPWORDS:
            first, last = min(found.start(), unit.start()), max(found.end(), unit.end())
            yield value, stem(unit[1]), text[first:last].strip()


def _missing_magnitudes(sentence: str, text: str) -> Iterator[str]:
    """Words of size that belong to no number, as in "one hundred million" and "half"."""
    known = {word.lower() for word in words_of(text)}
    rest = _NUMBER.sub(" ", sentence)
    return (word for word in _MAGNITUDE.findall(rest) if word.lower() not in known)


def _numbers(text: str) -> Iterator[tuple[float, str]]:
    for found in _NUMBER.finditer(_MEASURE.sub(" ", text)):
        yield _value(found), found.group().strip()


def _value(found: re.Match[str]) -> float:
    """The value of a number that `_NUMBER` found."""
    word, scale = found["word"], found["scale"] or found["word_scale"]
    plain = re.sub(r"[,\u00a0\u202f]", "", found["digits"] or "0")[:MOST_DIGITS]
    words = re.split(r"[\s-]", word.lower()) if word else []
    value = float(sum(_NUMBER_WORDS.get(w, 1) for w in words) if word else plain)
    if _MINUS_BEFORE.search(found.string, max(found.start() - 6, 0), found.start()):
        value = -value
    # In thousandths, so that 1.1 million is 1,100,000 in floating point too.
    factor = _SCALES[scale.lower()] if scale else 1
    return round(value * 1000) * factor / 1000
