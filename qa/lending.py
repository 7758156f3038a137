"""Sentences for which speaks what speaks for another one.

"Can I use yeast? Yes, but the bread will taste flat.": who asks for yeast means the second, which
does not name it, also where the question is a heading. So it is with "We said that she was born in
Lima. She was born in Arequipa.", with "They are against the plan. It is too dear." where it is
asked why, and with a row of a table that is asked for by its name. The other way round, "She
replaces Reiss." speaks for the sentence before, which says who that is.
"""

from collections.abc import Sequence
from itertools import takewhile

from qa.exact_words import POINTS_BACK
from qa.library import StoredPassage
from qa.others import is_question, only_restates
from qa.proposals import proposal_with
from qa.questions import Question, stems_of
from qa.records import Sentence
from qa.reported_questions import leads_to_question, only_asks
from qa.retractions import is_claim, is_verdict
from qa.tables import is_named, is_row

Told = tuple[StoredPassage, Sentence]
Rows = Sequence[int]


def lenders_of(
    question: Question, told: Sequence[Told], answers: Sequence[bool], taken_back: Sequence[bool]
) -> list[Rows]:
    """For each sentence of `told`, the rows of those that lend to it; of most, none.

    The sentences of a passage are in order. `answers` says which have exact words that answer, and
    `taken_back` which are claims that their article takes back.
    """
    no_statement = [
        is_question(sentence.text)
        or taken_back[row]
        or only_asks(question, sentence.text)
        or leads_to_question(passage.article, sentence)
        or only_restates(question, told, row)
        for row, (passage, sentence) in enumerate(told)
    ]
    return [
        _of_row(question, told, row)
        if is_row(told[row][1].text) and (answers[row] or question.is_of_whole_sentences)
        else _before(told, no_statement, row) or _behind(question, told, answers, no_statement, row)
        for row in range(len(told))
    ]


def tells_the_rest(question: Question, named: Sentence, following: Sentence) -> bool:
    """Whether `following` points back to what `named` names, and has more of the question's words.

    "Franziska Ohm starts in May. She takes the place of Ottokar Reiss."
    """
    if not POINTS_BACK.match(following.text):
        return False
    shared, known = (len(question.stems & stems_of(s.text)) for s in (following, named))
    return shared > known


def question_above(passage: StoredPassage, row: int) -> str:
    """The heading right above a sentence of a passage, where it asks something; else "".

    It is no sentence, so it has nothing to lend but its words.
    """
    sentence = passage.sentences[row]
    # A passage begins with the heading of its first sentence, where that is next to it.
    is_first = (
        passage.sentences[row - 1].heading != sentence.heading
        if row
        else passage.passage.start < sentence.start
    )
    return sentence.heading if is_first and sentence.heading.endswith("?") else ""


def as_shown(told: Sequence[Told], row: int, lenders: Rows, taken_back: Sequence[bool]) -> Sentence:
    """The sentence of a row, with what it would mislead without.

    That is the statement that it puts right ("It takes 48."), and of a proposal what became of it.
    """
    passage, sentence = told[row]
    if proposal := proposal_with(passage.sentences, sentence):
        return sentence.reaching(passage.article.text, proposal.start, proposal.end)
    is_right_behind = not is_row(sentence.text) and not is_verdict(sentence.text)
    if not is_right_behind or not all(taken_back[other] for other in lenders):
        return sentence
    start = min((told[other][1].start for other in lenders), default=sentence.start)
    return sentence.reaching(passage.article.text, start, sentence.end)


def _of_row(question: Question, told: Sequence[Told], row: int) -> Rows:
    """Where a table names the row and the column that are asked for, nothing answers better."""
    return range(len(told) if is_named(question.stems, told[row][1].text) else 0)


def _before(told: Sequence[Told], no_statement: Sequence[bool], row: int) -> Rows:
    """The sentences right before that say nothing themselves, if this one does.

    What is to be thought of a claim is not said by the next sentence, but by the verdict.
    """
    passage, sentence = told[row]
    if no_statement[row] or is_row(sentence.text):
        return ()
    same = list(takewhile(lambda other: told[other][0] is passage, range(row - 1, -1, -1)))
    claims = [n for n in same if is_claim(passage.article, told[n][1].start)]
    if is_verdict(sentence.text):
        return claims
    return list(takewhile(lambda other: no_statement[other] and other not in claims, same))


def _behind(
    question: Question,
    told: Sequence[Told],
    answers: Sequence[bool],
    no_statement: Sequence[bool],
    row: int,
) -> Rows:
    """The next sentence, where it has no exact words but tells what is asked of whom this names."""
    behind = row + 1
    if not answers[row] or behind == len(told) or answers[behind] or no_statement[behind]:
        return ()
    (passage, sentence), (other, following) = told[row], told[behind]
    return (behind,) if other is passage and tells_the_rest(question, sentence, following) else ()
