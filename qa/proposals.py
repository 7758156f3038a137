"""Proposals with what became of them: a motion that was rejected is no rule.

"Motion A: Dogs shall be allowed in all houses. Proposed by Leni Hartog. Rejected by 58 votes to
41.": alone, the first sentence says the very thing that was not decided.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.records import Sentence

MOST_BETWEEN = 5
"""What became of a proposal is told at most so many sentences further on."""
_NOUN = r"(?:motion|proposal|proposition|amendment|resolution|petition)"
_LABEL = re.compile(rf"\W{{0,9}}{_NOUN}\b[^:.!?\n]{{0,60}}:\W*", re.IGNORECASE)
_HEADING = re.compile(
    rf"\W*(?:\d+\W+)?{_NOUN}(?: (?:[A-Z]|[ivx]+|(?:no\.? ?)?\d+)\b)?\W*(?:\(.*|:.*)?", re.IGNORECASE
)
_OUTCOME = re.compile(
    rf"\W{{0,9}}(?:(?:vote|result|outcome|decision)\s*:\W*|"
    rf"(?:the |this )?(?:\w+ )?{_NOUN} (?:was |were |is |has been |had been )?)?"
    r"(?:unanimously |narrowly )?"
    r"(?:(?P<in_force>carried|adopted|passed|approved|accepted|agreed)|"
    r"not (?:carried|adopted|passed|approved|accepted|agreed)|rejected|defeated|lost|fell|failed|"
    r"withdrawn|deferred|postponed|voted down|turned down|dismissed|tied|lapsed)"
    r"(?=\W*(?:$|\d)|\s*[.,;:(–-]|\s+(?:by|with|without|unanimously|narrowly|to|for|on|until|as|at|"
    r"in|nem|after|because)\b)",
    re.IGNORECASE,
)
_WHO_PROPOSED = re.compile(r"\W{0,9}(?:proposed|moved|seconded|tabled|submitted)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What stands in an article from `start` to `end`, from a proposal to what became of it."""

    start: int
    end: int
    proposed_until: int
    """Where the words end that are proposed."""
    is_in_force: bool


def proposal_with(sentences: Sequence[Sentence], sentence: Sentence) -> Proposal | None:
    """The proposal that one of the `sentences` of a passage belongs to, where its outcome is told.

    A proposal stands behind its name ("Motion A:"), or is the first sentence under it.
    """
    row = sentences.index(sentence)
    rows = range(row, max(row - MOST_BETWEEN, 0) - 1, -1)
    first = next((n for n in rows if _begins(sentences, n)), None)
    if first is None:
        return None
    until = sentences[first].end
    for n in range(first, min(first + MOST_BETWEEN + 1, len(sentences))):
        if n > first and _begins(sentences, n):
            break
        label = _LABEL.match(sentences[n].text) if n == first else None
        place = label.end() if label else 0
        if outcome := _OUTCOME.match(sentences[n].text, place):
            until = min(until, sentences[n].start + place)
            is_in_force = outcome["in_force"] is not None
            whole = Proposal(sentences[first].start, sentences[n].end, until, is_in_force)
            return whole if row <= n else None
        if n > first and not _WHO_PROPOSED.match(sentences[n].text):
            until = sentences[n].end
    return None


def _begins(sentences: Sequence[Sentence], row: int) -> bool:
    """Whether a proposal begins with the sentence of a row."""
    sentence = sentences[row]
    if _LABEL.match(sentence.text):
        return True
    is_under_another = row == 0 or sentences[row - 1].heading != sentence.heading
    return is_under_another and _HEADING.fullmatch(sentence.heading) is not None
