import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from web_fakes import ARTICLES, HOSTILE_ID, HOSTILE_TITLE, HOSTILE_WORDS, FakeEngine

from qa import Settings
from web import create_app
from web.links import FARTHEST, fingerprint, found_again
from web.pages import Piece, Span, paragraphs

HARBOUR = ARTICLES[0]
MARK = re.compile(r'<mark( id="cited" tabindex="-1")?>(.*?)</mark>', re.DOTALL)
ANSWER = re.compile(r'<strong class="short-answer">(.*?)</strong>', re.DOTALL)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Settings(index_dir=tmp_path))


@pytest.fixture
def client(engine: FakeEngine) -> FlaskClient:
    return create_app(engine).test_client()


def marked(page: str) -> list[str]:
    return [Markup(text).unescape() for _, text in MARK.findall(page)]


def answers(page: str) -> list[str]:
    return [Markup(text).unescape() for text in ANSWER.findall(page)]


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
    assert '<p class="lede">Nothing is indexed yet; run <code>qa index</code> first.</p>' in (
        response.text
    )
    assert "<h1>Nothing is indexed yet; run <code>qa index</code> first.</h1>" in (
        client.get("/articles").text
    )


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
    assert '<time dir="ltr" datetime="2024-05-03">3 May 2024</time>' in page
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


def test_the_exact_answer_is_marked_in_the_cited_words(client: FlaskClient) -> None:
    start, end = (HARBOUR.text.index(words) for words in ("The work cost", ", twice"))
    answer = f"{start + len('The work cost ')}-{end}"
    page = client.get(f"/articles/harbour?start={start}&end={end}&answer={answer}").text
    assert marked(page) == [
        'The work cost <strong class="short-answer">310 million crowns</strong>'
    ]
    assert answers(page) == ["310 million crowns"]


def test_an_answer_may_go_on_across_paragraphs(client: FlaskClient) -> None:
    end = HARBOUR.text.index(" opened on")
    page = client.get(f"/articles/harbour?start=0&end={end}&answer=4-{end}").text
    assert answers(page) == ["years in the making 🌉", "The harbour bridge"]
    assert page.count("<mark") == page.count("</mark>") == 2


@pytest.mark.parametrize(
    "answer",
    ["", "-", "7", "7-", "-7", "7-7", "9-7", "3-7", "7-21", "7-9-11", "a-b", "7.5-9", "²-9",
     "%00-9", "7-9%0a", f"7-{'9' * 5000}"],
)  # fmt: skip
def test_an_answer_outside_the_cited_words_is_ignored(client: FlaskClient, answer: str) -> None:
    response = client.get(f"/articles/harbour?start=4&end=20&answer={answer}")
    assert response.status_code == 200
    assert marked(response.text) == [HARBOUR.text[4:20]]


def test_without_cited_words_there_is_no_answer(client: FlaskClient) -> None:
    assert answers(client.get("/articles/harbour?answer=4-9").text) == []


CHANGED = "This article has changed"


def linked(client: FlaskClient, engine: FakeEngine, text: str) -> str:
    """The page of a citation of "A mild spring", opened when the article reads `text`."""
    before = ARTICLES[1].text
    start, end = before.index("A mild spring"), before.index(" and patient")
    answer = f"{start + 2}-{start + 6}"
    engine.all_articles = (ARTICLES[1].model_copy(update={"text": text}),)
    words = f"{fingerprint('A mild spring'):x}"
    address = f"/articles/orchard?start={start}&end={end}&answer={answer}&words={words}"
    return client.get(address).text


def test_cited_words_are_found_where_they_stand_now(
    client: FlaskClient, engine: FakeEngine
) -> None:
    for text in (ARTICLES[1].text, f"Corrected. {ARTICLES[1].text}", "🍏 A mild spring"):
        page = linked(client, engine, text)
        assert marked(page) == ['A <strong class="short-answer">mild</strong> spring']
        assert CHANGED not in page


def test_cited_words_are_not_looked_for_far_away() -> None:
    text = f"{'-' * FARTHEST}A mild spring{'-' * FARTHEST}"
    words = fingerprint("A mild spring")
    for start in (0, FARTHEST, 2 * FARTHEST):
        assert found_again(text, start, 13, words) == FARTHEST
    assert found_again(text, 2 * FARTHEST + 1, 13, words) == -1
    assert found_again(f"-{text}", 0, 13, words) == -1
    assert found_again(text, 10**12, 13, words) == -1


@pytest.mark.parametrize("text", ["A cold spring", "Gone.", ARTICLES[1].text.replace("mild", "")])
def test_it_is_told_when_an_article_no_longer_says_what_was_cited(
    client: FlaskClient, engine: FakeEngine, text: str
) -> None:
    page = linked(client, engine, text)
    assert (marked(page), CHANGED in page) == ([], True)


@pytest.mark.parametrize("words", ["", "x", "123456789", "-1"])
def test_what_is_no_fingerprint_is_ignored(client: FlaskClient, words: str) -> None:
    page = client.get(f"/articles/harbour?start=0&end=3&words={words}").text
    assert (marked(page), CHANGED in page) == (["Ten"], False)


def test_the_fingerprint_is_that_of_java() -> None:
    assert fingerprint("hello") == 99162322
    assert fingerprint("🌉") == 0x1F309


def test_a_hostile_article_shows_its_source(client: FlaskClient) -> None:
    page = client.get(f"/articles/{quote(HOSTILE_ID, safe='')}?start=0&end=9").text
    assert str(Markup.escape(HOSTILE_TITLE)) in page
    assert "<script>" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert marked(page) == ["# Parrots"]


def test_a_hostile_answer_shows_its_source(client: FlaskClient) -> None:
    start = ARTICLES[2].text.index(HOSTILE_WORDS)
    span = start, start + len(HOSTILE_WORDS)
    query = "start={0}&end={1}&answer={0}-{1}".format(*span)
    page = client.get(f"/articles/{quote(HOSTILE_ID, safe='')}?{query}").text
    assert answers(page) == [HOSTILE_WORDS]
    assert "<img" not in page


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/articles/nobody's", "This article is not here."),
        ("/c/nobody's", "There is no conversation of this id."),
        ("/nothing", "There is nothing at this address."),
    ],
)
def test_an_unknown_page_is_told_to_a_person(client: FlaskClient, path: str, told: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert f"<h1>{told}</h1>" in response.text


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


def test_a_page_beyond_the_last_is_the_last(client: FlaskClient) -> None:
    assert client.get("/articles?page=999").text == client.get("/articles").text


def test_the_list_is_cut_into_pages(tmp_path: Path) -> None:
    many = tuple(HARBOUR.model_copy(update={"id": str(n), "title": f"{n:03}"}) for n in range(250))
    client = create_app(FakeEngine(Settings(index_dir=tmp_path), all_articles=many)).test_client()
    page = client.get("/articles?page=2").text
    assert ("/articles/100" in page, "/articles/200" in page) == (True, False)
    assert ('href="/articles?page=1"' in page, 'href="/articles?page=3"' in page) == (True, True)


def test_paragraphs_are_cut_at_blank_lines() -> None:
    assert list(paragraphs("One\ntwo.\n \n\nThree.", Span(4, 13), Span(4, 7))) == [
        [Piece("One\n", cited=False), Piece("two", cited=True, is_answer=True),
         Piece(".", cited=True)],
        [Piece("T", cited=True), Piece("hree.", cited=False)],
    ]  # fmt: skip


def test_long_lines_are_paragraphs() -> None:
    line = "word " * 30
    assert [
        [piece.text for piece in pieces] for pieces in paragraphs(f"One.\n{line}\nTwo.", Span(0, 0))
    ] == [
        ["One."],
        [line],
        ["Two."],
    ]


@given(
    st.text(alphabet="ab \n\t🌉", max_size=40),
    st.tuples(*[st.integers(0, 40)] * 4).map(sorted),
)
def test_what_is_marked_is_what_is_cited(text: str, offsets: list[int]) -> None:
    start, answer_start, answer_end, end = (min(offset, len(text)) for offset in offsets)
    cut = paragraphs(text, Span(start, end), Span(answer_start, answer_end))
    pieces = [piece for paragraph in cut for piece in paragraph]

    def squeezed(parts: Iterable[str]) -> str:
        return "".join("".join(parts).split())

    assert squeezed(piece.text for piece in pieces) == squeezed(text)
    assert squeezed(piece.text for piece in pieces if piece.cited) == squeezed(text[start:end])
    assert squeezed(piece.text for piece in pieces if piece.is_answer) == squeezed(
        text[answer_start:answer_end]
    )
    assert all(piece.cited for piece in pieces if piece.is_answer)
