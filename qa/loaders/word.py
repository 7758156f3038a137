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
    for row in table.rows:
        cells = [" ".join(cell.text.split()) for cell in row.cells]
        yield "| " + " | ".join(cells) + " |"


def _first_heading(document: "Document") -> str | None:
    """The first paragraph styled as the title, or else as a heading."""
    for style in TITLE_STYLES:
        for paragraph in document.paragraphs:
            name = (paragraph.style.name or "") if paragraph.style else ""
            if name.startswith(style) and paragraph.text.strip():
                return paragraph.text
    return None
