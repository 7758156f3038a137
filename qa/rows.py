"""A table's row as an answer shows it: each cell behind the name of its column."""

from collections.abc import Sequence

from qa.records import Answer, AnswerSentence, Cell, Citation, ShortAnswer
from qa.wording import around, around_exact_words, is_list

BETWEEN_CELLS = "; "
EMPTY_CELL = "–"


def cells_of(sentence: AnswerSentence, citations: Sequence[Citation]) -> tuple[Cell, ...]:
    """The cells of the row that `sentence` is, if it is one whose columns have names."""
    best = (c for c in citations if sentence.citations[:1] == (c.n,) and c.quote == sentence.text)
    return next((citation.cells for citation in best), ())


def with_names(cells: Sequence[Cell], between: str = BETWEEN_CELLS) -> str:
    """The cells of a row, as in "Quay: North; Ships: 14"; see `shownText` in `words.js`."""
    return between.join(f"{_name(cell)}{cell.value.text or EMPTY_CELL}" for cell in cells)


def shown_text(
    sentence: AnswerSentence, citations: Sequence[Citation], between: str = BETWEEN_CELLS
) -> str:
    """What is shown of `sentence`: its text, or the cells of a row with their names."""
    return with_names(cells_of(sentence, citations), between) or sentence.text


def are_lines(answer: Answer) -> bool:
    """Whether sentences of `answer` are rows or lists: then each begins a line of its own."""
    return any(is_list(s.text) or cells_of(s, answer.citations) for s in answer.sentences)


def around_shown(
    answer: Answer, sentence: AnswerSentence, between: str = BETWEEN_CELLS
) -> tuple[str, str, str] | None:
    """What is shown of `sentence` in three: before the exact words of `answer`, they, and after.

    None if they are not known, or stand in another sentence.
    """
    parts = around_exact_words(answer, sentence)
    cells = cells_of(sentence, answer.citations)
    if not cells or not parts or not answer.short_answer:
        return parts
    return _around_in_row(cells, answer.short_answer, between)


def _around_in_row(
    cells: Sequence[Cell], words: ShortAnswer, between: str
) -> tuple[str, str, str] | None:
    """The cells with their names in three; None if the exact words are not in one cell."""
    for n, cell in enumerate(cells):
        if cell.value.start <= words.start < words.end <= cell.value.end:
            before, exact, after = around(cell.value.text, cell.value.start, words)
            head = [with_names([other]) for other in cells[:n]] + [_name(cell) + before]
            tail = [after] + [with_names([other]) for other in cells[n + 1 :]]
            return between.join(head), exact, between.join(tail)
    return None


def _name(cell: Cell) -> str:
    return f"{cell.column.text}: " if cell.column.text else ""
