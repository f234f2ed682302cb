"""Contract pages: the contracts that a role may ask for. Owners see every version, its signature and its changes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.accounts.members
import store.contracts
from agent.validate.condition_words import describe_condition
from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import InvalidContract, NotFound
from registry.catalogue import Catalogue
from registry.confirmation import DEFAULT_EXPIRES_S, ConfirmBy, Policy
from registry.contract import Contract, parse
from registry.offers.offer import sort_by_title
from store.contracts import ContractRow
from web.auth import get_container
from web.console import labels
from web.console.account.login_throttle import own_password
from web.console.contracts.suspension import SuspensionNotice, read_notice, summarize
from web.console.first_step import FirstStep, find_first_step
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.pages import Page, Pagination, paginate, redirect, show
from web.console.session import SignedIn, Visitor, make_shell

router = APIRouter(prefix="/contracts", include_in_schema=False)

PAGE: Final = 50
POLICIES: Final[Mapping[Policy, Badge]] = {
    Policy.ALWAYS: Badge("always confirmed", "wait"),
    Policy.WHEN: Badge("confirmed when …", "wait"),
    Policy.ONCE_PER_SESSION: Badge("once a session", "quiet"),
    Policy.NEVER: Badge("never held", "quiet"),
}
CONFIRM_BY: Final[Mapping[ConfirmBy, Badge]] = {
    ConfirmBy.PERSON: Badge("by a person in the console", "wait"),
    ConfirmBy.ANYONE: Badge("also by a key with runs:confirm", "quiet"),
}
STATES: Final = {
    "active": Badge("in force", "good"),
    "retired": Badge("retired", "quiet"),
    "suspended": Badge("suspended", "bad"),
}
_GOOD: Final = Badge("signature good", "good")
_BAD: Final = Badge("can't be used", "bad")


@dataclass(frozen=True, slots=True)
class ContractTableRow:
    name: str
    title: str
    description: str
    version: int
    risk: Badge
    policy: Badge
    roles: str


@dataclass(frozen=True, slots=True)
class BrokenContractRow:
    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ContractsPage(Page):
    """Page of the contracts. ``broken`` are active but unusable, for owners. ``place`` counts what matches ``q``."""

    template: ClassVar[str] = "contracts.html"
    lines: tuple[ContractTableRow, ...]
    broken: tuple[BrokenContractRow, ...]
    suspended: tuple[BrokenContractRow, ...]
    q: str
    place: Pagination
    owner: bool
    first: FirstStep | None


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    label: str
    kind: str
    required: bool
    about: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    state: Badge
    digest: str
    by: str
    at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the diff. ``sign`` is ``+``, ``-`` or a space."""

    sign: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ContractPage(Page):
    """One version of a contract. ``changes`` from the version before it are shown to owners only."""

    template: ClassVar[str] = "contract.html"
    name: str
    heading: str
    description: str
    version: int
    state: Badge
    signature: Badge
    why: str
    risk: Badge
    policy: Badge
    condition: str
    condition_words: str
    approvals: int
    expires_min: int
    roles: tuple[str, ...]
    surfaces: tuple[str, ...]
    url: str
    pinned: str
    idempotent: bool
    undo: str
    examples: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    by: Badge
    digest: str
    raw: str
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    changed_since: int | None
    newest: bool
    active: bool
    owner: bool
    suspended: SuspensionNotice | None
    trouble: str


@router.get("")
async def show_contracts(
    request: Request,
    visitor: SignedIn,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    catalogue = (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue
    owner = visitor.actor.role == OWNER
    wanted = [word for word in q.casefold().split() if word]
    mine = (each for each in catalogue if owner or visitor.actor.role in each.roles)
    fit = sort_by_title(each for each in mine if _fits(each, wanted))
    faults = catalogue.faults.items() if owner and not start else ()
    held: Sequence[ContractRow] = ()
    if owner and not start:
        async with get_container(request).database.read() as session:
            held = await store.contracts.suspended(session, visitor.actor.workspace)
    page = ContractsPage(
        shell=make_shell(request, visitor),
        title="Contracts",
        lines=tuple(_line(each) for each in fit[start : start + PAGE]),
        broken=tuple(
            BrokenContractRow(name, to_display_text(why))
            for name, why in faults
            if all(word in name for word in wanted)
        ),
        suspended=tuple(
            BrokenContractRow(row.name, summarize(row)) for row in held if all(word in row.name for word in wanted)
        ),
        q=q,
        place=paginate(len(fit), start, PAGE),
        owner=owner,
        first=None if len(catalogue) or not owner else find_first_step(catalogue),
    )
    return show(request, page)


@router.get("/{name}")
async def show_contract(
    request: Request, visitor: SignedIn, name: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The newest version, or the given one. People who aren't owners see only what is offered to their role."""
    return await _contract(request, visitor, name, version)


async def _contract(
    request: Request, visitor: Visitor, name: str, version: int | None = None, *, trouble: str = ""
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    catalogue = (await container.contexts.of(workspace)).catalogue
    owner = visitor.actor.role == OWNER
    async with container.database.read() as session:
        rows = await store.contracts.versions(session, workspace, name)
        people = (
            {each.id: each.name for each in await store.accounts.members.listed(session, workspace)} if owner else {}
        )
    if not owner:
        rows = [row for row in rows if _is_offered(catalogue, row, visitor.actor.role)]
    at = next((place for place, row in enumerate(rows) if version in (None, row.version)), None)
    if at is None:
        raise NotFound(f"There is no such contract for you: {name}.")
    row, older = rows[at], rows[at + 1] if at + 1 < len(rows) else None
    raw = _read(row)
    known = catalogue.version(row.name, row.version)
    fault = None if known or row.state != "active" else catalogue.faults.get(row.name, "It is not in force.")
    confirmation = _mapping(raw.get("confirmation"))
    page = ContractPage(
        shell=make_shell(request, visitor),
        title=to_display_text(str(raw.get("title", row.name)), limit=80),
        name=row.name,
        heading=to_display_text(str(raw.get("title", row.name)), limit=200),
        description=to_display_text(str(raw.get("description", ""))),
        version=row.version,
        state=STATES.get(row.state, Badge(row.state, "quiet")),
        signature=_BAD if fault else _GOOD,
        why=to_display_text(fault or ""),
        risk=labels.RISKS.get(raw.get("risk", ""), Badge(str(raw.get("risk", "")), "quiet")),
        policy=POLICIES.get(confirmation.get("policy", ""), POLICIES[Policy.ALWAYS]),
        by=_by(raw),
        condition=to_display_text(str(confirmation.get("condition") or "")),
        condition_words=(describe_condition(known) or "") if known else "",
        approvals=int(confirmation.get("approvals") or 1),
        expires_min=int(confirmation.get("expires_s") or DEFAULT_EXPIRES_S) // 60,
        roles=_words(raw.get("roles")),
        surfaces=_words(raw.get("surfaces")),
        url=to_display_text(_target(_mapping(raw.get("endpoint")))),
        pinned=to_display_text(str(_mapping(raw.get("endpoint")).get("schema_digest", ""))),
        idempotent=bool(raw.get("idempotent")),
        undo=str(raw.get("undo") or ""),
        examples=_words(raw.get("examples")),
        parameters=tuple(_parameters(raw)),
        digest=row.digest,
        raw=to_display_text(json.dumps(raw, indent=2, ensure_ascii=False), limit=200_000) if owner else "",
        versions=tuple(_version(each, people, row) for each in rows) if owner else (),
        changes=tuple(changes(older, row)) if owner and older else (),
        changed_since=older.version if owner and older else None,
        newest=at == 0,
        active=row.state == "active",
        owner=owner,
        suspended=read_notice(row) if owner and row.state == "suspended" else None,
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


@router.post("/{name}/retire")
async def retire(request: Request, form: GuardedOwner, name: str) -> Response:
    await get_container(request).contract_admin.retire(form.member.actor, name)
    return redirect(f"/contracts/{name}")


def _target(endpoint: Mapping[str, Any]) -> str:
    """The target of the contract's calls, in one line."""
    if endpoint.get("type") == "mcp":
        return f"{endpoint.get('tool', '')}, a tool of the MCP server {endpoint.get('connection', '')}"
    said = [str(endpoint[key]) for key in ("method", "tool", "url") if endpoint.get(key)]
    return " ".join(said) + (f" ({endpoint['connection']})" if endpoint.get("connection") else "")


@router.post("/{name}/reinstate")
async def reinstate(request: Request, form: GuardedOwner, name: str) -> Response:
    """Reinstates a suspended contract as it was signed. It needs the owner's password, as signing does."""
    trouble = await own_password(request, form)
    if trouble:
        return await _contract(request, form.member, name, trouble=trouble)
    await get_container(request).contract_admin.reinstate(form.member.actor, name)
    return redirect(f"/contracts/{name}")


def changes(older: ContractRow, newer: ContractRow) -> Sequence[Change]:
    """Unified diff between two versions, with three lines around each change."""
    was, now = (json.dumps(_read(row), indent=2, ensure_ascii=False).splitlines() for row in (older, newer))
    found = difflib.unified_diff(was, now, n=3, lineterm="")
    return [Change(line[0], to_display_text(line[1:], limit=2000)) for line in list(found)[2:]]


def _fits(contract: Contract, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    text = " ".join((contract.name, contract.title, contract.description, *contract.aliases)).casefold()
    return all(word in text for word in wanted)


def _is_offered(catalogue: Catalogue, row: ContractRow, role: str) -> bool:
    offered = catalogue.get(row.name)
    return offered is not None and offered.version == row.version and role in offered.roles


def _line(contract: Contract) -> ContractTableRow:
    return ContractTableRow(
        name=contract.name,
        title=to_display_text(contract.title, limit=200),
        description=to_display_text(labels.describe_beyond(contract.title, contract.description), limit=300),
        version=contract.version,
        risk=labels.RISKS[contract.risk],
        policy=POLICIES[contract.confirmation.policy],
        roles=", ".join(contract.roles),
    )


def _by(raw: Mapping[str, Any]) -> Badge:
    """Who may confirm the contract's calls. An unreadable value counts as the strictest one."""
    try:
        return CONFIRM_BY[parse(raw).confirm_by]
    except InvalidContract:
        return CONFIRM_BY[ConfirmBy.PERSON]


def _version(row: ContractRow, people: Mapping[str, str], shown: ContractRow) -> Version:
    by = to_display_text(people.get(row.registered_by, row.registered_by), limit=80)
    state = STATES.get(row.state, Badge(row.state, "quiet"))
    return Version(row.version, state, row.digest[7:19], by, row.created_at, row.version == shown.version)


def _parameters(raw: Mapping[str, Any]) -> Sequence[Parameter]:
    schema = _mapping(raw.get("parameters"))
    annotations = _mapping(raw.get("annotations"))
    return [
        Parameter(
            name=name,
            label=to_display_text(str(_mapping(annotations.get(name)).get("label", name.replace("_", " ")))),
            kind=to_display_text(_kind(_mapping(each)), limit=200),
            required=name in _words(schema.get("required")),
            about=to_display_text(str(_mapping(each).get("description", ""))),
            meaning=to_display_text(_meaning(_mapping(annotations.get(name)))),
        )
        for name, each in _mapping(schema.get("properties")).items()
    ]


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    limits = [
        f"{before} {f'{schema[key]:,}' if isinstance(schema[key], int) else schema[key]}{after}"
        for key, (before, after) in _LIMITS.items()
        if key in schema and (key, schema[key]) not in _NO_LIMITS
    ]
    kind = str(schema.get("format") or schema.get("type") or "any")
    return ", ".join([_KINDS.get(kind, kind), *limits])


_KINDS: Final[Mapping[str, str]] = {
    "integer": "whole number", "string": "text", "boolean": "yes or no", "date-time": "date and time",
    "any": "anything",
}  # fmt: skip
_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "minimum": ("from", ""),
    "maximum": ("to", ""),
    "minLength": ("at least", " characters"),
    "maxLength": ("at most", " characters"),
}
_NO_LIMITS: Final = (("maximum", 2**53 - 1), ("minLength", 1))
"""Limits that tell a person nothing: the greatest number that JSON carries safely, and non-empty text."""


def _meaning(annotation: Mapping[str, Any]) -> str:
    """The source of a parameter's value, in a sentence."""
    derive = _mapping(annotation.get("derive"))
    if derive:
        field, parameter = (str(derive.get(each)).replace("_", " ") for each in ("field", "parameter"))
        return f"“{field}” of the {parameter.removesuffix(' id')}"
    if annotation.get("record"):
        of = f", of {annotation['of']}" if annotation.get("of") else ""
        only = ", ".join(
            f"{key} {' or '.join(map(str, values))}" for key, values in _mapping(annotation.get("filter")).items()
        )
        return f"{annotation['record']} looked up in live data{of}{f', only {only}' if only else ''}"
    unit = annotation.get("unit")
    return "in minor units of money" if unit == "money_minor" else f"in {unit}".replace("_", " ") if unit else ""


def _read(row: ContractRow) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(row.raw))
    except ValueError:
        return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: Any) -> tuple[str, ...]:
    return tuple(to_display_text(str(each), limit=300) for each in value) if isinstance(value, list | tuple) else ()
