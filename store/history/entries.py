"""History entries: their sealed columns, digests and filters. Anything else that an entry should hold goes into its
``data``, and is shown and exported by ``agent.history.columns``. Another column here would break every existing
history's chain."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, Index, Select, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core import canon, ids
from core.clock import format_iso
from language.text import strip_accents
from store.dialect import UtcTime
from store.rows import Row, check_row, every, table

GENESIS: Final = "sha256:" + "0" * 64
MAX_WORDS: Final = 8_000
BATCH: Final = 500
_SEARCHED: Final = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]|(\S+)")


def _where_given(column: str) -> Index:
    there = text(f"{column} IS NOT NULL")
    name = f"ix_history_workspace_{column}"
    return Index(name, "workspace", column, "seq", sqlite_where=there, postgresql_where=there)


class HistoryRow(Row, table=True):
    """Stored entry. ``actor`` and ``data`` are canonical JSON. ``words`` is the text for searching. ``seq`` counts from
    1.

    Every column is part of the entry's digest, even an empty one, so a new column would break the chain of each
    existing history. New values go into ``data`` and are derived where they are shown (``agent.history.columns``).
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_workspace_run", "workspace", "run_id", "seq"),
        Index("ix_history_workspace_at", "workspace", "at", "seq"),
        Index("ix_history_workspace_kind", "workspace", "kind", "seq"),
        Index("ix_history_workspace_person", "workspace", "person", "seq"),
        Index("ix_history_workspace_contract", "workspace", "contract", "seq"),
        Index("ix_history_workspace_request", "workspace", "request_id"),
        *(_where_given(each) for each in ("outcome", "risk", "model", "prompt_version")),
    )

    workspace: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    id: str = Field(unique=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    run_id: str | None = None
    person: str | None = None
    contract: str | None = None
    outcome: str | None = None
    risk: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    duration_ms: float | None = None
    request_id: str | None = None
    actor: str
    data: str
    words: str
    prev: str
    digest: str


class HistoryHeadRow(Row, table=True):
    """The end of a workspace's chain: how many entries there are, and the digest of the last. ``generation`` is how
    often its contracts had changed then (``store.contracts``)."""

    __tablename__ = "history_heads"
    SEALED: ClassVar[tuple[str, ...]] = ("workspace", "seq", "digest", "generation")

    workspace: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    digest: str
    generation: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    mac: str | None = None


_T = table(HistoryRow)
_HEAD = table(HistoryHeadRow)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """New entry. ``actor`` is ``Actor.as_json()``; its ``person`` becomes a column. ``data`` is JSON. ``searched`` is
    what of it a search looks at; None: all of it."""

    kind: str
    run_id: str | None
    actor: Mapping[str, Any]
    data: Mapping[str, Any]
    at: datetime
    request_id: str | None = None
    contract: str | None = None
    outcome: str | None = None
    risk: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    duration_ms: float | None = None
    searched: Mapping[str, Any] | None = None

    def chained(self, workspace: str, seq: int, prev: str) -> dict[str, Any]:
        """Computes its columns, in the order of ENTRY_COLUMNS. Raises NotCanonical."""
        columns: dict[str, Any] = {
            "workspace": workspace,
            "seq": seq,
            "id": ids.make_id("his"),
            "at": self.at,
            "kind": self.kind,
            "run_id": self.run_id,
            "person": self.actor.get("person"),
            "contract": self.contract,
            "outcome": self.outcome,
            "risk": self.risk,
            "model": self.model,
            "prompt_version": self.prompt_version,
            "duration_ms": self.duration_ms,
            "request_id": self.request_id,
            "actor": canon.dumps(self.actor).decode(),
            "data": canon.dumps(self.data).decode(),
            "words": collect_words(self.kind, self.actor, self.data if self.searched is None else self.searched),
            "prev": prev,
        }
        columns["digest"] = digest_entry(columns)
        return columns


ENTRY_COLUMNS: Final = tuple(HistoryRow.model_fields)


@dataclass(frozen=True, slots=True)
class HistoryFilters:
    """Filters over entries. All of them must match.

    ``since`` is inclusive, ``until`` exclusive. ``words``, and phrases in quotation marks, may occur
    anywhere.
    """

    kinds: tuple[str, ...] = ()
    run_id: str | None = None
    person: str | None = None
    contract: str | None = None
    outcome: str | None = None
    risk: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


EVERYTHING: Final = HistoryFilters()


async def read_batch(
    session: AsyncSession,
    workspace: str,
    filters: HistoryFilters = EVERYTHING,
    *,
    after: int | None = None,
    batch: int = BATCH,
) -> Sequence[HistoryRow]:
    """Reads the next matching entries in order, at most ``batch``. ``after`` skips the entries up to it. Entries never
    change, so batches that are read in several transactions are the same as those of one."""
    statement = fitting(workspace, filters)
    if after is not None:
        statement = statement.where(_T.c.seq > after)
    return await every(session, HistoryRow, statement.order_by(_T.c.seq).limit(batch))


async def stream(
    session: AsyncSession,
    workspace: str,
    filters: HistoryFilters = EVERYTHING,
    *,
    after: int | None = None,
    batch: int = BATCH,
) -> AsyncIterator[HistoryRow]:
    """Streams every matching entry in order, in constant memory. ``after`` skips the entries up to it.

    In one ``read()`` block it reads one snapshot. Raises ValueError, TypeError or AttributeError for a batch with a
    cell that is not of its column's type. Only a manual change of the database can cause that.
    """
    while True:
        rows = await read_batch(session, workspace, filters, after=after, batch=batch)
        for row in rows:
            yield row
        if len(rows) < batch:
            return
        after = rows[-1].seq


async def head(session: AsyncSession, workspace: str) -> HistoryHeadRow | None:
    """Reads the head of the chain. None if nothing was ever appended.

    A copy kept elsewhere is an anchor for ``history.verify``. The head is not checked here; ``get_checked_head`` checks
    it.
    """
    found = (await session.execute(select(_HEAD).where(_HEAD.c.workspace == workspace))).mappings().first()
    return None if found is None else HistoryHeadRow(**found)


async def get_checked_head(session: AsyncSession, workspace: str) -> HistoryHeadRow | None:
    """Like ``head``. Raises NotAuthentic for a head that OpsIQ did not write."""
    found = await head(session, workspace)
    return None if found is None else check_row(session, found)


async def heads(session: AsyncSession) -> list[HistoryHeadRow]:
    """The authentic heads of every workspace's chain."""
    return await every(session, HistoryHeadRow, select(_HEAD).order_by(_HEAD.c.workspace))


async def count_all(session: AsyncSession) -> int:
    """The number of entries in all workspaces together, according to their heads."""
    return int((await session.execute(select(func.coalesce(func.sum(_HEAD.c.seq), 0)))).scalar_one())


async def get_neighbours(session: AsyncSession, row: HistoryRow) -> dict[int, HistoryRow]:
    """The entries right before and after it, by number."""
    near = select(_T).where(_T.c.workspace == row.workspace, _T.c.seq.in_((row.seq - 1, row.seq + 1)))
    return {each.seq: each for each in await every(session, HistoryRow, near)}


def digest_entry(entry: Mapping[str, Any]) -> str:
    """The digest of an entry: of the canonical form of all its columns except the digest, with ``at`` as RFC 3339."""
    chained = {name: value for name, value in entry.items() if name != "digest"}
    return canon.digest({**chained, "at": format_iso(chained["at"])})


def collect_words(kind: str, actor: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Search text of an entry: all text in it, case-folded and without accents, up to 8,000 characters. Entries of
    earlier versions have the accents."""
    found: list[str] = []
    waiting: list[Any] = [data, actor, kind]
    length = 0
    while waiting and length < MAX_WORDS:
        value = waiting.pop()
        if isinstance(value, str):
            words = strip_accents(value.replace("\x00", " ").casefold()).split()
            length += sum(map(len, words)) + len(words)
            found += words
        elif isinstance(value, Mapping):
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(value))
    return " ".join(found)[:MAX_WORDS].rstrip()


def split_words(text: str) -> list[tuple[str, ...]]:
    """Splits a search into words, and phrases in quotation marks. Each has its forms, of which an entry holds one:
    folded as ``collect_words`` folds, and with its accents if it has any."""
    pairs = _SEARCHED.findall(text.replace("\x00", " ").casefold())
    found = [" ".join((phrase or word).split()) for phrase, word in pairs]
    return [tuple(dict.fromkeys((strip_accents(each), each))) for each in found if strip_accents(each)]


def fitting(workspace: str, filters: HistoryFilters) -> Select[Any]:
    statement = select(_T).where(_T.c.workspace == workspace)
    if filters.kinds:
        statement = statement.where(_T.c.kind.in_(filters.kinds))
    for name in ("run_id", "person", "contract", "outcome", "risk", "model", "prompt_version", "request_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_T.c[name] == wanted)
    if filters.since is not None:
        statement = statement.where(_T.c.at >= filters.since)
    if filters.until is not None:
        statement = statement.where(_T.c.at < filters.until)
    for forms in split_words(filters.words):
        statement = statement.where(or_(*(_T.c.words.contains(each, autoescape=True) for each in forms)))
    return statement
