"""What a sentence denies or turns round: the little word on which everything turns."""

import re

from qa.questions import stem, stems_of
from qa.stopwords import STOPWORDS

REACH = 3
"""A denial is taken to deny the next content words, at most so many."""
_DENIAL = re.compile(
    r"\b(?:no(?!\.\s?\d)|not(?!\s+(?:only|just|merely)\b)|never|none|nobody|nothing|neither|nor|without|cannot|hardly|denie[ds]|deny|denying|"
    r"refuse[ds]?|refusing|reject(?:s|ed)?|fail(?:s|ed)?|unable|false)\b|n['’]t\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    rf"{_DENIAL.pattern}|\b(?:against|oppos(?:e[ds]?|ing)|(?:vot|turn)(?:e[ds]?|s|ed|ing) down|"
    r"block(?:s|ed)?|veto(?:es|ed)?)\b",
    re.IGNORECASE,
)
"""Besides denials, what may stand for one, and denies nothing where none is: "voted against"."""
_WORD = re.compile(r"\w+")
_CLAUSE_END = re.compile(r"[,;:.]|\b(?:but|and|while|although|because|by(?= \d))\b", re.I)
_VOTE = r"vot(?:e[ds]?|ing)\b[^,;.]{0,25}"
_SUM = r"(?:[$€£₹¥]\s?\d[\d.,]*(?:m|bn)?|\d[\d.,]* (?:[mb]illion|(?:euro|dollar|pound|rupee)s))"
_OPPOSITES = (
    (
        r"ris(?:es?|en|ing)|rose|gr(?:ew|ows?|own|owing)|increas(?:e[ds]?|ing)|rais(?:e[ds]?|ing)|"
        r"climb(?:s|ed)|doubled?|up (?:from|by)",
        r"f[ae]ll(?:s|en|ing)?|drop(?:s|ped)|declin(?:e[ds]?|ing)|decreas(?:e[ds]?|ing)|"
        r"reduc(?:e[ds]?|ing|tion)|lower(?:s|ed|ing)?|cut|halve[ds]?|down (?:from|by)",
    ),
    (
        rf"approv(?:e[ds]?|al)|accept(?:s|ed)?|support(?:s|ed)?|back(?:s|ed)|agreed to|"
        rf"in favou?r|{_VOTE} for",
        rf"reject(?:s|ed|ion)?|refus(?:e[ds]?|al)|oppos(?:e[ds]?|ition)|veto(?:es|ed)?|"
        rf"(?:turn|vot)ed down|{_VOTE} against",
    ),
    (rf"profits?|earn(?:s|ed) {_SUM}|gain(?:s|ed) {_SUM}", rf"loss(?:es)?|los(?:t|es) {_SUM}"),
    (r"(?:re)?open(?:s|ed|ing)", r"clos(?:e[ds]|ing|ure)|shut"),
    (r"start(?:s|ed)?|beg[aiu]n(?:s|ning)?", r"end(?:s|ed)|finish(?:es|ed)?|stop(?:s|ped)?"),
    (r"allow(?:s|ed)?|permit(?:s|ted)?|legali[sz]e[ds]?", r"ban(?:s|ned)?|prohibit(?:s|ed)?"),
    (r"guilty|convicted", r"innocent|acquitted"),
    (r"succe(?:eded|ss|ssful|ssfully)", r"fail(?:s|ed|ure)|unsuccessful(?:ly)?"),
    (r"hir(?:es?|ed|ing)", r"fired|dismiss(?:es|ed)|sacked|laid off"),
    (r"surviv(?:e[ds]?|ing)", r"die[ds]?|killed"),
    (r"mild(?:ly)?|minor|slight(?:ly)?", r"sever(?:e|ely)|serious(?:ly)?|grave(?:ly)?"),
    (r"improv(?:e[ds]?|ing|ement)", r"worsen(?:s|ed|ing)?|deteriorat(?:e[ds]?|ing)"),
    (r"strengthen(?:s|ed|ing)?", r"weaken(?:s|ed|ing)?"),
    (r"men|male", r"women|female"),
    (r"minimum", r"maximum"),
    (r"majority", r"minority"),
    (r"oldest", r"youngest"),
    (r"largest|biggest", r"smallest"),
    (r"highest", r"lowest"),
)
_RELATIONS = (
    (r"more(?: than)?", r"(?:less|fewer)(?: than)?"),
    (r"above|over", r"below|under"),
    (r"after", r"before"),
    (r"at least", r"at most|up to"),
    (r"higher|larger|bigger|greater", r"lower|smaller"),
    (r"longer", r"shorter"),
    (r"older", r"younger"),
    (r"later", r"earlier"),
    (r"faster", r"slower"),
    (r"first", r"last"),
    (r"north(?:ern)?", r"south(?:ern)?"),
    (r"east(?:ern)?", r"west(?:ern)?"),
    (r"join(?:s|ed|ing)?|arriv(?:e[ds]?|ing)", r"left|leaves?|quit"),
    (r"(?:all|each|every one) of", r"(?:half|some|most|many|few|none|\d+) of"),
)
"""Opposites when they stand before the same: "A is above B" says what "B is below A" does.

Of verbs that change their sides with their meaning (buy and sell, win and lose) there are none.
"""
_PAIRS = tuple(
    (
        re.compile(rf"\b(?:{side})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{opposite})\b", re.IGNORECASE),
        (one, other) in _RELATIONS,
    )
    for one, other in (*_OPPOSITES, *_RELATIONS)
    for side, opposite in ((one, other), (other, one))
)
_UN = re.compile(r"\bun([a-z]{5,})\b")


def denies(sentence: str) -> bool:
    """Whether `sentence` denies anything."""
    return _DENIAL.search(sentence) is not None


def contradicts(sentence: str, other: str) -> bool:
    """Whether one of the two denies what the other one says in the same words."""
    return bool(
        _denied(sentence) & (stems_of(other) - _denied(other, _AGAINST))
        or _denied(other) & (stems_of(sentence) - _denied(sentence, _AGAINST))
    )


def reverses(sentence: str, text: str) -> bool:
    """Whether `sentence` says the opposite of a word of `text`, and no such word itself.

    A word is left alone where the other one stands beside it, in either of the two.
    """
    for side, opposite, is_relation in _PAIRS:
        if not side.search(sentence) or opposite.search(sentence) or side.search(text):
            continue
        said, told = _said(side, sentence), _said(opposite, text)
        if said and told and (not is_relation or not said.isdisjoint(told)):
            return True
    words, known = (frozenset(_WORD.findall(t.lower())) for t in (sentence, text))
    pairs = ((word, f"un{word}") for word in _UN.findall(f"{sentence} {text}".lower()))
    return any(
        {word, un} & words and {word, un} & known and {word, un}.isdisjoint(words & known)
        for word, un in pairs
    )


def _said(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    """The stems that follow the words of `pattern` in `text`, names and what is denied excepted."""
    denied = _denied(text)
    found: set[str] = set()
    for said in pattern.finditer(text):
        is_name = said.start() > 0 and said.group()[0].isupper()
        if not is_name and denied.isdisjoint(stems_of(said.group())):
            rest = (word.group() for word in _WORD.finditer(text, said.end()))
            found.add(stem(next((w for w in rest if w.lower() not in STOPWORDS), "")))
    return frozenset(found)


def _denied(sentence: str, pattern: re.Pattern[str] = _DENIAL) -> frozenset[str]:
    """The stems of the words, names excepted, that `sentence` denies, as far as its clause goes."""
    found: set[str] = set()
    for denial in pattern.finditer(sentence):
        rest = sentence[denial.end() :]
        end = _CLAUSE_END.search(rest)
        words = _WORD.findall(rest[: end.start()] if end else rest)
        found.update([stem(w) for w in words if w.islower() and w not in STOPWORDS][:REACH])
    return frozenset(found)
