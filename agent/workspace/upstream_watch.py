"""Upstream watch: before an imported contract is called, checks that the platform's document still says what was
signed.

Each workspace fetches a document at most once per interval. A document that can't be fetched or read changes nothing:
its host is not the platform, so its failure stops no call. A changed operation suspends its contract.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import store.contracts
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.errors import InvalidInput, NotFound, OpsIQError
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import ImportProcess
from executors.importing.sources import WebSource
from registry.contract import Contract
from registry.endpoints.types import HttpEndpoint
from store.database import Database

log = logging.getLogger(__name__)

WAIT_S: Final = 10.0
"""How long a call waits for the check of its document, in seconds. A longer check goes on, and suspends the contract
when it is done."""
MAX_KEPT: Final = 1_000
Suspend = Callable[[str, str, int, Mapping[str, Any]], Awaitable[None]]
"""Suspends a workspace's contract (name, version) because of a change. Raises NotFound if it isn't in force."""


@dataclass
class _Look:
    """One check of a document: when it began and, once it is done, contract → what changed."""

    at: datetime
    work: asyncio.Task[dict[str, str]]


@dataclass
class UpstreamWatch:
    """Watches the documents that contracts were imported from. If ``every`` is zero, documents are never checked."""

    database: Database
    contexts: WorkspaceContexts
    guard: SsrfGuard
    suspend: Suspend
    clock: Clock
    every: timedelta
    process: ImportProcess = field(default_factory=ImportProcess)
    wait_s: float = WAIT_S
    _looks: dict[tuple[str, str], _Look] = field(default_factory=dict)

    async def find_change(self, workspace: str, name: str, version: int) -> str:
        """What changed upstream of a contract that is about to be called, as a sentence. The contract is then
        suspended. Empty if nothing changed, or if that can't be told now."""
        catalogue = (await self.contexts.of(workspace)).catalogue
        contract = catalogue.version(name, version)
        if contract is None or contract.upstream is None or contract.upstream.address is None or not self.every:
            return ""
        key = (workspace, contract.upstream.address)
        look = self._looks.get(key)
        if look is None or self.clock() - look.at >= self.every:
            pinned = [each for each in catalogue if _pins(each, key[1])]
            look = _Look(self.clock(), asyncio.create_task(self._look(workspace, key[1], pinned)))
            self._looks.pop(key, None)
            self._looks[key] = look
            while len(self._looks) > MAX_KEPT:
                self._looks.pop(next(iter(self._looks)))
        elif look.work.done():  # what it found is suspended; if it is in force anyway, an owner accepted it
            return ""
        try:
            async with asyncio.timeout(self.wait_s):
                found = await asyncio.shield(look.work)
        except TimeoutError:
            log.warning("a look at an upstream document takes long", extra={"contract": name})
            return ""
        changed = found.get(f"{name} v{version}", "")
        return (
            f"The platform's document is not the one that was signed, so nothing was sent, and the contract is "
            f"suspended: {changed}"
            if changed
            else ""
        )

    async def close(self) -> None:
        """Cancels the checks that are running."""
        for look in self._looks.values():
            look.work.cancel()
        await asyncio.gather(*(look.work for look in self._looks.values()), return_exceptions=True)

    async def _look(self, workspace: str, address: str, pinned: list[Contract]) -> dict[str, str]:
        """Contract → what changed. Suspends each of them."""
        try:
            source = WebSource(address, self.guard)
            root = await source.read(source.root)
            digest = "sha256:" + hashlib.sha256(root).hexdigest()
            if all(each.upstream is not None and each.upstream.document == digest for each in pinned):
                return {}
            contracts = [json.loads(each.canonical) for each in pinned]
            answer = await self.process.run({"do": "suspensions", "contracts": contracts}, [_Fetched(source, root)])
        except (InvalidInput, OpsIQError) as error:
            log.warning("an upstream document could not be looked at: %s", error.detail[:300])
            return {}
        found: dict[str, str] = {}
        document = str(answer["document"])
        for each in answer["suspensions"]:
            if await self._was_accepted(workspace, each["contract"], each["version"], document):
                continue
            reason = {**{key: each[key] for key in ("operation", "change", "details")}, "document": document}
            details = "; ".join(each["details"][:3])
            found[f"{each['contract']} v{each['version']}"] = f"{each['operation']} is {each['change']} ({details})."
            try:
                await self.suspend(workspace, each["contract"], each["version"], reason)
            except NotFound:  # it was replaced, retired or suspended meanwhile
                del found[f"{each['contract']} v{each['version']}"]
            except Exception:
                log.exception("a contract whose upstream document changed could not be suspended")
        return found

    async def _was_accepted(self, workspace: str, name: str, version: int, document: str) -> bool:
        """Whether an owner reinstated this version after this very document suspended it."""
        async with self.database.read() as session:
            rows = await store.contracts.versions(session, workspace, name)
        row = next((each for each in rows if each.version == version), None)
        try:
            said = json.loads(row.reason) if row is not None and row.reason else {}
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("document") == document


class _Fetched:
    """A web source whose root document is already fetched."""

    def __init__(self, source: WebSource, root: bytes) -> None:
        self.root = source.root
        self._source, self._bytes = source, root

    async def read(self, name: str) -> bytes:
        return self._bytes if name == self.root else await self._source.read(name)


def _pins(contract: Contract, address: str) -> bool:
    upstream = contract.upstream
    return upstream is not None and upstream.address == address and isinstance(contract.endpoint, HttpEndpoint)
