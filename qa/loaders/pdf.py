"""PDF files: the text of their pages, put together again to paragraphs."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.loaders.cleaning import normalise, one_line
from qa.loaders.decoding import read_bytes
from qa.loaders.draft import Draft, Unreadable, foreign

if TYPE_CHECKING:
    from pypdf import PdfReader

EDGE_LINES = 2
FEWEST_PAGES_TO_COMPARE = 2
FULL_LINE = 0.8
SHORTEST_COLUMN = 40

# Typesetting signs for two or three letters, which no reader types in a question.
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page )?[-–—]? ?\d{1,4} ?[-–—]?(?: ?(?:of|/) ?\d{1,4})?", re.IGNORECASE
)
_PRINT_STAMP = re.compile(
    r"\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d{2}(?: [AP]M)?.*|(?:file|https?)://\S+(?: \d+/\d+)?"
)
"""What a browser prints above and below a page."""
_NO_TITLE = re.compile(r"untitled.*|microsoft \w+ - .*|.*\.\w{2,5}|\S*", re.IGNORECASE)
_ITEM = re.compile(r"[•▪◦·–—-]\s|\(?\d{1,2}[.)]\s|[A-Z]\.\s")
# Each begins at the first letter of a word: from every letter, a long one would take minutes.
_CUT_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-$")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def read_pdf(path: Path, max_bytes: int) -> Draft:
    """The text of all pages; raises Unreadable for what is encrypted, damaged or only pictures."""
    content = read_bytes(path, max_bytes)
    with foreign("is not a PDF that can be read, or is damaged"):
        from pypdf import PdfReader  # slow to import

        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not _opens_without_password(reader):
            raise Unreadable("is encrypted and needs a password")
        pages: list[str] = []
        left = max_bytes
        for page in reader.pages:
            pages.append(normalise(page.extract_text()).translate(_LIGATURES))
            left -= len(pages[-1])
            if left < 0:
                raise Unreadable("holds more text than QA_MAX_FILE_MB allows")
        title, author = _properties(reader)
    if not any(page.strip() for page in pages):
        raise Unreadable("holds no text, only pictures (a scan needs text recognition first)")
    return Draft(text=paragraphs(without_edges(pages)), title=title, author=author)


def without_edges(pages: Sequence[str]) -> list[str]:
    """The lines of all pages, without page numbers and what most pages repeat at their edges."""
    split = [[line.strip() for line in page.split("\n")] for page in pages]
    split = [_trimmed(lines) for lines in split]
    edges = Counter(_shape(line) for lines in split for line in set(_edges(lines)))
    often = len(pages) // 2 if len(pages) >= FEWEST_PAGES_TO_COMPARE else len(pages)
    kept: list[str] = []
    for lines in split:
        for at, line in enumerate(lines):
            at_edge = at < EDGE_LINES or at >= len(lines) - EDGE_LINES
            is_printed = _PAGE_NUMBER.fullmatch(line) or _PRINT_STAMP.fullmatch(line)
            if at_edge and (is_printed or edges[_shape(line)] > often):
                continue
            kept.append(line)
    return kept


def paragraphs(lines: Sequence[str]) -> str:
    """Lines joined where a paragraph goes on, words joined where a line end cut them."""
    lengths = sorted(len(line) for line in lines if line)
    column = max(lengths[len(lengths) * 9 // 10] if lengths else 0, SHORTEST_COLUMN)
    compounds = frozenset(_COMPOUND.findall("\n".join(lines)))
    pieces: list[str] = []
    previous = ""
    for line in lines:
        if line and previous and _goes_on(previous, line, column):
            pieces[-1:] = _joined(pieces[-1], line, compounds)
        elif line:
            pieces += ["\n\n", line]
        previous = line
    return "".join(pieces).strip()


def _goes_on(line: str, following: str, column: int) -> bool:
    """Whether `following` is of the same paragraph: `line` was full, or stops inside a sentence."""
    if _ITEM.match(following):
        return False
    if following[0].islower():
        return True
    first_word = following.split()[0]
    return len(line) + 1 + len(first_word) > column * FULL_LINE and len(line) >= SHORTEST_COLUMN


def _joined(before: str, line: str, compounds: frozenset[str]) -> list[str]:
    """The two lines as pieces of one paragraph."""
    cut, first = _CUT_WORD.search(before), _FIRST_WORD.match(line)
    if cut is None or first is None or not line[0].islower():
        return [before, " ", line]
    # "counter-" and "terrorism" keep the hyphen where the document writes it elsewhere.
    keeps_hyphen = f"{cut.group(1)}-{first.group()}" in compounds
    return [before if keeps_hyphen else before[:-1], line]


def _opens_without_password(reader: "PdfReader") -> bool:
    from pypdf.errors import PyPdfError

    try:
        return bool(reader.decrypt(""))
    except (PyPdfError, ImportError):
        return False


def _properties(reader: "PdfReader") -> tuple[str | None, str | None]:
    """Title and author of the file, where they look like a title and a person's name."""
    about = reader.metadata
    title = one_line(str(about.title or "") if about else "", 300)
    author = one_line(str(about.author or "") if about else "", 300)
    return (None if _NO_TITLE.fullmatch(title) else title), (author if " " in author else None)


def _edges(lines: Sequence[str]) -> list[str]:
    return [_shape(line) for line in (*lines[:EDGE_LINES], *lines[-EDGE_LINES:]) if line]


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line)


def _trimmed(lines: list[str]) -> list[str]:
    filled = [at for at, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []
