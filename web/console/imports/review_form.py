"""Form of the import review: the picked drafts, and what a person decided about each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

import store.contracts
from agent.workspace.context import WorkspaceContext
from core.errors import InvalidInput
from language.currencies import is_code
from registry.importing.decisions import OperationDecision
from registry.importing.review import decide_draft
from web.auth import get_container
from web.console.forms import Form, validate
from web.console.imports.import_state import DraftedOperation, ImportState, open_state
from web.console.imports.imports import MAX_PICKED
from web.console.imports.target import choose_connection


@dataclass(frozen=True, slots=True)
class DecidedDrafts:
    """The decisions of a form: the picked drafts by number, each as it would be signed."""

    state: ImportState
    context: WorkspaceContext
    connection: str
    roles: tuple[str, ...]
    picked: Mapping[int, dict[str, Any]]

    @property
    def addresses(self) -> Mapping[str, str]:
        """The connections that there are, with their addresses."""
        return self.context.catalogue.addresses or {}


async def read_picked(request: Request, form: Form) -> tuple[ImportState, list[int]]:
    """The returned drafts and the ticked numbers, in order. Raises InvalidInput."""
    box, sealed = get_container(request).box, form.fields.get("sealed", "")
    state = await asyncio.to_thread(open_state, box, form.member.actor.workspace, sealed)
    ticked = {int(each) for each in form.every("op", limit=6) if each.isascii() and each.isdigit()}
    return state, sorted(number for number in ticked if number < len(state.drafts))


async def decide(request: Request, form: Form, state: ImportState, numbers: Sequence[int]) -> DecidedDrafts:
    """The decisions of the form. Raises InvalidInput for values that our form never sends."""
    context = await get_container(request).contexts.of(form.member.actor.workspace)
    there = context.catalogue.addresses or {}
    connection = choose_connection(form.get("connection", limit=64), state, there)
    roles = form.every("roles", limit=64)
    made: dict[int, dict[str, Any]] = {}
    async with get_container(request).database.read() as session:
        newest = await store.contracts.newest_versions(
            session, form.member.actor.workspace, [state.drafts[number].contract["name"] for number in numbers]
        )
    for number in numbers:
        each = state.drafts[number]
        own = tuple(word.strip() for word in form.get(f"roles-{number}", limit=500).split(",") if word.strip())
        decision, trouble = validate(
            OperationDecision,
            {
                "title": form.get(f"title-{number}", limit=200).strip() or None,
                "roles": own or roles,
                "risk": form.get(f"risk-{number}", limit=20) or None,
                "confirmation": form.get(f"policy-{number}", limit=20) or None,
                "omit": tuple(form.get("omit", limit=2000).replace(",", " ").split()),
                "parameters": _parameters(form, number, each, context, connection),
            },
        )
        if decision is None:
            raise InvalidInput(f"{each.contract['title']}: {trouble}")
        version = newest.get(each.contract["name"], 0) + 1
        try:
            made[number] = decide_draft(
                each.contract, decision, connection=connection or state.connection, version=version
            )
        except InvalidInput as error:
            raise InvalidInput(f"{each.contract['title']}: {error.detail}") from error
    return DecidedDrafts(state, context, connection, roles, made)


def _parameters(
    form: Form, number: int, each: DraftedOperation, context: WorkspaceContext, connection: str
) -> dict[str, Any]:
    """Parameter → its decision. At first this is the importer's guess, if the connection has that kind."""
    found: dict[str, Any] = {}
    omitted, needed = (form.every(f"{what}-{number}", limit=64) for what in ("omit", "need"))
    for name, schema in each.contract["parameters"]["properties"].items():
        if name in omitted:
            found[name] = {"omit": True}
            continue
        field = f"record-{number}-{name}"
        if field in form.fields:
            kind = form.get(field, limit=128)
        else:
            guess = f"{connection}.{each.suggested[name]}" if name in each.suggested else ""
            known = context.kinds.get(guess) if guess else None
            kind = known.name if known else ""
        said: dict[str, Any] = {"record": kind} if kind else {}
        said |= _read_money(form, number, name)
        if name in needed:
            said["required"] = True
        if choices := form.get(f"choices-{number}-{name}", limit=2000).strip():
            said["choices"] = tuple(_read_choice(text, schema) for text in choices.split(",") if text.strip())
        if said:
            found[name] = said
    return found


def _read_money(form: Form, number: int, name: str) -> dict[str, str]:
    """Unit and currency of a number. Raises InvalidInput for a currency without its unit."""
    unit = form.get(f"unit-{number}-{name}", limit=20)
    currency = form.get(f"currency-{number}-{name}", limit=20).strip().upper()
    if currency and not unit:
        raise InvalidInput(f"Say if {name} is in whole {currency} or in the smallest unit, such as cents.")
    if currency and not is_code(currency):
        raise InvalidInput(f"{currency} is no currency's code: write three letters, such as EUR.")
    return {"unit": unit, **({"currency": currency} if currency else {})} if unit else {}


def _read_choice(text: str, schema: Mapping[str, Any]) -> str | int | float | bool:
    """A choice in the parameter's type. If it doesn't fit the type it stays text, and linting reports it."""
    of = schema.get("items", {}) if schema.get("type") == "array" else schema
    if of.get("type") == "string":
        return text.strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return value if isinstance(value, str | int | float | bool) else text.strip()


def explain_miscount(numbers: Sequence[int]) -> str:
    if not numbers:
        return "Tick at least one."
    return f"Sign at most {MAX_PICKED} at once: tick fewer." if len(numbers) > MAX_PICKED else ""


def explain_move(form: Form, decided: DecidedDrafts) -> str:
    """Explains if the contract in force is no longer the one that was shown, because somebody else has registered
    another version. Otherwise empty."""
    for number, contract in decided.picked.items():
        if form.get(f"version-{number}", limit=12) != str(contract["version"]):
            return f"{contract['title']} would be version {contract['version']} by now. Look at it again, then sign."
    return ""


def find_missing(form: Form, decided: DecidedDrafts) -> str:
    if not decided.connection:
        return "Choose where they call." if decided.addresses else "Connect the platform first: nothing can be called."
    if form.get("unplaced", limit=4):  # the records that they name were not shown yet
        return f"They call {decided.connection}. Look at the preview, then sign."
    nobody = [each["title"] for each in decided.picked.values() if not each["roles"]]
    return f"Say who may run {nobody[0]}." if nobody else ""
