"""The site in a real Chromium: what a person does with it, by mouse, finger and keyboard."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright
from web_fakes import (
    ARTICLES,
    EXAMPLES,
    HOSTILE_SENTENCE,
    HOSTILE_TITLE,
    HOSTILE_WORDS,
    REFUSAL,
    FakeEngine,
)
from web_fakes import running as running_site

from qa import FoundPassage, Place, QAError, SearchResult, Settings
from web.links import fingerprint

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

QUESTION = "How much did the work on the harbour bridge cost the council?"
FIRST = "The work cost 310 million crowns, twice what the council had planned."
SHORT = "310 million crowns"
SECOND = "The harbour bridge opened on Friday morning."
UNANSWERED = "Who won the chess tournament in Lisbon?"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TIMEOUT_MS = 5000
WORDS = (
    *(".question", ".sentence", ".confidence .number", ".byline", ".kicker", ".cite", ".passage"),
    *("#conversations .title", ".when", ".hint:visible", ".theme:visible", ".below summary"),
    *(".card .quote", ".card .byline", ".open-article"),
    *(".sentence .short-answer", ".card .short-answer"),
)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Settings(index_dir=tmp_path, port=0))


@pytest.fixture
def site(engine: FakeEngine) -> Iterator[str]:
    with running_site(engine) as url:
        yield url


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Opens a page of the site; the test fails if the browser complains about anything on it."""
    problems: list[str] = []
    contexts = []

    def open_page(path: str = "/", tolerate: str = "(?!)", **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]  # passed through
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()

        def complain(text: str) -> None:
            if not re.search(tolerate, text):
                problems.append(text)

        page.on("console", lambda m: m.type in {"error", "warning"} and complain(m.text))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("dialog", lambda dialog: complain(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                urlsplit(request.url).netloc != urlsplit(site).netloc
                and complain(f"request to {request.url}")
            ),
        )
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def hold(engine: FakeEngine) -> threading.Event:
    """The engine waits before each sentence until the event is set."""
    gate = threading.Event()
    engine.before_sentence = lambda: gate.wait(10)
    return gate


def begin(page: Page, question: str) -> None:
    """Ask, and wait for nothing."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def ask(page: Page, question: str = QUESTION) -> Locator:
    """Ask, and wait for the whole answer; the turn it is in."""
    turns = page.locator(".turn").count()
    begin(page, question)
    turn = page.locator(".turn").nth(turns)
    expect(turn.locator(".verdict")).to_be_visible()
    return turn


def contrast(target: Locator) -> float:
    """The WCAG contrast of the words of `target` with what is behind them."""
    colours = target.evaluate(
        """(element) => {
            const canvas = document.createElement("canvas");
            const paint = canvas.getContext("2d", { willReadFrequently: true });
            const rgba = (colour) => {
                paint.clearRect(0, 0, 1, 1);
                paint.fillStyle = colour;
                paint.fillRect(0, 0, 1, 1);
                return [...paint.getImageData(0, 0, 1, 1).data];
            };
            let ground = element;
            const behind = () => rgba(getComputedStyle(ground).backgroundColor);
            while (behind()[3] < 255 && ground.parentElement) ground = ground.parentElement;
            return [rgba(getComputedStyle(element).color), behind()];
        }"""
    )
    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weight(target: Locator) -> int:
    return int(target.evaluate("(element) => getComputedStyle(element).fontWeight"))


def luminance(colour: list[int]) -> float:
    parts = [value / 255 for value in colour[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- asking


def test_the_empty_page_offers_questions(page: Page) -> None:
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    expect(page.locator(".welcome")).to_contain_text("3 articles")
    expect(page.locator(".examples button")).to_have_text(list(EXAMPLES))
    page.locator(".examples button").first.click()
    expect(page.locator(".question")).to_have_text(EXAMPLES[0])
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.locator(".welcome")).to_be_hidden()


def test_sentences_arrive_one_by_one(page: Page, engine: FakeEngine) -> None:
    gates = [threading.Event(), threading.Event()]
    waiting = iter(gates)
    engine.before_sentence = lambda: next(waiting).wait(10)
    begin(page, QUESTION)
    expect(page.locator(".question")).to_have_text(QUESTION)
    expect(page.locator(".status")).to_have_text("Choosing from 4 passages…")
    gates[0].set()
    expect(page.locator(".sentence")).to_have_text([f"{FIRST}\u00a01"])
    expect(page.locator("#announcer")).to_contain_text(FIRST)
    gates[1].set()
    expect(page.locator(".sentence")).to_have_text([f"{FIRST}\u00a01", f"{SECOND}\u00a02"])
    expect(page.locator(".verdict")).to_contain_text("Strong evidence, 60 % likely right")
    expect(page.locator(".sources .numbers a")).to_have_text(["1", "2"])
    expect(page.locator(".sources .title")).to_have_text([ARTICLES[0].title])
    expect(page.locator(".status")).to_have_count(0)
    assert urlsplit(page.url).path.startswith("/c/")


def test_a_follow_up_shows_what_was_searched_for(page: Page, engine: FakeEngine) -> None:
    ask(page)
    turn = ask(page, "Who was the mayor?")
    expect(turn.locator(".searched")).to_contain_text(
        f"Searched for: {QUESTION} Who was the mayor?"
    )
    assert [turn.question for turn in engine.histories[-1]] == [QUESTION]
    expect(page.locator("#conversations li")).to_have_count(1)


def test_a_refusal_shows_the_nearest_passages(page: Page) -> None:
    turn = ask(page, UNANSWERED)
    expect(turn.locator(".answer")).to_have_text(REFUSAL)
    expect(turn.locator(".verdict")).to_contain_text("No answer")
    expect(turn.locator(".passages")).to_contain_text("Nearest passages")
    expect(turn.locator(".passage").first).to_be_visible()
    shown = turn.locator(".passage").first.inner_text()
    expect(turn.locator(".passage mark")).to_have_text([shown[-12:]])
    expect(turn.locator(".sources")).to_have_count(0)


def test_a_refusal_shows_five_passages_and_the_others_on_demand(
    page: Page, engine: FakeEngine
) -> None:
    found = [
        FoundPassage(
            article_id="harbour", title=f"Number {n}", start=0, end=12, text="Ten\n \nyears",
            score=0.1, rank_dense=n, rank_lexical=None,
        )
        for n in range(1, 8)
    ]  # fmt: skip
    passages = SearchResult(query=UNANSWERED, passages=tuple(found), index_generation=1)
    engine._find = lambda *_: passages
    turn = ask(page, UNANSWERED)
    expect(turn.locator(".passage:visible")).to_have_text(["Ten\nyears"] * 5)
    turn.get_by_text("Further passages (2)").click()
    expect(turn.locator(".passages li > a:visible").last).to_have_text("Number 7")


@pytest.mark.parametrize(
    ("likeliest", "before"),
    [
        ("The council will pay the debt", "… The work cost 310 million crowns, twice what the "
         "council had planned. "),
        ("promise kept.", "… twice what the council had planned. The council will pay the debt "
         "until 2041. Mayor Runa Lind called the bridge a "),
    ],
)  # fmt: skip
def test_a_long_passage_is_shown_from_a_little_before_its_likeliest_sentence(
    page: Page, engine: FakeEngine, likeliest: str, before: str
) -> None:
    text = ARTICLES[0].text
    start = text.index("🌉")  # one letter, though the browser counts it as two
    at = text.index(likeliest)
    found = FoundPassage(
        article_id="harbour", title="Harbour", start=start, end=len(text), text=text[start:],
        score=0.1, rank_dense=1, rank_lexical=1,
        likeliest=Place(start=at, end=at + len(likeliest)),
    )  # fmt: skip
    passages = SearchResult(query=UNANSWERED, passages=(found,), index_generation=1)
    engine._find = lambda *_: passages
    turn = ask(page, UNANSWERED)
    shown = turn.locator(".passage").inner_text()
    assert shown.startswith(before + likeliest)
    expect(turn.locator(".passage mark")).to_have_text(likeliest)
    link = turn.locator(".passages li > a").get_attribute("href")
    words = f"{fingerprint(likeliest):x}"
    assert link == f"/articles/harbour?start={at}&end={at + len(likeliest)}&words={words}#cited"


def test_filters_limit_the_question(page: Page, engine: FakeEngine) -> None:
    page.get_by_text("Filters").click()
    page.get_by_role("combobox", name="Source").select_option("Valley Post")
    page.get_by_label("From").fill("2023-01-01")
    expect(page.locator("summary", has_text="Filters")).to_have_text("Filters (2)")
    ask(page, "How many tonnes of apples did the orchard give?")
    filters, *_ = engine.asked[-1]
    assert (filters.source, str(filters.published_from)) == ("Valley Post", "2023-01-01")


def test_a_failure_keeps_the_question_and_can_be_tried_again(
    open_page: OpenPage, engine: FakeEngine
) -> None:
    page = open_page(tolerate="503")
    engine.has_index = False
    begin(page, QUESTION)
    expect(page.locator(".problem code")).to_have_text("qa index")
    engine.has_index = True
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".sentence").first).to_contain_text(FIRST)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_failure_on_the_way_is_told(page: Page, engine: FakeEngine) -> None:
    engine.failure = RuntimeError("secret")
    begin(page, QUESTION)
    expect(page.locator(".problem")).to_contain_text("Something went wrong on the server")


def test_an_overlong_question_is_not_sent(page: Page, engine: FakeEngine) -> None:
    page.get_by_label("Your question").fill("x" * 1001)
    expect(page.locator("#count")).to_have_text("1001 of 1000 characters")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    assert engine.answers == 0


def test_without_an_index_the_page_says_what_to_run(
    open_page: OpenPage, engine: FakeEngine
) -> None:
    engine.has_index = False
    expect(open_page().locator(".welcome")).to_contain_text("qa index")


def test_an_answer_says_where_alone_was_searched(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Filters").click()
    page.get_by_role("combobox", name="Source").select_option("Valley Post")
    page.get_by_label("From").fill("2023-01-01")
    turn = ask(page)
    told = "Only searched: Valley Post, from 1 January 2023"
    expect(turn.locator(".searched")).to_have_text(told)
    turn.get_by_role("button", name="Copy").click()
    expect(turn.locator(".told")).to_have_text("Copied.")
    assert told in page.evaluate("navigator.clipboard.readText()")


def test_without_javascript_nothing_is_offered_that_needs_it(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator("#composer, button:visible")).to_be_hidden()


def test_dates_that_admit_nothing_are_not_sent(page: Page, engine: FakeEngine) -> None:
    page.get_by_text("Filters").click()
    page.get_by_label("From").fill("2024-12-01")
    page.get_by_label("To").fill("2022-01-01")
    begin(page, QUESTION)
    message = "document.getElementById('to').validationMessage"
    assert page.evaluate(message) == "The last day is before the first."
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_label("To").fill("2025-01-01")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    assert engine.answers == 1


def test_trying_again_asks_with_the_filters_of_now(open_page: OpenPage, engine: FakeEngine) -> None:
    page = open_page(tolerate="503")
    page.get_by_text("Filters").click()
    source = page.get_by_role("combobox", name="Source")
    source.select_option("Valley Post")
    engine.has_index = False
    begin(page, QUESTION)
    expect(page.locator(".problem")).to_be_visible()
    engine.has_index = True
    source.select_option("Coastal Times")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".sentence").first).to_contain_text(FIRST)
    assert [filters.source for filters, *_ in engine.asked] == ["Coastal Times"]


def test_typing_does_not_move_the_page(page: Page) -> None:
    ask(page, UNANSWERED)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.get_by_label("Your question").focus()
    page.keyboard.type("Who won?")
    page.wait_for_timeout(100)
    assert page.evaluate("scrollY") <= 2


def test_an_enter_that_ends_a_word_does_not_ask(page: Page, engine: FakeEngine) -> None:
    field = page.get_by_label("Your question")
    field.fill(QUESTION)
    field.evaluate(
        """(area) => area.dispatchEvent(new KeyboardEvent("keydown",
            { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
    )
    expect(page.locator(".turn")).to_have_count(0)
    assert engine.answers == 0


def test_older_browsers_show_the_whole_answer(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script("delete Map.groupBy; delete Object.groupBy")
    page.reload()
    expect(ask(page).locator(".sources .numbers a")).to_have_text(["1", "2"])


# --- the exact words and the verdict


def test_the_exact_words_are_bold_where_they_stand(page: Page, open_page: OpenPage) -> None:
    ask(page)
    for shown in (page, open_page(urlsplit(page.url).path)):
        expect(shown.locator(".sentence")).to_have_text([f"{FIRST}\u00a01", f"{SECOND}\u00a02"])
        words = shown.locator(".short-answer")
        expect(words).to_have_text([SHORT])
        assert weight(words) > weight(shown.locator(".sentence").first)


def test_exact_words_that_reach_the_last_word_are_bold(page: Page) -> None:
    turn = ask(page, "When were the trees planted?")
    expect(turn.locator(".short-answer")).to_have_text(["planted in ", "1911"])
    expect(turn.locator(".sentence")).to_have_text(["Its trees were planted in 1911.\u00a01"])


def test_without_exact_words_nothing_is_bold(page: Page) -> None:
    turn = ask(page, "When did the harbour bridge open?")
    expect(turn.locator(".sentence").first).to_contain_text(SECOND)
    expect(page.locator(".short-answer")).to_have_count(0)


def test_bold_words_replace_nothing_that_is_on_the_page(page: Page, engine: FakeEngine) -> None:
    gates = [threading.Event(), threading.Event()]
    waiting = iter(gates)
    engine.before_sentence = lambda: next(waiting).wait(10)
    begin(page, QUESTION)
    gates[0].set()
    page.locator(".cite").focus()
    sentence = page.locator(".sentence").first.element_handle()
    gates[1].set()
    expect(page.locator(".sentence .short-answer")).to_have_text(SHORT)
    assert sentence.evaluate("(element) => element.isConnected")
    expect(page.locator(".cite").first).to_be_focused()
    expect(page.locator(".card")).to_be_visible()


def test_the_exact_words_go_along_to_the_card_and_the_article(page: Page) -> None:
    turn = ask(page)
    turn.locator(".cite").last.focus()
    expect(page.locator(".card .quote")).to_have_text(SECOND)
    expect(page.locator(".card .short-answer")).to_have_count(0)
    turn.locator(".cite").first.focus()
    expect(page.locator(".card .quote")).to_have_text(FIRST)
    expect(page.locator(".card .short-answer")).to_have_text(SHORT)
    ways = [".cite", ".open-article", ".numbers a", ".sources .title"]
    addresses = {turn.locator(way).first.get_attribute("href") for way in ways}
    assert len(addresses) == 1
    page.locator(".open-article").click()
    expect(page.locator("#cited")).to_have_text(FIRST)
    expect(page.locator("#cited .short-answer")).to_have_text(SHORT)


def test_the_verdict_says_in_words_how_sure_the_answer_is(page: Page) -> None:
    heard = page.locator("#announcer p")
    strong = ask(page).locator(".confidence")
    expect(strong).to_contain_text("Strong evidence, 60 % likely right")
    expect(heard.last).to_have_text(f"In short: {SHORT}. Strong evidence, 60 % likely right.")
    weak = ask(page, "Which promise did the mayor of the harbour town call kept?").locator(
        ".confidence"
    )
    expect(weak).to_contain_text("Weak evidence, 50 % likely right")
    expect(heard.last).to_have_text("Weak evidence, 50 % likely right.")
    weak.locator("summary").click()
    expect(weak.locator(".hint")).to_contain_text("Read the cited words")
    none = ask(page, UNANSWERED).locator(".confidence")
    expect(none.locator("summary")).to_have_text("No answer")
    expect(heard.last).to_have_text(f"No answer. {REFUSAL}")
    grounds = {
        verdict.locator("summary").evaluate(
            "(e) => { const s = getComputedStyle(e, '::before');"
            " return [s.backgroundColor, s.backgroundImage].join() }"
        )
        for verdict in (strong, weak, none)
    }
    assert len(grounds) == 3  # told apart by the shape of the dot too


# --- citations


@pytest.mark.parametrize("reach", ["hover", "focus"])
def test_a_citation_shows_its_quote(page: Page, reach: str) -> None:
    turn = ask(page)
    getattr(turn.locator(".cite").first, reach)()
    card = page.locator(".card")
    expect(card.locator(".quote")).to_have_text(FIRST)
    expect(card).to_contain_text("Harbour bridge opens after ten years of building")
    expect(card).to_contain_text("Coastal Times, 3 May 2024")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_the_pointer_can_move_onto_the_card(page: Page) -> None:
    ask(page).locator(".cite").first.hover()
    page.locator(".open-article").hover()
    page.wait_for_timeout(400)  # longer than the card waits before it goes
    expect(page.locator(".card")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator(".card")).to_have_count(0)


def test_a_citation_opens_the_article_at_the_very_words(page: Page) -> None:
    turn = ask(page)
    turn.locator(".cite").first.click()
    mark = page.locator("#cited")
    expect(mark).to_have_text(FIRST)
    expect(mark).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("scrollY") > 0
    page.go_back()
    expect(page.locator(".sentence").first).to_contain_text(FIRST)


def test_an_article_leads_back_to_the_answer(page: Page) -> None:
    ask(page)
    turn = ask(page, UNANSWERED)
    turn.locator(".passages a").first.click()
    page.get_by_role("link", name="Back to the answer").click()
    expect(turn.locator(".answer")).to_have_text(REFUSAL)
    expect(turn.locator(".question")).to_be_in_viewport(ratio=0.99)
    assert urlsplit(page.url).fragment == turn.get_attribute("id")
    page.get_by_role("link", name="All articles").first.click()
    page.locator(".index a").last.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#back")).to_be_hidden()  # it was not reached from an answer


def test_an_article_that_is_gone_leads_back_to_the_answer(
    open_page: OpenPage, engine: FakeEngine
) -> None:
    page = open_page(tolerate="404")
    turn = ask(page)
    engine.all_articles = ()
    turn.locator(".sources .title").click()
    expect(page.locator("h1")).to_have_text("This article is not here.")
    page.get_by_role("link", name="Back to the answer").click()
    expect(turn.locator(".sentence").first).to_contain_text(FIRST)


def test_a_link_to_cited_words_works_without_javascript(open_page: OpenPage) -> None:
    start = ARTICLES[0].text.index(FIRST)
    address = f"/articles/harbour?start={start}&end={start + len(FIRST)}"
    plain = open_page(f"{address}#cited", java_script_enabled=False).locator("#cited")
    expect(plain).to_have_text(FIRST)
    expect(plain).to_be_in_viewport(ratio=0.99)
    shared = open_page(address).locator("#cited")
    expect(shared).to_be_in_viewport(ratio=0.99)


def test_a_finger_sees_the_quote_before_it_opens_the_article(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    ask(page).locator(".cite").first.tap()
    expect(page.locator(".card .quote")).to_have_text(FIRST)
    page.locator(".open-article").tap()
    expect(page.locator("#cited")).to_have_text(FIRST)
    expect(page.locator("#cited")).to_be_in_viewport(ratio=0.99)


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Thank you.")
    expect(page.get_by_label("Your question")).to_have_value(f"{QUESTION}\nThank you.")
    begin(page, QUESTION)
    expect(page.locator(".verdict")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className").startswith("cite"):
            break
    expect(page.locator(".card .quote")).to_have_text(SECOND)
    page.keyboard.press("Tab")
    expect(page.locator(".open-article")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".cite").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cited")).to_have_text(SECOND)
    expect(page.locator("#cited")).to_be_focused()


def test_the_focus_is_always_visible(page: Page) -> None:
    ask(page)
    for _ in range(25):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0 or focused.get_attribute("id") in {"question", "main"}:
            continue
        assert focused.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"


def test_every_control_has_a_name_and_every_id_is_one(page: Page) -> None:
    turn = ask(page)
    turn.get_by_role("button", name="Good answer").click()
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, textarea")]
            .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length))
            .map((e) => e.outerHTML)"""
        )
        == []
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate("document.querySelector('main').ariaLive") is None
    expect(page.get_by_role("article", name=QUESTION)).to_be_visible()


# --- what is kept


def test_a_conversation_comes_back_by_its_address(page: Page, open_page: OpenPage) -> None:
    ask(page)
    ask(page, UNANSWERED)
    page.locator(".turn").nth(1).get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("button", name="Bad answer").last).to_have_attribute(
        "aria-pressed", "true"
    )
    other = open_page(urlsplit(page.url).path)
    expect(other.locator(".question")).to_have_text([QUESTION, UNANSWERED])
    expect(other.locator(".sentence")).to_have_text([f"{FIRST}\u00a01", f"{SECOND}\u00a02"])
    expect(other.get_by_role("button", name="Bad answer").last).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(other.locator("#conversations [aria-current]")).to_have_text(QUESTION)


def test_conversations_are_begun_and_switched(page: Page) -> None:
    ask(page)
    page.get_by_role("link", name="New conversation").first.click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, UNANSWERED)
    expect(page.locator("#conversations .title")).to_have_text([UNANSWERED, QUESTION])
    page.locator("#conversations .title").last.click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    page.go_back()
    expect(page.locator(".question")).to_have_text([UNANSWERED])


def test_a_conversation_is_renamed(page: Page) -> None:
    ask(page)
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the conversation").fill("The bridge <b>")
    page.keyboard.press("Enter")
    expect(page.locator("#conversations .title")).to_have_text(["The bridge <b>"])
    expect(page).to_have_title("The bridge <b> · Ask the articles")
    page.reload()
    expect(page.locator("#conversations .title")).to_have_text(["The bridge <b>"])


def test_a_rename_lets_the_reader_go_on_writing(page: Page) -> None:
    ask(page)
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the conversation").fill("The bridge")
    page.get_by_label("Your question").click()
    expect(page.locator("#conversations .title")).to_have_text(["The bridge"])
    page.keyboard.type("Who closed it?")
    expect(page.get_by_label("Your question")).to_have_value("Who closed it?")


def test_an_answer_that_arrives_leaves_a_half_written_title_alone(
    page: Page, engine: FakeEngine
) -> None:
    ask(page)
    gate = hold(engine)
    begin(page, "When did the harbour bridge open?")
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Rename").click()
    title = page.get_by_label("Title of the conversation")
    title.fill("Half")
    gate.set()
    expect(page.locator(".verdict")).to_have_count(2)
    expect(title).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" written")
    page.keyboard.press("Enter")
    expect(page.locator("#conversations .title")).to_have_text(["Half written"])


def test_what_could_not_be_changed_is_told(open_page: OpenPage) -> None:
    page = open_page(tolerate="ERR_FAILED")
    ask(page)
    page.route("**/api/conversations/*", lambda route: route.abort())
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the conversation").fill("The bridge")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“The bridge” was not saved.")
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text(f"“{QUESTION}” was not deleted.")


def test_an_answer_is_there_when_the_reader_comes_back(page: Page, engine: FakeEngine) -> None:
    ask(page)
    first = urlsplit(page.url).path
    page.get_by_role("link", name="New conversation").first.click()
    ask(page, UNANSWERED)
    page.go_back()
    expect(page.locator(".question")).to_have_text([QUESTION])
    gate = hold(engine)
    begin(page, "When did the harbour bridge open?")
    page.locator("#conversations .title").first.click()
    expect(page.locator(".question")).to_have_text([UNANSWERED])
    page.locator("#conversations .title").last.click()
    expect(page.locator(".question")).to_have_text([QUESTION, "When did the harbour bridge open?"])
    expect(page.locator(".status")).to_be_visible()
    gate.set()
    expect(page.locator(".verdict")).to_have_count(2)
    assert urlsplit(page.url).path == first


def test_a_question_that_fails_while_the_reader_is_away_lets_the_next_one_be_asked(
    page: Page, engine: FakeEngine
) -> None:
    ask(page)
    gate = hold(engine)
    begin(page, "When did the harbour bridge open?")
    page.get_by_role("link", name="New conversation").first.click()
    page.go_back()
    expect(page.locator(".status")).to_be_visible()
    engine.failure = QAError("The index is being moved.")
    gate.set()
    expect(page.locator(".problem")).to_contain_text("The index is being moved.")
    engine.failure = None
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict")).to_have_count(2)


def test_a_first_answer_outlives_a_reload(open_page: OpenPage, engine: FakeEngine) -> None:
    page = open_page(tolerate="404")  # until it is kept
    gate = hold(engine)
    begin(page, QUESTION)
    expect(page.locator(".status")).to_have_text("Choosing from 4 passages…")
    assert urlsplit(page.url).path.startswith("/c/")
    page.reload()
    expect(page.locator(".welcome")).to_be_hidden()
    gate.set()
    expect(page.locator(".sentence").first).to_contain_text(FIRST)


def test_a_first_question_that_fails_leaves_no_address(
    open_page: OpenPage, engine: FakeEngine
) -> None:
    engine.failure = QAError("The index is being moved.")
    page = open_page()
    begin(page, QUESTION)
    expect(page.locator(".problem")).to_contain_text("The index is being moved.")
    assert urlsplit(page.url).path == "/"


def test_a_question_goes_on_where_its_conversation_was_deleted(open_page: OpenPage) -> None:
    page = open_page(tolerate="404")
    ask(page)
    deleted = urlsplit(page.url).path.removeprefix("/c/")
    page.request.delete(urljoin(page.url, f"/api/conversations/{deleted}"))
    begin(page, "When did the harbour bridge open?")
    page.get_by_role("button", name="Ask in a new conversation").click()
    expect(page.locator(".question")).to_have_text(["When did the harbour bridge open?"])
    expect(page.locator(".verdict")).to_have_count(1)
    assert urlsplit(page.url).path not in ("/", f"/c/{deleted}")


def test_a_conversation_that_fails_late_leaves_the_one_on_the_page(open_page: OpenPage) -> None:
    page = open_page(tolerate="ERR_FAILED")
    ask(page)
    page.get_by_role("link", name="New conversation").first.click()
    ask(page, UNANSWERED)
    page.get_by_role("link", name="New conversation").first.click()
    held: list[Route] = []
    first = page.locator("#conversations .title").last.get_attribute("data-conversation")
    page.route(f"**/api/conversations/{first}", lambda route: held.append(route))
    page.locator("#conversations .title").last.click()
    page.locator("#conversations .title").first.click()
    expect(page.locator(".question")).to_have_text([UNANSWERED])
    held[0].abort()
    page.wait_for_timeout(200)
    expect(page.locator(".question")).to_have_text([UNANSWERED])
    expect(page.locator(".problem")).to_have_count(0)


def test_another_tab_is_heard_of(page: Page, open_page: OpenPage) -> None:
    ask(open_page())
    expect(page.locator("#conversations .title")).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#conversations .title")).to_have_text([QUESTION])


def test_renaming_can_be_given_up(page: Page) -> None:
    ask(page)
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title of the conversation").fill("Something else")
    page.keyboard.press("Escape")
    expect(page.locator("#conversations .title")).to_have_text([QUESTION])


def test_conversations_of_one_title_are_told_apart_by_their_time(open_page: OpenPage) -> None:
    page = open_page(timezone_id="UTC")
    for _ in range(2):
        page.goto(urljoin(page.url, "/"))
        ask(page)
    row = page.locator("#conversations li").first
    asked = datetime.fromisoformat(row.locator("time").get_attribute("datetime") or "")
    for days, day in [
        (0, "today"),
        (1, "yesterday"),
        (366, f"{asked.day} {asked:%b}(t)? {asked.year}"),
    ]:
        page.clock.set_fixed_time(asked + timedelta(days=days))
        page.reload()
        expect(row.locator("time")).to_have_text(re.compile(f"{day}, {asked:%H:%M}"))
    told = row.locator("time").inner_text()
    expect(row.get_by_role("link", name=QUESTION, exact=True)).to_have_accessible_description(told)
    row.hover()
    row.get_by_role("button", name="Delete").click()
    expect(page.locator("dialog")).to_contain_text(f"Delete “{QUESTION}” ({told})")


def test_the_conversation_on_the_page_is_in_sight_in_the_list(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    ask(page)
    address = page.url
    for _ in range(6):
        page.goto(urljoin(address, "/"))
        ask(page)
    page.goto(address)
    expect(page.locator("#conversations [aria-current]")).to_be_in_viewport()
    assert page.evaluate("document.getElementById('conversations').scrollTop") > 0


def test_a_conversation_is_deleted_after_a_question(page: Page) -> None:
    ask(page)
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#conversations li")).to_have_count(1)
    page.locator("#conversations li").hover()
    page.get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#conversations li")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    assert urlsplit(page.url).path == "/"


def test_a_conversation_is_saved_as_markdown(page: Page) -> None:
    ask(page)
    page.locator("#conversations li").hover()
    with page.expect_download() as download:
        page.get_by_role("link", name="as Markdown").click()
    text = Path(download.value.path()).read_text()
    assert f"{FIRST.replace(SHORT, f'**{SHORT}**')} \\[1\\]" in text


def test_an_answer_is_judged_with_a_note(page: Page, site: str) -> None:
    turn = ask(page)
    turn.get_by_role("button", name="Good answer").click()
    turn.get_by_label("A note on this answer").fill("To the point.")
    turn.get_by_role("button", name="Save the note").click()
    expect(turn.locator(".told")).to_have_text("Thank you.")
    conversation = urlsplit(page.url).path.rpartition("/")[2]
    kept = page.request.get(f"{site}/api/conversations/{conversation}").json()
    assert [(f["rating"], f["note"]) for f in kept["feedback"]] == [("up", "To the point.")]


def test_a_judgement_is_taken_back_by_the_same_button(page: Page, site: str) -> None:
    turn = ask(page)
    good = turn.get_by_role("button", name="Good answer")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "false")
    expect(turn.locator(".told")).to_have_text("Taken back.")
    expect(turn.get_by_label("A note on this answer")).to_be_hidden()
    conversation = urlsplit(page.url).path.rpartition("/")[2]
    kept = page.request.get(f"{site}/api/conversations/{conversation}").json()
    assert kept["feedback"] == []


def test_an_answer_is_copied_with_its_sources(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page).get_by_role("button", name="Copy").click()
    expect(page.locator(".told")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        f"{QUESTION}\n\n{FIRST} [1] {SECOND} [2]\n\nStrong evidence, 60\u00a0% likely right\n\n"
        "[1] Harbour bridge opens"
    )
    assert f"“{FIRST}”" in copied
    first, _ = page.locator(".sources .numbers a").all()
    assert f"\n    {urljoin(page.url, first.get_attribute('href'))}\n" in copied


# --- how it looks


def test_light_and_dark_are_readable(open_page: OpenPage) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        turn = ask(page)
        turn.locator(".passages summary").click()
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        turn.locator(".cite").first.focus()
        for place in WORDS:
            assert contrast(page.locator(place).first) >= 4.5, (scheme, place)
        turn.locator(".cite").first.click()
        assert contrast(page.locator("#cited")) >= 4.5, scheme
        assert contrast(page.locator("#cited .short-answer")) >= 4.5, scheme
    assert grounds[0] != grounds[1]


def test_the_colours_can_be_chosen_and_are_remembered(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Use dark colours").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.get_by_role("link", name="All articles").first.click()
    page.wait_for_url("**/articles")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Use light colours").click()
    assert page.evaluate(ground) == light


def test_a_question_is_seen_whole_when_a_phone_is_turned(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 844, "height": 800})
    area = page.get_by_label("Your question")
    area.fill("How much did the work on the harbour bridge cost, and who will pay the debt? " * 2)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(area).to_have_js_property("clientHeight", area.evaluate("(e) => e.scrollHeight"))


def test_judging_leaves_its_buttons_in_place(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    turn = ask(page)
    bad = turn.get_by_role("button", name="Bad answer")
    place = bad.bounding_box()
    bad.tap()
    expect(turn.get_by_label("A note on this answer")).to_be_visible()
    assert bad.bounding_box() == place


def test_a_phone_needs_no_sideways_scrolling(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 390
    turn = ask(page, f"{QUESTION} {'unbreakable' * 20}")
    turn = ask(page)
    turn.locator(".cite").first.tap()
    turn.locator(".passages summary").tap()
    page.get_by_text("Filters").tap()
    assert page.evaluate(width) == 390
    page.goto(page.url.split("/c/")[0] + "/articles")
    assert page.evaluate(width) == 390


def test_the_drawer_of_a_phone(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    ask(page)
    drawer = page.locator("#sidebar")
    expect(drawer).not_to_be_visible()
    opener = page.get_by_role("button", name="Conversations", exact=True)
    opener.tap()
    expect(drawer).to_be_visible()
    expect(page.get_by_role("button", name="Close the conversations")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    expect(opener).to_be_focused()
    opener.tap()
    drawer.get_by_role("link", name="New conversation").tap()
    expect(page.locator(".welcome")).to_be_visible()
    expect(drawer).not_to_be_visible()
    opener.tap()
    page.go_back()
    expect(page.locator(".question")).to_have_text([QUESTION])
    expect(drawer).not_to_be_visible()


def test_nothing_moves_for_those_who_asked_for_stillness(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    ask(page)
    assert page.locator(".sentence").first.evaluate("(e) => e.getAnimations().length") == 0


# --- what strangers wrote


def test_a_hostile_article_does_not_run(page: Page) -> None:
    turn = ask(page, "Which parrot escaped on Monday? <img src=x onerror='window.ran=1'>")
    expect(turn.locator(".sentence").first).to_contain_text(HOSTILE_SENTENCE)
    expect(turn.locator(".short-answer")).to_have_text(HOSTILE_WORDS)
    turn.locator(".cite").first.focus()
    expect(page.locator(".card cite")).to_have_text(HOSTILE_TITLE)
    expect(page.locator(".card .short-answer")).to_have_text(HOSTILE_WORDS)
    assert page.locator("img").count() == 0
    assert page.evaluate("window.ran") is None
    turn.locator(".cite").first.click()
    expect(page.locator("#cited")).to_have_text(HOSTILE_SENTENCE)
    expect(page.locator("#cited .short-answer")).to_have_text(HOSTILE_WORDS)
    expect(page.locator("h1")).to_have_text(HOSTILE_TITLE)
    assert page.locator("a[href^=javascript]").count() == 0
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("window.ran") is None
