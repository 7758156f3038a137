"""An answer as the text of a chat message: Markdown in which what strangers wrote stays text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from qa import (
    VERDICTS,
    Answer,
    AnswerSentence,
    Citation,
    cells_of,
    likelihood,
    lines_of,
    shown_text,
    signs_around,
    verdict,
)
from web.export import LINE_BREAK, escaped, in_markdown
from web.links import citation_link
from web.openai_bodies import Annotation, UrlCitation

CORRECTION = "\n\n(Correction: "
WITHDRAWN = "the sentences above did not stand."
# What clients make links of, wherever it stands, even if its signs are escaped.
_ADDRESS = re.compile(r"://|\bwww\.|\w\.[^\W\d_]{2}|\w@\w", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_LATEX = {sign: f"&#{ord(sign)};" for sign in "\\[]"}
_PLAIN = re.compile(rf"\\(.)|&#({'|'.join(str(ord(sign)) for sign in _LATEX)});")
_MARKERS = re.compile(r" (?:\[\d+\])+")
_SOURCES = re.compile(r"\n\n\[\d+\] ")


@dataclass(slots=True)
class ChatText:
    """The text of a message as it grows, and where its markers stand in it."""

    content: str = ""
    sentences: list[AnswerSentence] = field(default_factory=list)
    markers: list[tuple[int, int, Citation]] = field(default_factory=list)

    def add_sentence(self, sentence: AnswerSentence, citations: Sequence[Citation]) -> str:
        """Put a sentence and its markers at the end; what was added."""
        begun = len(self.content)
        before, after = signs_around(sentence)
        between = LINE_BREAK if cells_of(sentence, citations) else " "
        gap = between if self.content and not self.content.endswith(" ") else ""
        said = LINE_BREAK.join(map(inert, lines_of(shown_text(sentence, citations))))
        self.content += f"{gap}{before}{said}{in_markdown(after)}"
        by_number = {citation.n: citation for citation in citations}
        for place, number in enumerate(sentence.citations):
            start = len(self.content) + (place == 0)
            self.content += f"{'' if place else ' '}[{number}]"
            self.markers.append((start, len(self.content), by_number[number]))
        self.sentences.append(sentence)
        return self.content[begun:]

    def complete(self, answer: Answer, root: str) -> Iterator[str]:
        """Put there what is missing of `answer`, and its sources; each piece that was added.

        If other sentences than its own are there, all of it follows after a word of correction.
        """
        if answer.sentences[: len(self.sentences)] != tuple(self.sentences):
            self.sentences.clear()
            yield self._add(f"{CORRECTION}{inert(answer.fallback or WITHDRAWN)}) ")
        for sentence in answer.sentences[len(self.sentences) :]:
            yield self.add_sentence(sentence, answer.citations)
        if answer.abstained:
            yield self._add(inert(answer.answer))
        elif answer.citations:
            yield self._add("\n\n" + "  \n".join(_sources(answer, root)))
            if verdict(answer) == VERDICTS["weak"]:  # chat clients show nothing else of it
                yield self._add(f"\n\n{likelihood(answer)}: read the cited words.")

    def annotations(self, answer: Answer, root: str) -> tuple[Annotation, ...]:
        """A note for each marker, with the address of the words that it cites."""
        return tuple(
            Annotation(
                url_citation=UrlCitation(
                    start_index=start,
                    end_index=end,
                    title=cited.title,
                    url=_url(cited, answer, root),
                )
            )
            for start, end, cited in self.markers
        )

    def _add(self, text: str) -> str:
        self.content += text
        return text


def inert(text: str) -> str:
    """`text` on one line as Markdown without any effect, in all the dialects of chat clients.

    Some of them make links of addresses whose signs are escaped, but none does so in code; and
    many take an escaped bracket for the beginning of a formula.
    """
    return " ".join(
        " ".join(map(_as_code, words)) if are_addresses else _escaped(" ".join(words))
        for are_addresses, words in groupby(text.split(), _is_address)
    )


def plain(content: str) -> str:
    """What an answer said, from the content of its message: no markers, sources or escapes."""
    said = _SOURCES.split(content, maxsplit=1)[0]
    _, corrected, rest = said.rpartition(CORRECTION)
    said = rest.partition(") ")[2] if corrected else rest
    return _PLAIN.sub(lambda found: found[1] or chr(int(found[2])), _MARKERS.sub("", said))


def _is_address(word: str) -> bool:
    return _ADDRESS.search(word) is not None


def _as_code(word: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall("`+", word)), default=0))
    gap = " " if "`" in word else ""
    return f"{fence}{gap}{word}{gap}{fence}"


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _LATEX.get(found[1], found[0]), escaped(text))


def _sources(answer: Answer, root: str) -> Iterator[str]:
    for cited in answer.citations:
        named = [inert(cited.title or cited.article_id), inert(cited.source or "")]
        published = cited.published.isoformat() if cited.published else ""
        told = ", ".join(part for part in [*named, published] if part)
        yield f"[{cited.n}] {told} — {_url(cited, answer, root)}"


def _url(cited: Citation, answer: Answer, root: str) -> str:
    # Sentences that were withdrawn have citations of their own, with numbers that meant others.
    return root + citation_link(cited, answer.short_answer if cited in answer.citations else None)
