import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, WordEmbedder

from qa.errors import (
    BadRequest,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    MostlyGone,
    NoIndex,
    NotFound,
)
from qa.index import Index
from qa.indexing import Summary, index_paths, is_of_older_format, rebuild, remove
from qa.records import Filters
from qa.settings import Settings


def run(settings: Settings, *paths: Path, **options) -> Summary:
    return index_paths(settings, WordEmbedder(), paths, **options)


def ids(settings: Settings) -> list[str]:
    index = Index(settings)
    try:
        with index.reading() as view:
            return sorted(article.id for article in view.articles())
    finally:
        index.close()


def found(settings: Settings, query: str) -> list[str]:
    """Titles of the articles found by words and by vector, both must agree that they exist."""
    index = Index(settings)
    try:
        with index.reading() as view:
            vector = WordEmbedder().embed([query])[0]
            hits = view.search_by_words(query, Filters(), 5)
            hits += view.search_by_vector(vector, Filters(), 1)
            stored = view.fetch(hits)
            return list(dict.fromkeys(stored[hit].article.title for hit in hits))
    finally:
        index.close()


def test_articles_are_found_by_their_file_names(settings, articles):
    assert run(settings, articles) == Summary(3, 0, 0, 0, (), 1)
    assert ids(settings) == ["bakery.txt", "bridge.txt", "ferry.txt"]


def test_a_second_run_embeds_nothing_and_publishes_nothing(settings, articles):
    run(settings, articles)
    embedder = WordEmbedder()
    assert index_paths(settings, embedder, [articles]) == Summary(0, 0, 0, 3, (), None)
    assert embedder.embedded == []


def test_only_what_changed_is_embedded_again(settings, articles):
    run(settings, articles)
    (articles / "ferry.txt").write_text("Ferry sails\n\nThe ferry sails on Sundays.")
    embedder = WordEmbedder()
    assert index_paths(settings, embedder, [articles]) == Summary(0, 1, 0, 2, (), 2)
    assert embedder.embedded == ["Ferry sails\nThe ferry sails on Sundays."]
    assert found(settings, "Sundays") == ["Ferry sails"]
    assert found(settings, "Captain Anna Holm") != ["Ferry to Thyborøn stops"]


def test_files_that_are_gone_leave_and_other_paths_stay(settings, articles, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "circus.txt").write_text("Circus\n\nThe circus came to town.")
    run(settings, articles, other)
    (articles / "ferry.txt").unlink()
    assert run(settings, articles) == Summary(0, 0, 1, 2, (), 2)
    assert ids(settings) == ["bakery.txt", "bridge.txt", "circus.txt"]


def test_more_than_half_gone_asks_for_force_and_changes_nothing(settings, articles):
    run(settings, articles)
    (articles / "ferry.txt").unlink()
    (articles / "bakery.txt").unlink()
    with pytest.raises(MostlyGone, match=r"2 of the 3 articles .* are gone.*--force"):
        run(settings, articles)
    assert len(ids(settings)) == 3
    assert run(settings, articles, force=True).removed == 2


def test_a_path_that_is_not_there_is_told(settings, articles, tmp_path):
    with pytest.raises(BadRequest, match="There is no file or folder"):
        run(settings, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadRequest, match=r"holds no articles; the formats are \.txt"):
        run(settings, tmp_path / "empty")


def test_a_bad_file_is_reported_and_the_rest_goes_on(settings, articles):
    (articles / "empty.txt").write_text("")
    (articles / "picture.txt").write_bytes(b"\x00\x01\x02" * 100)
    summary = run(settings, articles)
    assert summary.added == 3
    assert sorted(Path(f.origin).name for f in summary.failures) == ["empty.txt", "picture.txt"]


def test_a_file_that_turns_bad_keeps_its_article(settings, articles):
    run(settings, articles)
    (articles / "ferry.txt").write_bytes(b"\x00\x01\x02" * 100)
    summary = run(settings, articles)
    assert (summary.removed, len(summary.failures)) == (0, 1)
    assert "ferry.txt" in ids(settings)


def test_two_files_of_one_name_get_ids_of_their_own_and_keep_them(settings, articles, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "bridge.txt").write_text("A card game\n\nBridge is played by four people.")
    run(settings, articles, other)
    before = ids(settings)
    assert before[:2] == ["bakery.txt", "bridge.txt"]
    assert before[2].startswith("bridge.txt-")
    (other / "bridge.txt").write_text("A card game\n\nBridge is played by two pairs.")
    assert run(settings, other) == Summary(0, 1, 0, 0, (), 2)
    assert ids(settings) == before


def test_a_folder_that_moved_keeps_its_ids(settings, articles, tmp_path):
    run(settings, articles)
    moved = tmp_path / "moved"
    articles.rename(moved)
    summary = run(settings, moved)
    assert (summary.added, summary.changed) == (0, 3)
    assert ids(settings) == ["bakery.txt", "bridge.txt", "ferry.txt"]


def test_rows_of_a_table_come_and_go(settings, tmp_path):
    table = tmp_path / "news.csv"
    table.write_text(
        "doc,title,text\na,One,First text here.\nb,Two,Second text here.\nc,T,Third.\n"
    )
    assert run(settings, table, columns={"id": "doc"}).added == 3
    table.write_text("doc,title,text\na,One,First text here.\nb,Two,Second text now.\n")
    assert run(settings, table, columns={"id": "doc"}) == Summary(0, 1, 1, 1, (), 2)
    assert ids(settings) == ["a", "b"]


def test_a_path_given_twice_or_inside_another_is_read_once(settings, articles):
    assert run(settings, articles, articles, articles / "ferry.txt") == Summary(3, 0, 0, 0, (), 1)
    assert run(settings, articles / "ferry.txt", articles) == Summary(0, 0, 0, 3, (), None)


def test_of_a_path_inside_another_what_is_gone_leaves_once(settings, articles):
    (articles / "inner").mkdir()
    (articles / "inner" / "harbour.txt").write_text("Harbour\n\nThe harbour is deep.")
    (articles / "inner-harbour.txt").write_text("Inner harbour\n\nIt is shallow.")
    run(settings, articles)
    (articles / "inner" / "harbour.txt").unlink()
    assert run(settings, articles / "inner", articles, articles / "inner", force=True).removed == 1
    assert len(ids(settings)) == 4


def test_thousands_of_paths_are_not_each_compared_with_all_articles(settings, articles):
    rows = "".join(f"{number},The ferry sailed.\n" for number in range(2500))
    (articles / "rows.csv").write_text(f"id,text\n{rows}")
    assert run(settings, articles).added == 2503
    started = time.process_time()
    assert run(settings, *[articles / "bridge.txt"] * 2500).unchanged == 1
    assert time.process_time() - started < 3


def test_a_row_that_moves_to_another_file_moves_in_the_index(settings, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("id,text\ny1,Rain fell.\n")
    second.write_text("id,text\nx1,Snow fell.\nx2,Hail fell.\n")
    run(settings, tmp_path)
    first.write_text("id,text\ny1,Rain fell.\nx2,Hail fell.\n")
    second.write_text("id,text\nx1,Snow fell.\n")
    summary = run(settings, tmp_path)
    assert (summary.changed, summary.removed, summary.failures) == (1, 0, ())
    assert ids(settings) == ["x1", "x2", "y1"]


def test_an_id_in_two_files_is_told_every_time_until_it_is_settled(settings, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("id,text\nx,Rain fell.\n")
    run(settings, first)
    second.write_text("id,text\nx,Hail fell.\n")
    for _ in range(2):
        (failure,) = run(settings, first, second).failures
        assert failure.reason.startswith(f"the id 'x' belongs to an article of {first} already;")
        assert failure.reason.endswith("--columns id= leaves them out")
    first.write_text("id,text\nz,Rain fell.\n")
    assert run(settings, first, second, force=True).failures == ()
    assert ids(settings) == ["x", "z"]


def test_a_folder_that_can_not_be_opened_keeps_its_articles(settings, articles, monkeypatch):
    (articles / "archive").mkdir()
    (articles / "archive" / "old.txt").write_text("Old\n\nThe mill burnt down.")
    run(settings, articles)
    scandir = os.scandir

    def closed(path):
        if Path(path).name == "archive":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    summary = run(settings, articles)
    assert (summary.removed, summary.unchanged) == (0, 3)
    assert [f.reason for f in summary.failures] == ["is a folder that can't be opened"]
    assert "archive/old.txt" in ids(settings)
    monkeypatch.undo()
    assert run(settings, articles) == Summary(0, 0, 0, 4, (), None)


def test_files_of_other_formats_are_told(settings, articles):
    (articles / "notes.rtf").write_text("x")
    assert run(settings, articles).skipped == (articles / "notes.rtf",)


def test_rows_without_ids_are_the_same_whatever_path_was_given(settings, tmp_path):
    table = tmp_path / "all" / "news" / "t.csv"
    table.parent.mkdir(parents=True)
    table.write_text("title,text\nRain,Rain fell.\nHail,Hail fell.\n")
    run(settings, tmp_path / "all")
    before = ids(settings)
    table.write_text("title,text\nRain,Rain fell.\nHail,Hail fell.\nSnow,Snow fell.\n")
    assert run(settings, table) == Summary(1, 0, 0, 2, (), 2)
    assert set(before) < set(ids(settings))


def test_hundreds_of_equal_passages_do_not_hide_the_others(settings, tmp_path):
    table = tmp_path / "news.jsonl"
    rows = [f'{{"id": "n{i}", "text": "Please subscribe to read on."}}\n' for i in range(800)]
    rows += [f'{{"id": "g{i}", "text": "Story number {i} is told."}}\n' for i in range(20)]
    table.write_text("".join(rows))
    assert run(settings, table).added == 820
    index = Index(settings)
    vector = WordEmbedder().embed(["\nPlease subscribe to read on."])[0]
    with index.reading() as view:
        assert len(view.search_by_words("subscribe", Filters(), 900)) == 800
        nearest = view.fetch(view.search_by_vector(vector, Filters(), 20)).values()
        twins = [s for s in nearest if s.passage.text == "Please subscribe to read on."]
        assert len(twins) == 5
    index.close()


def test_an_index_that_was_emptied_takes_new_settings(settings, articles):
    run(settings, articles)
    remove(settings, WordEmbedder(), str(articles))
    other = Settings(index_dir=settings.index_dir, embedding_model="words", passage_chars=400)
    assert run(other, articles).added == 3


def test_missing_vectors_are_told_and_built_again(settings, articles):
    run(settings, articles)
    shutil.rmtree(settings.index_dir / "generations")
    with pytest.raises(IndexDamaged, match=r"are missing; run `qa index`"):
        ids(settings)
    assert run(settings, articles) == Summary(0, 0, 0, 3, (), 2)
    assert found(settings, "ferry")[0] == "Ferry to Thyborøn stops"


@pytest.mark.parametrize("damage", [b"garbage" * 1000, b""])
def test_a_damaged_database_is_told_in_one_sentence(settings, articles, damage):
    run(settings, articles)
    (settings.index_dir / "library.sqlite").write_bytes(damage)
    with pytest.raises((IndexDamaged, NoIndex), match=r"run `qa index`"):
        ids(settings)


def test_an_index_folder_that_is_a_file_is_told(settings, articles):
    settings.index_dir.write_text("not a folder")
    with pytest.raises(BadRequest, match="can't be written: File exists"):
        run(settings, articles)


def test_remove_takes_out_an_article_or_a_path(settings, articles):
    run(settings, articles)
    assert remove(settings, WordEmbedder(), "ferry.txt").removed == 1
    assert ids(settings) == ["bakery.txt", "bridge.txt"]
    assert remove(settings, WordEmbedder(), str(articles)).removed == 2
    assert ids(settings) == []
    with pytest.raises(NotFound, match="ferry"):
        remove(settings, WordEmbedder(), "ferry.txt")


def test_an_article_that_was_removed_comes_back_with_its_path(settings, articles):
    run(settings, articles)
    remove(settings, WordEmbedder(), "ferry.txt")
    assert run(settings, articles) == Summary(1, 0, 0, 2, (), 3)


def test_another_chunking_is_refused_until_rebuilt(settings, articles, tmp_path):
    run(settings, articles)
    other = Settings(index_dir=settings.index_dir, embedding_model="words", passage_chars=400)
    for use in (lambda: ids(other), lambda: run(other, articles)):
        with pytest.raises(IndexMismatch, match=r"passages of 900 .* run `qa index --rebuild`"):
            use()
    assert rebuild(other, WordEmbedder()).changed == 3
    assert len(ids(other)) == 3


def test_an_index_of_an_earlier_version_is_known_as_such(settings, articles):
    assert not is_of_older_format(settings)
    run(settings, articles)
    assert not is_of_older_format(settings)
    with sqlite3.connect(settings.index_dir / "library.sqlite") as database:
        database.execute("UPDATE manifest SET value = '1' WHERE key = 'schema'")
        database.execute("UPDATE manifest SET value = 'old' WHERE key = 'fingerprint'")
        database.execute("DELETE FROM manifest WHERE key = 'state'")
    database.close()
    assert is_of_older_format(settings)
    assert not is_of_older_format(replace(settings, passage_chars=400))
    with pytest.raises(IndexMismatch):
        ids(settings)
    embedder = WordEmbedder()
    assert rebuild(settings, embedder).changed == 3
    assert embedder.embedded == []
    assert len(ids(settings)) == 3
    assert not is_of_older_format(settings)


def test_there_is_no_index_before_the_first_run(settings):
    with pytest.raises(NoIndex, match="run `qa index`"):
        ids(settings)


def test_a_second_writer_is_told_who_writes(settings, articles):
    with Index(settings).writing(), pytest.raises(IndexBusy, match=f"process {os.getpid()}"):
        run(settings, articles)


def test_a_second_writer_waits_for_one_that_has_not_told_its_name(settings, articles):
    with Index(settings).writing():
        (settings.index_dir / "writer.pid").write_text("")
        with pytest.raises(IndexBusy, match="written by another process; wait"):
            run(settings, articles)


def test_readers_switch_over_without_a_restart(settings, articles):
    run(settings, articles)
    index = Index(settings)
    with index.reading() as before:
        (articles / "new.txt").write_text("News\n\nSomething new happened.")
        run(settings, articles)
        assert before.generation == 1
        assert len(before.articles()) == 3
        assert before.search_by_words("happened", Filters(), 5) == []
    with index.reading() as after:
        assert after.generation == 2
        assert len(after.search_by_words("happened", Filters(), 5)) == 1
    index.close()


def test_an_index_begun_anew_is_seen_without_a_restart(settings, articles):
    run(settings, articles)
    index = Index(settings)
    with index.reading() as before:
        first = before.state
        assert len(before.search_by_vector(WordEmbedder().embed(["ferry"])[0], Filters(), 5)) == 3
    shutil.rmtree(settings.index_dir)
    (articles / "ferry.txt").write_text("Tram\n\nThe tram runs again.")
    run(settings, articles)
    with index.reading() as after:
        ids_found = after.search_by_vector(WordEmbedder().embed(["tram"])[0], Filters(), 1)
        assert after.fetch(ids_found)[ids_found[0]].article.title == "Tram"
        assert (after.generation, after.state != first) == (1, True)
    index.close()


def test_a_passage_whose_twins_left_is_found_by_its_vector(settings, tmp_path):
    folder = tmp_path / "notices"
    folder.mkdir()
    for number in range(7):
        (folder / f"n{number}.txt").write_text("Notice\n\nThe office is closed on Monday.")
    run(settings, folder)
    for number in range(5):
        remove(settings, WordEmbedder(), f"n{number}.txt")
    index = Index(settings)
    with index.reading() as view:
        vector = WordEmbedder().embed(["office closed"])[0]
        found = view.search_by_vector(vector, Filters(), 9)
        names = sorted(view.fetch(found)[i].article.id for i in found)
    index.close()
    assert names == ["n5.txt", "n6.txt"]


def test_old_generations_are_removed_and_dead_vectors_do_not_pile_up(settings, articles):
    run(settings, articles)
    for number in range(6):
        (articles / "ferry.txt").write_text(f"Ferry\n\nThe ferry sailed {number} times today.")
        run(settings, articles)
    kept = sorted(p.name for p in (settings.index_dir / "generations").iterdir())
    assert [name.split("-")[0] for name in kept] == ["000006", "000007"]
    assert found(settings, "5 times")[0] == "Ferry"


def test_filters_apply_before_ranking(settings, tmp_path):
    table = tmp_path / "news.jsonl"
    table.write_text(
        '{"id": "a", "text": "Rain fell on Monday.", "source": "Post", "published": "2024-01-01"}\n'
        '{"id": "b", "text": "Rain fell all week.", "source": "Times", "published": "2024-02-01"}\n'
        '{"id": "c", "text": "Rain fell again.", "source": "Post"}\n'
    )
    run(settings, table)
    index = Index(settings)
    vector = WordEmbedder().embed(["rain"])[0]

    def articles_by(filters: Filters) -> tuple[list[str], list[str]]:
        with index.reading() as view:
            words = view.search_by_words("rain", filters, 5)
            dense = view.search_by_vector(vector, filters, 5)
            stored = view.fetch([*words, *dense])
            return (
                sorted(stored[i].article.id for i in words),
                sorted(stored[i].article.id for i in dense),
            )

    assert articles_by(Filters()) == (["a", "b", "c"], ["a", "b", "c"])
    assert articles_by(Filters(source="Post")) == (["a", "c"], ["a", "c"])
    assert articles_by(Filters(published_from=date(2024, 1, 15))) == (["b"], ["b"])
    assert articles_by(Filters(published_to=date(2024, 1, 1))) == (["a"], ["a"])
    assert articles_by(Filters(source="Post", exclude=("a",))) == (["c"], ["c"])
    index.close()


_SLOW_RUN = """
import sys, time
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from conftest import WordEmbedder
import qa.index, qa.indexing
from qa.settings import Settings

class Slow(WordEmbedder):
    def embed(self, texts):
        print("embed", flush=True)
        if sys.argv[4] == "embed":
            time.sleep(0.3)
        return super().embed(texts)

check = qa.index.check_generation
def slow_check(*arguments):
    print("check", flush=True)
    time.sleep(0.3)
    check(*arguments)
qa.index.check_generation = slow_check

settings = Settings(index_dir=Path(sys.argv[2]), embedding_model="words", batch_passages=8)
qa.indexing.index_paths(settings, Slow(), [Path(sys.argv[3])])
print("done", flush=True)
"""


@pytest.mark.parametrize("moment", ["embed", "check"])
def test_a_kill_loses_nothing_published_and_the_next_run_finishes(settings, articles, moment):
    run(settings, articles)
    for number in range(20):
        (articles / f"n{number}.txt").write_text(f"Story {number}\n\nNumber {number} is told here.")
    command = [sys.executable, "-c", _SLOW_RUN, str(ROOT), str(settings.index_dir), str(articles)]
    process = subprocess.Popen([*command, moment], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:  # the second batch: the first one is saved by then
        if line.strip() == moment and (moment == "check" or next(process.stdout)):
            break
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert ids(settings) == ["bakery.txt", "bridge.txt", "ferry.txt"]
    assert found(settings, "ferry")[0] == "Ferry to Thyborøn stops"
    embedder = WordEmbedder()
    assert index_paths(settings, embedder, [articles]).added == 20
    assert 0 <= len(embedder.embedded) < 40  # what was embedded before the kill was kept
    assert len(ids(settings)) == 23
    assert found(settings, "Number 7 is told here")[0] == "Story 7"


def test_a_generation_that_vanished_is_built_anew_from_the_database(settings, articles):
    run(settings, articles)
    (articles / "new.txt").write_text("News\n\nSomething new happened.")

    class Forgetful(WordEmbedder):
        def embed(self, texts):
            shutil.rmtree(settings.index_dir / "generations" / "000001", ignore_errors=True)
            return super().embed(texts)

    assert index_paths(settings, Forgetful(), [articles]).generation == 2
    assert found(settings, "Something new happened")[0] == "News"


def test_an_index_of_the_first_format_is_brought_to_this_one(settings, articles, embedder):
    run(settings, articles)
    with sqlite3.connect(settings.index_dir / "library.sqlite") as database:
        database.execute("ALTER TABLE sentences ADD COLUMN key BLOB NOT NULL DEFAULT x''")
        database.execute("UPDATE manifest SET value = 'old' WHERE key = 'fingerprint'")
    database.close()
    with pytest.raises(IndexMismatch, match="qa index --rebuild"):
        run(settings, articles)
    assert rebuild(settings, embedder).changed == 3
    assert run(settings, articles).unchanged == 3
