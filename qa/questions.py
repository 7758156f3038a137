"""What a question asks for (a name, a date, a number, a place) and which words it turns on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from qa.library import STOPWORDS

Wanted = Literal[
    "person", "place", "name", "date", "day", "year", "number", "amount", "duration", "age",
    "frequency", "yes_no", "reason", "other",
]  # fmt: skip

_WORD = re.compile(r"([^\W_]+(?:['’](?!s\b)[^\W\d_]+)?)(?:['’]s\b)?")
_ISE = re.compile(r"(?<=\w{3})is(e[drs]?|es|ing|ation|ations)$")
_OUR = re.compile(r"(?<=\w{2})our(?=s?$|ed$|ing$|ite|able)")
_QUESTION_WORD = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|since when)\b", re.I
)
_LONG_NAME = re.compile(r"[A-Z][\w-]+(?:\s+(?:of\s+|and\s+|the\s+|for\s+)*[A-Z][\w-]+)+")
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred hundreds thousand thousands million millions billion billions trillion dozen dozens "
    "half third quarter twice once both percent first second".split()
)
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
).replace(" ", "|")
_DAY_OF_MONTH = (
    rf"(?:{_MONTHS})\.?\s+\d{{1,2}}\b|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_YEAR = r"(?:1[0-9]|20)\d\d"
_DAY = re.compile(rf"\b(?:{_DAY_OF_MONTH}|{_WEEKDAY}|yesterday|today|tomorrow)\b", re.IGNORECASE)
_ANY_YEAR = re.compile(rf"\b{_YEAR}\b|\b(?:this|last|next) year\b", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:{_DAY_OF_MONTH}|{_WEEKDAY}|{_YEAR}|(?:{_MONTHS})\.?\s+\d{{4}}|"
    rf"(?:in|since|by|last|early|late|of|until)\s+(?:{_MONTHS})|yesterday|today|tomorrow|tonight|"
    r"(?:this|last|next|earlier this|later this)\s+(?:week|month|year|summer|winter|spring|autumn|"
    r"fall|decade|century)|\d+(?:st|nd|rd|th) century|\d{2,4}0s|\w+ (?:years?|months?|weeks?|days?|"
    r"hours?) (?:ago|later|earlier))\b",
    re.IGNORECASE,
)
_QUANTITY = rf"(?:\d[\d.,]*|{'|'.join(sorted(_NUMBER_WORDS))}|several|few|a|an)[\s-]"
_SHOWN: Mapping[Wanted, re.Pattern[str]] = {
    "date": _DATE,
    "day": _DAY,
    "year": _ANY_YEAR,
    "duration": re.compile(
        rf"\b{_QUANTITY}(?:\w+[\s-])?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|"
        r"centur(?:y|ies)|met(?:er|re)s?|km|kilomet(?:er|re)s?|miles?|feet|foot)\b|-long\b",
        re.IGNORECASE,
    ),
    "age": re.compile(r"\byears?[\s-]old\b|\baged? \d|\bborn\b|, \d{1,3},", re.IGNORECASE),
    "amount": re.compile(
        r"[$€£₹¥]\s?\d|\d\s?%|\b(?:percent|per cent|dollars?|euros?|pounds?|rupees?|kron(?:er|or)|"
        r"crowns?|yen|yuan|francs?|roubles?|rubles?|crore|lakh|tons?|tonnes?|barrels?|lit(?:er|re)s?|"
        r"kilo(?:gram)?s?|(?:m|b|tr)illions?|thousands?|half|quarter|third|twice|double)\b",
        re.IGNORECASE,
    ),
    "frequency": re.compile(
        r"\b(?:every|each|once|twice|times|daily|weekly|monthly|yearly|annual(?:ly)?|regular(?:ly)?|"
        r"always|never|often|seldom|rarely)\b",
        re.IGNORECASE,
    ),
}
_NUMBER = re.compile(r"\d")
_SUBJECT = r"(?:\s+(?:\w+\s+){0,3}?)"
_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    ("yes_no", re.compile(
        r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b")),
    ("number", re.compile(
        r"\bhow (?:many|far|big|large|high|tall|deep|fast|heavy)\b|"
        rf"\b(?:what|which){_SUBJECT}(?:number|percentage|percent|share|proportion|amount|price|"
        r"cost|age|rate|rating|score|total|population|distance|temperature|size|round|edition)s?\b")),
    ("amount", re.compile(r"\bhow much\b")),
    ("duration", re.compile(r"\bhow long\b")),
    ("age", re.compile(r"\bhow old\b")),
    ("frequency", re.compile(r"\bhow often\b")),
    ("day", re.compile(rf"\b(?:what|which){_SUBJECT}(?:date|day)s?\b")),
    ("year", re.compile(rf"\b(?:what|which){_SUBJECT}years?\b")),
    ("date", re.compile(
        rf"\bwhen\b|\b(?:what|which){_SUBJECT}(?:year|date|day|month|time|century|decade|week)s?\b|"
        r"\bhow (?:recently|soon)\b|\bsince when\b")),
    ("place", re.compile(
        rf"\bwhere\b|\b(?:what|which){_SUBJECT}(?:country|countries|city|cities|place|town|state|"
        r"part|area|region|province|capital|location|venue|island|river|continent|nation)s?\b")),
    ("person", re.compile(
        rf"\bwho(?:m|se)?\b|\b(?:what|which){_SUBJECT}(?:person|man|woman|actor|actress|author|"
        r"president|minister|ambassador|official|singer|player|leader|director|"
        r"secretary|spokesperson|spokesman|diplomat|king|queen|scientist|artist)s?\b")),
    ("name", re.compile(
        r"\bwhat (?:is|was|are|were) the (?:\w+ )?names?\b|\b(?:what|which)" + _SUBJECT +
        r"(?:company|companies|organi[sz]ations?|group|team|party|newspaper|agency|agencies|film|"
        r"movie|book|song|band|university|school|ministry|agreement|treaty|bloc|body|forum|forums|"
        r"called|named)\b")),
    ("reason", re.compile(r"\bwhy\b|\bhow come\b|\bwhat (?:prompted|caused|led)\b")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what can be seen in its words."""

    text: str
    wanted: Wanted
    stems: frozenset[str]
    """Stems of its content words, names included."""
    names: tuple[str, ...]
    """Its proper names and numbers, lower case, word by word."""
    acronyms: Mapping[str, str]
    """For a word of a longer name, the initials that may stand for the whole of it."""


def analyse(text: str) -> Question:
    """What `text` asks for, and the words it turns on."""
    words = [w for w in words_of(text) if w.lower() not in STOPWORDS]
    return Question(
        text=text,
        wanted=wanted(text),
        stems=frozenset(stem(w) for w in words),
        names=names_of(text),
        acronyms={
            word.lower(): initials for name, initials in _long_names(text) for word in name.split()
        },
    )


def wanted(text: str) -> Wanted:
    """The kind of answer that a question asks for, by its first question word and its noun.

    Capitals are left as they are, so that "Which United Nations strategy" asks for no nation.
    """
    text = text.strip()
    text = text.lower() if text.isupper() else text[:1].lower() + text[1:]
    asks = _QUESTION_WORD.search(text)
    for kind, pattern in _WANTED:
        match = pattern.search(text)
        if match and (asks is None or match.start() <= asks.start()):
            return kind
    return "other"


@lru_cache(maxsize=20_000)  # the same sentences are looked at for question after question
def words_of(text: str) -> tuple[str, ...]:
    """The words of `text`, in order, without possessive endings."""
    return tuple(_WORD.findall(text))


def stems_of(text: str) -> frozenset[str]:
    """The stems of the content words of `text`."""
    return frozenset(stem(w) for w in words_of(text) if w.lower() not in STOPWORDS)


def names_of(text: str) -> tuple[str, ...]:
    """Proper names and numbers of a question, word by word, lower case, in order.

    The first word counts as a name only when it can't be an ordinary first word.
    """
    found: list[str] = []
    for position, word in enumerate(words_of(text)):
        capital = word[0].isupper() and (position > 0 or (word.isupper() and len(word) > 1))
        if (capital or word[0].isdigit()) and word.lower() not in STOPWORDS:
            found.append(word.lower())
    return tuple(dict.fromkeys(found))


def same_name(name: str, word: str) -> bool:
    """Whether two lower-case words name the same: equal, or one is formed from the other.

    "india" and "indian", "china" and "chinese", "russia" and "russians" do.
    """
    if name == word:
        return True
    short, long = sorted((name, word), key=len)
    root = short[:-1] if short[-1] in "aeiouy" else short
    return len(root) >= 4 and long.startswith(root) and len(long) <= len(short) + 4


def holds(kind: Wanted, text: str, known: frozenset[str]) -> bool | None:
    """Whether `text` offers what is wanted beyond the words `known`; None if that can't be seen.

    `known` are the lower-case words of the question: a name it gives itself is no answer.
    """
    if kind in _SHOWN:
        return _SHOWN[kind].search(text) is not None
    if kind == "number":
        return _NUMBER.search(text) is not None or any(
            w.lower() in _NUMBER_WORDS for w in words_of(text)
        )
    if kind in ("person", "place", "name"):
        return any(
            word[0].isupper() and position > 0 and not _is_known(word.lower(), known)
            for position, word in enumerate(words_of(text))
            if word.lower() not in STOPWORDS
        )
    return None


def _is_known(word: str, known: frozenset[str]) -> bool:
    return any(same_name(word, other) for other in known)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word (Snowball's English stemmer, Porter 1980 and after).

    British and American spellings of "-ise" and "-our" have one stem.
    """
    word = _OUR.sub("or", _ISE.sub(r"iz\1", word.lower().replace("’", "'")))
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:  # Any: the package has no types
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def acronyms_of(text: str) -> frozenset[str]:
    """The initials of the longer names in `text`, lower case: "un" for "United Nations"."""
    return frozenset(initials for _, initials in _long_names(text))


def _long_names(text: str) -> list[tuple[str, str]]:
    names = [
        [w for w in name.split() if w[0].isupper() and w.lower() not in STOPWORDS]
        for name in _LONG_NAME.findall(text)
    ]
    return [(" ".join(n), "".join(w[0] for w in n).lower()) for n in names if len(n) > 1]


def any_same(name: str, words: Iterable[str]) -> bool:
    """Whether any of `words` names the same as `name`."""
    return any(same_name(name, word) for word in words)
