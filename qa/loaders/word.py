"""Word documents (.docx)."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qa.loaders.chrome import is_prose
from qa.loaders.decoding import read_bytes
from qa.loaders.draft import Draft, Unreadable, foreign

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

TITLE_STYLES = ("Title", "Heading")
_LEVEL = re.compile(r"Title|Heading ([1-9])")
FIRST_PARAGRAPHS = 100
NO_LIST = 0, 0
BULLET = "- "
MOST_COLUMNS = 63
"""Word makes no more; a file may say that a cell spans any number."""


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

    points, headings = _Points(document), _Headings()
    for block in document.iter_inner_content():
        if not isinstance(block, Paragraph):
            yield "\n".join(_rows(block))
        elif mark := headings.mark(block):
            number = points.before(block).removeprefix(BULLET)
            yield f"{mark} {number}{' '.join(block.text.split())}"
        else:
            yield points.before(block) + block.text


class _Headings:
    """Which paragraphs are headings, and of what level, as their styles say."""

    def __init__(self) -> None:
        self._of_style: dict[str | None, str] = {}

    def mark(self, paragraph: "Paragraph") -> str:
        """What marks a heading in Markdown, or "": people style whole paragraphs as one, too."""
        name = paragraph._p.style
        if name not in self._of_style:  # to look up a style takes a millisecond
            style = (paragraph.style.name or "") if paragraph.style else ""
            level = _LEVEL.fullmatch(style)
            self._of_style[name] = "#" * int(level[1] or 1) if level else ""
        mark = self._of_style[name]
        return mark if mark and paragraph.text.strip() and not is_prose(paragraph.text) else ""


class _Points:
    """What Word shows before the points of a list, bullets and numbers: its files don't hold them.

    They say which list a paragraph belongs to, itself or by its style, and how that is numbered.
    """

    def __init__(self, document: "Document") -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        related = document.part.rels.values()
        parts = (rel.target_part for rel in related if rel.reltype == RELATIONSHIP_TYPE.NUMBERING)
        self._numbering = next((part.element for part in parts), None)
        self._of_style: dict[str | None, tuple[int, int]] = {}
        self._counts: Counter[int] = Counter()

    def before(self, paragraph: "Paragraph") -> str:
        """The bullet or number of a paragraph with the blank behind it; "" if it is no point."""
        of_list, level = _listed(paragraph._p) or self._by_style(paragraph)
        if not of_list or not paragraph.text.strip():
            return ""
        if level or self._is_bulleted(of_list):
            return BULLET
        self._counts[of_list] += 1
        return f"{self._counts[of_list]}. "

    def _by_style(self, paragraph: "Paragraph") -> tuple[int, int]:
        """The list and level that its style puts a paragraph in; a heading is no point of one."""
        name = paragraph._p.style
        if name not in self._of_style:  # to look up a style takes a millisecond
            style = paragraph.style
            is_heading = style is None or (style.name or "").startswith(TITLE_STYLES)
            told = None if style is None or is_heading else _listed(style.element)
            self._of_style[name] = told or NO_LIST
        return self._of_style[name]

    def _is_bulleted(self, of_list: int) -> bool:
        """Whether the points of a list have bullets at their first level, or nothing is known."""
        formats = (
            self._numbering.xpath(
                "w:abstractNum[@w:abstractNumId = "
                f"../w:num[@w:numId = {of_list}]/w:abstractNumId/@w:val]"
                "/w:lvl[@w:ilvl = 0]/w:numFmt/@w:val"
            )
            if self._numbering is not None
            else []
        )
        return formats[:1] in ([], ["bullet"], ["none"])


def _listed(element: "BaseOxmlElement") -> tuple[int, int] | None:
    """The number of the list that a paragraph or style says it is in, and the level, from 0."""
    lists = element.xpath("w:pPr/w:numPr/w:numId/@w:val")
    levels = element.xpath("w:pPr/w:numPr/w:ilvl/@w:val")
    return (int(lists[0]), int(levels[0]) if levels else 0) if lists else None


def _rows(table: "Table") -> Iterator[str]:
    """The rows, each cell once; one that spans columns has empty ones behind it, but a caption."""
    from docx.table import _Cell

    for row in table.rows:
        cells = [""] * min(row.grid_cols_before, MOST_COLUMNS)
        for cell in row._tr.tc_lst:
            cells.append(_words(_Cell(cell, table)).replace("|", "\\|"))
            if len(row._tr.tc_lst) > 1:
                cells += [""] * (min(cell.grid_span, MOST_COLUMNS) - 1)
        yield "| " + " | ".join(cells) + " |"


def _words(cell: "_Cell") -> str:
    """The words of a cell on one line, with those of a table in it."""
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    told: list[str] = []
    for block in cell.iter_inner_content():
        if isinstance(block, Paragraph):
            told += block.text.split()
        else:
            told += (_words(_Cell(inner, block)) for row in block.rows for inner in row._tr.tc_lst)
    return " ".join(filter(None, told))


def _first_heading(document: "Document") -> str | None:
    """The first paragraph styled as the title, or else as a heading."""
    first = document.paragraphs[:FIRST_PARAGRAPHS]  # to look up a style takes a millisecond
    for style in TITLE_STYLES:
        for paragraph in first:
            name = (paragraph.style.name or "") if paragraph.style else ""
            if name.startswith(style) and paragraph.text.strip():
                return paragraph.text
    return None
