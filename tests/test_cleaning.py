"""Cleaning, headers and dates: the rules that hold for articles of every format."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.loaders.chrome import is_chrome
from qa.loaders.cleaning import clean
from qa.loaders.dates import parse_date
from qa.loaders.header import Header, read_header, shortened

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.mark.parametrize(
    "line",
    [
        "Next Story",
        "Previous Story",
        "NEXT ARTICLE »",
        "Share it",
        "Share this article",
        "Share",
        "Share on Facebook",
        "Facebook | Twitter | WhatsApp",
        "Facebook",
        "Tweet",
        "Print",
        "Copy link",
        "Link copied!",
        "Post Comment",
        "Leave a comment",
        "12 Comments",
        "Be the first to comment",
        "Big Story",
        "Top Stories",
        "Most Read",
        "Read more",
        "**Read more**",
        "Read More >>",
        "Also read: India and Russia sign a new pact",
        "READ ALSO | Ministers meet in Moscow",
        "Related articles",
        "Related: Ten things to know",
        "You may also like",
        "More from World",
        "Advertisement",
        "ADVERTISEMENT - SCROLL TO CONTINUE",
        "Story continues below advertisement",
        "Subscribe to our newsletter",
        "Sign up",
        "Sign up for our daily newsletter",
        "Follow us on Telegram and Instagram",
        "Follow The Daily Example on Google News",
        "Click here to watch the video",
        "X",
        "x",
        "|",
        "***",
        "• • •",
        "{alt: ‘Putin and Modi discussing counter-terrorism initiatives’}",
        "![Two men shaking hands.](https://example.org/hands.jpg)",
        "Image: Two men shaking hands",
        "Photo: Reuters",
        "Photo credit: Jane Roe",
        "File photo",
        "Getty Images",
        "Accept all cookies",
        "We use cookies to improve this site.",
        "Privacy Policy | Terms of Use",
        "All rights reserved.",
        "© 2025 The Daily Example",
        "https://example.org/a/1?x=2",
        "www.example.org",
        "5 min read",
        "Reading time: 4 minutes",
        "Home > World > Asia",
        "Tags: India, Russia",
        "Loading...",
    ],
)
def test_site_chrome_goes(line: str) -> None:
    assert is_chrome(line)
    assert clean(f"One sentence stands here.\n{line}\nAnother one follows.") == (
        "One sentence stands here.\nAnother one follows."
    )


@pytest.mark.parametrize(
    "line",
    [
        "## Key Areas",
        "### 1. What prompted the latest Indo-Russian discussions on terrorism?",
        "Conclusion",
        "Share prices fall",
        "Print media in India",
        "Copyright law reform",
        "Search for survivors continues",
        "Cross-Border Terrorism: Both sides emphasized the importance of combating it.",
        "– **Details:** Both nations should engage in dialogues.",
        "Image: the photograph that the court was shown had been taken a year before.",
        "Sign up for the new pension opened on Monday in all of the 28 states.",
        "He left.",
        "7",
        "- Facebook",
        "| 2024 | 65 billion |",
        "一",
        "(c) the third clause of the treaty",
        "Watch the skies",
        "});",
    ],
)
def test_what_an_article_says_stays(line: str) -> None:
    assert not is_chrome(line)
    assert clean(line) == line


@pytest.mark.parametrize(
    "table",
    [
        "| Home | Away | Score |\n|---|---|---|\n| Leeds | Hull | 2-1 |\n| Bath | York | 0-0 |",
        "| Category | Count |\n|:--|--:|\n| Video | 12 |\n| Photos | 14 |",
        "| Video | 12 |\n| Photos | 14 |",
        "| Home |\n| Leeds |",
        "Home | Away | Score\nLeeds | Hull | 2-1\nBath | York | 0-0",
        "Topic | Hours\n--- | ---\nPrivacy | 3\nHome | 2",
    ],
)
def test_the_rows_of_a_table_stay_with_the_rule_under_their_names(table: str) -> None:
    text = f"One sentence stands here.\n\n{table}\n\nAnother one follows."
    assert clean(text) == text


@pytest.mark.parametrize(
    "menu",
    [
        "Home | News | Sport",
        "About us | Contact us\nPrivacy Policy | Terms of Use",
        "| Home | News |",
        "|\n|",
        "|---|---|",
    ],
)
def test_a_menu_is_no_table(menu: str) -> None:
    text = f"One sentence stands here.\n{menu}\nAnother one follows."
    assert clean(text) == "One sentence stands here.\nAnother one follows."


def test_links_for_sharing_below_a_byline_are_no_table() -> None:
    byline = "By Jane Roe | 12 March 2025 | 4 min read"
    assert clean(f"{byline}\nFacebook | Twitter | WhatsApp") == byline


PROSE = "The council met on Monday and agreed on a plan for the year."


@pytest.mark.parametrize(
    "line",
    [
        "Recommended: 20 mg twice a day",
        "Topic: trade law",
        "Credits: 30",
        "Video: 12 films",
        "Images: 40 of them were lost",
        "Trending: up",
        "Category: three",
        "Best: 9.58",
    ],
)
def test_what_stands_behind_a_label_goes_only_at_the_ends_or_beside_chrome(line: str) -> None:
    for text in (f"{PROSE}\n{line}\n{PROSE}", f"{PROSE}\n\n---\n\n{line}\n\n{PROSE}"):
        assert line in clean(text)
    fact = "Cost: 40 euros"
    for text in (f"A title\n{fact}\n{line}\n{PROSE}", f"{PROSE}\n\n{line}\nLevel: 2\n{fact}"):
        assert clean(text) == text  # one of a list of facts


@pytest.mark.parametrize("line", ["Tags: India, Russia", "Photo: Reuters", "Related: Ten things"])
def test_a_label_of_the_site_goes(line: str) -> None:
    for text in (
        f"{line}\n{PROSE}\n{PROSE}",
        f"A title\nAuthor: Jane Roe\n{line}\nDate: 12 March 2025\n{PROSE}\n{PROSE}",
        f"{PROSE}\n{PROSE}\n\n{line}\nAuthor: Jane Roe",
        f"{PROSE}\n\nShare this article\n\nCategory: World\n{line}\n\n{PROSE}",
    ):
        assert line in text
        assert line not in clean(text)


@pytest.mark.parametrize(
    "box", ["Rating: 4\nAuthor: Jane Roe", "Item: a\n" * 20 + "Rating: 4\n" + "Best: 5\n" * 20]
)
def test_a_review_box_of_any_length_goes(box: str) -> None:
    assert clean(f"Before.\n{box}\nAfter.") == "Before.\nAfter."


@pytest.mark.parametrize("line", ["Best: 9.58", "Rating: 4", "Best: 9.58\nWorst: 10.20"])
def test_one_field_and_marks_without_a_rating_are_no_review_box(line: str) -> None:
    assert clean(f"Before.\n{line}\nAfter.") == f"Before.\n{line}\nAfter."


def test_a_review_box_goes_but_a_rating_in_prose_stays() -> None:
    box = "**Item:** A pact\n**Rating:** 4\n**Best:** 5\n**Author:** Jane Roe"
    assert clean(f"Before.\n{box}\nAfter.") == "Before.\nAfter."
    assert clean("Item: bread\nIts rating: 4 of 5 said one.") == (
        "Item: bread\nIts rating: 4 of 5 said one."
    )


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a1\r\nb1\rc1\u2028d1\x0be1", "a1\nb1\nc1\nd1\ne1"),
        ("One.  \n\n\n \n\nTwo.\n\n", "One.\n\nTwo."),
        ("cafe\u0301", "café"),
        ("zero\u200b\u200dwidth\ufeff and soft\u00adhyphen", "zerowidth and softhyphen"),
        ("no\u00a0break", "no break"),
        ("bell\x07 and half a \ud800pair", "bell and half a pair"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\x00", ""),
    ],
)
def test_characters_are_made_plain(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("ש" + "\u05bd" * 40_000 + "\u05b0" * 40_000, "ש" + "\u05bd" * 9, id="Hebrew"),
        pytest.param("ท" + "\u0e48\u0e38" * 40_000, "ท" + "\u0e38" * 4 + "\u0e48" * 5, id="Thai"),
        pytest.param(
            "\u0f40" + "\u0f73" * 40_000, "\u0f40" + "\u0f71" * 9, id="two marks in one sign"
        ),
        pytest.param(
            "q" + ("\u0301" * 5 + "\u0327" * 4 + "\u200d") * 8_000,
            "q" + "\u0327" * 4 + "\u0301" * 5,
            id="joiners between",
        ),
        pytest.param("q" + "\u0344" * 9, "q" + "\u0308\u0301" * 4 + "\u0308", id="taken apart"),
        pytest.param("A…" + "\u0301" * 12 + "–!", "A…" + "\u0301" * 9 + "–!", id="on a sign"),
    ],
)
def test_of_marks_piled_on_a_letter_nine_stay(raw: str, cleaned: str) -> None:
    """Some of these took minutes to put in order."""
    started = time.process_time()
    assert clean(raw) == clean(cleaned) == cleaned
    assert time.process_time() - started < 2


LINES = st.sampled_from(
    [
        "Next Story",
        "X",
        "Rating: 4",
        "Item: a",
        "Best: 5",
        "",
        " ",
        "One.",
        "# T",
        "a\u200d\u0301",
        "Tags: a",
        "Tags: a sentence of five words.",
        "Fee: 4",
        "A sentence of five words.",
        "| Home | News |",
        "| Leeds | 2 |",
        "Home | News",
        "Leeds | 2",
        "|---|---|",
        "---",
        "|",
    ]
)


@given(
    st.text()
    | st.lists(LINES).map("\n".join)
    | st.text("aA\u0301\u0323\u200b\u200d и\n", max_size=8)
)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-12", date(2025, 3, 12)),
        ("2025-03-12T23:30:00Z", date(2025, 3, 12)),
        ("2025-03-12 23:30:00+05:30", date(2025, 3, 12)),
        ("20250312", date(2025, 3, 12)),
        ("2025/3/12", date(2025, 3, 12)),
        ("1741737600", date(2025, 3, 12)),
        ("1741737600000", date(2025, 3, 12)),
        ("1741737600.0", date(2025, 3, 12)),
        ("25/12/2024", date(2024, 12, 25)),
        ("12/25/2024", date(2024, 12, 25)),
        ("05.05.2024", date(2024, 5, 5)),
        ("12 March 2025", date(2025, 3, 12)),
        ("March 12, 2025", date(2025, 3, 12)),
        ("Sept. 5, 2024", date(2024, 9, 5)),
        ("12th of March, 2025", date(2025, 3, 12)),
        ("Wed, 12 Mar 2025 10:30:00 +0530", date(2025, 3, 12)),
        ("Mar 12, 2025 10:30 PM IST", date(2025, 3, 12)),
        ("03/04/2025", None),
        ("3.4.2025", None),
        ("12/03/25", None),
        ("12 Mar 25", None),
        ("2025-13-45", None),
        ("31 February 2025", None),
        ("12/2025", None),
        ("March 2025", None),
        ("2025", None),
        ("12 March", None),
        ("Monday", None),
        ("today", None),
        ("yesterday", None),
        ("2 days ago", None),
        ("10:30", None),
        ("99999999999", None),
        ("no date 2025 at all", None),
        ("", None),
        (None, None),
        ("9" * 5000, None),
    ],
)
def test_a_date_is_what_is_written_or_none(text: str | None, day: date | None) -> None:
    assert parse_date(text) == day


@given(st.text(max_size=80) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,5}[-/. ][0-9]{1,5}"))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)


BODY = "The ministers met in Moscow on Monday. They spoke about trade.\nMore is to come."


@pytest.mark.parametrize(
    ("text", "header"),
    [
        pytest.param(f"A new pact\n{BODY}", Header(BODY, "A new pact"), id="first line"),
        pytest.param(f"# A new pact\n\n{BODY}", Header(BODY, "A new pact"), id="heading"),
        pytest.param(BODY, Header(BODY), id="no title"),
        pytest.param(
            f"SiteName\nWorld\n\nA new pact\n\nA new pact\n\n{BODY}",
            Header(BODY, "A new pact", source="SiteName"),
            id="site, section, title twice",
        ),
        pytest.param(
            f"A new pact\nBy Jane Roe and Max de Boer | March 12, 2025 | 4 min read\n{BODY}",
            Header(
                BODY, "A new pact", author="Jane Roe and Max de Boer", published=date(2025, 3, 12)
            ),
            id="byline with date",
        ),
        pytest.param(
            f"Title: A new pact\nAuthor: Jane Roe\nSource: Example Times\n"
            f"Published: 12 March 2025\nURL: https://example.org/1\n\n{BODY}",
            Header(
                BODY, "A new pact", "Example Times", "Jane Roe", "https://example.org/1",
                date(2025, 3, 12),
            ),
            id="labels",
        ),
        pytest.param(
            f"A new pact\n**Author:** Jane Roe\nUpdated: 13 March 2025\nDate: yesterday\n{BODY}",
            Header(BODY, "A new pact", author="Jane Roe", published=date(2025, 3, 13)),
            id="bold label, no date in it but that of a change",
        ),
        pytest.param(
            f"A new pact\nBy the end of the year all will be signed.\n{BODY}",
            Header(f"By the end of the year all will be signed.\n{BODY}", "A new pact"),
            id="prose that begins with by",
        ),
        pytest.param(
            "The ministers of both countries met on a cold\nMonday in Moscow and spoke about\n"
            "many things.",
            Header(
                "The ministers of both countries met on a cold\nMonday in Moscow and spoke about\n"
                "many things."
            ),
            id="a wrapped line is no title",
        ),
        pytest.param("- one thing\n- another", Header("- one thing\n- another"), id="a list"),
        pytest.param("A new pact", Header("A new pact"), id="nothing but a line"),
        pytest.param(
            f"A new pact\n{BODY}\nA new pact\nThe end.",
            Header(f"{BODY}\nThe end.", "A new pact"),
            id="the title again below",
        ),
        pytest.param("Title: A new pact", Header("", "A new pact"), id="labels alone"),
    ],
)  # fmt: skip
def test_the_header_is_read(text: str, header: Header) -> None:
    assert read_header(text) == header


def test_dates_without_end_are_no_header() -> None:
    dates = [f"{1 + n % 28} May {1000 + n}" for n in range(2000)]
    header = read_header("A new pact\n" + "\n".join(dates))
    assert header == Header("\n".join(dates[10:]), "A new pact", published=date(1000, 5, 1))


@pytest.mark.parametrize(
    "line",
    [
        "Published in 1851.",
        "First published in Madrid in 1605, in a small printing shop",
        "Published 1400000000",
        "1400000000",
        "Help desk of the Times, 1400000000",
        "Updated in 2019 with a lift.",
        "Posted to Malta in 1941",
        "Updated parser to RFC 5322",
    ],
)
def test_what_tells_of_no_day_is_no_header(line: str) -> None:
    assert read_header(f"A new pact\n\n{line}\n\n{BODY}") == Header(
        f"{line}\n\n{BODY}", "A new pact"
    )


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published 12 March 2025", 12),
        ("First published on Wed 12 Mar 2025 17.30 GMT", 12),
        ("Posted on March 12, 2025 by admin", 12),
        ("Posted by Jane Roe on March 12, 2025", 12),
        ("Published March 12, 2025, at 10:30 a.m. Eastern time", 12),
        ("Published at 10:30 AM IST, 12 March 2025", 12),
        ("Published on 03/04/2025", None),
        ("Last updated 12 March 2025 10:30 AM EDT", 12),
        ("Last updated 14 March 2025\n\nPublished: 12 March 2025", 12),
    ],
)
def test_the_day_behind_published_is_read_with_time_and_zone(line: str, day: int | None) -> None:
    assert read_header(f"A new pact\n\n{line}\n\n{BODY}") == Header(
        BODY, "A new pact", published=date(2025, 3, day) if day else None
    )


@pytest.mark.parametrize(
    ("lines", "kept", "author", "day"),
    [
        ("Interview: Carl Odum\nPublished: 12 March 2025", "Interview: Carl Odum", "", 12),
        ("Status: solved\nAuthor: Jane Roe", "Status: solved\nAuthor: Jane Roe", "Jane Roe", None),
        ("Event: a fair\nDate: 12 March 2025", "Event: a fair\nDate: 12 March 2025", "", None),
        ("Status: solved\n\nAuthor: Jane Roe", "Status: solved\n\nAuthor: Jane Roe", "", None),
        ("By the Checkpoint team, 12 March 2025", "", "", 12),
        ("*Opinion by Jane Roe · 12 March 2025*", "", "Jane Roe", 12),
        ("Matchday 14, 12 March 2025\nBy Jane Roe", "Matchday 14, 12 March 2025", "Jane Roe", 12),
        ("*Words and pictures: Jane Roe.*", "", "Jane Roe", None),
        ("Words: Jane Roe. Visited in May.", "Visited in May.", "Jane Roe", None),
        ("Story: Little Women.", "Story: Little Women.", "", None),
    ],
)
def test_metadata_is_found_beside_what_stays(
    lines: str, kept: str, author: str, day: int | None
) -> None:
    text = f"{kept}\n\n{BODY}" if kept else BODY
    published = date(2025, 3, day) if day else None
    assert read_header(f"A new pact\n\n{lines}\n\n{BODY}") == Header(
        text, "A new pact", author=author, published=published
    )


def test_a_headline_much_longer_than_what_is_right_below_it_is_no_line_that_goes_on() -> None:
    headline = "Small Hours, episode 12: The woman who mends nine hundred clocks a year"
    assert read_header(f"{headline}\nTranscript\n\n{BODY}") == Header(
        f"Transcript\n\n{BODY}", headline
    )
    sentence = "The ministers of both countries met on a cold\nMonday in Moscow."
    assert read_header(f"{sentence}\n\n{BODY}").title == ""


@pytest.mark.parametrize(
    "text",
    [
        f"By Monday\n\n{BODY}",
        f"By May and June\n\n{BODY}",
        f"By Train\n\n{BODY}\n\nBy Car\n\n{BODY}",
        "By London Bridge\nI met a man,\nHe sang a song\nTo sister Anne",
        "3 May 2024\nMeeting\n\n4 May 2024\nWalk",
        "Fri, May 3, 2024\nMeeting\n\nFri, May 10, 2024\nWalk",
        f"2024-05-03\n{BODY}\n\n2024-05-04\n{BODY}",
    ],
)
def test_what_is_no_name_or_one_of_several_days_is_content(text: str) -> None:
    assert read_header(f"A new pact\n\n{text}") == Header(text, "A new pact")


def test_the_first_day_of_an_agenda_is_no_title() -> None:
    agenda = "3 May 2024\nMeeting\n\n4 May 2024\nWalk"
    assert read_header(agenda) == Header(agenda)


@pytest.mark.parametrize(
    "text",
    [
        f"By June Smith\n{BODY}",
        f"By Jane Roe\nPolitical Correspondent\n\n{BODY}",
        "By Jane Roe\n\nI met a man,\nHe sang a song",
        f"By Jane Roe\n3 May 2024\n4 min read\n{BODY}\n\nBy Jane Roe",
    ],
)
def test_a_byline_is_read_where_prose_or_a_gap_is_below(text: str) -> None:
    found = read_header(f"A new pact\n\n{text}")
    assert found.author in ("June Smith", "Jane Roe")
    assert not found.text.startswith("By")


MERRILY = "Merrily merrily merrily merrily"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            f"Row, row, row your boat\nGently down the stream\n{MERRILY}\n{MERRILY}\n"
            "Life is but a dream",
            f"Gently down the stream\n{MERRILY}\n{MERRILY}\nLife is but a dream",
        ),
        (
            f"Row your boat\n\nGently down the stream\n\n{MERRILY}\n{MERRILY}\n\nLife is a dream",
            f"Gently down the stream\n\n{MERRILY}\n{MERRILY}\n\nLife is a dream",
        ),
        (
            f"The ferry song\n\nOver the sea we go\nOver the sea we go\n{BODY}",
            f"Over the sea we go\nOver the sea we go\n{BODY}",
        ),
        (
            f"What to bring\n\n- a warm coat\n\nFor the children\nFor the children\n\n{BODY}",
            f"- a warm coat\n\nFor the children\nFor the children\n\n{BODY}",
        ),
    ],
)
def test_a_line_said_twice_in_a_text_is_no_title(text: str, kept: str) -> None:
    assert read_header(text) == Header(kept, text.split("\n")[0])


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Yes", f"{BODY}\nTheir album is called:\n\nYes.\n\nIt sold well."),
        ("A new pact", f"{BODY}\nTheir album is called:\n\nA new pact.\n\nIt sold well."),
        ("Is it safe?", f"{BODY}\n\nIs it safe?\n\nYes, it is."),
        ("A new pact", "\n".join([BODY] * 10) + "\nA new pact\nIt sold well."),
        ("Let it be", "When I find myself in trouble, friend,\nShe says\nLet it be\nShe says"),
    ],
)
def test_words_of_the_title_in_the_text_stay(title: str, text: str) -> None:
    assert read_header(f"{title}\n\n{text}", title) == Header(text, title)


def test_copies_of_a_title_above_the_text_go() -> None:
    assert read_header(f"Sales\nThe Meridian\n\nSales\n\n{BODY}", "Sales") == Header(
        f"The Meridian\n\n{BODY}", "Sales"
    )


def test_the_days_of_a_long_chronicle_are_not_all_read() -> None:
    """A chronicle of 100 KB took three seconds."""
    days = [f"Aalvik, {1 + n % 28} October {1900 + n % 80}\nHe left." for n in range(4000)]
    started = time.process_time()
    for first in ("The oldest days are told first", "Aalvik, 4 May 2001"):
        text = "\n".join([first, *days])
        assert first in read_header(f"The chronicle of the village\n\n{text}").text
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "name", ["Submit (here)", "http://example.org", "sitename", "One two three four"]
)
def test_what_is_no_name_of_a_site_is_no_source(name: str) -> None:
    assert read_header(f"{name}\nA new pact\nA new pact\n{BODY}") == Header(BODY, "A new pact")


def test_another_headline_than_the_known_title_stays_above_its_byline() -> None:
    text = f"A pact, at last\nBy Jane Roe\n12 March 2025\n{BODY}"
    assert read_header(text, "A new pact | Example") == Header(
        f"A pact, at last\n\n{BODY}",
        "A new pact | Example",
        author="Jane Roe",
        published=date(2025, 3, 12),
    )


def test_a_known_title_is_no_part_of_the_text_unless_nothing_else_is() -> None:
    assert read_header(f"A NEW PACT.\n{BODY}", "A new pact").text == BODY
    assert read_header("A new pact.", "A new pact").text == "A new pact."


def test_a_long_first_sentence_is_cut_at_a_word() -> None:
    assert shortened("Mr. Rudenko met Mr. Kumar on Monday. More.") == (
        "Mr. Rudenko met Mr. Kumar on Monday."
    )
    assert shortened("word " * 40) == "word " * 17 + "word…"
    assert len(shortened("x" * 200)) == 90


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_no_prose_of_the_seeds_is_lost(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    text = clean(raw)
    prose = [line for line in raw.split("\n") if len(line.split()) > 20]
    assert [line for line in prose if line not in text] == []
    assert not any(is_chrome(line) for line in text.split("\n"))


@pytest.mark.parametrize(
    "line", ["Related: Ministers meet again", "Photo: Reuters", "Watch: the bridge opens"]
)
def test_what_sites_put_between_paragraphs_goes(line: str) -> None:
    above, below = "The two ministers met in Oslo on Monday.", "They agreed on a plan for the port."
    assert clean(f"{above}\n\n{line}\n\n{below}") == f"{above}\n\n{below}"
