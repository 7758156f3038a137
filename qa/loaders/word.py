"""Word documents (.docx)."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qa.loaders.decoding import read_bytes
from qa.loaders.draft import Draft, Unreadable, foreign

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

TITLE_STYLES = ("Title", "Heading")
FIRST_PARAGRAPHS = 100


def read_word(path: Path, max_bytes: int) -> Draft:
    """The paragraphs and tables of a document in their order; raises Unreadable.

    When the file was made is not when the article was published, so no date is taken from it.
    """
    content = read_bytes(path, max_bytes)
    with foreign("is not a Word document that can be read, or is damaged"):
        from docx import Document  # slow to import

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > max_bytes:
                raise Unreadable("unpacks to more than QA_MAX_FILE_MB allows")
        document = Document(io.BytesIO(content))
        about = document.core_properties
        return Draft(
            text="\n\n".join(_blocks(document)),
            title=about.title.strip() or _first_heading(document),
            author=about.author if " " in about.author else None,
        )


def _blocks(document: "Document") -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    for block in document.iter_inner_content():
        yield block.text if isinstance(block, Paragraph) else "\n".join(_rows(block))


def _rows(table: "Table") -> Iterator[str]:
    from docx.table import _Cell

    for row in table.rows:
        # Each cell once, however many columns it is said to span.
        cells = [" ".join(_Cell(cell, table).text.split()) for cell in row._tr.tc_lst]
        yield "| " + " | ".join(cells) + " |"


def _first_heading(document: "Document") -> str | None:
    """The first paragraph styled as the title, or else as a heading."""
    first = document.paragraphs[:FIRST_PARAGRAPHS]  # to look up a style takes a millisecond
    for style in TITLE_STYLES:
        for paragraph in first:
            name = (paragraph.style.name or "") if paragraph.style else ""
            if name.startswith(style) and paragraph.text.strip():
                return paragraph.text
    return None
