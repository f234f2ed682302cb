"""Drift check: whether a plan still holds, at confirmation and again just before sending."""

from __future__ import annotations

from agent.pipeline import Plan, RecordSnapshot, Refusal, Step
from agent.validate.policy import authorize
from agent.validate.questions import WORDS_CHARS
from core.actor import Actor, Surface
from core.display_text import to_display_text
from registry.catalogue import Catalogue
from registry.confirmation import Policy
from registry.contract import Contract
from registry.endpoints.types import HttpEndpoint, McpEndpoint
from registry.records import Kinds, Record, RecordKind, format_field


async def recheck(
    plan: Plan,
    *,
    actor: Actor,
    catalogue: Catalogue,
    kinds: Kinds,
    surface: Surface,
    skip_records: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[str, ...]:
    """The differences since the plan was made, one sentence each. Empty if the plan still holds.

    ``actor`` is the principal with its present role. ``skip_records`` are (kind, id) of records that the plan's own
    earlier calls may have changed. Raises PlatformUnavailable.
    """
    found: list[str] = []
    pins: dict[tuple[str, str], RecordSnapshot] = {}
    for step in plan.steps:
        found += _compare_contract(step, actor=actor, catalogue=catalogue, surface=surface)
        pins |= {(pin.record_kind, pin.record_id): pin for pin in step.pins}
    for key, pin in pins.items():
        if key not in skip_records:
            found += await _compare_record(pin, kinds)
    return tuple(dict.fromkeys(found))


def _compare_contract(step: Step, *, actor: Actor, catalogue: Catalogue, surface: Surface) -> list[str]:
    current = catalogue.get(step.action)
    if current is not None and current.version != step.version:
        return [_tell_version(step, current)]
    contract = authorize(catalogue, step.action, step.version, actor=actor, surface=surface)
    if isinstance(contract, Refusal):
        return [f"“{step.title}” is no longer offered." if contract.code == "no_match" else contract.detail]
    found = []
    if contract.digest != step.contract_digest:
        found.append(f"The contract of “{step.title}” is not the one this was planned with.")
    if not _same_address(contract, step, catalogue):
        found.append(f"“{step.title}” would go to another address now.")
    return found


def _tell_version(step: Step, current: Contract) -> str:
    """“Pause a course” is version 2 now, and this was version 1."""
    asked = current.confirmation
    more = asked.policy is Policy.ALWAYS and asked.approvals > step.approvals
    people = " Two different people must confirm it now." if more and asked.approvals > 1 else ""
    return f"“{step.title}” is version {current.version} now, and this was version {step.version}.{people}"


def _same_address(contract: Contract, step: Step, catalogue: Catalogue) -> bool:
    """Whether the call still goes to the planned address. A connection's base address may have changed."""
    endpoint = contract.endpoint
    if not isinstance(endpoint, HttpEndpoint | McpEndpoint):
        return endpoint.url == step.url
    if endpoint.connection is None:
        return True  # only the contract holds the address, and its digest is unchanged
    base = catalogue.address(endpoint.connection)
    if base is None or isinstance(endpoint, McpEndpoint):
        return base == step.url
    return step.url.startswith(base.rstrip("/") + "/")


async def _compare_record(pin: RecordSnapshot, kinds: Kinds) -> list[str]:
    kind = kinds.get(pin.record_kind)
    if kind is None:
        return [f"{pin.label} can't be looked up any more: nothing here provides {pin.record_kind} records."]
    record = await kinds.record(pin.record_kind, pin.record_id)
    if record is None:
        return [f"{pin.label} is not there any more."]
    if record.digest == pin.digest:
        return []
    return _list_changes(pin, record, kind) or [f"{pin.label} has changed."]


def _list_changes(pin: RecordSnapshot, record: Record, kind: RecordKind) -> list[str]:
    """``INV-1042 …: Status changed from paid to refunded.``"""
    return [
        f"{pin.label}: {each.label or each.name} changed from "
        f"{_display_value(format_field(each, pin.values))} to {_display_value(format_field(each, record.values))}."
        for each in kind.fields
        if pin.values.get(each.name) != record.values.get(each.name)
    ]


def _display_value(text: str) -> str:
    return to_display_text(text, limit=WORDS_CHARS) or "nothing"
