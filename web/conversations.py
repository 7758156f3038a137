"""Conversations and feedback, kept in one SQLite file beside the index."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from qa import Answer, NotFound, QAError, Turn, turn_of
from web.bodies import (
    ConversationDetail,
    ConversationList,
    ConversationSummary,
    Feedback,
    FeedbackRequest,
)

HISTORY_TURNS = 10
TITLE_CHARS = 80
NO_ANSWER = "There is no answer of this id."
SCHEMA = """
create table if not exists conversations (
    id text primary key,
    title text not null,
    created_at text not null,
    updated_at text not null
);
create table if not exists turns (
    number integer primary key,
    conversation_id text not null references conversations on delete cascade,
    answer_id text not null,
    answer text not null
);
create index if not exists turns_by_conversation on turns (conversation_id, number);
create index if not exists turns_by_answer on turns (answer_id);
create table if not exists feedback (
    answer_id text primary key,
    rating text not null,
    note text,
    given_at text not null
);
"""
SUMMARY = """
select id, title, created_at, updated_at,
       (select count(*) from turns where conversation_id = conversations.id) as turns
from conversations
"""


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations in the file `path`, which is made when it is first needed."""

    path: Path
    preparing: threading.Lock = field(default_factory=threading.Lock)

    def new_id(self) -> str:
        """An id that nobody can guess, for a conversation that is yet to be kept."""
        return secrets.token_urlsafe(16)

    def history(self, conversation_id: str) -> tuple[Turn, ...]:
        """The last turns of a conversation, oldest first; raises NotFound."""
        with self._database() as database:
            _existing(database, conversation_id)
            return _turns(database, conversation_id)

    def answer(self, answer_id: str) -> Answer:
        """The answer of this id; raises NotFound."""
        with self._database() as database:
            row = database.execute(
                "select answer from turns where answer_id = ? order by number limit 1",
                (answer_id,),
            ).fetchone()
        if row is None:
            raise NotFound(NO_ANSWER)
        return Answer.model_validate_json(row["answer"])

    def begin(self, answer: Answer) -> None:
        """Keep a new conversation that starts with `answer`."""
        now = _now()
        with self._database() as database:
            database.execute(
                "insert into conversations values (?, ?, ?, ?)",
                (answer.conversation_id, _title(answer.question), now, now),
            )
            _add_turn(database, answer)

    def go_on(self, answer: Answer) -> None:
        """Keep `answer` in its conversation, unless that was deleted while it was being made."""
        now = _now()
        with self._database() as database:
            changed = database.execute(
                "update conversations set updated_at = ? where id = ?",
                (now, answer.conversation_id),
            )
            if changed.rowcount:
                _add_turn(database, answer)

    def list(self, offset: int, limit: int) -> ConversationList:
        """One page of the conversations, the latest first."""
        with self._database() as database:
            rows = database.execute(
                f"{SUMMARY} order by updated_at desc, rowid desc limit ? offset ?", (limit, offset)
            ).fetchall()
            total = database.execute("select count(*) from conversations").fetchone()[0]
        return ConversationList(
            conversations=tuple(ConversationSummary(**dict(row)) for row in rows), total=total
        )

    def detail(self, conversation_id: str) -> ConversationDetail:
        """One conversation with its answers and their feedback; raises NotFound."""
        with self._database() as database:
            summary = _existing(database, conversation_id)
            answers = database.execute(
                "select answer from turns where conversation_id = ? order by number",
                (conversation_id,),
            ).fetchall()
            feedback = database.execute(
                "select answer_id, rating, note from feedback where answer_id in"
                " (select answer_id from turns where conversation_id = ?) order by answer_id",
                (conversation_id,),
            ).fetchall()
        return ConversationDetail(
            **summary.model_dump(),
            answers=tuple(Answer.model_validate_json(row["answer"]) for row in answers),
            feedback=tuple(Feedback(**dict(row)) for row in feedback),
        )

    def rename(self, conversation_id: str, title: str) -> ConversationSummary:
        """Give a conversation another title; raises NotFound."""
        with self._database() as database:
            database.execute(
                "update conversations set title = ? where id = ?", (title, conversation_id)
            )
            return _existing(database, conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation, its answers and their feedback; raises NotFound."""
        with self._database() as database:
            _existing(database, conversation_id)
            database.execute("delete from conversations where id = ?", (conversation_id,))
            database.execute(
                "delete from feedback where answer_id not in (select answer_id from turns)"
            )

    def judge(self, request: FeedbackRequest) -> bool:
        """Keep the feedback on an answer; whether it is the first one. Raises NotFound."""
        with self._database() as database:
            known = "select 1 from {} where answer_id = ? limit 1"
            answer_id = (request.answer_id,)
            if not database.execute(known.format("turns"), answer_id).fetchone():
                raise NotFound(NO_ANSWER)
            is_first = not database.execute(known.format("feedback"), answer_id).fetchone()
            database.execute(
                "insert or replace into feedback values (?, ?, ?, ?)",
                (request.answer_id, request.rating, request.note or None, _now()),
            )
        return is_first

    def take_back(self, answer_id: str) -> None:
        """Forget the feedback on an answer; raises NotFound if there is none."""
        with self._database() as database:
            forgotten = database.execute("delete from feedback where answer_id = ?", (answer_id,))
            if not forgotten.rowcount:
                raise NotFound("There is no judgement on an answer of this id.")

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """An open database in a transaction, committed if all goes well."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10)) as database:
                database.row_factory = sqlite3.Row
                database.execute("pragma foreign_keys = on")
                # Two threads that turn to WAL at once would not wait for each other.
                with self.preparing:
                    database.execute("pragma journal_mode = wal")
                    database.executescript(SCHEMA)
                with database:
                    yield database
        except (OSError, sqlite3.Error) as error:
            raise QAError(f"The conversations in {self.path} can't be used: {error}.") from error


def _existing(database: sqlite3.Connection, conversation_id: str) -> ConversationSummary:
    row = database.execute(f"{SUMMARY} where id = ?", (conversation_id,)).fetchone()
    if row is None:
        raise NotFound("There is no conversation of this id.")
    return ConversationSummary(**dict(row))


def _turns(database: sqlite3.Connection, conversation_id: str) -> tuple[Turn, ...]:
    """The last turns of a conversation, oldest first."""
    rows = database.execute(
        "select answer from turns where conversation_id = ? order by number desc limit ?",
        (conversation_id, HISTORY_TURNS),
    ).fetchall()
    return tuple(turn_of(Answer.model_validate_json(row["answer"])) for row in reversed(rows))


def _add_turn(database: sqlite3.Connection, answer: Answer) -> None:
    database.execute(
        "insert into turns (conversation_id, answer_id, answer) values (?, ?, ?)",
        (answer.conversation_id, answer.id, answer.model_dump_json()),
    )


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
