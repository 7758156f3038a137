"""Plain text and Markdown."""

import re
from pathlib import Path

from qa.loaders.chrome import labelled
from qa.loaders.cleaning import normalise
from qa.loaders.dates import parse_date
from qa.loaders.decoding import read_text
from qa.loaders.draft import Draft

# Between two rules may stand a paragraph too.
_FRONT_MATTER = re.compile(
    r"\s*---[ \t]*\n(?=[\w-][\w -]*:\s)(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)",
    re.DOTALL,
)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_FIRST_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_UNDERLINED = re.compile(r"^([^\n#>|-][^\n]*)\n=+[ \t]*$", re.MULTILINE)
# What may be long is limited, so that no text makes a pattern slow.
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_STARRED = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^\n*]{0,300}?[^\s*])\1(?![\w*])")
_ITEM = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,]+)""")
_BOLD = re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^\n]{0,300}?\S)\1(?![\w*])")
# Emphasis may go on in the next line of its paragraph.
_EMPHASIS = re.compile(
    r"(?<![\w*\\])([*_])(?![\s*_])((?:(?!\1|\n[ \t]*\n)[\s\S]){1,600})(?<!\s)\1(?![\w*])"
)


def read_plain(path: Path, max_bytes: int) -> Draft:
    """A text file as it is, but for asterisks around words, which many have from Markdown.

    What it says about itself stands in its header.
    """
    return Draft(text=_STARRED.sub(r"\2", read_text(path, max_bytes)))


def read_markdown(path: Path, max_bytes: int) -> Draft:
    """A Markdown file without images, link targets and emphasis; headings keep their marks."""
    text = normalise(read_text(path, max_bytes))
    matter = _FRONT_MATTER.match(text)
    known = _front_matter(matter.group(1)) if matter else {}
    text = _UNDERLINED.sub(r"# \1", text[matter.end() :] if matter else text)
    heading = _FIRST_HEADING.search(_FENCE.sub("", text))
    first = _plain_words(heading.group(1).rstrip(" \t#")) if heading else None
    return Draft(
        text=_plain_words(text),
        title=known.get("title") or first,
        source=known.get("source"),
        url=known.get("url"),
        author=known.get("author"),
        published=parse_date(known.get("published")),
    )


def _plain_words(text: str) -> str:
    text = _IMAGE.sub("", _COMMENT.sub("", text))
    return _EMPHASIS.sub(r"\2", _BOLD.sub(r"\2", _LINK.sub(r"\1", text)))


def _unquoted(value: str) -> str:
    """A value without the quotation marks around it; others it keeps."""
    value = value.strip()
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _front_matter(block: str) -> dict[str, str]:
    """The fields of `key: value` lines; nested values are left out."""
    found: dict[str, str] = {}
    for line in block.split("\n"):
        pair = labelled(line) if line[:1].strip() else None
        if pair and pair[0]:
            is_list = pair[1].startswith("[")
            items = _ITEM.findall(pair[1].strip("[]")) if is_list else [pair[1]]
            found.setdefault(pair[0], ", ".join(map(_unquoted, items)))
    return found
