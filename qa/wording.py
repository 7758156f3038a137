"""How an answer reads in a terminal, a file, on the page: verdict, provenance, exact words."""

import re

from qa.records import Answer, AnswerSentence, Place, ShortAnswer, Turn, Verification
from qa.spans import begins_point, segments

STRONG_EVIDENCE = 0.6
"""From this confidence on, evidence is called strong: most answers like it are right."""
VERDICTS = {"strong": "Strong evidence", "weak": "Weak evidence", "none": "No answer"}
OWN_WORDS = "the articles’ own words"
NOT_SUPPORTED = "not supported by the articles"
"""Said of each sentence that a language model wrote, that is not supported, and shown."""
STOPPED = "stopped before it was finished"
REFUSAL = "The articles do not answer this question."
NOTHING_LEFT = "No article passes the filters."
TOLD_CHARS = 4_000
"""So much of an earlier answer counts."""
_LEFT_OUT = re.compile(r" \(\d+ articles? without a date (?:was|were) left out\)(?=\.$)")
_MARKER = re.compile(r"\[(?=\d+\])")


def verdict(answer: Answer) -> str:
    """What is said of the evidence for `answer`, one of `VERDICTS`."""
    if answer.abstained:
        return VERDICTS["none"]
    return VERDICTS["strong" if answer.confidence >= STRONG_EVIDENCE else "weak"]


def likelihood(answer: Answer) -> str:
    """How much to rely on `answer`: "Weak evidence, 29 % likely right"; the page says the same.

    "" for a refusal, which says so itself.
    """
    if answer.abstained:
        return ""
    return f"{verdict(answer)}, {int(answer.confidence * 100 + 0.5)} % likely right"


def leaving_out(refusal: str, undated: int) -> str:
    """`refusal`, and how many articles a limit by date has left out, as they have no date."""
    if not undated:
        return refusal
    left_out = (
        "1 article without a date was"
        if undated == 1
        else f"{undated} articles without a date were"
    )
    return f"{refusal.rstrip('.')} ({left_out} left out)."


def turn_of(answer: Answer) -> Turn:
    """What `answer` leaves to the questions after it: nothing that no article supports."""
    told = (s.text for s in answer.sentences if s.support != "unsupported")
    return Turn(answer.question, " ".join(told), answer.query, answer.abstained)


def told_in(answer: str) -> str:
    """The same of the text of an answer, as another program has kept it."""
    if _LEFT_OUT.sub("", answer) in (REFUSAL, NOTHING_LEFT):
        return ""
    *parts, last = answer[:TOLD_CHARS].split(f"({NOT_SUPPORTED})")
    kept = ("".join(list(segments(part))[:-1]) for part in parts)
    return " ".join("".join([*kept, last]).split())


def provenance(answer: Answer) -> str:
    """Who wrote `answer` and what became of its sentences; why not, where a model should have.

    "" for an answer without a language model. The page says the same, in `words.js`.
    """
    if answer.fallback:
        way = "Without the language model" if answer.abstained else OWN_WORDS.capitalize()
        return f"{way}: {answer.fallback}"
    if answer.verification is None:
        return ""
    checked = _checked(answer.verification, answer.abstained)
    parts = [
        f"{'Written' if checked else 'Refused'} by {answer.answerer}",
        checked,
        "from an earlier answer" if answer.cached else "",
        STOPPED if answer.stopped else "",
    ]
    return " · ".join(part for part in parts if part)


def _checked(counts: Verification, abstained: bool) -> str:
    """What became of the sentences of a model, as in "3 of 4 sentences supported, 1 left out"."""
    if not counts.sentences:
        return ""
    unshown = counts.sentences - counts.supported - counts.replaced
    marked = 0 if abstained else unshown - counts.dropped
    things = "sentence" if counts.sentences == 1 else "sentences"
    told = [
        (counts.replaced, f"replaced by {OWN_WORDS}"),
        (unshown - marked, "left out"),
        (marked, "not supported"),
    ]
    return ", ".join(
        [
            f"{counts.supported} of {counts.sentences} {things} supported",
            *(f"{count} {fate}" for count, fate in told if count > 0),
        ]
    )


def signs_around(sentence: AnswerSentence) -> tuple[str, str]:
    """What is put before and after a sentence, so that nobody takes it for what it is not.

    A quote in place of a written sentence has quotation marks; what is not supported says so, and
    what begins a list that goes on.
    """
    if sentence.left_out:
        gap = "\n" if is_list(sentence.text) else " "
        return "", f"{gap}… and {sentence.left_out} more in the article"
    return {
        "replaced": ("“", "”"),
        "unsupported": ("", f" ({NOT_SUPPORTED})"),
    }.get(sentence.support, ("", ""))


def lines_of(text: str) -> list[str]:
    """The points of a list, and what leads to them, on a line each; another text on one line."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and not begins_point(line.lstrip()):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return [" ".join(line.split()) for line in lines]


def is_list(text: str) -> bool:
    """Whether `text` has points of a list; other text only breaks at a column."""
    return len(lines_of(text)) > 1


def without_markers(text: str) -> str:
    """`text` with an invisible joiner in each number in brackets that it holds.

    So every marker in an answer is one of ours.
    """
    return _MARKER.sub("[\u2060", text)


def around_exact_words(answer: Answer, sentence: AnswerSentence) -> tuple[str, str, str] | None:
    """`sentence` in three: before the exact words of `answer`, the words, what follows them.

    None if they are not known, or stand in another sentence.
    """
    short = answer.short_answer
    if short is None or sentence.citations[:1] != (short.citation,):
        return None
    cited = next(citation for citation in answer.citations if citation.n == short.citation)
    parts = around(sentence.text, cited.start, short)
    # Else the sentence is not this citation's quote.
    return parts if short.start >= cited.start and parts[1] == short.text else None


def around(text: str, start: int, place: Place | ShortAnswer) -> tuple[str, str, str]:
    """`text`, which begins at `start` of its article, in three: before `place`, it, and after."""
    first, last = place.start - start, place.end - start
    return text[:first], text[first:last], text[last:]
