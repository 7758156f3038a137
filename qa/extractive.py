"""Answers without a language model: sentences word for word, each with its citations, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.amounts import numbers_of
from qa.evidence import Candidate
from qa.judge import SHARED_STEMS, Judged, Weighed, exact_answer
from qa.lists import Listed
from qa.questions import stems_of
from qa.records import AnswerSentence, Cell, Citation, ShortAnswer, Verification, Words
from qa.tables import filled, named_cells
from qa.verification import Quote
from qa.whole_rows import with_whole_rows
from qa.wording import REFUSAL, signs_around, without_markers

NAME = "extractive"
FURTHER_SHARE = 0.25
"""A further sentence needs at least this share of the best one's weight."""
WORDS = 40
"""Further sentences are given where all together have at most so many words for each that may be
given: long ones hardly ever bring what shorter ones don't."""
MAX_CITATIONS = 4
_POINTS_BACK = re.compile(
    r"[\"“‘'(]*(?:(?P<one>It|Its|He|She|His|Her)|They|Their|This|That|These|Those|Both|Such|"
    r"The (?:two|three|four|latter|former|pair|duo|same))\b"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer found: an answer in sentences, or a refusal with none."""

    answer: str
    abstained: bool
    confidence: float
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    short_answer: ShortAnswer | None = None
    verification: Verification | None = None


def draft(listed: Listed, confidence: float, *, threshold: float) -> Draft:
    """The best of the answers, at most as many as may be given, a sentence or a row each.

    A refusal when `confidence`, the probability that the best is right, is below `threshold`,
    or when there is nothing to choose from.
    """
    if not listed.answers or confidence < threshold:
        return Draft(REFUSAL, True, confidence)
    room = WORDS * listed.sentences
    best = with_whole_rows(listed.answers, listed.sentences, room)
    chosen = best if listed.are_whole else _in_order(_enough(best, room))
    citations: list[Citation] = []
    answered: list[AnswerSentence] = []
    for answer in chosen:
        first = len(citations) + 1
        cited = [w for w in answer.members if _agrees(w, answer.members[0])][:MAX_CITATIONS]
        for number, weighed in enumerate(cited, first):
            # A sentence's own score: the confidence, times how much heavier the best one is.
            score = confidence * min(weighed.share / best[0].members[0].share, 1.0)
            cited_row = _cells(weighed.candidate)
            citations.append(citation_of(number, weighed.candidate, score, cited_row))
        numbers = tuple(range(first, len(citations) + 1))
        answered.append(AnswerSentence(text=citations[first - 1].quote, citations=numbers))
    answered[-1] = answered[-1].model_copy(update={"left_out": listed.left_out})
    return Draft(
        answer=with_markers(answered),
        abstained=False,
        confidence=confidence,
        sentences=tuple(answered),
        citations=tuple(citations),
        short_answer=_short_answer(chosen[0].members[0]),
    )


def _agrees(other: Weighed, shown: Weighed) -> bool:
    """Whether a sentence that gives the same answer may be cited for the one that is shown.

    Where both tell numbers and none in common, they speak of different things; and so they may
    where they share little but the answer: a name stands in many sentences.
    """
    if other is shown:
        return True
    told, known = (numbers_of(w.candidate.sentence.text) for w in (other, shown))
    if told and known and told.isdisjoint(known):
        return False
    answer = stems_of(exact_answer(shown.candidate))
    said, meant = (stems_of(w.candidate.sentence.text) - answer for w in (other, shown))
    return len(said & meant) >= min(SHARED_STEMS, len(said), len(meant))


def _enough(best: Sequence[Judged], room: int) -> list[Judged]:
    """The first of the best answers, and those that weigh enough beside it and find room.

    One that begins with a word for what is told before it ("The two countries ...") only comes
    with that: beside another sentence, the word would mean something else.
    """
    chosen: list[Judged] = []
    for answer in best:
        length = len(answer.members[0].candidate.sentence.text.split())
        weighs_enough = answer.share >= FURTHER_SHARE * best[0].share and length <= room
        if not chosen or (
            weighs_enough and not _is_shown(answer, chosen) and not _is_out_of_place(answer, chosen)
        ):
            chosen.append(answer)
            room -= length
    return chosen


def _is_shown(answer: Judged, chosen: Sequence[Judged]) -> bool:
    """Whether words of its sentence are among those `chosen`, as some reach over two sentences."""
    mine, *others = (a.members[0].candidate.sentence for a in (answer, *chosen))
    return any(
        other.article_id == mine.article_id and other.start < mine.end and mine.start < other.end
        for other in others
    )


def _is_out_of_place(answer: Judged, chosen: Sequence[Judged]) -> bool:
    """Whether its sentence points back, and what it points to is not among those `chosen`.

    "It" and "she" mostly are what an article is about: any sentence before them will do.
    """
    head = answer.members[0].candidate
    points_back = _POINTS_BACK.match(head.sentence.text)
    if points_back is None:
        return False
    shown = [other.members[0].candidate.sentence for other in chosen]
    gaps = [
        head.passage.article.text[s.end : head.sentence.start]
        for s in shown
        if s.article_id == head.sentence.article_id and s.end <= head.sentence.start
    ]
    return not gaps if points_back["one"] else all(gap.strip() for gap in gaps)


def _in_order(chosen: Sequence[Judged]) -> list[Judged]:
    """The best first, then article by article, each in the order of its text."""
    heads = [answer.members[0].candidate.sentence for answer in chosen]
    articles = list(dict.fromkeys(head.article_id for head in heads))
    order = sorted(
        range(1, len(chosen)),
        key=lambda n: (articles.index(heads[n].article_id), heads[n].start),
    )
    return [chosen[n] for n in (0, *order)]


def _short_answer(weighed: Weighed) -> ShortAnswer | None:
    """The exact words of the first sentence, which citation 1 holds, where a reader gives them."""
    reading = weighed.candidate.reading
    if reading is None or reading.answer is None:
        return None
    start, end = reading.answer
    return ShortAnswer(text=exact_answer(weighed.candidate), citation=1, start=start, end=end)


def _cells(candidate: Candidate) -> tuple[Cell, ...]:
    """The cells of a sentence that is a whole row of a table which names its columns."""
    text, sentence = candidate.passage.article.text, candidate.sentence

    def words(place: tuple[int, int]) -> Words:
        return Words(start=place[0], end=place[1], text=text[slice(*place)])

    found = named_cells(text, sentence.start, sentence.end)
    told = filled(cell for _, cell in found)
    if not told or not sentence.start <= told[0][0] < told[-1][1] <= sentence.end:
        return ()
    return tuple(Cell(column=words(name), value=words(cell)) for name, cell in found)


def citation_of(
    number: int, quoted: Candidate | Quote, score: float, cells: tuple[Cell, ...] = ()
) -> Citation:
    """The citation, with this number, of a sentence of an article."""
    sentence, article = quoted.sentence, quoted.passage.article
    return Citation(
        n=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        score=round(score, 4),
        cells=cells,
    )


def with_markers(sentences: Sequence[AnswerSentence]) -> str:
    """The sentences, each with the numbers of its citations.

    What is not supported says so, and what begins a list that goes on.
    """
    return " ".join(
        " ".join([without_markers(s.text), "".join(f"[{n}]" for n in s.citations)]).strip()
        + (signs_around(s)[1] if s.support != "replaced" else "")
        for s in sentences
    )
