"""A conversation as Markdown, in which what strangers wrote stays text."""

import re
from collections.abc import Iterator

from qa import Answer, Citation
from web.bodies import ConversationDetail
from web.links import article_link

# Markup, HTML and entities anywhere, addresses that become links, and what begins a block.
_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&$@]|(?<=\w):(?=//)|(?<=\bwww)\.|^[-+=]", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def as_markdown(conversation: ConversationDetail) -> str:
    """The questions and answers of `conversation`, each answer with its numbered sources."""
    lines = [f"# {escaped(conversation.title)}", ""]
    for answer in conversation.answers:
        lines += [f"## {escaped(answer.question)}", "", _answer_line(answer), ""]
        lines += _sources(answer)
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """`text` on one line, with everything escaped that Markdown or HTML would act on."""
    line = " ".join(text.split())
    return _NUMBERED.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", line))


def _answer_line(answer: Answer) -> str:
    if answer.abstained:
        return f"*{escaped(answer.answer)}*"
    return " ".join(
        escaped(sentence.text) + " " + "".join(f"\\[{n}\\]" for n in sentence.citations)
        for sentence in answer.sentences
    )


def _sources(answer: Answer) -> Iterator[str]:
    for citation in answer.citations:
        yield f"{citation.n}. {_source_line(citation)}"
        yield f"   > {escaped(citation.quote)}"
        yield ""


def _source_line(citation: Citation) -> str:
    link = article_link(citation.article_id, citation.start, citation.end)
    parts = [f"[{escaped(citation.title)}](<{link}>)"]
    if citation.source:
        parts.append(escaped(citation.source))
    if citation.published:
        parts.append(citation.published.isoformat())
    return ", ".join(parts)
