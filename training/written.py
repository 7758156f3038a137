"""Articles and questions written for this project: `training/written/*.txt`.

    # The title of an article
    Its text, in one paragraph or several.

    ? A question that the text answers
    = the words that answer it, as the text has them
    ? One whose words stand in the text more than once
    = 12 people :: 12 people were rescued
    ? One that a sentence answers, but no words of it by themselves
    ~ how that sentence begins
    ? A question that the text does not answer
    -

Several `=` lines are several right answers. What stands behind `::` is where in the text the words
are meant. `python training/written.py FILE...` checks files and counts.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pairs import OWN, Pair, Span, holding, sentences_in

FOLDER = Path(__file__).with_name("written")
MAX_TEXT = 1_100


class NotWrittenRight(ValueError):
    """A file is not in the form that is described above; says where and what to mend."""


def written(path: Path) -> Iterator[Pair]:
    """The pairs of one file. Raises NotWrittenRight."""
    for block in _articles(path):
        yield from _of_article(block, path)


def all_of(folder: Path) -> Iterator[Pair]:
    """The pairs of all files in `folder`. Raises NotWrittenRight."""
    for path in sorted(folder.glob("*.txt")):
        yield from written(path)


def _articles(path: Path) -> list[str]:
    """Each article of a file with its questions, as it stands there."""
    blocks = re.split(r"(?m)^(?=# )", path.read_text("utf-8"))
    return [block.strip() for block in blocks if block.strip()]


def _of_article(block: str, path: Path) -> Iterator[Pair]:
    head, *asked = re.split(r"(?m)^\? ", block)
    title, _, text = head.partition("\n")
    title, text = title.removeprefix("# ").strip(), text.strip()
    where = f"{path.name}, “{title}”"
    if not text or not asked:
        raise NotWrittenRight(f"{where}: a text and at least one question must follow the title.")
    if len(text) > MAX_TEXT:
        raise NotWrittenRight(
            f"{where}: {len(text)} characters of text; at most {MAX_TEXT} are read."
        )
    sentences = sentences_in(text)
    for item in asked:
        question, *lines = [line.strip() for line in item.strip().splitlines() if line.strip()]
        here = f"{where}, “{question}”"
        marks = {line[:1] for line in lines}
        if marks == {"-"}:
            yield Pair(OWN, question, title, text, (), ())
        elif marks == {"~"}:
            spans = tuple(_sentence(line[1:].strip(), text, sentences, here) for line in lines)
            yield Pair(OWN, question, title, text, spans, spans, whole=True)
        elif marks == {"="}:
            spans = tuple(_words(line[1:].strip(), text, here) for line in lines)
            yield Pair(OWN, question, title, text, spans, holding(sentences, spans))
        else:
            raise NotWrittenRight(
                f"{here}: its lines must begin with “=”, all with “~”, or be “-”."
            )


def _words(given: str, text: str, here: str) -> Span:
    words, _, around = (part.strip() for part in given.partition(" :: "))
    inside = around or text
    if words not in inside or inside not in text or not words:
        raise NotWrittenRight(f"{here}: “{around or words}” does not stand in the text like that.")
    found = list(re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", inside))
    if len(found) != 1:
        raise NotWrittenRight(
            f"{here}: “{words}” stands there {len(found)} times as whole words; say which: "
            f"“= {words} :: some words around {words}”."
        )
    if text.count(inside) != 1:
        raise NotWrittenRight(f"{here}: “{inside}” stands in the text more than once.")
    start = text.index(inside) + found[0].start()
    return start, start + len(words)


def _sentence(beginning: str, text: str, sentences: list[Span], here: str) -> Span:
    found = [span for span in sentences if beginning and text[span[0] :].startswith(beginning)]
    if len(found) != 1:
        raise NotWrittenRight(f"{here}: {len(found)} sentences begin with “{beginning}”.")
    return found[0]


def main() -> None:
    """Check the files that are named, and count what they hold."""
    counts: Counter[str] = Counter()
    wrong = 0
    for path in map(Path, sys.argv[1:] or sorted(FOLDER.glob("*.txt"))):
        for block in _articles(path):
            try:
                pairs = list(_of_article(block, path))
            except NotWrittenRight as error:
                wrong += 1
                print(error)
                continue
            counts["articles"] += 1
            for pair in pairs:
                kind = "whole" if pair.whole else "answered" if pair.answers else "not answered"
                counts[kind] += 1
    print(dict(counts), f"{wrong} wrong" if wrong else "all right")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
