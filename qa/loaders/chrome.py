"""Which lines belong to the web site around an article and not to the article.

A line counts only as a whole, and a line of prose never counts. When in doubt a line stays:
a stray "Newsletter" costs a reader little, a lost sentence costs an answer.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import groupby

from qa.loaders.labels import LABELLED, labelled

MAX_CHARS = 300
MAX_WORDS_OF_A_NOTICE = 8
LEAST_WORDS_OF_A_SENTENCE = 5

_NETWORK = (
    r"(?:facebook|twitter|x \(twitter\)|whats ?app|telegram|linked ?in|reddit|pinterest|instagram"
    r"|you ?tube|tik ?tok|threads|bluesky|mastodon|messenger|snapchat|tumblr|flipboard|e-?mail"
    r"|google news|rss)"
)
_THING = r"(?:story|stories|article|post|page|news|video|link|url)"
_PICTURE = r"(?:images?|photos?|photographs?|pictures?|pics?|video)"

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
    r"|watch(?: video)?|in pics)(?: stor(?:y|ies))? ?[:|–—-] ?\S.*",
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
    # times
    r"\d+[ -]?(?:min(?:ute)?s?|m)(?: |-)(?:read|ago|listen)|\d+ (?:hours?|days?|weeks?) ago",
    r"reading time:? .{1,20}",
    # pictures
    r"\{(?:alt|image|img|caption)\b.*\}|\[(?:image|photo|video|advertisement|embed)\b.*\]",
    r"!\[[^\]]*\]\([^)]*\)(?: ?!\[[^\]]*\]\([^)]*\))*",
    rf"(?:(?:file |represent\w+ ){_PICTURE}|{_PICTURE} (?:credits?|courtesy|source|by))"
    r" ?[:|/©] ?.*",
    rf"(?:{_PICTURE}|credits?) ?[:|/©] ?(?!\d)\S.*",  # "Video: 12 films" may be a fact
    r"(?:photo|image|picture) (?:credits?|courtesy)(?: .{1,60})?|(?:photo|image) by .{1,60}",
    r"(?:file|representational|representative|stock) (?:photo|image|picture)",
    r"(?:via )?getty images(?: .{1,40})?",
    # nothing but an address or a letter
    r"(?:https?://|www\.)\S+",
    r"[a-z]",
)
_LABELS = (
    r"(?:recommended|trending)(?: stor(?:y|ies))? ?[:|–—-] ?\S.*",
    r"(?:tags?|topics?|filed under|categor(?:y|ies)|keywords?|posted in) ?[:|] ?.*",
    rf"(?:{_PICTURE}|credits?|caption) ?[:|/©] ?.*",
)
"""What an article may say as well, as in "Video: 12 films"."""
_CHROME = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE)
_LABEL = re.compile("|".join(f"(?:{phrase})" for phrase in _LABELS), re.IGNORECASE)
# Brackets alone may be code.
_MARKS = re.compile(r"[^\w\s(){}\[\]]+(?:\s+[^\w\s(){}\[\]]+)*")
_AROUND = re.compile(r"^(?:[\s_>»›→▶|]|\*(?! ))+|[\s*_.:!>»›→▼▲…|+-]+$")
# A single `|` only divides.
_ROW_WITH_PIPE, _ROW = re.compile(r"\s*\|(?!\s*$)"), re.compile(r".* \| ")
_RULE = re.compile(r"(?=.*\|)(?=.*-)[\s|:-]+")
_SENTENCE_END = re.compile(r"[.!…][\"'”’»)\]*_]*$")
_PROSE_END = re.compile(r"[.!?…][\"'”’»)\]*_]*$")

_BOX_LINE = r"[ \t]*[*_]*(?:item|rating|best|worst|author|reviewed by|reviewer)[*_]*:[^\n]{0,100}"
_OF_BOX = re.compile(_BOX_LINE, re.IGNORECASE)
_BOX = re.compile(rf"(?:^{_BOX_LINE}(?:\n+|\Z)){{2,}}", re.IGNORECASE | re.MULTILINE)
_RATING = re.compile(
    r"^[ \t]*[*_]*rating[*_]*:[*_ \t]*\d+(?:[.,]\d+)?(?: ?(?:/|of|out of) ?\d+)?[*_ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)

REVIEW_AUTHOR = re.compile(
    r"^[ \t]*[*_]*(?:author|reviewed by|reviewer)[*_]*:[*_ \t]*([^\n*_]+)",
    re.IGNORECASE | re.MULTILINE,
)


class _Kind(Enum):
    """What a line looks like by itself."""

    BLANK = auto()
    MARKS = auto()
    SITE = auto()
    LABEL = auto()
    """A label that sites have and articles too: which it is, its neighbours tell."""
    BOX = auto()
    TEXT = auto()


def without_chrome(text: str) -> str:
    """`text` without the lines that belong to the site.

    What stands behind a label such as "Video:" goes beside other chrome, and above the first
    sentence or below the last, unless it is one of a list of facts.
    """
    lines = text.split("\n")
    kinds = _with_facts(lines, _with_tables(lines, [_kind(line) for line in lines]))
    gone = _of_site(lines, kinds)
    return "\n".join(line for at, line in enumerate(lines) if at not in gone)


def review_boxes(text: str) -> Iterator[str]:
    """The boxes of `Item: …`, `Rating: 4`, `Best: 5`, `Author: …` that review plug-ins put in."""
    return (box.group() for box in _BOX.finditer(text) if _RATING.search(box.group()))


def without_reviews(text: str) -> str:
    """`text` without such boxes."""
    return _BOX.sub(lambda box: "" if _RATING.search(box.group()) else box.group(), text)


def is_chrome(line: str) -> bool:
    """Whether `line`, were it alone, belongs to the site; blank lines, headings, prose do not."""
    return _kind(line) in (_Kind.MARKS, _Kind.SITE, _Kind.LABEL)


def is_prose(line: str) -> bool:
    """Whether `line` ends like a sentence and is too long for a notice."""
    return bool(_PROSE_END.search(line)) and len(line.split()) > MAX_WORDS_OF_A_NOTICE


def _kind(line: str) -> _Kind:
    if _OF_BOX.fullmatch(line):
        return _Kind.BOX
    line = line.strip().replace("’", "'")
    if not line:
        return _Kind.BLANK
    if len(line) > MAX_CHARS or line.startswith("#") or is_prose(line):
        return _Kind.TEXT
    bare = _AROUND.sub("", line)
    if not bare or _MARKS.fullmatch(bare) or _MARKS.fullmatch(line):
        return _Kind.MARKS
    if _CHROME.fullmatch(bare) or _CHROME.fullmatch(line):
        return _Kind.SITE
    is_label = _LABEL.fullmatch(bare) or _LABEL.fullmatch(line)
    return _Kind.LABEL if is_label else _Kind.TEXT


def _with_tables(lines: Sequence[str], kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds, but the rows of tables are text: their cells are no links, whatever they say."""
    found: list[_Kind] = []
    for form, group in groupby(zip(lines, kinds, strict=True), lambda pair: _form_of_row(*pair)):
        rows, theirs = zip(*group, strict=True)
        found += [_Kind.TEXT] * len(rows) if form and _is_table(form, rows, theirs) else theirs
    return found


def _form_of_row(line: str, kind: _Kind) -> str:
    """How a row of cells is written: with pipes around or between them; "" for another line."""
    if kind is _Kind.BOX:
        return ""
    return "around" if _ROW_WITH_PIPE.match(line) else "between" if _ROW.match(line) else ""


def _is_table(form: str, rows: Sequence[str], kinds: Sequence[_Kind]) -> bool:
    """Whether neighbouring rows are a table; a site's menu may have more than one line too."""
    if len(rows) == 1:
        return False
    if form == "around" or any(_RULE.fullmatch(row) for row in rows):
        return True
    return sum(kind in (_Kind.TEXT, _Kind.LABEL) for kind in kinds) * 2 > len(rows)


def _with_facts(lines: Sequence[str], kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds, but a label is text where the lines next to it have labels that no site has."""
    is_fact = [
        kind is _Kind.TEXT and bool(LABELLED.fullmatch(line.strip())) and not labelled(line)
        for line, kind in zip(lines, kinds, strict=True)
    ]
    found = list(kinds)
    together = groupby(range(len(lines)), lambda at: is_fact[at] or kinds[at] is _Kind.LABEL)
    for has_labels, group in together:
        places = list(group)
        if has_labels and any(is_fact[at] for at in places):
            found[places[0] : places[-1] + 1] = [_Kind.TEXT] * len(places)
    return found


def _of_site(lines: Sequence[str], kinds: Sequence[_Kind]) -> set[int]:
    """Which lines belong to the site."""
    gone = {at for at, kind in enumerate(kinds) if kind in (_Kind.MARKS, _Kind.SITE)}
    filled = [at for at, kind in enumerate(kinds) if kind not in (_Kind.BLANK, _Kind.MARKS)]
    for may_go, group in groupby(filled, lambda at: kinds[at] in (_Kind.SITE, _Kind.LABEL)):
        run = list(group)
        if may_go and any(kinds[at] is _Kind.SITE for at in run):
            gone.update(run)
    told = [at for at in filled if kinds[at] is _Kind.TEXT and _is_sentence(lines[at])]
    first, last = (told[0], told[-1]) if told else (len(lines), 0)
    labels = (at for at in filled if kinds[at] is _Kind.LABEL)
    return gone | {at for at in labels if not first < at < last}


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= LEAST_WORDS_OF_A_SENTENCE and bool(_SENTENCE_END.search(line))
