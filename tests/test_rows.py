"""A row of a table is shown with the names of its columns, wherever an answer is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from scripted_model import ScriptedModel

from qa import Answer
from qa.engine import Engine
from qa.loaders import load_file
from qa.mcp_tools import answer_texts
from qa.output import show_answer
from web.bodies import ConversationDetail
from web.chat_text import ChatText
from web.export import as_markdown

PORT = """The port authority of Kolding has counted its ships.

| Quay | Ships | Cargo in tonnes | Opened |
|---|---|---|---|
| North quay | 14 | 2,200 | 1931 |
| Ferry quay | 41 | | 1974 |
| Coal quay | 3 | Mostly sand. It comes from Norway. | 1902 |

The authority plans a new harbour for 2027."""
OPENED = "When was the north quay opened?"
NORTH = [
    ("Quay", "North quay"),
    ("Ships", "14"),
    ("Cargo in tonnes", "2,200"),
    ("Opened", "1931"),
]
NAMED = "Quay: North quay; Ships: 14; Cargo in tonnes: 2,200; Opened: 1931"
"""The same in words, as the page and every text show it."""

Asked = Callable[..., Answer]


@pytest.fixture
def asked(seeds_engine: Engine) -> Asked:
    """The answer from one text alone, each of whose words stands where it says."""

    def asked(question: str, text: str = PORT, engine: Engine = seeds_engine) -> Answer:
        answer = engine.answer_from(question, [{"title": "Port of Kolding", "text": text}])
        for cited in answer.citations:
            assert text[cited.start : cited.end] == cited.quote
            for words in [w for cell in cited.cells for w in (cell.column, cell.value)]:
                assert text[words.start : words.end] == words.text
        return answer

    return asked


def cells(answer: Answer) -> list[tuple[str, str]]:
    """The cells of the first citation, each behind the name of its column."""
    return [(cell.column.text, cell.value.text) for cell in answer.citations[0].cells]


@pytest.mark.parametrize("question", [OPENED, "What about the north quay?"])
def test_the_row_is_the_quote_and_its_cells_have_names(asked, question):
    answer = asked(question)
    assert answer.sentences[0].text == answer.citations[0].quote
    assert answer.citations[0].quote == "North quay | 14 | 2,200 | 1931 |"
    assert cells(answer) == NORTH


def test_the_exact_words_are_the_cell_in_the_column_that_is_asked_for(asked):
    assert asked(OPENED).short_answer.text == "1931"


def test_an_empty_cell_has_its_name_too(asked):
    assert cells(asked("Tell me about the ferry quay"))[2] == ("Cargo in tonnes", "")


@pytest.mark.parametrize(
    "question", ["What about the coal quay?", "Where does the sand come from?"]
)
def test_a_row_with_sentences_in_a_cell_is_shown_whole_and_once(asked, question):
    answer = asked(question)
    row = "Coal quay | 3 | Mostly sand. It comes from Norway. | 1902"
    assert [s.text for s in answer.sentences if "quay" in s.text or "sand" in s.text] == [row]
    assert cells(answer)[2] == ("Cargo in tonnes", "Mostly sand. It comes from Norway.")


@pytest.mark.parametrize(
    "text",
    [
        "North quay | opened in 1931\nFerry quay | opened in 1974",  # nothing names the columns
        "| Quay | Opened |\n|---|---|\n| North quay | opened in 1931 | by the king |",
        "The north quay was opened in 1931.",
    ],
    ids=["no names", "more cells than names", "no row"],
)
def test_without_a_name_for_each_cell_the_sentence_stays_as_it_is(asked, text):
    answer = asked(OPENED, text)
    assert "1931" in answer.sentences[0].text
    assert [cited.cells for cited in answer.citations] == [()] * len(answer.citations)


def test_a_row_whose_first_cell_is_empty_is_quoted_from_its_first_words_on(asked):
    text = PORT.replace("| North quay | 14 |", "| | Many, of the north quay |")
    answer = asked("How many ships were at the north quay?", text)
    assert answer.citations[0].quote == "Many, of the north quay | 2,200 | 1931 |"
    assert cells(answer)[:2] == [("Quay", ""), ("Ships", "Many, of the north quay")]


def test_tables_of_web_pages_have_their_names(asked, tmp_path):
    def row(tag: str, *cells: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    page = tmp_path / "port.html"
    page.write_text(
        "<html><body><article><h1>Port of Kolding</h1>"
        "<p>The port authority of Kolding has counted its ships, more than ever before.</p><table>"
        + row("th", "Quay", "Ships", "Opened")
        + row("td", "North quay", "14", "1931")
        + row("td", "Ferry quay", "41", "1974")
        + "</table><p>The authority plans a new harbour for 2027.</p></article></body></html>"
    )
    [article] = load_file(page, name="port.html", max_bytes=100_000)
    expected = [("Quay", "North quay"), ("Ships", "14"), ("Opened", "1931")]
    assert cells(asked(OPENED, article.text)) == expected


def test_what_a_language_model_writes_stays_as_it_is(asked, seeds_engine):
    model = ScriptedModel(["The North quay was opened in 1931 [1]."])
    writing = Engine(replace(seeds_engine.settings), seeds_engine.embedder, model=model)
    answer = asked(OPENED, engine=writing)
    writing.close()
    assert answer.answerer == model.name
    assert [cited.cells for cited in answer.citations] == [()]


def test_a_terminal_shows_a_line_for_each_cell(asked, capsys):
    show_answer(asked(OPENED))
    shown = capsys.readouterr().out
    cells = "\n".join(f"{name}: {value}" for name, value in NORTH)
    assert shown.startswith(f"Answer: 1931\n{cells} [1]\n")


def test_an_export_names_the_cells_and_the_exact_words_are_bold(asked):
    answer = asked(OPENED)
    kept = ConversationDetail(
        id="1", title="Port", created_at="", updated_at="", turns=1, answers=(answer,), feedback=()
    )
    assert f"\n{NAMED.replace('1931', '**1931**')} \\[1\\]" in as_markdown(kept, "")


def test_chat_clients_are_told_the_names(asked):
    answer = asked(OPENED)
    text = ChatText()
    assert text.add_sentence(answer.sentences[0], answer.citations) == f"{NAMED} [1]"


def test_other_programs_are_told_the_names(asked):
    assert f"By columns: {NAMED}" in answer_texts(asked(OPENED))[0].splitlines()
