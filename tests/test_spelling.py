from dataclasses import replace

import pytest
from conftest import WordEmbedder

from qa.engine import Engine
from qa.indexing import index_paths
from qa.spelling import respelled

TEXTS = [
    "The architect of the Orra Bridge",
    "Eight were arrested. Arrested was nobody else.",
]


@pytest.mark.parametrize(
    ("text", "unknown", "expected"),
    [
        ("Who is the architekt of it?", ["architekt"], "Who is the architect of it?"),
        ("How many arested?", ["arested"], "How many arrested?"),  # not the capital form
        ("Who built the orra brigde?", ["brigde"], "Who built the orra Bridge?"),
        ("Who leads the Aritchects?", ["Aritchects"], "Who leads the Aritchects?"),
        ("Who is Eigth?", ["Eigth"], "Who is Eight?"),  # two letters changed places
        ("Who is Britge?", ["Britge"], "Who is Britge?"),  # a name may be another's
        ("Who is the barchitect?", ["barchitect"], "Who is the barchitect?"),  # first letter
        ("Who is Orla?", ["Orla"], "Who is Orla?"),  # too short
        ("Who met Lavrov?", ["Lavrov"], "Who met Lavrov?"),  # nothing is near
        ("Who is the architekt of it?", [], "Who is the architekt of it?"),
    ],
)
def test_an_unknown_word_is_spelt_as_the_articles_spell_it(text, unknown, expected):
    assert respelled(text, unknown, TEXTS) == expected


class Knowing(WordEmbedder):
    """Knows these words, and no others."""

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def knows(self, word: str) -> bool:
        return word.lower() in self.words


@pytest.mark.parametrize(
    ("embedder", "query"),
    [
        (Knowing(), "Who cut the ribbon in Lemvig?"),
        (Knowing("ribbin"), "Who cut the ribbin in Lemvig?"),  # a word, though in no article
    ],
)
def test_what_was_misspelt_is_searched_for_as_the_articles_spell_it(
    settings, articles, embedder, query
):
    index_paths(settings, embedder, [articles])
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    answer = engine.ask("Who cut the ribbin in Lemvig?")
    assert (answer.question, answer.query) == ("Who cut the ribbin in Lemvig?", query)
    engine.close()


@pytest.mark.model
def test_the_model_knows_words_and_no_misspelt_ones(seeds_engine):
    known = [
        seeds_engine.embedder.knows(w) for w in ("Injured", "architect", "architekt", "ansgar")
    ]
    assert known == [True, True, False, False]
