"""Numbers of a text, and what they count: values, units, money, dates and times of day.

However they are written: "14 million" is 14,000,000, "5:30 am" is "5.30 a.m.".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.questions import A_YEAR, stem, words_of
from qa.stopwords import STOPWORDS

_SCALES = {
    "k": 10**3, "thousand": 10**3, "lakh": 10**5, "lakhs": 10**5, "m": 10**6, "mn": 10**6,
    "million": 10**6, "millions": 10**6, "crore": 10**7, "crores": 10**7, "bn": 10**9,
    "billion": 10**9, "billions": 10**9, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
_NUMBER_WORDS = (
    {
        word: number
        for number, word in enumerate(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty".split(),
            2,
        )
    }
    | {
        word: number * 10
        for number, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
    }
    | {
        word: number
        for number, word in enumerate(
            "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
            4,
        )
    }
)
"""Not "one", "half" and "hundred": they are as often words as numbers."""
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_KNOWN_UNITS = {
    form: forms.split(",")[0]
    for group in (
        "$,dollar,dollars|€,euro,euros|£,pound,pounds|₹,rupee,rupees|¥,yen",
        "%,percent,per cent|percentage,point,points|vote,votes|am|pm",
        "m,metre,metres,meter,meters|km,kilometre,kilometres,kilometer,kilometers|mile,miles",
        "cm,centimetre,centimetres,centimeter,centimeters|foot,feet,ft|inch,inches|yard,yards",
        "mm,millimetre,millimetres,millimeter,millimeters|acre,acres|hectare,hectares",
        "g,gram,grams|mg,milligram,milligrams|kg,kilogram,kilograms,kilo,kilos|ounce,ounces",
        "tonne,tonnes,ton,tons|litre,litres,liter,liters|gallon,gallons|barrel,barrels",
        "second,seconds|minute,minutes|hour,hours|day,days|week,weeks|month,months|year,years",
        "decade,decades|century,centuries|mph|kph",
    )
    for forms in group.split("|")
    for form in forms.split(",")
}
_UNITS = frozenset(_KNOWN_UNITS.values())
"""What is measured in one of them is not measured in another: 64 miles are no 64 kilometres."""
_MONEY = "[$€£₹¥]"
_MONEY_WORD = "(?:dollars?|euros?|pounds?|rupees?|yen)"
_SUM = re.compile(
    r"[$€£₹¥%]|\b[A-Z]{3} ?\d|\d ?[A-Z]{3}\b|(?i:\b(?:"
    r"(?:dollar|cent|euro|pound|rupee|ruble|rouble|franc|peso|dinar|dirham|shekel|crown|guilder|"
    r"shilling|forint|zloty|hryvnia|lira|crore|lakh|mark|ringgit|bitcoin|guinea|riyal|rial|real)s?|"
    r"penny|pence|yen|yuan|renminbi|won|rand|baht|krone[rn]?|kronor|krona|koruna|leu|lei|lev|"
    r"rupiah|dong|taka|naira|cedi|birr|reais|percent|per cent|[mbtr]+illions?|free|nothing|double|"
    r"twice|hundreds|thousands)\b|\d(?:k|m|mn|bn|tn|p)\b)"
)
LEAST_BARE = 100
"""Smaller whole numbers that count nothing are ages and the like."""
_CODES = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "JPY": "¥"}
_MINUS_BEFORE = re.compile(r"(?:(?<![^\s(])[-−–]|\bminus\s)$", re.I)
_FELL = re.compile(
    r"\b(?:(?:fell|fall(?:s|en)?|drop(?:s|ped)?|down|los[et]s?|shrank|decline[ds]?)\b(?!\s+to\b)|"
    r"(?:below|loss|minus|negative|freezing)\b)",
    re.I,
)
_NUMBER = re.compile(
    rf"(?<![\d.,])(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f]\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?:[\s\u00a0-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b)"
    r"|(?:st|nd|rd|th|s)\b)?"
    rf"|\b(?P<word>(?:{_TENS})[\s-](?:{_ONES})|"
    rf"{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})"
    rf"(?:[\s-](?P<word_scale>{'|'.join(s for s in _SCALES if len(s) > 2)}))?\b",
    re.IGNORECASE,
)
_MAGNITUDE = re.compile(
    r"\b(?:half|third|quarter|double|twice|triple|dozens?|scores?|hundreds?|thousands?|"
    r"[mbtr]+illions?)\b",
    re.I,
)
_MONTHS = "January February March April May June July August September October November December"
_OF_TIME = frozenset([*_MONTHS.lower().split(), "am", "pm"])
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_UNIT_BEFORE = re.compile(rf"({_MONEY})\s?$|\b({_MONTHS.replace(' ', '|')})\s+$", re.I)
_UNIT_AFTER = re.compile(
    rf"\s?({_MONEY}|%)(?!\s?\d)|"
    rf"[\s-]+(?:of\s+|\w+\s(?={_MONEY_WORD}\b))?(per cent|[^\W\d_]+)",
    re.I,
)
_RATE = re.compile(
    r"\b(?:an?|per|every|each) (second|minute|hour|day|week|month|year)\b", re.IGNORECASE
)
_AS_FIGURES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\bUS(?=\$)|\bUS (?=dollars?\b)"), lambda found: ""),
    (re.compile(rf"\b({'|'.join(_CODES)})\b(?: (?=\d))?"), lambda found: _CODES[found[1]]),
    (
        re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)\b"),
        lambda found: f"{int(found[3])} {_MONTHS.split()[int(found[2]) - 1]} {found[1]}",
    ),
    (
        re.compile(rf"\b({_SHORT})\b\.?(?=\s\d)|(?<=\d\s)({_SHORT})\b\.?"),
        lambda found: next(m for m in _MONTHS.split() if m.startswith(found[0][:3])),
    ),
    (re.compile(r"\b(\d{1,2}):([0-5]\d)(?!\d)"), lambda found: f"{found[1]}.{found[2]}"),
    (re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b\.?", re.I), lambda found: f" {found[1].lower()}m"),
    # "6.42 m" and "6.42m high" are metres; "$6.42m", "6.42 m euros" and "6.42m users" are not.
    (
        re.compile(
            rf"(?<![\d.,$€£₹¥])(?<!{_MONEY}\s)(\d+(?:[.,]\d+)*)"
            rf"(?: m\b(?!\s?(?:{_MONEY}|{_MONEY_WORD}))|"
            r"m(?=\W*$|[.,;:)]|\s(?:high|long|tall|wide|deep|above|below|at)\b))"
        ),
        lambda found: f"{found[1]} metres",
    ),
    (re.compile(r"(?<=\d)(?=(?:km|kg|cm|mm|mph|kph|gb|mb|p|c|f|m²)\b)", re.I), lambda found: " "),
)
MONTH_CHARS = 20
MOST_DIGITS = 30


def numbers_of(text: str) -> frozenset[float]:
    """The values of the numbers in `text`."""
    return frozenset(value for value, _ in _numbers(as_figures(text)))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it counts: a known unit, the stem of a word, or ""."""

    value: float
    unit: str


def figure_in(text: str) -> Figure | None:
    """The one number in `text`; None where there is none, or another one, or it is of a date."""
    found = [Figure(value, unit) for value, unit, _ in _measures(as_figures(text))]
    if len(found) != 1 or A_YEAR.search(text) or found[0].unit in _OF_TIME:
        return None
    return found[0]


def tells_money(text: str) -> bool:
    """Whether `text` holds what may be a sum: in a currency, a share, or a bare larger number."""
    return _SUM.search(text) is not None or any(
        not unit and not A_YEAR.fullmatch(shown) and (value >= LEAST_BARE or value % 1)
        for value, unit, shown in _measures(as_figures(text))
    )


def as_figures(text: str) -> str:
    """`text` with one way to write times, dates, money and metres, and a blank before units."""
    for pattern, written in _AS_FIGURES:
        text = pattern.sub(written, text)
    return text


def missing_amounts(sentence: str, text: str) -> Iterator[str]:
    """The numbers of `sentence` that `text` has not, or has of other things, as they stand.

    Both are as `as_figures` gives them.
    """
    yield from _missing_numbers(sentence, text)
    yield from _missing_magnitudes(sentence, text)
    yield from _missing_measures(sentence, text)
    yield from _missing_rates(sentence, text)


def _missing_numbers(sentence: str, text: str) -> Iterator[str]:
    known = numbers_of(text)
    if _FELL.search(sentence):  # "fell by 5 percent" says what "-5 percent" does
        known |= {-value for value in known}
    return (shown for value, shown in _numbers(sentence) if value not in known)


def _missing_measures(sentence: str, text: str) -> Iterator[str]:
    """Numbers that the text has too, but only of other things.

    Either in another known unit, or where the text counts the same thing otherwise.
    """
    told: dict[float, set[str]] = {}
    for value, unit, _ in _measures(text):
        told.setdefault(value, set()).add(unit)
    counted = set().union(*told.values())
    for value, unit, shown in _measures(sentence):
        units = told.get(value, set())
        # Of money the unit is often left out: "412 million euros, 96 million more".
        is_said = unit in units or not unit or ("" in units and unit in _CODES.values())
        is_known = unit in _UNITS and not units.isdisjoint(_UNITS)
        if units and not is_said and (is_known or unit in counted):
            yield shown


def _measures(text: str) -> Iterator[tuple[float, str, str]]:
    """Each number with the unit or the stem of the word that it belongs to; "" where none does.

    Of a date, that is its month.
    """
    for found in _NUMBER.finditer(text):
        value = _value(found)
        before = _UNIT_BEFORE.search(text, max(found.start() - MONTH_CHARS, 0), found.start())
        if before and before[2] and value > 31:  # "May 12" is a day, "May 2024" is none
            before = None
        unit = before or _UNIT_AFTER.match(text, found.end())
        word = next(filter(None, unit.groups())).lower() if unit else ""
        if unit and (word in _KNOWN_UNITS or word not in STOPWORDS):
            first, last = min(found.start(), unit.start()), max(found.end(), unit.end())
            yield value, _KNOWN_UNITS.get(word) or stem(word), text[first:last].strip()
        else:
            yield value, "", found.group().strip()


def _missing_rates(sentence: str, text: str) -> Iterator[str]:
    """Such as "a week", where the text tells what there is a day."""
    told = {found[1].lower() for found in _RATE.finditer(text)}
    rates = _RATE.finditer(sentence)
    return (found.group() for found in rates if told and found[1].lower() not in told)


def _missing_magnitudes(sentence: str, text: str) -> Iterator[str]:
    """Words of size that belong to no number, as in "one hundred million" and "half"."""
    known = {word.lower() for word in words_of(text)}
    rest = _NUMBER.sub(" ", sentence)
    return (word for word in _MAGNITUDE.findall(rest) if word.lower() not in known)


def _numbers(text: str) -> Iterator[tuple[float, str]]:
    for found in _NUMBER.finditer(text):
        yield _value(found), found.group().strip()


def _value(found: re.Match[str]) -> float:
    """The value of a number that `_NUMBER` found."""
    word, scale = found["word"], found["scale"] or found["word_scale"]
    plain = re.sub(r"[,\u00a0\u202f]", "", found["digits"] or "0")[:MOST_DIGITS]
    words = re.split(r"[\s-]", word.lower()) if word else []
    value = float(sum(_NUMBER_WORDS.get(w, 1) for w in words) if word else plain)
    if _MINUS_BEFORE.search(found.string, max(found.start() - 6, 0), found.start()):
        value = -value
    # In thousandths, so that 1.1 million is 1,100,000 in floating point too.
    factor = _SCALES[scale.lower()] if scale else 1
    return round(value * 1000) * factor / 1000
