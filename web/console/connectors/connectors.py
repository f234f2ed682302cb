"""Connector pages, for owners: state, safe data, actions, events, errors, and the address for the platform's
webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

import store.events.events
from agent.workspace.connector_status import (
    ActionState,
    ConnectorState,
    ConnectorStatus,
    explain_silence,
    list_connectors,
)
from core.display_text import to_display_text
from core.errors import NotFound
from registry.records import Field, RecordKind
from store.events.events import ReactionRow
from web.api.events.inbound import make_webhook_url
from web.auth import get_container
from web.console.events.event import REACTIONS
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, render, show
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Shown
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(prefix="/connectors", include_in_schema=False)

TROUBLES: Final = 20
STATES: Final[Mapping[ConnectorState, Badge]] = {
    "enabled": Badge("connected", "good"),
    "disabled": Badge("switched off", "wait"),
    "broken": Badge("broken", "bad"),
    "available": Badge("not connected", "quiet"),
}
ACTIONS: Final[Mapping[ActionState, Badge]] = {
    "registered": Badge("registered", "good"),
    "differs": Badge("another is in force", "wait"),
    "proposed": Badge("not registered", "quiet"),
}
ADVICE: Final = (
    "Give both to the platform: it signs its webhooks with the secret (Standard Webhooks). Copy it now: nobody "
    "can see it again. "
    "The secret before it, if there was one, stays good for 24 h."
)


@dataclass(frozen=True, slots=True)
class ConnectorTableRow:
    name: str
    title: str
    state: Badge
    why: str
    reads: str
    does: str
    base_url: str


@dataclass(frozen=True, kw_only=True)
class ConnectorsPage(Page):
    template: ClassVar[str] = "connectors.html"
    lines: tuple[ConnectorTableRow, ...]


@dataclass(frozen=True, slots=True)
class SafeField:
    name: str
    label: str
    type: str
    search: str


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    title: str
    fields: tuple[SafeField, ...]


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    title: str
    version: int
    state: Badge
    href: str


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    name: str
    pattern: str
    priority: int
    blocking: bool


@dataclass(frozen=True, slots=True)
class FailedReactionRow:
    """A reaction of the connector that failed."""

    event_id: str
    subscriber: str
    state: Badge
    error: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ConnectorPage(Page):
    """Page of one connection. ``clashes``: nouns that other connections' kinds also use, each with the full names that
    it may mean."""

    template: ClassVar[str] = "connector.html"
    name: str
    state: Badge
    configured: bool
    why: str
    faults: tuple[str, ...]
    clashes: tuple[tuple[str, str], ...]
    version: str
    base_url: str
    changed_at: datetime | None
    identities: str
    inbound: str
    kinds: tuple[Kind, ...]
    actions: tuple[Action, ...]
    does: str
    unsigned: int
    hears: tuple[SubscriptionRow, ...]
    troubles: tuple[FailedReactionRow, ...]
    asked: bool
    silence: str
    """Why the platform does not answer, if it was ``asked``. Empty if it does."""


@router.get("")
async def show_connectors(request: Request, visitor: Owner) -> Response:
    container = get_container(request)
    found = await list_connectors(container.database, container.contexts, visitor.actor.workspace)
    page = ConnectorsPage(shell=make_shell(request, visitor), title="Connectors", lines=tuple(map(_line, found)))
    return show(request, page)


@router.get("/{connector}")
async def show_connector(request: Request, visitor: Owner, connector: str) -> Response:
    return show(request, await _make_page(request, visitor, connector))


@router.get("/{connector}/check")
async def check_connector(request: Request, visitor: Owner, connector: str) -> Response:
    """The connector's page, after its platform was asked whether it answers. The page without that loads it into
    itself."""
    contexts = get_container(request).contexts
    silence = await explain_silence(contexts, visitor.actor.workspace, connector)
    page = await _make_page(request, visitor, connector)
    return render(replace(page, asked=True, silence=to_display_text(silence, limit=600)))


async def _make_page(request: Request, visitor: Visitor, connector: str) -> ConnectorPage:
    container, workspace = get_container(request), visitor.actor.workspace
    found = {each.name: each for each in await list_connectors(container.database, container.contexts, workspace)}.get(
        connector
    )
    if found is None:
        raise NotFound("There is no such connector here.")
    async with container.database.read() as session:
        troubled = await store.events.events.failed_reactions(
            session, workspace, of=f"connector:{connector}:", limit=TROUBLES
        )
    configured = found.state in ("enabled", "disabled")
    return ConnectorPage(
        shell=make_shell(request, visitor),
        title=to_display_text(found.title, limit=80),
        name=found.name,
        state=STATES[found.state],
        configured=configured,
        why=to_display_text(found.why, limit=600),
        faults=found.faults,
        clashes=tuple(
            (to_display_text(noun, limit=80), " or ".join(kinds)) for noun, kinds in sorted(found.clashes.items())
        ),
        version=to_display_text(found.version, limit=40),
        base_url=to_display_text(found.base_url, limit=2000),
        changed_at=found.changed_at,
        identities=", ".join(to_display_text(each, limit=80) for each in found.identities),
        inbound=make_webhook_url(request, workspace, found.name) if found.takes_webhooks else "",
        kinds=tuple(map(_kind, found.kinds)),
        actions=tuple(
            Action(
                each.name,
                to_display_text(each.title, limit=200),
                each.version,
                ACTIONS[each.state],
                "" if each.state == "proposed" else f"/contracts/{each.name}",
            )
            for each in found.actions
        ),
        does=_count_registered(found),
        unsigned=sum(each.state == "proposed" for each in found.actions),
        hears=tuple(
            SubscriptionRow(to_display_text(each.name, limit=80), each.pattern, each.priority, each.blocking)
            for each in found.subscribers
        ),
        troubles=tuple(map(_trouble, troubled)),
        asked=False,
        silence="",
    )


@router.post("/{connector}/webhook-secret")
async def share_secret(request: Request, form: GuardedOwner, connector: str) -> Response:
    visitor, container = form.member, get_container(request)
    async with use_form_once(request, form) as in_transaction:
        made = await container.events.inbox.share_secret(visitor.actor, connector, in_transaction=in_transaction)
    page = SecretPage(
        shell=make_shell(request, visitor),
        title="A secret to share",
        heading="A secret to share with the platform",
        advice=ADVICE,
        lines=(
            Shown("inbound", "Address", make_webhook_url(request, visitor.actor.workspace, connector), False),
            Shown("secret", "Secret", made.secret, True),
        ),
        href=f"/connectors/{connector}",
        onward="Go to the connector",
    )
    return show(request, page, status=201)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(each: ConnectorStatus) -> ConnectorTableRow:
    return ConnectorTableRow(
        name=each.name,
        title=to_display_text(each.title, limit=80),
        state=STATES[each.state],
        why=to_display_text(each.why, limit=300),
        reads=", ".join(kind.title for kind in each.kinds),
        does=_count_registered(each),
        base_url=to_display_text(each.base_url, limit=200),
    )


def _count_registered(each: ConnectorStatus) -> str:
    registered = sum(action.state != "proposed" for action in each.actions)
    return f"{registered} of {len(each.actions)} registered" if each.actions else ""


_TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "whole number",
    "datetime": "date and time",
    "money_minor": "money, in minor units",
}


def _kind(kind: RecordKind) -> Kind:
    return Kind(kind.name, kind.title, tuple(map(_field, kind.fields)))


def _field(field: Field) -> SafeField:
    kind = f"one of {', '.join(field.values)}" if field.values else _TYPES.get(field.type, field.type.replace("_", " "))
    return SafeField(field.name, field.label or field.name, kind, f"by {field.search}" if field.search else "")


def _trouble(row: ReactionRow) -> FailedReactionRow:
    return FailedReactionRow(
        row.event_id,
        to_display_text(row.subscriber.split(":", 2)[-1], limit=80),
        REACTIONS[row.state],
        to_display_text(row.error, limit=600),
        row.finished_at or row.started_at,
    )
