"""What a question means after the questions before it: the query that is really searched.

For the words, "When did it happen?" takes along the words of the turn before and "and Russia?"
puts a new name into it; a question that stands on its own is left alone. For the meaning, a
question leans lightly on all the turns before it. Both were chosen on conversations by people
(MTRAG, clapnq): joining all turns into one query finds less than the last one alone.
"""

import re
from collections.abc import Sequence

from qa.asked_again import CAPITALS, PREPOSITION, asked_again, names_in
from qa.questions import stem, stems_of, wanted, words_of
from qa.records import Turn
from qa.stopwords import STOPWORDS
from qa.wording import TOLD_CHARS

MAX_TURNS = 10
MAX_QUERY_CHARS = 1000
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
_OTHER_ONE = re.compile(r"\bthe\s+\w+\s+ones?\b", re.I)
_OF_A_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.I)
_MALE = frozenset(("he", "him", "his"))
_HERS = re.compile(rf"\bhis\b|\bhers\b|\bher\b(?=\s+(?!(?:{'|'.join(STOPWORDS)})\b)\w)", re.I)
_WHO_IS = re.compile(
    rf"(?i:who(?:['’]s|\s+is|\s+was))\s+"
    rf"([{CAPITALS}][\w’'-]*(?:\s+(?:(?:de|del|van|von|bin|al)\s+)*[{CAPITALS}][\w’'-]*)*)\s*\??"
)
_HOW = re.compile(r"\bhow\s+(?:many|much|long|old|far|often)\b", re.I)
_DEFINITE = re.compile(r"\bthe\s+(\w+)", re.I)
_PERSON = re.compile(
    rf"\b(?!(?:Dr|Prof|Mr|Mrs|Ms)\b)[{CAPITALS}][^\W\d_A-Z][\w’'-]*(?:\s+[{CAPITALS}][\w’'-]+)+"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_MAX_ELLIPSIS_WORDS = 6
_BARE_PHRASE = re.compile(rf"{PREPOSITION.pattern}[\w’'-]+(?: [\w’'-]+){{0,2}}[ ?!.]*", re.I)


def recent(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The last turns, as much of each as counts: anyone may send a history of any length."""
    return tuple(
        Turn(turn.question[:MAX_QUERY_CHARS], turn.answer[:TOLD_CHARS])
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
    if _BARE_PHRASE.fullmatch(question):  # "For lorries?"
        rest = f"{question[0].lower()}{question[1:]}".strip(" ?!.")
    is_short = not _ASKS.search(rest) and len(rest.split()) <= _MAX_ELLIPSIS_WORDS
    if rest and is_short and (_OTHER_ONE.search(rest) or not _POINTS_BACK.search(rest)):
        is_aside = bool(ellipsis and "about" in ellipsis.group().lower())
        again = asked_again(earlier, rest, may_add=not is_aside)
        if again:
            return again
    if _leans_on_earlier(question, f"{earlier} {last.answer}"):
        return _with_topic(question, earlier, last)
    return question


def _leans_on_earlier(question: str, before: str) -> bool:
    """Whether `question` points back, says almost nothing, or speaks of a thing of `before`."""
    content = [w for w in words_of(question) if w.lower() not in STOPWORDS]
    if len(content) < 2 and not names_in(question):
        return True
    if _POINTS_BACK.search(question) or _ELLIPSIS.match(question):
        return True
    told = stems_of(before)
    definite = {stem(word) for word in _DEFINITE.findall(question)}
    return not names_in(question) and not told.isdisjoint(definite)


def _with_topic(question: str, earlier: str, last: Turn) -> str:
    """`question` with the words that `earlier` was about and it does not say itself.

    A person stands in it by name, where "he" or "she" was; it needs no more words where the
    question before spoke of the same person so.
    """
    same = _same_person(earlier, last.question)
    person = (same or _person(earlier, last.answer)) if _speaks_of_one(question) else None
    if person and (first := _OF_A_PERSON.search(question)):
        is_possessive = _HERS.match(question, first.start())
        name = f"{person}’s" if is_possessive else person
        question = f"{question[: first.start()]}{name}{question[first.end() :]}"
    if person and same:
        return question
    said = {w.lower() for w in words_of(question)}
    told = words_of(_HOW.sub("", earlier))
    topic = [w for w in told if w.lower() not in STOPWORDS and w.lower() not in said]
    return " ".join([question, *topic])


def _speaks_of_one(question: str) -> bool:
    """Whether its pronouns are of one person: "she" and "her", but not "he" and "her"."""
    pronouns = {pronoun.lower() for pronoun in _OF_A_PERSON.findall(question)}
    return bool(pronouns) and (pronouns <= _MALE or pronouns.isdisjoint(_MALE))


def _same_person(earlier: str, asked: str) -> str | None:
    """Whose name came into `earlier` for the pronouns of the question that was `asked`."""
    if not _speaks_of_one(asked):
        return None
    new = [name for name in names_in(earlier) if name not in asked]
    return _POSSESSIVE.sub("", new[0]) if len(new) == 1 else None


def _person(earlier: str, answer: str) -> str | None:
    """Who "who is ...?" asked about, or was the answer to who it was; None if not just one."""
    asked = _WHO_IS.fullmatch(earlier.strip())
    if asked:
        return asked[1].strip()
    if wanted(earlier) != "person":
        return None
    named = {_POSSESSIVE.sub("", name) for name in _PERSON.findall(answer)}
    known = frozenset(w.lower() for w in words_of(earlier))
    new = [
        name
        for name in named
        if name.split()[0].lower() not in STOPWORDS
        and not known.issuperset(w.lower() for w in words_of(name))
    ]
    return new[0] if len(new) == 1 else None
