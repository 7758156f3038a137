"""In a real Chromium: answers that a language model wrote, and the comparison of both kinds."""

import shutil
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import test_browser
from playwright.sync_api import Locator, Page, expect
from test_browser import OpenPage, ask, begin, contrast, hold
from writing_fakes import (
    CACHED,
    FELL_BACK,
    HOSTILE,
    MARKED,
    MARKUP,
    MODEL,
    QUOTE,
    REPLACED,
    STOPPED,
    STRAY,
    SUPPORTED,
    TOO_LATE,
    UNSUPPORTED,
    WritingEngine,
)

from qa import Settings, provenance
from qa.errors import ModelFailed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]
# The same browser and site as in test_browser.py, over another engine.
chromium, site = test_browser.chromium, test_browser.site
open_page, page = test_browser.open_page, test_browser.page

VERBATIM = "The work cost 310 million crowns, twice what the council had planned."
SHORT = "310 million crowns"
APPLES = "The old orchard above Velm gave 42 tonnes of apples this autumn."
IN_PLACE = "the article’s own words, in place of a sentence that its sources did not support"
MARK = "Not supported by the articles"
OWN_WORDS = "In the articles’ own words"
UNWRITTEN = "How much did the harbour bridge cost the council?"
"""The model is left alone for a while, say."""
UNANSWERED = "Who won the chess tournament in Lisbon?"


@pytest.fixture
def engine(tmp_path: Path) -> WritingEngine:
    return WritingEngine(Settings(index_dir=tmp_path, port=0, llm=MODEL))


def compare(turn: Locator) -> Locator:
    """Press the button; the comparison, with both answers in it."""
    turn.get_by_role("button", name="Compare").click()
    expect(turn.locator(".compared")).to_have_count(2)
    return turn.locator(".comparison")


# --- who wrote it


@pytest.mark.parametrize("question", [REPLACED, MARKED, FELL_BACK, CACHED, HOSTILE, STOPPED])
def test_the_page_says_who_wrote_it_as_terminal_and_export_do(
    page: Page, engine: WritingEngine, question: str
) -> None:
    line = ask(page, question).locator(".provenance p")
    expect(line).to_have_text(provenance(engine.ask(question)))


def test_the_line_counts_sentences_and_its_title_tokens(page: Page) -> None:
    line = ask(page, REPLACED).locator(".provenance p")
    expect(line).to_have_text(
        f"Written by {MODEL} · 1 of 3 sentences supported,"
        " 1 replaced by the articles’ own words, 1 left out"
    )
    expect(line).to_have_attribute("title", "1,234 tokens read, 56 written")
    cached = ask(page, CACHED).locator(".provenance p")
    expect(cached).to_contain_text("· from an earlier answer")
    assert cached.get_attribute("title") is None


def test_what_no_model_wrote_has_no_line(page: Page) -> None:
    expect(ask(page, UNANSWERED).locator(".provenance p")).to_have_count(0)


def test_the_first_page_does_not_promise_the_articles_own_words(page: Page) -> None:
    expect(page.locator(".lede")).to_contain_text("written from the articles and checked")
    expect(page.locator(".welcome .byline")).to_contain_text(f"Answers by {MODEL}")


# --- its sentences


def test_a_quote_in_place_of_a_sentence_is_in_quotation_marks(page: Page) -> None:
    turn = ask(page, REPLACED)
    written, quote = turn.locator(".sentence").all()
    expect(written).to_have_text(f"{SUPPORTED}\u00a01")
    expect(quote).to_have_text(f"“{QUOTE}”\u00a021 ({IN_PLACE})")
    expect(quote).to_have_attribute("title", IN_PLACE)
    expect(quote.locator(".cite")).to_have_text(["2", "1"])
    quote.locator(".cite").first.focus()
    expect(page.locator(".card .quote")).to_have_text(QUOTE)
    written.locator(".cite").focus()
    expect(page.locator(".card .quote")).to_have_text(VERBATIM)
    expect(page.locator(".card .short-answer")).to_have_text(SHORT)


def test_what_is_not_supported_says_so_in_words_and_is_read_out(page: Page) -> None:
    turn = ask(page, MARKED)
    supported, marked = turn.locator(".sentence").all()
    expect(marked).to_have_text(f"{UNSUPPORTED} {MARK}")
    expect(marked.locator(".mark")).to_be_visible()
    expect(marked.locator(".cite")).to_have_count(0)
    expect(supported.locator(".mark")).to_have_count(0)
    expect(page.locator("#announcer")).to_contain_text(f"{UNSUPPORTED} ({MARK.lower()})")
    styles = {
        sentence.evaluate("(e) => getComputedStyle(e).borderInlineStartStyle")
        for sentence in (supported, marked)
    }
    assert styles == {"none", "dashed"}


def test_what_a_model_writes_is_shown_as_text(page: Page) -> None:
    sentence = ask(page, HOSTILE).locator(".sentence")
    expect(sentence).to_have_text(f"{MARKUP}\u00a01")
    assert page.locator("main :is(img, code, b, em), a[href^=javascript]").count() == 0
    assert page.evaluate("window.ran") is None


def test_it_comes_back_as_it_was(page: Page, open_page: OpenPage) -> None:
    for question in (REPLACED, MARKED, FELL_BACK):
        ask(page, question)
    again = open_page(urlsplit(page.url).path)
    for place in (".sentence", ".provenance p"):
        expect(again.locator(place)).to_have_text(page.locator(place).all_text_contents())


def test_it_is_copied_with_its_marks(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    for question, answer in [
        (REPLACED, f"{SUPPORTED} [1] “{QUOTE}” [2][1]"),
        (MARKED, f"{QUOTE} [1] {UNSUPPORTED} ({MARK.lower()})"),
    ]:
        turn = ask(page, question)
        turn.get_by_role("button", name="Copy").click()
        expect(turn.locator(".told")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()").split("\n\n")
        assert copied[1] == answer
        assert copied[3].startswith(f"Written by {MODEL} · ")


# --- a model that fails on the way


def test_the_full_record_is_what_counts(page: Page) -> None:
    turn = ask(page, FELL_BACK)
    expect(turn.locator(".sentence")).to_have_text([f"{APPLES}\u00a01"])
    expect(turn.locator(".provenance p")).to_have_text(f"The articles’ own words: {TOO_LATE}")
    heard = page.locator("#announcer p").all_text_contents()
    assert heard[1:4] == [STRAY, "The answer has changed.", APPLES]


def test_the_focus_and_the_card_of_a_sentence_taken_back_do_not_get_lost(
    page: Page, engine: WritingEngine
) -> None:
    gate = threading.Event()
    engine.after_stray = lambda: gate.wait(10)
    begin(page, FELL_BACK)
    expect(page.locator(".sentence")).to_have_text([f"{STRAY}\u00a01"])
    expect(page.locator(".doing")).to_have_text("Writing…")
    page.locator(".cite").focus()
    expect(page.locator(".card")).to_be_visible()
    gate.set()
    expect(page.locator(".sentence")).to_have_text([f"{APPLES}\u00a01"])
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator(".question")).to_be_focused()


# --- stopping


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_slow_model_is_stopped_by_a_button(
    page: Page, engine: WritingEngine, is_begun: bool
) -> None:
    writing, gate = hold(engine), threading.Event()

    def wait_until_stopped() -> None:
        deadline = time.monotonic() + 10
        while not engine.cancelled() and time.monotonic() < deadline:
            time.sleep(0.02)
        gate.wait(10)

    engine.after_stray = wait_until_stopped
    begin(page, FELL_BACK)
    stop = page.get_by_role("button", name="Stop")
    if is_begun:
        writing.set()
        expect(page.locator(".doing")).to_have_text("Writing…")
    stop.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("Stopping…Stop")
    expect(stop).to_be_disabled()
    writing.set()
    gate.set()
    expect(page.locator(".sentence")).to_have_text([f"{APPLES}\u00a01"])
    expect(stop).to_have_count(0)
    expect(page.locator(".question")).to_be_focused()
    assert engine.cancelled()


def test_a_stopped_answer_says_that_it_is_not_finished_here_and_wherever_it_goes(
    open_page: OpenPage,
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    told = f"Written by {MODEL} · 1 of 1 sentence supported · stopped before it was finished"
    turn = ask(page, STOPPED)
    expect(turn.locator(".provenance p")).to_have_text(told)
    expect(page.locator("#announcer p").last).to_contain_text("stopped before it was finished.")
    turn.get_by_role("button", name="Copy").click()
    expect(turn.locator(".told")).to_have_text("Copied.")
    assert told in page.evaluate("navigator.clipboard.readText()").split("\n\n")
    page.reload()
    expect(page.locator(".provenance p")).to_have_text(told)


def test_while_it_waits_the_page_says_only_what_is_known(page: Page, engine: WritingEngine) -> None:
    gates = [threading.Event(), threading.Event()]
    waiting = iter(gates)
    engine.before_sentence = lambda: next(waiting).wait(10)
    begin(page, UNWRITTEN)
    doing = page.locator(".doing")
    expect(doing).to_have_text(f"What {MODEL} writes is checked first…")
    gates[0].set()
    expect(doing).to_have_text("Quoting the articles…")
    gates[1].set()
    expect(page.locator(".sentence")).to_have_count(2)


def test_what_is_kept_has_no_stop_button(page: Page) -> None:
    ask(page, REPLACED)
    page.reload()
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


# --- the comparison


def test_without_a_model_there_is_nothing_to_compare(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(tolerate="request to")  # another site
    expect(ask(page, REPLACED).get_by_role("button", name="Compare")).to_have_count(1)
    plain = WritingEngine(Settings(index_dir=tmp_path / "plain", port=0))
    with test_browser.running_site(plain) as url:
        page.goto(url)
        expect(page.locator(".lede")).to_contain_text("in the articles’ own words")
        turn = ask(page, REPLACED)
        expect(turn.locator(".sentence").first).to_have_text(f"{VERBATIM}\u00a01")
        expect(turn.locator(".provenance")).to_have_count(0)


def test_both_answers_are_shown_with_their_citations(page: Page, engine: WritingEngine) -> None:
    turn = ask(page, REPLACED)
    both = compare(turn)
    own = both.get_by_role("group", name=OWN_WORDS)
    written = both.get_by_role("group", name=f"Written by {MODEL}")
    expect(own.locator(".sentence")).to_have_text([f"{VERBATIM}\u00a01", f"{QUOTE}\u00a02"])
    expect(own.locator(".short-answer")).to_have_text(SHORT)
    expect(own.locator(".evidence")).to_have_text("Strong evidence, 60 % likely right")
    expect(written.locator(".sentence").first).to_have_text(f"{SUPPORTED}\u00a01")
    expect(written.locator(".hint")).to_contain_text("1 of 3 sentences supported")
    written.locator(".cite").first.focus()
    expect(page.locator(".card .quote")).to_have_text(VERBATIM)
    own.locator(".cite").last.click()
    expect(page.locator("#cited")).to_have_text(QUOTE)
    page.get_by_role("link", name="Back to the answer").click()
    expect(turn.locator(".sentence").first).to_contain_text(SUPPORTED)
    assert engine.answerers == ["default", "extractive"]


def test_an_extractive_answer_is_compared_with_a_written_one(
    page: Page, engine: WritingEngine
) -> None:
    turn = ask(page, "When were the trees planted?")
    both = compare(turn)
    expect(both.get_by_role("group").locator("h3")).to_have_text([OWN_WORDS, f"With {MODEL}"])
    assert engine.answerers == ["default", "generated"]


def test_a_model_that_fails_again_is_told_in_its_place(page: Page) -> None:
    both = compare(ask(page, FELL_BACK))
    failed = both.get_by_role("group", name=f"With {MODEL}")
    expect(failed.locator("p")).to_have_text([f"It wrote no answer: {TOO_LATE}"])


def test_a_refusal_is_compared_too(page: Page) -> None:
    both = compare(ask(page, UNANSWERED))
    expect(both.locator(".abstained")).to_have_text([test_browser.REFUSAL] * 2)
    expect(both.locator(".evidence")).to_have_text(["No answer"] * 2)


def test_the_comparison_is_opened_and_closed_by_keyboard(page: Page, engine: WritingEngine) -> None:
    turn = ask(page, REPLACED)
    gate = hold(engine)
    button = turn.get_by_role("button", name="Compare")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(turn.locator(".comparison")).to_have_text("Finding the articles’ own words…")
    expect(page.locator("#announcer p").last).to_have_text("Finding the articles’ own words…")
    gate.set()
    expect(turn.locator(".compared")).to_have_count(2)
    expect(page.locator("#announcer p").last).to_have_text("Both answers are below the button.")
    expect(button).to_be_focused()
    place = turn.locator(".comparison")
    assert place.get_attribute("id") == button.get_attribute("aria-controls")
    page.keyboard.press("Tab")
    expect(turn.locator(".comparison .cite").first).to_be_focused()
    page.keyboard.press("Escape")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(turn.locator(".comparison")).to_be_hidden()
    page.keyboard.press("Space")
    expect(turn.locator(".comparison")).to_be_visible()
    assert engine.answers == 2  # shown again, not asked again


def test_a_comparison_that_fails_can_be_tried_again(
    open_page: OpenPage, engine: WritingEngine
) -> None:
    page = open_page(tolerate="500")
    turn = ask(page, REPLACED)
    engine.failure = ModelFailed("The server of the model is gone.")
    button = turn.get_by_role("button", name="Compare")
    button.click()
    expect(turn.locator(".comparison .problem")).to_contain_text("The server of the model is gone.")
    expect(page.locator("#announcer p").last).to_have_text("The server of the model is gone.")
    engine.failure = None
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator(".compared")).to_have_count(2)
    expect(button).to_be_focused()


# --- how it looks


def test_it_is_readable_in_light_and_dark(open_page: OpenPage) -> None:
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        compare(ask(page, MARKED))
        for place in (
            *(".sentence.unsupported", ".mark", ".provenance p", ".compare", ".compared h3"),
            *(".compared .sentence", ".compared .evidence", ".compared .hint", ".compared .cite"),
        ):
            assert contrast(page.locator(place).first) >= 4.5, (scheme, place)


def test_the_answers_are_side_by_side_and_on_a_phone_below_each_other(
    open_page: OpenPage,
) -> None:
    def boxes(page: Page) -> list[dict[str, float]]:
        compare(ask(page, REPLACED))
        return [c.bounding_box() or {} for c in page.locator(".compared").all()]

    first, second = boxes(open_page())
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] <= second["x"]
    phone = open_page(**test_browser.PHONE)
    first, second = boxes(phone)
    assert first["x"] == second["x"]
    assert first["y"] + first["height"] <= second["y"]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
