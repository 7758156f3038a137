"""What a question asks for (a name, a date, a number, a place) and which words it turns on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Literal

from qa.letters import plain
from qa.stopwords import STOPWORDS, telling

Wanted = Literal[
    "person", "place", "name", "date", "day", "year", "number", "amount", "duration", "age",
    "frequency", "yes_no", "reason", "other",
]  # fmt: skip

_WORD = re.compile(r"([^\W_]+(?:['’](?!s\b)[^\W\d_]+)?)(?:['’]s\b)?")
_ISE = re.compile(r"(?<=\w{3})is(e[drs]?|es|ing|ation|ations)$")
_OUR = re.compile(r"(?<=\w{2})our(?=s?$|ed$|ing$|ite|able)")
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.I)
_LONG_NAME = re.compile(r"\b[A-Z][\w-]+(?:\s+(?:of\s+|and\s+|the\s+|for\s+)*[A-Z][\w-]+)+")
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred hundreds thousand thousands million millions billion billions trillion dozen dozens "
    "half third quarter twice once both percent first second".split()
)
MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
).replace(" ", "|")
_DAY_OF_MONTH = rf"(?:{MONTHS})\.?\s+\d{{1,2}}\b|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTHS})"
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
YEAR = r"(?:1[0-9]|20)\d\d"
A_YEAR = re.compile(rf"\b{YEAR}\b")
_DAY = re.compile(rf"\b(?:{_DAY_OF_MONTH}|{WEEKDAY}|yesterday|today|tomorrow)\b", re.IGNORECASE)
_ANY_YEAR = re.compile(rf"\b{YEAR}\b|\b(?:this|last|next) year\b", re.IGNORECASE)
_CLEAR_MONTHS = "january|february|april|june|july|august|september|october|november|december"
"""Those that are no words of another kind."""
_DATE = re.compile(
    rf"\b(?:{_DAY_OF_MONTH}|{WEEKDAY}|{YEAR}|(?:{MONTHS})\.?\s+\d{{4}}|"
    rf"(?:in|since|by|last|early|late|of|until)\s+(?:{MONTHS})|(?:{_CLEAR_MONTHS})|yesterday|today|tomorrow|tonight|"
    r"(?:this|last|next|earlier this|later this)\s+(?:week|month|year|summer|winter|spring|autumn|"
    r"fall|decade|century)|\d+(?:st|nd|rd|th) century|\d{2,4}0s|\w+ (?:years?|months?|weeks?|days?|"
    r"hours?) (?:ago|later|earlier)|(?:after|for|in|until|within) (?:\w+ )?\w+ (?:years?|months?|"
    r"weeks?|days?|hours?|minutes?)|\d{1,2}[.:]\d\d|\d ?[ap]\.?m|noon|midnight|dawn|dusk|"
    rf"{WEEKDAY}s|in (?:the )?(?:spring|summer|autumn|winter|morning|afternoon|evening))\b",
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
        r"kilos?|\w*grams?|\w*met(?:er|re)s?|miles?|feet|inches|acres?|hectares?|degrees?|points?|(?:m|b|tr)illions?|thousands?|half|quarter|third|twice|double)\b",
        re.IGNORECASE,
    ),
    "frequency": re.compile(
        r"\b(?:every|each|once|twice|times|daily|weekly|monthly|yearly|annual(?:ly)?|regular(?:ly)?|"
        r"always|never|often|seldom|rarely)\b",
        re.IGNORECASE,
    ),
}
_NUMBER = re.compile(r"\d")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)]?\s+(?=[\"“‘(]?[A-Z])")
_ASKS_TO_BE_TOLD = re.compile(
    r"^(?:can|could|would|will|do|does|did) (?:you|we|i|anyone|anybody) (?:please |all )?"
    r"(?:know|tell|say|explain|show|remember|find out)\b(?: me| us)?,? (?:please )?"
    r"(?=(?:\w+ )?(?:who|whom|whose|what|which|when|where|why|how)\b)",
    re.I,
)
"""What stands before a question that is put politely: "Can you tell me when ...?"."""
_TO_TELL = re.compile(
    r"^(?:please )?(?:(?:can|could|would) you )?(?:please )?(?:tell (?:me|us) (?:\w+ )?about|"
    r"give (?:me|us) an? (?:\w+ )?(?:summary|overview|account)|describe|summari[sz]e|outline|"
    r"list)\b",
    re.I,
)
_OF_SEVERAL = re.compile(
    r"^(?:please )?(?:list|name|enumerate)\b|\b(?:what|which|who)(?: all)? (?:are|were)\b|"
    r"^how (?:do|does|can|could|should|to)\b",
    re.I,
)
"""What asks for several things, or for how something is done, which takes several steps."""
_PLURAL = re.compile(r"[^\Wisu]s$")
MOST_ADJECTIVES = 4
_LEAD = re.compile(r"(?:.*,\s+(?:and\s+)?)?(?:[a-z]+\s+)?$")
"""Before the word that asks: nothing, a clause ("According to him, ...") or a preposition."""
_BE = frozenset("is are was were be".split())
_AUXILIARIES = _BE | frozenset("do does did has have had can could will would should".split())
_OF_QUESTION_WORD: Mapping[str, Wanted] = {
    "who": "person", "whom": "person", "whose": "person", "when": "date", "where": "place",
    "why": "reason",
}  # fmt: skip
_OF_HOW: Mapping[str, Wanted] = {
    **dict.fromkeys("many far big large high tall deep fast heavy hot cold".split(), "number"),
    "much": "amount", "long": "duration", "old": "age", "often": "frequency",
    "recently": "date", "soon": "date", "come": "reason",
}  # fmt: skip
_OF_WHAT: Mapping[str, Wanted] = {"prompted": "reason", "caused": "reason", "led": "reason"}
_NOUNS: Mapping[Wanted, str] = {
    "number": "number percentage percent share proportion amount price cost age rate rating score "
    "total population distance temperature size round salary sum height length weight "
    "speed magnitude",
    "day": "date day",
    "year": "year",
    "date": "month time week decade century",
    "place": "country city place town village state area region county district borough "
    "constituency province capital location venue stadium airport island river lake sea ocean "
    "mountain desert park street continent nation planet",
    "person": "person man woman actor actress author president minister ambassador official "
    "singer player leader director secretary spokesperson spokesman spokeswoman diplomat king "
    "queen prince princess duke emperor pope scientist physicist mathematician philosopher "
    "inventor artist painter composer musician rapper comedian writer poet novelist journalist "
    "presenter host designer politician senator governor mayor judge justice lawmaker candidate "
    "MP congressman congresswoman general billionaire founder executive CEO coach manager "
    "athlete golfer footballer quarterback boxer celebrity star superstar icon legend royal "
    "character",
    "name": "name title company organization organisation firm corporation manufacturer retailer "
    "brand automaker carmaker airline bank store chain restaurant network channel broadcaster "
    "newspaper magazine publisher studio platform app team club league party agency film movie "
    "book novel song album show series sitcom podcast game musical opera play painting band "
    "university school college museum institute institution hospital hotel ministry agreement "
    "treaty bloc body forum award prize festival tournament championship hurricane holiday tribe "
    "dynasty empire",
}  # fmt: skip
"""What is asked for by the noun after "which" or "what": "which former French president"."""
_OF_THE = frozenset("name names title titles capital location venue".split())
"""Of names and places, the nouns that ask for one in "what is the capital" too."""
_NO_ADJECTIVE = _AUXILIARIES | frozenset(
    "may might in on at to by for from with over after before during about around than into under "
    "since between when where how that who this last next a an it they he she you we i "
    "type types kind kinds sort sorts".split()
)
_DETERMINERS = frozenset("the these those his her its their".split())
_NAMED = frozenset("named titled".split())


LEAST_INITIALS, MOST_INITIALS = 3, 7
MOST_PARTS = 5
"""Further back than so many full stops no question begins."""
REMEMBERED_CHARS = 300


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
    spelled: frozenset[str] = frozenset()
    """Those of its names that are initials, as "GDP"."""
    is_of_whole_sentences: bool = False
    """Whether no few words can be the answer: to a question whether something is so, or to
    "Tell me about ..."."""
    is_choice: bool = False
    """Whether it asks which of two things that it names is so."""
    is_of_several: bool = False
    """Whether it asks for more than one thing: "Which measures ...", "How do I ...", "List ..."."""


def analyse(text: str) -> Question:
    """What `text` asks for, and the words it turns on."""
    words, kind = telling(words_of(text)), wanted(text)
    return Question(
        text=text,
        wanted=kind,
        stems=frozenset(stem(w) for w in words),
        names=names_of(text),
        acronyms={
            plain(word).lower(): initials
            for name, initials in _long_names(text)
            for word in name.split()
        },
        spelled=frozenset(
            w.lower() for w in words if w.isupper() and w.isalpha() and len(w) >= LEAST_INITIALS
        ),
        is_of_whole_sentences=kind == "yes_no" or _TO_TELL.match(text) is not None,
        is_choice=" or " in text and _opens_yes_no(_asked(text)),
        is_of_several=_is_of_several(_asked(text)),
    )


def wanted(text: str) -> Wanted:
    """The kind of answer that a question asks for, by its question word and the noun beside it.

    What is told before ("They met in May. Where?") asks for nothing. Capitals are left as they
    are, so that "Which United Nations strategy" asks for no nation.
    """
    text = _asked(text)
    if _opens_yes_no(text):
        # One of two things is no yes, and no certain kind of thing either.
        return "other" if " or " in text else "yes_no"
    first, *others = [*words_of(text[_asks_at(text) :]), ""]
    if first.lower() in ("what", "which"):
        return _of_what(others)
    if first.lower() == "how":
        return _OF_HOW.get(others[0].lower(), "other")
    return _OF_QUESTION_WORD.get(first.lower(), "other")


def _asked(text: str) -> str:
    """The sentence of `text` that asks, without what is polite about it."""
    text = text.strip()
    return _ASKS_TO_BE_TOLD.sub("", text.lower() if text.isupper() else _asking(text))


def _of_what(words: Sequence[str]) -> Wanted:
    """The kind that the words after "what" or "which" ask for."""
    if words[0] in _OF_WHAT:
        return _OF_WHAT[words[0]]
    skipped = 2 if words[0] in (*_BE, "of") and words[1] in _DETERMINERS else 0
    asks_for_one = words[0] not in _BE
    for word in words[skipped : skipped + 5]:
        kind = _kinds_of_nouns().get(word)
        if kind and (asks_for_one or kind in ("number", "day", "year", "date") or word in _OF_THE):
            return kind
        if word in _NO_ADJECTIVE or word == "of":
            break
    return "name" if _NAMED.intersection(words[:6]) else "other"


@cache
def _kinds_of_nouns() -> Mapping[str, Wanted]:
    return {
        form: kind
        for kind, nouns in _NOUNS.items()
        for noun in nouns.split()
        for form in (noun, f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
    }


def _is_of_several(sentence: str) -> bool:
    """Whether a sentence asks for more than one thing, or which things, in the plural."""
    if _OF_SEVERAL.search(sentence):
        return True
    first, *others = [*words_of(sentence[_asks_at(sentence) :]), ""]
    if first.lower() not in ("what", "which"):
        return False
    # "Which state has ...": from the noun or a verb on, nothing is asked for.
    nouns = takewhile(lambda word: word not in _NO_ADJECTIVE, others[:MOST_ADJECTIVES])
    asked = next((w for w in nouns if w in _kinds_of_nouns() or _PLURAL.search(w)), "")
    return _PLURAL.search(asked) is not None


def _opens_yes_no(sentence: str) -> bool:
    first = _WORD.search(sentence)
    return first is not None and first[1] in _AUXILIARIES


def _asking(text: str) -> str:
    """The first sentence of `text` that asks, beginning with a small letter; else all of it.

    Where a full stop in an abbreviation looks like a sentence's end, it goes back to where there
    is something that asks.
    """
    parts = _NEXT_SENTENCE.split(text)
    last = next((n for n, part in enumerate(parts) if part.endswith("?")), len(parts) - 1)
    for first in range(last, max(last - MOST_PARTS, -1), -1):
        sentence = " ".join(parts[first : last + 1])
        sentence = sentence[:1].lower() + sentence[1:]
        if _QUESTION_WORD.search(sentence) or _opens_yes_no(sentence):
            return sentence
    return text[:1].lower() + text[1:]


def _asks_at(sentence: str) -> int:
    """Where the word stands that asks: one that leads the sentence, else the last one.

    "Who left when it rained?" asks who; "He left which club when it rained?", which club.
    """
    words = list(_QUESTION_WORD.finditer(sentence))
    leading = [w for w in words if _LEAD.match(sentence[: w.start()])]
    inside = [w for w in words if w[0].lower() in ("what", "which", "whose", "how")]
    asks = leading[:1] or inside[-1:] or words[-1:]
    return asks[0].start() if asks else len(sentence)


def words_of(text: str) -> tuple[str, ...]:
    """The words of `text`, in order, without possessive endings."""
    return _words_of_sentence(text) if len(text) <= REMEMBERED_CHARS else _words_of(text)


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


# The same sentences are looked at for question after question; whole passages would fill memory.
_words_of_sentence = lru_cache(maxsize=10_000)(_words_of)


def stems_of(text: str) -> frozenset[str]:
    """The stems of the content words of `text`."""
    return frozenset(stem(w) for w in words_of(text) if w.lower() not in STOPWORDS)


def names_of(text: str) -> tuple[str, ...]:
    """Proper names and numbers of a question, word by word, lower case, no accents, in order.

    The first word counts as a name only when it can't be an ordinary first word.
    """
    found: list[str] = []
    for position, word in enumerate(words_of(text)):
        capital = word[0].isupper() and (position > 0 or (word.isupper() and len(word) > 1))
        if (capital or word[0].isdigit()) and word.lower() not in STOPWORDS:
            found.append(plain(word).lower())
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

    British and American spellings of "-ise" and "-our" have one stem, and so has a word without
    its accents.
    """
    word = _OUR.sub("or", _ISE.sub(r"iz\1", plain(word).lower().replace("’", "'")))
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:  # Any: the package has no types
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def acronyms_of(text: str) -> frozenset[str]:
    """The initials of the longer names in `text`, lower case: "un" for "United Nations".

    Those that a name begins with count too: "cfo" in "Chief Financial Officer Ravi Deshmukh".
    """
    return frozenset(
        initials[:length]
        for _, initials in _long_names(text)
        for length in {len(initials), *range(LEAST_INITIALS, min(len(initials), MOST_INITIALS))}
    )


def _long_names(text: str) -> list[tuple[str, str]]:
    names = [
        [w for w in name.split() if w[0].isupper() and w.lower() not in STOPWORDS]
        for name in _LONG_NAME.findall(text)
    ]
    return [(" ".join(n), "".join(w[0] for w in n).lower()) for n in names if len(n) > 1]


def any_same(name: str, words: Iterable[str]) -> bool:
    """Whether any of `words` names the same as `name`."""
    return any(same_name(name, word) for word in words)
