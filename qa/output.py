"""What the command line prints. Words of articles are shown as they are, never as markup."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from qa.records import Answer, AnswerSentence, Citation, Comparison, FoundPassage
from qa.rows import are_lines, around_shown, shown_text
from qa.wording import OWN_WORDS, around, provenance, signs_around, verdict, without_markers

if TYPE_CHECKING:
    from qa.doctor import Check
    from qa.indexing import Progress as Report
    from qa.indexing import Summary

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MOST_FORMATS = 8
MOST_WARNINGS = 10
EXCERPT_CHARS = 200
_STAGES = {"read": "Reading", "embed": "Embedding", "publish": "Publishing", "ask": "Asking"}
_THINGS = {"read": "files", "embed": "articles", "publish": "indexes", "ask": "questions"}


class _Rate(ProgressColumn):
    """How many things are done a second."""

    def render(self, task: Task) -> Text:
        speed = f"{task.speed:.1f}" if task.speed else "–"
        return Text(f"{speed} {task.fields['things']}/s", style="dim")


@contextmanager
def progress() -> Iterator["Report"]:
    """A bar on standard error for each stage of long work, with a rate and the time left."""
    bar = Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, int] = {}
    with bar:

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks or bar.tasks[tasks[stage]].total != total:
                name = _STAGES.get(stage, stage)
                tasks[stage] = bar.add_task(name, total=total, things=_THINGS.get(stage, ""))
            bar.update(bar.tasks[tasks[stage]].id, completed=done)

        yield report


@contextmanager
def waiting() -> Iterator[None]:
    """A sign of life while the models load, gone after; on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status("Loading the models…"):
        yield


def _plain(text: str) -> str:
    """`text` on one line; what would steer the terminal, in a file's name, say, shown as �."""
    return _CONTROL.sub("\ufffd", text)


def show_answer(answer: Answer) -> None:
    """The answer, how sure it is, who wrote it, and where each sentence stands."""
    out = _console()
    if answer.query != answer.question:
        out.print(Text(f"Searched for: {answer.query}", style="dim"))
    if out.color_system is None and (words := _exact_words(answer)):  # nothing can be bold
        out.print(Text(f"Answer: {words}"))
    out.print(_answer_text(answer))
    out.print(Text(f"{verdict(answer)} (confidence {answer.confidence:.2f})", style="dim"))
    if told := provenance(answer):
        out.print(Text(_plain(told), style="dim"))
    printed = {sentence.text for sentence in answer.sentences}
    for citation in answer.citations:
        out.print(_source(citation))
        if citation.quote not in printed:
            out.print(Text(f"    “{citation.quote}”", style="italic"))
    if answer.abstained and answer.passages:
        out.print(Text("\nNearest passages:"))
        show_passages(answer.passages[:3], _excerpt)


def show_comparison(both: Comparison, model: str) -> None:
    """Both answers to one question, each under a heading; `model` was to write the second."""
    extractive, generated = both.extractive, both.generated
    _show_heading(f"In {OWN_WORDS}")
    show_answer(extractive)
    _console().print()
    is_written = generated.verification and not generated.abstained
    _show_heading(f"Written by {generated.answerer}" if is_written else f"With {model}")
    if generated.fallback:
        _console().print(Text(_plain(f"It wrote no answer: {generated.fallback}")))
    else:
        show_answer(generated)


def _show_heading(text: str) -> None:
    _console().print(Text(_plain(text), style="bold underline"))


def show_passages(
    passages: Sequence[FoundPassage], shown: Callable[[FoundPassage], Text] | None = None
) -> None:
    """Passages, best first, with where they stand; whole, or what `shown` makes of each."""
    out = _console()
    if not passages:
        out.print("Nothing was found.")
    for number, passage in enumerate(passages, 1):
        place = f"{_plain(passage.article_id)}, characters {passage.start} to {passage.end}"
        out.print(Text(f"{number}. {passage.title}", style="bold"), Text(f"   ({place})", "dim"))
        out.print((shown or _passage_text)(passage))


def _passage_text(passage: FoundPassage) -> Text:
    """The passage, the sentence in bold that is likeliest to answer."""
    if passage.likeliest is None:
        return Text(f"   {passage.text}")
    before, sentence, after = around(passage.text, passage.start, passage.likeliest)
    return Text.assemble("   ", before, (sentence, "bold"), after)


def _excerpt(passage: FoundPassage) -> Text:
    """The sentence that is likeliest to answer, or how the passage begins; cut at a word."""
    text = passage.text
    if passage.likeliest:
        _, text, _ = around(text, passage.start, passage.likeliest)
    text = " ".join(text.split())
    head, blank, _ = text[: EXCERPT_CHARS + 1].rpartition(" ")
    cut = f"{head if blank else text[:EXCERPT_CHARS]}…"
    return Text(f"   {text if len(text) <= EXCERPT_CHARS else cut}")


def show_summary(summary: "Summary") -> None:
    """What a run of indexing did, with each failure and its reason."""
    out = _console()
    counts = (
        f"{summary.added} added, {summary.changed} changed, {summary.removed} removed, "
        f"{summary.unchanged} unchanged, {len(summary.failures)} failed"
    )
    state = (
        "nothing to publish"
        if summary.generation is None
        else (f"published as generation {summary.generation}")
    )
    out.print(Text(f"{counts}; {state}."))
    for failure in summary.failures:
        out.print(Text(_plain(f"  failed: {failure.origin}: {failure.reason}"), style="yellow"))
    if summary.skipped:
        number = len(summary.skipped)
        formats = sorted({file.suffix.lower() or file.name for file in summary.skipped})
        named = ", ".join(formats[:MOST_FORMATS]) + (", …" if formats[MOST_FORMATS:] else "")
        told = f"  skipped: {number} {'file' if number == 1 else 'files'} of other formats: {named}"
        out.print(Text(_plain(told)))


def show_undated(count: int, example: str) -> None:
    """How many articles have no date, and that a limit by date leaves them out."""
    told = {
        0: "",
        1: f"  1 article has no date ({example}); a limit by date leaves it out.",
    }.get(
        count, f"  {count} articles have no date ({example}, …); a limit by date leaves them out."
    )
    if told:
        _console().print(Text(_plain(told)))


def show_table(table: RenderableType) -> None:
    """A table as wide as the terminal."""
    _console().print(table)


def show_warnings(warnings: Sequence[str]) -> None:
    """The first warnings about a test set on standard error, a line each."""
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    more = len(warnings) - MOST_WARNINGS
    for warning in warnings[:MOST_WARNINGS]:
        err.print(Text(_plain(f"Warning: {warning}")))
    if more > 0:
        err.print(Text(f"Warning: {more} more like these; --report shows them all."))


def show_checks(checks: Sequence["Check"]) -> None:
    """The doctor's findings."""
    out = _console()
    for check in checks:
        mark = Text("ok  ", "green") if check.ok else Text("FAIL", "red bold")
        out.print(mark, Text(f"{check.what}: {check.found}"))


def _console() -> Console:
    # Into a pipe or a file, a line stays a line.
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def _answer_text(answer: Answer) -> Text:
    if answer.abstained:
        return Text(answer.answer)
    between = Text("\n" if are_lines(answer) else " ")
    return between.join(_sentence(answer, sentence) for sentence in answer.sentences)


def _exact_words(answer: Answer) -> str:
    """The exact words in one line, where a sentence says more than these; else ""."""
    shown = (around_shown(answer, sentence) for sentence in answer.sentences)
    exact = (words for before, words, after in filter(None, shown) if before or after)
    return _plain(" ".join(next(exact, "").split()))


def _sentence(answer: Answer, sentence: AnswerSentence) -> Text:
    """A sentence as the answer prints it, the exact words bold, with the signs of its support.

    Of a table's row, each cell has a line.
    """
    text = shown_text(sentence, answer.citations, "\n")
    shown = Text(_STEERING.sub("\ufffd", without_markers(text)))
    parts = around_shown(answer, sentence, "\n")
    if parts and (found := re.match(_as_printed(*parts[:2]), shown.plain)):
        shown.stylize("bold", *found.span(1))
    before, after = signs_around(sentence)
    numbers = "".join(f"[{n}]" for n in sentence.citations)
    return Text.assemble(before, shown, after, " " if numbers else "", numbers)


def _as_printed(before: str, words: str) -> str:
    """A pattern for `words`, its group 1, after `before`, as an answer prints them.

    An answer has an invisible joiner in a number in brackets that the article itself prints.
    """
    first, second = ("\u2060?".join(map(re.escape, text)) for text in (before, words))
    return f"{first}\u2060?({second})"


def _source(citation: Citation) -> Text:
    known = [citation.title, citation.source, citation.published and str(citation.published)]
    line = Text(f"[{citation.n}] " + ", ".join(part for part in known if part))
    line.append(
        f"  ({_plain(citation.article_id)}, {citation.start} to {citation.end})", style="dim"
    )
    return line
