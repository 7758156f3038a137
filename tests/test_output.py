import pytest

from qa.output import show_answer, show_passages, show_warnings
from qa.records import (
    Answer,
    AnswerSentence,
    Citation,
    FoundPassage,
    Place,
    ShortAnswer,
    Timings,
)

SENTENCE = "The work cost 310 million crowns, twice what was planned."
SHORT = "310 million crowns"
BOLD, END = "\x1b[1m", "\x1b[0m"


def answer(
    quote: str = SENTENCE, short: str | None = SHORT, text: str | None = None, **changes: object
) -> Answer:
    """An answer of one sentence, which stands at 40 in its article."""
    start = 40 + quote.index(short or "")
    values = {
        "id": "1",
        "question": "How much?",
        "answer": text or f"{quote} [1]",
        "abstained": False,
        "confidence": 0.6,
        "query": "How much?",
        "sentences": (AnswerSentence(text=quote, citations=(1,)),),
        "short_answer": short
        and ShortAnswer(text=short, citation=1, start=start, end=start + len(short)),
        "citations": (
            Citation(n=1, article_id="a", title="A", source=None, url=None, published=None,
                     start=40, end=40 + len(quote), quote=quote, score=0.6),
        ),
        "passages": (),
        "answerer": "test",
        "index_generation": 1,
        "timings_ms": Timings(retrieve=1, answer=1, total=2),
    }  # fmt: skip
    return Answer(**{**values, **changes})


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (answer(), f"The work cost {BOLD}{SHORT}{END}, twice what was planned. [1]"),
        (answer(short=None), f"{SENTENCE} [1]"),
        (
            answer(short_answer=ShortAnswer(text="T", citation=1, start=39, end=40)),
            f"{SENTENCE} [1]",
        ),
        # The second "310" is meant, and "[bold]" is no markup.
        (
            answer("Of 310 tried, [bold] 310 did.", "310 did"),
            f"Of 310 tried, [bold] {BOLD}310 did{END}. [1]",
        ),
        # What the article prints as a marker has a joiner in the answer.
        (
            answer("See [2], page 7 [3].", "7 [3]", "See [\u20602], page 7 [\u20603]. [1]"),
            f"See [\u20602], page {BOLD}7 [\u20603]{END}. [1]",
        ),
    ],
    ids=[
        "bold",
        "no exact words",
        "words that stand elsewhere",
        "the right place",
        "markers of the article",
    ],
)
def test_the_exact_words_are_bold_in_a_terminal(capsys, shown, line):
    show_answer(shown)
    assert capsys.readouterr().out.splitlines()[0] == line


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("between", "shown"), [(" ", " "), ("\f", "")])  # no form feed
def test_the_likeliest_sentence_of_a_passage_is_bold_in_a_terminal(capsys, between, shown):
    passage = FoundPassage(
        article_id="a", title="A", start=40, end=63, text=f"It rained.{between}It cost 310.",
        score=1.0, rank_dense=1, rank_lexical=None, likeliest=Place(start=51, end=63),
    )  # fmt: skip
    show_passages([passage])
    assert capsys.readouterr().out.splitlines()[1] == f"   It rained.{shown}{BOLD}It cost 310.{END}"


def test_in_a_pipe_the_words_are_plain(capsys, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    show_answer(answer())
    assert capsys.readouterr().out == (
        f"Answer: {SHORT}\n"
        f"{SENTENCE} [1]\n"
        "Strong evidence (confidence 0.60)\n"
        "[1] A  (a, 40 to 97)\n"
    )


@pytest.mark.parametrize(
    "shown",
    [
        answer(short=None),
        answer("310 million", "310 million"),
        answer(short_answer=ShortAnswer(text="T", citation=1, start=39, end=40)),
    ],
    ids=["not known", "all there is", "not in the sentence"],
)
def test_in_a_pipe_exact_words_come_first_only_where_a_sentence_says_more(
    capsys, monkeypatch, shown
):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    show_answer(shown)
    assert capsys.readouterr().out.splitlines()[0] == f"{shown.sentences[0].text} [1]"


def test_a_quote_is_printed_where_it_is_not_the_sentence(capsys):
    show_answer(answer(sentences=(AnswerSentence(text="It cost a lot.", citations=(1,)),)))
    assert capsys.readouterr().out.splitlines()[-1] == f"    “{SENTENCE}”"


def test_of_the_passages_of_a_refusal_a_sentence_or_the_beginning_is_printed(capsys):
    def passage(text: str, likeliest: Place | None = None) -> FoundPassage:
        return FoundPassage(
            article_id="a", title="A", start=40, end=40 + len(text), text=text, score=1.0,
            rank_dense=1, rank_lexical=None, likeliest=likeliest,
        )  # fmt: skip

    long = "word " * 40
    passages = (
        passage("It rained. It\ncost 310. It snowed.", Place(start=51, end=63)),
        passage(f"{long}more words."),
        passage("x" * 201),
        passage("not shown"),
    )
    refusal = {"abstained": True, "sentences": (), "short_answer": None, "citations": ()}
    show_answer(answer(**refusal, passages=passages))
    assert capsys.readouterr().out.splitlines()[2:] == [
        "",
        "Nearest passages:",
        "1. A    (a, characters 40 to 74)",
        "   It cost 310.",
        "2. A    (a, characters 40 to 251)",
        f"   {long.strip()}…",
        "3. A    (a, characters 40 to 241)",
        f"   {'x' * 200}…",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"confidence": 0.6}, "Strong evidence (confidence 0.60)"),
        ({"confidence": 0.59}, "Weak evidence (confidence 0.59)"),
        (
            {"confidence": 0.9, "abstained": True, "sentences": (), "short_answer": None},
            "No answer (confidence 0.90)",
        ),
    ],
)
def test_the_evidence_is_told_in_words(capsys, changes, said):
    show_answer(answer(**changes))
    assert said in capsys.readouterr().out.splitlines()


def test_the_first_warnings_are_shown_a_line_each(capsys):
    show_warnings([f"{n}: there is no article [a\n{n}]." for n in range(12)])
    shown = capsys.readouterr()
    first, *_, tenth, last = shown.err.splitlines()
    assert shown.out == ""
    assert first == "Warning: 0: there is no article [a�0]."
    assert tenth.startswith("Warning: 9: ")
    assert last == "Warning: 2 more like these; --report shows them all."
