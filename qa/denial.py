"""What a sentence denies: the little word on which everything turns."""

import re

from qa.questions import stem, stems_of
from qa.stopwords import STOPWORDS

REACH = 3
"""A denial is taken to deny the next content words, at most so many."""
_DENIAL = re.compile(
    r"\b(?:no(?!\.\s?\d)|not(?!\s+(?:only|just|merely)\b)|never|none|nobody|nothing|neither|nor|without|cannot|hardly|denie[ds]|deny|denying|"
    r"refuse[ds]?|refusing|reject(?:s|ed)?|fail(?:s|ed)?|unable|false)\b|n['’]t\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_CLAUSE_END = re.compile(r"[,;:.]|\b(?:but|and|while|although|because)\b", re.IGNORECASE)


def denies(sentence: str) -> bool:
    """Whether `sentence` denies anything."""
    return _DENIAL.search(sentence) is not None


def contradicts(sentence: str, other: str) -> bool:
    """Whether one of the two denies what the other one says in the same words."""
    return bool(
        _denied(sentence) & (stems_of(other) - _denied(other))
        or _denied(other) & (stems_of(sentence) - _denied(sentence))
    )


def _denied(sentence: str) -> frozenset[str]:
    """The stems of the words, names excepted, that `sentence` denies, as far as its clause goes."""
    found: set[str] = set()
    for denial in _DENIAL.finditer(sentence):
        rest = sentence[denial.end() :]
        end = _CLAUSE_END.search(rest)
        words = _WORD.findall(rest[: end.start()] if end else rest)
        found.update([stem(w) for w in words if w.islower() and w not in STOPWORDS][:REACH])
    return frozenset(found)
