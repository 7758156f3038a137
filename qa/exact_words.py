"""The exact words of an answer: what a reader sees, as far as it can be one, or what it stands for.

Of a table's row that is the cell that is asked for, of a reason its clause, of what is announced
("three principles: ...") what follows.
"""

import re
from collections.abc import Set

from qa.library import StoredPassage
from qa.questions import Question, stems_of, words_of
from qa.quotations import with_whole_quotations
from qa.reading import SentenceReading
from qa.records import Sentence
from qa.stopwords import STOPWORDS
from qa.tables import cell_asked_for, is_row

_REASON = re.compile(
    r"\b(?:because|due to|owing to|in order to|so that|so as to|as a result of|in response to|"
    r"on account of)\b[^,.;:!?()]*[^\s,.;:!?()]",
    re.I,
)
POINTS_BACK = re.compile(r"\W*(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)\b")
"""How words begin that only point back to what is named before them; "IT" does not."""
MOST_OF_SUBJECT = 4
_DOES = re.compile(
    r" (?!(?:caus|forc|interrupt|knock|led|made|prevent|prompt|stopp|trigger)\w*\b)"
    r"(?:(?:is|was|are|were|has|have|had|will|would|do|does|did|can|could)\b|\w+(?:ed|es|s)\b)"
)
_DONE = re.compile(r"[a-z]+ed")
_PROMISED = re.compile(
    r"[^.:;]{0,120}?(?::\s+(?P<told>[^:]*(?:,| and )[^:]*[^\W_])|"
    r"\b(?:including|namely)\s+(?P<some>[^:;]*,[^:;,]*\band\b[^:;,]*[^\W_])(?=\W*$))"
)
_NUMBERS = ("age", "number", "amount", "duration")
_AGE = re.compile(r"\b[A-Z][\w’'-]+, \d\d?,$")
_NUMBERED = re.compile(r"\b(?:number|no\.?) $", re.IGNORECASE)
_PRONOUNS = frozenset("he she it they him her them this that these those we i you".split())
_TITLES = frozenset("mr mrs ms miss dr prof sir".split())
_QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
_EMPTY = STOPWORDS - frozenset("all any more most no some".split())
_NAME_WORD = r"[A-Z]\w*(?:['’-](?!s\b)\w+)*"
_NAME = rf"{_NAME_WORD}(?: {_NAME_WORD})*"
_NAMED = re.compile(rf"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir)\b\.? )?\b({_NAME})")
_ONE_NAME = re.compile(rf"(?:the |a |an )?(?:[a-z-]+ ){{0,2}}({_NAME})")
_ASKS_WHO_THAT_IS = re.compile(
    rf"\bwho(?:['’]s| is| was| are| were) (?-i:{_NAME})(?:\W*$|,| and\b)", re.I
)
_RELATIVES = re.compile(
    r"\b(?:wi(?:fe|ves)|husbands?|spouses?|widow\w*|partners?|marr(?:y|ied)|(?:grand)?sons?|"
    r"(?:grand)?daughters?|(?:half-)?brothers?|(?:half-)?sisters?|siblings?|(?:grand)?(?:father|mother|"
    r"parent)s?|(?:grand)?child(?:ren)?|cousins?|uncles?|aunts?|nephews?|nieces?|relati\w+|related|"
    r"family|heirs?|ancestors?|twins?|called|named|names?)\b",
    re.I,
)
"""Who is one of these may have the name of whom he belongs to."""
_DATELINE = re.compile(
    r"[A-Z][A-Z .'’-]+(?:, [^-–—\n]{2,30}?)? ?(?:\([^()\n]{2,20}\) ?)?[-–—]+ (?=[\"“]?[A-Z0-9])"
)
"""Where an article was written, before it begins: "PORT ALMERA, 5 May (Reuters) - "."""


def exact_words(
    question: Question,
    said: Set[str],
    passage: StoredPassage,
    sentence: Sentence,
    reading: SentenceReading,
) -> tuple[int, int] | None:
    """Where the exact answer stands that a reader sees in a sentence, if it can be one.

    `said` are the lower-case words of the question.
    """
    if reading.answer is None or question.is_of_whole_sentences:
        return None
    text = passage.article.text
    if is_row(sentence.text):
        place = sentence.start, sentence.end
        return cell_asked_for(question.stems, text, *place, reading.answer)
    answer = _behind_dateline(question, text, sentence, reading.answer)
    words = text[slice(*answer)]
    points_back = question.wanted == "person" and POINTS_BACK.match(words)
    if points_back or _is_empty(words, answer[0] == sentence.start):
        return None  # who that is stands elsewhere
    if question.is_choice:
        chosen = {w.lower() for w in words_of(words)} - STOPWORDS
        return answer if chosen <= said else None
    stems = stems_of(words)
    if stems and stems <= question.stems:
        return None  # it only says again what is asked
    if question.wanted == "reason":
        answer = _reason_around(sentence, answer)
        if _is_no_reason(sentence, answer):
            return None
    elif question.is_of_several or "following" in words:
        answer = _announced(sentence, answer)
    return _whole(sentence, answer)


def is_no_answer(question: Question, text: str, place: tuple[int, int]) -> bool:
    """Whether the exact words at `place` in `text` can't be one, whatever a reader makes of them.

    A number does not answer who, nor does a name that is in the question, and somebody's age ("Ann
    Lee, 47, of Bath") no more than how old or how many.
    """
    start, end = place
    if any(ch.isalpha() for ch in text[start:end]):
        return _is_whom_it_names(question, text[start:end])
    is_age = end - start < 3 and _AGE.search(text[max(start - 40, 0) : end + 1]) is not None
    is_who = question.wanted == "person" and not _NUMBERED.search(text[max(start - 20, 0) : start])
    return is_who or (is_age and question.wanted not in _NUMBERS)


def _behind_dateline(
    question: Question, text: str, sentence: Sentence, answer: tuple[int, int]
) -> tuple[int, int]:
    """The answer without the place before an article, which is not who did something; or all of it.

    "HALDEN - Rovers" becomes "Rovers", and nothing is left of "HALDEN" alone.
    """
    begins = sentence.start == 0 or text[sentence.start - 1] == "\n"
    dateline = _DATELINE.match(sentence.text) if begins else None
    first = sentence.start + dateline.end() if dateline else sentence.start
    if answer[0] >= first or (answer[1] <= first and question.wanted != "person"):
        return answer
    return first, max(answer[1], first)


def _is_empty(words: str, opens_sentence: bool) -> bool:
    """Whether `words` are pronouns, titles and others that say nothing alone: "who she was"."""
    return all(
        word in _EMPTY
        or word.lower() in _TITLES
        or (word.lower() in _PRONOUNS and not (word.isupper() and len(word) > 1))
        or (opens_sentence and place == 0 and word.lower() in _QUESTION_WORDS)
        for place, word in enumerate(words_of(words))
    )


def _is_whom_it_names(question: Question, words: str) -> bool:
    """Whether `words` are only a fuller form of a name that a question for somebody has itself.

    "Who succeeds Maller?" does not ask for Ingrid Maller, as "Who is Maller?" may, and "Who is
    Maller's sister?".
    """
    name = _ONE_NAME.fullmatch(words) if question.wanted == "person" else None
    if name is None or _RELATIVES.search(question.text) or _ASKS_WHO_THAT_IS.search(question.text):
        return False
    asked = _NAMED.findall(question.text[1:])  # "Who" is no name
    return any(name[1].endswith(f" {named}") for named in asked)


def _whole(sentence: Sentence, answer: tuple[int, int]) -> tuple[int, int]:
    """The answer without half a quotation."""
    first, last = (place - sentence.start for place in answer)
    first, last = with_whole_quotations(sentence.text, first, last)
    return sentence.start + first, sentence.start + last


def _reason_around(sentence: Sentence, answer: tuple[int, int]) -> tuple[int, int]:
    """The clause of a sentence that gives a reason and shares words with the answer, or else it."""
    clauses = (found.span() for found in _REASON.finditer(sentence.text))
    placed = ((sentence.start + first, sentence.start + last) for first, last in clauses)
    return next((c for c in placed if c[0] < answer[1] and answer[0] < c[1]), answer)


def _is_no_reason(sentence: Sentence, answer: tuple[int, int]) -> bool:
    """Whether the answer is only who or what the sentence is about, or what was done.

    "The alert reached nobody" gives neither with "The alert" nor with "reached" a reason why.
    """
    first, last = (place - sentence.start for place in answer)
    told = sentence.text[first:last]
    is_subject = first == 0 and _DOES.match(sentence.text, last) is not None
    return (is_subject and len(told.split()) <= MOST_OF_SUBJECT) or _DONE.fullmatch(
        told
    ) is not None


def _announced(sentence: Sentence, answer: tuple[int, int]) -> tuple[int, int]:
    """What a colon or "including" in the sentence promises, where the answer stands before, or it.

    "It rests on three principles: ..." answers with them, not with "three principles".
    """
    told = _PROMISED.match(sentence.text, answer[0] - sentence.start)
    if told is None:
        return answer
    first, last = told.span(told.lastgroup or 0)
    return sentence.start + first, sentence.start + last
