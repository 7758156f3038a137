"""Rows of tables in articles: lines of cells with `|` between them, the first perhaps of names.

Which cell of a row answers, a reader of running text can't tell; the names of the columns do.
"""

import re
from collections.abc import Iterable, Sequence, Set

from qa.questions import YEAR, stem, stems_of

Cell = tuple[int, int]
MOST_ROWS = 200
"""Further up, the names of a table's columns are not looked for, but for a row that is shown."""
MOST_ROWS_ABOVE_SHOWN = 20_000
MOST_ROWS_OF_TABLE = 2_000
"""A table of more rows is not given as one."""
LEAST_NAMED = 3
"""A first row of fewer cells is one like the others, unless a rule is drawn beneath it."""
_CALLED = {
    stem(word): stem(column)
    for column, words in {
        "age": "old", "cost": "price", "depth": "deep", "duration": "long", "height": "high tall",
        "length": "long", "noise": "loud quiet", "price": "cost expensive cheap", "speed": "fast",
        "staff": "employees people", "temperature": "hot cold", "weight": "heavy light",
        "width": "wide",
    }.items()
    for word in words.split()
}  # fmt: skip
"""How a column is called that a question asks for by another word: "How heavy is it?"."""
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]+")
_TIME = re.compile(rf"\b(?:{YEAR}|Q[1-4])\b")
_DIGIT = re.compile(r"\d")


def is_row(text: str) -> bool:
    """Whether `text` is a row of a table."""
    return " | " in text


def first_cell(row: str) -> str:
    """The words of the first cell, which mostly say what the row is of."""
    return _BETWEEN_CELLS.split(row.strip(" |"), maxsplit=1)[0]


def is_named(asked: Set[str], row: str) -> bool:
    """Whether the question of the stems `asked` names the row of these words, by its first cell."""
    name = stems_of(first_cell(row))
    return bool(name) and name <= asked


def is_header(article: str, start: int, end: int) -> bool:
    """Whether the row at `article[start:end]` is the first of its table, and names its columns.

    It does with a rule beneath it, or where it has no numbers but years and the next row has some.
    A caption may stand above it.
    """
    first, last = _line(article, start)[0], _line(article, end)[1]
    if not _is_first(article, first) or not _is_row_line(article, last + 1):
        return False
    following = article[slice(*_line(article, last + 1))]
    if "-" in following and _RULE.fullmatch(following):
        return True
    names = article[first:last]
    is_wide = len(_cells(article, first, last)) >= LEAST_NAMED
    return is_wide and not _DIGIT.search(_TIME.sub("", names)) and bool(_DIGIT.search(following))


def cell_asked_for(asked: Set[str], article: str, start: int, end: int, read: Cell) -> Cell | None:
    """The cell of the row at `article[start:end]` in the column that a question names.

    It is the column whose name shares most stems with those `asked`, less those of the row's own
    first cell; None where that is not one column. Where the table does not name its columns, it
    is what was `read`, if that lies in one cell.
    """
    head = _header_of(article, start, MOST_ROWS)
    if head is None:
        return None if "|" in article[slice(*read)] else read
    row, names = _cells(article, *_line(article, start)), _cells(article, *head)
    if len(row) != len(names) or row == names:
        return None
    asked = asked - stems_of(article[slice(*row[0])])
    # The first column only says what each row is of.
    columns = [stems_of(article[slice(*name)]) for name in names[1:]]
    meant = {_CALLED[word] for word in asked if word in _CALLED}
    column = _only_best(columns, asked)
    column = _only_best(columns, meant) if column is None else column
    if column is None:
        return None
    cell = row[1 + column]
    return cell if start <= cell[0] < cell[1] <= end else None


def named_cells(article: str, start: int, end: int) -> list[tuple[Cell, Cell]]:
    """The cells of the row that `article[start:end]` is in, each behind the name of its column.

    There are none where it is in no row, or in one of a table that does not name just so many.
    """
    line = _line(article, start)
    is_in_row = "|" in article[slice(*line)] and end <= line[1]
    head = _header_of(article, start, MOST_ROWS_ABOVE_SHOWN) if is_in_row else None
    if head is None or head == line:
        return []
    row, names = _cells(article, *line), _cells(article, *head)
    return list(zip(names, row, strict=True)) if len(row) == len(names) else []


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """Those of `cells` that are not empty."""
    return [cell for cell in cells if cell[0] < cell[1]]


def table_at(article: str, place: int) -> tuple[Cell, list[Cell]]:
    """The caption and column names over the table that `place` is in, and where each row stands.

    There are no rows where none names the columns, or there are more than `MOST_ROWS_OF_TABLE`.
    """
    first = last = _line(article, place)
    above: list[Cell] = []
    while _is_row_line(article, first[0] - 1) and len(above) < MOST_ROWS_OF_TABLE:
        first = _line(article, first[0] - 1)
        above.append(first)
    below: list[Cell] = []
    while _is_row_line(article, last[1] + 1) and len(below) < MOST_ROWS_OF_TABLE:
        last = _line(article, last[1] + 1)
        below.append(last)
    lines = [*reversed(above), _line(article, place), *below]
    head = next((n for n, line in enumerate(lines[:2]) if is_header(article, *line)), None)
    if head is None or len(lines) > MOST_ROWS_OF_TABLE:
        return (0, 0), []
    rows = [line for line in lines[head + 1 :] if not _RULE.fullmatch(article[slice(*line)])]
    return (first[0], lines[head][1]), [_without_pipe(article, row) for row in rows]


def _without_pipe(article: str, row: Cell) -> Cell:
    """Where a row stands as a sentence does, without what comes before its first words."""
    end = row[0] + len(article[slice(*row)].rstrip())
    return next((first for first, _ in filled(_cells(article, *row))), end), end


def _only_best(columns: Sequence[Set[str]], asked: Set[str]) -> int | None:
    """Which of `columns` shares most with `asked`; None where that is not one."""
    shared = [len(asked & column) for column in columns]
    best = max(shared, default=0)
    return shared.index(best) if best and shared.count(best) == 1 else None


def _header_of(article: str, place: int, most_rows: int) -> Cell | None:
    """The row that names the columns of the table that `place` is in.

    None where none does, or it is more than `most_rows` further up.
    """
    line = _line(article, place)
    for _ in range(most_rows):
        if _is_first(article, line[0]):
            return line if is_header(article, *line) else None
        line = _line(article, line[0] - 1)
    return None


def _is_first(article: str, start: int) -> bool:
    """Whether the row that begins at `start` is the first of its table, but for a caption."""
    if not _is_row_line(article, start - 1):
        return True
    above = _line(article, start - 1)
    caption, *others = (article[slice(*cell)] for cell in _cells(article, *above))
    is_caption = bool(caption and others) and not any(others)
    return is_caption and not _is_row_line(article, above[0] - 1)


def _line(article: str, place: int) -> Cell:
    """Where the line that `place` is in begins and ends."""
    end = article.find("\n", place)
    return article.rfind("\n", 0, place) + 1, len(article) if end < 0 else end


def _is_row_line(article: str, place: int) -> bool:
    """Whether there is a line at `place`, and it has cells."""
    return 0 <= place <= len(article) and "|" in article[slice(*_line(article, place))]


def _cells(article: str, start: int, end: int) -> list[Cell]:
    """Where the cells of a line stand, without the blanks around; pipes at its ends hold none."""
    words = article[start:end]
    first = start + len(words) - len(words.lstrip())
    last = start + len(words.rstrip())
    first += article.startswith("|", first)
    last -= last > first and _BETWEEN_CELLS.match(article, last - 1) is not None
    cells = []
    for cell in _BETWEEN_CELLS.split(article[first:last]):
        inner = first + len(cell) - len(cell.lstrip())
        cells.append((inner, max(inner, first + len(cell.rstrip()))))
        first += len(cell) + 1
    return cells
