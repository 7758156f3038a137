"""Takes the pictures of the README: python tests/make_screenshots.py [FOLDER].

Shows the built index in the folder that `QA_INDEX_DIR` names, `vectorstore` by default.
"""

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from web_fakes import running

from qa import open_engine, read_settings

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
QUESTION = "When did Rudenko meet the Indian ambassador?"
UNANSWERED = "When did Jaishankar travel to Moscow?"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine(read_settings())
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for theme in ("light", "dark"):
            for device, screen in (("desktop", DESKTOP), ("phone", PHONE)):
                # Each visit begins without conversations, in a folder of its own.
                settings = replace(engine.settings, index_dir=Path(kept, device, theme), port=0)
                with running(engine, settings) as url:
                    take(browser, url, folder / f"{device}-{theme}", theme, screen)
        browser.close()


def take(browser: Browser, url: str, name: Path, theme: str, screen: dict[str, object]) -> None:
    """One visit: the empty page, an answer, a citation, the article, a refusal, the drawer."""
    context = browser.new_context(color_scheme=theme, **screen)
    page = context.new_page()
    page.goto(url)
    page.locator(".examples button").first.wait_for()
    picture(page, name, "empty")
    ask(page, QUESTION)
    picture(page, name, "answer")
    marker = page.locator(".cite").first
    if "is_mobile" in screen:
        marker.tap()
    else:
        marker.hover()
    page.locator(".card").wait_for()
    picture(page, name, "citation")
    page.locator(".open-article").click()
    page.locator("#cited").wait_for()
    picture(page, name, "article")
    page.go_back()
    page.locator(".verdict").wait_for()
    ask(page, UNANSWERED)
    picture(page, name, "refusal")
    if "is_mobile" in screen:
        page.locator("#open-drawer").click()
        picture(page, name, "conversations")
    context.close()


def ask(page: Page, question: str) -> None:
    turns = page.locator(".verdict").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".verdict").nth(turns).wait_for()


def picture(page: Page, name: Path, what: str) -> None:
    page.wait_for_timeout(500)  # until what moves has come to rest
    page.screenshot(path=f"{name}-{what}.png")


if __name__ == "__main__":
    main()
