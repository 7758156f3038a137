"""What a question means after the questions before it: the query that is really searched.

For the words, "When did it happen?" takes along the words of the turn before and "and Russia?"
puts a new name into it; a question that stands on its own is left alone. For the meaning, a
question leans lightly on all the turns before it. Both were chosen on conversations by people
(MTRAG, clapnq): joining all turns into one query finds less than the last one alone.
"""

import re
from collections.abc import Sequence

from qa.questions import stem, stems_of, wanted, words_of
from qa.records import Turn
from qa.stopwords import STOPWORDS

MAX_TURNS = 10
MAX_QUERY_CHARS = 1000
MAX_ANSWER_CHARS = 4000
EARLIER_WEIGHT = 0.4
"""What all earlier questions weigh together in the vector, where the question itself weighs 1."""

_ELLIPSIS = re.compile(r"^(?:and|but|or|so|what about|how about|and what about)\b[\s,:]*", re.I)
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|"
    r"had|can|could|will|would|should)\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|"
    r"then|both|same|former|latter|one|ones|others?|else)\b",
    re.I,
)
_OF_A_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.I)
_HERS = re.compile(rf"\bhis\b|\bhers\b|\bher\b(?=\s+(?!(?:{'|'.join(STOPWORDS)})\b)\w)", re.I)
_WHO_IS = re.compile(r"(?i:who(?:['’]s|\s+is|\s+was))\s+[A-Z]")
_DEFINITE = re.compile(r"\bthe\s+(\w+)", re.I)
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:of\s+|the\s+)?[A-Z][\w’'-]*)*")
_PERSON = re.compile(r"\b[A-Z][a-zà-ÿ’'-]+(?:\s+[A-Z][\w’'-]+)+")
_PREPOSITIONS = "about|against|at|between|by|during|for|from|in|of|on|since|to|with"
_PREPOSITION = re.compile(rf"(?:{_PREPOSITIONS})\s", re.I)
_PHRASE = re.compile(rf"\s(?:{_PREPOSITIONS})\s.+?(?=\s(?:{_PREPOSITIONS})\s|[?.!\s]*$)", re.I)
"""A preposition and what belongs to it, up to the next one."""
_TIME = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b\w+day\b|"
    r"\b(?:spring|summer|autumn|fall|winter|year|month|week)s?\b",
    re.I,
)
_THING = re.compile(r"\b(?:the|an?|this|that|these|those)((?:\s+[^\W\d_][\w’'-]*)+)", re.I)
"""A noun with its article, and all words after it."""
_OTHER_ONE = re.compile(r"the\s+(\w+)\s+ones?", re.I)
_ONE = re.compile(r"\bthe\s+(\w+)\s+\w", re.I)
_HELPS = re.compile(
    r"\b(?P<be>is|are|was|were)\s+$|\b(?:do|does|did|has|have|had|can|could|will|would|should)\s+$",
    re.I,
)
_PARTICIPLE = re.compile(
    r"(?:ed|built|held|made|born|found|sold|won|lost|shot|hit|cut|paid|sent|told|bought|set|put|"
    r"taken|given|written|known|seen|shown|done|begun|stolen|chosen|broken|driven|thrown)$"
)
_MAX_ELLIPSIS_WORDS = 6


def recent(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The last turns, as much of each as counts: anyone may send a history of any length."""
    return tuple(
        Turn(turn.question[:MAX_QUERY_CHARS], turn.answer[:MAX_ANSWER_CHARS])
        for turn in history[-MAX_TURNS:]
    )


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The query for `question` after `history` (oldest first); itself where it needs none."""
    turns = recent(history)
    if not turns:
        return question
    earlier = standalone(turns[-1].question, turns[:-1])
    return _resolve(question, earlier, turns[-1])[:MAX_QUERY_CHARS]


def carried(question: str, query: str, history: Sequence[Turn]) -> tuple[tuple[str, float], ...]:
    """The texts whose weighted vectors, summed, are searched by; the question first, weight 1.

    Earlier questions follow, oldest first, and share EARLIER_WEIGHT. A question that was put
    into the one before ("and Russia?"), or into other words, stands as `query` has it.
    """
    turns = recent(history)
    asked = question if query.startswith(question[:MAX_QUERY_CHARS]) else query
    return ((asked, 1.0), *((turn.question, EARLIER_WEIGHT / len(turns)) for turn in turns))


def _resolve(question: str, earlier: str, last: Turn) -> str:
    ellipsis = _ELLIPSIS.match(question)
    rest = question[ellipsis.end() :].strip(" ?!.") if ellipsis else ""
    if (other := _OTHER_ONE.fullmatch(rest)) and (one := _ONE.search(earlier)):
        return f"{earlier[: one.start(1)]}{other[1]}{earlier[one.end(1) :]}"
    is_short = not _ASKS.search(rest) and len(rest.split()) <= _MAX_ELLIPSIS_WORDS
    if rest and is_short and not _POINTS_BACK.search(rest):
        swapped = _swap(earlier, rest)
        if swapped:
            return swapped
    if _leans_on_earlier(question, f"{earlier} {last.answer}"):
        return _with_topic(question, earlier, last)
    return question


def _swap(earlier: str, rest: str) -> str | None:
    """`earlier` asked again about `rest`, in place of what is like it, or else added.

    None where neither makes a question: who it is or how many, that is asked of one thing.
    """
    if _PREPOSITION.match(rest):
        place = _like_phrase(earlier, rest)
        return _put(earlier, *place, f" {rest}") if place else f"{earlier.rstrip(' ?')} {rest}?"
    bare = re.sub(r"^the\s+", "", rest, flags=re.I)
    place = _name_in(earlier, bare) if bare[:1].isupper() else _thing_in(earlier)
    if place:
        has_article = earlier[: place[0]].lower().endswith("the ")
        return _put(earlier, *place, bare if has_article else rest)
    return f"{earlier.rstrip(' ?')} {rest}?" if wanted(earlier) == "other" else None


def _put(text: str, start: int, end: int, words: str) -> str:
    """`text` with `words` in place of what stands there, none of them doubled by what follows."""
    after = text[end:]
    said = words.split()
    for count in range(len(said) - 1, 0, -1):
        tail = " " + " ".join(said[count:])
        if re.match(rf"{re.escape(tail)}\b", after, re.I):
            after = after[len(tail) :]
            break
    return f"{text[:start]}{words}{after}"


def _like_phrase(earlier: str, rest: str) -> tuple[int, int] | None:
    """Where `earlier` has a phrase with the preposition of `rest`, of time if that is one."""
    preposition = rest.split()[0].lower()
    is_time = bool(_TIME.search(rest))
    like = [
        found.span()
        for found in _PHRASE.finditer(earlier)
        if found.group().split()[0].lower() == preposition
        and bool(_TIME.search(found.group())) == is_time
    ]
    return like[-1] if like else None


def _name_in(earlier: str, rest: str) -> tuple[int, int] | None:
    """Where the first name of `earlier` stands that `rest` does not say."""
    for name in _names(earlier):
        if name.lower() not in rest.lower():
            start = earlier.index(name)
            return start, start + len(name)
    return None


def _thing_in(earlier: str) -> tuple[int, int] | None:
    """Where `earlier` names a thing with its article, without the verb that may follow."""
    found = _THING.search(earlier)
    if not found:
        return None
    words = list(re.finditer(r"\S+", found[1]))
    ends = (n for n, word in enumerate(words) if word.group().lower() in STOPWORDS)
    count = next(ends, len(words))
    helps = _HELPS.search(earlier[: found.start()])
    if count == len(words) > 1 and helps:
        is_verb = not helps["be"] or _PARTICIPLE.search(words[-1].group())
        count -= bool(is_verb)
    return (found.start(), found.start(1) + words[count - 1].end()) if count else None


def _leans_on_earlier(question: str, before: str) -> bool:
    """Whether `question` points back, says almost nothing, or speaks of a thing of `before`."""
    content = [w for w in words_of(question) if w.lower() not in STOPWORDS]
    if len(content) < 2 and not _names(question):
        return True
    if _POINTS_BACK.search(question) or _ELLIPSIS.match(question):
        return True
    told = stems_of(before)
    definite = {stem(word) for word in _DEFINITE.findall(question)}
    return not _names(question) and not told.isdisjoint(definite)


def _with_topic(question: str, earlier: str, last: Turn) -> str:
    """`question` with the words that `earlier` was about and it does not say itself.

    A person stands in it by name, where "he" or "she" was.
    """
    person = _person(earlier, last) if _OF_A_PERSON.search(question) else None
    if person:
        question = _HERS.sub(f"{person}’s", question, count=1)
        question = _OF_A_PERSON.sub(person, question, count=1)
    said = {w.lower() for w in words_of(question)}
    topic = [w for w in words_of(earlier) if w.lower() not in STOPWORDS and w.lower() not in said]
    return " ".join([question, *topic])


def _person(earlier: str, last: Turn) -> str | None:
    """Who was the answer to who it was, or was asked about; None if that is not one full name."""
    asked = _PERSON.findall(", ".join(_names(earlier)))
    if wanted(last.question) == "person" and not _WHO_IS.match(last.question):
        answered = [p for p in _PERSON.findall(last.answer) if not any(a in p for a in asked)]
        asked = answered[:1] or asked
    return asked[0] if len(set(asked)) == 1 else None


def _names(text: str) -> list[str]:
    """Proper names of `text`, as they stand; a question word at its start is none."""
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        if match.start() == 0 or text[: match.start()].rstrip().endswith(("?", ".")):
            words = words[1:] if words[0].lower() in STOPWORDS or len(words) == 1 else words
        if words:
            found.append(" ".join(words))
    return found
