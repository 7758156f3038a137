"""Files to articles: every format, every encoding, and whatever else may lie in a folder."""

import gzip
import hashlib
import io
import json
import logging
import os
import re
import time
import warnings
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import BadRequest
from qa.loaders import SUFFIXES, Found, find_files, load_file, parse_columns
from qa.loaders.pdf import paragraphs, without_edges
from qa.records import Article, Failure
from qa.spans import passage_spans

CORPUS = Path(__file__).parent / "corpus"
SEEDS = Path(__file__).parent.parent / "seeds"
MAX_BYTES = 10_000_000


def load(
    path: Path, columns: Mapping[str, str] | None = None, max_bytes: int = MAX_BYTES
) -> list[Article | Failure]:
    return list(load_file(path, name=path.name, columns=columns or {}, max_bytes=max_bytes))


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    content = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def article(path: Path) -> Article:
    (only,) = load(path)
    assert isinstance(only, Article), only
    return only


def reason(path: Path, max_bytes: int = MAX_BYTES) -> str:
    (only,) = load(path, max_bytes=max_bytes)
    assert isinstance(only, Failure), only
    assert only.origin == str(path)
    return only.reason


# The seeds


@pytest.mark.parametrize(
    ("number", "title", "source", "author"),
    [
        ("000", "India and Russia Strengthen Counter-Terrorism Cooperation", None, None),
        (
            "001",
            "As global dynamics shifts, the India-Russia partnership remains a vital pillar of"
            " peace and stability in the world",
            None,
            None,
        ),
        (
            "002",
            "Putin dials Modi, says Russia backs India in fight against terrorism",
            "MillenniumPost",
            None,
        ),
        (
            "003",
            "Strengthening Alliances: Indo-Russian Cooperation in Counter-Terrorism Explained",
            None,
            "NewsSphereX",
        ),
        (
            "004",
            "Russian Deputy Foreign Minister Andrey Rudenko met with Indian Ambassador Vinay"
            " Kumar on…",
            None,
            None,
        ),
    ],
)
def test_the_seeds(number: str, title: str, source: str | None, author: str | None) -> None:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    found = article(path)
    assert (found.id, found.title, found.source, found.author) == (path.name, title, source, author)
    assert (found.url, found.published, found.origin) == (None, None, str(path))
    lines = found.text.split("\n")
    assert title not in lines
    chrome = {"Next Story", "Share it", "Big Story", "X", "Post Comment", "MillenniumPost"}
    assert not chrome & set(lines)
    assert not any(line.startswith(("{alt", "**Item", "**Rating", "**Best")) for line in lines)


def test_the_text_of_a_seed_begins_and_ends_with_the_article() -> None:
    (path,) = SEEDS.glob("002_*.txt")
    text = article(path).text
    assert text.startswith("New Delhi: Russian President Vladimir Putin made a tough denunciation")
    assert text.endswith("as part of a larger pressure campaign.")


# One article a file


def test_markdown() -> None:
    assert article(CORPUS / "harbour.md") == Article(
        id="harbour.md",
        title="The harbour of Norvik opens again",
        text="The harbour of Norvik opened on Tuesday after two years of work.\n\n"
        "## What was built?\n\nThe new quay is 340 metres long.",
        origin=str(CORPUS / "harbour.md"),
        source="Norvik Courier",
        url="https://courier.example.org/harbour",
        author="Ada Lind, Per Holm",
        published=date(2024, 11, 5),
    )


def test_quotation_marks_around_a_value_are_no_part_of_it(tmp_path: Path) -> None:
    for told, title in (
        ('"Robots stay": an interview', '"Robots stay": an interview'),
        ("'Robots stay'", "Robots stay"),
        ("The word 'no'", "The word 'no'"),
        ('["Smith, John", Ann]', "Smith, John, Ann"),
    ):
        found = article(write(tmp_path, "a.md", f"---\ntitle: {told}\n---\nBody is here."))
        assert found.title == title


def test_stars_around_bold_words_of_a_text_file_are_no_words(tmp_path: Path) -> None:
    text = "Steps\n\n- **Details:** Both **meet** at 2**3 and 5 ** 4 ** 3.\n"
    assert article(write(tmp_path, "a.txt", text)).text.endswith(
        "- Details: Both meet at 2**3 and 5 ** 4 ** 3."
    )


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Intro line.\n\n# Real title\n\nBody.", "Real title", "Intro line.\n\nBody."),
        ("Underlined\n=====\n\nBody.", "Underlined", "Body."),
        ("## Only section\n\nBody.", "Only section", "Body."),
        ("```\n# a comment\n```\nBody is here.", "a comment", "Body is here."),
    ],
)
def test_markdown_titles(tmp_path: Path, text: str, title: str, body: str) -> None:
    found = article(write(tmp_path, "a.md", text))
    assert (found.title, found.text) == (title, body)


def test_html() -> None:
    assert article(CORPUS / "lighthouse.html") == Article(
        id="lighthouse.html",
        title="Lighthouse keeper retires",
        text="After forty years the keeper of the lighthouse at Norvik, Jon Berg, retired on"
        " Friday & left the island.\n\nWho follows him?\n\n"
        "Nobody does: a machine that is started with the tag <script> and stopped with"
        " &lt;stop&gt; lights the lamp.\n| Year | Ships |\n| 2023 | 1204 |",
        origin=str(CORPUS / "lighthouse.html"),
        source="Norvik Courier",
        url="https://courier.example.org/lighthouse",
        author="Ada Lind",
        published=date(2024, 6, 1),
    )


PROSE = "The town expects 12,000 guests, and the mayor is glad of every one of them."


def page_text(tmp_path: Path, body: str) -> str:
    page = f"<html><head><title>Fair</title></head><body>{body}</body></html>"
    return article(write(tmp_path, "a.html", page)).text


def test_the_times_that_a_page_tells_of_stay_and_are_no_day_of_publication(tmp_path: Path) -> None:
    page = (
        "<html><body><h1>Night of the lamps</h1><p>The festival begins on "
        '<time datetime="2025-08-09">9 August</time> at <time>19:30</time> with a walk along the '
        f"river, and ends on <time>11 August</time>.</p>{f'<p>{PROSE}</p>' * 4}</body></html>"
    )
    found = article(write(tmp_path, "a.html", page))
    assert found.text == (
        "The festival begins on 9 August at 19:30 with a walk along the river, and ends on "
        "11 August." + f"\n\n{PROSE}" * 4
    )
    assert found.published is None


@pytest.mark.parametrize(
    "body",
    [
        f'<h1>Fair</h1><p>By Ada Lind <time datetime="2025-05-02">2 May</time></p><p>{PROSE}</p>',
        "<p>We use cookies to make this page of ours a better one for all.</p><h1>Fair</h1><div>"
        f'<time datetime="2025-05-02">2 May</time></div><p>{PROSE}</p>',
        f"<h1>Fair</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p><div>Posted on <time "
        'class="entry-date" datetime="2025-05-02">2 May</time></div>',
    ],
    ids=["in the byline", "below a notice", "marked as the day of the page"],
)
def test_a_time_of_the_page_itself_tells_its_day(tmp_path: Path, body: str) -> None:
    found = article(write(tmp_path, "a.html", f"<html><body>{body}</body></html>"))
    assert found.published == date(2025, 5, 2)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("<time>14:30</time><h3>Two sailors saved</h3>", "14:30 – Two sailors saved"),
        ("<div><time>2.30 p.m.</time></div><p>They are safe.</p>", "2.30 p.m. – They are safe."),
        ("<time>3 May</time><h3>Two sailors saved</h3>", "3 May\n\nTwo sailors saved"),
        ("<div>They sailed at <time>14:30</time> from Norvik.</div>", "They sailed at 14:30 from"),
        ("<p>They came home.</p><time>14:30</time>", "They came home.\n\n14:30"),
    ],
)
def test_a_time_that_stands_alone_is_a_line_and_a_clock_time_begins_the_next(
    tmp_path: Path, entry: str, text: str
) -> None:
    body = f"<article><h1>Fair</h1><p>{PROSE}</p><div>{entry}</div><p>{PROSE[::-1]}</p></article>"
    assert f"{PROSE}\n\n{text}" in page_text(tmp_path, body)


@pytest.mark.parametrize(
    "name", ['div class="entry"', 'section class="post"', 'div class="entry-content"', "article"]
)
def test_the_entries_of_a_live_report_keep_their_order_and_headings(
    tmp_path: Path, name: str
) -> None:
    places = ["harbour", "bridge", "island", "lighthouse"]
    entries = "".join(
        f"<{name}><h3>At the {place}</h3><p>{f'The storm has come to the {place}. ' * 4}</p>"
        f"</{name.split()[0]}>"
        for place in places
    )
    body = f"<main><h1>Storm</h1><p>{PROSE}</p>{entries}</main>"
    lines = page_text(tmp_path, body).split("\n\n")
    assert lines[0] == PROSE
    assert lines[1::2] == [f"At the {place}" for place in places]


def test_html_that_says_little_is_not_filled_up(tmp_path: Path) -> None:
    page = (
        '<html><head><link rel="canonical" href="https://www.example.org/a"></head><body>'
        "<p>On 3 May 2020 a ship arrived in the harbour of the town.</p></body></html>"
    )
    found = article(write(tmp_path, "a.html", page))
    assert (found.source, found.author, found.published) == ("example.org", None, None)
    assert found.title == found.text == "On 3 May 2020 a ship arrived in the harbour of the town."


@pytest.mark.parametrize(
    "page",
    ["<html><body><script>alert(1)</script></body></html>", "<p></p>", "<div>" * 5000 + "deep"],
)
def test_html_without_an_article(tmp_path: Path, page: str) -> None:
    assert reason(write(tmp_path, "a.html", page)) == "no article text found"


def test_html_in_its_declared_encoding(tmp_path: Path) -> None:
    page = '<html><head><meta charset="koi8-r"></head><body><p>Маяк погас.</p></body></html>'
    assert article(write(tmp_path, "a.htm", page.encode("koi8-r"))).text == "Маяк погас."


def test_docx(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.core_properties.author = "python-docx"
    document.add_paragraph("Norvik Courier")
    document.add_heading("A bridge for Norvik", level=1)
    document.add_paragraph("The bridge will be 900 metres long.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Cost", "40\nmillion"
    document.add_paragraph("It opens in 2027.")
    document.save(str(tmp_path / "bridge.docx"))
    assert article(tmp_path / "bridge.docx") == Article(
        id="bridge.docx",
        title="A bridge for Norvik",
        text="Norvik Courier\n\nThe bridge will be 900 metres long.\n\n"
        "| Cost | 40 million |\n\nIt opens in 2027.",
        origin=str(tmp_path / "bridge.docx"),
    )


def test_docx_lists(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("The plan contains these measures:")
    for text, style in [
        ("a dike", "List Bullet"),
        ("of clay", "List Bullet 2"),
        ("pumps", "List Bullet"),
        ("Register.", "List Number"),
        ("Send two quotes.", "List Number"),
        ("It costs 84 million euros.", "Normal"),
    ]:
        document.add_paragraph(text, style=style)
    document.save(str(tmp_path / "plan.docx"))
    assert article(tmp_path / "plan.docx").text.split("\n\n") == [
        "The plan contains these measures:", "- a dike", "- of clay", "- pumps",
        "1. Register.", "2. Send two quotes.", "It costs 84 million euros.",
    ]  # fmt: skip


def test_the_headings_of_a_docx_are_marked_and_no_points_of_a_list(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading("Minutes of the meeting", 0)
    document.add_heading("1. Report of\nthe board", 1)
    document.add_paragraph("The house was bought.")
    document.add_heading("Questions", 2)
    document.add_heading("Mrs Vos asked for a new stand for bicycles in the yard.", 3)
    document.save(str(tmp_path / "a.docx"))
    found = article(tmp_path / "a.docx")
    assert found.title == "Minutes of the meeting"
    assert found.text == (
        "# 1. Report of the board\n\nThe house was bought.\n\n## Questions\n\n"
        "Mrs Vos asked for a new stand for bicycles in the yard."
    )
    spans = (s for p in passage_spans(found.text, 900) for s in p.sentences)
    assert [(found.text[s.start : s.end], s.heading) for s in spans] == [
        ("The house was bought.", "1. Report of the board"),
        ("Mrs Vos asked for a new stand for bicycles in the yard.", "Questions"),
    ]


def test_docx_properties(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.core_properties.title = "The title of the file"
    document.core_properties.author = "Ada Lind"
    document.add_paragraph("The bridge will be 900 metres long.")
    document.save(str(tmp_path / "a.docx"))
    found = article(tmp_path / "a.docx")
    assert (found.title, found.author, found.published) == (
        "The title of the file",
        "Ada Lind",
        None,
    )


def test_a_docx_that_unpacks_to_too_much(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 2_000_000)
    assert reason(tmp_path / "a.docx", 100_000) == "unpacks to more than QA_MAX_FILE_MB allows"


def pdf(*pages: list[str], title: str = "", password: str = "") -> bytes:
    """A PDF with the given lines on its pages."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(600, 800)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F 10 Tf 50 750 Td {shown} ET".encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title, "/Author": "jroe"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_pdf(tmp_path: Path) -> None:
    first = [
        "Norvik Courier",
        "A tunnel under the fjord",
        "By Ada Lind",
        "The government of the province has decided to build a counter-",
        "measure against the traffic jams of the city, a long tunnel that",
        "leads under the fjord.",
        "It opens in 2031.",
        "Page 1 of 2",
    ]
    second = [
        "Norvik Courier",
        "The money comes from a toll on every car that will pass, and no-",
        "body is glad of it. The anti-tunnel league wants to stop the anti-",
        "tunnel feeling from going away.",
        "Page 2 of 2",
    ]
    found = article(
        write(tmp_path, "tunnel.pdf", pdf(first, second, title="Microsoft Word - t.doc"))
    )
    assert found == Article(
        id="tunnel.pdf",
        title="A tunnel under the fjord",
        text="The government of the province has decided to build a countermeasure against the"
        " traffic jams of the city, a long tunnel that leads under the fjord.\n\n"
        "It opens in 2031.\n\n"
        "The money comes from a toll on every car that will pass, and nobody is glad of it."
        " The anti-tunnel league wants to stop the anti-tunnel feeling from going away.",
        origin=str(tmp_path / "tunnel.pdf"),
        author="Ada Lind",
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["It opens soon." + "x" * 100_000], "It opens soon." + "x" * 100_000),
        (["x" * 100_000, "goes on."], "x" * 100_000 + " goes on."),
        (["It opens soon.", *[""] * 50_000, "It will."], "It opens soon.\n\nIt will."),
        ([*[""] * 50_000, "It opens soon.", *[""] * 50_000], "It opens soon."),
    ],
    ids=["a long word", "a long word at a line's end", "blank lines", "blank lines at the edges"],
)
def test_no_page_is_slow_to_put_together(lines: list[str], text: str) -> None:
    """These took minutes."""
    started = time.process_time()
    assert paragraphs(without_edges(["\n".join(lines)])) == text
    assert time.process_time() - started < 2


def test_the_title_of_a_pdf_is_taken_when_it_looks_like_one(tmp_path: Path) -> None:
    path = write(tmp_path, "a.pdf", pdf(["It opens in 2031."], title="A tunnel under the fjord"))
    assert (article(path).title, article(path).text) == (
        "A tunnel under the fjord",
        "It opens in 2031.",
    )


def test_pdfs_that_cannot_be_read(tmp_path: Path) -> None:
    locked = write(tmp_path, "locked.pdf", pdf(["Secret."], password="x"))
    assert reason(locked) == "is encrypted and needs a password"
    scan = write(tmp_path, "scan.pdf", pdf([]))
    assert reason(scan) == ("holds no text, only pictures (a scan needs text recognition first)")
    broken = write(tmp_path, "broken.pdf", pdf(["Text."])[:300])
    assert reason(broken) == "is not a PDF that can be read, or is damaged"


def test_damaged_files_make_no_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    damaged = [
        write(tmp_path, "a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Broken >>\nxref\n0 9\ntrailer\n<<>>"),
        write(tmp_path, "b.pdf", pdf(["Some text."]).replace(b"xref", b"xxxx")),
        write(tmp_path, "c.docx", b"PK\x03\x04 no archive"),
        write(tmp_path, "d.html", "<html><head><title></title><body>" + "<a href=x>" * 50),
    ]
    with caplog.at_level(logging.DEBUG):
        for path in damaged:
            load(path)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


# Encodings and bytes that are no text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("The café in Zürich was closed.", "utf-8"),
        ("The café in Zürich was closed.", "utf-8-sig"),
        ("The café in Zürich was closed.", "utf-16"),
        ("The café in Zürich was closed.", "utf-32"),
        ("The café in Zürich was closed.", "latin-1"),
        ("It cost £5 at 20 °C.", "latin-1"),
        ("El niño pequeño comió piñas en la mañana del año.", "latin-1"),
        ("“India’s support” – said the minister — in New Delhi.", "cp1252"),
        ("Größere Änderungen für München: die Straße bleibt gesperrt.", "cp1252"),
        ("Zażółć gęślą jaźń. Wiceminister spotkał się z ambasadorem w Łodzi.", "cp1250"),
        ("Россия и Индия укрепляют сотрудничество в борьбе с терроризмом.", "cp1251"),
        ("これは日本語の文章です。東京で会議が開かれました。", "shift_jis"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_encodings(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    assert article(write(tmp_path, name, text.encode(encoding))).text == text


def test_a_table_is_read_in_its_encoding_wherever_the_first_accent_stands(tmp_path: Path) -> None:
    rows = ["id,text", *(f"{n},Plain words." for n in range(50_000)), "last,The café was closed."]
    path = write(tmp_path, "a.csv", "\n".join(rows).encode("latin-1"))
    *_, last = load(path)
    assert isinstance(last, Article)
    assert last.text == "The café was closed."


def test_one_damaged_character_does_not_change_the_encoding(tmp_path: Path) -> None:
    text = "Śródmieście, Łódź, Kraków, Wrocław, Gdańsk i Poznań są piękne."
    path = write(tmp_path, "a.txt", text.encode() + b" \xc5")
    assert article(path).text == text + " \ufffd"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.pdf", b"", "is empty"),
        ("a.csv.gz", b"", "is empty"),
        ("a.txt", b" \n\n", "no article text found"),
        ("a.txt", b"Next Story\nShare it\n", "no article text found"),
        ("a.txt", b"Title: alone\n", "no article text found"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        ("a.csv", b"id,text\n1,a\x00b", "is not text"),
        ("a.md", bytes(range(128, 256)) + bytes(range(1, 32)), "is not text"),
        ("a.docx", b"PK\x03\x04", "is not a Word document that can be read, or is damaged"),
        ("a.pdf", b"no pdf", "is not a PDF that can be read, or is damaged"),
        ("a.xlsx", b"x", f"is of no kind that is read; these are: {', '.join(SUFFIXES)}"),
    ],
)
def test_what_is_no_article(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert reason(write(tmp_path, name, content)) == said


def test_damaged_gzip(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"text": "A sentence."}\n' * 1000)
    for name, content in (("a.txt.gz", b"plain"), ("b.jsonl.gz", whole[:-20])):
        (tmp_path / name).write_bytes(content)
        assert reason(tmp_path / name) == "is not a gzip file, or is damaged"


def test_files_that_are_too_large(tmp_path: Path) -> None:
    large = write(tmp_path, "a.txt", "x" * 101)
    assert reason(large, 100) == "has 101 bytes, more than the 100 bytes that QA_MAX_FILE_MB allows"
    text_bomb = write(tmp_path, "a.txt.gz", "x" * 300_000)
    assert reason(text_bomb, 200_000) == "unpacks to more than 0.2 MB"
    table_bomb = write(tmp_path, "a.csv.gz", "text\n" + "x,\n" * 1_000_000)
    assert reason(table_bomb, 100_000) == "unpacks to more than 2.0 MB"
    long_line = write(tmp_path, "a.jsonl.gz", "x" * 300_000)
    assert reason(long_line, 200_000) == "has a line longer than 0.2 MB"


def test_a_missing_file_and_a_folder_are_failures(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone.txt") == "is not a file"
    (tmp_path / "folder.txt").mkdir()
    assert reason(tmp_path / "folder.txt") == "is not a file"


# Rows


def test_csv_with_other_column_names() -> None:
    columns = parse_columns("id=doc_id, title=headline, text=body, published=publish_date")
    origin = str(CORPUS / "ferries.csv")
    assert load(CORPUS / "ferries.csv", columns) == [
        Article(
            id="7",
            title="Ferry fares rise",
            text="The ferry to Norvik costs 12 crowns from May on.",
            origin=origin,
            published=date(2024, 4, 30),
        ),
        Article(
            id="8",
            title="Ferry delayed",
            text="The ferry was late on Monday.\nA storm held it back.",
            origin=origin,
        ),
    ]


def test_a_table_without_the_text_column_says_how_to_map() -> None:
    assert reason(CORPUS / "ferries.csv") == (
        "has no column 'text'; its columns are: doc_id, headline, body, publish_date;"
        " name the right one with --columns, for example --columns text=body"
    )
    (failure,) = load(CORPUS / "ferries.csv", {"text": "body", "author": "writer"})
    assert isinstance(failure, Failure)
    assert failure.reason == (
        "has no column 'writer' for author; its columns are: doc_id, headline, body, publish_date"
    )


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"ID": 7, "Title": "Fares", "Text": "Fares rise.", "Published": 1714435200, "author": None},
        {"Text": "Same words."},
        {"Text": "With a url.", "url": "https://www.example.org/a"},
        {"Text": "A bad url.", "url": "javascript:alert(1)", "author": ["Ada Lind", "Per Holm"]},
        {"ID": "8", "Text": " "},
        {"ID": "7", "Text": "Again."},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n{oops\n[1]\n\n"
    found = load(write(tmp_path, "a.jsonl.gz", text))
    origin = str(tmp_path / "a.jsonl.gz")
    digest = hashlib.sha256(b"\nSame words.").hexdigest()[:12]
    hashed = {
        url: "url-" + hashlib.sha256(url.encode()).hexdigest()[:16]
        for url in ("https://www.example.org/a", "javascript:alert(1)")
    }
    assert found == [
        Article("7", "Fares", "Fares rise.", origin, published=date(2024, 4, 30)),
        Article(f"a.jsonl.gz#{digest}", "Same words.", "Same words.", origin),
        Article(
            hashed["https://www.example.org/a"],
            "With a url.",
            "With a url.",
            origin,
            source="example.org",
            url="https://www.example.org/a",
        ),
        Article(
            hashed["javascript:alert(1)"],
            "A bad url.",
            "A bad url.",
            origin,
            author="Ada Lind, Per Holm",
        ),
        Failure(origin, "row 5 has no text"),
        Failure(origin, "row 6 repeats the id '7'"),
        Failure(origin, "line 7 is not JSON"),
        Failure(origin, "line 8 is not a JSON object"),
    ]


def test_csv_rows_that_do_not_fit(tmp_path: Path) -> None:
    text = "id;text\n1;One.\n2;Two;2.\n\n3\n4;Four.\n"
    found = load(write(tmp_path, "a.csv", text))
    assert [row.id if isinstance(row, Article) else row.reason for row in found] == [
        "1",
        "row 2 has 3 cells under 2 columns",
        "row 3 has no text",
        "4",
    ]


def test_a_very_long_cell(tmp_path: Path) -> None:
    import csv

    before = csv.field_size_limit()
    long = "A sentence of words. " * 20_000
    (found,) = load(write(tmp_path, "a.csv", f'id,text\n1,"{long}"\n'))
    assert isinstance(found, Article)
    assert len(found.text) == len(long) - 1
    assert csv.field_size_limit() == before


def test_a_table_without_rows(tmp_path: Path) -> None:
    assert reason(write(tmp_path, "a.csv", "id,text\n")) == "has no rows"
    assert reason(write(tmp_path, "a.jsonl", "\n\n")) == "has no rows"


def test_json_that_is_hostile(tmp_path: Path) -> None:
    lines = ["[" * 100_000, '{"text": ' + "9" * 5000 + "}", '{"text": "half a\\ud800 pair."}']
    found = load(write(tmp_path, "a.jsonl", "\n".join(lines)))
    assert [getattr(row, "reason", "") or row.text for row in found] == [  # type: ignore[union-attr]
        "line 1 is not JSON",
        "line 2 is not JSON",
        "half a pair.",
    ]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("id=doc_id,published=publish_date", {"id": "doc_id", "published": "publish_date"}),
        (" text = The Body ,", {"text": "The Body"}),
        ("", {}),
    ],
)
def test_columns_are_parsed(text: str, columns: dict[str, str]) -> None:
    assert parse_columns(text) == columns


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body", "'body' is no column mapping: write for example text=body."),
        ("text=", "'text=' is no column mapping: write for example text=body."),
        (
            "date=d",
            "'date' is not a column; the columns are id, title, text, source, url, author,"
            " published.",
        ),
        ("id=a,id=b", "The column 'id' is mapped twice."),
    ],
)
def test_bad_columns_are_refused(text: str, message: str) -> None:
    with pytest.raises(BadRequest, match=f"^{re.escape(message)}$"):
        parse_columns(text)


# Finding files


def test_files_are_found_sorted_without_hidden_ones_and_links_that_lead_out(
    tmp_path: Path,
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "b", root / ".git", outside):
        folder.mkdir(parents=True)
    for name in ("z.TXT", "b/a.html", "b/data.csv.gz", "c.pdf", "no.xlsx", "no.gz", ".a.txt"):
        (root / name).touch()
    (root / ".git" / "a.txt").touch()
    (outside / "secret.txt").touch()
    (root / "out.txt").symlink_to(outside / "secret.txt")
    (root / "out").symlink_to(outside)
    (root / "inside.txt").symlink_to(root / "z.TXT")
    (root / "broken.txt").symlink_to(root / "gone.txt")
    os.mkfifo(root / "pipe.txt")
    found = find_files(root)
    assert [path.relative_to(root).as_posix() for path in found.files] == [
        "b/a.html",
        "b/data.csv.gz",
        "c.pdf",
        "inside.txt",
        "z.TXT",
    ]
    assert [path.name for path in found.skipped] == ["no.gz", "no.xlsx"]
    assert find_files(root / "c.pdf") == Found((root / "c.pdf",))
    assert find_files(root / "no.xlsx") == find_files(tmp_path / "gone") == Found()


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("A sentence.")
    (only,) = load(path)
    assert only == Failure(f"{tmp_path}/caf?.txt", "has a name that is not UTF-8")


# Whatever comes

STARTS = st.sampled_from(
    [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"---\n",
     b"<html><body><p>", b"id,text\n", b'{"text": "']
)  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(start=STARTS, rest=st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_no_bytes_make_it_raise(tmp_path: Path, suffix: str, start: bytes, rest: bytes) -> None:
    for packed in {False, suffix.endswith(".gz")}:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(gzip.compress(start + rest) if packed else start + rest)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = load(path)
        assert found
        for each in found:
            if isinstance(each, Article):
                assert each.title
                assert each.text == each.text.strip() != ""
                f"{each}".encode()


def test_a_dateline_is_no_title(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("LONDON (Agency) —\n\nThe bridge opened on Friday. It is new.\n")
    (article,) = load_file(path, name="a.txt", max_bytes=10_000)
    assert article.title == "The bridge opened on Friday."
    assert article.text.startswith("LONDON (Agency) —")


def test_a_byline_and_a_date_right_below_the_title_are_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "Valley tram vote postponed again\nBy Anna Berg\n12 March 2025\n\n"
        "The council postponed the vote on Tuesday. Nobody knows for how long.\n"
    )
    (article,) = load_file(path, name="a.txt", max_bytes=10_000)
    assert (article.title, article.author) == ("Valley tram vote postponed again", "Anna Berg")
    assert article.published == date(2025, 3, 12)
    assert article.text.startswith("The council postponed")


@pytest.mark.parametrize(
    ("table", "ids"),
    [
        ("id,text,\n1,Rain fell.,\n2,Snow fell.,\n", ["1", "2"]),
        ("sep=;\nid;text\n1;Rain, then snow.\n", ["1"]),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path: Path, table: str, ids: list[str]) -> None:
    (tmp_path / "t.csv").write_text(table)
    assert [a.id for a in load(tmp_path / "t.csv")] == ids


def test_ids_that_only_number_the_rows_can_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,text\n1,Rain fell.\n")
    (article,) = load(tmp_path / "t.csv", columns={"id": ""})
    assert article.id.startswith("t.csv#")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.jsonl", '{"text": "Rain.", "more": ' + "[" * 900 + "]" * 900 + "}"),
        ("wide.csv", "text," + "x" * 200_000 + "\nRain.,y\n"),
    ],
)
def test_what_is_odd_about_a_table_stops_nothing(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert len(load(tmp_path / name)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("blanks.txt", "The bridge reopened. " + " \t" * 100_000 + "It was closed."),
        ("heading.md", "# a" + "#" * 100_000 + "x\n\nThe bridge reopened."),
        ("label.txt", "title: x" + "*" * 100_000 + "y\n\nThe bridge reopened."),
        ("marks.txt", "The bridge a" + "\u0301\u0327" * 50_000 + " reopened."),
        ("rule.html", "<p>" + "|---" * 50_000 + "</p><p>The bridge reopened on Monday.</p>"),
        ("times.html", f"<p>{PROSE}</p>" + "<i><time>1:30</time></i>" * 20_000),
        ("entries.html", f"<p>{PROSE}</p>" + '<div class="entry"><p>It is on.</p></div>' * 5_000),
        ("quotes.txt", "“" * 100_000 + " The bridge reopened."),
        ("code.md", "`" * 50_000 + " `a" * 20_000 + "\n```" + "\n ~~~a" * 20_001 + " The end."),
    ],
)
def test_no_text_is_slow_to_read(tmp_path: Path, name: str, text: str) -> None:
    """Each took minutes: the suite's time limit for a test would tell."""
    (tmp_path / name).write_text(text)
    (article,) = load(tmp_path / name)
    assert list(passage_spans(article.text, 900))


def test_an_accent_at_the_very_end_tells_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_bytes("Title\n\nThey met au café".encode("cp1252"))
    (article,) = load(tmp_path / "c.txt")
    assert article.text.endswith("café")


def test_a_merged_cell_of_a_word_table_is_told_once(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "People of Elbe"
    for column, text in enumerate(("1990", "2000", "2010")):
        table.cell(1, column).text = text
    document.save(str(tmp_path / "t.docx"))
    (article,) = load(tmp_path / "t.docx")
    assert article.text.split("\n") == ["| People of Elbe |", "| 1990 | 2000 | 2010 |"]


@pytest.mark.parametrize(
    ("header", "author", "source", "day"),
    [
        ("By Jane Doe, 14 March 2024", "Jane Doe", None, 14),
        ("By Jane Doe - 14 March 2024", "Jane Doe", None, 14),
        ("By Jane Doe | 14 March 2024", "Jane Doe", None, 14),
        ("By Jane Doe | 14 March 2024 | The Herald", "Jane Doe", "The Herald", 14),
        ("The Herald, 14 March 2024, 10:30", None, "The Herald", 14),
        ("The Gazette, March 14, 2024", None, "The Gazette", 14),
        ("*Harrow Bay Gazette, 14 March 2024*", None, "Harrow Bay Gazette", 14),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_date_stands_behind_who_wrote_or_printed_it(
    tmp_path: Path, header: str, author: str | None, source: str | None, day: int, gap: str
) -> None:
    text = f"A bridge opens{gap}{header}\n\nThe council met on Monday. It agreed on a plan."
    found = article(write(tmp_path, "a.txt", text))
    assert (found.title, found.author, found.source) == ("A bridge opens", author, source)
    assert found.published == date(2024, 3, day)
    assert found.text == "The council met on Monday. It agreed on a plan."


@pytest.mark.parametrize(
    "dateline",
    [
        "Zürich, 14 March 2024 – ",
        "LONDON, March 14, 2024 (Reuters) - ",
        "ROME, Mar 14 2024 - ",
        "Rome, 14 March 2024. ",
    ],
)
def test_a_dateline_tells_the_day_and_stays(tmp_path: Path, dateline: str) -> None:
    text = f"A bridge opens\n\n{dateline}The bridge opened at noon. It is long."
    found = article(write(tmp_path, "a.txt", text))
    assert (found.published, found.text) == (date(2024, 3, 14), text.partition("\n\n")[2])


@pytest.mark.parametrize(
    "text",
    [
        "In Dallas, November 22, 1963 - a day that nobody forgets. It was warm.",
        "Pearl Harbor, December 7, 1941: a day of shame. It was Sunday.",
        "After the Treaty of Rome, March 25, 2007 - they met again. It was warm.",
    ],
)
def test_a_day_of_history_is_no_day_of_publication(tmp_path: Path, text: str) -> None:
    found = article(write(tmp_path, "a.txt", f"A title of this text\n\n{text}"))
    assert (found.published, found.source, found.text) == (None, None, text)


@pytest.mark.parametrize("place", ["Berlin", "Battle of Verdun", "Jane Roe"])
def test_a_place_before_a_date_is_no_source(tmp_path: Path, place: str) -> None:
    text = f"A title of this text\n\n{place}, 3 May 2024\n\nThe two met. They talked."
    assert article(write(tmp_path, "a.txt", text)).source is None


BODY = "The council met on Monday. It agreed on a plan."


@pytest.mark.parametrize(
    ("head", "author", "source", "kept"),
    [
        ("By our court reporter\nThursday 14 March 2024", None, None, ""),
        ("Thursday, 14 March 2024\nFrom our correspondent in Morhaven", None, None, ""),
        ("By staff and agencies, 14 March 2024", None, None, ""),
        ("The Meridian, 14 March 2024", None, "The Meridian", ""),
        ("14 March 2024\nBy Nadia Voss, health editor", "Nadia Voss", None, ""),
        ("By Ada Lind and Jo Roe, BBC News\n14 March 2024", "Ada Lind and Jo Roe", None, ""),
        ("14 March 2024\n(Alpenland News Service)", None, "Alpenland News Service", ""),
        ("Aalvik, 14 March 2024", None, None, "Aalvik, 14 March 2024\n\n"),
        ("The Hague, March 14, 2024", None, None, "The Hague, March 14, 2024\n\n"),
        ("Rio de Janeiro, Brazil, 14 March 2024\nBy Ada Lind", "Ada Lind", None,
         "Rio de Janeiro, Brazil, 14 March 2024\n\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "genre", ["", "PRESS RELEASE\n\n", "Media release:\nFor immediate release\n"]
)
def test_what_stands_between_headline_and_text_tells_the_day(
    tmp_path: Path, genre: str, head: str, author: str | None, source: str | None, kept: str
) -> None:
    path = write(tmp_path, "a.txt", f"{genre}A bridge opens, at last\n{head}\n\n{BODY}")
    assert article(path) == Article(
        "a.txt", "A bridge opens, at last", kept + BODY, str(path),
        author=author, source=source, published=date(2024, 3, 14),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.txt", f"OPINION\n\nA bridge too far\n\n{BODY}", "A bridge too far"),
        ("a.txt", f"PRESS RELEASE\nAalvik, 14 March 2024\n\nA bridge opens\n\n{BODY}",
         "A bridge opens"),
        ("a.md", f"# Press release\n\n## A bridge opens\n\n{BODY}", "A bridge opens"),
        ("a.txt", f"OPINION\nBy Ada Lind\n\n{BODY}", "OPINION"),
        ("a.txt", f"CORRECTIONS\nThe Meridian, 14 March 2024\n\n{BODY}", "CORRECTIONS"),
        ("a.txt", f"News from the bridge\n\n{BODY}", "News from the bridge"),
        ("a.md", f"# Interview\n\n{BODY}", "Interview"),
    ],
)  # fmt: skip
def test_what_kind_of_text_it_is_is_no_title_where_a_headline_follows(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    found = article(write(tmp_path, name, text))
    assert (found.title, found.text.removeprefix("Aalvik, 14 March 2024\n\n")) == (title, BODY)


@pytest.mark.parametrize(
    "text",
    [
        f"Berlin, 9 November 1989\n\n{BODY}",  # history
        f"Oslo, 3 May 2024\n\n{BODY}\n\nBergen, 4 May 2024\n\n{BODY}",  # a chronicle
        f"The two ministers, as we said, met in Oslo, 3 May 2024\n\n{BODY}",
        f"Three people came to Oslo, 3 May 2024\n\n{BODY}",
        f"{BODY}\n\nOslo, 3 May 2024",
    ],
)
def test_a_day_that_the_text_tells_of_is_no_day_of_publication(tmp_path: Path, text: str) -> None:
    found = article(write(tmp_path, "a.txt", f"A title of this text\n\n{text}"))
    assert (found.published, found.text) == (None, text)


def test_emphasis_of_markdown_is_no_word(tmp_path: Path) -> None:
    text = (
        "*Nora Kettleborough has measured the glacier.\nMiriam Osei met her.*\n\n"
        "* The *Solveig Marie* sank, _twice_, and **the *Halcyon Bay* too**.\n"
        "* ***All*** of 5 * 4 * 3, 2*3*4, a_b_c, \\*args, a star* and another*.\n\n*Not this.\n"
    )
    assert article(write(tmp_path, "a.md", f"# A title\n\n{text}")).text == (
        "Nora Kettleborough has measured the glacier.\nMiriam Osei met her.\n\n"
        "* The Solveig Marie sank, twice, and the Halcyon Bay too.\n"
        "* All of 5 * 4 * 3, 2*3*4, a_b_c, \\*args, a star* and another*.\n\n*Not this."
    )
    plain = article(write(tmp_path, "a.txt", "A title\n\nThe *Solveig Marie* and *its twin.*\n"))
    assert plain.text == "The Solveig Marie and its twin."


def test_the_rule_under_the_names_of_columns_is_kept_and_no_sentence(tmp_path: Path) -> None:
    table = "| Home | Price |\n|---|---|\n| Tea | cheap |\n| Cake | dear |"
    found = article(write(tmp_path, "a.md", f"# Prices\n\nThese are the prices.\n\n{table}\n"))
    assert found.text == f"These are the prices.\n\n{table}"
    (passage,) = passage_spans(found.text, 900)
    assert [found.text[s.start : s.end] for s in passage.sentences] == [
        "These are the prices.", "Home | Price |", "Tea | cheap |", "Cake | dear |",
    ]  # fmt: skip


def test_a_rule_above_the_first_paragraph_is_no_front_matter(tmp_path: Path) -> None:
    text = "---\n\nNote: the first.\n\n---\n\nSecond.\n"
    assert article(write(tmp_path, "a.md", text)).text == "Note: the first.\n\nSecond."
    for first in ("title: A pact", "publish date : x\ntitle: A pact", "tags:\n- a\ntitle: A pact"):
        found = article(write(tmp_path, "a.md", f"---\n{first}\n---\n\n{BODY}\n"))
        assert (found.title, found.text) == ("A pact", BODY)


def test_code_stays_as_it_is(tmp_path: Path) -> None:
    text = (
        "Use `*.py` and `*.js`, and **call `__init__` first**, or ``a `b` *c*`` and `[a](b)`.\n\n"
        "```\nprint(__name__, *args, **kwargs)\nTotal\n=====\n```\n\n"
        "![Use `*`](a.png)The *end*<!-- of `x --> is `_near_` here.\n"
    )
    assert article(write(tmp_path, "a.md", f"# The `*` sign\n\n{text}")) == Article(
        "a.md",
        "The `*` sign",
        "Use `*.py` and `*.js`, and call `__init__` first, or ``a `b` *c*`` and `[a](b)`.\n\n"
        "print(__name__, *args, **kwargs)\nTotal\n\nThe end is `_near_` here.",
        str(tmp_path / "a.md"),
    )
    plain = article(write(tmp_path, "a.txt", "A title\n\nUse `*.py` <!-- or --> `*.js` *here*.\n"))
    assert plain.text == "Use `*.py` <!-- or --> `*.js` here."


def test_the_cells_of_a_word_table_stand_under_their_columns(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("The firm sold these.")
    table = document.add_table(rows=5, cols=3)
    for row, texts in enumerate(
        [["Region", "Boats", "Cars"], ["North | West", "1", "2"], ["", "", "4"], ["", "", ""], []]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1)).text = "South"
    inner = table.cell(3, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "East", "and far | East"
    table.cell(4, 0).merge(table.cell(4, 2)).text = "All of them"
    document.save(str(tmp_path / "t.docx"))
    assert article(tmp_path / "t.docx").text.split("\n\n")[1].split("\n") == [
        "| Region | Boats | Cars |",
        r"| North \| West | 1 | 2 |",
        "| South |  | 4 |",
        r"| East and far \| East |  |  |",
        "| All of them |",
    ]


def test_a_cell_of_a_word_table_that_is_said_to_span_a_million_columns(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "North", "South"
    table._tbl.tr_lst[0].tc_lst[0].grid_span = 10**9
    document.save(str(tmp_path / "t.docx"))
    assert len(article(tmp_path / "t.docx").text) < 300
