"""Connector status for people: what each connector reads, does and listens to, and why a broken one fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeVar

import store.connectors
from agent.workspace.context import WorkspaceContext, WorkspaceContexts, make_title, read_options
from core.errors import NotFound, PlatformUnavailable
from registry.connection_contracts import bind_contract, make_successor
from registry.connector import Connector
from registry.contract import Contract
from registry.records import Query, RecordKind
from store.connectors import ConnectorRow
from store.database import Database

log = logging.getLogger(__name__)

ConnectorState = Literal["enabled", "disabled", "broken", "available"]
ActionState = Literal["registered", "differs", "proposed"]
T = TypeVar("T")
_FAILED: Final = "it failed while it was asked what it {}"


@dataclass(frozen=True, slots=True)
class ProposedAction:
    """A contract that the connector proposes. The state ``differs`` means that another version is in force."""

    name: str
    title: str
    version: int
    state: ActionState


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """An event subscription of the connector."""

    name: str
    pattern: str
    priority: int
    blocking: bool


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    """Status of one connection, or of a connector without a connection (``available``). ``connector`` is the
    connector's name. ``why`` says what is wrong if the state is ``broken``. ``faults`` are what the connector failed to
    say of itself. ``clashes`` maps each noun that another connection uses too to the full names of the other kinds."""

    name: str
    title: str
    state: ConnectorState
    why: str
    base_url: str
    changed_at: datetime | None
    kinds: tuple[RecordKind, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    subscribers: tuple[EventSubscription, ...] = ()
    identities: tuple[str, ...] = ()
    takes_webhooks: bool = False
    faults: tuple[str, ...] = ()
    connector: str = ""
    version: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    clashes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def list_connectors(database: Database, contexts: WorkspaceContexts, workspace: str) -> list[ConnectorStatus]:
    """Every connection of this workspace, and every connector without a connection, sorted by name."""
    context = await contexts.of(workspace)
    async with database.read() as session:
        rows = {row.name: row for row in await store.connectors.listed(session, workspace)}
    working = {each.connection: each for each in context.connectors}
    broken = {each.name: each.why for each in context.broken}
    titles, used = contexts.discovered, {row.of for row in rows.values()}
    made = []
    for name in sorted({*rows, *working, *broken, *(each for each in titles if each not in used)}):
        row = rows.get(name)
        title = make_title(titles.get(row.of, row.of), row) if row is not None else titles.get(name, name)
        made.append(_describe_connector(name, title, row, broken.get(name), working.get(name), context))
    return made


async def explain_silence(contexts: WorkspaceContexts, workspace: str, name: str) -> str:
    """Health check: asks the connection's platform for one record, and says why it doesn't answer. Empty if it does.
    Raises NotFound if the connection reads no records, so that nothing can be asked."""
    found = next((each for each in (await contexts.of(workspace)).connectors if each.connection == name), None)
    provider = next(iter(found.context_providers()), None) if found is not None else None
    if provider is None:
        raise NotFound("This connection reads no records, so it can't be asked whether it answers.")
    try:
        await provider.search(Query(provider.kinds()[0].name, limit=1))
    except PlatformUnavailable as error:
        return error.detail
    except Exception:  # third-party code
        log.exception("connector %s failed when it was asked for a record", name)
        return "Its connector failed when it was asked for a record. The server's log says why."
    return ""


def _describe_connector(
    name: str,
    title: str,
    row: ConnectorRow | None,
    why: str | None,
    working: Connector | None,
    context: WorkspaceContext,
) -> ConnectorStatus:
    state: ConnectorState = (
        "broken" if why is not None else "available" if row is None else "enabled" if row.enabled else "disabled"
    )
    base_url, changed_at = (row.base_url, row.updated_at) if row else ("", None)
    of, options = (row.of, read_options(row)) if row else (name, {})
    if working is None:
        return ConnectorStatus(name, title, state, why or "", base_url, changed_at, connector=of, options=options)
    faults: list[str] = []

    def told(what: str, ask: Callable[[], Sequence[T]]) -> Sequence[T]:
        """Calls third-party code. Any failure becomes a fault of this connector alone."""
        try:
            return tuple(ask())
        except Exception:
            log.exception("connector %s failed to say what it %s", name, what)
            faults.append(_FAILED.format(what))
            return ()

    providers = told("reads", working.context_providers)
    kinds = told("reads", lambda: [kind for provider in providers for kind in provider.kinds()])
    contracts = told("does", lambda: [bind_contract(each, working.name, name) for each in working.register_actions()])
    subscribers = told("hears", working.subscribers)
    identities = told("vouches for", working.identity_providers)

    def state_of(contract: Contract) -> ActionState:
        there = context.catalogue.get(contract.name)
        return "proposed" if there is None else "registered" if make_successor(contract, there) is there else "differs"

    clashes = {
        noun: tuple(each for each in held if context.kinds.place(each).name != name)
        for noun, held in context.kinds.clashes().items()
        if any(context.kinds.place(each).name == name for each in held)
    }

    return ConnectorStatus(
        name=name,
        title=title,
        state=state,
        why=why or "",
        base_url=base_url,
        changed_at=changed_at,
        kinds=tuple(kinds),
        actions=tuple(ProposedAction(each.name, each.title, each.version, state_of(each)) for each in contracts),
        subscribers=tuple(
            EventSubscription(each.name, each.pattern, each.priority, each.blocking) for each in subscribers
        ),
        identities=tuple(each.name for each in identities),
        takes_webhooks=working.takes_webhooks(),
        faults=tuple(dict.fromkeys(faults)),
        connector=of,
        version=working.version,
        options=options,
        clashes=clashes,
    )
