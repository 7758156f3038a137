"""What is only announced: it does not tell how it went.

"How did the council vote on the library?" beside "The council votes on March 6": all words fit.
"""

import re

from qa.questions import MONTHS, WEEKDAY, Question, stem, words_of
from qa.stopwords import STOPWORDS

_ASKS_WHAT_HAPPENED = re.compile(r"\bdid\b(?P<asked>[^?]*)")
_ASKS_FOR_PLANS = re.compile(
    r"\b(?:agree|aim|announce|ask|call|decide|decision|demand|due|expect|forecast|going to|have to|"
    r"hope|intend|need|offer|order|plan|pledge|predict|promise|propose|recommend|refuse|said|say|"
    r"schedule|seek|suggest|tell|threaten|told|urge|vow|want|warn|will|would)\b",
    re.IGNORECASE,
)
_TO_COME = (
    r"\b(?:will|shall|may|might|(?:is|are) (?:about |due |expected |going |scheduled |set )?to)\b"
    r"(?: not| also| \w+ly)? {verb}\b"
)
_ON_A_DAY = (
    r"(?<!\bthe )(?<!\ba )(?<!\ban )(?<!\bits )(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!\bthis )"
    r"(?<!\bof )(?<!\bto )(?<!\bin )(?<!\bno )\b{verb}s?\b(?: (?:against|at|for|in|over|with)\b"
    rf"[^.;,]{{{{0,30}}}})? (?:(?:on|in) (?:\d|{MONTHS}|{WEEKDAY})|next|tomorrow|tonight|soon)"
    r"(?!.*\b(?:1\d|20)\d\d)"
)
"""The present, with the day on which it is to be: no noun, as in "before the vote on March 6"."""
_HAPPENED = re.compile(
    r"\b(?:was|were|had|did|\w{2,}ed|became|began|bought|broke|brought|built|came|chose|cut|drew|"
    r"drove|fell|felt|found|gave|got|grew|held|hit|kept|led|left|lost|made|met|paid|put|ran|rose|said|"
    r"saw|sent|shot|sold|spoke|stood|struck|thought|told|took|went|won|wrote)\b",
    re.IGNORECASE,
)


def is_only_announced(question: Question, sentence: str) -> bool:
    """Whether `sentence` says that what `question` asks about is still to come."""
    asks = _ASKS_WHAT_HAPPENED.search(question.text)
    if asks is None or _ASKS_FOR_PLANS.search(question.text):
        return False
    forms = [_TO_COME] if _HAPPENED.search(sentence) else [_TO_COME, _ON_A_DAY]
    told = [word for word in words_of(sentence) if word[0].islower()]
    said = {form for word in told for form in (word, word.removesuffix("s"))}
    return any(
        re.search(form.format(verb=verb), sentence, re.IGNORECASE)
        for verb in _verbs(asks["asked"]) & said
        # Where the verb stands in another form too ("voted"), it has happened.
        if all(word in (verb, f"{verb}s") for word in told if stem(word) == stem(verb))
        for form in forms
    )


def _verbs(asked: str) -> set[str]:
    """The words of a question behind "did" that may be its verb."""
    return {word for word in words_of(asked) if word.islower() and word not in STOPWORDS}
