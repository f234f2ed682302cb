"""Contract draft page, for owners: a draft is written with the linter beside it, previewed, tried, replayed, signed.

A draft exists only in the form. Nothing on this page sends anything. Only ``sign`` registers a contract, with the
owner's password.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.contracts
from agent.planning.simulation import Fate
from core import canon
from core.display_text import to_display_text
from core.errors import Finding, InvalidContract, NotCanonical, OpsIQError
from registry.contract import SCHEMA, Contract, parse
from registry.linting import linter
from web.auth import get_container
from web.console.account.login_throttle import own_password
from web.console.contracts import card_preview
from web.console.contracts.card_preview import CardPreview
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, redirect, show
from web.console.runs.simulation import SimulatedRequest, simulate
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Shown
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(include_in_schema=False)

MAX_CHARS: Final = 200_000
STARTER: Final = {
    "schema": SCHEMA,
    "name": "shop.restock",
    "version": 1,
    "title": "Restock an article",
    "description": "Order more of an article.",
    "surfaces": ["admin"],
    "roles": ["owner"],
    "risk": "write",
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "required": ["sku", "amount"],
        "properties": {
            "sku": {"type": "string", "maxLength": 40, "description": "The article's number."},
            "amount": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "How many."},
        },
    },
    "confirmation": {"policy": "always"},
    "preview": "Order {{ params.amount }} of {{ params.sku }}.",
    "examples": ["restock 20 of AB-12"],
    "endpoint": {"url": "https://shop.example/opsiq/restock"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    where: str
    detail: str
    advice: bool


@dataclass(frozen=True, slots=True)
class ReplayedRun:
    run_id: str
    at: datetime
    asked_by: str
    preview: str
    was: Badge
    would_be: Badge
    changed: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class DraftPage(Page):
    """Page of a contract's draft. ``replayed`` is None if no replay was requested. ``changes`` counts the replayed
    calls with a different outcome. ``tried`` is None if no request was tried."""

    template: ClassVar[str] = "draft.html"
    of: str
    raw: str
    good: bool
    faults: tuple[Fault, ...]
    sketch: CardPreview | None
    trouble: str
    replayed: tuple[ReplayedRun, ...] | None
    changes: int
    said: str
    tried: SimulatedRequest | None
    revision: int


@router.get("/draft")
async def show_draft(request: Request, visitor: Owner, of: Annotated[str, Query(max_length=128)] = "") -> Response:
    """Draft page for a new contract, or the next version of one."""
    raw: Any = STARTER
    if of:
        async with get_container(request).database.read() as session:
            versions = await store.contracts.versions(session, visitor.actor.workspace, of)
        if versions:
            raw = json.loads(versions[0].raw) | {"version": versions[0].version + 1}
    return await _draft(request, visitor, json.dumps(raw, indent=2, ensure_ascii=False), of=of)


@router.post("/draft/check")
async def check(request: Request, form: GuardedOwner) -> Response:
    """Lints the draft while it is being written."""
    return await _draft(request, form.member, form.get("raw", limit=MAX_CHARS))


@router.post("/draft/replay")
async def replay(request: Request, form: GuardedOwner) -> Response:
    """Replays past calls under the draft."""
    raw = form.get("raw", limit=MAX_CHARS)
    contract, _ = await _check_draft(request, form.member, raw)
    if contract is None:
        return await _draft(request, form.member, raw, trouble="Fix the draft first: it can't be read.")
    found = await get_container(request).simulations.replay(form.member.actor.workspace, contract)
    replayed = tuple(
        ReplayedRun(
            each.run_id,
            each.at,
            to_display_text(each.asked_by, limit=80),
            each.preview,
            _make_badge(each.was),
            _make_badge(each.would_be),
            each.was != each.would_be,
            to_display_text(each.why),
        )
        for each in found
    )
    return await _draft(request, form.member, raw, replayed=replayed)


def _make_badge(fate: Fate) -> Badge:
    match fate.kind:
        case "allowed":
            return Badge("sent at once", "busy")
        case "blocked":
            return Badge("blocked", "bad")
    if fate.approvals > 1:
        return Badge(f"held for {fate.approvals} people", "wait")
    return Badge("held for a person" if fate.by_person else "held", "wait")


@router.post("/draft")
async def sign(request: Request, form: GuardedOwner) -> Response:
    """Lints once more, signs with the workspace's key, and registers."""
    visitor, raw = form.member, form.get("raw", limit=MAX_CHARS)
    contract, faults = await _check_draft(request, visitor, raw)
    if contract is None or not _is_good(contract, faults):
        return await _draft(request, visitor, raw, trouble="Not signed: fix what the linter names first.")
    trouble = await own_password(request, form)
    if trouble:
        return await _draft(request, visitor, raw, trouble=trouble)
    try:
        async with use_form_once(request, form) as in_transaction:
            (made,) = await get_container(request).contract_admin.register(
                visitor.actor, [json.loads(raw)], in_transaction=in_transaction
            )
    except OpsIQError as error:
        return await _draft(request, visitor, raw, trouble=error.detail)
    if made.secret is None:
        return redirect(f"/contracts/{made.contract.name}")
    page = SecretPage(
        shell=make_shell(request, visitor),
        title="Signed and in force",
        heading="Signed and in force",
        advice="Calls to this address are new here, and are signed with a secret of their own. Give it to whoever "
        "receives them, now: "
        "it is not shown again.",
        lines=(Shown("secret", f"Secret for {made.contract.endpoint.target}", made.secret, True),),
        href=f"/contracts/{made.contract.name}",
        onward="Go to the contract",
    )
    return show(request, page, status=201)


@router.post("/draft/try")
async def try_draft(request: Request, form: GuardedOwner) -> Response:
    """Simulates a request with the draft in place of the contract of the same name. It is resolved and validated, but
    never stored or sent."""
    raw, said = form.get("raw", limit=MAX_CHARS), form.get("text", limit=4000)
    contract, _ = await _check_draft(request, form.member, raw)
    if contract is None:
        return await _draft(request, form.member, raw, said=said, trouble="Fix the draft first: it can't be read.")
    try:
        tried = await simulate(request, form.member, said, contract)
    except OpsIQError as error:
        return await _draft(request, form.member, raw, said=said, trouble=error.detail)
    return await _draft(request, form.member, raw, said=said, tried=tried)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _draft(
    request: Request,
    visitor: Visitor,
    raw: str,
    *,
    of: str = "",
    trouble: str = "",
    replayed: tuple[ReplayedRun, ...] | None = None,
    said: str = "",
    tried: SimulatedRequest | None = None,
) -> Response:
    contract, faults = await _check_draft(request, visitor, raw)
    page = DraftPage(
        shell=make_shell(request, visitor),
        title="Draft of a contract",
        of=of or (contract.name if contract else ""),
        raw=raw,
        good=_is_good(contract, faults),
        faults=faults,
        sketch=card_preview.preview_card(contract),
        trouble=trouble,
        replayed=replayed,
        changes=sum(each.changed for each in replayed or ()),
        said=said,
        tried=tried,
        revision=0,
    )
    return show(request, page, status=422 if trouble else 200)


async def _check_draft(request: Request, visitor: Visitor, raw: str) -> tuple[Contract | None, tuple[Fault, ...]]:
    """The contract if the draft is readable, and all errors and advice about it."""
    try:
        value = canon.loads(raw.encode())
    except NotCanonical as error:
        return None, (Fault("", error.detail, False),)
    except UnicodeEncodeError:
        return None, (Fault("", "This holds half of a character.", False),)
    if not isinstance(value, dict) or "contracts" in value:
        return None, (Fault("", "One contract is written here: a JSON object.", False),)
    known = [each.name for each in (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue]
    found = [_fault(each) for each in linter.lint([value], known=known)]
    try:
        return parse(value), tuple(found)
    except InvalidContract as error:
        return None, tuple(found) or tuple(map(_fault, error.findings))


def _fault(finding: Finding) -> Fault:
    where = finding.pointer.removeprefix("/0") or "/"
    return Fault(where, to_display_text(finding.detail), linter.is_advice(finding))


def _is_good(contract: Contract | None, faults: Sequence[Fault]) -> bool:
    return contract is not None and all(each.advice for each in faults)
