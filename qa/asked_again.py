"""An earlier question asked again of something else: "and Russia?", "and in 2023?", "the school?".

The new words take the place of those like them: a phrase with the same preposition, a name, a thing
with its article. Where that place can't be told for sure there is none, and nothing is put in.
"""

import re

from qa.questions import A_YEAR, MONTHS, WEEKDAY, wanted
from qa.stopwords import STOPWORDS

CAPITALS = "A-Z" + "".join(c for c in map(chr, range(0xC0, 0x250)) if c.isupper())
_NAME = re.compile(
    rf"\b[{CAPITALS}][\w’'-]*(?:\s+(?:(?:of|the|de|del|van|von|bin|al)\s+)*[{CAPITALS}][\w’'-]*)*"
)
_PREPOSITIONS = "about|against|at|between|by|during|for|from|in|of|on|since|to|with"
PREPOSITION = re.compile(rf"(?:{_PREPOSITIONS})\s", re.I)
_PHRASE = re.compile(rf"\s({_PREPOSITIONS})\s.+?(?=\s(?:{_PREPOSITIONS})\s|[?.!\s]*$)", re.I)
"""A preposition and what belongs to it, up to the next one."""
_OBJECT = re.compile(rf"\s\w+(?:\s+(?:the\s+)?[{CAPITALS}\d][\w’'-]*)+")
"""A phrase of a name or a number: what follows that belongs to it no more."""
_POSSESSIVE = re.compile(r"(?:['’]s|s['’])$")
_DETERMINERS = "the|an?|this|that|these|those"
_OTHER_TIME = re.compile(r"\b(?:before|after|earlier|later|ago|since)$", re.I)
_OF_BARE = re.compile(rf"\b(?:of|about|for)\s+(?!(?:{_DETERMINERS})\b)([a-z]\w+)\b")
_THEN_OF_BARE = re.compile(rf"\s+{_OF_BARE.pattern}")
_AFTER_HELP = re.compile(rf"\b(?:does|do|did|has|had|will|can)\s+({_NAME.pattern})")
_TIME = re.compile(
    rf"\d|\b(?:{MONTHS}|{WEEKDAY}|spring|summer|autumn|winter|year|month|week)s?\b", re.I
)
_THING = re.compile(rf"\b(?:{_DETERMINERS})((?:\s+\w[\w’'-]*)+)", re.I)
"""A noun with its article, and all words after it."""
_DETERMINER = re.compile(rf"\b(?:{_DETERMINERS})\s+", re.I)
_OTHER_ONE = re.compile(r"the\s+(\w+)\s+ones?", re.I)
_ONE = re.compile(r"\bthe\s+(\w+)\s+\w", re.I)
_IS = re.compile(r"\b(?:is|are|was|were)\s+$", re.I)
_DOES = re.compile(r"\b(?:do|does|did|has|have|had|can|could|will|would|should)\s+$", re.I)
_VERBS = frozenset("be been being do does doing had has have say says said tell".split())
"""Those of the stopwords that are what is asked of a thing: the run of its words ends before."""
_PARTICIPLE = re.compile(
    r"(?:ed|built|held|made|born|found|sold|won|lost|shot|hit|cut|paid|sent|told|bought|set|put|"
    r"taken|given|written|known|seen|shown|done|begun|stolen|chosen|broken|driven|thrown)$"
)


def asked_again(earlier: str, rest: str, *, may_add: bool) -> str | None:
    """The question `earlier` about `rest`, in place of what is like it, or else added.

    None where neither makes a question. "And wounded?" may be added to "How many died?"; "What
    about parking?" may not to "Who is it?": then `may_add` is false.
    """
    if (other := _OTHER_ONE.fullmatch(rest)) and (one := _ONE.search(earlier)):
        return f"{earlier[: one.start(1)]}{other[1]}{earlier[one.end(1) :]}"
    place, words = _place(earlier, rest), rest
    if place and PREPOSITION.match(rest):
        words = f" {rest}"
    elif place and earlier[: place[0]].lower().endswith("the "):
        words = _bare(rest)
    if place:
        return _put(earlier, *place, words)
    is_thing = _DETERMINER.match(rest) and not _OTHER_TIME.search(rest)
    if is_thing and not PREPOSITION.match(rest):
        return None
    if may_add or wanted(earlier) == "other" or PREPOSITION.match(rest):
        return f"{earlier.rstrip(' ?')} {rest}?"
    return None


def names_in(text: str) -> list[str]:
    """Proper names of `text`, as they stand; a question word at its start is none."""
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        if match.start() == 0 or text[: match.start()].rstrip().endswith(("?", ".")):
            words = words[1:] if words[0].lower() in STOPWORDS or len(words) == 1 else words
        if words:
            found.append(" ".join(words))
    return found


def _place(earlier: str, rest: str) -> tuple[int, int] | None:
    """Where `earlier` says what `rest` is asked in place of; None if that is not sure."""
    if PREPOSITION.match(rest):
        return _of_phrase(earlier, rest)
    if _OTHER_TIME.search(rest):  # "a year before" is no thing that was asked about
        return None
    if A_YEAR.fullmatch(rest):
        years = [found.span() for found in A_YEAR.finditer(earlier)]
        return years[-1] if years else None
    bare = _bare(rest)
    if not re.search(r"\w", bare):
        return None
    if bare[:1].isupper():
        return _of_name(earlier, bare)
    object_ = _OF_BARE.search(earlier)
    if bare != rest:
        name = _AFTER_HELP.search(earlier)
        if name and wanted(f"which {bare}") == "person":  # "What did Ann Berg say of the strike?"
            return name.span(1)
        return _of_thing(earlier, bare) or (name.span(1) if name else None)
    return object_.span(1) if object_ and len(rest.split()) == 1 else None


def _bare(text: str) -> str:
    """`text` without the determiner that it begins with, if any."""
    determiner = _DETERMINER.match(text)
    return text[determiner.end() :] if determiner else text


def _put(text: str, start: int, end: int, words: str) -> str:
    """`text` with `words` in place of what stands there, none of them doubled by what follows."""
    after = text[end:]
    said = words.split()
    for count in range(len(said) - 1, 0, -1):
        tail = " " + " ".join(said[count:])
        if re.match(rf"{re.escape(tail)}\b", after, re.I):
            after = after[len(tail) :]
            break
    return f"{text[:start]}{words}{after}"


def _of_phrase(earlier: str, rest: str) -> tuple[int, int] | None:
    """The last phrase with the preposition of `rest`, of time if that is one.

    Where `rest` is several phrases, as many as follow with the same prepositions.
    """
    asked = [found[1].lower() for found in _PHRASE.finditer(f" {rest}")]
    there = list(_PHRASE.finditer(earlier))
    is_time = bool(_TIME.search(rest))
    for first in range(len(there) - 1, -1, -1):
        found = there[first]
        if asked[:1] != [found[1].lower()] or bool(_TIME.search(found.group())) != is_time:
            continue
        last = first
        while (
            last + 1 < len(there)
            and [f[1].lower() for f in there[first : last + 2]] == asked[: last + 2 - first]
        ):
            last += 1
        named = _OBJECT.match(there[last].group())
        if named and not _POSSESSIVE.search(named.group()):
            return found.start(), there[last].start() + named.end()
        return found.start(), there[last].end()
    return None


def _of_name(earlier: str, rest: str) -> tuple[int, int] | None:
    """The first name that `rest` does not say."""
    for name in names_in(earlier):
        start = earlier.find(name)  # not there where blanks were doubled
        if start >= 0 and name.lower() not in rest.lower():
            return start, start + len(name)
    return None


def _of_thing(earlier: str, rest: str) -> tuple[int, int] | None:
    """The first thing with its article, without the verb or adjective that says what of it."""
    things = [
        (thing, list(re.finditer(r"\S+", thing[1])))
        for determiner in _DETERMINER.finditer(earlier)
        if (thing := _THING.match(earlier, determiner.start()))
    ]
    counts = [_kin([w.group().lower() for w in ws], rest.lower().split()) for _, ws in things]
    if things and not any(counts):
        thing, words = things[0]
        counts[0] = _count(earlier, thing.start(), [w.group().lower() for w in words], rest)
    for (thing, words), count in zip(things, counts, strict=True):
        if count:
            end = thing.start(1) + words[count - 1].end()
            of = _THEN_OF_BARE.match(earlier, end)  # "department of water"
            return thing.start(), of.end() if of else end
    return None


def _kin(words: list[str], asked: list[str]) -> int:
    """How many of `words` name a thing of the kind that is asked about; 0 if that can't be seen.

    "the iPhone 15" and "the iPhone 16" begin alike, "the 5G network" and "the 4G network" end so.
    """
    if words[0] == asked[0] and len(asked) > 1:
        return min(len(words), len(asked))
    return words.index(asked[-1]) + 1 if asked[-1] in words else 0


def _count(earlier: str, start: int, words: list[str], rest: str) -> int:
    """How many of `words`, which begin with a thing, are still that thing; 0 if not sure."""
    end = next((n for n, word in enumerate(words) if word in STOPWORDS), len(words))
    following = words[end] if end < len(words) else ""
    if following == "of" or following in _VERBS:
        return end
    if _DOES.search(earlier[:start]):  # a verb follows, and perhaps what it is done to
        asked = len(rest.split())
        return end - 1 if end == 2 or end - 1 == asked else 0
    if _IS.search(earlier[:start]):
        opens = re.match(r"(?:is|are|was|were)\s", earlier, re.I)
        return end - 1 if end > 1 and (opens or _PARTICIPLE.search(words[end - 1])) else end
    return end
