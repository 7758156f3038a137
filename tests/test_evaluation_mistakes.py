import pytest

from qa.evaluation import Case, GivenPassage
from qa.evaluation.mistakes import mistakes
from qa.records import ArticleSummary

TEXTS = {"news/a.txt": "Lal spoke in Moscow.", "b.txt": "It was cold."}
ARTICLES = [
    ArticleSummary(
        id=article_id,
        title="T",
        source="Post",
        url=None,
        author=None,
        published=None,
        characters=len(text),
    )
    for article_id, text in TEXTS.items()
]


def found(**fields):
    case = Case(**{"id": "7", "question": "Where?", "answerable": True} | fields)
    return mistakes([case], ARTICLES, TEXTS.__getitem__)


@pytest.mark.parametrize(
    "fields",
    [
        {"answers": ("Moscow",), "articles": ("news/a.txt",)},
        {"answers": ("moscow",), "articles": ("a",)},  # by its stem
        {"answers": ("Kazan", "Moscow"), "articles": ("a.txt",)},  # one of them is enough
        {"answers": ("cold",), "articles": ("a.txt", "old/b.txt")},  # in one of them is enough
        {"answers": ("Kazan",)},  # no article is named to look in
        {"articles": ("b",), "source": "Post", "exclude": ("news/a.txt",)},
        {"answerable": False},
    ],
)
def test_nothing_is_wrong(fields):
    assert found(**fields) == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"answers": ("Moscow",), "articles": ("a.txt", "c.txt")},
            '7: there is no article "c.txt" in the index.',
        ),
        (
            {"answers": ("Kazan", "cold"), "articles": ("a",)},
            '7: no accepted answer stands in its articles ("Kazan", "cold").',
        ),
        (
            {"answerable": False, "source": "post"},
            '7: no article has the source "post".',
        ),
        (
            {"articles": ("b",), "exclude": ("a.txt",)},  # left out by the whole id alone
            '7: there is no article with the id "a.txt" to exclude.',
        ),
    ],
)
def test_what_the_index_lacks_is_told(fields, told):
    assert found(**fields) == (told,)


def test_an_answer_is_not_looked_for_in_articles_that_are_not_there():
    told = found(answers=("Moscow",), articles=("c.txt",))
    assert told == ('7: there is no article "c.txt" in the index.',)


def test_given_passages_are_looked_in_without_an_index():
    given = {"passages": (GivenPassage(text="Far."), GivenPassage(text="In Moscow."))}
    assert found(answers=("Moscow",), articles=("passage-2",), **given) == ()
    assert found(answers=("Moscow",), articles=("passage-1", "passage-3"), **given) == (
        '7: there is no article "passage-3" among its passages.',
        '7: no accepted answer stands in its articles ("Moscow").',
    )
