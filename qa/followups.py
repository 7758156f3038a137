"""What a question means after the questions before it: the query that is really searched.

For the words, "When did it happen?" takes along the words of the turn before and "and Russia?"
puts a new name into it; a question that stands on its own is left alone. For the meaning, a
question leans lightly on all the turns before it. Both were chosen on conversations by people
(MTRAG, clapnq): joining all turns into one query finds less than the last one alone.
"""

import re
from collections.abc import Sequence

from qa.library import STOPWORDS
from qa.questions import stem, stems_of, wanted, words_of
from qa.records import Turn

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
_OF_A_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.I)
_DEFINITE = re.compile(r"\bthe\s+(\w+)", re.I)
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:of\s+|the\s+)?[A-Z][\w’'-]*)*")
_PERSON = re.compile(r"\b[A-Z][a-zà-ÿ’'-]+(?:\s+[A-Z][\w’'-]+)+")
_PREPOSITION = re.compile(r"(?:about|against|at|between|by|for|from|in|of|on|to|with)\s", re.I)
_MAX_ELLIPSIS_WORDS = 6


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The query for `question` after `history` (oldest first); itself where it needs none."""
    turns = history[-MAX_TURNS:]
    if not turns:
        return question
    earlier = standalone(turns[-1].question, turns[:-1])
    return _resolve(question, earlier, turns[-1])[:MAX_QUERY_CHARS]


def carried(question: str, query: str, history: Sequence[Turn]) -> tuple[tuple[str, float], ...]:
    """The texts whose weighted vectors, summed, are searched by; the question first, weight 1.

    Earlier questions follow, oldest first, and share EARLIER_WEIGHT. A question that was put
    into the one before ("and Russia?"), or into other words, stands as `query` has it.
    """
    turns = history[-MAX_TURNS:]
    asked = question if query.startswith(question[:MAX_QUERY_CHARS]) else query
    return ((asked, 1.0), *((turn.question, EARLIER_WEIGHT / len(turns)) for turn in turns))


def _resolve(question: str, earlier: str, last: Turn) -> str:
    ellipsis = _ELLIPSIS.match(question)
    rest = question[ellipsis.end() :].strip(" ?!.") if ellipsis else ""
    if ellipsis and rest and not _ASKS.search(rest) and len(rest.split()) <= _MAX_ELLIPSIS_WORDS:
        return _swap(earlier, rest)
    if _leans_on_earlier(question, f"{earlier} {last.answer}"):
        return _with_topic(question, earlier, last)
    return question


def _swap(earlier: str, rest: str) -> str:
    """Ask `earlier` again about `rest`: in place of its first name or like phrase, or added."""
    if rest[:1].isupper():
        for name in _names(earlier):
            if name.lower() not in rest.lower():
                return earlier.replace(name, rest, 1)
    preposition = _PREPOSITION.match(rest)
    if preposition and (at := earlier.lower().rfind(f" {preposition.group().lower()}")) >= 0:
        return f"{earlier[:at]} {rest}?"
    return f"{earlier.rstrip(' ?')} {rest}?"


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
    """`question` with the words that `earlier` was about and it does not say itself."""
    said = {w.lower() for w in words_of(question)}
    topic = [w for w in words_of(earlier) if w.lower() not in STOPWORDS and w.lower() not in said]
    if _OF_A_PERSON.search(question) and wanted(last.question) == "person":
        person = _PERSON.search(last.answer)
        topic = ([person.group()] if person else []) + topic
    return " ".join([question, *topic])


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
