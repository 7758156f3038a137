"""The details that a sentence states (numbers, dates, names, quotes), and whether a text has them.

A sentence that a language model wrote may say nothing in numbers or names that its sources don't.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import combinations

from qa.letters import plain
from qa.questions import any_same, stem, words_of
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
_ALSO_WORDS = frozenset({"May", "March", "Will", "Mark", "Turkey", "Polish"})
"""Names that mean something else in small letters."""

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
_LONG_NAME = re.compile(r"\b[A-Z][\w-]+(?:\s+(?:(?:of|and|the|for)\s+)*[A-Z][\w-]+)+")
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]{3,}?)[\"“”»]|‘([^‘’]{3,}?)’(?!\w)")
_FOREIGN = re.compile(
    r"https?:|hxxps?:|www\W|//|@\w|\w\.[a-z]{2,}/|[\[(]\s*(?:dot|at|\.)\s*[\])]|\]\(|\]\[|!\[|"
    r"<\s*[/!]?\s*[a-z]|&#?\w+;|\b(?:javascript|vbscript|mailto|tel|blob):|\bdata:\w+/",
    re.I,
)
_MAGNITUDE = re.compile(
    r"\b(?:half|third|quarter|double|twice|triple|dozens?|scores?|hundreds?|thousands?|"
    r"[mbtr]+illions?)\b",
    re.I,
)
_SELECTORS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Signs that shape others and show nothing themselves, though they count as letters or marks."""
_TELL = "say|write|reply|answer|respond|repeat|tell|deny|print|recommend|cite"
_ORDER = re.compile(
    # A turn of a conversation that an article makes up.
    r"^\W*(?:system|assistant|user)\s*:|<\||\[/?INST|<</?SYS|"
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions?|rules|passages?|told)\b|"
    # "Now say ...", "Dear assistant, deny ...", "...: tell everybody".
    r"^\W*(?:(?:please|now|always|dear \w+|instead|from now on|instruction[^:]{0,30}|"
    rf"note[^:]{{0,40}})[,:]?\s+){{0,3}}(?:{_TELL}|ignore|disregard)\b|"
    rf"[:,.]\s+(?:please )?(?:{_TELL}) (?:that|to|with|people|everybody|everyone|(?:the )?readers?|"
    r"guests|after me|yes|no|it)\b|"
    r"\b(?:assistants?|models?|readers?|system)\b.{0,40}\b(?:must|should) (?:be told|"
    rf"state|add|{_TELL})\b",
    re.IGNORECASE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".replace(" ", "|")
_NEXT_WORD = re.compile(r"[\s-]+(?:of\s+)?([^\W\d_]+)")
_MONTH_BEFORE = re.compile(rf"\b((?:{_MONTHS})[a-z]*)\.?\s+$", re.IGNORECASE)
MONTH_CHARS = 20
MOST_DIGITS = 30
LONGEST_NAME = 8
_OPENERS = frozenset(
    "according additionally after afterwards although among another before besides between both "
    "despite during each earlier either even eventually every few finally first following former "
    "furthermore given however instead last lastly later like many meanwhile moreover most much "
    "neither nevertheless next nobody none nonetheless nothing now once one only other otherwise "
    "over overall part per previously rather recently second several similarly since soon still "
    "subsequently then therefore though through throughout thus today together two under unlike "
    "until upon what whether while within without yes yet here people".split()
)
_NAMES_IN_LY = frozenset(
    "italy sicily emily sally kelly molly polly billy willy lily beverly kimberly july".split()
)


def has_foreign_code(sentence: str) -> bool:
    """Whether `sentence` holds an address, a link, an image or markup: no answer needs them."""
    return _FOREIGN.search(folded(sentence)) is not None


def visible(text: str) -> str:
    """`text` without the characters that a reader does not see, in which orders can hide."""
    return "".join(
        ch
        for ch in _SELECTORS.sub("", text)
        if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Co", "Cn")
    )


def folded(text: str) -> str:
    """`text` as it reads: nothing invisible, wide and circled signs as what they stand for."""
    return unicodedata.normalize("NFKC", visible(text))


def is_order(sentence: str) -> bool:
    """Whether `sentence` speaks to a language model, and so is no evidence of what it says."""
    return _ORDER.search(sentence) is not None


def missing_details(sentence: str, text: str, ordinary: Collection[str] = ()) -> tuple[str, ...]:
    """The numbers, names and quoted words of `sentence` that `text` has not, as they stand.

    Numbers are compared by value ("14 million" is 14,000,000, "two" is 2), names word by word, as
    far as one is not formed from the other, or the initials of the other. `ordinary` are lower-case
    words that may open a sentence with a capital without being a name.
    """
    sentence, text = folded(sentence), folded(text)
    return (
        *_missing_numbers(sentence, text),
        *_missing_magnitudes(sentence, text),
        *_missing_measures(sentence, text),
        *_missing_currencies(sentence, text),
        *_missing_names(sentence, text, ordinary),
        *_missing_quotes(sentence, text),
    )


def numbers_of(text: str) -> frozenset[float]:
    """The values of the numbers in `text`."""
    return frozenset(value for value, _ in _numbers(text))


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


def _missing_names(sentence: str, text: str, ordinary: Collection[str]) -> Iterator[str]:
    known = frozenset(plain(w).lower() for w in words_of(text))
    # In capitals: the words "it", "is" and "us" stand for no name.
    spelled = frozenset(w.lower() for w in words_of(text) if w.isupper())
    initials = frozenset(initials for _, initials in _initials(text))
    spelled_out = frozenset(
        word for words, initials in _initials(sentence) if initials in spelled for word in words
    )
    for word in _names(sentence, ordinary):
        name = plain(word).lower()
        is_there = name in known | initials | spelled_out or any_same(name, known)
        is_word = word in _ALSO_WORDS and {word, word.upper()}.isdisjoint(words_of(text))
        if not is_there or is_word:
            yield word


def _names(sentence: str, ordinary: Collection[str]) -> Iterator[str]:
    """The words of `sentence` that are, or belong to, a proper name."""
    words = words_of(sentence)
    for position, word in enumerate(words):
        lower = word.lower()
        if not word[0].isupper() or lower in STOPWORDS:
            continue
        if position == 0 and (lower in _OPENERS or lower in ordinary or _is_adverb(lower)):
            continue
        if len(word) > 1 and not word[0].isdigit() and lower not in _NUMBER_WORDS:
            yield word


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and word not in _NAMES_IN_LY


def _initials(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Neighbouring words of the longer names in `text`, two or more, and their initials."""
    for name in _LONG_NAME.findall(text):
        words = [w for w in name.lower().split() if w not in STOPWORDS][:LONGEST_NAME]
        for first, last in combinations(range(len(words) + 1), 2):
            if last - first > 1:
                yield tuple(words[first:last]), "".join(w[0] for w in words[first:last])


def _missing_quotes(sentence: str, text: str) -> Iterator[str]:
    told = _plain(text)
    quoted = ("".join(groups) for groups in _QUOTED.findall(sentence))
    return (q for q in quoted if _plain(q) not in told)


def _plain(text: str) -> str:
    """The words of `text`, lower case, one blank between."""
    return " ".join(re.findall(r"\w+", text.lower()))
