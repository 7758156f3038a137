"""The details that a sentence states (numbers, dates, names, quotes), and whether a text has them.

A sentence that a language model wrote may say nothing in numbers or names that its sources don't.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import combinations

from qa.amounts import as_figures, missing_amounts, numbers_of
from qa.letters import plain
from qa.questions import any_same, words_of
from qa.stopwords import STOPWORDS

_TITLES = frozenset("mr mrs ms mx dr prof".split())
_ALSO_WORDS = frozenset({"May", "March", "Will", "Mark", "Turkey", "Polish"})
"""Names that mean something else in small letters."""

_LONG_NAME = re.compile(r"\b[A-Z][\w-]+(?:\s+(?:(?:of|and|the|for)\s+)*[A-Z][\w-]+)+")
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]{3,}?)[\"“”»]|‘([^‘’]{3,}?)’(?!\w)")
_FOREIGN = re.compile(
    r"https?:|hxxps?:|www\W|//|@\w|\w\.[a-z]{2,}/|[\[(]\s*(?:dot|at|\.)\s*[\])]|\]\(|\]\[|!\[|"
    r"<\s*[/!]?\s*[a-z]|&#?\w+;|\b(?:javascript|vbscript|mailto|tel|blob):|\bdata:\w+/",
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
LONGEST_NAME = 8
SUBJECT_WORDS = 3
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


def missing_details(
    sentence: str, text: str, ordinary: Collection[str] = (), titles: str = ""
) -> tuple[str, ...]:
    """The numbers, names and quoted words of `sentence` that `text` has not, as they stand.

    Numbers are compared by value ("14 million" is 14,000,000, "two" is 2), names word by word, as
    far as one is not formed from the other, or the initials of the other. `ordinary` are lower-case
    words that may open a sentence with a capital without being a name. What the sentence begins
    with may be named in `titles` alone: they say whom an article is about.
    """
    sentence, text = as_figures(folded(sentence)), as_figures(folded(text))
    subject = frozenset(words_of(sentence)[:SUBJECT_WORDS]).intersection(words_of(folded(titles)))
    names = _missing_names(sentence, text, ordinary)
    return (
        *missing_amounts(sentence, text),
        *(name for name in names if name not in subject),
        *_missing_quotes(sentence, text),
    )


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
        if not word[0].isupper() or lower in STOPWORDS or lower in _TITLES:
            continue
        if position == 0 and (lower in _OPENERS or lower in ordinary or _is_adverb(lower)):
            continue
        if len(word) > 1 and not word[0].isdigit() and not numbers_of(lower):
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
