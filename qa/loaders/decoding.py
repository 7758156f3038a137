"""Bytes to text: size limits, compression, and encodings other than UTF-8."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from qa.loaders.draft import Unreadable, foreign

EXPANSION = 20
"""A file that is read row by row may unpack to this many times the size limit."""

CHUNK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 15
MOSTLY_BAD = 10

_MARKS = (  # longest first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
# Letters and neighbours that Western European text hardly has, read as Windows-1252.
_NOT_WESTERN = re.compile(r"[ŠšŽžÝýÞþÐ]|[^\W\x00-\x7f]{3}|[^\W\d_][¹³¿º¾Ÿ][^\W\d_]")
MOST_WESTERN_ACCENTS = 0.15


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """All bytes of a file, unpacked; raises Unreadable when empty or more than `max_bytes`."""
    with _opened(path, max_bytes) as file:
        content = b"".join(_limited_chunks(file, max_bytes))
    if not content:
        raise Unreadable("is empty")
    return content


def read_text(path: Path, max_bytes: int) -> str:
    """All text of a file, in whatever encoding it is."""
    content = read_bytes(path, max_bytes)
    return decode(content, encoding_of([content]))


def decode(content: bytes, encoding: str) -> str:
    """`content` as text; what does not fit the encoding becomes U+FFFD."""
    return content.decode(encoding, errors="replace")


@contextmanager
def open_text(path: Path, max_bytes: int) -> Iterator[Iterator[str]]:
    """The lines of a file with their ends, one at a time, none longer than `max_bytes`.

    The file is first read through once, for its encoding and its unpacked size.
    """
    with _opened(path, max_bytes) as file:
        encoding = encoding_of(_limited_chunks(file, max_bytes * EXPANSION))
    with _opened(path, max_bytes) as file:
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        yield _limited_lines(text, max_bytes)


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a file's bytes; raises Unreadable when they are none or no text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    marked, sample, empty, chunk = "", b"", True, b""
    for chunk in chunks:
        if empty:
            marked = next((name for mark, name in _MARKS if chunk.startswith(mark)), "")
            empty = False
        if marked:
            continue
        if b"\0" in chunk:
            raise Unreadable("is not text")
        if not sample:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                first = max(0, error.start - SAMPLE_BYTES)
                sample = chunk[first : error.start + SAMPLE_BYTES]
    if empty:
        raise Unreadable("is empty")
    if not marked and not sample and decoder.getstate()[0]:  # the last letter is not whole
        sample = chunk[-SAMPLE_BYTES:]
    return marked or (_detected(sample) if sample else "utf-8")


def _detected(sample: bytes) -> str:
    """The encoding of bytes that are not quite UTF-8."""
    damaged = sample.decode("utf-8", errors="replace")
    accents = sum(not character.isascii() for character in damaged)
    if damaged.count("\ufffd") * MOSTLY_BAD <= accents:
        return "utf-8"
    if _is_western(sample):
        return "cp1252"
    with foreign("is not text"):
        from charset_normalizer import from_bytes  # slow to import

        best = from_bytes(sample).best()
        if best is None:
            raise Unreadable("is not text")
        return best.encoding


def _is_western(sample: bytes) -> bool:
    """Whether Windows-1252 fits: in short texts a detector confuses it with its neighbours."""
    accents = sum(byte > 0x7F for byte in sample)
    if _CONTROL.search(sample) or accents > len(sample) * MOST_WESTERN_ACCENTS:
        return False
    try:
        return not _NOT_WESTERN.search(sample.decode("cp1252"))
    except UnicodeDecodeError:
        return False


@contextmanager
def _opened(path: Path, max_bytes: int) -> Iterator[IO[bytes]]:
    if not path.is_file():
        raise Unreadable("is not a file")
    size = path.stat().st_size
    if size > max_bytes:
        raise Unreadable(
            f"has {_megabytes(size)}, more than the {_megabytes(max_bytes)} that"
            " QA_MAX_FILE_MB allows"
        )
    if size == 0:
        raise Unreadable("is empty")
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            yield cast(IO[bytes], file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable("is not a gzip file, or is damaged") from error


def _limited_chunks(file: IO[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    while chunk := file.read(CHUNK_BYTES):
        size += len(chunk)
        if size > limit:
            raise Unreadable(f"unpacks to more than {_megabytes(limit)}")
        yield chunk


def _limited_lines(text: TextIO, max_chars: int) -> Iterator[str]:
    while line := text.readline(max_chars):
        if len(line) == max_chars and not line.endswith(("\n", "\r")):
            raise Unreadable(f"has a line longer than {_megabytes(max_chars)}")
        yield line


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} bytes"
