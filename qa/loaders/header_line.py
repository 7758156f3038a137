"""What one line of an article's header says: who wrote it, when, where, for whom.

"By Jane Roe, 3 May 2024", "Coastal Times - May 3, 2024", "Aalvik, 24 October 2024".
"""

import re

from qa.loaders.dates import parse_date
from qa.loaders.labels import labelled

HEADER_CHARS = 300
EARLIEST_DATELINE = 1990
"""A first sentence that begins with an earlier day tells of history."""

_AGENCY = re.compile(r"\((?!Updated|Part\b|Continued)([A-Z][\w.&’' -]{2,40})\)")
_DATED = re.compile(
    r"(?:first )?(published|posted|last updated|updated)(?: by .{1,60}?(?= on ))?(?: on| at)?:?\s+"
    r"(.*\d{4}.*?)(?:,? by .{1,60})?",
    re.IGNORECASE,
)
_SPELT_ZONE = re.compile(r"(?<=[\dmM.]) (?:[A-Z][a-z]+ ?){1,3}(?:time)?$")
_NUMERIC = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
"""What is a date, though perhaps not only one."""
_NUMBER = re.compile(r"\d{9,}(?:\.\d*)?")
SITE_NAME = re.compile(r"[A-Z][\w.&'’-]*(?: [\w.&'’-]+){0,2}")
_NAME = r"[A-Z][\w.'’-]*(?:\s+(?:[A-Z][\w.'’-]*|of|de|del|van|von|der|bin|al|la))*"
BYLINE = re.compile(
    r"[*_]*(?:(?:Opinion|Comment|Analysis|Interview|Report|Review|Story|Words|Text) )?[Bb][Yy]\s+"
    rf"[*_]*({_NAME}(?:(?:,| and| &)\s+{_NAME})*?)[*_]*"
    r"(?:,\s+(?:[\w’'&-]+\s+){0,4}(?:editor|correspondent|reporter|writer|columnist|critic|staff"
    r"|contributor|journalist|analyst|chief|News))?(?:\s+in\s+[A-Z].{1,40})?[*_]*",
)
_ALL_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_WHEN = re.compile(rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|{_ALL_MONTHS}|and|[\W\d])+")
"""What is no name, as in "By Monday"."""
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DAY_ALONE = re.compile(
    rf"(?:\w+[.,]* )?(?:\d\d?[a-z]* (?:of )?{_MONTH},? \d{{4}}|{_MONTH} \d\d?[a-z]*,? \d{{4}}"
    r"|\d{4}-\d\d-\d\d)(?:,? \d\d?[:.]\d\d)?"
)
_UNNAMED = re.compile(
    r"by staff(?: and agencies)?|(?:by|from) (?:(?:our|an?|the|staff) ){1,2}(?:[\w’'-]+ ){0,3}"
    r"(?:reporters?|correspondents?|writers?|editors?|staff|desk|team)"
    r"(?: (?:in|at) [^\n,.!?]{1,40})?",
    re.IGNORECASE,
)
"""A byline that names nobody, as in "By our court reporter"."""
CREDIT = re.compile(
    r"[*_]*(?:Words|(?:Words|Text|Story) (?:and|&) (?:pictures|photos|photographs|images)): "
    rf"({_NAME})(?<!\.)(?:[.*_ ]*$|\.\s+)"
)
"""Who wrote a text, as in "Words and pictures: Jane Roe."; more may follow."""
_GENRE = re.compile(
    r"(?:press|media|news) (?:release|statement)|for immediate release|news|opinion|comment"
    r"|analysis|interview|obituary|feature|corrections?",
    re.IGNORECASE,
)
_BEFORE_DATE = re.compile(r"(\S.*?)(?:,|\s+[-–—])\s+(\S.*\d{4})(?:,?\s+\d{1,2}[:.]\d\d)?")
_OF_PAPERS = re.compile(
    r"(?:\b(?:Times|Post|News|Herald|Gazette|Journal|Tribune|Chronicle|Guardian|Observer|Mail|Mirror|"
    r"Express|Standard|Star|Sun|Globe|Press|Review|Record|Today|Daily|Weekly|Wire|Agency|Telegraph|"
    r"Independent|Reporter|Bulletin|Courier|Examiner|Dispatch|Inquirer|Echo|Magazine|Media|Radio|TV|"
    r"Reuters|AFP|AP|BBC|CNN|NPR|DW)|\.\w{2,4})\b"
)
"""What the names of papers, agencies and sites have, and those of places have not."""
_NOT_THEN = r"(?!(?:On|In|At|By|From|Since|Until|After|Before|(?!Match)\w+day)\b)"
_THEN_DAY = (
    r",\s+(?:[A-Z]\w+,\s+)?(\d{1,2}\s+[A-Z]\w+\.?,?\s+\d{4}|[A-Z]\w+\.?\s+\d{1,2},?\s+\d{4})\b"
)
DATELINE = re.compile(
    rf"{_NOT_THEN}[^\W\d_a-z][^\n,.!?]{{1,40}}{_THEN_DAY}"
    r"(?:[^\n]{0,25}?[-–—:]\s|\.\s+(?=[A-Z\"“]))"
)
_PLACE_WORD = r"[^\W\d_a-z][\w.'’()/-]*"
_PLACE_AND_DAY = re.compile(
    rf"{_NOT_THEN}({_PLACE_WORD}(?:,? (?:{_PLACE_WORD}|[a-z]{{2,3}}|\d{{1,2}})){{0,4}}){_THEN_DAY}"
)
_THE_PAPER = re.compile(r"The (?!Hague|Bronx|Gambia|Bahamas|Netherlands|Philippines|Vatican)\w+")
_TIME_TO_READ = re.compile(r"\d+[ -]min(?:ute)?s? read", re.IGNORECASE)
_BETWEEN_PARTS = re.compile(r"\s+[|•·]\s+")
MARKERS = "#*_> \t"


def bare(line: str) -> str:
    """`line` without the marks that make it a heading or bold."""
    return line.strip(MARKERS)


def is_genre(line: str) -> bool:
    """Whether `line` only says of what kind the text is, as in "PRESS RELEASE"."""
    return bool(_GENRE.fullmatch(bare(line).rstrip(":")))


def fields_of(line: str) -> list[tuple[str, str]]:
    """The fields and values of a header line; none where any part of it is content."""
    if len(line) > HEADER_CHARS:
        return []
    said = _BETWEEN_PARTS.split(line)
    known = [_metadata(part) for part in said]
    told = [
        found for part, field in zip(said, known, strict=True) if (found := field or _paper(part))
    ]
    if any(known) and len(told) == len(said):
        return told
    # "By Jane Roe, 3 May 2024" and "Coastal Times - May 3, 2024"
    dated = _BEFORE_DATE.fullmatch(line.strip(MARKERS))
    if not dated or not _is_day(dated[2]):
        return []
    named = _metadata(dated[1]) or _paper(dated[1])
    return [named, ("published", dated[2])] if named else []


def dateline_fields(line: str) -> list[tuple[str, str]]:
    """The fields and values of a line that is but a place (or a name), and a day of our time."""
    match = place_and_day(line)
    if not match or not parse_date(match[2]):
        return []
    name = match[1]
    told = ("source", name) if _THE_PAPER.match(name) else ("dateline", line)
    return [told, ("published", match[2])]


def place_and_day(line: str) -> re.Match[str] | None:
    """The parts of a line that looks like one, told by its form alone, since dates are slow."""
    match = _PLACE_AND_DAY.fullmatch(line.strip(MARKERS)) if len(line) <= HEADER_CHARS else None
    return match if match and int(match[2][-4:]) >= EARLIEST_DATELINE else None


def _metadata(part: str) -> tuple[str, str] | None:
    """The field and value that `part` of a header line gives, or None for content."""
    if pair := labelled(part):
        return pair
    if _UNNAMED.fullmatch(part.strip(MARKERS)):
        return "", part
    if (match := BYLINE.fullmatch(part.strip())) and not _WHEN.fullmatch(match[1]):
        return "author", match.group(1)
    if match := _AGENCY.fullmatch(part.strip(MARKERS)):
        return "source", match[1]
    if match := _DATED.fullmatch(part.strip(MARKERS)):
        day = _SPELT_ZONE.sub("", match[2])
        if _is_day(day) or _NUMERIC.match(day):
            return ("updated" if "updated" in match[1].lower() else "published"), day
    if _TIME_TO_READ.fullmatch(part.strip()):
        return "", part
    return ("published", part) if _is_day(part.strip(MARKERS)) else None


def _is_day(text: str) -> bool:
    """Whether `text` is a day as people write it: a number alone may be anything."""
    return not _NUMBER.fullmatch(text) and parse_date(text) is not None


def _paper(part: str) -> tuple[str, str] | None:
    """The source that a part of a header line names, if it does."""
    name = part.strip(MARKERS)
    return ("source", name) if SITE_NAME.fullmatch(name) and _OF_PAPERS.search(name) else None
