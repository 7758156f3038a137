"""Tables with one article a row: CSV, and one JSON object a line."""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from qa.errors import BadRequest
from qa.loaders.cleaning import one_line
from qa.loaders.dates import parse_date
from qa.loaders.decoding import open_text
from qa.loaders.draft import Draft, Unreadable, article_from
from qa.records import Article, Failure

FIELDS = ("id", "title", "text", "source", "url", "author", "published")
ROWS_THAT_SHOW_THE_COLUMNS = 100
MAX_ID_CHARS = 1000
DELIMITERS = ",;\t|"
HEADER_CHARS = 100_000
_DELIMITER_LINE = re.compile(r"sep=([,;\t|])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by its number, from 1 after a header; or what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    problem: str = ""


Rows = Callable[[Path, int], Iterator[Row]]


def parse_columns(text: str) -> dict[str, str]:
    """`id=doc_id,published=publish_date` as {"id": "doc_id", …}; raises BadRequest.

    `id=` leaves the ids of a table out.
    """
    columns: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and equals and (theirs or ours != "text")):
            raise BadRequest(f"{pair!r} is no column mapping: write for example text=body.")
        if ours not in FIELDS:
            raise BadRequest(f"{ours!r} is not a column; the columns are {', '.join(FIELDS)}.")
        if ours in columns:
            raise BadRequest(f"The column {ours!r} is mapped twice.")
        columns[ours] = theirs
    return columns


def articles_in(
    rows: Iterator[Row], *, name: str, origin: str, columns: Mapping[str, str]
) -> Iterator[Article | Failure]:
    """The article of each row, or why there is none; raises Unreadable when no row can have one."""
    head = list(islice(rows, ROWS_THAT_SHOW_THE_COLUMNS))
    if not head:
        raise Unreadable("has no rows")
    theirs = _resolved(tuple(dict.fromkeys(chain(*(row.cells for row in head)))), columns)
    seen: set[str] = set()
    for row in chain(head, rows):
        try:
            article = _article(row, theirs, name, origin)
            if article.id in seen:
                raise Unreadable(f"row {row.number} repeats the id {article.id!r}")
        except Unreadable as error:
            yield Failure(origin, str(error))
        else:
            seen.add(article.id)
            yield article


def csv_rows(path: Path, max_bytes: int) -> Iterator[Row]:
    """The rows of a CSV file, its delimiter found in the header line."""
    with open_text(path, max_bytes) as lines:
        first = next(lines, "")
        if told := _DELIMITER_LINE.fullmatch(first.strip()):  # as Excel writes it
            delimiter, first = told[1], next(lines, "")
        else:
            delimiter = _delimiter(first[:HEADER_CHARS])
        table = _records(chain([first], lines), delimiter, max_bytes)
        header = [cell.strip() for cell in next(table, [])]
        for number, cells in enumerate((cells for cells in table if cells), start=1):
            if isinstance(cells, str):
                yield Row(number, {}, f"row {number} is not CSV: {cells}")
            elif any(cells[len(header) :]):
                problem = f"row {number} has {len(cells)} cells under {len(header)} columns"
                yield Row(number, dict.fromkeys(header, ""), problem)
            else:
                yield Row(number, dict(zip(header, cells, strict=False)))


def _delimiter(header: str) -> str:
    """The delimiter that cuts `header` into most cells; of several the comma, which comes first."""
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark))))


def json_rows(path: Path, max_bytes: int) -> Iterator[Row]:
    """The objects of a JSON Lines file, numbered by their lines."""
    with open_text(path, max_bytes) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                if isinstance(value, dict):
                    row = Row(number, {key: _cell(cell) for key, cell in value.items()})
                else:
                    row = Row(number, {}, f"line {number} is not a JSON object")
            except (ValueError, RecursionError):
                row = Row(number, {}, f"line {number} is not JSON")
            yield row


def _records(lines: Iterable[str], delimiter: str, max_chars: int) -> Iterator[list[str] | str]:
    """The records of a CSV text; a string says what is wrong with one."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        # The limit belongs to the whole process, so it is raised for one record at a time.
        before = csv.field_size_limit(min(max_chars, 2**31 - 1))
        try:
            record: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            record = str(error)
        finally:
            csv.field_size_limit(before)
        yield record


def _cell(value: object) -> str:
    """A JSON value as the text of a cell; what holds no text is ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(filter(None, map(_cell, value)))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _resolved(present: tuple[str, ...], columns: Mapping[str, str]) -> dict[str, str]:
    """Our fields to the columns that are present; raises Unreadable for one that is not."""
    by_name = {column.casefold(): column for column in reversed(present)}
    listed = ", ".join(one_line(column, 40) for column in present[:30]) or "none"
    found: dict[str, str] = {}
    for field in FIELDS:
        wanted = columns.get(field, field)
        if not wanted:
            continue
        column = wanted if wanted in present else by_name.get(wanted.casefold())
        if column is not None:
            found[field] = column
        elif field in columns:
            raise Unreadable(f"has no column {wanted!r} for {field}; its columns are: {listed}")
        elif field == "text":
            raise Unreadable(
                f"has no column 'text'; its columns are: {listed};"
                " name the right one with --columns, for example --columns text=body"
            )
    return found


def _article(row: Row, theirs: Mapping[str, str], name: str, origin: str) -> Article:
    if row.problem:
        raise Unreadable(row.problem)
    cells = {field: row.cells.get(column, "") for field, column in theirs.items()}
    if not cells["text"].strip():
        raise Unreadable(f"row {row.number} has no text")
    draft = Draft(
        text=cells["text"],
        title=cells.get("title"),
        source=cells.get("source"),
        url=cells.get("url"),
        author=cells.get("author"),
        published=parse_date(cells.get("published")),
    )
    article_id = _article_id(cells, name)
    try:
        return article_from(draft, article_id=article_id, origin=origin, stem=article_id)
    except Unreadable as error:
        raise Unreadable(f"row {row.number} has no text") from error


def _article_id(cells: Mapping[str, str], name: str) -> str:
    """The row's own id, else one from its url, else one from its words."""
    if own := one_line(cells.get("id"), MAX_ID_CHARS):
        return own
    if url := cells.get("url", "").strip():
        return "url-" + _digest(url)[:16]
    return f"{name}#" + _digest(cells.get("title", "") + "\n" + cells["text"])[:12]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
