"""Texts about another one of what a question asks for: the third quarter instead of the fourth.

"What was the profit in the fourth quarter?" beside a text on the third, "the presidential election"
beside one on the parliamentary: all other words fit, so likeness does not tell them apart.
"""

import re
from collections.abc import Set

from qa.questions import MONTHS, Question, stem, words_of
from qa.records import Article, Sentence
from qa.stopwords import STOPWORDS

Named = tuple[str, str]
"""A word of a kind, lower case, and the stem of the thing that it is said of."""
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_KINDS = tuple(
    frozenset(words.split())
    for words in (
        " ".join(_ORDINALS),
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
_WORD = f"(?:{'|'.join(_OF_A_KIND)})"
_BEFORE_A_THING = re.compile(
    rf"\b((?:{_WORD}(?:['’]s)?(?:,? (?:and|or|to|&) |, )(?:the )?)*{_WORD})(?:['’]s)?"
    rf"[\s-]+(?!(?:{MONTHS})\b)([^\W\d_]+)",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    rf"\bthe ({_WORD}) of "
    r"(?:(?:the|its|his|her|their|our|two|three|four|five|six|\d+) )+"
    rf"(?!(?:{MONTHS})\b)([^\W\d_]+)",
    re.IGNORECASE,
)
"""One of some: "the second of four turbines" is the second turbine; "a third of them" is none."""
_IN_FIGURES = re.compile(
    r"\bQ(?P<quarter>[1-4])(?!\w)|\bH(?P<half>[12])(?!\w)|\b(?P<nth>[1-9])(?:st|nd|rd|th)\b|"
    r"\b(?P<thing>[^\W\d_]+) (?:No\.?|number) (?P<number>[1-9])(?!\w|[.,]\d)"
)
_NO_THING = frozenset("time times".split())
"""A sentence on the second time may say when the first was."""
_FIRST_DONE = re.compile(r"\bfirst\s+\w+ed\b", re.IGNORECASE)
_COMPARED_WITH = re.compile(
    r"\b(?:than|from|compared|against|after|unlike|since|versus|vs|before|following|except)\b"
    r"[^.,;:]*$",
    re.IGNORECASE,
)
"""What stands before another thing that is only named beside the one that is spoken of."""


def told_apart(question: Question) -> frozenset[Named]:
    """By which words a question tells things apart, each with its thing.

    "In the third quarter or the fourth quarter?" asks for either. "When was the Second Symphony
    first played?" asks for the second.
    """
    text = _FIRST_DONE.sub("", _spelled_out(question.text))
    told = _named_in(text)
    without_thing = _words(text) - {word for word, _ in told}
    return frozenset(
        (word, thing)
        for word, thing in told
        for others in [_OF_A_KIND[word] - {word}]
        if not any((other, thing) in told for other in others) and others.isdisjoint(without_thing)
    )


def is_of_another(asked: Set[Named], text: str) -> bool:
    """Whether `text` speaks of another thing of the kind than one of those `asked` for.

    So it is where the thing stands in it with another word of the kind before it, and the word that
    is asked with (see `told_apart`) stands nowhere.
    """
    text = _spelled_out(text)
    words = _words(text)
    missing = {(word, thing) for word, thing in asked if word not in words}
    return _are_others(missing, _named_in(text))


def tells_of_another(asked: Set[Named], article: Article, sentence: Sentence) -> bool:
    """Whether a sentence tells of another thing of the kind than one of those `asked` for.

    It tells of the one that it names, if not to compare; else of the one that its paragraph named
    before, that its heading names, or the title.
    """
    return any(
        thing not in _NO_THING and _is_told_of_another((word, thing), article, sentence)
        for word, thing in asked
    )


def _is_told_of_another(asked: Named, article: Article, sentence: Sentence) -> bool:
    paragraph = article.text.rfind("\n", 0, sentence.start) + 1
    so_far = _spelled_out(article.text[paragraph : sentence.end])
    own = _spelled_out(sentence.text)
    if asked[0] not in _words(own) and _are_others({asked}, _named_in(own, not_compared=True)):
        return True
    if asked[0] in _words(so_far):
        return False
    above = [_spelled_out(text) for text in (sentence.heading, article.title)]
    return next(
        (
            asked[0] not in _words(text) and _are_others({asked}, named)
            for text in above
            for named in [_named_in(text)]
            if asked[1] in {thing for _, thing in named}
        ),
        False,
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


def _are_others(asked: Set[Named], named: Set[Named]) -> bool:
    """Whether one of the things `asked` for is `named` with another word of the kind."""
    return any(
        thing == other and said != word and said in _OF_A_KIND[word]
        for word, thing in asked
        for said, other in named
    )


def _named_in(text: str, not_compared: bool = False) -> frozenset[Named]:
    """What `text` tells apart; with `not_compared`, without what it only compares with."""
    return frozenset(
        (word.lower(), stem(found[2]))
        for pattern in (_BEFORE_A_THING, _ONE_OF)
        for found in pattern.finditer(text)
        if found[2].lower() not in STOPWORDS  # "came second in" is of no thing
        and not (not_compared and _COMPARED_WITH.search(text, 0, found.start()))
        for word in words_of(found[1])
        if word.lower() in _OF_A_KIND
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in words_of(text))


def _spelled_out(text: str) -> str:
    """`text` with "third quarter" for "Q3" and "second Symphony" for "Symphony No. 2"."""

    def words(found: re.Match[str]) -> str:
        which = next(name for name in ("quarter", "half", "nth", "number") if found[name])
        thing = found["thing"] or (which if which in ("quarter", "half") else "")
        return f"{_ORDINALS[int(found[which]) - 1]} {thing}".strip()

    return _IN_FIGURES.sub(words, text)
