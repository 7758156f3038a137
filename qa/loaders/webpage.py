"""HTML pages: the article's own text, and what the page's head says about it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from qa.loaders.dates import parse_date
from qa.loaders.decoding import decode, encoding_of, read_bytes
from qa.loaders.draft import Draft, Unreadable, foreign
from qa.loaders.markup import keep_entries, keep_times

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]  # ships no types

DECLARATION_BYTES = 4096

_DECLARED = re.compile(rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.I)
_RULE_UNDER_TABLE_HEAD = re.compile(r"^\|(?:---\|)+\n+", re.MULTILINE)
_NEW_BLOCK = re.compile(r"\n+(?![ \t]*- |\| )")
# What the page itself hides; orders to whoever reads it by machine are put there.
_STYLE = "concat(translate(@style, ' ', ''), ';')"
_UNSEEN = [
    "//template",
    "//*[@hidden]",
    *(
        f"//*[contains({_STYLE}, '{style}')]"
        for style in (
            "display:none", "visibility:hidden", "opacity:0;", "font-size:0;", "font-size:0px",
            "font-size:1px",
        )
    ),
]  # fmt: skip
_OF_TEXT = re.compile(r"iso|windows|cp\d|x-|koi8|mac|big5|gb|euc|shift|sjis|ascii|us-|latin|tis")
"""How the names of encodings begin that pages are written in; Python knows stranger ones."""
# Browsers read these as Windows-1252 too.
_SMALLER_THAN_CP1252 = {"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"}


def read_webpage(path: Path, max_bytes: int) -> Draft:
    """The main text of an HTML file, with tables, without comments; raises Unreadable."""
    page = _decoded(read_bytes(path, max_bytes))
    with foreign("is not an HTML page that can be read"):
        from trafilatura import bare_extraction  # slow to import
        from trafilatura.settings import Document
        from trafilatura.utils import load_html

        tree = load_html(page)
        if tree is None:
            raise Unreadable("no article text found")
        keep_times(tree)
        keep_entries(tree)
        found = bare_extraction(
            tree,
            favor_recall=True,
            include_comments=False,
            prune_xpath=_UNSEEN,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
        if not isinstance(found, Document) or found.body is None:
            raise Unreadable("no article text found")
        return Draft(
            text=_text(found.body),
            title=_without_site(found.title or "", found.sitename),
            source=found.sitename,
            url=found.url,
            author=(found.author or "").replace("; ", ", "),
            published=parse_date(found.date),
        )


def _decoded(content: bytes) -> str:
    """The page as text: as UTF-8 when it is that, else as it declares itself."""
    declared = _DECLARED.search(content[:DECLARATION_BYTES])
    name = declared.group(1).decode("ascii", "ignore").lower() if declared else ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        if _OF_TEXT.match(name):
            return decode(content, "cp1252" if name in _SMALLER_THAN_CP1252 else name)
    except (LookupError, UnicodeError):
        pass  # no such encoding
    return decode(content, encoding_of([content]))


def _text(body: "_Element") -> str:
    """The text of an extracted body, a blank line between paragraphs."""
    from trafilatura.xml import xmltotxt

    # The tree is decoded already, and xmltotxt decodes entities once more.
    for element in body.iter():
        element.text = (element.text or "").replace("&", "&amp;")
        element.tail = (element.tail or "").replace("&", "&amp;")
    text = _RULE_UNDER_TABLE_HEAD.sub("", xmltotxt(body, include_formatting=False))
    return _NEW_BLOCK.sub("\n\n", text)


def _without_site(title: str, site: str | None) -> str:
    """`title` without the name of the site behind it."""
    head, mark, tail = title.rpartition(" - ") if " - " in title else title.rpartition(" | ")
    return head if mark and site and tail.strip().casefold() == site.casefold() else title
