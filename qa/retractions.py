"""Claims that an article only repeats to take them back: corrections, and checks of facts.

"We said that she was born in Lima. She was born in Arequipa.": the first sentence fits a question
best of all, and alone it says the very thing that is wrong.
"""

import re

from qa.records import Article

_CORRECTING = re.compile(
    r"^\W*(?:corrections?|clarifications?|errat(?:um|a))\s*(?:$|[:,;.&–-]|and\b)|\bcorrection:",
    re.IGNORECASE,
)
_OURS = (
    r"\b(?:we|(?:an?|the|our|this) (?:earlier |previous )?(?:article|report|story|version|profile|"
    r"chart|graphic|caption|headline|letter|column|interview|picture))\b"
)
_SAID = r"(?:said|say|stated|wrote|reported|gave|named|called|described|quoted|had)\b"
_OURS_SAYING = re.compile(rf"{_OURS}.{{0,150}}\b{_SAID}", re.IGNORECASE | re.DOTALL)
_BY_MISTAKE = re.compile(
    r"\b(?:an earlier|a previous|our|this) (?:article|report|story|version|profile|chart|caption|"
    rf"headline)\b[^.;]{{0,80}}\b(?:(?:wrongly|incorrectly|mistakenly|erroneously) {_SAID}|"
    r"(?<!was )(?<!were )(?<!been )(?:misquoted|misidentified)\b)|"
    r"\b(?:article|report|story|caption|headline|chart)\b[^.;]{0,80}\b(?:misstated|misspel\w+)\b",
    re.IGNORECASE,
)
_MISTAKEN = re.compile(
    r"\b(?:we|recipe|obituary|review|map|photograph|letter|article|report|story|caption|headline)\b"
    r"[^;]{0,150}\b(?:mis(?:stated|quoted|identified|attributed|spel\w+|translated)|"
    r"confused|wrongly|incorrectly|mistakenly|erroneously)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What a correction says that it got wrong, in words other than "said"."""
_PUT_RIGHT = re.compile(r"; |\bshould have\b|\bin fact\b|\binstead of\b|\brather than\b|, not ")
_SHOULD_HAVE = re.compile(
    r"\s*(?:it|this|that|they|these|he|she|(?:the|our) \w+) should have "
    r"(?:said|read|been|asked|stated|given|called|named|shown|described)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\W{0,9}(?:the )?(?:claim|myth|rumou?r)\s*:\s*"
    r"(?:[\"“][^\"”\n]{0,600}[\"”]|[^.!?\n]{0,600}[.!?]?)",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"\W{0,9}(?:(?:our |the )?(?:verdict|rating|ruling|truth|facts?)|reality)\s*:", re.IGNORECASE
)


def is_taken_back(article: Article, start: int, end: int) -> bool:
    """Whether the sentence there is a claim that is repeated to take it back.

    So are the first sentences of corrections, what a text says that it got wrong, and what stands
    behind "Claim:".
    """
    sentence = article.text[start:end]
    if _BY_MISTAKE.search(sentence):
        return True
    if _CORRECTING.search(article.title) and _is_corrected(sentence, article.text[end : end + 99]):
        return True
    return is_claim(article, start)


def _is_corrected(sentence: str, following: str) -> bool:
    """Whether a sentence of a correction tells what was wrong, and not at once what is right."""
    if _OURS_SAYING.search(sentence) or _SHOULD_HAVE.match(following):
        return True
    return _MISTAKEN.search(sentence) is not None and _PUT_RIGHT.search(sentence) is None


def is_claim(article: Article, start: int) -> bool:
    """Whether what begins there stands behind "Claim:", in the sentence or the quotation there."""
    claim = _CLAIM.match(article.text, article.text.rfind("\n", 0, start) + 1)
    return claim is not None and start < claim.end()


def is_verdict(sentence: str) -> bool:
    """Whether a sentence says what is to be thought of a claim: "Verdict: false"."""
    return _VERDICT.match(sentence) is not None
