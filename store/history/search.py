"""Full-text search in AI History by a trigram index.

SQLite: the FTS5 table ``history_words`` finds the entries that contain each trigram. A trigger fills it; it is
contentless, so it holds no text. Then the entry's own text is compared, so the result is that of a plain LIKE in any
language. PostgreSQL: the same by ``pg_trgm``, which its planner uses by itself. Words of one or two letters, and a
PostgreSQL without that index, read all entries: the same result, but slower. ``indexed`` says which applies.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Select, column, func, literal_column, select, text
from sqlalchemy import table as named
from sqlalchemy.ext.asyncio import AsyncSession

from store.dialect import is_postgresql
from store.history.entries import HistoryFilters, HistoryRow, fitting, split_words
from store.rows import table

MOST_GROUPS: Final = 40
"""Most groups of one search in the index. Further ones are checked in the entries."""
TO_INDEX: Final = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "DROP INDEX IF EXISTS ix_history_words",
    "CREATE INDEX CONCURRENTLY ix_history_words ON history USING gin (words gin_trgm_ops)",
)
"""Statements that create the index on a PostgreSQL that had no ``pg_trgm`` at the migration. They don't block
writers."""
_T = table(HistoryRow)
_ROWID: Final = literal_column("history.rowid", BigInteger)
_WORDS = named("history_words", column("rowid"))


async def indexed(session: AsyncSession) -> bool:
    """Whether this database has the index, so that a search need not read every entry."""
    if not is_postgresql(session):
        return True
    # An index whose concurrent creation failed exists but is not used.
    valid = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('ix_history_words') AND indisvalid"
    return bool((await session.execute(text(valid))).scalar_one())


def match_of(words: str) -> str:
    """FTS5 query of a search: each trigram of one form of each word must occur. Empty if no word has three letters."""
    parts: list[str] = []
    left = MOST_GROUPS
    for forms in split_words(words):
        groups = [_list_groups(form)[: left // len(forms)] for form in forms]
        if all(groups):
            parts.append(" OR ".join(f"({' AND '.join(each)})" for each in groups))
            left -= sum(map(len, groups))
    return " AND ".join(f"({each})" for each in parts)


def _list_groups(word: str) -> list[str]:
    groups = dict.fromkeys(word[at : at + 3] for at in range(len(word) - 2))
    return ['"' + each.replace('"', '""') + '"' for each in groups]


def newest(workspace: str, filters: HistoryFilters, match: str, before_seq: int | None) -> Select[Any]:
    """Matching entries on SQLite, newest first. Entries are only appended, so rows are in the order of ``seq``. The
    index is read from its end for as long as results are needed."""
    statement = fitting(workspace, filters).select_from(_WORDS).join(_T, _WORDS.c.rowid == _ROWID)
    statement = statement.where(literal_column("history_words").op("MATCH")(match))
    if before_seq is not None:
        there = select(_ROWID).where(_T.c.workspace == workspace, _T.c.seq < before_seq)
        last = there.order_by(_T.c.seq.desc()).limit(1).correlate(None).scalar_subquery()
        statement = statement.where(_WORDS.c.rowid <= func.coalesce(last, 0))
    return statement.order_by(_WORDS.c.rowid.desc())
