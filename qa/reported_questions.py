"""Questions that an article tells of, rather than to answer them.

"Members asked why the flag had been taken down." has all the words of the question, and says
nothing; what does is the next sentence. "- whether anybody will be charged" says that it is open.
"""

import re

from qa.questions import Question
from qa.records import Article, Sentence
from qa.spans import is_point

_ASKED = re.compile(
    r"^(?!(?:when|if|as|once) )[^,;:\"“]{1,120}?\b"
    r"(?:asks?|asked|wonders?|wondered|want(?:s|ed)? to know|en?quires?|[ei]nquired)\b"
    r"[^,.;:\"“]{0,60}?\b(whether|if|why|how|when|where|who|whom|what|which)\b",
    re.IGNORECASE,
)
_AND_TOLD = re.compile(
    r"\b(?:says?|said|saying|repl(?:y|ies|ied|ying)|answer\w*|told|tells?|respon\w+|explain\w*|"
    r"insist\w*|because|but)\b|,? and (?:was|were|he|she|it|they|got|learn\w*|heard)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(whether|if|why|how(?! to\b)|when|where|who|whom|what|which)\b[^.!?:;]*", re.IGNORECASE
)
_ASKING = re.compile(
    r"\b(?:ask\w*|wonder\w*|question\w*|enquir\w*|inquir\w*|want\w* to know|(?:un)?known?|unclear|"
    r"open)\b",
    re.IGNORECASE,
)
_ASKS_WITH = re.compile(r"\b(?:why|how|when|where|who|whom|what|which)\b", re.IGNORECASE)
_INTERVIEWER = re.compile(r"\W{0,4}(?:Q|question|interviewer|host|moderator)\s*[:.]", re.IGNORECASE)


def only_asks(question: Question, sentence: str) -> bool:
    """Whether a sentence only tells that somebody asks what the `question` does.

    "Whether" tells nothing of what it stands before; "why it fell" tells that it fell. Who asks for
    a person may mean the one who asked.
    """
    asked = _ASKED.match(sentence)
    if asked is None or _ASKING.search(question.text) or _AND_TOLD.search(sentence, asked.end(1)):
        return False
    is_of_asker = question.wanted == "person" and asked[1].lower() not in ("who", "whom")
    return not is_of_asker and _asks_so(question, asked[1])


def is_left_open(question: Question, article: Article, sentence: Sentence) -> bool:
    """Whether a sentence is a point of a list that names what the `question` asks as a question."""
    left_open = _OPEN.fullmatch(sentence.text)
    return (
        left_open is not None
        and is_point(article.text, sentence.start)
        and not _ASKING.search(question.text)
        and _asks_so(question, left_open[1])
    )


def leads_to_question(article: Article, sentence: Sentence) -> bool:
    """Whether a sentence is what an interviewer says before the question: "Q: You left. Why?"."""
    first = article.text.rfind("\n", 0, sentence.start) + 1
    end = article.text.find("\n", sentence.end)
    line = article.text[first : end if end >= 0 else len(article.text)]
    return _INTERVIEWER.match(line) is not None and line.rstrip().endswith("?")


def _asks_so(question: Question, word: str) -> bool:
    """Whether what is asked with `word` is left open for this question too."""
    if word.lower() in ("whether", "if"):
        return not question.is_of_several
    return word.lower() in {found.lower() for found in _ASKS_WITH.findall(question.text)}
