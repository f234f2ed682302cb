"""Connect page, for owners: enter a platform's address and secrets, then review and sign the contracts that its
connector proposes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from agent.workspace.connection_setup import connect as connect_platform
from agent.workspace.connector_status import ConnectorStatus, list_connectors
from core.display_text import to_display_text
from core.errors import Conflict, ConnectorBroken, InvalidContract, InvalidInput, NotFound
from core.webhook_signature import make_secret
from registry.connection_contracts import list_differences
from registry.contract import Contract
from web.auth import get_container
from web.console import labels
from web.console.account.login_throttle import own_password
from web.console.contracts.contracts import POLICIES
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.pages import Page, redirect, show
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Shown
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(prefix="/connectors", include_in_schema=False)

_ADVICE: Final = (
    "Give it to the platform: every action call to it is signed with this secret (Standard Webhooks), and the "
    "platform checks it. "
    "Copy it now: nobody can see it again."
)


@dataclass(frozen=True, slots=True)
class OptionField:
    """An option that the connector asks for besides address and secrets."""

    name: str
    label: str
    example: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ConnectPage(Page):
    """Page that connects a platform. ``again``: it is already connected, and the new values replace the old ones.
    ``signed``: its action calls are signed with a secret instead of carrying the token."""

    template: ClassVar[str] = "connect.html"
    name: str
    heading: str
    again: bool
    base_url: str
    trouble: str
    options: tuple[OptionField, ...]
    signed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a contract that a new version changes."""

    pointer: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Summary of a contract for its owner to sign. ``raw`` is its exact text. ``changes`` are the differences from the
    version in force, if there is one."""

    name: str
    title: str
    description: str
    risk: Badge
    policy: Badge
    roles: str
    url: str
    raw: str
    ticked: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProposedPage(Page):
    """Page of the contracts that a connector proposes. ``proposals`` are new or differ from the version in force.
    ``others`` counts those that are in force unchanged, ``nobodys`` those that name no role: signed as they are, nobody
    could ask for them, so they are not ticked at first."""

    template: ClassVar[str] = "proposed.html"
    name: str
    heading: str
    configured: bool
    proposals: tuple[Proposal, ...]
    others: int
    nobodys: int
    trouble: str
    findings: tuple[str, ...]


@router.get("/{connector}/connect")
async def connect_page(request: Request, visitor: Owner, connector: str) -> Response:
    return await _connect(request, visitor, connector)


@router.post("/{connector}/connect")
async def connect(request: Request, form: GuardedOwner, connector: str) -> Response:
    """Connects a platform. If the form has no secret for action calls, a new one is generated and shown only once."""
    visitor, container = form.member, get_container(request)
    base_url = form.get("base_url", limit=2000).strip().rstrip("/")
    token, given = form.get("read_token", limit=4000).strip(), form.get("action_secret", limit=400).strip()
    of = (await _status(request, visitor, connector)).connector
    options = {name: form.get(f"option_{name}", limit=200).strip() for name in container.contexts.list_options(of)}
    trouble = _address_fault(base_url) or await own_password(request, form)
    signed = not container.contexts.calls_through_connection(of)
    secret = given or (make_secret() if signed else "")
    if not trouble:
        secrets = {"action_secret": secret} if secret else {}
        try:
            await connect_platform(
                container.workspace_admin,
                container.vault,
                visitor.actor,
                of,
                name=connector,
                base_url=base_url,
                options={name: value for name, value in options.items() if value},
                token=token,
                secrets=secrets,
            )
        except (ConnectorBroken, InvalidInput, Conflict) as error:
            trouble = error.detail
    if trouble:
        return await _connect(request, visitor, connector, base_url, trouble, options)
    if given or not signed:
        return redirect(f"/connectors/{connector}/contracts")
    page = SecretPage(
        shell=make_shell(request, visitor),
        title="The platform is connected",
        heading="The platform is connected",
        advice=_ADVICE,
        lines=(Shown("secret", "Secret of action calls", secret, True),),
        href=f"/connectors/{connector}/contracts",
        onward="See the actions it proposes",
    )
    return show(request, page, status=201)


@router.get("/{connector}/contracts")
async def show_proposed(request: Request, visitor: Owner, connector: str) -> Response:
    return await _show_proposed(request, visitor, connector)


@router.post("/{connector}/contracts")
async def sign(request: Request, form: GuardedOwner, connector: str) -> Response:
    """Signs the ticked contracts, all of them or none. If the same form is sent twice, they are already registered, and
    nothing changes."""
    visitor, container = form.member, get_container(request)
    await _find_named(request, visitor, connector)
    ticked = set(form.every("contract"))
    trouble = "" if ticked else "Tick what is to be signed."
    trouble = trouble or await own_password(request, form)
    if trouble:
        return await _show_proposed(request, visitor, connector, ticked, trouble)
    wanted = [each for each in await container.contract_admin.propose(visitor.actor, connector) if each.name in ticked]
    try:
        await container.contract_admin.register(visitor.actor, wanted)
    except InvalidContract as error:
        findings = tuple(f"{each.pointer}: {each.detail}" for each in error.findings)
        return await _show_proposed(request, visitor, connector, ticked, error.detail, findings)
    return redirect(f"/connectors/{connector}")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _address_fault(url: str) -> str:
    """What is wrong with an address. Other errors are found at the first request to it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "This is no address."
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not url.isprintable()
        or parts.query
        or parts.fragment
    ):
        return "Give the platform's address, such as https://shop.example, without a question mark or a #."
    return (
        ""
        if parts.username is None and parts.password is None
        else "A secret has no place in an address: give it below."
    )


async def _status(request: Request, visitor: Visitor, connector: str) -> ConnectorStatus:
    """The connector's status. Raises NotFound."""
    container = get_container(request)
    for each in await list_connectors(container.database, container.contexts, visitor.actor.workspace):
        if each.name == connector:
            return each
    raise NotFound("There is no such connector here.")


async def _find_named(request: Request, visitor: Visitor, connector: str) -> tuple[str, bool, str]:
    """Title, whether it is configured, and address. Raises NotFound."""
    each = await _status(request, visitor, connector)
    shown = to_display_text(each.base_url, limit=2000)
    return to_display_text(each.title, limit=80), each.changed_at is not None, shown


async def _connect(
    request: Request,
    visitor: Visitor,
    connector: str,
    base_url: str = "",
    trouble: str = "",
    given: Mapping[str, str] | None = None,
) -> Response:
    heading, again, there = await _find_named(request, visitor, connector)
    status, contexts = await _status(request, visitor, connector), get_container(request).contexts
    options = tuple(
        OptionField(
            name,
            to_display_text(each.label, limit=100),
            to_display_text(each.example, limit=100),
            to_display_text((given or status.options).get(name) or each.default or "", limit=200),
        )
        for name, each in contexts.list_options(status.connector).items()
    )
    page = ConnectPage(
        shell=make_shell(request, visitor),
        title=f"Connect {heading}",
        name=connector,
        heading=heading,
        again=again,
        base_url=to_display_text(base_url, limit=2000) or there,
        trouble=trouble,
        options=options,
        signed=not contexts.calls_through_connection(status.connector),
    )
    return show(request, page, status=422 if trouble else 200)


async def _show_proposed(
    request: Request,
    visitor: Visitor,
    connector: str,
    ticked: set[str] | None = None,
    trouble: str = "",
    findings: tuple[str, ...] = (),
) -> Response:
    container = get_container(request)
    heading, configured, _ = await _find_named(request, visitor, connector)
    every = await container.contract_admin.propose(visitor.actor, connector)
    catalogue = (await container.contexts.of(visitor.actor.workspace)).catalogue
    fresh = [each for each in every if catalogue.get(each.name) is not each]
    # Contracts that were left unticked when others were signed are offered below, and not ticked.
    again = [each.name for each in fresh if catalogue.get(each.name) is not None]
    signed = len(every) > len(fresh) or again
    chosen = ticked if ticked is not None else set(again if signed else [each.name for each in fresh if each.roles])
    page = ProposedPage(
        shell=make_shell(request, visitor),
        title=f"Actions proposed by {heading}",
        name=connector,
        heading=heading,
        configured=configured,
        proposals=tuple(
            _proposal(each, each.name in chosen, catalogue.get(each.name))
            for each in sorted(fresh, key=lambda each: each.name not in chosen)
        ),
        others=len(every) - len(fresh),
        nobodys=sum(not each.roles for each in fresh),
        trouble=trouble,
        findings=findings,
    )
    return show(request, page, status=422 if trouble else 200)


def _proposal(contract: Contract, ticked: bool, current: Contract | None) -> Proposal:
    raw = json.dumps(json.loads(contract.canonical), ensure_ascii=False, indent=2)
    return Proposal(
        name=contract.name,
        title=to_display_text(contract.title, limit=200),
        description=to_display_text(labels.describe_beyond(contract.title, contract.description), limit=600),
        risk=labels.RISKS[contract.risk],
        policy=POLICIES[contract.confirmation.policy],
        roles=", ".join(contract.roles),
        url=to_display_text(contract.endpoint.target, limit=600),
        raw=to_display_text(raw, lines=True, limit=100_000),
        ticked=ticked,
        changes=tuple(
            Change(each.pointer, _write_value(each.before), _write_value(each.after))
            for each in list_differences(current, contract)
        )
        if current is not None
        else (),
    )


def _write_value(value: Any) -> str:
    """A value as JSON, or nothing for no value."""
    return "" if value is None else to_display_text(json.dumps(value, ensure_ascii=False), limit=400)
