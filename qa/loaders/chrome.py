"""Which lines belong to the web site around an article and not to the article.

A line counts only as a whole, and a line of prose never counts. When in doubt a line stays:
a stray "Newsletter" costs a reader little, a lost sentence costs an answer.
"""

import re
from collections.abc import Sequence
from itertools import groupby

MAX_CHARS = 300
MAX_WORDS_OF_A_NOTICE = 8

_NETWORK = (
    r"(?:facebook|twitter|x \(twitter\)|whats ?app|telegram|linked ?in|reddit|pinterest|instagram"
    r"|you ?tube|tik ?tok|threads|bluesky|mastodon|messenger|snapchat|tumblr|flipboard|e-?mail"
    r"|google news|rss)"
)
_THING = r"(?:story|stories|article|post|page|news|video|link|url)"

_PHRASES = (
    # ways around the site
    rf"(?:next|previous|prev|prior|older|newer)(?: {_THING}s?)?",
    r"(?:back|return|go) to (?:top|home|homepage|the top)",
    r"(?:skip|jump) to (?:main )?(?:content|navigation)",
    r"(?:open |close |main |toggle )?(?:menu|navigation)",
    r"home ?[>/»›|].*",
    r"(?:load|show|view|see|read|know) (?:more|less|all|full (?:story|article))(?: \.\.\.)?",
    rf"(?:read|see|view) the (?:full|whole|original) {_THING}",
    r"continue reading(?: below)?|keep reading|scroll (?:down )?(?:to|for) .{1,30}",
    r"(?:click|tap) here(?: .*)?",
    r"loading|expand|collapse|close|search",
    # sharing and printing
    rf"share(?: (?:it|this|now|via|on|with friends))?(?: {_THING})?(?: (?:on|via) .{{1,40}})?",
    rf"(?:tweet|pin|like|e-?mail|print|save|bookmark)(?: it| this)?(?: {_THING})?(?: for later)?",
    rf"copy (?:{_THING} )?(?:link|url)|link copied(?: to clipboard)?|copied",
    rf"{_NETWORK}(?:[ |,/·•]+(?:and )?(?:{_NETWORK}|x))*",
    r"\d+ (?:shares?|likes?|views?|comments?|tweets?)",
    # readers' comments and accounts
    r"(?:post|leave|add|write|submit|view|show|hide|see|read)(?: an?| your| the| all)? "
    r"(?:comments?|repl(?:y|ies))",
    r"comments?(?: \(\d+\))?|no comments(?: yet)?|comments? (?:are )?(?:closed|off)",
    r"be the first to comment|join the (?:conversation|discussion)|reply|report abuse",
    r"(?:log ?in|sign ?in|sign ?up|register)(?: (?:now|today|here|free|for free))?",
    r"(?:log ?in|sign ?in|sign ?up) (?:for|to) .{1,60}",
    r"my account|log ?out",
    # other stories
    r"big story|top (?:stories|news|headlines)|latest(?: (?:news|stories|updates|headlines))",
    r"(?:trending|breaking)(?: (?:now|news|stories|topics))?|live (?:now|updates|blog)",
    r"most (?:read|popular|viewed|shared|commented)(?: stories)?",
    r"editor'?s'? (?:picks?|choice)|must[- ]reads?|don'?t miss",
    r"recommended(?: (?:for you|stories|articles|reading|videos?|by .{1,30}))?",
    r"(?:related|similar|more)(?: (?:articles?|stories|story|news|posts?|topics?|content|links?"
    r"|coverage|reading|videos?|headlines))",
    r"more (?:from|by) .{1,40}|more on this(?: (?:story|topic))?|more like this",
    r"you (?:may|might)(?: also)? (?:like|enjoy|be interested in)(?: .{1,30})?",
    r"(?:also (?:read|see|watch)|(?:read|see|watch) (?:also|next|more|this)|must read|related"
    r"|recommended|trending|watch(?: video)?|in pics)(?: stor(?:y|ies))? ?[:|–—-] ?\S.*",
    # advertising, newsletters, apps
    r"advertise?ments?(?: ?[:|–—-] ?.{1,60})?|promoted(?: content)?"
    r"|sponsored(?: (?:content|by .{1,40}))?|ads? by .{1,30}|paid (?:content|post)|ad",
    rf"(?:article|{_THING}) continues (?:below|after).*",
    r"(?:un)?subscribe(?: (?:now|today|here|to .{1,80}|for .{1,60}))?|newsletters?",
    r"(?:get|join|sign up for) .{1,80}(?:newsletter|inbox|alerts|channel|app)",
    r"(?:enter )?your e-?mail(?: address)?|download (?:the|our) .{0,30}app(?: .{1,30})?",
    r"(?:follow|join|find|like) us(?: .{1,80})?|connect with us",
    rf"follow .{{1,40}} on (?:{_NETWORK}|x)\b.{{0,40}}",
    r"stay (?:connected|tuned|updated)(?: .{1,30})?",
    r"listen(?: to (?:this )?(?:article|story))?|play (?:video|audio)|watch (?:now|video|live)",
    # legal notices
    r"all rights reserved|©.*|(?:\(c\)|copyright) (?:©|\(c\)|\d{4}).*",
    r"(?:terms (?:of (?:use|service)|(?:and|&) conditions)|privacy(?: policy)?|about us|contact us"
    r"|cookies?(?: (?:policy|settings|preferences|notice))?|advertise with us|disclaimer|sitemap)"
    r"(?: ?[|·•/,] ?.{1,80})?",
    r"(?:accept|reject|allow|manage|decline)(?: all)?(?: (?:cookies|preferences|options|settings))",
    r"(?:we|this (?:web)?site|our (?:web)?site) uses? cookies.*|i agree|got it",
    # times, tags
    r"\d+[ -]?(?:min(?:ute)?s?|m)(?: |-)(?:read|ago|listen)|\d+ (?:hours?|days?|weeks?) ago",
    r"reading time:? .{1,20}",
    r"(?:tags?|topics?|filed under|categor(?:y|ies)|keywords?|posted in) ?[:|] ?.*",
    # pictures
    r"\{(?:alt|image|img|caption)\b.*\}|\[(?:image|photo|video|advertisement|embed)\b.*\]",
    r"!\[[^\]]*\]\([^)]*\)(?: ?!\[[^\]]*\]\([^)]*\))*",
    r"(?:(?:file |represent\w+ )?(?:images?|photos?|photographs?|pictures?|pics?|video)"
    r"(?: (?:credits?|courtesy|source|by))?|credits?|caption) ?[:|/©] ?.*",
    r"(?:photo|image|picture) (?:credits?|courtesy)(?: .{1,60})?|(?:photo|image) by .{1,60}",
    r"(?:file|representational|representative|stock) (?:photo|image|picture)",
    r"(?:via )?getty images(?: .{1,40})?",
    # nothing but an address, a letter or signs; brackets alone may be code
    r"(?:https?://|www\.)\S+",
    r"[a-z]|[^\w\s(){}\[\]]+(?:\s+[^\w\s(){}\[\]]+)*",
)
_CHROME = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE)
_AROUND = re.compile(r"^(?:[\s_>»›→▶|]|\*(?! ))+|[\s*_.:!>»›→▼▲…|+-]+$")
# A single `|` only divides.
_ROW_WITH_PIPE, _ROW = re.compile(r"\s*\|(?!\s*$)"), re.compile(r".* \| ")
_RULE = re.compile(r"(?=.*\|)(?=.*-)[\s|:-]+")
_PROSE_END = re.compile(r"[.!?…][\"'”’»)\]*_]*$")

_BOX_LINE = r"[ \t]*[*_]*(?:item|rating|best|worst|author|reviewed by|reviewer)[*_]*:[^\n]{0,100}"
_RATING_LINE = (
    r"[ \t]*[*_]*(?:rating|best)[*_]*:[*_ \t]*\d+(?:[.,]\d+)?(?: ?(?:/|of|out of) ?\d+)?[*_ \t]*"
)
REVIEW_BOX = re.compile(
    rf"^(?:{_BOX_LINE}\n+){{0,6}}{_RATING_LINE}(?:\n+{_BOX_LINE}){{0,6}}(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
"""A box of `Item: …`, `Rating: 4`, `Best: 5`, `Author: …` that review plug-ins put in a page."""

REVIEW_AUTHOR = re.compile(
    r"^[ \t]*[*_]*(?:author|reviewed by|reviewer)[*_]*:[*_ \t]*([^\n*_]+)",
    re.IGNORECASE | re.MULTILINE,
)


def without_chrome(text: str) -> str:
    """`text` without the lines that belong to the site."""
    lines = text.split("\n")
    is_cell = _in_tables(lines)
    return "\n".join(
        line for line, stays in zip(lines, is_cell, strict=True) if stays or not is_chrome(line)
    )


def is_chrome(line: str) -> bool:
    """Whether the whole of `line` belongs to the site; blank lines, headings and prose do not."""
    line = line.strip().replace("’", "'")
    if not line or len(line) > MAX_CHARS or line.startswith("#") or is_prose(line):
        return False
    bare = _AROUND.sub("", line)
    return not bare or bool(_CHROME.fullmatch(bare) or _CHROME.fullmatch(line))


def is_prose(line: str) -> bool:
    """Whether `line` ends like a sentence and is too long for a notice."""
    return bool(_PROSE_END.search(line)) and len(line.split()) > MAX_WORDS_OF_A_NOTICE


def _in_tables(lines: Sequence[str]) -> list[bool]:
    """Of each line, whether it is a row of a table: its cells are no links, whatever they say."""
    found: list[bool] = []
    for kind, group in groupby(lines, _kind_of_row):
        rows = list(group)
        found += [bool(kind) and _is_table(kind, rows)] * len(rows)
    return found


def _kind_of_row(line: str) -> str:
    """How a row of cells is written: with pipes around or between them; "" for another line."""
    return "around" if _ROW_WITH_PIPE.match(line) else "between" if _ROW.match(line) else ""


def _is_table(kind: str, rows: Sequence[str]) -> bool:
    """Whether neighbouring rows are a table; a site's menu may have more than one line too."""
    if len(rows) == 1:
        return False
    if kind == "around" or any(_RULE.fullmatch(row) for row in rows):
        return True
    return sum(not is_chrome(row) for row in rows) * 2 > len(rows)
