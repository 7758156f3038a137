"""Files to articles: one module per family of formats, one table from suffix to reader."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from qa.loaders.draft import Draft, Unreadable, article_from
from qa.loaders.pdf import read_pdf
from qa.loaders.plain import read_markdown, read_plain
from qa.loaders.table import Rows, articles_in, csv_rows, json_rows, parse_columns
from qa.loaders.webpage import read_webpage
from qa.loaders.word import read_word
from qa.records import Article, Failure

__all__ = ["SUFFIXES", "Found", "find_files", "load_file", "parse_columns"]

_ONE_ARTICLE: Mapping[str, Callable[[Path, int], Draft]] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".txt.gz": read_plain,
    ".md.gz": read_markdown,
    ".html.gz": read_webpage,
    ".pdf": read_pdf,
    ".docx": read_word,
}
_ONE_ARTICLE_A_ROW: Mapping[str, Rows] = {
    ".csv": csv_rows,
    ".csv.gz": csv_rows,
    ".jsonl": json_rows,
    ".jsonl.gz": json_rows,
}

SUFFIXES: tuple[str, ...] = (*_ONE_ARTICLE, *_ONE_ARTICLE_A_ROW)
"""The endings of file names that are read, in lower case."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at or below a path."""

    files: tuple[Path, ...] = ()
    """Those of a format that is read, resolved and sorted."""
    skipped: tuple[Path, ...] = ()
    """Those of other formats."""
    closed: tuple[Path, ...] = ()
    """Folders that can't be looked into."""


def find_files(path: Path) -> Found:
    """The files at or below `path`.

    Hidden files and folders don't count, nor do links that lead out of `path`.
    """
    root = path.resolve()
    if not root.is_dir():
        return Found((root,) if root.is_file() and _suffix(root) else ())
    found: list[Path] = []
    closed: list[Path] = []
    # Does not enter linked folders.
    for folder, folders, names in os.walk(root, onerror=lambda e: closed.append(Path(e.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    inside = sorted(file for file in found if _is_inside(file, root))
    return Found(
        files=tuple(file for file in inside if _suffix(file)),
        skipped=tuple(file for file in inside if not _suffix(file)),
        closed=tuple(sorted(closed)),
    )


def load_file(
    path: Path, *, name: str, columns: Mapping[str, str] = MappingProxyType({}), max_bytes: int
) -> Iterator[Article | Failure]:
    """The articles of one file, and a Failure for each that can't be read; never raises.

    `name` is the file's path in its collection and the id of its article; articles in rows
    have ids of their own. `columns` maps our names of columns to the file's.
    """
    origin = str(path).encode("utf-8", "replace").decode()
    try:
        if origin != str(path):
            raise Unreadable("has a name that is not UTF-8")
        yield from _load(path, name, columns, max_bytes)
    except Unreadable as error:
        yield Failure(origin, str(error))
    except OSError as error:
        yield Failure(origin, f"can't be read: {error.strerror or error}")


def _load(
    path: Path, name: str, columns: Mapping[str, str], max_bytes: int
) -> Iterator[Article | Failure]:
    suffix = _suffix(path)
    if read := _ONE_ARTICLE.get(suffix):
        stem = path.name[: -len(suffix)]
        yield article_from(read(path, max_bytes), article_id=name, origin=str(path), stem=stem)
    elif rows := _ONE_ARTICLE_A_ROW.get(suffix):
        yield from articles_in(rows(path, max_bytes), name=name, origin=str(path), columns=columns)
    else:
        raise Unreadable(f"is of no kind that is read; these are: {', '.join(SUFFIXES)}")


def _suffix(path: Path) -> str:
    """The longest known ending of the file's name, or ""."""
    name = path.name.lower()
    return max((suffix for suffix in SUFFIXES if name.endswith(suffix)), key=len, default="")


def _is_inside(file: Path, root: Path) -> bool:
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError):  # a broken link, or a loop of links
        return False
    return target.is_file() and target.is_relative_to(root)
