"""What tests share: a tiny embedder that anyone can predict, and an index of a few articles."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.engine import Engine
from qa.evidence import Candidate, candidates
from qa.indexing import index_paths
from qa.library import StoredPassage, Vector
from qa.questions import analyse
from qa.reading import Reading
from qa.recency import weight_of_age
from qa.records import Article, Passage, Sentence
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"


class WordEmbedder:
    """Texts that share words are near each other; nothing is loaded, and nothing is random."""

    name = "words"
    dimension = 128

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vector:
        self.embedded.extend(texts)
        return np.stack([self._row(text) for text in texts]) if texts else np.zeros((0, 128))

    def embed_words(self, words: Sequence[str]) -> Vector:
        return np.stack([self._row(word) for word in words])

    def knows(self, word: str) -> bool:
        return True

    def _row(self, text: str) -> Vector:
        row = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            row[zlib.crc32(word.encode()) % self.dimension] += 1.0
        return row / np.linalg.norm(row)


def passage(article_id: str, *sentences: str, title: str = "", heading: str = "") -> StoredPassage:
    """A passage of these sentences, as the index would give it."""
    text = " ".join(sentences)
    stored, start = [], 0
    for sentence in sentences:
        end = start + len(sentence)
        stored.append(Sentence(article_id, start, end, sentence, heading))
        start = end + 1
    return StoredPassage(
        Passage(f"{article_id}-1", article_id, 0, len(text), text),
        Article(article_id, title, text, ""),
        WordEmbedder().embed([f"{title}\n{text}"])[0],
        tuple(stored),
    )


def found(
    question: str,
    *passages: StoredPassage,
    readings: Sequence[Reading] | None = None,
    among: int = 1,
) -> list[Candidate]:
    """The sentences of these passages as candidates; every word of the question weighs 1."""
    embedder, asked = WordEmbedder(), analyse(question)
    vector = embedder.embed([question])[0]
    weights = dict.fromkeys(asked.stems, 1.0)
    age_weight = weight_of_age(question)
    return candidates(asked, vector, passages, weights, embedder, readings, among, age_weight)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "index", embedding_model="words", reader="none")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with three short articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bridge.txt").write_text(
        "Old bridge reopens in Lemvig\n\n"
        "The old bridge in Lemvig reopened on 3 May 2024 after two years of repairs. "
        "Mayor Erik Flyvholm cut the ribbon. The repairs cost 14 million kroner.\n"
    )
    (folder / "ferry.txt").write_text(
        "Ferry to Thyborøn stops\n\n"
        "The ferry to Thyborøn stopped in winter because of ice. "
        "Captain Anna Holm said that it would sail again in March.\n"
    )
    (folder / "bakery.txt").write_text(
        "Bakery wins prize\n\n"
        "The bakery in Struer won a prize for its rye bread. The old bridge in Lemvig reopened on "
        "3 May 2024 after two years of repairs.\n"
    )
    return folder


@pytest.fixture
def engine(settings: Settings, embedder: WordEmbedder, articles: Path) -> Iterator[Engine]:
    """An engine over the three articles that never refuses."""
    index_paths(settings, embedder, [articles])
    engine = Engine(replace(settings, abstain_threshold=0.0), embedder)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of an index of the seed articles, built with the bundled model."""
    from qa.models import LocalEmbedder

    settings = Settings(index_dir=tmp_path_factory.mktemp("seeds") / "index")
    index_paths(settings, LocalEmbedder(settings), [SEEDS])
    return settings


@pytest.fixture(scope="session")
def seeds_engine(seeds_index: Settings) -> Iterator[Engine]:
    """The engine as users have it, over the seed articles."""
    engine = Engine(seeds_index)
    yield engine
    engine.close()
