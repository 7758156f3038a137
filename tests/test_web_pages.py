import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from web_fakes import ARTICLES, HOSTILE_ID, HOSTILE_TITLE, FakeEngine

from qa import Settings
from web import create_app
from web.pages import Piece, paragraphs

HARBOUR = ARTICLES[0]
MARK = re.compile(r'<mark( id="cited" tabindex="-1")?>(.*?)</mark>', re.DOTALL)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Settings(index_dir=tmp_path))


@pytest.fixture
def client(engine: FakeEngine) -> FlaskClient:
    return create_app(engine).test_client()


def marked(page: str) -> list[str]:
    return [Markup(text).unescape() for _, text in MARK.findall(page)]


def test_the_chat_page_knows_the_collection(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "3 articles" in page
    assert '<option value="Coastal Times">' in page
    assert '<input id="from" type="date">' in page


def test_without_an_index_the_chat_page_says_what_to_run(
    client: FlaskClient, engine: FakeEngine
) -> None:
    engine.has_index = False
    response = client.get("/")
    assert response.status_code == 200
    assert "qa index" in response.text


def test_filters_that_would_filter_nothing_are_not_offered(tmp_path: Path) -> None:
    plain = ARTICLES[2:]
    engine = FakeEngine(Settings(index_dir=tmp_path), all_articles=plain)
    page = create_app(engine).test_client().get("/").text
    assert 'id="filters"' not in page


def test_an_article_is_shown_with_its_words_marked(client: FlaskClient) -> None:
    start = HARBOUR.text.index("The work cost")
    end = HARBOUR.text.index(", twice")
    page = client.get(f"/articles/harbour?start={start}&end={end}").text
    assert marked(page) == ["The work cost 310 million crowns"]
    assert page.count('id="cited"') == 1
    assert "Ida Holm" in page
    assert '<time datetime="2024-05-03">3 May 2024</time>' in page
    assert 'href="https://example.org/harbour"' in page


def test_marks_go_on_across_paragraphs(client: FlaskClient) -> None:
    end = HARBOUR.text.index(" opened on")
    page = client.get(f"/articles/harbour?start=4&end={end}").text
    assert marked(page) == ["years in the making 🌉", "The harbour bridge"]
    assert page.count('id="cited"') == 1


@pytest.mark.parametrize(
    "query",
    ["", "start=5", "end=5", "start=9&end=5", "start=5&end=5", "start=-1&end=5", "start=a&end=b",
     "start=0&end=999999", f"start=0&end={'9' * 5000}", "start=1.5&end=2", "start=²&end=³",
     "start=%00&end=%ff", "start=0&end=1%0a"],
)  # fmt: skip
def test_offsets_that_fit_no_words_are_ignored(client: FlaskClient, query: str) -> None:
    response = client.get(f"/articles/harbour?{query}")
    assert response.status_code == 200
    assert marked(response.text) == []


def test_a_hostile_article_shows_its_source(client: FlaskClient) -> None:
    page = client.get(f"/articles/{quote(HOSTILE_ID, safe='')}?start=0&end=9").text
    assert str(Markup.escape(HOSTILE_TITLE)) in page
    assert "<script>" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert marked(page) == ["# Parrots"]


@pytest.mark.parametrize("path", ["/articles/nobody's", "/c/nobody's", "/nothing"])
def test_an_unknown_page_is_told_to_a_person(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "<h1>There is" in response.text


def test_a_wrong_method_on_a_page_is_405(client: FlaskClient) -> None:
    response = client.post("/")
    assert (response.status_code, response.mimetype) == (405, "text/html")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_conversation_has_its_page(client: FlaskClient) -> None:
    answer = client.post("/api/ask", json={"question": "How much did the work cost?"}).get_json()
    assert client.get(f"/c/{answer['conversation_id']}").text == client.get("/").text


def test_all_articles_are_listed_with_links(client: FlaskClient) -> None:
    page = client.get("/articles").text
    assert "3 articles" in page
    for article in ARTICLES:
        assert f'href="/articles/{quote(article.id, safe="")}"' in page


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 30])
def test_any_page_number_is_a_page(client: FlaskClient, page: str) -> None:
    assert client.get(f"/articles?page={page}").status_code == 200


def test_the_list_is_cut_into_pages(tmp_path: Path) -> None:
    many = tuple(HARBOUR.model_copy(update={"id": str(n), "title": f"{n:03}"}) for n in range(250))
    client = create_app(FakeEngine(Settings(index_dir=tmp_path), all_articles=many)).test_client()
    page = client.get("/articles?page=2").text
    assert ("/articles/100" in page, "/articles/200" in page) == (True, False)
    assert ('href="/articles?page=1"' in page, 'href="/articles?page=3"' in page) == (True, True)


def test_paragraphs_are_cut_at_blank_lines() -> None:
    assert list(paragraphs("One\ntwo.\n \n\nThree.", 4, 13)) == [
        [Piece("One\n", cited=False), Piece("two.", cited=True)],
        [Piece("T", cited=True), Piece("hree.", cited=False)],
    ]


def test_long_lines_are_paragraphs() -> None:
    line = "word " * 30
    assert [
        [piece.text for piece in pieces] for pieces in paragraphs(f"One.\n{line}\nTwo.", 0, 0)
    ] == [
        ["One."],
        [line],
        ["Two."],
    ]


@given(
    st.text(alphabet="ab \n\t🌉", max_size=40),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_what_is_marked_is_what_is_cited(text: str, start: int, end: int) -> None:
    start, end = (start, end) if start < end <= len(text) else (0, 0)
    pieces = [piece for paragraph in paragraphs(text, start, end) for piece in paragraph]
    everything = "".join(piece.text for piece in pieces)
    cited = "".join(piece.text for piece in pieces if piece.cited)
    assert "".join(everything.split()) == "".join(text.split())
    assert "".join(cited.split()) == "".join(text[start:end].split())
