"""What a question means after the questions before it: the query that is really searched.

For the words, "When did it happen?" takes along the words of the turn before and "and Russia?"
puts a new name into it; a question that stands on its own is left alone. For the meaning, a
question leans lightly on all the turns before it. Both were chosen on conversations by people
(MTRAG, clapnq): joining all turns into one query finds less than the last one alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.asked_again import CAPITALS, PREPOSITION, asked_again, names_in
from qa.questions import stem, stems_of, wanted, words_of
from qa.records import Turn
from qa.stopwords import STOPWORDS
from qa.wording import TOLD_CHARS

MAX_TURNS = 10
MAX_QUERY_CHARS = 1000
EARLIER_WEIGHT = 0.4
"""What all earlier questions weigh together in the vector, where the question itself weighs 1."""
DENSE_WEIGHT = 2.0
"""Weight of the search by meaning for a follow-up, whose words say less; see the README's MTRAG."""

_ELLIPSIS = re.compile(r"^(?:and|but|or|so|what about|how about|and what about)\b[\s,:]*", re.I)
_BACK_TO = re.compile(
    r"(?:(?:and|ok|so|now),?\s+)*(?:(?:going|coming)\s+)?back to ([^,:?]+)[,:]\s*(\S.*)",
    re.I | re.S,
)
_CORRECTION = re.compile(r"^(?:(?:no|sorry|wait)\b[\s,.!]*)*i (?:meant|mean)\b[\s,:]*", re.I)
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """An earlier turn, and what was asked in it, in words that stand on their own."""

    turn: Turn
    query: str


def recent(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The last turns, as much of each as counts: anyone may send a history of any length."""
    return tuple(
        replace(
            turn,
            question=turn.question[:MAX_QUERY_CHARS],
            answer=turn.answer[:TOLD_CHARS],
            query=turn.query[:MAX_QUERY_CHARS],
        )
        for turn in history[-MAX_TURNS:]
    )


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The query for `question` after `history` (oldest first); itself where it needs none."""
    return _resolve(question, _asked(history))[:MAX_QUERY_CHARS]


def with_topic(question: str, history: Sequence[Turn]) -> str | None:
    """The query for `question` as one about what the conversation is about.

    None where it says itself what it is about, by a name or by what it leans on: else "How many
    people took part?" may ask anything, or go on.
    """
    asked = _asked(history)
    if not asked or names_in(question) or _resolve(question, asked) != question:
        return None
    return _with_topic(question, asked)[:MAX_QUERY_CHARS]


def _asked(history: Sequence[Turn]) -> list[_Asked]:
    """The turns that a question may lean on.

    Nothing leans on "Thanks", or on what no article answered and that names nothing.
    """
    asked: list[_Asked] = []
    for turn in recent(history):
        query = turn.query or _resolve(turn.question, asked)[:MAX_QUERY_CHARS]
        if not turn.is_refused or names_in(turn.question):
            asked.append(_Asked(turn, query))
    return asked


def carried(question: str, query: str, history: Sequence[Turn]) -> tuple[tuple[str, float], ...]:
    """The texts whose weighted vectors, summed, are searched by; the question first, weight 1.

    Earlier questions follow, oldest first, and share EARLIER_WEIGHT. A question that was put
    into the one before ("and Russia?"), or into other words, stands as `query` has it.
    """
    turns = recent(history)
    asked = question if query.startswith(question[:MAX_QUERY_CHARS]) else query
    return ((asked, 1.0), *((turn.question, EARLIER_WEIGHT / len(turns)) for turn in turns))


def _resolve(question: str, asked: Sequence[_Asked]) -> str:
    if not asked:
        return question
    if back := _BACK_TO.fullmatch(question):
        return _resolve(back[2], _up_to(back[1], asked))
    question = _CORRECTION.sub("and ", question)
    earlier, last = asked[-1].query, asked[-1].turn
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
        return _with_topic(question, asked)
    return question


def _up_to(topic: str, asked: Sequence[_Asked]) -> Sequence[_Asked]:
    """The turns up to the last one that spoke of `topic`; all of them where none did."""
    meant = stems_of(topic)
    told = (n for n in range(len(asked), 0, -1) if meant & stems_of(asked[n - 1].query))
    return asked[: next(told, len(asked))]


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


def _with_topic(question: str, asked: Sequence[_Asked]) -> str:
    """`question` with the words that those before were about and it does not say itself.

    A person stands in it by name, where "he" or "she" was; it needs no more words where the
    question before spoke of the same person so.
    """
    topic, earlier, last = _topic(question, asked), asked[-1].query, asked[-1].turn
    same = _same_person(earlier, last.question)
    person = (same or _person(earlier, last.answer)) if _speaks_of_one(question) else None
    if person and (first := _OF_A_PERSON.search(question)):
        is_possessive = _HERS.match(question, first.start())
        name = f"{person}’s" if is_possessive else person
        question = f"{question[: first.start()]}{name}{question[first.end() :]}"
    if person and same:
        return question
    said = {w.lower() for w in words_of(question)}
    told = words_of(_HOW.sub("", topic))
    new = dict.fromkeys(w for w in told if w.lower() not in STOPWORDS and w.lower() not in said)
    return " ".join([question, *new])


def _topic(question: str, asked: Sequence[_Asked]) -> str:
    """The last question that stood on its own, and the names since; of "Why?", the last one."""
    if not stems_of(question):
        return asked[-1].query
    first = max((n for n, before in enumerate(asked) if not _has_more(before)), default=0)
    names = [name for before in asked[first:] for name in names_in(before.query)]
    if names and len(stems_of(question)) > 1 and not _POINTS_BACK.search(question):
        return " ".join(names)
    return " ".join([asked[first].query, *names])


def _has_more(asked: _Asked) -> bool:
    """Whether the words of earlier questions were put behind what was asked."""
    query, question = words_of(asked.query), words_of(asked.turn.question)
    return query[:1] == question[:1] and len(query) > len(question)


def _speaks_of_one(question: str) -> bool:
    """Whether its pronouns are of one person: "she" and "her", but not "he" and "her"."""
    pronouns = {pronoun.lower() for pronoun in _OF_A_PERSON.findall(question)}
    return bool(pronouns) and (pronouns <= _MALE or pronouns.isdisjoint(_MALE))


def _same_person(earlier: str, asked: str) -> str | None:
    """Whose name came into `earlier` for the pronoun of the question that was `asked`."""
    pronoun = _OF_A_PERSON.search(asked) if _speaks_of_one(asked) else None
    if pronoun is None or not earlier.startswith(asked[: pronoun.start()]):
        return None
    name = next(iter(names_in(f"x {earlier[pronoun.start() :]}")), "")
    is_there = name and earlier.startswith(name, pronoun.start())
    return _POSSESSIVE.sub("", name) if is_there else None


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
