"""From files to a published index: load, cut, embed, write, publish; again at no cost.

Reading and embedding come first and are kept as they go; then one transaction changes
the library and publishes. Whatever was published stays available until that moment.
"""

import hashlib
import logging
import os
import sys
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.cutting import article_hash, cut_article, texts_of
from qa.errors import BadRequest, MostlyGone, NotFound
from qa.index import Index, IndexWriter
from qa.library_writer import Writer
from qa.loaders import SUFFIXES, find_files, load_file
from qa.models import Embedder
from qa.records import Article, Failure
from qa.settings import Settings

log = logging.getLogger(__name__)

LOADER_VERSION = 6
"""Raised when the same file would be read differently, so that it is read again."""

Progress = Callable[[str, int, int], None]
"""Called with the stage ("read", "embed" or "publish"), how much is done, and of how much."""


@dataclass(slots=True)
class _Plan:
    """What a run has found out and will change."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    failures: list[Failure] = field(default_factory=list)
    skipped: set[Path] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    gone_files: list[str] = field(default_factory=list)
    files: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did."""

    added: int
    changed: int
    removed: int
    unchanged: int
    failures: tuple[Failure, ...]
    generation: int | None
    """The generation published, or None when nothing changed."""
    skipped: tuple[Path, ...] = ()
    """Files of formats that are not read."""


def index_paths(
    settings: Settings, embedder: Embedder, paths: Sequence[Path], *,
    columns: Mapping[str, str] | None = None, force: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Summary:  # fmt: skip
    """Bring the index up to date with the files at `paths`; other paths' articles stay.

    Unchanged files cost a hash. Articles whose file or row is gone leave; raises MostlyGone
    where that is more than half of a path's, unless `force`. A file that can't be read keeps
    the articles it had. Raises BadRequest for a path that isn't there.
    """
    with Index(settings).writing() as writer:
        writer.check_match()
        plan = _Plan()
        reader = _FileReader(writer.library, settings, columns or {}, plan)
        for path in paths:
            reader.read(path, progress)
        reader.settle_moves()
        for path in paths:
            before, gone = reader.articles_of(path), reader.gone_from(path)
            if len(gone) > len(before) / 2 and not force:
                raise MostlyGone(
                    f"{len(gone)} of the {len(before)} articles of {path} are gone; "
                    "nothing was changed. If that is right, run again with --force."
                )
            plan.gone.extend(gone)
        plan.gone = list(dict.fromkeys(plan.gone))  # one path may lie in another
        if writer.is_whole() and not plan.changes:
            _remember_files(writer.library, plan)
            return _summary(plan, None)
        _embed(writer.library, embedder, settings, plan.added + plan.changed, progress)
        return _summary(plan, _publish(writer, embedder, settings, plan, progress))


def is_of_older_format(settings: Settings) -> bool:
    """Whether the index is as the settings want it, but of an earlier version: then rebuild."""
    with Index(settings).writing() as writer:
        return writer.is_of_older_format()


def undated(settings: Settings) -> tuple[int, str]:
    """How many indexed articles have no date, and the id of one; raises NoIndex."""
    index = Index(settings)
    try:
        with index.reading() as view:
            return view.undated()
    finally:
        index.close()


def rebuild(
    settings: Settings, embedder: Embedder,
    progress: Progress = lambda stage, done, total: None,
) -> Summary:  # fmt: skip
    """Cut all articles anew, from the texts in the library, with the present settings.

    What has a vector of the present model already is not embedded again.
    """
    with Index(settings).writing() as writer:
        library = writer.library
        articles = 0
        for article in library.stored_articles():
            library.stage(article)
            articles += 1
        if not articles:
            raise BadRequest("There is nothing to rebuild yet; run `qa index` first.")
        _embed(library, embedder, settings, articles, progress)
        plan = _Plan(changed=articles)
        return _summary(plan, _publish(writer, embedder, settings, plan, progress, rebuild=True))


def remove(settings: Settings, embedder: Embedder, article_or_path: str) -> Summary:
    """Take out one article by its id, or all that came from a file or folder."""
    with Index(settings).writing() as writer:
        writer.check_match()
        known = writer.library.known()
        root = str(Path(article_or_path).resolve())
        if article_or_path in known:
            gone = [article_or_path]
        else:
            gone = [i for i, (_, origin) in known.items() if _is_under(origin, root)]
        if not gone:
            raise NotFound(
                f"No article has the id or the path {article_or_path!r}; `qa search` shows the ids."
            )
        plan = _Plan(gone=gone, gone_files=[known[i][1] for i in gone])
        return _summary(plan, _publish(writer, embedder, settings, plan, lambda *_: None))


class _FileReader:
    """Reads the files of paths, stages what is new or changed, and notes what is gone."""

    def __init__(
        self, library: Writer, settings: Settings, columns: Mapping[str, str], plan: _Plan
    ) -> None:
        self._library = library
        self._max_bytes = settings.max_file_mb * 2**20
        self._columns = columns
        self._plan = plan
        self._known = library.known()
        self._files = library.files()
        self._by_origin: dict[str, list[str]] = {}
        for article_id, (_, origin) in self._known.items():
            self._by_origin.setdefault(origin, []).append(article_id)
        self._origins = sorted(self._by_origin, key=_as_folder)
        self._file_names = sorted(self._files, key=_as_folder)
        self._read: set[Path] = set()
        self._kept: set[str] = set()
        self._moved: list[Article] = []

    def articles_of(self, path: Path) -> list[str]:
        """The ids of the known articles that came from `path`."""
        origins = _under(str(path.resolve()), self._origins)
        return [i for origin in origins for i in self._by_origin[origin]]

    def gone_from(self, path: Path) -> list[str]:
        """The ids of those that no file gives any more."""
        return [i for i in self.articles_of(path) if i not in self._kept]

    def read(self, path: Path, progress: Progress) -> None:
        """Read all files of `path` that were not read in this run."""
        root = path.resolve()
        if not root.exists():
            hint = f"; `qa remove {path}` takes its articles out" if self.articles_of(path) else ""
            raise BadRequest(f"There is no file or folder {path}{hint}.")
        found = find_files(root)
        files = found.files
        if not files and not found.closed and not self.articles_of(path):
            raise BadRequest(f"{path} holds no articles; the formats are {', '.join(SUFFIXES)}.")
        for folder in found.closed:
            self._plan.failures.append(Failure(str(folder), "is a folder that can't be opened"))
            self._kept.update(self.articles_of(folder))
        self._plan.skipped.update(found.skipped)
        for number, file in enumerate(files):
            progress("read", number, len(files))
            if file not in self._read:
                self._read.add(file)
                self._read_file(file, file.name if file == root else _name(file, root))
        progress("read", len(files), len(files))
        present = {str(file) for file in files}
        self._plan.gone_files.extend(
            file
            for file in _under(str(root), self._file_names)
            if file not in present
            if not any(_is_under(file, str(folder)) for folder in found.closed)
        )

    def settle_moves(self) -> None:
        """Take articles whose id belonged to another file, if that one has let go of it."""
        for article in self._moved:
            _, holder = self._known[article.id]
            if article.id not in self._kept and Path(holder) in self._read:
                self._stage(article, is_new=False)
            else:
                reason = (
                    f"the id {article.id!r} belongs to an article of {holder} already; where ids "
                    "only number the rows, --columns id= leaves them out"
                )
                self._plan.failures.append(Failure(article.origin, reason))

    def _read_file(self, file: Path, name: str) -> None:
        """Stage what is new in `file`, and note what it still gives."""
        origin = str(file)
        had = self._by_origin.get(origin, [])
        try:
            digest = self._digest(file)
        except OSError as error:
            self._plan.failures.append(Failure(origin, f"can't be read: {error.strerror}"))
            self._kept.update(had)
            return
        if self._files.get(origin) == (digest, len(had)):
            self._plan.unchanged += len(had)
            self._kept.update(had)
            return
        # Rows without an id are named after their file as it was called when it was first read.
        before = (article_id.rpartition("#")[0] for article_id in had)
        name = next((prefix for prefix in before if prefix.endswith(file.name)), name)
        taken = failed = 0
        for item in load_file(file, name=name, columns=self._columns, max_bytes=self._max_bytes):
            if isinstance(item, Failure):
                self._plan.failures.append(item)
                failed += 1
            elif self._take(item, name):
                taken += 1
            else:
                failed += 1
        if failed and not taken:
            self._kept.update(had)  # what it gave before is better than nothing
        if not failed:  # a file with a failure is read again, and the failure told again
            self._plan.files.append((origin, digest, taken))

    def _take(self, article: Article, name: str) -> bool:
        """Stage `article` if it is new or changed; whether it could be taken, for now."""
        article = self._with_settled_id(article, name)
        digest, holder = self._known.get(article.id, (None, article.origin))
        if holder != article.origin and Path(holder).exists():
            self._moved.append(article)
            return False
        if article.id in self._kept:
            reason = (
                f"the id {article.id!r} is used by another article too; where ids only number the "
                "rows, --columns id= leaves them out"
            )
            self._plan.failures.append(Failure(article.origin, reason))
            return False
        if digest == article_hash(article):
            self._plan.unchanged += 1
            self._kept.add(article.id)
        else:
            self._stage(article, is_new=digest is None)
        return True

    def _stage(self, article: Article, *, is_new: bool) -> None:
        self._library.stage(article)
        self._kept.add(article.id)
        if is_new:
            self._plan.added += 1
        else:
            self._plan.changed += 1

    def _with_settled_id(self, article: Article, name: str) -> Article:
        """Keep the id an article has; give a second file of the same name one of its own."""
        if article.id != name:
            return article
        if self._by_origin.get(article.origin):
            return replace(article, id=self._by_origin[article.origin][0])
        _, holder = self._known.get(article.id, (None, None))
        taken = holder is not None and holder != article.origin and Path(holder).exists()
        if not taken and article.id not in self._kept:
            return article
        suffix = hashlib.sha256(article.origin.encode()).hexdigest()[:6]
        return replace(article, id=f"{article.id}-{suffix}")

    def _digest(self, file: Path) -> str:
        digest = hashlib.sha256(f"{LOADER_VERSION}{sorted(self._columns.items())}".encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()


def _embed(
    library: Writer, embedder: Embedder, settings: Settings, total: int, progress: Progress
) -> None:
    """Make and save the vectors that are missing, batch by batch."""
    if not total:
        return
    batch: dict[bytes, str] = {}
    progress("embed", 0, total)
    for number, article in enumerate(library.staged(), 1):
        batch.update(texts_of(article, embedder.name, settings.passage_chars))
        if len(batch) >= settings.batch_passages or number == total:
            missing = library.missing_vectors(batch)
            rows = embedder.embed([batch[key] for key in missing])
            library.save_vectors(dict(zip(missing, rows, strict=True)))
            progress("embed", number, total)
            batch.clear()


def _publish(
    writer: IndexWriter, embedder: Embedder, settings: Settings, plan: _Plan,
    progress: Progress, *, rebuild: bool = False,
) -> int:  # fmt: skip
    progress("publish", 0, 1)
    writer.begin()
    writer.delete(plan.gone)
    if plan.added or plan.changed:
        for article in writer.library.staged():
            writer.put(cut_article(article, embedder.name, settings.passage_chars))
    _write_files(writer.library, plan)
    generation = writer.publish(model=embedder.name, rebuild=rebuild)
    progress("publish", 1, 1)
    return generation


def _remember_files(library: Writer, plan: _Plan) -> None:
    library.begin()
    _write_files(library, plan)
    library.commit()


def _write_files(library: Writer, plan: _Plan) -> None:
    library.delete_files(plan.gone_files)
    for path, digest, articles in plan.files:
        library.put_file(path, digest, articles)


def _summary(plan: _Plan, generation: int | None) -> Summary:
    return Summary(
        plan.added, plan.changed, len(plan.gone), plan.unchanged, tuple(plan.failures), generation,
        tuple(sorted(plan.skipped)),
    )  # fmt: skip


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _is_under(path: str, root: str) -> bool:
    return _as_folder(path).startswith(_as_folder(root))


def _under(root: str, paths: Sequence[str]) -> Sequence[str]:
    """Those of `paths`, sorted by `_as_folder`, that are `root` or lie in it."""
    folder = _as_folder(root)
    first = bisect_left(paths, folder, key=_as_folder)
    return paths[first : bisect_left(paths, folder + chr(sys.maxunicode), key=_as_folder)]


def _as_folder(path: str) -> str:
    return path.rstrip(os.sep) + os.sep
