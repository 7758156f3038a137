"""Articles that cannot tell of the day that a question names: they are older.

"Why did shares fall on 8 October?" is not answered by what an article of the 7th tells of shares,
however like it is. It may announce what is to come, so one that names the day is left.
"""

import re
from datetime import date

from qa.questions import MONTHS, YEAR
from qa.records import Article, Sentence, titled

_MONTHS = MONTHS.split("|")
_DAY_FIRST = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{MONTHS})\.?,? (?P<year>{YEAR})"
)
_MONTH_FIRST = rf"(?P<month>{MONTHS})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>{YEAR})"
_DATES = [re.compile(rf"\b{order}\b", re.IGNORECASE) for order in (_DAY_FIRST, _MONTH_FIRST)]
_PAST = re.compile(r"\b(?:did|was|were|had|happened)\b", re.IGNORECASE)


def day_past(question: str) -> date | None:
    """The first of the days, with their years, of which a question asks what was then."""
    if not _PAST.search(question):
        return None
    found = [_day(match) for pattern in _DATES for match in pattern.finditer(question)]
    return min((day for day in found if day), default=None)


def is_before(day: date, article: Article, sentence: Sentence) -> bool:
    """Whether an article is older than `day` and doesn't name it, nor the sentence its weekday."""
    if article.published is None or article.published >= day or f"{day:%A}" in sentence.text:
        return False
    month = rf"(?:{day:%B}|{day:%b}\.?)"
    named = rf"\b(?:{day.day}(?:st|nd|rd|th)? (?:of )?{month}|{month} {day.day})\b"
    announces = re.search(named, titled(article.title, article.text), re.IGNORECASE)
    return announces is None


def _day(found: re.Match[str]) -> date | None:
    """The day that is written there, or None where the calendar has none."""
    month = [name[:3] for name in _MONTHS[:12]].index(found["month"].lower()[:3]) + 1
    try:
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None
