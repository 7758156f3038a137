"""What an article tells of, it tells of the time before it came out."""

from dataclasses import replace
from datetime import date

import pytest
from conftest import found, passage

DAY_BEFORE, THAT_DAY = date(2025, 10, 7), date(2025, 10, 8)
FELL, OTHER = "Shares fell on Tuesday.", "Oil rose."


@pytest.mark.parametrize(
    ("question", "published", "sentence", "is_left"),
    [
        ("Why did shares fall on 8 October 2025?", DAY_BEFORE, FELL, False),
        ("Why did shares fall on October 8th, 2025?", DAY_BEFORE, FELL, False),
        ("Why did shares fall on 8 October 2025?", THAT_DAY, FELL, True),
        ("Why did shares fall on 8 October 2025?", None, FELL, True),
        ("Why did shares fall on 7 October 2025?", DAY_BEFORE, FELL, True),
        ("Why did shares fall between 1 May 2025 and 8 May 2026?", DAY_BEFORE, FELL, True),
        ("Why did shares fall on 31 February 2026?", DAY_BEFORE, FELL, True),
        ("Why did shares fall on 8 October?", DAY_BEFORE, FELL, True),
        ("Why will shares fall on 8 October 2025?", DAY_BEFORE, FELL, True),
        ("Why did shares fall on 8 October 2025?", DAY_BEFORE, "They may on Wednesday.", True),
        ("Why did shares fall on 8 October 2025?", DAY_BEFORE, "Bo speaks on 8 October.", True),
        ("Why did shares fall on 8 October 2025?", DAY_BEFORE, "Bo speaks on Oct. 8.", True),
    ],
)
def test_an_article_tells_nothing_of_a_day_to_come_that_it_does_not_name(
    question, published, sentence, is_left
):
    older = passage("a", sentence)
    older = replace(older, article=replace(older.article, published=published))
    told = [c.sentence.text for c in found(question, older, passage("b", OTHER))]
    assert told == ([sentence] if is_left else []) + [OTHER]
