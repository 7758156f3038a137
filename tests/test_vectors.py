import numpy as np
import pytest
from conftest import WordEmbedder

from qa.errors import IndexDamaged
from qa.library import PassageVector
from qa.records import Filters
from qa.vectors import Generation, build_generation, check_generation


def vectors(*words: str) -> list[PassageVector]:
    rows = WordEmbedder().embed(words)
    return [
        PassageVector(w, row, f"article of {w}", None, None)
        for w, row in zip(words, rows, strict=True)
    ]


def test_a_vector_finds_itself_first(tmp_path):
    some = vectors("rain", "snow", "hail")
    assert build_generation(tmp_path / "1", some) == 3
    generation = Generation(tmp_path / "1")
    assert [i for i, _ in generation.search(some[1].vector, Filters(), 1)] == ["snow"]
    assert generation.search(some[1].vector, Filters(), 1)[0][1] == pytest.approx(1.0, abs=1e-5)
    generation.close()


def test_a_generation_is_made_from_the_one_before(tmp_path):
    build_generation(tmp_path / "1", vectors("rain", "snow"))
    count = build_generation(tmp_path / "2", vectors("hail"), base=tmp_path / "1", removed=["rain"])
    assert count == 2
    check_generation(tmp_path / "2", 2, vectors("snow", "hail"))
    check_generation(tmp_path / "1", 2, vectors("rain", "snow"))


def test_a_generation_with_a_vector_missing_does_not_pass(tmp_path):
    build_generation(tmp_path / "1", vectors("rain", "snow"))
    with pytest.raises(IndexDamaged, match="holds 2 of 3 vectors"):
        check_generation(tmp_path / "1", 3, [])
    with pytest.raises(IndexDamaged, match="1 of 1 vectors of the new index can't be found"):
        check_generation(tmp_path / "1", 2, vectors("hail"))


def test_what_a_killed_run_left_is_replaced(tmp_path):
    build_generation(tmp_path / "1", vectors("rain", "snow"))
    assert build_generation(tmp_path / "1", vectors("hail")) == 1


def test_more_vectors_than_chroma_takes_at_once(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(6_000, 8)).astype(np.float32)
    many = (PassageVector(str(i), row, "a", None, None) for i, row in enumerate(rows))
    assert build_generation(tmp_path / "1", many) == 6_000
