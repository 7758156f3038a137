"""Sentences with nothing of the kind that is asked for: no number, no sum, nothing that was said.

A reader takes the likeliest words, of whatever kind they are: "a suspended sentence of eighteen
months" for "How much money did he get?", the year of a map for "When did she die?". Here is seen
what a sentence can't answer, whatever its words are.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from qa.amounts import tells_money
from qa.library import StoredPassage
from qa.questions import Question, Wanted, holds, words_of
from qa.records import Sentence

_ASKS_FOR_NUMBER = re.compile(
    r"\bhow\b|\b(?:what|which) (?:number|percent(?:age)?|proportion|share)\b", re.IGNORECASE
)
_COUNTED = ("number", "amount", "duration")
_UNCOUNTED = frozenset(
    "all always annual any both couple daily double each every few forever free full fully "
    "indefinitely least less life lifelong lifetime little long lot majority many "
    "minority monthly more most much never no nobody none nothing old overnight pair partly "
    "permanent permanently scores several single some tens triple twofold until weekly "
    "whole yearly zero".split()
)
"""Words that may say how much, how many or how long without a number."""
_ASKS_FOR_MONEY = re.compile(
    r"\bhow much (?:more |less )?(?:money|cash|funding)\b|"
    r"\bhow much\b.*\b(?:costs?|worth|sells?|sold|fetch(?:ed)?|buys?|bought|pays?|paid|spends?|"
    r"spent|earns?|earned|owes?|owed|charges?|charged|fined|donate[ds]?)\b|"
    r"\b(?:what|which)(?: \w+)?? (?:salary|wages?|fine|price|fee|fare|ransom|bail)\b",
    re.IGNORECASE,
)
_ASKS_WHAT_WAS_SAID = re.compile(
    r"^[Ww]hat (?:did|has|have|had|(?:does|do) (?:Dr |Mr |Mrs |Ms )?[A-Z]\w+)\b"
    r".*\b(?:say|tell|said|told)\b"
)
_SAYING = re.compile(
    r"[\"“”„«»]|\b(?:said|says?|saying|spoke|spoken|speak|tells?|told|thinks?|thought|wrote|written|"
    r"writes?|adds|added|wants?|wanted|sworn?|view|views|opinion|word|words|according|"
    r"(?:accus|acknowledg|admi|advis|agree|announc|answer|apologi|appeal|argu|ask|assur|believ|blam|"
    r"boast|call|claim|comment|compar|complain|conced|condemn|confirm|critici|declar|declin|demand|"
    r"den[iy]|describ|dismiss|emphasi|estimat|expect|expla|express|hail|hop[ei]|insist|intend|jok[ei]|"
    r"maintain|mention|not[ei]|plan|pledg|point|post|prais|predict|promis|propos|quot|recall|recommend|"
    r"refus|regret|reject|remark|repl[iy]|report|reveal|stat[ei]|stress|suggest|testif|thank|tweet|"
    r"urg|vow|warn|welcom)\w*)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[^\n:]{1,60}:\s")
_NAME = re.compile(r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){1,4}(?:[ ,(–—].*)?")
_SCORE = re.compile(r"[^\d.!?]+ \d{1,3} ?[-–:] ?\d{1,3} [^\d.!?]+")
_ASKS_FOR_RESULT = re.compile(
    r"\b(?:w[io]n\w*|beat\w*|defeat\w*|los[et]s?|dr[ae]w|drawn|play(?:s|ed)?|against|scores?|results?)\b",
    re.IGNORECASE,
)
_OTHER_KINDS = ("other", "reason", "yes_no")
_DIRECTLY = r"\b[^,.;:!?]*(?<!after)(?<!before)(?<!when)(?<!who)\b"
"""Of "Holm died in May. When was she born?" and "Who is king after he dies?" what is asked."""
_EVENTS = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(rf"\b(?:{tells})", re.IGNORECASE))
    for asks, tells in (
        (
            rf"\b(?:when|where|how many|(?:what|which) (?:year|day|date))"
            rf"{_DIRECTLY} ?(?:die[ds]?|passed away)\b",
            r"d(?:ie[ds]?|ying|eath\w*|ead|eadly|eceased)\b|assassin|bod(?:y|ies)\b|buried|cost|drown|"
            r"execut|fatal|funeral|kill|late\b|li[fv]es?\b|lost|murder|obituar|pass(?:ed|ing)\b|perish|"
            r"succumb|suicide|surviv|toll\b|victim|\d{4} ?[-–] ?\d{4}",
        ),
        (
            rf"\b(?:when|where|(?:what|which) (?:year|day|date)){_DIRECTLY} ?born\b",
            r"birth|born|child|came|daughter|from\b|grew up|hail|nativ|origin|son\b|\d{4} ?[-–]",
        ),
        (
            r"^who stole\b",
            r"broke|burgl|heist|loot|pocket|rob|sneak|st[eo][la]|t[ao]ke?n?\b|took|theft|thie[fv]",
        ),
        (
            r"^who(?:['’]s| is| was| did)\b[^,.;:!?]*"
            r"\b(?:(?:wife|husband|spouse)(?: of (?-i:[A-Z])[^?]*)?|marry)\W*$",
            r"bride|engage|groom|husband|knot\b|marr|partner|spouse|wed|widow|wi(?:fe|ves)\b",
        ),
    )
)
"""What asks for an event or a spouse whose sentence hardly ever lacks one of the words beside."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question asks for, as far as it can be seen whether a sentence has any of it."""

    money: bool
    number: bool
    saying: bool
    result: bool
    events: tuple[re.Pattern[str], ...]
    """Of each event, the words without one of which a sentence hardly ever tells of it."""


def is_of_no_such_kind(question: Question, passage: StoredPassage, sentence: Sentence) -> bool:
    """Whether a sentence of `passage` holds nothing of the kind that `question` asks for."""
    asked, told = _asked_for(question.text, question.wanted), sentence.text
    return (
        (asked.money and not tells_money(told))
        or (asked.number and not _counts(told))
        or (asked.saying and not _is_said(passage.article.text, sentence))
        or (not asked.result and _SCORE.fullmatch(told) is not None)
        or any(event.search(told) is None for event in asked.events)
    )


@lru_cache(maxsize=100)  # it is the same for all sentences
def _asked_for(question: str, wanted: Wanted) -> _Asked:
    money = _ASKS_FOR_MONEY.search(question) is not None
    number = wanted in _COUNTED and _ASKS_FOR_NUMBER.search(question) is not None
    has_events = wanted not in _OTHER_KINDS
    return _Asked(
        money=money,
        number=number and not money,
        saying=_ASKS_WHAT_WAS_SAID.search(question) is not None,
        result=_ASKS_FOR_RESULT.search(question) is not None,
        events=tuple(tells for asks, tells in _EVENTS if has_events and asks.search(question)),
    )


def _counts(sentence: str) -> bool:
    """Whether a sentence says how many or how much, in a number or in another word."""
    return holds("number", sentence, frozenset()) is True or not _UNCOUNTED.isdisjoint(
        word.lower() for word in words_of(sentence)
    )


def _is_said(text: str, sentence: Sentence) -> bool:
    """Whether a sentence of an article's `text` tells what somebody says, or is itself spoken.

    It is where its line begins with who speaks, or where it stands under a name as in a transcript.
    """
    line = text[text.rfind("\n", 0, sentence.start) + 1 : sentence.end]
    is_spoken = _SPEAKER.match(line) or _NAME.fullmatch(sentence.heading)
    return is_spoken is not None or _SAYING.search(sentence.text) is not None
