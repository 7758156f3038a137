"""Any client of OpenAI's interface can ask the articles; here the official one does."""

import http.client
import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import openai
import pytest
from flask.testing import FlaskClient
from markdown_it import MarkdownIt
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk
from web_fakes import ARTICLES, HOSTILE_ID, REFUSAL, FakeEngine, running
from writing_fakes import (
    FELL_BACK,
    MARKED,
    MODEL,
    QUOTE,
    REPLACED,
    SUPPORTED,
    TOO_LATE,
    UNSUPPORTED,
    WritingEngine,
)

from qa import Answer, AnswerEvent, AnswerSentence, ArticleDetail, Settings, Turn
from web import create_app
from web.chat_text import plain
from web.conversations import HISTORY_TURNS
from web.links import fingerprint
from web.openai_api import conversation
from web.openai_bodies import AssistantMessage, UserMessage

QUESTION = "How much did the work cost?"
SENTENCE = "The work cost 310 million crowns, twice what the council had planned."
SHORT = "310 million crowns"
UNANSWERED = "Who painted the moon?"
SOURCE = "Harbour bridge opens after ten years of building, Coastal Times, 2024-05-03"
MESSAGES = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def engine(tmp_path: Path) -> WritingEngine:
    return WritingEngine(Settings(index_dir=tmp_path / "index", port=0, llm=MODEL))


@pytest.fixture
def url(engine: WritingEngine) -> Iterator[str]:
    with running(engine) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="anything", max_retries=0) as client:
        yield client


@pytest.fixture
def site(engine: WritingEngine) -> FlaskClient:
    return create_app(engine).test_client()


def link(url: str, words: str = SENTENCE, short: str = SHORT) -> str:
    """The address of these words of the article about the bridge."""
    start = ARTICLES[0].text.index(words)
    address = f"{url}/articles/harbour?start={start}&end={start + len(words)}"
    if short:
        answer = ARTICLES[0].text.index(short)
        address += f"&answer={answer}-{answer + len(short)}"
    return f"{address}&words={fingerprint(words):x}#cited"


def ask(
    client: OpenAI, question: str = QUESTION, **fields: object
) -> openai.types.chat.ChatCompletion:
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model="articles", messages=messages, **fields)


def stream(client: OpenAI, question: str = QUESTION, **fields: object) -> list[ChatCompletionChunk]:
    with ask(client, question, stream=True, **fields) as chunks:
        return list(chunks)


def deltas(chunks: list[ChatCompletionChunk]) -> list[str | None]:
    return [choice.delta.content for chunk in chunks for choice in chunk.choices]


def user(content: object) -> list[dict[str, object]]:
    return [{"role": "user", "content": content}]


def post(site: FlaskClient, **fields: object) -> object:
    return site.post(
        "/v1/chat/completions", json={"model": "articles", "messages": MESSAGES} | fields
    )


# --- answers


def test_the_articles_are_the_only_model(client: OpenAI) -> None:
    assert [(model.id, model.owned_by) for model in client.models.list()] == [
        ("articles", "article-qa")
    ]
    assert client.models.retrieve("articles").object == "model"


def test_an_answer_has_markers_and_sources_that_open_the_words(client: OpenAI, url: str) -> None:
    completion = ask(client)
    [choice] = completion.choices
    assert choice.message.content == f"{SENTENCE} [1]\n\n[1] {SOURCE} — {link(url)}"
    assert (choice.message.role, choice.finish_reason) == ("assistant", "stop")
    with urllib.request.urlopen(link(url).partition("#")[0], timeout=10) as page:
        assert f'<strong class="short-answer">{SHORT}</strong>' in page.read().decode()


def test_each_marker_has_an_annotation(client: OpenAI, url: str) -> None:
    message = ask(client, REPLACED).choices[0].message
    assert message.content is not None
    quoted = link(url, "The harbour bridge opened on Friday morning.", "")
    assert message.content == (
        f"{SUPPORTED} [1] “{QUOTE}” [2][1]\n\n[1] {SOURCE} — {link(url)}  \n[2] {SOURCE} — {quoted}"
    )
    notes = [note.url_citation for note in message.annotations or ()]
    assert [message.content[note.start_index : note.end_index] for note in notes] == [
        "[1]",
        "[2]",
        "[1]",
    ]
    assert notes[0].start_index == len(SUPPORTED) + 1
    assert [note.url for note in notes] == [link(url), quoted, link(url)]
    assert {note.title for note in notes} == {ARTICLES[0].title}


def test_the_full_record_comes_along(client: OpenAI) -> None:
    completion = ask(client)
    record = Answer.model_validate(completion.model_extra["article_qa"])
    assert completion.id == f"chatcmpl-{record.id}"
    assert (completion.object, completion.model) == ("chat.completion", "articles")
    assert record.question == QUESTION
    assert record.citations[0].quote == SENTENCE


def test_usage_is_that_of_the_language_model(client: OpenAI) -> None:
    written = ask(client, REPLACED).usage
    assert written is not None
    assert (written.prompt_tokens, written.completion_tokens) == (1234, 56)
    assert written.total_tokens == 1290
    quoted = ask(client).usage
    assert quoted is not None
    assert quoted.total_tokens == 0


def test_what_is_not_supported_says_so(client: OpenAI) -> None:
    content = ask(client, MARKED).choices[0].message.content
    assert content is not None
    assert content.split("\n")[0] == (f"{QUOTE} [1] {UNSUPPORTED} (not supported by the articles)")


def test_weak_evidence_says_so(client: OpenAI) -> None:
    asked = "How much did the work cost the whole town?"
    content = ask(client, asked).choices[0].message.content
    assert content is not None
    *_, last = content.split("\n\n")
    assert last == "Weak evidence, 50 % likely right: read the cited words."
    assert plain(content) == SENTENCE


def test_a_refusal_has_no_sources(client: OpenAI) -> None:
    message = ask(client, UNANSWERED).choices[0].message
    assert (message.content, message.annotations) == (REFUSAL, [])


def test_nothing_is_kept_as_a_conversation(client: OpenAI, url: str) -> None:
    ask(client)
    stream(client)
    with urllib.request.urlopen(f"{url}/api/conversations", timeout=10) as reply:
        assert json.load(reply)["total"] == 0


def test_each_answer_is_counted(client: OpenAI, url: str) -> None:
    ask(client)
    stream(client)
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as reply:
        assert b'qa_questions_total{answerer="fake"} 2\n' in reply.read()


# --- questions


def test_earlier_messages_are_the_history(client: OpenAI, engine: WritingEngine) -> None:
    earlier = ask(client, REPLACED).choices[0].message.content
    corrected = "".join(delta or "" for delta in deltas(stream(client, FELL_BACK)))
    client.chat.completions.create(
        model="articles",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": REPLACED},
            {"role": "assistant", "content": earlier},
            {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
            {"role": "user", "content": FELL_BACK},
            {"role": "assistant", "content": corrected},
            {"role": "user", "content": [{"type": "text", "text": "  "}]},
            {"role": "user", "content": "And *why*?"},
            {"role": "assistant", "content": "In \\[1911\\] or &#91;1912&#93;, \\*so\\* it says."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "Who is"}, {"type": "text", "text": "Lind?"}],
            },
        ],
    )
    assert engine.histories[-1] == (
        Turn(REPLACED, f"{SUPPORTED} “{QUOTE}”"),
        Turn(FELL_BACK, "The old orchard above Velm gave 42 tonnes of apples this autumn."),
        Turn("And *why*?", "In [1911] or [1912], *so* it says."),
    )


def test_only_the_last_turns_count(client: OpenAI, engine: WritingEngine) -> None:
    messages = [{"role": "user", "content": f"What is {n}?"} for n in range(30)]
    client.chat.completions.create(model="articles", messages=messages)
    assert [turn.question for turn in engine.histories[-1]] == [
        f"What is {n}?" for n in range(19, 29)
    ]


def test_what_tunes_a_model_has_no_effect(client: OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    tuned = ask(client, temperature=2, max_tokens=1, tools=[tool], user="me", n=1, stop=["The"])
    assert tuned.choices[0].message.content == ask(client).choices[0].message.content


# --- streams


def test_a_stream_brings_each_sentence_and_then_the_sources(client: OpenAI, url: str) -> None:
    chunks = stream(client, REPLACED)
    whole = ask(client, REPLACED).choices[0].message
    quoted = link(url, QUOTE, "")
    assert deltas(chunks) == [
        "",
        f"{SUPPORTED} [1]",
        f" “{QUOTE}” [2][1]",
        f"\n\n[1] {SOURCE} — {link(url)}  \n[2] {SOURCE} — {quoted}",
        None,
    ]
    assert "".join(delta or "" for delta in deltas(chunks)) == whole.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 4 + ["stop"]
    assert chunks[3].choices[0].delta.model_extra == {
        "annotations": [note.model_dump() for note in whole.annotations or ()]
    }
    assert chunks[4].model_extra is not None
    assert Answer.model_validate(chunks[4].model_extra["article_qa"]).question == REPLACED
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}


def test_usage_comes_last_if_it_is_asked_for(client: OpenAI) -> None:
    *others, last = stream(client, REPLACED, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.total_tokens == 1290
    assert {chunk.usage for chunk in others} == {None}
    assert all(chunk.usage is None for chunk in stream(client, REPLACED))


def test_a_stream_ends_with_done(site: FlaskClient) -> None:
    response = post(site, stream=True)
    assert response.mimetype == "text/event-stream"
    *frames, end = response.text.split("\n\n")
    assert end == ""
    assert frames[-1] == "data: [DONE]"
    assert all(frame.startswith('data: {"id": "chatcmpl-') for frame in frames[:-1])


def test_a_stream_that_other_sentences_replace_is_corrected(client: OpenAI, url: str) -> None:
    chunks = stream(client, FELL_BACK)
    sentence = "The old orchard above Velm gave 42 tonnes of apples this autumn."
    assert deltas(chunks)[1:4] == [
        "The orchard is said to be haunted. [1]",
        f"\n\n(Correction: {TOO_LATE}) ",
        f"{sentence} [1]",
    ]
    content = "".join(delta or "" for delta in deltas(chunks))
    notes = chunks[-2].choices[0].delta.model_extra["annotations"]
    places = [
        (note["url_citation"]["start_index"], note["url_citation"]["end_index"]) for note in notes
    ]
    assert [content[start:end] for start, end in places] == ["[1]", "[1]"]
    assert content.endswith(
        f"\n\n[1] Old orchard yields a record harvest, Valley Post, 2023-10-12 — "
        f"{url}/articles/orchard?start=0&end={len(sentence)}&words={fingerprint(sentence):x}#cited"
    )


def test_sentences_are_withdrawn_when_it_ends_in_a_refusal(tmp_path: Path) -> None:
    class Withdrawing(FakeEngine):
        def stream(self, *args: object, **options: object) -> Iterator[AnswerEvent]:
            passages, refusal = super().stream(*args, **options)
            stray = AnswerSentence(text="The moon is blue.", citations=(), support="unsupported")
            return iter([passages, AnswerEvent("sentence", (stray, ())), refusal])

    site = create_app(Withdrawing(Settings(index_dir=tmp_path))).test_client()
    frames = post(site, stream=True, messages=user(UNANSWERED)).text.split("\n\n")[:-2]
    chunks = [json.loads(frame.removeprefix("data: ")) for frame in frames]
    said = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(said) == (
        "The moon is blue. (not supported by the articles)"
        f"\n\n(Correction: the sentences above did not stand.) {REFUSAL}"
    )


def test_a_streamed_refusal_is_the_sentence_alone(client: OpenAI) -> None:
    assert deltas(stream(client, UNANSWERED)) == ["", REFUSAL, None]


def test_a_failure_on_the_way_is_told_in_the_stream(client: OpenAI, engine: WritingEngine) -> None:
    engine.failure = OSError("/secret/path")
    with pytest.raises(openai.APIError, match="Something went wrong on the server") as caught:
        stream(client)
    assert caught.value.body == {
        "message": "Something went wrong on the server; the details are in its log.",
        "type": "server_error",
        "param": None,
        "code": "internal",
    }


def test_what_is_wrong_with_a_question_is_told_before_a_stream_begins(site: FlaskClient) -> None:
    response = post(site, stream=True, messages=[{"role": "user", "content": ""}])
    assert (response.status_code, response.mimetype) == (400, "application/json")


# --- strangers' words

HOSTILE_TEXTS = {
    "an image": "![x](http://evil.example/?q=1) fell",
    "a link": "[click](http://evil.example) fell",
    "HTML": "<img src=http://evil.example/a.png onerror=run()> fell",
    "a bare address": "See http://evil.example/a_b_c and www.evil.example fell",
    "a bare domain": "See evil.example, and (Good-Evil.example/a?b=c) fell",
    "an address in odd signs": "See `HTTPS://evil.example/``x`` fell",
    "an autolink": "See <http://evil.example> fell",
    "an e-mail address": "Write to me@evil.example when it fell",
    "a definition": "[1]: http://evil.example 'x' and [1][2] fell",
    "entities": "&lt;b&gt; &#33;&#91;x&#93; fell",
    "backslashes": "\\![x](y) \\\\[x](y) \\<b> fell",
    "code": "`<b>` ``` <b> ``` ~~~ fell",
    "a formula": "It cost $5 or \\[x\\] or \\(y\\) and $$z$$ fell",
    "blocks": "# Heading - list > quote 1) item | a | b | fell",
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_strangers_words_stay_words(engine: WritingEngine, site: FlaskClient, text: str) -> None:
    engine.all_articles = (
        ArticleDetail(
            id="a/![x](y)", title=text, source=text, url=None, author=None, published=None,
            text=f"{text} into the sea.", characters=len(text),
        ),
    )  # fmt: skip
    reply = post(site, messages=user("fell sea")).get_json()
    content = reply["choices"][0]["message"]["content"]
    [answer, sources] = MarkdownIt("commonmark").enable("table").parse(content)[1::3]
    assert "\\[" not in content
    assert "\\(" not in content
    for inline, shown in (
        (answer, f"{text} into the sea. [1]"),
        (sources, f"[1] {text}, {text} — http://localhost/articles/a%2F%21%5Bx%5D%28y%29"),
    ):
        kinds = {token.type for token in inline.children}
        assert kinds <= {"text", "text_special", "code_inline", "softbreak"}
        words = "".join(token.content for token in inline.children)
        assert words.startswith(shown)
    outside = "".join(token.content for token in answer.children if token.type != "code_inline")
    # Some clients make a link of an address even where its signs are escaped, but not in code.
    assert "evil.example" not in outside.lower()


def test_a_hostile_articles_address_is_quoted(client: OpenAI, url: str) -> None:
    content = ask(client, "Which parrot escaped on Monday?").choices[0].message.content
    assert content is not None
    assert f" — {url}/articles/{quote(HOSTILE_ID, safe='')}?start=" in content


# --- errors


def told(response: object) -> tuple[int, str, str | None, str]:
    """Status, type, field and code of an error in OpenAI's shape."""
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"].endswith(".")
    return response.status_code, error["type"], error["param"], error["code"]


INVALID = "invalid_request_error"


BAD_FIELDS = {
    "an empty question": ({"messages": user(" ")}, None),
    "no text": ({"messages": user([])}, None),
    "an overlong question": ({"messages": user("x" * 1001)}, None),
    "an image": (
        {"messages": user([{"type": "image_url", "image_url": {"url": "http://a.example"}}])},
        "messages[0].content[0].type",
    ),
    "a part without text": ({"messages": user([{"type": "text"}])}, "messages[0].content[0].text"),
    "a number as content": ({"messages": user(1)}, "messages[0].content"),
    "a null question": ({"messages": user(None)}, "messages[0].content"),
    "no content": ({"messages": [{"role": "user"}]}, "messages[0].content"),
    "an unknown role": ({"messages": [{"role": "king", "content": "a"}]}, "messages[0]"),
    "a text as messages": ({"messages": "a"}, "messages"),
    "no messages": ({"messages": []}, "messages"),
    "nothing asked": ({"messages": [{"role": "assistant", "content": "a"}]}, "messages"),
    "two answers": ({"n": 2}, "n"),
    "true answers": ({"n": True}, "n"),
    "a text as stream": ({"stream": "yes"}, "stream"),
    "odd options": ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    "a number as model": ({"model": 1}, "model"),
}


@pytest.mark.parametrize(("fields", "param"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_a_bad_field_is_400_and_named(
    site: FlaskClient, fields: dict[str, object], param: str | None
) -> None:
    assert told(post(site, **fields)) == (400, INVALID, param, "bad_request")


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_object_is_400(site: FlaskClient, body: bytes) -> None:
    response = site.post("/v1/chat/completions", data=body, content_type="application/json")
    assert told(response) == (400, INVALID, None, "bad_request")


def test_an_unknown_model_is_404(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")
    assert "`articles`" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("openai/gpt-4o")


def test_without_an_index_it_is_503(site: FlaskClient, engine: WritingEngine) -> None:
    engine.has_index = False
    assert told(post(site)) == (503, "server_error", None, "no_index")
    assert site.get("/v1/models").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "fields", "expected"),
    [
        ("POST", "/v1/chat/completions", {"data": "{}"}, (415, "unsupported_media_type")),
        ("POST", "/v1/chat/completions", {"json": "x" * 70_000}, (413, "too_large")),
        ("GET", "/v1/chat/completions", {}, (405, "method_not_allowed")),
        ("GET", "/v1/embeddings", {}, (404, "not_found")),
        ("GET", "/v1", {}, (404, "not_found")),
        ("GET", "/v1/models", {"headers": {"Host": "evil.example"}}, (400, "untrusted_host")),
        (
            "POST",
            "/v1/chat/completions",
            {"json": {}, "headers": {"Origin": "http://evil.example"}},
            (403, "foreign_origin"),
        ),
    ],
)
def test_every_error_has_openais_shape(
    site: FlaskClient, method: str, path: str, fields: dict, expected: tuple[int, str]
) -> None:
    status, kind, param, code = told(site.open(path, method=method, **fields))
    assert (status, code) == expected
    assert (kind, param) == (INVALID, None)


def test_an_unforeseen_error_is_not_shown(site: FlaskClient, engine: WritingEngine) -> None:
    engine.failure = OSError("/secret/path")
    response = post(site)
    assert told(response) == (500, "server_error", None, "internal")
    assert "secret" not in response.text


# --- clients that go away


class Waiting(FakeEngine):
    """Is busy with a sentence until its client has gone."""

    has_seen_it: threading.Event
    is_busy: threading.Event

    def stream(self, *args: object, **options: object) -> Iterator[object]:
        def wait() -> None:
            self.is_busy.set()
            for _ in range(1000):
                if options["cancelled"]():
                    self.has_seen_it.set()
                    return
                threading.Event().wait(0.01)

        self.before_sentence = wait
        return super().stream(*args, **options)


def counted(url: str) -> int:
    """The questions that were counted, once there is one."""
    for _ in range(1000):
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as reply:
            figures = reply.read().decode()
        if found := re.search(r'^qa_questions_total\{answerer="fake"\} (\d+)$', figures, re.M):
            return int(found[1])
        threading.Event().wait(0.01)
    return 0


REQUESTS = {
    "a chat": ("/v1/chat/completions", {"model": "articles", "messages": MESSAGES}, "*/*"),
    "a streamed chat": (
        "/v1/chat/completions",
        {"model": "articles", "messages": MESSAGES, "stream": True},
        "*/*",
    ),
    "a question": ("/api/ask", {"question": QUESTION}, "application/json"),
    "a streamed question": ("/api/ask", {"question": QUESTION}, "text/event-stream"),
}


@pytest.mark.parametrize(("path", "body", "accept"), REQUESTS.values(), ids=REQUESTS)
def test_the_engine_learns_that_its_client_has_gone_and_the_question_is_counted(
    tmp_path: Path, path: str, body: dict, accept: str
) -> None:
    engine = Waiting(replace(Settings(index_dir=tmp_path), port=0))
    engine.has_seen_it, engine.is_busy = threading.Event(), threading.Event()
    with running(engine) as url:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        headers = {"Content-Type": "application/json", "Accept": accept}
        connection.request("POST", path, json.dumps(body), headers)
        assert engine.is_busy.wait(10)
        assert not engine.has_seen_it.is_set()
        connection.close()
        assert engine.has_seen_it.wait(10)
        assert counted(url) == 1


def test_a_stream_whose_client_leaves_is_counted(site: FlaskClient) -> None:
    response = site.post(
        "/v1/chat/completions",
        json={"model": "articles", "messages": user(REPLACED), "stream": True},
        buffered=False,
    )
    next(response.iter_encoded())
    response.close()
    figures = site.get("/metrics").text.splitlines()
    assert f'qa_questions_total{{answerer="{MODEL}"}} 1' in figures
    assert 'qa_tokens_total{direction="in"} 1234' in figures
    assert 'qa_tokens_total{direction="out"} 56' in figures


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("It fell&#91;1&#93; at a&#92;b. [1]", "It fell[1] at a\\b."),
        ("It fell &#55296; and &#33; and &#0;.", "It fell &#55296; and &#33; and &#0;."),
    ],
)
def test_of_escapes_those_that_are_ours_are_undone(content: str, said: str) -> None:
    """Of others, half a character may come, which no model takes."""
    assert plain(content) == said


def test_of_a_long_conversation_the_last_turns_are_read() -> None:
    """All of them took seconds."""
    told = "It is he. It is not. (not supported by the articles) " * 50
    messages = [
        message
        for n in range(10_000)
        for message in (
            UserMessage(role="user", content=f"Who is number {n}?"),
            AssistantMessage(role="assistant", content=told),
        )
    ]
    started = time.process_time()
    _, history = conversation([*messages, UserMessage(role="user", content="And he?")])
    assert time.process_time() - started < 1
    assert [turn.question for turn in history] == [
        f"Who is number {n}?" for n in range(10_000 - HISTORY_TURNS, 10_000)
    ]
    assert history[-1].answer.startswith("It is he. It is he.")


def test_what_was_not_supported_does_not_steer_the_next_question() -> None:
    told = conversation(
        [
            UserMessage(role="user", content="Who signed the deal?"),
            AssistantMessage(
                role="assistant",
                content="The deal was signed. [1] Angela Merkel signed it. "
                "(not supported by the articles)",
            ),
            UserMessage(role="user", content="Who painted it?"),
            AssistantMessage(role="assistant", content="The articles do not answer this question."),
            UserMessage(role="user", content="How old is she?"),
        ]
    )
    assert told == (
        "How old is she?",
        (Turn("Who signed the deal?", "The deal was signed."), Turn("Who painted it?", "")),
    )
