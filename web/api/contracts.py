"""Contracts over REST: which ones a key may run. Owners also list, register and retire them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

import store.contracts
from agent.workspace.contract_admin import Registered
from core.actor import OWNER
from core.errors import InvalidContract, NotFound
from registry.catalogue import Catalogue
from registry.contract import MAX_VERSION, Contract, parse
from registry.linting import linter
from store.contracts import ContractRow
from web.api.body import Body, Id, parse_body
from web.api.view import LATER, Moment, View
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_act, describe_body, describe_problems

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])
Reads = Annotated[Caller, Depends(require_signature("contracts:read"))]
Writes = Annotated[Caller, Depends(require_signature("contracts:write", owner=True))]
MAX_CONTRACTS = 500
_ABSENT = "There is no contract {} in this workspace."


class SignatureView(View):
    """Result of verifying a signature. A contract with ``verified`` false is never offered, chosen or run. ``why``
    names the failed check."""

    verified: bool
    why: str | None


class ContractSummary(View):
    name: str
    version: int
    digest: str
    title: str
    description: str
    risk: str
    policy: str
    confirm_by: Annotated[str, Field(json_schema_extra=LATER)] = ""
    roles: tuple[str, ...]
    surfaces: tuple[str, ...]
    signature: SignatureView


class ContractList(View):
    data: Sequence[ContractSummary]


class ContractView(View):
    """A version of a contract. ``contract`` is the signed declaration. ``jws`` is its detached signature (RFC 7515),
    null for readers who aren't owners."""

    name: str
    version: int
    digest: str
    state: str
    signature: SignatureView
    contract: dict[str, Any]
    jws: str | None


class VersionView(View):
    version: int
    digest: str
    state: str
    registered_by: str
    created_at: Moment
    changed_at: Moment


class VersionList(View):
    data: Sequence[VersionView]


class RegisteredView(View):
    """A registered version. ``fresh`` is false if this exact version was in force before. ``secret`` is new, for the
    endpoint's origin: it signs the calls to that origin and is shown only once."""

    name: str
    version: int
    digest: str
    fresh: bool
    secret: str | None


class RegisteredList(View):
    data: Sequence[RegisteredView]


class RetiredView(View):
    name: str
    version: int
    state: str


class UpstreamList(View):
    """The signed declarations of contracts that were drafted from another system's document."""

    data: Sequence[dict[str, Any]]


class SuspendedView(View):
    """A suspended version. ``state`` is ``suspended``: it is neither offered nor sent until an owner has reviewed it in
    the console."""

    name: str
    version: int
    state: str


class UpstreamChange(Body):
    """A change in the other system, as ``opsiq import diff`` reports it. ``document`` is the digest of the newer
    document. After an owner reinstates the contract, the same document can't suspend it again."""

    operation: Annotated[str, Field(max_length=300)]
    change: Literal["removed", "incompatible", "compatible"]
    details: Annotated[tuple[Annotated[str, Field(max_length=1000)], ...], Field(max_length=200)] = ()
    document: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None


class SuspendBody(Body):
    version: Annotated[int, Field(ge=1, le=MAX_VERSION)]
    reason: UpstreamChange


class RegisterBody(Body):
    contracts: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_CONTRACTS)]


_EXAMPLE = {
    "contracts": [
        {
            "schema": "opsiq/contract/v1",
            "name": "shop.restock",
            "title": "Restock an article",
            "description": "Order more of an article.",
            "surfaces": ["admin"],
            "roles": ["owner"],
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["sku"],
                "properties": {"sku": {"type": "string", "maxLength": 40, "description": "The article."}},
            },
            "endpoint": {"url": "https://shop.example/opsiq/restock"},
        }
    ]
}


@router.get("", response_model=ContractList)
async def listed(request: Request, caller: Reads) -> ContractList:
    """Contracts that this key's role may run on any surface. Owners get every active contract, including those whose
    signature doesn't verify."""
    container, workspace = get_container(request), caller.actor.workspace
    catalogue = (await container.contexts.of(workspace)).catalogue
    if caller.actor.role != OWNER:
        offered = (each for each in catalogue if caller.actor.role in each.roles and each.surfaces)
        return ContractList(data=tuple(_summary(each, None) for each in offered))
    async with container.database.read() as session:
        rows = await store.contracts.active(session, workspace)
    return ContractList(data=tuple(_row_summary(row, _fault(catalogue, row)) for row in rows))


@router.get("/upstreams", response_model=UpstreamList)
async def upstreams(
    request: Request, caller: Annotated[Caller, Depends(require_signature("contracts:read", owner=True))]
) -> UpstreamList:
    """Every contract in force that pins an operation of another system's document, to be compared with a newer
    document."""
    catalogue = (await get_container(request).contexts.of(caller.actor.workspace)).catalogue
    pinned = (each for each in catalogue if each.upstream is not None)
    return UpstreamList(data=tuple(json.loads(each.canonical) for each in pinned))


@router.get("/{name}", response_model=ContractView, responses=describe_problems("404"))
async def get(request: Request, caller: Reads, name: Id) -> ContractView:
    """One contract as it is offered. Owners get the newest version, whatever its state."""
    container = get_container(request)
    catalogue = (await container.contexts.of(caller.actor.workspace)).catalogue
    row = (await _rows(request, caller, catalogue, name))[0]
    return ContractView(
        name=row.name,
        version=row.version,
        digest=row.digest,
        state=row.state,
        signature=_signature(_fault(catalogue, row)),
        contract=_read(row),
        jws=row.signature if caller.actor.role == OWNER else None,
    )


@router.get("/{name}/versions", response_model=VersionList, responses=describe_problems("404"))
async def versions(request: Request, caller: Reads, name: Id) -> VersionList:
    """Every version ever registered, newest first. Callers who aren't owners get only the offered one."""
    catalogue = (await get_container(request).contexts.of(caller.actor.workspace)).catalogue
    rows = await _rows(request, caller, catalogue, name)
    return VersionList(
        data=tuple(
            VersionView(
                version=row.version,
                digest=row.digest,
                state=row.state,
                registered_by=row.registered_by,
                created_at=row.created_at.isoformat(),
                changed_at=row.changed_at.isoformat(),
            )
            for row in rows
        )
    )


@router.post(
    "",
    status_code=201,
    response_model=RegisteredList,
    responses=describe_problems("409", "422"),
    openapi_extra=describe_body(RegisterBody, _EXAMPLE, shows_secret=True),
)
async def register(request: Request, caller: Writes) -> Response:
    """Lints, signs and registers contracts: all of them or none. Errors point to their place in the body."""
    body = parse_body(RegisterBody, caller)
    container = get_container(request)
    known = [each.name for each in (await container.contexts.of(caller.actor.workspace)).catalogue]
    # A hundred large contracts take a second of CPU. A thread keeps the server responsive.
    findings = await asyncio.to_thread(linter.lint, {"contracts": body.contracts}, known=known)
    if faults := [each for each in findings if not linter.is_advice(each)]:
        raise InvalidContract("Not registered: mend these first.", findings=faults)
    return await act_once(
        request,
        caller,
        lambda in_transaction: container.contract_admin.register(
            caller.actor, body.contracts, in_transaction=in_transaction
        ),
        _to_registered_view,
        status=201,
        shows_secret=True,
    )


@router.delete("/{name}", response_model=RetiredView, responses=describe_problems("404"), openapi_extra=describe_act())
async def retire(request: Request, caller: Writes, name: Id) -> Response:
    """Retires a contract: it is no longer offered, and cards that use it can't be confirmed any more."""
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).contract_admin.retire(
            caller.actor, name, in_transaction=in_transaction
        ),
        _to_retired_view,
        check=lambda: _find_versions(request, caller, name),
    )


@router.post(
    "/{name}/suspend",
    response_model=SuspendedView,
    responses=describe_problems("404", "422"),
    openapi_extra=describe_body(
        SuspendBody, {"version": 1, "reason": {"operation": "POST /orders", "change": "removed", "details": []}}
    ),
)
async def suspend(request: Request, caller: Writes, name: Id) -> Response:
    """Suspends a contract because its operation in the other system changed. It is neither offered nor sent until an
    owner has reviewed the change."""
    body = parse_body(SuspendBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).contract_admin.suspend(
            caller.actor, name, body.version, body.reason.model_dump(exclude_none=True), in_transaction=in_transaction
        ),
        _to_suspended_view,
        check=lambda: _find_versions(request, caller, name),
    )


async def _find_versions(request: Request, caller: Caller, name: str) -> Sequence[ContractRow]:
    """The versions of a contract that this caller may see. Raises NotFound."""
    async with get_container(request).database.read() as session:
        rows = await store.contracts.versions(session, caller.actor.workspace, name)
    if not rows:
        raise NotFound(_ABSENT.format(name))
    return rows


async def _rows(request: Request, caller: Caller, catalogue: Catalogue, name: str) -> Sequence[ContractRow]:
    """The versions that this caller may see, newest first. Raises NotFound."""
    async with get_container(request).database.read() as session:
        rows = await store.contracts.versions(session, caller.actor.workspace, name)
    if caller.actor.role != OWNER:
        offered = catalogue.get(name)
        may = offered is not None and caller.actor.role in offered.roles and offered.surfaces
        rows = [row for row in rows if may and offered is not None and row.version == offered.version]
    if not rows:
        raise NotFound(_ABSENT.format(name))
    return rows


def _to_registered_view(made: Sequence[Registered]) -> dict[str, Any]:
    return RegisteredList(
        data=tuple(
            RegisteredView(
                name=each.contract.name,
                version=each.contract.version,
                digest=each.contract.digest,
                fresh=each.fresh,
                secret=each.secret,
            )
            for each in made
        )
    ).json_value()


def _to_suspended_view(row: ContractRow) -> dict[str, Any]:
    return SuspendedView(name=row.name, version=row.version, state=row.state).json_value()


def _to_retired_view(row: ContractRow) -> dict[str, Any]:
    return RetiredView(name=row.name, version=row.version, state=row.state).json_value()


def _fault(catalogue: Catalogue, row: ContractRow) -> str | None:
    return None if row.state != "active" or catalogue.version(row.name, row.version) else catalogue.faults.get(row.name)


def _signature(why: str | None) -> SignatureView:
    return SignatureView(verified=why is None, why=why)


def _summary(contract: Contract, why: str | None) -> ContractSummary:
    return ContractSummary(
        name=contract.name,
        version=contract.version,
        digest=contract.digest,
        title=contract.title,
        description=contract.description,
        risk=contract.risk.value,
        policy=contract.confirmation.policy.value,
        confirm_by=contract.confirm_by.value,
        roles=contract.roles,
        surfaces=contract.surfaces,
        signature=_signature(why),
    )


def _row_summary(row: ContractRow, why: str | None) -> ContractSummary:
    """The summary from the stored bytes, which owners see even if they don't verify."""
    raw = _read(row)
    confirmation = raw.get("confirmation")
    return ContractSummary(
        name=row.name,
        version=row.version,
        digest=row.digest,
        title=str(raw.get("title", "")),
        description=str(raw.get("description", "")),
        risk=str(raw.get("risk", "")),
        policy=str(confirmation.get("policy", "") if isinstance(confirmation, Mapping) else ""),
        confirm_by=_confirm_by(raw),
        roles=_words(raw.get("roles")),
        surfaces=_words(raw.get("surfaces")),
        signature=_signature(why),
    )


def _read(row: ContractRow) -> dict[str, Any]:
    try:
        value = json.loads(row.raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _confirm_by(raw: Mapping[str, Any]) -> str:
    try:
        return parse(raw).confirm_by.value
    except InvalidContract:
        return ""


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
