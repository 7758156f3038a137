"""In a real Chromium, over the real engine: a table's rows with column names, points of lists."""

import shutil

import pytest
import test_browser
from playwright.sync_api import Locator, Page, expect
from test_browser import PHONE, OpenPage, ask, contrast

from qa import Settings
from qa.engine import Engine
from qa.indexing import index_paths
from qa.models import LocalEmbedder
from qa.spans import begins_point

pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]
# The same browser and site as in test_browser.py, over another engine.
chromium, site = test_browser.chromium, test_browser.site
open_page, page = test_browser.open_page, test_browser.page

HOSTILE = "<b onclick='window.ran=1'>closed</b>"
PORT = f"""# The port of Kolding has counted its ships

| Quay | Ships in the whole year | Cargo in tonnes | Opened | Owner | Remarks |
|---|---|---|---|---|---|
| North quay | 14 | 2,200 | 1931 | The town of Kolding | {HOSTILE} |
| Ferry quay | 41 | | 1974 | The ferry company | |
"""
QUESTION = "When was the north quay opened?"
NAMES = ["Quay", "Ships in the whole year", "Cargo in tonnes", "Opened", "Owner", "Remarks"]
NORTH = ["North quay", "14", "2,200", "1931", "The town of Kolding", HOSTILE]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("port")
    (folder / "port.md").write_text(PORT)
    settings = Settings(index_dir=folder / "index", port=0)
    index_paths(settings, LocalEmbedder(settings), [folder / "port.md"])
    engine = Engine(settings)
    yield engine
    engine.close()


def has_row(shown: Locator, *, marker: str) -> None:
    """The names stand above the cells, and the exact words are bold."""
    expect(shown.locator("dt")).to_have_text(NAMES)
    expect(shown.locator("dd")).to_have_text([*NORTH[:-1], NORTH[-1] + marker])
    expect(shown.locator(".short-answer")).to_have_text("1931")


def test_a_row_has_its_names_in_the_answer_and_in_the_card(page: Page) -> None:
    turn = ask(page, QUESTION)
    has_row(turn.locator(".sentence"), marker="\u00a01")
    turn.locator(".cite").hover()
    has_row(turn.locator(".card .quote"), marker="")
    assert page.evaluate("window.ran") is None
    page.get_by_role("link", name="Open in the article").click()
    expect(page.locator("#cited")).to_have_text(" | ".join(NORTH) + " |")
    expect(page.locator("#cited .short-answer")).to_have_text("1931")


def test_after_a_reload_the_names_are_there(page: Page) -> None:
    ask(page, QUESTION)
    page.reload()
    has_row(page.locator(".sentence"), marker="\u00a01")


def test_names_and_cells_are_copied(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION).get_by_role("button", name="Copy").click()
    expect(page.locator(".told")).to_have_text("Copied.")
    told = "; ".join(f"{name}: {cell}" for name, cell in zip(NAMES, NORTH, strict=True))
    assert f"\n\n{told} [1]\n\n" in page.evaluate("navigator.clipboard.readText()")
    expect(page.locator("#announcer")).to_contain_text(told)


def test_an_empty_cell_is_told_from_a_missing_one(page: Page) -> None:
    turn = ask(page, "Tell me about the ferry quay")
    expect(turn.locator("dd").nth(2)).to_have_text("–")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_row_takes_several_lines_and_can_be_read(
    open_page: OpenPage, theme: str
) -> None:
    page = open_page(**PHONE, color_scheme=theme)
    turn = ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    first, last = (turn.locator("dt").nth(n).bounding_box() for n in (0, -1))
    assert first["y"] + first["height"] < last["y"]
    for words in ("dt", "dd"):
        assert contrast(turn.locator(words).first) >= 4.5


BEGINNINGS = [
    *(f"{bullet} " for bullet in "-–—•*▪◦·●○■□‣⁃➢✓✔+~>"), "●", "✓", "-", "•", "1. ", "1) ", "(12) ",
    "123. ", "1.", "a) ", "(b) ", "a. ", "iv) ", "(iii) ", "xx) ", "mm) ", "| ", "A ", "",
]  # fmt: skip


def test_the_page_knows_points_by_the_same_beginnings(page: Page) -> None:
    lists = [f"Two measures:\n{beginning}dikes" for beginning in BEGINNINGS]
    shown_as_list = page.evaluate(
        "async (quotes) => quotes.map((await import('/static/words.js')).isList)", lists
    )
    assert shown_as_list == [begins_point(f"{beginning}dikes") for beginning in BEGINNINGS]


def test_each_point_of_a_list_has_a_line_and_so_has_what_is_left_out(page: Page) -> None:
    lines = page.evaluate(
        """async () => {
          const { Sentences } = await import("/static/sentences.js");
          const text = "The plan:\\n\\n- dikes\\n- pumps, which\\n  Ann builds";
          const sentences = new Sentences();
          sentences.add({ text, citations: [], support: "verbatim", left_out: 2 }, []);
          return [...sentences.element.querySelectorAll(".line")].map((line) => [
            line.textContent.trim(), line.classList.contains("point"),
          ]);
        }"""
    )
    assert lines == [
        ["The plan:", False],
        ["- dikes", True],
        ["- pumps, which\n  Ann builds", True],
        ["… and 2 more in the article", False],
    ]
