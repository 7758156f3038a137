"""No text is slow, in any format: neither to read and to cut, nor to answer from."""

import json
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from docx import Document
from test_loaders import pdf

from qa.engine import Engine
from qa.loaders import load_file
from qa.records import Article
from qa.spans import passage_spans

CHARACTERS = 100_000
LIMIT_S = 5.0
"""Each takes well below a second; what is quadratic takes minutes."""
UNITS = {
    "dashes": "-",
    "spaces": " ",
    "digits": "1",
    "capitals": "A-",
    "sentences of small words": "It was so. ",
    "marks": "\u0301\u05bd\u05b0",
    "one long word": "a",
    "quotes": "“",
    "quotation marks": '"',
    "brackets": "[",
    "parentheses": "(",
    "pipes": "|",
    "rows": "| - ",
}
TEXT = """The ferry sailed on Monday.

Ship | Return
%s x | 3 May 2024

It came back on 4 May 2024."""


def docx(path, text):
    document = Document()
    document.add_paragraph(text)
    document.save(str(path))


WRITE = {
    ".txt": lambda path, text: path.write_text(text),
    ".md": lambda path, text: path.write_text(f"# A new ferry\n\n{text}"),
    ".html": lambda path, text: path.write_text(f"<html><body><p>{text}</p></body></html>"),
    ".csv": lambda path, text: path.write_text('id,text\n1,"{}"\n'.format(text.replace('"', '""'))),
    ".jsonl": lambda path, text: path.write_text(json.dumps({"text": text})),
    ".pdf": lambda path, text: path.write_bytes(
        pdf(text.encode("cp1252", "replace").decode("cp1252").replace("(", "\\(").split("\n"))
    ),
    ".docx": docx,
}


@contextmanager
def in_time(what):
    started = time.process_time()
    yield
    assert time.process_time() - started < LIMIT_S, what


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_no_text_is_slow(settings, embedder, tmp_path, unit):
    text = TEXT % (unit * (CHARACTERS // len(unit)))
    for suffix, write in WRITE.items():
        path = tmp_path / f"ferry{suffix}"
        write(path, text)
        with in_time(suffix):
            (article,) = load_file(path, name=path.name, columns={}, max_bytes=10**7)
            assert isinstance(article, Article), article
            assert list(passage_spans(article.text, settings.passage_chars))
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    for question in ("When did it come back?", "Who sailed on Monday?"):
        with in_time(question):
            answer = engine.answer_from(question, [{"title": "A new ferry", "text": text}])
        assert not answer.abstained
    engine.close()
