"""Plain text and Markdown."""

import re
from collections.abc import Sequence
from pathlib import Path

from qa.loaders.cleaning import normalise
from qa.loaders.dates import parse_date
from qa.loaders.decoding import read_text
from qa.loaders.draft import Draft
from qa.loaders.labels import labelled

# Between two rules may stand a paragraph too.
_FRONT_MATTER = re.compile(
    r"\s*---[ \t]*\n(?=[\w-][\w -]*:\s)(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)",
    re.DOTALL,
)
_CODE_OR_COMMENT = re.compile(
    r"^[ \t]*(```|~~~).*?^[ \t]*\1|<!--.{0,2000}?-->"
    r"|(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).){1,600}?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)
_STAND_IN = re.compile(r"\0(\d+)\0")
"""For a piece of code; no text has the sign, once it is normalised."""
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
    text, code = _without_code(normalise(read_text(path, max_bytes)))
    return Draft(text=_with_code(_STARRED.sub(r"\2", text), code))


def read_markdown(path: Path, max_bytes: int) -> Draft:
    """A Markdown file without images, link targets and emphasis; headings keep their marks."""
    text = normalise(read_text(path, max_bytes))
    matter = _FRONT_MATTER.match(text)
    known = _front_matter(matter.group(1)) if matter else {}
    text, code = _without_code(text[matter.end() :] if matter else text)
    text = _plain_words(_UNDERLINED.sub(r"# \1", text))
    heading = _FIRST_HEADING.search(text)
    first = _with_code(heading.group(1).rstrip(" \t#"), code) if heading else None
    return Draft(
        text=_with_code(text, code),
        title=known.get("title") or first,
        source=known.get("source"),
        url=known.get("url"),
        author=known.get("author"),
        published=parse_date(known.get("published")),
    )


def _without_code(text: str) -> tuple[str, list[str]]:
    """`text` with stand-ins for its pieces of code, but for those in comments; and the pieces."""
    pieces: list[str] = []

    def stand_in(found: re.Match[str]) -> str:
        if found.group().startswith("<!--"):
            return found.group()
        pieces.append(found.group())
        return f"\0{len(pieces) - 1}\0"

    return _CODE_OR_COMMENT.sub(stand_in, text), pieces


def _with_code(text: str, pieces: Sequence[str]) -> str:
    return _STAND_IN.sub(lambda found: pieces[int(found[1])], text)


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
