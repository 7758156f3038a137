"""Rows of tables in articles: lines of cells with `|` between them, the first of which names them.

Which cell of a row answers, a reader of running text can't tell; the names of the columns do.
"""

import re
from collections.abc import Set

from qa.questions import stems_of

Cell = tuple[int, int]
_CELL = re.compile(r"[^|\n]+")
_HAS_WORD = re.compile(r"\w")


def is_row(text: str) -> bool:
    """Whether `text` is a row of a table."""
    return " | " in text


def is_header(article: str, start: int, end: int) -> bool:
    """Whether the row at `article[start:end]` is the first of its table, and others follow."""
    first, last = _line(article, start)[0], _line(article, end)[1]
    return not _is_row_line(article, first - 1) and _is_row_line(article, last + 1)


def is_named(asked: Set[str], row: str) -> bool:
    """Whether the question of the stems `asked` names the row of these words, by its first cell."""
    name = stems_of(row.split("|", 1)[0])
    return bool(name) and name <= asked


def cell_asked_for(asked: Set[str], article: str, start: int, end: int) -> Cell | None:
    """The cell of the row at `article[start:end]` in the column that a question names.

    It is the column whose name shares most stems with those `asked`, less those of the row's own
    first cell; None where that is not one column, or the table does not name its columns.
    """
    row = _cells(article, *_line(article, start))
    names = _cells(article, *_first_line(article, start))
    if len(row) != len(names) or row == names:
        return None
    asked = asked - stems_of(article[slice(*row[0])])
    shared = [len(asked & stems_of(article[slice(*name)])) for name in names]
    best = max(shared)
    if not best or shared.count(best) > 1:
        return None
    cell = row[shared.index(best)]
    return cell if start <= cell[0] and cell[1] <= end else None


def _first_line(article: str, place: int) -> Cell:
    """The first line of the table that `place` is in."""
    line = _line(article, place)
    while _is_row_line(article, line[0] - 1):
        line = _line(article, line[0] - 1)
    return line


def _line(article: str, place: int) -> Cell:
    """Where the line that `place` is in begins and ends."""
    end = article.find("\n", place)
    return article.rfind("\n", 0, place) + 1, len(article) if end < 0 else end


def _is_row_line(article: str, place: int) -> bool:
    """Whether there is a line at `place`, and it has cells."""
    return 0 <= place <= len(article) and "|" in article[slice(*_line(article, place))]


def _cells(article: str, start: int, end: int) -> list[Cell]:
    """Where the cells of a line stand, without blanks around; empty ones at its ends are none."""
    cells = []
    for found in _CELL.finditer(article, start, end):
        words = found.group()
        first = found.start() + len(words) - len(words.lstrip())
        cells.append((first, max(first, found.start() + len(words.rstrip()))))
    while cells and not _HAS_WORD.search(article, *cells[0]):
        cells.pop(0)
    while cells and not _HAS_WORD.search(article, *cells[-1]):
        cells.pop()
    return cells
