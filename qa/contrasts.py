"""Texts about another one of what a question asks for: the third quarter instead of the fourth.

"What was the profit in the fourth quarter?" beside a text on the third, "the presidential election"
beside one on the parliamentary: all other words fit, so likeness does not tell them apart.
"""

import re
from collections.abc import Set

from qa.questions import Question, stem, words_of
from qa.stopwords import STOPWORDS

_KINDS = tuple(
    frozenset(words.split())
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "presidential parliamentary",
        "net gross operating",
        "men women boys girls",
        "spring summer autumn winter",
        "primary secondary",
        "domestic foreign",
        "maximum minimum",
        "upper lower",
    )
)
"""Words of which only one can stand before a thing."""
_COMING = re.compile(
    r"\b(?:new|next|incoming|succe(?:ssor|eds?|eded|eding)|replac(?:e[ds]?|ing|ement)|appoint\w*|"
    r"nam(?:es?|ed|ing)|elect(?:s|ed)|chosen|sworn in|became|becomes?|tak(?:es?|en|ing) over|"
    r"took over|takes? the place|(?:will|to) (?:lead|head|run)|"
    r"hired|promoted|picked|starts? as)\b",
    re.IGNORECASE,
)
_ASKS_WHO_COMES = re.compile(
    r"\b[Ww]ho(?:['’]s| is| was| will| has| became| becomes)\b.*"
    r"(?:\b(?:the|a|its|their|his|her)|['’]s) (?:new|next|incoming|successor)\b|"
    r"\b(?:succeeds?|succeeded|replace[ds]?|(?:takes?|took|taken) over)\b"
)
_GOING = re.compile(
    r"\b(?:resign(?:s|ed|ing|ation)?|step(?:s|ped|ping)? down|leav(?:e|es|ing)|left (?:office|the)|"
    r"outgoing|retir(?:e[ds]?|ing)|sacked|ousted|dismissed|quit|quits)\b",
    re.IGNORECASE,
)
_ASKS_WHO_GOES = re.compile(r"\b(?:was|were|been) replaced\b|\bdid\b.*\b(?:replace|succeed)\b")
_OF_A_KIND = {word: kind for kind in _KINDS for word in kind}
_BEFORE_A_THING = re.compile(rf"\b({'|'.join(_OF_A_KIND)})(?:['’]s)?[\s-]+([^\W\d_]+)", re.I)


def told_apart(question: Question) -> frozenset[tuple[str, str]]:
    """By which words a question tells things apart, lower case, each with the stem of its thing.

    "In the third quarter or the fourth quarter?" asks for either.
    """
    named = {word.lower() for word in words_of(question.text)}
    return frozenset(
        (word, thing)
        for word, thing in _kinds_told(question.text)
        if len(_OF_A_KIND[word] & named) == 1
    )


def is_of_another(asked: Set[tuple[str, str]], text: str) -> bool:
    """Whether `text` speaks of another thing of the kind than one of those `asked` for.

    So it is where the thing stands in it with another word of the kind before it, and the word that
    is asked with (see `told_apart`) stands nowhere.
    """
    words, told = {word.lower() for word in words_of(text)}, _kinds_told(text)
    return any(
        word not in words
        and any(thing == other and said in _OF_A_KIND[word] for said, other in told)
        for word, thing in asked
    )


def is_of_one_before(question: Question, sentence: str) -> bool:
    """Whether `sentence` tells who goes, where it is asked who comes: "Who is the new head?"."""
    return (
        question.wanted == "person"
        and _ASKS_WHO_COMES.search(question.text) is not None
        and _ASKS_WHO_GOES.search(question.text) is None
        and _GOING.search(question.text) is None
        and _GOING.search(sentence) is not None
        and _COMING.search(sentence) is None
    )


def _kinds_told(text: str) -> frozenset[tuple[str, str]]:
    """The words of a kind in `text`, lower case, each with the stem of the word after it."""
    return frozenset(
        (found[1].lower(), stem(found[2]))
        for found in _BEFORE_A_THING.finditer(text)
        if found[2].lower() not in STOPWORDS  # "came second in" is of no thing
    )
