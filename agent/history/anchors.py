"""Anchors of AI History: signed records, kept outside the database, of the length and last digest of each workspace's
history.

Whoever can write to the database could cut a history, rewrite it, or restore an older copy of everything. An anchor
that was written elsewhere before reveals that.

Each anchor is a line of JSON, signed with an Ed25519 key that is derived from the data key. Lines are appended to a
file. If a URL is set, a durable job also sends each line there. A line of the kind ``accepted`` says that whoever runs
the server restored that state on purpose (``opsiq restore``, ``opsiq seal``): earlier anchors no longer count.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
import store.jobs.enqueue
from core import canon
from core.clock import Clock, format_iso, from_iso
from core.crypto.authenticator import Authenticator
from core.errors import BadSetting, NotAuthentic, NotCanonical, NotFound
from core.webhook_signature import SECRET_PREFIX
from executors.http.signed_client import SignedClient
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from executors.retry import Retry, Success, judge_delivery
from store.database import Database
from store.history.entries import HistoryHeadRow
from store.history.verification import ChainAnchor
from store.jobs.jobs import Job

log = logging.getLogger(__name__)

ANCHOR_JOB: Final = "history.anchor"
EVERY_ENTRIES: Final = 1_000
"""New entries, in all workspaces together, after which anchors are written without waiting."""
TIMEOUT_S: Final = 15.0
_PURPOSE: Final = "anchor"
_FORM: Final = "opsiq/anchor/v1"
_MAX_LINE: Final = 2_000
Kind = Literal["anchor", "accepted"]


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """One line of the file: a history of ``count`` entries, the last of which has ``digest``."""

    kind: Kind
    workspace: str
    count: int
    digest: str
    at: str
    signature: str

    def make_anchor(self) -> ChainAnchor:
        return ChainAnchor(self.count, self.digest, self.at)


@dataclass(frozen=True, slots=True)
class AnchorLines:
    """``lines`` in the order of the file. ``strange`` are the line numbers whose signature is not ours."""

    lines: tuple[AnchorLine, ...] = ()
    strange: tuple[int, ...] = ()

    def of(self, workspace: str) -> list[ChainAnchor]:
        """The workspace's anchors that count, oldest first."""
        mine: list[ChainAnchor] = []
        for line in self.lines:
            if line.workspace == workspace:
                mine = [line.make_anchor()] if line.kind == "accepted" else [*mine, line.make_anchor()]
        return mine

    @property
    def workspaces(self) -> set[str]:
        return {line.workspace for line in self.lines}


def write_line(keys: Authenticator, kind: Kind, workspace: str, count: int, digest: str, at: datetime) -> str:
    """The signed line, without a line break."""
    told = {"form": _FORM, "kind": kind, "workspace": workspace, "count": count, "digest": digest, "at": format_iso(at)}
    key_id, signature = keys.sign(_PURPOSE, canon.dumps({**told, "key": keys.newest}))
    return canon.dumps({**told, "key": key_id, "signature": signature}).decode()


def read_lines(keys: Authenticator, text: Iterable[str]) -> AnchorLines:
    """Parses the lines that were signed here. Empty lines are skipped."""
    lines: list[AnchorLine] = []
    strange: list[int] = []
    for number, each in enumerate(text, 1):
        if not each.strip():
            continue
        line = _read_line(keys, each)
        if line is None:
            strange.append(number)
        else:
            lines.append(line)
    return AnchorLines(tuple(lines), tuple(strange))


def read_file(keys: Authenticator, path: Path) -> AnchorLines:
    """Reads the whole file; a missing file is empty. Raises OSError."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return read_lines(keys, file)
    except FileNotFoundError:
        return AnchorLines()


def refuse_unwritable(path: Path) -> None:
    """Raises BadSetting if lines can't be appended to the file, or it can't be made. Writes nothing."""
    if path.is_dir():
        why = "is a folder"
    elif path.exists():
        why = "" if os.access(path, os.R_OK | os.W_OK) else "can't be read and written by this user"
    else:
        folder = next(each for each in path.absolute().parents if each.exists())
        usable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        why = "" if usable else f"can't be made by this user in {folder}"
    if why:
        detail = f"The file of anchors {path} {why}. Set OPSIQ_ANCHOR_FILE to a file that can be written."
        raise BadSetting(detail, extra={"setting": "OPSIQ_ANCHOR_FILE"})


def append(path: Path, lines: Sequence[str]) -> None:
    """Appends lines to the file (mode 600) and flushes them to disk. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(
            file, "".join(f"{each}\n" for each in lines).encode()
        )  # one write: processes that share the file don't mix lines
        os.fsync(file)
    finally:
        os.close(file)


def list_public_keys(keys: Authenticator) -> dict[str, str]:
    """Public keys for checking the lines: Ed25519 (base64url of 32 bytes), by the name in ``key``."""
    return keys.public(_PURPOSE)


def make_url_secret(keys: Authenticator) -> str:
    """The secret that signs POSTs to OPSIQ_ANCHOR_URL (docs/reference/wire.md §2)."""
    return SECRET_PREFIX + base64.b64encode(keys.secret("anchor-url")).decode("ascii")


@dataclass
class Anchors:
    """Writes the anchors of one process. Processes that share a file read each other's lines and don't repeat them.
    Between two anchors a process remembers how far it has seen each history go. That reveals an older copy that is
    restored under a running server."""

    database: Database
    clock: Clock
    keys: Authenticator
    path: Path
    url: str
    every_s: float
    signed_client: SignedClient
    _offset: int = 0
    _known: dict[str, tuple[int, str]] = field(default_factory=dict)
    _seen: dict[str, ChainAnchor] = field(default_factory=dict)
    _total: int = -1
    _seen_total: int = -1
    _at: datetime | None = None

    async def tick(self, *, now_all: bool = False) -> int:
        """Writes the anchors that are due, and returns their number. Every changed history is due once ``every_s`` have
        passed or EVERY_ENTRIES were added, or at once with ``now_all``."""
        now = self.clock()
        waited = self._at is None or (now - self._at).total_seconds() >= self.every_s
        async with self.database.read() as session:
            total = await store.history.log.count_all(session)
            heads = await store.history.log.heads(session) if total not in (self._seen_total, self._total) else []
            due = total != self._total and (now_all or waited or total - self._total >= EVERY_ENTRIES)
            if due and not heads:
                heads = await store.history.log.heads(session)
            if heads:
                await asyncio.to_thread(self._catch_up)
                self._seen_total = total
            gone_on = [each for each in heads if await self._goes_on(session, each, now)]
        if not due:
            return 0
        fresh = [each for each in gone_on if self._is_fresh(each)]
        lines = [write_line(self.keys, "anchor", each.workspace, each.seq, each.digest, now) for each in fresh]
        if lines:
            await asyncio.to_thread(append, self.path, lines)
        if lines and self.url:
            async with self.database.begin() as session:
                for head, line in zip(fresh, lines, strict=True):
                    await store.jobs.enqueue.enqueue(
                        session,
                        key=f"anchor:{head.workspace}:{head.seq}:{head.digest[-16:]}",
                        kind=ANCHOR_JOB,
                        workspace=head.workspace,
                        payload={"line": line},
                    )
        self._known |= {each.workspace: (each.seq, each.digest) for each in fresh}
        self._total, self._at = total, now
        return len(lines)

    async def read(self) -> AnchorLines:
        """All anchors in this machine's file."""
        return await asyncio.to_thread(read_file, self.keys, self.path)

    async def of(self, workspace: str) -> list[ChainAnchor]:
        """What a history is compared with: its anchors, and the last entry that this process has seen."""
        seen = self._seen.get(workspace)
        return [*(await self.read()).of(workspace), *([seen] if seen else [])]

    async def send(self, job: Job) -> Outcome:
        """Makes one attempt to send an anchor to OPSIQ_ANCHOR_URL."""
        if not self.url:
            return Done()
        body: str = job.payload["line"]
        reply = await self.signed_client.post(
            self.url,
            body.encode(),
            message_id=job.id,
            secrets=[make_url_secret(self.keys)],
            timeout_s=TIMEOUT_S,
            attempt=job.attempt,
        )
        verdict = judge_delivery(reply, attempt=job.attempt, elapsed_s=0.0, random=random.random())  # noqa: S311 - jitter
        match verdict:
            case Success():
                return Done()
            case Retry(delay_s, _, detail):
                return Reschedule(delay_s, detail)
            case failed:
                log.error("an anchor could not be handed to OPSIQ_ANCHOR_URL: %s", failed.detail)
                return Dead(failed.detail)

    def _catch_up(self) -> None:
        """Reads the lines that any process appended since the last time."""
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._offset:
                    log.error("%s is shorter than it was: anchors were taken out of it", self.path)
                    self._offset = 0
                file.seek(self._offset)
                for raw in file:
                    if not raw.endswith(b"\n"):
                        break
                    self._offset += len(raw)
                    line = _read_line(self.keys, raw.decode("utf-8", "replace"))
                    if line is not None:
                        self._known[line.workspace] = (line.count, line.digest)
                        if line.kind == "accepted":
                            self._seen[line.workspace] = line.make_anchor()
        except FileNotFoundError:
            if self._offset:
                log.error("%s is gone: anchors that were in it show nothing any more", self.path)
            self._offset = 0

    async def _goes_on(self, session: AsyncSession, head: HistoryHeadRow, now: datetime) -> bool:
        """Remembers how far a history goes. False if it lacks the entry that was seen last; such a history is neither
        remembered nor anchored."""
        seen = self._seen.get(head.workspace)
        if seen is None or await _holds(session, head, seen):
            self._seen[head.workspace] = ChainAnchor(head.seq, head.digest, format_iso(now))
            return True
        log.error(
            "the history of %s ends at entry %d and lacks entry %d, which this server has seen: an older copy of the "
            "database was put back while it ran. Stop it, and run `opsiq history verify`.",
            head.workspace,
            head.seq,
            seen.seq,
            extra={"workspace": head.workspace},
        )
        return False

    def _is_fresh(self, head: HistoryHeadRow) -> bool:
        count, digest = self._known.get(head.workspace, (0, ""))
        if head.seq > count:
            return True
        if (head.seq, head.digest) != (count, digest):
            log.error(
                "the history of %s ends at entry %d and was anchored at %d: its end was cut off or made anew. Run "
                "`opsiq history verify`.",
                head.workspace,
                head.seq,
                count,
                extra={"workspace": head.workspace},
            )
        return False


async def _holds(session: AsyncSession, head: HistoryHeadRow, seen: ChainAnchor) -> bool:
    """Whether the history that ends at ``head`` contains the entry that was seen."""
    if head.seq <= seen.seq:
        return (head.seq, head.digest) == (seen.seq, seen.digest)
    try:
        return (await store.history.log.get(session, head.workspace, seen.seq)).digest == seen.digest
    except (NotFound, NotAuthentic):
        return False


def _read_line(keys: Authenticator, text: str) -> AnchorLine | None:
    """Parses one line. None if it was not signed here."""
    if len(text) > _MAX_LINE:
        return None
    try:
        told: dict[str, Any] = json.loads(text)
        signature, key_id = str(told.pop("signature")), str(told["key"])
        if told["form"] != _FORM or told["kind"] not in ("anchor", "accepted"):
            return None
        if not keys.verify_signature(_PURPOSE, canon.dumps(told), key_id, signature):
            return None
        from_iso(told["at"])
        return AnchorLine(told["kind"], told["workspace"], told["count"], told["digest"], told["at"], signature)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, NotCanonical):
        return None
