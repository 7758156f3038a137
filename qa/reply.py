"""A language model's reply as it streams in: its sentences, each with the passages it cites."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.details import visible

_CITED = re.compile(r"\s*[\[【](?:passages?\s+)?(\d+(?:\s*(?:[,;–-]|and)\s*\d+)*)[\]】]", re.I)
_BRACKETED = re.compile(r"[\[【][^\]】]*[\]】]?")
_MARKS = re.compile(r"^(?:\s*[\[【][^\]】]*\d[\]】])+[.\s]*")
_LIST_SIGN = re.compile(r"^\s*(?:[-–—•*]|#+|>|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_MARKED = re.compile(r"[\]】]\s*$")
_HAS_WORD = re.compile(r"\w")
MOST_CITED = 8
MAX_SENTENCE_CHARS = 2000


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence without its markers, and the numbers of the passages that it cites, in order."""

    text: str
    cited: tuple[int, ...]


def sentences_of(pieces: Iterable[str]) -> Iterator[WrittenSentence]:
    """The sentences of a reply that comes in `pieces`, each as soon as the next one has begun.

    Markers after a full stop belong to the sentence before them. Signs of lists and emphasis are
    left out: a sentence is text.
    """
    text = ""
    for piece in pieces:
        text += piece
        *complete, text = _split(text)
        for sentence in complete:
            yield from _written(sentence)
    for sentence in _split(text):
        yield from _written(sentence)


def _split(text: str) -> list[str]:
    """The sentences of `text`, with their markers; the last one may be incomplete."""
    from sentencex import segment  # a compiled library: loaded when first needed

    parts: list[str] = []
    for line in text.splitlines(keepends=True):
        for part in segment("en", line) if line.strip() else [line]:
            marks = _MARKS.match(part)
            # An address has no blank, and is not two sentences.
            if (
                parts
                and not marks
                and not parts[-1][-1:].isspace()
                and not _MARKED.search(parts[-1])
            ):
                parts[-1] += part
                continue
            if parts and marks and not parts[-1].endswith("\n"):
                parts[-1] += marks.group()
                part = part[marks.end() :]
            # What has no word, and the half of a marker, go with the part before.
            if parts and not _HAS_WORD.search(_BRACKETED.sub("", part)):
                parts[-1] += part
            elif part:
                parts.append(part)
    if parts and len(parts[-1]) > MAX_SENTENCE_CHARS:
        return [*parts, ""]
    return parts or [""]


def _written(sentence: str) -> Iterator[WrittenSentence]:
    sentence = visible(sentence)
    cited = [number for listed in _CITED.findall(sentence) for number in _numbers(listed)]
    while _CITED.search(sentence):  # what is left when a marker goes must not be another one
        sentence = _CITED.sub("", sentence)
    text = _LIST_SIGN.sub("", " ".join(sentence.split()))
    if _HAS_WORD.search(text):
        text = _EMPHASIS.sub(r"\2", text)
        yield WrittenSentence(text, tuple(dict.fromkeys(cited))[:MOST_CITED])


def _numbers(listed: str) -> list[int]:
    """The numbers of "1, 3-5"."""
    found: list[int] = []
    for part in re.split(r"[,;]|and", listed):
        first, *last = (int(n[:6]) for n in re.findall(r"\d+", part))
        # The last one counts, however far away it is: a passage that does not exist must be seen.
        found += (
            [*range(first, min(last[0], first + MOST_CITED - 2) + 1), *last] if last else [first]
        )
    return found
