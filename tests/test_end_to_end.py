"""The whole line on the seed articles: the bundled model, a real server, a real browser."""

import json
import shutil
import urllib.request
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import SEEDS
from web_fakes import running

from qa import Answer

CHROMIUM = shutil.which("chromium")
QUESTION = "When did Rudenko meet the Indian ambassador?"
ARTICLE = "004_94b85d96ffde9c5a.txt"


@pytest.fixture
def site(seeds_engine, tmp_path):
    # Conversations go to a folder of their own; the index is the shared one.
    with running(seeds_engine, replace(seeds_engine.settings, index_dir=tmp_path, port=0)) as url:
        yield url


@pytest.mark.model
def test_over_http_the_quote_stands_at_its_offsets_in_the_article(site):
    body = json.dumps({"question": QUESTION}).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{site}/api/ask", body, headers), timeout=60
    ) as reply:
        answer = Answer.model_validate_json(reply.read())
    citation = answer.citations[0]
    with urllib.request.urlopen(f"{site}/api/articles/{citation.article_id}") as reply:
        text = json.load(reply)["text"]
    assert citation.article_id == ARTICLE
    assert text[citation.start : citation.end] == citation.quote
    assert "April 28, 2025" in citation.quote
    assert citation.quote in (SEEDS / ARTICLE).read_text("utf-8")


@pytest.mark.model
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_in_the_browser_a_citation_opens_the_article_at_the_words(site):
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(site)
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        sentence = page.locator(".turn .sentence").first
        expect(sentence).to_contain_text("April 28, 2025", timeout=30_000)
        page.locator(".turn .cite").first.click()
        marked = page.locator("#cited")
        expect(marked).to_be_in_viewport()
        where = parse_qs(urlsplit(page.url).query)
        quote = marked.inner_text()
        assert len(quote) == int(where["end"][0]) - int(where["start"][0])
        assert quote in (SEEDS / ARTICLE).read_text("utf-8")
        browser.close()


def test_exact_words_are_whole_words(seeds_engine):
    text = "Beatrix Lindqvist has wound and mended the clock of Varnhem for 27 years."
    passages = [{"title": "The clock", "text": text}]
    [hit] = seeds_engine.evidence_of("Who is Lindqvist?", passages).hits
    [sentence] = hit.reading.sentences
    assert text[slice(*sentence.answer)] == "Beatrix"  # its last token alone is "rix"


def test_a_name_that_one_article_has_means_that_article(seeds_engine):
    trial = (
        "The DUSK trial asked whether pills work better at bedtime. It ran for five years in three "
        "countries.\n\n" + "Doctors have argued about it for decades. " * 25 + "\n\n"
        "The trial was funded by the British Heart Alliance."
    )
    passages = [
        {"title": "Pills at bedtime", "text": trial},
        {"title": "Bridge", "text": "The new bridge was funded by the county of Lemvig."},
    ]
    answer = seeds_engine.answer_from("Who funded DUSK?", passages)
    assert answer.short_answer.text == "the British Heart Alliance"
    assert answer.citations[0].article_id == "passage-1"
