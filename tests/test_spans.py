import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.spans import passage_spans, sentence_spans

TEXTS = st.text(
    alphabet=st.sampled_from("abcDE .!?\n#-–“”’éß中\u200b\t123:;()") | st.characters(codec="utf-8"),
    max_size=400,
)


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentence_spans(text, 900)]


def test_sentences_are_cut_at_their_ends_not_at_abbreviations():
    text = (
        'Dr. Lee of the U.S. met Mr. Ito on Jan. 5. "It works," he said. Prices rose 3.5 percent.'
    )
    assert sentences(text) == [
        "Dr. Lee of the U.S. met Mr. Ito on Jan. 5.",
        '"It works," he said.',
        "Prices rose 3.5 percent.",
    ]


@pytest.mark.parametrize(
    "heading", ["## Key areas", "Details of the statement", "Why did it happen?", "Highlights:"]
)
def test_headings_are_no_sentences_but_belong_to_what_follows(heading):
    text = f"{heading}\nThe two sides met."
    (sentence,) = sentence_spans(text, 900)
    assert text[sentence.start : sentence.end] == "The two sides met."
    assert sentence.heading == heading.strip("# ")


@pytest.mark.parametrize("line", ["x" * 301, "## " + "x" * 298, "x" * 300 + "?"])
def test_a_long_line_of_few_words_is_no_heading(line):
    """It was repeated for every sentence under it, and looked through as often."""
    text = f"{line}\nThe two sides met."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [(line, ""), ("The two sides met.", "")]


def test_a_whole_sentence_before_a_colon_is_no_heading():
    text = (
        "Osei made 23 recommendations. Among them:\n- Doors stay open.\n"
        "Dr. Holm's reasons:\nIt rained."
    )
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [
        ("Osei made 23 recommendations.", ""),
        ("Among them:", ""),
        ("Doors stay open.", ""),
        ("It rained.", "Dr. Holm's reasons:"),
    ]


def test_somebody_is_quoted_after_may():
    text = 'It has been shut since May. "People can work," she said. It was on May 5.'
    assert sentences(text) == [
        "It has been shut since May.",
        '"People can work," she said.',
        "It was on May 5.",
    ]


def test_short_lines_below_each_other_are_a_list_of_which_the_last_may_be_a_heading():
    text = "The crew:\nAnna Berg\nOle Dahl\nHow they met\nThey met on a ship in the year 1999."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [
        ("Anna Berg", "The crew:"),
        ("Ole Dahl", "The crew:"),
        ("They met on a ship in the year 1999.", "How they met"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Verdict: False",
        "Duration: 2 hours 14 minutes",
        "Saltby Town 0-0 Crosshaven",
        "Millbrook v Trent Docks (postponed)",
    ],
)
def test_a_line_that_tells_something_is_a_sentence_and_the_heading_of_what_follows(line):
    text = f"The claim\n\n{line}\n\nThe zoo gave two elephants to Spain."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [
        ("The claim", ""),
        (line, ""),
        ("The zoo gave two elephants to Spain.", line),
    ]


def test_a_line_that_leads_to_another_page_is_a_heading_only():
    text = "Read more: Artemis by the numbers\n\nThe rocket left at night."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [("The rocket left at night.", "Read more: Artemis by the numbers")]


def test_the_last_of_several_short_lines_with_a_gap_below_is_no_heading():
    text = "Scorers\nLuca Marsden (Harrow Bay) 14\nDan Ware (Kingsferry) 9\n\nIt rained all day."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [
        ("Scorers", ""),
        ("Luca Marsden (Harrow Bay) 14", ""),
        ("Dan Ware (Kingsferry) 9", ""),
        ("It rained all day.", ""),
    ]


def test_a_numbered_line_over_a_text_is_a_heading():
    text = (
        "1. Police Report\nThere were 14 crimes.\n\n2. Rowing club lease\n\nIt was renewed.\n\n"
        "- by four votes\n\n3. Budget\nIt was carried."
    )
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [
        ("There were 14 crimes.", "1. Police Report"),
        ("It was renewed.", "2. Rowing club lease"),
        ("by four votes", "2. Rowing club lease"),
        ("It was carried.", "3. Budget"),
    ]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("The plan:\n\n1. Raise the dyke\n\nNobody objected.", "Raise the dyke"),
        ("1. Dykes\n\n2. Pumps\n\nNobody objected.", "Pumps"),
        ("They want\n1. dykes,\n2. pumps\n\nNobody objected.", "pumps"),
        ("He was third.\n\n4. Anna Berg\n\nShe swam for Norvik.", "Anna Berg"),
        ("It rained.\n\n1. The dyke\n- It broke in May.", "The dyke"),
        ("It rained.\n\n1. The dyke broke.\nNobody was hurt.", "The dyke broke."),
    ],
)
def test_the_point_of_a_numbered_list_is_no_heading(text, point):
    assert point in sentences(text)
    assert not any(s.heading.endswith(point) for s in sentence_spans(text, 900))


def test_the_rows_of_a_table_are_sentences():
    text = "## Towns\n| Town | People |\n|---|---|\n| Ashford | 1,200 |"
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans == [("Town | People |", "Towns"), ("Ashford | 1,200 |", "Towns")]


def test_a_heading_and_points_end_a_paragraph_of_hard_wrapped_text():
    text = (
        "# Trade\nThe two ministers met in the\nmorning and talked until\nnoon about trade and of\n"
        "- their fish and all that is\ncaught with it\n- wine"
    )
    assert sentences(text) == [
        "The two ministers met in the\nmorning and talked until\nnoon about trade and of",
        "their fish and all that is\ncaught with it",
        "wine",
    ]


def test_a_long_line_is_cut_at_sentences_only():
    sentence = "The bank of the city said so on Monday morning."
    assert sentences(" ".join([sentence] * 300)) == [sentence] * 300


def test_a_list_below_hard_wrapped_text_leaves_its_paragraphs_whole():
    text = (
        "They want to raise taxes by\n12. Nothing else was said of\nthe matter in the talks.\n\n"
        "Anna Berg\nOle Dahl\nKim Fry"
    )
    assert sentences(text) == [
        "They want to raise taxes by\n12.",
        "Nothing else was said of\nthe matter in the talks.",
        "Anna Berg",
        "Ole Dahl",
        "Kim Fry",
    ]


def test_a_sign_before_a_word_makes_no_heading():
    assert sentences("#metoo began in October.\nThey spoke.") == [
        "#metoo began in October.",
        "They spoke.",
    ]


def test_a_quote_after_a_time_of_day_begins_a_sentence():
    assert sentences('She came at 9:30 a.m. "From today it is open," she said.') == [
        "She came at 9:30 a.m.",
        '"From today it is open," she said.',
    ]


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009", "\u3000"])
def test_any_blank_may_stand_before_a_full_stop(blank):
    assert sentences(f"She took vitamin C{blank}. It helped.") == [
        f"She took vitamin C{blank}.",
        "It helped.",
    ]


def test_a_last_line_without_a_full_stop_is_a_sentence():
    assert sentences("They met.\nNobody said anything more") == [
        "They met.",
        "Nobody said anything more",
    ]


def test_bullets_are_left_out_of_the_sentence():
    assert sentences("- The first point holds.\n2. The second one too.") == [
        "The first point holds.",
        "The second one too.",
    ]


def test_lines_of_hard_wrapped_text_are_joined_up_to_the_blank_line():
    text = (
        "The two ministers met in the\nmorning and talked until\nnoon about trade.\n\n"
        "Nothing was signed in the\nend, they said."
    )
    assert sentences(text) == [
        "The two ministers met in the\nmorning and talked until\nnoon about trade.",
        "Nothing was signed in the\nend, they said.",
    ]


def test_a_passage_ends_before_it_grows_too_long_and_starts_with_its_heading():
    text = "# One\n" + "A sentence of the first part. " * 8 + "\n# Two\n" + "Another one here. " * 3
    passages = [text[p.start : p.end] for p in passage_spans(text, 250)]
    assert len(passages) == 2
    assert passages[0].startswith("A sentence") or passages[0].startswith("One")
    assert passages[1].startswith("Two\nAnother one here.")


def test_words_without_an_end_are_cut_at_a_blank():
    spans = list(sentence_spans("word " * 100, 90))
    assert all(s.end - s.start <= 90 for s in spans)
    assert "".join(("word " * 100)[s.start : s.end] for s in spans).count("word") == 100


@given(TEXTS)
def test_spans_lie_inside_the_text_in_order_and_do_not_overlap(text):
    end = 0
    for passage in passage_spans(text, 200):
        assert end <= passage.start < passage.end <= len(text)
        inside = passage.start
        for sentence in passage.sentences:
            assert inside <= sentence.start < sentence.end <= passage.end
            assert (
                text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
            )
            inside = sentence.end
        end = passage.end


@given(TEXTS, st.integers(20, 300))
def test_no_sentence_is_longer_than_asked(text, most):
    assert all(s.end - s.start <= most for s in sentence_spans(text, most))


def test_the_last_row_of_a_table_is_no_heading_and_rows_are_no_paragraph():
    table = "Port | Ships | Berths\n--- | --: | :-:\nRome | 5 | 6\nBath | 14 | 3"
    text = f"{table}\n\nThe ports were counted in May, and the ministry was glad of it."
    spans = [(text[s.start : s.end], s.heading) for s in sentence_spans(text, 900)]
    assert spans[:3] == [("Port | Ships | Berths", ""), ("Rome | 5 | 6", ""), ("Bath | 14 | 3", "")]
    assert spans[3][1] == ""
    lines = "We counted the ports of all\nfour coasts, and there were\n"
    wrapped = f"{lines * 3}Rome | 5 | 6\nBath | 14 | 3"
    assert [wrapped[s.start : s.end] for s in sentence_spans(wrapped, 900)][-2:] == [
        "Rome | 5 | 6", "Bath | 14 | 3",
    ]  # fmt: skip


@pytest.mark.parametrize("bullet", ["+", "→", "101.", "a.", "(iv)", "iii."])
def test_bullets_are_no_words_of_a_sentence(bullet):
    text = f"The plan:\n{bullet} Raise the dyke."
    [sentence] = sentence_spans(text, 900)
    assert (text[sentence.start : sentence.end], sentence.heading) == (
        "Raise the dyke.", "The plan:",
    )  # fmt: skip
