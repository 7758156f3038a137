"""A conversation as Markdown, in which what strangers wrote stays text."""

import re
from collections.abc import Iterator

from qa import (
    Answer,
    AnswerSentence,
    Citation,
    ShortAnswer,
    are_lines,
    around_shown,
    likelihood,
    lines_of,
    provenance,
    shown_text,
    signs_around,
)
from web.bodies import ConversationDetail
from web.links import citation_link

# Markup, HTML and entities anywhere, addresses that become links, and what begins a block.
_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&$@]|(?<=\w):(?=//)|(?<=\bwww)\.|^[-+=]", re.IGNORECASE)
LINE_BREAK = "  \n"
_NUMBERED = re.compile(r"^(\d+)([.)])")


def as_markdown(conversation: ConversationDetail, root: str) -> str:
    """The questions and answers of `conversation`, each answer with its numbered sources.

    Their links lead to the site at the address `root`, from wherever the file is read.
    """
    lines = [f"# {escaped(conversation.title)}", ""]
    for answer in conversation.answers:
        lines += [f"## {escaped(answer.question)}", "", _answer_line(answer), ""]
        for told in filter(None, (likelihood(answer), _limited(answer), provenance(answer))):
            lines += [f"*{escaped(told)}*", ""]
        lines += _sources(answer, root)
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """`text` on one line, with everything escaped that Markdown or HTML would act on."""
    return _joined(_without_markup(" ".join(text.split())))


def in_markdown(sign: str) -> str:
    """What is said after a list (see `signs_around`), on a line of its own there as well."""
    return sign.replace("\n", LINE_BREAK)


def _without_markup(text: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", text)


def _joined(*parts: str) -> str:
    """Escaped parts as one line."""
    return _NUMBERED.sub(r"\1\\\2", " ".join("".join(parts).split()))


def _answer_line(answer: Answer) -> str:
    if answer.abstained:
        return f"*{escaped(answer.answer)}*"
    between = LINE_BREAK if are_lines(answer) else " "
    return between.join(_with_signs(answer, sentence) for sentence in answer.sentences)


def _with_signs(answer: Answer, sentence: AnswerSentence) -> str:
    """A sentence with the signs of its support and the numbers of its citations."""
    before, after = signs_around(sentence)
    numbers = "".join(f"\\[{n}\\]" for n in sentence.citations)
    signed = f"{before}{_sentence(answer, sentence)}{in_markdown(after)}"
    return f"{signed} {numbers}".rstrip()


def _sentence(answer: Answer, sentence: AnswerSentence) -> str:
    """A sentence with the exact words of the answer in bold."""
    parts = around_shown(answer, sentence)
    if parts is None or not _can_be_bold(*parts):
        return LINE_BREAK.join(map(escaped, lines_of(shown_text(sentence, answer.citations))))
    before, words, after = map(_without_markup, parts)
    return _joined(before, "**", words, "**", after)


def _can_be_bold(before: str, words: str, after: str) -> bool:
    """Between a letter and a sign, Markdown shows two asterisks as they are."""
    edges = re.match(r"\w\W", before[-1:] + words[:1]), re.match(r"\W\w", words[-1:] + after[:1])
    return not any(edges)


def _limited(answer: Answer) -> str:
    """Where alone an answer was searched for, or ""; see `limited` in web/static/words.js."""
    limits = answer.limits
    told = [limits.source] if limits.source else []
    told += [f"from {limits.published_from}"] if limits.published_from else []
    told += [f"to {limits.published_to}"] if limits.published_to else []
    return f"Only searched: {', '.join(told)}" if told else ""


def _sources(answer: Answer, root: str) -> Iterator[str]:
    for citation in answer.citations:
        yield f"{citation.n}. {_source_line(citation, answer.short_answer, root)}"
        yield f"   > {escaped(citation.quote)}"
        yield ""


def _source_line(citation: Citation, short_answer: ShortAnswer | None, root: str) -> str:
    link = root + citation_link(citation, short_answer)
    parts = [f"[{escaped(citation.title)}](<{link}>)"]
    if citation.source:
        parts.append(escaped(citation.source))
    if citation.published:
        parts.append(citation.published.isoformat())
    return ", ".join(parts)
