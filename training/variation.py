"""Pairs told otherwise, for the later part of training: other questions, other texts around.

People who ask about news tell something first ("Two ministers met. When did ...?") or ask within a
statement ("The treaty was signed in which city?"), and a passage of an index begins and ends where
it happens to. The pairs know neither. Each variation keeps what is marked, and some take the
answer away: a text without its answering sentence answers no more, however alike it is.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pairs import MAX_CHARS, Pair, Span, long_words, sentences_in

TOLD_FIRST, ASKED_WITHIN = 0.22, 0.07
"""For these shares of the questions, something is told first, or the question is a statement."""
TAKEN_OUT = 0.5
"""Of what is told first, this share no longer stands in the text: else it would give it away."""
UNANSWERED, UNANSWERED_TOLD = 0.04, 0.25
"""For these shares of the answered questions, and of those that tell something first, the text
without its answer comes along."""
CROPPED, JOINED = 0.3, 0.2
"""These shares of the texts lose sentences at their ends, or get some of another text."""
UNTITLED = 0.1
NO_QUESTION_MARK = 0.3
"""This share of questions loses its question mark: people leave it out."""
MASKED = 0.12
"""This share of the answered questions lacks a word."""
_PHRASE = re.compile(
    r"\b((?i:who|whom|when|where|how many|how much|what|which))\b(?:\s+([a-z]\w+))?"
)
_NO_NOUN = frozenset(
    "is was are were do does did can could has have had will would should may might to of the a an "
    "be by in on at for it he she they".split()
)


def texts_of(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """The texts of each source, one for each pair."""
    texts = defaultdict(list)
    for pair in pairs:
        texts[pair.source].append(pair.text)
    return texts


def varied(
    pairs: Sequence[Pair], rng: random.Random, texts: dict[str, list[str]] | None = None
) -> list[Pair]:
    """`pairs` told otherwise, and some more, shuffled; `texts` are what may be joined to them."""
    texts = texts or texts_of(pairs)
    told = [_around(pair, texts[pair.source], rng) for pair in _asked_otherwise(pairs, rng)]
    rng.shuffle(told)
    return told


def _asked_otherwise(pairs: Sequence[Pair], rng: random.Random) -> Iterator[Pair]:
    """Every pair with its question as it is told now: the same beside all texts."""
    questions: dict[tuple[str, str], str] = {}
    for pair in pairs:
        key = pair.source, pair.question
        if pair.answers and key not in questions:
            questions[key] = _question(pair, rng)
    for pair in pairs:
        question = questions.get((pair.source, pair.question), pair.question)
        other = replace(pair, question=question)
        is_told = question != pair.question and question.endswith(pair.question)
        if pair.answers and rng.random() < (UNANSWERED_TOLD if is_told else UNANSWERED):
            yield from without_answer(other)
        if pair.answers and is_told and rng.random() < TAKEN_OUT:
            other = _without(other, question.removesuffix(pair.question).strip(" ."))
        yield other


def _question(pair: Pair, rng: random.Random) -> str:
    """The question of an answered pair as it is told now, mostly as it was."""
    chance = rng.random()
    if chance < TOLD_FIRST:
        return told_first(pair, rng)
    if chance < TOLD_FIRST + ASKED_WITHIN:
        return asked_within(pair, rng)
    return pair.question


def told_first(pair: Pair, rng: random.Random) -> str:
    """The question after a sentence of its text that shares words with it and does not answer."""
    said = _beside(pair, rng)
    if not said:
        return pair.question
    return f"{said}{'' if said[-1] in '.!?' else '.'} {pair.question}"


def _beside(pair: Pair, rng: random.Random) -> str:
    """One of the two sentences that share most words with the question and don't answer it."""
    free = [
        pair.text[start:end].strip()
        for start, end in sentences_in(pair.text)
        if 30 < end - start < 170 and not touches((start, end), pair.evidence + pair.answers)
    ]
    asked = long_words(pair.question)
    best = sorted(free, key=lambda text: -len(asked & long_words(text)))[:2]
    return rng.choice(best) if best else ""


def headed(pair: Pair, rng: random.Random) -> Pair:
    """The pair under a headline: the beginning of a sentence that does not answer.

    An article of news has one that tells what it is about, and often its text does not repeat it.
    """
    said = _beside(pair, rng)
    if not said:
        return pair
    title = " ".join(said.split()[: rng.randint(6, 14)]).rstrip(".,;:!?")
    without = _without(pair, said.strip(" ."))
    if without.text.strip() and rng.random() < TAKEN_OUT:
        pair = without
    return replace(pair, title=title)


def without_mark(pair: Pair) -> Pair:
    """The pair without its question's mark."""
    return replace(pair, question=pair.question.rstrip("?"))


def masked(question: str, rng: random.Random) -> str:
    """The question with up to a third of its later words unknown.

    As good as unknown are, to a reader, the words of a question that the text says otherwise.
    """
    words = question.split()
    if len(words) >= 6:
        for at in rng.sample(range(1, len(words)), rng.randint(1, len(words) // 3)):
            words[at] = "[MASK]"
    return " ".join(words)


def asked_within(pair: Pair, rng: random.Random) -> str:
    """The sentence that answers, the question's own question word in place of the answer."""
    asking = _asking(pair.question, rng)
    if pair.whole or not pair.evidence or not asking:
        return pair.question
    (start, end), (first, last) = pair.answers[0], pair.evidence[0]
    before, after = pair.text[first:start].split(), pair.text[end:last].rstrip(' .!?"').split()
    if not first <= start < end <= last or end - start > 60 or len(before) + len(after) < 6:
        return pair.question
    before, after = before[-rng.randint(8, 16) :], after[: rng.randint(6, 14)]
    words = [w for w in before if rng.random() > 0.15]
    words += [asking, *(w for w in after if rng.random() > 0.15)]
    said = " ".join(words)
    return f"{said[0].upper()}{said[1:]}?"


def _asking(question: str, rng: random.Random) -> str:
    """The words that ask, with the noun of "which" and "what"; empty if there are none."""
    found = _PHRASE.search(question)
    if not found:
        return ""
    word, noun = found[1].lower(), found[2]
    if word not in ("what", "which"):
        return word
    return f"{rng.choice(('which', 'what'))} {noun}" if noun and noun not in _NO_NOUN else "what"


def without_answer(pair: Pair) -> list[Pair]:
    """The pair without the sentences that answer; none where its text still answers."""
    marked = pair.evidence + pair.answers
    spans = [span for span in sentences_in(pair.text) if not touches(span, marked)]
    text = " ".join(pair.text[start:end].strip() for start, end in spans)
    if len(spans) < 2 or any(pair.text[s:e].lower() in text.lower() for s, e in pair.answers):
        return []
    return [replace(pair, text=text, answers=(), evidence=())]


def _without(pair: Pair, said: str) -> Pair:
    """The pair without the sentence `said`."""
    for start, end in sentences_in(pair.text):
        if pair.text[start:end].strip(" .") == said:
            start, end = start, end + len(pair.text[end:]) - len(pair.text[end:].lstrip())
            return _moved(pair, pair.text[:start] + pair.text[end:], start, start - end)
    return pair


def _around(pair: Pair, others: Sequence[str], rng: random.Random) -> Pair:
    """The pair with more or less text around what is marked, perhaps no title, a word less."""
    chance = rng.random()
    if chance < CROPPED:
        pair = cropped(pair, rng)
    elif chance < CROPPED + JOINED:
        pair = joined(pair, rng.choice(others), rng)
    if rng.random() < UNTITLED:
        pair = replace(pair, title="")
    words = pair.question.split()
    if pair.answers and len(words) >= 6 and rng.random() < MASKED:
        at = rng.randrange(1, len(words))
        words[at : at + 1] = ["[MASK]"] if rng.random() < 0.6 else []
        pair = replace(pair, question=" ".join(words))
    return pair


def cropped(pair: Pair, rng: random.Random) -> Pair:
    """The pair without some sentences before and behind what is marked, three or more kept."""
    spans = sentences_in(pair.text)
    marked = pair.evidence + pair.answers
    held = [row for row, span in enumerate(spans) if touches(span, marked)]
    if len(spans) < 4:
        return pair
    anywhere = rng.randrange(len(spans))
    low = rng.randint(0, min(held, default=anywhere))
    high = rng.randint(max(held, default=anywhere) + 1, len(spans))
    start, end = spans[low][0], spans[high - 1][1]
    if high - low < 3 or any(s < start or e > end for s, e in marked):
        return pair
    return _moved(pair, pair.text[start:end], 0, -start)


def joined(pair: Pair, other: str, rng: random.Random) -> Pair:
    """The pair with sentences of another text before or behind, if they don't hold an answer."""
    answers = [pair.text[s:e].lower() for s, e in pair.answers]
    if other == pair.text or any(answer in other.lower() for answer in answers):
        return pair
    spans, room = sentences_in(other), MAX_CHARS - len(pair.text)
    if rng.random() < 0.5:
        starts = [start for start, _ in spans if len(other) - start <= room]
        lead = f"{other[starts[0] :].strip()} " if starts else ""
        return _moved(pair, lead + pair.text, 0, len(lead))
    ends = [end for _, end in spans if end <= room]
    return replace(pair, text=f"{pair.text} {other[: ends[-1]]}") if ends else pair


def _moved(pair: Pair, text: str, behind: int, by: int) -> Pair:
    """The pair with this text, and its marks from `behind` on moved by so many characters."""
    answers, evidence = (
        tuple((s + by, e + by) if s >= behind else (s, e) for s, e in marks)
        for marks in (pair.answers, pair.evidence)
    )
    return replace(pair, text=text, answers=answers, evidence=evidence)


def touches(span: Span, marked: Sequence[Span]) -> bool:
    """Whether a span shares a character with one of the marked ones."""
    return any(start < span[1] and end > span[0] for start, end in marked)
