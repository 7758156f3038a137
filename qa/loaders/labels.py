"""Lines that say what an article is, as in `Author: Jane Roe`."""

import re

_METADATA = {
    "title": "title",
    "headline": "title",
    "author": "author",
    "authors": "author",
    "by": "author",
    "written by": "author",
    "reported by": "author",
    "reporter": "author",
    "source": "source",
    "publisher": "source",
    "publication": "source",
    "newspaper": "source",
    "site": "source",
    "website": "source",
    "date": "published",
    "published": "published",
    "published on": "published",
    "published at": "published",
    "date published": "published",
    "publish date": "published",
    "published date": "published",
    "publication date": "published",
    "pubdate": "published",
    "posted": "published",
    "posted on": "published",
    "first published": "published",
    "url": "url",
    "link": "url",
    "canonical url": "url",
    "updated": "updated",
    "updated on": "updated",
    "last updated": "updated",
    "last modified": "updated",
    "modified": "updated",
    "edited by": "",
    "section": "",
    "slug": "",
    "language": "",
}
LABELLED = re.compile(r"[*_]*([A-Za-z][A-Za-z_ -]{1,20})[*_]*\s*:\s*[*_]*\s*(\S.*)")


def labelled(line: str) -> tuple[str, str] | None:
    """The field and value of a line like `Author: Jane Roe`; field "" for what is of no use."""
    match = LABELLED.fullmatch(line.strip())
    if match is None:
        return None
    name = match.group(1).strip().lower().replace("_", " ").replace("-", " ")
    value = match.group(2).rstrip("*_")
    return (_METADATA[name], value) if name in _METADATA and value else None
