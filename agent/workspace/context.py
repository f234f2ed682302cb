"""Workspace context: a workspace's verified contracts and live connectors, cached until they change."""

from __future__ import annotations

import asyncio
import copyreg
import json
import logging
import pickle
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

import store.connectors
import store.contracts
from agent.record_cache import ConnectorCache, RecordCaches
from agent.record_cache.records import CachedRecords, WriteThroughRecords
from core.actor import Actor, Surface
from core.crypto.secretbox import SecretBox
from core.errors import ConnectorBroken, NotAuthentic, OpsIQError
from executors.http.platform_client import HttpPlatformClient
from executors.mcp.servers import NO_MCP_SERVERS, McpServers
from registry.catalogue import Catalogue, load, refuse_all
from registry.connector import ConnectionOption, Connector, IdentityProvider, ReadAccess, Settings
from registry.declarative.connector import DeclarativeConnector
from registry.discovery import BrokenConnector, DiscoveredConnector
from registry.offers.shortlist import Shortlist, make_shortlist
from registry.records import NOBODY, ContextProvider, Kinds, Place
from store.connectors import ConnectorRow
from store.database import Database

log = logging.getLogger(__name__)

# A connector may declare its kinds with read-only mappings.
copyreg.pickle(MappingProxyType, lambda mapping: (MappingProxyType, (dict(mapping),)))

ClientFactory = Callable[[str, str, ReadAccess, tuple[str, str] | None], HttpPlatformClient]
"""Makes the client for (base_url, token, the platform's read access, (workspace, connection) of the credentials). The
last is None before the connection is stored."""


@dataclass(frozen=True)
class WorkspaceContext:
    """One workspace's contracts and connections at one generation. ``connectors`` has one connector for each
    connection. ``broken`` names the connectors and connections that could not be loaded, and why. ``kinds`` serves
    look-ups, and reads from the record cache if there is one. ``live`` always asks the platform."""

    generation: str
    catalogue: Catalogue
    kinds: Kinds
    live: Kinds
    identity_providers: dict[str, IdentityProvider] = field(default_factory=dict)
    connectors: tuple[Connector, ...] = ()
    broken: tuple[BrokenConnector, ...] = ()
    cache: dict[str, ConnectorCache] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_hex(8), init=False)
    """Identifies this object, for caches of a copy of it."""
    _shortlists: dict[tuple[str, Surface], Shortlist] = field(default_factory=dict, init=False, repr=False)
    _packed: list[bytes] = field(default_factory=list, init=False, repr=False)

    def pack(self) -> bytes:
        """Contracts and kinds as bytes, from which a worker process builds its own copy."""
        if not self._packed:
            held = (self.catalogue, self.kinds.served_by(NOBODY))
            self._packed.append(pickle.dumps(held, protocol=pickle.HIGHEST_PROTOCOL))
        return self._packed[0]

    def use_shortlist(self, actor: Actor, surface: Surface, shortlist: Shortlist) -> None:
        """Sets the actions to offer from now on. An evaluation of a given list of actions uses this."""
        self._shortlists[actor.role, surface] = shortlist

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist:
        """The actions that may be offered to this actor here. Role and surface filter them *before* any search."""
        key = (actor.role, surface)
        if key not in self._shortlists:
            self._shortlists[key] = make_shortlist(self.catalogue, actor.role, surface)
        return self._shortlists[key]


class WorkspaceContexts:
    """Workspace contexts, cached while their generation is current."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        found: Sequence[DiscoveredConnector],
        broken: Sequence[BrokenConnector],
        client: ClientFactory,
        mirrors: RecordCaches | None = None,
        mcp_servers: McpServers = NO_MCP_SERVERS,
    ) -> None:
        self._database = database
        self._box = box
        self._found = {each.name: each for each in found}
        self._broken = tuple(broken)
        self._client = client
        self._mirrors = mirrors
        self._mcp_servers = mcp_servers
        self._kept: dict[str, WorkspaceContext] = {}

    @property
    def discovered(self) -> dict[str, str]:
        """Connectors that can be configured: name → title."""
        return {name: each.title for name, each in self._found.items()}

    def get_cached(self, workspace: str) -> WorkspaceContext | None:
        """The context that was loaded last, or None. Makes no query."""
        return self._kept.get(workspace)

    async def find_current(self, session: AsyncSession, workspace: str) -> WorkspaceContext | None:
        """The context that was loaded last if it is current in this session. Else None; then ``of`` loads it."""
        kept = self._kept.get(workspace)
        return kept if kept and kept.generation == (await _read_generation(session, workspace))[0] else None

    async def of(self, workspace: str) -> WorkspaceContext:
        """The current context. Makes two cheap queries if nothing has changed."""
        async with self._database.read() as session:
            generation, settings = await _read_generation(session, workspace)
            kept = self._kept.get(workspace)
            if kept and kept.generation == generation:
                return kept
            rows = await store.contracts.active(session, workspace)
            rows_of_keys = await store.contracts.signing_keys(session, workspace)
            keys = {row.kid: row.public for row in rows_of_keys if row.retired_at is None}
            try:
                await store.contracts.check_generation(session, workspace, rows)
                untrue = ""
            except NotAuthentic as error:
                untrue = error.detail
        if untrue:
            catalogue = refuse_all([(row.name, row.version) for row in rows], untrue)
        else:
            signed = [(row.name, row.version, row.raw, row.signature) for row in rows]
            addresses = {row.name: row.base_url for row in settings} | self._mcp_servers.addresses(workspace)
            catalogue = await asyncio.to_thread(load, signed, keys, addresses)
        for name, why in catalogue.faults.items():
            log.error("%s can't be offered: %s", name, why, extra={"workspace": workspace})
        context = self._assemble(generation, catalogue, settings)
        if not untrue:  # else it is loaded again each time, until somebody repairs it
            self._kept[workspace] = context
        return context

    def _assemble(self, generation: str, catalogue: Catalogue, settings: Sequence[Any]) -> WorkspaceContext:
        connectors: list[Connector] = []
        broken = list(self._broken)
        providers: list[ContextProvider] = []
        live: list[ContextProvider] = []
        keepings: dict[str, ConnectorCache] = {}
        identities: dict[str, IdentityProvider] = {}
        places: list[Place] = []
        for row in settings:
            found = self._found.get(row.of)
            if found is None:
                why = (
                    f"it is a connection of {row.of!r}, and no such connector was found here. If its folder is one of "
                    "yours, name the folder that holds it in OPSIQ_CONNECTORS, for the server and for opsiq doctor"
                )
                broken.append(BrokenConnector(row.name, why))
                continue
            try:
                secrets = json.loads(
                    self._box.open(row.sealed_secrets, context=f"connector:{row.workspace}:{row.name}")
                )
                connector = self._build(found, row.base_url, secrets, row.name, read_options(row), row.workspace)
                theirs = connector.context_providers()
                cache = self._mirrors.of(row.workspace, connector) if self._mirrors else None
                providers += [CachedRecords(each, cache) for each in theirs] if cache else theirs
                live += [WriteThroughRecords(each, cache) for each in theirs] if cache else theirs
                places += [Place(row.name, make_title(found.title, row))] * len(theirs)
                identities |= {each.name: each for each in connector.identity_providers()}
            except OpsIQError as error:
                log.warning("the connection %s could not be loaded: %s", row.name, error.detail)
                broken.append(BrokenConnector(row.name, error.detail))
                continue
            except Exception as error:  # a connector is third-party code: its failure affects it alone
                log.exception("the connection %s could not be loaded", row.name)
                broken.append(BrokenConnector(row.name, f"{type(error).__name__} while it was loaded"))
                continue
            connectors.append(connector)
            if cache is not None:
                keepings[connector.connection] = cache
        kinds = Kinds(providers, places)
        return WorkspaceContext(
            generation, catalogue.bound(kinds), kinds, Kinds(live, places), identities, tuple(connectors),
            tuple(broken), keepings,
        )  # fmt: skip

    def _build(
        self,
        found: DiscoveredConnector,
        base_url: str,
        secrets: dict[str, str],
        name: str,
        options: Mapping[str, str],
        workspace: str = "",
    ) -> Connector:
        whose = (workspace, name) if workspace else None
        client = self._client(base_url, secrets.get("read_token", ""), found.cls.access, whose)
        return found.cls(client, Settings(base_url, secrets, name, options))

    def build_connector(
        self,
        name: str,
        base_url: str,
        secrets: dict[str, str],
        *,
        connection: str = "",
        options: Mapping[str, str] | None = None,
    ) -> Connector:
        """Builds a connector from settings that are not stored yet, to show what it would register."""
        return self._build(self.find_connector(name), base_url, secrets, connection or name, options or {})

    def list_options(self, name: str) -> Mapping[str, ConnectionOption]:
        """The options that a connector takes besides address and secrets. Empty if the connector was not found."""
        found = self._found.get(name)
        return found.cls.options if found is not None else {}

    def calls_through_connection(self, name: str) -> bool:
        """Whether a connector's action calls carry the connection's credential instead of a signature made with a
        secret."""
        found = self._found.get(name)
        return found is not None and issubclass(found.cls, DeclarativeConnector)

    def find_connector(self, name: str) -> DiscoveredConnector:
        """The connector of that name. Raises ConnectorBroken."""
        found = self._found.get(name)
        if found is None:
            known = ", ".join(sorted(self._found)) or "none"
            raise ConnectorBroken(f"There is no connector named {name!r}. Found: {known}.")
        return found


def read_options(row: ConnectorRow) -> dict[str, str]:
    held: dict[str, str] = json.loads(row.options) if row.options else {}
    return held


def make_title(title: str, row: ConnectorRow) -> str:
    """Title for people: the connector's title, and the connection's own name if it has one."""
    return title if row.of == row.name else f"{title} {row.name}"


async def _read_generation(session: AsyncSession, workspace: str) -> tuple[str, list[ConnectorRow]]:
    """The generation of a workspace's context, and its enabled connectors."""
    generation = await store.contracts.generation(session, workspace)
    settings = [row for row in await store.connectors.listed(session, workspace) if row.enabled]
    seen = ",".join(
        f"{row.name}={row.connector}@{row.updated_at.isoformat()}{row.sealed_secrets[-16:]}" for row in settings
    )
    return f"{generation}|{seen}", settings
