"""How an answer reads, on the command line and on the page: its verdict and its exact words."""

from qa.records import Answer, AnswerSentence

STRONG_EVIDENCE = 0.6
"""From this confidence on, evidence is called strong: most answers like it are right."""
VERDICTS = {"strong": "Strong evidence", "weak": "Weak evidence", "none": "No answer"}


def verdict(answer: Answer) -> str:
    """What is said of the evidence for `answer`, one of `VERDICTS`."""
    if answer.abstained:
        return VERDICTS["none"]
    return VERDICTS["strong" if answer.confidence >= STRONG_EVIDENCE else "weak"]


def around_exact_words(answer: Answer, sentence: AnswerSentence) -> tuple[str, str, str] | None:
    """`sentence` in three: before the exact words of `answer`, the words, what follows them.

    None if they are not known, or stand in another sentence.
    """
    short = answer.short_answer
    if short is None or sentence.citations[:1] != (short.citation,):
        return None
    cited = next(citation for citation in answer.citations if citation.n == short.citation)
    start, end = short.start - cited.start, short.end - cited.start
    if start < 0 or sentence.text[start:end] != short.text:  # not this citation's quote
        return None
    return sentence.text[:start], short.text, sentence.text[end:]
