"""What is changed in a page's markup before its text is taken out, so that no text is lost."""

import re
from collections import Counter
from itertools import dropwhile
from typing import TYPE_CHECKING

from qa.loaders.chrome import is_prose

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]  # ships no types

SEVERAL = 3
"""So many blocks of one name are the entries of a page, and none of them is its body."""

_LEFT_OUT = ("time", "output")
"""Elements that trafilatura leaves out with their text."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARAGRAPHS = ("p", "li", "dt", "dd", "td", "th", "blockquote", *_HEADINGS)
_OF_PAGE = re.compile(
    r"publish|posted|pubdate|byline|dateline|entry-(?:date|time|meta)|(?:post|article)-?date", re.I
)
"""How the markup says that a time is when the page itself appeared."""
_NAMES = ("class", "itemprop")
_TELL_THE_DAY = ("datetime", "pubdate", "id", *_NAMES)
"""By these attributes a date of publication is looked for."""
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?: ?[ap]\.?m\b\.?)?(?: [A-Z]{2,4})?", re.IGNORECASE)
_BODY = re.compile(
    r"post|entry|story|content|text|cell"
    r"|(?:post|entry|article|art|page|story)[-_]{0,2}(?:text|body|entry|content)"
)
"""What trafilatura takes for the body of a page, whichever of its name comes first."""


def keep_times(page: "_Element") -> None:
    """Make the times that a text tells of plain words; those above the text are its header's."""
    with_words = set(page.xpath("//*[time or output][text()[normalize-space()]]"))
    for element in _of_text(page):
        if element.tag not in _LEFT_OUT or _is_of_page(element):
            continue
        is_loose = element.getparent() not in with_words
        if is_loose and _CLOCK.fullmatch(_words(element)) and _joined(element):
            continue
        in_paragraph = next(element.iterancestors(*_PARAGRAPHS), None) is not None
        element.tag = "p" if is_loose and not in_paragraph else "span"
        for name in _TELL_THE_DAY:
            element.attrib.pop(name, None)


def keep_entries(page: "_Element") -> None:
    """Let no entry of many stand for the page: of a live report only the newest would be left."""
    blocks = list(page.iter("article", "div", "section"))
    names = Counter(block.get("class") for block in blocks)
    articles = Counter(_siblings(block) for block in blocks if block.tag == "article")
    for block in blocks:
        name = block.get("class")
        if block.tag == "article" and articles[_siblings(block)] >= SEVERAL:
            block.tag = "section"
        if name and names[name] >= SEVERAL and _BODY.fullmatch(name):
            del block.attrib["class"]


def _of_text(page: "_Element") -> list["_Element"]:
    """The paragraphs and times from the first sentence below the page's heading on."""
    elements = list(page.iter(*_PARAGRAPHS, *_LEFT_OUT))
    at_heading = next((at for at, each in enumerate(elements) if each.tag == "h1"), 0)
    return list(dropwhile(lambda each: not _is_prose(each), elements[at_heading:]))


def _is_prose(element: "_Element") -> bool:
    return element.tag not in (*_LEFT_OUT, *_HEADINGS) and is_prose(_words(element))


def _words(element: "_Element") -> str:
    return " ".join("".join(element.itertext()).split())


def _is_of_page(element: "_Element") -> bool:
    around = (element, element.getparent())
    return any(_OF_PAGE.search(each.get(name, "")) for each in around for name in _NAMES)


def _joined(element: "_Element") -> bool:
    """Whether what follows is the heading or paragraph of that time: it then begins with it."""
    time = _words(element)
    while _is_alone(element):
        element = element.getparent()
    below = element.getnext()
    if below is None or below.tag not in ("p", *_HEADINGS) or not _words(below):
        return False
    below.text = f"{time} – {below.text or ''}"
    element.drop_tree()
    return True


def _is_alone(element: "_Element") -> bool:
    """Whether a small block holds nothing else."""
    around = element.getparent()
    beside = [around.text, element.tail]
    return around.tag in ("p", "div", "span") and len(around) == 1 and not any(map(_says, beside))


def _says(text: str | None) -> bool:
    return bool(text and text.strip())


def _siblings(block: "_Element") -> tuple["_Element", str | None]:
    return block.getparent(), block.get("class")
