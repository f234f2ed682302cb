"""Import review, for owners: decide for the picked drafts who may run them, how risky they are and which records they
name. Their cards are previewed. Then they are signed, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

import store.accounts.members
import store.contracts
from agent.workspace.roles import list_assignable_roles
from core.actor import EVALUATOR
from core.display_text import to_display_text
from core.errors import Conflict, Finding, InvalidContract, InvalidInput, OpsIQError
from registry.contract import Contract, parse
from registry.importing.drafts.money import list_unsaid_money
from registry.linting import linter
from web.auth import get_container
from web.console.account.login_throttle import own_password
from web.console.contracts.card_preview import CardPreview, preview_card
from web.console.forms import Form, FormOption, guard
from web.console.imports.import_state import MAX_SEALED_CHARS, DraftedOperation, ImportState
from web.console.imports.imports import show_picks
from web.console.imports.review_form import (
    DecidedDrafts,
    decide,
    explain_miscount,
    explain_move,
    find_missing,
    read_picked,
)
from web.console.imports.target import is_elsewhere
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, redirect, show
from web.console.session import make_shell, require_owner

router = APIRouter(prefix="/import", include_in_schema=False)

MAX_FIELDS: Final = 20_000
LargeForm = Annotated[Form, Depends(guard(require_owner, max_fields=MAX_FIELDS, most_chars=MAX_SEALED_CHARS + 100))]
RISKS: Final = (("read", "reads only"), ("write", "changes data"), ("irreversible", "can't be undone"))
_ASKED: Final = frozenset({"warn_no_roles", "warn_no_examples"})
"""Advice that this page itself asks for, or that no document can answer."""
UNITS: Final = (("", "is no money"), ("money", "in whole units (12.50)"), ("money_minor", "in cents (1250)"))
POLICIES: Final = (("always", "always confirmed"), ("once_per_session", "once a session"), ("never", "never held"))


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """Row of a parameter under review. ``records`` are the kinds that it may name, and the first one is none.
    ``guessed``: the importer chose it. ``units`` are offered for money whose
    currency nothing says, and ``currency`` is what was typed."""

    name: str
    about: str
    required: bool
    records: tuple[FormOption, ...]
    guessed: bool
    omitted: bool
    needed: bool
    choices: str
    units: tuple[FormOption, ...] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    where: str
    detail: str
    advice: bool


@dataclass(frozen=True, slots=True)
class ReviewedDraft:
    """One picked draft with the decisions about it. ``version`` is above 1 if a contract of its name is in force."""

    number: int
    operation: str
    name: str
    version: int
    title: str
    risks: tuple[FormOption, ...]
    policies: tuple[FormOption, ...]
    roles: str
    parameters: tuple[ParameterRow, ...]
    notes: tuple[str, ...]
    findings: tuple[FindingRow, ...]
    sketch: CardPreview | None


@dataclass(frozen=True, kw_only=True)
class ReviewPage(Page):
    """Page of the review. ``wrong`` counts the drafts that can't be signed yet. ``address`` is the document's address
    for calls. ``unplaced``: no connection is chosen. ``elsewhere`` is the chosen one if it is at another address."""

    template: ClassVar[str] = "import_review.html"
    document: str
    sealed: str
    connections: tuple[FormOption, ...]
    address: str
    unplaced: bool
    elsewhere: str
    roles: tuple[FormOption, ...]
    omit: str
    drafts: tuple[ReviewedDraft, ...]
    wrong: int
    trouble: str


@router.post("/review")
async def review(request: Request, form: LargeForm) -> Response:
    """Shows the picked drafts with their questions, and after the answers their cards."""
    state, numbers = await read_picked(request, form)
    back = form.get("do", limit=20) == "pick"
    trouble = "" if back else explain_miscount(numbers)
    if back or trouble:
        return await show_picks(request, form.member, state, form.fields.get("sealed", ""), numbers, trouble)
    try:
        return await _review(request, form, await decide(request, form, state, numbers))
    except InvalidInput as error:
        return await show_picks(
            request, form.member, state, form.fields.get("sealed", ""), numbers, to_display_text(error.detail)
        )


@router.post("/sign")
async def sign(request: Request, form: LargeForm) -> Response:
    """Signs all picked drafts or none: lints them once more, signs them with the workspace's key, registers them."""
    state, numbers = await read_picked(request, form)
    if trouble := explain_miscount(numbers):
        return await show_picks(request, form.member, state, form.fields.get("sealed", ""), numbers, trouble)
    try:
        decided = await decide(request, form, state, numbers)
    except InvalidInput as error:
        sealed = form.fields.get("sealed", "")
        return await show_picks(request, form.member, state, sealed, numbers, to_display_text(error.detail))
    trouble = find_missing(form, decided) or await own_password(request, form)
    if trouble:
        return await _review(request, form, decided, trouble)
    try:
        async with use_form_once(request, form) as in_transaction:
            if moved := explain_move(form, decided):
                raise InvalidInput(moved)
            try:
                await get_container(request).contract_admin.register(
                    form.member.actor, list(decided.picked.values()), in_transaction=in_transaction
                )
            except Conflict as error:  # somebody else has just signed one of them, so none of ours was signed
                raise InvalidInput(error.detail) from error
    except Conflict:
        return redirect("/contracts")
    except InvalidContract as error:
        told = "; ".join(f"{each.pointer} {each.detail}" for each in error.findings[:5])
        return await _review(request, form, decided, to_display_text(f"{error.detail} {told}", limit=1000))
    except OpsIQError as error:
        return await _review(request, form, decided, to_display_text(error.detail, limit=600))
    return redirect("/contracts")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _review(request: Request, form: Form, decided: DecidedDrafts, trouble: str = "") -> Response:
    visitor, container = form.member, get_container(request)
    async with container.database.read() as session:
        members = await store.accounts.members.listed(session, visitor.actor.workspace)
    known = await list_assignable_roles(container.contexts, visitor.actor.workspace, members)
    there = decided.addresses
    drafts = await asyncio.to_thread(_review_drafts, form, decided)  # a hundred of them take a second
    page = ReviewPage(
        shell=make_shell(request, visitor),
        title="Review drafts",
        document=to_display_text(f"{decided.state.title} {decided.state.version}".strip(), limit=120),
        sealed=form.fields.get("sealed", ""),
        connections=tuple(
            FormOption(name, f"{name} ({to_display_text(address, limit=80)})", name == decided.connection)
            for name, address in sorted(there.items())
        ),
        address=to_display_text(decided.state.address, limit=300),
        unplaced=not decided.connection,
        elsewhere=decided.connection if is_elsewhere(decided.state.address, there.get(decided.connection, "")) else "",
        roles=tuple(
            FormOption(each, to_display_text(each, limit=64), each in decided.roles)
            for each in known
            if each != EVALUATOR
        ),
        omit=to_display_text(form.get("omit", limit=2000), limit=2000),
        drafts=drafts,
        wrong=sum(any(not finding.advice for finding in each.findings) for each in drafts),
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


def _review_drafts(form: Form, decided: DecidedDrafts) -> tuple[ReviewedDraft, ...]:
    findings = _lint(decided)
    return tuple(
        _review_draft(form, decided, number, contract, findings[number]) for number, contract in decided.picked.items()
    )


def _lint(decided: DecidedDrafts) -> dict[int, list[Finding]]:
    """The findings of each picked draft, checked together with the other drafts and the contracts in force."""
    numbers = list(decided.picked)
    found: dict[int, list[Finding]] = {number: [] for number in numbers}
    names = [each.name for each in decided.context.catalogue]
    addresses = {*decided.addresses, *(() if decided.connection else (decided.state.connection,))}
    for each in linter.lint(list(decided.picked.values()), known=names, connections=addresses):
        place, _, rest = each.pointer.removeprefix("/").partition("/")
        if place.isdigit() and int(place) < len(numbers) and each.code not in _ASKED:
            found[numbers[int(place)]].append(Finding(f"/{rest}", each.code, each.detail))
    return found


def _review_draft(
    form: Form, decided: DecidedDrafts, number: int, contract: Mapping[str, Any], findings: Sequence[Finding]
) -> ReviewedDraft:
    drafted = decided.state.drafts[number]
    annotations = contract.get("annotations", {})
    kinds = [each.name for each in decided.context.kinds]
    unsaid = list_unsaid_money(drafted.contract)
    return ReviewedDraft(
        number=number,
        operation=to_display_text(drafted.operation, limit=300),
        name=contract["name"],
        version=contract["version"],
        title=to_display_text(contract["title"], limit=200),
        risks=_options(RISKS, contract["risk"]),
        policies=_options(POLICIES, contract["confirmation"]["policy"]),
        roles=to_display_text(form.get(f"roles-{number}", limit=500), limit=500),
        parameters=tuple(
            ParameterRow(
                name=name,
                about=to_display_text(str(schema.get("description", "")), limit=200),
                required=name in contract["parameters"]["required"],
                records=_kind_options(kinds, annotations.get(name, {}).get("record", "")),
                omitted=name in form.every(f"omit-{number}", limit=64),
                needed=name in form.every(f"need-{number}", limit=64),
                choices=to_display_text(form.get(f"choices-{number}-{name}", limit=2000), limit=2000),
                units=_unit_options(drafted, annotations, name) if name in unsaid else (),
                currency=to_display_text(form.get(f"currency-{number}-{name}", limit=20), limit=20),
                guessed=f"record-{number}-{name}" not in form.fields and bool(annotations.get(name, {}).get("record")),
            )
            for name, schema in drafted.contract["parameters"]["properties"].items()
        ),
        notes=tuple(
            to_display_text(each, limit=400) for each in (*_note_elsewhere(decided.state, drafted), *drafted.notes)
        ),
        findings=tuple(
            FindingRow(to_display_text(each.pointer), to_display_text(each.detail), linter.is_advice(each))
            for each in findings
        ),
        sketch=preview_card(_read(contract)),
    )


def _note_elsewhere(state: ImportState, drafted: DraftedOperation) -> Sequence[str]:
    if drafted.contract["endpoint"]["connection"] == state.connection:
        return ()
    return ("The document has this one at another server than the rest. Sign it only if the platform above takes it.",)


def _options(choices: Sequence[tuple[str, str]], chosen: str) -> tuple[FormOption, ...]:
    return tuple(FormOption(value, label, value == chosen) for value, label in choices)


def _unit_options(
    drafted: DraftedOperation, annotations: Mapping[str, Mapping[str, Any]], name: str
) -> tuple[FormOption, ...]:
    """The units of money. What the document itself calls money is never none."""
    is_money = "unit" in (drafted.contract.get("annotations") or {}).get(name, {})
    return _options(UNITS[1:] if is_money else UNITS, annotations.get(name, {}).get("unit", ""))


def _kind_options(kinds: Sequence[str], chosen: str) -> tuple[FormOption, ...]:
    none = FormOption("", "a plain value", not chosen)
    known = tuple(FormOption(each, each.replace("_", " "), each == chosen) for each in kinds)
    other = (FormOption(chosen, chosen, True),) if chosen and chosen not in kinds else ()
    return (none, *known, *other)


def _read(contract: Mapping[str, Any]) -> Contract | None:
    try:
        return parse(contract)
    except InvalidContract:
        return None
